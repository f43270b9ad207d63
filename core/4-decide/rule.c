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

enum case_reason
answer_reason(enum answer a)
{
	static const uint8_t why[] = { WHY_NONE, WHY_SAYS_FIXED, WHY_FALSE_POSITIVE, WHY_NOT_MINE,
		WHY_ACCEPTED };

	return (enum case_reason)why[a];
}

bool
reason_mends(enum case_reason why)
{
	return why == WHY_NO_PARTNER || why == WHY_NO_CONTACT || why == WHY_TLP || why == WHY_UNVERIFIED ||
	    why == WHY_ASSET_GONE || why == WHY_CONFLICT || why == WHY_BY_HAND || why == WHY_SHARING ||
	    why == WHY_NOBODY ||
	    why == WHY_NO_KEY || why == WHY_KEY_EXPIRED || why == WHY_KEY_UNUSABLE ||
	    why == WHY_UNREACHED;
}

#define RULE_RISEN (RULE_WORSE | RULE_EXPLOITED)

static enum case_reason
rise(unsigned change)
{
	return change & RULE_EXPLOITED ? WHY_EXPLOITED : WHY_WORSE;
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
	if (why == WHY_MORE && c->warned + in->interval > in->now)
		c->due = c->warned + in->interval;
	if (why == WHY_RELAPSE || why == WHY_NOT_FIXED)
		c->relapsed = in->now;
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
	if (change & RULE_RISEN)
		return rise(change);
	if (c->key.day != 0)
		return WHY_MORE;
	if (change & RULE_RELAPSED && in->now - c->relapsed >= in->interval)
		return WHY_RELAPSE;
	return in->now - c->warned >= in->interval ? WHY_REMINDER : WHY_NONE;
}

/* Old and future observations are not news; a policy may want a person first. */
static enum case_reason
policy_reason(const struct tcase *c, const struct rule_in *in)
{
	int64_t newest = in->observed > c->last_seen ? in->observed : c->last_seen;

	if (in->future)
		return WHY_FUTURE;
	if (in->now - newest > in->policy->greatest_age)
		return WHY_TOO_OLD;
	return in->policy->warn == WARN_HOLD ? WHY_POLICY_HOLD : WHY_NONE;
}

/* It was held for the time of an observation, and here is one whose time is right. */
static bool
in_time(const struct tcase *c, const struct rule_in *in)
{
	return (c->reason == WHY_TOO_OLD || c->reason == WHY_FUTURE) && policy_reason(c, in) == WHY_NONE;
}

/* Has what was answered, or muted by hand, kept it silent long enough?  Then why it speaks again. */
static enum case_reason
silence_over(const struct tcase *c, const struct rule_in *in, unsigned change)
{
	bool closed = c->answer == ANSWER_FALSE_POSITIVE || c->answer == ANSWER_NOT_MINE;

	if (change & RULE_RISEN && c->answer != ANSWER_FIXED)
		return rise(change);
	if (closed && in->changed)
		return WHY_CHANGED;
	if ((c->answer == ANSWER_RISK_ACCEPTED || c->told == TOLD_MUTED) &&
	    (in->now >= c->until || in->compromised))
		return c->warned == 0 ? WHY_NEW : WHY_REMINDER;
	return WHY_NONE;
}

/* From here on it is decided as if nothing had been answered. */
static void
speak_again(struct tcase *c)
{
	c->answer = ANSWER_NONE;
	c->until = 0;
	if (c->told == TOLD_MUTED)
		c->told = TOLD_NOTHING;
	c->rev++;
}

/* It has not been seen on as many days as the policy wants before the first warning. */
static bool
too_seldom(const struct tcase *c, const struct rule_in *in)
{
	return c->warned == 0 && in->policy->least > 1 && c->days < in->policy->least && c->key.day == 0;
}

static unsigned
record(struct tcase *c, enum case_reason why, unsigned how)
{
	if (c->told == TOLD_NOTHING && c->reason == why)
		return RULE_SAME;
	if (c->told == TOLD_DUE && c->warning != 0)
		return RULE_SAME;	/* on its way already */
	c->told = TOLD_NOTHING;
	c->reason = (uint8_t)why;
	return how;
}

static unsigned
still_due(struct tcase *c, const struct rule_in *in, unsigned change, enum case_reason brake)
{
	if (brake != WHY_NONE && c->warning == 0)
		return held(c, brake);
	if (change & RULE_RISEN && in->policy->lane == LANE_PRIORITY && c->lane != LANE_PRIORITY &&
	    c->warning == 0) {
		c->lane = LANE_PRIORITY;
		c->due = in->now;
		return RULE_DUE;
	}
	return RULE_SAME;
}

/* A person, or what asks before each composing, decides about what is held. */
static bool
stays_held(const struct tcase *c, const struct rule_in *in)
{
	if (c->told != TOLD_HELD)
		return false;
	if (!reason_mends(c->reason))
		return !in_time(c, in);
	return c->reason == WHY_NO_CONTACT || c->reason == WHY_TLP || c->reason == WHY_ASSET_GONE ||
	    c->reason == WHY_NO_KEY || c->reason == WHY_KEY_EXPIRED || c->reason == WHY_KEY_UNUSABLE ||
	    c->reason == WHY_UNREACHED;
}

/* why: said already that it is to be told, or WHY_NONE. */
static unsigned
told(struct tcase *c, const struct rule_in *in, unsigned change, enum case_reason why)
{
	enum case_reason brake = brake_reason(&in->brake);

	if (c->answer != ANSWER_NONE || c->told == TOLD_MUTED) {
		if ((why = silence_over(c, in, change)) == WHY_NONE)
			return RULE_SAME;
		speak_again(c);
	}
	if (in->policy->warn == WARN_NO)
		return record(c, WHY_POLICY_RECORD, RULE_RECORDED);
	if (c->told == TOLD_DUE)
		return still_due(c, in, change, brake);
	if (stays_held(c, in))
		return RULE_SAME;
	if (why == WHY_NONE && (why = occasion(c, in, change)) == WHY_NONE) {
		if (change & RULE_RELAPSED && c->told == TOLD_HANDED_OVER)
			c->reason = WHY_FLAPPING;
		return RULE_SAME;
	}
	if (too_seldom(c, in))
		return record(c, WHY_ONCE, RULE_RECORDED);
	if (brake != WHY_NONE)
		return held(c, brake);
	if (policy_reason(c, in) != WHY_NONE)
		return held(c, policy_reason(c, in));
	return due(c, in, why);
}

/* The next stretch of its life begins with this sighting. */
static unsigned
next_episode(struct tcase *c, const struct rule_in *in)
{
	c->seen = SEEN_OPEN;
	c->episode++;
	c->first_seen = in->observed;
	c->severity = in->severity;
	c->exploited = in->exploited;
	c->days = 1;
	c->rev++;
	return RULE_RELAPSED;
}

/* Days it was seen on, as far as they can be told apart: later than all before, or earlier. */
static unsigned
count_day(struct tcase *c, const struct rule_in *in)
{
	int64_t day = in->observed / DAY;

	if (c->warned != 0 || c->days >= in->policy->least ||
	    (day <= c->last_seen / DAY && (day >= c->first_seen / DAY || c->episode > 1)))
		return RULE_SAME;
	c->days++;
	return RULE_WAITS;
}

static unsigned
earlier(struct tcase *c, const struct rule_in *in)
{
	unsigned change = in->policy->least > 1 ? count_day(c, in) : RULE_SAME;

	if (in->observed < c->first_seen && c->episode == 1)
		c->first_seen = in->observed;
	return change;
}

unsigned
rule_sighting(struct tcase *c, const struct rule_in *in)
{
	unsigned change = RULE_SAME;
	enum case_reason why = WHY_NONE;

	if (in->fresh) {
		c->episode = 1;
		c->first_seen = in->observed;
		c->severity = in->severity;
		c->exploited = in->exploited;
		c->seen = SEEN_OPEN;
		c->days = 1;
		change = RULE_OPENED;
	} else if (c->answer == ANSWER_FIXED) {
		if (in->observed <= c->answered)
			return RULE_OLD;
		change = next_episode(c, in);
		why = WHY_NOT_FIXED;
		speak_again(c);
	} else if (c->key.day != 0) {
		if (in->observed < c->first_seen)
			c->first_seen = in->observed;
		if (c->seen != SEEN_OPEN)
			change = RULE_WAITS;
		c->seen = SEEN_OPEN;
	} else if (in->observed <= c->last_seen) {
		change = earlier(c, in);
		if (change == RULE_SAME && (c->seen != SEEN_OPEN || in->observed < c->last_seen))
			return RULE_OLD;
		if (c->seen != SEEN_OPEN)
			return change;
	} else if (c->seen != SEEN_OPEN) {
		if (in->history)
			return RULE_OLD;
		change = next_episode(c, in);
	} else if (in->policy->least > 1)
		change = count_day(c, in);
	if (in->severity > c->severity) {
		c->severity = in->severity;
		c->rev++;
		change |= RULE_WORSE;
	}
	if (in->exploited & ~c->exploited) {
		c->exploited |= in->exploited;
		c->rev++;
		change |= RULE_EXPLOITED;
	}
	return change | told(c, in, change, why);
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
