/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a text cell to a typed value: the conversions that feed files name, and
 * the types that IDF fields have.  Pure: text in, value out, memory from an
 * arena.  The three that run for every row (time, address, number) are inline
 * here, with a short way for how nearly every feed writes them.
 */
#ifndef CORE_CONVERT_H
#define CORE_CONVERT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "arena.h"
#include "finding.h"
#include "ip.h"
#include "timefmt.h"
#include <tocsin/slice.h>

/* X(symbol, name in feed files, what it does, why a cell is refused) */
#define CONVERSIONS \
	X(TEXT, "text", "the text as it is", "not a text") \
	X(KNOWN, "known", "the text, unless it is empty, 0 or unknown", "not a text") \
	X(NUMBER, "number", "a whole number", "not a number") \
	X(NUMBER_NOT_ZERO, "number-not-zero", "a whole number; 0 is no value", "not a number") \
	X(REAL, "real", "a number with a fraction", "not a number") \
	X(YES_NO, "yes-no", "y yes true enabled 1, n no false disabled 0; anything else is no value", \
	    "not yes or no") \
	X(ADDRESS, "address", "an IP address; 0.0.0.0 is no value", "not an address") \
	X(NETWORK, "network", "a network with its length; anything else is no value", "not a network") \
	X(HOST, "host", "a host name; anything else is no value", "not a host name") \
	X(UTC, "utc", "a time, in UTC unless it says otherwise", "not a time") \
	X(TIME, "time", "a time, in the feed's zone unless it says otherwise", "not a time") \
	X(CVES, "cves", "the CVE numbers of a list with semicolons", "not a list") \
	X(CVES_IN_TEXT, "cves-in-text", "all CVE numbers that occur in the text", "not a list") \
	X(WEB_ADDRESS, "web-address", \
	    "a URL, or a path or request line joined with the row's host column", "not a URL") \
	X(BASE64, "base64", "base64, made of the text unless it is that already", "not a text") \
	X(JSON, "json", "a JSON value, kept with its type", "not JSON")

enum conv {
#define X(sym, name, help, why) CONV_##sym,
	CONVERSIONS
#undef X
	CONV_COUNT
};
extern const char *const conv_names[], *const conv_help[], *const conv_why[];

enum converted { CV_NONE, CV_VALUE, CV_BAD };	/* no value; one; text that is not what it should be */

/* The row beside the cell, for conversions that need more than the cell (web-address). */
struct conv_row {
	struct tcs_slice host, application;
	bool		 host_is_name;	/* it was visited under that name: not reverse DNS, not the address */
};

struct tz;
/* zone: of CONV_TIME, NULL is UTC.  row may be NULL. */
enum converted convert(enum conv c, struct tcs_slice cell, const struct tz *zone, const struct conv_row *row,
    struct arena *a, struct fvalue *out);
/* Makes *v what a field of IDF may hold; false: it may not hold that. */
bool field_value(const struct field *f, struct fvalue *v, struct arena *a);
/* IDF takes these for "not there". */
bool field_ignores(struct tcs_slice text);
/* The host part of a URL as written (no user, port or brackets); n 0: none. */
struct tcs_slice convert_url_host(struct tcs_slice url);
/* A DNS name as IDF has it, in lower case: a single label may do, an address not. */
bool convert_fqdn(struct tcs_slice *s, struct arena *a);
/* A host name, normalised; false when it is none (an address is none). */
bool convert_name(struct tcs_slice text, struct arena *a, struct tcs_slice *out);
bool convert_time(struct tcs_slice text, const struct tz *zone, int64_t *ns);
/* The same of a time written as a pattern says (timepattern.h); NULL: as convert_time. */
bool convert_time_as(struct tcs_slice text, const char *pattern, const struct tz *zone, int64_t *ns);
/* convert, with the pattern of CONV_TIME. */
enum converted convert_as(enum conv c, struct tcs_slice cell, const char *pattern, const struct tz *zone,
    const struct conv_row *row, struct arena *a, struct fvalue *out);

/* ---- for every row -------------------------------------------------------- */

struct conv_day {
	uint64_t	 key;		/* "YYYY-MM-" */
	uint16_t	 key2;		/* "DD" */
	int64_t		 ns;
};

static inline unsigned
conv_two(const char *p)		/* two digits, or over 99 */
{
	unsigned a = (unsigned char)p[0] - '0', b = (unsigned char)p[1] - '0';

	return a > 9 || b > 9 ? 100 : a * 10 + b;
}

/* "2026-11-20 08:00:00", also with T and a Z, in UTC; the day is remembered, since the next
 * row has the same. */
static inline bool
conv_time_fast(struct tcs_slice s, struct conv_day *day, int64_t *ns)
{
	uint64_t key;
	uint16_t key2;
	unsigned h, m, sec;

	if (s.n != 19 && !(s.n == 20 && s.p[19] == 'Z'))
		return false;
	if ((s.p[10] != ' ' && s.p[10] != 'T') || s.p[13] != ':' || s.p[16] != ':')
		return false;
	h = conv_two(s.p + 11), m = conv_two(s.p + 14), sec = conv_two(s.p + 17);
	if (h > 23 || m > 59 || sec > 59)
		return false;
	memcpy(&key, s.p, 8);
	memcpy(&key2, s.p + 8, 2);
	if (key != day->key || key2 != day->key2) {
		if (!time_parse(s.p, 10, &day->ns))
			return false;
		day->key = key;
		day->key2 = key2;
	}
	*ns = day->ns + (int64_t)(h * 3600 + m * 60 + sec) * NS;
	return true;
}

/* Four numbers without leading zeros; anything else is ip_parse's. */
static inline bool
conv_ip4_fast(struct tcs_slice s, struct ip *out)
{
	const char *p = s.p, *end = s.p + s.n;
	unsigned k, v, d, n;
	uint8_t b[4];

	if (s.n < 7 || s.n > 15)
		return false;
	for (k = 0; k < 4; k++) {
		if (p == end || (v = (unsigned char)*p - '0') > 9)
			return false;
		p++;
		for (n = 1; p < end && (d = (unsigned char)*p - '0') <= 9; p++) {
			v = v * 10 + d;
			if (++n > 3 || v < 10)
				return false;
		}
		if (v > 255)
			return false;
		b[k] = (uint8_t)v;
		if (k < 3 && (p == end || *p++ != '.'))
			return false;
	}
	if (p != end)
		return false;
	memset(out->b, 0, 10);
	out->b[10] = out->b[11] = 0xff;
	memcpy(out->b + 12, b, 4);
	return true;
}

/* At most nine digits. */
static inline bool
conv_uint_fast(struct tcs_slice s, uint32_t *out)
{
	uint32_t v = 0;
	size_t i;

	if (s.n == 0 || s.n > 9)
		return false;
	for (i = 0; i < s.n; i++) {
		unsigned d = (unsigned char)s.p[i] - '0';

		if (d > 9)
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return true;
}

/* A name that normalising would not change: lower-case letters, digits, inner hyphens, dots between labels,
 * and a letter at the start of the last one.  False says nothing. */
static inline bool
conv_name_fast(struct tcs_slice s)
{
	size_t i, label = 0, dots = 0, last = 0;

	if (s.n < 3 || s.n > 253)
		return false;
	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '.') {
			if (label == 0 || label > 63 || s.p[i - 1] == '-')
				return false;
			label = 0;
			dots++;
			last = i + 1;
			continue;
		}
		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && (c != '-' || label == 0))
			return false;
		label++;
		if (label == 4 && c == '-' && s.p[i - 1] == '-')	/* xn--: to be checked */
			return false;
	}
	return dots > 0 && label > 0 && label <= 63 && s.p[s.n - 1] != '-' && s.p[last] >= 'a';
}

#endif
