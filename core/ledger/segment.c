/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See segment.h.  Layout: a version byte, the number of sightings, then each:
 *
 *	case difference << 2 | has sub << 1 | has port
 *	off, len, line, observed: differences, zigzag
 *	sub, port: as they are, where the flags say so
 *
 * Ids are dense and feeds come in much the same order each day, so that rows
 * sorted by case are nearly in the order of the file and differences small.
 */
#include <stdlib.h>
#include <string.h>
#include "ledger/segment.h"
#include "mem.h"

#define SEGMENT_V1	1
#define ROW_MAX		(5 * VARINT_MAX + 6)	/* the greatest length of one sighting */
#define DIGIT		11			/* bits a pass of the radix sort */

uint8_t *
varint_put(uint8_t *p, uint64_t v)
{
	while (v >= 0x80) {
		*p++ = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	*p++ = (uint8_t)v;
	return p;
}

const uint8_t *
varint_get(const uint8_t *p, const uint8_t *end, uint64_t *v)
{
	unsigned shift;

	*v = 0;
	for (shift = 0; p != NULL && p < end && shift < 64; shift += 7) {
		*v |= (uint64_t)(*p & 0x7f) << shift;
		if ((*p++ & 0x80) == 0)
			return p;
	}
	return NULL;
}

/* One stable pass over a digit of the id, which is the upper half of each key. */
static void
radix_pass(const uint64_t *in, uint64_t *out, uint32_t n, unsigned shift)
{
	uint32_t count[1 << DIGIT] = { 0 }, i, sum = 0, c;

	for (i = 0; i < n; i++)
		count[in[i] >> shift & ((1 << DIGIT) - 1)]++;
	for (i = 0; i < 1 << DIGIT; i++) {
		c = count[i];
		count[i] = sum;
		sum += c;
	}
	for (i = 0; i < n; i++)
		out[count[in[i] >> shift & ((1 << DIGIT) - 1)]++] = in[i];
}

/* Places of s in order of case: (id - least) << 32 | place. The caller frees *mem; NULL: s
 * is in order already. */
static uint64_t *
order(const struct sighting *s, uint32_t n, uint64_t **mem)
{
	uint32_t i, lo = UINT32_MAX, hi = 0;
	uint64_t *a, *b, *t;
	bool sorted = true;
	unsigned shift;

	*mem = NULL;
	for (i = 0; i < n; i++) {
		lo = s[i].id < lo ? s[i].id : lo;
		hi = s[i].id > hi ? s[i].id : hi;
		sorted = sorted && (i == 0 || s[i - 1].id <= s[i].id);
	}
	if (sorted)
		return NULL;
	a = *mem = xmalloc(2 * (size_t)n * sizeof *a);
	b = a + n;
	for (i = 0; i < n; i++)
		a[i] = (uint64_t)(s[i].id - lo) << 32 | i;
	for (shift = 32; shift < 64 && (uint64_t)(hi - lo) >> (shift - 32) != 0; shift += DIGIT) {
		radix_pass(a, b, n, shift);
		t = a, a = b, b = t;
	}
	return a;
}

static uint8_t *
encode_one(uint8_t *p, const struct sighting *s, const struct sighting *b)
{
	p = varint_put(p, (uint64_t)(s->id - b->id) << 2 | (uint64_t)(s->sub != 0) << 1 | (s->src_port != 0));
	p = varint_put(p, zigzag((int64_t)(s->off - b->off)));
	p = varint_put(p, zigzag((int64_t)s->len - b->len));
	p = varint_put(p, zigzag((int64_t)s->line - b->line));
	p = varint_put(p, zigzag((int64_t)((uint64_t)s->observed - (uint64_t)b->observed)));
	if (s->sub != 0)
		p = varint_put(p, s->sub);
	if (s->src_port != 0)
		p = varint_put(p, s->src_port);
	return p;
}

void
segment_encode(struct buf *out, const struct sighting *s, uint32_t n)
{
	const struct sighting none = { 0 }, *before = &none, *one;
	uint64_t *mem, *by = order(s, n, &mem);
	uint8_t *p;
	uint32_t i;

	buf_need(out, 1 + VARINT_MAX + (size_t)n * ROW_MAX);
	p = (uint8_t *)out->p + out->n;
	*p++ = SEGMENT_V1;
	p = varint_put(p, n);
	for (i = 0; i < n; i++) {
		one = &s[by != NULL ? (uint32_t)by[i] : i];
		p = encode_one(p, one, before);
		before = one;
	}
	out->n = (size_t)(p - (uint8_t *)out->p);
	free(mem);
}

void
segment_open(struct segment *g, const void *p, size_t n)
{
	uint64_t count = 0;

	memset(g, 0, sizeof *g);
	g->p = p;
	g->end = n > 0 ? g->p + n : g->p;
	if (n == 0 || *g->p++ != SEGMENT_V1 || (g->p = varint_get(g->p, g->end, &count)) == NULL || count > n)
		g->damaged = true;
	else
		g->left = (uint32_t)count;
}

bool
segment_next(struct segment *g, struct sighting *s)
{
	uint64_t id, off, len, line, observed, sub = 0, port = 0;
	const uint8_t *p = g->p;

	if (g->damaged || g->left == 0)
		return false;
	p = varint_get(p, g->end, &id);
	p = varint_get(p, g->end, &off);
	p = varint_get(p, g->end, &len);
	p = varint_get(p, g->end, &line);
	p = varint_get(p, g->end, &observed);
	if (p != NULL && (id & 2))
		p = varint_get(p, g->end, &sub);
	if (p != NULL && (id & 1))
		p = varint_get(p, g->end, &port);
	if (p == NULL || id >> 2 > UINT32_MAX - g->at.id || sub > UINT16_MAX || port > UINT16_MAX) {
		g->damaged = true;
		return false;
	}
	g->p = p;
	g->left--;
	g->at.id += (uint32_t)(id >> 2);
	g->at.off += (uint64_t)unzigzag(off);
	g->at.len += (uint32_t)unzigzag(len);
	g->at.line += (uint32_t)unzigzag(line);
	g->at.observed = (int64_t)((uint64_t)g->at.observed + (uint64_t)unzigzag(observed));
	g->at.sub = (uint16_t)sub;
	g->at.src_port = (uint16_t)port;
	*s = g->at;
	return true;
}

void
spans_encode(struct buf *out, const struct span *s, uint32_t n)
{
	struct span b = { 0 };
	uint8_t *p;
	uint32_t i;

	buf_need(out, VARINT_MAX + (size_t)n * 3 * VARINT_MAX);
	p = varint_put((uint8_t *)out->p + out->n, n);
	for (i = 0; i < n; b = s[i++]) {
		p = varint_put(p, zigzag((int64_t)(s[i].off - b.off)));
		p = varint_put(p, s[i].len);
		p = varint_put(p, zigzag((int64_t)s[i].line - b.line));
	}
	out->n = (size_t)(p - (uint8_t *)out->p);
}

bool
spans_decode(const void *bytes, size_t nbytes, struct span **s, uint32_t *count)
{
	const uint8_t *p = bytes, *end = nbytes > 0 ? p + nbytes : p;
	uint64_t n, off, len, line;
	struct span b = { 0 };
	uint32_t i;

	*s = NULL;
	*count = 0;
	if (nbytes == 0)
		return true;		/* the whole input */
	if ((p = varint_get(p, end, &n)) == NULL || n > nbytes)
		return false;
	*s = xcalloc(n + 1, sizeof **s);
	for (i = 0; i < n; i++) {
		p = varint_get(p, end, &off);
		p = varint_get(p, end, &len);
		if ((p = varint_get(p, end, &line)) == NULL)
			return false;
		b.off += (uint64_t)unzigzag(off);
		b.len = (uint32_t)len;
		b.line += (uint32_t)unzigzag(line);
		(*s)[i] = b;
	}
	*count = (uint32_t)n;
	return true;
}
