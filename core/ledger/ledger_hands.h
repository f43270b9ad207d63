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

/* What another system had warned of; the newest of a key stands. */
struct told_key {		/* compared as bytes */
	uint32_t	 problem, name;	/* name 0: the subject is ip */
	struct ip	 ip;
	uint32_t	 port;		/* 0: any */
};
struct told_row {
	struct told_key	 key;
	int64_t		 at;
	const char	*ticket;
};
void ledger_elsewhere_put(struct ledger *l, const struct told_row *t, uint32_t audit);
bool ledger_elsewhere_each(struct ledger *l, void (*each)(void *arg, const struct told_row *t), void *arg,
    struct err *e);

/* For reading an input again: the cases that it opened, what stands in its books; and, inside the commit,
 * its older quarantines are settled. */
bool ledger_input_opened(struct ledger *l, uint32_t input, void (*each)(void *arg, uint32_t id), void *arg,
    struct err *e);
bool ledger_input_books(struct ledger *l, uint32_t input, void (*each)(void *arg, uint32_t problem,
    uint32_t class, const char *constituency, uint8_t outcome, int64_t n), void *arg, struct err *e);
void ledger_quarantines_replayed(struct ledger *l, uint32_t input);

#endif
