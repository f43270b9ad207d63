/* SPDX-License-Identifier: Apache-2.0 */
/* tocsin contact: how those fare whom we write to, and that one of them is still right. */
#include <string.h>
#include <strings.h>
#include "clock.h"
#include "cmd/contacts.h"
#include "cmd/list.h"
#include "cmd/order.h"
#include "timefmt.h"

static const struct list_col cols[] = {
	{ "organisation", "ORGANISATION", LIST_TEXT, 0 },
	{ "contact", NULL, LIST_NUMBER, 0 },
	{ "role", "ROLE", LIST_TEXT, 0 },
	{ "channel", "CHANNEL", LIST_TEXT, 0 },
	{ "address", "ADDRESS", LIST_TEXT, LIST_CUT },
	{ "confirmed", "CONFIRMED", LIST_DAY, 0 },
	{ "expires", "EXPIRES", LIST_DAY, 0 },
	{ "state", "STATE", LIST_TEXT, 0 },
	{ "since", NULL, LIST_TIME, 0 },
	{ "why", "WHY", LIST_TEXT, LIST_CUT },
	{ NULL, NULL, 0, 0 }
};

struct asking {
	struct view	*v;
	struct list	*t;
	int		 state;
	const char	*org, *address;
	uint32_t	 found, contact;	/* contact 0: the organisation's own address */
};

static void
one(void *arg, const struct contact_row *r)
{
	struct asking *x = arg;
	struct list *t = x->t;

	if (x->state != ANY && x->state != (int)r->state)
		return;
	list_text(t, "organisation", r->o->key);
	if (r->c != NULL)
		list_number(t, "contact", r->c->id);
	list_some(t, "role", r->c != NULL ? r->c->role : "");
	list_text(t, "channel", r->c != NULL ? r->c->channel : "email");
	list_text(t, "address", r->address);
	list_day(t, "confirmed", r->confirmed == TIME_NONE ? TIME_NONE : r->confirmed / DAY);
	list_day(t, "expires", r->expires == TIME_NONE ? TIME_NONE : r->expires / DAY);
	list_text(t, "state", contact_state_names[r->state]);
	if (r->since != 0)
		list_time(t, "since", r->since);
	list_some(t, "why", r->why);
	list_row(t);
}

static int
all(struct view *v)
{
	struct asking x = { .v = v, .state = ANY };
	struct err e = ERR_INIT;
	bool good;

	if (!view_state(v, contact_state_names, &x.state)) {
		view_close(v);
		return CMD_USAGE;
	}
	x.t = list_new(cols, v->args->json, stdout, list_width());
	good = contacts_each(v, clock_now() / NS, one, &x, &e);
	list_end(x.t, good ? "no contacts" : NULL);
	return view_done(v, good, &e);
}

static void
match(void *arg, const struct contact_row *r)
{
	struct asking *x = arg;

	if (strcmp(r->o->key, x->org) != 0 || strcasecmp(r->address, x->address) != 0)
		return;
	if (x->found++ == 0 || x->contact == 0)
		x->contact = r->c != NULL ? r->c->id : 0;
}

static int
confirm(struct view *v)
{
	struct asking x = { .v = v, .org = v->args->arg[1], .address = v->args->arg[2] };
	struct err e = ERR_INIT;
	struct arena *a = v->arena;
	int status;

	if (!contacts_each(v, clock_now() / NS, match, &x, &e))
		return view_done(v, false, &e);
	if (x.found == 0)
		status = cmd_fail(v->args, CMD_FAILED, "organisation \"%s\" has no contact %s; `tocsin "
		    "contact` "
		    "lists them", x.org, x.address);
	else
		status = order_give(v, "contact-confirm", x.contact != 0 ? order_args(a, "contact",
		    arena_printf(a, "%u", x.contact), cmd_value(v->args, "why")) : order_args(a,
		    "organisation", x.org,
		    cmd_value(v->args, "why")), x.address);
	view_close(v);
	return status;
}

static int
run(const struct cmd_args *a)
{
	static const char *const verbs[] = { "list", "confirm", NULL };
	struct err e = ERR_INIT;
	struct view v;
	int verb = a->narg > 0 ? word_find("contact verb", a->arg[0], verbs, &e) : 0, status;

	if (verb < 0)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	if (verb == 0 ? a->narg > 1 : a->narg != 3)
		return cmd_fail(a, CMD_USAGE, verb == 0 ? "list takes nothing more" :
		    "confirm whom? Expected an organisation and one of its addresses");
	if ((status = view_open(&v, a, verb == 1 ? LEDGER_HAND : LEDGER_READ)) != CMD_OK)
		return status;
	return verb == 0 ? all(&v) : confirm(&v);
}

static const struct cmd_opt options[] = {
	FILTER_STATE,
	{ "why", "TEXT", "with confirm: for the audit log", false },
	FILTER_END
};

const struct cmd cmd_contact = {
	.name = "contact",
	.operands = "[list | confirm ORGANISATION ADDRESS]",
	.most = 3,
	.opt = options,
	.run = run,
	.summary = "list contacts and how they fare; confirm one",
	.help = "States: good; unconfirmed (for longer than contacts.confirm_every); bounces (mail came\n"
	    "back for good on two days), wrong (a recipient said so) and expired, which are not written\n"
	    "to any more: the organisation's next contact is, and where there is none its cases wait in\n"
	    "`tocsin todo`. confirm says that the address is right, today; it is an order.\n",
};
