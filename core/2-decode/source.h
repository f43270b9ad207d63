/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source at work: one input goes through one worker process, and what comes
 * back is checked and handed on as struct rows.  The worker is hostile until
 * proved otherwise: every offset, length and count is copied first, then
 * checked; a lie ends the worker and the input.
 */
#ifndef CORE_SOURCE_H
#define CORE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include "err.h"
#include "plugin_host.h"
#include <tocsin/slice.h>

/* Where an input's bytes come from (spool, unpacked on the way).  read: >0 bytes, 0 end, -1
 * error (err says why). */
struct reader {
	int64_t	 (*read)(struct reader *, void *buf, size_t n, struct err *e);
	void	 (*close)(struct reader *);
	/* Passes over n bytes without reading them; NULL: it cannot, and must be read.  False: it
	 * did not, read on. */
	bool	 (*pass)(struct reader *, uint64_t n);
};

enum row_kind { ROW_RECORD, ROW_AGAIN, ROW_REJECT, ROW_SKIP };

/* One checked slot of answers.  Spans count from the start of the decoded input.  col[k][i] is the k-th
 * wanted column of row i.  raw gives a row's bytes.  Valid until the callback returns. */
struct rows {
	uint32_t		 nrow, ncol;
	const uint64_t		*off;
	const uint32_t		*len, *line;
	const uint8_t		*kind;			/* enum row_kind */
	const char *const	*why;			/* per row, for ROW_REJECT: reason; else NULL */
	const struct tcs_slice *const *col;
	const char *const	*raw;			/* per row: its bytes, len[i] of them */
	const char *const	*detail;		/* per row, for ROW_REJECT: what more there is
							 * to say; or NULL */
};

struct source_sink {
	void	*arg;
	/* The columns of the input: set want[i].  False gives the input up. */
	bool	(*columns)(void *arg, const struct tcs_slice *name, uint32_t n, uint8_t *want, struct err *e);
	bool	(*rows)(void *arg, const struct rows *, struct err *e);
};

/* BAD_INPUT: the plugin gave it up, or crashed, hung or grew over it: the next may be fine, and finds a new
 * process.  BAD_PLUGIN: it broke the contract or said that it is broken.  STOPPED: the sink said so, or the
 * system had no means to start a worker: nothing is wrong with the input. */
enum source_end { SOURCE_OK, SOURCE_BAD_INPUT, SOURCE_BAD_PLUGIN, SOURCE_STOPPED, SOURCE_READ_ERROR };

struct source_proc;
/* Starts a worker for a plugin with checked options (option.h).  One process serves one input at a
 * time.  NULL: errno is 0 where the plugin is to blame, EAGAIN where the system had no process, memory
 * or descriptor for it. */
struct source_proc *source_start(const struct plugin *p, const struct tcs_val *opts, struct err *e);
/* The same with other limits than these: */
struct source_limits {
	int		 stall_ms;	/* without any answer; 60,000 */
	uint32_t	 cpu;		/* seconds of CPU time for one call of the plugin; 60 */
	uint64_t	 memory;	/* bytes; 1 GiB */
};
extern const struct source_limits source_limits_usual;
struct source_proc *source_start_limited(const struct plugin *p, const struct tcs_val *opts,
    const struct source_limits *l, struct err *e);
void source_stop(struct source_proc *s);
/* Whether what the plugin logs is kept to itself: details are read again from a part of the input, and what
 * it has to say of that was said before, with other lines. */
void source_quiet(struct source_proc *s, bool quiet);
/* name is the input's name, told to the plugin.  in is read to its end but not closed.  On any end but
 * SOURCE_OK err says what: which check, signal or limit, or the plugin's own reject text. */
enum source_end source_run(struct source_proc *s, const char *name, struct reader *in,
    const struct source_sink *sink, struct err *e);

#endif
