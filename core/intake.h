/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intake: one input, from its bytes to the last commit of what it caused.
 * Here decode, match and decide meet.  Commits are cut at whole records, each
 * with the input's progress in it, so a kill at any moment loses nothing and
 * does nothing twice.  What cannot be read is in quarantine, in the same
 * commit.  The books are in findings: new + repeated + unmatched + filtered +
 * conflict + quarantined = records.
 */
#ifndef CORE_INTAKE_H
#define CORE_INTAKE_H

#include "4-decide/decider.h"

struct intake {
	uint64_t	records, matched, fresh, unmatched, filtered, conflicts, refused;
	bool		bad;		/* the input, or its rest, is in quarantine */
};

struct intake_job {
	struct input		*in;
	const struct cfg_source	*source;
	struct decoder		*decoder;
	const char		*name;		/* that says its report type: the member's, or the input's */
	struct reader		*reader;	/* NULL: why says why there is none; the caller closes it */
	const struct err	*why;
	const struct span	*only;		/* a replay: just these records, sorted by offset */
	uint32_t		 nonly, replay;	/* replay: the quarantine's number */
	struct replay		*again;		/* the whole input once more (4-decide/replay.h),
	    in one commit */
	void			(*progress)(void *arg, const struct intake *so_far, uint64_t off);
	bool			(*stop)(void *arg);	/* true: what was read is committed, the rest
							 * waits; may be NULL */
	void			*arg;
};

/* False when the ledger could not take it: nothing since the last commit has happened. A bad
 * input is no failure. */
bool intake(struct decider *d, const struct intake_job *job, struct intake *sum, struct err *e);

#endif
