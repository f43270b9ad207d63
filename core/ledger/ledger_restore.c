/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ledger put back.  What it holds may have been sent after the backup was
 * made, so nothing leaves before a person said so: its outbox is shut, and what
 * waited in it is held with an attempt of unknown answer.  Where the ledger
 * that it replaces can still be read, it says what had left; that counts as
 * handed over, or, where the backup does not know the warning yet, its
 * Message-ID is remembered, under which the same decision comes again.
 *
 * All is made in a file beside; the last step is one rename.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <tocsin/plugin.h>
#include "clock.h"
#include "ledger/ledger_backup.h"
#include "ledger/ledger_int.h"
#include "mem.h"
#include "timefmt.h"

struct restoring {
	const char	*from, *path, *who;
	char		*made;		/* the file beside */
	struct ledger	*l;		/* of it */
	sqlite3		*old;		/* NULL: there is none that can be read */
	int64_t		 epoch;		/* of the old one */
	struct restored	*out;
};

/* ---- what the old one knows */

static sqlite3_stmt *
ask(struct restoring *r, const char *sql)
{
	sqlite3_stmt *st = NULL;

	if (r->old == NULL || sqlite3_prepare_v2(r->old, sql, -1, &st, NULL) != SQLITE_OK)
		return NULL;
	return st;
}

static void
old_open(struct restoring *r)
{
	sqlite3_stmt *st;

	if (access(r->path, F_OK) != 0)
		return;
	if (sqlite3_open_v2(r->path, &r->old, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
		sqlite3_busy_timeout(r->old, 1000);
	if ((st = ask(r, "SELECT epoch FROM ledger")) != NULL && sqlite3_step(st) == SQLITE_ROW) {
		r->epoch = sqlite3_column_int64(st, 0);
		r->out->knew = true;
	} else {
		sqlite3_finalize(st);
		st = NULL;
		sqlite3_close(r->old);
		r->old = NULL;
	}
	sqlite3_finalize(st);
}

static bool
run_sql(struct ledger *l, struct err *e, const char *sql, const char *letters, ...)
{
	sqlite3_stmt *st = NULL;
	va_list ap;

	if (sqlite3_prepare_v2(l->db, sql, -1, &st, NULL) != SQLITE_OK)
		return db_error(l, e);
	va_start(ap, letters);
	db_bind_va(st, letters, ap);
	va_end(ap);
	sqlite3_step(st);
	return rows_end(l, st, e);
}

/* One warning that the old ledger had handed over, or may have: certain says which. */
static bool
left(struct restoring *r, const char *id, const char *number, int64_t at, bool certain, struct err *e)
{
	struct ledger *l = r->l;

	if (certain) {
		if (!run_sql(l, e, "INSERT INTO delivery SELECT o.warning, o.attempt + 1, ?1, ?1, ?2, "
		    "'it had left after the backup, as the ledger that was replaced says' FROM outbox o JOIN "
		    "warning w ON w.id = o.warning WHERE w.message_id = ?3", "iut", at,
		    (unsigned)TCS_DELIVERED, id))
			return false;
		if (sqlite3_changes(l->db) > 0) {
			r->out->handed_over++;
			return run_sql(l, e, "DELETE FROM outbox WHERE warning = (SELECT id FROM warning "
			    "WHERE message_id = ?)", "t", id) &&
			    run_sql(l, e, "UPDATE warning SET state = ? WHERE message_id = ?", "ut",
			    (unsigned)W_HANDED_OVER, id);
		}
	}
	if (!run_sql(l, e, "INSERT OR IGNORE INTO left_already SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 "
	    "FROM warning WHERE message_id = ?1)", "tti", id, number, at))
		return false;
	r->out->left += sqlite3_changes(l->db) > 0;
	return true;
}

static bool
ask_old(struct restoring *r, struct err *e)
{
	sqlite3_stmt *st = ask(r, "SELECT w.message_id, w.number, max(ifnull(d.ended, d.begun)), "
	    "max(ifnull(d.answer, 0) = 1) FROM warning w JOIN delivery d ON d.warning = w.id "
	    "WHERE ifnull(d.answer, 4) IN (1, 4) GROUP BY w.id");
	bool good = true;

	_Static_assert(TCS_DELIVERED == 1 && TCS_UNKNOWN == 4, "the numbers in the statement above");
	while (good && st != NULL && sqlite3_step(st) == SQLITE_ROW)
		good = left(r, col_text(st, 0), col_text(st, 1), sqlite3_column_int64(st, 2),
		    sqlite3_column_int(st, 3) != 0, e);
	sqlite3_finalize(st);
	return good;
}

/* ---- the new one */

static bool
shut(struct restoring *r, uint32_t order, struct err *e)
{
	struct ledger *l = r->l;

	if (!run_sql(l, e, "INSERT INTO delivery SELECT warning, attempt + 1, ?1, ?1, ?2, 'the ledger was "
	    "restored from a backup: it may have left since' FROM outbox WHERE state = 0", "iu", l->now,
	    (unsigned)TCS_UNKNOWN) || !run_sql(l, e, "UPDATE warning SET state = ? WHERE id IN (SELECT "
	    "warning FROM outbox WHERE state = 0)", "u", (unsigned)W_HELD) ||
	    !run_sql(l, e, "UPDATE outbox SET state = ?, attempt = attempt + 1 WHERE state = 0", "u",
	    (unsigned)W_HELD))
		return false;
	r->out->held = (uint32_t)sqlite3_changes(l->db);
	ledger_hold_set(l, "outbox", true, order);
	return true;
}

static int64_t
taken(struct restoring *r, struct arena *a)
{
	const char *text;
	int64_t ns;
	struct err e = ERR_INIT;

	return ledger_state_get(r->l, a, "backup", &text, &e) && text != NULL &&
	    time_parse(text, strlen(text), &ns) ? ns / NS : TIME_NONE;
}

static bool
change(struct restoring *r, struct arena *a, struct err *e)
{
	struct order o = { .who = r->who, .verb = "restore" };
	char when[TIME_TEXT] = "";
	struct buf args;
	bool good;

	if ((r->out->taken = taken(r, a)) != TIME_NONE)
		time_iso(r->out->taken * NS, when);
	buf_init(&args);
	buf_str(&args, "{\"what\":\"outbox\",\"from\":");
	buf_json_str(&args, r->from);
	buf_printf(&args, ",\"why\":\"restored from a backup of %s\"}", *when ? when : "an unknown time");
	o.args = args.p;
	good = ledger_begin(r->l, e);
	if (good) {
		good = ledger_order_put(r->l, &o, e) && ask_old(r, e) && shut(r, o.id, e) &&
		    run_sql(r->l, e, "UPDATE ledger SET epoch = max(epoch, ?) + 1", "i", r->epoch) &&
		    run_sql(r->l, e, "DELETE FROM state WHERE key = 'backup'", "");
		ledger_order_done(r->l, o.id, "restored; the outbox is held");
		if (!good)
			ledger_undo(r->l);
		else
			good = ledger_end(r->l, e);
	}
	r->out->order = o.id;
	buf_free(&args);
	return good;
}

/* As decider of the file beside: it migrates, checks, and lets go of what was being handed over. */
static bool
make(struct restoring *r, struct err *e)
{
	char *lock = xasprintf("%s-decider", r->made);
	struct arena *a = arena_new();
	uint32_t bad = 0;
	bool good = ledger_copy(r->from, r->made, e) &&
	    (r->l = ledger_open(r->made, LEDGER_DECIDE, e)) != NULL && ledger_audit_verify(r->l, &bad, e);

	if (good && bad != 0)
		good = err_set(e, "%s: is damaged (row %u of its audit log was changed)", r->from, bad);
	good = good && change(r, a, e);
	ledger_close(r->l);
	unlink(lock);
	free(lock);
	arena_free(a);
	return good;
}

/* ---- in its place */

static bool
moved(const char *from, const char *to, struct err *e)
{
	return rename(from, to) == 0 || errno == ENOENT || err_set(e, "%s: %s", from, strerror(errno));
}

/* The old one and its write-ahead log get another name; a log that stayed would be read into the new one. */
static bool
set_aside(struct restoring *r, struct err *e)
{
	static const char *const parts[] = { "-wal", "-shm" };
	char *a, *b;
	bool good = true;
	size_t i;

	if (r->old != NULL) {
		sqlite3_exec(r->old, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE", NULL,
		    NULL, NULL);
		sqlite3_close(r->old);
		r->old = NULL;
	}
	if (access(r->path, F_OK) != 0)
		return true;
	snprintf(r->out->aside, sizeof r->out->aside, "%s.replaced-%lld", r->path,
	    (long long)(clock_now() / NS));
	for (i = 0; good && i < sizeof parts / sizeof *parts; i++) {
		a = xasprintf("%s%s", r->path, parts[i]);
		b = xasprintf("%s%s", r->out->aside, parts[i]);
		good = moved(a, b, e);
		free(a);
		free(b);
	}
	return good && (link(r->path, r->out->aside) == 0 ||
	    err_set(e, "%s: %s", r->out->aside, strerror(errno)));
}

static bool
install(struct restoring *r, struct err *e)
{
	int fd;
	bool good;

	if (!set_aside(r, e))
		return false;
	fd = open(r->made, O_RDWR | O_CLOEXEC);
	good = fd >= 0 && fchmod(fd, 0640) == 0 && fsync(fd) == 0 && rename(r->made, r->path) == 0;
	if (!good)
		err_set(e, "%s: %s", r->path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return good;
}

/* The decider's lock, so that none begins in between. */
static int
lock(const char *path, struct err *e)
{
	char *name = xasprintf("%s-decider", path);
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0640);

	if (fd < 0)
		err_set(e, "%s: %s", name, strerror(errno));
	else if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		err_set(e, "%s: tocsin run works on it; stop it first", path);
		close(fd);
		fd = -1;
	}
	free(name);
	return fd;
}

bool
ledger_restore(const char *from, const char *path, const char *who, struct restored *out, struct err *e)
{
	struct restoring r = { .from = from, .path = path, .who = who, .out = out };
	int fd = lock(path, e);
	bool good;

	memset(out, 0, sizeof *out);
	if (fd < 0)
		return false;
	r.made = xasprintf("%s.restoring", path);
	unlink(r.made);
	old_open(&r);
	good = make(&r, e) && install(&r, e);
	sqlite3_close(r.old);
	if (!good)
		unlink(r.made);
	free(r.made);
	close(fd);
	return good;
}
