/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast rows come through the worker: a table in memory is the reader, the
 * sink looks at each cell's length, and in the second round only counts rows,
 * so that what the boundary costs the host can be told apart.
 * Usage: bench_source [rows [wanted columns [quoted: 0 none, 1 texts, 2 all]]]
 */
#include <string.h>
#include <time.h>
#include "2-decode/source.h"
#include "mem.h"
#include "paths.h"
#include "table.h"

struct memory {
	struct reader	 r;
	const char	*p;
	size_t		 left;
};

struct count {
	uint32_t	 want;
	bool		 look;
	uint64_t	 rows, bytes, slots;
};

static int64_t
memory_read(struct reader *r, void *buf, size_t n, struct err *e)
{
	struct memory *m = (struct memory *)r;
	size_t take = n < m->left ? n : m->left;

	(void)e;
	memcpy(buf, m->p, take);
	m->p += take;
	m->left -= take;
	return (int64_t)take;
}

static bool
on_columns(void *arg, const struct tcs_slice *name, uint32_t n, uint8_t *want, struct err *e)
{
	const struct count *c = arg;
	uint32_t i;

	(void)name, (void)e;
	for (i = 0; i < n; i++)
		want[i] = c->want >= n || i * c->want / n != (i + 1) * c->want / n;
	return true;
}

static bool
on_rows(void *arg, const struct rows *r, struct err *e)
{
	struct count *c = arg;
	uint32_t k, i;

	(void)e;
	c->slots++;
	for (k = 0; k < r->ncol && c->look; k++)
		for (i = 0; i < r->nrow; i++)
			c->bytes += r->col[k][i].n;
	c->rows += r->nrow;
	return true;
}

static double
now(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
round_of(struct source_proc *s, const char *data, size_t n, struct count *c)
{
	const struct source_sink sink = { c, on_columns, on_rows };
	double wall = 1e9, host = 1e9;
	int k;

	for (k = 0; k < 7; k++) {
		struct memory m = { { .read = memory_read }, data, n };
		struct err e = ERR_INIT;
		double w = now(CLOCK_MONOTONIC), h = now(CLOCK_PROCESS_CPUTIME_ID);

		c->rows = c->slots = 0;
		if (source_run(s, "bench.csv", &m.r, &sink, &e) != SOURCE_OK) {
			printf("%s\n", e.text);
			exit(1);
		}
		w = now(CLOCK_MONOTONIC) - w;
		h = now(CLOCK_PROCESS_CPUTIME_ID) - h;
		wall = w < wall ? w : wall;
		host = h < host ? h : host;
	}
	printf("%-28s %7.2f M rows/s wall, %6.1f ns a row of host time, %.0f rows an answer (best of 7)\n",
	    c->look ? "every cell's length is read:" : "only rows are counted:", (double)c->rows / wall / 1e6,
	    host / (double)c->rows * 1e9, (double)c->rows / (double)c->slots);
}

int
main(int argc, char **argv)
{
	uint32_t rows = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 400000;
	struct count c = { .want = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 10 };
	int quoted = argc > 3 ? (int)strtoul(argv[3], NULL, 10) : 1;
	struct err e = ERR_INIT;
	struct plugins *ps = plugins_find(path_plugins(), &e);
	const struct plugin *p = ps ? plugin_get(ps, "csv", TCS_SOURCE, &e) : NULL;
	struct arena *a = arena_new();
	struct source_proc *s = p ? source_start(p, options_check(a, p, NULL, 0, &e), &e) : NULL;
	size_t n;
	char *data = table_make(rows, quoted, &n);
	double t;
	char *copy = xmalloc(n);

	if (s == NULL) {
		printf("%s\n", e.text);
		return 1;
	}
	memcpy(copy, data, n);
	t = now(CLOCK_MONOTONIC);
	memcpy(copy, data, n);
	t = now(CLOCK_MONOTONIC) - t;
	printf("%u rows, %.0f bytes a row, %u of %u columns; copying the bytes alone: %.1f ns a row\n", rows,
	    (double)n / rows, c.want,
	    TABLE_COLUMNS, t / rows * 1e9);
	round_of(s, data, n, &c);
	c.look = true;
	round_of(s, data, n, &c);
	source_stop(s);
	plugins_free(ps);
	arena_free(a);
	free(copy);
	free(data);
	return 0;
}
