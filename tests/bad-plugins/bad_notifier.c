/* SPDX-License-Identifier: Apache-2.0 */
/* A notifier that does well when the address is "good", and otherwise the evil that its option says. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <tocsin/plugin.h>
#include "worker/wire.h"

#define EVILS(X) X(good) X(open_crash) X(open_refuse) X(crash) X(kill) X(exit) X(hang) X(odd_answer) \
	X(no_answer) X(fail) \
	X(long_reply) X(for_ever) X(garbage) X(flood) X(render_crash) X(render_none) X(render_type) \
	    X(render_refuse) X(check_refuse) \
	X(look_around)
#define ENUM(x) E_##x,
#define NAME(x) #x "|"
enum evil { EVILS(ENUM) };

struct bad {
	struct tcs_ctx				*ctx;
	const struct tcs_notifier_host		*host;
	enum evil				 how;
	const char				*secret;
};

static const struct tcs_opt opts[] = {
	{ "how", TCS_T_ENUM, 0, "good", EVILS(NAME) "none", "What it does wrong." },
	{ "secret", TCS_T_SECRET, TCS_O_OPTIONAL, NULL, NULL, "A secret." },
};

static int
bad_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct bad *b = h->alloc(ctx, TCS_INSTANCE, sizeof *b);

	if (b == NULL)
		return TCS_ENOMEM;
	b->ctx = ctx;
	b->host = (const struct tcs_notifier_host *)(const void *)h;
	b->how = (enum evil)opt[0].v.i;
	b->secret = opt[1].n ? opt[1].v.s : NULL;
	if (b->how == E_open_crash)
		raise(SIGSEGV);
	if (b->how == E_open_refuse) {
		h->log(ctx, TCS_ERR, "how: not like this");
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

/* Whether a file of /proc holds the text. */
static int
holds(const char *path, const char *text)
{
	char all[65536];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd >= 0 ? read(fd, all, sizeof all) : -1;

	if (fd >= 0)
		close(fd);
	return n > 0 && memmem(all, (size_t)n, text, strlen(text)) != NULL;
}

static int
look_around(struct bad *b, struct tcs_result *r)
{
	int i, open_fds = 0;

	for (i = W_FD_SOCKET + 1; i < 1024; i++)
		open_fds += fcntl(i, F_GETFD) >= 0;
	r->answer = TCS_DELIVERED;
	snprintf(r->reply, sizeof r->reply,
	    "secret %s, in its environment %d, in its arguments %d, descriptors %d", b->secret,
	    holds("/proc/self/environ", b->secret), holds("/proc/self/cmdline", b->secret), open_fds);
	return TCS_OK;
}

static int
violence(struct bad *b, struct tcs_result *r)
{
	static const char junk[] = "\xff\xff\xff\xff\xff\xff\xff\xff lorem ipsum";
	volatile int yes = 1;
	uint32_t message[3] = { 4, W_LOG, 0 };

	switch (b->how) {
	case E_crash:
		raise(SIGSEGV);
		break;
	case E_kill:
		kill(getpid(), SIGKILL);
		break;
	case E_exit:
		_exit(0);
	case E_garbage:
		if (write(W_FD_SOCKET, junk, sizeof junk) < 0)
			_exit(1);
		break;
	case E_flood:
		while (write(W_FD_SOCKET, message, sizeof message) > 0)
			;
		break;
	default:
		break;
	}
	while (yes)
		pause();
	r->answer = TCS_DELIVERED;
	return TCS_OK;
}

static int
bad_deliver(void *inst, const struct tcs_warning *w, struct tcs_result *r)
{
	struct bad *b = inst;

	r->answer = TCS_DELIVERED;
	if (strcmp(w->address, "good") == 0 || b->how == E_good) {
		snprintf(r->reply, sizeof r->reply, "%s %s %zu", w->key, w->subject ? w->subject : "-",
		    w->nbytes);
		return TCS_OK;
	}
	switch (b->how) {
	case E_odd_answer:
		r->answer = 77;
		return TCS_OK;
	case E_no_answer:
		r->answer = 0;
		return TCS_OK;
	case E_fail:
		b->host->h.log(b->ctx, TCS_ERR, "the line is dead");
		return TCS_EPLUGIN;
	case E_long_reply:
		memset(r->reply, '\033', sizeof r->reply);
		memset(r->remote, 0xe2, sizeof r->remote);
		return TCS_OK;
	case E_for_ever:
		r->answer = TCS_LATER;
		r->after = UINT32_MAX;
		return TCS_OK;
	case E_look_around:
		return look_around(b, r);
	default:
		return violence(b, r);
	}
}

static int
bad_render(void *inst, const struct tcs_warning *w)
{
	struct bad *b = inst;

	switch (b->how) {
	case E_render_crash:
		raise(SIGSEGV);
		return TCS_OK;
	case E_render_none:
		return TCS_OK;
	case E_render_type:
		return b->host->out(b->ctx, "text/plain\r\nBcc: x", "x", 1);
	case E_render_refuse:
		b->host->h.log(b->ctx, TCS_ERR, "no part that I can use");
		return TCS_EINPUT;
	default:
		return b->host->out(b->ctx, w->part[0].type, w->part[0].p, w->part[0].n);
	}
}

static int
bad_check(void *inst, char *why, size_t n)
{
	struct bad *b = inst;

	snprintf(why, n, "%s", b->how == E_check_refuse ? "nobody is there" : "all is well");
	return b->how == E_check_refuse ? TCS_EPLUGIN : TCS_OK;
}

static const struct tcs_notifier notifier = {
	.size = sizeof notifier, .render = bad_render, .deliver = bad_deliver, .check = bad_check,
};

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = { TCS_PLUGIN_HEAD(TCS_NOTIFIER),
	.name = "bad-notifier", .version = "1.0", .license = "Apache-2.0", .summary = "Does what it must not",
	.opts = opts, .nopt = sizeof opts / sizeof *opts, .open = bad_open, .close = bad_close,
	    .ops.notifier = &notifier };
