/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time: int64 nanoseconds since 1970-01-01T00:00:00Z, leap seconds not
 * counted.  Text in and out; no locale, no environment but for local time,
 * which is asked of a named zone (tzfile of the system).
 */
#ifndef BASE_TIMEFMT_H
#define BASE_TIMEFMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NS	INT64_C(1000000000)
#define DAY	INT64_C(86400)
#define TIME_NONE INT64_MIN
#define TIME_TEXT 40

/* RFC 3339 and its everyday relatives: "2026-11-20T08:00:00Z", "...+01:00",
 * "2026-11-20 08:00:00[.fff][ UTC|Z|+0100]", "2026-11-20", "20261120T080000Z".
 * Without a zone it is UTC.  A leap second becomes :59.  All of the text must
 * be understood; years 1970 to 2200, as written and in UTC. */
bool time_parse(const char *p, size_t n, int64_t *ns);
/* The above, and what people and HTTP write: "Wed, 10 Feb 2010 00:00:00 GMT",
 * "10 Feb 2010 00:00:00 +0100", "Feb 10 00:00:00 2010 GMT", "2010/02/10 ...",
 * seconds since 1970 with 9 to 10 digits. */
bool time_parse_any(const char *p, size_t n, int64_t *ns);
/* 2026-11-20T08:00:00Z, .ffffff only when not zero */
size_t time_iso(int64_t ns, char out[TIME_TEXT]);
size_t time_idf(int64_t ns, char out[TIME_TEXT]);	/* 2026-11-20T08:00:00+00:00, as IDF writes */
size_t time_utc(int64_t ns, char out[TIME_TEXT]);	/* 2026-11-20 08:00 UTC, for people */
size_t time_day(int64_t ns, char out[TIME_TEXT]);	/* 2026-11-20 */
size_t time_rfc5322(int64_t ns, char out[TIME_TEXT]);	/* Fri, 20 Nov 2026 08:00:00 +0000 */
/* Local time in a named zone ("Europe/Amsterdam"): 2026-11-20 09:00 CET; UTC when there is no such zone. */
size_t time_local(int64_t ns, const char *zone, char out[TIME_TEXT]);
/* The next moment after ns at hour:minute in that zone, one a day: of the hour that comes twice
 * in autumn the first, in the one left out in spring as if the clocks had not been put forward. */
int64_t time_next_at(int64_t ns, const char *zone, int hour, int minute);
int64_t time_of_day_number(int64_t day);		/* days since 1970 -> ns */
int64_t time_now(void);					/* the system's clock; the host's
							 * injected one is core/clock.h */
/* "7d", "12h", "30m", "45s", "2w", also sums like "1d12h" -> seconds. */
bool duration_parse(const char *p, size_t n, int64_t *seconds);
size_t duration_text(int64_t seconds, char out[TIME_TEXT]);

#endif
