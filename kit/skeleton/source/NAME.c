/* SPDX-License-Identifier: Apache-2.0 */
/*
 * @NAME@ -- source: one finding a line, "TIME ADDRESS PORT WHAT".
 *
 * The host feeds bytes as they come; feed() takes whole lines from them and leaves the rest, which
 * it is shown again with more behind it.  Columns are names of fields, which mean themselves; the
 * host converts the values.  Put your format into names and line().
 */
#include <tocsin/plugin.h>
#include <tocsin/slice.h>

enum { NCOL = 4 };
static const struct tcs_slice names[NCOL] = { { "time.source", 11 }, { "source.ip", 9 },
	{ "source.port", 11 }, { "classification.identifier", 25 } };

struct reader {				/* all state is here: a plugin has no writable statics */
	struct tcs_ctx *ctx;
	const struct tcs_source_host *host;
	uint32_t line;			/* lines read; 0: the columns were not said yet */
	uint8_t want[NCOL];		/* by the host */
};

static int open_reader(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct reader *r = *inst = h->alloc(ctx, TCS_INSTANCE, sizeof *r);

	if (r == NULL)
		return TCS_ENOMEM;
	r->ctx = ctx;
	r->host = (const struct tcs_source_host *)(const void *)h;
	return TCS_OK;
}

/* One line becomes a row, a reject that says why, or a skip. */
static int line(struct reader *r, struct tcs_slice s, const struct tcs_span *span)
{
	struct tcs_slice rest = tcs_trim(s), value[NCOL], cell[NCOL];
	uint32_t n = 0, k = 0, i;

	if (rest.n == 0 || rest.p[0] == '#')
		return r->host->skip(r->ctx, span);
	while (n < NCOL && tcs_cut(&rest, ' ', &value[n]))
		n++;
	if (n < NCOL)
		return r->host->reject(r->ctx, span, "expected TIME ADDRESS PORT WHAT", NULL);
	for (i = 0; i < NCOL; i++)	/* the host may not want all of them */
		if (r->want[i])
			cell[k++] = value[i];
	return r->host->rows(r->ctx, 1, span, NULL, cell);
}

static int64_t feed(void *inst, const char *buf, size_t len, int eof)
{
	struct reader *r = inst;
	size_t at, n;
	int rc = r->line > 0 ? TCS_OK : r->host->columns(r->ctx, names, NCOL, r->want);

	for (at = 0; rc == TCS_OK && at < len; at += n) {
		n = tcs_find(tcs_slice(buf + at, len - at), '\n') + 1; /* all is told */
		if (n > len - at && !eof)
			break;						/* not a whole line: wait for more */
		n = n > len - at ? len - at : n;
		rc = line(r, tcs_slice(buf + at, n), &(struct tcs_span){ at, (uint32_t)n, ++r->line });
	}
	return rc == TCS_OK ? (int64_t)at : rc;
}

static int begin(void *inst, const char *n) { (void)n; ((struct reader *)inst)->line = 0; return TCS_OK; }
static int end(void *inst, int aborted) { (void)inst; (void)aborted; return TCS_OK; }
static void close_reader(void *inst) { (void)inst; }	/* the host frees what alloc gave */

static const struct tcs_source source = { .size = sizeof source, .flags = TCS_S_TILES | TCS_S_ALONE,
	.names = "*.log", .begin = begin, .feed = feed, .end = end };

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = { TCS_PLUGIN_HEAD(TCS_SOURCE),
	.name = "@NAME@", .version = "0.1", .license = "Apache-2.0",
	.summary = "Findings, one a line: time, address, port, what",
	.help = "Lines of TIME ADDRESS PORT WHAT; blank lines and those that begin with # are skipped.",
	.open = open_reader, .close = close_reader, .ops.source = &source };
