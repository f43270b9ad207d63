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
t_exploited(void)
{
	struct tcase c = opened(&yes);
	struct rule_in in = seen_at(1, &priority);

	hand_over(&c, 0.1);
	in.exploited = EXPLOITED_KNOWN;
	ok(see(&c, &in) == (RULE_EXPLOITED | RULE_DUE) && c.reason == WHY_EXPLOITED && c.lane ==
	    LANE_PRIORITY,
	    "newly known to be exploited: told at once");
	hand_over(&c, 1.1);
	in = seen_at(2, &priority);
	in.exploited = EXPLOITED_KNOWN;
	ok(see(&c, &in) == RULE_SAME, "known already: silence");
	in = seen_at(3, &priority);
	ok(see(&c, &in) == RULE_SAME && c.exploited == EXPLOITED_KNOWN,
	    "a list that says nothing takes nothing back");
	in = seen_at(4, &priority);
	in.exploited = EXPLOITED_KNOWN | EXPLOITED_RANSOMWARE;
	ok(see(&c, &in) == (RULE_EXPLOITED | RULE_DUE), "by ransomware too: told again");
	hand_over(&c, 4.1);
	c.answer = ANSWER_RISK_ACCEPTED;
	c.until = T0 + 90 * DAY;
	c.exploited = 0;
	in = seen_at(5, &priority);
	in.exploited = EXPLOITED_KNOWN;
	ok(see(&c, &in) == (RULE_EXPLOITED | RULE_DUE) && c.answer == ANSWER_NONE,
	    "it ends an accepted risk");
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
	c.until = in.now + 1;
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

/* ---- lives: what is done to a case at each step, and what it says afterwards */

static const struct policy_row twice = { .warn = WARN_YES, .lane = LANE_DIGEST, .greatest_age = 14 * DAY,
	.least = 2 };
static const struct policy_row thrice = { .warn = WARN_YES, .lane = LANE_DIGEST, .greatest_age = 14 * DAY,
	.least = 3 };

enum act { SEE, SEVERE, CHANGED, COMPROMISED, TELL, GO, FIX, FALSE_POS, NOT_MINE, ACCEPT, MUTE };

struct step {
	enum act	 act;
	double		 day;		/* observed; of an answer: when, or until when */
	double		 arrived;	/* 0: with the day */
	unsigned	 change;	/* of a sighting */
	enum told	 told;
	enum case_reason reason;
	uint16_t	 episode;
};

struct life {
	const char		*what;
	const struct policy_row	*policy;
	uint16_t		 of_day;
	struct step		 step[9];
};

#define NEW_DUE	{ SEE, 0, 0, RULE_OPENED | RULE_DUE, TOLD_DUE, WHY_NEW, 1 }
#define TOLD_0	{ TELL, 0.1, 0, 0, TOLD_HANDED_OVER, WHY_SILENT_UNTIL, 1 }

static const struct life lives[] = {
	{ "two looks", &twice, 0, {
		{ SEE, 0.3, 0, RULE_OPENED | RULE_RECORDED, TOLD_NOTHING, WHY_ONCE, 1 },
		{ SEE, 0.7, 0, RULE_SAME, TOLD_NOTHING, WHY_ONCE, 1 },
		{ SEE, 1.2, 0, RULE_WAITS | RULE_DUE, TOLD_DUE, WHY_NEW, 1 } } },
	{ "three looks", &thrice, 0, {
		{ SEE, 0.3, 0, RULE_OPENED | RULE_RECORDED, TOLD_NOTHING, WHY_ONCE, 1 },
		{ SEE, 1.2, 0, RULE_WAITS, TOLD_NOTHING, WHY_ONCE, 1 },
		{ SEE, 1.9, 0, RULE_SAME, TOLD_NOTHING, WHY_ONCE, 1 },
		{ SEE, 5.2, 0, RULE_WAITS | RULE_DUE, TOLD_DUE, WHY_NEW, 1 } } },
	{ "looks in the wrong order", &thrice, 0, {
		{ SEE, 5.3, 0, RULE_OPENED | RULE_RECORDED, TOLD_NOTHING, WHY_ONCE, 1 },
		{ SEE, 5.2, 6, RULE_OLD, TOLD_NOTHING, WHY_ONCE, 1 },
		{ SEE, 3.2, 6, RULE_WAITS, TOLD_NOTHING, WHY_ONCE, 1 },
		{ SEE, 3.1, 6, RULE_OLD, TOLD_NOTHING, WHY_ONCE, 1 },
		{ SEE, 1.2, 6, RULE_WAITS | RULE_DUE, TOLD_DUE, WHY_NEW, 1 } } },
	{ "looks of an episode that ended do not count", &twice, 0, {
		{ SEE, 0.3, 0, RULE_OPENED | RULE_RECORDED, TOLD_NOTHING, WHY_ONCE, 1 },
		{ GO, 0, 0, 0, TOLD_NOTHING, WHY_ONCE, 1 },
		{ SEE, 9.3, 0, RULE_RELAPSED, TOLD_NOTHING, WHY_ONCE, 2 },
		{ SEE, 10.3, 0, RULE_WAITS | RULE_DUE, TOLD_DUE, WHY_NEW, 2 } } },
	{ "a relapse is told once an interval", &yes, 0, {
		NEW_DUE, TOLD_0,
		{ GO, 0, 0, 0, TOLD_HANDED_OVER, WHY_SILENT_UNTIL, 1 },
		{ SEE, 10, 0, RULE_RELAPSED | RULE_DUE, TOLD_DUE, WHY_RELAPSE, 2 },
		{ TELL, 10.1, 0, 0, TOLD_HANDED_OVER, WHY_SILENT_UNTIL, 2 },
		{ GO, 0, 0, 0, TOLD_HANDED_OVER, WHY_SILENT_UNTIL, 2 },
		{ SEE, 20, 0, RULE_RELAPSED, TOLD_HANDED_OVER, WHY_FLAPPING, 3 },
		{ SEE, 40, 0, RULE_SAME, TOLD_HANDED_OVER, WHY_FLAPPING, 3 },
		{ SEE, 40.2, 0, RULE_DUE, TOLD_DUE, WHY_REMINDER, 3 } } },
	{ "history opens nothing that is told", &yes, 0, {
		NEW_DUE, TOLD_0,
		{ SEE, -1, 0.5, RULE_OLD, TOLD_HANDED_OVER, WHY_SILENT_UNTIL, 1 },
		{ SEE, -1, 40, RULE_OLD, TOLD_HANDED_OVER, WHY_SILENT_UNTIL, 1 },
		{ GO, 0, 0, 0, TOLD_HANDED_OVER, WHY_SILENT_UNTIL, 1 },
		{ SEE, 0, 41, RULE_OLD, TOLD_HANDED_OVER, WHY_SILENT_UNTIL, 1 } } },
	{ "says fixed: only what is seen after it counts", &yes, 0, {
		NEW_DUE, TOLD_0,
		{ FIX, 3, 0, 0, TOLD_HANDED_OVER, WHY_SAYS_FIXED, 1 },
		{ SEE, 2.9, 4, RULE_OLD, TOLD_HANDED_OVER, WHY_SAYS_FIXED, 1 },
		{ SEE, 3, 50, RULE_OLD, TOLD_HANDED_OVER, WHY_SAYS_FIXED, 1 },
		{ SEE, 50, 0, RULE_RELAPSED | RULE_DUE, TOLD_DUE, WHY_NOT_FIXED, 2 } } },
	{ "says fixed, goes, and comes back", &yes, 0, {
		NEW_DUE, TOLD_0,
		{ FIX, 3, 0, 0, TOLD_HANDED_OVER, WHY_SAYS_FIXED, 1 },
		{ GO, 0, 0, 0, TOLD_HANDED_OVER, WHY_SAYS_FIXED, 1 },
		{ SEE, 9, 0, RULE_RELAPSED | RULE_DUE, TOLD_DUE, WHY_NOT_FIXED, 2 } } },
	{ "a false positive is silent until its evidence changes", &yes, 0, {
		NEW_DUE, TOLD_0,
		{ FALSE_POS, 3, 0, 0, TOLD_NOTHING, WHY_FALSE_POSITIVE, 1 },
		{ SEE, 90, 0, RULE_SAME, TOLD_NOTHING, WHY_FALSE_POSITIVE, 1 },
		{ CHANGED, 91, 0, RULE_DUE, TOLD_DUE, WHY_CHANGED, 1 } } },
	{ "not mine, and worse", &yes, 0, {
		NEW_DUE, TOLD_0,
		{ NOT_MINE, 3, 0, 0, TOLD_NOTHING, WHY_NOT_MINE, 1 },
		{ SEE, 4, 0, RULE_SAME, TOLD_NOTHING, WHY_NOT_MINE, 1 },
		{ SEVERE, 5, 0, RULE_WORSE | RULE_DUE, TOLD_DUE, WHY_WORSE, 1 } } },
	{ "an accepted risk ends with its day", &yes, 0, {
		NEW_DUE, TOLD_0,
		{ ACCEPT, 60, 0, 0, TOLD_NOTHING, WHY_ACCEPTED, 1 },
		{ CHANGED, 40, 0, RULE_SAME, TOLD_NOTHING, WHY_ACCEPTED, 1 },
		{ SEE, 59.9, 0, RULE_SAME, TOLD_NOTHING, WHY_ACCEPTED, 1 },
		{ SEE, 60, 0, RULE_DUE, TOLD_DUE, WHY_REMINDER, 1 } } },
	{ "an accepted risk that gets compromised", &yes, 0, {
		NEW_DUE,
		{ ACCEPT, 60, 0, 0, TOLD_NOTHING, WHY_ACCEPTED, 1 },
		{ COMPROMISED, 2, 0, RULE_DUE, TOLD_DUE, WHY_NEW, 1 } } },
	{ "muted", &yes, 0, {
		NEW_DUE, TOLD_0,
		{ MUTE, 50, 0, 0, TOLD_MUTED, WHY_MUTED, 1 },
		{ SEE, 49, 0, RULE_SAME, TOLD_MUTED, WHY_MUTED, 1 },
		{ SEE, 50, 0, RULE_DUE, TOLD_DUE, WHY_REMINDER, 1 } } },
	{ "muted, where the policy came to say no", &no, 0, {
		{ SEE, 0, 0, RULE_OPENED | RULE_RECORDED, TOLD_NOTHING, WHY_POLICY_RECORD, 1 },
		{ MUTE, 50, 0, 0, TOLD_MUTED, WHY_MUTED, 1 },
		{ SEE, 51, 0, RULE_RECORDED, TOLD_NOTHING, WHY_POLICY_RECORD, 1 } } },
	{ "a day of a dynamic network is a list", &priority, 20000, {
		NEW_DUE, TOLD_0,
		{ SEE, 0.5, 0, RULE_DUE, TOLD_DUE, WHY_MORE, 1 },
		{ TELL, 1.1, 0, 0, TOLD_HANDED_OVER, WHY_SILENT_UNTIL, 1 },
		{ SEE, 0.2, 2, RULE_DUE, TOLD_DUE, WHY_MORE, 1 },
		{ TELL, 2.2, 0, 0, TOLD_HANDED_OVER, WHY_SILENT_UNTIL, 1 },
		{ GO, 0, 0, 0, TOLD_HANDED_OVER, WHY_SILENT_UNTIL, 1 },
		{ SEE, 0.9, 4, RULE_WAITS | RULE_DUE, TOLD_DUE, WHY_MORE, 1 } } },
	{ "and waits for no second look", &twice, 20000, {
		NEW_DUE } },
};

static void
answer(struct tcase *c, enum answer a, double day)
{
	c->answer = (uint8_t)a;
	c->answered = c->until = T0 + (int64_t)(day * DAY);
	if (a != ANSWER_FIXED)
		c->told = TOLD_NOTHING;
	c->reason = (uint8_t)answer_reason(a);
}

static unsigned
take_step(struct tcase *c, const struct life *l, const struct step *s, bool first)
{
	struct rule_in in = seen_at(s->day, l->policy);

	if (s->arrived != 0)
		in.now = T0 + (int64_t)(s->arrived * DAY);
	in.fresh = first;
	in.changed = s->act == CHANGED;
	in.compromised = s->act == COMPROMISED;
	in.severity = s->act == SEVERE ? SEV_CRITICAL : SEV_MEDIUM;
	switch (s->act) {
	case SEE: case SEVERE: case CHANGED: case COMPROMISED:
		return see(c, &in);
	case TELL:
		hand_over(c, s->day);
		break;
	case GO:
		c->seen = SEEN_GONE;
		break;
	case MUTE:
		answer(c, ANSWER_NONE, s->day);
		c->told = TOLD_MUTED;
		c->reason = WHY_MUTED;
		break;
	default:
		answer(c, (enum answer)(s->act - FIX + ANSWER_FIXED), s->day);
	}
	return 0;
}

static void
t_lives(void)
{
	size_t i, k;

	for (i = 0; i < sizeof lives / sizeof *lives; i++) {
		const struct life *l = &lives[i];
		struct tcase c = { .id = 1, .key.day = l->of_day };
		bool good = true;

		for (k = 0; k < 9 && (k == 0 || l->step[k].episode != 0); k++) {
			const struct step *s = &l->step[k];
			unsigned change = take_step(&c, l, s, k == 0);

			if (change == s->change && c.told == s->told && c.reason == s->reason &&
			    c.episode == s->episode)
				continue;
			good = false;
			printf("# step %zu: change 0x%x, %s, %s, episode %u\n", k, change, told_names[c.told],
			    case_reason_names[c.reason], c.episode);
		}
		ok(good, "%s", l->what);
	}
}

/* What comes in after its day was told waits until a day has passed since. */
static void
t_more(void)
{
	struct tcase c = { .id = 1, .key.day = 20000 };
	struct rule_in in = seen_at(0, &priority);

	in.fresh = true;
	in.interval = DAY;
	see(&c, &in);
	hand_over(&c, 0.5);
	in = seen_at(0.6, &priority);
	in.interval = DAY;
	see(&c, &in);
	ok(c.told == TOLD_DUE && c.due == c.warned + DAY, "more of a day that was told is due a day later");
}

/* Its warning came back: when it is told again is asked in each round, not by what is seen. */
static void
t_unreached(void)
{
	struct tcase c = opened(&yes);
	struct rule_in in = seen_at(1, &yes);

	c.told = TOLD_HELD;
	c.reason = WHY_UNREACHED;
	c.warned = 0;
	is_int(see(&c, &in), RULE_SAME, "seen again while it waits to be told again: nothing changes");
	is_int(c.told, TOLD_HELD, "it is held");
	is_int(c.reason, WHY_UNREACHED, "for the same reason");
	ok(rule_release(&c, &in.brake, false, in.now), "until it is tried again");
}

int
main(void)
{
	t_lives();
	t_more();
	t_new();
	t_repeat();
	t_relapse();
	t_exploited();
	t_worse();
	t_age();
	t_brakes();
	t_answers();
	t_unreached();
	return done_testing();
}
