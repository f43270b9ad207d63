/* SPDX-License-Identifier: Apache-2.0 */
/* tocsin inputs: what came, from where, and how its books stand; and by source-days, what did not come. */
#include "cmd/coverage.h"
#include "cmd/rows.h"
#include "cmd/view.h"

static bool
one(void *arg, const struct input_row *r)
{
	input_cells(arg, r);
	list_row(arg);
	return true;
}

static int
run(const struct cmd_args *a)
{
	struct input_filter f = input_filter_any;
	struct err e = ERR_INIT;
	struct list *t;
	struct view v;
	int status;
	bool good;

	if (cmd_has(a, "coverage"))
		return coverage_show(a);
	if (cmd_has(a, "days"))
		return cmd_fail(a, CMD_USAGE, "--days: expected together with --coverage");
	if ((status = view_open(&v, a, LEDGER_READ)) != CMD_OK)
		return status;
	if (!view_state(&v, input_state_names, &f.state)) {
		view_close(&v);
		return CMD_USAGE;
	}
	f.arrived = v.filter.span;
	f.source = v.filter.source;
	t = list_new(input_cols, a->json, stdout, list_width());
	good = ledger_inputs_each(v.l, &f, one, t, &e);
	list_end(t, good ? "no inputs" : NULL);
	return view_done(&v, good, &e);
}

static const struct cmd_opt options[] = { FILTER_SINCE, FILTER_UNTIL, FILTER_SOURCE, FILTER_STATE,
    { "coverage", NULL, "source-days instead: what came, what is usual, what is missing", false },
    { "days", "N", "with --coverage: the last N days (14)", false }, FILTER_END };

const struct cmd cmd_inputs = {
	.name = "inputs",
	.operands = "",
	.opt = options,
	.run = run,
	.summary = "list the inputs and how their books stand",
	.help = "One input a line: a report, document or response as it came.  States: pending,\n"
	    "done, quarantined, container (an archive; its members are inputs).  --since and\n"
	    "--until go by when it arrived.  In the JSON, records is the sum of new, repeated,\n"
	    "unmatched, filtered, quarantined and conflict.\n"
	    "\n"
	    "With --coverage one source and report day a line, narrowed by --days and --source:\n"
	    "complete, waiting (until its deadline), late, missing (a day later), empty, shrunken or\n"
	    "unread (in quarantine).  Only complete days count as having looked again, so only they\n"
	    "let a case be gone.\n",
};
