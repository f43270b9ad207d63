/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Import: from the tables that people keep to the next snapshot of the
 * registry.  Pure: the registry as it is and the bytes of the files in, what
 * it would be and what is to be said about it out; nothing is written.  The
 * same is run by the command that was typed and again by the decider, on the
 * registry as it then is, from the files kept with the order.
 *
 * A refused line leaves what it meant as it was.
 */
#ifndef CORE_REGISTRY_IMPORT_H
#define CORE_REGISTRY_IMPORT_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "buf.h"
#include "err.h"
#include "registry.h"

enum import_kind { IMPORT_ORG, IMPORT_ASSET, IMPORT_CONTACT, IMPORT_KINDS };
extern const char *const import_kind_names[];	/* "organisation", "asset", "contact" */

struct import_file {
	const char	*name;
	const char	*p;		/* NULL: not given */
	size_t		 n;
};

struct import_opts {
	bool		 replace;	/* what is not in the files goes */
	bool		 partial;	/* take the good lines although others were refused */
	bool		 yes;		/* although more than one in twenty would go */
	bool		 allow_documentation;
	/* Looks at the key of a contact of channel email: NULL, or why it is refused; *note (in a): what a
	 * person should know.  NULL: keys are not looked at. */
	const char	*(*key)(void *arg, const char *text, const char *address, struct arena *a,
			    const char **note);
	void		*key_arg;
};

struct import_note {			/* about one line */
	uint8_t		 file;		/* enum import_kind */
	bool		 refused;	/* else the line was taken, and a person should know this */
	uint32_t	 line;
	const char	*text;
};

enum import_did { IMPORT_ADDED, IMPORT_CHANGED, IMPORT_REMOVED };
extern const char *const import_did_names[];	/* "added", "changed", "removed" */
struct import_change {
	uint8_t		 kind, did;
	const char	*org, *what;	/* the organisation's id; the asset, or the
					 * contact's "role channel address" */
	const char	*detail;	/* of a change: "verified: no -> yes; use: static
					 * -> dynamic"; else "" */
};

struct import {
	struct arena	*arena;
	struct registry	*new;		/* what it would be, for ledger_registry_put; texts of rows
					 * that stay are old's */
	struct import_note *note;	/* in order of file and line */
	uint32_t	 nnote, refused;
	struct import_change *change;	/* organisations, assets, contacts; removed ones last */
	uint32_t	 nchange;
	uint32_t	 did[IMPORT_KINDS][3], had[IMPORT_KINDS];
	const char	*stop;		/* why nothing may be taken, or NULL */
};

/* NULL: a file as a whole cannot be read.  old may be NULL: none yet. */
struct import *import_run(const struct registry *old, const struct import_file file[IMPORT_KINDS],
    const struct import_opts *opts, struct err *e);
void import_free(struct import *im);		/* and new, unless it was taken away */

/* Reads the files; the caller frees each p. */
bool import_read(struct import_file file[IMPORT_KINDS], const char *const *name, unsigned n, struct err *e);
void import_read_free(struct import_file file[IMPORT_KINDS]);

/* Without a ledger (match, try): the registry of these files alone, numbered and indexed, for the caller to
 * free; lines that are refused are told through said and left out.  Documentation networks are allowed.
 * NULL: err says why. */
struct registry *import_registry(const struct import_file file[IMPORT_KINDS],
    void (*said)(void *arg, const char *file, const struct import_note *n), void *arg, struct err *e);

/* "3 organisations added, 1 asset changed" */
void import_summary(struct buf *out, const struct import *im);

/* ---- as an order by hand (verb "org-import") */
#define IMPORT_VERB "org-import"
struct ledger;
struct order;
void import_order(struct buf *args, struct buf *payload, const struct import_file file[IMPORT_KINDS],
    const struct import_opts *opts);
/* What the decider does with it: runs it on the newest registry and writes what comes out, in the open commit
 * or one of its own.  keys: key and key_arg are taken from it (NULL: none).  result begins with "refused: "
 * when nothing was taken.  False: the ledger failed. */
bool import_apply(struct ledger *l, const struct order *o, const struct import_opts *keys, char *result,
    size_t n, struct err *e);

#endif
