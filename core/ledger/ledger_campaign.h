/* SPDX-License-Identifier: Apache-2.0 */
/* Campaigns as the ledger keeps them; what they mean is in core/campaign.h.  Writing belongs inside a
 * commit. */
#ifndef CORE_LEDGER_CAMPAIGN_H
#define CORE_LEDGER_CAMPAIGN_H

#include "ledger/ledger.h"

enum campaign_state { CAMPAIGN_PROPOSED, CAMPAIGN_PREPARED, CAMPAIGN_APPROVED, CAMPAIGN_SENT, CAMPAIGN_DONE,
    CAMPAIGN_DROPPED, CAMPAIGN_STATES };
extern const char *const campaign_state_names[];	/* ended by NULL */

struct campaign {
	uint32_t	 id;		/* 0: new; set by put */
	const char	*name, *what, *template, *rounds;	/* rounds: "0,604800", s after the
							 * first */
	uint8_t		 state;
	uint32_t	 round;		/* from 1 */
	int64_t		 next;		/* when the next round is prepared; 0: there is none */
	int64_t		 made, approved;
	const char	*creator, *approver, *hash, *note;	/* note: what made an approval void */
	uint32_t	 audit;
};
bool ledger_campaign_put(struct ledger *l, struct campaign *c);
/* All, oldest first; texts in a. */
bool ledger_campaigns(struct ledger *l, struct arena *a, struct campaign **list, uint32_t *n, struct err *e);
bool ledger_campaign_get(struct ledger *l, struct arena *a, const char *name, struct campaign *out, bool *got,
    struct err *e);
void ledger_campaign_case(struct ledger *l, uint32_t campaign, uint32_t id);
bool ledger_campaign_cases(struct ledger *l, struct arena *a, uint32_t campaign, uint32_t **ids, uint32_t *n,
    struct err *e);
void ledger_campaign_warning(struct ledger *l, uint32_t warning, uint32_t campaign, uint32_t round);
bool ledger_campaign_warnings(struct ledger *l, struct arena *a, uint32_t campaign, uint32_t round,
    uint32_t **ids, uint32_t *n, struct err *e);
void ledger_campaign_sent(struct ledger *l, uint32_t campaign, uint32_t round);
/* The campaign of a warning, 0: none; and whether its round may leave. */
uint32_t ledger_campaign_of(struct ledger *l, uint32_t warning, bool *sent);
bool ledger_cve_cases(struct ledger *l, struct arena *a, const char *cve, uint32_t **ids, uint32_t *n,
    struct err *e);
/* A warning was made for this recipient before. */
bool ledger_warned_before(struct ledger *l, const char *recipient);

#endif
