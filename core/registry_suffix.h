/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public suffixes: names under which anybody may register, so that they can be
 * nobody's domain.  The only file that uses libpsl.
 */
#ifndef CORE_REGISTRY_SUFFIX_H
#define CORE_REGISTRY_SUFFIX_H

#include <stdbool.h>

bool public_suffix(const char *name);		/* normalised, as name.h has it */

#endif
