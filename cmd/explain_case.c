/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story of one case, back to the bytes: what is seen and told and why,
 * which asset won and which claims lost, what happened, which warnings, and
 * the record itself.
 */
#include <string.h>
#include "3-match/match.h"
#include "4-decide/policy.h"
#include "cmd/explain.h"
#include "cmd/rows.h"
#include "cmd/settle.h"
#include "finding.h"
#include "timefmt.h"

#define SHOWN_BYTES	1500
#define SHOWN_SIGHTINGS	8
#define FATES		(CLAIM_NOT_VALID_NOW + 1)

void
explain_case_line(struct explain *x, unsigned depth, const struct case_row *r)
{
	const struct tcase *c = &r->c;
	const char *problem = ledger_text(x->v->l, DICT_PROBLEM, c->key.problem);
	const char *reason = c->reason < WHY_MAX ? case_reason_text[c->reason] : "";
	char where[SUBJECT_TEXT], last[STORY_TIME];

	story_number(&x->s, "case", c->id);
	story_text(&x->s, "organisation", r->org);
	story_text(&x->s, "problem", problem);
	story_text(&x->s, "subject", case_subject(x->v->l, c, where));
	story_text(&x->s, "seen", seen_names[c->seen <= SEEN_SUPERSEDED ? c->seen : 0]);
	story_text(&x->s, "told", told_names[c->told <= TOLD_MUTED ? c->told : 0]);
	story_text(&x->s, "reason", c->reason < WHY_MAX ? case_reason_names[c->reason] : NULL);
	story_time(&x->s, "last_seen", c->last_seen);
	story_tell(&x->s, depth, "case", "case %u: %s at %s of %s; %s, %s%s%s; last seen %s", c->id, problem,
	    where, *r->org ? r->org : "nobody yet (a conflict)",
	    seen_names[c->seen <= SEEN_SUPERSEDED ? c->seen : 0],
	    told_names[c->told <= TOLD_MUTED ? c->told : 0], *reason ? ": " : "", reason,
	    story_when(c->last_seen, last));
}

/* ---- why it is told, or not */

static void
told(struct explain *x, const struct tcase *c)
{
	const char *reason = c->reason < WHY_MAX ? case_reason_text[c->reason] : "",
	    *first = settle_first(c->reason);
	char when[STORY_TIME];

	story_text(&x->s, "reason", c->reason < WHY_MAX ? case_reason_names[c->reason] : NULL);
	switch (c->told) {
	case TOLD_HELD:
		story_text(&x->s, "command", arena_printf(x->v->arena, "%stocsin release case:%u", first,
		    c->id));
		story_tell(&x->s, 1, "held", "it is held, because %s; to settle it: %stocsin release case:%u",
		    reason, first, c->id);
		break;
	case TOLD_DUE:
		story_time(&x->s, "due", c->due);
		story_tell(&x->s, 1, "due", "a warning is due %s (%s)%s", story_when(c->due, when), reason,
		    c->warning != 0 ? "; it is composed and waits in the outbox" : "");
		break;
	case TOLD_HANDED_OVER:
		story_time(&x->s, "warned", c->warned);
		story_tell(&x->s, 1, "told", "its organisation was warned %s%s%s%s",
		    story_when(c->warned, when),
		    c->redirected ? ", but only to the mailbox of deliver.redirect" : "",
		    c->reason != WHY_SILENT_UNTIL ? "; " : "", c->reason != WHY_SILENT_UNTIL ? reason : "");
		break;
	case TOLD_MUTED:
		story_tell(&x->s, 1, "muted", "nothing more is told about it%s%s", *reason ? ": " : "",
		    reason);
		break;
	default:
		story_tell(&x->s, 1, "nothing-due", "no warning is due%s%s", *reason ? ": " : "", reason);
	}
}

/* The row of today's policy that speaks of the case, and what it says. */
static void
policy_row(struct explain *x, const struct tcase *c)
{
	static const char *const warns[] = { [WARN_NO] = "only recorded", [WARN_YES] = "warned",
		[WARN_HOLD] = "held" };
	const struct org *o = registry_org(x->reg, c->key.org);
	const struct policy_query q = { ledger_text(x->v->l, DICT_PROBLEM, c->key.problem),
	    ledger_text(x->v->l, DICT_FEED, c->feed), ledger_text(x->v->l, DICT_CLASS, c->class),
	    c->severity <= SEV_CRITICAL ? severity_names[c->severity] : "",
	    o != NULL ? o->constituency : "", c->exploited, c->epss };
	const struct policy_row *row;
	struct err e = ERR_INIT;

	if (x->policy == NULL && (x->policy = policy_load(x->v->cfg->decide.policy, x->v->cfg, &e)) == NULL)
		return;
	row = policy_find(x->policy, &q);
	story_text(&x->s, "file", policy_file(x->policy));
	story_number(&x->s, "line", row->line);
	story_text(&x->s, "warn", warns[row->warn]);
	story_tell(&x->s, 1, "policy", "by the policy it is %s%s%s (%s:%u%s%s)", warns[row->warn],
	    row->warn == WARN_YES ? ", lane " : "", row->warn == WARN_YES ? lane_names[row->lane] : "",
	    policy_file(x->policy), row->line, row->comment[0] != '\0' ? ": " : "", row->comment);
}

static void
facts(struct explain *x, const struct case_row *r)
{
	const struct tcase *c = &r->c;
	char from[STORY_TIME], to[STORY_TIME];
	uint32_t i;

	story_text(&x->s, "class", ledger_text(x->v->l, DICT_CLASS, c->class));
	story_text(&x->s, "identifier", ledger_text(x->v->l, DICT_IDENTIFIER, c->identifier));
	story_text(&x->s, "severity", c->severity <= SEV_CRITICAL ? severity_names[c->severity] : NULL);
	story_text(&x->s, "tlp", c->tlp <= TLP_RED ? tlp_names[c->tlp] : NULL);
	story_number(&x->s, "episode", c->episode);
	story_number(&x->s, "sightings", c->count);
	story_time(&x->s, "first_seen", c->first_seen);
	story_time(&x->s, "last_seen", c->last_seen);
	story_tell(&x->s, 1, "facts", "%s, severity %s, TLP %s; seen %u times from %s to %s, episode %u",
	    ledger_text(x->v->l, DICT_CLASS, c->class), c->severity <= SEV_CRITICAL &&
	    c->severity > 0 ? severity_names[c->severity] : "not said",
	    c->tlp <= TLP_RED ? tlp_names[c->tlp] : "not said", c->count, story_when(c->first_seen, from),
	    story_when(c->last_seen, to), c->episode);
	for (i = 0; i < r->nsource; i++) {
		story_text(&x->s, "source", r->source[i]);
		story_tell(&x->s, 1, "source", "reported by %s", r->source[i]);
	}
	explain_exploited(x, c);
	for (i = 0; i < r->ncve; i++) {
		story_text(&x->s, "cve", r->cve[i]);
		story_tell(&x->s, 1, "cve", "%s", r->cve[i]);
	}
}

/* ---- claims */

struct claiming {
	struct explain	*x;
	const struct tcase *c;
};

static void
winner(struct explain *x, const struct tcase *c)
{
	struct asset_row a;
	const char *who = "";
	char when[STORY_TIME];
	int64_t at = TIME_NONE;
	uint32_t audit = 0;

	if (c->asset == 0 || !ledger_asset_at(x->v->l, x->v->arena, c->asset, c->snapshot, &a))
		return;
	ledger_snapshot_of(x->v->l, x->v->arena, c->snapshot, &at, &who, &audit);
	story_text(&x->s, "asset", a.a.text);
	story_text(&x->s, "organisation", a.org);
	story_text(&x->s, "rule", rule_name(c->rule));
	story_text(&x->s, "role", role_words[a.a.role]);
	story_yes(&x->s, "verified", a.a.verified);
	story_number(&x->s, "snapshot", c->snapshot);
	story_tell(&x->s, 1, "match", "matched by %s: %s is %s's (%s, %s%s%s%s%s); registry %u of %s, by %s",
	    rule_name(c->rule), a.a.text, a.org, role_words[a.a.role],
	    a.a.verified ? "verified" : "NOT VERIFIED", *a.a.verified_by ? " by " : "", a.a.verified_by,
	    *a.a.verified_on ? " on " : "", a.a.verified_on, c->snapshot, story_when(at, when), who);
}

static bool
claim(void *arg, const struct case_claim *k)
{
	struct claiming *q = arg;
	struct explain *x = q->x;
	struct asset_row a;
	const char *fate = k->fate < FATES ? claim_fate_text[k->fate] : "";

	if (k->asset == q->c->asset && k->fate == CLAIM_WON)
		return true;
	if (x->n++ == 0)
		story_head(&x->s, 1, q->c->key.org == 0 ? "claims:" : "other claims:");
	if (!ledger_asset_at(x->v->l, x->v->arena, k->asset, q->c->snapshot, &a))
		return true;
	story_text(&x->s, "asset", a.a.text);
	story_text(&x->s, "organisation", a.org);
	story_text(&x->s, "rule", rule_name(k->rule));
	story_text(&x->s, "fate", fate);
	story_tell(&x->s, 2, "claim", "%s of %s, by %s: %s", a.a.text, a.org, rule_name(k->rule), fate);
	return true;
}

/* ---- what happened */

static bool
event(void *arg, const struct case_event *v)
{
	static const uint8_t of_input[] = { EVENT_OPENED, EVENT_WORSE, EVENT_RELAPSED, EVENT_RECORDED };
	struct explain *x = arg;
	const char *name = v->kind < EVENT_MAX ? event_names[v->kind] : "?", *what = "";
	const char *why = v->why < WHY_MAX ? case_reason_text[v->why] : "";
	char when[STORY_TIME], ref[32] = "";

	if (x->n++ == 0)
		story_head(&x->s, 1, "what happened:");
	if (v->kind == EVENT_COMPOSED || v->kind == EVENT_HANDED_OVER || v->kind == EVENT_REFUSED ||
	    v->kind == EVENT_WITHDRAWN)
		what = "warning";
	else if (memchr(of_input, v->kind, sizeof of_input))
		what = "input";
	else if (v->kind == EVENT_RELEASED || v->kind == EVENT_MOVED || v->kind == EVENT_ANSWERED ||
	    v->kind == EVENT_REOPENED)
		what = "order";
	else if (v->kind == EVENT_MERGED || v->kind == EVENT_ABSORBED)
		what = "case";
	if (v->ref != 0 && *what)
		snprintf(ref, sizeof ref, " (%s %u)", what, v->ref);
	story_time(&x->s, "at", v->at);
	story_text(&x->s, "event", name);
	story_text(&x->s, "reason", v->why < WHY_MAX ? case_reason_names[v->why] : NULL);
	if (v->ref != 0 && *what)
		story_number(&x->s, what, v->ref);
	story_tell(&x->s, 2, "event", "%s %s%s%s%s", story_when(v->at, when), name, *why ? ": " : "", why,
	    ref);
	return true;
}

static bool
warning(void *arg, const struct warning_row *r)
{
	struct explain *x = arg;
	char when[STORY_TIME];

	if (x->n++ == 0)
		story_head(&x->s, 1, "warnings:");
	story_text(&x->s, "warning", r->w.number);
	story_text(&x->s, "message_id", r->w.message_id);
	story_text(&x->s, "recipient", r->w.recipient);
	story_text(&x->s, "notifier", r->w.notifier);
	story_text(&x->s, "state", r->state < W_MAX ? wstate_names[r->state] : NULL);
	story_text(&x->s, "reply", r->reply);
	story_time(&x->s, "made", r->w.made);
	story_tell(&x->s, 2, "warning", "%s of %s to %s by %s: %s%s%s", r->w.number,
	    story_when(r->w.made, when), r->w.recipient, r->w.notifier,
	    r->state < W_MAX ? wstate_names[r->state] : "?", *r->reply ? ", " : "", r->reply);
	return true;
}

/* ---- evidence */

struct placing {
	struct explain		*x;
	uint32_t		 input, len, line;
	uint64_t		 off;
	int64_t			 observed;
	uint16_t		 port;
	bool			 bytes;
};

static void
raw(struct explain *x, const struct input_row *r, const struct placing *p)
{
	struct err why = ERR_INIT;
	struct buf b;

	buf_init(&b);
	if (!evidence_bytes(x->ev, r->in.sha256, r->in.member, p->off, p->len, &b, &why)) {
		story_tell(&x->s, 3, "bytes", "its bytes cannot be read: %s", why.text);
	} else
		story_show(&x->s, 3, "bytes", b.p, b.n, SHOWN_BYTES);
	buf_free(&b);
}

static bool
place_in(void *arg, const struct input_row *r)
{
	struct placing *p = arg;
	struct explain *x = p->x;
	char when[STORY_TIME];

	story_number(&x->s, "input", r->in.id);
	story_text(&x->s, "source", r->source);
	story_text(&x->s, "name", r->in.name);
	story_text(&x->s, "member", r->in.member);
	story_text(&x->s, "sha256", r->in.sha256);
	story_number(&x->s, "line", p->line);
	story_number(&x->s, "offset", (int64_t)p->off);
	story_number(&x->s, "length", p->len);
	story_time(&x->s, "observed", p->observed);
	story_tell(&x->s, 2, "sighting", "%s: input %u (%s %s%s%s), line %u, bytes %llu-%llu",
	    story_when(p->observed, when), r->in.id, r->source, r->in.name, *r->in.member ? "/" : "",
	    r->in.member, p->line, (unsigned long long)p->off, (unsigned long long)(p->off + p->len));
	if (p->bytes)
		raw(x, r, p);
	return false;
}

struct seeing {
	struct explain	*x;
	struct placing	*last;		/* a ring of the newest */
	uint32_t	 n;
};

static bool
keep_newest(void *arg, uint32_t input, const struct sighting *s)
{
	struct seeing *q = arg;

	q->last[q->n++ % SHOWN_SIGHTINGS] = (struct placing){ q->x, input, s->len, s->line, s->off,
	    s->observed, s->src_port, false };
	return true;
}

/* The newest last, with its bytes. */
static bool
sightings(struct explain *x, const struct tcase *c)
{
	struct placing last[SHOWN_SIGHTINGS];
	struct seeing q = { x, last, 0 };
	struct input_filter f = input_filter_any;
	uint32_t i;

	if (!ledger_sightings_each(x->v->l, c->id, keep_newest, &q, x->e))
		return false;
	story_head(&x->s, 1, q.n > SHOWN_SIGHTINGS ? "evidence (the newest %u of %u sightings):" :
	    "evidence:", SHOWN_SIGHTINGS, q.n);
	for (i = q.n > SHOWN_SIGHTINGS ? q.n - SHOWN_SIGHTINGS : 0; i < q.n; i++) {
		last[i % SHOWN_SIGHTINGS].bytes = i + 1 == q.n;
		f.id = last[i % SHOWN_SIGHTINGS].input;
		if (!ledger_inputs_each(x->v->l, &f, place_in, &last[i % SHOWN_SIGHTINGS], x->e))
			return false;
	}
	return true;
}

bool
explain_case(struct explain *x, const struct case_row *r)
{
	struct warning_filter w = warning_filter_any;
	struct claiming q = { x, &r->c };
	struct merging merged;
	uint32_t i;

	explain_case_line(x, 0, r);
	facts(x, r);
	told(x, &r->c);
	explain_answer(x, &r->c);
	policy_row(x, &r->c);
	winner(x, &r->c);
	x->n = 0;
	if (!ledger_claims_each(x->v->l, r->c.id, claim, &q, x->e))
		return false;
	x->n = 0;
	if (!ledger_events_each(x->v->l, r->c.id, event, x, x->e))
		return false;
	if (!explain_merged(x, &r->c, &merged))
		return false;
	w.with_case = r->c.id;
	x->n = 0;
	if (!ledger_warnings_each(x->v->l, &w, warning, x, x->e))
		return false;
	for (i = 0; i < merged.nid; i++) {		/* and those of what was merged into it */
		w.with_case = merged.id[i];
		if (!ledger_warnings_each(x->v->l, &w, warning, x, x->e))
			return false;
	}
	return sightings(x, &r->c);
}
