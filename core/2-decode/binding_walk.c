/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row for people: each of its columns with what the feed makes of it.  For
 * showing a mapping at work, and for saying which value made a row refused;
 * what a finding is, is binding_finding's to say.
 */
#include "2-decode/binding_int.h"

static const char *
target_of(const struct bound *m, struct arena *a)
{
	if (m->field != NULL)
		return m->field->name;
	return m->m->extra != NULL ? arena_printf(a, "extra.%s", m->m->extra) : NULL;
}

void
binding_walk(const struct binding *b, const struct rows *r, uint32_t i, struct arena *a,
    void (*each)(void *arg, const char *column, struct tcs_slice cell, const char *target), void *arg)
{
	uint32_t m;
	uint16_t c;

	for (m = 0; m < b->nmap; m++)
		for (c = 0; c < b->map[m].n; c++)
			each(arg, b->map[m].col[c], r->col[b->map[m].k[c]][i], target_of(&b->map[m], a));
	for (m = 0; m < b->nrest; m++)
		each(arg, b->rest[m].name, r->col[b->rest[m].k][i],
		    arena_printf(a, "extra.%s", b->rest[m].name));
}

bool
binding_refused_cell(const struct binding *b, const struct rows *r, uint32_t i, const char *why,
    struct tcs_slice *cell)
{
	uint32_t m;
	uint16_t c;

	for (m = 0; m < b->nmap; m++)
		for (c = 0; b->map[m].m->why == why && c < b->map[m].n; c++) {
			*cell = r->col[b->map[m].k[c]][i];
			if (cell->n > 0)
				return true;
		}
	return false;
}
