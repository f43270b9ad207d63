/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nmap -- source: scans of nmap in its XML (-oX).  Each open port of a host
 * that is up is a record, and each script of a host that found it vulnerable;
 * all else is passed over: closed and filtered ports, open|filtered, which
 * only says that nothing answered, and hosts without ports.
 *
 * Columns are nmap's own words; what they mean, and the class of a port by
 * service, port and script, is said by etc/feeds/nmap.feed, which a person can
 * edit.  The input is read in pieces; a scan that was cut off gives what is
 * before the cut.
 */
#include <stdio.h>
#include <tocsin/plugin.h>
#include "scan.h"

#define RECORD_MAX	(1u << 20)

const char *const column_names[C_COUNT] = {
	[C_IP] = "ip", [C_PORT] = "port", [C_TRANSPORT] = "protocol", [C_AT] = "at",
	[C_NAME] = "name", [C_PTR] = "hostname", [C_TIME] = "time", [C_REASON] = "reason",
	[C_SERVICE] = "service",
	[C_PRODUCT] = "product", [C_VERSION] = "version", [C_EXTRA] = "extrainfo", [C_OSTYPE] = "ostype",
	[C_TUNNEL] = "tunnel", [C_METHOD] = "method", [C_CONF] = "conf", [C_CPE] = "cpe", [C_CVES] = "cves",
	[C_VULNERABLE] = "vulnerable", [C_TITLE] = "title", [C_OTHER] = "other_addresses",
	[C_IDS] = "scripts",
	[C_OUTPUT] = "output",
};

struct nmap {
	struct tcs_ctx			*ctx;
	const struct tcs_source_host	*host;
	struct scan			 s;
	const char			*buf;
	uint64_t			 base;		/* of buf in the input */
	uint64_t			 told, parsed;	/* in the input */
	uint32_t			 line;		/* of told */
	bool				 declared, spoiled, dead;
	uint8_t				 want[C_COUNT];
	int				 rc;
};

/* ---- telling -------------------------------------------------------------- */

static struct tcs_span
span_to(struct nmap *x, uint64_t end)
{
	struct tcs_span span = { x->told - x->base, (uint32_t)(end - x->told), x->line };
	const char *p = x->buf + (x->told - x->base), *stop = x->buf + (end - x->base);

	while (p < stop && (p = memchr(p, '\n', (size_t)(stop - p))) != NULL)
		x->line++, p++;
	x->told = end;
	return span;
}

static int
skip_to(struct nmap *x, uint64_t end)
{
	struct tcs_span span;

	if (end <= x->told)
		return TCS_OK;
	span = span_to(x, end);
	return x->host->skip(x->ctx, &span);
}

static int
reject_to(struct nmap *x, uint64_t end, const char *why, const char *detail)
{
	struct tcs_span span;

	if (end <= x->told)
		return TCS_OK;
	span = span_to(x, end);
	return x->host->reject(x->ctx, &span, why, detail);
}

static int
declare(struct nmap *x)
{
	struct tcs_slice name[C_COUNT];
	int i;

	if (x->declared)
		return TCS_OK;
	for (i = 0; i < C_COUNT; i++)
		name[i] = tcs_str(column_names[i]);
	x->declared = true;
	return x->host->columns(x->ctx, name, C_COUNT, x->want);
}

static int
tell(struct nmap *x, uint64_t off, uint64_t end)
{
	struct tcs_slice row[C_COUNT];
	struct tcs_span span;
	uint32_t n = 0;
	int i, rc;

	if ((rc = declare(x)) != TCS_OK || (rc = skip_to(x, off)) != TCS_OK)
		return rc;
	for (i = 0; i < C_COUNT; i++)
		if (x->want[i])
			row[n++] = x->s.cell[i].n > 0 ? x->s.cell[i] : tcs_slice(NULL, 0);
	span = span_to(x, end);
	return x->host->rows(x->ctx, 1, &span, NULL, row);
}

static void
on_record(struct scan *s, uint64_t off, uint64_t end)
{
	struct nmap *x = s->owner;

	if (x->spoiled || off < x->told) {
		x->spoiled = false;
		return;
	}
	if ((x->rc = tell(x, off, end)) != TCS_OK)
		xmlStopParser(s->c);
}

/* ---- the input ------------------------------------------------------------ */

/* Before the first element: what it is instead. */
static const char *
not_xml(struct tcs_slice s)
{
	if (tcs_starts(s, "\xef\xbb\xbf"))
		s = tcs_slice(s.p + 3, s.n - 3);
	s = tcs_trim(s);
	if (s.n == 0 || s.p[0] == '<')
		return NULL;
	if (tcs_starts(s, "# Nmap") || tcs_starts(s, "Starting Nmap") || tcs_starts(s, "Nmap scan"))
		return "nmap's normal or grepable output; expected its XML (-oX)";
	return "expected XML that begins with <";
}

static int
broken(struct nmap *x, uint64_t end)
{
	int rc;

	x->dead = true;
	rc = reject_to(x, end, x->s.why ? x->s.why : "not well-formed XML", x->s.why ? x->s.detail : NULL);
	if (rc != TCS_OK || x->s.nomem)
		return rc != TCS_OK ? rc : TCS_ENOMEM;
	return !x->s.is_nmap || x->s.refused ? TCS_EINPUT : TCS_OK;
}

/* Up to where the host may forget: the record that is open, or what the parser has not read. */
static int
let_go(struct nmap *x, uint64_t end)
{
	uint64_t at = x->s.in_record ? x->s.record_off : scan_at(&x->s);
	int rc;

	if (at > end)
		at = end;
	if (at > x->told && (rc = skip_to(x, at)) != TCS_OK)
		return rc;
	if (end - x->told <= RECORD_MAX)
		return TCS_OK;
	x->spoiled = x->s.in_record;
	return reject_to(x, end, "too long", "an element may have 1 MiB");
}

/* Whether the input's last bytes are an end tag; of those shown, fewer say nothing. */
static bool
is_closed(const struct nmap *x, uint64_t end)
{
	struct tcs_slice s = tcs_trim(tcs_slice(x->buf, (size_t)(end - x->base)));

	return s.n < sizeof("</nmaprun>") - 1 ? s.n == 0 || s.p[s.n - 1] == '>' : tcs_ends(s, "</nmaprun>");
}

static int
parse(struct nmap *x, const char *new, size_t n, uint64_t end, bool last)
{
	int failed;

	if (memchr(new, '\0', n) != NULL) {
		x->s.why = "NUL byte";
		snprintf(x->s.detail, sizeof(x->s.detail), "XML has none");
		return broken(x, end);
	}
	failed = xmlParseChunk(x->s.c, new, (int)n, last);
	if (x->rc != TCS_OK)
		return x->rc;
	if (failed != 0 || x->s.why != NULL) {
		if (last && x->s.is_nmap && !x->s.refused && !is_closed(x, end)) {
			x->s.why = "cut off";
			snprintf(x->s.detail, sizeof(x->s.detail), "the scan was not finished");
		}
		return broken(x, end);
	}
	return last ? skip_to(x, end) : let_go(x, end);
}

static int64_t
nmap_feed(void *inst, const char *buf, size_t len, int eof)
{
	struct nmap *x = inst;
	uint64_t end = x->base + len;
	size_t from = (size_t)(x->parsed - x->base);
	const char *why;
	int rc;

	x->buf = buf;
	if (len == 0 && eof && x->parsed == 0) {
		x->host->h.log(x->ctx, TCS_ERR, "not a scan of nmap: nothing in it");
		return TCS_EINPUT;
	}
	if (x->parsed == 0 && len < 64 && !eof)
		return 0;
	if (x->parsed == 0 && (why = not_xml(tcs_slice(buf, len))) != NULL) {
		rc = reject_to(x, end, "not XML", why);
		return rc == TCS_OK ? TCS_EINPUT : rc;
	}
	x->parsed = end;
	if (x->dead)
		rc = reject_to(x, end, "not well-formed XML", "what follows a mistake");
	else
		rc = parse(x, buf + from, len - from, end, eof);
	if (rc != TCS_OK)
		return rc;
	len = (size_t)(x->told - x->base);
	x->base = x->told;
	return (int64_t)len;
}

static int
nmap_begin(void *inst, const char *name)
{
	struct nmap *x = inst;

	(void)name;
	x->base = x->told = x->parsed = 0;
	x->line = 1;
	x->declared = x->spoiled = x->dead = false;
	x->rc = TCS_OK;
	return scan_begin(&x->s) ? TCS_OK : TCS_ENOMEM;
}

static int
nmap_end(void *inst, int aborted)
{
	struct nmap *x = inst;

	(void)aborted;
	scan_end(&x->s);
	return TCS_OK;
}

static int
nmap_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct nmap *x = h->alloc(ctx, TCS_INSTANCE, sizeof(*x));

	if (x == NULL)
		return TCS_ENOMEM;
	x->ctx = ctx;
	x->host = (const struct tcs_source_host *)(const void *)h;
	x->s.owner = x;
	x->s.record = on_record;
	x->s.secrets = opt[0].v.i != 0;
	xmlInitParser();
	*inst = x;
	return TCS_OK;
}

static void
nmap_close(void *inst)
{
	(void)inst;
}

static const struct tcs_source source = {
	.size = sizeof(source), .flags = TCS_S_TILES,
	.names = "*nmap*.xml|*.nmap.xml", .starts = "<*<nmaprun|<nmaprun*|# Nmap|Starting Nmap",
	.begin = nmap_begin, .feed = nmap_feed, .end = nmap_end,
};

static const struct tcs_opt options[] = {
	{ "secrets", TCS_T_BOOL, 0, "no", NULL,
	    "give the output of scripts that look for passwords, cookies and keys too" },
};

const struct tcs_plugin tocsin_plugin_v1 = {
	TCS_PLUGIN_HEAD(TCS_SOURCE),
	.name = "nmap", .version = "1.0", .license = "Apache-2.0",
	.summary = "Scans of nmap in XML (-oX)",
	.help = "Each open port is a finding; its class is said by the feed nmap, by service, port and\n"
	    "script. Closed and filtered ports are none.",
	.opts = options, .nopt = 1,
	.open = nmap_open, .close = nmap_close, .ops.source = &source,
};
