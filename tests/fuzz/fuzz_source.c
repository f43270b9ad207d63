/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fuzz target for one source plugin, for clang's libFuzzer: the bytes are
 * an input, fed in pieces that the input itself decides (its last byte), to
 * the host of tests/unit/feed.h, which checks order, tiling and that nothing
 * is kept.  What that host calls bad is a crash here.  It ends by itself after
 * FUZZ_CPU seconds of processor time, which the clock of a busy machine does
 * not tell.  tests/fuzz/run builds and runs it; it is no part of make check.
 */
#include <signal.h>
#include <sys/time.h>

#include "tests/unit/feed.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* libFuzzer ends gracefully, with its statistics, at this signal. */
static void
spent(int sig)
{
	(void)sig;
	kill(getpid(), SIGUSR1);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *seconds = getenv("FUZZ_CPU");
	struct itimerval t = { .it_value.tv_sec = seconds != NULL ? strtol(seconds, NULL, 10) : 0 };

	(void)argc;
	(void)argv;
	signal(SIGPROF, spent);
	return setitimer(ITIMER_PROF, &t, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const feed_cut cuts[] = { feed_whole, feed_random, feed_random, feed_whole };
	unsigned last = n > 0 ? data[n - 1] : 0;
	bool broke = false;

	free(feed(&tocsin_plugin_v1, (const char *)data, n, &(struct feed_how){ .cut = cuts[last % 4],
	    .seed = last * 7919 + 1, .quiet = true, .broke = &broke }));
	if (broke)
		abort();
	return 0;
}
