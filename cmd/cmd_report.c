/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin report: counts by month, source, class and constituency, each with
 * what it counts.  The numbers are made from the ledger's rows; run twice over
 * the same months they are the same.
 */
#include <stdio.h>
#include "cmd/list.h"
#include "cmd/view.h"

static const struct list_col cols[] = {
	{ "count", NULL, LIST_TEXT, 0 },
	{ "month", "MONTH", LIST_TEXT, 0 },
	{ "source", "SOURCE", LIST_TEXT, LIST_CUT },
	{ "class", "CLASS", LIST_TEXT, LIST_CUT },
	{ "constituency", "CONSTITUENCY", LIST_TEXT, LIST_CUT },
	{ "state", "STATE", LIST_TEXT, 0 },
	{ "n", "N", LIST_NUMBER, 0 },
	{ "means", NULL, LIST_TEXT, 0 },
	{ NULL, NULL, 0, 0 }
};

static const struct {
	const char	*name, *means;
} counts[COUNT_OF_MAX] = {
	[COUNT_INPUTS] = { "inputs", "reports, documents and responses as they came, by state; members of "
	    "archives are counted, the archives themselves are not; month: when it arrived" },
	[COUNT_FINDINGS] = { "findings",
	    "records of inputs, by what became of each; month: when the input arrived" },
	[COUNT_CASES] = { "cases", "one problem at one subject of one organisation, by whether it is still "
	    "seen; conflicts are not counted; month: when its present episode was first seen" },
	[COUNT_WARNINGS] = { "warnings",
	    "messages handed over, each once; requested: the organisation is registered as the owner; "
	    "unsolicited: it is told as an operator, or by the ladder; month: when it was made" },
	[COUNT_ORGANISATIONS] = { "organisations",
	    "organisations with at least one warning handed over in the month" },
};

struct listing {
	struct list	*t;
	const struct view *v;
};

static bool
one(void *arg, const struct count_row *r)
{
	struct listing *x = arg;

	list_text(x->t, "count", counts[r->of].name);
	list_text(x->t, "month", r->month);
	list_some(x->t, "source", r->source);
	list_some(x->t, "class", r->class);
	list_some(x->t, "constituency", r->constituency);
	list_some(x->t, "state", r->sort);
	list_number(x->t, "n", (int64_t)r->n);
	list_text(x->t, "means", counts[r->of].means);
	list_row(x->t);
	return true;
}

static bool
section(struct view *v, enum count_of of, struct err *e)
{
	struct listing x = { list_new(cols, v->args->json, stdout, list_width()), v };
	bool good;

	if (!v->args->json)
		printf("%s%s: %s\n", of == 0 ? "" : "\n", counts[of].name, counts[of].means);
	good = ledger_counts_each(v->l, of, &v->filter.span, v->filter.source, v->filter.org, one, &x, e);
	list_end(x.t, good ? "none" : NULL);
	return good;
}

static int
run(const struct cmd_args *a)
{
	struct err e = ERR_INIT;
	enum count_of of;
	struct view v;
	bool good = true;
	int status;

	if ((status = view_open(&v, a, LEDGER_READ)) != CMD_OK)
		return status;
	for (of = 0; good && of < COUNT_OF_MAX; of++)
		good = section(&v, of, &e);
	return view_done(&v, good, &e);
}

static const struct cmd_opt options[] = { FILTER_SINCE, FILTER_UNTIL, FILTER_ORGANISATION, FILTER_SOURCE,
    FILTER_END };

const struct cmd cmd_report = {
	.name = "report",
	.operands = "",
	.opt = options,
	.run = run,
	.summary = "count inputs, findings, cases, warnings and organisations",
	.help = "By month, source, class and constituency, with what each number counts.  Inputs and\n"
	    "findings have no organisation: with --organisation they are left out.\n",
};
