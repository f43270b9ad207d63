/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A campaign: one occasion - a vulnerability, a list - told as a whole, in
 * rounds.  A round is composed first, and its warnings wait held; a second
 * person approves the hash of all recipients and bytes; then it is sent, or,
 * where anything changed since, the approval is void and it is prepared anew.
 * The next round is for those whose case is still open and not answered.
 */
#ifndef CORE_CAMPAIGN_H
#define CORE_CAMPAIGN_H

#include "host.h"
#include "ledger/ledger_campaign.h"

/* Orders campaign-new, campaign-prepare, campaign-approve, campaign-send, campaign-drop. */
bool order_campaign(struct host *h, const struct order *o, struct arena *a, struct err *e);
/* Rounds whose time has come are prepared. */
bool campaigns_turn(struct host *h, struct err *e);
/* SHA-256 over the recipients and bytes of a round, in hex; "" when there are none. */
bool campaign_hash(struct ledger *l, const struct campaign *c, char out[65], struct err *e);

#endif
