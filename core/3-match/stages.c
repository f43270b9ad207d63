/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configured stages over a batch, in their order.  Each sees the rows
 * that those before it kept; their claims are put together in order of row,
 * without those of rows that a stage took out.
 */
#include <stdlib.h>
#include <string.h>
#include "3-match/match.h"
#include "3-match/stages_int.h"
#include "mem.h"

#define TAKEN 255			/* shown to a stage for rows taken out before it */

static bool
number_reasons(struct stages *s, struct err *e)
{
	uint32_t i, sum = 0;

	for (i = 0; i < s->n; i++) {
		if (s->stage[i].matched)
			continue;
		s->stage[i].verdict0 = (uint8_t)sum;
		if ((sum += s->stage[i].nreason) >= TAKEN)
			return err_set(e, "match: the stages have more than 254 reasons together");
	}
	return true;
}

void
stages_put_wants(struct stages *s)
{
	uint32_t i, k;

	free(s->want);
	s->nwant = 0;
	s->want = xcalloc(s->n * STAGE_WANTS + 1, sizeof *s->want);
	for (i = 0; i < s->n; i++)
		for (k = 0; k < s->stage[i].nwant; k++)
			s->want[s->nwant++] = s->stage[i].want[k].name;
}

struct stages *
stages_open(const struct plugin *const *plugin, const struct tcs_val *const *opts, uint32_t n, struct err *e)
{
	struct stages *s = xcalloc(1, sizeof *s);
	bool fine = true;

	s->stage = xcalloc(n + 1, sizeof *s->stage);
	while (fine && s->n < n) {
		fine = stage_open(&s->stage[s->n], plugin[s->n], opts[s->n], e);
		s->n++;
	}
	if (fine && number_reasons(s, e)) {
		stages_put_wants(s);
		return s;
	}
	stages_close(s);
	return NULL;
}

void
stages_close(struct stages *s)
{
	uint32_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->n; i++)
		stage_close(&s->stage[i]);
	free(s->stage);
	free(s->want);
	free(s->claim);
	free(s->sorted);
	free(s);
}

static bool
takes_assets(const struct stage *st)
{
	return st->data != NULL && strcmp(st->data, "assets") == 0;
}

/* All or none: a stage that refuses the snapshot must not leave the others with it. */
bool
stages_load(struct stages *s, const struct registry *reg, struct err *e)
{
	struct buf data;
	bool fine = true;
	uint32_t i, n;

	buf_init(&data);
	registry_data(&data, reg);
	for (n = 0; n < s->n && fine; n++)
		if (takes_assets(&s->stage[n]))
			fine = stage_load(&s->stage[n], data.p, data.n, e);
	for (i = 0; i < n; i++)
		if (takes_assets(&s->stage[i]))
			stage_swap(&s->stage[i], fine);
	buf_free(&data);
	return fine;
}

const char *
stages_reason(const struct stages *s, uint8_t verdict)
{
	uint32_t i;

	for (i = 0; i < s->n; i++)
		if (!s->stage[i].matched && verdict > s->stage[i].verdict0 && verdict <=
		    s->stage[i].verdict0 + s->stage[i].nreason)
			return s->stage[i].ops->reasons[verdict - s->stage[i].verdict0 - 1];
	return NULL;
}

/* ---- one batch */

static bool
take_verdicts(const struct stage *st, struct batch *b, const uint8_t *said, struct err *e)
{
	uint32_t i;

	for (i = 0; i < b->nrow; i++) {
		if (b->verdict[i] != 0 || said[i] == 0)
			continue;
		if (said[i] > st->nreason)
			return err_set(e, "stage %s: verdict %u, and it has %u reasons", st->name,
			    (unsigned)said[i], (unsigned)st->nreason);
		b->verdict[i] = (uint8_t)(st->verdict0 + said[i]);
	}
	return true;
}

static void
add_claims(struct stages *s, const struct stage *st)
{
	if (s->nclaim + st->nclaim > s->cap) {
		s->cap = (s->nclaim + st->nclaim) * 2;
		s->claim = xrealloc(s->claim, s->cap * sizeof *s->claim);
		s->sorted = xrealloc(s->sorted, s->cap * sizeof *s->sorted);
	}
	if (st->nclaim > 0)
		memcpy(s->claim + s->nclaim, st->claim, st->nclaim * sizeof *s->claim);
	s->nclaim += st->nclaim;
}

static bool
in_order(const struct stages *s, const struct batch *b)
{
	uint32_t i;

	for (i = 0; i < s->nclaim; i++)
		if (b->verdict[s->claim[i].row] != 0 || (i > 0 && s->claim[i].row < s->claim[i - 1].row))
			return false;
	return true;
}

/* By row, else as they came; without those of rows taken out. */
static void
sort_claims(struct stages *s, const struct batch *b)
{
	uint32_t count[BATCH_ROWS + 1] = { 0 }, i, n = 0, here;
	struct tcs_claim *swap;

	for (i = 0; i < s->nclaim; i++)
		if (b->verdict[s->claim[i].row] == 0)
			count[s->claim[i].row]++;
	for (i = 0; i < b->nrow; i++) {
		here = count[i];
		count[i] = n;
		n += here;
	}
	for (i = 0; i < s->nclaim; i++)
		if (b->verdict[s->claim[i].row] == 0)
			s->sorted[count[s->claim[i].row]++] = s->claim[i];
	swap = s->claim;
	s->claim = s->sorted;
	s->sorted = swap;
	s->nclaim = n;
}

bool
stages_run(struct stages *s, struct batch *b, const struct tcs_claim **claim, uint32_t *nclaim, struct err *e)
{
	uint8_t said[BATCH_ROWS];
	uint32_t i, k;

	s->nclaim = 0;
	for (i = 0; i < s->n; i++) {
		if (s->stage[i].matched)
			continue;
		for (k = 0; k < b->nrow; k++)
			said[k] = b->verdict[k] != 0 ? TAKEN : 0;
		if (!stage_run(&s->stage[i], b, said, e) || !take_verdicts(&s->stage[i], b, said, e))
			return false;
		add_claims(s, &s->stage[i]);
	}
	if (!in_order(s, b))
		sort_claims(s, b);
	*claim = s->claim;
	*nclaim = s->nclaim;
	return true;
}
