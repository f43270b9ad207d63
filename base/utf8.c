/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8: one decoder, and what is built on it.  An invalid sequence is the
 * longest run of bytes that began well (Unicode's "maximal subpart"), so that
 * repair writes one U+FFFD where other programs do.
 */
#include <stdint.h>
#include <string.h>
#include "utf8.h"

struct span {
	uint32_t	lo, hi;
};

/* The code point at p (n > 0) in *cp, how many bytes in *len; false: *len bytes are invalid. */
static bool
decode(const unsigned char *p, size_t n, uint32_t *cp, size_t *len)
{
	unsigned char c = p[0], lo = 0x80, hi = 0xbf;
	size_t i, want;
	uint32_t v;

	*len = 1;
	*cp = c;
	if (c < 0x80)
		return true;
	if (c < 0xc2 || c > 0xf4)
		return false;
	want = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	v = c & (0x7fu >> want);
	if (c == 0xe0)
		lo = 0xa0;		/* no overlong forms */
	else if (c == 0xed)
		hi = 0x9f;		/* no surrogates */
	else if (c == 0xf0)
		lo = 0x90;
	else if (c == 0xf4)
		hi = 0x8f;		/* not past U+10FFFF */
	for (i = 1; i < want; i++, lo = 0x80, hi = 0xbf) {
		if (i >= n || p[i] < lo || p[i] > hi) {
			*len = i;
			return false;
		}
		v = v << 6 | (p[i] & 0x3f);
	}
	*cp = v;
	*len = want;
	return true;
}

/* How many bytes at p are ASCII, in steps of eight. */
static size_t
ascii_run(const char *p, size_t n)
{
	uint64_t v;
	size_t i;

	for (i = 0; n - i >= 8; i += 8) {
		memcpy(&v, p + i, 8);
		if (v & UINT64_C(0x8080808080808080))
			break;
	}
	return i;
}

bool
utf8_valid(const char *p, size_t n)
{
	size_t i = 0, len;
	uint32_t cp;

	while (i < n) {
		i += ascii_run(p + i, n - i);
		if (i == n)
			break;
		if (!decode((const unsigned char *)p + i, n - i, &cp, &len))
			return false;
		i += len;
	}
	return true;
}

void
utf8_repair(struct buf *out, const char *p, size_t n)
{
	size_t i, from = 0, len;
	uint32_t cp;

	for (i = 0; i < n; i += len) {
		if (decode((const unsigned char *)p + i, n - i, &cp, &len))
			continue;
		buf_add(out, p + from, i - from);
		buf_add(out, "\xef\xbf\xbd", 3);
		from = i + len;
	}
	buf_add(out, n ? p + from : "", n - from);
}

static bool
within(const struct span *s, size_t n, uint32_t cp)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (cp >= s[i].lo && cp <= s[i].hi)
			return true;
	return false;
}

#define WITHIN(table, cp) within((table), sizeof(table) / sizeof((table)[0]), (cp))

/* Controls, and what reorders or breaks a line. */
static bool
is_unsafe(uint32_t cp)
{
	static const struct span table[] = {
		{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0x061c, 0x061c }, { 0x200e, 0x200f },
		{ 0x2028, 0x202e }, { 0x2066, 0x2069 },
	};

	return WITHIN(table, cp);
}

size_t
utf8_unsafe(const char *p, size_t n)
{
	size_t len;
	uint32_t cp;

	return decode((const unsigned char *)p, n, &cp, &len) && is_unsafe(cp) ? len : 0;
}

void
utf8_safe(struct buf *out, const char *p, size_t n)
{
	const unsigned char *q = (const unsigned char *)p;
	size_t i, from = 0, len, k;
	uint32_t cp;
	bool valid;

	for (i = 0; i < n; i += len) {
		valid = decode(q + i, n - i, &cp, &len);
		if (valid && !is_unsafe(cp))
			continue;
		buf_add(out, p + from, i - from);
		from = i + len;
		if (valid && cp >= 0x80) {
			buf_printf(out, "\\u{%04x}", (unsigned)cp);
			continue;
		}
		for (k = 0; k < len; k++)
			buf_printf(out, "\\x%02x", q[i + k]);
	}
	buf_add(out, n ? p + from : "", n - from);
}

/* East Asian wide and the emoji blocks, by block; combining marks take no column. */
static size_t
columns(uint32_t cp)
{
	static const struct span none[] = {
		{ 0x0300, 0x036f }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f },
		{ 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
	};
	static const struct span two[] = {
		{ 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0x33ff }, { 0x3400, 0x4dbf },
		{ 0x4e00, 0xa4cf }, { 0xa960, 0xa97f }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f },
		{ 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
	};

	if (cp < 0x300)
		return 1;
	return WITHIN(none, cp) ? 0 : WITHIN(two, cp) ? 2 : 1;
}

size_t
utf8_width(const char *p, size_t n)
{
	size_t i, len, w = 0;
	uint32_t cp;

	for (i = 0; i < n; i += len) {
		for (; i < n && p[i] >= ' ' && p[i] < 0x7f; i++)
			w++;
		if (i == n)
			break;
		w += decode((const unsigned char *)p + i, n - i, &cp, &len) ? columns(cp) : 1;
	}
	return w;
}
