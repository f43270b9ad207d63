/* SPDX-License-Identifier: Apache-2.0 */
/* The mock host with what the checker adds: the plugin's options, guarded memory, and no BAD said. */
#ifndef KIT_CHECK_SOURCE_H
#define KIT_CHECK_SOURCE_H

#include "kit/feed.h"
#include "kit/check/check.h"

char *source_say(struct check *c, const char *p, size_t n, struct feed_how *how);

#endif
