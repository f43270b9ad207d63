/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small source of lines with one fault, named by -DFAULT: what tocsin
 * plugin check must find.  tests/scenario/bad_plugins.sh builds each and says
 * by which words.  Without a fault it is the reader of kit/skeleton.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tocsin/plugin.h>
#include <tocsin/slice.h>

enum fault { NONE, CUT, BEYOND, KEEPS, STATIC, LEAK, INPUT_LEAK, NOMEM, NOMEM_QUIET, GAP, PIECES,
	COLUMNS, DEFAULT, CHOICE, HELP, ORDER, LOOP, WRITES, PRINTS, EXITS, NOT_ALONE, ADDRESS, TIME,
	EMPTY, LEFT_OVER, RANDOM, BEGIN, EXPORTS, OPENS, ABORTS, DEEP, TOO_MUCH, BROKEN, TWICE };
#ifndef FAULT
#define FAULT NONE
#endif
#define IF(f) if (FAULT == (f))

enum { NCOL = 2 };
static const struct tcs_slice names[NCOL] = { { "source.ip", 9 }, { "extra.what", 10 } };

/* What is allocated for nothing; the compiler must not see that. */
#if FAULT == 5 || FAULT == 6
static void *volatile lost;
#else
# define lost (*(void *volatile *)NULL)
#endif

struct reader {
	struct tcs_ctx *ctx;
	const struct tcs_source_host *host;
	uint32_t line, rows;
	const char *kept;
	char what[64];
	uint8_t want[NCOL];
};
#if FAULT == 4
static uint32_t total;
#endif

static int
open_reader(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct reader *r = *inst = h->alloc(ctx, TCS_INSTANCE, sizeof *r);

	(void)opt;
	if (r == NULL && FAULT != NOMEM)
		return TCS_ENOMEM;
	IF(LEAK) lost = malloc(1000);
	r->ctx = ctx;
	r->host = (const struct tcs_source_host *)(const void *)h;
	return TCS_OK;
}

static void
spoil(struct reader *r, struct tcs_slice *value, char *buf, size_t at)
{
	char *made = r->host->h.alloc(r->ctx, TCS_BATCH, 80);

	IF(NOMEM_QUIET) if (made == NULL) {
		value[1] = (struct tcs_slice){ NULL, 0 };
		return;
	}
	if (made == NULL)
		return;
	IF(WRITES) buf[at] = '+';
#if FAULT == 4
	value[1] = tcs_slice(made, (size_t)snprintf(made, 80, "%u", ++total));
#endif
	IF(NOT_ALONE) value[1] = tcs_slice(made, (size_t)snprintf(made, 80, "%u", r->rows));
	IF(BEGIN) value[1] = tcs_slice(made, (size_t)snprintf(made, 80, "%u", r->rows));
	IF(ADDRESS) value[1] = tcs_slice(made, (size_t)snprintf(made, 80, "%p", (const void *)names));
	IF(TIME) value[1] = tcs_slice(made, (size_t)snprintf(made, 80, "%ld", (long)time(NULL)));
	IF(RANDOM) value[1] = tcs_slice(made, (size_t)snprintf(made, 80, "%d", rand()));
	IF(PRINTS) puts("a line");
	IF(EXITS) exit(0);
	IF(OPENS) fclose(fopen("/dev/null", "r"));
	IF(ABORTS) abort();
	IF(DEEP) if (memchr(value[1].p, '|', value[1].n) != NULL)
		abort();
	IF(INPUT_LEAK) lost = malloc(200);
}

static int
line(struct reader *r, struct tcs_slice s, const struct tcs_span *span, char *buf)
{
	struct tcs_slice rest = tcs_trim(s), value[NCOL], cell[NCOL];
	struct tcs_span at = *span;
	uint32_t n = 0, k = 0, i;

	if (rest.n == 0)
		return FAULT == GAP ? TCS_OK : r->host->skip(r->ctx, span);
	while (n < NCOL && tcs_cut(&rest, ' ', &value[n]))
		n++;
	if (n < NCOL)
		return r->host->reject(r->ctx, span, "expected ADDRESS WHAT", NULL);
	r->rows++;
	if (FAULT == KEEPS && r->kept != NULL)
		r->line += r->kept[0] == 'x';
	r->kept = s.p;
	spoil(r, value, buf, span->off);
	IF(ORDER) at.off = 0;
	IF(BROKEN) return TCS_EPLUGIN;
	for (i = 0; i < NCOL; i++)
		if (r->want[i] || FAULT == COLUMNS)
			cell[k++] = value[i];
	IF(TWICE) r->host->rows(r->ctx, 1, &at, NULL, cell);
	return r->host->rows(r->ctx, 1, &at, NULL, cell);
}

static int64_t
feed(void *inst, const char *buf, size_t len, int eof)
{
	struct reader *r = inst;
	volatile char last = 0;
	size_t at, n;
	int rc = r->line > 0 ? TCS_OK : r->host->columns(r->ctx, names, NCOL, r->want);

	IF(EMPTY) last = buf[0];
	IF(BEYOND) last = buf[len];
	IF(LOOP) while (eof && len > 0 && buf[len - 1] != '\n')
		last++;
	for (at = 0; rc == TCS_OK && at < len; at += n) {
		n = tcs_find(tcs_slice(buf + at, len - at), '\n') + 1;
		if (n > len - at && !eof && FAULT != PIECES) {
			IF(CUT) last = *(volatile char *)NULL;
			break;
		}
		if (n > len - at && FAULT == LEFT_OVER)
			break;
		n = n > len - at ? len - at : n;
		rc = line(r, tcs_slice(buf + at, n), &(struct tcs_span){ at, (uint32_t)n, ++r->line },
		    (char *)(uintptr_t)buf);
	}
	(void)last;
	return rc != TCS_OK ? rc : FAULT == TOO_MUCH ? (int64_t)at + 1 : (int64_t)at;
}

static int
begin(void *inst, const char *name)
{
	struct reader *r = inst;

	(void)name;
	r->line = 0;
	if (FAULT != BEGIN)
		r->rows = 0;
	r->kept = NULL;
	return TCS_OK;
}

static int
end(void *inst, int aborted)
{
	(void)inst;
	(void)aborted;
	return TCS_OK;
}

static void
close_reader(void *inst)
{
	(void)inst;
}

static const struct tcs_opt opts[] = {
	{ "most", TCS_T_INT, 0, FAULT == DEFAULT ? "70000" : "7", "1..65535",
	    FAULT == HELP ? "" : "Says nothing." },
	{ "form", TCS_T_ENUM, 0, FAULT == CHOICE ? "long" : "a", "a|b", "Says nothing either." },
};

static const struct tcs_source source = { .size = sizeof source, .flags = TCS_S_TILES | (FAULT == NOT_ALONE ?
	TCS_S_ALONE : 0), .names = "*.txt", .begin = begin, .feed = feed, .end = end };

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = { TCS_PLUGIN_HEAD(TCS_SOURCE),
	.name = "bad", .version = "0.1", .license = "Apache-2.0", .summary = "Lines, with one fault",
	.help = "Lines of ADDRESS WHAT, read with one fault.", .opts = opts, .nopt = 2,
	.open = open_reader, .close = close_reader, .ops.source = &source };
#if FAULT == 27
TCS_EXPORT int other(void);
int other(void) { return 1; }
#endif
