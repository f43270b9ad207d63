/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serving as a notifier.  The parent only watches: for the host's end and for
 * its child's, after which it ends as the child did, so that the host learns
 * the signal.  The child opens the plugin with its options, secrets among
 * them, which came over the socket, and then does as it is told, one warning
 * at a time.  Before deliver is called it says so: from that moment a death
 * means that nobody knows whether the warning was handed over.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fence.h"
#include "pool.h"
#include "worker.h"

#define MOST_PARTS 64u

struct tcs_ctx {
	const struct tcs_notifier	*n;
	void				*inst;
	struct limits			 limits;
	struct pool			 scratch, instance;
	char				 why[300];	/* the last error that was logged */
	uint32_t			 nlog;
	struct buf			 type, bytes;	/* what render made */
	bool				 made;
};

static void
note_log(struct tcs_ctx *x, int level, const char *fmt, ...)
{
	char text[W_LOG_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (level <= TCS_ERR)
		snprintf(x->why, sizeof x->why, "%.299s", text);
	if (x->nlog++ >= W_LOGS)
		return;
	say_log(level, text);
}

static void *
note_alloc(struct tcs_ctx *x, int life, size_t n)
{
	return pool_alloc(life == TCS_INSTANCE ? &x->instance : &x->scratch, n);
}

static int
note_out(struct tcs_ctx *x, const char *type, const void *p, size_t n)
{
	if (type == NULL || p == NULL || n > W_ANSWER / 2)
		return TCS_EPLUGIN;
	buf_reset(&x->type);
	buf_str(&x->type, type);
	buf_reset(&x->bytes);
	buf_add(&x->bytes, p, n);
	x->made = true;
	return TCS_OK;
}

static const struct tcs_notifier_host table = {
	{ sizeof(struct tcs_notifier_host), TCS_ABI_MAJOR, TCS_ABI_MINOR, note_log, note_alloc }, note_out
};

static bool
take_warning(const struct frames *in, struct arena *a, struct tcs_warning *w)
{
	struct unpack u = { in->p, in->n, false };
	const char **text[] = { &w->id, &w->key, &w->message_id, &w->answers, &w->sender, &w->recipient,
	    &w->address,
		&w->language, &w->subject };
	struct tcs_part *part;
	uint32_t i;

	memset(w, 0, sizeof *w);
	w->size = sizeof *w;
	w->tlp = unpack_u32(&u);
	for (i = 0; i < sizeof text / sizeof *text; i++)
		*text[i] = unpack_str(&u, a);
	w->npart = unpack_u32(&u);
	if (u.bad || w->npart > MOST_PARTS)
		return false;
	w->part = part = arena_alloc(a, (w->npart + 1) * sizeof *part);
	for (i = 0; i < w->npart; i++) {
		part[i].type = unpack_str(&u, a);
		part[i].name = unpack_str(&u, a);
		part[i].p = unpack_bytes(&u, &part[i].n);
	}
	w->bytes = unpack_bytes(&u, &w->nbytes);
	return unpack_end(&u);
}

static void
render(struct tcs_ctx *x, const struct tcs_warning *w)
{
	struct buf b;
	int rc;

	x->made = false;
	rc = x->n->render ? x->n->render(x->inst, w) : TCS_EPLUGIN;
	if (rc == TCS_OK && !x->made)
		rc = TCS_EPLUGIN;
	buf_init(&b);
	pack_u32(&b, (uint32_t)rc);
	pack_str(&b, rc == TCS_OK ? x->type.p : x->why);
	pack_bytes(&b, rc == TCS_OK ? x->bytes.p : NULL, x->bytes.n);
	say(W_RENDERED, &b);
	buf_free(&b);
}

static void
deliver(struct tcs_ctx *x, const struct tcs_warning *w)
{
	struct tcs_result r = { 0 };
	struct buf b;
	int rc = TCS_EPLUGIN;

	buf_init(&b);
	say(W_BEGUN, &b);
	if (x->n->deliver)
		rc = x->n->deliver(x->inst, w, &r);
	if (rc != TCS_OK && r.reply[0] == '\0')
		snprintf(r.reply, sizeof r.reply, "%.239s", x->why);
	pack_u32(&b, (uint32_t)rc);
	pack_u32(&b, r.answer);
	pack_u32(&b, r.after);
	pack_bytes(&b, r.reply, strnlen(r.reply, sizeof r.reply));
	pack_bytes(&b, r.remote, strnlen(r.remote, sizeof r.remote));
	say(W_RESULT, &b);
	buf_free(&b);
}

static void
check(struct tcs_ctx *x)
{
	char why[400] = "";
	struct buf b;
	int rc = x->n->check ? x->n->check(x->inst, why, sizeof why) : TCS_OK;

	why[sizeof why - 1] = '\0';
	buf_init(&b);
	pack_u32(&b, (uint32_t)rc);
	pack_str(&b, why[0] ? why : x->why);
	say(W_CHECKED, &b);
	buf_free(&b);
}

static void
serve_one(struct tcs_ctx *x, struct frames *in)
{
	struct arena *a = arena_new();
	struct tcs_warning w;

	hear(in);
	if (in->type != W_CHECK && !take_warning(in, a, &w))
		_exit(6);
	x->why[0] = '\0';
	x->nlog = 0;
	confine_cpu(x->limits.cpu);
	if (in->type == W_RENDER)
		render(x, &w);
	else if (in->type == W_DELIVER)
		deliver(x, &w);
	else
		check(x);
	pool_drop(&x->scratch);
	arena_free(a);
}

static void
child_main(const struct tcs_plugin *p, pid_t parent)
{
	static struct tcs_ctx x;
	struct arena *a = arena_new();
	struct tcs_val *opts;
	struct frames in;
	struct buf none;
	int rc;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(0);
	frames_init(&in, W_FD_SOCKET, W_MESSAGE);
	hear(&in);
	x.n = p->ops.notifier;
	if (!take_open(&in, p, a, &x.limits, &opts)) {
		say_text(W_REFUSES, "could not be given its options");
		_exit(1);
	}
	if (!confine_notifier(&x.limits) && confine_strict()) {
		say_text(W_REFUSES, "cannot be fenced in as isolate = \"strict\" demands");
		_exit(1);
	}
	confine_cpu(x.limits.cpu);
	rc = p->open(&x, &table.h, opts, &x.inst);
	if (rc != TCS_OK) {
		say_text(W_REFUSES, x.why[0] ? x.why : rc == TCS_ENOMEM ?
		    "ran out of memory when it was opened" :
		    "does not open with these options and does not say why");
		_exit(1);
	}
	fence_notes(NULL, W_LOG);
	buf_init(&none);
	say(W_READY, &none);
	for (;;)
		serve_one(&x, &in);
}

int
notifier_main(const struct tcs_plugin *p)
{
	pid_t me = getpid(), child = fork();
	struct rusage use;
	int status;

	if (child < 0)
		return 6;
	if (child == 0)
		child_main(p, me);
	prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);	/* from here on the socket tells that the host is gone */
	status = watch(child, &use);
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
	return WEXITSTATUS(status);
}
