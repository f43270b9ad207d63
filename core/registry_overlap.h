/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assets that lie on one another: networks and ranges by their addresses, AS
 * numbers and domains by name.  For each asset the nearest other one that it
 * lies in is told, and the nearest that is its equal (the same, or overlapping
 * in part), and no more: an address plan nests by the thousand.
 */
#ifndef CORE_REGISTRY_OVERLAP_H
#define CORE_REGISTRY_OVERLAP_H

#include <stdbool.h>
#include <stdint.h>
#include "registry.h"

enum overlap { OVERLAP_SAME, OVERLAP_INSIDE, OVERLAP_PART };	/* a is b; a lies in b; they share a part */

/* which: places in rows, n of them. matters: whether the pair is to be told; each: a and b
 * are places in rows. */
void registry_overlaps(const struct asset *rows, const uint32_t *which, uint32_t n, bool (*matters)(void *arg,
    uint32_t a, uint32_t b), void (*each)(void *arg, uint32_t a, uint32_t b, enum overlap how), void *arg);

#endif
