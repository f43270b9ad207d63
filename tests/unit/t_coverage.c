/* SPDX-License-Identifier: Apache-2.0 */
/* coverage.c on a ledger: looks, lists, corrections, deadlines, and what a digest waits for; and alert.c:
 * what is news to a hearer, and when. */
#include "4-decide/coverage.h"
#include "alert_int.h"
#include "tests/unit/ledgerfix.h"

#define LAST (TODAY - 1)		/* the report day that is awaited today: reports lag a day */

static struct cfg_source source = { .name = "shadowserver", .plugin = "shadowserver", .expect = EXPECT_DAILY,
	.deadline_hour = 9, .lag = 1 };
static struct config config = { .source = &source, .nsource = 1, .identity.zone = "Europe/Amsterdam" };

static uint32_t
came(struct ledger *l, const char *report, const char *name, int64_t day, uint64_t records)
{
	struct input in = fix_input(l, "shadowserver", report, name, 'a');
	bool fresh;

	snprintf(in.sha256, sizeof in.sha256, "%s-%d-%d", report, (int)day, (int)records);
	in.day = day;
	in.records = records;
	in.state = INPUT_DONE;
	in.arrived = (day + 1) * DAY + 7 * 3600;
	must(ledger_input_put(l, &in, &fresh, E));
	return in.feed;
}

static uint32_t
days_of(struct ledger *l, const char *report, int64_t from, int64_t to, uint64_t records)
{
	uint32_t feed = 0;

	for (; from <= to; from++)
		feed = came(l, report, report, from, records);
	return feed;
}

static struct coverage *
opened(struct ledger *l)
{
	struct coverage *v;

	must((v = coverage_open(l, &config, NULL, TODAY - COVERAGE_BACK, E)) != NULL);
	return v;
}

static void
looks(struct ledger *l)
{
	uint32_t rdp = days_of(l, "scan_rdp", TODAY - 14, TODAY - 3, 100);
	const char *const only[] = { "scan_ssl" }, *const both[] = { "scan_ssl", "scan_rdp" };
	struct coverage *v = opened(l);

	is_int(coverage_looks(v, rdp, TODAY - 15), 12, "every day of usual size is a look");
	is_int(coverage_looks(v, rdp, TODAY - 5), 2, "after a day");
	is_int(coverage_looks(v, rdp + 100, 0), 0, "of a feed that nobody knows: none");
	came(l, "scan_rdp", "scan_rdp", TODAY - 2, 30);
	must(coverage_input(v, rdp, TODAY - 2, E));
	is_int(coverage_looks(v, rdp, TODAY - 5), 2, "a shrunken day is none");
	came(l, "scan_rdp", "scan_rdp", TODAY - 2, 90);
	must(coverage_input(v, rdp, TODAY - 2, E));
	is_int(coverage_looks(v, rdp, TODAY - 5), 3, "its correction, under the same name, is one");
	came(l, "scan_rdp", "another", TODAY - 2, 0);
	must(coverage_input(v, rdp, TODAY - 2, E));
	is_int(coverage_looks(v, rdp, TODAY - 5), 3, "a further file adds to it");
	must(coverage_listed(v, "shadowserver", LAST, only, 1, E));
	is_int(coverage_looks(v, rdp, TODAY - 5), 4, "its list does not name it: looked for, not found");
	must(coverage_listed(v, "shadowserver", LAST, both, 2, E));
	is_int(coverage_looks(v, rdp, TODAY - 5), 3, "the next list names it: not yet a look");
	coverage_close(v);
	v = opened(l);
	is_int(coverage_looks(v, rdp, TODAY - 5), 3, "and all of it is the same after a restart");
	source.expect = EXPECT_NONE;
	coverage_configure(v, &config);
	is_int(coverage_looks(v, rdp, TODAY - 15), 0, "of single occasions nothing is");
	source.expect = EXPECT_DAILY;
	coverage_close(v);
}

static void
source_days(struct ledger *l)
{
	struct arena *a = arena_new();
	struct coverage *v = opened(l);
	struct source_day d;

	is_int(coverage_today(&config, &source, NOW), LAST, "yesterday is awaited");
	is_int(coverage_today(&config, &source, TODAY * DAY - 1800), LAST, "and is from local midnight on");
	is_int(coverage_today(&config, &source, TODAY * DAY - 3601), LAST - 1, "not before");
	coverage_day(v, &source, LAST, NOW - 3600, a, &d);
	is_int(d.deadline, TODAY * DAY + 8 * 3600, "nine o'clock in Amsterdam, in winter");
	ok(d.state == COVER_WAITING && d.has_list && d.listed == 2 && d.came == 0, "both are awaited");
	is_str(coverage_text(v, &d, a), "scan_rdp waiting (usually 100), scan_ssl waiting", "by their names");
	ok(coverage_waits(v, NOW - 1), "a digest waits for them");
	ok(!coverage_waits(v, NOW), "until the deadline");
	coverage_day(v, &source, LAST, NOW, a, &d);
	ok(d.state == COVER_LATE, "then they are late");
	coverage_day(v, &source, LAST, NOW + DAY, a, &d);
	ok(d.state == COVER_MISSING, "and a day later missing");
	came(l, "scan_rdp", "scan_rdp", LAST, 101);
	must(coverage_input(v, came(l, "scan_ssl", "scan_ssl", LAST, 7), LAST, E));
	must(coverage_input(v, ledger_find(l, DICT_FEED, TCS_LIT("shadowserver/scan_rdp")), LAST, E));
	coverage_day(v, &source, LAST, NOW - 3600, a, &d);
	ok(d.state == COVER_COMPLETE && d.came == 2 && d.records == 108, "they came");
	ok(!coverage_waits(v, NOW - 3600), "and nothing waits");
	coverage_day(v, &source, LAST - 1, NOW, a, &d);
	ok(d.state == COVER_COMPLETE && d.arrived != TIME_NONE, "a day without list goes by what is usual");
	coverage_day(v, &source, 20600, NOW, a, &d);	/* 2026-05-27 */
	is_int(d.deadline, INT64_C(20601) * DAY + 7 * 3600, "nine o'clock in summer");
	coverage_close(v);
	arena_free(a);
}

/* ---- alarms */

static const struct alarm cap = { "brake:priority", "a cap holds", NOW }, day = { "coverage:x:2026-11-20",
	"empty", NOW };

static struct cfg_hearer duty = { .notifier = "mail", .to = "duty@cert.example" },
    desk = { .notifier = "mail", .to = "desk@cert.example", .all = true };

/* Asked, and told when there is something to say. */
static uint32_t
tell(struct alerts *al, struct hearer *h, const struct alarm *list, uint32_t n, int64_t now)
{
	arena_reset(h->arena);
	if (!hearer_news(h, list, n, DAY, now))
		return 0;
	h->begun = now;
	hearer_told(al, h);
	return h->nnews;
}

static void
hearers(struct ledger *l)
{
	struct hearer h[2] = { { .cfg = &duty, .id = "mail duty", .arena = arena_new() },
		{ .cfg = &desk, .id = "mail desk", .arena = arena_new() } };
	struct alerts al = { .config = &config, .ledger = l };
	const struct alarm both[] = { day, cap };
	int i;

	is_int(tell(&al, &h[0], &day, 1, NOW), 0, "what does not wake is nothing to who hears only that");
	is_int(tell(&al, &h[1], &day, 1, NOW), 1, "who hears all is told");
	is_int(tell(&al, &h[1], &day, 1, NOW + DAY - 1), 0, "once");
	is_int(tell(&al, &h[1], &day, 1, NOW + DAY), 1, "and again after a day");
	is_int(tell(&al, &h[1], both, 2, NOW + DAY + 60), 2, "what wakes is told at once");
	is_int(tell(&al, &h[1], &cap, 1, NOW + DAY + 120), 0,
	    "what is over waits for its quarter of an hour");
	is_int(tell(&al, &h[1], &cap, 1, NOW + DAY + 1000), 2, "then it is told, with what lasts");
	ok(h[1].news[1].state == NEWS_OVER && strcmp(h[1].news[1].key, day.key) == 0, "as being over");
	is_int(tell(&al, &h[0], both, 2, NOW + DAY), 1, "who hears what wakes hears just that");
	is_int(tell(&al, &h[0], NULL, 0, NOW + 2 * DAY), 1, "and its end");
	is_int(tell(&al, &h[0], NULL, 0, NOW + 4 * DAY), 0, "nothing more");
	is_int(h[0].ntold, 0, "nothing is kept of what is over");
	for (i = 0; i < 2; i++) {
		arena_free(h[i].arena);
		while (h[i].ntold > 0)
			free(h[i].told[--h[i].ntold].key), free(h[i].told[h[i].ntold].text);
		free(h[i].told);
	}
}

int
main(void)
{
	struct ledger *l;

	fix_begin("coverage");
	l = fix_open(LEDGER_DECIDE);
	looks(l);
	source_days(l);
	hearers(l);
	ledger_close(l);
	fix_end();
	return done_testing();
}
