/* SPDX-License-Identifier: Apache-2.0 */
/* See campaign_select.h. */
#include <stdlib.h>
#include <string.h>
#include "campaign_select.h"
#include "ledger/ledger_campaign.h"
#include "ledger/ledger_read.h"
#include "name.h"

struct selecting {
	struct decider	*d;
	struct arena	*a;
	uint32_t	*ids, n;
};

bool
campaign_wants(const struct tcase *c)
{
	return c->key.org != 0 && c->seen == SEEN_OPEN && c->told != TOLD_MUTED && c->answer == ANSWER_NONE;
}

static void
take(struct selecting *x, const struct tcase *c)
{
	if (c == NULL || !campaign_wants(c))
		return;
	x->ids = arena_room(x->a, x->ids, x->n, sizeof *x->ids);
	x->ids[x->n++] = c->id;
}

static void
by_word(struct selecting *x, bool identifier, const char *value)
{
	const char *text = identifier ? value : problems_canonical(x->d->problems, tcs_str(value));
	uint32_t word = ledger_find(x->d->ledger, identifier ? DICT_IDENTIFIER : DICT_PROBLEM,
	    tcs_str(text)), i,
	    n = table_count(x->d->table);

	for (i = 0; word != 0 && i < n; i++) {
		const struct tcase *c = table_at(x->d->table, i);

		if ((identifier ? c->identifier : c->key.problem) == word)
			take(x, c);
	}
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool
by_input(struct selecting *x, const char *value, struct err *e)
{
	struct sighting *s;
	uint32_t n, i, *ids;
	uint64_t id;

	if (!tcs_uint(tcs_str(value), UINT32_MAX, &id))
		return err_set(e, "input \"%s\": expected its number", value);
	if (!ledger_input_sightings(x->d->ledger, x->a, (uint32_t)id, &s, &n, e))
		return false;
	ids = arena_alloc(x->a, (n + 1) * sizeof *ids);
	for (i = 0; i < n; i++)
		ids[i] = s[i].id;
	qsort(ids, n, sizeof *ids, by_number);
	for (i = 0; i < n; i++)
		if (i == 0 || ids[i] != ids[i - 1])
			take(x, table_id(x->d->table, ids[i]));
	return true;
}

/* Every word of the list that is an address or a name. */
static struct map *
subjects(const struct decider *d, struct arena *a, struct tcs_slice rest)
{
	struct map *m = map_new();
	struct tcs_slice word, name;
	struct ip ip;
	uint32_t id;
	size_t i, n;

	for (i = 0; i < rest.n; i += n + 1) {
		n = 0;
		while (i + n < rest.n && strchr(" \t\r\n,;\"", rest.p[i + n]) == NULL)
			n++;
		word = tcs_slice(rest.p + i, n);
		if (n == 0)
			continue;
		if (ip_parse(word.p, word.n, &ip))
			map_set(m, &ip, sizeof ip, 1);
		else if (name_normalise(word, a, &name) &&
		    (id = ledger_find(d->ledger, DICT_NAME, name)) != 0)
			map_set(m, &id, sizeof id, 1);
	}
	return m;
}

static void
by_list(struct selecting *x, const char *list, size_t nlist)
{
	struct map *m = subjects(x->d, x->a, tcs_slice(list, nlist));
	uint32_t i, n = table_count(x->d->table);
	uint64_t is;

	for (i = 0; i < n; i++) {
		const struct tcase *c = table_at(x->d->table, i);

		if (c->key.name != 0 ? map_get(m, &c->key.name, sizeof c->key.name, &is) :
		    map_get(m, &c->key.ip, sizeof c->key.ip, &is))
			take(x, c);
	}
	map_free(m);
}

static bool
by_cve(struct selecting *x, const char *value, struct err *e)
{
	uint32_t *ids, n, i;

	if (!ledger_cve_cases(x->d->ledger, x->a, value, &ids, &n, e))
		return false;
	for (i = 0; i < n; i++)
		take(x, table_id(x->d->table, ids[i]));
	return true;
}

bool
campaign_select(struct decider *d, const char *what, const char *list, size_t nlist, struct arena *a,
    uint32_t **ids, uint32_t *n, struct err *e)
{
	struct selecting x = { .d = d, .a = a };
	struct tcs_slice kind, rest = tcs_str(what);
	bool good = true;

	if (!tcs_cut(&rest, ':', &kind) || rest.n == 0)
		return err_set(e, "\"%s\": about what?", what);
	if (tcs_is(kind, "problem") || tcs_is(kind, "identifier"))
		by_word(&x, tcs_is(kind, "identifier"), rest.p);
	else if (tcs_is(kind, "cve"))
		good = by_cve(&x, rest.p, e);
	else if (tcs_is(kind, "input"))
		good = by_input(&x, rest.p, e);
	else if (tcs_is(kind, "list") && list != NULL)
		by_list(&x, list, nlist);
	else
		good = err_set(e, "\"%s\": expected problem, cve, identifier, input or list", what);
	*ids = x.ids;
	*n = x.n;
	return good && (x.n > 0 || err_set(e, "%s: there is no open case that is not answered", what));
}
