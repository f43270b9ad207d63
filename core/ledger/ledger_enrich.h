/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger of what stages on matched findings said: which list says that a case is exploited, and
 * what was taken out.
 */
#ifndef CORE_LEDGER_ENRICH_H
#define CORE_LEDGER_ENRICH_H

#include "arena.h"
#include "ledger/ledger.h"

struct exploited_row {
	const char	*cve, *version, *added;
	bool		 ransomware;
	int64_t		 at;
};
struct filtered_row {
	const char	*stage, *reason;
	uint64_t	 n;
};

/* In an open transaction.  The version that said it first stays. */
void ledger_case_exploited(struct ledger *l, uint32_t id, const struct exploited_row *r);
void ledger_filtered(struct ledger *l, uint32_t input, const struct filtered_row *r);
bool ledger_exploited_each(struct ledger *l, uint32_t id, bool (*each)(void *arg,
    const struct exploited_row *r), void *arg,
    struct err *e);
bool ledger_filtered_each(struct ledger *l, uint32_t input, bool (*each)(void *arg,
    const struct filtered_row *r),
    void *arg, struct err *e);

#endif
