/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of what a sighting does to a case: a life is a line of steps, each
 * with what was observed when, and what the axes must say afterwards.
 */
#include <string.h>
#include "core/4-decide/rule.h"
#include "tap.h"
#include "timefmt.h"

#define T0 (INT64_C(20000) * DAY)

static const struct policy_row yes = { .warn = WARN_YES, .lane = LANE_DIGEST, .greatest_age = 14 * DAY };
static const struct policy_row priority = { .warn = WARN_YES, .lane = LANE_PRIORITY,
	.greatest_age = 14 * DAY };
static const struct policy_row no = { .warn = WARN_NO, .lane = LANE_DIGEST, .greatest_age = 14 * DAY };
static const struct policy_row by_person = { .warn = WARN_HOLD, .lane = LANE_DIGEST,
	.greatest_age = 14 * DAY };

static struct rule_in
seen_at(double day, const struct policy_row *p)
{
	return (struct rule_in){ .observed = T0 + (int64_t)(day * DAY), .now = T0 + (int64_t)(day * DAY) +
		3600, .policy = p, .interval = 30 * DAY, .severity = SEV_MEDIUM };
}

/* The caller's part of a sighting. */
static unsigned
see(struct tcase *c, const struct rule_in *in)
{
	unsigned change = rule_sighting(c, in);

	if (in->observed > c->last_seen)
		c->last_seen = in->observed;
	return change;
}

static struct tcase
opened(const struct policy_row *p)
{
	struct tcase c = { .id = 1 };
	struct rule_in in = seen_at(0, p);

	in.fresh = true;
	see(&c, &in);
	return c;
}

static void
hand_over(struct tcase *c, double day)
{
	c->told = TOLD_HANDED_OVER;
	c->warned = T0 + (int64_t)(day * DAY);
	c->reason = WHY_SILENT_UNTIL;
}

static void
t_new(void)
{
	struct tcase c = opened(&yes);

	ok(c.told == TOLD_DUE && c.reason == WHY_NEW && c.lane == LANE_DIGEST && c.episode == 1,
	    "a new case is due in the digest");
	c = opened(&priority);
	ok(c.told == TOLD_DUE && c.lane == LANE_PRIORITY, "the policy gives the lane");
	c = opened(&no);
	ok(c.told == TOLD_NOTHING && c.reason == WHY_POLICY_RECORD, "only recorded where the policy says so");
	c = opened(&by_person);
	ok(c.told == TOLD_HELD && c.reason == WHY_POLICY_HOLD, "held where the policy wants a person");
}

static void
t_repeat(void)
{
	struct tcase c = opened(&yes);
	struct rule_in in;
	uint32_t rev;

	hand_over(&c, 0.1);
	rev = c.rev;
	in = seen_at(1, &yes);
	ok(see(&c, &in) == RULE_SAME && c.told == TOLD_HANDED_OVER,
	    "seen again within the interval: silence");
	ok(c.rev == rev, "and nothing to write");
	in = seen_at(29.9, &yes);
	ok(see(&c, &in) == RULE_SAME, "still within");
	in = seen_at(30.2, &yes);
	ok(see(&c, &in) == RULE_DUE && c.reason == WHY_REMINDER, "still there after it: a reminder");
	ok(c.rev > rev, "a new decision has a new revision");
	in = seen_at(31, &yes);
	ok(see(&c, &in) == RULE_SAME && c.told == TOLD_DUE, "due stays due");
}

static void
t_relapse(void)
{
	struct tcase c = opened(&yes);
	struct rule_in in;

	hand_over(&c, 0.1);
	c.seen = SEEN_GONE;
	in = seen_at(-1, &yes);
	ok(see(&c, &in) == RULE_OLD && c.seen == SEEN_GONE, "a late file does not reopen what is gone");
	in = seen_at(10, &yes);
	ok(see(&c, &in) == (RULE_RELAPSED | RULE_DUE) && c.reason == WHY_RELAPSE && c.episode == 2,
	    "a newer sighting does, as the next episode");
	ok(c.seen == SEEN_OPEN && c.first_seen == T0 + 10 * DAY, "that begins with it");
}

static void
t_worse(void)
{
	struct tcase c = opened(&yes);
	struct rule_in in = seen_at(1, &priority);

	hand_over(&c, 0.1);
	in.severity = SEV_CRITICAL;
	ok(see(&c, &in) == (RULE_WORSE | RULE_DUE) && c.reason == WHY_WORSE && c.lane == LANE_PRIORITY,
	    "more severe: told at once");
	hand_over(&c, 1.1);
	in = seen_at(2, &yes);
	ok(see(&c, &in) == RULE_SAME && c.severity == SEV_CRITICAL,
	    "less severe is not news, nor is severe again");
	c = opened(&yes);
	in = seen_at(1, &priority);
	in.severity = SEV_CRITICAL;
	ok(see(&c, &in) & RULE_DUE && c.lane == LANE_PRIORITY && c.reason == WHY_NEW,
	    "one that waits for the digest changes its lane");
	c.warning = 7;
	c.severity = SEV_MEDIUM;
	c.lane = LANE_DIGEST;
	ok(!(see(&c, &in) & RULE_DUE) && c.warning == 7, "one that is in the outbox is not told twice");
}

static void
t_age(void)
{
	struct tcase c = { .id = 1 };
	struct rule_in in = seen_at(0, &yes);

	in.fresh = true;
	in.now = in.observed + 15 * DAY;
	see(&c, &in);
	ok(c.told == TOLD_HELD && c.reason == WHY_TOO_OLD, "an old observation is held, not mailed as news");
	c = (struct tcase){ .id = 1 };
	in.now = in.observed;
	in.future = true;
	see(&c, &in);
	ok(c.told == TOLD_HELD && c.reason == WHY_FUTURE, "one from the future too");
	in.fresh = in.future = false;
	in.now = in.observed += DAY;
	ok(see(&c, &in) & RULE_DUE && c.told == TOLD_DUE, "one in time ends such a hold");
	in.fresh = true;
	c = (struct tcase){ .id = 1 };
	in.now = in.observed - 3600 * 5;
	see(&c, &in);
	ok(c.told == TOLD_DUE, "a clock that is wrong by hours is none");
	in = seen_at(1, &yes);
	c = (struct tcase){ .id = 1 };
	in.fresh = true;
	in.now = in.observed + 15 * DAY;
	see(&c, &in);
	in = seen_at(2, &yes);
	in.now = in.observed + 15 * DAY;
	ok(see(&c, &in) == RULE_SAME && c.told == TOLD_HELD, "held for a person, it waits for the person");
}

static void
t_brakes(void)
{
	static const struct { struct brakes b; enum case_reason why; const char *what; } row[] = {
		{ { .conflict = true, .by_hand = true }, WHY_CONFLICT, "conflict before all" },
		{ { .tlp_unknown = true }, WHY_TLP_UNKNOWN, "unknown label" },
		{ { .not_shared = true }, WHY_SHARING, "sharing terms" },
		{ { .no_partner = true }, WHY_NO_PARTNER, "no partner" },
		{ { .by_hand = true }, WHY_BY_HAND, "by hand" },
	};
	struct brakes off = { .conflict = false };
	struct rule_in in = seen_at(0, &yes);
	struct tcase c;
	size_t i;

	for (i = 0; i < sizeof row / sizeof *row; i++) {
		c = (struct tcase){ .id = 1 };
		in.fresh = true;
		in.brake = row[i].b;
		see(&c, &in);
		ok(c.told == TOLD_HELD && c.reason == row[i].why, "held: %s", row[i].what);
		ok(!rule_release(&c, &row[i].b, true, in.now), "not released while it stands: %s",
		    row[i].what);
		ok(rule_release(&c, &off, true, in.now) && c.told == TOLD_DUE && c.reason == WHY_NEW,
		    "released when it is over: %s", row[i].what);
	}
	c = opened(&by_person);
	ok(!rule_release(&c, &off, false, T0), "what a person must decide is not released by itself");
	ok(rule_release(&c, &off, true, T0) && c.told == TOLD_DUE, "but by a person");
	in.fresh = false;
	ok(see(&c, &in) == RULE_HELD && c.reason == WHY_BY_HAND, "a hold stops what is due");
}

static void
t_answers(void)
{
	struct tcase c = opened(&yes);
	struct rule_in in = seen_at(40, &yes);

	hand_over(&c, 0.1);
	c.answer = ANSWER_RISK_ACCEPTED;
	ok(see(&c, &in) == RULE_SAME && c.told == TOLD_HANDED_OVER, "an accepted risk is not told of again");
	c.answer = ANSWER_NONE;
	in = seen_at(41, &yes);
	in.redirected = true;
	c.warned = in.now - DAY;
	ok(see(&c, &in) == RULE_DUE && c.reason == WHY_NEW,
	    "what went only to the redirect is new for its recipient");
	in = seen_at(42, &no);
	ok(see(&c, &in) == RULE_RECORDED && c.told == TOLD_NOTHING,
	    "a policy that says no takes back what is due");
}

int
main(void)
{
	t_new();
	t_repeat();
	t_relapse();
	t_worse();
	t_age();
	t_brakes();
	t_answers();
	return done_testing();
}
