/* SPDX-License-Identifier: Apache-2.0 */
/* See tell.h. */
#include "tell.h"

void
tell_begin(struct telling *t)
{
	t->told = 0;
	t->told_line = 1;
	t->declared = false;
	t->nrow = 0;
}

static struct tcs_span
span_to(struct telling *t, size_t end)
{
	struct tcs_span s = { t->told, (uint32_t)(end - t->told), t->told_line };

	for (; t->told < end; t->told++)
		t->told_line += t->buf[t->told] == '\n';
	return s;
}

int
tell_flush(struct telling *t)
{
	uint32_t n = t->nrow;

	t->nrow = 0;
	return n ? t->host->rows(t->ctx, n, t->span, t->again, t->cell) : TCS_OK;
}

int
tell_skip_to(struct telling *t, size_t end)
{
	struct tcs_span s;
	int rc;

	if (end <= t->told)
		return TCS_OK;
	if ((rc = tell_flush(t)) != TCS_OK)
		return rc;
	s = span_to(t, end);
	return t->host->skip(t->ctx, &s);
}

int
tell_reject(struct telling *t, size_t off, size_t end, const char *why, const char *detail)
{
	struct tcs_span s;
	int rc = tell_skip_to(t, off);

	if (rc != TCS_OK || end <= t->told || (rc = tell_flush(t)) != TCS_OK)
		return rc;
	t->said++;
	s = span_to(t, end);
	return t->host->reject(t->ctx, &s, why, detail);
}

static int
declare(struct telling *t)
{
	struct tcs_slice name[C_COUNT];
	uint32_t i;
	int rc;

	if (t->declared)
		return TCS_OK;
	for (i = 0; i < C_COUNT; i++)
		name[i] = tcs_str(column_names[i]);
	rc = t->host->columns(t->ctx, name, C_COUNT, t->want);
	t->declared = true;
	t->nwant = 0;
	for (i = 0; i < C_COUNT; i++)
		t->nwant += t->want[i] != 0;
	return rc;
}

int
tell_record(struct telling *t, size_t off, size_t end, struct tcs_span *span)
{
	int rc;

	if ((rc = declare(t)) != TCS_OK || (rc = tell_skip_to(t, off)) != TCS_OK)
		return rc;
	*span = span_to(t, end);
	return TCS_OK;
}

int
tell_row(struct telling *t, const struct tcs_span *span, bool again, const struct tcs_slice cell[C_COUNT])
{
	struct tcs_slice *out = t->cell + (size_t)t->nrow * t->nwant;
	uint32_t i;

	for (i = 0; i < C_COUNT; i++)
		if (t->want[i])
			*out++ = cell[i];
	t->span[t->nrow] = *span;
	t->again[t->nrow++] = again;
	t->said++;
	return t->nrow == ROWS ? tell_flush(t) : TCS_OK;
}
