/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first bytes are read to see what it is and then given out again, from
 * the reader itself or through the conversion.  Half a pair of surrogates
 * becomes U+FFFD.  See utf16.h.
 */
#include <stdlib.h>
#include <string.h>
#include "1-fetch/utf16.h"
#include "mem.h"

#define CHUNK	(64u << 10)
#define LOOK	CHUNK		/* read at once; four bytes of it tell */

struct utf16 {
	struct reader	 r;			/* first: the caller holds this */
	struct reader	*in;
	unsigned char	*head;
	size_t		 nhead, at;		/* of head, given again */
	bool		 wide, big, eof;
	unsigned char	*buf;			/* wide: bytes not yet converted */
	size_t		 n;
};

/* Some of what there is: first what was looked at. */
static int64_t
more(struct utf16 *u, void *buf, size_t n, struct err *e)
{
	size_t left = u->nhead - u->at;

	if (left == 0)
		return u->in->read(u->in, buf, n, e);
	n = n < left ? n : left;
	memcpy(buf, u->head + u->at, n);
	u->at += n;
	return (int64_t)n;
}

static int64_t
plain_read(struct reader *r, void *buf, size_t n, struct err *e)
{
	return more((struct utf16 *)(void *)r, buf, n, e);
}

static bool
plain_pass(struct reader *r, uint64_t n)
{
	struct utf16 *u = (struct utf16 *)(void *)r;
	size_t left = u->nhead - u->at;

	if (n <= left) {
		u->at += (size_t)n;
		return true;
	}
	if (u->in->pass == NULL || !u->in->pass(u->in, n - left))
		return false;
	u->at = u->nhead;
	return true;
}

static unsigned
unit(const struct utf16 *u, size_t i)
{
	const unsigned char *p = u->buf + i;

	return u->big ? (unsigned)(p[0] << 8 | p[1]) : (unsigned)(p[1] << 8 | p[0]);
}

static size_t
put(char *to, unsigned c)
{
	size_t n = 0;

	if (c < 0x80) {
		to[n++] = (char)c;
	} else if (c < 0x800) {
		to[n++] = (char)(0xc0 | c >> 6);
		to[n++] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		to[n++] = (char)(0xe0 | c >> 12);
		to[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		to[n++] = (char)(0x80 | (c & 0x3f));
	} else {
		to[n++] = (char)(0xf0 | c >> 18);
		to[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		to[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		to[n++] = (char)(0x80 | (c & 0x3f));
	}
	return n;
}

/* As much of the buffer as is whole and fits; what is left moves to its start. */
static size_t
convert(struct utf16 *u, char *to, size_t room)
{
	size_t i = 0, n = 0;

	while (i + 2 <= u->n && n + 4 <= room) {
		unsigned c = unit(u, i), low;

		if (c >= 0xd800 && c < 0xdc00) {
			if (i + 4 > u->n && !u->eof)
				break;
			low = i + 4 <= u->n ? unit(u, i + 2) : 0;
			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			} else
				c = 0xfffd;
		} else if (c >= 0xdc00 && c < 0xe000)
			c = 0xfffd;
		i += 2;
		n += put(to + n, c);
	}
	if (u->eof && u->n - i == 1 && n + 4 <= room) {		/* half a character at the end */
		i++;
		n += put(to + n, 0xfffd);
	}
	u->n -= i;
	memmove(u->buf, u->buf + i, u->n);
	return n;
}

static int64_t
wide_read(struct reader *r, void *buf, size_t n, struct err *e)
{
	struct utf16 *u = (struct utf16 *)(void *)r;
	int64_t got;
	size_t out;

	if (n < 4)
		return err_set(e, "room for %zu bytes is too little", n) - 1;
	for (;;) {
		if ((out = convert(u, buf, n)) > 0)
			return (int64_t)out;
		if (u->eof)
			return 0;
		if ((got = more(u, u->buf + u->n, CHUNK - u->n, e)) < 0)
			return -1;
		u->n += (size_t)got;
		u->eof = got == 0;
	}
}

static void
utf16_close(struct reader *r)
{
	struct utf16 *u = (struct utf16 *)(void *)r;

	u->in->close(u->in);
	free(u->head);
	free(u->buf);
	free(u);
}

/* Two bytes a character, and no XML. */
static void
look(struct utf16 *u)
{
	const unsigned char *h = u->head;
	size_t first = 0;

	if (u->nhead < 4)
		return;
	if ((h[0] == 0xff && h[1] == 0xfe) || (h[0] == 0xfe && h[1] == 0xff)) {
		u->big = h[0] == 0xfe;
		first = 2;
		u->wide = h[2] != 0 || h[3] != 0;	/* else it may be UTF-32 */
	} else if (h[0] != 0 && h[1] == 0 && h[2] != 0 && h[3] == 0)
		u->wide = true;
	else if (h[0] == 0 && h[1] != 0 && h[2] == 0 && h[3] != 0)
		u->wide = u->big = true;
	if (h[first] == '<' || h[first + 1] == '<')
		u->wide = false;
}

struct reader *
utf16_over(struct reader *in, struct err *e)
{
	struct utf16 *u = xcalloc(1, sizeof *u);
	int64_t got = 1;

	u->in = in;
	u->r.close = utf16_close;
	u->head = xmalloc(LOOK);
	while (u->nhead < 4 && got > 0) {
		got = in->read(in, u->head + u->nhead, LOOK - u->nhead, e);
		u->nhead += got > 0 ? (size_t)got : 0;
	}
	look(u);
	u->r.read = u->wide ? wide_read : plain_read;
	u->r.pass = u->wide ? NULL : plain_pass;
	if (u->wide)
		u->buf = xmalloc(CHUNK);
	if (got >= 0)
		return &u->r;
	utf16_close(&u->r);
	return NULL;
}
