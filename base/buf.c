/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A byte buffer that grows by doubling, and the encodings that much of the
 * program writes: JSON strings, hexadecimal, base64.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "buf.h"
#include "mem.h"
#include "utf8.h"

void
buf_init(struct buf *b)
{
	b->p = NULL;
	b->n = b->cap = 0;
}

void
buf_free(struct buf *b)
{
	free(b->p);
	buf_init(b);
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	if (b->p != NULL)
		b->p[0] = '\0';
}

void
buf_need(struct buf *b, size_t more)
{
	size_t cap, want;

	if (more < b->cap - b->n)
		return;
	if (more >= SIZE_MAX / 2 - b->n)
		want = SIZE_MAX / 2;		/* fails in xrealloc, as it must */
	else
		want = b->n + more + 1;
	for (cap = b->cap ? b->cap : 64; cap < want; cap *= 2)
		;
	b->p = xrealloc(b->p, cap);
	b->cap = cap;
	b->p[b->n] = '\0';
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	buf_need(b, n);
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_char(struct buf *b, char c)
{
	buf_need(b, 1);
	b->p[b->n++] = c;
	b->p[b->n] = '\0';
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	size_t room;
	int n;

	if (fmt == NULL)		/* or gcc 12 warns, with UBSan's check of that in the way */
		return;
	buf_need(b, 64);
	room = b->cap - b->n;
	va_start(ap, fmt);
	n = vsnprintf(b->p + b->n, room, fmt, ap);
	va_end(ap);
	if (n < 0)
		n = 0;
	if ((size_t)n >= room) {
		buf_need(b, (size_t)n);
		va_start(ap, fmt);
		vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	b->n += (size_t)n;
	b->p[b->n] = '\0';
}

/* The letter after the backslash, or 0 for \uNNNN. */
static char
short_escape(unsigned char c)
{
	switch (c) {
	case '"':	return '"';
	case '\\':	return '\\';
	case '\b':	return 'b';
	case '\f':	return 'f';
	case '\n':	return 'n';
	case '\r':	return 'r';
	case '\t':	return 't';
	}
	return 0;
}

/* Of two bytes or three. */
static unsigned
code_point(const unsigned char *p, size_t n)
{
	return n == 1 ? p[0] : n == 2 ? (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu) :
	    (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
}

/* Valid UTF-8 only. What would do harm on a terminal is escaped too: the lines are often read there. */
static void
json_escape(struct buf *b, const char *p, size_t n)
{
	size_t i, from = 0, len;
	unsigned char c;

	for (i = 0; i < n; i += len) {
		c = (unsigned char)p[i];
		len = 1;
		if (c >= 0x80) {
			len = utf8_unsafe(p + i, n - i);
			if (len == 0) {
				len = 1;
				continue;
			}
		} else if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		buf_add(b, p + from, i - from);
		from = i + len;
		if (len == 1 && short_escape(c)) {
			buf_char(b, '\\');
			buf_char(b, short_escape(c));
		} else
			buf_printf(b, "\\u%04x", code_point((const unsigned char *)p + i, len));
	}
	buf_add(b, p + from, n - from);
}

void
buf_json(struct buf *b, const char *p, size_t n)
{
	struct buf fixed;

	buf_need(b, n + 2);
	buf_char(b, '"');
	if (utf8_valid(p, n))
		json_escape(b, n ? p : "", n);
	else {
		buf_init(&fixed);
		utf8_repair(&fixed, p, n);
		json_escape(b, fixed.p, fixed.n);
		buf_free(&fixed);
	}
	buf_char(b, '"');
}

void
buf_json_str(struct buf *b, const char *s)
{
	if (s == NULL)
		buf_str(b, "null");
	else
		buf_json(b, s, strlen(s));
}

void
buf_hex(struct buf *b, const void *p, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *q = p;
	size_t i;

	buf_need(b, 2 * n);
	for (i = 0; i < n; i++) {
		b->p[b->n++] = digit[q[i] >> 4];
		b->p[b->n++] = digit[q[i] & 15];
	}
	b->p[b->n] = '\0';
}

void
buf_base64(struct buf *b, const void *p, size_t n)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *q = p;
	uint32_t v;
	size_t i;

	buf_need(b, (n + 2) / 3 * 4);
	for (i = 0; i < n; i += 3) {
		v = (uint32_t)q[i] << 16;
		if (i + 1 < n)
			v |= (uint32_t)q[i + 1] << 8;
		if (i + 2 < n)
			v |= q[i + 2];
		b->p[b->n++] = digit[v >> 18];
		b->p[b->n++] = digit[v >> 12 & 63];
		b->p[b->n++] = i + 1 < n ? digit[v >> 6 & 63] : '=';
		b->p[b->n++] = i + 2 < n ? digit[v & 63] : '=';
	}
	b->p[b->n] = '\0';
}

char *
buf_take(struct buf *b)
{
	char *p;

	buf_need(b, 0);
	p = b->p;
	buf_init(b);
	return p;
}
