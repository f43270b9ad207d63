/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast warnings may leave to one recipient domain: at most so many in each
 * span of the clock (deliver.rate), and a pause for a domain that answers
 * "later" time after time, so that it holds up nobody else.  What may not
 * leave yet stays in the outbox with the time when it may.  Counts that a limit
 * needs are in the ledger, in the commit of the claim, so that neither a kill
 * nor `run --once` every minute gets round it; pauses are learned anew.
 */
#ifndef CORE_RATE_H
#define CORE_RATE_H

#include <stdbool.h>
#include <stdint.h>
#include "config.h"
#include "err.h"
#include "ledger/ledger.h"

#define RATE_LATER	3	/* answers "later", one after the other, before a domain pauses */

struct rates;
struct rates *rates_open(const struct config *c, struct ledger *l, int64_t now, struct err *e);
void rates_close(struct rates *r);				/* NULL is fine */
/* Now: it may leave.  Later: its new due time; priority ones get the next that there is. */
int64_t rates_when(struct rates *r, const char *address, bool priority, int64_t now);
/* It is claimed: in the open commit. */
void rates_sent(struct rates *r, const char *address, int64_t now);
/* Its answer (enum tcs_answer), in the commit that writes it; 0: it did not leave after all, or could not
 * for a fault of ours. */
void rates_answer(struct rates *r, const char *address, int answer, int64_t now);

/* What counts as the domain: behind the last @, or a URL's host; in a, in lower case. */
const char *rate_domain(struct arena *a, const char *address);
/* s; doubled with every time. */
int64_t rate_back_off(uint32_t times);

#endif
