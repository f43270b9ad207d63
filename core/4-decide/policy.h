/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table a duty officer edits: which problems are warned, held or only
 * recorded, how often and by which lane.  etc/policy.csv, first match wins:
 *
 *   problem,feed,class,severity,constituency,warn,interval,lane,greatest_age,comment,least,rungs,exploited
 *
 * in any order; the last three may be left out.  The first five are patterns:
 * globs with alternatives "a|b"; empty matches all.  warn: yes, no, hold.
 * interval, greatest_age: durations; empty: the configuration's.  lane:
 * digest, priority; empty: digest.  least: on how many days it must be seen
 * before the first warning; empty: 1.  rungs: who of the ladder is told where
 * no owner is registered, separated by "|": operator (registered), network
 * (its owner by the network tables), country (its national CERT), hold (for a
 * person); empty: operator.  exploited: a pattern too: yes (a list that a stage
 * read says it is known to be exploited), no, ransomware, epss>=0.5; several
 * with "|"; empty matches all.  The last row must match everything.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include <stdint.h>
#include "4-decide/case.h"
#include "buf.h"
#include "config.h"
#include "err.h"

enum warn { WARN_NO, WARN_YES, WARN_HOLD };

#define LEAST_MOST 30
#define POLICY_EXPLOITED	0x1
#define POLICY_NOT_EXPLOITED	0x2
#define POLICY_RANSOMWARE	0x4
#define POLICY_EPSS		0x8
#define POLICY_EPSS_NEVER	255

struct policy_row {
	const char	*problem, *feed, *class, *severity, *constituency, *comment;
	enum warn	 warn;
	enum lane	 lane;
	int64_t		 interval, greatest_age;	/* s */
	unsigned	 least;		/* days seen before the first warning; 0 as 1 */
	unsigned	 rungs;		/* RUNG_BITs (ladder.h) */
	uint8_t		 exploited, epss;	/* POLICY_* bits, 0: all; epss: percent at least */
	unsigned	 line;
};

/* What a row is asked about. */
struct policy_query {
	const char	*problem, *feed, *class, *severity, *constituency;
	uint8_t		 exploited, epss;	/* as in a case */
};

struct policy;
struct policy *policy_load(const char *file, const struct config *c, struct err *e);
void policy_free(struct policy *p);
const struct policy_row *policy_find(struct policy *p, const struct policy_query *q);	/* never NULL */
const char *policy_file(const struct policy *p);
unsigned policy_rungs(const struct policy *p);		/* those that any row names */
/* For tocsin check: each row that an earlier one hides, as "file:line: ..." lines. */
unsigned policy_shadowed(const struct policy *p, struct buf *out);

#endif
