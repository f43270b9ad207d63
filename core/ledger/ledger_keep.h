/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Retention: what is older than the configuration allows loses what says who
 * and where.  Rows that reports count stay, so that a report of an old period
 * is the same before and after; see docs/internals/retention.md.
 */
#ifndef CORE_LEDGER_KEEP_H
#define CORE_LEDGER_KEEP_H

#include "arena.h"
#include "ledger/ledger.h"

enum keep { KEEP_EVIDENCE, KEEP_MESSAGES, KEEP_CASES, KEEP_CONTACTS, KEEP_MAX };
extern const char *const keep_names[];			/* ended by NULL */

/* What was done, or would be. */
enum kept { KEPT_BLOBS, KEPT_SEGMENTS, KEPT_TABLES, KEPT_MESSAGES, KEPT_MAILS, KEPT_REPLIES, KEPT_CASES,
	KEPT_CONTACTS, KEPT_RECIPIENTS, KEPT_MAX };
extern const char *const kept_names[], *const kept_means[];

/* before: s, by enum keep; what is older goes; TIME_NONE: nothing does.  Only counts; blobs are not
 * counted. */
bool ledger_keep_count(struct ledger *l, const int64_t before[KEEP_MAX], uint64_t n[KEPT_MAX], struct err *e);
/* The same, done; inside a commit. */
bool ledger_keep(struct ledger *l, const int64_t before[KEEP_MAX], uint64_t n[KEPT_MAX], struct err *e);

/* Inputs of the spool that nobody will read again: arrived before that, read to their end, nothing of them in
 * quarantine waits, no case that is still seen has its newest evidence in them.  SHA-256, in a. */
bool ledger_evidence_old(struct ledger *l, struct arena *a, int64_t before, const char ***list, uint32_t *n,
    struct err *e);
void ledger_evidence_gone(struct ledger *l, const char *sha256);	/* inside a commit */

#endif
