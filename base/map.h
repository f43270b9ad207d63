/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A map from byte strings to 64-bit values: open addressing, keys copied into
 * the map, no deletion (what it is for - dictionaries - only grows).
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map;

struct map *map_new(void);
void map_free(struct map *m);			/* NULL is fine */
size_t map_count(const struct map *m);
bool map_get(const struct map *m, const void *key, size_t n, uint64_t *value);
/* True when the key is new; otherwise its value is replaced. */
bool map_set(struct map *m, const void *key, size_t n, uint64_t value);
/* Walk in order of insertion: *i from 0; false at the end. */
bool map_next(const struct map *m, size_t *i, const void **key, size_t *n, uint64_t *value);

#endif
