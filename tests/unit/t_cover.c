/* SPDX-License-Identifier: Apache-2.0 */
/* cover.c: what is usual, what a day of a feed is worth, what was expected; and lists (core/listing.c). */
#include <string.h>
#include "4-decide/cover.h"
#include "listing.h"
#include "tests/tap.h"
#include "timefmt.h"

#define D0 20000		/* some day */

/* Days back from D0 and their sizes, oldest first; a size of -1: in quarantine. */
struct past { int back; int size; };

static uint32_t
days(const struct past *p, uint32_t n, struct cover_day *out)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		out[i] = (struct cover_day){ D0 - p[i].back, p[i].size < 0 ? 0 : (uint64_t)p[i].size, 1,
			p[i].size < 0, 0 };
	return n;
}

static void
usual(void)
{
	static const struct {
		const char	*what;
		struct past	 p[12];
		uint32_t	 n;
		uint64_t	 want;
	} t[] = {
		{ "nothing before", { { 0, 0 } }, 0, USUAL_UNKNOWN },
		{ "two days say nothing", { { 2, 100 }, { 1, 100 } }, 2, USUAL_UNKNOWN },
		{ "three days: their median", { { 3, 100 }, { 2, 40 }, { 1, 120 } }, 3, 100 },
		{ "four days: the lower middle", { { 4, 10 }, { 3, 20 }, { 2, 30 }, { 1, 40 } }, 4, 20 },
		{ "of the last seven that came", { { 9, 1 }, { 8, 1 }, { 7, 50 }, { 6, 50 }, { 5, 50 }, { 4,
		    50 },
		    { 3, 9 }, { 2, 9 }, { 1, 9 } }, 9, 50 },
		{ "older than a fortnight: not known", { { 17, 5 }, { 16, 5 }, { 15, 5 } }, 3,
		    USUAL_UNKNOWN },
		{ "three same weekdays go before", { { 21, 7 }, { 14, 7 }, { 7, 7 }, { 3, 100 }, { 2, 100 },
		    { 1, 100 } }, 6, 7 },
		{ "two do not", { { 14, 7 }, { 7, 7 }, { 3, 100 }, { 2, 100 }, { 1, 100 } }, 5, 100 },
		{ "weekdays past five weeks do not", { { 42, 7 }, { 14, 7 }, { 7, 7 }, { 2, 100 }, { 1,
		    100 } }, 5,
		    7 },
		{ "what is in quarantine says nothing", { { 4, -1 }, { 3, 100 }, { 2, -1 }, { 1, 100 } }, 4,
		    USUAL_UNKNOWN },
		{ "empty days count", { { 4, 0 }, { 3, 0 }, { 2, 0 }, { 1, 100 } }, 4, 0 },
		{ "the day itself and later ones do not", { { 3, 5 }, { 2, 5 }, { 1, 5 }, { 0, 90 }, { -1,
		    90 },
		    { -2, 90 } }, 6, 5 },
	};
	struct cover_day d[12];
	size_t i;

	for (i = 0; i < sizeof t / sizeof *t; i++)
		ok(cover_usual(d, days(t[i].p, t[i].n, d), D0) == t[i].want, "usual: %s", t[i].what);
}

#define CAME(size, unread) { D0, size, 1, unread, 0 }
#define NONE { 0, 0, 0, 0, 0 }

static void
state(void)
{
	static const struct {
		const char	*what;
		struct cover_day came;
		uint64_t	 usual;
		bool		 expected, has_list, listed;
		int64_t		 after;			/* the deadline, s */
		enum cover	 want;
	} t[] = {
		{ "of usual size", CAME(100, 0), 100, true, false, false, -1, COVER_COMPLETE },
		{ "larger than usual", CAME(900, 0), 100, true, false, false, -1, COVER_COMPLETE },
		{ "half of it", CAME(50, 0), 100, true, false, false, -1, COVER_COMPLETE },
		{ "less than half", CAME(49, 0), 100, true, false, false, -1, COVER_SHRUNKEN },
		{ "small numbers: 1 of 9 is chance", CAME(1, 0), 9, true, false, false, -1, COVER_COMPLETE },
		{ "5 of 20 is chance no more", CAME(5, 0), 20, true, false, false, -1, COVER_SHRUNKEN },
		{ "7 of 20 is", CAME(7, 0), 20, true, false, false, -1, COVER_COMPLETE },
		{ "a very large usual", CAME(1, 0), UINT64_C(1) << 40, true, false, false, -1,
		    COVER_SHRUNKEN },
		{ "nothing where something is usual", CAME(0, 0), 1, true, false, false, -1, COVER_EMPTY },
		{ "nothing where nothing is usual", CAME(0, 0), 0, true, false, false, -1, COVER_COMPLETE },
		{ "nothing, and usual is not known", CAME(0, 0), USUAL_UNKNOWN, true, false, false, -1,
		    COVER_COMPLETE },
		{ "in quarantine", CAME(100, 1), 100, true, false, false, -1, COVER_UNREAD },
		{ "came though the list does not name it", CAME(100, 0), 100, false, true, false, -1,
		    COVER_COMPLETE },
		{ "empty, and the list names it", CAME(0, 0), 10, false, true, true, -1, COVER_EMPTY },
		{ "not there, not listed", NONE, 100, false, true, false, 10, COVER_UNLISTED },
		{ "not there, listed, before the deadline", NONE, 100, false, true, true, -1, COVER_WAITING },
		{ "not there, listed, just after", NONE, 100, false, true, true, 0, COVER_LATE },
		{ "a day after", NONE, 100, false, true, true, DAY, COVER_MISSING },
		{ "not there, expected, before", NONE, 100, true, false, false, -1, COVER_WAITING },
		{ "late", NONE, 100, true, false, false, DAY - 1, COVER_LATE },
		{ "missing", NONE, 100, true, false, false, 3 * DAY, COVER_MISSING },
		{ "not there, not expected", NONE, 100, false, false, false, DAY, COVER_NOTHING },
	};
	size_t i;

	for (i = 0; i < sizeof t / sizeof *t; i++) {
		struct cover_in in = { .came = t[i].came.inputs > 0 ? &t[i].came : NULL, .usual = t[i].usual,
			.judged = true, .expected = t[i].expected, .has_list = t[i].has_list,
			.listed = t[i].listed, .now = 1000000 + t[i].after, .deadline = 1000000 };
		enum cover c = cover_of(&in);

		ok(c == t[i].want, "state: %s: %s (%s)", t[i].what, cover_names[t[i].want], cover_names[c]);
		ok(cover_covers(c) == (c == COVER_COMPLETE || c == COVER_UNLISTED),
		    "  and it is a covering look or not");
		in.judged = false;
		if (in.came != NULL && in.came->unread == 0)
			ok(cover_of(&in) == COVER_COMPLETE, "  of single occasions every size is right");
	}
	for (i = 0; i < COVER_MAX; i++)
		ok(cover_troubles((enum cover)i) == (i >= COVER_LATE), "%s is trouble or not",
		    cover_names[i]);
}

static void
expected(void)
{
	static const struct {
		const char	*what;
		struct past	 p[12];
		uint32_t	 n;
		int		 first;		/* days back */
		bool		 want;
	} t[] = {
		{ "a source of two days", { { 2, 1 }, { 1, 1 } }, 2, 2, false },
		{ "on each of three days", { { 3, 1 }, { 2, 1 }, { 1, 1 } }, 3, 3, true },
		{ "on two of three", { { 3, 1 }, { 1, 1 } }, 2, 3, false },
		{ "on five of seven", { { 7, 1 }, { 6, 1 }, { 5, 1 }, { 3, 1 }, { 1, 1 } }, 5, 40, true },
		{ "on four of seven", { { 7, 1 }, { 6, 1 }, { 3, 1 }, { 1, 1 } }, 4, 40, false },
		{ "on three of four same weekdays", { { 28, 1 }, { 21, 1 }, { 7, 1 } }, 3, 40, true },
		{ "on two", { { 21, 1 }, { 7, 1 } }, 2, 40, false },
		{ "stopped a week ago", { { 12, 1 }, { 11, 1 }, { 10, 1 }, { 9, 1 }, { 8, 1 } }, 5, 40,
		    false },
	};
	struct cover_day d[12];
	size_t i;

	for (i = 0; i < sizeof t / sizeof *t; i++)
		ok(cover_expected(d, days(t[i].p, t[i].n, d), D0, D0 - t[i].first) == t[i].want,
		    "expected: %s: %s", t[i].what, t[i].want ? "yes" : "no");
}

static void
lists(void)
{
	static const struct { const char *what, *text; int n; const char *first; } t[] = {
		{ "a report type a line", "# 20 November\nscan_rdp\n\n  scan_ssl # both\n", 2, "scan_rdp" },
		{ "an array of texts", "[\"scan_rdp\", \"scan_ssl\"]", 2, "scan_rdp" },
		{ "an array of objects", "[{\"id\":1,\"type\":\"scan_rdp\",\"file\":\"x.csv\"},"
		    "{\"type\":\"scan_ssl\",\"more\":{\"type\":\"not this\"}}]", 2, "scan_rdp" },
		{ "an empty array", "[]", 0, NULL }, { "an empty file", "", 0, NULL },
		{ "an object: an error, not a list", "{\"error\":\"no access\"}", -1, NULL },
		{ "cut off", "[{\"type\":\"scan_rdp\"},", -1, NULL },
		{ "cut off within a text", "[\"scan_", -1, NULL },
		{ "a report without type", "[{\"id\":1}]", -1, NULL },
		{ "something behind", "[] []", -1, NULL }, { "an empty name", "[\"\"]", -1, NULL },
	};
	static const char dated[] = "[{\"type\":\"a\",\"timestamp\":\"2026-11-20\"}]";
	struct arena *a = arena_new();
	struct listed *list;
	uint32_t n;
	size_t i;

	for (i = 0; i < sizeof t / sizeof *t; i++) {
		struct err e = ERR_INIT;
		bool good = listing_parse(t[i].text, strlen(t[i].text), a, &list, &n, &e);

		ok(good == (t[i].n >= 0) && (!good || n == (uint32_t)t[i].n), "list: %s%s%s", t[i].what,
		    good ? "" : ": ", e.text);
		if (good && n > 0)
			is_str(list[0].name, t[i].first, "  its first");
	}
	ok(listing_parse(dated, strlen(dated), a, &list, &n, NULL) && n == 1 && list[0].day == 20777,
	    "an object says its day");
	arena_free(a);
}

int
main(void)
{
	usual();
	state();
	expected();
	lists();
	return done_testing();
}
