/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a row costs between a source's text cells and a batch for matching, and
 * what a whole finding costs.  Cells are made, not read: the source is not
 * measured.  usage: bench_binding [FEED-SET [TYPE]]
 */
#include <stdio.h>
#include <time.h>
#include "unit/rowtable.h"

#define ROWS 1024
#define ROUNDS 400

static double
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
cell(struct table *t, uint32_t i, uint32_t k)
{
	const char *n = arena_strndup(t->a, t->name[k].p, t->name[k].n), *s = "";

	if (strcmp(n, "timestamp") == 0)
		s = arena_printf(t->a, "2026-11-20 %02u:%02u:%02u", i / 60 % 24, i % 60, i % 59);
	else if (strstr(n, "ip") == n || strcmp(n, "src_ip") == 0)
		s = arena_printf(t->a, "198.51.%u.%u", i % 256, i * 7 % 256);
	else if (strstr(n, "port") != NULL)
		s = arena_printf(t->a, "%u", 1024 + i);
	else if (strstr(n, "asn") != NULL)
		s = "64496";
	else if (strcmp(n, "protocol") == 0)
		s = "tcp";
	else if (strstr(n, "host") != NULL)
		s = arena_printf(t->a, "host%u.isp.example", i);
	else if (strcmp(n, "tag") == 0)
		s = "rdp;cve-2019-0708";
	else if (strcmp(n, "severity") == 0)
		s = "high";
	else if (strcmp(n, "url") == 0)
		s = arena_printf(t->a, "/page/%u", i);
	else if (i % 3 == 0 && k % 2 == 0)
		s = "some text of a banner";
	t->cell[(size_t)i * t->ncol + k] = tcs_str(s);
}

static void
make(struct table *t, const struct feed *f)
{
	uint32_t i, k;

	*t = (struct table){ .a = arena_new(), .nrow = ROWS };
	for (i = 0; i < f->body->nmap; i++) {
		struct tcs_slice name = tcs_str(f->body->map[i].col[0]);

		for (k = 0; k < t->ncol && !tcs_eq(t->name[k], name); k++)
			;
		if (k == t->ncol)
			t->name[t->ncol++] = name;
	}
	t->cell = xcalloc((size_t)ROWS * t->ncol, sizeof *t->cell);
	for (i = 0; i < ROWS; i++)
		for (k = 0; k < t->ncol; k++)
			cell(t, i, k);
}

static double
batches(struct binding *b, struct table *t)
{
	static struct batch out;
	static struct row_reject rej[BATCH_ROWS];
	double best = 1e9, start;
	uint32_t nrej = 0, i, k;

	for (k = 0; k < 7; k++) {
		start = cpu();
		for (i = 0; i < ROUNDS; i++)
			binding_batch(b, &t->rows, 0, &out, rej, &nrej);
		start = cpu() - start;
		best = start < best ? start : best;
	}
	if (out.nrow + nrej != ROWS || nrej > 0)
		printf("# %u rows, %u refused\n", out.nrow, nrej);
	return best * 1e9 / ROUNDS / ROWS;
}

static double
wholes(struct binding *b, struct table *t)
{
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	struct finding f;
	double best = 1e9, start;
	uint32_t i, k, n;

	for (k = 0; k < 7; k++) {
		start = cpu();
		for (n = 0; n < 20; n++)
			for (i = 0; i < ROWS; i++) {
				binding_finding(b, &t->rows, i, a, &f, &e);
				if (i % 64 == 63)
					arena_reset(a);
			}
		start = cpu() - start;
		best = start < best ? start : best;
	}
	arena_free(a);
	return best * 1e9 / 20 / ROWS;
}

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct feedset *s = feedset_open(argc > 1 ? argv[1] : "etc/feeds/shadowserver", &e);
	const struct feed *f = s != NULL ? feedset_get(s, argc > 2 ? argv[2] : "scan_rdp", &e) : NULL;
	struct table t;
	int all;

	if (f == NULL) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	make(&t, f);
	for (all = 0; all < 2; all++) {
		struct binding *b = binding_new(f, t.name, t.ncol, t.want, all, &e);

		if (b == NULL)
			return 1;
		table_rows(&t);
		printf("%s, %u of %u columns: %.1f ns a row in batches, %.0f ns a whole finding\n", f->id,
		    t.rows.ncol, t.ncol, batches(b, &t), wholes(b, &t));
		binding_free(b);
	}
	table_free(&t);
	feedset_free(s);
	return 0;
}
