/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin org import.  The import is run here to show what it would do, and
 * given as an order: the decider that works on the ledger applies it, or this
 * process becomes the decider for one commit when there is none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "cmd/list.h"
#include "cmd/order.h"
#include "cmd/org.h"
#include "5-compose/sign.h"
#include "registry_import.h"
#include "utf8.h"

#define WAIT_S 120			/* for a running decider to get to it */

struct importing {
	const struct cmd_args *a;
	struct view	 v;
	struct import_file file[IMPORT_KINDS];
	struct import_opts opts;
	struct registry	*old;
	struct import	*im;
	struct signer	*keys;
	bool		 dry;
};

/* ---- telling */

static const struct list_col change_cols[] = {
	{ "did", "", LIST_TEXT, 0 }, { "kind", "KIND", LIST_TEXT, 0 },
	{ "organisation", "ORGANISATION", LIST_TEXT, 0 }, { "what", "WHAT", LIST_TEXT, LIST_CUT },
	{ "detail", "DIFFERENCE", LIST_TEXT, LIST_CUT }, { "file", NULL, LIST_TEXT, 0 },
	{ "line", NULL, LIST_NUMBER, 0 }, { NULL, NULL, LIST_TEXT, 0 }
};

static void
tell_notes(const struct importing *p, struct list *t)
{
	const struct import_note *n;
	struct buf safe;
	uint32_t i;

	buf_init(&safe);
	for (i = 0; i < p->im->nnote; i++) {
		n = &p->im->note[i];
		buf_reset(&safe);
		utf8_safe(&safe, n->text, strlen(n->text));
		fprintf(stderr, "%s:%u: %s%s\n", p->file[n->file].name, (unsigned)n->line,
		    n->refused ? "" : "note: ", safe.p);
		if (!p->a->json)
			continue;
		list_text(t, "did", n->refused ? "refused" : "noted");
		list_text(t, "kind", import_kind_names[n->file]);
		list_text(t, "detail", n->text);
		list_text(t, "file", p->file[n->file].name);
		list_number(t, "line", n->line);
		list_row(t);
	}
	buf_free(&safe);
}

/* For people only where they must decide on it: the first import of a large registry is no list to read. */
static void
tell_changes(const struct importing *p, struct list *t)
{
	const struct import_change *c;
	uint32_t i;

	if (!p->a->json && !p->dry && !p->opts.replace)
		return;
	for (i = 0; i < p->im->nchange; i++) {
		c = &p->im->change[i];
		list_text(t, "did", import_did_names[c->did]);
		list_text(t, "kind", import_kind_names[c->kind]);
		list_text(t, "organisation", c->org);
		list_text(t, "what", c->what);
		list_some(t, "detail", c->detail);
		list_row(t);
	}
}

static void
tell(const struct importing *p)
{
	struct list *t = list_new(change_cols, p->a->json, stdout, p->a->json ? 0 : list_width());

	tell_notes(p, t);
	tell_changes(p, t);
	list_end(t, NULL);
	fflush(stdout);
}

static void
say(const struct importing *p, const char *what, const char *result)
{
	if (p->a->json)
		return;
	printf("%s%s\n", what, result);
}

static void
say_summary(const struct importing *p, const char *what)
{
	struct buf b;

	buf_init(&b);
	import_summary(&b, p->im);
	if (p->im->refused > 0)
		buf_printf(&b, "; %u line%s refused", (unsigned)p->im->refused,
		    p->im->refused == 1 ? "" : "s");
	say(p, what, b.p);
	buf_free(&b);
}

/* ---- the order */

static bool
give(struct importing *p, struct order *o, struct err *e)
{
	struct buf args, payload;
	bool good;

	buf_init(&args);
	buf_init(&payload);
	import_order(&args, &payload, p->file, &p->opts);
	*o = (struct order){ .who = order_who(p->v.arena), .verb = IMPORT_VERB, .args = args.p,
	    .payload = payload.p, .npayload = payload.n };
	good = ledger_order_put(p->v.l, o, e);
	buf_free(&args);
	buf_free(&payload);
	return good;
}

static bool
apply_one(struct ledger *l, const struct order *o, const struct import_opts *keys, struct err *e)
{
	char result[400] = "";

	if (!ledger_begin(l, e))
		return false;
	if (!import_apply(l, o, keys, result, sizeof result, e)) {
		ledger_undo(l);
		return false;
	}
	ledger_order_done(l, o->id, result);
	return ledger_end(l, e);
}

/* As the decider: this order and the imports that waited before it, in their order. */
static bool
apply(struct importing *p, uint32_t id, struct err *e)
{
	struct order *list;
	uint32_t n, i;
	bool good = ledger_orders_open(p->v.l, p->v.arena, &list, &n, e);

	for (i = 0; good && i < n && list[i].id <= id; i++)
		if (strcmp(list[i].verb, IMPORT_VERB) == 0)
			good = apply_one(p->v.l, &list[i], &p->opts, e);
	return good;
}

static int
result(struct importing *p, uint32_t id, bool *there)
{
	const char *text = "";
	struct err e = ERR_INIT;
	int got = ledger_order_result(p->v.l, p->v.arena, id, &text, &e);

	*there = got != 0;
	if (got < 0)
		return cmd_fail(p->a, CMD_FAILED, "%s", e.text);
	if (got == 0)
		return CMD_OK;
	if (strncmp(text, "refused: ", 9) == 0)
		return cmd_fail(p->a, CMD_FAILED, "%s", text);
	say(p, "", text);
	return p->im->refused > 0 ? CMD_FAILED : CMD_OK;
}

/* The ledger anew: as decider, or to give an order where another is. *decides says which. */
static bool
reopen(struct importing *p, bool *decides, struct err *e)
{
	const char *path = p->v.cfg->ledger;
	struct err busy;
	int tries;

	ledger_close(p->v.l);
	p->v.l = NULL;
	for (tries = 0; p->v.l == NULL && tries < 5; tries++) {	/* it may have ended in between */
		busy = (struct err)ERR_INIT;
		p->v.l = ledger_open(path, LEDGER_DECIDE, &busy);
		*decides = p->v.l != NULL;
		if (p->v.l == NULL && ledger_decider(path) > 0)
			p->v.l = ledger_open(path, LEDGER_HAND, &busy);
	}
	return p->v.l != NULL || err_set(e, "%s", busy.text);
}

/* Somebody else decides: it is told, and asked until it has answered, or is there no more (another import,
 * mostly). */
static int
wait_for(struct importing *p, uint32_t id)
{
	static const struct timespec pause = { 0, 100 * 1000 * 1000 };
	long pid = ledger_decider(p->v.cfg->ledger);
	struct err e = ERR_INIT;
	bool there = false, decides = false;
	int status, n;

	if (pid > 0)
		fprintf(stderr, "order %u: tocsin run (pid %ld) applies it with its next commit; "
		    "waiting\n", (unsigned)id, pid);
	for (n = 0; n < WAIT_S * 10; n++) {
		status = result(p, id, &there);
		if (there)
			return status;
		if (ledger_decider(p->v.cfg->ledger) <= 0 &&
		    (!reopen(p, &decides, &e) || (decides && !apply(p, id, &e))))
			return cmd_fail(p->a, CMD_FAILED, "%s", e.text);
		if (!decides)
			nanosleep(&pause, NULL);
	}
	fprintf(stderr, "order %u is still waiting; it is in the audit log and will be applied\n",
	    (unsigned)id);
	return CMD_OK;
}

static int
write_it(struct importing *p)
{
	struct err e = ERR_INIT;
	struct order o;
	bool decides, there;

	if (!reopen(p, &decides, &e) || !give(p, &o, &e) || (decides && !apply(p, o.id, &e)))
		return cmd_fail(p->a, CMD_FAILED, "%s", e.text);
	return decides ? result(p, o.id, &there) : wait_for(p, o.id);
}

/* ---- all */

static int
decide(struct importing *p)
{
	tell(p);
	if (p->im->stop != NULL) {
		say_summary(p, p->dry ? "would be: " : "it would have been: ");
		return cmd_fail(p->a, CMD_FAILED, "%s", p->im->stop);
	}
	if (p->dry || p->im->nchange == 0) {
		say_summary(p, p->im->nchange > 0 ? "would be: " : "");
		return p->im->refused > 0 ? CMD_FAILED : CMD_OK;
	}
	return write_it(p);
}

/* A dry run on a ledger that is not there yet does not make one. */
static bool
old_registry(struct importing *p, struct err *e)
{
	struct err none = ERR_INIT;

	p->v.l = ledger_open(p->v.cfg->ledger, p->dry ? LEDGER_READ : LEDGER_HAND, p->dry ? &none : e);
	if (p->v.l == NULL) {
		FILE *f = p->dry ? fopen(p->v.cfg->ledger, "rb") : NULL;

		if (f != NULL)
			fclose(f);
		return p->dry && f == NULL ? true : p->dry ? err_set(e, "%s", none.text) : false;
	}
	return (p->old = ledger_registry(p->v.l, e)) != NULL;
}

int
org_import(const struct cmd_args *a)
{
	struct importing p = { .a = a, .v = { .args = a }, .dry = cmd_has(a, "dry-run") };
	struct err e = ERR_INIT;
	int status;

	if ((p.v.cfg = config_load(a->config, &e)) == NULL)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	p.v.arena = arena_new();
	p.opts = (struct import_opts){ .replace = cmd_has(a, "replace"), .partial = cmd_has(a, "partial"),
	    .yes = cmd_has(a, "yes"), .allow_documentation = p.v.cfg->allow_documentation };
	p.opts.key = signer_import;
	p.opts.key_arg = p.keys = signer_keys(p.v.cfg);
	if (import_read(p.file, a->arg + 1, (unsigned)a->narg - 1, &e) && old_registry(&p, &e) &&
	    (p.im = import_run(p.old, p.file, &p.opts, &e)) != NULL)
		status = decide(&p);
	else
		status = cmd_fail(a, CMD_FAILED, "%s", e.text);
	import_free(p.im);
	import_read_free(p.file);
	registry_free(p.old);
	signer_close(p.keys);
	view_close(&p.v);
	return status;
}
