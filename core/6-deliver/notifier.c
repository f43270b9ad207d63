/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See notifier.h: the host's side of one notifier's worker.  The one question
 * that matters when a worker dies is whether it had begun to deliver; it says
 * so before it does, so a death before that word is later, after it unknown.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "6-deliver/notifier.h"
#include "buf.h"
#include "frame.h"
#include "log.h"
#include "mem.h"
#include "pack.h"
#include "process.h"
#include "utf8.h"
#include "worker/wire.h"
#include <tocsin/slice.h>

#define START_MS	30000		/* to load and open */
#define RENDER_MS	60000
#define CHECK_MS	120000
#define DELIVER_MS	600000		/* unless the plugin has an option "timeout" */
#define SPARE_MS	30000		/* on top of that option */
#define CPU_SECONDS	60u
#define MEMORY		(UINT64_C(1) << 30)
#define MOST_AFTER	(7u * 86400u)	/* later is not never */

#define FILES		16

struct notifier {
	const struct plugin	*p;
	struct buf		 open;		/* W_OPEN, to start it again; holds secrets */
	struct process		 proc;
	struct frames		 in;
	const char		*files[FILES + 1];	/* that its options name */
	int64_t			 limit;		/* ms for one hand-over */
	bool			 delivering, begun;
	int64_t			 until;
};

/* ---- the process -------------------------------------------------------------------- */

static void
bury(struct notifier *n)
{
	process_kill(&n->proc);
	frames_free(&n->in);
}

static void
take_log(const struct notifier *n)
{
	struct unpack u = { n->in.p, n->in.n, false };
	struct arena *a = arena_new();
	uint32_t level = unpack_u32(&u);
	const char *text = unpack_str(&u, a);

	if (text)
		log_line(level <= TCS_ERR ? LOG_ERR_ : level <= TCS_WARNING ? LOG_WARN_ : level <= TCS_INFO ?
		    LOG_INFO_ :
		    LOG_DEBUG_, "plugin %s: %s", n->p->name, text);
	arena_free(a);
}

/* How it died, when the socket ended or said what it must not. Ends the process. */
static void
why_dead(struct notifier *n, int got, char *why, size_t size)
{
	int status;

	if (got > 0 || errno == EMSGSIZE) {
		snprintf(why, size, "broke the contract: a message of type %u", got > 0 ? n->in.type : 0);
		bury(n);
		return;
	}
	status = process_end(&n->proc, 1000);
	process_why(why, size, status, CPU_SECONDS);
	bury(n);
}

/* The next message but logs. False: err says why, and the process is gone. */
static bool
expect(struct notifier *n, uint32_t type, uint32_t other, int limit, const char *doing, struct err *e)
{
	int64_t until = frame_clock() + limit, left;
	char why[200];
	int got;

	do {
		left = until - frame_clock();
		got = frames_next(&n->in, left > 0 ? (int)left : 0);
		if (got == 1 && n->in.type == W_LOG &&
		    type != W_READY)	/* an error to open comes again, as the reason */
			take_log(n);
	} while (got == 1 && n->in.type == W_LOG && left > 0);
	if (got == 1 && (n->in.type == type || n->in.type == other))
		return true;
	if (got == 0 || (got == 1 && n->in.type == W_LOG)) {
		bury(n);
		return err_set(e, "plugin \"%s\" did not %s within %d s", n->p->name, doing, limit / 1000);
	}
	why_dead(n, got, why, sizeof why);
	return err_set(e, "plugin \"%s\" %s when it was to %s", n->p->name, why, doing);
}

static bool
start(struct notifier *n, struct err *e)
{
	struct arena *a;
	struct unpack u;

	if (n->proc.pid)
		return true;
	if (!process_start(&n->proc, "notifier", n->p->path, NULL, 0, n->files, e))
		return false;
	frames_init(&n->in, n->proc.fd, W_ANSWER);
	if (!frame_send(n->proc.fd, W_OPEN, n->open.p, n->open.n, START_MS) && errno != EPIPE) {
		err_set(e, "plugin \"%s\" cannot be told its options: %s", n->p->name, strerror(errno));
		bury(n);
		return false;
	}
	if (!expect(n, W_READY, W_REFUSES, START_MS, "open", e))
		return false;
	if (n->in.type == W_READY)
		return true;
	a = arena_new();
	u = (struct unpack){ n->in.p, n->in.n, false };
	err_set(e, "plugin \"%s\": %s", n->p->name, unpack_str(&u, a));
	arena_free(a);
	bury(n);
	return false;
}

/* A plugin that has a time limit of its own gets that, and a little more to say so. */
static int64_t
limit_of(const struct plugin *p, const struct tcs_val *opts)
{
	uint32_t i;

	for (i = 0; i < p->nopt; i++)
		if (strcmp(p->opts[i].name, "timeout") == 0 && p->opts[i].type == TCS_T_DURATION &&
		    opts[i].n == 1 &&
		    opts[i].v.i > 0 && opts[i].v.i < 86400)
			return opts[i].v.i * 1000 + SPARE_MS;
	return DELIVER_MS;
}

static void
take_files(struct notifier *n, const struct tcs_val *opts)
{
	uint32_t i, k = 0;

	for (i = 0; i < n->p->nopt && k < FILES; i++)
		if (n->p->opts[i].flags & TCS_O_PATH && opts[i].n == 1 && opts[i].v.s != NULL)
			n->files[k++] = xstrdup(opts[i].v.s);
}

struct notifier *
notifier_start(const struct plugin *p, const struct tcs_val *opts, struct err *e)
{
	struct notifier *n = xcalloc(1, sizeof *n);

	n->p = p;
	n->limit = limit_of(p, opts);
	take_files(n, opts);
	pack_u64(&n->open, MEMORY);
	pack_u32(&n->open, CPU_SECONDS);
	pack_u64(&n->open, 0);
	process_pack_values(&n->open, p, opts);
	if (start(n, e))
		return n;
	notifier_stop(n);
	return NULL;
}

void
notifier_limit(struct notifier *n, int64_t ms)
{
	n->limit = ms;
}

void
notifier_stop(struct notifier *n)
{
	uint32_t i;

	if (n == NULL)
		return;
	bury(n);
	explicit_bzero(n->open.p, n->open.n);
	buf_free(&n->open);
	for (i = 0; n->files[i] != NULL; i++)
		free((char *)(uintptr_t)n->files[i]);
	free(n);
}

/* ---- what it is told -------------------------------------------------------------------- */

static void
pack_warning(struct buf *b, const struct tcs_warning *w)
{
	const char *const text[] = { w->id, w->key, w->message_id, w->answers, w->sender, w->recipient,
	    w->address, w->language,
		w->subject };
	uint32_t i;

	pack_u32(b, w->tlp);
	for (i = 0; i < sizeof text / sizeof *text; i++)
		pack_str(b, text[i]);
	pack_u32(b, w->npart);
	for (i = 0; i < w->npart; i++) {
		pack_str(b, w->part[i].type);
		pack_str(b, w->part[i].name);
		pack_bytes(b, w->part[i].p, w->part[i].n);
	}
	pack_bytes(b, w->bytes, w->nbytes);
}

static bool
tell(struct notifier *n, uint32_t verb, const struct tcs_warning *w, struct err *e)
{
	struct buf b;
	bool good;

	if (n->delivering)
		return err_set(e, "plugin \"%s\" is still handing a warning over", n->p->name);
	if (!start(n, e))
		return false;
	buf_init(&b);
	if (w)
		pack_warning(&b, w);
	good = b.n <= W_MESSAGE && frame_send(n->proc.fd, verb, b.p, b.n, START_MS);
	if (!good)
		err_set(e, "plugin \"%s\" cannot be given the warning: %s", n->p->name, b.n > W_MESSAGE ?
		    "it is too large" :
		    strerror(errno));
	if (!good && b.n <= W_MESSAGE)
		bury(n);
	buf_free(&b);
	return good;
}

static bool
good_type(const char *s)
{
	size_t n = s ? strlen(s) : 0, i;

	for (i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~')
			return false;
	return n > 0 && n < 200 && strchr(s, '/');
}

bool
notifier_render(struct notifier *n, const struct tcs_warning *w, struct arena *a, const char **type,
    const char **bytes,
    size_t *nbytes, struct err *e)
{
	struct unpack u;
	const char *p;
	char *text;
	int rc;

	if (!tell(n, W_RENDER, w, e) || !expect(n, W_RENDERED, W_RENDERED, RENDER_MS, "render", e))
		return false;
	u = (struct unpack){ n->in.p, n->in.n, false };
	rc = (int)unpack_u32(&u);
	text = unpack_str(&u, a);
	p = unpack_bytes(&u, nbytes);
	if (rc != TCS_OK)
		return err_set(e, "plugin \"%s\" cannot render the warning: %s", n->p->name, text && text[0] ?
		    text :
		    "it does not say why");
	if (!unpack_end(&u) || p == NULL || *nbytes == 0 || !good_type(text)) {
		bury(n);
		return err_set(e,
		    "plugin \"%s\" broke the contract: it rendered nothing, or of no proper media type",
		    n->p->name);
	}
	*type = text;
	*bytes = arena_strndup(a, p, *nbytes);
	return true;
}

bool
notifier_check(struct notifier *n, struct err *e)
{
	struct unpack u;
	struct arena *a;
	const char *why;
	int rc;

	if (!tell(n, W_CHECK, NULL, e) || !expect(n, W_CHECKED, W_CHECKED, CHECK_MS, "check itself", e))
		return false;
	a = arena_new();
	u = (struct unpack){ n->in.p, n->in.n, false };
	rc = (int)unpack_u32(&u);
	why = unpack_str(&u, a);
	if (rc != TCS_OK)
		err_set(e, "plugin \"%s\": %s", n->p->name, why && why[0] ? why :
		    "does not work and does not say why");
	arena_free(a);
	return rc == TCS_OK;
}

/* ---- handing over -------------------------------------------------------------------------- */

bool
notifier_begin(struct notifier *n, const struct tcs_warning *w, struct err *e)
{
	if (!tell(n, W_DELIVER, w, e))
		return false;
	n->delivering = true;
	n->begun = false;
	n->until = frame_clock() + n->limit;
	return true;
}

int
notifier_fd(const struct notifier *n)
{
	return n->proc.fd;
}

/* Text of the plugin as one safe line that fits. */
static void
take_text(char *out, size_t size, const char *p, size_t n)
{
	struct buf b;

	buf_init(&b);
	utf8_safe(&b, p, p ? n : 0);
	while (b.n >= size || (b.n && !utf8_valid(b.p, b.n)))
		b.p[--b.n] = '\0';
	memcpy(out, b.p ? b.p : "", b.n + 1);
	buf_free(&b);
}

static int
over(struct notifier *n, struct tcs_result *out, uint32_t answer, const char *why)
{
	struct buf b;

	n->delivering = false;
	memset(out, 0, sizeof *out);
	out->answer = answer;
	buf_init(&b);
	buf_printf(&b, "plugin \"%s\" %s", n->p->name, why);
	take_text(out->reply, sizeof out->reply, b.p, b.n);
	buf_free(&b);
	return 1;
}

static int
take_result(struct notifier *n, struct tcs_result *out)
{
	struct unpack u = { n->in.p, n->in.n, false };
	int rc = (int)unpack_u32(&u);
	size_t len;
	const char *p;
	char why[300];

	memset(out, 0, sizeof *out);
	out->answer = unpack_u32(&u);
	out->after = unpack_u32(&u);
	p = unpack_bytes(&u, &len);
	take_text(out->reply, sizeof out->reply, p, len);
	p = unpack_bytes(&u, &len);
	take_text(out->remote, sizeof out->remote, p, len);
	if (!n->begun || !unpack_end(&u) || (rc == TCS_OK && (out->answer < TCS_DELIVERED ||
	    out->answer > TCS_UNKNOWN))) {
		snprintf(why, sizeof why, "broke the contract: answer %u", out->answer);
		bury(n);
		return over(n, out, TCS_UNKNOWN, why);
	}
	if (rc != TCS_OK) {
		snprintf(why, sizeof why, "failed (%d): %.240s", rc, out->reply);
		bury(n);
		return over(n, out, TCS_UNKNOWN, why);
	}
	if (out->after > MOST_AFTER)
		out->after = MOST_AFTER;
	n->delivering = false;
	return 1;
}

int
notifier_poll(struct notifier *n, int timeout_ms, struct tcs_result *out)
{
	int64_t until = timeout_ms < 0 ? INT64_MAX : frame_clock() + timeout_ms;
	char why[200];
	int got;

	if (!n->delivering)
		return 0;
	for (;;) {
		int64_t now = frame_clock(), left = until < n->until ? until - now : n->until - now;

		got = frames_next(&n->in, left > 0 ? (int)left : 0);
		if (got == 1 && n->in.type == W_LOG) {
			take_log(n);
			if (frames_pending(&n->in))
				continue;	/* what is here already does not make
						 * the socket readable again */
		} else if (got == 1 && n->in.type == W_BEGUN && !n->begun) {
			n->begun = true;
			continue;
		} else if (got == 1 && n->in.type == W_RESULT)
			return take_result(n, out);
		else if (got != 0) {
			why_dead(n, got, why, sizeof why);
			return over(n, out, n->begun ? TCS_UNKNOWN : TCS_LATER, why);
		}
		if (frame_clock() >= n->until) {
			snprintf(why, sizeof why, "did not answer within %lld s", (long long)n->limit / 1000);
			bury(n);
			return over(n, out, n->begun ? TCS_UNKNOWN : TCS_LATER, why);
		}
		if (frame_clock() >= until)
			return 0;
	}
}
