/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records.h -- what the sources that read JSON records share: idf, n6, nuclei,
 * xarf.  An input is objects: one a line, one after another, or in a list;
 * each is a record with its own place and gives rows.  It is read in pieces,
 * so an input may be of any length; a record may have 1 MiB.
 *
 * Columns are names of IDF, gathered while rows wait; they are said anew when
 * a record brings more.  A broken record costs itself: reading goes on at the
 * next line that begins as it did, or behind "}," at an object that begins
 * with the same key.
 *
 * A plugin that uses it has one function that reads an object, and its table.
 */
#ifndef JSON_RECORDS_H
#define JSON_RECORDS_H

#include <jansson.h>
#include <tocsin/plugin.h>
#include <tocsin/slice.h>
#include "plugins/json/split.h"

#define REC_LONGEST	(1u << 20)	/* bytes of a record */
#define REC_POOL	(4u << 20)	/* bytes of values that wait */
#define REC_COLUMNS	1024u		/* of what waits */
#define REC_ROWS	256u
#define REC_CELLS	65536u
#define REC_NAME	200u		/* bytes of a column's name */

struct rec_cell {
	uint32_t	 col;
	struct tcs_slice v;
};

struct records {
	struct tcs_ctx			*ctx;
	const struct tcs_source_host	*host;
	const char			*what;		/* "an IDF event" */
	/* One object to rows: rec_put and its like, then rec_row; true with no row: it says nothing.
	 * False: rec_wrong said why. */
	bool				 (*read)(struct records *x, const json_t *j);
	void				*own;		/* the plugin's */
	/* of the input */
	const char			*buf;
	uint64_t			 told;		/* in buf; everything before it was told */
	uint32_t			 line;		/* of told */
	int64_t				 indent;	/* blanks before told in its line; -1: others too */
	uint32_t			 lists;		/* that are open */
	bool				 begun, lost;	/* lost: between records, after one too long */
	bool				 declared;
	uint32_t			 ncol, nsaid;	/* names; of which the host knows */
	struct tcs_slice		 name[REC_COLUMNS];
	uint32_t			 slot[2 * REC_COLUMNS];		/* of names, by hash: index + 1 */
	uint8_t				 want[REC_COLUMNS];
	/* what waits */
	uint32_t			 nrow, ncell, npool, nwait;	/* nwait: rows of whole records */
	struct tcs_span			 span[REC_ROWS];
	uint8_t				 again[REC_ROWS];
	uint32_t			 first[REC_ROWS + 1];		/* cell */
	struct rec_cell			 cell[REC_CELLS];
	char				 pool[REC_POOL];
	struct tcs_slice		 dense[REC_CELLS];
	/* the record being read */
	bool				 nomem;
	const char			*why;
	char				 detail[400];
};

/* For open: memory and the host; own is the plugin's. */
struct records *records_new(struct tcs_ctx *ctx, const struct tcs_host *h, const char *what,
    bool (*read)(struct records *, const json_t *), void *own);
/* The source's functions; inst is what records_new gave. */
int records_begin(void *inst, const char *name);
int64_t records_feed(void *inst, const char *buf, size_t len, int eof);
int records_end(void *inst, int aborted);
void records_close(void *inst);

/* ---- for read ---- */

/* The column's value in the row being made; empty is none, and the first stands.  False: no room; return
 * false. */
bool rec_put(struct records *x, const char *column, struct tcs_slice v);
bool rec_str(struct records *x, const char *column, const char *v);	/* NULL is none */
bool rec_lower(struct records *x, const char *column, struct tcs_slice v);	/* in lower case (ASCII) */
/* A text, number or truth value as the cell's text; null, lists and objects are none. */
bool rec_value(struct records *x, const char *column, const json_t *v);
/* As extra.NAME: a text as it is, anything else with its type ("json:extra.NAME"); null is none. */
bool rec_extra(struct records *x, struct tcs_slice name, const json_t *v);
/* An object's members, and theirs, as extra.PREFIX.KEY. */
bool rec_extras(struct records *x, const char *prefix, const json_t *object);
bool rec_has(const struct records *x, const char *column);		/* in the row being made */
bool rec_row(struct records *x);
/* Why is constant.  Returns false. */
__attribute__((format(printf, 3, 4))) bool rec_wrong(struct records *x, const char *why, const char *fmt,
    ...);

/* The member as text, trimmed; p NULL: not there, or no text. */
struct tcs_slice rec_text(const json_t *object, const char *key);
/* The member whose name is this but for '-', '_' and case; NULL: none. */
const json_t *rec_member(const json_t *object, const char *name);
/* Whether a key is one whose value may hold secrets: a request, a response, a command line, cookies, ... */
bool rec_secret(const char *key);
/* Host, port and scheme of a URL, "host", "host:port", an address, "[address]:port". */
struct rec_place {
	struct tcs_slice scheme, host;		/* host without brackets */
	uint32_t	 port;			/* said, or the scheme's */
	bool		 url, ip;
};
void rec_place(struct tcs_slice s, struct rec_place *out);
/* A URL without what stands before '@'. */
bool rec_url(struct records *x, const char *column, struct tcs_slice url);
/* Texts of a list (or one text) joined by sep, in x's memory; n 0: none. */
struct tcs_slice rec_join(struct records *x, const json_t *list, char sep);

#endif
