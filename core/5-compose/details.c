/* SPDX-License-Identifier: Apache-2.0 */
/* See details.h. */
#include <stdlib.h>
#include <string.h>
#include "5-compose/details.h"
#include "mem.h"

struct place {
	uint32_t	input, at;		/* at: index in the caller's list */
	struct evidence_want want;
};

struct reading {
	struct arena		*a;
	const struct place	*place;		/* of one input */
	struct detail		*out;
};

static struct tcs_slice
keep(struct arena *a, struct tcs_slice s)
{
	return s.p == NULL ? s : tcs_slice(arena_strndup(a, s.p, s.n), s.n);
}

struct finding *
finding_keep(struct arena *a, const struct finding *f)
{
	struct finding *k = arena_dup(a, f, sizeof *f);
	uint32_t i;

	for (i = 0; i < TCS_F_COUNT; i++)
		if (k->f[i].form != VF_NONE)
			k->f[i].text = keep(a, f->f[i].text);
	k->name = keep(a, f->name);
	k->extra = arena_alloc(a, (f->nextra + 1) * sizeof *k->extra);
	for (i = 0; i < f->nextra; i++) {
		k->extra[i] = f->extra[i];
		k->extra[i].name = arena_strdup(a, f->extra[i].name);
		k->extra[i].v.text = keep(a, f->extra[i].v.text);
	}
	return k;
}

static int
by_place(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;

	if (a->input != b->input)
		return a->input < b->input ? -1 : 1;
	if (a->want.off != b->want.off)
		return a->want.off < b->want.off ? -1 : 1;
	return (a->want.sub > b->want.sub) - (a->want.sub < b->want.sub);
}

static void
found(void *arg, uint32_t i, const struct finding *f, const char *raw)
{
	struct reading *r = arg;

	(void)raw;
	r->out[r->place[i].at].f = finding_keep(r->a, f);
}

/* "source/report" */
static void
feed_words(const struct decider *d, uint32_t feed, struct arena *a, const char **source, const char **report)
{
	const char *text = ledger_text(d->ledger, DICT_FEED, feed);
	size_t n = tcs_find(tcs_str(text), '/');

	*source = arena_strndup(a, text, n);
	*report = text[n] == '/' ? text + n + 1 : "";
}

static bool
read_input(struct decider *d, struct sources *s, const struct place *p, uint32_t n, struct arena *a,
    struct detail *out, struct err *e)
{
	struct evidence_want *want = xmalloc(n * sizeof *want);
	struct reading r = { a, p, out };
	struct err why = ERR_INIT;
	struct decoder *dec;
	struct reader *in = NULL;
	struct input input;
	bool got;
	uint32_t i;

	if (!ledger_input_get(d->ledger, a, p->input, &input, &got, e)) {
		free(want);
		return false;
	}
	for (i = 0; i < n; i++) {
		want[i] = p[i].want;
		if (got) {
			feed_words(d, input.feed, a, &out[p[i].at].source, &out[p[i].at].report);
			out[p[i].at].reported = input.arrived;
		}
	}
	dec = got ? sources_decoder(s, ledger_text(d->ledger, DICT_SOURCE, input.source), &why) : NULL;
	if (dec != NULL && (in = sources_reader(s, &input, &why)) != NULL) {
		bool good = decode_details(dec, input_report_name(&input), in, want, n, found, &r, &why);

		in->close(in);
		for (i = 0; i < n && !good && decode_no_worker(dec); i++)
			out[p[i].at].wait = out[p[i].at].f == NULL;
	}
	free(want);
	return true;
}

bool
details_read(struct decider *d, struct sources *s, const uint32_t *id, uint32_t n, struct arena *a,
    struct detail *out, struct err *e)
{
	struct place *p = xmalloc((n + 1) * sizeof *p);
	uint32_t i, k;
	bool good = true;

	for (i = 0; i < n; i++) {
		const struct tcase *c = table_id(d->table, id[i]);

		p[i] = (struct place){ c->input, i, { c->off, c->len, c->line, c->sub } };
		out[i] = (struct detail){ NULL, "", "", c->last_seen, false };
	}
	qsort(p, n, sizeof *p, by_place);
	for (i = 0; good && i < n; i = k) {
		for (k = i + 1; k < n && p[k].input == p[i].input; k++)
			;
		good = read_input(d, s, p + i, k - i, a, out, e);
	}
	free(p);
	return good;
}
