/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders that need more of the host than the decider: what is sent, taken
 * back, read again, taken as told.  Each is applied in one commit with its
 * result, as those of 4-decide/order.c are.
 */
#ifndef CORE_HANDS_H
#define CORE_HANDS_H

#include "host.h"

bool hands_apply(struct host *h, const struct order *o, struct arena *a, bool *known, struct err *e);
/* The order's result, in a commit of its own: nothing else was done. */
bool hands_answer(struct host *h, const struct order *o, const char *text, struct err *e);

/* ---- cancel.c */
bool order_cancel(struct host *h, const struct order *o, struct arena *a, struct err *e);
/* Those that were being handed over when the order came, once their answer is there. */
bool cancels_settle(struct host *h, struct err *e);

/* ---- rematch_order.c */
bool order_rematch(struct host *h, const struct order *o, struct arena *a, struct err *e);
/* ---- replay_order.c */
bool order_replay(struct host *h, const struct order *o, struct arena *a, struct err *e);
/* False and *no: why it cannot be read again; *no NULL: the ledger failed. */
bool host_replayable(struct host *h, uint32_t id, struct arena *a, struct input *in, const char **no,
    struct err *e);

/* ---- learn.c */
bool order_learn(struct host *h, const struct order *o, struct arena *a, struct err *e);
/* run --learn: all that is due now is taken as told.  *n: cases. */
bool host_learn(struct host *h, uint32_t *n, struct err *e);

/* ---- What stands between a composed warning and its leaving beside the gate: *why, constant or in a. */
bool hands_let(struct host *h, const struct delivery *d, struct arena *a, const char **why);

#endif
