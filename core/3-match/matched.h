/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stages on matched findings (TCS_ST_MATCHED): after it is known whose a
 * finding is, before it becomes a case.  They see the fields they asked for at
 * open as text, add extras and take findings out, each with a reason.  Nothing
 * of this is done where no such stage is configured.
 */
#ifndef CORE_MATCHED_H
#define CORE_MATCHED_H

#include "3-match/match.h"
#include "finding.h"

struct matched {
	struct finding	*f;
	const char	*stage, *reason;	/* that took it out, and why; NULL: kept */
};

/* Names of the fields that these stages want, over all of them; *n 0: there are none that want any. */
const char *const *stages_wants(const struct stages *s, uint32_t *n);
bool stages_have_matched(const struct stages *s);
/* At most BATCH_ROWS; what is added lives in a. */
bool stages_matched(struct stages *s, struct matched *m, uint32_t n, struct arena *a, struct err *e);
/*
 * Data files of stages that changed are read again; what cannot be read or used is told to bad, and
 * the old stays.
 */
void stages_refresh(struct stages *s, void (*bad)(void *arg, const char *stage, const char *why), void *arg);

#endif
