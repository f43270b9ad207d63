/* SPDX-License-Identifier: Apache-2.0 */
/* tocsin net list and show: the tables, and the rungs of the ladder for one address. */
#include <string.h>
#include "clock.h"
#include "cmd/list.h"
#include "cmd/net.h"
#include "ledger/ledger_net.h"
#include "timefmt.h"

static bool
open_ledger(const struct cmd_args *a, struct view *v)
{
	struct err e = ERR_INIT;

	if ((v->l = ledger_open(v->cfg->ledger, LEDGER_READ, &e)) == NULL)
		cmd_fail(a, CMD_FAILED, "%s", e.text);
	return v->l != NULL;
}

/* ---- list */

static const struct list_col table_cols[] = {
	{ "table", "TABLE", LIST_TEXT, 0 }, { "dated", "OF", LIST_DAY, 0 }, { "stale", "STALE", LIST_BOOL,
	    0 },
	{ "imported", "IMPORTED", LIST_TIME, 0 }, { "who", NULL, LIST_TEXT, 0 },
	{ "networks", "NETWORKS", LIST_NUMBER, 0 }, { "silent", "NO CONTACT", LIST_NUMBER, 0 },
	{ "systems", "AS", LIST_NUMBER, 0 }, { "countries", "COUNTRY ONLY", LIST_NUMBER, 0 },
	{ "parties", "PARTIES", LIST_NUMBER, 0 }, { "certs", "CERTS", LIST_NUMBER, 0 },
	{ "refused", "REFUSED", LIST_NUMBER, 0 }, { "files", "FILES", LIST_TEXT, LIST_CUT },
	{ NULL, NULL, 0, 0 }
};

struct listing { struct list *t; int64_t now, age; };

static bool
one_table(void *arg, const struct net_row *r)
{
	const struct listing *x = arg;

	list_text(x->t, "table", r->name);
	list_day(x->t, "dated", r->dated / DAY);
	list_bool(x->t, "stale", x->now - r->dated > x->age);
	list_time(x->t, "imported", r->at);
	list_text(x->t, "who", r->who);
	list_number(x->t, "networks", r->n.networks);
	list_number(x->t, "silent", r->n.silent);
	list_number(x->t, "systems", r->n.systems);
	list_number(x->t, "countries", r->n.countries);
	list_number(x->t, "parties", r->n.parties);
	list_number(x->t, "certs", r->n.certs);
	list_number(x->t, "refused", r->n.refused);
	list_text(x->t, "files", r->files);
	list_row(x->t);
	return true;
}

int
net_list(const struct cmd_args *a, struct view *v)
{
	struct listing x = { list_new(table_cols, a->json, stdout, list_width()), clock_now() / NS,
		v->cfg->decide.table_age };
	struct err e = ERR_INIT;
	bool good = open_ledger(a, v);

	if (!good) {
		list_end(x.t, NULL);
		return CMD_FAILED;
	}
	good = ledger_net_each(v->l, false, one_table, &x, &e);
	list_end(x.t, "no network tables; tocsin net import brings them");
	return good ? CMD_OK : cmd_fail(a, CMD_FAILED, "%s", e.text);
}

/* ---- show */

static const struct list_col rung_cols[] = {
	{ "rung", "RUNG", LIST_TEXT, 0 }, { "party", "PARTY", LIST_TEXT, 0 }, { "name", "NAME", LIST_TEXT,
	    LIST_CUT },
	{ "address", "ADDRESS", LIST_TEXT, 0 }, { "network", "BY", LIST_TEXT, 0 },
	{ "netname", "CALLED", LIST_TEXT, LIST_CUT }, { "country", "COUNTRY", LIST_TEXT, 0 },
	{ "table", "TABLE", LIST_TEXT, 0 }, { "dated", "OF", LIST_DAY, 0 }, { "stale", "STALE", LIST_BOOL,
	    0 },
	{ NULL, NULL, 0, 0 }
};

static void
tell_hit(struct view *v, struct list *t, const char *rung, const struct ladder_hit *h, bool stale)
{
	char lo[IP_TEXT], hi[IP_TEXT];

	ip_text(&h->lo, lo);
	ip_text(&h->hi, hi);
	list_text(t, "rung", rung);
	list_text(t, "party", h->party->key);
	list_text(t, "name", h->party->name);
	list_text(t, "address", h->party->mail);
	list_text(t, "network", h->has_range ? arena_printf(v->arena, "%s - %s", lo, hi) :
	    arena_printf(v->arena, "AS%u", (unsigned)h->as_lo));
	list_some(t, "netname", h->name);
	list_some(t, "country", h->country);
	list_text(t, "table", h->table->name);
	list_day(t, "dated", h->table->dated / NS / DAY);
	list_bool(t, "stale", stale);
	list_row(t);
}

/* Without an age first: a rung that only a stale table has is shown as such. */
static void
rung(struct view *v, struct list *t, const struct ladder *l, struct ladder_query q, enum rung r)
{
	bool (*const ask)(const struct ladder *, const struct ladder_query *, struct ladder_hit *) =
	    r == RUNG_NETWORK ? ladder_network : ladder_country;
	struct ladder_hit h;

	if (ask(l, &q, &h)) {
		tell_hit(v, t, rung_names[r], &h, false);
		return;
	}
	q.stale = INT64_MAX;
	if (ask(l, &q, &h))
		tell_hit(v, t, rung_names[r], &h, true);
}

int
net_show(const struct cmd_args *a, struct view *v)
{
	struct tcs_slice s = tcs_str(a->arg[1]);
	int64_t now = clock_now();
	struct ladder_query q = { NULL, 0, now, v->cfg->decide.table_age * NS };
	struct err e = ERR_INIT;
	struct ladder *l;
	struct list *t;
	uint64_t asn = 0;
	struct ip ip;

	if (ip_parse(s.p, s.n, &ip))
		q.ip = &ip;
	else if (s.n < 3 || !tcs_is_nocase(tcs_slice(s.p, 2), "as") ||
	    !tcs_uint(tcs_slice(s.p + 2, s.n - 2), UINT32_MAX, &asn))
		return cmd_fail(a, CMD_USAGE, "\"%s\": expected an address or an AS number (AS64496)",
		    a->arg[1]);
	q.asn = (uint32_t)asn;
	if (!open_ledger(a, v))
		return CMD_FAILED;
	if ((l = ledger_ladder(v->l, &e)) == NULL)
		return cmd_fail(a, CMD_FAILED, "%s", e.text);
	t = list_new(rung_cols, a->json, stdout, list_width());
	rung(v, t, l, q, RUNG_NETWORK);
	rung(v, t, l, q, RUNG_COUNTRY);
	list_end(t, "the network tables know nobody there");
	ladder_free(l);
	return CMD_OK;
}
