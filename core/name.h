/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host and domain names in the one form in which they are compared: lower
 * case, A-labels (IDNA 2008, as UTS 46 maps it), no dot at the end.  The only
 * file that uses libidn2.  Not here: public suffixes.
 */
#ifndef CORE_NAME_H
#define CORE_NAME_H

#include <stdbool.h>
#include "arena.h"
#include <tocsin/slice.h>

/* False when it is no name of at least two labels: an address, a single word, an empty or overlong label,
 * a character that no host name has (an underscore is let through: real reports have it).  *out points
 * into s or into a. */
bool name_normalise(struct tcs_slice s, struct arena *a, struct tcs_slice *out);

#endif
