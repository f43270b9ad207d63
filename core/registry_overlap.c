/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See registry_overlap.h.  Networks and ranges are swept in order of their
 * first address, with those still open kept on a stack; what has ended is
 * dropped from it when it is met.
 */
#include <stdlib.h>
#include <string.h>
#include "map.h"
#include "mem.h"
#include "registry_overlap.h"

struct sweep {
	const struct asset *rows;
	bool		 (*matters)(void *, uint32_t, uint32_t);
	void		 (*each)(void *, uint32_t, uint32_t, enum overlap);
	void		*arg;
	uint32_t	*open, nopen;
};

struct extent {
	struct ip	 lo, hi;
	uint32_t	 at;
};

/* The wider first where two begin together. */
static int
by_extent(const void *x, const void *y)
{
	const struct extent *a = x, *b = y;
	int c = ip_cmp(&a->lo, &b->lo);

	if (c == 0)
		c = ip_cmp(&b->hi, &a->hi);
	return c != 0 ? c : a->at < b->at ? -1 : a->at > b->at;
}

static enum overlap
how(const struct asset *a, const struct asset *b)
{
	int lo = ip_cmp(&a->lo, &b->lo), hi = ip_cmp(&a->hi, &b->hi);

	return lo == 0 && hi == 0 ? OVERLAP_SAME : hi <= 0 ? OVERLAP_INSIDE : OVERLAP_PART;
}

/* Of those that still reach here and matter: the last opened that it lies in, and the last that it
 * is in conflict with. */
static void
look_back(struct sweep *s, uint32_t a)
{
	uint32_t i = s->nopen, b, keep;
	bool told[2] = { false, false }, conflict;
	enum overlap as;

	while (i-- > 0 && !(told[0] && told[1])) {
		b = s->open[i];
		if (ip_cmp(&s->rows[b].hi, &s->rows[a].lo) < 0) {
			for (keep = i; keep + 1 < s->nopen; keep++)
				s->open[keep] = s->open[keep + 1];
			s->nopen--;
			continue;
		}
		as = how(&s->rows[a], &s->rows[b]);
		conflict = as != OVERLAP_INSIDE;
		if (!told[conflict] && s->matters(s->arg, a, b)) {
			s->each(s->arg, a, b, as);
			told[conflict] = true;
		}
	}
}

static void
sweep_nets(struct sweep *s, const uint32_t *which, uint32_t n)
{
	struct extent *x = xmalloc(((size_t)n + 1) * sizeof *x);
	uint32_t i, m = 0;

	for (i = 0; i < n; i++) {
		const struct asset *a = &s->rows[which[i]];

		if (a->kind == ASSET_NET || a->kind == ASSET_RANGE)
			x[m++] = (struct extent){ a->lo, a->hi, which[i] };
	}
	qsort(x, m, sizeof *x, by_extent);
	s->open = xmalloc(((size_t)m + 1) * sizeof *s->open);
	for (i = 0; i < m; i++) {
		look_back(s, x[i].at);
		s->open[s->nopen++] = x[i].at;
	}
	free(s->open);
	free(x);
}

/* ---- names: the same text, then for domains the next longer suffix */

/* Places with the same text are chained: the map has the last, before[] the one before it. */
struct names {
	struct map	*last;
	uint32_t	*before;	/* place + 1; 0: none */
};

static bool
look_up(const struct sweep *s, const struct names *names, uint32_t a, const char *text, enum overlap as)
{
	uint64_t v;
	uint32_t b;

	if (!map_get(names->last, text, strlen(text), &v))
		return false;
	for (b = (uint32_t)v; b != 0; b = names->before[b - 1])
		if (b - 1 != a && s->matters(s->arg, a, b - 1)) {
			s->each(s->arg, a, b - 1, as);
			return true;
		}
	return false;
}

static void
look_names(const struct sweep *s, const struct names *names, const uint32_t *which, uint32_t n)
{
	const char *text;
	uint32_t i;

	for (i = 0; i < n; i++) {
		const struct asset *a = &s->rows[which[i]];

		if (a->kind != ASSET_DOMAIN)
			continue;
		for (text = strchr(a->text, '.'); text != NULL; text = strchr(text + 1, '.'))
			if (look_up(s, names, which[i], text + 1, OVERLAP_INSIDE))
				break;
	}
}

static void
sweep_names(struct sweep *s, const uint32_t *which, uint32_t n)
{
	struct names names = { map_new(), NULL };
	uint32_t i, most = 0;
	uint64_t v;

	for (i = 0; i < n; i++)
		most = which[i] > most ? which[i] : most;
	names.before = xcalloc((size_t)most + 1, sizeof *names.before);
	for (i = 0; i < n; i++) {
		const struct asset *a = &s->rows[which[i]];

		if (a->kind != ASSET_DOMAIN && a->kind != ASSET_ASN)
			continue;
		look_up(s, &names, which[i], a->text, OVERLAP_SAME);
		if (map_get(names.last, a->text, strlen(a->text), &v))
			names.before[which[i]] = (uint32_t)v;
		map_set(names.last, a->text, strlen(a->text), which[i] + 1);
	}
	look_names(s, &names, which, n);
	map_free(names.last);
	free(names.before);
}

void
registry_overlaps(const struct asset *rows, const uint32_t *which, uint32_t n, bool (*matters)(void *,
    uint32_t, uint32_t), void (*each)(void *, uint32_t, uint32_t, enum overlap), void *arg)
{
	struct sweep s = { rows, matters, each, arg, NULL, 0 };

	sweep_nets(&s, which, n);
	sweep_names(&s, which, n);
}
