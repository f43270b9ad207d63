/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every contact of the registry, and every organisation's mail address, with
 * how it fares: whether it may be written to, and if not, why and since when.
 */
#ifndef CMD_CONTACTS_H
#define CMD_CONTACTS_H

#include "cmd/view.h"
#include "ledger/ledger_mail.h"

enum contact_state { CONTACT_GOOD, CONTACT_UNCONFIRMED, CONTACT_BOUNCES, CONTACT_WRONG, CONTACT_EXPIRED };
extern const char *const contact_state_names[];	/* "good", "unconfirmed", "bounces", "wrong", "expired", NULL
						 * */

struct contact_row {
	const struct org	*o;
	const struct contact	*c;		/* NULL: the organisation's own mail address */
	const char		*address;
	int64_t			 confirmed, expires;	/* s; TIME_NONE */
	enum contact_state	 state;
	int64_t			 since;		/* s: of the state; 0 when good */
	const char		*why;		/* "" when good */
};
/* By organisation. now: s. */
bool contacts_each(struct view *v, int64_t now, void (*each)(void *arg, const struct contact_row *r), void
    *arg,
    struct err *e);

#endif
