/* SPDX-License-Identifier: Apache-2.0 */
/* See ledger_campaign.h. */
#include "ledger/ledger_campaign.h"
#include "ledger/ledger_int.h"

const char *const campaign_state_names[] = { "proposed", "prepared", "approved", "sent", "done", "dropped",
    NULL };

bool
ledger_campaign_put(struct ledger *l, struct campaign *c)
{
	sqlite3_stmt *st;

	if (c->id == 0) {
		if ((st = db_bind(l, ST_CAMPAIGN_NEXT, "")) == NULL || !db_step(l, st))
			return false;
		c->id = col_u32(st, 0);
		sqlite3_reset(st);
	}
	return db_run(l, ST_CAMPAIGN_PUT, "uttuttuiituttit", c->id, c->name, c->what, (unsigned)c->state,
	    c->template, c->rounds, c->round, c->next, c->made, c->creator, c->audit, c->hash, c->approver,
	    c->approved, c->note);
}

static void
row(sqlite3_stmt *st, struct arena *a, struct campaign *c)
{
	*c = (struct campaign){ .id = col_u32(st, 0), .name = arena_strdup(a, col_text(st, 1)),
		.what = arena_strdup(a, col_text(st, 2)), .state = (uint8_t)col_u32(st, 3),
		.template = arena_strdup(a, col_text(st, 4)), .rounds = arena_strdup(a, col_text(st, 5)),
		.round = col_u32(st, 6), .next = sqlite3_column_int64(st, 7),
		.made = sqlite3_column_int64(st, 8), .creator = arena_strdup(a, col_text(st, 9)),
		.audit = col_u32(st, 10), .hash = arena_strdup(a, col_text(st, 11)),
		.approver = arena_strdup(a, col_text(st, 12)), .approved = sqlite3_column_int64(st, 13),
		.note = arena_strdup(a, col_text(st, 14)) };
}

bool
ledger_campaigns(struct ledger *l, struct arena *a, struct campaign **list, uint32_t *n, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT * FROM campaign ORDER BY id", "");

	*n = 0;
	*list = NULL;
	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		*list = arena_room(a, *list, *n, sizeof **list);
		row(st, a, &(*list)[(*n)++]);
	}
	return st != NULL && rows_end(l, st, e);
}

bool
ledger_campaign_get(struct ledger *l, struct arena *a, const char *name, struct campaign *out, bool *got,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT * FROM campaign WHERE name = ?", "t", name);

	*got = st != NULL && sqlite3_step(st) == SQLITE_ROW;
	if (*got)
		row(st, a, out);
	return st != NULL && rows_end(l, st, e);
}

void
ledger_campaign_case(struct ledger *l, uint32_t campaign, uint32_t id)
{
	db_run(l, ST_CAMPAIGN_CASE, "uu", campaign, id);
}

static bool
ids_of(struct ledger *l, struct arena *a, sqlite3_stmt *st, uint32_t **ids, uint32_t *n, struct err *e)
{
	*n = 0;
	*ids = NULL;
	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		*ids = arena_room(a, *ids, *n, sizeof **ids);
		(*ids)[(*n)++] = col_u32(st, 0);
	}
	return st != NULL && rows_end(l, st, e);
}

bool
ledger_campaign_cases(struct ledger *l, struct arena *a, uint32_t campaign, uint32_t **ids, uint32_t *n,
    struct err *e)
{
	return ids_of(l, a, rows_begin(l, e, "SELECT id FROM campaign_case WHERE campaign = ? ORDER BY id",
	    "u",
	    campaign), ids, n, e);
}

void
ledger_campaign_warning(struct ledger *l, uint32_t warning, uint32_t campaign, uint32_t round)
{
	db_run(l, ST_CAMPAIGN_WARNING, "uuu", warning, campaign, round);
}

bool
ledger_campaign_warnings(struct ledger *l, struct arena *a, uint32_t campaign, uint32_t round, uint32_t **ids,
    uint32_t *n, struct err *e)
{
	return ids_of(l, a, rows_begin(l, e,
	    "SELECT k.warning FROM campaign_warning k JOIN warning w ON w.id = "
	    "k.warning WHERE k.campaign = ? AND k.round = ? AND w.state <> 5 ORDER BY k.warning", "uu",
	    campaign, round), ids, n, e);
}

void
ledger_campaign_sent(struct ledger *l, uint32_t campaign, uint32_t round)
{
	db_run(l, ST_CAMPAIGN_SENT, "uu", campaign, round);
}

uint32_t
ledger_campaign_of(struct ledger *l, uint32_t warning, bool *sent)
{
	sqlite3_stmt *st = db_bind(l, ST_CAMPAIGN_OF, "u", warning);
	uint32_t id = 0;

	*sent = false;
	if (st != NULL && db_step(l, st)) {
		id = col_u32(st, 0);
		*sent = col_u32(st, 1) != 0;
		sqlite3_reset(st);
	}
	return id;
}

bool
ledger_cve_cases(struct ledger *l, struct arena *a, const char *cve, uint32_t **ids, uint32_t *n,
    struct err *e)
{
	return ids_of(l, a, rows_begin(l, e, "SELECT id FROM case_cve WHERE cve = upper(?) ORDER BY id",
	    "t", cve),
	    ids, n, e);
}

bool
ledger_warned_before(struct ledger *l, const char *recipient)
{
	sqlite3_stmt *st = db_bind(l, ST_WARNED_BEFORE, "t", recipient);
	bool got = st != NULL && db_step(l, st);

	if (got)
		sqlite3_reset(st);
	return got;
}
