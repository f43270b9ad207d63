/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A time zone as the system's tzfile says (RFC 8536), read without tzset, TZ
 * or any global state.  For timefmt.c; others ask time_local and time_next_at.
 */
#ifndef BASE_TZ_H
#define BASE_TZ_H

#include <stdint.h>

#define TZ_ABBREV 16

struct tz;

/* NULL when the name is not one of a zone or its file cannot be understood. */
struct tz *tz_load(const char *zone);
void tz_free(struct tz *z);			/* NULL is fine */
/* Seconds east of UTC at that moment; the abbreviation ("CEST") too, unless abbrev is NULL. */
int64_t tz_offset(const struct tz *z, int64_t sec, char abbrev[TZ_ABBREV]);

/* The calendar, for timefmt.c and tz.c: days since 1970 of a date, month 1 to 12. */
int64_t civil_days(int64_t year, int month, int day);
void civil_date(int64_t days, int64_t *year, int *month, int *day);

#endif
