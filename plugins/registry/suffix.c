/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domains by suffix; see suffix.h.
 */
#include <stdlib.h>
#include <string.h>
#include "suffix.h"

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* Takes one more label to the left of at (and the dot between) into *hash; returns where the label begins. */
static inline size_t
label_left(const char *p, size_t at, size_t end, uint64_t *hash)
{
	uint64_t h = *hash;

	if (at < end) {
		at--;
		h = (h ^ '.') * UINT64_C(0x100000001b3);
	}
	for (; at > 0 && p[at - 1] != '.'; at--)
		h = (h ^ (unsigned char)p[at - 1]) * UINT64_C(0x100000001b3);
	*hash = h;
	return at;
}

static inline uint64_t
spread(uint64_t h)
{
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

bool
suffixes_init(struct suffixes *t, uint32_t label)
{
	uint32_t size = 16;

	while (size / 2 < label && size < UINT32_C(1) << 31)
		size *= 2;
	t->mask = size - 1;
	t->n = 1;
	t->slot = calloc(size, sizeof *t->slot);
	t->suffix = calloc((size_t)label + 1, sizeof *t->suffix);
	return t->slot != NULL && t->suffix != NULL;
}

void
suffixes_free(struct suffixes *t)
{
	free(t->slot);
	free(t->suffix);
}

/* The slot of the text, or the free one where it would be. */
static inline struct suffix_slot *
slot_of(const struct suffixes *t, struct tcs_slice text, uint64_t spreaded)
{
	uint32_t i = (uint32_t)spreaded & t->mask, tag = (uint32_t)(spreaded >> 32);
	const struct suffix *s;

	for (; t->slot[i].suffix != 0; i = (i + 1) & t->mask) {
		if (t->slot[i].tag != tag)
			continue;
		s = &t->suffix[t->slot[i].suffix];
		if (s->n == text.n && memcmp(s->p, text.p, text.n) == 0)
			break;
	}
	return &t->slot[i];
}

void
suffixes_put(struct suffixes *t, struct tcs_slice domain, uint32_t *value, uint32_t *up)
{
	uint64_t hash = HASH_START, h;
	struct suffix_slot *slot;
	struct tcs_slice text;
	size_t at = domain.n;

	*up = 0;
	do {
		at = label_left(domain.p, at, domain.n, &hash);
		text = tcs_slice(domain.p + at, domain.n - at);
		h = spread(hash);
		slot = slot_of(t, text, h);
		if (slot->suffix == 0) {
			*slot = (struct suffix_slot){ (uint32_t)(h >> 32), t->n };
			t->suffix[t->n++] = (struct suffix){ text.p, (uint32_t)text.n, 0 };
		}
		if (at > 0 && t->suffix[slot->suffix].value != 0)
			*up = t->suffix[slot->suffix].value;
	} while (at > 0);
	if (t->suffix[slot->suffix].value == 0)
		t->suffix[slot->suffix].value = *value;
	*value = t->suffix[slot->suffix].value;
}

struct walk {
	uint64_t	 hash, spread;
	size_t		 at;
	uint16_t	 name;
};

static inline void
walk_on(const struct suffixes *t, const struct tcs_slice *name, struct walk *w)
{
	w->at = label_left(name[w->name].p, w->at, name[w->name].n, &w->hash);
	w->spread = spread(w->hash);
	__builtin_prefetch(&t->slot[(uint32_t)w->spread & t->mask], 0, 3);
}

void
suffixes_find(const struct suffixes *t, const struct tcs_slice *name, uint32_t n, uint32_t *value)
{
	struct walk walk[SUFFIX_BATCH], *w;
	const struct suffix_slot *slot;
	uint32_t i, k, m = 0, left;

	for (i = 0; i < n; i++) {
		value[i] = 0;
		if (name[i].n == 0)
			continue;
		walk[m] = (struct walk){ .hash = HASH_START, .at = name[i].n, .name = (uint16_t)i };
		walk_on(t, name, &walk[m++]);
	}
	for (; m > 0; m = left)
		for (k = left = 0; k < m; k++) {
			w = &walk[k];
			i = w->name;
			slot = slot_of(t, tcs_slice(name[i].p + w->at, name[i].n - w->at), w->spread);
			if (slot->suffix == 0)
				continue;
			if (t->suffix[slot->suffix].value != 0)
				value[i] = t->suffix[slot->suffix].value;
			if (w->at == 0)
				continue;
			walk[left] = *w;
			walk_on(t, name, &walk[left++]);
		}
}
