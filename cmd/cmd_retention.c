/* SPDX-License-Identifier: Apache-2.0 */
/* tocsin retention: what is older than the configuration allows is taken out, or only counted. */
#include "cmd/list.h"
#include "cmd/order.h"
#include "core/keep.h"

static const struct list_col cols[] = {
	{ "what", "WHAT", LIST_TEXT, 0 },
	{ "n", "N", LIST_NUMBER, 0 },
	{ "means", "MEANS", LIST_TEXT, 0 },
	{ NULL, NULL, 0, 0 }
};

static int
dry_run(struct view *v)
{
	struct err e = ERR_INIT;
	uint64_t n[KEPT_MAX];
	struct list *t;
	int i;

	if (!keep_look(v->cfg, v->l, v->arena, n, &e))
		return cmd_fail(v->args, CMD_FAILED, "%s", e.text);
	t = list_new(cols, v->args->json, stdout, list_width());
	for (i = 0; i < KEPT_MAX; i++) {
		list_text(t, "what", kept_names[i]);
		list_number(t, "n", (int64_t)n[i]);
		list_text(t, "means", kept_means[i]);
		list_row(t);
	}
	list_end(t, NULL);
	return CMD_OK;
}

static int
run(const struct cmd_args *a)
{
	bool dry = cmd_has(a, "dry-run");
	int64_t before[KEEP_MAX];
	struct view v;
	int status;

	if ((status = view_open(&v, a, dry ? LEDGER_READ : LEDGER_HAND)) != CMD_OK)
		return status;
	if (!keep_before(v.cfg, before))
		status = cmd_fail(a, CMD_USAGE, "nothing is configured to go: see retention in tocsin.conf");
	else
		status = dry ? dry_run(&v) : order_give(&v, KEEP_VERB, "{}", "by hand");
	view_close(&v);
	return status;
}

static const struct cmd_opt options[] = {
	{ "dry-run", NULL, "count what would go, write nothing", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_retention = {
	.name = "retention",
	.operands = "",
	.opt = options,
	.run = run,
	.summary = "take out what is older than the configuration allows",
	.help = "By the setting retention; `tocsin run` does the same once a day. What reports count is\n"
	    "kept: a closed case loses its subject, a recipient becomes a number, the numbers stay.\n",
};
