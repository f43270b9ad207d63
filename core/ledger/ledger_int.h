/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the ledger share: the handle, statements, transactions.
 * Nothing outside core/ledger includes this, or SQLite.
 */
#ifndef CORE_LEDGER_INT_H
#define CORE_LEDGER_INT_H

#include <sqlite3.h>
#include "buf.h"
#include "ledger/ledger.h"
#include "map.h"

#define LEDGER_VERSION 2
#define LEDGER_APPLICATION 0x546f6373	/* "Tocs" */
extern const char ledger_sql_1[], ledger_sql_2[];	/* sql/N.sql */

/* ---- ledger_case.c: the columns of a case that are numbers, each with its field, one a line; the list of
 * columns and what is bound and read are made of it */
#define CASE_NUMBERS(C) \
	C(name, key.name) \
	C(port, key.port) \
	C(transport, key.transport) \
	C(feed, feed) \
	C(asset, asset) \
	C(snapshot, snapshot) \
	C(rule, rule) \
	C(role, role) \
	C(kind, kind) \
	C(part, part) \
	C(seen, seen) \
	C(told, told) \
	C(answer, answer) \
	C(lane, lane) \
	C(reason, reason) \
	C(severity, severity) \
	C(tlp, tlp) \
	C(redirected, redirected) \
	C(episode, episode) \
	C(class, class) \
	C(identifier, identifier) \
	C(rev, rev) \
	C(first_seen, first_seen) \
	C(last_seen, last_seen) \
	C(count, count) \
	C(warned, warned) \
	C(due, due) \
	C(warning, warning) \
	C(input, input) \
	C(len, len) \
	C(line, line) \
	C(sub, sub) \
	C(src_port, src_port) \
	C(off, off) \
	C(cves, cves) \
	C(day, key.day) \
	C(many, key.many) \
	C(answered, answered) \
	C(until, until) \
	C(relapsed, relapsed) \
	C(merged_into, merged_into) \
	C(days, days) \
	C(listed, listed) \
	C(told_n, told_n) \
	C(exploited, exploited) \
	C(epss, epss)
#define CASE_COLUMN(column, field) ", " #column
#define CASE_COLUMN_C(column, field) ", c." #column
#define CASE_MARK(column, field) ",?"
#define CASE_ONE(column, field) + 1
#define CASE_LIST "id, organisation, problem, ip" CASE_NUMBERS(CASE_COLUMN) ", changed"
#define CASE_LIST_C "c.id, c.organisation, c.problem, c.ip" CASE_NUMBERS(CASE_COLUMN_C) ", c.changed"
#define CASE_MARKS "?,?,?,?" CASE_NUMBERS(CASE_MARK) ",?"
#define CASE_COLUMNS (5 CASE_NUMBERS(CASE_ONE))
void case_row_read(sqlite3_stmt *st, struct tcase *c);	/* SELECT CASE_LIST FROM cases */

enum st {
#define ST(name, sql) ST_##name,
#include "ledger/statements.def"
#undef ST
	ST_MAX
};

/* A dictionary. Texts live in the map's arena, each with its NUL. */
struct words {
	struct map	*by_text;	/* key: the text and its NUL */
	const char	**text;		/* by id */
	uint32_t	 n, cap;
	uint32_t	 saved;		/* ids up to this are in the file */
	uint32_t	 flushed;	/* and up to this, once the open commit ends well */
	bool		 lazy;		/* one text at a time, when it is asked for: the names, for
					 * all but the decider */
};

struct ledger {
	sqlite3		*db;
	char		*path;
	enum ledger_mode mode;
	int		 lock;		/* the decider's lock file, or -1 */
	int64_t		 epoch, commit_no;	/* the fence, as this handle knows it */
	bool		 open, failed;	/* a commit; it has failed already */
	bool		 fenced;	/* and has moved commit_no */
	bool		 lost;		/* another decider has taken over */
	bool		 stale;		/* memory below must be read again: a commit was undone */
	unsigned	 reading;	/* depth of read transactions */
	struct err	 why;		/* of failed */
	int64_t		 now;		/* of the open commit */
	sqlite3_stmt	*st[ST_MAX];
	struct words	 word[DICT_MAX];
	uint32_t	 next_case, next_warning;
	uint64_t	 pending, pending_sightings;	/* segments past seen_upto */
	struct buf	 scratch;
};

/* ---- ledger_db.c: statements and transactions */
/* Binds by letter: i int64_t, u unsigned, t text (NULL as ""), s tcs_slice, b pointer and size_t (NULL as
 * NULL), n int64_t where TIME_NONE is NULL. Memory must live until the statement was run. */
sqlite3_stmt *db_bind(struct ledger *l, enum st s, const char *letters, ...);
void db_bind_va(sqlite3_stmt *st, const char *letters, va_list ap);
/* Runs what returns no rows; a failure is kept in l->why and fails the open commit. */
bool db_run(struct ledger *l, enum st s, const char *letters, ...);
bool db_step(struct ledger *l, sqlite3_stmt *st);	/* one row? false at the end and on failure,
							 * which is kept likewise */
bool db_exec(struct ledger *l, const char *sql, struct err *e);
/* A list: prepared, bound, and finalized by rows_end, which says whether all went well. Lists may nest. */
sqlite3_stmt *rows_begin(struct ledger *l, struct err *e, const char *sql, const char *letters, ...);
bool rows_end(struct ledger *l, sqlite3_stmt *st, struct err *e);
bool db_error(struct ledger *l, struct err *e);		/* SQLite's last error in our words; false */
void db_fail(struct ledger *l);				/* the same, kept in l->why */
const char *col_text(sqlite3_stmt *st, int i);		/* never NULL */
uint32_t col_u32(sqlite3_stmt *st, int i);
int64_t col_time(sqlite3_stmt *st, int i);		/* NULL: TIME_NONE */

/* A transaction of its own unless a commit is open already. own_end ends it or, when ok
 * is false, undoes it. */
bool own_begin(struct ledger *l, bool *own, struct err *e);
bool own_end(struct ledger *l, bool own, bool ok, struct err *e);
bool hand_begin(struct ledger *l, bool *own, struct err *e);	/* the same, for appending an order:
								 * no fence for HAND */
/* One consistent view for several statements; nests. */
bool read_begin(struct ledger *l, struct err *e);
void read_end(struct ledger *l);

int64_t ledger_now(const struct ledger *l);		/* s; of the open commit, or now */

/* ---- ledger_open.c */
bool memory_load(struct ledger *l, struct err *e);	/* next ids, what segments piled up */

/* ---- ledger_dict.c */
bool words_load(struct ledger *l, struct err *e);	/* those that are new in the file */
bool words_flush(struct ledger *l);			/* into the open commit */
void words_saved(struct ledger *l);			/* it ended well */
void words_free(struct ledger *l);

/* ---- ledger_input.c */
#define INPUT_COLUMNS "i.id, i.source, i.feed, i.name, i.member, i.parent, i.day, i.sha256, c.size, " \
	"i.arrived, i.state, i.off, " \
	"i.records, i.matched, i.refused, i.plugin, i.error"
#define INPUT_TABLES "input i JOIN content c ON c.sha256 = i.sha256"
void input_row(sqlite3_stmt *st, struct input *in);

/* ---- ledger_warning.c */
void warning_row(sqlite3_stmt *st, struct warning *w);	/* SELECT w.*; without cases and bytes */

#endif
