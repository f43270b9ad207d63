/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of cases beyond their rows: each one's newest evidence read
 * again from the spool, all of an input's in one pass.
 */
#ifndef CORE_DETAILS_H
#define CORE_DETAILS_H

#include "4-decide/decider.h"
#include "sources.h"

struct detail {
	const struct finding	*f;		/* NULL: could not be read again */
	const char		*source, *report;
	int64_t			 reported;	/* s: when the input arrived */
	bool			 wait;		/* no worker could be started to read it: later, perhaps */
};
/* For n cases; out[i] belongs to id[i]; all in a.  False only when the ledger cannot be read. */
bool details_read(struct decider *d, struct sources *s, const uint32_t *id, uint32_t n, struct arena *a,
    struct detail *out, struct err *e);
struct finding *finding_keep(struct arena *a, const struct finding *f);

#endif
