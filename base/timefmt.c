/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time as text.  Reading is by hand and in one pass: the common form, "YYYY-
 * MM-DD HH:MM:SS", is what every row of every feed has.  Writing never fails;
 * TIME_NONE is written as nothing.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "timefmt.h"
#include "tz.h"

#define FIRST_YEAR	1970
#define LAST_YEAR	2200

/* What is left to read. */
struct text {
	const char	*p, *end;
};

struct moment {
	unsigned	year, month, day, hour, minute, second, ns;
	int		offset;		/* seconds east of UTC */
};

static const char months[12][4] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
};
static const char weekdays[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

static inline size_t
left(const struct text *t)
{
	return (size_t)(t->end - t->p);
}

static inline bool
accept(struct text *t, char c)
{
	if (t->p == t->end || *t->p != c)
		return false;
	t->p++;
	return true;
}

/* Exactly two digits. */
static inline bool
two(struct text *t, unsigned *out)
{
	unsigned a, b;

	if (left(t) < 2)
		return false;
	a = (unsigned char)t->p[0] - '0';
	b = (unsigned char)t->p[1] - '0';
	if (a > 9 || b > 9)
		return false;
	t->p += 2;
	*out = a * 10 + b;
	return true;
}

static inline bool
four(struct text *t, unsigned *out)
{
	unsigned a, b;

	if (!two(t, &a) || !two(t, &b))
		return false;
	*out = a * 100 + b;
	return true;
}

static bool
word(struct text *t, const char *s)
{
	size_t n = strlen(s);

	if (left(t) < n || memcmp(t->p, s, n) != 0)
		return false;
	t->p += n;
	return true;
}

/* Days since 1970, for years that were checked. */
static inline int64_t
days_of(unsigned year, unsigned month, unsigned day)
{
	static const uint16_t before[13] = { 0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	unsigned y = year - 1;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return (int64_t)((year - 1970) * 365 + (y / 4 - y / 100 + y / 400) - 477 + before[month] +
	    (month > 2 && leap) + day - 1);
}

static bool
moment_ns(const struct moment *m, int64_t *ns)
{
	static const uint8_t month_days[13] = { 0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned second = m->second == 60 ? 59 : m->second;
	int64_t sec;

	if (m->year < FIRST_YEAR || m->year > LAST_YEAR || m->month < 1 || m->month > 12 || m->day < 1 ||
	    m->day > month_days[m->month] || m->hour > 23 || m->minute > 59 || m->second > 60)
		return false;
	if (m->month == 2 && m->day == 29 && (m->year % 4 != 0 || (m->year % 100 == 0 && m->year % 400 != 0)))
		return false;
	sec = days_of(m->year, m->month, m->day) * DAY + m->hour * 3600 + m->minute * 60 + second - m->offset;
	if (sec < 0 || sec >= days_of(LAST_YEAR + 1, 1, 1) * DAY)
		return false;		/* by its offset */
	*ns = sec * NS + m->ns;
	return true;
}

/* ".5": digits past the ninth are read and dropped. */
static bool
fraction(struct text *t, unsigned *ns)
{
	unsigned v = 0, unit = 1000000000, d;
	const char *from = t->p;

	for (; t->p < t->end && (d = (unsigned char)*t->p - '0') <= 9; t->p++) {
		unit /= 10;
		v += d * unit;
	}
	*ns = v;
	return t->p > from;
}

/* Nothing, or all of what is left: Z, UTC, UT, GMT, +hh, +hhmm, +hh:mm. */
static bool
zone(struct text *t, int *offset)
{
	unsigned h, m = 0;
	int sign;

	*offset = 0;
	if (t->p == t->end)
		return true;
	if (*t->p == ' ' && ++t->p == t->end)
		return false;
	if (accept(t, 'Z') || accept(t, 'z') || word(t, "UTC") || word(t, "GMT") || word(t, "UT"))
		return t->p == t->end;
	if (*t->p != '+' && *t->p != '-')
		return false;
	sign = *t->p++ == '-' ? -1 : 1;
	if (!two(t, &h) || h > 23)
		return false;
	if (t->p < t->end) {
		accept(t, ':');
		if (!two(t, &m) || m > 59)
			return false;
	}
	*offset = sign * (int)(h * 3600 + m * 60);
	return t->p == t->end;
}

/* HH:MM[:SS[.fff]] */
static bool
clock_time(struct text *t, struct moment *m)
{
	if (!two(t, &m->hour) || !accept(t, ':') || !two(t, &m->minute))
		return false;
	if (!accept(t, ':'))
		return true;
	if (!two(t, &m->second))
		return false;
	return !accept(t, '.') || fraction(t, &m->ns);
}

/* "20261120T080000Z" */
static bool
parse_basic(struct text t, int64_t *ns)
{
	struct moment m = { 0 };

	return four(&t, &m.year) && two(&t, &m.month) && two(&t, &m.day) && accept(&t, 'T') &&
	    two(&t, &m.hour) && two(&t, &m.minute) && two(&t, &m.second) &&
	    (!accept(&t, '.') || fraction(&t, &m.ns)) && zone(&t, &m.offset) && moment_ns(&m, ns);
}

static bool
parse_iso(struct text t, char sep, int64_t *ns)
{
	struct moment m = { 0 };

	if (!four(&t, &m.year) || !accept(&t, sep) || !two(&t, &m.month) || !accept(&t, sep) ||
	    !two(&t, &m.day))
		return false;
	if (t.p == t.end)
		return moment_ns(&m, ns);
	if (!accept(&t, ' ') && !accept(&t, 'T') && !accept(&t, 't'))
		return false;
	return clock_time(&t, &m) && zone(&t, &m.offset) && moment_ns(&m, ns);
}

bool
time_parse(const char *p, size_t n, int64_t *ns)
{
	struct text t = { p, p + n };

	if (n < 10 || n > 64)
		return false;
	return p[4] == '-' ? parse_iso(t, '-', ns) : parse_basic(t, ns);
}

/* One or two digits. */
static bool
day_number(struct text *t, unsigned *out)
{
	unsigned d;

	if (two(t, out))
		return true;
	if (t->p == t->end || (d = (unsigned char)*t->p - '0') > 9)
		return false;
	t->p++;
	*out = d;
	return true;
}

static bool
spaces(struct text *t)
{
	const char *from = t->p;

	while (accept(t, ' '))
		;
	return t->p > from;
}

static bool
month_name(struct text *t, unsigned *out)
{
	unsigned i;

	for (i = 0; i < 12; i++)
		if (word(t, months[i])) {
			*out = i + 1;
			return true;
		}
	return false;
}

/* None, "Wed, " or "Wed "; it says nothing that the date does not, so it need not agree. */
static bool
skip_weekday(struct text *t)
{
	bool comma;
	int i;

	for (i = 0; i < 7; i++)
		if (word(t, weekdays[i])) {
			comma = accept(t, ',');
			return spaces(t) || comma;
		}
	return true;
}

/* "10 Feb 2010 00:00:00 +0100" (RFC 5322, HTTP) */
static bool
parse_day_first(struct text t, int64_t *ns)
{
	struct moment m = { 0 };

	return day_number(&t, &m.day) && spaces(&t) && month_name(&t, &m.month) && spaces(&t) &&
	    four(&t, &m.year) && spaces(&t) && clock_time(&t, &m) && zone(&t, &m.offset) && moment_ns(&m, ns);
}

/* "Feb 10 00:00:00 2010 GMT" (OpenSSL, asctime) */
static bool
parse_month_first(struct text t, int64_t *ns)
{
	struct moment m = { 0 };

	return month_name(&t, &m.month) && spaces(&t) && day_number(&t, &m.day) && spaces(&t) &&
	    clock_time(&t, &m) && spaces(&t) && four(&t, &m.year) && zone(&t, &m.offset) && moment_ns(&m, ns);
}

static bool
parse_seconds(struct text t, int64_t *ns)
{
	int64_t v = 0;
	unsigned d;

	if (left(&t) < 9 || left(&t) > 10)
		return false;
	for (; t.p < t.end; t.p++) {
		if ((d = (unsigned char)*t.p - '0') > 9)
			return false;
		v = v * 10 + d;
	}
	if (v >= civil_days(LAST_YEAR + 1, 1, 1) * DAY)
		return false;
	*ns = v * NS;
	return true;
}

bool
time_parse_any(const char *p, size_t n, int64_t *ns)
{
	struct text t = { p, p + n };

	if (n < 9 || n > 64)
		return false;
	if (time_parse(p, n, ns) || parse_seconds(t, ns) || parse_iso(t, '/', ns))
		return true;
	return skip_weekday(&t) && (parse_day_first(t, ns) || parse_month_first(t, ns));
}

struct broken {
	int64_t	year, days;
	int	month, day, hour, minute, second, micro;
};

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static struct broken
broken_down(int64_t ns)
{
	int64_t sec = floor_div(ns, NS), in_day;
	struct broken b;

	b.days = floor_div(sec, DAY);
	in_day = sec - b.days * DAY;
	b.hour = (int)(in_day / 3600);
	b.minute = (int)(in_day / 60 % 60);
	b.second = (int)(in_day % 60);
	b.micro = (int)((ns % NS + NS) % NS / 1000);	/* sec * NS may be before the first of all */
	civil_date(b.days, &b.year, &b.month, &b.day);
	return b;
}

static char *
put(char *q, int64_t v, int digits)
{
	int i;

	for (i = digits - 1; i >= 0; i--, v /= 10)
		q[i] = (char)('0' + v % 10);
	return q + digits;
}

static char *
put_date(char *q, const struct broken *b)
{
	q = put(q, b->year, 4);
	*q++ = '-';
	q = put(q, b->month, 2);
	*q++ = '-';
	return put(q, b->day, 2);
}

static char *
put_clock(char *q, const struct broken *b, bool seconds)
{
	q = put(q, b->hour, 2);
	*q++ = ':';
	q = put(q, b->minute, 2);
	if (seconds) {
		*q++ = ':';
		q = put(q, b->second, 2);
	}
	return q;
}

static size_t
finish(char *out, char *q, const char *tail)
{
	size_t n = strlen(tail);

	memcpy(q, tail, n + 1);
	return (size_t)(q - out) + n;
}

static size_t
full_text(int64_t ns, const char *tail, char out[TIME_TEXT])
{
	struct broken b;
	char *q;

	if (ns == TIME_NONE)
		return finish(out, out, "");
	b = broken_down(ns);
	q = put_date(out, &b);
	*q++ = 'T';
	q = put_clock(q, &b, true);
	if (b.micro != 0) {
		*q++ = '.';
		q = put(q, b.micro, 6);
	}
	return finish(out, q, tail);
}

size_t
time_iso(int64_t ns, char out[TIME_TEXT])
{
	return full_text(ns, "Z", out);
}

size_t
time_idf(int64_t ns, char out[TIME_TEXT])
{
	return full_text(ns, "+00:00", out);
}

/* "2026-11-20 08:00 " and the zone. */
static size_t
minute_text(int64_t ns, const char *name, char out[TIME_TEXT])
{
	struct broken b;
	char *q;

	if (ns == TIME_NONE)
		return finish(out, out, "");
	b = broken_down(ns);
	q = put_date(out, &b);
	*q++ = ' ';
	q = put_clock(q, &b, false);
	*q++ = ' ';
	return finish(out, q, name);
}

size_t
time_utc(int64_t ns, char out[TIME_TEXT])
{
	return minute_text(ns, "UTC", out);
}

size_t
time_day(int64_t ns, char out[TIME_TEXT])
{
	struct broken b;

	if (ns == TIME_NONE)
		return finish(out, out, "");
	b = broken_down(ns);
	return finish(out, put_date(out, &b), "");
}

size_t
time_rfc5322(int64_t ns, char out[TIME_TEXT])
{
	struct broken b;
	int n;

	if (ns == TIME_NONE)
		return finish(out, out, "");
	b = broken_down(ns);
	n = snprintf(out, TIME_TEXT, "%s, %02d %s %04d %02d:%02d:%02d +0000",
	    weekdays[((b.days + 4) % 7 + 7) % 7], b.day, months[b.month - 1], (int)b.year,
	    b.hour, b.minute, b.second);
	return n < 0 ? 0 : (size_t)n;
}

size_t
time_local(int64_t ns, const char *name, char out[TIME_TEXT])
{
	char abbrev[TZ_ABBREV];
	struct tz *z = tz_load(name);
	int64_t local;
	bool past;			/* of what int64 holds, by the offset */

	if (z == NULL || ns == TIME_NONE) {
		tz_free(z);
		return time_utc(ns, out);
	}
	past = __builtin_add_overflow(ns, tz_offset(z, floor_div(ns, NS), abbrev) * NS, &local);
	tz_free(z);
	return past ? time_utc(ns, out) : minute_text(local, abbrev, out);
}

/* When clocks in the zone (NULL: UTC) first show this local second; in the gap
 * of spring, as if they had not been put forward. */
static int64_t
local_to_utc(const struct tz *z, int64_t local)
{
	int64_t before, after, a, b;

	if (z == NULL)
		return local;
	before = tz_offset(z, local - DAY, NULL);
	after = tz_offset(z, local + DAY, NULL);
	a = local - before;
	b = local - after;
	if (tz_offset(z, a, NULL) == before || tz_offset(z, b, NULL) != after)
		return a;
	return b;
}

int64_t
time_next_at(int64_t ns, const char *name, int hour, int minute)
{
	struct tz *z = tz_load(name);
	int64_t sec = floor_div(ns, NS), day, t;

	day = floor_div(sec + (z ? tz_offset(z, sec, NULL) : 0), DAY) - 1;
	do
		t = local_to_utc(z, day++ * DAY + hour * 3600 + minute * 60);
	while (t <= sec);
	tz_free(z);
	return t * NS;
}

int64_t
time_of_day_number(int64_t day)
{
	return day * DAY * NS;
}

int64_t
time_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * NS + ts.tv_nsec;
}

static const struct unit {
	char	letter;
	int64_t	seconds;
} units[] = { { 'w', 7 * 86400 }, { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };

/* At most what still fits when counted in nanoseconds. */
bool
duration_parse(const char *p, size_t n, int64_t *seconds)
{
	const int64_t most = INT64_MAX / NS;
	int64_t sum = 0, v;
	size_t i = 0, from, k;
	unsigned d;

	while (i < n) {
		for (v = 0, from = i; i < n && (d = (unsigned char)p[i] - '0') <= 9; i++)
			if ((v = v * 10 + d) > most)
				return false;
		if (i == from || i == n)
			return false;
		for (k = 0; k < 5 && units[k].letter != p[i]; k++)
			;
		if (k == 5 || v > (most - sum) / units[k].seconds)
			return false;
		sum += v * units[k].seconds;
		i++;
	}
	if (n == 0)
		return false;
	*seconds = sum;
	return true;
}

/* Days are the largest unit: "14d" is what people write. */
size_t
duration_text(int64_t seconds, char out[TIME_TEXT])
{
	uint64_t s = seconds < 0 ? -(uint64_t)seconds : (uint64_t)seconds, v;
	size_t n = 0, k;

	if (seconds == 0)
		return finish(out, out, "0s");
	if (seconds < 0)
		out[n++] = '-';
	for (k = 1; k < 5; k++) {
		v = s / (uint64_t)units[k].seconds;
		s %= (uint64_t)units[k].seconds;
		if (v > 0)
			n += (size_t)snprintf(out + n, TIME_TEXT - n, "%llu%c", (unsigned long long)v,
			    units[k].letter);
	}
	return n;
}
