/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects of attackers, written so that nobody opens them by a slip and no
 * mail program makes a link of them: hxxps://evil[.]example/x, 203.0.113[.]7.
 * For text that people read only; machines get them as they are.
 */
#ifndef CORE_COMPOSE_DEFANG_H
#define CORE_COMPOSE_DEFANG_H

#include <stdbool.h>
#include "arena.h"

/* All of the text is such an object: an address, a name, a URL. */
const char *defang_object(struct arena *a, const char *s);
/* Free text from elsewhere: only what looks like a link in it. */
const char *defang_links(struct arena *a, const char *s);

#endif
