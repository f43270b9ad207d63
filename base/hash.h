/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes for tables in memory (not for identity: that is SHA-256, elsewhere).
 * hash_bytes is keyed by a process-wide random seed, so that a feed cannot
 * choose its collisions.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *p, size_t n);
uint64_t hash_u64(uint64_t x);
uint64_t hash_mix(uint64_t a, uint64_t b);

#endif
