/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trial: a child with limits that loads the plugin and runs one function.
 * It says how it went in a shared page; what it did not say (a signal, an
 * exit, output) is told from outside.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kit/check/check.h"
#include "kit/check/fault.h"
#include "worker/worker.h"

#define CPU_SECONDS 3			/* for one run of one sample */
#define WALL_SECONDS 30

void
said(struct check *c, const char *name, const char *why, const char *advice)
{
	c->ntried++;
	c->nfailed += why != NULL;
	if (why == NULL) {
		printf("ok %u - %s\n", c->ntried, name);
		return;
	}
	printf("not ok %u - %s: %s\n", c->ntried, name, why);
	if (advice != NULL && advice[0] != '\0')
		printf("# %s\n", advice);
}

_Noreturn void
fail(struct check *c, const char *advice, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->sh->why, sizeof c->sh->why, fmt, ap);
	va_end(ap);
	snprintf(c->sh->advice, sizeof c->sh->advice, "%s", advice);
	c->sh->done = true;
	_exit(0);
}

void
note(struct check *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->sh->note, sizeof c->sh->note, fmt, ap);
	va_end(ap);
}

void
at(struct check *c, const char *fmt, ...)
{
	struct itimerval t = { .it_value.tv_sec = CPU_SECONDS };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->sh->at, sizeof c->sh->at, fmt, ap);
	va_end(ap);
	setitimer(ITIMER_PROF, &t, NULL);
	alarm(WALL_SECONDS);
}

static void
limits(void)
{
#ifndef __SANITIZE_ADDRESS__
	struct rlimit data = { UINT64_C(1) << 30, UINT64_C(1) << 30 };

	setrlimit(RLIMIT_DATA, &data);
#endif
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
}

/* Each trial has other addresses, so that rows that depend on them differ. */
static void *volatile moved;

static void
elsewhere(unsigned n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned i;

	for (i = 0; i < 64 + n * 3; i++)	/* holes first, then what shifts it */
		mmap(NULL, 4 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	moved = malloc(n * 64 + 1);
}

static _Noreturn void
child(struct check *c, int out, void (*fn)(struct check *))
{
	char why[400];

	dup2(out, 1);
	dup2(out, 2);
	limits();
	signal(SIGPROF, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	elsewhere(c->ntried);
	at(c, "loading it");
	c->p = load_plugin(c->so, why, sizeof why);
	if (c->p == NULL)
		fail(c, "", "it %s", why);
	c->sh->kind = c->p->kind;
	c->sh->flags = c->p->kind == TCS_SOURCE ? c->p->ops.source->flags : 0;
	fault_explain(c);
	fn(c);
	fflush(NULL);
	c->sh->done = true;
	_exit(0);
}

static void
ended(struct check *c, int status)
{
	struct shared *sh = c->sh;
	const char *while_at = sh->at[0] ? sh->at : "loading it";

	if (sh->done)
		return;
	c->lost = true;
	sh->done = true;
	if (sh->why[0] != '\0')		/* by fault.c */
		return;
	if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGPROF || WTERMSIG(status) == SIGALRM)) {
		snprintf(sh->why, sizeof sh->why, "does not come back (%s)", while_at);
		snprintf(sh->advice, sizeof sh->advice, "look for a loop that uses nothing up, above all at "
		    "eof");
	} else if (WIFSIGNALED(status)) {
		snprintf(sh->why, sizeof sh->why, "crashed: %s (%s)", strsignal(WTERMSIG(status)), while_at);
		snprintf(sh->advice, sizeof sh->advice, "build it with -g -fsanitize=address, or run it "
		    "under "
		    "gdb with this input");
	} else {
		snprintf(sh->why, sizeof sh->why, "ended the process with status %d (%s)",
		    WEXITSTATUS(status),
		    while_at);
		snprintf(sh->advice, sizeof sh->advice, "never call exit; return TCS_EINPUT or TCS_EPLUGIN");
	}
}

/* What came on standard output and error: no plugin may write there. */
static void
printed(struct check *c, int out, char *text, size_t size)
{
	ssize_t n = pread(out, text, size - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	if (n > 0 && c->sh->why[0] == '\0') {
		snprintf(c->sh->why, sizeof c->sh->why, "prints (%s)", c->sh->at);
		snprintf(c->sh->advice, sizeof c->sh->advice, "say it with the host's log, or in a reject");
	}
}

static void
show(const char *text)
{
	int lines = 0;

	for (; *text != '\0' && lines < 12; lines++) {
		size_t n = strcspn(text, "\n");

		printf("#   %.*s\n", (int)(n < 200 ? n : 200), text);
		text += n + (text[n] == '\n');
	}
}

bool
trial(struct check *c, const char *name, void (*fn)(struct check *))
{
	int out = memfd_create("said", MFD_CLOEXEC), status = 0;
	char text[4096];
	pid_t pid;

	if (c->lost)
		return false;
	c->sh->done = false;
	c->sh->why[0] = c->sh->advice[0] = c->sh->at[0] = c->sh->note[0] = '\0';
	fflush(stdout);
	if (out < 0 || (pid = fork()) < 0) {
		perror("tocsin-plugin-check");
		_exit(2);
	}
	if (pid == 0)
		child(c, out, fn);
	while (waitpid(pid, &status, 0) < 0)
		;
	ended(c, status);
	printed(c, out, text, sizeof text);
	said(c, name, c->sh->why[0] != '\0' ? c->sh->why : NULL, c->sh->advice);
	if (c->sh->note[0] != '\0')
		printf("# %s\n", c->sh->note);
	if (c->sh->why[0] != '\0')
		show(text);
	close(out);
	return c->sh->why[0] == '\0';
}
