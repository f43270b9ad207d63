/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a feed's columns mean.  A feed file (docs/feed-files.md) says it in a
 * notation that a person can edit; a feed set is a folder of them for one
 * plugin, its feeds read when an input first needs them.  A binding joins a
 * feed to the columns of one input and does all conversion, in two halves:
 * for every row what matching needs (binding_batch), and for the rows that
 * survive it everything else (binding_finding).
 *
 * What a finding is about.  The feed says kind, subject and part.  Where its
 * subject is a name, the name is the first that is one of: the columns that its
 * subject line lists, else those mapped to source.fqdn, then the host in those
 * mapped to source.url; never reverse DNS.  Where it is an account, the name
 * to match is the domain of the first account with one, of the columns listed
 * or else mapped to source.account.  A row without such a name is about its
 * address: a service if it has a port, else an event.
 *
 * Identity feeds (columns are IDF names) decide by row: an account is an
 * account; with a host name (source.fqdn or the host of source.url) the
 * subject is the name, else the address.  It is a service when there is a
 * port and the class is vulnerable/... or not said; a name when there is a
 * name and no port; else an event.  Part: malicious-code and intrusions are
 * infected, vulnerable is vulnerable, account and availability victim, other
 * is context.
 *
 * Not here: reading bytes (source.h), where an asset is looked up (match.h).
 */
#ifndef CORE_MAPPING_H
#define CORE_MAPPING_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "batch.h"
#include "err.h"
#include "finding.h"
#include "source.h"

/* Read only; strings live as long as the set. */
struct feed {
	const char	*id;		/* report type: "scan_rdp" */
	const char	*name, *about, *provider;	/* feed.name, .documentation,
							 * .provider; NULL: not said */
	const char	*taxonomy, *type, *identifier;	/* NULL: a column says it */
	const char	*file;		/* where it was read; NULL: built in */
	enum severity	 severity;	/* when the row does not say; SEV_NONE: none */
	enum kind	 kind;		/* 0: by row (identity) */
	enum subject	 subject;
	enum part	 part;		/* 0: by the row's class */
	enum tlp	 tlp;		/* when the row does not say; TLP_NONE: not said */
	bool		 identity;
	bool		 strange;	/* of a type that the set does not know, which is id and name */
	const struct given *option;	/* the plugin's, of the set and of the feed, for options_check */
	uint32_t	 noption;
	const struct feed_body *body;	/* feedfile.h */
};

struct feedset;
/* A folder NAME beside its NAME.set, that .set file, or one .feed file, which is a set of one. */
struct feedset *feedset_open(const char *dir_or_file, struct err *e);
/* One feed whose lines stand in no file; name is for errors. */
struct feedset *feedset_text(const char *name, struct tcs_slice text, struct err *e);
void feedset_free(struct feedset *s);				/* NULL is fine */
const char *feedset_name(const struct feedset *s);		/* "shadowserver" */
const char *feedset_plugin(const struct feedset *s);		/* "csv" */
/* The feed of an input, by its name (the part after the last '/'; .gz and the like fall off), read when first
 * asked for.  *day: the report's day from the name, ns, or TIME_NONE.  NULL: err names the nearest type.  A
 * set's `unknown` line names the feed that reads types which have none, if the name says a day. */
const struct feed *feedset_match(struct feedset *s, const char *input_name, int64_t *day, struct err *e);
/* Whether the name has the set's form at all, whatever its type. */
bool feedset_takes(const struct feedset *s, const char *input_name);
const struct feed *feedset_get(struct feedset *s, const char *type, struct err *e);
uint32_t feedset_types(struct feedset *s, const char *const **type);	/* sorted */
/* Reads every feed; false: err has the first that is wrong, e->n how many are. */
bool feedset_check(struct feedset *s, struct err *e);
/* For plugins whose columns are IDF names: each column means itself. */
const struct feed *feed_identity(void);

struct binding;
/* The columns of an input; sets want[i].  all: everything the feed says and every other column as an extra;
 * else only what match, key and decide need.  NULL: a needed column is missing, err names it and the nearest
 * there is.  The feed must outlive the binding; the names need not. */
struct binding *binding_new(const struct feed *f, const struct tcs_slice *name, uint32_t n, uint8_t *want,
    bool all, struct err *e);
/* The same, with fields (IDF names, "extra.NAME") that stages want besides. */
struct binding *binding_new_with(const struct feed *f, const struct tcs_slice *name, uint32_t n,
    uint8_t *want,
    bool all, const char *const *more, uint32_t nmore, struct err *e);
void binding_free(struct binding *b);				/* NULL is fine */

/* A new slot of rows has come: counts the further findings of a record whose rows came in two slots.  Without
 * it the first row of a slot is taken for the first of its record. */
void binding_slot(struct binding *b, const struct rows *r);
/* The columns of the input that no line of the feed speaks of; 0 where columns are IDF names. */
uint32_t binding_strange(const struct binding *b, const char *const **name);
/* Which of the rows of its record row i is, from 0: a finding's sub. */
uint32_t binding_place(const struct binding *b, const struct rows *r, uint32_t i);

/* Each wanted column of row i, its cell, and the field or extra it is for (NULL: dropped), in the order of
 * the feed's lines, then those that no line speaks of. */
void binding_walk(const struct binding *b, const struct rows *r, uint32_t i, struct arena *a,
    void (*each)(void *arg, const char *column, struct tcs_slice cell, const char *target), void *arg);
/* The value that a reject's why is about; false: there is none to show. */
bool binding_refused_cell(const struct binding *b, const struct rows *r, uint32_t i, const char *why,
    struct tcs_slice *cell);

struct row_reject {
	uint32_t	 row;
	const char	*why;		/* constant for the binding's life: "ip: not an address" */
};

/* Converts rows from `from` on until out is full, rejects are full (BATCH_ROWS each) or the rows end; returns
 * the next row to ask for (r->nrow at the end).  out is emptied first.  Only ROW_RECORD and ROW_AGAIN are
 * looked at.  out->name lives until the next call or as long as the rows, whichever is shorter. */
uint32_t binding_batch(struct binding *b, const struct rows *r, uint32_t from, struct batch *out,
    struct row_reject rej[BATCH_ROWS], uint32_t *nrej);
/* All that the wanted columns give of row i, and the feed's constants.  Text points into the rows or into a.
 * Evidence (off, len, line, sub) is set; time.observation, raw, feed.code and what else the host knows are
 * its own to add.  False: the row is refused as binding_batch would, err says why. */
bool binding_finding(struct binding *b, const struct rows *r, uint32_t i, struct arena *a,
    struct finding *out, struct err *e);
/* The finding's subject as a name to match, normalised; n 0: it has none. The same as
 * batch.name of its row. */
struct tcs_slice binding_name(struct binding *b, const struct rows *r, uint32_t i, struct arena *a);

#endif
