/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See ring.h.  A side that goes to sleep says so, then looks once more; a side
 * that has news tells it, then looks whether the other sleeps.  With a full
 * fence between the two in both, one of them sees the other.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
#include "2-decode/ring.h"
#include "mem.h"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

static int
make_memory(const char *name, uint64_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && ftruncate(fd, (off_t)size) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool
map_window(struct ring *r)
{
	int prot = PROT_READ | PROT_WRITE, i;
	char *twice;

	r->host = mmap(NULL, W_RING_AT, prot, MAP_SHARED, r->window, 0);
	if (r->host == MAP_FAILED) {
		r->host = NULL;
		return false;
	}
	twice = mmap(NULL, 2 * r->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (twice == MAP_FAILED)
		return false;
	r->bytes = twice;
	for (i = 0; i < 2; i++)
		if (mmap(twice + (uint64_t)i * r->size, r->size, prot, MAP_SHARED | MAP_FIXED, r->window,
		    W_RING_AT) == MAP_FAILED)
			return false;
	/* From here on nobody can map it writable: what the host has mapped is all there is. */
	return fcntl(r->window, F_ADD_SEALS,
	    F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
}

static bool
map_answers(struct ring *r)
{
	void *p = mmap(NULL, W_ANSWERS_SIZE, PROT_READ, MAP_SHARED, r->answers, 0);

	if (p == MAP_FAILED)
		return false;
	r->worker = p;
	r->slots = (const void *)((const char *)p + W_SLOTS_AT);
	return fcntl(r->answers, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
}

struct ring *
ring_new(uint64_t size, struct err *e)
{
	struct ring *r = xcalloc(1, sizeof *r);

	r->size = size;
	r->window = make_memory("tocsin-window", W_WINDOW_SIZE(size));
	r->answers = make_memory("tocsin-answers", W_ANSWERS_SIZE);
	r->wake_worker = eventfd(0, EFD_CLOEXEC);
	r->wake_host = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (r->window >= 0 && r->answers >= 0 && r->wake_worker >= 0 && r->wake_host >= 0 && map_window(r) &&
	    map_answers(r))
		return r;
	err_set(e, "cannot make the memory shared with a worker: %s", strerror(errno));
	ring_free(r);
	return NULL;
}

void
ring_free(struct ring *r)
{
	int i;

	if (r == NULL)
		return;
	if (r->host)
		munmap(r->host, W_RING_AT);
	if (r->bytes)
		munmap(r->bytes, 2 * r->size);
	if (r->worker)
		munmap((void *)(uintptr_t)r->worker, W_ANSWERS_SIZE);
	for (i = 0; i < 4; i++) {
		int fd[] = { r->window, r->answers, r->wake_worker, r->wake_host };

		if (fd[i] >= 0)
			close(fd[i]);
	}
	free(r);
}

void
ring_begin(struct ring *r)
{
	r->filled = r->freed = 0;
	r->eof = false;
	r->host->filled = 0;
	r->host->eof = 0;
	r->host->layout = 0;
	r->host->asleep = 0;
	__atomic_store_n(&r->host->taken, r->taken, __ATOMIC_SEQ_CST);
}

/* ---- waking ------------------------------------------------------------------ */

static void
wake(struct ring *r)
{
	uint64_t one = 1;

	while (write(r->wake_worker, &one, sizeof one) < 0 && errno == EINTR)
		;
}

/* The worker says 1 when it waits for bytes or a word, 2 for slots: then it is woken when there are some. */
static void
told_word(struct ring *r)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&r->worker->asleep, __ATOMIC_RELAXED) == 1)
		wake(r);
}

bool
ring_starved(const struct ring *r)
{
	return __atomic_load_n(&r->worker->asleep, __ATOMIC_ACQUIRE) == 1 &&
	    __atomic_load_n(&r->worker->looked, __ATOMIC_ACQUIRE) == r->filled;
}

bool
ring_doze(struct ring *r)
{
	__atomic_store_n(&r->host->asleep, 1, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&r->worker->posted, __ATOMIC_ACQUIRE) == r->taken)
		return true;
	r->host->asleep = 0;
	return false;
}

void
ring_woke(struct ring *r)
{
	uint64_t n;

	__atomic_store_n(&r->host->asleep, 0, __ATOMIC_RELAXED);
	if (read(r->wake_host, &n, sizeof n) < 0)
		return;		/* it was something else */
}

/* ---- the window ---------------------------------------------------------------- */

char *
ring_space(const struct ring *r, size_t *n)
{
	*n = r->eof ? 0 : r->size - (r->filled - r->freed);
	return r->bytes + r->filled % r->size;
}

void
ring_filled(struct ring *r, size_t n)
{
	r->filled += n;
	__atomic_store_n(&r->host->filled, r->filled, __ATOMIC_RELEASE);
	told_word(r);
}

void
ring_end(struct ring *r)
{
	r->eof = true;
	__atomic_store_n(&r->host->eof, 1, __ATOMIC_RELEASE);
	told_word(r);
}

void
ring_freed(struct ring *r, uint64_t upto)
{
	r->freed = upto;
}

/* ---- the answers ---------------------------------------------------------------- */

static uint32_t
posted(const struct ring *r)
{
	return __atomic_load_n(&r->worker->posted, __ATOMIC_ACQUIRE) - r->taken;
}

const struct w_slot *
ring_posted(const struct ring *r)
{
	uint32_t n = posted(r);

	return n && n <= W_SLOTS ? &r->slots[r->taken % W_SLOTS] : NULL;
}

bool
ring_lied(const struct ring *r)
{
	return posted(r) > W_SLOTS;
}

void
ring_taken(struct ring *r)
{
	uint32_t asleep;

	__atomic_store_n(&r->host->taken, ++r->taken, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	asleep = __atomic_load_n(&r->worker->asleep, __ATOMIC_RELAXED);
	if (asleep == 2 && (int32_t)(r->taken - __atomic_load_n(&r->worker->until, __ATOMIC_RELAXED)) >= 0)
		wake(r);
}

void
ring_columns(struct ring *r, const uint8_t *want, uint32_t n)
{
	memcpy(r->host->want, want, n);
	__atomic_store_n(&r->host->layout, r->host->layout + 1, __ATOMIC_RELEASE);
	told_word(r);
}
