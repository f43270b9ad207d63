/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decode: from the bytes of one input to batches for matching, and later to
 * whole findings for the few rows that matter.  Joins the three parts that
 * know one thing each: the source's worker (source.h), the feed that the
 * input's name names and its binding (mapping.h), and the input's bytes (a
 * reader).  Knows nothing of the ledger or of configuration files.
 */
#ifndef CORE_DECODE_H
#define CORE_DECODE_H

#include <stdbool.h>
#include <stdint.h>
#include "2-decode/mapping.h"
#include "2-decode/source.h"
#include "plugin_host.h"

/* What a source names: a source plugin, or a feed set of one, or one feed file. */
struct decoder_spec {
	const char		*plugin;	/* "iodef", or a set in feeds/: "shadowserver" */
	const char		*feed;		/* a feed file, a set or NULL */
	const struct given	*given;		/* options of the plugin */
	uint32_t		 ngiven;
	const char		*file;		/* where this stands, for errors; NULL: command line */
	unsigned		 line;
	int64_t			 stall;		/* seconds without an answer until a worker is given
						 * up; 0: the usual */
	const char		*lines;		/* a feed's lines themselves, which feed is the name of;
						 * or NULL */
};

struct decoder;
/* Finds the plugin, opens the feed set (feeds/NAME below path_data() when plugin is not a plugin),
 * checks the options.  No process is started before the first run.  NULL: err names what is wrong
 * and the nearest name. */
struct decoder *decoder_open(const struct plugins *plugins, const struct decoder_spec *spec, struct err *e);
void decoder_close(struct decoder *d);				/* NULL is fine */
const struct plugin *decoder_plugin(const struct decoder *d);
struct feedset *decoder_feeds(struct decoder *d);		/* NULL: its columns are IDF names */
/* For `try`: how sure it is that it reads an input of that name and those first bytes; 0: it does not.  A
 * feed set that takes the name beats a plugin that only takes the ending. */
int decoder_fits(struct decoder *d, const char *name, const char *head, size_t n);
/* What the name says: the report type (the plugin's name where there are no feeds), and the day it is about
 * in ns, or TIME_NONE.  False: no feed takes it; err names the nearest type. */
bool decoder_report(struct decoder *d, const char *name, const char **report, int64_t *day, struct err *e);

/* Fields that stages want of each finding, by IDF name; they must live as long as the decoder uses them. */
void decoder_wants(struct decoder *d, const char *const *name, uint32_t n);

/* One batch, ready for matching.  batch->row[i] is a row of rows, for binding_finding and binding_name.  All
 * of it dies when the callback returns. */
struct decoded {
	struct batch		*batch;
	const struct rows	*rows;
	struct binding		*binding;
	const struct feed	*feed;
};

struct refused {
	uint64_t	 off;
	uint32_t	 len, line;
	const char	*why;		/* constant as long as the decoder: "ip: not an address" */
	const char	*raw;		/* len bytes, for showing */
	const char	*detail;	/* what more the plugin says of this one, or NULL */
};

struct decode_sink {
	void	*arg;
	bool	(*batch)(void *arg, const struct decoded *d, struct err *e);
	/* A record that cannot be read, by the plugin's word or by conversion. May be NULL
	 * (then they are dropped). */
	bool	(*refused)(void *arg, const struct refused *r, uint32_t n, struct err *e);
	/* All records that begin before off were given; the next begins there or later: a commit may be cut
	 * here.  records: how many were given by this run, rows of the same record counted once, refused ones
	 * too.  May be NULL. */
	bool	(*upto)(void *arg, uint64_t off, uint64_t records, struct err *e);
};

/* One input from begin to end.  Records that begin before skip were done in an earlier life: they are read
 * and passed over in silence.  all: every column, for tocsin decode.  SOURCE_OK or why not, with err:
 * "name:line: ...", the line behind the last that was read.  SOURCE_STOPPED: a function of the sink said so,
 * and err has its words. */
enum source_end decode_run(struct decoder *d, const char *name, struct reader *in, uint64_t skip, bool all,
    const struct decode_sink *sink, struct err *e);

/* The whole findings of rows seen before.  want is sorted by off, then sub.  in: the same bytes from
 * the start.  each gets the index in want; f lives until it returns.  Sources with TCS_S_ALONE are
 * fed their head and those records only.  False when the input could not be read again; rows not
 * found are simply not given. */
struct evidence_want {
	uint64_t	off;
	uint32_t	len, line;
	uint16_t	sub;
};
bool decode_details(struct decoder *d, const char *name, struct reader *in, const struct evidence_want *want,
    uint32_t n,
    void (*each)(void *arg, uint32_t i, const struct finding *f, const char *raw), void *arg, struct err *e);
/* After it was false: because no worker could be started, which another time may be otherwise. */
bool decode_no_worker(const struct decoder *d);

#endif
