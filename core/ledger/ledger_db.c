/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements, transactions and what SQLite says when they fail.  A failure
 * inside a commit is kept and fails the commit at its end: the functions that
 * put rows return nothing, because nothing is durable before that anyway.
 * No commit is tried twice: who opened it decides what to do.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include "clock.h"
#include "ledger/ledger_int.h"
#include "timefmt.h"

static const char *const st_sql[ST_MAX] = {
#define ST(name, sql) [ST_##name] = sql,
#include "ledger/statements.def"
#undef ST
};

/* The words for the person at the other end; SQLite's own are added where they say more. */
static const char *
error_words(int rc, int os)
{
	switch (rc & 0xff) {
	case SQLITE_FULL:
		return "no room left on its file system; nothing of this commit was kept";
	case SQLITE_IOERR:
		if (os == ENOSPC || os == EFBIG || os == EDQUOT)
			return "no room left on its file system; nothing of this commit was kept";
		/* A commit that fails does not pass on what the system said; a full disk has a code
		 * of its own, above. */
		if (rc == SQLITE_IOERR_WRITE)
			return "could not be written (a quota, a size limit or a failing disk); nothing of "
			    "this commit was kept";
		return "reading or writing failed";
	case SQLITE_CORRUPT:
		return "is damaged";
	case SQLITE_NOTADB:
		return "is not a Tocsin ledger";
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return "may not be written";
	case SQLITE_CANTOPEN:
		return "cannot be opened";
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return "another program has kept it locked for more than ten seconds";
	default:
		return "the ledger failed";
	}
}

bool
db_error(struct ledger *l, struct err *e)
{
	int rc = sqlite3_extended_errcode(l->db), os = sqlite3_system_errno(l->db);

	return err_set(e, "%s: %s (%s%s%s)", l->path, error_words(rc, os), sqlite3_errmsg(l->db),
	    os != 0 ? ": " : "", os != 0 ? strerror(os) : "");
}

void
db_fail(struct ledger *l)
{
	if (!l->failed)
		l->why = (struct err)ERR_INIT;
	l->failed = true;
	db_error(l, &l->why);
}

static sqlite3_stmt *
db_stmt(struct ledger *l, enum st s)
{
	if (l->st[s] == NULL &&
	    sqlite3_prepare_v3(l->db, st_sql[s], -1, SQLITE_PREPARE_PERSISTENT, &l->st[s], NULL) != SQLITE_OK)
		db_fail(l);
	return l->st[s];
}

void
db_bind_va(sqlite3_stmt *st, const char *letters, va_list ap)
{
	struct tcs_slice s;
	const void *p;
	int64_t n;
	int i;

	for (i = 1; *letters != '\0'; i++, letters++)
		switch (*letters) {
		case 'i':
			sqlite3_bind_int64(st, i, va_arg(ap, int64_t));
			break;
		case 'u':
			sqlite3_bind_int64(st, i, va_arg(ap, unsigned));
			break;
		case 't':
			p = va_arg(ap, const char *);
			sqlite3_bind_text(st, i, p != NULL ? p : "", -1, SQLITE_STATIC);
			break;
		case 's':
			s = va_arg(ap, struct tcs_slice);
			sqlite3_bind_text64(st, i, s.p != NULL ? s.p : "", s.n, SQLITE_STATIC, SQLITE_UTF8);
			break;
		case 'b':
			p = va_arg(ap, const void *);
			sqlite3_bind_blob64(st, i, p, va_arg(ap, size_t), SQLITE_STATIC);
			break;
		case 'n':
			n = va_arg(ap, int64_t);
			if (n == TIME_NONE)
				sqlite3_bind_null(st, i);
			else
				sqlite3_bind_int64(st, i, n);
			break;
		}
}

sqlite3_stmt *
db_bind(struct ledger *l, enum st s, const char *letters, ...)
{
	sqlite3_stmt *st = db_stmt(l, s);
	va_list ap;

	if (st == NULL)
		return NULL;
	sqlite3_reset(st);
	va_start(ap, letters);
	db_bind_va(st, letters, ap);
	va_end(ap);
	return st;
}

bool
db_run(struct ledger *l, enum st s, const char *letters, ...)
{
	sqlite3_stmt *st = db_stmt(l, s);
	va_list ap;

	if (st == NULL)
		return false;
	va_start(ap, letters);
	db_bind_va(st, letters, ap);
	va_end(ap);
	if (sqlite3_step(st) == SQLITE_DONE && sqlite3_reset(st) == SQLITE_OK)
		return true;
	db_fail(l);
	sqlite3_reset(st);
	return false;
}

bool
db_step(struct ledger *l, sqlite3_stmt *st)
{
	int rc = st != NULL ? sqlite3_step(st) : SQLITE_DONE;

	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE)
		db_fail(l);
	sqlite3_reset(st);
	return false;
}

bool
db_exec(struct ledger *l, const char *sql, struct err *e)
{
	if (sqlite3_exec(l->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	return db_error(l, e);
}

sqlite3_stmt *
rows_begin(struct ledger *l, struct err *e, const char *sql, const char *letters, ...)
{
	sqlite3_stmt *st = NULL;
	va_list ap;

	if (sqlite3_prepare_v2(l->db, sql, -1, &st, NULL) != SQLITE_OK) {
		db_error(l, e);
		return NULL;
	}
	va_start(ap, letters);
	db_bind_va(st, letters, ap);
	va_end(ap);
	return st;
}

bool
rows_end(struct ledger *l, sqlite3_stmt *st, struct err *e)
{
	int rc = sqlite3_finalize(st);	/* what the last step said */

	return rc == SQLITE_OK || db_error(l, e);
}

const char *
col_text(sqlite3_stmt *st, int i)
{
	const char *s = (const char *)sqlite3_column_text(st, i);

	return s != NULL ? s : "";
}

uint32_t
col_u32(sqlite3_stmt *st, int i)
{
	return (uint32_t)sqlite3_column_int64(st, i);
}

int64_t
col_time(sqlite3_stmt *st, int i)
{
	return sqlite3_column_type(st, i) == SQLITE_NULL ? TIME_NONE : sqlite3_column_int64(st, i);
}

/* ---- transactions */

int64_t
ledger_now(const struct ledger *l)
{
	return l->open ? l->now : clock_now() / NS;
}

/* What failed outside a commit, or before one began, is told once. */
static bool
failed(struct ledger *l, struct err *e)
{
	l->failed = false;
	return err_set(e, "%s", l->why.text);
}

static bool
begin(struct ledger *l, bool fence, struct err *e)
{
	if (l->open)
		return err_set(e, "%s: a commit is open already", l->path);
	l->failed = false;
	if (l->stale && !memory_load(l, e))
		return false;
	if (!db_run(l, ST_BEGIN, ""))
		return failed(l, e);
	l->open = true;
	l->fenced = false;
	l->now = clock_now() / NS;
	if (!fence)
		return true;
	if (!db_run(l, ST_FENCE, "ii", l->epoch, l->commit_no)) {
		failed(l, e);
		ledger_undo(l);
		return false;
	}
	if (sqlite3_changes(l->db) != 1) {
		ledger_undo(l);
		l->lost = true;
		return err_set(e, "%s: another tocsin run has taken over this ledger", l->path);
	}
	l->commit_no++;
	l->fenced = true;
	return true;
}

bool
ledger_begin(struct ledger *l, struct err *e)
{
	if (l->mode != LEDGER_DECIDE)
		return err_set(e, "%s: only the decider writes here", l->path);
	return begin(l, true, e);
}

bool
ledger_lost(const struct ledger *l)
{
	return l->lost;
}

bool
ledger_end(struct ledger *l, struct err *e)
{
	if (!l->open)
		return err_set(e, "%s: no commit is open", l->path);
	if (l->failed || !words_flush(l) || !db_run(l, ST_COMMIT, "")) {
		err_set(e, "%s", l->why.text);
		ledger_undo(l);
		return false;
	}
	l->open = false;
	words_saved(l);
	return true;
}

void
ledger_undo(struct ledger *l)
{
	if (!l->open)
		return;
	if (!sqlite3_get_autocommit(l->db))
		db_run(l, ST_ROLLBACK, "");
	l->open = l->failed = false;
	if (l->fenced)
		l->commit_no--;
	l->fenced = false;
	if (l->mode == LEDGER_DECIDE) {
		l->stale = true;	/* and if it cannot be read now, begin tries again */
		memory_load(l, NULL);
	}
}

bool
own_begin(struct ledger *l, bool *own, struct err *e)
{
	*own = !l->open;
	return !*own || ledger_begin(l, e);
}

bool
hand_begin(struct ledger *l, bool *own, struct err *e)
{
	*own = !l->open;
	if (!*own || l->mode == LEDGER_DECIDE)
		return own_begin(l, own, e);
	if (l->mode == LEDGER_READ)
		return err_set(e, "%s: opened for reading only", l->path);
	return begin(l, false, e);
}

bool
own_end(struct ledger *l, bool own, bool good, struct err *e)
{
	if (good && l->failed)
		good = err_set(e, "%s", l->why.text);
	if (!own)
		return good;
	if (good)
		return ledger_end(l, e);
	ledger_undo(l);
	return false;
}

bool
read_begin(struct ledger *l, struct err *e)
{
	if (l->mode == LEDGER_DECIDE)
		return true;		/* nobody else changes what it reads */
	if (l->reading++ == 0 && !l->open && !db_exec(l, "BEGIN", e)) {
		l->reading = 0;
		return false;
	}
	if (words_load(l, e))
		return true;
	read_end(l);
	return false;
}

void
read_end(struct ledger *l)
{
	if (l->mode != LEDGER_DECIDE && --l->reading == 0 && !l->open)
		sqlite3_exec(l->db, "COMMIT", NULL, NULL, NULL);
}
