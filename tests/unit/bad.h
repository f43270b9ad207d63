/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests with bad plugins share: where these lie, and that a crash is one under the sanitizers too.
 * */
#ifndef TESTS_BAD_H
#define TESTS_BAD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

#endif
