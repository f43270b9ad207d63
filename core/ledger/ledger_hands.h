/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people ordered about warnings, as the ledger keeps it: cancelled ones
 * and their corrections, what had left before a restore.  Writing belongs
 * inside a commit; reading is for a handle of any mode.
 */
#ifndef CORE_LEDGER_HANDS_H
#define CORE_LEDGER_HANDS_H

#include "ledger/ledger.h"

/* OPEN: being handed over when it was ordered, settled with its answer. */
enum cancel_state { CANCEL_OPEN, CANCEL_BEFORE, CANCEL_CORRECTED };
struct cancel {
	uint32_t	 warning, audit;
	int64_t		 at;
	const char	*why, *tell;	/* for us; for the recipient of a correction */
	uint8_t		 state;		/* enum cancel_state */
	uint32_t	 correction;	/* the warning that says so; 0: none */
};
void ledger_cancel_put(struct ledger *l, const struct cancel *c);
/* False: it was not cancelled (or the ledger cannot be read). */
bool ledger_cancel_get(struct ledger *l, struct arena *a, uint32_t warning, struct cancel *out);
/* The warning that this one corrects; 0: it is no correction. */
uint32_t ledger_corrects(struct ledger *l, uint32_t warning);
bool ledger_cancels_open(struct ledger *l, struct arena *a, struct cancel **list, uint32_t *n, struct err *e);

/* When a warning of this Message-ID left before the ledger was restored; TIME_NONE: it did not. */
int64_t ledger_left_already(struct ledger *l, const char *message_id);

#endif
