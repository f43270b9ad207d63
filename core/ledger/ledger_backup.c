/* SPDX-License-Identifier: Apache-2.0 */
/* Copying; see ledger_backup.h.  SQLite's own copy holds a read lock for as long as it takes, which in a
 * write-ahead log keeps nobody from writing. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "clock.h"
#include "ledger/ledger_backup.h"
#include "ledger/ledger_int.h"
#include "mem.h"
#include "timefmt.h"

static bool
said(sqlite3 *db, const char *path, struct err *e)
{
	return err_set(e, "%s: %s", path, db != NULL ? sqlite3_errmsg(db) : "out of memory");
}

static bool
copy_db(sqlite3 *from, const char *path, sqlite3 *to, const char *name, struct err *e)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int rc;

	if (b == NULL)
		return said(to, name, e);
	while ((rc = sqlite3_backup_step(b, -1)) == SQLITE_BUSY || rc == SQLITE_LOCKED)
		sqlite3_sleep(20);
	sqlite3_backup_finish(b);
	return rc == SQLITE_DONE || err_set(e, "%s: cannot be copied to %s: %s", path, name,
	    sqlite3_errstr(rc));
}

/* One file with nothing beside it, which says when it was made. */
static bool
finish_copy(sqlite3 *db, const char *name, struct err *e)
{
	char now[TIME_TEXT], sql[200];

	time_iso(clock_now(), now);
	snprintf(sql, sizeof sql, "PRAGMA journal_mode = DELETE; INSERT OR REPLACE INTO state VALUES "
	    "('backup', '%s')", now);
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || said(db, name, e);
}

static bool
copy_file(const char *path, const char *to, bool finish, struct err *e)
{
	sqlite3 *a = NULL, *b = NULL;
	int fd = open(to, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	bool good = false;

	if (fd < 0)
		return err_set(e, "%s: %s", to, strerror(errno));
	close(fd);
	if (access(path, R_OK) != 0)
		err_set(e, "%s: %s", path, strerror(errno));
	else if (sqlite3_open_v2(path, &a, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		said(a, path, e);
	else if (sqlite3_open_v2(to, &b, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		said(b, to, e);
	else {
		sqlite3_busy_timeout(a, 10000);
		good = copy_db(a, path, b, to, e) && (!finish || finish_copy(b, to, e));
	}
	sqlite3_close(a);
	if (sqlite3_close(b) != SQLITE_OK && good)
		good = err_set(e, "%s: cannot be closed", to);
	if (!good)
		unlink(to);
	return good;
}

bool
ledger_copy(const char *path, const char *to, struct err *e)
{
	return copy_file(path, to, false, e);
}

bool
ledger_forget(const char *path, struct err *e)
{
	static const char *const tables[] = { "cases", "case_cve", "case_feed", "claim", "event", "segment",
	    "seen", "warning", "message", "warning_case", "case_warning", "outbox", "delivery", "quarantine",
	    "tally", "alarm", "alarm_told", "cancel", "campaign", "campaign_case", "campaign_warning",
	    "left_already", "told_elsewhere",
	    "case_exploited", "filtered" };
	sqlite3 *db = NULL;
	char sql[100];
	bool good = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK;
	size_t i;

	for (i = 0; good && i < sizeof tables / sizeof *tables; i++) {
		snprintf(sql, sizeof sql, "DELETE FROM %s", tables[i]);
		good = sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
	}
	good = good && sqlite3_exec(db, "UPDATE ledger SET seen_upto = 0; INSERT OR IGNORE INTO applied "
	    "SELECT id, 0, 0, 'forgotten' FROM audit; UPDATE input SET state = 1 WHERE state = 0", NULL, NULL,
	    NULL) == SQLITE_OK;
	if (!good)
		said(db, path, e);
	sqlite3_close(db);
	return good;
}

static bool
sync_path(const char *path, bool folder, struct err *e)
{
	char *copy = xstrdup(path);
	const char *what = folder ? dirname(copy) : path;
	int fd = open(what, O_RDONLY | O_CLOEXEC | (folder ? O_DIRECTORY : 0));
	bool good = fd >= 0 && fsync(fd) == 0;

	if (!good)
		err_set(e, "%s: %s", what, strerror(errno));
	if (fd >= 0)
		close(fd);
	free(copy);
	return good;
}

bool
ledger_backup(const char *path, const char *to, struct err *e)
{
	char *part = xasprintf("%s.%ld.part", to, (long)getpid());
	bool good = copy_file(path, part, true, e) && sync_path(part, false, e);

	if (good && rename(part, to) != 0)
		good = err_set(e, "%s: %s", to, strerror(errno));
	if (!good)
		unlink(part);
	free(part);
	return good && sync_path(to, true, e);
}

bool
ledger_contents_each(struct ledger *l, bool (*each)(void *, const char *sha256, uint64_t size), void *arg,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT sha256, size FROM content ORDER BY arrived, sha256", "");

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW)
		if (!each(arg, col_text(st, 0), (uint64_t)sqlite3_column_int64(st, 1)))
			break;
	return rows_end(l, st, e);
}
