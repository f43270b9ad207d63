/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An arena of blocks that double in size up to a limit.  Blocks come zeroed
 * from calloc, so allocation itself writes nothing; reset clears what was
 * used of the one block that it keeps.  Under AddressSanitizer unused bytes
 * and a gap after each allocation are poisoned, so that an overrun inside an
 * arena is found like one on the heap.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "mem.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n)	ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n)	ASAN_UNPOISON_MEMORY_REGION((p), (n))
#define GAP		16
#else
#define POISON(p, n)	((void)(p), (void)(n))
#define UNPOISON(p, n)	((void)(p), (void)(n))
#define GAP		0
#endif

#define ALIGN		16
#define FIRST_BLOCK	((size_t)4096)
#define LARGEST_BLOCK	((size_t)1 << 20)

struct block {
	struct block	*next;
	size_t		 size, used;
	size_t		 pad;		/* data stays aligned to 16 */
	char		 data[];
};

_Static_assert(offsetof(struct block, data) % ALIGN == 0, "alignment of a block's data");

struct arena {
	struct block	*head;		/* the one that is filled */
	size_t		 next_size;
	size_t		 used;
};

struct arena *
arena_new(void)
{
	struct arena *a = xcalloc(1, sizeof(*a));

	a->next_size = FIRST_BLOCK;
	return a;
}

static void
block_free(struct block *b)
{
	UNPOISON(b->data, b->size);
	free(b);
}

void
arena_reset(struct arena *a)
{
	struct block *b, *next, *keep = NULL;

	for (b = a->head; b != NULL; b = next) {
		next = b->next;
		if (b->size > LARGEST_BLOCK || (keep != NULL && keep->size >= b->size)) {
			block_free(b);
			continue;
		}
		if (keep != NULL)
			block_free(keep);
		keep = b;
	}
	if (keep != NULL) {
		UNPOISON(keep->data, keep->size);
		memset(keep->data, 0, keep->used);
		keep->used = 0;
		keep->next = NULL;
		POISON(keep->data, keep->size);
	}
	a->head = keep;
	a->used = 0;
}

void
arena_free(struct arena *a)
{
	struct block *b, *next;

	if (a == NULL)
		return;
	for (b = a->head; b != NULL; b = next) {
		next = b->next;
		block_free(b);
	}
	free(a);
}

static struct block *
block_new(struct arena *a, size_t n)
{
	struct block *b;
	size_t size = a->next_size;

	if (size < n)
		size = n;
	else if (a->next_size < LARGEST_BLOCK)
		a->next_size *= 2;
	b = xcalloc(1, sizeof(*b) + size);
	b->size = size;
	POISON(b->data, b->size);
	return b;
}

/* Behind the head, when that has more room left than the new block will have. */
static struct block *
arena_grow(struct arena *a, size_t n)
{
	struct block *b = block_new(a, n);

	if (a->head != NULL && a->head->size - a->head->used > b->size - n) {
		b->next = a->head->next;
		a->head->next = b;
	} else {
		b->next = a->head;
		a->head = b;
	}
	return b;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	struct block *b = a->head;
	size_t room;
	char *p;

	if (n > SIZE_MAX / 2)
		n = SIZE_MAX / 2;	/* fails in xcalloc, as it must */
	room = ((n ? n : 1) + GAP + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (b == NULL || b->size - b->used < room)
		b = arena_grow(a, room);
	p = b->data + b->used;
	b->used += room;
	a->used += n;
	UNPOISON(p, n);
	return p;
}

void *
arena_dup(struct arena *a, const void *p, size_t n)
{
	void *q = arena_alloc(a, n);

	if (n > 0)
		memcpy(q, p, n);
	return q;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_dup(a, s, strlen(s) + 1);
}

/* All n bytes, even past a NUL: text from a feed may hold one. */
char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *q = arena_alloc(a, n + 1);

	if (n > 0)
		memcpy(q, s, n);
	return q;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char small[256], *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		n = 0;
	if ((size_t)n < sizeof(small))
		return arena_strndup(a, small, (size_t)n);
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}

void *
arena_room(struct arena *a, void *list, size_t n, size_t size)
{
	void *bigger;

	if (n != 0 && (n < 8 || (n & (n - 1)) != 0))
		return list;
	bigger = arena_alloc(a, (n < 8 ? 8 : 2 * n) * size);
	if (n > 0)
		memcpy(bigger, list, n * size);
	return bigger;
}
