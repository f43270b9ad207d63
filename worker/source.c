/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serving as a source.  The parent opens the plugin once and is then only a
 * mould: for each input it forks a child, which is fenced in, reads that one
 * input and ends, so that nothing of an input reaches the next and whatever it
 * breaks is gone with it.  The child never touches the socket.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "answer.h"
#include "fence.h"
#include "worker.h"

struct job {
	const struct tcs_plugin	*p;
	const struct tcs_source	*src;
	void			*inst;
	struct limits		 limits;
};

/* One feed; true when it was the last, or all is over. */
static bool
feed_once(struct tcs_ctx *x, const struct job *j, uint64_t *at, uint64_t *left, int *rc)
{
	bool whole = j->src->flags & TCS_S_WHOLE, eof;
	uint64_t filled, avail, most = whole ? W_WHOLE : W_SHOW;
	uint32_t shown;
	int64_t used;

	do {
		eof = answer_more(x, *at, *left, &filled);
		*left = filled - *at;
	} while (whole && !eof);	/* the host ends those that are too long */
	avail = filled - *at;
	shown = (uint32_t)(avail < most ? avail : most);
	eof = eof && shown == avail;
	confine_cpu(j->limits.cpu);
	answer_feed(x, *at, shown);
	used = j->src->feed(j->inst, x->buf, shown, eof);
	if (x->broken)
		*rc = x->broken;
	else if (used < 0)
		*rc = (int)(used < TCS_ENOMEM ? TCS_EPLUGIN : used);
	else if (used > shown)
		*rc = answer_fail(x, TCS_EPLUGIN, "feed used %lld of %u bytes", (long long)used, shown);
	else if (eof && used != shown)
		*rc = answer_fail(x, TCS_EPLUGIN, "feed left %lld bytes at the end",
		    (long long)(shown - used));
	else if (used == 0 && shown == most && !eof)
		*rc = answer_fail(x, TCS_EINPUT, "a record longer than %u MiB", W_SHOW >> 20);
	if (*rc != TCS_OK)
		return true;
	answer_fed(x, (uint32_t)used);
	*at += (uint64_t)used;
	*left = shown - (uint64_t)used;
	return eof;
}

static void
read_input(struct tcs_ctx *x, const struct job *j, const char *name)
{
	uint64_t at = 0, left = 0;
	int rc, end;

	answer_begin(x);
	confine_cpu(j->limits.cpu);
	rc = j->src->begin(j->inst, name);
	while (rc == TCS_OK && !feed_once(x, j, &at, &left, &rc))
		;
	x->buf = NULL;
	end = j->src->end(j->inst, rc != TCS_OK);
	answer_done(x, x->broken ? x->broken : rc != TCS_OK ? rc : end);
}

static void
child_main(struct tcs_ctx *x, const struct job *j, const char *name, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(0);
	close(W_FD_SOCKET);
	fence_notes(&x->worker->forbidden, 0);
	if (!confine_source(&j->limits) && confine_strict())
		_exit(7);
	read_input(x, j, name);
	_exit(0);
}

static void
tell_end(const struct tcs_ctx *x, int status, const struct rusage *u)
{
	char call[40];
	struct buf b;

	buf_init(&b);
	pack_u32(&b, (uint32_t)status);
	pack_u64(&b, (uint64_t)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000 +
	    (uint64_t)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1000);
	pack_u64(&b, (uint64_t)u->ru_maxrss);
	pack_str(&b, WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS && x->worker->forbidden != UINT32_MAX ?
	    fence_name(x->worker->forbidden, call, sizeof call) : NULL);
	say(W_ENDED, &b);
	buf_free(&b);
}

static void
serve(struct tcs_ctx *x, const struct job *j, struct frames *in)
{
	struct buf none;

	buf_init(&none);
	for (;;) {
		pid_t me = getpid(), child;
		struct rusage use;
		struct arena *a = arena_new();
		struct unpack u;
		const char *name;
		int status;

		hear(in);
		u = (struct unpack){ in->p, in->n, in->type != W_INPUT };
		name = unpack_str(&u, a);
		x->worker->forbidden = UINT32_MAX;
		if (!unpack_end(&u) || name == NULL || (child = fork()) < 0)
			_exit(6);
		if (child == 0)
			child_main(x, j, name, me);
		arena_free(a);
		say(W_READY, &none);
		status = watch(child, &use);
		tell_end(x, status, &use);
	}
}

int
source_main(const struct tcs_plugin *p)
{
	static struct tcs_ctx x;
	struct job j = { p, p->ops.source, NULL, { 0 } };
	struct arena *a = arena_new();
	struct tcs_val *opts;
	struct frames in;
	struct buf none;
	int rc;

	frames_init(&in, W_FD_SOCKET, W_MESSAGE);
	hear(&in);
	if (!take_open(&in, p, a, &j.limits, &opts) || !answer_map(&x, j.limits.ring)) {
		say_text(W_REFUSES, "could not be given its options and memory");
		return 1;
	}
	rc = p->open(&x, &answer_table.h, opts, &j.inst);
	if (rc != TCS_OK) {
		say_text(W_REFUSES, x.why[0] ? x.why : rc == TCS_ENOMEM ?
		    "ran out of memory when it was opened" :
		    "does not open with these options and does not say why");
		return 1;
	}
	prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);	/* from here on the socket tells that the host is gone */
	fence_notes(NULL, 0);
	buf_init(&none);
	say(W_READY, &none);
	serve(&x, &j, &in);
	return 0;
}
