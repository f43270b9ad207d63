/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Longest prefix match; see lpm.h.  Built from the sorted list in one pass
 * from the top: a prefix that ends in a node paints the places it covers (the
 * narrower ones come later and paint over it), the longer ones go down with
 * the paint of their place as what they inherit.
 */
#include <stdlib.h>
#include <string.h>
#include "lpm.h"

#define LPM_DOWN	0x80000000u
#define ROOT_BITS	16

/* ---- building */

static bool
grow(void *pp, size_t n, size_t more, size_t *cap, size_t size)
{
	void *old, *new;
	size_t want = *cap < 1024 ? 1024 : *cap;

	if (n + more <= *cap)
		return true;
	while (want < n + more)
		want *= 2;
	memcpy(&old, pp, sizeof old);
	if ((new = realloc(old, want * size)) == NULL)
		return false;
	memcpy(pp, &new, sizeof new);
	*cap = want;
	return true;
}

/* The places of one node as a bit map and what is different. Returns the node, or 0 when
 * there is no memory. */
static uint32_t
node_make(struct lpm *t, const uint32_t *fill)
{
	struct lpm_node *nd;
	unsigned i;

	if (!grow(&t->node, t->nnode, 1, &t->capnode, sizeof *t->node) ||
	    !grow(&t->place, t->nplace, 256, &t->capplace, sizeof *t->place))
		return 0;
	nd = &t->node[t->nnode];
	memset(nd, 0, sizeof *nd);
	nd->base = (uint32_t)t->nplace;
	for (i = 0; i < 256; i++) {
		if (i % 64 == 0)
			nd->before[i / 64] = (uint8_t)(t->nplace - nd->base);
		if (i > 0 && fill[i] == fill[i - 1])
			continue;
		nd->change[i / 64] |= UINT64_C(1) << (i % 64);
		t->place[t->nplace++] = fill[i];
	}
	return (uint32_t)t->nnode++;
}

static bool paint(struct lpm *t, const struct lpm_prefix *p, uint32_t n, unsigned depth, unsigned bits,
    uint32_t *fill);

/* Prefixes p[0..n), all longer than depth bits and equal in these. */
static uint32_t
node_build(struct lpm *t, const struct lpm_prefix *p, uint32_t n, unsigned depth, uint32_t inherited)
{
	uint32_t fill[256], i;

	for (i = 0; i < 256; i++)
		fill[i] = inherited;
	return paint(t, p, n, depth, 8, fill) ? node_make(t, fill) : 0;
}

static uint32_t
place_of(const struct lpm *t, const struct lpm_prefix *p, unsigned depth, unsigned bits)
{
	const uint8_t *b = p->ip + t->skip + depth / 8;

	return bits == 8 ? b[0] : (uint32_t)b[0] << 8 | b[1];
}

static bool
paint(struct lpm *t, const struct lpm_prefix *p, uint32_t n, unsigned depth, unsigned bits, uint32_t *fill)
{
	unsigned end = t->skip * 8 + depth + bits;	/* of this node, in the 128-bit form */
	uint32_t i, j, at, down;

	for (i = 0; i < n; i = j) {
		at = place_of(t, &p[i], depth, bits);
		j = i + 1;
		if (p[i].len <= end) {
			uint32_t span = UINT32_C(1) << (end - p[i].len), k;

			for (k = 0; k < span; k++)
				fill[at + k] = p[i].value;
			continue;
		}
		while (j < n && place_of(t, &p[j], depth, bits) == at)
			j++;
		if ((down = node_build(t, p + i, j - i, depth + bits, fill[at])) == 0)
			return false;
		fill[at] = LPM_DOWN | down;
	}
	return true;
}

bool
lpm_build(struct lpm *t, const struct lpm_prefix *p, uint32_t n, unsigned skip)
{
	memset(t, 0, sizeof *t);
	t->skip = skip;
	t->nnode = 1;			/* 0 is "no memory" */
	t->root = calloc((size_t)1 << ROOT_BITS, sizeof *t->root);
	if (t->root == NULL || !grow(&t->node, 0, 1, &t->capnode, sizeof *t->node))
		return false;
	memset(t->node, 0, sizeof *t->node);
	return paint(t, p, n, 0, ROOT_BITS, t->root);
}

void
lpm_free(struct lpm *t)
{
	free(t->root);
	free(t->node);
	free(t->place);
}

size_t
lpm_bytes(const struct lpm *t)
{
	return ((size_t)1 << ROOT_BITS) * sizeof *t->root + t->nnode * sizeof *t->node + t->nplace *
	    sizeof *t->place;
}

/* ---- looking up */

#define PREFETCH(p) __builtin_prefetch((p), 0, 3)

__attribute__((always_inline)) static inline uint32_t
place_in(const struct lpm_node *nd, unsigned b)
{
	unsigned w = b / 64;

	return nd->base + nd->before[w] +
	    (uint32_t)__builtin_popcountll(nd->change[w] & (UINT64_MAX >> (63 - b % 64))) - 1;
}

__attribute__((always_inline)) static inline void
find(const struct lpm *t, const uint8_t *const *ip, uint32_t n, uint32_t *value)
{
	uint32_t at[LPM_BATCH], place[LPM_BATCH];
	uint16_t live[LPM_BATCH];
	unsigned byte = t->skip;
	uint32_t i, k, m = 0, left, e;

	for (i = 0; i < n; i++) {
		at[i] = (uint32_t)ip[i][byte] << 8 | ip[i][byte + 1];
		PREFETCH(&t->root[at[i]]);
	}
	for (i = 0; i < n; i++) {
		value[i] = e = t->root[at[i]];
		at[i] = e & ~LPM_DOWN;
		live[m] = (uint16_t)i;
		m += e >> 31;
		PREFETCH(&t->node[e >> 31 ? at[i] : 0]);
	}
	for (byte += 2; m > 0; byte++, m = left) {
		for (k = 0; k < m; k++) {
			i = live[k];
			place[k] = place_in(&t->node[at[i]], ip[i][byte]);
			PREFETCH(&t->place[place[k]]);
		}
		for (k = left = 0; k < m; k++) {
			i = live[k];
			value[i] = e = t->place[place[k]];
			at[i] = e & ~LPM_DOWN;
			live[left] = (uint16_t)i;
			left += e >> 31;
			PREFETCH(&t->node[e >> 31 ? at[i] : 0]);
		}
	}
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("popcnt"))) static void
find_popcnt(const struct lpm *t, const uint8_t *const *ip, uint32_t n, uint32_t *value)
{
	find(t, ip, n, value);
}
#endif

void
lpm_find(const struct lpm *t, const uint8_t *const *ip, uint32_t n, uint32_t *value)
{
#if defined(__x86_64__) && defined(__GNUC__)
	if (__builtin_cpu_supports("popcnt")) {
		find_popcnt(t, ip, n, value);
		return;
	}
#endif
	find(t, ip, n, value);
}
