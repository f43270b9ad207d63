/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Did you mean": the nearest of a list of names (Damerau-Levenshtein), or
 * NULL when none is near enough to be a slip of the hand.
 */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>

const char *near_name(const char *got, const char *const *names, size_t n);

#endif
