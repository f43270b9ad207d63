/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin feed import SET SCHEMA.json: holds the schema that Shadowserver
 * publishes against a feed set, says what changed, and installs it when told
 * to.  What columns mean and which class a report has is the schema's to say;
 * kind, subject, part, severity and comments are the set's and stay.
 *
 * Files are replaced one by one after all of them could be read again, each
 * by a rename.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "2-decode/feedfile.h"
#include "2-decode/schema.h"
#include "buf.h"
#include "cmd/cmd.h"
#include "mem.h"
#include "paths.h"
#include "tz.h"

struct importing {
	struct arena		*arena;
	struct feedset		*set;
	struct schema		 schema;
	const char		*folder;
	uint32_t		 fresh, changed, gone, files;
	const char		**file;		/* to be installed: NAME.feed, whose NAME.feed.new is there */
};

/* ---- lines of feeds, in one form --------------------------------------------- */

static const char *
quoted(struct arena *a, const char *s)
{
	return strpbrk(s, " #") != NULL ? arena_printf(a, "\"%s\"", s) : s;
}

/* What a line of a feed says, to compare: "may naics extra.source.naics number-not-zero". */
static const char *
map_text(struct arena *a, const struct feed_map *m)
{
	const struct field *f = field_by_number(m->field);
	char *cols = arena_strdup(a, m->col[0]);
	uint16_t i;

	for (i = 1; i < m->ncol; i++)
		cols = arena_printf(a, "%s|%s", cols, m->col[i]);
	if (f == NULL && m->extra == NULL)
		return arena_printf(a, "drop %s", cols);
	return arena_printf(a, "%s %s %s%s %s", m->need ? "need" : "may", cols,
	    f != NULL ? f->name : "extra.", f != NULL ? "" : m->extra, conv_names[m->conv]);
}

static const char *
line_text(struct arena *a, const struct schema_line *l)
{
	if (l->target == NULL)
		return arena_printf(a, "drop %s", l->cols);
	return arena_printf(a, "%s %s %s%s %s", l->need ? "need" : "may", l->cols, l->target,
	    strcmp(l->target, "extra.") == 0 ? l->cols : "", conv_names[l->conv]);
}

static const char *
class_text(struct arena *a, const char *taxonomy, const char *type, const char *identifier)
{
	return arena_printf(a, "%s/%s%s%s", taxonomy ? taxonomy : "", type ? type : "",
	    identifier ? "  " : "", identifier ? identifier : "");
}

/* ---- what changed -------------------------------------------------------------- */

static void
say(bool *any, const char *type, const char *what, const char *from, const char *to)
{
	if (!*any)
		printf("%s\n", type);
	*any = true;
	printf("    %s%s%s%s\n", what, from, to[0] != '\0' && from[0] != '\0' ? " -> " : "", to);
}

static bool
among(const char *s, const char *const *list, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n && strcmp(list[i], s) != 0; i++)
		;
	return i < n;
}

/* A class that changes changes no case: cases are kept by problem, which is the identifier's. */
static bool
compare_class(struct arena *a, const struct feed *f, const struct schema_report *r, bool any)
{
	const char *was = class_text(a, f->taxonomy, f->type, f->identifier),
	    *is = class_text(a, r->taxonomy, r->type, r->identifier);

	if (r->by_row || strcmp(was, is) == 0)
		return any;
	say(&any, r->file, "class   ", was, is);
	if (f->identifier != NULL && r->identifier != NULL && strcmp(f->identifier, r->identifier) != 0)
		printf("    its problem has another name: for cases to go on, problems.csv needs the line "
		    "%s,%s,\n", r->identifier, f->identifier);
	return any;
}

static bool
compare_columns(struct arena *a, const struct feed *f, const struct schema_report *r, bool any)
{
	const char **old = arena_alloc(a, (f->body->nmap + 1) * sizeof *old),
	    **new = arena_alloc(a, (r->nline + 1) * sizeof *new);
	uint32_t i;

	for (i = 0; i < f->body->nmap; i++)
		old[i] = map_text(a, &f->body->map[i]);
	for (i = 0; i < r->nline; i++)
		new[i] = line_text(a, &r->line[i]);
	for (i = 0; i < f->body->nmap; i++)
		if (!among(old[i], new, r->nline))
			say(&any, r->file, "-       ", old[i], "");
	for (i = 0; i < r->nline; i++)
		if (!among(new[i], old, f->body->nmap))
			say(&any, r->file, "+       ", new[i], "");
	return any;
}

static const char *
const_of(struct arena *a, const struct feed *f, const char *target)
{
	const struct field *fd = field_by_name(tcs_str(target));
	uint32_t i;

	for (i = 0; i < f->body->nset; i++) {
		const struct feed_const *c = &f->body->set[i];

		if (fd != NULL ? c->field == fd->number :
		    c->extra != NULL && strcmp(c->extra, target + 6) == 0)
			return arena_strndup(a, c->v.text.p, c->v.text.n);
	}
	return NULL;
}

static bool
compare(struct arena *a, const struct feed *f, const struct schema_report *r)
{
	bool any = false;
	uint32_t i;

	if (strcmp(f->name, r->name) != 0)
		say(&any, r->file, "name    ", f->name, r->name);
	if (strcmp(f->about ? f->about : "", r->url ? r->url : "") != 0)
		say(&any, r->file, "about   ", f->about ? f->about : "nothing", r->url ? r->url : "nothing");
	any = compare_class(a, f, r, any);
	for (i = 0; i < r->nset; i++) {
		const char *was = const_of(a, f, r->set[i].target);
		struct tcs_slice is = tcs_str(r->set[i].value);

		if (was == NULL || !tcs_is_nocase(is, was))
			say(&any, r->file, arena_printf(a, "set     %s ", r->set[i].target), was ? was : "",
			    r->set[i].value);
	}
	return compare_columns(a, f, r, any);
}

/* ---- new files ------------------------------------------------------------------ */

static bool
has_target(const struct schema_report *r, const char *target)
{
	uint32_t i;

	for (i = 0; i < r->nline; i++)
		if (r->line[i].target != NULL && strcmp(r->line[i].target, target) == 0)
			return true;
	return false;
}

/* Kind and subject of a type that is new: a guess, for a person to look at. */
static const char *
guess(const struct schema_report *r)
{
	if (strncmp(r->file, "event", 5) == 0)
		return "kind      event\nsubject   source\n";
	if (!has_target(r, "source.ip") && has_target(r, "source.account"))
		return "kind      account\nsubject   account\n";
	if (!has_target(r, "source.ip"))
		return "kind      name\nsubject   name\n";
	return has_target(r, "source.port") ? "kind      service\nsubject   source\n" :
	    "kind      event\nsubject   source\n";
}

static void
write_head(struct buf *b, struct arena *a, const struct schema_report *r)
{
	buf_str(b, arena_printf(a, "feed      %s\nname      %s\n", r->file, quoted(a, r->name)));
	if (r->url != NULL)
		buf_str(b, arena_printf(a, "about     %s\n", r->url));
	if (r->type != NULL)
		buf_str(b, arena_printf(a, "class     %s\n",
		    class_text(a, r->taxonomy, r->type, r->identifier)));
	else if (!r->by_row)
		buf_str(b, "class     other/undetermined\n");
}

static void
write_tail(struct buf *b, struct arena *a, const struct schema_report *r)
{
	uint32_t i;

	for (i = 0; i < r->nset; i++)
		buf_str(b, arena_printf(a, "set       %s  %s\n", r->set[i].target,
		    quoted(a, r->set[i].value)));
	buf_char(b, '\n');
	for (i = 0; i < r->nline; i++) {
		const struct schema_line *l = &r->line[i];

		if (l->target == NULL)
			buf_str(b, arena_printf(a, "drop  %s\n", l->cols));
		else
			buf_str(b, arena_printf(a, "%-4s  %s  %s  %s\n", l->need ? "need" : "may", l->cols,
			    l->target, conv_names[l->conv]));
	}
}

/* Lines of the old file that are the set's own. */
static bool
is_kept(const char *line, bool by_row)
{
	static const char *const ours[] = { "feed", "name", "about", "set", "need", "may", "drop", "class" };
	size_t n = strspn(line, " \t"), len = strcspn(line + n, " \t\n"), i;

	for (i = 0; i < sizeof ours / sizeof *ours; i++)
		if (strlen(ours[i]) == len && memcmp(ours[i], line + n, len) == 0)
			return strcmp(ours[i], "class") == 0 && by_row;
	return len > 0;
}

static bool
write_kept(struct buf *b, const char *file, const struct schema_report *r, bool comments, struct err *e)
{
	FILE *f = fopen(file, "re");
	char *line = NULL;
	size_t room = 0;

	if (f == NULL)
		return err_at(e, file, 0, "%s", strerror(errno));
	while (getline(&line, &room, f) > 0)
		if (is_kept(line, r->by_row) && (line[0] == '#') == comments)
			buf_str(b, line);
	free(line);
	fclose(f);
	return true;
}

static bool
put_file(const char *path, const struct buf *b, struct err *e)
{
	FILE *f = fopen(path, "we");
	bool good;

	if (f == NULL)
		return err_at(e, path, 0, "%s", strerror(errno));
	good = fwrite(b->p, 1, b->n, f) == b->n && fflush(f) == 0 && fsync(fileno(f)) == 0;
	if (fclose(f) != 0 || !good)
		return err_at(e, path, 0, "%s", strerror(errno));
	return true;
}

/* NAME.feed.new, which must be readable as a feed. */
static bool
prepare(struct importing *m, const struct feed *old, const struct schema_report *r, struct err *e)
{
	const char *file = arena_printf(m->arena, "%s/%s.feed", m->folder, r->file),
	    *new = arena_printf(m->arena, "%s.new", file);
	struct tz *zone = NULL;
	struct feed check;
	struct buf b;
	bool good = true;

	buf_init(&b);
	if (old != NULL)
		good = write_kept(&b, old->file, r, true, e);
	else
		buf_str(&b, "# SPDX-License-Identifier: Apache-2.0\n"
		    "# Made by tocsin feed import; kind and subject are guessed: look at them.\n");
	write_head(&b, m->arena, r);
	if (good && old != NULL)
		good = write_kept(&b, old->file, r, false, e);
	else if (good)
		buf_str(&b, guess(r));
	write_tail(&b, m->arena, r);
	good = good && put_file(new, &b, e);
	buf_free(&b);
	if (good) {
		m->file[m->files++] = file;
		good = feedfile_read(m->arena, new, NULL, NULL, 0, &check, &zone, e);
		tz_free(zone);
	}
	return good;
}

/* ---- the command ----------------------------------------------------------------- */

static bool
look(struct importing *m, const struct schema_report *r, bool install, struct err *e)
{
	const char *const *type;
	uint32_t n = feedset_types(m->set, &type), i;
	const struct feed *f = NULL;
	bool any;

	for (i = 0; i < n && strcmp(type[i], r->file) != 0; i++)
		;
	if (i < n && (f = feedset_get(m->set, r->file, e)) == NULL)
		return false;
	if (f == NULL) {
		printf("%s\n    new     %s, %u columns\n", r->file,
		    class_text(m->arena, r->taxonomy, r->type, r->identifier), r->nline);
		m->fresh++;
	} else {
		any = compare(m->arena, f, r);
		m->changed += any;
		if (!any)
			return true;
	}
	return !install || prepare(m, f, r, e);
}

static void
look_gone(struct importing *m)
{
	const char *const *type;
	uint32_t n = feedset_types(m->set, &type), i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < m->schema.n && strcmp(m->schema.report[k].file, type[i]) != 0; k++)
			;
		if (k < m->schema.n)
			continue;
		printf("%s\n    not in the schema any more; its feed stays\n", type[i]);
		m->gone++;
	}
}

static bool
finish(struct importing *m, bool good, struct err *e)
{
	uint32_t i;

	for (i = 0; i < m->files; i++) {
		char *new = xasprintf("%s.new", m->file[i]);

		if (!good)
			unlink(new);
		else if (rename(new, m->file[i]) != 0)
			good = err_at(e, m->file[i], 0, "%s", strerror(errno));
		free(new);
	}
	return good;
}

static bool
import(struct importing *m, bool install, struct err *e)
{
	const char *const *type;
	const struct feed *first;
	const char *slash;
	bool good = true;
	uint32_t i;

	if (feedset_types(m->set, &type) == 0 || (first = feedset_get(m->set, type[0], e)) == NULL)
		return false;
	slash = strrchr(first->file, '/');
	m->folder = slash != NULL ? arena_strndup(m->arena, first->file, (size_t)(slash - first->file)) : ".";
	m->file = arena_alloc(m->arena, (m->schema.n + 1) * sizeof *m->file);
	for (i = 0; good && i < m->schema.n; i++)
		good = look(m, &m->schema.report[i], install, e);
	if (good)
		look_gone(m);
	good = finish(m, good, e);
	if (good)
		printf("%u new, %u changed, %u gone, of %u reports%s%s; %s\n", m->fresh, m->changed, m->gone,
		    m->schema.n, m->schema.date ? " of " : "", m->schema.date ? m->schema.date : "",
		    m->fresh + m->changed == 0 ? "nothing to install" :
		    install ? "installed" : "nothing was written, --yes installs it");
	return good;
}

static int
run(const struct cmd_args *a)
{
	struct importing m = { .arena = arena_new() };
	struct err e = ERR_INIT;
	const char *set = a->arg[1];
	int status = CMD_OK;

	if (strcmp(a->arg[0], "import") != 0)
		status = cmd_fail(a, CMD_USAGE, "unknown word \"%s\"; expected import", a->arg[0]);
	if (status != CMD_OK) {
		arena_free(m.arena);
		return status;
	}
	if (strchr(set, '/') == NULL)
		set = arena_printf(m.arena, "%s/feeds/%s.set", path_data(), set);
	if ((m.set = feedset_open(set, &e)) == NULL || !schema_read(a->arg[2], m.arena, &m.schema, &e))
		status = cmd_fail(a, CMD_USAGE, "%s", e.text);
	else if (!import(&m, cmd_has(a, "yes"), &e))
		status = cmd_fail(a, CMD_FAILED, "%s", e.text);
	feedset_free(m.set);
	arena_free(m.arena);
	return status;
}

static const struct cmd_opt options[] = {
	{ "yes", NULL, "install what changed", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_feed = {
	.name = "feed",
	.operands = "import SET SCHEMA.json",
	.least = 3,
	.most = 3,
	.opt = options,
	.run = run,
	.summary = "teach a feed set what its maker publishes",
	.help = "Reads the schema that Shadowserver publishes for IntelMQ and says what of the set\n"
	    "(shadowserver, or the path of a .set file) changes: types, columns, classes. With --yes the\n"
	    "feed files are replaced; what they are about (kind, subject, part), severities and comments\n"
	    "stay. Of new types kind and subject are guessed. A class that changes warns nobody again:\n"
	    "cases are kept by problem.\n",
};
