/* SPDX-License-Identifier: Apache-2.0 */
/* See coverage.h. */
#include "clock.h"
#include "cmd/coverage.h"
#include "timefmt.h"
#include <tocsin/slice.h>

#define DAYS_SHOWN	14
#define DAYS_MOST	400

static const struct list_col cols[] = {
	{ "day", "DAY", LIST_DAY, 0 },
	{ "source", "SOURCE", LIST_TEXT, 0 },
	{ "state", "STATE", LIST_TEXT, 0 },
	{ "inputs", "INPUTS", LIST_NUMBER, 0 },
	{ "reports", "REPORTS", LIST_NUMBER, 0 },
	{ "listed", "LISTED", LIST_NUMBER, 0 },
	{ "records", "RECORDS", LIST_NUMBER, 0 },
	{ "usual", "USUAL", LIST_NUMBER, 0 },
	{ "arrived", "LAST CAME", LIST_TIME, 0 },
	{ "deadline", NULL, LIST_TIME, 0 },
	{ "what", "WHAT IS WRONG", LIST_TEXT, LIST_CUT },
	{ NULL, NULL, 0, 0 }
};

struct coverage *
coverage_view(struct view *v, int64_t from, struct plugins **plugins, struct err *e)
{
	*plugins = plugins_find(v->cfg->plugins, e);
	return *plugins != NULL ? coverage_open(v->l, v->cfg, *plugins, from - COVERAGE_MORE, e) : NULL;
}

static void
row(struct list *t, const struct coverage *c, const struct source_day *d, struct arena *a)
{
	if (d->state == COVER_NOTHING && !d->has_list)
		return;
	list_day(t, "day", d->day);
	list_text(t, "source", d->src->name);
	list_text(t, "state", cover_names[d->state]);
	list_number(t, "inputs", d->inputs);
	list_number(t, "reports", d->came);
	if (d->has_list)
		list_number(t, "listed", d->listed);
	list_number(t, "records", (int64_t)d->records);
	list_number(t, "usual", (int64_t)d->usual);
	list_time(t, "arrived", d->arrived);
	if (d->src->expect == EXPECT_DAILY)
		list_time(t, "deadline", d->deadline);
	list_some(t, "what", coverage_text(c, d, a));
	list_row(t);
}

static void
rows(struct list *t, const struct view *v, const struct coverage *c, int64_t days)
{
	int64_t now = clock_now() / NS, day, today, first;
	struct source_day d;
	uint32_t i;

	for (i = 0; i < v->cfg->nsource; i++) {
		const struct cfg_source *s = &v->cfg->source[i];

		if (v->filter.source != 0 && ledger_find(v->l, DICT_SOURCE, tcs_str(s->name)) !=
		    v->filter.source)
			continue;
		today = coverage_today(v->cfg, s, now);
		if (s->lag == 0 || s->expect != EXPECT_DAILY)
			today = now / DAY > today ? now / DAY : today;
		first = coverage_first(c, s);
		for (day = today - days + 1 > first ? today - days + 1 : first; first != INT64_MAX &&
		    day <= today; day++) {
			coverage_day(c, s, day, now, v->arena, &d);
			row(t, c, &d, v->arena);
		}
	}
}

int
coverage_show(const struct cmd_args *a)
{
	const char *text = cmd_value(a, "days");
	struct plugins *plugins = NULL;
	uint64_t days = DAYS_SHOWN;
	struct coverage *c;
	struct err e = ERR_INIT;
	struct list *t;
	struct view v;
	int status;

	if (text != NULL && (!tcs_uint(tcs_str(text), DAYS_MOST, &days) || days == 0))
		return cmd_fail(a, CMD_USAGE, "--days %s: expected a number of days, 1 to %d", text,
		    DAYS_MOST);
	if ((status = view_open(&v, a, LEDGER_READ)) != CMD_OK)
		return status;
	c = coverage_view(&v, clock_now() / NS / DAY - (int64_t)days, &plugins, &e);
	if (c != NULL) {
		t = list_new(cols, a->json, stdout, list_width());
		rows(t, &v, c, (int64_t)days);
		list_end(t, "no inputs in these days");
	}
	coverage_close(c);
	plugins_free(plugins);
	return view_done(&v, c != NULL, &e);
}
