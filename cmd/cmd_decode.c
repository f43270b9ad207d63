/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin decode PLUGIN FILE...: what a source plugin or feed set makes of
 * files, as IDF, one JSON object a line.  Nothing is remembered and no
 * configuration is needed; it is how a feed file is written and tried.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "1-fetch/unpack.h"
#include "2-decode/decode.h"
#include "buf.h"
#include "cmd/byhand.h"
#include "cmd/cmd.h"
#include "cmd/plugins.h"
#include "cmd/preview.h"
#include "mem.h"
#include "utf8.h"

struct decoding {
	const struct cmd_args	*args;
	struct decoder		*decoder;
	struct unpack_limits	 limits;
	struct arena		*arena;		/* of the batch */
	struct buf		 line;
	const char		*file, *name;	/* as given; of the input, which may be a member */
	bool			 raw, refused;
	const struct binding	*binding;	/* whose columns were looked at */
	bool			 looked;	/* for the header of this input */
	struct buf		 head;		/* it, without its end */
	struct preview		*preview;	/* or NULL */
	FILE			*refused_to;	/* or NULL */
};

/* "file:line: reason" on stderr; names of members and reasons come from strangers. */
static void
complain(struct decoding *d, const char *text)
{
	struct buf safe;

	buf_init(&safe);
	utf8_safe(&safe, text, strlen(text));
	fflush(stdout);
	fprintf(stderr, "%s\n", safe.p);
	buf_free(&safe);
	d->refused = true;
}

/* "file: text" on stderr, of what is no failure. */
static void
say(struct decoding *d, const char *name, const char *text)
{
	bool refused = d->refused;
	char *all = xasprintf("%s: %s", name, text);

	complain(d, all);
	d->refused = refused;
	free(all);
}

static void
add_line(struct buf *b, const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	buf_add(b, p, n);
}

/* Of a table, the header: what was passed over last before the first record. */
static void
find_head(struct decoding *d, const struct rows *r)
{
	const char *p;
	uint32_t i, n;

	if (d->looked)
		return;
	d->looked = true;
	buf_reset(&d->head);
	if (strcmp(decoder_plugin(d->decoder)->name, "csv") != 0)
		return;
	for (i = 0; i < r->nrow && r->kind[i] == ROW_SKIP; i++)
		;
	if (i == 0 || r->len[i - 1] == 0)
		return;
	p = r->raw[i - 1];
	n = r->len[i - 1];
	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3, n -= 3;
	add_line(&d->head, p, n);
}

/* As IntelMQ has it: of a table, the header and the line; else the finding's bytes. */
static void
add_raw(struct decoding *d, struct finding *f, const char *raw)
{
	struct buf b, both;

	buf_init(&b);
	buf_init(&both);
	if (d->head.n > 0) {
		buf_add(&both, d->head.p, d->head.n);
		buf_char(&both, '\n');
		add_line(&both, raw, f->len);
	} else
		buf_add(&both, raw, f->len);
	buf_base64(&b, both.p, both.n);
	buf_free(&both);
	f->f[TCS_F_RAW].form = VF_TEXT;
	f->f[TCS_F_RAW].text = tcs_slice(arena_dup(d->arena, b.p, b.n), b.n);
	buf_free(&b);
}

/* A report type that nobody knows; a column more is an extra, for everybody to see. */
static void
tell_strange(struct decoding *d, const struct decoded *dec)
{
	const char *const *column;
	uint32_t n = binding_strange(dec->binding, &column), i;
	struct buf text;

	d->binding = dec->binding;
	if (!dec->feed->strange)
		return;
	buf_init(&text);
	buf_str(&text, "report type that nobody knows, ");
	buf_str(&text, dec->feed->id);
	buf_str(&text, n > 0 ? ": kept as extras:" : ": kept");
	for (i = 0; i < n; i++) {
		buf_char(&text, ' ');
		buf_str(&text, column[i]);
	}
	say(d, d->name, text.p);
	buf_free(&text);
}

static bool
on_batch(void *arg, const struct decoded *dec, struct err *e)
{
	struct decoding *d = arg;
	struct finding f;
	uint32_t i;

	if (dec->binding != d->binding)
		tell_strange(d, dec);
	if (d->raw)
		find_head(d, dec->rows);
	for (i = 0; i < dec->batch->nrow; i++) {
		if (!binding_finding(dec->binding, dec->rows, dec->batch->row[i], d->arena, &f, e))
			return false;
		if (d->preview != NULL) {
			preview_row(d->preview, dec, dec->batch->row[i], &f);
			arena_reset(d->arena);
			continue;
		}
		if (!d->raw)
			f.f[TCS_F_RAW].form = VF_NONE;
		else if (f.f[TCS_F_RAW].form == VF_NONE)
			add_raw(d, &f, dec->rows->raw[dec->batch->row[i]]);
		buf_reset(&d->line);
		finding_json(&d->line, &f);
		buf_char(&d->line, '\n');
		if (fwrite(d->line.p, 1, d->line.n, stdout) != d->line.n)
			return err_set(e, "the output could not be written: %s", strerror(errno));
		if (i % 64 == 63)
			arena_reset(d->arena);
	}
	arena_reset(d->arena);
	return true;
}

static bool
on_refused(void *arg, const struct refused *r, uint32_t n, struct err *e)
{
	struct decoding *d = arg;
	uint32_t i;

	for (i = 0; i < n; i++) {
		char *text;

		if (d->refused_to != NULL && !refused_row(d->refused_to, &r[i]))
			return err_set(e, "the refused rows could not be written: %s", strerror(errno));
		d->refused = true;
		if (d->preview != NULL) {
			preview_refused(d->preview, d->name, &r[i]);
			continue;
		}
		text = xasprintf("%s:%u: %s%s%s", d->name, r[i].line, r[i].why,
		    r[i].detail != NULL ? ": " : "", r[i].detail != NULL ? r[i].detail : "");

		complain(d, text);
		free(text);
	}
	return true;
}

/* False only when going on makes no sense. */
static bool
decode_one(struct decoding *d, const char *member)
{
	const struct decode_sink sink = { d, on_batch, on_refused, NULL };
	char *name = member != NULL ? xasprintf("%s/%s", d->file, member) : xstrdup(d->file);
	struct err e = ERR_INIT;
	struct reader *in = unpack_open(d->file, NULL, member, &d->limits, &e);
	enum source_end end = SOURCE_READ_ERROR;

	d->name = name;
	d->looked = false;
	d->binding = NULL;
	if (in != NULL) {
		end = decode_run(d->decoder, name, in, 0, true, &sink, &e);
		in->close(in);
	}
	if (end != SOURCE_OK)
		complain(d, e.text);
	free(name);
	return end != SOURCE_STOPPED;
}

static bool
each_member(void *arg, const char *member)
{
	return decode_one(arg, member);
}

static bool
decode_file(struct decoding *d, const char *file)
{
	struct err e = ERR_INIT;
	enum packing packing;

	d->file = file;
	if (!unpack_kind(file, &packing, &e)) {
		complain(d, e.text);
		return true;
	}
	if (packing != PACKED_ZIP)
		return decode_one(d, NULL);
	if (!unpack_members(file, NULL, each_member, d, &e) && e.n > 0)
		complain(d, e.text);
	return !ferror(stdout);
}

/* ---- the command line -------------------------------------------------------- */

static bool
read_sets(const struct cmd_args *a, struct arena *arena, struct decoder_spec *s, struct err *e)
{
	struct given *g = arena_alloc(arena, ((size_t)a->ngiven + 1) * sizeof *g);
	uint32_t n = 0;
	int i;

	for (i = 0; i < a->ngiven; i++) {
		const char *v = a->given[i].value, *eq;

		if (strcmp(a->given[i].name, "set") != 0)
			continue;
		if ((eq = strchr(v, '=')) == NULL || eq == v)
			return err_set(e, "--set %s: expected OPTION=VALUE", v);
		g[n].name = arena_strndup(arena, v, (size_t)(eq - v));
		g[n++].value = eq + 1;
	}
	s->given = g;
	s->ngiven = n;
	return true;
}

static bool
open_refused(struct decoding *d)
{
	const char *file = cmd_value(d->args, "refused");

	if (file == NULL)
		return true;
	d->refused_to = fopen(file, "we");
	return d->refused_to != NULL && refused_head(d->refused_to);
}

static bool
close_refused(struct decoding *d)
{
	return d->refused_to == NULL || fclose(d->refused_to) == 0;
}

static int
decode_all(struct decoding *d)
{
	int i;

	if (!open_refused(d))
		return cmd_fail(d->args, CMD_FAILED, "%s: %s", cmd_value(d->args, "refused"),
		    strerror(errno));
	d->preview = cmd_has(d->args, "preview") ? preview_new() : NULL;

	d->arena = arena_new();
	d->raw = cmd_has(d->args, "raw");
	buf_init(&d->line);
	buf_init(&d->head);
	for (i = 1; i < d->args->narg; i++)
		if (!decode_file(d, d->args->arg[i]))
			break;
	buf_free(&d->line);
	if (d->preview != NULL)
		preview_end(d->preview);
	preview_free(d->preview);
	buf_free(&d->head);
	arena_free(d->arena);
	if (!close_refused(d))
		return cmd_fail(d->args, CMD_FAILED, "%s: %s", cmd_value(d->args, "refused"),
		    strerror(errno));
	return d->refused ? CMD_FAILED : CMD_OK;
}

static int
run(const struct cmd_args *a)
{
	struct decoder_spec spec = { .plugin = a->arg[0], .feed = cmd_value(a, "feed") };
	struct decoding d = { .args = a };
	struct arena *arena = arena_new();
	struct plugins *ps = NULL;
	struct err e = ERR_INIT;
	int status = CMD_USAGE;

	if (byhand_given(a)) {
		spec.lines = byhand_lines(a, arena, &e);
		spec.feed = BYHAND_NAME;
	}
	if (e.n == 0 && read_sets(a, arena, &spec, &e) && (ps = cmd_plugins(a, &d.limits, &e)) != NULL &&
	    (d.decoder = decoder_open(ps, &spec, &e)) != NULL &&
	    (spec.lines == NULL || byhand_write(a, spec.lines, &e)))
		status = decode_all(&d);
	else {
		if (spec.lines != NULL)
			byhand_blame(a, arena, &e);
		cmd_fail(a, CMD_USAGE, "%s", e.text);
	}
	decoder_close(d.decoder);
	plugins_free(ps);
	arena_free(arena);
	return status;
}

static const struct cmd_opt options[] = {
	{ "set", "OPTION=VALUE", "an option of the plugin, as tocsin plugin show lists them", true },
	{ "feed", "FILE", "a feed file, or a set of them, that says what the columns mean", false },
	{ "raw", NULL, "each finding's own bytes too, in base64, as raw: of a table with its header", false },
	{ "preview", NULL, "the first rows as a table: column, cell, field, value; refused, by reason",
	    false },
	{ "refused", "FILE", "the refused rows, as CSV: line, reason, detail, the row as it was", false },
	BYHAND_OPTIONS,
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_decode = {
	.name = "decode",
	.operands = "PLUGIN FILE...",
	.least = 2,
	.most = -1,
	.opt = options,
	.run = run,
	.summary = "say what a source makes of files, as IDF",
	.help = "PLUGIN is a source plugin, or a set of feeds such as shadowserver. Each finding is one "
	    "line of JSON (IntelMQ's\ndata format). What is refused is said on standard error as FILE:LINE: "
	    "REASON, and makes the exit status 1. Files\nmay be packed with gzip or zip; each member of a "
	    "zip is an input of its own. How a feed file is written is told\nin docs/feed-files.md.\n",
};
