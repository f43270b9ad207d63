/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin answers: what came back by mail and what was made of it; the text of
 * what nobody understood, and that a person has dealt with it.
 */
#include <string.h>
#include "cmd/list.h"
#include "cmd/order.h"
#include "cmd/story.h"
#include "cmd/which.h"
#include "ledger/ledger_mail.h"

#define SHOWN 8192			/* bytes of a text, for people */

static const struct list_col cols[] = {
	{ "mail", "ID", LIST_NUMBER, 0 },
	{ "at", "SINCE", LIST_TIME, 0 },
	{ "kind", "KIND", LIST_TEXT, 0 },
	{ "state", "STATE", LIST_TEXT, 0 },
	{ "warning", "WARNING", LIST_TEXT, 0 },
	{ "sender", "SENDER", LIST_TEXT, LIST_CUT },
	{ "subject", NULL, LIST_TEXT, 0 },
	{ "status", NULL, LIST_TEXT, 0 },
	{ "why", "WHY", LIST_TEXT, LIST_CUT },
	{ "order", NULL, LIST_NUMBER, 0 },
	{ "mailbox", NULL, LIST_TEXT, 0 },
	{ "name", NULL, LIST_TEXT, 0 },
	{ NULL, NULL, 0, 0 }
};

struct showing {
	struct view	*v;
	struct list	*t;
	struct story	 s;
	int		 state;			/* of the one shown; -1: not found */
};

static const char *
number_of(struct view *v, uint32_t warning)
{
	struct err e = ERR_INIT;
	struct warning_of w;

	return warning != 0 && ledger_warning_by(v->l, v->arena, warning, &w, &e) ? w.number : "";
}

static bool
one(void *arg, const struct mail_row *m)
{
	struct showing *x = arg;
	struct list *t = x->t;

	list_number(t, "mail", m->id);
	list_time(t, "at", m->at);
	list_text(t, "kind", m->kind < MAIL_KINDS ? mail_kind_names[m->kind] : NULL);
	list_text(t, "state", m->state < MAIL_STATES ? mail_state_names[m->state] : NULL);
	list_some(t, "warning", number_of(x->v, m->warning));
	list_some(t, "sender", m->sender);
	list_some(t, "subject", m->subject);
	list_some(t, "status", m->status);
	list_text(t, "why", m->why);
	if (m->audit != 0)
		list_number(t, "order", m->audit);
	list_text(t, "mailbox", m->mailbox);
	list_text(t, "name", m->name);
	list_row(t);
	return true;
}

static int
all(struct view *v)
{
	struct showing x = { .v = v };
	struct mail_filter f = { 0, ANY, ANY };
	struct err e = ERR_INIT;
	bool good;

	if (!view_state(v, mail_state_names, &f.state)) {
		view_close(v);
		return CMD_USAGE;
	}
	x.t = list_new(cols, v->args->json, stdout, list_width());
	good = ledger_mails_each(v->l, &f, one, &x, &e);
	list_end(x.t, good ? "nothing came back" : NULL);
	return view_done(v, good, &e);
}

static bool
show_one(void *arg, const struct mail_row *m)
{
	struct showing *x = arg;
	struct story *s = &x->s;
	const char *kind = m->kind < MAIL_KINDS ? mail_kind_names[m->kind] : "?",
	    *state = m->state < MAIL_STATES ? mail_state_names[m->state] : "?",
	    *number = number_of(x->v, m->warning);
	char when[STORY_TIME];

	x->state = m->state;
	story_number(s, "mail", m->id);
	story_text(s, "kind", kind);
	story_text(s, "state", state);
	story_text(s, "sender", m->sender);
	story_text(s, "subject", m->subject);
	story_text(s, "status", m->status);
	story_text(s, "warning", number);
	story_time(s, "at", m->at);
	story_text(s, "why", m->why);
	story_tell(s, 0, "mail", "mail %u: %s (%s): %s", m->id, kind, state, m->why);
	story_head(s, 1, "taken %s from %s, %s", story_when(m->at, when), m->mailbox, m->name);
	story_head(s, 1, "from %s", *m->sender ? m->sender : "nobody");
	story_head(s, 1, "subject %s", *m->subject ? m->subject : "none");
	if (*number)
		story_head(s, 1, "about warning %s", number);
	if (m->audit != 0)
		story_head(s, 1, "it became order %u (`tocsin explain order:%u`)", m->audit, m->audit);
	story_show(s, 1, "text", m->text, strlen(m->text), SHOWN);
	if (m->state == MAIL_OPEN)
		story_head(s, 1, "when it is dealt with: `tocsin answers close %u`", m->id);
	return true;
}

static int
show(struct view *v, uint32_t id)
{
	struct showing x = { .v = v, .state = -1 };
	const struct mail_filter f = { id, ANY, ANY };
	struct err e = ERR_INIT;
	bool good;

	story_begin(&x.s, stdout, v->args->json);
	good = ledger_mails_each(v->l, &f, show_one, &x, &e);
	if (good && x.state < 0)
		good = err_set(&e, "there is no mail %u; `tocsin answers` lists what came back", id);
	story_end(&x.s);
	return view_done(v, good, &e);
}

static bool
take_state(void *arg, const struct mail_row *m)
{
	*(int *)arg = m->state;
	return false;
}

static int
finish(struct view *v, uint32_t id)
{
	const struct mail_filter f = { id, ANY, ANY };
	const char *text = arena_printf(v->arena, "%u", id);
	struct err e = ERR_INIT;
	int state = -1, status;

	if (!ledger_mails_each(v->l, &f, take_state, &state, &e))
		return view_done(v, false, &e);
	if (state == MAIL_OPEN)
		status = order_give(v, "mail-close", order_args(v->arena, "mail", text, cmd_value(v->args,
		    "why")),
		    text);
	else
		status = cmd_fail(v->args, CMD_FAILED, state < 0 ? "there is no mail %u" :
		    "mail %u does not wait for anybody", id);
	view_close(v);
	return status;
}

static int
run(const struct cmd_args *a)
{
	static const char *const verbs[] = { "list", "show", "close", NULL };
	struct err e = ERR_INIT;
	struct view v;
	uint32_t id = 0;
	int verb = a->narg > 0 ? word_find("answers verb", a->arg[0], verbs, &e) : 0, status;

	if (verb < 0)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	if (verb == 0 ? a->narg > 1 : a->narg != 2 || !which_number(a->arg[1], &id))
		return cmd_fail(a, CMD_USAGE, verb == 0 ? "list takes nothing more" :
		    "%s which? Expected the number of a mail", verbs[verb]);
	if ((status = view_open(&v, a, verb == 2 ? LEDGER_HAND : LEDGER_READ)) != CMD_OK)
		return status;
	return verb == 0 ? all(&v) : verb == 1 ? show(&v, id) : finish(&v, id);
}

static const struct cmd_opt options[] = {
	FILTER_STATE,
	{ "why", "TEXT", "with close: for the audit log", false },
	FILTER_END
};

const struct cmd cmd_answers = {
	.name = "answers",
	.operands = "[list | show ID | close ID]",
	.most = 2,
	.opt = options,
	.run = run,
	.summary = "list and show what came back by mail: answers, bounces, what nobody understood",
	.help = "What the mailboxes of the section answers brought, and what was made of it. Kinds:\n"
	    "answer, bounce, delayed, auto-reply, other. States: taken (it had its effect, or has\n"
	    "none), open (it waits for a person: also in `tocsin todo`), closed. show prints the\n"
	    "text; close says that it was dealt with, and is an order. An answer that was understood\n"
	    "is an order too: `tocsin explain order:ID` tells what came of it.\n",
};
