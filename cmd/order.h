/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving an order: a row in the audit log, with who and why.  The decider
 * applies it with its next commit; where none runs, the next one does.
 */
#ifndef CMD_ORDER_H
#define CMD_ORDER_H

#include "cmd/view.h"

const char *order_who(struct arena *a);		/* the person's login, through sudo too */
/* v was opened with LEDGER_HAND.  args: a JSON object.  what: for people.  Prints the order's number;
 * CMD_OK or CMD_FAILED. */
int order_give(struct view *v, const char *verb, const char *args, const char *what);
/* The same of one that was put otherwise, with a payload. */
void order_tell(struct view *v, const struct order *o, const char *what);
/* {"key":"value","why":"..."}, why left out when NULL */
const char *order_args(struct arena *a, const char *key, const char *value, const char *why);

#endif
