/* SPDX-License-Identifier: Apache-2.0 */
/* The stories of a warning, an input, an organisation, and of what only stands in raw inputs. */
#include <string.h>
#include "cmd/explain.h"
#include "cmd/find.h"
#include "cmd/rows.h"
#include "finding.h"
#include "timefmt.h"

#define SHOWN_HITS	20
#define SHOWN_CASES	50

static bool
case_line(void *arg, const struct case_row *r)
{
	struct explain *x = arg;

	if (x->n++ < SHOWN_CASES)
		explain_case_line(x, 2, r);
	return true;
}

static bool
cases(struct explain *x, const struct case_filter *f)
{
	x->n = 0;
	if (!ledger_cases_each(x->v->l, f, case_line, x, x->e))
		return false;
	if (x->n > SHOWN_CASES)
		story_head(&x->s, 2, "... and %u more: `tocsin cases` lists them", x->n - SHOWN_CASES);
	return true;
}

/* ---- a warning */

static bool
delivery(void *arg, const struct delivery_row *d)
{
	struct explain *x = arg;
	char begun[STORY_TIME], ended[STORY_TIME];

	story_number(&x->s, "attempt", d->attempt);
	story_time(&x->s, "begun", d->begun);
	story_time(&x->s, "ended", d->ended);
	story_text(&x->s, "answer", answer_word(d->answer));
	story_text(&x->s, "reply", d->reply);
	story_tell(&x->s, 2, "attempt", "attempt %u, %s: %s%s%s%s%s", d->attempt, story_when(d->begun, begun),
	    d->ended == TIME_NONE ? "under way" : answer_word(d->answer), d->ended == TIME_NONE ? "" : " at ",
	    d->ended == TIME_NONE ? "" : story_when(d->ended, ended), *d->reply ? ": " : "", d->reply);
	return true;
}

struct warned {
	struct explain	*x;
	bool		*found, good;
};

static bool
warning(void *arg, const struct warning_row *r)
{
	struct warned *q = arg;
	struct explain *x = q->x;
	struct case_filter f = case_filter_any;
	char made[STORY_TIME], due[STORY_TIME];

	*q->found = true;
	story_text(&x->s, "warning", r->w.number);
	story_text(&x->s, "message_id", r->w.message_id);
	story_text(&x->s, "organisation", r->org);
	story_text(&x->s, "recipient", r->w.recipient);
	story_text(&x->s, "notifier", r->w.notifier);
	story_text(&x->s, "state", r->state < W_MAX ? wstate_names[r->state] : NULL);
	story_text(&x->s, "subject", r->w.subject);
	story_text(&x->s, "topic", r->w.topic);
	story_text(&x->s, "tlp", r->w.tlp <= TLP_RED ? tlp_names[r->w.tlp] : NULL);
	story_time(&x->s, "made", r->w.made);
	story_tell(&x->s, 0, "warning", "warning %s to %s of %s by %s: %s", r->w.number, r->w.recipient,
	    r->org, r->w.notifier, r->state < W_MAX ? wstate_names[r->state] : "?");
	story_head(&x->s, 1, "%s; made %s, TLP %s, %s lane, as %s", r->w.subject, story_when(r->w.made, made),
	    r->w.tlp <= TLP_RED ? tlp_names[r->w.tlp] : "not said",
	    r->w.lane == LANE_PRIORITY ? "priority" : "digest",
	    role_words[r->w.role]);
	story_head(&x->s, 1, "Message-ID %s%s%s", r->w.message_id, *r->w.answers ? ", in the thread of " : "",
	    r->w.answers);
	if (*r->w.redirected)
		story_head(&x->s, 1, "sent to the mailbox of deliver.redirect instead of %s",
		    r->w.redirected);
	if (r->state == W_WAITING && r->due != TIME_NONE)
		story_head(&x->s, 1, "it is handed over when %s has come", story_when(r->due, due));
	if (r->state == W_HELD)
		story_head(&x->s, 1, "it is held; to let it go: tocsin release warning:%s", r->w.number);
	explain_orders(x, r);
	story_head(&x->s, 1, r->attempts > 0 ? "deliveries:" : "no delivery was begun");
	q->good = ledger_deliveries_each(x->v->l, r->w.id, delivery, x, x->e);
	story_head(&x->s, 1, "about:");
	f.warning = r->w.id;
	q->good = q->good && cases(x, &f);
	story_head(&x->s, 1, "the mail itself: tocsin warnings show %s", r->w.number);
	return false;
}

bool
explain_warning(struct explain *x, uint32_t id, bool *found)
{
	struct warning_filter f = warning_filter_any;
	struct warned q = { x, found, true };

	f.id = id;
	return ledger_warnings_each(x->v->l, &f, warning, &q, x->e) && q.good;
}

/* ---- an input */

static bool
unread(void *arg, const struct quarantine_row *r)
{
	struct explain *x = arg;

	story_number(&x->s, "quarantine", r->id);
	story_text(&x->s, "reason", r->reason);
	story_number(&x->s, "records", r->n);
	story_text(&x->s, "state", r->state < Q_MAX ? qstate_names[r->state] : NULL);
	story_tell(&x->s, 1, "quarantine", "quarantine %u (%s): %s%s%s, %s", r->id,
	    r->state < Q_MAX ? qstate_names[r->state] : "?", r->reason, *r->detail ? ": " : "", r->detail,
	    r->n == 0 ? "the whole input" : r->n == 1 ? "one record" : "several records");
	return true;
}

static bool
member(void *arg, const struct input_row *r)
{
	struct explain *x = arg;

	story_number(&x->s, "input", r->in.id);
	story_text(&x->s, "member", r->in.member);
	story_tell(&x->s, 2, "member", "input %u: %s, %s", r->in.id, r->in.member,
	    r->in.state <= INPUT_CONTAINER ? input_state_names[r->in.state] : "?");
	return true;
}

static void
books(struct explain *x, const struct input_row *r)
{
	int o;

	for (o = 0; o < OUT_MAX; o++)
		story_number(&x->s, outcome_names[o], (int64_t)r->booked[o]);
	story_number(&x->s, "records", (int64_t)r->in.records);
	story_tell(&x->s, 1, "books", "%llu records = %llu new + %llu repeated + %llu unmatched + %llu "
	    "filtered + %llu quarantined + %llu in conflict", (unsigned long long)r->in.records,
	    (unsigned long long)r->booked[OUT_NEW], (unsigned long long)r->booked[OUT_REPEATED],
	    (unsigned long long)r->booked[OUT_UNMATCHED], (unsigned long long)r->booked[OUT_FILTERED],
	    (unsigned long long)r->booked[OUT_QUARANTINED], (unsigned long long)r->booked[OUT_CONFLICT]);
}

static bool
input_story(struct explain *x, const struct input_row *r)
{
	struct quarantine_filter q = quarantine_filter_any;
	struct input_filter f = input_filter_any;
	const char *state = r->in.state <= INPUT_CONTAINER ? input_state_names[r->in.state] : "?";
	char arrived[STORY_TIME];

	story_number(&x->s, "input", r->in.id);
	story_text(&x->s, "source", r->source);
	story_text(&x->s, "feed", r->feed);
	story_text(&x->s, "name", r->in.name);
	story_text(&x->s, "member", r->in.member);
	story_text(&x->s, "sha256", r->in.sha256);
	story_text(&x->s, "plugin", r->in.plugin);
	story_text(&x->s, "state", state);
	story_text(&x->s, "error", r->in.error);
	story_time(&x->s, "arrived", r->in.arrived);
	story_tell(&x->s, 0, "input", "input %u: %s %s%s%s; %s%s%s", r->in.id, r->source, r->in.name,
	    *r->in.member ? "/" : "", r->in.member, state, *r->in.error ? ": " : "", r->in.error);
	story_head(&x->s, 1, "arrived %s, %llu bytes, SHA-256 %s", story_when(r->in.arrived, arrived),
	    (unsigned long long)r->in.size, r->in.sha256);
	if (*r->feed)
		story_head(&x->s, 1, "read as %s by %s", r->feed,
		    *r->in.plugin ? r->in.plugin : "nothing yet");
	books(x, r);
	if (!explain_filtered(x, r->in.id))
		return false;
	q.input = r->in.id;
	if (!ledger_quarantine_each(x->v->l, &q, unread, x, x->e))
		return false;
	if (r->in.state != INPUT_CONTAINER)
		return true;
	f.parent = r->in.id;
	story_head(&x->s, 1, "its members:");
	return ledger_inputs_each(x->v->l, &f, member, x, x->e);
}

static bool
input(void *arg, const struct input_row *r)
{
	struct warned *q = arg;

	*q->found = true;
	q->good = input_story(q->x, r);
	return false;
}

bool
explain_input(struct explain *x, uint32_t id, bool *found)
{
	struct input_filter f = input_filter_any;
	struct warned q = { x, found, true };

	f.id = id;
	return ledger_inputs_each(x->v->l, &f, input, &q, x->e) && q.good;
}

/* ---- an organisation */

static void
contacts(struct explain *x, uint32_t id)
{
	const struct contact *c;
	uint32_t i, n = registry_contacts(x->reg, id, &c);
	char when[STORY_TIME];

	story_head(&x->s, 1, n > 0 ? "contacts:" : "no contacts");
	for (i = 0; i < n; i++) {
		story_text(&x->s, "role", c[i].role);
		story_text(&x->s, "channel", c[i].channel);
		story_text(&x->s, "address", c[i].address);
		story_text(&x->s, "classes", c[i].classes);
		story_time(&x->s, "expires", c[i].expires == TIME_NONE ? TIME_NONE : c[i].expires / NS);
		story_tell(&x->s, 2, "contact", "%s by %s: %s%s%s%s%s", c[i].role, c[i].channel, c[i].address,
		    *c[i].classes ? ", for " : "", c[i].classes,
		    c[i].expires != TIME_NONE ? ", expires " : "",
		    c[i].expires != TIME_NONE ? story_when(c[i].expires / NS, when) : "");
	}
}

static bool
warning_line(void *arg, const struct warning_row *r)
{
	struct explain *x = arg;

	if (x->n++ >= SHOWN_CASES)
		return false;
	story_text(&x->s, "warning", r->w.number);
	story_text(&x->s, "recipient", r->w.recipient);
	story_text(&x->s, "state", r->state < W_MAX ? wstate_names[r->state] : NULL);
	story_tell(&x->s, 2, "warning", "%s to %s: %s", r->w.number, r->w.recipient,
	    r->state < W_MAX ? wstate_names[r->state] : "?");
	return true;
}

static void
assets(struct explain *x, uint32_t id)
{
	uint32_t i, n = 0;

	for (i = 0; i < x->reg->nasset; i++)
		if (x->reg->asset[i].org == id) {
			if (n++ == 0)
				story_head(&x->s, 1, "assets:");
			explain_asset_line(x, 2, &x->reg->asset[i], "");
		}
	if (n == 0)
		story_head(&x->s, 1, "no assets: nothing can match");
}

bool
explain_org(struct explain *x, uint32_t id)
{
	const struct org *o = registry_org(x->reg, id);
	struct warning_filter w = warning_filter_any;
	struct case_filter f = case_filter_any;

	if (o) {
		story_text(&x->s, "organisation", o->key);
		story_text(&x->s, "name", o->name);
		story_text(&x->s, "constituency", o->constituency);
		story_text(&x->s, "sector", o->sector);
		story_text(&x->s, "parent", o->parent_key);
		story_tell(&x->s, 0, "organisation", "organisation %s: %s, constituency %s%s%s%s%s", o->key,
		    o->name, o->constituency, *o->sector ? ", " : "", o->sector, o->parent_key &&
		    *o->parent_key ? ", of " : "", o->parent_key ? o->parent_key : "");
		if (*o->email)
			story_head(&x->s, 1, "%s, language %s", o->email,
			    *o->language ? o->language : "not said");
		assets(x, id);
		contacts(x, id);
	} else
		story_tell(&x->s, 0, "organisation", "it is no longer in the registry");
	f.org = w.org = id;
	story_head(&x->s, 1, "cases:");
	if (!cases(x, &f))
		return false;
	story_head(&x->s, 1, "warnings:");
	x->n = 0;
	return ledger_warnings_each(x->v->l, &w, warning_line, x, x->e);
}

/* ---- raw inputs */

static bool
raw_hit(void *arg, const struct found *h)
{
	struct explain *x = arg;
	const char *became = "read; it matched nobody then, or was filtered";

	if (h->unreadable)
		return true;
	if (x->n++ == 0)
		story_head(&x->s, 1, "in raw inputs:");
	if (h->id != 0)
		became = arena_printf(x->v->arena, "case %u", h->id);
	else if (h->quarantine != 0)
		became = arena_printf(x->v->arena, "quarantine %u", h->quarantine);
	else if (h->in->in.state == INPUT_PENDING)
		became = "not yet read";
	story_number(&x->s, "input", h->in->in.id);
	story_text(&x->s, "source", h->in->source);
	story_text(&x->s, "name", h->in->in.name);
	story_number(&x->s, "line", (int64_t)h->line);
	if (h->id != 0)
		story_number(&x->s, "case", h->id);
	if (h->quarantine != 0)
		story_number(&x->s, "quarantine", h->quarantine);
	story_text(&x->s, "bytes", h->text);
	story_tell(&x->s, 2, "raw", "input %u (%s %s), line %llu: %s", h->in->in.id, h->in->source,
	    h->in->in.name, (unsigned long long)h->line, became);
	story_head(&x->s, 3, "%.200s", h->text);
	return x->n < SHOWN_HITS;
}

bool
explain_raw(struct explain *x, const char *text)
{
	struct needle what;

	if (!needle_make(text, &what, x->e))
		return false;
	x->n = 0;
	if (!find_all(x->v, &what, raw_hit, x, x->e))
		return false;
	if (x->n == 0)
		story_tell(&x->s, 1, "raw", "it stands in no raw input");
	else if (x->n >= SHOWN_HITS)
		story_head(&x->s, 2, "... `tocsin search %s` shows all", text);
	return true;
}
