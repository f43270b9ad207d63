/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times and durations as text: a table of each form that timefmt.h names and
 * of what is almost one, the writers and the calendar held against the
 * system's gmtime and timegm, and all of it there and back.  Zones are in
 * t_zone.c.
 */
#include <time.h>
#include "timefmt.h"
#include "tz.h"
#include "exact.h"
#include "tap.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum who { NOBODY, ANY, BOTH };		/* who takes it: none, time_parse_any, time_parse too */

static const struct {
	const char	*text, *want;
	enum who	 who;
} forms[] = {
	{ "2026-11-20T08:00:00Z", "2026-11-20T08:00:00Z", BOTH },
	{ "2026-11-20t08:00:00z", "2026-11-20T08:00:00Z", BOTH },
	{ "2026-11-20T08:00:00+01:00", "2026-11-20T07:00:00Z", BOTH },
	{ "2026-11-20T08:00:00-00:30", "2026-11-20T08:30:00Z", BOTH },
	{ "2026-11-20T08:00:00-00:00", "2026-11-20T08:00:00Z", BOTH },
	{ "2026-11-20T08:00:00+23:59", "2026-11-19T08:01:00Z", BOTH },
	{ "2026-12-31T23:00:00-05:00", "2027-01-01T04:00:00Z", BOTH },
	{ "2026-11-20 08:00:00", "2026-11-20T08:00:00Z", BOTH },
	{ "2026-11-20 08:00:00 UTC", "2026-11-20T08:00:00Z", BOTH },
	{ "2026-11-20 08:00:00 Z", "2026-11-20T08:00:00Z", BOTH },
	{ "2026-11-20 08:00:00 +0100", "2026-11-20T07:00:00Z", BOTH },
	{ "2026-11-20 08:00:00+0100", "2026-11-20T07:00:00Z", BOTH },
	{ "2026-11-20 08:00:00 +01", "2026-11-20T07:00:00Z", BOTH },
	{ "2026-11-20 08:00", "2026-11-20T08:00:00Z", BOTH },
	{ "2026-11-20 08:00:00.5", "2026-11-20T08:00:00.500000Z", BOTH },
	{ "2026-11-20 08:00:00.000001 UTC", "2026-11-20T08:00:00.000001Z", BOTH },
	{ "2026-11-20T08:00:00.1234567899999999Z", "2026-11-20T08:00:00.123456Z", BOTH },
	{ "2026-11-20T08:00:00.0Z", "2026-11-20T08:00:00Z", BOTH },
	{ "2026-11-20", "2026-11-20T00:00:00Z", BOTH },
	{ "20261120T080000Z", "2026-11-20T08:00:00Z", BOTH },
	{ "20261120T080000", "2026-11-20T08:00:00Z", BOTH },
	{ "20261120T080000+0100", "2026-11-20T07:00:00Z", BOTH },
	{ "Wed, 10 Feb 2010 00:00:00 GMT", "2010-02-10T00:00:00Z", ANY },
	{ "10 Feb 2010 00:00:00 +0100", "2010-02-09T23:00:00Z", ANY },
	{ "1 Feb 2010 00:00 +0000", "2010-02-01T00:00:00Z", ANY },
	{ "Feb 10 00:00:00 2010 GMT", "2010-02-10T00:00:00Z", ANY },
	{ "Feb  1 00:00:00 2010 GMT", "2010-02-01T00:00:00Z", ANY },
	{ "Mon Feb  1 12:34:56 2010", "2010-02-01T12:34:56Z", ANY },
	{ "2010/02/10", "2010-02-10T00:00:00Z", ANY },
	{ "2010/02/10 12:34:56", "2010-02-10T12:34:56Z", ANY },
	{ "2010/02/10 12:34:56 +0100", "2010-02-10T11:34:56Z", ANY },
	{ "1265760000", "2010-02-10T00:00:00Z", ANY },
	{ "999999999", "2001-09-09T01:46:39Z", ANY },
	{ "000000000", "1970-01-01T00:00:00Z", ANY },
	{ "7289654399", "2200-12-31T23:59:59Z", ANY },
	/* the ends, leap years and leap seconds */
	{ "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", BOTH },
	{ "2200-12-31T23:59:59Z", "2200-12-31T23:59:59Z", BOTH },
	{ "2200-12-31T23:59:59+23:59", "2200-12-31T00:00:59Z", BOTH },
	{ "2000-02-29", "2000-02-29T00:00:00Z", BOTH }, { "2024-02-29", "2024-02-29T00:00:00Z", BOTH },
	{ "2026-04-30", "2026-04-30T00:00:00Z", BOTH }, { "2026-12-31", "2026-12-31T00:00:00Z", BOTH },
	{ "2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z", BOTH },
	{ "2017-01-01T00:59:60+01:00", "2016-12-31T23:59:59Z", BOTH },
	{ "2016-12-31T23:59:60.5Z", "2016-12-31T23:59:59.500000Z", BOTH },
	{ "Sat, 31 Dec 2016 23:59:60 GMT", "2016-12-31T23:59:59Z", ANY },
};

static const char *const bad[] = {
	"", " ", "x", "now", "2026", "2026-11", "2026-11-2", "2026-1-20", "26-11-20", "02026-11-20",
	"2026-W47-5",
	"2026-00-20", "2026-13-20", "2026-11-00", "2026-11-31", "2026-02-30", "2026-04-31", "2026-01-32",
	"1900-02-29", "2026-02-29", "2100-02-29", "2200-02-29", "1969-12-31", "2201-01-01", "0000-01-01",
	"9999-12-31", "1970-01-01T00:00:00+00:01", "2200-12-31T23:59:59-00:01", "1969-12-31T23:59:59-01:00",
	"2026-11-20T", "2026-11-20 ", "2026-11-20Z", "2026-11-20T08", "2026-11-20T08:", "2026-11-20T08:0",
	"2026-11-20T08:00:", "2026-11-20T08:00:0", "2026-11-20T24:00:00Z", "2026-11-20T08:60:00Z",
	"2026-11-20T08:00:61Z", "2026-11-20T8:00:00Z", "2026-11-20T08:00:00.Z", "2026-11-20T08:00:00.",
	"2026-11-20T08:00:00,5Z", "2026-11-20T08:00.5Z", "2026-11-20T08:00:00+", "2026-11-20T08:00:00+1",
	"2026-11-20T08:00:00+1:00", "2026-11-20T08:00:00+01:", "2026-11-20T08:00:00+01:0",
	"2026-11-20T08:00:00+010", "2026-11-20T08:00:00+24:00", "2026-11-20T08:00:00+01:60",
	"2026-11-20T08:00:00+01:00Z", "2026-11-20T08:00:00ZZ", "2026-11-20T08:00:00 ",
	"2026-11-20T08:00:00  Z",
	"2026-11-20T08:00:00 CET", "2026-11-20T08:00:00UTC+1", "2026-11-20  08:00:00", "2026-11-20_08:00:00",
	"-026-11-20", "+026-11-20", "2026--1-20", "2026-11-+1", "2026-11/20", "2026/11-20", "2026.11.20",
	" 2026-11-20", "2026-11-20\n", "\xd9\xa2" "026-11-20", "20261120", "20261120T08Z", "20261120T0800Z",
	"20261120 080000Z", "20261120T08000", "20261120T080000.Z", "20260229T000000Z", "20261120T08:00:00Z",
	"12345678", "12345678901", "-126576000", "1265760000 ", "1265760000.5", "9999999999", "7289654400",
	"10 Feb 2010", "10 Feb 10 00:00:00 GMT", "10 feb 2010 00:00:00 GMT", "10 Foo 2010 00:00:00 GMT",
	"29 Feb 2010 00:00:00 GMT", "0 Feb 2010 00:00:00 GMT", "100 Feb 2010 00:00:00 GMT",
	"10 Feb 2010 00:00:00 GMT ", "10 Feb 2010 00:00:00 EST", "10Feb 2010 00:00:00 GMT",
	"10 Feb2010 00:00:00 GMT", "10 February 2010 00:00:00 GMT", "Wednesday, 10 Feb 2010 00:00:00 GMT",
	"Wed10 Feb 2010 00:00:00 GMT", "WedFeb 10 00:00:00 2010", "Foo, 10 Feb 2010 00:00:00 GMT",
	"Wed, Wed, 10 Feb 2010 00:00:00 GMT", "Wed, 2010-02-10", "Feb 10 00:00:00", "Feb 10 2010 00:00:00",
	"Feb 10 00:00:00 2010 GMT+1", "Feb 30 00:00:00 2010 GMT", "Feb 10, 00:00:00 2010", "02/10/2010",
	"10/02/2010", "10-02-2010", "10.02.2010", "2010/02/29", "2010/2/10", "Wed, ", "         ",
	"2026-11-20T08:00:00.000000000000000000000000000000000000000000000Z",
};

static bool
parse(bool any, const char *text, size_t n, int64_t *ns)
{
	struct exact x = exact(text, n);
	bool good = any ? time_parse_any(x.p, n, ns) : time_parse(x.p, n, ns);

	free(x.block);
	return good;
}

static void
test_forms(void)
{
	char out[TIME_TEXT];
	int64_t ns, any;
	size_t i;

	for (i = 0; i < COUNT(forms); i++) {
		if (!parse(true, forms[i].text, strlen(forms[i].text), &any))
			out[0] = '\0';
		else
			time_iso(any, out);
		is_str(out, forms[i].want, forms[i].text);
		ns = 42;
		if (parse(false, forms[i].text, strlen(forms[i].text), &ns))
			ok(forms[i].who == BOTH && ns == any, "\"%s\", strict: the same", forms[i].text);
		else
			ok(forms[i].who == ANY && ns == 42, "\"%s\", strict: refused", forms[i].text);
	}
	ok(parse(true, "2026-11-20T08:00:00.999999999Z", 30, &ns) && ns % NS == 999999999, "nine digits");
	ok(parse(true, "2026-11-20T08:00:00.9999999999Z", 31, &ns) && ns % NS == 999999999, "never up");
	ok(parse(false, "2026-11-20T08:00:00", 10, &ns) && ns % (DAY * NS) == 0, "n is the end");
}

static void
test_bad(void)
{
	int64_t a, b;
	size_t i, n;

	for (i = 0; i < COUNT(bad); i++) {
		a = b = 42;
		n = strlen(bad[i]);
		ok(!parse(false, bad[i], n, &a) && !parse(true, bad[i], n, &b) && a == 42 && b == 42,
		    "\"%.*s\" is refused", (int)strcspn(bad[i], "\n"), bad[i]);
	}
	ok(!parse(false, NULL, 0, &a) && !parse(true, NULL, 0, &a), "no text at all");
}

/* Whatever follows, but for more digits, is not understood; and so is a NUL. */
static void
test_trailing(void)
{
	static const char tails[] = { '\0', 'x', ' ', '\n', '/', ';', '"', '\x80' };
	char text[80];
	bool refused = true;
	size_t i, k, n;
	int64_t ns;

	for (i = 0; i < COUNT(forms); i++) {
		n = strlen(forms[i].text);
		memcpy(text, forms[i].text, n);
		for (k = 0; k < sizeof tails; k++) {
			text[n] = tails[k];
			if (!parse(false, text, n + 1, &ns) && !parse(true, text, n + 1, &ns))
				continue;
			printf("# %s and byte %d\n", forms[i].text, tails[k]);
			refused = false;
		}
	}
	ok(refused, "each good form with one byte more is refused");
}

/* What comes of broken texts is refused or is a time that can be written and read again. */
static void
test_mutants(void)
{
	char text[80], out[TIME_TEXT];
	bool good = true, any, strict;
	int64_t ns, back, other;
	size_t i, k, n, taken = 0;

	for (i = 0; i < 300000 && good; i++) {
		k = rnd() % COUNT(forms);
		n = strlen(forms[k].text);
		memcpy(text, forms[k].text, n);
		for (k = rnd() % 4; k < 4; k++)
			n = mutate(text, n, sizeof text, "0123456789::--//..TZ+ ,UTCGMWedFb");
		any = parse(true, text, n, &ns);
		strict = parse(false, text, n, &other);
		if (!any) {
			good = !strict;
			continue;
		}
		taken++;
		good = (!strict || other == ns) && parse(false, out, time_iso(ns, out), &back) &&
		    back == ns - ns % 1000;
	}
	if (!ok(good && taken > 1000, "300,000 broken texts: refused, or a time like any"))
		printf("# \"%.*s\" (%zu taken)\n", (int)n, text, taken);
}

/* What the system writes for the same second; frac: the part of it, as timefmt.h says. */
static bool
writes(size_t (*writer)(int64_t, char *), int64_t ns, const char *form, bool frac, const char *tail)
{
	int64_t sec = ns / NS - (ns % NS < 0), micro = (ns % NS < 0 ? ns % NS + NS : ns % NS) / 1000;
	char got[TIME_TEXT], want[80];
	time_t t = (time_t)sec;
	struct tm tm;
	size_t n, len;

	gmtime_r(&t, &tm);
	n = strftime(want, sizeof want, form, &tm);
	if (frac && micro != 0)
		n += (size_t)snprintf(want + n, sizeof want - n, ".%06d", (int)micro);
	snprintf(want + n, sizeof want - n, "%s", tail);
	memset(got, 'x', sizeof got);
	len = writer(ns, got);
	if (len == strlen(want) && strcmp(got, want) == 0)
		return true;
	printf("# %" PRId64 ": \"%s\", not \"%s\"\n", ns, got, want);
	return false;
}

static bool
written(int64_t ns)
{
	return writes(time_iso, ns, "%Y-%m-%dT%H:%M:%S", true, "Z") &&
	    writes(time_idf, ns, "%Y-%m-%dT%H:%M:%S", true, "+00:00") &&
	    writes(time_utc, ns, "%Y-%m-%d %H:%M UTC", false, "") &&
	    writes(time_day, ns, "%Y-%m-%d", false, "") &&
	    writes(time_rfc5322, ns, "%a, %d %b %Y %H:%M:%S +0000", false, "");
}

static void
test_writers(void)
{
	static const int64_t edges[] = {
		0, 1, 999, 1000, 999999999, NS, -1, -999, -1000, -NS, -NS - 1, DAY * NS - 1, DAY * NS,
		-DAY * NS, INT64_MAX, INT64_MIN + 1, 951782400 * NS - 1, 951782400 * NS, 4107542400 * NS - 1,
	};
	static size_t (*const all[])(int64_t, char *) = {
		time_iso, time_idf, time_utc, time_day, time_rfc5322,
	};
	char out[TIME_TEXT];
	bool good = true;
	size_t i;

	for (i = 0; i < COUNT(edges); i++)
		ok(written(edges[i]), "%" PRId64 " in all five forms", edges[i]);
	for (i = 0; i < 20000 && good; i++)
		good = written((int64_t)(rnd() >> rnd() % 30));
	ok(good, "20,000 times of 1677 to 2262, as gmtime and strftime say");
	for (i = 0; i < COUNT(all); i++) {
		memcpy(out, "x", 2);
		ok(all[i](TIME_NONE, out) == 0 && out[0] == '\0', "no time is no text (%zu)", i);
	}
	is_int(time_of_day_number(20777), 20777 * DAY * NS, "a day's number");
	is_int(time_of_day_number(-1), -DAY * NS, "and before 1970");
}

static void
test_back(void)
{
	char out[TIME_TEXT];
	int64_t ns, sec, back;
	bool good = true;
	size_t i, n;

	for (i = 0; i < 50000 && good; i++) {
		sec = (int64_t)(rnd() % 7289654400);
		ns = sec * NS + (int64_t)(rnd() % 1000000) * 1000 * (i % 2);
		good = parse(false, out, time_iso(ns, out), &back) && back == ns;
		good = good && parse(false, out, time_idf(ns, out), &back) && back == ns;
		good = good && parse(false, out, time_utc(ns, out), &back) && back == (sec - sec % 60) * NS;
		good = good && parse(false, out, time_day(ns, out), &back) && back == (sec - sec % DAY) * NS;
		good = good && parse(true, out, time_rfc5322(ns, out), &back) && back == sec * NS;
		n = (size_t)snprintf(out, sizeof out, "%09" PRId64, sec);
		good = good && parse(true, out, n, &back) && back == sec * NS;
	}
	if (!ok(good, "50,000 times of 1970 to 2200 in six forms, and back"))
		printf("# %s\n", out);
}

static bool
same_day(int64_t days)
{
	time_t t = (time_t)(days * DAY);
	int month, day;
	int64_t year;
	struct tm tm;

	gmtime_r(&t, &tm);
	civil_date(days, &year, &month, &day);
	return year == tm.tm_year + 1900 && month == tm.tm_mon + 1 && day == tm.tm_mday &&
	    civil_days(year, month, day) == days && timegm(&tm) == days * DAY;
}

static void
test_calendar(void)
{
	bool good = true;
	int64_t days;
	size_t i;

	for (days = 0; days < 84371 && good; days++)
		good = same_day(days);
	ok(good, "every day of 1970 to 2200");
	for (i = 0; i < 20000 && good; i++)
		good = same_day((int64_t)(rnd() % 4000000) - 2000000);
	ok(good, "20,000 days in 5,000 years around 1970");
}

/* Every day and every almost-day: what timegm leaves as it is. */
static void
test_dates(void)
{
	char text[16];
	bool good = true;
	int64_t ns;
	int y, m, d;

	for (y = 1968; y < 2204; y++)
		for (m = 0; m < 14; m++)
			for (d = 0; d < 33 && good; d++) {
				struct tm tm = { .tm_year = y - 1900, .tm_mon = m - 1, .tm_mday = d };
				time_t t = timegm(&tm);
				bool real = y >= 1970 && y <= 2200 && tm.tm_mon == m - 1 && tm.tm_mday == d;
				int n = snprintf(text, sizeof text, "%04d-%02d-%02d", y, m, d);

				good = parse(false, text, (size_t)n, &ns) == real && (!real || ns == t * NS);
			}
	if (!ok(good, "every date of 1968 to 2203 with months 0 to 13 and days 0 to 32"))
		printf("# %s\n", text);
}

static const struct {
	const char	*text;
	int64_t		 want;		/* -1: refused */
	const char	*back;
} durations[] = {
	{ "7d", 604800, "7d" }, { "12h", 43200, "12h" }, { "30m", 1800, "30m" }, { "45s", 45, "45s" },
	{ "2w", 1209600, "14d" }, { "1d12h", 129600, "1d12h" }, { "36h", 129600, "1d12h" }, { "0s", 0, "0s" },
	{ "0d", 0, "0s" }, { "90s", 90, "1m30s" }, { "1w1d1h1m1s", 694861, "8d1h1m1s" },
	{ "007d", 604800, "7d" }, { "9223372036s", 9223372036, "106751d23h47m16s" },
	{ "9223372037s", -1, NULL }, { "106751d23h47m17s", -1, NULL }, { "106752d", -1, NULL },
	{ "15251w", -1, NULL }, { "18446744073709551617s", -1, NULL }, { "99999999999999999999d", -1, NULL },
	{ "", -1, NULL }, { "d", -1, NULL }, { "7", -1, NULL }, { "7 d", -1, NULL }, { " 7d", -1, NULL },
	{ "7d ", -1, NULL }, { "7D", -1, NULL }, { "7y", -1, NULL }, { "-7d", -1, NULL }, { "+7d", -1, NULL },
	{ "1d12", -1, NULL }, { "1.5d", -1, NULL }, { "1d,12h", -1, NULL }, { "dd", -1, NULL },
	{ "1dd", -1, NULL },
	{ "7days", -1, NULL }, { "7\xb5", -1, NULL },
};

static bool
parse_duration(const char *text, size_t n, int64_t *seconds)
{
	struct exact x = exact(text, n);
	bool good = duration_parse(x.p, n, seconds);

	free(x.block);
	return good;
}

static void
test_durations(void)
{
	char out[TIME_TEXT];
	bool good = true;
	int64_t v, want;
	size_t i, n;

	for (i = 0; i < COUNT(durations); i++) {
		v = -1;
		good = parse_duration(durations[i].text, strlen(durations[i].text), &v);
		ok(good == (durations[i].want >= 0) && v == durations[i].want, "\"%s\"", durations[i].text);
		if (good && duration_text(v, out) == strlen(out))
			is_str(out, durations[i].back, "and written");
	}
	ok(!parse_duration("7d\0", 3, &v) && !parse_duration(NULL, 0, &v), "a NUL; nothing");
	for (i = 0, good = true; i < 50000 && good; i++) {
		want = (int64_t)(rnd() % 9223372037) >> rnd() % 33;
		n = duration_text(want, out);
		good = n == strlen(out) && parse_duration(out, n, &v) && v == want;
	}
	ok(good, "50,000 durations as text and back");
	ok(duration_text(-5400, out) == 6 && strcmp(out, "-1h30m") == 0, "a negative one can be written");
	ok(duration_text(INT64_MIN, out) == strlen(out) && strcmp(out, "-106751991167300d15h30m8s") == 0,
	    "any");
}

int
main(void)
{
	test_forms();
	test_bad();
	test_trailing();
	test_mutants();
	test_writers();
	test_back();
	test_calendar();
	test_dates();
	test_durations();
	return done_testing();
}
