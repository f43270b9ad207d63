/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening a ledger: the lock of the one decider, the file's version, the
 * fence.  The lock file tells a person who holds it; the epoch in the ledger
 * stops a decider that the lock could not (another host, a copied file): it
 * finds at its next commit that the epoch moved on, and ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "clock.h"
#include "ledger/ledger_int.h"
#include "mem.h"
#include "timefmt.h"
#include <tocsin/plugin.h>

/* [N] brings version N - 1 to N. */
static const char *const migrations[] = { NULL, ledger_sql_1, ledger_sql_2 };
_Static_assert(sizeof migrations / sizeof *migrations == LEDGER_VERSION + 1, "one migration a version");

/* Who only asks whether there is a decider (ledger_decider) holds the lock for a moment: that is waited
 * out. */
static bool
lock_alone(int fd)
{
	static const struct timespec moment = { 0, 20 * 1000 * 1000 };
	int n;

	for (n = 0; n < 10; n++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		nanosleep(&moment, NULL);
	}
	return false;
}

static bool
lock_take(struct ledger *l, struct err *e)
{
	char *path = xasprintf("%s-decider", l->path), pid[24] = "";
	ssize_t n;
	bool fine = false;

	l->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (l->lock < 0) {
		err_set(e, "%s: %s", path, strerror(errno));
	} else if (!lock_alone(l->lock)) {
		n = pread(l->lock, pid, sizeof pid - 1, 0);
		pid[n > 0 ? strspn(pid, "0123456789") : 0] = '\0';
		err_set(e, "%s: another tocsin run (pid %s) works on this ledger", l->path,
		    *pid != '\0' ? pid : "unknown");
	} else {
		n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
		fine = ftruncate(l->lock, 0) == 0 && pwrite(l->lock, pid, (size_t)n, 0) == n;
		if (!fine)
			err_set(e, "%s: %s", path, strerror(errno));
	}
	free(path);
	return fine;
}

/* Reports hold what must not leave: the file is for its owner and group alone from its first moment. */
static void
make_private(const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0640);

	if (fd >= 0)
		close(fd);
}

static bool
pragma_int(struct ledger *l, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, sql, "");

	if (st == NULL)
		return false;
	*out = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	return rows_end(l, st, e);
}

/* *version 0: an empty file. */
static bool
version_read(struct ledger *l, int64_t *version, struct err *e)
{
	int64_t app, tables;

	if (!pragma_int(l, "PRAGMA application_id", &app, e) || !pragma_int(l, "PRAGMA user_version", version,
	    e) || !pragma_int(l, "SELECT count(*) FROM sqlite_schema", &tables, e))
		return false;
	if (app != LEDGER_APPLICATION && (tables != 0 || *version != 0 || app != 0))
		return err_set(e, "%s: a database, but not a Tocsin ledger", l->path);
	if (*version > LEDGER_VERSION)
		return err_set(e, "%s: made by a newer Tocsin (ledger version %" PRId64
		    "; this program knows %d)", l->path, *version, LEDGER_VERSION);
	return true;
}

static bool
first_row(struct ledger *l, struct err *e)
{
	uint8_t secret[32];
	sqlite3_stmt *st;

	if (getrandom(secret, sizeof secret, 0) != sizeof secret)
		return err_set(e, "no random numbers: %s", strerror(errno));
	st = rows_begin(l, e, "INSERT INTO ledger VALUES (1, 0, 0, ?, 0)", "b", secret, sizeof secret);
	if (st == NULL)
		return false;
	sqlite3_step(st);
	return rows_end(l, st, e);
}

static bool
migrate_to(struct ledger *l, int64_t version, struct err *e)
{
	char sql[96];

	snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %" PRId64,
	    LEDGER_APPLICATION, version);
	return db_exec(l, migrations[version], e) && (version != 1 || first_row(l, e)) && db_exec(l, sql, e);
}

/* All steps in one transaction: a ledger is of one version or the other. */
static bool
migrate(struct ledger *l, struct err *e)
{
	int64_t version;
	bool fine;

	if (!db_exec(l, "BEGIN IMMEDIATE", e))
		return false;
	fine = version_read(l, &version, e);	/* somebody else may just have done it */
	while (fine && version < LEDGER_VERSION)
		fine = migrate_to(l, ++version, e);
	if (fine && db_exec(l, "COMMIT", e))
		return true;
	sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

static bool
wal_begin(struct ledger *l, struct err *e)
{
	sqlite3_stmt *st;
	bool wal;

	if (!db_exec(l, "PRAGMA page_size = 8192", e) ||
	    (st = rows_begin(l, e, "PRAGMA journal_mode = WAL", "")) == NULL)
		return false;
	wal = sqlite3_step(st) == SQLITE_ROW && strcmp(col_text(st, 0), "wal") == 0;
	if (!rows_end(l, st, e))
		return false;
	return wal ||
	    err_set(e, "%s: its file system cannot hold a write-ahead log (a network file system?)", l->path);
}

static bool
version_settle(struct ledger *l, struct err *e)
{
	int64_t version;

	if (!version_read(l, &version, e))
		return false;
	if (l->mode == LEDGER_READ) {
		if (version == 0)
			return err_set(e, "%s: empty, no ledger yet; tocsin run makes one", l->path);
		return version == LEDGER_VERSION ||
		    err_set(e, "%s: of an older version; tocsin run brings it up to date", l->path);
	}
	if (!wal_begin(l, e) || (version < LEDGER_VERSION && !migrate(l, e)))
		return false;
	return db_exec(l, "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = "
	    "-65536; PRAGMA wal_autocheckpoint = 4096", e);
}

/* The epoch moves; what the decider before us was handing over has no answer and never will: it goes out
 * again, as it is. */
static bool
epoch_begin(struct ledger *l, struct err *e)
{
	sqlite3_stmt *st;

	if (db_run(l, ST_BEGIN, "") && (st = db_bind(l, ST_EPOCH, "")) != NULL && db_step(l, st)) {
		l->epoch = sqlite3_column_int64(st, 0);
		l->commit_no = sqlite3_column_int64(st, 1);
		sqlite3_reset(st);
		db_run(l, ST_LOST_DELIVERY, "iut", clock_now() / NS, (unsigned)TCS_UNKNOWN,
		    "no answer: the program ended while handing over");
		if (db_run(l, ST_LOST_WARNING, "") && db_run(l, ST_LOST_OUTBOX, "") && !l->failed &&
		    db_run(l, ST_COMMIT, ""))
			return true;
	}
	err_set(e, "%s", l->why.text);
	if (!sqlite3_get_autocommit(l->db))
		sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

bool
memory_load(struct ledger *l, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT (SELECT ifnull(max(id), 0) FROM cases), (SELECT "
	    "ifnull(max(id), 0) FROM warning), (SELECT count(*) FROM segment WHERE id > seen_upto), "
	    "(SELECT ifnull(sum(n), 0) FROM segment WHERE id > seen_upto) FROM ledger", "");

	if (st == NULL)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW) {
		l->next_case = col_u32(st, 0) + 1;
		l->next_warning = col_u32(st, 1) + 1;
		l->pending = (uint64_t)sqlite3_column_int64(st, 2);
		l->pending_sightings = (uint64_t)sqlite3_column_int64(st, 3);
	}
	if (!rows_end(l, st, e))
		return false;
	l->stale = false;
	return true;
}

static bool
open_db(struct ledger *l, struct err *e)
{
	int flags = SQLITE_OPEN_NOMUTEX |
	    (l->mode == LEDGER_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

	if (l->mode == LEDGER_DECIDE && !lock_take(l, e))
		return false;
	if (l->mode != LEDGER_READ)
		make_private(l->path);
	else if (access(l->path, F_OK) != 0)
		return err_set(e, "%s: %s; tocsin run makes a ledger", l->path, strerror(errno));
	if (sqlite3_open_v2(l->path, &l->db, flags, NULL) != SQLITE_OK)
		return l->db != NULL ? db_error(l, e) : err_set(e, "%s: out of memory", l->path);
	sqlite3_extended_result_codes(l->db, 1);
	sqlite3_busy_timeout(l->db, 10000);
	return version_settle(l, e) && (l->mode != LEDGER_DECIDE || epoch_begin(l, e)) && words_load(l, e) &&
	    memory_load(l, e);
}

/* The folders of the path; what cannot be made is said when the ledger is opened. */
static void
make_folders(const char *path)
{
	char *p = xstrdup(path), *slash = p;

	while (*slash != '\0' && (slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		mkdir(p, 0750);
		*slash = '/';
	}
	free(p);
}

struct ledger *
ledger_open(const char *path, enum ledger_mode mode, struct err *e)
{
	struct ledger *l = xcalloc(1, sizeof *l);

	l->path = xstrdup(path);
	l->mode = mode;
	l->lock = -1;
	buf_init(&l->scratch);
	if (mode != LEDGER_READ)
		make_folders(path);
	if (open_db(l, e))
		return l;
	ledger_close(l);
	return NULL;
}

void
ledger_close(struct ledger *l)
{
	int i;

	if (l == NULL)
		return;
	if (l->db != NULL && l->open)
		sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
	for (i = 0; i < ST_MAX; i++)
		sqlite3_finalize(l->st[i]);
	sqlite3_close(l->db);
	if (l->lock >= 0)
		close(l->lock);		/* the file stays: who would remove it might
					 * remove the next decider's */
	words_free(l);
	buf_free(&l->scratch);
	free(l->path);
	free(l);
}

bool
ledger_secret(struct ledger *l, uint8_t out[32], struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT secret FROM ledger WHERE length(secret) = 32", "");
	bool got;

	if (st == NULL)
		return false;
	got = sqlite3_step(st) == SQLITE_ROW;
	if (got)
		memcpy(out, sqlite3_column_blob(st, 0), 32);
	return rows_end(l, st, e) && (got || err_set(e, "%s: is damaged (its secret is gone)", l->path));
}
