/* SPDX-License-Identifier: Apache-2.0 */
/* See ledger_mail.h. */
#include "ledger/ledger_int.h"
#include "ledger/ledger_mail.h"
#include "timefmt.h"

const char *const mail_kind_names[] = { "answer", "bounce", "delayed", "auto-reply", "other", NULL };
const char *const mail_state_names[] = { "taken", "open", "closed", NULL };

bool
ledger_mail_known(struct ledger *l, const char *mailbox, const char *name, const char *sha256, bool *known,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT 1 FROM mail WHERE mailbox = ? AND name = ? AND sha256 = "
	    "?",
	    "ttt", mailbox, name, sha256);

	*known = st != NULL && sqlite3_step(st) == SQLITE_ROW;
	return st != NULL && rows_end(l, st, e);
}

void
ledger_mail_put(struct ledger *l, const struct mail_row *m)
{
	db_run(l, ST_MAIL_PUT, "tttiiuuuuttttt", m->mailbox, m->name, m->sha256, m->at, m->sent,
	    (unsigned)m->kind, (unsigned)m->state, m->warning, m->audit, m->sender, m->subject, m->text,
	    m->status,
	    m->why);
}

void
ledger_mail_state(struct ledger *l, uint32_t id, enum mail_state s)
{
	db_run(l, ST_MAIL_STATE, "uu", (unsigned)s, id);
}

bool
ledger_mails_each(struct ledger *l, const struct mail_filter *f,
    bool (*each)(void *arg, const struct mail_row *m), void *arg, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT id, mailbox, name, sha256, at, sent, kind, state, "
	    "warning, "
	    "audit, sender, subject, text, status, why FROM mail WHERE (?1 = 0 OR id = ?1) AND "
	    "(?2 < 0 OR state = ?2) AND (?3 < 0 OR kind = ?3) ORDER BY id", "uii", f->id, (int64_t)f->state,
	    (int64_t)f->kind);
	struct mail_row m;

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		m = (struct mail_row){ .id = col_u32(st, 0), .mailbox = col_text(st, 1), .name = col_text(st,
		    2),
		    .sha256 = col_text(st, 3), .at = sqlite3_column_int64(st, 4),
		    .sent = sqlite3_column_int64(st, 5), .kind = (uint8_t)col_u32(st, 6),
		    .state = (uint8_t)col_u32(st, 7), .warning = col_u32(st, 8), .audit = col_u32(st, 9),
		    .sender = col_text(st, 10), .subject = col_text(st, 11), .text = col_text(st, 12),
		    .status = col_text(st, 13), .why = col_text(st, 14) };
		if (!each(arg, &m))
			break;
	}
	return rows_end(l, st, e);
}

/* ---- the warning it is about ---------------------------------------------------- */

static bool
warning_got(struct ledger *l, sqlite3_stmt *st, struct arena *a, struct warning_of *out, struct err *e)
{
	*out = (struct warning_of){ 0, 0, "", "", "", 0 };
	if (st == NULL)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW)
		*out = (struct warning_of){ col_u32(st, 0), col_u32(st, 1), arena_strdup(a, col_text(st, 2)),
		    arena_strdup(a, col_text(st, 3)), arena_strdup(a, col_text(st, 4)), (uint8_t)col_u32(st,
		    5) };
	return rows_end(l, st, e);
}

#define OF "SELECT id, organisation, number, recipient, redirected, state FROM warning WHERE "

bool
ledger_warning_find(struct ledger *l, struct arena *a, const char *text, struct warning_of *out, struct err
    *e)
{
	const char *id = text[0] == '<' ? text : arena_printf(a, "<%s>", text);

	return warning_got(l, strchr(text, '@') != NULL ? rows_begin(l, e, OF "message_id = ?", "t", id) :
	    rows_begin(l, e, OF "number = ?", "t", text), a, out, e);
}

bool
ledger_warning_by(struct ledger *l, struct arena *a, uint32_t id, struct warning_of *out, struct err *e)
{
	return warning_got(l, rows_begin(l, e, OF "id = ?", "u", id), a, out, e);
}

void
ledger_warning_came(struct ledger *l, uint32_t warning, enum wstate s)
{
	db_run(l, ST_WARNING_CAME, "uu", (unsigned)s, warning);
}

bool
ledger_warnings_reached(struct ledger *l, int64_t before, uint32_t *n, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT w.id FROM warning w JOIN delivery d ON d.warning = w.id "
	    "WHERE "
	    "w.state = 2 AND w.redirected = '' AND d.answer = 1 AND d.ended <= ?", "i", before);
	uint32_t *id = NULL, i;
	struct arena *a = arena_new();
	bool own, good;

	_Static_assert(W_HANDED_OVER == 2 && W_REACHED == 6 && W_UNREACHED == 7, "the numbers in the "
	    "statements");
	*n = 0;
	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		id = arena_room(a, id, *n, sizeof *id);
		id[(*n)++] = col_u32(st, 0);
	}
	good = st != NULL && rows_end(l, st, e);
	if (good && *n > 0 && (good = own_begin(l, &own, e))) {
		for (i = 0; i < *n; i++)
			ledger_warning_came(l, id[i], W_REACHED);
		good = own_end(l, own, true, e);
	}
	arena_free(a);
	return good;
}

/* ---- addresses ------------------------------------------------------------------ */

bool
ledger_health_each(struct ledger *l, bool (*each)(void *arg, const struct health_row *h), void *arg, struct
    err *e)
{
	sqlite3_stmt *st = rows_begin(l, e,
	    "SELECT address, days, first, last, wrong, good FROM contact_health ORDER BY address", "");
	struct health_row h;

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		h = (struct health_row){ col_text(st, 0), col_u32(st, 1), sqlite3_column_int64(st, 2),
		    sqlite3_column_int64(st, 3), sqlite3_column_int64(st, 4), sqlite3_column_int64(st, 5) };
		if (!each(arg, &h))
			break;
	}
	return rows_end(l, st, e);
}

void
ledger_health_put(struct ledger *l, const struct health_row *h)
{
	db_run(l, ST_HEALTH_PUT, "tuiiii", h->address, h->days, h->first, h->last, h->wrong, h->good);
}
