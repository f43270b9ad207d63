/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A map from byte strings to 64-bit values.  The entries lie in order of
 * insertion; the table beside them holds, by linear probing, an entry's
 * number and 32 bits of its hash, so that a probe rarely touches a wrong
 * entry.  At most two thirds full.
 */
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "hash.h"
#include "map.h"
#include "mem.h"

struct entry {
	const void	*key;
	size_t		 n;
	uint64_t	 hash, value;
};

struct map {
	struct arena	*keys;
	struct entry	*entries;
	uint64_t	*slots;		/* hash >> 32 << 32 | number + 1; 0: free */
	size_t		 count, cap, mask;
};

#define HIGH UINT64_C(0xffffffff00000000)

struct map *
map_new(void)
{
	struct map *m = xcalloc(1, sizeof(*m));

	m->keys = arena_new();
	m->mask = 15;
	m->slots = xcalloc(m->mask + 1, sizeof(*m->slots));
	return m;
}

void
map_free(struct map *m)
{
	if (m == NULL)
		return;
	arena_free(m->keys);
	free(m->entries);
	free(m->slots);
	free(m);
}

size_t
map_count(const struct map *m)
{
	return m->count;
}

/* The slot of the key, or the free one where it would go. */
static size_t
find(const struct map *m, const void *key, size_t n, uint64_t hash)
{
	const struct entry *e;
	size_t i;

	for (i = hash & m->mask; m->slots[i] != 0; i = (i + 1) & m->mask) {
		if ((m->slots[i] ^ hash) & HIGH)
			continue;
		e = &m->entries[(m->slots[i] & ~HIGH) - 1];
		if (e->n == n && (n == 0 || memcmp(e->key, key, n) == 0))
			break;
	}
	return i;
}

bool
map_get(const struct map *m, const void *key, size_t n, uint64_t *value)
{
	size_t i = find(m, key, n, hash_bytes(key, n));

	if (m->slots[i] == 0)
		return false;
	if (value != NULL)
		*value = m->entries[(m->slots[i] & ~HIGH) - 1].value;
	return true;
}

static void
grow(struct map *m)
{
	size_t i, k, size = (m->mask + 1) * 2;

	free(m->slots);
	m->slots = xcalloc(size, sizeof(*m->slots));
	m->mask = size - 1;
	for (k = 0; k < m->count; k++) {
		for (i = m->entries[k].hash & m->mask; m->slots[i] != 0; i = (i + 1) & m->mask)
			;
		m->slots[i] = (m->entries[k].hash & HIGH) | (k + 1);
	}
}

bool
map_set(struct map *m, const void *key, size_t n, uint64_t value)
{
	uint64_t hash = hash_bytes(key, n);
	size_t i = find(m, key, n, hash);

	if (m->slots[i] != 0) {
		m->entries[(m->slots[i] & ~HIGH) - 1].value = value;
		return false;
	}
	if (m->count == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 16;
		m->entries = xrealloc(m->entries, m->cap * sizeof(*m->entries));
	}
	m->entries[m->count] = (struct entry){ arena_dup(m->keys, key, n), n, hash, value };
	m->slots[i] = (hash & HIGH) | ++m->count;
	if (m->count * 3 > (m->mask + 1) * 2)
		grow(m);
	return true;
}

bool
map_next(const struct map *m, size_t *i, const void **key, size_t *n, uint64_t *value)
{
	if (*i >= m->count)
		return false;
	if (key != NULL)
		*key = m->entries[*i].key;
	if (n != NULL)
		*n = m->entries[*i].n;
	if (value != NULL)
		*value = m->entries[*i].value;
	(*i)++;
	return true;
}
