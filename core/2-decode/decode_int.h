/* SPDX-License-Identifier: Apache-2.0 */
/* A decoder from inside, for decode.c (what it is), decode_run.c and decode_details.c (what it does). */
#ifndef CORE_DECODE_INT_H
#define CORE_DECODE_INT_H

#include "2-decode/decode.h"
#include "arena.h"

/* Workers differ by their options only: most feeds of a set have none of their own and share one. */
#define DECODER_WORKERS 8
struct decoder_worker {
	const struct feed	*feed;		/* whose options it has; NULL: those of
						 * all feeds without any */
	struct source_proc	*proc;
	uint64_t		 used;
};

struct decoder {
	struct arena		*arena;
	const struct plugin	*plugin;
	struct feedset		*feeds;		/* NULL: its columns are IDF names */
	bool			 own_feed;	/* feeds came along; inputs are known by the plugin */
	struct given		*given;		/* of whoever uses it, before the feed's own */
	uint32_t		 ngiven;
	struct decoder_worker	 worker[DECODER_WORKERS];
	uint64_t		 uses;
	struct source_limits	 limits;
	const char		*const *more;	/* what stages want besides */
	uint32_t		 nmore;
	const char		**why;		/* what plugins gave as reasons, each once */
	uint32_t		 nwhy;
	bool			 no_worker;	/* the last details could not be read for want of one */
};
#define DECODER_WHYS 256

/* The feed of an input, feed_identity where there are none. NULL: err. */
const struct feed *decoder_feed(struct decoder *d, const char *name, int64_t *day, struct err *e);
/* The worker for a feed's options, started when there is none yet. NULL: err. */
struct source_proc *decoder_worker(struct decoder *d, const struct feed *f, struct err *e);
/* A plugin's reason, kept as long as the decoder; only so many are told apart. */
const char *decoder_why(struct decoder *d, const char *why);

#endif
