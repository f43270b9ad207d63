/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of a report: what is needed to make it again and to see that it
 * is the same.  It names inputs by the hash of their bytes, and holds no rows
 * and no addresses.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "buf.h"
#include "cmd/report.h"
#include "core/clock.h"
#include "timefmt.h"

static bool
input(void *arg, const struct report_input *i)
{
	struct buf *b = arg;
	char day[TIME_TEXT];

	time_day(time_of_day_number(i->day), day);
	buf_printf(b, "%s\n  {\"input\":%u,\"source\":", b->p[b->n - 1] == '[' ? "" : ",", i->id);
	buf_json_str(b, i->source);
	buf_str(b, ",\"name\":");
	buf_json_str(b, i->name);
	buf_str(b, ",\"member\":");
	buf_json_str(b, i->member[0] != '\0' ? i->member : NULL);
	buf_printf(b, ",\"day\":\"%s\",\"size\":%llu,\"sha256\":\"%s\"}", day, (unsigned long long)i->size,
	    i->sha256);
	return true;
}

static bool
config_hash(const char *file, char hex[SHA256_HEX], struct err *e)
{
	struct sha256_ctx *c;
	uint8_t out[SHA256_LEN];
	char part[8192];
	size_t n;
	FILE *f = fopen(file, "r");

	if (f == NULL)
		return err_set(e, "%s: %s", file, strerror(errno));
	c = sha256_new();
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		sha256_add(c, part, n);
	fclose(f);
	sha256_end(c, out);
	digest_hex(out, sizeof out, hex);
	return true;
}

static void
query(struct buf *b, const struct cmd_args *a)
{
	int i;

	buf_str(b, "{");
	for (i = 0; i < a->ngiven; i++) {
		if (strcmp(a->given[i].name, "manifest") == 0 || strcmp(a->given[i].name, "now") == 0)
			continue;
		if (b->p[b->n - 1] != '{')
			buf_char(b, ',');
		buf_json_str(b, a->given[i].name);
		buf_char(b, ':');
		buf_json_str(b, a->given[i].value);
	}
	buf_char(b, '}');
}

static void
moment(struct buf *b, const char *key, int64_t s)
{
	char t[TIME_TEXT];

	if (s == TIME_NONE)
		buf_printf(b, ",\n \"%s\":null", key);
	else {
		time_iso(s * NS, t);
		buf_printf(b, ",\n \"%s\":\"%s\"", key, t);
	}
}

static bool
fill(struct reporting *x, struct buf *b, const char *rows, struct err *e)
{
	char config[SHA256_HEX];
	int64_t epoch, commit_no;

	if (!config_hash(x->v->args->config, config, e) ||
	    !ledger_position(x->v->l, &epoch, &commit_no, e))
		return false;
	buf_str(b, "{\"program\":\"tocsin " PACKAGE_VERSION "\",\n \"query\":");
	query(b, x->v->args);
	moment(b, "made", clock_now() / NS);
	moment(b, "since", x->q.in.since);
	moment(b, "until", x->q.in.until);
	buf_printf(b, ",\n \"ledger\":{\"epoch\":%lld,\"commit\":%lld},\n"
	    " \"config_sha256\":\"%s\",\n"
	    " \"rows\":%llu,\n \"rows_sha256\":\"%s\",\n \"inputs\":[", (long long)epoch,
	    (long long)commit_no, config, (unsigned long long)x->n, rows);
	if (!ledger_report_inputs(x->v->l, &x->q, input, b, e))
		return false;
	buf_str(b, "]}\n");
	return true;
}

static bool
put(const char *file, const struct buf *b, struct err *e)
{
	FILE *f = strcmp(file, "-") == 0 ? stdout : fopen(file, "w");
	bool good;

	if (f == NULL)
		return err_set(e, "%s: %s", file, strerror(errno));
	good = fwrite(b->p, 1, b->n, f) == b->n && fflush(f) == 0;
	if (f != stdout && fclose(f) != 0)
		good = false;
	return good || err_set(e, "%s: %s", file, strerror(errno));
}

bool
report_manifest(struct reporting *x, const char *file, struct err *e)
{
	uint8_t hash[SHA256_LEN];
	char rows[SHA256_HEX];
	struct buf b;
	bool good;

	sha256_end(x->rows, hash);
	digest_hex(hash, sizeof hash, rows);
	buf_init(&b);
	good = fill(x, &b, rows, e) && put(file, &b, e);
	buf_free(&b);
	return good;
}
