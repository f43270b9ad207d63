/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fuzz target for one source plugin, for clang's libFuzzer: the bytes are
 * an input, fed in pieces that the input itself decides (its last byte), to
 * the host of tests/unit/feed.h, which checks order, tiling and that nothing
 * is kept.  What that host calls bad is a crash here.  tests/fuzz/run builds
 * and runs it; it is no part of make check.
 */
#include "tests/unit/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char broken[] = "\nplugin broken\n";
	static const feed_cut cuts[] = { feed_whole, feed_random, feed_random, feed_whole };
	unsigned last = n > 0 ? data[n - 1] : 0;
	size_t len;
	char *text;

	text = feed(&tocsin_plugin_v1, (const char *)data, n,
	    &(struct feed_how){ .cut = cuts[last % 4], .seed = last * 7919 + 1, .quiet = true });
	len = strlen(text);
	if (strstr(text, "\nBAD ") != NULL || strncmp(text, "BAD ", 4) == 0 ||
	    (len >= sizeof(broken) - 1 && strcmp(text + len + 1 - sizeof(broken), broken) == 0))
		abort();
	free(text);
	return 0;
}
