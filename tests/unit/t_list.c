/* SPDX-License-Identifier: Apache-2.0 */
/* Lists: tables that fit a terminal, JSON lines; and the times that lists are narrowed by. */
#include "cmd/filter.h"
#include "cmd/list.h"
#include "tap.h"
#include "timefmt.h"

static const struct list_col cols[] = {
	{ "case", "CASE", LIST_NUMBER, 0 },
	{ "subject", "SUBJECT", LIST_TEXT, LIST_CUT },
	{ "open", "OPEN", LIST_BOOL, 0 },
	{ "seen", "SEEN", LIST_TIME, 0 },
	{ "day", NULL, LIST_DAY, 0 },
	{ "cves", "CVES", LIST_TEXTS, LIST_CUT },
	{ "ids", NULL, LIST_NUMBERS, 0 },
	{ "n", "N", LIST_NUMBER, LIST_NO_JSON },
	{ NULL, NULL, 0, 0 }
};

static const char *const cve[] = { "CVE-2026-0001", "CVE-2026-0002" };
static const uint32_t ids[] = { 7, 11 };

static char *
made(bool json, unsigned width, int rows)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);
	struct list *l = list_new(cols, json, f, width);
	int i;

	for (i = 0; i < rows; i++) {
		list_text(l, "subject", i == 0 ? "a\033[31mred\"" : "stra\u00dfe.example");
		list_number(l, "case", i + 9);
		if (i == 0) {
			list_bool(l, "open", true);
			list_time(l, "seen", INT64_C(1795161600));
			list_day(l, "day", 20777);
			list_texts(l, "cves", cve, 2);
			list_numbers(l, "ids", ids, 2);
			list_number(l, "n", 2);
		} else
			list_some(l, "subject", i == 1 ? "stra\u00dfe.example" : "");
		list_row(l);
	}
	list_end(l, "nothing there");
	fclose(f);
	return text;
}

static void
lists(void)
{
	char *s = made(true, 0, 3);

	is_str(s, "{\"case\":9,\"subject\":\"a\\u001b[31mred\\\"\",\"open\":true,"
	    "\"seen\":\"2026-11-20T08:00:00Z\",\"day\":\"2026-11-20\",\"cves\":[\"CVE-2026-0001\","
	    "\"CVE-2026-0002\"],\"ids\":[7,11]}\n{\"case\":10,\"subject\":\"stra\u00dfe.example\","
	    "\"open\":null,\"seen\":null,\"day\":null,\"cves\":[],\"ids\":[]}\n{\"case\":11,"
	    "\"subject\":null,\"open\":null,\"seen\":null,\"day\":null,\"cves\":[],\"ids\":[]}\n", "JSON "
	    "lines");
	free(s);
	s = made(false, 0, 2);
	is_str(s, "CASE  SUBJECT         OPEN  SEEN               CVES                          N\n"
	    "   9  a\\x1b[31mred\"   yes   2026-11-20 08:00Z  CVE-2026-0001, CVE-2026-0002  2\n"
	    "  10  stra\u00dfe.example  -     -                  -                             -\n",
	    "a table: aligned, escapes visible");
	free(s);
	s = made(false, 70, 1);
	is_str(s, "CASE  SUBJECT        OPEN  SEEN               CVES                   N\n"
	    "   9  a\\x1b[31mred\"  yes   2026-11-20 08:00Z  CVE-2026-0001, CVE-2\u2026  2\n",
	    "cut to the width of the terminal");
	free(s);
	s = made(false, 20, 1);
	ok(strstr(s, "CVE-2026-00\u2026") != NULL && strstr(s, "2026-11-20 08:00Z") != NULL,
	    "never below twelve, and only what may be cut");
	free(s);
	s = made(false, 0, 0);
	is_str(s, "nothing there\n", "an empty table says so");
	free(s);
	s = made(true, 0, 0);
	is_str(s, "", "an empty list of JSON is empty");
	free(s);
	s = made(false, 0, 2500);
	ok(strstr(s, "2508  ") != NULL, "long tables go on past the rows that are kept");
	free(s);
}

static void
times(void)
{
	int64_t now, s;

	time_parse("2026-11-20T08:00:00Z", 20, &now);
	ok(when_parse("2026-11-20", false, now, &s) && s == 1795132800, "--since a date begins with it");
	ok(when_parse("2026-11-20", true, now, &s) && s == 1795132800 + DAY, "--until a date contains it");
	ok(when_parse("2026-11-20T08:00:00Z", true, now, &s) && s == now / NS, "a moment is that moment");
	ok(when_parse("14d", false, now, &s) && s == now / NS - 14 * DAY, "how long ago");
	ok(!when_parse("a week", false, now, &s) && !when_parse("", false, now, &s) &&
	    !when_parse("-1d", false, now, &s), "no time at all");
}

static void
words(void)
{
	static const char *const names[] = { "pending", "done", "quarantined", NULL };
	struct err e = ERR_INIT, f = ERR_INIT;

	is_int(word_find("state", "done", names, &e), 1, "a word and its place");
	ok(word_find("state", "pendin", names, &e) == -1 && strcmp(e.text,
	    "state \"pendin\" is not known; did you mean \"pending\"?") == 0, "the nearest is named");
	ok(word_find("state", "zzzzzz", names, &f) == -1 && strcmp(f.text,
	    "state \"zzzzzz\" is not known; there are pending, done, quarantined") == 0, "or all of them");
}

int
main(void)
{
	lists();
	times();
	words();
	return done_testing();
}
