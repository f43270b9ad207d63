/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Warnings, and the outbox they wait in.  A warning's bytes are written once,
 * with its cases and its place in the outbox, in the commit that decided it;
 * what is sent again is the same bytes.  A claim is committed before its
 * hand-over begins, and an answer before its session goes on, so that after a
 * kill it is known what was being handed over; many of both share a commit.
 */
#include <stdio.h>
#include <string.h>
#include <tocsin/plugin.h>
#include "ledger/ledger_int.h"
#include "timefmt.h"

const char *const wstate_names[] = { "waiting", "attempting", "handed-over", "refused", "held", "cancelled",
	"reached", "unreached" };

uint32_t
ledger_next_warning(struct ledger *l)
{
	return l->next_warning;
}

/* "2026-00417", unless who composed it gave a number. */
static void
number_make(const struct warning *w, char *out, size_t n)
{
	char day[TIME_TEXT];

	time_day(w->made * NS, day);
	if (w->number != NULL && *w->number != '\0')
		snprintf(out, n, "%s", w->number);
	else
		snprintf(out, n, "%.4s-%05u", day, w->id);
}

static bool
warning_rows(struct ledger *l, const struct warning *w)
{
	char number[64];
	uint32_t i;

	number_make(w, number, sizeof number);
	if (!db_run(l, ST_WARNING_PUT, "utbttuttttttuuuuiut", w->id, number, w->key, sizeof w->key,
	    w->message_id, w->answers, w->org, w->recipient, w->notifier, w->topic, w->subject, w->language,
	    w->redirected, (unsigned)w->lane, (unsigned)w->tlp,
	    (unsigned)w->role, (unsigned)w->requested, w->made, w->ncase, w->type) ||
	    !db_run(l, ST_MESSAGE_PUT, "ub", w->id, w->nbytes > 0 ? w->bytes : "", w->nbytes) ||
	    !db_run(l, ST_OUTBOX_PUT, "utui", w->id, w->notifier, (unsigned)w->lane,
	    w->due > w->made ? w->due : w->made))
		return false;
	for (i = 0; i < w->ncase; i++)
		if (!db_run(l, ST_WARNING_CASE, "uuu", w->id, w->cases[i], w->revs != NULL ? w->revs[i] :
		    0) || !db_run(l, ST_CASE_WARNING, "uu", w->cases[i], w->id))
			return false;
	if (w->id >= l->next_warning)
		l->next_warning = w->id + 1;
	return true;
}

bool
ledger_warning_put(struct ledger *l, const struct warning *w, bool *fresh, struct err *e)
{
	sqlite3_stmt *st;
	bool own, good;

	*fresh = false;
	if (!own_begin(l, &own, e))
		return false;
	st = db_bind(l, ST_WARNING_KEY, "b", w->key, sizeof w->key);
	if (st != NULL && db_step(l, st)) {
		sqlite3_reset(st);
		return own_end(l, own, true, e);
	}
	*fresh = true;
	good = (!l->failed && warning_rows(l, w)) || err_set(e, "%s", l->why.text);
	return own_end(l, own, good, e);
}

bool
ledger_thread(struct ledger *l, const char *recipient, const char *topic, struct thread *t)
{
	sqlite3_stmt *st = db_bind(l, ST_THREAD, "tt", recipient, topic);

	memset(t, 0, sizeof *t);
	if (st == NULL || !db_step(l, st))
		return st != NULL;
	snprintf(t->first, sizeof t->first, "%s", col_text(st, 0));
	t->last = (uint32_t)sqlite3_column_int64(st, 1);
	snprintf(t->number, sizeof t->number, "%s", col_text(st, 2));
	t->made = sqlite3_column_int64(st, 3);
	sqlite3_reset(st);
	return true;
}

bool
ledger_warning_state(struct ledger *l, uint32_t warning, enum wstate s)
{
	bool good;

	if (s == W_CANCELLED)
		good = db_run(l, ST_OUTBOX_DROP, "u", warning);
	else if (s == W_HELD || s == W_WAITING)
		good = db_run(l, ST_OUTBOX_STATE, "uu", (unsigned)s, warning);
	else
		return false;
	if (!good || sqlite3_changes(l->db) != 1)
		return false;
	return db_run(l, ST_WARNING_STATE, "uu", (unsigned)s, warning);
}

void
warning_row(sqlite3_stmt *st, struct warning *w)
{
	memset(w, 0, sizeof *w);
	w->id = col_u32(st, 0);
	w->number = col_text(st, 1);
	if (sqlite3_column_bytes(st, 2) == sizeof w->key)
		memcpy(w->key, sqlite3_column_blob(st, 2), sizeof w->key);
	w->message_id = col_text(st, 3);
	w->answers = col_text(st, 4);
	w->org = col_u32(st, 5);
	w->recipient = col_text(st, 6);
	w->notifier = col_text(st, 7);
	w->topic = col_text(st, 8);
	w->subject = col_text(st, 9);
	w->language = col_text(st, 10);
	w->redirected = col_text(st, 11);
	w->lane = (uint8_t)col_u32(st, 12);
	w->tlp = (uint8_t)col_u32(st, 13);
	w->role = (uint8_t)col_u32(st, 14);
	w->requested = (uint8_t)col_u32(st, 15);
	w->made = sqlite3_column_int64(st, 16);
	w->ncase = col_u32(st, 18);
	w->type = col_text(st, 19);
}

/* ---- the outbox */

static void
warning_keep(struct arena *a, struct warning *w)
{
	const char **text[] = { &w->number, &w->message_id, &w->answers, &w->recipient, &w->notifier,
	    &w->topic, &w->subject, &w->language, &w->redirected, &w->type };
	size_t i;

	for (i = 0; i < sizeof text / sizeof *text; i++)
		*text[i] = arena_strdup(a, *text[i]);
}

/* A warning with its bytes and cases, in the arena. */
static bool
warning_get(struct ledger *l, uint32_t id, struct arena *a, struct warning *w, struct err *e)
{
	sqlite3_stmt *st = db_bind(l, ST_WARNING_WHOLE, "u", id);
	uint32_t *cases, *revs, n = 0;

	if (st == NULL || !db_step(l, st))
		return l->failed ? err_set(e, "%s", l->why.text) :
		    err_set(e, "%s: is damaged (warning %u has no message)", l->path, id);
	warning_row(st, w);
	warning_keep(a, w);
	w->nbytes = (size_t)sqlite3_column_bytes(st, 20);
	w->bytes = arena_strndup(a, w->nbytes > 0 ? sqlite3_column_blob(st, 20) : "", w->nbytes);
	sqlite3_reset(st);
	w->cases = cases = arena_alloc(a, (w->ncase + 1) * sizeof *cases);
	w->revs = revs = arena_alloc(a, (w->ncase + 1) * sizeof *revs);
	st = db_bind(l, ST_WARNING_CASES, "u", id);
	for (; n < w->ncase && st != NULL && db_step(l, st); n++) {
		cases[n] = col_u32(st, 0);
		revs[n] = col_u32(st, 1);
	}
	if (st != NULL)
		sqlite3_reset(st);
	w->ncase = n;
	return !l->failed || err_set(e, "%s", l->why.text);
}

/* The next due row: the priority lane first, then the digest, each by time.  One that the brake
 * refuses is put off, and another is looked for. */
static bool
outbox_find(struct ledger *l, const char *notifier, int64_t now, const struct outbox_brake *brake,
    struct delivery *d, uint32_t *put_off)
{
	sqlite3_stmt *st;
	int64_t when;
	int lane;

	for (lane = LANE_PRIORITY; lane >= LANE_NONE; lane--)
		while ((st = db_bind(l, ST_OUTBOX_FIND, "tui", notifier, (unsigned)lane, now)) != NULL &&
		    db_step(l, st)) {
			d->warning = col_u32(st, 0);
			d->attempt = col_u32(st, 1) + 1;
			when = brake != NULL ? brake->when(brake->arg, col_text(st, 2),
			    lane == LANE_PRIORITY) : now;
			sqlite3_reset(st);
			if (when <= now)
				return true;
			if (!db_run(l, ST_OUTBOX_DEFER, "iu", when, d->warning) ||
			    ++*put_off == OUTBOX_PUT_OFF)
				return false;
		}
	return false;
}

static bool
claim(struct ledger *l, struct delivery *d, int64_t now, struct arena *a, struct err *e)
{
	if (!db_run(l, ST_OUTBOX_TAKE, "uu", d->attempt, d->warning) ||
	    !db_run(l, ST_WARNING_STATE, "uu", (unsigned)W_ATTEMPTING, d->warning) ||
	    !db_run(l, ST_DELIVERY_PUT, "uui", d->warning, d->attempt, now))
		return err_set(e, "%s", l->why.text);
	return warning_get(l, d->warning, a, &d->w, e);
}

bool
ledger_outbox_take(struct ledger *l, const char *notifier, int64_t now, const struct outbox_brake *brake,
    struct arena *a, struct delivery *d, bool *got, uint32_t *put_off, struct err *e)
{
	*got = false;
	memset(d, 0, sizeof *d);
	if (!l->open)
		return err_set(e, "%s: no commit is open, nothing can be claimed", l->path);
	if (!outbox_find(l, notifier, now, brake, d, put_off))
		return !l->failed || err_set(e, "%s", l->why.text);
	return *got = claim(l, d, now, a, e);
}

bool
ledger_outbox_claim(struct ledger *l, const char *notifier, int64_t now, struct arena *a, struct delivery *d,
    bool *got, struct err *e)
{
	uint32_t put_off = 0;

	*got = false;
	memset(d, 0, sizeof *d);
	if (l->open)
		return err_set(e, "%s: a commit is open, nothing can be claimed", l->path);
	if (ledger_outbox_due(l, notifier, now, 1) == 0)
		return !l->failed || err_set(e, "%s", l->why.text);
	return ledger_begin(l, e) &&
	    own_end(l, true, ledger_outbox_take(l, notifier, now, NULL, a, d, got, &put_off, e), e);
}

uint32_t
ledger_outbox_due(struct ledger *l, const char *notifier, int64_t now, uint32_t most)
{
	uint32_t n = 0;
	int lane;

	if (!l->open)
		l->failed = false;
	for (lane = LANE_PRIORITY; lane >= LANE_NONE && n < most; lane--) {
		sqlite3_stmt *st = db_bind(l, ST_OUTBOX_DUE, "tuiu", notifier, (unsigned)lane, now,
		    most - n);

		if (st == NULL || !db_step(l, st))
			break;
		n += col_u32(st, 0);
		sqlite3_reset(st);
	}
	return n;
}

bool
ledger_sent(struct ledger *l, const char *domain, int64_t since, uint32_t n)
{
	return db_run(l, ST_SENT_PUT, "tiu", domain, since, n);
}

bool
ledger_sent_each(struct ledger *l, int64_t since,
    void (*each)(void *arg, const char *domain, int64_t since, uint32_t n), void *arg, struct err *e)
{
	sqlite3_stmt *st;
	bool own;

	if (!own_begin(l, &own, e) || !own_end(l, own, db_run(l, ST_SENT_DROP, "i", since), e) ||
	    (st = rows_begin(l, e, "SELECT domain, since, n FROM sent", "")) == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW)
		each(arg, col_text(st, 0), sqlite3_column_int64(st, 1), col_u32(st, 2));
	return rows_end(l, st, e);
}

static bool
answer(struct ledger *l, const struct delivery *d, int answer, const char *reply, int64_t now, int64_t due,
    struct err *e)
{
	bool final = answer == TCS_DELIVERED || answer == TCS_REFUSED;
	enum wstate s = answer == TCS_DELIVERED ? W_HANDED_OVER : answer == TCS_REFUSED ? W_REFUSED :
	    W_WAITING;

	if (final)
		db_run(l, ST_OUTBOX_DONE, "uu", d->warning, d->attempt);
	else
		db_run(l, ST_OUTBOX_AGAIN, "iuu", due, d->warning, d->attempt);
	if (!l->failed && sqlite3_changes(l->db) != 1)
		return err_set(e, "%s: warning %u is not being handed over (attempt %u)", l->path, d->warning,
		    d->attempt);
	if (!db_run(l, ST_DELIVERY_END, "iutuu", now, (unsigned)answer, reply, d->warning, d->attempt) ||
	    !db_run(l, ST_WARNING_STATE, "uu", (unsigned)s, d->warning))
		return err_set(e, "%s", l->why.text);
	return true;
}

bool
ledger_outbox_answer(struct ledger *l, const struct delivery *d, int a, const char *reply, int64_t now,
    int64_t due, struct err *e)
{
	bool own;

	return own_begin(l, &own, e) && own_end(l, own, answer(l, d, a, reply, now, due, e), e);
}

int64_t
ledger_outbox_next(struct ledger *l)
{
	sqlite3_stmt *st = db_bind(l, ST_OUTBOX_NEXT, "");
	int64_t due = 0;

	if (st != NULL && db_step(l, st)) {
		due = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	return due;
}
