/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin learn: what another system had warned of.  The table is read here for
 * what is wrong with it, and given as an order with its bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "buf.h"
#include "cmd/order.h"
#include "registry_import.h"
#include "told_csv.h"

struct reading {
	const char	*file;
	uint32_t	 good, bad;
};

static void
line(void *arg, const struct told_line *l)
{
	struct reading *r = arg;

	if (l->why == NULL) {
		r->good++;
		return;
	}
	r->bad++;
	fprintf(stderr, "%s:%u: refused: %s\n", r->file, l->line, l->why);
}

static int
give(struct view *v, const char *file, const char *map, const char *p, size_t n)
{
	struct order o = { .who = order_who(v->arena), .verb = "learn", .payload = p, .npayload = n };
	struct err e = ERR_INIT;
	struct buf b;
	int status = CMD_OK;

	buf_init(&b);
	buf_str(&b, "{\"file\":");
	buf_json_str(&b, file);
	buf_str(&b, ",\"map\":");
	buf_json_str(&b, map);
	buf_char(&b, '}');
	o.args = b.p;
	if (!ledger_order_put(v->l, &o, &e))
		status = cmd_fail(v->args, CMD_FAILED, "%s", e.text);
	else
		order_tell(v, &o, file);
	buf_free(&b);
	return status;
}

/* All --map, a line each. */
static const char *
map_of(struct view *v)
{
	const char *all = "";
	int i;

	for (i = 0; i < v->args->ngiven; i++)
		if (strcmp(v->args->given[i].name, "map") == 0)
			all = arena_printf(v->arena, "%s%s\n", all, v->args->given[i].value);
	return all;
}

static int
run(const struct cmd_args *a)
{
	const char *file = a->arg[0], *map;
	struct reading r = { .file = file };
	struct err e = ERR_INIT;
	struct import_file in[IMPORT_KINDS] = { { NULL, NULL, 0 } };
	struct view v;
	int status;

	if ((status = view_open(&v, a, LEDGER_HAND)) != CMD_OK)
		return status;
	map = map_of(&v);
	if (!import_read(in, &file, 1, &e) || !told_csv(file, in[0].p, in[0].n, map, v.arena, line, &r, &e))
		status = cmd_fail(a, CMD_USAGE, "%s", e.text);
	else if (r.good == 0)
		status = cmd_fail(a, CMD_FAILED, "%s: no line that can be used", file);
	else if ((status = give(&v, file, map, in[0].p, in[0].n)) == CMD_OK && r.bad > 0)
		status = CMD_FAILED;
	import_read_free(in);
	view_close(&v);
	return status;
}

static const struct cmd_opt options[] = {
	{ "map", "FIELD=COLUMN", "which column says it: ip, name, url, account, port, problem, "
	    "malware, cve, type, sent, observed, ticket", true },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_learn = {
	.name = "learn",
	.operands = "FILE.csv",
	.least = 1,
	.most = 1,
	.opt = options,
	.run = run,
	.summary = "take as told what another system had warned of",
	.help = "FILE.csv has a line for each event that was warned of, as IntelMQ's EventDB and Mailgen\n"
	    "export it: source.ip, source.fqdn or source.url; source.port; classification.identifier\n"
	    "(or malware.name, or classification.type); sent_at, else time.observation, else\n"
	    "time.source; ticket_number.  Other columns are passed over; --map names others.\n"
	    "\n"
	    "A case of it that is due counts as told then, and one that is yet to come will: it is\n"
	    "silent until its interval is over, and then a reminder.\n",
};
