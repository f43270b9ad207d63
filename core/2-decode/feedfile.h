/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A feed file, read (docs/feed-files.md says how one is written).  Order
 * matters: needs before mays, each in the order of the file, then constants.
 */
#ifndef CORE_FEEDFILE_H
#define CORE_FEEDFILE_H

#include "2-decode/convert.h"
#include "2-decode/mapping.h"
#include "plugin_host.h"

/* need|may COLUMN[|COLUMN...] TARGET CONVERSION, or drop COLUMN */
struct feed_map {
	const char *const *col;		/* the first that gives a value is taken */
	uint16_t	 ncol;
	uint8_t		 field;		/* TCS_F_*; 0: an extra */
	uint8_t		 conv;		/* enum conv */
	bool		 need;		/* the column must be there, and what it says must be understood */
	const char	*extra;		/* its name; NULL with field 0: dropped */
	const char	*why;		/* "ip: not an address" */
};

/* set TARGET VALUE */
struct feed_const {
	uint8_t		 field;
	const char	*extra;
	struct fvalue	 v;
};

/* class TAXONOMY/TYPE IDENTIFIER when COLUMN has|is WORD */
struct feed_class {
	const char	*taxonomy, *type, *identifier;
	const char	*col, *word;
	bool		 has;		/* it holds the word; else it is the word */
};

struct feed_body {
	const struct feed_map	*map;		/* needs first */
	const struct feed_const	*set;
	const struct feed_class	*class;		/* with a condition; the feed's own is in struct feed */
	const char *const	*subject_col;	/* of the subject line */
	uint32_t	 nmap, nset, nclass, nsubject_col;
	const struct tz	*zone;			/* NULL: UTC */
	const char	*time_pattern;		/* of CONV_TIME; NULL: any usual form */
	const char	*plugin;		/* of a feed that is a set of its own; NULL: csv */
	const char *const	*files;		/* its patterns */
	uint32_t	 nfiles;
};

/* Reads a feed file into the arena.  set_option: of the set, which the feed's own options come
 * before.  *zone: what the caller must tz_free in the end.  False: err says what is wrong, where, and
 * what was expected; e->n counts. */
bool feedfile_read(struct arena *a, const char *file, const char *provider, const struct given *set_option,
    uint32_t nset_option, struct feed *out, struct tz **zone, struct err *e);
/* The same of a text that stands in no file; name is for errors. */
bool feedfile_read_text(struct arena *a, const char *name, struct tcs_slice text, struct feed *out,
    struct tz **zone, struct err *e);

/* What a field's type asks for when a line names no conversion. */
enum conv feed_usual_conv(unsigned field);
/* The part a subject plays when nobody says it; taxonomy may be NULL. */
enum part feed_usual_part(const char *taxonomy, enum kind kind);

#endif
