/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all segments together say about a case: how often it was seen, when
 * last, and where the evidence is.  docs/internals/ledger.md says why this is
 * not in the case's row.
 */
#ifndef CORE_SEEN_H
#define CORE_SEEN_H

#include "ledger/ledger_int.h"

struct seen_sum;
/* For cases lo to hi, within one read transaction. */
struct seen_sum *seen_open(struct ledger *l, uint32_t lo, uint32_t hi, struct err *e);
/* Adds to a row just read. Cases must come in ascending order of id. False: a damaged page
 * or segment, see seen_close. */
bool seen_add(struct seen_sum *f, struct tcase *c);
bool seen_close(struct seen_sum *f, struct err *e);	/* false when anything was damaged */

#endif
