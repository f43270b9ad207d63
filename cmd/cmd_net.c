/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin net import|list|show|remove: the network tables, by which somebody is
 * told where nobody registered.  Import reads the files here and gives the
 * table as an order; where no tocsin run works on the ledger it is applied at
 * once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "clock.h"
#include "cmd/list.h"
#include "cmd/net.h"
#include "cmd/order.h"
#include "ledger/ledger_net_order.h"
#include "near.h"
#include "registry_value.h"
#include "timefmt.h"

#define WAIT_S 120			/* for a running decider to get to it */

/* ---- orders */

static int
told(const struct cmd_args *a, const char *text)
{
	if (strncmp(text, "refused: ", 9) == 0)
		return cmd_fail(a, CMD_FAILED, "%s", text);
	printf("%s\n", text);
	return CMD_OK;
}

static int
wait_for(struct view *v, uint32_t id)
{
	static const struct timespec pause = { 0, 100 * 1000 * 1000 };
	const char *text = "";
	struct err e = ERR_INIT;
	int n, got;

	fprintf(stderr, "order %u: tocsin run applies it with its next commit; waiting\n", (unsigned)id);
	for (n = 0; n < WAIT_S * 10 && ledger_decider(v->cfg->ledger) > 0; n++) {
		if ((got = ledger_order_result(v->l, v->arena, id, &text, &e)) < 0)
			return cmd_fail(v->args, CMD_FAILED, "%s", e.text);
		if (got > 0)
			return told(v->args, text);
		nanosleep(&pause, NULL);
	}
	fprintf(stderr, "order %u is still waiting; it is in the audit log and will be applied\n",
	    (unsigned)id);
	return CMD_OK;
}

static int
apply(struct view *v, struct order *o)
{
	char result[400] = "";
	struct err e = ERR_INIT;

	if (!ledger_order_put(v->l, o, &e) || !ledger_begin(v->l, &e))
		return cmd_fail(v->args, CMD_FAILED, "%s", e.text);
	if (!net_apply(v->l, o, result, sizeof result, &e)) {
		ledger_undo(v->l);
		return cmd_fail(v->args, CMD_FAILED, "%s", e.text);
	}
	ledger_order_done(v->l, o->id, result);
	if (!ledger_end(v->l, &e))
		return cmd_fail(v->args, CMD_FAILED, "%s", e.text);
	return told(v->args, result);
}

static int
give(struct view *v, struct order *o)
{
	struct err e = ERR_INIT, busy = ERR_INIT;
	int status;

	o->who = order_who(v->arena);
	if ((v->l = ledger_open(v->cfg->ledger, LEDGER_DECIDE, &busy)) != NULL)
		return apply(v, o);
	if (ledger_decider(v->cfg->ledger) <= 0 ||
	    (v->l = ledger_open(v->cfg->ledger, LEDGER_HAND, &e)) == NULL)
		return cmd_fail(v->args, CMD_FAILED, "%s", busy.text);
	if (!ledger_order_put(v->l, o, &e))
		return cmd_fail(v->args, CMD_FAILED, "%s", e.text);
	status = wait_for(v, o->id);
	return status;
}

/* ---- import */

static const char *
given_files(struct arena *a, const struct cmd_args *args)
{
	const char *all = "", *base;
	int i;

	for (i = 1; i < args->narg; i++) {
		base = strrchr(args->arg[i], '/');
		all = arena_printf(a, "%s%s%s", all, *all ? " " : "", base != NULL ? base + 1 : args->arg[i]);
	}
	return all;
}

/* --date, or what the files say, or when the oldest was written. */
static bool
date_of(const struct cmd_args *a, const struct net_build *b, int64_t *out, struct err *e)
{
	const char *day = cmd_value(a, "date");
	struct stat st;
	int i;

	*out = net_build_dated(b);
	if (day != NULL)
		return value_day(tcs_str(day), "--date", out, e) && *out != TIME_NONE;
	if (*out != TIME_NONE)
		return true;
	for (i = 1; i < a->narg; i++)
		if (stat(a->arg[i], &st) == 0 && (*out == TIME_NONE || st.st_mtime * NS < *out))
			*out = st.st_mtime * NS;
	return true;
}

static bool
table_of(const struct cmd_args *a, struct net_build *b, struct arena *mem, struct buf *args,
    struct buf *bytes,
    struct err *e)
{
	const char *name = cmd_value(a, "name");
	struct net_count n;
	int64_t dated;
	int i;

	for (i = 1; i < a->narg; i++)
		if (!net_read(b, a->arg[i], e))
			return false;
	if (!date_of(a, b, &dated, e))
		return false;
	if (dated > clock_now() + DAY * NS)
		return err_set(e, "the table is of a day to come; give its day by --date");
	if (name != NULL && !value_key(tcs_str(name), "--name", mem, &name, e))
		return false;
	net_build_end(b, bytes, &n);
	if (n.refused > 0)
		fprintf(stderr, "%u object%s cannot be read; the first: %s\n", (unsigned)n.refused,
		    n.refused == 1 ? "" : "s", net_build_first(b));
	if (n.networks + n.systems + n.countries + n.certs == 0)
		return err_set(e, "the files say nothing about networks");
	net_order(args, name != NULL ? name : net_build_name(b), dated, given_files(mem, a), &n);
	return true;
}

static int
net_import(const struct cmd_args *a, struct view *v)
{
	struct net_build *b = net_build_new();
	struct order o = { .verb = NET_IMPORT };
	struct buf args, bytes;
	struct err e = ERR_INIT;
	int status;

	buf_init(&args);
	buf_init(&bytes);
	if (!table_of(a, b, v->arena, &args, &bytes, &e)) {
		status = cmd_fail(a, CMD_FAILED, "%s", e.text);
	} else {
		o.args = args.p;
		o.payload = bytes.p;
		o.npayload = bytes.n;
		status = give(v, &o);
	}
	buf_free(&args);
	buf_free(&bytes);
	net_build_free(b);
	return status;
}

static int
net_remove(const struct cmd_args *a, struct view *v)
{
	struct order o = { .verb = NET_REMOVE, .args = order_args(v->arena, "name", a->arg[1], NULL) };

	return give(v, &o);
}

/* ---- the command */

static const struct verb {
	const char	*name;
	int		 least, most;
	int		 (*run)(const struct cmd_args *a, struct view *v);
	const char	*operands;
} verbs[] = {
	{ "import", 2, -1, net_import, "FILE..." },
	{ "list", 1, 1, net_list, "" },
	{ "show", 2, 2, net_show, "ADDRESS|AS" },
	{ "remove", 2, 2, net_remove, "NAME" },
};
#define NVERBS (sizeof verbs / sizeof *verbs)

static int
run(const struct cmd_args *a)
{
	const char *names[NVERBS], *near;
	struct view v = { .args = a };
	struct err e = ERR_INIT;
	int status;
	size_t i;

	for (i = 0; i < NVERBS; i++) {
		names[i] = verbs[i].name;
		if (strcmp(verbs[i].name, a->arg[0]) == 0)
			break;
	}
	if (i == NVERBS) {
		near = near_name(a->arg[0], names, NVERBS);
		return cmd_fail(a, CMD_USAGE,
		    "there is no \"net %s\"; expected import, list, show or remove%s%s%s",
		    a->arg[0], near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
	}
	if (a->narg < verbs[i].least || (verbs[i].most >= 0 && a->narg > verbs[i].most))
		return cmd_fail(a, CMD_USAGE, "usage: tocsin net %s%s%s", verbs[i].name,
		    *verbs[i].operands ? " " : "", verbs[i].operands);
	if ((v.cfg = config_load(a->config, &e)) == NULL)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	v.arena = arena_new();
	status = verbs[i].run(a, &v);
	view_close(&v);
	return status;
}

static const struct cmd_opt options[] = {
	{ "name", "NAME", "import: what the table is called; one of that name is replaced", false },
	{ "date", "DAY", "import: the day the table is of (2026-11-20), when the files do not say", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_net = {
	.name = "net",
	.operands = "import|list|show|remove ...",
	.least = 1,
	.most = -1,
	.opt = options,
	.run = run,
	.summary = "who holds which network, for what nobody registered",
	.help = "  import FILE...      a table: RDAP answers (JSON), the split files of a regional registry\n"
	    "                      (RPSL, gz or not; give inetnum, organisation and role together),\n"
	    "                      delegated statistics, or a CSV of national CERTs with the columns\n"
	    "                      country,name,address,language,channel\n"
	    "  list                the tables, with their day and what is in them\n"
	    "  show ADDRESS|AS     the rungs of the ladder for an address or an AS number\n"
	    "  remove NAME         a table counts no more\n"
	    "Who is told by them is said by the column rungs of the policy; without it nobody is.\n"
	    "A table older than decide.table_age says nothing and stands in `tocsin todo`.\n",
};
