/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin replay: an input by today's mapping.  What it would change is found by
 * doing it on a copy of the ledger in a temporary folder; with --yes it is an
 * order.
 */
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "4-decide/replay.h"
#include "cmd/list.h"
#include "cmd/order.h"
#include "cmd/which.h"
#include "hands.h"
#include "ledger/ledger_backup.h"

static const struct list_col cols[] = {
	{ "case", "CASE", LIST_NUMBER, 0 },
	{ "change", "CHANGE", LIST_TEXT, 0 },
	{ "from", "FROM", LIST_TEXT, LIST_CUT },
	{ "to", "TO", LIST_TEXT, LIST_CUT },
	{ NULL, NULL, 0, 0 }
};

static void
show(const struct replay *r, bool json)
{
	struct list *t = list_new(cols, json, stdout, list_width());
	uint32_t i;

	for (i = 0; i < r->nline; i++) {
		list_number(t, "case", r->line[i].id);
		list_text(t, "change", r->line[i].what);
		list_some(t, "from", r->line[i].from);
		list_some(t, "to", r->line[i].to);
		list_row(t);
	}
	list_end(t, NULL);
	if (!json)
		printf("would be: %s\n", r->result);
}

static int
gone(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static bool
on_copy(const struct cmd_args *a, struct config *c, uint32_t id, struct err *e)
{
	struct arena *arena = arena_new();
	enum host_fault fault;
	struct host *h = host_open(c, &fault, e);
	struct replay *r = NULL;
	const char *no = NULL;
	struct input in;
	bool good = h != NULL;

	if (good && !host_replayable(h, id, arena, &in, &no, e))
		good = no == NULL ? false : err_set(e, "input %u: %s", id, no);
	good = good && (r = replay_begin(h->decider, &in, 0, e)) != NULL && host_replay(h, &in, r, e);
	if (good && strncmp(r->result, "refused: ", 9) == 0)
		good = err_set(e, "%s", r->result + 9);
	if (good)
		show(r, a->json);
	replay_end(r);
	host_close(h);
	arena_free(arena);
	return good;
}

/* On a copy, in a folder that goes. */
static int
would_be(const struct cmd_args *a, uint32_t id)
{
	const char *tmp = getenv("TMPDIR");
	struct err e = ERR_INIT;
	struct config *c = config_load(a->config, &e);
	const char *path;
	char dir[64];
	bool good;

	if (c == NULL)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	snprintf(dir, sizeof dir, "%.40s/tocsin-replay-XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	if (mkdtemp(dir) == NULL) {
		config_free(c);
		return cmd_fail(a, CMD_FAILED, "%s: %s", dir, strerror(errno));
	}
	path = arena_printf(c->arena, "%s/ledger.db", dir);
	good = ledger_copy(c->ledger, path, &e);
	c->ledger = path;
	good = good && on_copy(a, c, id, &e);
	nftw(dir, gone, 16, FTW_DEPTH | FTW_PHYS);
	config_free(c);
	return good ? CMD_OK : cmd_fail(a, CMD_FAILED, "%s", e.text);
}

static int
run(const struct cmd_args *a)
{
	struct view v;
	uint32_t id;
	int status;

	if (!which_number(a->arg[0], &id))
		return cmd_fail(a, CMD_USAGE, "input \"%s\": expected its number; `tocsin inputs` lists them",
		    a->arg[0]);
	if (!cmd_has(a, "yes"))
		return would_be(a, id);
	if ((status = view_open(&v, a, LEDGER_HAND)) != CMD_OK)
		return status;
	status = order_give(&v, "replay", order_args(v.arena, "input", a->arg[0], cmd_value(a, "why")),
	    a->arg[0]);
	view_close(&v);
	return status;
}

static const struct cmd_opt options[] = {
	{ "yes", NULL, "do it", false },
	{ "why", "TEXT", "for the audit log", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_replay = {
	.name = "replay",
	.operands = "INPUT",
	.least = 1,
	.most = 1,
	.opt = options,
	.run = run,
	.summary = "read an input again, after its mapping was corrected",
	.help = "Says what it would change: cases that are new, have another class or severity, or are no\n"
	    "longer seen by this input; how many records are refused that were not, or the reverse.\n"
	    "With --yes that is an order.  A sighting is not counted twice; a case of which nothing is\n"
	    "left ends as superseded.  What becomes due is warned of under the usual brakes.\n",
};
