/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin rematch: a new member hears of what the last days' inputs say of it.
 * An order that the decider applies; with --dry-run the inputs are read here,
 * and what would come is listed.
 */
#include <stdlib.h>
#include <string.h>
#include "1-fetch/spool.h"
#include "clock.h"
#include "cmd/list.h"
#include "cmd/order.h"
#include "cmd/rows.h"
#include "rematch.h"
#include "timefmt.h"

static const struct list_col cols[] = {
	{ "observed", "OBSERVED", LIST_TIME, 0 }, { "subject", "SUBJECT", LIST_TEXT, LIST_CUT },
	{ "port", "PORT", LIST_NUMBER, 0 }, { "identifier", "WHAT", LIST_TEXT, LIST_CUT },
	{ "severity", "SEVERITY", LIST_TEXT, 0 }, { "feed", "FEED", LIST_TEXT, 0 },
	{ "asset", "ASSET", LIST_TEXT, 0 }, { "input", NULL, LIST_NUMBER, 0 }, { NULL, NULL, 0, 0 }
};

struct dry { struct view *v; struct list *t; };

static const char *
text_of(struct arena *a, const struct fvalue *v)
{
	return v->form != VF_NONE ? arena_strndup(a, v->text.p, v->text.n) : "";
}

static void
one(void *arg, const struct input *in, const struct finding *f, const struct judgement *j)
{
	struct dry *x = arg;
	struct arena *a = x->v->arena;
	char ip[IP_TEXT];

	if (f->has_ip)
		ip_text(&f->ip, ip);
	if (f->observed != TIME_NONE)
		list_time(x->t, "observed", f->observed / NS);
	list_text(x->t, "subject", f->name.n > 0 ? arena_strndup(a, f->name.p,
	    f->name.n) : f->has_ip ? ip : "");
	if (f->f[TCS_F_SOURCE_PORT].form != VF_NONE)
		list_number(x->t, "port", f->f[TCS_F_SOURCE_PORT].i);
	list_some(x->t, "identifier", text_of(a, &f->f[TCS_F_CLASSIFICATION_IDENTIFIER]));
	list_some(x->t, "severity", severity_names[f->severity]);
	list_text(x->t, "feed", ledger_text(x->v->l, DICT_FEED, in->feed));
	list_text(x->t, "asset", j->winner->text);
	list_number(x->t, "input", in->id);
	list_row(x->t);
}

static bool
read_all(struct dry *x, struct rematch *r, struct spool **spool, struct plugins **plugins, struct err *e)
{
	struct config *c = x->v->cfg;

	return (*plugins = plugins_find(c->plugins, e)) != NULL &&
	    (r->sources = sources_open(c, *plugins, e)) != NULL && (*spool = spool_open(c->spool,
	    e)) != NULL &&
	    (sources_spool(r->sources, *spool), true) &&
	    (r->stages = stages_of_config(c, *plugins, c->arena, e)) != NULL &&
	    stages_load(r->stages, r->registry, e);
}

static int
dry_run(struct view *v, struct registry *reg, const struct org *o, int64_t since)
{
	struct dry x = { v, list_new(cols, v->args->json, stdout, list_width()) };
	struct rematch r = { .config = v->cfg, .ledger = v->l, .registry = reg, .org = o->id, .since = since,
		.each = one, .arg = &x };
	struct rematch_sum sum = { 0 };
	struct plugins *plugins = NULL;
	struct spool *spool = NULL;
	struct err e = ERR_INIT;
	bool good = read_all(&x, &r, &spool, &plugins, &e) && rematch(&r, &sum, &e);

	list_end(x.t, good ? "nothing of it in those inputs" : NULL);
	if (good && !v->args->json)
		printf("%u inputs, %llu findings in them; %llu of %s, %llu known already; %u inputs could "
		    "not be read\n", (unsigned)sum.inputs, (unsigned long long)sum.records,
		    (unsigned long long)sum.fresh, o->key, (unsigned long long)sum.already,
		    (unsigned)sum.unread);
	if (r.stages != NULL)
		stages_close(r.stages);
	sources_close(r.sources);
	if (spool != NULL)
		spool_close(spool);
	if (plugins != NULL)
		plugins_free(plugins);
	return good ? CMD_OK : cmd_fail(v->args, CMD_FAILED, "%s", e.text);
}

static int
give(struct view *v, const struct org *o, int64_t since)
{
	char when[TIME_TEXT];
	struct buf b;
	int status;

	time_iso(since * NS, when);
	buf_init(&b);
	buf_str(&b, "{\"organisation\":");
	buf_json_str(&b, o->key);
	buf_printf(&b, ",\"since\":\"%s\"", when);
	if (cmd_value(v->args, "why") != NULL) {
		buf_str(&b, ",\"why\":");
		buf_json_str(&b, cmd_value(v->args, "why"));
	}
	buf_char(&b, '}');
	status = order_give(v, REMATCH_VERB, b.p, o->key);
	buf_free(&b);
	return status;
}

static int
run(const struct cmd_args *a)
{
	const char *text = cmd_value(a, "since") != NULL ? cmd_value(a, "since") : "14d";
	bool dry = cmd_has(a, "dry-run");
	struct registry *reg = NULL;
	const struct org *o;
	struct err e = ERR_INIT;
	int64_t since;
	struct view v;
	int status;

	if (!when_parse(text, false, clock_now(), &since))
		return cmd_fail(a, CMD_USAGE, "--since %s: expected a date, a moment, or how long ago (14d)",
		    text);
	if ((status = view_open(&v, a, dry ? LEDGER_READ : LEDGER_HAND)) != CMD_OK)
		return status;
	if ((reg = ledger_registry(v.l, &e)) == NULL)
		status = cmd_fail(a, CMD_FAILED, "%s", e.text);
	else if ((o = registry_org_key(reg, a->arg[0])) == NULL || o->id >= LADDER_FIRST)
		status = cmd_fail(a, CMD_FAILED, "there is no organisation %s; tocsin org list shows them",
		    a->arg[0]);
	else
		status = dry ? dry_run(&v, reg, o, since) : give(&v, o, since);
	registry_free(reg);
	view_close(&v);
	return status;
}

static const struct cmd_opt options[] = {
	{ "since", "WHEN", "inputs that arrived since: a date, a moment, or how long ago; 14d when not given",
	    false },
	{ "dry-run", NULL, "list what would come, write nothing", false },
	{ "why", "TEXT", "for the audit log", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_rematch = {
	.name = "rematch",
	.operands = "ORGANISATION",
	.least = 1,
	.most = 1,
	.opt = options,
	.run = run,
	.summary = "read the last days' inputs again for a new member",
	.help = "What is the organisation's by today's registry becomes cases, and warnings by the policy\n"
	    "as if it had been registered when the inputs came. What is a sighting of its cases already is\n"
	    "passed over, so the same order again changes nothing; nobody else's cases change. An asset\n"
	    "must be valid when the problem was observed: give it a valid_from before that, or none.\n",
};
