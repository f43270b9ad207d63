/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See source.h: the life of a source's worker, and one input's way through it.
 * The loop keeps the window full from the reader while answers are consumed,
 * so that worker and host are busy at once; it sleeps when there is neither
 * room nor an answer.  A worker that fails in any way is killed with all its
 * memory; the next input finds a new one.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "2-decode/ring.h"
#include "2-decode/slot.h"
#include "2-decode/source.h"
#include "buf.h"
#include "frame.h"
#include "log.h"
#include "mem.h"
#include "pack.h"
#include "process.h"
#include <tocsin/slice.h>

#define PIECE		(256u << 10)	/* read at once */
#define HUNGRY_MS	5		/* how often it is asked whether it starves: it does not
					 * say so by itself */
#define START_MS	30000		/* to load and open */
#define WHOLE_KEPT	(8u << 20)	/* a window that grew beyond this is given back */

const struct source_limits source_limits_usual = { 60000, 60, UINT64_C(1) << 30 };

struct source_proc {
	const struct plugin	*p;
	struct source_limits	 limits;
	struct buf		 open;		/* W_OPEN, to start it again; may hold secrets */
	struct process		 proc;
	struct frames		 in;
	struct ring		*ring;
	struct slot_rows	*rows;
	bool			 quiet;
	bool			 no_means;	/* the system refused what a process needs */
};

struct run {
	struct source_proc		*s;
	const char			*name;		/* of the input */
	struct reader			*in;
	const struct source_sink	*sink;
	struct err			*e;
	struct slot_state		 st;
	int64_t				 news;		/* when it last said something */
	bool				 done, ended, eof;
	bool				 broken;	/* the reader failed: what it gave is still
							 * read, then it ends */
	int				 rc, status;
	char				 call[40];	/* it died of making this system call */
	char				 text[W_LOG_TEXT * 4 + 1];	/* with DONE */
	enum source_end			 end;
};

/* ---- the process ------------------------------------------------------------------ */

static void
bury(struct source_proc *s)
{
	process_kill(&s->proc);
	frames_free(&s->in);
	ring_free(s->ring);
	s->ring = NULL;
}

static void
take_log(const struct source_proc *s, const char *input, uint32_t level, const char *text)
{
	if (s->quiet)
		return;
	log_line(level <= TCS_ERR ? LOG_ERR_ : level <= TCS_WARNING ? LOG_WARN_ : level <= TCS_INFO ?
	    LOG_INFO_ : LOG_DEBUG_,
	    "%s: plugin %s: %s", input, s->p->name, text);
}

/* What it says when it is opened: READY, or REFUSES and why. */
static bool
hear_open(struct source_proc *s, struct err *e)
{
	struct arena *a = arena_new();
	int64_t until = frame_clock() + START_MS, left;
	bool ready = false, refused = false;
	char why[160];
	int got;

	while ((left = until - frame_clock()) > 0 && (got = frames_next(&s->in, (int)left)) == 1) {
		struct unpack u = { s->in.p, s->in.n, false };

		if (s->in.type == W_LOG)
			continue;	/* an error comes again, as the reason */
		ready = s->in.type == W_READY;
		refused = s->in.type == W_REFUSES;
		if (refused)
			err_set(e, "plugin \"%s\": %s", s->p->name, unpack_str(&u, a));
		break;
	}
	arena_free(a);
	if (ready || refused)
		return ready;
	if (left <= 0 || got == 0)
		return err_set(e, "plugin \"%s\" did not open within %d s", s->p->name, START_MS / 1000);
	process_why(why, sizeof why, process_end(&s->proc, 1000), s->limits.cpu);
	return err_set(e, "plugin \"%s\" %s when it was opened", s->p->name, why);
}

static bool
start(struct source_proc *s, struct err *e)
{
	int fd[PROCESS_FDS];

	s->no_means = true;
	s->ring = ring_new(s->p->flags & TCS_S_WHOLE ? W_WHOLE : W_RING, e);
	if (s->ring == NULL)
		return false;
	fd[0] = s->ring->window;
	fd[1] = s->ring->answers;
	fd[2] = s->ring->wake_worker;
	fd[3] = s->ring->wake_host;
	if (!process_start(&s->proc, "source", s->p->path, fd, PROCESS_FDS, NULL, e)) {
		bury(s);
		return false;
	}
	s->no_means = false;
	frames_init(&s->in, s->proc.fd, W_DECLARATION);
	if (!frame_send(s->proc.fd, W_OPEN, s->open.p, s->open.n, START_MS) && errno != EPIPE)
		err_set(e, "plugin \"%s\" cannot be told its options: %s", s->p->name, strerror(errno));
	else if (hear_open(s, e))
		return true;
	bury(s);
	return false;
}

struct source_proc *
source_start_limited(const struct plugin *p, const struct tcs_val *opts, const struct source_limits *l,
    struct err *e)
{
	struct source_proc *s = xcalloc(1, sizeof *s);
	bool no_means;

	s->p = p;
	s->limits = *l;
	s->rows = slot_rows_new();
	pack_u64(&s->open, l->memory);
	pack_u32(&s->open, l->cpu);
	pack_u64(&s->open, p->flags & TCS_S_WHOLE ? W_WHOLE : W_RING);
	process_pack_values(&s->open, p, opts);
	if (start(s, e))
		return s;
	no_means = s->no_means;
	source_stop(s);
	errno = no_means ? EAGAIN : 0;
	return NULL;
}

struct source_proc *
source_start(const struct plugin *p, const struct tcs_val *opts, struct err *e)
{
	return source_start_limited(p, opts, &source_limits_usual, e);
}

void
source_stop(struct source_proc *s)
{
	if (s == NULL)
		return;
	bury(s);
	explicit_bzero(s->open.p, s->open.n);
	buf_free(&s->open);
	slot_rows_free(s->rows);
	free(s);
}

/* ---- one input ---------------------------------------------------------------------- */

static bool
stop(struct run *r, enum source_end end)
{
	r->end = end;
	return false;
}

__attribute__((format(printf, 3, 4))) static bool
fail(struct run *r, enum source_end end, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	err_set(r->e, "plugin \"%s\" %s", r->s->p->name, text);
	return stop(r, end);
}

/* As much as there is room for. */
static bool
fill(struct run *r)
{
	struct ring *g = r->s->ring;
	size_t room, least = r->s->p->flags & TCS_S_WHOLE ? 1 : PIECE;
	char *at;

	while (!g->eof && !r->broken && (at = ring_space(g, &room), room >= least)) {
		int64_t n = r->in->read(r->in, at, room < PIECE ? room : PIECE, r->e);

		if (n < 0) {
			err_set(r->e, "the input cannot be read");
			r->broken = true;
			return true;
		}
		if (n == 0)
			ring_end(g);
		else
			ring_filled(g, (size_t)n);
	}
	if (!g->eof && !r->broken && least == 1) {
		char more;
		int64_t n = r->in->read(r->in, &more, 1, r->e);

		if (n > 0)
			return fail(r, SOURCE_BAD_INPUT,
			    "reads an input as a whole, and this one has more than %u MiB", W_WHOLE >> 20);
		if (n < 0)
			return stop(r, SOURCE_READ_ERROR);
		ring_end(g);
	}
	return true;
}

static bool
ask_columns(struct run *r, const struct slot_answer *a)
{
	uint8_t want[W_COLUMNS] = { 0 };
	uint32_t i;

	if (!r->sink->columns(r->sink->arg, a->name, a->nname, want, r->e))
		return stop(r, SOURCE_STOPPED);
	r->st.nwant = 0;
	r->st.layout++;
	for (i = 0; i < a->nname; i++)
		r->st.nwant += (want[i] = want[i] != 0);
	ring_columns(r->s->ring, want, a->nname);
	return true;
}

static bool
take(struct run *r, const struct w_slot *slot)
{
	struct ring *g = r->s->ring;
	struct err why = ERR_INIT;
	struct slot_answer a;
	enum slot_got got;

	r->st.filled = g->filled;
	r->st.eof = g->eof;
	got = slot_take(slot, &r->st, r->s->rows, &a, &why);
	if (got == SLOT_LIE)
		return fail(r, SOURCE_BAD_PLUGIN, "broke the contract: %s", why.text);
	if (r->done)
		return fail(r, SOURCE_BAD_PLUGIN, "broke the contract: an answer after the last");
	ring_taken(g);			/* all was copied: the slot may be written again */
	switch (got) {
	case SLOT_COLUMNS:
		return ask_columns(r, &a);
	case SLOT_LOG:
		take_log(r->s, r->name, (uint32_t)a.rc, a.text);
		return true;
	case SLOT_DONE:
		r->done = true;
		r->rc = a.rc;
		snprintf(r->text, sizeof r->text, "%s", a.text);
		return true;
	default:
		break;
	}
	if (a.rows.nrow && !r->sink->rows(r->sink->arg, &a.rows, r->e))
		return stop(r, SOURCE_STOPPED);
	ring_freed(g, r->st.upto);
	return true;
}

/* How it ended, and the system call that it may have died of. */
static void
take_ended(struct run *r, struct unpack *u)
{
	const char *call;
	size_t n;

	r->status = (int)unpack_u32(u);
	unpack_u64(u);
	unpack_u64(u);
	call = unpack_bytes(u, &n);
	if (call != NULL && !u->bad)
		tcs_copy(r->call, sizeof r->call, tcs_slice(call, n < sizeof r->call ? n : 0));
	r->ended = true;
}

/* What came over the socket. */
static bool
hear(struct run *r)
{
	struct source_proc *s = r->s;
	int got;

	while ((got = frames_next(&s->in, 0)) == 1) {
		struct unpack u = { s->in.p, s->in.n, false };

		if (s->in.type != W_ENDED)
			return fail(r, SOURCE_BAD_PLUGIN, "broke the contract: a message of type %u",
			    s->in.type);
		take_ended(r, &u);
		return true;
	}
	if (got == 0)
		return true;
	r->status = process_end(&s->proc, 1000);
	r->ended = true;
	return true;
}

static bool
nap(struct run *r)
{
	struct source_proc *s = r->s;
	struct pollfd fd[2] = { { s->ring->wake_host, POLLIN, 0 }, { s->proc.fd, POLLIN, 0 } };
	int64_t left = r->news + s->limits.stall_ms - frame_clock();
	int n;

	/* Its end may have come in one piece with the word that it had begun: then the socket
	 * will not wake anybody. */
	if (frames_pending(&s->in))
		return hear(r);
	if (!ring_doze(s->ring))
		return true;
	n = poll(fd, 2, r->broken ? HUNGRY_MS : left > 0 ? (int)left : 0);
	ring_woke(s->ring);
	if (n > 0 && fd[1].revents)
		return hear(r);
	if (n == 0 && left <= 0)
		return fail(r, SOURCE_BAD_INPUT, "made no progress for %d.%d s", s->limits.stall_ms / 1000,
		    s->limits.stall_ms / 100 % 10);
	return true;
}

/* All answers were taken and the child has ended. */
static bool
judge(struct run *r)
{
	const struct source_proc *s = r->s;
	char why[160];

	if (!r->done && r->call[0] != '\0')
		return fail(r, SOURCE_BAD_INPUT, "made the system call %s, which a source may not", r->call);
	if (!r->done) {
		process_why(why, sizeof why, r->status, s->limits.cpu);
		return fail(r, SOURCE_BAD_INPUT, "%s", why);
	}
	switch (r->rc) {
	case TCS_OK:
		if (r->st.eof && r->st.upto == r->st.filled && !r->st.in_feed)
			return stop(r, SOURCE_OK);
		return fail(r, SOURCE_BAD_PLUGIN, "broke the contract: it ended after %llu of %llu bytes",
		    (unsigned long long)r->st.upto, (unsigned long long)r->st.filled);
	case TCS_EINPUT:
		if (r->text[0])
			err_set(r->e, "%s", r->text);
		return r->text[0] ? stop(r, SOURCE_BAD_INPUT) : fail(r, SOURCE_BAD_INPUT,
		    "gave the input up and does not say why");
	case TCS_ENOMEM:
		return fail(r, SOURCE_BAD_INPUT, "ran out of memory (its limit is %llu MiB)",
		    (unsigned long long)s->limits.memory >> 20);
	case TCS_EPLUGIN:
		return fail(r, SOURCE_BAD_PLUGIN, "%s", r->text[0] ? r->text : "says that it is broken");
	}
	return fail(r, SOURCE_BAD_PLUGIN, "broke the contract: it returned %d, which says nothing", r->rc);
}

static bool
step(struct run *r)
{
	const struct w_slot *slot;

	if (!fill(r))
		return false;
	if (ring_lied(r->s->ring))
		return fail(r, SOURCE_BAD_PLUGIN,
		    "broke the contract: it claims more answers than there is room for");
	if ((slot = ring_posted(r->s->ring)) != NULL) {
		r->news = frame_clock();
		return take(r, slot);
	}
	if (r->broken && !r->ended && ring_starved(r->s->ring) && ring_posted(r->s->ring) == NULL)
		return stop(r, SOURCE_READ_ERROR);
	return r->ended ? judge(r) : nap(r);
}

static bool
begin(struct source_proc *s, const char *name, struct err *e)
{
	struct buf b;
	bool good;

	if (s->proc.pid == 0 && !start(s, e))
		return false;
	ring_begin(s->ring);
	buf_init(&b);
	pack_str(&b, name);
	/* Until it says that the input has a process, its death costs nothing: the caller tries another. */
	good = frame_send(s->proc.fd, W_INPUT, b.p, b.n, s->limits.stall_ms) &&
	    frames_next(&s->in, s->limits.stall_ms) == 1 && s->in.type == W_READY;
	buf_free(&b);
	if (!good)
		bury(s);
	return good;
}

void
source_quiet(struct source_proc *s, bool quiet)
{
	s->quiet = quiet;
}

enum source_end
source_run(struct source_proc *s, const char *name, struct reader *in, const struct source_sink *sink,
    struct err *e)
{
	struct run r = { .s = s, .name = name, .in = in, .sink = sink, .e = e, .news = frame_clock() };
	bool kept;

	/* One that died between two inputs is no reason to lose the next. */
	if (!begin(s, name, NULL) && !begin(s, name, e)) {
		err_set(e, "plugin \"%s\" does not take an input", s->p->name);
		return s->no_means ? SOURCE_STOPPED : SOURCE_BAD_PLUGIN;
	}
	r.st.flags = s->p->flags;
	r.st.ring = s->ring->bytes;
	r.st.ring_size = s->ring->size;
	while (step(&r))
		;
	/* A child that ended in order leaves nothing behind; anything else does. */
	kept = r.done && r.ended && WIFEXITED(r.status) && s->proc.pid && (r.end == SOURCE_OK ||
	    r.end == SOURCE_BAD_INPUT);
	if (!kept || (s->ring->size > W_RING && s->ring->filled > WHOLE_KEPT))
		bury(s);
	return r.end;
}
