/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What came of a feed on a report day, judged: was it looked at, and can its
 * silence about a system be believed?  Pure functions with a table of tests
 * (tests/unit/t_cover.c): no clock, no ledger.  A feed is one report type of
 * one source; a day is the report day, not the day of arrival.
 *
 * Usual: the median of the sizes of the last four same weekdays (35 days
 * back), when at least three of them came; else of the last seven days that
 * came (14 days back), again at least three; else it is not known, and every
 * size is usual.  The median of an even number is the lower of the middle two.
 *
 * Shrunken: less than half of usual, and short of it by more than three times
 * its square root, which is what chance does to small numbers.  Empty: nothing
 * where something is usual.
 */
#ifndef CORE_COVER_H
#define CORE_COVER_H

#include <stdbool.h>
#include <stdint.h>

struct cover_day {
	int64_t		day;		/* days since 1970 */
	uint64_t	size;		/* records that could be read */
	uint32_t	inputs;
	uint32_t	unread;		/* of these: in quarantine as a whole */
	int64_t		arrived;	/* s; the last of them */
};

enum cover {
	COVER_COMPLETE,		/* came, of usual size */
	COVER_UNLISTED,		/* the source's list does not name it: looked for, nothing found */
	COVER_WAITING,		/* expected, and its deadline is yet to come */
	COVER_NOTHING,		/* nothing came, and nothing was expected */
	COVER_LATE,		/* the deadline has passed, less than a day ago */
	COVER_MISSING,		/* the same, a day ago or more */
	COVER_EMPTY, COVER_SHRUNKEN,
	COVER_UNREAD,		/* came, and is in quarantine */
	COVER_MAX
};
extern const char *const cover_names[];

#define USUAL_UNKNOWN UINT64_MAX
/* day: sorted by day, n of them; of the days before `of`. */
uint64_t cover_usual(const struct cover_day *day, uint32_t n, int64_t of);

struct cover_in {
	const struct cover_day	*came;		/* NULL: nothing */
	uint64_t		 usual;
	bool			 judged;	/* its sizes mean something: not single occasions */
	bool			 expected;
	bool			 has_list, listed;	/* the source's list came; it names this feed */
	int64_t			 now, deadline;	/* s */
};
enum cover cover_of(const struct cover_in *in);
/* A look that covers: what it does not show was not there. */
bool cover_covers(enum cover c);
/* It raises an alarm. */
bool cover_troubles(enum cover c);
/* A feed is expected where the source has no list: it came on at least five of the seven days before (of
 * fewer than seven, on all but a seventh; at least three) or on three of the last four same weekdays.
 * first: the source's first day. */
bool cover_expected(const struct cover_day *day, uint32_t n, int64_t of, int64_t first);
/* The place of day, or of the first after it. */
uint32_t cover_place(const struct cover_day *day, uint32_t n, int64_t of);

#endif
