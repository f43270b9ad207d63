/* SPDX-License-Identifier: Apache-2.0 */
/* tocsin cases: one problem at one subject of one organisation a line. */
#include "cmd/rows.h"
#include "cmd/view.h"

struct listing {
	struct list	*t;
	struct ledger	*l;
};

static bool
one(void *arg, const struct case_row *r)
{
	struct listing *x = arg;

	case_cells(x->t, x->l, r);
	list_row(x->t);
	return true;
}

/* A state is of one of three axes: the words differ. */
static bool
states(const struct view *v, struct case_filter *f)
{
	const char *names[SEEN_SUPERSEDED + TOLD_MUTED + ANSWER_RISK_ACCEPTED + 3];
	int n = 0, i, found;

	for (i = SEEN_OPEN; i <= SEEN_SUPERSEDED; i++)
		names[n++] = seen_names[i];
	for (i = TOLD_NOTHING; i <= TOLD_MUTED; i++)
		names[n++] = told_names[i];
	for (i = ANSWER_FIXED; i <= ANSWER_RISK_ACCEPTED; i++)
		names[n++] = answer_names[i];
	names[n] = NULL;
	if (!view_state(v, names, &found))
		return false;
	if (found > SEEN_SUPERSEDED + TOLD_MUTED + 1)
		f->answer = found - SEEN_SUPERSEDED - TOLD_MUTED - 1;
	else if (found > SEEN_SUPERSEDED)
		f->told = found - SEEN_SUPERSEDED - 1;
	else
		f->seen = found;
	return true;
}

static int
run(const struct cmd_args *a)
{
	struct case_filter f = case_filter_any;
	struct err e = ERR_INIT;
	struct listing x;
	struct view v;
	int status;
	bool good;

	if ((status = view_open(&v, a, LEDGER_READ)) != CMD_OK)
		return status;
	if (!states(&v, &f)) {
		view_close(&v);
		return CMD_USAGE;
	}
	f.seen_in = v.filter.span;
	f.source = v.filter.source;
	f.org = v.filter.org;
	x = (struct listing){ list_new(case_cols, a->json, stdout, list_width()), v.l };
	good = ledger_cases_each(v.l, &f, one, &x, &e);
	list_end(x.t, good ? "no cases" : NULL);
	return view_done(&v, good, &e);
}

static const struct cmd_opt options[] = { FILTER_OPTIONS, FILTER_END };

const struct cmd cmd_cases = {
	.name = "cases",
	.operands = "",
	.opt = options,
	.run = run,
	.summary = "list the cases: one problem at one subject of one organisation",
	.help = "States: open, gone, expired, moved, superseded (is it still seen), and\n"
	    "nothing-due, due, held, handed-over, muted (has the organisation been told), and\n"
	    "says-fixed, false-positive, not-mine, risk-accepted (what was answered).\n"
	    "--since and --until: the case was seen in that time.  A case without organisation\n"
	    "is a conflict.  `tocsin explain NUMBER` tells the story of one.\n",
};
