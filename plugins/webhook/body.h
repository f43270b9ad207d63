/* SPDX-License-Identifier: Apache-2.0 */
/* body.h -- the JSON object that is posted: the JSON part, and around it what a receiver routes by. */
#ifndef WEBHOOK_BODY_H
#define WEBHOOK_BODY_H

#include <stddef.h>
#include <tocsin/plugin.h>

/* Made once, so that what is sent again is the same bytes.  NULL: no memory, or, where *why is set, the
 * warning has no JSON part.  To be freed. */
char *body_make(const struct tcs_warning *w, size_t *n, const char **why);

#endif
