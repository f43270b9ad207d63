/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arguments of orders, right and wrong, cut at every byte; and the date
 * that stands in an input's name.
 */
#include "buf.h"
#include "core/flatjson.h"
#include "core/sources.h"
#include "tap.h"
#include "timefmt.h"

static const struct {
	const char	*json, *got;		/* of the member "k" */
} rows[] = {
	{ "{\"k\":\"v\"}", "v" },
	{ " { \"a\" : 1 ,\n\t\"k\" : \"v\" } ", "v" },
	{ "{\"k\":\"\"}", "" },
	{ "{\"k\":-12.5e3,\"l\":1}", "-12.5e3" },
	{ "{\"k\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "\"\\/\b\f\n\r\t" },
	{ "{\"k\":\"\\u0041\\u00e9\\u20AC\"}", "A\xc3\xa9\xe2\x82\xac" },
	{ "{\"k\":\"\\u0000\\ud800\"}", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "{\"\\u006b\":\"v\"}", "v" },
	{ "{\"k\":\"first\",\"k\":\"second\"}", "first" },
	{ "{\"a\":\"\\\"k\\\":\\\"no\\\"\",\"k\":\"v\"}", "v" },
	{ "{\"a\":{\"k\":\"inner\"},\"k\":\"v\"}", "v" },
	{ "{\"a\":[1,[\"]\",{}],\"\\\"\"],\"k\":\"v\"}", "v" },
	{ "{\"k\":[1]}", NULL },
	{ "{\"a\":{\"k\":\"inner\"}}", NULL },
	{ "{\"a\":[1}", NULL },
	{ "{\"kk\":\"v\",\"\":\"v\",\"K\":\"v\"}", NULL },
	{ "{}", NULL }, { "", NULL }, { " ", NULL }, { "{", NULL }, { "[]", NULL }, { "\"k\"", NULL },
	{ "{\"k\"", NULL }, { "{\"k\":", NULL }, { "{\"k\":}", NULL }, { "{\"k\":\"v", NULL },
	{ "{\"k\":\"\\", NULL }, { "{\"k\":\"\\u12", NULL }, { "{\"k\":\"\\x\"}", NULL },
	{ "{\"k\" \"v\"}", NULL }, { "{k:\"v\"}", NULL }, { "{\"k\":\"v\" x}", NULL }, { "{\"k\":12", NULL },
	{ "{\"a\":\"\\u00zz\",\"k\":\"v\"}", NULL }, { "{\"a\":1 \"k\":\"v\"}", NULL },
};

/* The rows hold newlines and backslashes, which TAP does not bear. */
static const char *
label(size_t i)
{
	static char text[16];

	snprintf(text, sizeof text, "row %zu", i);
	return text;
}

static void
t_flat(void)
{
	struct arena *a = arena_new();
	size_t i, n, len, bad = 0;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		is_str(flat_get(a, rows[i].json, "k"), rows[i].got, label(i));
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		len = strlen(rows[i].json);
		for (n = 0; n <= len; n++) {
			char *tight = calloc(1, n + 1);

			memcpy(tight, rows[i].json, n);
			bad += flat_get(a, tight, "nowhere") != NULL;
			flat_get(a, tight, "k");
			free(tight);
		}
	}
	is_int(bad, 0, "cut at every byte");
	arena_free(a);
}

static void
t_written(void)
{
	struct arena *a = arena_new();
	char text[] = "..";
	size_t bad = 0;
	unsigned c;
	struct buf b;
	const char *got;

	buf_init(&b);
	for (c = 1; c < 0x80; c++) {
		text[0] = (char)c;
		buf_reset(&b);
		buf_str(&b, "{\"k\":");
		buf_json_str(&b, text);
		buf_str(&b, "}");
		got = flat_get(a, b.p, "k");
		bad += got == NULL || strcmp(got, text) != 0;
	}
	is_int(bad, 0, "what buf_json writes comes back");
	buf_free(&b);
	arena_free(a);
}

static const struct {
	const char	*name, *day;
} names[] = {
	{ "2026-11-20-scan_rdp.csv", "2026-11-20" }, { "scan_rdp_20261120.csv", "2026-11-20" },
	{ "20261120", "2026-11-20" }, { "2026-11-20", "2026-11-20" },
	{ "x2026-11-20T08.csv", "2026-11-20" },
	{ "20261320-2026-02-28", "2026-02-28" }, { "2024-02-29", "2024-02-29" }, { "2026-02-29", NULL },
	{ "id-120261120", NULL }, { "202611201", NULL }, { "2026-11-201", NULL }, { "12026-11-20", NULL },
	{ "2026-1-20", NULL }, { "2026-11-2", NULL }, { "2026112", NULL }, { "99999999", NULL },
	{ "00000000", NULL }, { "2026/11/20", NULL },
	{ "2026-11-", NULL }, { "report.csv", NULL }, { "", NULL },
};

static void
t_dates(void)
{
	int64_t got, want;
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		char *tight = strdup(names[i].name);
		bool there = name_date(tight, &got);

		ok(there == (names[i].day != NULL) &&
		    (!there || (time_parse(names[i].day, 10, &want) && got == want)),
		    "date in \"%s\"", tight);
		free(tight);
	}
}

int
main(void)
{
	t_flat();
	t_written();
	t_dates();
	return done_testing();
}
