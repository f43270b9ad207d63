/* SPDX-License-Identifier: Apache-2.0 */
/* The Shadowserver set as it stands in etc/feeds: every feed is read, bound to its own columns,
 * and makes a finding. */
#include "unit/rowtable.h"
#include "tap.h"

/* A cell that a column's conversion understands. */
static const char *
sample(const struct feed_map *m)
{
	const struct field *f = field_by_number(m->field);

	switch (m->conv) {
	case CONV_UTC:
	case CONV_TIME:
		return "2026-11-20 08:00:00";
	case CONV_ADDRESS:
		return "192.0.2.1";
	case CONV_NUMBER:
	case CONV_NUMBER_NOT_ZERO:
	case CONV_REAL:
		return "443";
	case CONV_HOST:
		return "shop.example";
	case CONV_YES_NO:
		return "yes";
	case CONV_NETWORK:
		return "192.0.2.0/24";
	case CONV_WEB_ADDRESS:
		return "http://shop.example/";
	case CONV_CVES:
		return "cve-2026-1";
	default:
		return f == NULL ? "word" : f->type == FT_TRANSPORT ? "tcp" :
		    f->type == FT_FQDN ? "host.isp.example" : f->type == FT_UPPER ? "NL" : "word";
	}
}

/* A table of one row with every column of the feed. */
static void
fill(struct table *t, const struct feed *f)
{
	uint32_t i, k;

	*t = (struct table){ .a = arena_new(), .nrow = 1 };
	t->cell = xcalloc(256, sizeof *t->cell);
	for (i = 0; i < f->body->nmap; i++)
		for (k = 0; k < f->body->map[i].ncol; k++) {
			struct tcs_slice name = tcs_str(f->body->map[i].col[k]);
			uint32_t c;

			for (c = 0; c < t->ncol && !tcs_eq(t->name[c], name); c++)
				;
			if (c < t->ncol)
				continue;
			t->cell[c] = tcs_str(sample(&f->body->map[i]));
			t->name[t->ncol++] = name;
		}
	for (i = 0; i < f->body->nsubject_col; i++)
		for (k = 0; k < t->ncol; k++)
			if (tcs_is(t->name[k], f->body->subject_col[i]))
				t->cell[k] = f->kind == KIND_ACCOUNT ? TCS_LIT("jan@shop.example") :
				    TCS_LIT("shop.example");
}

static const char *
judge(const struct feed *f, const struct finding *one, const struct batch *out, const struct binding *b)
{
	uint32_t i;

	if (b->nmap != f->body->nmap)
		return "a line that finds no column";
	if (f->kind == 0 || f->subject == 0 || f->provider == NULL || f->name == NULL)
		return "the feed does not say what it is";
	if (one->f[TCS_F_CLASSIFICATION_TYPE].form == VF_NONE ||
	    one->f[TCS_F_CLASSIFICATION_IDENTIFIER].form == VF_NONE)
		return "no class";
	if (one->kind != f->kind || one->subject != f->subject || one->part == 0)
		return "about something else than the feed says";
	if (!one->has_ip && one->name.n == 0)
		return "nobody to warn";
	if ((f->kind == KIND_NAME || f->kind == KIND_ACCOUNT) && !tcs_is(one->name, "shop.example"))
		return "no name";
	if (f->kind == KIND_SERVICE && one->f[TCS_F_SOURCE_PORT].form == VF_NONE)
		return "a service without a port";
	if (out->nrow != 1 || batch_bit(out->has_ip, 0) != one->has_ip || out->observed[0] != one->observed ||
	    batch_bit(out->has_name, 0) != (one->name.n > 0))
		return "the batch says something else";
	for (i = 0; i < one->nextra; i++)
		if (field_by_name(tcs_str(one->extra[i].name)) != NULL &&
		    strcmp(one->extra[i].name, "status") != 0)
			return "an extra that is a field";
	return NULL;
}

static const char *
try_feed(struct feedset *s, const char *type)
{
	struct err e = ERR_INIT;
	const struct feed *f = feedset_get(s, type, &e);
	static struct batch out;
	static struct row_reject rej[BATCH_ROWS];
	const char *why = "not read, not bound, or refused";
	struct binding *b;
	struct finding one;
	struct table t;
	uint32_t nrej = 0;

	if (f == NULL)
		return "not read";
	fill(&t, f);
	b = binding_new(f, t.name, t.ncol, t.want, true, &e);
	if (b != NULL && binding_batch(b, table_rows(&t), 0, &out, rej, &nrej) == 1 && nrej == 0 &&
	    binding_finding(b, &t.rows, 0, t.a, &one, &e))
		why = judge(f, &one, &out, b);
	binding_free(b);
	b = binding_new(f, t.name, t.ncol, t.want, false, &e);
	if (b == NULL || b->nrest != 0)
		why = "cannot be bound to what is needed alone";
	binding_free(b);
	table_free(&t);
	return why;
}

int
main(void)
{
	static const struct { const char *name, *type; } names[] = {
		{ "2024-01-15-device_id-nl.csv", "device_id" },
		{ "2024-01-15-scan_rdp-example-com.csv", "scan_rdp" },
		{ "2024-01-15-scan6_rdp-example-com.csv.gz", "scan6_rdp" },
		{ "77-2024-01-15-event4_sinkhole_http-nl.csv",
		    "event4_sinkhole_http" }, { "scan_exchange.csv", "scan_exchange" },
	};
	const char *const *type, *top = getenv("TOP_SRCDIR"), *why;
	struct err e = ERR_INIT;
	struct feedset *s;
	char path[4096];
	int64_t day;
	uint32_t i, n;

	snprintf(path, sizeof path, "%s/etc/feeds/shadowserver", top ? top : ".");
	s = feedset_open(path, &e);
	ok(s != NULL, "the set opens: %s", e.text);
	if (s == NULL)
		return 1;
	n = feedset_types(s, &type);
	is_int(n, 170, "170 report types");
	ok(feedset_check(s, &e), "all are read: %s", e.text);
	for (i = 0; i < n; i++) {
		why = try_feed(s, type[i]);
		ok(why == NULL, "%s%s%s", type[i], why ? ": " : "", why ? why : "");
	}
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		const struct feed *f = feedset_match(s, names[i].name, &day, &e);

		is_str(f ? f->id : NULL, names[i].type, names[i].name);
	}
	feedset_free(s);
	return done_testing();
}
