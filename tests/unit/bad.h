/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests with bad plugins share: where these lie, and that a crash is one under the sanitizers too.
 * */
#ifndef TESTS_BAD_H
#define TESTS_BAD_H

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "log.h"
#include "plugin_host.h"

static inline struct plugins *
bad_plugins(struct err *e)
{
	const char *top = getenv("TOP_BUILDDIR");
	char path[4096];

	/* Read by the workers, which are started after this. */
	setenv("ASAN_OPTIONS", "handle_segv=0:handle_abort=0:handle_sigbus=0:detect_leaks=0", 1);
	log_init("test", LOG_ERR_, 0);
	snprintf(path, sizeof path, "%s/tests/bad-plugins", top ? top : ".");
	return plugins_find(path, e);
}

static inline bool
bad_sanitized(void)
{
	const char *s = getenv("SANITIZED");

	return s && strcmp(s, "yes") == 0;
}

/* The first process that pid has started, waited for; 0 when there is none within ten seconds. */
static inline pid_t
bad_child(pid_t pid)
{
	char path[64];
	int child = 0, i;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
	for (i = 0; i < 10000 && child == 0; i++) {
		if ((f = fopen(path, "r")) == NULL)
			return 0;
		if (fscanf(f, "%d", &child) != 1)
			child = 0;
		fclose(f);
		if (child == 0)
			poll(NULL, 0, 1);
	}
	return child;
}

/* Runs work, which never returns, in a process of its own; kills that, and is true when both of its worker's processes end. */
static inline bool
bad_orphans_end(void (*work)(void))
{
	struct pollfd fd[2] = { { -1, POLLIN, 0 }, { -1, POLLIN, 0 } };
	pid_t host = fork(), mould, child;
	bool gone;

	if (host == 0) {
		work();
		_exit(1);
	}
	mould = bad_child(host);
	child = mould ? bad_child(mould) : 0;
	if (child) {
		fd[0].fd = (int)syscall(SYS_pidfd_open, mould, 0);
		fd[1].fd = (int)syscall(SYS_pidfd_open, child, 0);
	}
	kill(host, SIGKILL);
	waitpid(host, NULL, 0);
	gone = fd[0].fd >= 0 && fd[1].fd >= 0 && poll(&fd[0], 1, 10000) == 1 && poll(&fd[1], 1, 10000) == 1;
	close(fd[0].fd);
	close(fd[1].fd);
	return gone;
}

#endif
