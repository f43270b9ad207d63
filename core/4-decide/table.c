/* SPDX-License-Identifier: Apache-2.0 */
/* See table.h.  Nothing is ever removed one by one: a rekeyed case leaves a dead slot behind. */
#include <stdlib.h>
#include <string.h>
#include "hash.h"
#include "mem.h"
#include "table.h"

#define EMPTY UINT32_MAX
#define DEAD (UINT32_MAX - 1)

struct table {
	struct tcase	*c;
	uint32_t	 n, cap;
	uint32_t	*slot, nslot;		/* power of two; index into c */
	uint32_t	*by_id, nid;		/* id -> index */
	uint32_t	*host;			/* as many as slots: cases with a port by all of their key but
						 * the port, chained by "beside", index + 1 */
};

struct table *
table_new(void)
{
	struct table *t = xcalloc(1, sizeof *t);

	t->nslot = 1024;
	t->slot = xmalloc(t->nslot * sizeof *t->slot);
	memset(t->slot, 0xff, t->nslot * sizeof *t->slot);
	t->host = xcalloc(t->nslot, sizeof *t->host);
	return t;
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	free(t->c);
	free(t->slot);
	free(t->host);
	free(t->by_id);
	free(t);
}

static void
slot_put(struct table *t, uint32_t i)
{
	uint32_t mask = t->nslot - 1, h = (uint32_t)hash_bytes(&t->c[i].key, sizeof t->c[i].key) & mask;

	while (t->slot[h] != EMPTY)
		h = (h + 1) & mask;
	t->slot[h] = i;
}

static uint32_t
host_of(const struct table *t, const struct case_key *k)
{
	struct case_key all = *k;

	all.port = 0;
	all.transport = 0;
	return (uint32_t)hash_bytes(&all, sizeof all) & (t->nslot - 1);
}

static void
host_put(struct table *t, uint32_t i)
{
	uint32_t h;

	if (t->c[i].key.port == 0)
		return;
	h = host_of(t, &t->c[i].key);
	t->c[i].beside = t->host[h];
	t->host[h] = i + 1;
}

static void
grow(struct table *t)
{
	uint32_t i;

	t->nslot *= 2;
	t->slot = xrealloc(t->slot, t->nslot * sizeof *t->slot);
	memset(t->slot, 0xff, t->nslot * sizeof *t->slot);
	free(t->host);
	t->host = xcalloc(t->nslot, sizeof *t->host);
	for (i = 0; i < t->n; i++) {
		slot_put(t, i);
		host_put(t, i);
	}
}

struct tcase *
table_beside(const struct table *t, const struct case_key *k, const struct tcase *after)
{
	uint32_t i = after != NULL ? after->beside : t->host[host_of(t, k)];
	const struct case_key *b;

	for (; i != 0; i = t->c[i - 1].beside) {
		b = &t->c[i - 1].key;
		if (b->org == k->org && b->problem == k->problem && b->name == k->name && b->day == k->day &&
		    ip_cmp(&b->ip, &k->ip) == 0)
			return &t->c[i - 1];
	}
	return NULL;
}

struct tcase *
table_find(const struct table *t, const struct case_key *k)
{
	uint32_t mask = t->nslot - 1, h = (uint32_t)hash_bytes(k, sizeof *k) & mask, i;

	for (; (i = t->slot[h]) != EMPTY; h = (h + 1) & mask)
		if (i != DEAD && memcmp(&t->c[i].key, k, sizeof *k) == 0)
			return &t->c[i];
	return NULL;
}

static void
id_put(struct table *t, uint32_t id, uint32_t i)
{
	uint32_t n;

	if (id >= t->nid) {
		n = t->nid ? t->nid : 1024;
		while (n <= id)
			n *= 2;
		t->by_id = xrealloc(t->by_id, n * sizeof *t->by_id);
		memset(t->by_id + t->nid, 0xff, (n - t->nid) * sizeof *t->by_id);
		t->nid = n;
	}
	t->by_id[id] = i;
}

struct tcase *
table_add(struct table *t, const struct case_key *k, uint32_t id)
{
	struct tcase *c;

	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 256;
		t->c = xrealloc(t->c, t->cap * sizeof *t->c);
	}
	c = &t->c[t->n];
	memset(c, 0, sizeof *c);
	c->key = *k;
	c->id = id;
	if ((t->n + 1) * 2 > t->nslot)
		grow(t);
	slot_put(t, t->n);
	host_put(t, t->n);
	id_put(t, id, t->n);
	t->n++;
	return c;
}

struct tcase *
table_id(const struct table *t, uint32_t id)
{
	if (id >= t->nid || t->by_id[id] == EMPTY)
		return NULL;
	return &t->c[t->by_id[id]];
}

uint32_t
table_count(const struct table *t)
{
	return t->n;
}

struct tcase *
table_at(const struct table *t, uint32_t i)
{
	return &t->c[i];
}

static void
host_take(struct table *t, uint32_t i)
{
	uint32_t *at = &t->host[host_of(t, &t->c[i].key)];

	while (*at != 0 && *at != i + 1)
		at = &t->c[*at - 1].beside;
	if (*at != 0)
		*at = t->c[i].beside;
}

void
table_rekey(struct table *t, struct tcase *c, const struct case_key *k)
{
	uint32_t mask = t->nslot - 1, me = (uint32_t)(c - t->c),
	    h = (uint32_t)hash_bytes(&c->key, sizeof c->key) & mask;

	while (t->slot[h] != me)
		h = (h + 1) & mask;
	t->slot[h] = DEAD;
	if (c->key.port != 0)
		host_take(t, me);
	c->key = *k;
	slot_put(t, me);
	host_put(t, me);
}
