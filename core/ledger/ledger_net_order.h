/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A network table as an order by hand: what it is called, of which day, and
 * its bytes in the one form of net.h.  The files themselves are read by the
 * command: they are gigabytes, and the table is what they say.
 */
#ifndef CORE_LEDGER_NET_ORDER_H
#define CORE_LEDGER_NET_ORDER_H

#include "ledger/ledger_net.h"

#define NET_IMPORT "net-import"
#define NET_REMOVE "net-remove"

/* args of the order; its payload is the table. */
void net_order(struct buf *args, const char *name, int64_t dated, const char *files,
    const struct net_count *n);
/* Inside a commit: the order's effect, and a text for the person; "refused: ..." when it makes no sense. */
bool net_apply(struct ledger *l, const struct order *o, char *result, size_t n, struct err *e);

#endif
