/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fencing a plugin in.  Here stand the limits the kernel keeps for one
 * process: time, memory, files, descriptors, processes, no new privileges, no
 * core file, nobody may look into it.  What a plugin may see of the file
 * system and which system calls it may make (Landlock, seccomp) belongs into
 * the same three functions; every mode comes through here at its place.
 *
 * Under the sanitizers memory is not limited, because they map terabytes, nor
 * are files, because that is where they report.
 */
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include "worker.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

#define NOTIFIER_FILE	(256u << 20)	/* the longest file a notifier may write: a mail in a maildir */

static void
limit(int what, rlim_t most)
{
	struct rlimit l;

	if (getrlimit((__rlimit_resource_t)what, &l) < 0)
		return;
	if (l.rlim_max == RLIM_INFINITY || most < l.rlim_max)
		l.rlim_max = most;
	l.rlim_cur = l.rlim_max;
	setrlimit((__rlimit_resource_t)what, &l);
}

/* The plugin's constructors run after this, so what it leaves open is all they have. */
void
confine_early(int last)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		if (!SANITIZED)		/* a plugin has log; its prints do not reach a terminal */
			dup2(null, STDERR_FILENO);
		if (null > STDERR_FILENO && null <= last)
			close(null);
	}
	close_range((unsigned)last + 1, ~0u, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	limit(RLIMIT_CORE, 0);
}

static void
confine_memory(const struct limits *l)
{
	if (!SANITIZED && l->memory)
		limit(RLIMIT_AS, l->memory + 2 * l->ring + W_ANSWERS_SIZE);
}

void
confine_source(const struct limits *l)
{
	confine_memory(l);
	if (!SANITIZED)
		limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NOFILE, 32);
	limit(RLIMIT_NPROC, 0);			/* no child of its own; root is above this */
}

void
confine_notifier(const struct limits *l)
{
	confine_memory(l);
	if (!SANITIZED)
		limit(RLIMIT_FSIZE, NOTIFIER_FILE);
	limit(RLIMIT_NOFILE, 256);
}

void
confine_cpu(uint32_t seconds)
{
	struct rusage u;
	struct rlimit l;

	if (seconds == 0 || getrusage(RUSAGE_SELF, &u) < 0 || getrlimit(RLIMIT_CPU, &l) < 0)
		return;
	l.rlim_cur = (rlim_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec + 1) + seconds;
	setrlimit(RLIMIT_CPU, &l);
}
