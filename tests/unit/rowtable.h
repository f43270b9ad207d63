/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A struct rows out of a small table written with bars: the first line has the
 * columns, "~" is a cell without a value.  What a source's worker would hand
 * over, without the worker.
 */
#ifndef TESTS_ROWTABLE_H
#define TESTS_ROWTABLE_H

#include <stdlib.h>
#include "2-decode/binding_int.h"
#include "mem.h"

#define TABLE_COLS 256

struct table {
	struct tcs_slice name[TABLE_COLS];
	uint8_t		 want[TABLE_COLS];
	uint32_t	 ncol, nrow;
	struct tcs_slice *cell;			/* nrow by ncol */
	struct rows	 rows;
	const struct tcs_slice *col[TABLE_COLS];
	struct arena	*a;
};

static inline uint32_t
table_cut(struct tcs_slice line, struct tcs_slice *out)
{
	struct tcs_slice part;
	uint32_t n = 0;

	while (n < TABLE_COLS && tcs_cut(&line, '|', &part))
		out[n++] = tcs_is(part, "~") ? tcs_slice(NULL, 0) : part;
	return n;
}

static inline void
table_read(struct table *t, const char *text, uint32_t times)
{
	struct tcs_slice rest = tcs_str(text), line;
	uint32_t n = 0, k;

	*t = (struct table){ .a = arena_new() };
	tcs_cut(&rest, '\n', &line);
	t->ncol = table_cut(line, t->name);
	for (k = 0; text[k] != '\0'; k++)
		n += text[k] == '\n';
	t->cell = xcalloc(((size_t)n * times + 32) * t->ncol + TABLE_COLS, sizeof *t->cell);
	for (k = 0; k < times; k++) {
		struct tcs_slice again = rest;

		while (tcs_cut(&again, '\n', &line))
			if (line.n > 0)
				table_cut(line, &t->cell[(size_t)t->nrow++ * t->ncol]);
	}
}

/* The rows as a binding has asked for them. */
static inline const struct rows *
table_rows(struct table *t)
{
	uint64_t *off = arena_alloc(t->a, t->nrow * sizeof *off);
	uint32_t *len = arena_alloc(t->a, t->nrow * sizeof *len),
	    *line = arena_alloc(t->a, t->nrow * sizeof *line), i, k, n = 0;
	uint8_t *kind = arena_alloc(t->a, t->nrow);

	for (i = 0; i < t->nrow; i++) {
		off[i] = (uint64_t)i * 10;
		len[i] = 10;
		line[i] = i + 2;
		kind[i] = ROW_RECORD;
	}
	for (k = 0; k < t->ncol; k++) {
		struct tcs_slice *c;

		if (!t->want[k])
			continue;
		c = arena_alloc(t->a, t->nrow * sizeof *c);
		for (i = 0; i < t->nrow; i++)
			c[i] = t->cell[(size_t)i * t->ncol + k];
		t->col[n++] = c;
	}
	t->rows = (struct rows){ .nrow = t->nrow, .ncol = n, .off = off, .len = len, .line = line,
	    .kind = kind, .col = t->col };
	return &t->rows;
}

static inline void
table_free(struct table *t)
{
	arena_free(t->a);
	free(t->cell);
}

#endif
