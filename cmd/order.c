/* SPDX-License-Identifier: Apache-2.0 */
/* See order.h. */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "buf.h"
#include "cmd/list.h"
#include "cmd/order.h"

static const struct list_col order_cols[] = {
	{ "order", NULL, LIST_NUMBER, 0 },
	{ "verb", NULL, LIST_TEXT, 0 },
	{ "what", NULL, LIST_TEXT, 0 },
	{ "who", NULL, LIST_TEXT, 0 },
	{ "decider", NULL, LIST_NUMBER, 0 },
	{ NULL, NULL, 0, 0 }
};

const char *
order_who(struct arena *a)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *p = getpwuid(getuid());

	if (p && sudo && *sudo && getuid() == 0)
		return arena_printf(a, "%s (as %s)", sudo, p->pw_name);
	return p ? arena_strdup(a, p->pw_name) : arena_printf(a, "uid %lu", (unsigned long)getuid());
}

const char *
order_args(struct arena *a, const char *key, const char *value, const char *why)
{
	struct buf b;
	const char *json;

	buf_init(&b);
	buf_char(&b, '{');
	buf_json_str(&b, key);
	buf_char(&b, ':');
	buf_json_str(&b, value);
	if (why) {
		buf_str(&b, ",\"why\":");
		buf_json_str(&b, why);
	}
	buf_char(&b, '}');
	json = arena_strndup(a, b.p, b.n);
	buf_free(&b);
	return json;
}

void
order_tell(struct view *v, const struct order *o, const char *what)
{
	long pid = ledger_decider(v->cfg->ledger);
	struct list *t;

	if (v->args->json) {
		t = list_new(order_cols, true, stdout, 0);
		list_number(t, "order", o->id);
		list_text(t, "verb", o->verb);
		list_text(t, "what", what);
		list_text(t, "who", o->who);
		if (pid > 0)
			list_number(t, "decider", pid);
		list_row(t);
		list_end(t, NULL);
	} else if (pid > 0)
		printf("order %u: %s %s; tocsin run (pid %ld) applies it with its next commit;\n"
		    "`tocsin explain order:%u` tells what came of it\n", o->id,
		    o->verb, what, pid, o->id);
	else
		printf("order %u: %s %s; no tocsin run works on this ledger now, it takes effect when the "
		    "next one begins\n", o->id, o->verb, what);
}

int
order_give(struct view *v, const char *verb, const char *args, const char *what)
{
	struct order o = { .who = order_who(v->arena), .verb = verb, .args = args };
	struct err e = ERR_INIT;

	if (!ledger_order_put(v->l, &o, &e))
		return cmd_fail(v->args, CMD_FAILED, "%s", e.text);
	order_tell(v, &o, what);
	return CMD_OK;
}
