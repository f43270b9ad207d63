/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sighting does to a case: three axes in, three axes out.  One pure
 * function with its table of tests (tests/unit/t_rule.c): no clock, no ledger,
 * no registry; what it must know of them is in its question.
 *
 * Seen: a sighting newer than what is known reopens a case that had ended (the
 * next episode); an older one is history and changes nothing.  Told: what the
 * policy and the brakes make of it.  A case that is due or held stays so until
 * it was told or released; one that was told is silent until its interval is
 * over, it grew worse, or it came back, which is told at most once an
 * interval.  Where the policy wants so many looks, the first warning waits
 * until it was seen on that many days.  Answer: what a recipient or a person
 * said keeps it silent, each until something of its own (see answer.h); a rise
 * in severity, and that it is newly known to be exploited, end every silence.
 *
 * A case of one day (key.day: dynamic and cgnat networks) is a list of
 * sightings: nothing is old, nothing comes back, and what comes in after it was
 * told is told with the next warning.
 */
#ifndef CORE_RULE_H
#define CORE_RULE_H

#include <stdbool.h>
#include "4-decide/case.h"
#include "4-decide/policy.h"

/* What stands between a due case and its warning, worst first; asked at each sighting
 * and again before composing. */
struct brakes {
	bool	conflict;	/* two organisations claim it equally */
	bool	tlp_unknown;	/* the label is not one we know */
	bool	not_shared;	/* the source's terms do not allow this kind of recipient */
	bool	nobody;		/* the ladder ends at a person */
	bool	no_partner;	/* nobody delivers for its constituency */
	bool	by_hand;	/* a hold covers it */
};

#define FUTURE_SLACK DAY	/* s; clocks and zones are wrong by hours, not by days */

struct rule_in {
	bool			 fresh;		/* a case that was not known */
	int64_t			 observed, now;	/* s */
	bool			 future;	/* it said a time past now + FUTURE_SLACK; observed is now
						 * instead, or all true sightings to come would be old */
	bool			 history;	/* it had ended, and was looked for since: it stays so */
	uint8_t			 severity;	/* of this sighting */
	uint8_t			 exploited;	/* EXPLOITED_* of this sighting */
	const struct policy_row	*policy;
	int64_t			 interval;	/* s: of policy or configuration */
	struct brakes		 brake;
	bool			 changed;	/* another class, identifier, CVE, asset or feed than when it
						 * was last seen; asked of what was answered only */
	bool			 compromised;	/* by its class; asked of what is silenced only */
	bool			 redirected;	/* the last warning went to deliver.redirect,
						 * which is gone now */
};

enum rule_change { RULE_SAME = 0, RULE_OPENED = 0x1, RULE_RELAPSED = 0x2, RULE_WORSE = 0x4, RULE_DUE = 0x8,
	RULE_HELD = 0x10,
	RULE_RECORDED = 0x20, RULE_OLD = 0x40 /* history: only counted */, RULE_WAITS = 0x80,
	RULE_EXPLOITED = 0x100 };

/* Changes c's axes, episode, severity, lane, reason, due and rev; the rest of the sighting is the caller's.
 * What was changed, as RULE_* bits; RULE_SAME and RULE_OLD need no row in the ledger. */
unsigned rule_sighting(struct tcase *c, const struct rule_in *in);
/* Something that held it may be over: back to due when nothing else holds it. force: a person released it,
 * so what a person decides (policy, age, caps) no longer holds; what makes it wrong (conflict, unknown
 * label, terms) still does. */
bool rule_release(struct tcase *c, const struct brakes *b, bool force, int64_t now);
/* Why what was answered so is silent. */
enum case_reason answer_reason(enum answer a);
/* The first brake that is on, or WHY_NONE. */
enum case_reason brake_reason(const struct brakes *b);
/* Held for a reason that mends itself when the registry or the configuration does. */
bool reason_mends(enum case_reason why);

#endif
