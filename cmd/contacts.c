/* SPDX-License-Identifier: Apache-2.0 */
/* See contacts.h.  What makes an address dead is decide's to say (4-decide/health.h). */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "4-decide/health.h"
#include "cmd/contacts.h"
#include "timefmt.h"

const char *const contact_state_names[] = { "good", "unconfirmed", "bounces", "wrong", "expired", NULL };

struct walking {
	struct view		*v;
	struct registry		*reg;
	struct health_row	*row;
	uint32_t		 n;
	int64_t			 now;
};

static bool
keep(void *arg, const struct health_row *h)
{
	struct walking *x = arg;

	x->row = arena_room(x->v->arena, x->row, x->n, sizeof *x->row);
	x->row[x->n] = *h;
	x->row[x->n++].address = arena_strdup(x->v->arena, h->address);
	return true;
}

static const struct health_row *
find(const struct walking *x, const char *address)
{
	uint32_t i;

	for (i = 0; i < x->n; i++)
		if (strcasecmp(x->row[i].address, address) == 0)
			return &x->row[i];
	return NULL;
}

static void
set(struct contact_row *r, enum contact_state state, int64_t since, const char *why)
{
	r->state = state;
	r->since = since;
	r->why = why;
}

static void
judge(const struct walking *x, struct contact_row *r)
{
	const struct health_row *h = find(x, r->address);
	struct arena *a = x->v->arena;
	int64_t every = x->v->cfg->contacts.confirm_every, good;
	char day[TIME_TEXT];

	r->why = "";
	good = h != NULL ? h->good : 0;
	if (r->confirmed != TIME_NONE && r->confirmed > good)
		good = r->confirmed;
	if (r->expires != TIME_NONE && r->expires + DAY <= x->now)
		set(r, CONTACT_EXPIRED, r->expires + DAY, "past its date: the next contact is written to");
	else if (h != NULL && health_is_dead(h, r->confirmed != TIME_NONE ? r->confirmed * NS : TIME_NONE)) {
		time_day(h->last * NS, day);
		if (h->wrong > good)
			set(r, CONTACT_WRONG, h->wrong, "a recipient says that it is the wrong one");
		else
			set(r, CONTACT_BOUNCES, h->first, arena_printf(a, "mail came back on %u days, last "
			    "on %s",
			    h->days, day));
	} else if (every > 0 && good + every <= x->now)
		set(r, CONTACT_UNCONFIRMED, good + every, good == 0 ? "never confirmed" :
		    "not confirmed for longer than contacts.confirm_every");
}

static void
of_org(const struct walking *x, const struct org *o, void (*each)(void *, const struct contact_row *), void
    *arg)
{
	const struct contact *c;
	uint32_t n = registry_contacts(x->reg, o->id, &c), i;
	struct contact_row r;

	for (i = 0; i < n; i++) {
		r = (struct contact_row){ .o = o, .c = &c[i], .address = c[i].address,
		    .confirmed = c[i].confirmed == TIME_NONE ? TIME_NONE : c[i].confirmed / NS,
		    .expires = c[i].expires == TIME_NONE ? TIME_NONE : c[i].expires / NS };
		judge(x, &r);
		each(arg, &r);
	}
	if (o->email[0] == '\0')
		return;
	r = (struct contact_row){ .o = o, .address = o->email, .confirmed = TIME_NONE, .expires = TIME_NONE };
	judge(x, &r);
	each(arg, &r);
}

bool
contacts_each(struct view *v, int64_t now, void (*each)(void *arg, const struct contact_row *r), void *arg,
    struct err *e)
{
	struct walking x = { v, NULL, NULL, 0, now };
	uint32_t i;

	if (!ledger_health_each(v->l, keep, &x, e) || (x.reg = ledger_registry(v->l, e)) == NULL)
		return false;
	for (i = 0; i < x.reg->norg; i++)
		of_org(&x, &x.reg->org[i], each, arg);
	registry_free(x.reg);
	return true;
}
