/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every verb of slice.h, on texts that end where their memory ends and on no
 * text at all.  The glob is held against a slow one that tries everything.
 */
#include <tocsin/slice.h>
#include "exact.h"
#include "tap.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct tcs_slice none;

static void
test_equal(void)
{
	struct exact x = exact("Ab\0C", 4), e = exact("", 0);
	struct tcs_slice s = tcs_slice(x.p, x.n), empty = tcs_slice(e.p, 0);

	ok(tcs_eq(s, tcs_slice("Ab\0C", 4)) && !tcs_eq(s, tcs_slice("Ab\0D", 4)), "a NUL is a byte");
	ok(!tcs_eq(s, tcs_slice("Ab\0", 3)) && !tcs_eq(tcs_slice(x.p, 3), s), "the length counts");
	ok(tcs_eq(none, empty) && tcs_eq(none, none), "no value has the text that is empty");
	ok(tcs_is(tcs_slice(x.p, 2), "Ab") && !tcs_is(s, "Ab") && !tcs_is(tcs_slice(x.p, 1), "Ab"), "is");
	ok(tcs_is(none, "") && tcs_is(empty, "") && tcs_is(empty, NULL) && !tcs_is(s, ""), "is, empty");
	ok(tcs_is_nocase(tcs_slice(x.p, 2), "aB") && !tcs_is_nocase(s, "ab"), "is, whatever the case");
	ok(tcs_is_nocase(none, "") && !tcs_is_nocase(none, "a") && !tcs_is_nocase(empty, "a"), "empty too");
	ok(!tcs_is_nocase(TCS_LIT("\xc3\xa9"), "\xc3\x89") && !tcs_is_nocase(TCS_LIT("@[`{"), "`{@["),
	    "only the case of ASCII letters");
	ok(tcs_str(NULL).p == NULL && tcs_str(NULL).n == 0 && tcs_str("ab").n == 2, "str");
	ok(TCS_LIT("").n == 0 && TCS_LIT("").p != NULL && TCS_LIT("a\0b").n == 3, "LIT");
	free(x.block);
	free(e.block);
}

static void
test_bytes(void)
{
	bool lower = true, space = true;
	int c, want;

	for (c = -128; c < 128; c++) {
		want = c >= 'A' && c <= 'Z' ? c + 32 : c;
		lower = lower && tcs_lower((char)c) == (char)want;
		space = space && tcs_space((char)c) == (c > 0 && strchr(" \t\n\v\f\r", c) != NULL);
	}
	ok(lower, "lower changes A to Z and no other byte");
	ok(space, "six bytes are spaces");
}

static const struct {
	const char	*text, *want;
} trims[] = {
	{ "", "" }, { " ", "" }, { " \t\r\n\v\f", "" }, { "a", "a" }, { " a", "a" }, { "a ", "a" },
	{ "\t a b \r\n", "a b" }, { "\xc2\xa0" "a", "\xc2\xa0" "a" }, { "  \x01 ", "\x01" },
};

static void
test_trim(void)
{
	struct tcs_slice s;
	struct exact x;
	size_t i;

	for (i = 0; i < COUNT(trims); i++) {
		x = exact(trims[i].text, strlen(trims[i].text));
		s = tcs_trim(tcs_slice(x.p, x.n));
		ok(tcs_is(s, trims[i].want) && s.p >= x.p && s.p + s.n <= x.p + x.n, "trim %zu", i);
		free(x.block);
	}
	ok(tcs_trim(none).p == NULL, "trimmed, no value is still none");
	ok(tcs_eq(tcs_trim(tcs_slice(" \0 ", 3)), tcs_slice("\0", 1)), "a NUL is no space");
}

static const struct {
	const char	*text, *with;
	bool		 starts, ends;
} affixes[] = {
	{ "abcab", "ab", true, true }, { "abc", "ab", true, false }, { "cab", "ab", false, true },
	{ "ab", "ab", true, true }, { "b", "ab", false, false }, { "a", "ab", false, false },
	{ "", "", true, true }, { "a", "", true, true }, { "", "a", false, false },
	{ "AB", "ab", false, false },
};

static void
test_affixes(void)
{
	struct tcs_slice s;
	struct exact x;
	size_t i;

	for (i = 0; i < COUNT(affixes); i++) {
		x = exact(affixes[i].text, strlen(affixes[i].text));
		s = tcs_slice(x.p, x.n);
		ok(tcs_starts(s, affixes[i].with) == affixes[i].starts &&
		    tcs_ends(s, affixes[i].with) == affixes[i].ends, "\"%s\" and \"%s\"", affixes[i].text,
		    affixes[i].with);
		free(x.block);
	}
	ok(tcs_starts(none, "") && tcs_ends(none, ""), "no value starts and ends with nothing");
	ok(!tcs_starts(none, "a") && !tcs_ends(none, "a"), "and with nothing else");
}

static void
test_find(void)
{
	struct exact x = exact("a,b\0,", 5);
	struct tcs_slice s = tcs_slice(x.p, x.n);

	is_int(tcs_find(s, ','), 1, "the first");
	is_int(tcs_find(s, 'a'), 0, "at the start");
	is_int(tcs_find(s, '\0'), 3, "a NUL is found");
	is_int(tcs_find(s, 'z'), 5, "not there: the length");
	is_int(tcs_find(tcs_slice(x.p, 1), ','), 1, "past the end is not there");
	is_int(tcs_find(tcs_slice(x.p + 5, 0), ','), 0, "empty");
	is_int(tcs_find(none, ','), 0, "none");
	free(x.block);
}

static const struct {
	const char	*text, *parts;	/* each part and a bar */
} cuts[] = {
	{ "", "|" }, { ",", "||" }, { ",,", "|||" }, { "a", "a|" }, { "a,", "a||" }, { ",a", "|a|" },
	{ "a,,b", "a||b|" }, { "a,b,c", "a|b|c|" }, { "a;b", "a;b|" },
};

static void
test_cut(void)
{
	struct tcs_slice rest, part = TCS_LIT("as it was");
	struct exact x;
	char got[40];
	size_t i, n;

	for (i = 0; i < COUNT(cuts); i++) {
		x = exact(cuts[i].text, strlen(cuts[i].text));
		rest = tcs_slice(x.p, x.n);
		for (n = 0; tcs_cut(&rest, ',', &part); got[n++] = '|') {
			if (part.n)
				memcpy(got + n, part.p, part.n);
			n += part.n;
		}
		got[n] = '\0';
		is_str(got, cuts[i].parts, cuts[i].text);
		ok(rest.p == NULL && rest.n == 0 && !tcs_cut(&rest, ',', &part), "\"%s\" is spent",
		    cuts[i].text);
		free(x.block);
	}
	rest = none;
	part = TCS_LIT("as it was");
	ok(!tcs_cut(&rest, ',', &part) && tcs_is(part, "as it was"), "no value has no parts");
	rest = tcs_slice("a\0b", 3);
	ok(tcs_cut(&rest, '\0', &part) && tcs_is(part, "a") && tcs_is(rest, "b"), "a NUL can separate");
}

static const struct {
	const char	*text;
	uint64_t	 max, want;
	bool		 good;
} numbers[] = {
	{ "0", 0, 0, true }, { "1", 0, 0, false }, { "65535", 65535, 65535, true },
	{ "65536", 65535, 0, false }, { "007", 7, 7, true },
	{ "18446744073709551615", UINT64_MAX, UINT64_MAX, true },
	{ "18446744073709551616", UINT64_MAX, 0, false }, { "18446744073709551619", UINT64_MAX, 0, false },
	{ "18446744073709551620", UINT64_MAX, 0, false }, { "18446744073709551625", UINT64_MAX, 0, false },
	{ "28446744073709551615", UINT64_MAX, 0, false }, { "99999999999999999999", UINT64_MAX, 0, false },
	{ "184467440737095516150", UINT64_MAX, 0, false },
	{ "18446744073709551614", UINT64_MAX - 1, UINT64_MAX - 1, true },
	{ "18446744073709551615", UINT64_MAX - 1, 0, false }, { "00000000000000000001", 1, 1, true },
	{ "000000000000000000001", 1, 0, false }, { "", UINT64_MAX, 0, false },
	{ "-1", UINT64_MAX, 0, false },
	{ "+1", UINT64_MAX, 0, false }, { " 1", UINT64_MAX, 0, false }, { "1 ", UINT64_MAX, 0, false },
	{ "1x", UINT64_MAX, 0, false }, { "0x1", UINT64_MAX, 0, false }, { "1.0", UINT64_MAX, 0, false },
	{ "1/", UINT64_MAX, 0, false }, { "1:", UINT64_MAX, 0, false }, { "\xb1", UINT64_MAX, 0, false },
};

static void
test_uint(void)
{
	struct exact x;
	bool good = true;
	uint64_t v, want;
	char text[24];
	size_t i;

	for (i = 0; i < COUNT(numbers); i++) {
		x = exact(numbers[i].text, strlen(numbers[i].text));
		v = 0x5a5a;
		good = tcs_uint(tcs_slice(x.p, x.n), numbers[i].max, &v);
		ok(good == numbers[i].good && v == (good ? numbers[i].want : 0x5a5a), "\"%s\"",
		    numbers[i].text);
		free(x.block);
	}
	ok(!tcs_uint(none, UINT64_MAX, &v) && !tcs_uint(tcs_slice("1\0", 2), UINT64_MAX, &v), "none; a NUL");
	for (i = 0, good = true; i < 20000 && good; i++) {
		want = rnd() >> rnd() % 64;
		snprintf(text, sizeof text, "%" PRIu64, want);
		good = tcs_uint(tcs_str(text), want, &v) && v == want &&
		    (want == 0 || !tcs_uint(tcs_str(text), want - 1, &v));
	}
	ok(good, "20,000 random numbers, with just room enough and just not");
}

static void
test_copy(void)
{
	struct exact x = exact("abc", 3);
	char out[4] = "zzz";

	ok(!tcs_copy(out, 3, tcs_slice(x.p, 3)) && strcmp(out, "zzz") == 0, "no room for the NUL: nothing");
	ok(tcs_copy(out, 4, tcs_slice(x.p, 3)) && strcmp(out, "abc") == 0, "just room");
	ok(!tcs_copy(out, 4, tcs_slice("a\0b", 3)) && strcmp(out, "abc") == 0, "a NUL is refused");
	ok(!tcs_copy(out, 0, none) && !tcs_copy(out, 0, TCS_LIT("")), "no room at all");
	ok(tcs_copy(out, 1, TCS_LIT("")) && out[0] == '\0', "the empty text in one byte");
	strncpy(out, "zzz", 4);
	ok(tcs_copy(out, 4, none) && out[0] == '\0', "no value is copied as the empty text");
	free(x.block);
}

/* Tries every length for every star. */
static bool
slow_glob(const char *pat, const char *p, size_t n)
{
	size_t i;

	if (*pat == '\0')
		return n == 0;
	if (*pat == '*') {
		for (i = 0; i <= n; i++)
			if (slow_glob(pat + 1, p + i, n - i))
				return true;
		return false;
	}
	return n > 0 && (*pat == '?' || tcs_lower(*pat) == tcs_lower(*p)) && slow_glob(pat + 1, p + 1, n - 1);
}

static const struct {
	const char	*pat, *text;
	bool		 want;
} globs[] = {
	{ "", "", true }, { "", "a", false }, { "*", "", true }, { "**", "", true }, { "?", "", false },
	{ "*", "anything", true }, { "?*", "a", true }, { "*?", "a", true }, { "?*?", "a", false },
	{ "a*b", "ab", true }, { "a*b", "aXbXb", true }, { "a*b", "aXbX", false }, { "*ab", "aab", true },
	{ "*ab*", "xxabx", true }, { "*.example", "shop.example", true }, { "*.example", "example", false },
	{ "A*", "abc", true }, { "abc", "ABC", true }, { "abc", "abcd", false }, { "abcd", "abc", false },
	{ "*a*b*c", "aabbcc", true }, { "*a*b*c", "ccbbaa", false }, { "\\*", "*", false },
	{ "[a]", "a", false },
	{ "*", "*", true }, { "a?c", "a*c", true }, { "\xc3?", "\xc3\xa9", true },
};

static void
test_glob(void)
{
	static const char pieces[] = "aAb?**", letters[] = "aAbB";
	char pat[9], text[11];
	struct exact x;
	bool same = true, hit;
	size_t i, k, n, hits = 0;

	for (i = 0; i < COUNT(globs); i++) {
		x = exact(globs[i].text, strlen(globs[i].text));
		ok(tcs_glob(globs[i].pat, tcs_slice(x.p, x.n)) == globs[i].want, "%s on \"%s\"", globs[i].pat,
		    globs[i].text);
		free(x.block);
	}
	ok(tcs_glob("a?b", tcs_slice("a\0b", 3)) && tcs_glob("a*", tcs_slice("a\0b", 3)) &&
	    !tcs_glob("a", tcs_slice("a\0", 2)), "a NUL in the text is a byte, not its end");
	ok(tcs_glob("", none) && tcs_glob("*", none) && !tcs_glob("?", none) && !tcs_glob("a", none), "none");
	for (i = 0; i < 200000 && same; i++) {
		for (k = 0, n = rnd() % sizeof pat; k < n; k++)
			pat[k] = pieces[rnd() % (sizeof pieces - 1)];
		pat[n] = '\0';
		for (k = 0, n = rnd() % sizeof text; k < n; k++)
			text[k] = letters[rnd() % (sizeof letters - 1)];
		x = exact(text, n);
		hit = tcs_glob(pat, tcs_slice(x.p, n));
		same = hit == slow_glob(pat, text, n);
		hits += hit;
		free(x.block);
	}
	if (!ok(same && hits > 10000 && hits < 190000, "200,000 random patterns, as the slow one says"))
		printf("# %s on %.*s; %zu matched\n", pat, (int)n, text, hits);
}

/* What is quadratic at worst: with a star tried again and again, but never two at once. */
static void
test_glob_hostile(void)
{
	char *pat = malloc(2002), *text = malloc(20000);
	size_t i;

	if (pat == NULL || text == NULL)
		abort();
	for (i = 0; i < 1000; i++)
		memcpy(pat + 2 * i, "*a", 2);
	memcpy(pat + 2000, "b", 2);
	memset(text, 'a', 20000);
	ok(!tcs_glob(pat, tcs_slice(text, 20000)), "1,000 stars that fail on 20,000 bytes come to an end");
	free(pat);
	free(text);
}

int
main(void)
{
	test_equal();
	test_bytes();
	test_trim();
	test_affixes();
	test_find();
	test_cut();
	test_uint();
	test_copy();
	test_glob();
	test_glob_hostile();
	return done_testing();
}
