/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin cancel: a warning is taken back.  Only looked up here; whether it had
 * left is known to the one who delivers, when he applies the order.
 */
#include "buf.h"
#include "cmd/order.h"
#include "cmd/which.h"

/* {"warning":"N","why":"...","tell":"..."}; what was not said is left out. */
static const char *
args_of(struct view *v, uint32_t id)
{
	static const char *const given[] = { "why", "tell" };
	const char *text = arena_printf(v->arena, "{\"warning\":\"%u\"", id), *value;
	struct buf b;
	size_t i;

	buf_init(&b);
	for (i = 0; i < sizeof given / sizeof *given; i++) {
		if ((value = cmd_value(v->args, given[i])) == NULL)
			continue;
		buf_reset(&b);
		buf_json_str(&b, value);
		text = arena_printf(v->arena, "%s,\"%s\":%s", text, given[i], b.p);
	}
	buf_free(&b);
	return arena_printf(v->arena, "%s}", text);
}

static int
run(const struct cmd_args *a)
{
	struct view v;
	uint32_t id;
	int status;

	if ((status = view_open(&v, a, LEDGER_HAND)) != CMD_OK)
		return status;
	if ((id = which_warning(v.l, a->arg[0])) == 0)
		status = cmd_fail(a, CMD_USAGE, "there is no warning %s; `tocsin warnings` lists them",
		    a->arg[0]);
	else
		status = order_give(&v, "cancel", args_of(&v, id), a->arg[0]);
	view_close(&v);
	return status;
}

static const struct cmd_opt options[] = {
	{ "why", "TEXT", "for the audit log; the recipient does not see it", false },
	{ "tell", "TEXT", "the reason, as the recipient of a correction reads it", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_cancel = {
	.name = "cancel",
	.operands = "WARNING",
	.least = 1,
	.most = 1,
	.opt = options,
	.run = run,
	.summary = "take a warning back: out of the outbox, or with a correction",
	.help = "WARNING is its number or Message-ID.  One that has not left is taken out of the outbox\n"
	    "and nothing is sent; one that has left, or may have, or is just being handed over, is\n"
	    "followed by one correction to the same recipient in the same thread.  Its cases are held\n"
	    "either way (`tocsin todo`): release, or an answer by hand, says how they go on.\n",
};
