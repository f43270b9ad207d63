/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation that cannot fail.  The host may be killed at any instruction
 * without harm (the ledger is the truth), so running out of memory simply
 * ends it with a message.  Plugins never see these: they get NULL.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
