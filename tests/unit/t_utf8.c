/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 held against a slow decoder that is written from RFC 3629's table,
 * every pair of bytes and random runs; and what is safe to print, by table.
 */
#include "buf.h"
#include "tap.h"
#include "utf8.h"

static uint64_t state = 20261120;

static uint32_t
rnd(uint32_t below)
{
	state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

/* Value first, rules afterwards: nothing in common with the one under test. */
static size_t
slow(const unsigned char *p, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t want = p[0] < 0x80 ? 1 : p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 : p[0] >> 3 == 30 ? 4 : 0, i;
	uint32_t v = want == 1 ? p[0] : p[0] & (0xffu >> (want + 1));

	if (want == 0 || want > n)
		return 0;
	for (i = 1; i < want; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		v = v * 64 + p[i] % 64;
	}
	return v < least[want] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff) ? 0 : want;
}

static bool
slow_valid(const unsigned char *p, size_t n)
{
	size_t len;

	for (; n > 0; p += len, n -= len)
		if ((len = slow(p, n)) == 0)
			return false;
	return true;
}

/* The copy is as long as its text, so that a sanitizer sees a step beyond it. */
static bool
agrees(const unsigned char *p, size_t n)
{
	char *tight = calloc(1, n ? n : 1);
	struct buf b;
	bool same, fixed;

	if (n > 0)
		memcpy(tight, p, n);
	same = utf8_valid(tight, n) == slow_valid(p, n);
	buf_init(&b);
	utf8_repair(&b, tight, n);
	fixed = slow_valid((unsigned char *)b.p, b.n) &&
	    (!slow_valid(p, n) || (b.n == n && memcmp(b.p, p, n) == 0));
	buf_reset(&b);
	utf8_safe(&b, tight, n);
	fixed = fixed && slow_valid((unsigned char *)b.p, b.n);
	for (size_t i = 0; i < b.n; i += slow((unsigned char *)b.p + i, b.n - i))
		fixed = fixed && utf8_unsafe(b.p + i, b.n - i) == 0;
	buf_free(&b);
	free(tight);
	return same && fixed;
}

static void
t_oracle(void)
{
	unsigned char p[24] = { 0 };
	unsigned bad = 0, i, k, n;

	for (i = 0; i < 65536; i++) {
		p[0] = (unsigned char)(i >> 8);
		p[1] = (unsigned char)i;
		for (k = 1; k <= 2; k++)
			bad += !agrees(p, k);
		p[2] = p[3] = 0x80;
		for (k = 3; k <= 4; k++)
			bad += !agrees(p, k);
	}
	is_int(bad, 0, "every pair of bytes, alone, cut, and with two more");
	for (bad = i = 0; i < 100000; i++) {
		n = rnd(sizeof p + 1);
		for (k = 0; k < n; k++)
			p[k] = (unsigned char)(rnd(3) ? 0x80 + rnd(128) : rnd(128));
		bad += !agrees(p, n);
	}
	is_int(bad, 0, "random bytes");
}

static const struct {
	const char	*text, *repaired;
} repairs[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xe0\x80\xaf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" },
	{ "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "a\xe2\x82", "a\xef\xbf\xbd" },
	{ "\xf0\x9f\x98z", "\xef\xbf\xbdz" },
	{ "twelve ascii\xff", "twelve ascii\xef\xbf\xbd" },
};

static const struct {
	const char	*text;
	size_t		 n;
	const char	*safe;
} safes[] = {
	{ "", 0, "" },
	{ "a\0b", 3, "a\\x00b" },
	{ "one\r\nBcc: two", 13, "one\\x0d\\x0aBcc: two" },
	{ "\x1b[31mred", 8, "\\x1b[31mred" },
	{ "\x7f", 1, "\\x7f" },
	{ "\xc2\x80\xc2\x9b\xc2\xa0", 6, "\\u{0080}\\u{009b}\xc2\xa0" },
	{ "\xe2\x80\xaegpj", 6, "\\u{202e}gpj" },
	{ "\xe2\x81\xa6\xe2\x81\xa9", 6, "\\u{2066}\\u{2069}" },
	{ "\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f", 8, "\\u{061c}\\u{200e}\\u{200f}" },
	{ "\xe2\x80\xa8\xe2\x80\xa9", 6, "\\u{2028}\\u{2029}" },
	{ "\xff\xc3", 2, "\\xff\\xc3" },
	{ "\xe2\x82", 2, "\\xe2\\x82" },
	{ "gr\xc3\xbc\xc3\x9f", 6, "gr\xc3\xbc\xc3\x9f" },
};

static const struct {
	const char	*text;
	size_t		 width;
} widths[] = {
	{ "", 0 }, { "abc", 3 }, { "gr\xc3\xbcn", 4 }, { "e\xcc\x81", 1 }, { "\xe6\x97\xa5\xe6\x9c\xac", 4 },
	{ "\xf0\x9f\x98\x80", 2 }, { "\xe2\x80\x8b", 0 }, { "a\xff", 2 },
};

static void
t_tables(void)
{
	struct buf b;
	size_t i;

	buf_init(&b);
	for (i = 0; i < sizeof repairs / sizeof repairs[0]; i++) {
		buf_reset(&b);
		utf8_repair(&b, repairs[i].text, strlen(repairs[i].text));
		is_str(b.p, repairs[i].repaired, "repaired as others repair it");
	}
	for (i = 0; i < sizeof safes / sizeof safes[0]; i++) {
		buf_reset(&b);
		utf8_safe(&b, safes[i].text, safes[i].n);
		is_str(b.p, safes[i].safe, "safe to print");
	}
	for (i = 0; i < sizeof widths / sizeof widths[0]; i++)
		is_int(utf8_width(widths[i].text, strlen(widths[i].text)), widths[i].width, "columns");
	buf_free(&b);
}

int
main(void)
{
	t_oracle();
	t_tables();
	return done_testing();
}
