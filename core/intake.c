/* SPDX-License-Identifier: Apache-2.0 */
/* See intake.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "3-match/matched.h"
#include "4-decide/climb.h"
#include "4-decide/replay.h"
#include "alert.h"
#include "clock.h"
#include "intake.h"
#include "mem.h"
#include "timefmt.h"

/* One finding that somebody claims, on its way into its case. */
struct match {
	struct judgement		 j;
	struct finding			 f;
	int64_t				 observed;
	uint32_t			 asn;
	bool				 future;
};

struct taking {
	struct decider			*d;
	const struct intake_job		*job;
	struct intake			*sum;
	struct arena			*arena;		/* of one finding, or of those of a batch */
	struct match			**waiting;	/* for the stages on matched findings, or NULL */
	uint32_t			 nwaiting;
	uint32_t			 feed, class;	/* dictionary */
	int64_t				 now, undated;	/* s; when a finding that has no time was observed */
	uint64_t			 from;		/* where the open commit began */
	uint64_t			 upto;		/* all records before this were given */
	uint64_t			 last;		/* the end of the last one that was */
	bool				 ours;		/* it stopped for a failure of ours */
	bool				 stopped;	/* by order: the rest waits */
	const char			*refusal;	/* of the last record that was refused, */
	uint64_t			 refusal_off;	/* and where it begins */
	const char			*reason;	/* of the whole input's quarantine, or NULL */
	char				 note[300];	/* what of it nobody knows */
	const struct binding		*looked;	/* the columns that were looked at for that */
	struct err			 why;
};

static int
span_cmp(const void *a, const void *b)
{
	uint64_t x = ((const struct span *)a)->off, y = ((const struct span *)b)->off;

	return (x > y) - (x < y);
}

static bool
wanted(const struct taking *t, uint64_t off)
{
	struct span key = { off, 0, 0 };

	return t->job->only == NULL ||
	    bsearch(&key, t->job->only, t->job->nonly, sizeof key, span_cmp) != NULL;
}

static void
refuse(struct taking *t, uint64_t off, uint32_t len, uint32_t line, const char *why, const char *detail)
{
	struct span s = { off, len, line };

	commit_refused(t->d, why, detail, &s);
	commit_tally(t->d, 0, t->class, "", OUT_QUARANTINED, 1);
	t->sum->refused++;
	t->sum->records++;
}

/* A row that assets claim. */
static void
unmatched(struct taking *t)
{
	t->sum->unmatched++;
	t->sum->records++;
	commit_tally(t->d, 0, t->class, "", OUT_UNMATCHED, 1);
}

/* Nobody claims it: the ladder might know somebody all the same. */
static bool
ladder_may(const struct taking *t, const struct batch *b, uint32_t i)
{
	return climb_may(t->d, batch_bit(b->has_ip, i) ? &b->ip[i] : NULL,
	    batch_bit(b->has_asn, i) ? b->asn[i] : 0);
}

static void
fold_match(struct taking *t, struct match *m)
{
	struct fold x = { t->job->in, t->job->source, t->feed, &m->f, &m->j, m->future ? t->now :
	    m->observed / NS,
		t->now, m->future, m->asn, 0, false, t->job->again };
	enum outcome out;

	if (!fold(t->d, &x, &out)) {
		refuse(t, m->f.off, m->f.len, m->f.line, "no address, name or account that it is about",
		    NULL);
		return;
	}
	if (out == OUT_UNMATCHED) {
		unmatched(t);
		return;
	}
	t->sum->records++;
	t->sum->matched += out != OUT_CONFLICT;
	t->sum->conflicts += out == OUT_CONFLICT;
	t->sum->fresh += out == OUT_NEW;
}

static void
claimed(struct taking *t, const struct decoded *dec, uint32_t i, const struct tcs_claim *claim, uint32_t n)
{
	int64_t observed = dec->batch->observed[i] == TIME_NONE ? t->undated * NS : dec->batch->observed[i];
	bool future = observed > (t->now + FUTURE_SLACK) * NS;
	struct match here, *m = &here;
	struct err e = ERR_INIT;
	uint32_t row = dec->batch->row[i];

	if (t->waiting == NULL)
		arena_reset(t->arena);
	else
		m = arena_alloc(t->arena, sizeof *m);
	m->observed = observed;
	m->future = future;
	m->asn = batch_bit(dec->batch->has_asn, i) ? dec->batch->asn[i] : 0;
	match_judge(t->d->registry, claim, n, future ? t->now * NS : observed / NS * NS, t->now * NS, &m->j);
	if (m->j.winner == NULL && !m->j.conflict && !ladder_may(t, dec->batch, i))
		unmatched(t);
	else if (!binding_finding(dec->binding, dec->rows, row, t->arena, &m->f, &e))
		refuse(t, dec->rows->off[row], dec->rows->len[row], dec->rows->line[row], e.text, NULL);
	else if (t->waiting != NULL)
		t->waiting[t->nwaiting++] = m;
	else
		fold_match(t, m);
}

/* Those that wait, through the stages on matched findings, and what these keep into its cases. */
static bool
fold_waiting(struct taking *t, struct err *e)
{
	struct matched *m = arena_alloc(t->arena, (t->nwaiting + 1) * sizeof *m);
	uint32_t i;

	for (i = 0; i < t->nwaiting; i++)
		m[i].f = &t->waiting[i]->f;
	if (!stages_matched(t->d->stages, m, t->nwaiting, t->arena, e))
		return false;
	for (i = 0; i < t->nwaiting; i++) {
		if (m[i].reason == NULL) {
			fold_match(t, t->waiting[i]);
			continue;
		}
		commit_filtered(t->d, m[i].stage, m[i].reason);
		commit_tally(t->d, 0, t->class, "", OUT_FILTERED, 1);
		t->sum->filtered++;
		t->sum->records++;
	}
	t->nwaiting = 0;
	arena_reset(t->arena);
	return true;
}

static void
data_bad(void *arg, const char *stage, const char *why)
{
	struct taking *t = arg;
	char key[160], text[700];

	snprintf(key, sizeof key, "data:%.100s", stage);
	snprintf(text, sizeof text, "%.500s; the data that was there stays at work", why);
	commit_alarm(t->d, key, text);
}

/* What a feed is about, for the books of what nobody claims. */
static uint32_t
class_number(const struct taking *t, const struct feed *f)
{
	char text[160];
	int n = snprintf(text, sizeof text, "%s/%s", f->taxonomy, f->type);

	return ledger_intern(t->d->ledger, DICT_CLASS,
	    tcs_slice(text, n < 0 || (size_t)n >= sizeof text ? 0 : (size_t)n));
}

/* Kept as extras; a person should know, once a type. */
static void
look_strange(struct taking *t, const struct decoded *dec)
{
	const char *const *column;
	uint32_t n = binding_strange(dec->binding, &column), i;
	const struct feed *f = dec->feed;
	char key[200], text[700], day[TIME_TEXT];
	int at;

	t->looked = dec->binding;
	if (!f->strange && n == 0)
		return;
	if (f->strange)
		at = snprintf(t->note, sizeof t->note, "report type nobody knows: kept as it is");
	else
		at = snprintf(t->note, sizeof t->note, "%u column%s nobody knows:", n, n == 1 ? "" : "s");
	for (i = 0; !f->strange && i < n && at > 0 && (size_t)at + 40 < sizeof t->note; i++)
		at += snprintf(t->note + at, sizeof t->note - (size_t)at, " %.30s", column[i]);
	time_iso(t->job->in->day * DAY * NS, day);
	snprintf(key, sizeof key, "feed:%s:%.100s", t->job->source->name, f->id);
	snprintf(text, sizeof text, "source %s, report %.100s of %.10s: %s", t->job->source->name, f->id, day,
	    t->note);
	commit_alarm(t->d, key, text);
}

static bool
on_batch(void *arg, const struct decoded *dec, struct err *e)
{
	struct taking *t = arg;
	const struct rows *r = dec->rows;
	struct batch *b = dec->batch;
	const struct tcs_claim *claim;
	uint32_t nclaim, i, k = 0, n, row;
	int64_t nobody = 0, filtered = 0;

	if (dec->binding != t->looked)
		look_strange(t, dec);
	if (t->class == 0 && dec->feed->taxonomy != NULL && dec->feed->type != NULL)
		t->class = class_number(t, dec->feed);
	if (!stages_run(t->d->stages, b, &claim, &nclaim, e)) {
		t->ours = true;
		return false;
	}
	for (i = 0; i < b->nrow; i++) {
		for (n = 0; k + n < nclaim && claim[k + n].row == i; n++)
			;
		row = b->row[i];
		if (!wanted(t, r->off[row]))
			;
		else if (b->verdict[i] != 0)
			filtered++;
		else if (n == 0 && !ladder_may(t, b, i))
			nobody++;
		else
			claimed(t, dec, i, claim + k, n);
		k += n;
	}
	if (t->nwaiting > 0 && !fold_waiting(t, e)) {
		t->ours = true;
		return false;
	}
	if (b->nrow > 0)
		t->last = r->off[b->row[b->nrow - 1]] + r->len[b->row[b->nrow - 1]];
	if (nobody > 0)
		commit_tally(t->d, 0, t->class, "", OUT_UNMATCHED, nobody);
	if (filtered > 0)
		commit_tally(t->d, 0, t->class, "", OUT_FILTERED, filtered);
	t->sum->unmatched += (uint64_t)nobody;
	t->sum->filtered += (uint64_t)filtered;
	t->sum->records += (uint64_t)(nobody + filtered);
	return true;
}

static bool
on_refused(void *arg, const struct refused *r, uint32_t n, struct err *e)
{
	struct taking *t = arg;
	uint32_t i;

	(void)e;
	for (i = 0; i < n; i++) {
		if (wanted(t, r[i].off))
			refuse(t, r[i].off, r[i].len, r[i].line, r[i].why, r[i].detail);
		if (r[i].off + r[i].len > t->last)
			t->last = r[i].off + r[i].len;
		t->refusal = r[i].why;
		t->refusal_off = r[i].off;
	}
	return true;
}

/* The input's row as the commit will leave it. */
static struct input
progressed(const struct taking *t, uint64_t off)
{
	struct input in = *t->job->in;

	if (t->job->only != NULL) {
		in.matched += t->sum->matched;
		in.refused -= t->job->nonly - t->sum->refused;
		return in;
	}
	in.off = off;
	if (t->job->again != NULL)
		in.records = in.matched = in.refused = 0;
	in.records += t->sum->records;
	in.matched += t->sum->matched;
	in.refused += t->sum->refused;
	return in;
}

static bool
on_upto(void *arg, uint64_t off, uint64_t records, struct err *e)
{
	struct taking *t = arg;
	struct input in;

	(void)records;
	t->upto = off;
	if (t->job->progress != NULL)
		t->job->progress(t->job->arg, t->sum, off);
	if (t->job->only != NULL || t->job->again != NULL)
		return true;
	t->stopped = t->job->stop != NULL && t->job->stop(t->job->arg);
	if (!t->stopped && !commit_full(t->d))
		return true;
	in = progressed(t, off);
	if (!commit_end(t->d, &in, t->from, NULL, NULL, e)) {
		t->ours = true;
		return false;
	}
	t->from = off;
	return !t->stopped || err_set(e, "stopped");
}

/* What the last commit of an input has beside its findings. */
static bool
closing(void *arg, struct err *e)
{
	struct taking *t = arg;
	struct input *in = t->job->in;

	(void)e;
	if (t->reason != NULL)
		ledger_quarantine(t->d->ledger, in->id, t->reason, t->why.text, NULL, 0);
	if (t->job->again != NULL)
		replay_close(t->job->again, t->sum->records, t->sum->refused);
	if (t->job->replay != 0)
		ledger_quarantine_state(t->d->ledger, t->job->replay, Q_REPLAYED);
	return true;
}

static bool
finish(struct taking *t, struct err *e)
{
	struct input *in = t->job->in, now;
	struct err again = ERR_INIT;

	if (t->job->again != NULL && t->reason != NULL) {	/* then it stays as it was */
		snprintf(t->job->again->result, sizeof t->job->again->result, "refused: %s: %.200s",
		    t->reason,
		    t->why.text);
		return decider_again(t->d, &again) || err_set(e, "%s", again.text);
	}
	if (t->job->again != NULL)
		replay_lost(t->job->again);
	if (t->job->only != NULL)
		commit_tally(t->d, 0, t->class, "", OUT_QUARANTINED, -(int64_t)t->job->nonly);
	now = progressed(t, t->reason != NULL && t->last > t->upto ? t->last : t->upto);
	now.feed = t->feed;
	if (t->job->only == NULL) {
		now.state = t->reason != NULL ? INPUT_QUARANTINED : INPUT_DONE;
		now.error = t->reason != NULL ? t->why.text : t->note;
	}
	t->sum->bad = t->reason != NULL;
	if (!commit_end(t->d, &now, t->from, closing, t, e))
		return false;
	*in = now;
	in->error = "";			/* its text was on this stack */
	return coverage_input(t->d->coverage, t->feed, in->day, e);
}

static void
plugin_says(const struct decoder *dec, struct arena *a, struct input *in)
{
	const struct plugin *p = decoder_plugin(dec);

	in->plugin = arena_printf(a, "%s %s %.12s", p->name, p->version, p->sha256);
}

static bool
report_of(struct taking *t)
{
	const struct intake_job *j = t->job;
	const char *report;
	char text[256];
	int64_t day;

	if (!decoder_report(j->decoder, j->name, &report, &day, &t->why))
		return false;
	snprintf(text, sizeof text, "%s/%s", j->source->name, report);
	t->feed = ledger_intern(t->d->ledger, DICT_FEED, tcs_str(text));
	j->in->feed = t->feed;
	return true;
}

/* A plugin refuses a record and gives the input up over it: one thing to settle, not two; read
 * again, it begins there. */
static void
absorb(struct taking *t)
{
	if (t->refusal == NULL || t->job->only != NULL || strstr(t->why.text, t->refusal) == NULL ||
	    !commit_unrefuse(t->d, t->refusal, t->refusal_off))
		return;
	commit_tally(t->d, 0, t->class, "", OUT_QUARANTINED, -1);
	t->sum->refused--;
	t->sum->records--;
	t->last = t->refusal_off;
}

static const char *
end_reason(enum source_end end)
{
	return end == SOURCE_BAD_INPUT ? "the input cannot be read" :
	    end == SOURCE_READ_ERROR ? "its bytes cannot be read to the end" : "the plugin failed on it";
}

static bool
take(struct taking *t, struct err *e)
{
	const struct intake_job *j = t->job;
	const struct decode_sink sink = { t, on_batch, on_refused, on_upto };
	struct err failed = ERR_INIT, again = ERR_INIT;
	enum source_end end;

	if (!report_of(t)) {
		t->reason = "no feed knows this report";
		alarm_unknown(t->d->ledger, j->source->name, "report", j->name, t->now);
		return finish(t, e);
	}
	if (j->reader == NULL) {
		t->reason = end_reason(SOURCE_READ_ERROR);
		t->why = *j->why;
		return finish(t, e);
	}
	end = decode_run(j->decoder, j->name, j->reader, j->only == NULL && j->again == NULL ? j->in->off :
	    0, false, &sink,
	    &failed);
	if (t->stopped && !t->ours)
		return true;
	if (end == SOURCE_STOPPED || t->ours) {
		if (!decider_again(t->d, &again))
			err_set(e, "%s", again.text);
		return err_set(e, "%s", failed.text);
	}
	if (end != SOURCE_OK) {
		t->reason = end_reason(end);
		t->why = failed;
		if (end == SOURCE_BAD_INPUT)
			absorb(t);
	}
	return finish(t, e);
}

bool
intake(struct decider *d, const struct intake_job *job, struct intake *sum, struct err *e)
{
	struct input *in = job->in;
	int64_t day = in->day * DAY;
	struct taking t = { .d = d, .job = job, .sum = sum, .arena = arena_new(), .now = clock_now() / NS,
		.from = in->off, .upto = in->off, .last = in->off };
	struct arena *text = arena_new();
	const char *const *want;
	uint32_t nwant;
	bool good;

	memset(sum, 0, sizeof *sum);
	t.undated = in->arrived > 0 && day > in->arrived ? in->arrived : day;
	plugin_says(job->decoder, text, in);
	stages_refresh(d->stages, data_bad, &t);
	want = stages_wants(d->stages, &nwant);
	decoder_wants(job->decoder, want, nwant);
	if (stages_have_matched(d->stages))
		t.waiting = xcalloc(BATCH_ROWS, sizeof *t.waiting);
	good = take(&t, e);
	decoder_wants(job->decoder, NULL, 0);
	free(t.waiting);
	in->plugin = "";
	arena_free(text);
	arena_free(t.arena);
	return good;
}
