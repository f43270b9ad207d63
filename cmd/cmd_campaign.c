/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin campaign: one occasion told as a whole.  Listing and showing read the
 * ledger; everything else is an order.  What a person approves is the hash of
 * what lies in the ledger now, read here.
 */
#include <stdlib.h>
#include <string.h>
#include "buf.h"
#include "campaign.h"
#include "cmd/list.h"
#include "cmd/order.h"
#include "cmd/rows.h"
#include "cmd/story.h"
#include "registry_import.h"
#include "timefmt.h"

enum verb { V_LIST, V_SHOW, V_NEW, V_PREPARE, V_APPROVE, V_SEND, V_DROP, V_STATUS };
static const char *const verbs[] = { "list", "show", "new", "prepare", "approve", "send", "drop", "status",
    NULL };

static const struct list_col cols[] = {
	{ "name", "NAME", LIST_TEXT, 0 },
	{ "what", "ABOUT", LIST_TEXT, LIST_CUT },
	{ "state", "STATE", LIST_TEXT, 0 },
	{ "round", "ROUND", LIST_NUMBER, 0 },
	{ "rounds", NULL, LIST_TEXT, 0 },
	{ "cases", "CASES", LIST_NUMBER, 0 },
	{ "warnings", "WARNINGS", LIST_NUMBER, 0 },
	{ "next", "NEXT", LIST_TIME, 0 },
	{ "made", NULL, LIST_TIME, 0 },
	{ "creator", "BY", LIST_TEXT, 0 },
	{ "approver", "APPROVED BY", LIST_TEXT, 0 },
	{ "hash", NULL, LIST_TEXT, 0 },
	{ "note", NULL, LIST_TEXT, 0 },
	{ NULL, NULL, 0, 0 }
};

static bool
list_one(struct view *v, struct list *t, const struct campaign *c, struct err *e)
{
	uint32_t *ids, ncase, nwarning;

	if (!ledger_campaign_cases(v->l, v->arena, c->id, &ids, &ncase, e) ||
	    !ledger_campaign_warnings(v->l, v->arena, c->id, c->round, &ids, &nwarning, e))
		return false;
	list_text(t, "name", c->name);
	list_text(t, "what", c->what);
	list_text(t, "state", c->state < CAMPAIGN_STATES ? campaign_state_names[c->state] : NULL);
	list_number(t, "round", c->round);
	list_text(t, "rounds", c->rounds);
	list_number(t, "cases", ncase);
	list_number(t, "warnings", nwarning);
	if (c->next != 0)
		list_time(t, "next", c->next);
	list_time(t, "made", c->made);
	list_text(t, "creator", c->creator);
	list_some(t, "approver", c->approver);
	list_some(t, "hash", c->hash);
	list_some(t, "note", c->note);
	list_row(t);
	return true;
}

static bool
list_all(struct view *v, const char *name, struct err *e)
{
	struct list *t = list_new(cols, v->args->json, stdout, list_width());
	struct campaign *c;
	uint32_t i, n;
	bool good = ledger_campaigns(v->l, v->arena, &c, &n, e);

	for (i = 0; good && i < n; i++)
		if (name == NULL || strcmp(name, c[i].name) == 0)
			good = list_one(v, t, &c[i], e);
	list_end(t, good ? "there is no campaign" : NULL);
	return good;
}

/* ---- one, with what it would send */

static bool
warning_line(void *arg, const struct warning_row *r)
{
	void **q = arg;

	warning_cells(q[0], q[1], r);
	list_row(q[0]);
	return true;
}

static void
head(const struct campaign *c)
{
	char when[STORY_TIME];

	printf("campaign %s: %s; %s, round %u of those after %s s; by %s (order %u)\n", c->name, c->what,
	    campaign_state_names[c->state], c->round, c->rounds, c->creator, c->audit);
	if (*c->hash)
		printf("  hash of recipients and bytes: %s\n", c->hash);
	if (*c->approver)
		printf("  approved by %s, %s\n", c->approver, story_when(c->approved, when));
	if (*c->note)
		printf("  an approval was void: %s\n", c->note);
	if (c->next != 0)
		printf("  its next round is prepared %s\n", story_when(c->next, when));
	if (c->state == CAMPAIGN_PROPOSED)
		printf("  to go on: tocsin campaign prepare %s; or drop\n", c->name);
	if (c->state == CAMPAIGN_PREPARED)
		printf("  to go on: a second person looks at them (tocsin warnings show N), then "
		    "tocsin campaign approve %s\n", c->name);
	if (c->state == CAMPAIGN_APPROVED)
		printf("  to go on: tocsin campaign send %s\n", c->name);
}

static bool
get(struct view *v, const char *name, struct campaign *c, struct err *e)
{
	bool got;

	return ledger_campaign_get(v->l, v->arena, name, c, &got, e) &&
	    (got || err_set(e, "there is no campaign \"%s\"; `tocsin campaign list` shows them", name));
}

static bool
show(struct view *v, const char *name, struct err *e)
{
	struct warning_filter f = warning_filter_any;
	struct campaign c;
	struct list *t;
	uint32_t *ids, n, i;
	bool good = get(v, name, &c, e) &&
	    ledger_campaign_warnings(v->l, v->arena, c.id, c.round, &ids, &n, e);
	void *arg[2];

	if (!good)
		return false;
	if (!v->args->json)
		head(&c);
	t = list_new(warning_cols, v->args->json, stdout, list_width());
	arg[0] = t;
	arg[1] = v->l;
	for (i = 0; good && i < n; i++) {
		f.id = ids[i];
		good = ledger_warnings_each(v->l, &f, warning_line, arg, e);
	}
	list_end(t, good && !v->args->json ? "no warning of this round is made yet" : NULL);
	return good;
}

/* ---- orders */

static void
member(struct buf *b, const char *key, const char *value)
{
	if (value == NULL)
		return;
	buf_printf(b, "%s\"%s\":", b->n > 1 ? "," : "", key);
	buf_json_str(b, value);
}

/* "0d,7d,30d" as seconds after the first, growing. */
static const char *
rounds(struct view *v, const char *text, struct err *e)
{
	struct tcs_slice rest = tcs_str(text), part;
	const char *out = "";
	int64_t s, last = -1;

	while (tcs_cut(&rest, ',', &part)) {
		part = tcs_trim(part);
		if (!duration_parse(part.p, part.n, &s) || s <= last || (last < 0 && s != 0)) {
			err_set(e, "--rounds \"%s\": expected durations that grow, the first 0d, such as "
			    "0d,7d,30d", text);
			return NULL;
		}
		out = arena_printf(v->arena, "%s%s%lld", out, *out ? "," : "", (long long)s);
		last = s;
	}
	return out;
}

/* "problem:X" and so on; exactly one was given. */
static const char *
about(struct view *v, struct err *e)
{
	static const char *const kinds[] = { "problem", "cve", "identifier", "input", "list" };
	const char *what = NULL, *value;
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if ((value = cmd_value(v->args, kinds[i])) == NULL)
			continue;
		if (what != NULL) {
			err_set(e, "a campaign is about one thing: %s, or %s:%s", what, kinds[i], value);
			return NULL;
		}
		what = arena_printf(v->arena, "%s:%s", kinds[i], value);
	}
	if (what == NULL)
		err_set(e, "about what? --problem, --cve, --identifier, --input or --list");
	return what;
}

static int
put(struct view *v, const char *verb, struct buf *b, const struct import_file *list, const char *name)
{
	struct order o = { .who = order_who(v->arena), .verb = verb };
	struct err e = ERR_INIT;

	buf_char(b, '}');
	o.args = b->p;
	if (list != NULL && list->p != NULL) {
		o.payload = list->p;
		o.npayload = list->n;
	}
	if (!ledger_order_put(v->l, &o, &e))
		return cmd_fail(v->args, CMD_FAILED, "%s", e.text);
	order_tell(v, &o, name);
	return CMD_OK;
}

static int
make(struct view *v, const char *name)
{
	const char *file = cmd_value(v->args, "list"), *round = cmd_value(v->args, "rounds"), *what;
	struct import_file in[IMPORT_KINDS] = { { NULL, NULL, 0 } };
	struct err e = ERR_INIT;
	struct buf b;
	int status = CMD_USAGE;

	buf_init(&b);
	buf_char(&b, '{');
	member(&b, "name", name);
	if ((what = about(v, &e)) == NULL || (file != NULL && !import_read(in, &file, 1, &e)) ||
	    (round = rounds(v, round != NULL ? round : "0d", &e)) == NULL)
		cmd_fail(v->args, 0, "%s", e.text);
	else {
		member(&b, "what", what);
		member(&b, "template", cmd_value(v->args, "template"));
		member(&b, "rounds", round);
		member(&b, "why", cmd_value(v->args, "why"));
		status = put(v, "campaign-new", &b, &in[0], name);
	}
	import_read_free(in);
	buf_free(&b);
	return status;
}

static int
order(struct view *v, enum verb verb, const char *name)
{
	struct campaign c;
	struct err e = ERR_INIT;
	char hash[65];
	struct buf b;
	int status;

	if (!get(v, name, &c, &e) || !campaign_hash(v->l, &c, hash, &e))
		return cmd_fail(v->args, CMD_FAILED, "%s", e.text);
	buf_init(&b);
	buf_char(&b, '{');
	member(&b, "name", name);
	if (verb == V_APPROVE)
		member(&b, "hash", hash);
	member(&b, "why", cmd_value(v->args, "why"));
	status = put(v, arena_printf(v->arena, "campaign-%s", verbs[verb]), &b, NULL, name);
	if (verb == V_APPROVE && status == CMD_OK && !v->args->json)
		printf("hash %s\n", hash);
	buf_free(&b);
	return status;
}

static int
run(const struct cmd_args *a)
{
	struct err e = ERR_INIT;
	int verb = a->narg > 0 ? word_find("campaign verb", a->arg[0], verbs, &e) : V_LIST, status;
	const char *name = a->narg > 1 ? a->arg[1] : NULL;
	bool reads = verb == V_LIST || verb == V_SHOW || verb == V_STATUS, good;
	struct view v;

	if (verb < 0)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	if (name == NULL && verb != V_LIST && verb != V_STATUS)
		return cmd_fail(a, CMD_USAGE, "%s which? Expected the name of a campaign", verbs[verb]);
	if ((status = view_open(&v, a, reads ? LEDGER_READ : LEDGER_HAND)) != CMD_OK)
		return status;
	if (reads) {
		good = verb == V_SHOW ? show(&v, name, &e) : list_all(&v, name, &e);
		return view_done(&v, good, &e);
	}
	status = verb == V_NEW ? make(&v, name) : order(&v, (enum verb)verb, name);
	view_close(&v);
	return status;
}

static const struct cmd_opt options[] = {
	{ "problem", "NAME", "new: about this problem", false },
	{ "cve", "CVE", "new: about cases that name it", false },
	{ "identifier", "NAME", "new: about what a feed calls so", false },
	{ "input", "N", "new: about the cases that this input saw", false },
	{ "list", "FILE", "new: about the addresses and names that stand in it", false },
	{ "rounds", "LIST", "new: when, after the first, the next rounds follow (0d,7d,30d)", false },
	{ "template", "NAME", "new: its own text, NAME.txt and NAME.html among the templates", false },
	{ "why", "TEXT", "for the audit log", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_campaign = {
	.name = "campaign",
	.operands = "[list | status | show NAME | new NAME | prepare NAME | approve NAME | send NAME | "
	    "drop NAME]",
	.most = 2,
	.opt = options,
	.run = run,
	.summary = "tell one thing to all it concerns, approved by a second person, in rounds",
	.help = "new takes every open case that nobody has answered and that it is about, whenever it was\n"
	    "warned last, and composes the first round: its warnings wait, held.  show lists them, with\n"
	    "the hash of all recipients and bytes.  approve, by another person than made it, approves\n"
	    "that hash; send lets them leave.  When anything changed since - a case ended or was\n"
	    "answered, a contact or an asset is another - nothing leaves: the approval is void, what\n"
	    "changed is said, and the round is prepared anew.\n"
	    "\n"
	    "With --rounds, the next round is prepared at its time for those whose case is still open\n"
	    "and not answered, and waits for approve and send like the first.  Lists that make\n"
	    "thousands of cases worse at once are proposed as campaigns: prepare, or drop.\n",
};
