/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders about whom we write to (see health.h): a contact is confirmed, or the
 * wrong one; a message that waited for a person has been dealt with.  The
 * audit log has ids; addresses are in the registry and can be erased there.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "4-decide/health.h"
#include "clock.h"
#include "flatjson.h"
#include "timefmt.h"

struct ordered {
	struct decider		*d;
	const struct order	*o;
	const char		*address;
	struct registry		*next;		/* with the contact confirmed */
	uint32_t		 warning, mail;
	int64_t			 now;
	const char		*text;
};

static bool
done(struct decider *d, const struct order *o, const char *text, struct err *e)
{
	if (!ledger_begin(d->ledger, e))
		return false;
	ledger_order_done(d->ledger, o->id, text);
	return ledger_end(d->ledger, e);
}

static bool
wrong_write(void *arg, struct err *e)
{
	struct ordered *x = arg;

	(void)e;
	health_wrong(x->d, x->address, x->now);
	ledger_warning_came(x->d->ledger, x->warning, W_UNREACHED);
	ledger_order_done(x->d->ledger, x->o->id, x->text);
	return true;
}

static bool
contact_wrong(struct ordered *x, struct arena *a, struct err *e)
{
	const char *number = flat_get(a, x->o->args, "warning");
	struct warning_of w = { 0 };
	uint32_t n = 0;

	if (number != NULL && !ledger_warning_find(x->d->ledger, a, number, &w, e))
		return false;
	if (w.id == 0)
		return done(x->d, x->o, "refused: there is no such warning", e);
	if (*w.redirected != '\0')
		return done(x->d, x->o, "refused: it went to deliver.redirect only", e);
	if (!unreached(x->d, w.id, &n, e))
		return false;
	x->address = w.recipient;
	x->warning = w.id;
	x->text = arena_printf(a, "the contact of warning %s is not written to any more; %" PRIu32
	    " cases go to the next one", w.number, n);
	return commit_end(x->d, NULL, 0, wrong_write, x, e);
}

/* ---- confirming ----------------------------------------------------------------- */

static bool
confirm_write(void *arg, struct err *e)
{
	struct ordered *x = arg;

	if (x->next != NULL && !ledger_registry_put(x->d->ledger, x->next, x->o->who, x->o->id, e))
		return false;
	health_confirmed(x->d, x->address, x->now);
	ledger_order_done(x->d->ledger, x->o->id, x->text);
	return true;
}

static bool
contact_confirm(struct ordered *x, struct arena *a, struct err *e)
{
	const char *contact = flat_get(a, x->o->args, "contact"),
	    *org = flat_get(a, x->o->args, "organisation");
	const struct org *o = org != NULL ? registry_org_key(x->d->registry, org) : NULL;
	uint64_t id = 0;
	uint32_t i;
	bool good;

	if (o != NULL)
		x->address = o->email;
	else if (contact != NULL && tcs_uint(tcs_str(contact), UINT32_MAX, &id)) {
		if ((x->next = ledger_registry(x->d->ledger, e)) == NULL)
			return false;
		for (i = 0; i < x->next->ncontact; i++)
			if (x->next->contact[i].id == id) {
				x->address = arena_strdup(a, x->next->contact[i].address);
				x->next->contact[i].confirmed = x->now * NS;
			}
	}
	if (x->address == NULL || *x->address == '\0') {
		registry_free(x->next);
		return done(x->d, x->o, "refused: expected a contact, or an organisation with a mail "
		    "address", e);
	}
	x->text = "confirmed";
	good = commit_end(x->d, NULL, 0, confirm_write, x, e);
	if (x->next != NULL) {
		registry_free(x->next);
		good = good && decider_registry(x->d, e);
	}
	return good;
}

/* ---- mail ----------------------------------------------------------------------- */

static bool
close_write(void *arg, struct err *e)
{
	struct ordered *x = arg;

	(void)e;
	ledger_mail_state(x->d->ledger, x->mail, MAIL_CLOSED);
	ledger_order_done(x->d->ledger, x->o->id, "closed");
	return true;
}

static bool
mail_state(void *arg, const struct mail_row *m)
{
	*(int *)arg = m->state;
	return false;
}

static bool
mail_close(struct ordered *x, struct arena *a, struct err *e)
{
	const char *text = flat_get(a, x->o->args, "mail");
	struct mail_filter f = { 0, -1, -1 };
	uint64_t id = 0;
	int state = -1;

	if (text != NULL && tcs_uint(tcs_str(text), UINT32_MAX, &id) && id > 0) {
		f.id = (uint32_t)id;
		if (!ledger_mails_each(x->d->ledger, &f, mail_state, &state, e))
			return false;
	}
	if (state != MAIL_OPEN)
		return done(x->d, x->o, state < 0 ? "refused: there is no such message" :
		    "refused: it does not wait for anybody", e);
	x->mail = (uint32_t)id;
	return commit_end(x->d, NULL, 0, close_write, x, e);
}

bool
order_contact(struct decider *d, const struct order *o, struct arena *a, struct err *e)
{
	struct ordered x = { .d = d, .o = o, .now = clock_now() / NS };

	if (strcmp(o->verb, "contact-wrong") == 0)
		return contact_wrong(&x, a, e);
	if (strcmp(o->verb, "contact-confirm") == 0)
		return contact_confirm(&x, a, e);
	return mail_close(&x, a, e);
}
