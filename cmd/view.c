/* SPDX-License-Identifier: Apache-2.0 */
/* See view.h. */
#include <string.h>
#include "cmd/view.h"

int
view_open(struct view *v, const struct cmd_args *a, enum ledger_mode mode)
{
	struct err e = ERR_INIT;

	*v = (struct view){ .args = a };
	if ((v->cfg = config_load(a->config, &e)) == NULL)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	v->arena = arena_new();
	if ((v->l = ledger_open(v->cfg->ledger, mode, &e)) == NULL ||
	    (mode == LEDGER_READ && !(v->viewing = ledger_view_begin(v->l, &e)))) {
		view_close(v);
		return cmd_fail(a, CMD_FAILED, "%s", e.text);
	}
	if (!filter_read(a, v->l, &v->filter, &e)) {
		view_close(v);
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	}
	return CMD_OK;
}

void
view_close(struct view *v)
{
	if (v->viewing)
		ledger_view_end(v->l);
	ledger_close(v->l);
	arena_free(v->arena);
	config_free(v->cfg);
	*v = (struct view){ .args = v->args };
}

bool
view_state(const struct view *v, const char *const *names, int *state)
{
	struct err e = ERR_INIT;

	*state = ANY;
	if (v->filter.state == NULL)
		return true;
	*state = word_find("state", v->filter.state, names, &e);
	if (*state < 0)
		cmd_fail(v->args, 0, "%s", e.text);
	return *state >= 0;
}

int
view_done(struct view *v, bool good, const struct err *e)
{
	const struct cmd_args *a = v->args;

	view_close(v);
	return good ? CMD_OK : cmd_fail(a, CMD_FAILED, "%s", e->text);
}
