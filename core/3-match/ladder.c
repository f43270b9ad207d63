/* SPDX-License-Identifier: Apache-2.0 */
/* See ladder.h. */
#include <stdlib.h>
#include <string.h>
#include "3-match/ladder.h"
#include "arena.h"
#include "map.h"
#include "mem.h"
#include "timefmt.h"
#include <tocsin/slice.h>

const char *const rung_names[] = { "owner", "operator", "network", "country", "hold", NULL };

#define NONE UINT32_MAX
#define OUTER 64			/* wider ranges looked at; more is damage */

struct range {
	struct ip	 lo, hi;
	const char	*name;
	uint32_t	 party, origin, up;	/* party from 1; up: the range it lies in, or NONE */
	uint16_t	 table;
	char		 cc[2];
};
struct system { uint32_t lo, hi, party; const char *name; uint16_t table; char cc[2]; };
struct place { struct ip from; uint32_t range; };		/* NONE: a gap */

struct ladder {
	struct arena	*arena;
	struct ladder_table *table;
	struct ladder_party *party;
	struct range	*range;
	struct system	*system;
	struct place	*place;
	uint32_t	 ntable, ctable, nparty, cparty, nrange, crange, nsystem, csystem, nplace, cplace;
	struct map	*by_key;
	uint32_t	*from4;		/* of every place that is IPv4, its address: what is searched stays
					 * near the processor */
	uint32_t	*first[2];	/* by the first 16 bits, v6 and v4: the last place that is not
					 * after them, + 1 */
};

struct ladder *
ladder_new(void)
{
	struct ladder *l = xcalloc(1, sizeof *l);

	l->arena = arena_new();
	l->by_key = map_new();
	return l;
}

void
ladder_free(struct ladder *l)
{
	if (l == NULL)
		return;
	free(l->table);
	free(l->party);
	free(l->range);
	free(l->system);
	free(l->place);
	free(l->from4);
	free(l->first[0]);
	free(l->first[1]);
	map_free(l->by_key);
	arena_free(l->arena);
	free(l);
}

static void *
more(void *list, uint32_t n, uint32_t *cap, size_t size)
{
	if (n < *cap)
		return list;
	*cap = *cap > 0 ? *cap * 2 : 64;
	return xrealloc(list, *cap * size);
}

/* ---- reading the one form */

struct adding {
	struct ladder	*l;
	uint16_t	 table;
	uint32_t	 base;		/* parties before this table's */
};

static const char *
text(struct ladder *l, struct tcs_slice s)
{
	return s.n > 0 ? arena_strndup(l->arena, s.p, s.n) : "";
}

static void
put_cc(char cc[2], struct tcs_slice s)
{
	cc[0] = s.n == 2 ? s.p[0] : '\0';
	cc[1] = s.n == 2 ? s.p[1] : '\0';
}

static bool
add_party(struct adding *x, const struct tcs_slice *c)
{
	struct ladder *l = x->l;
	struct ladder_party *p;

	l->party = more(l->party, l->nparty, &l->cparty, sizeof *l->party);
	p = &l->party[l->nparty++];
	*p = (struct ladder_party){ .key = text(l, c[1]), .name = text(l, c[2]), .mail = text(l, c[3]),
	    .language = text(l, c[4]), .table = x->table };
	put_cc(p->country, c[5]);
	map_set(l->by_key, p->key, strlen(p->key), l->nparty);	/* the table added last wins */
	return *p->key != '\0' && *p->mail != '\0';
}

static bool
party_number(const struct adding *x, struct tcs_slice s, uint32_t *out)
{
	uint64_t v;

	if (!tcs_uint(s, x->l->nparty - x->base, &v))
		return false;
	*out = v > 0 ? x->base + (uint32_t)v : 0;
	return true;
}

static bool
add_range(struct adding *x, const struct tcs_slice *c)
{
	struct ladder *l = x->l;
	struct range r = { .name = text(l, c[3]), .table = x->table, .up = NONE };
	uint64_t origin;

	if (!ip_parse(c[1].p, c[1].n, &r.lo) || !ip_parse(c[2].p, c[2].n, &r.hi) ||
	    ip_cmp(&r.lo, &r.hi) > 0 || !party_number(x, c[5], &r.party) ||
	    !tcs_uint(c[6], UINT32_MAX, &origin))
		return false;
	put_cc(r.cc, c[4]);
	r.origin = (uint32_t)origin;
	l->range = more(l->range, l->nrange, &l->crange, sizeof *l->range);
	l->range[l->nrange++] = r;
	return true;
}

static bool
add_system(struct adding *x, const struct tcs_slice *c)
{
	struct ladder *l = x->l;
	struct system s = { .name = text(l, c[3]), .table = x->table };
	uint64_t lo, hi;

	if (!tcs_uint(c[1], UINT32_MAX, &lo) || !tcs_uint(c[2], UINT32_MAX, &hi) || lo > hi ||
	    !party_number(x, c[5], &s.party))
		return false;
	s.lo = (uint32_t)lo;
	s.hi = (uint32_t)hi;
	put_cc(s.cc, c[4]);
	l->system = more(l->system, l->nsystem, &l->csystem, sizeof *l->system);
	l->system[l->nsystem++] = s;
	return true;
}

static bool
add_line(struct adding *x, struct tcs_slice line)
{
	struct tcs_slice c[8] = { { NULL, 0 } };
	unsigned n = 0;

	while (n < 8 && tcs_cut(&line, '\t', &c[n]))
		n++;
	return n == 6 && tcs_is(c[0], "P") ? add_party(x, c) : n == 7 && tcs_is(c[0], "N") ? add_range(x, c) :
	    n == 6 && tcs_is(c[0], "A") && add_system(x, c);
}

bool
ladder_add(struct ladder *l, const char *name, int64_t dated, const char *p, size_t n, struct err *e)
{
	struct adding x = { l, (uint16_t)l->ntable, l->nparty };
	struct tcs_slice rest = tcs_slice(p, n), line;
	unsigned number = 0;

	if (l->ntable == UINT16_MAX)
		return err_set(e, "more than 65535 network tables");
	l->table = more(l->table, l->ntable, &l->ctable, sizeof *l->table);
	l->table[l->ntable++] = (struct ladder_table){ arena_strdup(l->arena, name), dated };
	while (rest.n > 0 && tcs_cut(&rest, '\n', &line)) {
		number++;
		if (line.n > 0 && !add_line(&x, line))
			return err_set(e, "network table %s: line %u cannot be read", name, number);
	}
	return true;
}

/* ---- places */

/* By address; the wider first; of equals, who says more comes last and so lies innermost. */
static int
by_extent(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	int c = ip_cmp(&x->lo, &y->lo);

	if (c == 0)
		c = ip_cmp(&y->hi, &x->hi);
	if (c == 0)
		c = (x->party != 0) - (y->party != 0);
	return c != 0 ? c : (int)x->table - (int)y->table;
}

static int
by_number(const void *a, const void *b)
{
	const struct system *x = a, *y = b;

	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	return x->hi != y->hi ? (x->hi > y->hi ? -1 : 1) : (x->party != 0) - (y->party != 0);
}

static bool
after(const struct ip *a, struct ip *out)
{
	int i;

	*out = *a;
	for (i = 15; i >= 0 && ++out->b[i] == 0; i--)
		;
	return i >= 0;
}

static void
place_put(struct ladder *l, const struct ip *from, uint32_t range)
{
	if (l->nplace > 0 && ip_cmp(&l->place[l->nplace - 1].from, from) == 0) {
		l->place[l->nplace - 1].range = range;
		return;
	}
	l->place = more(l->place, l->nplace, &l->cplace, sizeof *l->place);
	l->place[l->nplace++] = (struct place){ *from, range };
}

/* The innermost ends before upto: those around it come to light again. */
static uint32_t
close_until(struct ladder *l, uint32_t top, const struct ip *upto)
{
	struct ip next;

	while (top != NONE && (upto == NULL || ip_cmp(&l->range[top].hi, upto) < 0)) {
		bool more_space = after(&l->range[top].hi, &next);

		top = l->range[top].up;
		while (top != NONE && more_space && ip_cmp(&l->range[top].hi, &next) < 0)
			top = l->range[top].up;
		if (more_space)
			place_put(l, &next, top);
	}
	return top;
}

static unsigned
first16(const struct ip *ip)
{
	return ip_is4(ip) ? (unsigned)ip->b[12] << 8 | ip->b[13] : (unsigned)ip->b[0] << 8 | ip->b[1];
}

static uint32_t
last32(const struct ip *ip)
{
	return (uint32_t)ip->b[12] << 24 | (uint32_t)ip->b[13] << 16 | (uint32_t)ip->b[14] << 8 | ip->b[15];
}

static void
index_places(struct ladder *l, unsigned four)
{
	uint32_t i = 0, *first = l->first[four] = xmalloc(65537 * sizeof *first);
	struct ip at = { { 0 } };
	unsigned k;

	if (four)
		at.b[10] = at.b[11] = 0xff;
	for (k = 0; k < 65536; k++) {
		at.b[four ? 12 : 0] = (uint8_t)(k >> 8);
		at.b[four ? 13 : 1] = (uint8_t)k;
		while (i < l->nplace && ip_cmp(&l->place[i].from, &at) <= 0)
			i++;
		first[k] = i;
	}
	if (four)
		at.b[12] = at.b[13] = at.b[14] = at.b[15] = 0xff;
	else
		memset(at.b, 0xff, sizeof at.b);
	while (i < l->nplace && ip_cmp(&l->place[i].from, &at) <= 0)
		i++;
	first[65536] = i;
}

void
ladder_ready(struct ladder *l)
{
	uint32_t top = NONE, i;

	if (l->nrange > 0)
		qsort(l->range, l->nrange, sizeof *l->range, by_extent);
	if (l->nsystem > 0)
		qsort(l->system, l->nsystem, sizeof *l->system, by_number);
	for (i = 0; i < l->nrange; i++) {
		top = close_until(l, top, &l->range[i].lo);
		l->range[i].up = top;
		place_put(l, &l->range[i].lo, i);
		top = i;
	}
	close_until(l, top, NULL);
	l->from4 = xcalloc((size_t)l->nplace + 1, sizeof *l->from4);
	for (i = 0; i < l->nplace; i++)
		l->from4[i] = last32(&l->place[i].from);
	index_places(l, 0);
	index_places(l, 1);
}

bool
ladder_empty(const struct ladder *l)
{
	return l == NULL || l->nrange + l->nsystem == 0;
}

/* ---- looking up */

static uint32_t
range_of(const struct ladder *l, const struct ip *ip)
{
	unsigned k = first16(ip), four = ip_is4(ip);
	uint32_t lo = l->first[four][k], hi = l->first[four][k + 1], mid, a = last32(ip);

	while (four && lo < hi) {		/* the first place after ip */
		mid = lo + (hi - lo) / 2;
		if (l->from4[mid] <= a)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (!four && lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (ip_cmp(&l->place[mid].from, ip) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > 0 ? l->place[lo - 1].range : NONE;
}

/* Systems may lie in one another (a block and one of it): the last that begins not after asn, and those
 * before it. */
static const struct system *
system_of(const struct ladder *l, uint32_t asn, const struct ladder_query *q, bool party)
{
	uint32_t lo = 0, hi = l->nsystem, mid, n;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (l->system[mid].lo <= asn)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (n = 0; lo > 0 && n < OUTER; n++) {
		const struct system *s = &l->system[--lo];

		if (s->hi >= asn && (party ? s->party > 0 : s->cc[0] != '\0') &&
		    q->now - l->table[s->table].dated <= q->stale)
			return s;
	}
	return NULL;
}

bool
ladder_covers(const struct ladder *l, const struct ip *ip, uint32_t asn)
{
	const struct ladder_query all = { NULL, asn, 0, INT64_MAX };

	return !ladder_empty(l) && ((ip != NULL && range_of(l, ip) != NONE) ||
	    (asn != 0 && (system_of(l, asn, &all, true) != NULL || system_of(l, asn, &all, false) != NULL)));
}

static void
hit_range(const struct ladder *l, const struct range *r, struct ladder_hit *out)
{
	*out = (struct ladder_hit){ .table = &l->table[r->table], .name = r->name, .lo = r->lo, .hi = r->hi,
		.has_range = true, .party = r->party > 0 ? &l->party[r->party - 1] : NULL };
	memcpy(out->country, r->cc, 2);
}

static bool
hit_system(const struct ladder *l, const struct system *s, struct ladder_hit *out)
{
	if (s == NULL)
		return false;
	*out = (struct ladder_hit){ .table = &l->table[s->table], .name = s->name, .as_lo = s->lo,
		.as_hi = s->hi, .party = s->party > 0 ? &l->party[s->party - 1] : NULL };
	memcpy(out->country, s->cc, 2);
	return true;
}

bool
ladder_network(const struct ladder *l, const struct ladder_query *q, struct ladder_hit *out)
{
	uint32_t i = !ladder_empty(l) && q->ip != NULL ? range_of(l, q->ip) : NONE, origin = 0, n;

	if (ladder_empty(l))
		return false;
	for (n = 0; i != NONE && n < OUTER; n++, i = l->range[i].up) {
		const struct range *r = &l->range[i];

		if (ip_cmp(&r->hi, q->ip) < 0 || q->now - l->table[r->table].dated > q->stale)
			continue;
		if (r->party > 0) {
			hit_range(l, r, out);
			return true;
		}
		origin = origin > 0 ? origin : r->origin;
	}
	return (origin > 0 && hit_system(l, system_of(l, origin, q, true), out)) ||
	    (q->asn > 0 && hit_system(l, system_of(l, q->asn, q, true), out));
}

static bool
cert_of(const struct ladder *l, const struct ladder_query *q, struct ladder_hit *out)
{
	char key[8] = "cert:";
	uint64_t at;

	memcpy(key + 5, out->country, 2);
	key[7] = '\0';
	if (!map_get(l->by_key, key, 7, &at))
		return false;
	out->party = &l->party[at - 1];
	return q->now - l->table[out->party->table].dated <= q->stale;
}

bool
ladder_country(const struct ladder *l, const struct ladder_query *q, struct ladder_hit *out)
{
	uint32_t i = !ladder_empty(l) && q->ip != NULL ? range_of(l, q->ip) : NONE, n;

	if (ladder_empty(l))
		return false;
	for (n = 0; i != NONE && n < OUTER; n++, i = l->range[i].up) {
		const struct range *r = &l->range[i];

		if (r->cc[0] == '\0' || ip_cmp(&r->hi, q->ip) < 0 ||
		    q->now - l->table[r->table].dated > q->stale)
			continue;
		hit_range(l, r, out);
		return cert_of(l, q, out);
	}
	return q->asn > 0 && hit_system(l, system_of(l, q->asn, q, false), out) && cert_of(l, q, out);
}

const struct ladder_party *
ladder_party(const struct ladder *l, const char *key)
{
	uint64_t at;

	return l != NULL && map_get(l->by_key, key, strlen(key), &at) ? &l->party[at - 1] : NULL;
}

const struct ladder_table *
ladder_table(const struct ladder *l, uint32_t i)
{
	return l != NULL && i < l->ntable ? &l->table[i] : NULL;
}
