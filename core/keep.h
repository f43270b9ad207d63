/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Retention, applied: an order of the audit log, given by a person or once a
 * day by `tocsin run` where there is something to do.
 */
#ifndef CORE_KEEP_H
#define CORE_KEEP_H

#include "config.h"
#include "host.h"
#include "ledger/ledger_keep.h"

#define KEEP_VERB "retention"

/* Until when things go, by today's configuration; false: nothing is configured. */
bool keep_before(const struct config *c, int64_t before[KEEP_MAX]);
/* What the order would do now; reads only. */
bool keep_look(const struct config *c, struct ledger *l, struct arena *a, uint64_t n[KEPT_MAX],
    struct err *e);
/* Once a day, the order is given where it would do something. */
bool keep_daily(struct host *h, struct err *e);
bool order_keep(struct host *h, const struct order *o, struct arena *a, struct err *e);

#endif
