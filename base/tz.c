/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zones.  The file's table of transitions holds what was; the line of text at
 * its end (the POSIX TZ form, "CET-1CEST,M3.5.0,M10.5.0/3") says what holds
 * after the last of them, and newer files leave all but the past to it.
 * A zone is read anew each time it is asked for: 10 microseconds, no cache
 * to go stale in a process that lives for months.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mem.h"
#include "tz.h"

#define ZONE_DIR	"/usr/share/zoneinfo/"
#define FILE_MAX_	65536
#define HEADER		44
#define HOUR		3600

/* One end of summer time: Mm.w.d, Jn or n, and the wall clock's seconds. */
struct rule {
	char	kind;			/* 'M', 'J', 'n' */
	int	month, week, day;
	int64_t	sec;
};

struct tz {
	uint8_t		*data;
	size_t		 n;
	uint32_t	 timecnt, typecnt, charcnt;
	const uint8_t	*times, *index, *types, *chars;
	/* what follows the table; no rule when std_name is empty */
	char		 std_name[TZ_ABBREV], dst_name[TZ_ABBREV];
	int64_t		 std, dst;
	struct rule	 start, end;
};

static bool
leap_year(int64_t y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static const int before_month[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };

int64_t
civil_days(int64_t year, int month, int day)
{
	int64_t y = year - 1;		/* whole years before this one */
	int64_t leaps = floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400) - 477;

	day += before_month[month - 1] + (month > 2 && leap_year(year)) - 1;
	return (year - 1970) * 365 + leaps + day;
}

void
civil_date(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t y = 1970 + floor_div(days * 400, 146097), first;
	int m, n, feb;

	while ((first = civil_days(y, 1, 1)) > days)
		y--;
	while (days - first >= 365 + leap_year(y))
		first = civil_days(++y, 1, 1);
	n = (int)(days - first);
	feb = leap_year(y);
	for (m = 12; m > 1 && n < before_month[m - 1] + (m > 2 ? feb : 0); m--)
		;
	*year = y;
	*month = m;
	*day = n - before_month[m - 1] - (m > 2 ? feb : 0) + 1;
}

static bool
name_valid(const char *zone)
{
	size_t n = zone ? strlen(zone) : 0;

	if (n == 0 || n > 64 || zone[0] == '/' || strstr(zone, "..") != NULL)
		return false;
	return strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/.") == n;
}

static uint8_t *
read_file(const char *zone, size_t *n)
{
	char path[128];
	uint8_t *data;
	FILE *f;

	snprintf(path, sizeof(path), "%s%s", ZONE_DIR, zone);
	if ((f = fopen(path, "rbe")) == NULL)
		return NULL;
	data = xmalloc(FILE_MAX_);
	*n = fread(data, 1, FILE_MAX_, f);
	fclose(f);
	return data;
}

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t
be64(const uint8_t *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* A name: letters, or anything between < and >. */
static const char *
rule_name(const char *p, char out[TZ_ABBREV])
{
	const char *from = p;
	size_t n;

	if (*p == '<') {
		from = ++p;
		while (*p != '\0' && *p != '>')
			p++;
		if (*p == '\0')
			return NULL;
	} else
		while ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z'))
			p++;
	n = (size_t)(p - from);
	if (n == 0 || n >= TZ_ABBREV)
		return NULL;
	memcpy(out, from, n);
	out[n] = '\0';
	return *p == '>' ? p + 1 : p;
}

static const char *
rule_number(const char *p, int lo, int hi, int *out)
{
	int v = 0, n = 0;

	for (; *p >= '0' && *p <= '9' && n < 4; p++, n++)
		v = v * 10 + (*p - '0');
	*out = v;
	return n > 0 && v >= lo && v <= hi ? p : NULL;
}

/* [+-]h[:m[:s]] */
static const char *
rule_time(const char *p, int64_t *sec)
{
	int sign = 1, v, unit;

	if (*p == '+' || *p == '-')
		sign = *p++ == '-' ? -1 : 1;
	*sec = 0;
	for (unit = HOUR; unit > 0; unit /= 60) {
		if ((p = rule_number(p, 0, unit == HOUR ? 167 : 59, &v)) == NULL)
			return NULL;
		*sec += (int64_t)v * unit;
		if (unit == 1 || *p != ':')
			break;
		p++;
	}
	*sec *= sign;
	return p;
}

static const char *
rule_date(const char *p, struct rule *r)
{
	if (*p++ != ',')
		return NULL;
	r->sec = 2 * HOUR;
	if (*p == 'M') {
		r->kind = 'M';
		if ((p = rule_number(p + 1, 1, 12, &r->month)) == NULL || *p++ != '.' ||
		    (p = rule_number(p, 1, 5, &r->week)) == NULL || *p++ != '.' ||
		    (p = rule_number(p, 0, 6, &r->day)) == NULL)
			return NULL;
	} else {
		r->kind = *p == 'J' ? 'J' : 'n';
		if ((p = rule_number(p + (*p == 'J'), r->kind == 'J', 365, &r->day)) == NULL)
			return NULL;
	}
	return *p == '/' ? rule_time(p + 1, &r->sec) : p;
}

/* West is positive there, and here east is. */
static bool
parse_footer(struct tz *z, const char *p)
{
	if ((p = rule_name(p, z->std_name)) == NULL || (p = rule_time(p, &z->std)) == NULL)
		return false;
	z->std = -z->std;
	if (*p == '\0')
		return true;
	if ((p = rule_name(p, z->dst_name)) == NULL)
		return false;
	z->dst = z->std + HOUR;
	if (*p != ',') {
		if ((p = rule_time(p, &z->dst)) == NULL)
			return false;
		z->dst = -z->dst;
	}
	return (p = rule_date(p, &z->start)) != NULL && (p = rule_date(p, &z->end)) != NULL && *p == '\0';
}

/* The length of the block of data behind a header; times are wide bytes each. */
static size_t
block_size(const uint8_t *h, size_t wide)
{
	uint32_t c[6];
	int i;

	for (i = 0; i < 6; i++)
		if ((c[i] = be32(h + 20 + 4 * i)) > FILE_MAX_)
			return SIZE_MAX / 2;
	return c[3] * (wide + 1) + c[4] * 6 + c[5] + c[2] * (wide + 4) + c[1] + c[0];
}

static bool
parse_file(struct tz *z)
{
	const uint8_t *h = z->data, *end = z->data + z->n, *nl;
	size_t body;
	uint32_t i;
	char footer[128];

	if (z->n < HEADER || memcmp(h, "TZif", 4) != 0 || h[4] < '2')
		return false;
	body = block_size(h, 4);
	if (body > z->n || z->n - body < 2 * HEADER)
		return false;
	h += HEADER + body;
	body = block_size(h, 8);
	if (memcmp(h, "TZif", 4) != 0 || body > (size_t)(end - h) - HEADER)
		return false;
	z->timecnt = be32(h + 32);
	z->typecnt = be32(h + 36);
	z->charcnt = be32(h + 40);
	z->times = h + HEADER;
	z->index = z->times + 8 * (size_t)z->timecnt;
	z->types = z->index + z->timecnt;
	z->chars = z->types + 6 * (size_t)z->typecnt;
	if (z->typecnt == 0 || z->charcnt == 0)
		return false;
	for (i = 0; i < z->timecnt; i++)
		if (z->index[i] >= z->typecnt)
			return false;
	h += HEADER + body;
	if (h == end || *h++ != '\n' || (nl = memchr(h, '\n', (size_t)(end - h))) == NULL)
		return false;
	if (nl == h)
		return true;		/* no rule: the last type stays */
	if ((size_t)(nl - h) >= sizeof(footer) || memchr(h, '\0', (size_t)(nl - h)) != NULL)
		return false;
	memcpy(footer, h, (size_t)(nl - h));
	footer[nl - h] = '\0';
	return parse_footer(z, footer);
}

struct tz *
tz_load(const char *zone)
{
	struct tz *z;

	if (!name_valid(zone))
		return NULL;
	z = xcalloc(1, sizeof(*z));
	z->data = read_file(zone, &z->n);
	if (z->data == NULL || !parse_file(z)) {
		tz_free(z);
		return NULL;
	}
	return z;
}

void
tz_free(struct tz *z)
{
	if (z == NULL)
		return;
	free(z->data);
	free(z);
}

/* The moment of the rule in that year; offset is what holds before it. */
static int64_t
rule_moment(const struct rule *r, int64_t year, int64_t offset)
{
	int64_t first, day, next;
	int wday;

	if (r->kind == 'M') {
		first = civil_days(year, r->month, 1);
		wday = (int)(((first + 4) % 7 + 7) % 7);	/* 1970-01-01 was a Thursday */
		day = first + (r->day - wday + 7) % 7 + (int64_t)(r->week - 1) * 7;
		next = r->month == 12 ? civil_days(year + 1, 1, 1) : civil_days(year, r->month + 1, 1);
		while (day >= next)
			day -= 7;
	} else {
		day = civil_days(year, 1, 1) + r->day;
		if (r->kind == 'J')			/* counts from 1, and never February 29 */
			day += (leap_year(year) && r->day >= 60) - 1;
	}
	return day * 86400 + r->sec - offset;
}

static int64_t
rule_offset(const struct tz *z, int64_t sec, const char **name)
{
	int64_t year, start, end;
	int month, day;
	bool summer = false;

	if (z->dst_name[0] != '\0') {
		civil_date(floor_div(sec + z->std, 86400), &year, &month, &day);
		start = rule_moment(&z->start, year, z->std);
		end = rule_moment(&z->end, year, z->dst);
		summer = start < end ? sec >= start && sec < end : sec >= start || sec < end;
	}
	*name = summer ? z->dst_name : z->std_name;
	return summer ? z->dst : z->std;
}

static int64_t
table_offset(const struct tz *z, int64_t sec, const char **name, size_t *name_n)
{
	uint32_t lo = 0, hi = z->timecnt, mid;
	const uint8_t *type;
	uint8_t at;

	while (lo < hi) {			/* how many transitions are not after sec */
		mid = lo + (hi - lo) / 2;
		if (be64(z->times + 8 * (size_t)mid) <= sec)
			lo = mid + 1;
		else
			hi = mid;
	}
	type = z->types + 6 * (size_t)(lo == 0 ? 0 : z->index[lo - 1]);
	at = type[5] < z->charcnt ? type[5] : 0;
	*name = (const char *)z->chars + at;
	*name_n = strnlen(*name, z->charcnt - at);
	return (int32_t)be32(type);
}

int64_t
tz_offset(const struct tz *z, int64_t sec, char abbrev[TZ_ABBREV])
{
	bool after = z->timecnt == 0 || sec >= be64(z->times + 8 * (size_t)(z->timecnt - 1));
	const char *name;
	int64_t offset;
	size_t n;

	if (after && z->std_name[0] != '\0') {
		offset = rule_offset(z, sec, &name);
		n = strlen(name);
	} else
		offset = table_offset(z, sec, &name, &n);
	if (abbrev != NULL) {
		n = n < TZ_ABBREV ? n : TZ_ABBREV - 1;
		memcpy(abbrev, name, n);
		abbrev[n] = '\0';
	}
	return offset;
}
