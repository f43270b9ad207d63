/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inputs and what is booked by input: progress, tallies, quarantine.  Content (bytes, once) and arrival (each
 * time a source showed them) are two tables: the same arrival again does
 * nothing, the same bytes under another name or day are a new look.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ledger/ledger_int.h"
#include "ledger/segment.h"
#include "mem.h"

const char *const outcome_names[] = { "new", "repeated", "unmatched", "filtered", "quarantined", "conflict" };
const char *const qstate_names[] = { "open", "replayed", "dropped" };

void
input_row(sqlite3_stmt *st, struct input *in)
{
	*in = (struct input){ .id = col_u32(st, 0), .source = col_u32(st, 1), .feed = col_u32(st, 2),
	    .name = col_text(st, 3), .member = col_text(st, 4), .parent = col_u32(st, 5),
	    .day = sqlite3_column_int64(st, 6), .size = (uint64_t)sqlite3_column_int64(st, 8),
	    .arrived = sqlite3_column_int64(st, 9), .state = (uint8_t)col_u32(st, 10),
	    .off = (uint64_t)sqlite3_column_int64(st, 11), .records = (uint64_t)sqlite3_column_int64(st, 12),
	    .matched = (uint64_t)sqlite3_column_int64(st, 13), .refused = (uint64_t)sqlite3_column_int64(st,
	    14), .plugin = col_text(st, 15), .error = col_text(st, 16) };
	snprintf(in->sha256, sizeof in->sha256, "%s", col_text(st, 7));
}

static bool
input_add(struct ledger *l, struct input *in, bool *fresh)
{
	sqlite3_stmt *st = db_bind(l, ST_INPUT_FIND, "uttit", in->source, in->name, in->member, in->day,
	    in->sha256);

	if (st == NULL)
		return false;
	if (db_step(l, st)) {
		in->id = col_u32(st, 0);
		sqlite3_reset(st);
		return true;
	}
	*fresh = true;
	if (!db_run(l, ST_CONTENT_PUT, "tii", in->sha256, (int64_t)in->size, in->arrived) ||
	    !db_run(l, ST_INPUT_PUT, "uuttuitiuiiiitt", in->source, in->feed, in->name,
	    in->member, in->parent, in->day, in->sha256, in->arrived, (unsigned)in->state, (int64_t)in->off,
	    (int64_t)in->records, (int64_t)in->matched, (int64_t)in->refused, in->plugin, in->error))
		return false;
	in->id = (uint32_t)sqlite3_last_insert_rowid(l->db);
	return true;
}

bool
ledger_input_put(struct ledger *l, struct input *in, bool *fresh, struct err *e)
{
	bool own, good;

	*fresh = false;
	if (!own_begin(l, &own, e))
		return false;
	in->id = 0;
	good = input_add(l, in, fresh) || err_set(e, "%s", l->why.text);
	if (own_end(l, own, good, e))
		return true;
	in->id = 0;
	return false;
}

bool
ledger_inputs_pending(struct ledger *l, struct arena *a, struct input **list, uint32_t *n, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT " INPUT_COLUMNS " FROM " INPUT_TABLES
	    " WHERE i.state = 0 ORDER BY i.id", "");
	struct input *in = NULL;

	*n = 0;
	*list = NULL;
	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		in = arena_room(a, in, *n, sizeof *in);
		input_row(st, &in[*n]);
		in[*n].name = arena_strdup(a, in[*n].name);
		in[*n].member = arena_strdup(a, in[*n].member);
		in[*n].plugin = arena_strdup(a, in[*n].plugin);
		in[*n].error = arena_strdup(a, in[*n].error);
		++*n;
	}
	*list = in;
	return rows_end(l, st, e);
}

void
ledger_input_progress(struct ledger *l, const struct input *in)
{
	db_run(l, ST_INPUT_PROGRESS, "uuiiiittu", in->feed, (unsigned)in->state, (int64_t)in->off,
	    (int64_t)in->records, (int64_t)in->matched, (int64_t)in->refused, in->plugin, in->error, in->id);
}

void
ledger_tally(struct ledger *l, uint32_t input, uint32_t problem, uint32_t class, const char *constituency,
    enum outcome o, uint64_t n)
{
	if (n > 0)
		db_run(l, ST_TALLY, "uuutui", input, problem, class, constituency, (unsigned)o, (int64_t)n);
}

void
ledger_quarantine(struct ledger *l, uint32_t input, const char *reason, const char *detail,
    const struct span *span, uint32_t n)
{
	uint32_t why = ledger_intern(l, DICT_REASON, tcs_str(reason));

	buf_reset(&l->scratch);
	if (n > 0)
		spans_encode(&l->scratch, span, n);
	db_run(l, ST_QUARANTINE, "uiiuutb", input, l->commit_no, l->now, why, n, detail,
	    n > 0 ? l->scratch.p : NULL, l->scratch.n);
}

void
ledger_quarantine_state(struct ledger *l, uint32_t id, enum qstate s)
{
	db_run(l, ST_QUARANTINE_STATE, "uu", (unsigned)s, id);
}
