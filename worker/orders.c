/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Talking to the host over the socket, and dying with it.  A worker has no
 * purpose without its host: when the socket ends, so does the process, and a
 * parent kills its child first.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "worker.h"

enum { GONE = 4 };		/* exit status: the host is not there any more */

void
say(uint32_t msg, const struct buf *body)
{
	if (!frame_send(W_FD_SOCKET, msg, body->p, body->n, -1))
		_exit(GONE);
}

void
say_text(uint32_t msg, const char *text)
{
	struct buf b;

	buf_init(&b);
	pack_str(&b, text);
	say(msg, &b);
	buf_free(&b);
}

void
say_log(int level, const char *text)
{
	struct buf b;

	buf_init(&b);
	pack_u32(&b, (uint32_t)level);
	pack_str(&b, text);
	say(W_LOG, &b);
	buf_free(&b);
}

void
hear(struct frames *in)
{
	if (frames_next(in, -1) <= 0)
		_exit(GONE);
}

static void
take_scalar(struct unpack *u, struct arena *a, uint32_t type, struct tcs_val *v)
{
	uint64_t bits;

	v->n = 1;
	v->type = type;
	switch (type) {
	case TCS_T_STR:
	case TCS_T_SECRET:
	case TCS_T_DATA:
		v->v.s = unpack_str(u, a);
		return;
	case TCS_T_REAL:
		bits = unpack_u64(u);
		memcpy(&v->v.r, &bits, sizeof v->v.r);
		return;
	}
	v->v.i = (int64_t)unpack_u64(u);
}

static void
take_value(struct unpack *u, struct arena *a, const struct tcs_opt *o, struct tcs_val *v)
{
	uint32_t n = unpack_u32(u), i;
	struct tcs_val *list;

	if (u->bad || n == 0 || n > u->n) {
		u->bad |= n > u->n;
		v->type = o->type;
		return;
	}
	if ((o->flags & TCS_O_LIST) == 0) {
		take_scalar(u, a, o->type, v);
		return;
	}
	list = arena_alloc(a, n * sizeof *list);
	for (i = 0; i < n; i++)
		take_scalar(u, a, o->type, &list[i]);
	*v = (struct tcs_val){ .n = n, .type = o->type, .v.list = list };
}

bool
take_open(const struct frames *in, const struct tcs_plugin *p, struct arena *a, struct limits *l,
    struct tcs_val **opts)
{
	struct unpack u = { in->p, in->n, in->type != W_OPEN };
	uint32_t i;

	l->memory = unpack_u64(&u);
	l->cpu = unpack_u32(&u);
	l->ring = unpack_u64(&u);
	*opts = arena_alloc(a, (p->nopt + 1) * sizeof **opts);
	for (i = 0; i < p->nopt && !u.bad; i++)
		take_value(&u, a, (const void *)((const char *)p->opts + (size_t)i * p->optsize),
		    &(*opts)[i]);
	return unpack_end(&u);
}

/* The socket's end is waited for together with the child's: a pidfd makes both descriptors. */
int
watch(pid_t child, struct rusage *use)
{
	struct pollfd fd[2] = { { W_FD_SOCKET, POLLRDHUP, 0 }, { (int)syscall(SYS_pidfd_open, child, 0),
	    POLLIN, 0 } };
	int status = 0;

	while (fd[1].fd >= 0 && poll(fd, 2, -1) < 0 && errno == EINTR)
		;
	if (fd[1].fd < 0 || fd[0].revents) {
		kill(child, SIGKILL);
		if (fd[1].fd >= 0)
			_exit(GONE);
	}
	while (wait4(child, &status, 0, use) < 0 && errno == EINTR)
		;
	close(fd[1].fd);
	return status;
}
