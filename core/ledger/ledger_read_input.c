/* SPDX-License-Identifier: Apache-2.0 */
/* Reading inputs with their books, and the quarantine. */
#include <stdlib.h>
#include <string.h>
#include "ledger/ledger_int.h"
#include "ledger/ledger_read.h"
#include "ledger/segment.h"
#include "timefmt.h"

const char *const input_state_names[] = { "pending", "done", "quarantined", "container", NULL };
const struct input_filter input_filter_any = { { TIME_NONE, TIME_NONE }, 0, 0, 0, ANY, NULL };
const struct quarantine_filter quarantine_filter_any = { { TIME_NONE, TIME_NONE }, 0, 0, 0, ANY };

#define INPUTS_SQL \
	"SELECT " INPUT_COLUMNS " FROM " INPUT_TABLES " " \
	"WHERE (?1 = 0 OR i.id = ?1) AND (?2 = 0 OR i.source = ?2) AND (?3 < 0 OR i.state = ?3) " \
	"AND (?4 IS NULL OR i.arrived >= ?4) AND (?5 IS NULL OR i.arrived < ?5) " \
	"AND (?6 = '' OR i.sha256 = ?6) AND (?7 = 0 OR i.parent = ?7) ORDER BY i.id"

/* The books of one input. */
static void
books(sqlite3_stmt *st, uint32_t input, uint64_t booked[OUT_MAX])
{
	uint32_t o;

	memset(booked, 0, OUT_MAX * sizeof *booked);
	sqlite3_reset(st);
	sqlite3_bind_int64(st, 1, input);
	while (sqlite3_step(st) == SQLITE_ROW)
		if ((o = col_u32(st, 0)) < OUT_MAX)
			booked[o] = (uint64_t)sqlite3_column_int64(st, 1);
}

static bool
inputs_list(struct ledger *l, const struct input_filter *f, bool (*each)(void *, const struct input_row *),
    void *arg, struct err *e)
{
	sqlite3_stmt *tally = rows_begin(l, e,
	    "SELECT outcome, sum(n) FROM tally WHERE input = ? GROUP BY outcome", "");
	sqlite3_stmt *st = tally == NULL ? NULL : rows_begin(l, e, INPUTS_SQL, "uuinntu", f->id, f->source,
	    (int64_t)f->state, f->arrived.since, f->arrived.until, f->sha256, f->parent);
	struct input_row r;
	bool good;

	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		input_row(st, &r.in);
		r.source = ledger_text(l, DICT_SOURCE, r.in.source);
		r.feed = ledger_text(l, DICT_FEED, r.in.feed);
		books(tally, r.in.id, r.booked);
		if (!each(arg, &r))
			break;
	}
	good = st != NULL && rows_end(l, st, e);
	sqlite3_reset(tally);
	return rows_end(l, tally, e) && good;
}

bool
ledger_inputs_each(struct ledger *l, const struct input_filter *f,
    bool (*each)(void *, const struct input_row *), void *arg, struct err *e)
{
	bool good;

	if (!read_begin(l, e))
		return false;
	good = inputs_list(l, f, each, arg, e);
	read_end(l);
	return good;
}

#define QUARANTINE_SQL \
	"SELECT q.id, q.input, q.n, q.at, q.reason, q.detail, q.state, q.spans, " \
	"i.source, i.feed, i.name, i.member, i.sha256 FROM quarantine q JOIN input i ON i.id = q.input " \
	"WHERE (?1 = 0 OR q.id = ?1) AND (?2 = 0 OR q.input = ?2) AND (?3 = 0 OR i.source = ?3) " \
	"AND (?4 < 0 OR q.state = ?4) AND (?5 IS NULL OR q.at >= ?5) AND (?6 IS NULL OR q.at < ?6) " \
	"ORDER BY q.id"

static bool
quarantine_row_read(struct ledger *l, sqlite3_stmt *st, struct quarantine_row *r, struct span **span,
    struct err *e)
{
	uint32_t n;

	*r = (struct quarantine_row){ .id = col_u32(st, 0), .input = col_u32(st, 1), .n = col_u32(st, 2),
	    .at = sqlite3_column_int64(st, 3), .reason = ledger_text(l, DICT_REASON, col_u32(st, 4)),
	    .detail = col_text(st, 5), .state = (uint8_t)col_u32(st, 6),
	    .source = ledger_text(l, DICT_SOURCE, col_u32(st, 8)),
	    .feed = ledger_text(l, DICT_FEED, col_u32(st, 9)), .name = col_text(st, 10),
	    .member = col_text(st, 11), .sha256 = col_text(st, 12) };
	if (!spans_decode(sqlite3_column_blob(st, 7), (size_t)sqlite3_column_bytes(st, 7), span, &n) ||
	    n != r->n)
		return err_set(e, "%s: is damaged (the spans of quarantine %u cannot be read)", l->path,
		    r->id);
	r->span = *span;
	return true;
}

bool
ledger_quarantine_each(struct ledger *l, const struct quarantine_filter *f,
    bool (*each)(void *, const struct quarantine_row *), void *arg, struct err *e)
{
	struct quarantine_row r;
	struct span *span;
	sqlite3_stmt *st;
	bool good = true;

	if (!read_begin(l, e))
		return false;
	st = rows_begin(l, e, QUARANTINE_SQL, "uuuinn", f->id, f->input, f->source, (int64_t)f->state,
	    f->at.since, f->at.until);
	while (good && st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		span = NULL;
		good = quarantine_row_read(l, st, &r, &span, e);
		if (good && !each(arg, &r)) {
			free(span);
			break;
		}
		free(span);
	}
	good = st != NULL && rows_end(l, st, e) && good;
	read_end(l);
	return good;
}
