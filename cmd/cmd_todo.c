/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin todo: everything that waits for a human, oldest first, each with the
 * command that settles it.  Held cases of one organisation with one reason are
 * one thing to do, however many they are.
 */
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "cmd/contacts.h"
#include "cmd/keys.h"
#include "cmd/list.h"
#include "cmd/rows.h"
#include "cmd/settle.h"
#include "cmd/story.h"
#include "cmd/view.h"
#include "flatjson.h"
#include "4-decide/rule.h"
#include "ledger/ledger_campaign.h"
#include "mem.h"
#include "timefmt.h"
#include <tocsin/slice.h>

static const struct list_col cols[] = {
	{ "since", "SINCE", LIST_TIME, 0 },
	{ "age", "AGE", LIST_TEXT, 0 },
	{ "what", "WHAT", LIST_TEXT, 0 },
	{ "subject", "SUBJECT", LIST_TEXT, LIST_CUT },
	{ "n", "N", LIST_NUMBER, 0 },
	{ "reason", NULL, LIST_TEXT, 0 },
	{ "why", "WHY", LIST_TEXT, LIST_CUT },
	{ "command", "TO SETTLE IT", LIST_TEXT, 0 },
	{ NULL, NULL, 0, 0 }
};

struct todo {
	int64_t		 since;
	const char	*what, *subject, *reason, *why, *command;
	uint32_t	 org, n, id;
	uint8_t		 code;
};

struct todos {
	struct view	*v;
	struct todo	*t;
	uint32_t	 n, cap;
};

static struct todo *
add(struct todos *x, int64_t since, const char *what)
{
	if (x->n == x->cap)
		x->t = xrealloc(x->t, (x->cap = x->cap * 2 + 32) * sizeof *x->t);
	x->t[x->n] = (struct todo){ .since = since, .what = what, .subject = "", .reason = "", .why = "",
	    .command = "", .n = 1 };
	return &x->t[x->n++];
}

/* ---- cases */

static bool
held_case(void *arg, const struct case_row *r)
{
	struct todos *x = arg;
	struct arena *a = x->v->arena;
	char where[SUBJECT_TEXT];
	struct todo *t;
	uint32_t i;

	for (i = 0; r->c.key.org != 0 && i < x->n; i++)
		if (x->t[i].org == r->c.key.org && x->t[i].code == r->c.reason) {
			x->t[i].n++;
			x->t[i].since = r->changed < x->t[i].since ? r->changed : x->t[i].since;
			return true;
		}
	t = add(x, r->changed, r->c.key.org == 0 ? "conflict" : "held case");
	t->org = r->c.key.org;
	t->code = r->c.reason;
	t->id = r->c.id;
	t->subject = arena_printf(a, "%s%s%s at %s", r->org, *r->org ? ": " : "",
	    ledger_text(x->v->l, DICT_PROBLEM, r->c.key.problem), case_subject(x->v->l, &r->c, where));
	t->command = arena_strdup(a, r->org);
	if (t->code < WHY_MAX) {
		t->reason = case_reason_names[t->code];
		t->why = case_reason_text[t->code];
	}
	return true;
}

static void
settle_cases(struct todos *x)
{
	struct arena *a = x->v->arena;
	struct todo *t;

	for (t = x->t; t < x->t + x->n; t++) {
		if (t->id == 0)
			continue;
		if (t->n > 1) {
			t->subject = arena_printf(a, "%s: %u cases", t->command, t->n);
			t->what = "held cases";
		}
		t->command = t->n > 1 ? arena_printf(a, "%stocsin release organisation:%s",
		    settle_first(t->code), t->command) : arena_printf(a, "%stocsin release case:%u",
		    settle_first(t->code), t->id);
	}
}

/* ---- what was closed or muted and is still seen: a silence is somebody's to end */

static bool
silenced_case(void *arg, const struct case_row *r)
{
	struct todos *x = arg;
	struct arena *a = x->v->arena;
	char where[SUBJECT_TEXT], day[TIME_TEXT];
	const struct tcase *c = &r->c;
	struct todo *t = add(x, r->changed, c->told == TOLD_MUTED ? "muted case" : "answered case");
	unsigned why = c->told == TOLD_MUTED ? WHY_MUTED : answer_reason((enum answer)c->answer);

	t->subject = arena_printf(a, "%s%s%s at %s", r->org, *r->org ? ": " : "",
	    ledger_text(x->v->l, DICT_PROBLEM, c->key.problem), case_subject(x->v->l, c, where));
	t->reason = case_reason_names[why];
	t->why = case_reason_text[why];
	if (c->until != 0) {
		time_utc(c->until * NS, day);
		t->why = arena_printf(a, "%s: %s", t->why, day);
	}
	t->command = arena_printf(a, "%stocsin reopen %u", settle_first(why), c->id);
	return true;
}

/* ---- the rest */

static bool
quarantined(void *arg, const struct quarantine_row *r)
{
	struct todos *x = arg;
	struct todo *t = add(x, r->at, r->n == 0 ? "unread input" : "unread records");
	struct arena *a = x->v->arena;

	t->n = r->n == 0 ? 1 : r->n;
	t->subject = arena_printf(a, "%s %s%s%s", r->source, r->name, *r->member ? "/" : "", r->member);
	t->reason = "quarantine";
	t->why = arena_printf(a, "%s%s%s", r->reason, *r->detail ? ": " : "", r->detail);
	t->command = arena_printf(a, "tocsin quarantine show %u; then replay or drop", r->id);
	return true;
}

static bool
held_warning(void *arg, const struct warning_row *r)
{
	struct todos *x = arg;
	struct arena *a = x->v->arena;
	struct todo *t;
	bool sent;

	if (ledger_campaign_of(x->v->l, r->w.id, &sent) != 0 && !sent)
		return true;
	t = add(x, r->w.made, "held warning");

	t->subject = arena_printf(a, "%s: %s to %s", r->org, r->w.number, r->w.recipient);
	t->reason = "held";
	t->why = *r->reply ? arena_strdup(a, r->reply) : "held by hand";
	t->command = arena_printf(a, "tocsin release warning:%s", r->w.number);
	return true;
}

static bool
hold(void *arg, const struct hold_row *r)
{
	struct todos *x = arg;
	struct todo *t = add(x, r->since, "hold");
	struct arena *a = x->v->arena;
	const char *why = flat_get(a, r->args, "why");

	t->subject = arena_strdup(a, r->what);
	t->reason = "held";
	t->why = arena_printf(a, "by %s (order %u)%s%s", r->who, r->audit, why ? ": " : "", why ? why : "");
	t->command = arena_printf(a, "tocsin release %s", r->what);
	return true;
}

static bool
alarm_one(void *arg, const char *key, const char *text, int64_t at)
{
	struct todos *x = arg;
	struct todo *t = add(x, at, "alarm");

	t->subject = arena_strdup(x->v->arena, key);
	t->reason = "alarm";
	t->why = arena_strdup(x->v->arena, text);
	t->command = tcs_starts(tcs_str(key), "coverage:") ?
	    "tocsin inputs --coverage; fetch what is missing" :
	    "mend the cause; it clears itself";
	return true;
}

/* Verifications that no longer hold, an organisation a line: what lies there is nobody's until then. */
static bool
verify_again(struct todos *x, struct err *e)
{
	struct registry *reg = ledger_registry(x->v->l, e);
	int64_t now = clock_now();
	struct todo *t = NULL;
	uint32_t i, first = x->n;

	for (i = 0; reg != NULL && i < reg->nasset; i++) {
		const struct asset *a = &reg->asset[i];
		const struct org *o = registry_org(reg, a->org);

		if (!a->verified || a->role == ROLE_NONE || asset_verified(a, now) || o == NULL)
			continue;
		for (t = x->t + first; t < x->t + x->n && t->org != a->org; t++)
			;
		if (t == x->t + x->n) {
			t = add(x, a->verify_until / NS, "verification");
			t->org = a->org;
			t->n = 0;
			t->subject = arena_printf(x->v->arena, "%s: %s", o->key, a->text);
			t->reason = "verify-again";
			t->why = "it was verified until then; it counts as unverified now";
			t->command = "verify it, and import it with a new verify_until";
		}
		t->n++;
	}
	registry_free(reg);
	return reg != NULL;
}

static bool
order_waits(void *arg, const struct order_row *r)
{
	struct todos *x = arg;
	struct todo *t = add(x, r->o.at, "order");
	struct arena *a = x->v->arena;

	t->subject = arena_printf(a, "%u: %s %s", r->o.id, r->o.verb, r->o.args);
	t->reason = "no-decider";
	t->why = arena_printf(a, "given by %s; no tocsin run applies it", r->o.who);
	t->command = "start tocsin run";
	return true;
}

static bool
mail_waits(void *arg, const struct mail_row *m)
{
	struct todos *x = arg;
	struct todo *t = add(x, m->at, m->kind < MAIL_KINDS ? mail_kind_names[m->kind] : "mail");
	struct arena *a = x->v->arena;

	t->subject = arena_printf(a, "%s: %s", *m->sender ? m->sender : "nobody", m->subject);
	t->reason = "mail";
	t->why = arena_strdup(a, m->why);
	t->command = arena_printf(a, "tocsin answers show %u; then tocsin answers close %u", m->id, m->id);
	return true;
}

static void
contact_ails(void *arg, const struct contact_row *r)
{
	struct todos *x = arg;
	struct arena *a = x->v->arena;
	struct todo *t;

	if (r->state == CONTACT_GOOD)
		return;
	t = add(x, r->since, "contact");
	t->subject = arena_printf(a, "%s: %s", r->o->key, r->address);
	t->reason = contact_state_names[r->state];
	t->why = r->why;
	t->command = arena_printf(a, "%stocsin contact confirm %s %s", r->state == CONTACT_UNCONFIRMED ?
	    "ask; then " :
	    "correct it: tocsin org import; or ", r->o->key, r->address);
}

/* Its held warnings are one thing to do. */
static bool
campaigns(struct todos *x, struct err *e)
{
	static const char *const next[] = { "prepare", "approve", "send" };
	struct campaign *c;
	uint32_t i, n;

	if (!ledger_campaigns(x->v->l, x->v->arena, &c, &n, e))
		return false;
	for (i = 0; i < n; i++) {
		struct todo *t;

		if (c[i].state > CAMPAIGN_APPROVED)
			continue;
		t = add(x, c[i].approved != 0 ? c[i].approved : c[i].made, "campaign");
		t->subject = arena_printf(x->v->arena, "%s: %s", c[i].name, c[i].what);
		t->reason = campaign_state_names[c[i].state];
		t->why = arena_printf(x->v->arena, "%s%s%s", campaign_state_names[c[i].state],
		    *c[i].note ? ": " : "", c[i].note);
		t->command = arena_printf(x->v->arena, "tocsin campaign show %s; then %s%s", c[i].name,
		    c[i].state == CAMPAIGN_APPROVED ? "tocsin campaign send " : arena_printf(x->v->arena,
		    "tocsin campaign %s ", next[c[i].state]), c[i].name);
	}
	return true;
}

static void
key_ails(void *arg, const struct key_row *r)
{
	struct todos *x = arg;
	struct arena *a = x->v->arena;
	struct todo *t = add(x, r->since != 0 ? r->since : clock_now() / NS, "key");

	t->subject = arena_printf(a, "%s: %s%s%s", r->whose, r->address, *r->address != '\0' ? ": " : "",
	    r->text);
	t->reason = "key";
	t->why = arena_printf(a, "the key %s", r->ails);
	t->command = r->own ? "get a new one, and name it in the section sign of the configuration" :
	    "ask for a new one; then tocsin org import";
}

static bool
keys(struct todos *x, struct err *e)
{
	struct registry *reg = ledger_registry(x->v->l, e);

	if (reg != NULL)
		keys_each(x->v, reg, clock_now() / NS, key_ails, x);
	registry_free(reg);
	return reg != NULL;
}

static int
by_age(const void *p, const void *q)
{
	const struct todo *a = p, *b = q;

	if (a->since != b->since)
		return a->since < b->since ? -1 : 1;
	return strcmp(a->what, b->what) != 0 ? strcmp(a->what, b->what) : a->id < b->id ? -1 : a->id > b->id;
}

static bool
gather(struct todos *x, struct err *e)
{
	struct quarantine_filter q = quarantine_filter_any;
	struct warning_filter w = warning_filter_any;
	struct case_filter c = case_filter_any;
	const struct mail_filter m = { 0, MAIL_OPEN, ANY };
	struct ledger *l = x->v->l;

	q.state = Q_OPEN;
	w.state = W_HELD;
	c.told = TOLD_HELD;
	if (!ledger_cases_each(l, &c, held_case, x, e))
		return false;
	settle_cases(x);
	c = case_filter_any;
	c.silenced = true;
	if (!ledger_cases_each(l, &c, silenced_case, x, e))
		return false;
	if (!ledger_quarantine_each(l, &q, quarantined, x, e) ||
	    !ledger_warnings_each(l, &w, held_warning, x, e) || !ledger_holds_each(l, hold, x, e) ||
	    !verify_again(x, e) || !ledger_alarms_each(l, alarm_one, x, e) ||
	    !ledger_mails_each(l, &m, mail_waits, x, e) ||
	    !keys(x, e) || !contacts_each(x->v, clock_now() / NS, contact_ails, x, e) ||
	    !campaigns(x, e))
		return false;
	return ledger_decider(x->v->cfg->ledger) > 0 || ledger_orders_each(l, 0, true, order_waits, x, e);
}

/* To the hour past a day. */
static const char *
age(struct arena *a, int64_t since)
{
	char text[TIME_TEXT];
	int64_t s = clock_now() / NS - since;

	duration_text(s < 0 ? 0 : s >= DAY ? s / 3600 * 3600 : s / 60 * 60, text);
	return arena_strdup(a, text);
}

static void
show(struct todos *x)
{
	struct list *t = list_new(cols, x->v->args->json, stdout, list_width());
	uint32_t i;

	if (x->n > 0)
		qsort(x->t, x->n, sizeof *x->t, by_age);
	for (i = 0; i < x->n; i++) {
		list_time(t, "since", x->t[i].since);
		list_text(t, "age", age(x->v->arena, x->t[i].since));
		list_text(t, "what", x->t[i].what);
		list_text(t, "subject", x->t[i].subject);
		list_number(t, "n", x->t[i].n);
		list_some(t, "reason", x->t[i].reason);
		list_some(t, "why", x->t[i].why);
		list_text(t, "command", x->t[i].command);
		list_row(t);
	}
	list_end(t, "nothing waits for you");
}

static int
run(const struct cmd_args *a)
{
	struct err e = ERR_INIT;
	struct todos x;
	struct view v;
	int status;
	bool good;

	if ((status = view_open(&v, a, LEDGER_READ)) != CMD_OK)
		return status;
	x = (struct todos){ .v = &v };
	if ((good = gather(&x, &e)))
		show(&x);
	free(x.t);
	return view_done(&v, good, &e);
}

const struct cmd cmd_todo = {
	.name = "todo",
	.operands = "",
	.run = run,
	.summary = "list what waits for a human, with the command that settles it",
	.help = "Oldest first: conflicts, held cases (those of one organisation with one reason are\n"
	    "one line), campaigns, cases that were muted or answered and are still seen, inputs and\n"
	    "records in quarantine, held warnings, holds, alarms, keys that have expired or soon will, and\n"
	    "orders that no `tocsin run` applies.\n",
};
