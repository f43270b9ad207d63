/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See process.h.  posix_spawn and not fork: the host may hold gigabytes, of
 * which a fork would copy the page tables.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "frame.h"
#include "mem.h"
#include "pack.h"
#include "paths.h"
#include "process.h"
#include "worker/wire.h"

/* What of the host's environment a worker may know: where the system keeps its certificates, and what tests
 * say. */
static const char *const known[] = { "SSL_CERT_FILE", "SSL_CERT_DIR", "LD_LIBRARY_PATH", "ASAN_OPTIONS",
    "UBSAN_OPTIONS",
	"LSAN_OPTIONS" };
#define NKNOWN (sizeof known / sizeof *known)

static bool strict;		/* no worker without all its fences */

void
process_isolate(bool all)
{
	strict = all;
}

static void
make_environment(char *env[NKNOWN + 5])
{
	size_t i, n = 0;

	env[n++] = xstrdup("PATH=/usr/bin:/bin");
	env[n++] = xstrdup("LC_ALL=C.UTF-8");
	env[n++] = xstrdup("TZ=UTC");
	for (i = 0; i < NKNOWN; i++)
		if (getenv(known[i]))
			env[n++] = xasprintf("%s=%s", known[i], getenv(known[i]));
	if (strict)
		env[n++] = xstrdup("TOCSIN_ISOLATE=strict");
	env[n] = NULL;
}

static void
make_attributes(posix_spawnattr_t *at)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(at);
	posix_spawnattr_setflags(at, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(at, 0);
	posix_spawnattr_setsigmask(at, &none);
	posix_spawnattr_setsigdefault(at, &all);
}

/* Copies above all numbers that the worker will use, so that no dup2 overwrites one that is still needed. */
static int
launch(struct process *s, char *const argv[], const int *fd, unsigned nfd)
{
	int high[PROCESS_FDS + 1], rc = 0;
	char *env[NKNOWN + 5];
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t at;
	unsigned i;

	posix_spawn_file_actions_init(&acts);
	for (i = 0; i < nfd; i++) {
		high[i] = fcntl(fd[i], F_DUPFD_CLOEXEC, 64);
		if (high[i] < 0)
			rc = errno;
		else
			posix_spawn_file_actions_adddup2(&acts, high[i], W_FD_SOCKET + (int)i);
	}
	make_attributes(&at);
	make_environment(env);
	if (rc == 0)
		rc = posix_spawn(&s->pid, path_worker(), &acts, &at, argv, env);
	for (i = 0; env[i]; i++)
		free(env[i]);
	for (i = 0; i < nfd; i++)
		if (high[i] >= 0)
			close(high[i]);
	posix_spawn_file_actions_destroy(&acts);
	posix_spawnattr_destroy(&at);
	return rc;
}

#define PROCESS_PATHS 16

/* The strings are the caller's to free. */
static void
make_arguments(char *argv[PROCESS_PATHS + 4], const char *mode, const char *so, const char *const *writable)
{
	size_t n = 0, i;

	argv[n++] = xstrdup("tocsin-worker");
	argv[n++] = xstrdup(mode);
	argv[n++] = xstrdup(so);
	for (i = 0; writable != NULL && writable[i] != NULL && i < PROCESS_PATHS; i++)
		argv[n++] = xstrdup(writable[i]);
	argv[n] = NULL;
}

bool
process_start(struct process *s, const char *mode, const char *so, const int *fd, unsigned nfd,
    const char *const *writable, struct err *e)
{
	char *argv[PROCESS_PATHS + 4];
	int pair[2], all[PROCESS_FDS + 1], rc, i;

	make_arguments(argv, mode, so, writable);

	s->pid = 0;
	s->fd = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		rc = errno;
	} else {
		all[0] = pair[1];
		if (nfd)
			memcpy(all + 1, fd, nfd * sizeof *fd);
		rc = launch(s, argv, all, nfd + 1);
		close(pair[1]);
		if (rc)
			close(pair[0]);
		else
			s->fd = pair[0];
	}
	for (i = 0; argv[i] != NULL; i++)
		free(argv[i]);
	if (rc) {
		s->pid = 0;
		return err_set(e, "cannot start %s: %s", path_worker(), strerror(rc));
	}
	return true;
}

static int
bury(struct process *s)
{
	int status = 0;

	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	s->pid = 0;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	return status;
}

int
process_kill(struct process *s)
{
	if (s->pid == 0)
		return 0;
	kill(-s->pid, SIGKILL);
	kill(s->pid, SIGKILL);		/* should it have left its group */
	return bury(s);
}

int
process_end(struct process *s, int timeout_ms)
{
	struct pollfd p = { -1, POLLIN, 0 };
	int64_t until = frame_clock() + timeout_ms;
	int n, left;

	if (s->pid == 0)
		return 0;
	p.fd = (int)syscall(SYS_pidfd_open, s->pid, 0);
	if (p.fd < 0)
		return process_kill(s);
	do {
		left = (int)(until - frame_clock());
		n = poll(&p, 1, left > 0 ? left : 0);
	} while (n < 0 && errno == EINTR);
	close(p.fd);
	return n == 1 ? bury(s) : process_kill(s);
}

void
process_why(char *out, size_t n, int status, uint32_t cpu)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (sig == 0)
		snprintf(out, n, "ended by itself (status %d)", WEXITSTATUS(status));
	else if (sig == SIGXCPU && cpu)
		snprintf(out, n, "used more than %u s of CPU time in one call (SIGXCPU)", cpu);
	else if (sig == SIGXFSZ)
		snprintf(out, n, "wrote to a file, which it may not (SIGXFSZ)");
	else if (sig == SIGSYS)
		snprintf(out, n, "made a system call that it may not (SIGSYS)");
	else if (sig == SIGKILL)
		snprintf(out, n, "was killed (SIGKILL)");
	else if (sigabbrev_np(sig))
		snprintf(out, n, "crashed (SIG%s, %s)", sigabbrev_np(sig), sigdescr_np(sig));
	else
		snprintf(out, n, "crashed (signal %d)", sig);
}

static void
pack_scalar(struct buf *b, const struct tcs_val *v)
{
	uint64_t bits;

	switch (v->type) {
	case TCS_T_STR:
	case TCS_T_SECRET:
	case TCS_T_DATA:
		pack_str(b, v->v.s);
		return;
	case TCS_T_REAL:
		memcpy(&bits, &v->v.r, sizeof bits);
		pack_u64(b, bits);
		return;
	}
	pack_u64(b, (uint64_t)v->v.i);
}

void
process_pack_values(struct buf *b, const struct plugin *p, const struct tcs_val *v)
{
	uint32_t i, k;

	for (i = 0; i < p->nopt; i++) {
		pack_u32(b, v[i].n);
		if (v[i].n && (p->opts[i].flags & TCS_O_LIST) == 0)
			pack_scalar(b, &v[i]);
		else
			for (k = 0; k < v[i].n; k++)
				pack_scalar(b, &v[i].v.list[k]);
	}
}

/* ---- the fences ------------------------------------------------------------------ */

bool
process_probe(uint32_t *layers, struct err *e)
{
	struct process s;
	struct frames in;
	bool got;

	if (!process_start(&s, "probe", path_worker(), NULL, 0, NULL, e))
		return false;
	frames_init(&in, s.fd, W_DECLARATION);
	got = frames_next(&in, 10000) == 1 && in.type == W_FENCED && in.n == sizeof *layers;
	if (got)
		memcpy(layers, in.p, sizeof *layers);
	frames_free(&in);
	process_end(&s, 1000);
	return got || err_set(e, "%s: does not say which fences it has", path_worker());
}

void
process_lacks(uint32_t layers, char *out, size_t n)
{
	static const struct { uint32_t layer; const char *what; } all[] = {
		{ W_LAYER_FILES, "files (Landlock, Linux 5.13)" },
		{ W_LAYER_TCP, "TCP (Landlock 4, Linux 6.7)" },
		{ W_LAYER_SIGNALS, "signals (Landlock 6, Linux 6.12)" },
		{ W_LAYER_CALLS, "system calls (seccomp)" },
		{ W_LAYER_NAMESPACES, "a network of its own (user namespaces)" },
	};
	size_t i, at = 0;

	out[0] = '\0';
	for (i = 0; i < sizeof all / sizeof *all; i++)
		if ((layers & all[i].layer) == 0 && at < n)
			at += (size_t)snprintf(out + at, n - at, "%s%s", at > 0 ? ", " : "", all[i].what);
}
