/* SPDX-License-Identifier: Apache-2.0 */
/* See rule.h. */
#include "4-decide/rule.h"
#include "timefmt.h"

enum case_reason
brake_reason(const struct brakes *b)
{
	return b->conflict ? WHY_CONFLICT : b->tlp_unknown ? WHY_TLP_UNKNOWN : b->not_shared ? WHY_SHARING :
	    b->nobody ? WHY_NOBODY :
	    b->no_partner ? WHY_NO_PARTNER : b->by_hand ? WHY_BY_HAND : WHY_NONE;
}

bool
reason_mends(enum case_reason why)
{
	return why == WHY_NO_PARTNER || why == WHY_NO_CONTACT || why == WHY_TLP || why == WHY_UNVERIFIED ||
	    why == WHY_ASSET_GONE || why == WHY_CONFLICT || why == WHY_BY_HAND || why == WHY_SHARING ||
	    why == WHY_NOBODY ||
	    why == WHY_UNREACHED;
}

static unsigned
held(struct tcase *c, enum case_reason why)
{
	if (c->told == TOLD_HELD && c->reason == why)
		return RULE_SAME;
	c->told = TOLD_HELD;
	c->reason = (uint8_t)why;
	c->rev++;
	return RULE_HELD;
}

static unsigned
due(struct tcase *c, const struct rule_in *in, enum case_reason why)
{
	c->told = TOLD_DUE;
	c->reason = (uint8_t)why;
	c->lane = (uint8_t)in->policy->lane;
	c->due = in->now;
	c->warning = 0;
	c->rev++;
	return RULE_DUE;
}

/* Why it should be told now, WHY_NONE when it should not. */
static enum case_reason
occasion(const struct tcase *c, const struct rule_in *in, unsigned change)
{
	if (c->warned == 0 || in->redirected)
		return WHY_NEW;
	if (change & RULE_WORSE)
		return WHY_WORSE;
	if (change & RULE_RELAPSED)
		return WHY_RELAPSE;
	return in->now - c->warned >= in->interval ? WHY_REMINDER : WHY_NONE;
}

/* Old and future observations are not news; a policy may want a person first. */
static enum case_reason
policy_reason(const struct rule_in *in)
{
	if (in->future)
		return WHY_FUTURE;
	if (in->now - in->observed > in->policy->greatest_age)
		return WHY_TOO_OLD;
	return in->policy->warn == WARN_HOLD ? WHY_POLICY_HOLD : WHY_NONE;
}

/* It was held for the time of an observation, and here is one whose time is right. */
static bool
in_time(const struct tcase *c, const struct rule_in *in)
{
	return (c->reason == WHY_TOO_OLD || c->reason == WHY_FUTURE) && policy_reason(in) == WHY_NONE;
}

static unsigned
told(struct tcase *c, const struct rule_in *in, unsigned change)
{
	enum case_reason why, brake = brake_reason(&in->brake);

	if (c->told == TOLD_MUTED || c->answer == ANSWER_FALSE_POSITIVE || c->answer == ANSWER_NOT_MINE ||
	    c->answer == ANSWER_RISK_ACCEPTED)
		return RULE_SAME;
	if (in->policy->warn == WARN_NO) {
		if (c->told == TOLD_NOTHING && c->reason == WHY_POLICY_RECORD)
			return RULE_SAME;
		if (c->told == TOLD_DUE && c->warning != 0)
			return RULE_SAME;	/* on its way already */
		c->told = TOLD_NOTHING;
		c->reason = WHY_POLICY_RECORD;
		return RULE_RECORDED;
	}
	if (c->told == TOLD_DUE) {
		if (brake != WHY_NONE && c->warning == 0)
			return held(c, brake);
		if (change & RULE_WORSE && in->policy->lane == LANE_PRIORITY && c->lane != LANE_PRIORITY &&
		    c->warning == 0) {
			c->lane = LANE_PRIORITY;
			return RULE_DUE;
		}
		return RULE_SAME;
	}
	if (c->told == TOLD_HELD && !reason_mends(c->reason) && !in_time(c, in))
		return RULE_SAME;		/* a person decides */
	if (c->told == TOLD_HELD &&
	    (c->reason == WHY_NO_CONTACT || c->reason == WHY_TLP || c->reason == WHY_ASSET_GONE))
		return RULE_SAME;		/* asked again before each composing */
	if ((why = occasion(c, in, change)) == WHY_NONE)
		return RULE_SAME;
	if (brake != WHY_NONE)
		return held(c, brake);
	if (policy_reason(in) != WHY_NONE)
		return held(c, policy_reason(in));
	return due(c, in, why);
}

unsigned
rule_sighting(struct tcase *c, const struct rule_in *in)
{
	unsigned change = RULE_SAME;

	if (in->fresh) {
		c->episode = 1;
		c->first_seen = in->observed;
		c->severity = in->severity;
		c->seen = SEEN_OPEN;
		change = RULE_OPENED;
	} else if (in->observed <= c->last_seen) {
		if (in->observed < c->first_seen && c->episode == 1)
			c->first_seen = in->observed;
		if (c->seen != SEEN_OPEN || in->observed < c->last_seen)
			return RULE_OLD;
	} else if (c->seen != SEEN_OPEN) {
		c->seen = SEEN_OPEN;
		c->episode++;
		c->first_seen = in->observed;
		c->severity = in->severity;
		c->rev++;
		change = RULE_RELAPSED;
	}
	if (in->severity > c->severity) {
		c->severity = in->severity;
		c->rev++;
		change |= RULE_WORSE;
	}
	return change | told(c, in, change);
}

bool
rule_release(struct tcase *c, const struct brakes *b, bool force, int64_t now)
{
	enum case_reason brake = brake_reason(b);

	if (c->told != TOLD_HELD || (!force && !reason_mends(c->reason)))
		return false;
	if (brake != WHY_NONE) {
		c->reason = (uint8_t)brake;
		return false;
	}
	c->told = TOLD_DUE;
	c->reason = c->warned == 0 ? WHY_NEW : WHY_REMINDER;
	c->due = now;
	c->warning = 0;
	c->rev++;
	return true;
}
