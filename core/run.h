/* SPDX-License-Identifier: Apache-2.0 */
/* The six verbs in their order: once, or staying. */
#ifndef CORE_RUN_H
#define CORE_RUN_H

#include "host.h"

/* Everything that is pending.  wait_ms: how long for the last answers of notifiers.
 * False: the ledger failed. */
bool run_once(struct host *h, int64_t wait_ms, struct err *e);
/* Once, without sending: what would be warned of is taken as told.  *n: cases. */
bool run_learn(struct host *h, uint32_t *n, struct err *e);
/* Until SIGTERM or SIGINT.  Frees h and c, and what SIGHUP put in their place. */
bool run_stay(struct host *h, struct config *c, struct err *e);

#endif
