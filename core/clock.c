/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's clock.  TOCSIN_NOW is read when the time is first asked for.  One
 * that cannot be understood ends the program: to go on with another time than
 * the one that was meant could send mail.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "core/clock.h"
#include "base/log.h"
#include "base/timefmt.h"

static _Atomic int64_t stopped_at = TIME_NONE;
static atomic_bool asked;

static void
ask_environment(void)
{
	const char *s = getenv("TOCSIN_NOW");
	int64_t ns;

	if (atomic_load(&asked))
		return;
	if (s != NULL && *s != '\0') {
		if (!time_parse(s, strlen(s), &ns))
			fatal("TOCSIN_NOW: \"%s\" is not a time such as 2026-11-20T08:00:00Z", s);
		atomic_store(&stopped_at, ns);
	}
	atomic_store(&asked, true);
}

int64_t
clock_now(void)
{
	int64_t ns;

	ask_environment();
	ns = atomic_load(&stopped_at);
	return ns == TIME_NONE ? time_now() : ns;
}

void
clock_set(int64_t ns)
{
	atomic_store(&asked, true);
	atomic_store(&stopped_at, ns);
}

bool
clock_stopped(void)
{
	ask_environment();
	return atomic_load(&stopped_at) != TIME_NONE;
}
