/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source that reads lines, honestly when its input is called "good", and
 * otherwise does the evil that its option says.  Two kinds of evil: what a
 * plugin does wrong through the table of functions, and what it forges in the
 * shared memory behind its own worker's back (names that begin with "forge").
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <tocsin/plugin.h>
#include "worker/wire.h"

#define EVILS(X) X(good) X(open_crash) X(open_refuse) X(open_exit) X(begin_refuse) X(crash) X(abort) X(exit) \
	X(loop) X(sleep) \
	X(grow) X(grow_hard) X(odd_rc) X(broken) X(silent) X(use_too_much) X(use_nothing) X(leave_rest) \
	    X(drop) X(outside) X(gap) \
	X(order) X(empty) X(early) X(no_columns) X(many_columns) X(late) X(no_reason) X(write_file) \
	    X(log_flood) X(close_all) \
	X(kill_parent) X(write_window) X(many_rows) X(forge_count) X(forge_arena) X(forge_cell) \
	    X(forge_made) X(forge_nrow) \
	X(forge_layout) X(forge_kind) X(forge_row_kind) X(forge_shown) X(forge_base) X(forge_used) \
	    X(forge_endless) X(forge_done) \
	X(forge_name) X(forge_reason) X(forge_again) X(forge_change) X(end_crash)
#define ENUM(x) E_##x,
#define NAME(x) #x "|"
enum evil { EVILS(ENUM) };

struct bad {
	struct tcs_ctx			*ctx;
	const struct tcs_source_host	*host;
	enum evil			 how, now;
	int				 told;
	uint32_t			 line;
};

static const struct tcs_opt opts[] = {
	{ "how", TCS_T_ENUM, 0, "good", EVILS(NAME) "none", "What it does wrong." },
};

static void
crash(void)
{
	raise(SIGSEGV);
}

static int
bad_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct bad *b = h->alloc(ctx, TCS_INSTANCE, sizeof *b);

	if (b == NULL)
		return TCS_ENOMEM;
	b->ctx = ctx;
	b->host = (const struct tcs_source_host *)(const void *)h;
	b->how = (enum evil)opt[0].v.i;
	if (b->how == E_open_crash)
		crash();
	if (b->how == E_open_exit)
		_exit(0);
	if (b->how == E_open_refuse) {
		h->log(ctx, TCS_ERR, "how: I do not like this");
		return TCS_EPLUGIN;
	}
	*inst = b;
	return TCS_OK;
}

static void
bad_close(void *inst)
{
	(void)inst;
}

static int
bad_begin(void *inst, const char *name)
{
	struct bad *b = inst;

	b->now = strcmp(name, "good") == 0 ? E_good : b->how;
	b->told = 0;
	b->line = 0;
	return b->now == E_begin_refuse ? TCS_EINPUT : TCS_OK;
}

/* ---- honest, or nearly ---------------------------------------------------------- */

static int
tell_columns(struct bad *b)
{
	static const struct tcs_slice name = { "line", 4 };
	uint8_t want = 0;

	b->told = 1;
	return b->host->columns(b->ctx, &name, 1, &want);
}

static int64_t
lines(struct bad *b, const char *buf, size_t len, int eof)
{
	size_t at = 0, n;
	int rc;

	if (!b->told && (rc = tell_columns(b)) != TCS_OK)
		return rc;
	while (at < len) {
		const char *nl = memchr(buf + at, '\n', len - at);
		struct tcs_slice cell;
		struct tcs_span s;

		if (nl == NULL && !eof)
			break;
		n = nl ? (size_t)(nl - buf) + 1 - at : len - at;
		s = (struct tcs_span){ at, (uint32_t)n, ++b->line };
		cell = (struct tcs_slice){ buf + at, n };
		if ((rc = b->host->rows(b->ctx, 1, &s, NULL, &cell)) != TCS_OK)
			return rc;
		at += n;
	}
	return (int64_t)at;
}

static int64_t
row_at(struct bad *b, uint64_t off, uint32_t n, const char *p, int64_t rc)
{
	struct tcs_span s = { off, n, 1 };
	struct tcs_slice cell = { p, 1 };

	b->host->rows(b->ctx, 1, &s, NULL, &cell);
	return rc;
}

/* ---- evil ------------------------------------------------------------------------- */

static int64_t
grow(struct bad *b, int hard)
{
	for (;;) {
		char *p = hard ? malloc(1 << 20) : b->host->h.alloc(b->ctx, TCS_INPUT, 1 << 20);

		if (p == NULL && !hard)
			return TCS_ENOMEM;
		memset(p, 1, 1 << 20);		/* hard: does not look */
	}
}

static int64_t
many_columns(struct bad *b)
{
	static struct tcs_slice name[5000];
	static uint8_t want[5000];
	int i;

	for (i = 0; i < 5000; i++)
		name[i] = (struct tcs_slice){ "x", 1 };
	return b->host->columns(b->ctx, name, 5000, want);
}

/* None of this may work; where one does, the input is given up and says which. */
static int64_t
write_window(struct bad *b, const char *buf, size_t len)
{
	struct tcs_span s = { 0, (uint32_t)len, 1 };
	const char *done = NULL;
	long page = sysconf(_SC_PAGESIZE);

	signal(SIGXFSZ, SIG_IGN);
	if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, W_FD_WINDOW, 0) != MAP_FAILED)
		done = "the window can be mapped for writing";
	if (mprotect((void *)((uintptr_t)buf & ~(uintptr_t)(page - 1)), 1, PROT_READ | PROT_WRITE) == 0)
		done = "the window can be made writable";
	if (write(W_FD_WINDOW, "x", 1) > 0)
		done = "the window can be written";
	b->host->reject(b->ctx, &s, done ? done : "nothing could be written", NULL);
	return TCS_EINPUT;
}

static int64_t
many_rows(struct bad *b, const char *buf, size_t len)
{
	static const uint8_t again = 1;
	struct tcs_span s = { 0, (uint32_t)len, 1 };
	struct tcs_slice cell = { buf, len };
	int i;

	for (i = 0; i < 1000000; i++)
		if (b->host->rows(b->ctx, 1, &s, i ? &again : NULL, &cell) != TCS_OK)
			break;
	return (int64_t)len;
}

static int64_t
misuse(struct bad *b, const char *buf, size_t len)
{
	struct tcs_span all = { 0, (uint32_t)len, 1 };
	int i;

	switch (b->now) {
	case E_silent:
		return TCS_EINPUT;
	case E_broken:
		b->host->h.log(b->ctx, TCS_ERR, "I am broken");
		return TCS_EPLUGIN;
	case E_odd_rc:
		return -1;
	case E_use_too_much:
		b->host->skip(b->ctx, &all);
		return (int64_t)len + 1;
	case E_use_nothing:
		return 0;
	case E_drop:
		return (int64_t)len;
	case E_outside:
		return row_at(b, 1, (uint32_t)len, buf, (int64_t)len);
	case E_gap:
		return row_at(b, 1, (uint32_t)len - 1, buf, (int64_t)len);
	case E_order:
		row_at(b, 0, 4, buf, 0);
		return row_at(b, 2, (uint32_t)len - 2, buf, (int64_t)len);
	case E_empty:
		return row_at(b, 0, 0, buf, (int64_t)len);
	case E_no_reason:
		return b->host->reject(b->ctx, &all, NULL, NULL);
	case E_log_flood:
		for (i = 0; i < 100000; i++)
			b->host->h.log(b->ctx, TCS_DEBUG, "again %d", i);
		b->host->skip(b->ctx, &all);
		return (int64_t)len;
	default:
		return TCS_EPLUGIN;
	}
}

/* For ever, without the CPU and without a system call that a source may not make. */
static _Noreturn void
rest(void)
{
	uint64_t n;

	for (;;)
		if (read(W_FD_WAKE_WORKER, &n, sizeof n) < 0)
			_exit(8);
}

static int64_t
violence(struct bad *b)
{
	volatile int yes = 1;
	int i, fd;

	switch (b->now) {
	case E_abort:
		abort();
	case E_exit:
		_exit(3);
	case E_loop:
		while (yes)
			;
		break;
	case E_sleep:
		rest();
	case E_write_file:
		fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
		return fd >= 0 && write(fd, "x", 1) < 0 ? TCS_EINPUT : TCS_EPLUGIN;
	case E_close_all:
		for (i = 0; i < 64; i++)
			close(i);
		break;
	case E_kill_parent:
		kill(getppid(), SIGKILL);
		rest();
	default:
		crash();
	}
	return TCS_EINPUT;
}

/* ---- forgery ------------------------------------------------------------------------ */

static void
post(struct w_worker *w, uint32_t n)
{
	uint64_t one = 1;

	__atomic_store_n(&w->posted, w->posted + n, __ATOMIC_SEQ_CST);
	if (write(W_FD_WAKE_HOST, &one, sizeof one) < 0)
		_exit(9);
}

static struct w_slot *
fresh(struct w_worker *w, uint32_t len)
{
	struct w_slot *s = (struct w_slot *)((char *)w + W_SLOTS_AT) + w->posted % W_SLOTS;

	memset(s, 0, sizeof *s - sizeof s->bytes);
	s->nrow = s->ncol = s->layout = s->last = 1;
	s->shown = s->used = s->len[0] = s->cell[0].len = len;
	return s;
}

static void
change_while_read(struct w_worker *w, struct w_slot *s)
{
	int i;

	post(w, 1);
	for (i = 0; i < 100000000; i++) {
		__atomic_store_n(&s->nrow, i & 1 ? 1u : 0xfffffffu, __ATOMIC_RELAXED);
		__atomic_store_n(&s->cell[0].off, i & 1 ? 0u : 0x7fffffffu, __ATOMIC_RELAXED);
	}
}

static void
forge_one(enum evil now, struct w_worker *w, struct w_slot *s)
{
	switch (now) {
	case E_forge_count:
		post(w, 100);
		return;
	case E_forge_arena:
		s->arena = W_ARENA + 1;
		break;
	case E_forge_cell:
		s->cell[0].off = 1;
		break;
	case E_forge_made:
		s->cell[0].off = W_MADE;
		break;
	case E_forge_nrow:
		s->nrow = 100000;
		break;
	case E_forge_layout:
		s->ncol = 2;
		break;
	case E_forge_kind:
		s->kind = 77;
		break;
	case E_forge_row_kind:
		s->what[0] = 9;
		break;
	case E_forge_shown:
		s->shown = 1 << 30;
		break;
	case E_forge_base:
		s->base = 7;
		break;
	case E_forge_used:
		s->used = s->shown + 1;
		break;
	case E_forge_name:
		s->kind = W_SLOT_COLUMNS;
		s->cell[0] = (struct w_slice){ W_MADE | 5, 100 };
		break;
	case E_forge_reason:
		s->what[0] = W_REJECT;
		s->why[0] = (struct w_slice){ W_MADE | 1000, 10 };
		break;
	case E_forge_again:
		s->what[0] = W_AGAIN;
		break;
	default:
		s->kind = W_SLOT_DONE;
		s->rc = 0;
		s->arena = 0;
	}
	post(w, 1);
}

static int64_t
forge(struct bad *b, size_t len)
{
	struct w_worker *w = mmap(NULL, W_ANSWERS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, W_FD_ANSWERS, 0);
	const struct w_host *host = mmap(NULL, W_RING_AT, PROT_READ, MAP_SHARED, W_FD_WINDOW, 0);
	struct w_slot *s;

	if (w == MAP_FAILED || host == MAP_FAILED || tell_columns(b) != TCS_OK)
		return TCS_EPLUGIN;
	s = fresh(w, (uint32_t)len);
	if (b->now == E_forge_change)
		change_while_read(w, s);
	else if (b->now == E_forge_endless)
		for (;;) {
			s = fresh(w, (uint32_t)len);
			s->nrow = s->used = 0;
			post(w, 1);
			while (__atomic_load_n(&host->taken, __ATOMIC_ACQUIRE) != w->posted)
				;
		}
	else
		forge_one(b->now, w, s);
	rest();
}

static int64_t
bad_feed(void *inst, const char *buf, size_t len, int eof)
{
	struct bad *b = inst;

	if (b->now == E_good || b->now == E_late || b->now == E_end_crash)
		return lines(b, buf, len, eof);
	if (!eof)		/* evil wants to see all of it at once */
		return 0;
	if (b->now == E_early)
		return row_at(b, 0, (uint32_t)len, buf, (int64_t)len);
	if (b->now == E_no_columns)
		return b->host->columns(b->ctx, NULL, 0, NULL);
	if (b->now == E_many_columns)
		return many_columns(b);
	if (b->now == E_grow || b->now == E_grow_hard)
		return grow(b, b->now == E_grow_hard);
	if (b->now == E_crash || (b->now >= E_abort && b->now <= E_sleep) || b->now == E_write_file ||
	    b->now == E_close_all ||
	    b->now == E_kill_parent)
		return violence(b);
	if (b->now >= E_forge_count && b->now <= E_forge_change)
		return forge(b, len);
	if (b->now == E_write_window)
		return write_window(b, buf, len);
	if (!b->told && tell_columns(b) != TCS_OK)
		return TCS_EPLUGIN;
	if (b->now == E_many_rows)
		return many_rows(b, buf, len);
	if (b->now == E_leave_rest)
		return row_at(b, 0, (uint32_t)len - 1, buf, (int64_t)len - 1);
	return misuse(b, buf, len);
}

static int
bad_end(void *inst, int aborted)
{
	struct bad *b = inst;
	struct tcs_span s = { 0, 1, 1 };

	if (b->now == E_late && !aborted)
		return b->host->skip(b->ctx, &s);
	if (b->now == E_end_crash)
		crash();
	return TCS_OK;
}

static const struct tcs_source source = {
	.size = sizeof source, .flags = FLAGS, .names = "*.lines", .begin = bad_begin, .feed = bad_feed,
	    .end = bad_end,
};

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = { TCS_PLUGIN_HEAD(TCS_SOURCE),
	.name = PLUGIN, .version = "1.0", .license = "Apache-2.0", .summary = "Does what it must not",
	.opts = opts, .nopt = sizeof opts / sizeof *opts, .open = bad_open, .close = bad_close,
	    .ops.source = &source };
