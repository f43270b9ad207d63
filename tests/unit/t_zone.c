/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Local time: the hours that do not exist and those that exist twice, the
 * far future that only the line at the end of a zone's file tells of, and
 * the system's localtime as the judge of both.  TZ is set to something else
 * whenever ours is asked, which must not care.
 */
#include <time.h>
#include "timefmt.h"
#include "tz.h"
#include "exact.h"
#include "tap.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const zones[] = {
	"UTC", "Europe/Amsterdam", "America/New_York", "Europe/Dublin", "Europe/London", "Asia/Kolkata",
	"Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca",
	"Pacific/Chatham", "America/Nuuk", "Asia/Tehran", "Antarctica/Troll", "America/St_Johns",
};

static int64_t
at(const char *text)
{
	int64_t ns;

	if (!time_parse(text, strlen(text), &ns))
		abort();
	return ns;
}

static const struct {
	const char	*when, *zone, *want;
} locals[] = {
	{ "2026-11-20T08:00:00Z", "Europe/Amsterdam", "2026-11-20 09:00 CET" },
	{ "2026-07-01T08:00:00Z", "Europe/Amsterdam", "2026-07-01 10:00 CEST" },
	{ "2026-03-29T00:59:59Z", "Europe/Amsterdam", "2026-03-29 01:59 CET" },
	{ "2026-03-29T01:00:00Z", "Europe/Amsterdam", "2026-03-29 03:00 CEST" },
	{ "2026-10-25T00:59:59Z", "Europe/Amsterdam", "2026-10-25 02:59 CEST" },
	{ "2026-10-25T01:00:00Z", "Europe/Amsterdam", "2026-10-25 02:00 CET" },
	{ "2026-12-31T23:00:00Z", "Europe/Amsterdam", "2027-01-01 00:00 CET" },
	{ "2199-07-01T12:00:00Z", "Europe/Amsterdam", "2199-07-01 14:00 CEST" },
	{ "2199-12-31T23:59:00Z", "Europe/Amsterdam", "2200-01-01 00:59 CET" },
	{ "2026-03-08T06:59:59Z", "America/New_York", "2026-03-08 01:59 EST" },
	{ "2026-03-08T07:00:00Z", "America/New_York", "2026-03-08 03:00 EDT" },
	{ "2026-11-01T05:59:59Z", "America/New_York", "2026-11-01 01:59 EDT" },
	{ "2026-11-01T06:00:00Z", "America/New_York", "2026-11-01 01:00 EST" },
	{ "2199-07-04T16:00:00Z", "America/New_York", "2199-07-04 12:00 EDT" },
	{ "1970-01-01T00:00:00Z", "America/New_York", "1969-12-31 19:00 EST" },
	{ "2026-11-20T08:00:59.999Z", "UTC", "2026-11-20 08:00 UTC" },
	{ "2026-11-20T08:00:00Z", "Asia/Kolkata", "2026-11-20 13:30 IST" },
	{ "2026-11-20T08:00:00Z", "Europe/Amsterdamned", "2026-11-20 08:00 UTC" },
};

static void
test_locals(void)
{
	char out[TIME_TEXT];
	size_t i, n;

	for (i = 0; i < COUNT(locals); i++) {
		n = time_local(at(locals[i].when), locals[i].zone, out);
		is_str(out, locals[i].want, locals[i].zone);
		if (n != strlen(out))
			ok(false, "the length is the text's");
	}
	ok(time_local(TIME_NONE, "Europe/Amsterdam", out) == 0 && out[0] == '\0', "no time is no text");
	ok(time_local(INT64_MAX, "Asia/Kolkata", out) == strlen(out), "the last time of all");
	ok(time_local(INT64_MIN + 1, "America/New_York", out) == strlen(out), "and the first");
}

static void
test_names(void)
{
	static const char *const bad[] = {
		NULL, "", "/", ".", "..", "/etc/passwd", "../../../etc/passwd", "Europe/../UTC", "Europe",
		"Europe/",
		"Nowhere/Else", "CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Amsterdam ", "Europe/Amster dam",
		":UTC",
		"zone.tab", "tzdata.zi", "Europe/Amsterdam\n", "%s%n",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	struct tz *z;
	size_t i;

	for (i = 0; i < COUNT(bad); i++) {
		z = tz_load(bad[i]);
		ok(z == NULL, "name %zu is not a zone's", i);
		tz_free(z);
	}
	ok((z = tz_load("UTC")) != NULL && tz_offset(z, 0, NULL) == 0, "UTC is");
	tz_free(z);
}

/* The system's answer: only here TZ is the zone. */
static int64_t
judge(int64_t sec, char abbrev[TZ_ABBREV])
{
	time_t t = (time_t)sec;
	struct tm tm;

	localtime_r(&t, &tm);
	snprintf(abbrev, TZ_ABBREV, "%s", tm.tm_zone);
	return tm.tm_gmtoff;
}

static bool
agrees(const struct tz *z, int64_t sec)
{
	char ours[TZ_ABBREV], theirs[TZ_ABBREV];
	int64_t a = tz_offset(z, sec, ours), b = judge(sec, theirs);

	if (a == b && strcmp(ours, theirs) == 0)
		return true;
	printf("# at %" PRId64 ": %" PRId64 " %s, not %" PRId64 " %s\n", sec, a, ours, b, theirs);
	return false;
}

/* Every hour of some years, each second around a change, and random times. */
static bool
zone_agrees(const struct tz *z)
{
	static const char *const years[] = {
		"1970-01-01", "2011-12-01", "2026-01-01", "2037-01-01", "2199-01-01",
	};
	int64_t from, sec, k;
	bool good = true;
	size_t i;

	for (i = 0; i < COUNT(years) && good; i++) {
		from = at(years[i]) / NS;
		for (sec = from; sec < from + 400 * DAY && good; sec += 1800) {
			good = agrees(z, sec);
			if (tz_offset(z, sec, NULL) == tz_offset(z, sec + 1800, NULL))
				continue;
			for (k = 0; k < 1800 && good; k += 1 + 6 * (k % 60 == 1))
				good = agrees(z, sec + k);
		}
	}
	for (i = 0; i < 5000 && good; i++)
		good = agrees(z, (int64_t)(rnd() % 9000000000) - 1500000000);
	return good;
}

static void
test_judged(void)
{
	struct tz *z;
	size_t i;

	for (i = 0; i < COUNT(zones); i++) {
		setenv("TZ", "Asia/Tokyo", 1);
		tzset();
		z = tz_load(zones[i]);
		if (!ok(z != NULL, "%s is a zone", zones[i]))
			continue;
		setenv("TZ", zones[i], 1);
		tzset();
		ok(zone_agrees(z), "%s, as localtime says", zones[i]);
		tz_free(z);
	}
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
}

static const struct {
	const char	*now, *zone;
	int		 hour, minute;
	const char	*want;
} nexts[] = {
	{ "2026-11-20T08:00:00Z", "UTC", 9, 0, "2026-11-20T09:00:00Z" },
	{ "2026-11-20T08:00:00Z", "UTC", 8, 0, "2026-11-21T08:00:00Z" },
	{ "2026-11-20T07:59:59.999999Z", "UTC", 8, 0, "2026-11-20T08:00:00Z" },
	{ "2026-11-20T08:00:00.000001Z", "UTC", 8, 0, "2026-11-21T08:00:00Z" },
	{ "2026-11-20T08:00:00Z", "UTC", 0, 0, "2026-11-21T00:00:00Z" },
	{ "2026-12-31T23:59:59Z", "UTC", 0, 0, "2027-01-01T00:00:00Z" },
	{ "2026-12-31T23:59:59Z", "UTC", 23, 59, "2027-01-01T23:59:00Z" },
	{ "2024-02-28T12:00:00Z", "UTC", 6, 30, "2024-02-29T06:30:00Z" },
	{ "2026-11-20T08:00:00Z", "Nowhere/Else", 9, 0, "2026-11-20T09:00:00Z" },
	{ "2026-11-20T08:00:00Z", "Europe/Amsterdam", 9, 0, "2026-11-21T08:00:00Z" },
	{ "2026-11-20T07:59:59Z", "Europe/Amsterdam", 9, 0, "2026-11-20T08:00:00Z" },
	{ "2026-11-20T23:30:00Z", "Europe/Amsterdam", 0, 15, "2026-11-21T23:15:00Z" },
	{ "2026-03-28T12:00:00Z", "Europe/Amsterdam", 8, 0, "2026-03-29T06:00:00Z" },
	{ "2026-03-27T12:00:00Z", "Europe/Amsterdam", 8, 0, "2026-03-28T07:00:00Z" },
	/* the hour that is not: as if the clocks had not been put forward */
	{ "2026-03-28T12:00:00Z", "Europe/Amsterdam", 1, 59, "2026-03-29T00:59:00Z" },
	{ "2026-03-28T12:00:00Z", "Europe/Amsterdam", 2, 0, "2026-03-29T01:00:00Z" },
	{ "2026-03-28T12:00:00Z", "Europe/Amsterdam", 2, 30, "2026-03-29T01:30:00Z" },
	{ "2026-03-28T12:00:00Z", "Europe/Amsterdam", 3, 0, "2026-03-29T01:00:00Z" },
	{ "2026-03-29T01:30:00Z", "Europe/Amsterdam", 2, 30, "2026-03-30T00:30:00Z" },
	{ "2026-03-08T00:00:00Z", "America/New_York", 2, 30, "2026-03-08T07:30:00Z" },
	{ "2026-03-08T07:30:00Z", "America/New_York", 2, 30, "2026-03-09T06:30:00Z" },
	/* the hour that is twice: the first, and once a day */
	{ "2026-10-24T12:00:00Z", "Europe/Amsterdam", 2, 0, "2026-10-25T00:00:00Z" },
	{ "2026-10-24T12:00:00Z", "Europe/Amsterdam", 2, 30, "2026-10-25T00:30:00Z" },
	{ "2026-10-25T00:30:00Z", "Europe/Amsterdam", 2, 30, "2026-10-26T01:30:00Z" },
	{ "2026-10-25T01:15:00Z", "Europe/Amsterdam", 2, 30, "2026-10-26T01:30:00Z" },
	{ "2026-10-24T12:00:00Z", "Europe/Amsterdam", 3, 0, "2026-10-25T02:00:00Z" },
	{ "2026-11-01T00:00:00Z", "America/New_York", 1, 30, "2026-11-01T05:30:00Z" },
	{ "2026-11-01T05:30:00Z", "America/New_York", 1, 30, "2026-11-02T06:30:00Z" },
	{ "2026-11-01T00:00:00Z", "America/New_York", 2, 0, "2026-11-01T07:00:00Z" },
	/* far away, where only the rule holds */
	{ "2199-07-01T12:00:00Z", "Europe/Amsterdam", 8, 0, "2199-07-02T06:00:00Z" },
	{ "2199-12-01T12:00:00Z", "America/New_York", 8, 0, "2199-12-01T13:00:00Z" },
	/* a day that was left out: 30 December is the day after */
	{ "2011-12-30T00:00:00Z", "Pacific/Apia", 8, 0, "2011-12-30T18:00:00Z" },
};

static void
test_next(void)
{
	char out[TIME_TEXT], what[100];
	size_t i;

	for (i = 0; i < COUNT(nexts); i++) {
		time_iso(time_next_at(at(nexts[i].now), nexts[i].zone, nexts[i].hour, nexts[i].minute), out);
		snprintf(what, sizeof what, "after %s, %02d:%02d in %s", nexts[i].now, nexts[i].hour,
		    nexts[i].minute, nexts[i].zone);
		is_str(out, nexts[i].want, what);
	}
}

/* Minute by minute: the first after sec that clocks show as this one. */
static int64_t
slow_next(const struct tz *z, int64_t sec, int minute)
{
	int64_t t;

	for (t = sec - sec % 60 + 60;; t += 60)
		if ((t + tz_offset(z, t, NULL)) % DAY / 60 == minute)
			return t;
}

static void
test_next_random(const char *zone)
{
	struct tz *z = tz_load(zone);
	int64_t sec, got, offset;
	bool later = true, same = true;
	int i, minute, steady = 0;

	if (z == NULL) {
		ok(false, "%s is a zone", zone);
		return;
	}
	for (i = 0; i < 300 && later && same; i++) {
		sec = (int64_t)(rnd() % 7200000000);
		minute = (int)(rnd() % 1440);
		got = time_next_at(sec * NS, zone, minute / 60, minute % 60) / NS;
		later = got > sec && got <= sec + 26 * 3600;
		offset = tz_offset(z, sec - 2 * DAY, NULL);
		if (offset != tz_offset(z, sec, NULL) || offset != tz_offset(z, sec + 2 * DAY, NULL))
			continue;
		if (sec > 3 * DAY && offset % 60 == 0) {
			same = got == slow_next(z, sec, minute);
			steady++;
		}
	}
	ok(later && same && steady > 200, "%s: later, within a day and a bit, as minute by minute", zone);
	tz_free(z);
}

int
main(void)
{
	size_t i;
	struct tz *z = tz_load("Europe/Amsterdam");

	if (z == NULL)
		skip_all("this system has no zones");
	tz_free(z);
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	test_locals();
	test_names();
	test_next();
	for (i = 0; i < 8; i++)
		test_next_random(zones[i]);
	test_judged();
	return done_testing();
}
