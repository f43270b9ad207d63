/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From sorted assets to tables: equal keys become one group, and each group
 * learns which wider one covers it too.
 */
#include <stdlib.h>
#include <string.h>
#include <tocsin/plugin.h>
#include "tables.h"

static bool
covers(const struct lpm_prefix *wide, const struct lpm_prefix *p)
{
	unsigned whole = wide->len / 8, rest = wide->len % 8;

	return wide->len <= p->len && memcmp(wide->ip, p->ip, whole) == 0 &&
	    (rest == 0 || ((wide->ip[whole] ^ p->ip[whole]) & (0xff00 >> rest) & 0xff) == 0);
}

/* Sorted by address, then length: what covers a network is always among those that cover
 * the one before it. */
static uint32_t
groups_of_nets(struct groups *gs, const struct data_net *net, uint32_t n, struct lpm_prefix *out)
{
	uint32_t open[129], depth = 0, i, m = 0, up;

	for (i = 0; i < n; i++) {
		if (m > 0 && out[m - 1].len == net[i].len &&
		    memcmp(out[m - 1].ip, net[i].ip, sizeof net[i].ip) == 0) {
			groups_add(gs, net[i].asset);
			continue;
		}
		memcpy(out[m].ip, net[i].ip, sizeof net[i].ip);
		out[m].len = net[i].len;
		while (depth > 0 && !covers(&out[open[depth - 1]], &out[m]))
			depth--;
		up = depth > 0 ? out[open[depth - 1]].value : 0;
		out[m].value = groups_new(gs, TCS_R_NETWORK, net[i].len, up);
		groups_add(gs, net[i].asset);
		open[depth++] = m++;
	}
	return m;
}

static bool
make_nets(struct tables *t, struct lpm *lpm, const struct data_net *net, uint32_t n, unsigned skip)
{
	struct lpm_prefix *p = malloc(((size_t)n + 1) * sizeof *p);
	bool done;

	if (p == NULL)
		return false;
	done = lpm_build(lpm, p, groups_of_nets(&t->groups, net, n, p), skip);
	free(p);
	return done;
}

static bool
make_asns(struct tables *t, const struct data_asn *asn, uint32_t n)
{
	uint32_t i;

	if (!asns_init(&t->asn, n))
		return false;
	for (i = 0; i < n; i++) {
		if (i == 0 || asn[i].asn != asn[i - 1].asn)
			asns_put(&t->asn, asn[i].asn, groups_new(&t->groups, TCS_R_ASN, 0, 0));
		groups_add(&t->groups, asn[i].asset);
	}
	return true;
}

/* The texts are copied: the data is the host's and goes after load. */
static bool
copy_texts(struct tables *t, const struct data *d)
{
	size_t n = 1;
	uint32_t i;

	for (i = 0; i < d->ndomain; i++)
		n += d->domain[i].text.n;
	return (t->text = malloc(n)) != NULL;
}

static bool
make_domains(struct tables *t, const struct data *d)
{
	const struct data_domain *one;
	uint32_t i, value, up, newest = 0;
	size_t at = 0;

	if (!copy_texts(t, d) || !suffixes_init(&t->domain, d->labels))
		return false;
	for (i = 0; i < d->ndomain; i++) {
		one = &d->domain[i];
		memcpy(t->text + at, one->text.p, one->text.n);
		value = t->groups.n;
		suffixes_put(&t->domain, tcs_slice(t->text + at, one->text.n), &value, &up);
		at += one->text.n;
		if (value != newest)
			newest = groups_new(&t->groups, TCS_R_DOMAIN, (uint16_t)one->labels, up);
		groups_add(&t->groups, one->asset);
	}
	return true;
}

struct tables *
tables_make(const struct data *d)
{
	struct tables *t = calloc(1, sizeof *t);

	if (t == NULL)
		return NULL;
	t->has_asn = d->nasn > 0;
	t->has_domain = d->ndomain > 0;
	if (groups_init(&t->groups, d->nline) && make_nets(t, &t->net4, d->net4, d->nnet4, 12) &&
	    make_nets(t, &t->net6, d->net6, d->nnet6, 0) && make_asns(t, d->asn, d->nasn) &&
	    make_domains(t, d))
		return t;
	tables_free(t);
	return NULL;
}

void
tables_free(struct tables *t)
{
	if (t == NULL)
		return;
	groups_free(&t->groups);
	lpm_free(&t->net4);
	lpm_free(&t->net6);
	asns_free(&t->asn);
	suffixes_free(&t->domain);
	free(t->text);
	free(t);
}
