/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A byte buffer that grows.  p always has a NUL after its n bytes once
 * anything was added; buf_init leaves p NULL.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
	char	*p;
	size_t	 n, cap;
};

void buf_init(struct buf *b);
void buf_free(struct buf *b);
void buf_reset(struct buf *b);			/* n = 0, memory kept */
void buf_need(struct buf *b, size_t more);	/* room for more bytes and a NUL */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* JSON: a string with its quotes; invalid UTF-8 becomes U+FFFD, control characters are escaped. */
void buf_json(struct buf *b, const char *p, size_t n);
void buf_json_str(struct buf *b, const char *s);	/* NULL: null */
void buf_hex(struct buf *b, const void *p, size_t n);
void buf_base64(struct buf *b, const void *p, size_t n);	/* no line breaks */
char *buf_take(struct buf *b);			/* the caller frees; the buffer is empty again */

#endif
