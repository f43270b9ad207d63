/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See answer.h.  A slot is filled in place and posted when it is full, when
 * the feed ends, or when its arena is half used, so that a plugin always finds
 * room for the values of one more record.  A cell that points into the bytes
 * being fed, or into the slot's arena (memory of life BATCH is exactly that),
 * costs eight bytes and no copy; any other is copied into the arena.
 *
 * What is checked here is what an honest plugin gets wrong, so that its author
 * is told well.  The host checks everything again.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "answer.h"
#include "worker.h"

__attribute__((format(printf, 3, 4))) int
answer_fail(struct tcs_ctx *x, int rc, const char *fmt, ...)
{
	va_list ap;

	if (x->broken)
		return x->broken;
	va_start(ap, fmt);
	vsnprintf(x->why, sizeof x->why, fmt, ap);
	va_end(ap);
	return x->broken = rc;
}

/* ---- sleeping and waking -------------------------------------------------- */

enum { AWAKE, WANTS_WORD, WANTS_SLOTS };

/* Says that it sleeps, looks once more, sleeps. The caller looks again: a wake-up promises nothing. */
static void
doze(struct tcs_ctx *x, uint32_t what, bool (*ready)(const struct tcs_ctx *, uint64_t), uint64_t arg)
{
	uint64_t n;

	__atomic_store_n(&x->worker->asleep, what, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!ready(x, arg) && read(W_FD_WAKE_WORKER, &n, sizeof n) < 0)
		_exit(5);
	__atomic_store_n(&x->worker->asleep, AWAKE, __ATOMIC_RELAXED);
}

static void
wake_host(struct tcs_ctx *x)
{
	uint64_t one = 1;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&x->host->asleep, __ATOMIC_RELAXED) && write(W_FD_WAKE_HOST, &one,
	    sizeof one) < 0)
		_exit(5);
}

static bool
have_slot(const struct tcs_ctx *x, uint64_t arg)
{
	(void)arg;
	return x->worker->posted - __atomic_load_n(&x->host->taken, __ATOMIC_ACQUIRE) < W_SLOTS;
}

static bool
have_layout(const struct tcs_ctx *x, uint64_t layout)
{
	return __atomic_load_n(&x->host->layout, __ATOMIC_ACQUIRE) >= layout;
}

static bool
have_bytes(const struct tcs_ctx *x, uint64_t upto)
{
	return __atomic_load_n(&x->host->eof, __ATOMIC_ACQUIRE) ||
	    __atomic_load_n(&x->host->filled, __ATOMIC_ACQUIRE) > upto;
}

/* True: these are all there will be. */
bool
answer_more(struct tcs_ctx *x, uint64_t base, uint64_t have, uint64_t *filled)
{
	bool eof;

	while (!have_bytes(x, base + have)) {
		__atomic_store_n(&x->worker->looked, base + have, __ATOMIC_RELEASE);
		doze(x, WANTS_WORD, have_bytes, base + have);
	}
	eof = __atomic_load_n(&x->host->eof, __ATOMIC_ACQUIRE);
	*filled = __atomic_load_n(&x->host->filled, __ATOMIC_ACQUIRE);
	return eof;
}

/* ---- slots ----------------------------------------------------------------- */

static struct w_slot *
slot_get(struct tcs_ctx *x)
{
	struct w_slot *s = x->cur;

	if (s)
		return s;
	while (!have_slot(x, 0)) {
		x->worker->until = __atomic_load_n(&x->host->taken, __ATOMIC_RELAXED) + W_SLOTS / 2;
		doze(x, WANTS_SLOTS, have_slot, 0);
	}
	s = x->cur = &x->slots[x->worker->posted % W_SLOTS];
	s->kind = W_SLOT_ROWS;
	s->rc = 0;
	s->nrow = s->arena = s->last = s->used = 0;
	s->ncol = x->nwant;
	s->layout = x->layout;
	s->base = x->base;
	s->shown = x->len;
	return s;
}

static void
slot_post(struct tcs_ctx *x)
{
	x->cur = NULL;
	__atomic_store_n(&x->worker->posted, x->worker->posted + 1, __ATOMIC_RELEASE);
	wake_host(x);
}

static void *
slot_alloc(struct tcs_ctx *x, size_t n)
{
	struct w_slot *s = slot_get(x);
	void *p = s->bytes + s->arena;

	if (n > W_ARENA || (n = (n + 15) & ~(size_t)15) > W_ARENA - s->arena)
		return NULL;
	s->arena += (uint32_t)n;
	return memset(p, 0, n);
}

/* A text into the arena, without zeroing or aligning it. */
static bool
slot_copy(struct w_slot *s, const char *p, size_t n, struct w_slice *out)
{
	if (n > W_ARENA - s->arena)
		return false;
	if (n)
		memcpy(s->bytes + s->arena, p, n);
	out->off = W_MADE | s->arena;
	out->len = (uint32_t)n;
	s->arena += (uint32_t)n;
	return true;
}

/* ---- rows ------------------------------------------------------------------ */

static inline bool
put_cell(const struct tcs_ctx *x, struct w_slot *s, struct tcs_slice c, struct w_slice *out)
{
	uintptr_t at = (uintptr_t)c.p;

	if (at - (uintptr_t)x->buf < x->len && c.n <= x->len - (at - (uintptr_t)x->buf)) {
		*out = (struct w_slice){ (uint32_t)(at - (uintptr_t)x->buf), (uint32_t)c.n };
		return true;
	}
	if (c.p == NULL) {
		*out = (struct w_slice){ 0, W_NONE };
		return true;
	}
	if (at - (uintptr_t)s->bytes < s->arena && c.n <= s->arena - (at - (uintptr_t)s->bytes)) {
		*out = (struct w_slice){ W_MADE | (uint32_t)(at - (uintptr_t)s->bytes), (uint32_t)c.n };
		return true;
	}
	return slot_copy(s, c.p, c.n, out);
}

static int
check_span(struct tcs_ctx *x, const struct tcs_span *s)
{
	if (x->buf == NULL)
		return answer_fail(x, TCS_EPLUGIN, "says something about bytes outside of feed");
	if (s->len == 0 || s->off > x->len || s->len > x->len - s->off)
		return answer_fail(x, TCS_EPLUGIN, "gives the span %llu+%u of %u bytes",
		    (unsigned long long)s->off, s->len, x->len);
	return TCS_OK;
}

static void
put_span(struct w_slot *s, const struct tcs_span *span, enum w_row_kind kind)
{
	s->off[s->nrow] = (uint32_t)span->off;
	s->len[s->nrow] = span->len;
	s->line[s->nrow] = span->line;
	s->what[s->nrow] = (uint8_t)kind;
}

/* As many rows as fit; fewer than n when the slot is full. */
static uint32_t
put_rows(struct tcs_ctx *x, struct w_slot *s, uint32_t n, const struct tcs_span *span, const uint8_t *again,
    const struct tcs_slice *cell)
{
	uint32_t i, k;

	for (i = 0; i < n && s->nrow < x->most; i++) {
		struct w_slice *out = s->cell + s->nrow;

		for (k = 0; k < x->nwant; k++, out += x->stride)
			if (!put_cell(x, s, cell[(size_t)i * x->nwant + k], out))
				return i;
		put_span(s, &span[i], again && again[i] ? W_AGAIN : W_RECORD);
		s->nrow++;
	}
	return i;
}

static int
src_rows(struct tcs_ctx *x, uint32_t nrow, const struct tcs_span *span, const uint8_t *again,
    const struct tcs_slice *cell)
{
	uint32_t i;

	if (x->layout == 0)
		answer_fail(x, TCS_EPLUGIN, "gives rows before it has said its columns");
	for (i = 0; i < nrow && !x->broken; i++)
		check_span(x, &span[i]);
	if (x->broken)
		return x->broken;
	if (x->cur && x->cur->nrow && nrow > x->most - x->cur->nrow)
		slot_post(x);		/* so that a batch lies in one slot when it can */
	for (i = 0; i < nrow;) {
		struct w_slot *s = slot_get(x);
		uint32_t was = s->nrow, done = put_rows(x, s, nrow - i, span + i, again ? again + i : NULL,
		    cell + (size_t)i * x->nwant);

		if (done == 0 && was == 0)
			return answer_fail(x, TCS_EINPUT, "a record with values of more than %u MiB",
			    W_ARENA >> 20);
		i += done;
		if (i < nrow || s->nrow == x->most || s->arena > W_ARENA / 2)
			slot_post(x);
	}
	return TCS_OK;
}

/* One row without cells. */
static int
put_other(struct tcs_ctx *x, const struct tcs_span *span, enum w_row_kind kind, const char *why,
    const char *detail)
{
	struct w_slice w = { 0, W_NONE }, d = { 0, W_NONE };
	size_t nwhy = why ? strnlen(why, W_LOG_TEXT) : 0, ndetail = detail ? strnlen(detail, W_LOG_TEXT) : 0;
	struct w_slot *s;
	uint32_t k;

	if (x->broken || check_span(x, span) != TCS_OK)
		return x->broken;
	s = slot_get(x);
	if (s->nrow == (x->layout ? x->most : W_ROWS) || W_ARENA - s->arena < nwhy + ndetail) {
		slot_post(x);
		s = slot_get(x);
	}
	if (why)
		slot_copy(s, why, nwhy, &w);
	if (detail)
		slot_copy(s, detail, ndetail, &d);
	s->why[s->nrow] = w;
	s->detail[s->nrow] = d;
	for (k = 0; k < x->nwant; k++)
		s->cell[(size_t)k * x->stride + s->nrow] = (struct w_slice){ 0, W_NONE };
	put_span(s, span, kind);
	s->nrow++;
	return TCS_OK;
}

static int
src_reject(struct tcs_ctx *x, const struct tcs_span *span, const char *why, const char *detail)
{
	if (why == NULL)
		return answer_fail(x, TCS_EPLUGIN, "rejects a record and does not say why");
	if (!x->broken)
		snprintf(x->why, sizeof x->why, "%s%s%s", why, detail ? ": " : "", detail ? detail : "");
	return put_other(x, span, W_REJECT, why, detail);
}

static int
src_skip(struct tcs_ctx *x, const struct tcs_span *span)
{
	return put_other(x, span, W_SKIP, NULL, NULL);
}

/* ---- columns ---------------------------------------------------------------- */

static int
put_names(struct tcs_ctx *x, const struct tcs_slice *name, uint32_t n)
{
	struct w_slot *s;
	uint32_t i;

	if (x->cur && x->cur->nrow)
		slot_post(x);
	s = slot_get(x);
	for (i = 0; i < n; i++)
		if (name[i].p == NULL || !slot_copy(s, name[i].p, name[i].n, &s->cell[i]))
			return answer_fail(x, TCS_EINPUT, "the names of its columns are longer than %u MiB",
			    W_ARENA >> 20);
	s->kind = W_SLOT_COLUMNS;
	s->nrow = n;
	s->ncol = 1;
	slot_post(x);
	return TCS_OK;
}

static int
src_columns(struct tcs_ctx *x, const struct tcs_slice *name, uint32_t n, uint8_t *want)
{
	uint32_t i;

	if (!x->broken && (n == 0 || n > W_COLUMNS))
		return answer_fail(x, TCS_EINPUT, "%u columns, at most %u are read", n, W_COLUMNS);
	if (x->broken || put_names(x, name, n) != TCS_OK)
		return x->broken;
	x->layout++;
	while (!have_layout(x, x->layout))
		doze(x, WANTS_WORD, have_layout, x->layout);
	x->nwant = 0;
	for (i = 0; i < n; i++) {
		want[i] = x->host->want[i];
		x->nwant += want[i] != 0;
	}
	x->most = w_rows(x->nwant);
	x->stride = w_stride(x->nwant);
	return TCS_OK;
}

/* ---- log and memory ----------------------------------------------------------- */

static void
log_put(struct tcs_ctx *x, int level, const char *text)
{
	if (x->nlog < W_LOGS && (x->log[x->nlog].text = strdup(text)) != NULL)
		x->log[x->nlog++].level = level;
}

__attribute__((format(printf, 3, 4))) static void
src_log(struct tcs_ctx *x, int level, const char *fmt, ...)
{
	char text[W_LOG_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (level <= TCS_ERR && !x->broken)
		snprintf(x->why, sizeof x->why, "%.299s", text);
	if (x->serving) {
		log_put(x, level, text);
		return;
	}
	say_log(level, text);
}

static void *
src_alloc(struct tcs_ctx *x, int life, size_t n)
{
	switch (life) {
	case TCS_BATCH:
		return x->serving ? slot_alloc(x, n) : pool_alloc(&x->scratch, n);
	case TCS_INPUT:
		return pool_alloc(&x->input, n);
	case TCS_INSTANCE:
		return pool_alloc(&x->instance, n);
	}
	return pool_alloc(&x->scratch, n);
}

const struct tcs_source_host answer_table = {
	.h = { sizeof(struct tcs_source_host), TCS_ABI_MAJOR, TCS_ABI_MINOR, src_log, src_alloc },
	.columns = src_columns, .rows = src_rows, .reject = src_reject, .skip = src_skip,
};

/* ---- an input ------------------------------------------------------------------ */

bool
answer_map(struct tcs_ctx *x, uint64_t ring)
{
	struct stat w, a;
	char *twice;
	int i;

	if (fstat(W_FD_WINDOW, &w) < 0 || fstat(W_FD_ANSWERS, &a) < 0 ||
	    (uint64_t)w.st_size != W_WINDOW_SIZE(ring) ||
	    (uint64_t)a.st_size != W_ANSWERS_SIZE)
		return false;
	x->host = mmap(NULL, W_RING_AT, PROT_READ, MAP_SHARED, W_FD_WINDOW, 0);
	x->worker = mmap(NULL, W_ANSWERS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, W_FD_ANSWERS, 0);
	twice = mmap(NULL, 2 * ring, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (x->host == MAP_FAILED || x->worker == MAP_FAILED || twice == MAP_FAILED)
		return false;
	for (i = 0; i < 2; i++)
		if (mmap(twice + i * ring, ring, PROT_READ, MAP_SHARED | MAP_FIXED, W_FD_WINDOW,
		    W_RING_AT) == MAP_FAILED)
			return false;
	x->slots = (void *)((char *)x->worker + W_SLOTS_AT);
	x->ring = twice;
	x->ring_size = ring;
	return true;
}

void
answer_begin(struct tcs_ctx *x)
{
	x->serving = true;
	x->worker->posted = __atomic_load_n(&x->host->taken, __ATOMIC_ACQUIRE);
	x->worker->asleep = AWAKE;
}

void
answer_feed(struct tcs_ctx *x, uint64_t base, uint32_t len)
{
	if (x->cur && x->cur->nrow == 0)	/* memory taken before, now of this feed */
		x->cur->base = base, x->cur->shown = len;
	x->buf = x->ring + base % x->ring_size;
	x->base = base;
	x->len = len;
}

static void
post_logs(struct tcs_ctx *x)
{
	uint32_t i;

	for (i = 0; i < x->nlog; i++) {
		struct w_slot *s;
		struct w_slice w;

		if (x->log[i].text == NULL)
			continue;
		if (x->cur && x->cur->nrow)
			slot_post(x);
		s = slot_get(x);
		s->arena = 0;
		s->kind = W_SLOT_LOG;
		s->rc = x->log[i].level;
		slot_copy(s, x->log[i].text, strlen(x->log[i].text), &w);
		free(x->log[i].text);
		x->log[i].text = NULL;
		slot_post(x);
	}
}

void
answer_fed(struct tcs_ctx *x, uint32_t used)
{
	struct w_slot *s = slot_get(x);

	s->last = 1;
	s->used = used;
	slot_post(x);
	x->buf = NULL;
	pool_drop(&x->scratch);
	post_logs(x);
}

void
answer_done(struct tcs_ctx *x, int rc)
{
	struct w_slot *s;
	struct w_slice w;

	if (x->cur && x->cur->nrow)
		slot_post(x);
	post_logs(x);
	s = slot_get(x);
	s->kind = W_SLOT_DONE;
	s->rc = rc;
	s->arena = s->nrow = 0;
	slot_copy(s, x->why, strlen(x->why), &w);
	slot_post(x);
}
