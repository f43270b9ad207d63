/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was answered about cases, by a person at the desk or by a recipient.
 * Either way it is an order: a row in the audit log, verb "answer", whose
 * arguments are flat:
 *
 *   case     numbers of cases, separated by commas; or
 *   warning  a warning, by its number (2026-00417) or its place in the ledger: all its cases
 *   answer   fixed, false-positive, not-mine, risk-accepted, mute, or none (reopens)
 *   until    the last day of silence; with risk-accepted and mute, where it must be given
 *   at       when it was said, if not when the order was given: a moment
 *   who      who said it, as an id or a role; no names: the log cannot be erased
 *   why      a text, likewise
 *
 * fixed: silent unless it is observed after that; then it is a relapse, told
 * at once.  false-positive, not-mine: silent until the evidence changes
 * (another class, identifier, CVE, asset or feed).  risk-accepted, mute:
 * silent until that day is over; never of what is compromised.  A rise in
 * severity ends each of them but fixed.  An answer to a case that was merged
 * goes to the case that goes on.
 */
#ifndef CORE_ANSWER_H
#define CORE_ANSWER_H

#include "4-decide/decider.h"

#define ANSWER_VERB "answer"
#define ANSWER_LONGEST	(2 * 366 * DAY)	/* no silence may end later than so long from now */

enum said { SAY_FIXED, SAY_FALSE_POSITIVE, SAY_NOT_MINE, SAY_RISK_ACCEPTED, SAY_MUTE, SAY_NONE };
extern const char *const said_words[];	/* ended by NULL */
static inline bool
answer_needs_end(enum said w)
{
	return w == SAY_RISK_ACCEPTED || w == SAY_MUTE;
}
/* The end of the day, or the moment, that text says; false: what is wrong, as "until ...". */
bool answer_until(const char *text, int64_t now, int64_t *until, struct err *e);

bool order_answer(struct decider *d, const struct order *o, struct arena *a, struct err *e);

#endif
