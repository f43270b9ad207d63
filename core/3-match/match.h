/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Match: the configured stages run over a batch and claim; here is said what
 * each claim is worth.  Names before addresses (only where the finding is
 * about a name), longest first, owners before operators; equal claims of two
 * organisations are a conflict and are held, never guessed.
 */
#ifndef CORE_MATCH_H
#define CORE_MATCH_H

#include <stdbool.h>
#include <stdint.h>
#include "batch.h"
#include "err.h"
#include "plugin_host.h"
#include "registry.h"

struct stages;
/* A stage as configured: its plugin and options. Order matters. */
struct stages *stages_open(const struct plugin *const *plugin, const struct tcs_val *const *opts, uint32_t n,
    struct err *e);
/* As configured; options live in a. */
struct config;
struct stages *stages_of_config(const struct config *c, const struct plugins *plugins, struct arena *a,
    struct err *e);
void stages_close(struct stages *s);
/* A new registry snapshot for every stage that has an option "assets" of type DATA; the
 * old one is dropped. */
bool stages_load(struct stages *s, const struct registry *reg, struct err *e);
/* Runs all stages. Claims come sorted by row, for rows that are still kept. */
/* b->verdict must be set: 0 for every row to be matched.  A row that a stage takes out gets the
 * number of its reason. */
bool stages_run(struct stages *s, struct batch *b, const struct tcs_claim **claim, uint32_t *nclaim,
    struct err *e);
/* why a row was taken out; NULL: no such reason */
const char *stages_reason(const struct stages *s, uint8_t verdict);

enum claim_fate { CLAIM_WON, CLAIM_CONFLICT, CLAIM_LESS_SPECIFIC,
	CLAIM_RULE_AFTER, CLAIM_OPERATOR_AFTER_OWNER, CLAIM_PARENT,
	CLAIM_SAME_ORGANISATION, CLAIM_UNVERIFIED, CLAIM_NOT_VALID_THEN, CLAIM_NOT_VALID_NOW,
	CLAIM_CARVED_OUT, CLAIM_CARVE_OUT };
extern const char *const claim_fate_text[];	/* for explain: "less specific than the one that won" */

struct judged {
	const struct asset	*asset;
	uint16_t		 rule, rank;
	uint8_t			 fate;
};

struct judgement {
	const struct asset	*winner;	/* NULL: nobody, or conflict */
	uint16_t		 rule;
	bool			 conflict;
	uint32_t		 n;		/* all claims, best first; the first 32 */
	struct judged		 claim[32];
};
/* How specific a network is, is asked of the asset, not of the claim's rank: a range
 * reaches stages in pieces. */
/* observed, now: ns; an asset must be valid at both. A subsidiary wins from its own parent
 * at equal rank (CLAIM_PARENT). */
void match_judge(const struct registry *reg, const struct tcs_claim *claim, uint32_t n, int64_t observed,
    int64_t now, struct judgement *out);
/* Many queries: each as a row of a batch that begins zeroed; names live in a.  False: not understood,
 * the row is empty. */
bool match_query_put(struct batch *b, uint32_t row, struct tcs_slice query, struct arena *a, struct err *e);
/* One query outside a run: address, name or AS as text, through the same stages. False: not understood. */
bool match_query(struct stages *s, const struct registry *reg, const char *query, int64_t observed,
    int64_t now, struct judgement *out, struct err *e);

#endif
