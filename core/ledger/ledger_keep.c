/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See ledger_keep.h.  A const table says for each kind of thing which rows are
 * meant and what is done to them; the dry run counts the same rows.  A closed
 * case keeps its row without its subject; a recipient becomes a number, the
 * same in all its warnings, and only when the newest of them is old, so that
 * different recipients stay different in every period.
 */
#include <string.h>
#include "ledger/ledger_int.h"
#include "ledger/ledger_keep.h"
#include "ledger/ledger_mail.h"
#include "ledger/ledger_read.h"
#include "timefmt.h"

const char *const keep_names[] = { "evidence", "messages", "cases", "contacts", NULL };
const char *const kept_names[] = { "inputs", "sightings", "tables", "messages", "mails", "replies", "cases",
	"contacts", "recipients", NULL };
const char *const kept_means[] = {
	"bytes in the spool", "lists of single sightings; how often and when last stays",
	"network tables that newer ones have replaced", "warnings as they were sent",
	"text, subject and sender of what came back", "what mail servers answered",
	"subjects of closed cases", "contacts that are not registered any more",
	"addresses of warnings whose recipients were not warned since",
};

_Static_assert(SEEN_OPEN == 0 && W_WAITING == 0 && W_ATTEMPTING == 1 && W_HELD == 4 && MAIL_OPEN == 1,
    "states");

#define OLD_RECIPIENT "SELECT recipient FROM warning WHERE recipient NOT LIKE 'recipient %' " \
	"AND recipient <> '' " \
	"GROUP BY recipient HAVING max(made) < ?1 AND sum(state IN (0, 1, 4)) = 0"

/* ?1: the moment.  where: the rows, also for the count. */
static const struct rule {
	enum keep	 by;
	const char	*table, *where, *what;		/* what: "DELETE", or the SET of an UPDATE */
} rules[KEPT_MAX] = {
	[KEPT_SEGMENTS] = { KEEP_EVIDENCE, "segment",
	    "at < ?1 AND id <= (SELECT seen_upto FROM ledger)", "DELETE" },
	[KEPT_TABLES] = { KEEP_EVIDENCE, "staged", "audit IN (SELECT audit FROM net_table WHERE until "
	    "< ?1) AND audit NOT IN (SELECT audit FROM net_table WHERE until IS NULL)", "DELETE" },
	[KEPT_MESSAGES] = { KEEP_MESSAGES, "message", "warning IN (SELECT id FROM warning WHERE made < ?1 "
	    "AND state NOT IN (0, 1, 4)) AND warning NOT IN (SELECT warning FROM outbox)", "DELETE" },
	[KEPT_MAILS] = { KEEP_MESSAGES, "mail", "at < ?1 AND state <> 1 AND text || subject || sender <> ''",
	    "text = '', subject = '', sender = ''" },
	[KEPT_REPLIES] = { KEEP_MESSAGES, "delivery", "ended < ?1 AND reply <> ''", "reply = ''" },
	[KEPT_CASES] = { KEEP_CASES, "cases", "seen <> 0 AND changed < ?1 AND last_seen < ?1 AND "
	    "(ip IS NOT NULL OR name <> 0)", "ip = NULL, name = 0, port = 0, src_port = 0" },
	[KEPT_CONTACTS] = { KEEP_CONTACTS, "contact", "until IS NOT NULL AND "
	    "(SELECT s.at FROM snapshot s WHERE s.id = contact.until) < ?1", "DELETE" },
	[KEPT_RECIPIENTS] = { KEEP_CONTACTS, "warning", "recipient IN (" OLD_RECIPIENT ")",
	    NULL },	/* recipients() */
};

static bool
counted(struct ledger *l, const char *sql, int64_t before, uint64_t *n, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, sql, "i", before);

	if (st == NULL)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW)
		*n = (uint64_t)sqlite3_column_int64(st, 0);
	return rows_end(l, st, e);
}

static bool
done(struct ledger *l, const char *sql, int64_t before, uint64_t *n, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, sql, "i", before);

	if (st == NULL)
		return false;
	sqlite3_step(st);
	if (!rows_end(l, st, e))
		return false;
	if (n != NULL)
		*n = (uint64_t)sqlite3_changes64(l->db);
	return true;
}

/* All the warnings of a recipient must get one number, while the rows change one after the other: the
 * numbers are there first. */
static bool
recipients(struct ledger *l, int64_t before, uint64_t *n, struct err *e)
{
	return db_exec(l, "CREATE TEMP TABLE IF NOT EXISTS numbered (recipient TEXT PRIMARY KEY, n INTEGER); "
	    "DELETE FROM numbered", e) &&
	    done(l, "INSERT INTO numbered SELECT recipient, min(id) FROM warning WHERE recipient IN ("
	    OLD_RECIPIENT ") GROUP BY recipient", before, NULL, e) &&
	    done(l, "UPDATE warning SET redirected = '', recipient = 'recipient ' || (SELECT n FROM "
	    "numbered x WHERE x.recipient = warning.recipient) WHERE ?1 IS NOT NULL AND recipient IN "
	    "(SELECT recipient FROM numbered)", before, n, e);
}

static bool
apply(struct ledger *l, int i, int64_t before, bool really, uint64_t *n, struct err *e)
{
	const struct rule *r = &rules[i];
	struct buf sql;
	bool good = true;

	if (really && i == KEPT_RECIPIENTS)
		return recipients(l, before, n, e);
	if (really && i == KEPT_TABLES)
		good = done(l, "INSERT OR IGNORE INTO staged_gone SELECT audit, ?1 FROM staged WHERE "
		    "audit IN (SELECT audit FROM net_table WHERE until < ?1) AND audit NOT IN (SELECT audit "
		    "FROM net_table WHERE until IS NULL)", before, NULL, e);
	buf_init(&sql);
	if (!really)
		buf_printf(&sql, "SELECT count(*) FROM %s WHERE %s", r->table, r->where);
	else if (strcmp(r->what, "DELETE") == 0)
		buf_printf(&sql, "DELETE FROM %s WHERE %s", r->table, r->where);
	else
		buf_printf(&sql, "UPDATE %s SET %s WHERE %s", r->table, r->what, r->where);
	good = good && (really ? done(l, sql.p, before, n, e) : counted(l, sql.p, before, n, e));
	buf_free(&sql);
	return good;
}

static bool
all(struct ledger *l, const int64_t before[KEEP_MAX], bool really, uint64_t n[KEPT_MAX], struct err *e)
{
	bool good = true;
	int i;

	memset(n, 0, KEPT_MAX * sizeof *n);
	for (i = 0; good && i < KEPT_MAX; i++)
		if (rules[i].table != NULL && before[rules[i].by] != TIME_NONE)
			good = apply(l, i, before[rules[i].by], really, &n[i], e);
	return good;
}

bool
ledger_keep_count(struct ledger *l, const int64_t before[KEEP_MAX], uint64_t n[KEPT_MAX], struct err *e)
{
	return all(l, before, false, n, e);
}

/* What is taken out is overwritten, not only given free. */
bool
ledger_keep(struct ledger *l, const int64_t before[KEEP_MAX], uint64_t n[KEPT_MAX], struct err *e)
{
	bool good = db_exec(l, "PRAGMA secure_delete = ON", e) && all(l, before, true, n, e);

	sqlite3_exec(l->db, "PRAGMA secure_delete = OFF", NULL, NULL, NULL);
	return good;
}

/* ---- the spool */

static bool
needed(void *arg, const struct case_row *r)
{
	sqlite3_stmt *st = arg;

	sqlite3_reset(st);
	sqlite3_bind_int64(st, 1, r->c.input);
	sqlite3_step(st);
	return true;
}

/* Inputs that open cases have their newest evidence in, as the segments say. */
static bool
needed_list(struct ledger *l, struct err *e)
{
	struct case_filter f = case_filter_any;
	sqlite3_stmt *st;
	bool good;

	if (!db_exec(l, "CREATE TEMP TABLE IF NOT EXISTS needed (id INTEGER PRIMARY KEY); "
	    "DELETE FROM needed", e) ||
	    (st = rows_begin(l, e, "INSERT OR IGNORE INTO needed VALUES (?)", "")) == NULL)
		return false;
	f.seen = SEEN_OPEN;
	good = ledger_cases_each(l, &f, needed, st, e);
	sqlite3_finalize(st);
	return good;
}

bool
ledger_evidence_old(struct ledger *l, struct arena *a, int64_t before, const char ***list, uint32_t *n,
    struct err *e)
{
	sqlite3_stmt *st;

	*list = NULL;
	*n = 0;
	if (!needed_list(l, e))
		return false;
	/* bytes that came again after they were taken out are there again */
	st = rows_begin(l, e, "SELECT c.sha256 FROM content c WHERE c.arrived < ?1 AND NOT EXISTS (SELECT 1 "
	    "FROM evidence_gone g WHERE g.sha256 = c.sha256 AND g.at >= (SELECT max(i.arrived) FROM input i "
	    "WHERE i.sha256 = c.sha256)) AND NOT EXISTS (SELECT 1 FROM input i WHERE i.sha256 = c.sha256 AND "
	    "(i.arrived >= ?1 OR i.state = 0 OR i.id IN (SELECT id FROM needed) OR EXISTS (SELECT 1 FROM "
	    "quarantine q WHERE q.input = i.id AND q.state = 0)))", "i", before);
	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		*list = arena_room(a, *list, *n, sizeof **list);
		(*list)[(*n)++] = arena_strdup(a, col_text(st, 0));
	}
	return rows_end(l, st, e);
}

void
ledger_evidence_gone(struct ledger *l, const char *sha256)
{
	db_run(l, ST_EVIDENCE_GONE, "ti", sha256, l->now);
}
