/* SPDX-License-Identifier: Apache-2.0 */
/* The mock host with what the checker adds: the plugin's options, guarded memory, and no BAD said. */
#ifndef KIT_CHECK_SOURCE_H
#define KIT_CHECK_SOURCE_H

#include "kit/feed.h"
#include "kit/check/check.h"

char *source_say(struct check *c, const char *p, size_t n, struct feed_how *how);

/* What it logged, in one line. */
void source_log(struct feed_run *r, char *out, size_t n);
/* open did not work: says why. */
_Noreturn void not_open(struct check *c, struct feed_run *r);

#endif
