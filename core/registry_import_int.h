/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the files of the import: the tables as they grow.  A shelf holds the
 * rows of one kind, the old ones first and in their old order; rows are never
 * taken out while lines are read, only marked.
 */
#ifndef CORE_REGISTRY_IMPORT_INT_H
#define CORE_REGISTRY_IMPORT_INT_H

#include "map.h"
#include "registry_import.h"
#include <tocsin/slice.h>

enum {
	ROW_NAMED = 1,			/* a line means it, taken or not */
	ROW_TAKEN = 2,			/* a line of this import made it what it is */
	ROW_GONE = 4,			/* not in what comes out */
	ROW_KEEP_ASSETS = 8,		/* of an organisation: one of its lines could not be read,
					 * so none of its */
	ROW_KEEP_CONTACTS = 16,		/* assets or contacts goes */
	ROW_FRESH = 32			/* new or changed */
};

struct shelf {
	void		*row;
	size_t		 size;
	uint32_t	 n, cap, nold;
	uint8_t		*flag;
	uint32_t	*line;		/* that took it */
	struct map	*key;		/* to its place */
	bool		 keep_all;	/* a line could be anybody's */
};

struct importing {
	struct import	*im;
	struct arena	*a;		/* of what comes out */
	const struct registry *old;
	const struct import_opts *opts;
	const struct import_file *file;
	struct shelf	 org, asset, contact;	/* org of an asset or contact: the place on its shelf */
	struct map	*refused;	/* ids of organisations whose lines were refused */
	uint32_t	 capnote;
};

#define ORG(im, i) (&((struct org *)(im)->org.row)[i])
#define ASSET(im, i) (&((struct asset *)(im)->asset.row)[i])
#define CONTACT(im, i) (&((struct contact *)(im)->contact.row)[i])

struct shelf *import_shelf(struct importing *im, enum import_kind kind);
bool shelf_find(const struct shelf *s, const struct buf *key, uint32_t *at);
void import_key(const struct importing *im, enum import_kind kind, const void *row, struct buf *key);
void import_note(struct importing *im, enum import_kind file, uint32_t line, bool refused, const char *fmt,
    ...) __attribute__((format(printf, 5, 6)));

/* registry_import_line.c: the lines of the three files */
bool import_lines(struct importing *im, enum import_kind kind, struct err *e);
/* registry_import_parent.c: parents that are not there, and circles */
void import_parents(struct importing *im);
/* one descends from the other */
bool import_related(const struct importing *im, uint32_t org, uint32_t other);
/* registry_import_end.c: what goes, the registry that comes out, and how it differs */
void import_end(struct importing *im);
/* registry_import_overlap.c: notes on lines whose networks other organisations have too */
void import_overlaps(struct importing *im);
/* registry_diff.c: how two rows of a kind differ, as text; "" when they do not */
const char *registry_row_diff(struct arena *a, enum import_kind kind, const void *old, const void *new);

#endif
