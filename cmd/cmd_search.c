/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin search: where an address or a name stands in the raw inputs, matched
 * or not.  Reads the spool from end to end; the newest inputs come last.
 */
#include <string.h>
#include "cmd/find.h"
#include "cmd/list.h"
#include "cmd/view.h"

static const struct list_col cols[] = {
	{ "input", "INPUT", LIST_NUMBER, 0 },
	{ "source", "SOURCE", LIST_TEXT, LIST_CUT },
	{ "name", "NAME", LIST_TEXT, LIST_CUT },
	{ "member", NULL, LIST_TEXT, 0 },
	{ "day", NULL, LIST_DAY, 0 },
	{ "line", "LINE", LIST_NUMBER, 0 },
	{ "offset", NULL, LIST_NUMBER, 0 },
	{ "record", NULL, LIST_NUMBER, 0 },
	{ "length", NULL, LIST_NUMBER, 0 },
	{ "case", "CASE", LIST_NUMBER, 0 },
	{ "organisation", "ORGANISATION", LIST_TEXT, LIST_CUT },
	{ "quarantine", "QUARANTINE", LIST_NUMBER, 0 },
	{ "text", "TEXT", LIST_TEXT, LIST_CUT },
	{ NULL, NULL, 0, 0 }
};

struct listing {
	struct list	*t;
	struct view	*v;
	uint32_t	 unread;
};

static bool
one(void *arg, const struct found *h)
{
	struct listing *x = arg;
	struct list *t = x->t;

	if (h->unreadable) {
		cmd_fail(x->v->args, 0, "input %u (%s %s): %s", h->in->in.id, h->in->source, h->in->in.name,
		    h->unreadable);
		x->unread++;
		return true;
	}
	list_number(t, "input", h->in->in.id);
	list_text(t, "source", h->in->source);
	list_text(t, "name", h->in->in.name);
	list_some(t, "member", h->in->in.member);
	list_day(t, "day", h->in->in.day);
	list_number(t, "line", (int64_t)h->line);
	list_number(t, "offset", (int64_t)h->off);
	if (h->length > 0) {
		list_number(t, "record", (int64_t)h->record);
		list_number(t, "length", h->length);
	}
	if (h->id != 0) {
		list_number(t, "case", h->id);
		list_some(t, "organisation", h->org);
	}
	if (h->quarantine != 0)
		list_number(t, "quarantine", h->quarantine);
	list_text(t, "text", h->text);
	list_row(t);
	return true;
}

static int
run(const struct cmd_args *a)
{
	struct err e = ERR_INIT;
	struct needle what;
	struct listing x;
	struct view v;
	int status;
	bool good;

	if (!needle_make(a->arg[0], &what, &e))
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	if ((status = view_open(&v, a, LEDGER_READ)) != CMD_OK)
		return status;
	x = (struct listing){ list_new(cols, a->json, stdout, list_width()), &v, 0 };
	good = find_all(&v, &what, one, &x, &e);
	list_end(x.t, good ? "found in no input" : NULL);
	status = view_done(&v, good, &e);
	return status == CMD_OK && x.unread > 0 ? CMD_FAILED : status;
}

static const struct cmd_opt options[] = { FILTER_SINCE, FILTER_UNTIL, FILTER_SOURCE, FILTER_END };

const struct cmd cmd_search = {
	.name = "search",
	.operands = "ADDRESS|NAME",
	.least = 1,
	.most = 1,
	.opt = options,
	.run = run,
	.summary = "find an address or a name in the raw inputs, matched or not",
	.help = "Looks through the inputs as they came, unpacked, for the address or name as a word of\n"
	    "its own; says input and line, and the case or the quarantine that the record became.\n"
	    "Without either the record was read and belongs to nobody known, or was filtered.  A\n"
	    "name is found below itself too (www.shop.example for shop.example).\n",
};
