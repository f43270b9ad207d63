/* SPDX-License-Identifier: Apache-2.0 */
/* See frame.h.  The socket may be blocking or not: every read and write is asked not to wait, poll does the
 * waiting. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include "frame.h"

#define HEAD	8u
#define PIECE	65536u

int64_t
frame_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* 1: ready, 0: time is up, -1: error.  until -1: no limit. */
static int
wait_for(int fd, short events, int64_t until)
{
	struct pollfd p = { fd, events, 0 };
	int64_t left = -1;
	int n;

	do {
		if (until >= 0 && (left = until - frame_clock()) < 0)
			left = 0;
		n = poll(&p, 1, left > INT_MAX ? INT_MAX : (int)left);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -1 : n;
}

static bool
send_all(int fd, const char *p, size_t n, int64_t until)
{
	while (n > 0) {
		ssize_t done = send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (done < 0 && errno != EINTR && errno != EAGAIN)
			return false;
		if (done < 0) {
			int ready = errno == EINTR ? 1 : wait_for(fd, POLLOUT, until);

			if (ready == 0)
				errno = ETIMEDOUT;
			if (ready <= 0)
				return false;
			continue;
		}
		p += done;
		n -= (size_t)done;
	}
	return true;
}

bool
frame_send(int fd, uint32_t type, const void *p, size_t n, int timeout_ms)
{
	int64_t until = timeout_ms < 0 ? -1 : frame_clock() + timeout_ms;
	uint32_t head[2] = { (uint32_t)n, type };

	return send_all(fd, (const char *)head, sizeof head, until) && send_all(fd, p, n, until);
}

void
frames_init(struct frames *f, int fd, uint32_t most)
{
	memset(f, 0, sizeof *f);
	f->fd = fd;
	f->most = most;
}

void
frames_free(struct frames *f)
{
	if (f->in.p)
		explicit_bzero(f->in.p, f->in.cap);
	buf_free(&f->in);
}

/* 1: whole, 0: not yet, -1: longer than it may be. */
static int
look(const struct frames *f, uint32_t head[2])
{
	if (f->in.n - f->used < HEAD)
		return 0;
	memcpy(head, f->in.p + f->used, HEAD);
	if (head[0] > f->most)
		return -1;
	return f->in.n - f->used - HEAD >= head[0];
}

bool
frames_pending(const struct frames *f)
{
	uint32_t head[2];

	return look(f, head) != 0;
}

static void
drop_used(struct frames *f)
{
	if (f->used == 0)
		return;
	memmove(f->in.p, f->in.p + f->used, f->in.n - f->used);
	f->in.n -= f->used;
	f->used = 0;
}

int
frames_next(struct frames *f, int timeout_ms)
{
	int64_t until = timeout_ms < 0 ? -1 : frame_clock() + timeout_ms;
	uint32_t head[2];
	int got;

	while ((got = look(f, head)) == 0) {
		ssize_t n;

		drop_used(f);
		buf_need(&f->in, PIECE);
		n = recv(f->fd, f->in.p + f->in.n, PIECE, MSG_DONTWAIT);
		if (n > 0) {
			f->in.n += (size_t)n;
			continue;
		}
		if (n == 0) {
			errno = 0;
			return -1;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return -1;
		if ((got = wait_for(f->fd, POLLIN, until)) <= 0)
			return got;
	}
	if (got < 0) {
		errno = EMSGSIZE;
		return -1;
	}
	f->type = head[1];
	f->p = f->in.p + f->used + HEAD;
	f->n = head[0];
	f->used += HEAD + head[0];
	return 1;
}
