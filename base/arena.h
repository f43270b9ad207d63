/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An arena: memory with one lifetime.  Allocation is a bump of a pointer,
 * release is all at once.  Memory is zeroed and aligned to 16 bytes.  Not
 * safe for use by two threads.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
/* All memory goes back; one block is kept for the next use. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);		/* NULL is fine */

void *arena_alloc(struct arena *a, size_t n);
void *arena_dup(struct arena *a, const void *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);	/* ends with a NUL */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A list that grows: room for one more after the n it has; the list, perhaps at another place.  Its room is
 * 8, 16, 32 ..., which n alone tells. */
void *arena_room(struct arena *a, void *list, size_t n, size_t size);
size_t arena_used(const struct arena *a);

#endif
