/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast plugins/csv reads: a feed of 38 columns and about 445 bytes a row is
 * made in memory and shown in windows of 4 MiB to the plugin, with a host that
 * wants N columns and only adds up the lengths of the cells.
 * Usage: bench_csv [rows [wanted columns [quoted: 0 none, 1 texts, 2 all]]]
 */
#include <tocsin/csv.h>
#include <tocsin/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "table.h"

#define WINDOW	(4u << 20)

struct tcs_ctx {
	uint32_t	 nwant;
	uint64_t	 rows, bytes, other, windows;
	char		 arena[1 << 20];
	size_t		 used;
};

static void
host_log(struct tcs_ctx *x, int level, const char *fmt, ...)
{
	(void)x, (void)level, (void)fmt;
}

static void *
host_alloc(struct tcs_ctx *x, int life, size_t n)
{
	if (life != TCS_BATCH)
		return calloc(1, n);
	n = (n + 7) & ~(size_t)7;
	if (x->used + n > sizeof(x->arena))
		return NULL;
	x->used += n;
	return memset(x->arena + x->used - n, 0, n);
}

static int
host_columns(struct tcs_ctx *x, const struct tcs_slice *name, uint32_t n, uint8_t *want)
{
	uint32_t i, k = 0;

	(void)name;
	for (i = 0; i < n; i++)
		k += want[i] = x->nwant >= n || i * x->nwant / n != (i + 1) * x->nwant / n;
	x->nwant = k;
	return TCS_OK;
}

static int
host_rows(struct tcs_ctx *x, uint32_t nrow, const struct tcs_span *span, const uint8_t *again,
    const struct tcs_slice *cell)
{
	uint64_t sum = 0;
	size_t i;

	(void)span, (void)again;
	for (i = 0; i < (size_t)nrow * x->nwant; i++)
		sum += cell[i].n;
	x->rows += nrow;
	x->bytes += sum;
	x->used = 0;
	return TCS_OK;
}

static int
host_reject(struct tcs_ctx *x, const struct tcs_span *span, const char *why, const char *detail)
{
	(void)span, (void)why, (void)detail;
	x->other++;
	return TCS_OK;
}

static int
host_skip(struct tcs_ctx *x, const struct tcs_span *span)
{
	return host_reject(x, span, "", NULL);
}

static double
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
run(struct tcs_ctx *x, const char *data, size_t n)
{
	static const struct tcs_source_host host = {
		{ sizeof(host), TCS_ABI_MAJOR, TCS_ABI_MINOR, host_log, host_alloc },
		host_columns, host_rows, host_reject, host_skip };
	const struct tcs_plugin *p = &tocsin_plugin_v1;
	struct tcs_val val[6] = { { .n = 1, .v.i = 1 }, { .n = 1, .v.i = 1 } };	/* comma, header */
	size_t done = 0, shown = 0;
	void *inst;
	double from = cpu();

	if (p->open(x, &host.h, val, &inst) != TCS_OK || p->ops.source->begin(inst, "bench") != TCS_OK)
		abort();
	while (shown < n) {
		int64_t used;

		shown = n - shown > WINDOW ? shown + WINDOW : n;
		used = p->ops.source->feed(inst, data + done, shown - done, shown == n);
		if (used < 0)
			abort();
		done += (size_t)used;
		x->windows++;
	}
	p->ops.source->end(inst, 0);
	p->close(inst);
	free(inst);
	return cpu() - from;
}

int
main(int argc, char **argv)
{
	uint32_t rows = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 400000;
	uint32_t want = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 10;
	int quoted = argc > 3 ? (int)strtoul(argv[3], NULL, 10) : 1, k;
	struct tcs_ctx *x = calloc(1, sizeof(*x));
	double best = 1e9, t;
	size_t n;
	char *data;

	if (x == NULL || (data = table_make(rows, quoted, &n)) == NULL)
		abort();
	for (k = 0; k < 7; k++) {
		x->nwant = want;
		x->rows = x->other = 0;
		t = run(x, data, n);
		if (t < best)
			best = t;
	}
	printf("%llu rows, %.0f bytes a row, %u of %u columns: %.2f M rows/s, %.2f GB/s (best of 7, %s)\n",
	    (unsigned long long)x->rows, (double)n / rows, x->nwant, TABLE_COLUMNS,
	    (double)x->rows / best / 1e6, (double)n / best / 1e9, tcs_csv_can_avx2() ? "AVX2" : "plain");
	free(data);
	free(x);
	return 0;
}
