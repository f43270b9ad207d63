/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the addresses fare that we write to.  One from which mail came back for
 * good on two days, or where somebody said that it is the wrong one, is not
 * written to again until it is confirmed: the next contact is, or the case
 * waits for one.  Told by the ledger, in memory whole, since few ever fail.
 */
#ifndef CORE_HEALTH_H
#define CORE_HEALTH_H

#include "4-decide/decider.h"
#include "ledger/ledger_mail.h"

#define HEALTH_DAYS 2			/* on so many days mail came back for good: it is dead */

/* NULL: nothing bad is known of it. */
const struct health_row *health_of(struct decider *d, const char *address);
/* confirmed: of the contact, ns; TIME_NONE: never. */
bool health_is_dead(const struct health_row *h, int64_t confirmed);
bool health_dead(struct decider *d, const char *address, int64_t confirmed);
/* Mail came back today: it may be tried again tomorrow. */
bool health_rests(struct decider *d, const char *address, int64_t now);
/* What is remembered is read again when it is next asked for. */
void health_forget(struct decider *d);
/* Inside a commit: mail came back for good; it is said to be wrong; it was confirmed.  Forgets. */
void health_bounced(struct decider *d, const char *address, int64_t now);
void health_wrong(struct decider *d, const char *address, int64_t now);
void health_confirmed(struct decider *d, const char *address, int64_t now);

/* The cases that a warning told are held, because it reached nobody; they are told again by themselves, to
 * another
 * contact, or another day. Nothing is written yet (commit_end). */
bool unreached(struct decider *d, uint32_t warning, uint32_t *n, struct err *e);

/* Orders: contact-wrong (warning: its number), contact-confirm (contact: its id; or organisation: for its
 * mail
 * address), mail-close (mail: its number in the ledger). */
bool order_contact(struct decider *d, const struct order *o, struct arena *a, struct err *e);

#endif
