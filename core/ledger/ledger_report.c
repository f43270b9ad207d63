/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See ledger_report.h.  A count is a row of a const table: where its rows come
 * from, and what each dimension is there; the statement is put together from
 * it, so that any dimensions can be combined.  What a count has no dimension
 * for stays empty in its rows.
 */
#include "finding.h"
#include "ledger/ledger_int.h"
#include "ledger/ledger_mail.h"
#include "ledger/ledger_report.h"
#include "timefmt.h"

const char *const report_by_names[] = { "month", "source", "class", "constituency", "requested",
	"organisation", NULL };

#define MONTH(column) "strftime('%Y-%m', " column ", 'unixepoch')"
#define WITHIN(column) "(?1 IS NULL OR " column " >= ?1) AND (?2 IS NULL OR " column " < ?2)"
#define ORG(what, id) \
	"ifnull((SELECT " what " FROM organisation WHERE id = " id " ORDER BY since DESC LIMIT 1), '')"
#define CLASS(id) "ifnull((SELECT text FROM class WHERE id = " id "), '')"
#define SOURCE(feed) \
	"ifnull((SELECT substr(y.text, 1, instr(y.text, '/') - 1) FROM feed y WHERE y.id = " feed "), '')"
#define REQUESTED(x) "CASE WHEN " x " THEN 'requested' ELSE 'unsolicited' END"
#define OF_SOURCE(id) \
	"(?3 = '' OR EXISTS (SELECT 1 FROM case_feed h JOIN feed y ON y.id = h.feed " \
	"WHERE h.id = " id " AND substr(y.text, 1, length(?3) + 1) = ?3 || '/'))"
#define OF_ORG(column) "(?4 < 0 OR " column " = ?4)"
#define WARNING_OF_SOURCE \
	"(?3 = '' OR EXISTS (SELECT 1 FROM warning_case k WHERE k.warning = w.id AND " OF_SOURCE("k.id") "))"

/* the numbers of enums that stand in statements */
_Static_assert(EVENT_OPENED == 0 && EVENT_RELAPSED == 2 && EVENT_HANDED_OVER == 7 && EVENT_GONE == 8 &&
    EVENT_EXPIRED == 9 && EVENT_MOVED == 10 && EVENT_ANSWERED == 14 && EVENT_MERGED == 16 &&
    EVENT_LEARNED == 18, "events");
_Static_assert(W_HANDED_OVER == 2 && W_REACHED == 6 && W_UNREACHED == 7 && INPUT_CONTAINER == 3 &&
    KIND_EVENT == 2 && MAIL_ANSWER == 0, "states");

#define CASE_EVENTS(kinds) \
	"FROM event v JOIN cases c ON c.id = v.id WHERE v.kind IN (" kinds ") AND c.organisation <> 0 AND " \
	WITHIN("v.at") " AND " OF_SOURCE("c.id") " AND " OF_ORG("c.organisation")
#define CASE_BY { MONTH("v.at"), SOURCE("c.feed"), CLASS("c.class"), ORG("constituency", "c.organisation"), \
	NULL, ORG("key", "c.organisation") }
#define WARNINGS "w.state IN (2, 6, 7) AND w.ncase > 0 AND " WITHIN("w.made") " AND " WARNING_OF_SOURCE \
	" AND " OF_ORG("w.organisation")
#define WARNING_BY { MONTH("w.made"), "ws.source", "w.topic", ORG("constituency", "w.organisation"), \
	REQUESTED("w.requested"), ORG("key", "w.organisation") }
/* a row for each source that a warning speaks of; only where it is asked for */
#define WARNING_SOURCES "JOIN (SELECT DISTINCT k.warning, " SOURCE("c.feed") " AS source " \
	"FROM warning_case k JOIN cases c ON c.id = k.id) ws ON ws.warning = w.id "

static const struct count {
	const char	*n, *state;
	const char	*from, *more, *where;	/* more: joined when divided by source */
	const char	*by[BY_MAX];
	unsigned	 usual;			/* bits: divided by these unless said otherwise */
} counts[REPORT_OF_MAX] = {
	[REPORT_INPUTS] = { "count(*)",
	    "CASE i.state WHEN 0 THEN 'pending' WHEN 1 THEN 'done' ELSE 'quarantined' END",
	    "FROM input i JOIN source s ON s.id = i.source", "", "i.state <> 3 AND " WITHIN("i.arrived")
	    " AND (?3 = '' OR s.text = ?3) AND ?4 < 0", { MONTH("i.arrived"), "s.text" }, 0xff },
	[REPORT_FINDINGS] = { "sum(t.n)", "t.outcome", "FROM tally t JOIN input i ON i.id = t.input JOIN "
	    "source s ON s.id = i.source", "", WITHIN("i.arrived") " AND (?3 = '' OR s.text = ?3) AND ?4 < 0",
	    { MONTH("i.arrived"), "s.text", CLASS("t.class"), "t.constituency" }, 0xff },
	[REPORT_CASES] = { "count(DISTINCT c.id)", "c.seen", NULL, "", CASE_EVENTS("0"), CASE_BY,
	    0xff & ~(1u << BY_ORGANISATION) },
	[REPORT_EPISODES] = { "count(*)", "CASE v.kind WHEN 0 THEN 'first' ELSE 'relapse' END", NULL, "",
	    CASE_EVENTS("0, 2"), CASE_BY, 0xff & ~(1u << BY_ORGANISATION) },
	[REPORT_ANSWERS] = { "count(DISTINCT c.id)", "c.answer", NULL, "", CASE_EVENTS("14"), CASE_BY,
	    0xff & ~(1u << BY_ORGANISATION) },
	[REPORT_WARNINGS] = { "count(DISTINCT w.id)", "w.state", "FROM warning w", WARNING_SOURCES, WARNINGS,
	    WARNING_BY, 1u << BY_MONTH | 1u << BY_CLASS | 1u << BY_CONSTITUENCY | 1u << BY_REQUESTED },
	[REPORT_ANSWERED] = { "count(DISTINCT w.id)", "''", "FROM warning w", WARNING_SOURCES, WARNINGS
	    " AND EXISTS (SELECT 1 FROM mail m WHERE m.warning = w.id AND m.kind = 0)", WARNING_BY,
	    1u << BY_MONTH | 1u << BY_CLASS | 1u << BY_CONSTITUENCY | 1u << BY_REQUESTED },
	[REPORT_RECIPIENTS] = { "count(DISTINCT w.recipient)", "''", "FROM warning w", WARNING_SOURCES,
	    WARNINGS, WARNING_BY, 1u << BY_MONTH | 1u << BY_CONSTITUENCY | 1u << BY_REQUESTED },
	[REPORT_ORGANISATIONS] = { "count(DISTINCT w.organisation)", "''", "FROM warning w", WARNING_SOURCES,
	    WARNINGS, WARNING_BY, 1u << BY_MONTH | 1u << BY_CONSTITUENCY | 1u << BY_REQUESTED },
};

static const char *
count_sql(struct buf *b, const struct count *c, unsigned by)
{
	unsigned i;

	buf_str(b, "SELECT ");
	for (i = 0; i < BY_MAX; i++)
		buf_printf(b, "%s, ", by & 1u << i && c->by[i] != NULL ? c->by[i] : "''");
	buf_printf(b, "%s AS sorted, %s ", c->state, c->n);
	if (c->from != NULL)
		buf_printf(b, "%s %s WHERE ", c->from, by & 1u << BY_SOURCE ? c->more : "");
	buf_str(b, c->where);
	buf_str(b, " GROUP BY 1, 2, 3, 4, 5, 6, sorted ORDER BY 1, 2, 3, 4, 5, 6, sorted");
	return b->p;
}

static const char *
state_word(enum report_of of, sqlite3_stmt *st, int col)
{
	uint32_t v = col_u32(st, col);

	switch (of) {
	case REPORT_FINDINGS:
		return v < OUT_MAX ? outcome_names[v] : "";
	case REPORT_CASES:
		return v <= SEEN_SUPERSEDED ? seen_names[v] : "";
	case REPORT_ANSWERS:
		return v <= ANSWER_RISK_ACCEPTED ? answer_names[v] : "";
	case REPORT_WARNINGS:
		return v < W_MAX ? wstate_names[v] : "";
	default:
		return col_text(st, col);
	}
}

bool
ledger_report_each(struct ledger *l, enum report_of of, const struct report_query *q,
    bool (*each)(void *arg, const struct report_row *r), void *arg, struct err *e)
{
	struct report_row r;
	sqlite3_stmt *st;
	struct buf sql;
	bool good;
	int i;

	if (!read_begin(l, e))
		return false;
	buf_init(&sql);
	st = rows_begin(l, e, count_sql(&sql, &counts[of], q->by_given ? q->by : counts[of].usual), "nnti",
	    q->in.since, q->in.until, ledger_text(l, DICT_SOURCE, q->source), q->org);
	buf_free(&sql);
	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		for (i = 0; i < BY_MAX; i++)
			r.by[i] = col_text(st, i);
		r.state = state_word(of, st, BY_MAX);
		r.n = (uint64_t)sqlite3_column_int64(st, BY_MAX + 1);
		if (!each(arg, &r))
			break;
	}
	good = st != NULL && rows_end(l, st, e);
	read_end(l);
	return good;
}

/* ---- episodes */

static const char events_sql[] =
    "SELECT " MONTH("v.at") ", " SOURCE("c.feed") ", " CLASS("c.class") ", "
    ORG("constituency", "c.organisation") ", " REQUESTED("ifnull((SELECT w.requested FROM warning w WHERE "
	"v.kind = 7 AND w.id = v.ref), c.role = ?5)") ", " ORG("key", "c.organisation") ", v.id, v.kind, "
    "v.at, "
    "ifnull((SELECT i.day FROM input i WHERE v.kind = 8 AND i.id = v.ref), c.last_seen / 86400), "
    "max(ifnull((SELECT max(i.day) FROM input i WHERE i.feed = c.feed AND i.state = 1), 0), "
    "c.last_seen / 86400) "
    "FROM event v JOIN cases c ON c.id = v.id WHERE v.kind IN (0, 2, 7, 8, 9, 10, 16, 18) AND "
    "c.organisation <> 0 AND c.kind <> 2 AND c.day = 0 AND " OF_SOURCE("c.id") " AND "
    OF_ORG("c.organisation") " ORDER BY v.id, v.seq";

/* The period is not asked here: an episode that began before it may be warned of in it. */
bool
ledger_report_events(struct ledger *l, const struct report_query *q,
    bool (*each)(void *arg, const struct report_event *v), void *arg, struct err *e)
{
	struct report_event v;
	sqlite3_stmt *st;
	bool good;
	int i;

	if (!read_begin(l, e))
		return false;
	st = rows_begin(l, e, events_sql, "nntiu", TIME_NONE, TIME_NONE,
	    ledger_text(l, DICT_SOURCE, q->source), q->org, (unsigned)ROLE_OWNER);
	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		for (i = 0; i < BY_MAX; i++)
			v.by[i] = col_text(st, i);
		v.id = col_u32(st, BY_MAX);
		v.kind = (uint8_t)col_u32(st, BY_MAX + 1);
		v.at = sqlite3_column_int64(st, BY_MAX + 2);
		v.day = sqlite3_column_int64(st, BY_MAX + 3);
		v.looked = sqlite3_column_int64(st, BY_MAX + 4);
		if (!each(arg, &v))
			break;
	}
	good = st != NULL && rows_end(l, st, e);
	read_end(l);
	return good;
}

/* ---- what it was made from */

bool
ledger_report_inputs(struct ledger *l, const struct report_query *q,
    bool (*each)(void *arg, const struct report_input *i), void *arg, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT i.id, s.text, i.name, i.member, i.sha256, i.day, c.size "
	    "FROM input i JOIN source s ON s.id = i.source JOIN content c ON c.sha256 = i.sha256 WHERE "
	    WITHIN("i.arrived") " AND (?3 = '' OR s.text = ?3) ORDER BY i.id", "nnt", q->in.since,
	    q->in.until, ledger_text(l, DICT_SOURCE, q->source));
	struct report_input in;

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		in = (struct report_input){ col_u32(st, 0), col_text(st, 1), col_text(st, 2),
		    col_text(st, 3), col_text(st, 4), sqlite3_column_int64(st, 5),
		    (uint64_t)sqlite3_column_int64(st, 6) };
		if (!each(arg, &in))
			break;
	}
	return rows_end(l, st, e);
}

bool
ledger_position(struct ledger *l, int64_t *epoch, int64_t *commit_no, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT epoch, commit_no FROM ledger", "");

	*epoch = *commit_no = 0;
	if (st == NULL)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW) {
		*epoch = sqlite3_column_int64(st, 0);
		*commit_no = sqlite3_column_int64(st, 1);
	}
	return rows_end(l, st, e);
}

bool
ledger_report_warnings(struct ledger *l, const struct ledger_read_span *in, uint64_t *n, int64_t *first,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT count(*), min(made) FROM warning w WHERE w.state IN "
	    "(2, 6, 7) AND w.ncase > 0 AND " WITHIN("w.made"), "nn", in->since, in->until);

	*n = 0;
	*first = TIME_NONE;
	if (st == NULL)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW) {
		*n = (uint64_t)sqlite3_column_int64(st, 0);
		*first = col_time(st, 1);
	}
	return rows_end(l, st, e);
}
