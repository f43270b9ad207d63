/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies of a ledger: a backup taken beside a running decider, a ledger put
 * back from one, and copies to try things on.  A backup is one file, of one
 * moment, with nothing beside it.
 */
#ifndef CORE_LEDGER_BACKUP_H
#define CORE_LEDGER_BACKUP_H

#include "ledger/ledger.h"

/* Written beside, fsynced, renamed.  What is there under that name is replaced. */
bool ledger_backup(const char *path, const char *to, struct err *e);
/* A private copy to try things on, at a path where nothing is yet.  Nothing of path is written. */
bool ledger_copy(const char *path, const char *to, struct err *e);
/* Of such a copy: all that was decided is forgotten - cases, warnings, books.  Registry, dictionaries,
 * inputs, holds and the audit log stay. */
bool ledger_forget(const char *path, struct err *e);
/* Every content that the inputs of this ledger need from the spool. */
bool ledger_contents_each(struct ledger *l, bool (*each)(void *, const char *sha256, uint64_t size),
    void *arg, struct err *e);

struct restored {
	int64_t		 taken;		/* when the backup was made; TIME_NONE: it does not say */
	uint32_t	 held;		/* warnings that waited in it: held, for they may have left since */
	uint32_t	 handed_over;	/* of those, what the replaced ledger knows to have left */
	uint32_t	 left;		/* what it had handed over that the backup does not know */
	bool		 knew;		/* the replaced ledger could be read for that */
	char		 aside[400];	/* where it lies now; "": there was none */
	uint32_t	 order;
};
/* Puts a ledger back: its epoch greater than any before, its outbox shut (hold "outbox") until a person
 * releases it.  What lay at path is set aside.  Refused while a decider works on it. */
bool ledger_restore(const char *from, const char *path, const char *who, struct restored *out, struct err *e);

#endif
