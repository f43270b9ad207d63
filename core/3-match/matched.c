/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See matched.h.  One batch for one stage: its columns are slices, gathered
 * from the findings; what the stage says is checked as it is said.
 */
#include <string.h>
#include "3-match/matched.h"
#include "3-match/stage.h"
#include "3-match/stages_int.h"
#include "mem.h"

bool
stages_have_matched(const struct stages *s)
{
	uint32_t i;

	for (i = 0; i < s->n; i++)
		if (s->stage[i].matched)
			return true;
	return false;
}

const char *const *
stages_wants(const struct stages *s, uint32_t *n)
{
	*n = s->nwant;
	return s->want;
}

/* ---- a field of a finding as text */

static struct tcs_slice
extra_text(const struct finding *f, const char *name)
{
	uint32_t i;

	for (i = 0; i < f->nextra; i++)
		if (strcmp(f->extra[i].name, name) == 0)
			return f->extra[i].v.text;
	return tcs_slice(NULL, 0);
}

static struct tcs_slice
ip_slice(const struct finding *f, struct arena *a)
{
	char text[IP_TEXT];

	if (!f->has_ip)
		return tcs_slice(NULL, 0);
	ip_text(&f->ip, text);
	return tcs_slice(arena_strdup(a, text), strlen(text));
}

static struct tcs_slice
field_text(const struct finding *f, const struct stage_want *w, struct arena *a)
{
	if (w->extra != NULL)
		return extra_text(f, w->extra);
	if (w->field == TCS_F_SUBJECT_IP)
		return ip_slice(f, a);
	if (w->field == TCS_F_SUBJECT_NAME)
		return f->name.n > 0 ? f->name : tcs_slice(NULL, 0);
	if (w->field == TCS_F_SEVERITY && f->severity != SEV_NONE)
		return tcs_str(severity_names[f->severity]);
	return f->f[w->field].form == VF_NONE ? tcs_slice(NULL, 0) : f->f[w->field].text;
}

static void
gather(const struct stage *s, const struct matched *m, uint32_t n, struct tcs_col *col, struct arena *a)
{
	struct tcs_slice *cell;
	uint64_t *valid;
	uint32_t i, k;

	for (k = 0; k < s->nwant; k++) {
		cell = arena_alloc(a, (n + 1) * sizeof *cell);
		valid = arena_alloc(a, BATCH_ROWS / 64 * sizeof *valid);
		for (i = 0; i < n; i++) {
			cell[i] = field_text(m[i].f, &s->want[k], a);
			if (cell[i].p != NULL)
				valid[i / 64] |= UINT64_C(1) << i % 64;
		}
		col[k] = (struct tcs_col){ TCS_C_TEXT, sizeof *cell, valid, cell };
	}
}

/* ---- what a stage adds */

void
matched_set(struct finding *f, const char *name, struct tcs_slice value, struct arena *a)
{
	struct fvalue v = { .form = VF_TEXT, .text = tcs_slice(arena_dup(a, value.p, value.n), value.n) };
	struct extra *more;
	uint32_t i;

	for (i = f->nextra - f->nset; i < f->nextra; i++)
		if (strcmp(f->extra[i].name, name) == 0) {
			f->extra[i].v = v;
			return;
		}
	more = arena_alloc(a, (f->nextra + 1) * sizeof *more);
	if (f->nextra > 0)
		memcpy(more, f->extra, f->nextra * sizeof *more);
	f->extra = more;
	f->extra[f->nextra].name = arena_strdup(a, name);
	f->extra[f->nextra++].v = v;
	f->nset++;
}

static bool
take_out(const struct stage *s, struct matched *m, uint32_t n, const uint8_t *said, struct err *e)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (m[i].reason != NULL || said[i] == 0)
			continue;
		if (said[i] > s->nreason)
			return err_set(e, "stage %s: verdict %u, and it has %u reasons", s->name,
			    (unsigned)said[i], (unsigned)s->nreason);
		m[i].stage = s->name;
		m[i].reason = stage_reason(s, said[i]);
	}
	return true;
}

bool
stages_matched(struct stages *s, struct matched *m, uint32_t n, struct arena *a, struct err *e)
{
	struct tcs_col col[STAGE_WANTS];
	uint8_t said[BATCH_ROWS];
	uint32_t i, k;

	for (k = 0; k < s->n; k++) {
		struct stage *st = &s->stage[k];

		if (!st->matched)
			continue;
		gather(st, m, n, col, a);
		for (i = 0; i < n; i++)
			said[i] = m[i].reason != NULL ? 255 : 0;
		if (!stage_run_matched(st, m, n, col, said, a, e) || !take_out(st, m, n, said, e))
			return false;
	}
	return true;
}

void
stages_refresh(struct stages *s, void (*bad)(void *arg, const char *stage, const char *why), void *arg)
{
	struct err e = ERR_INIT;
	uint32_t i;

	for (i = 0; i < s->n; i++) {
		if (stage_refresh(&s->stage[i], &e))
			continue;
		bad(arg, s->stage[i].name, e.text);
		e = (struct err)ERR_INIT;
	}
	stages_put_wants(s);
}
