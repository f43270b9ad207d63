/* SPDX-License-Identifier: Apache-2.0 */
/* See byhand.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "buf.h"
#include "cmd/byhand.h"
#include "finding.h"
#include <tocsin/slice.h>

#define LINES_MAX 200

struct making {
	const struct cmd_args	*a;
	struct arena		*arena;
	struct err		*e;
	struct buf		 out;
	const char		*from[LINES_MAX];	/* what made the line */
	unsigned		 line;
	bool			 ip, port, name, account, class;	/* fields that are mapped */
	struct tcs_slice	 type, identifier;
};

static const char *const options[] = { "map", "const", "columns", "list", "time-format", "zone", "delimiter",
	"encoding", "kind", "write-feed" };

bool
byhand_given(const struct cmd_args *a)
{
	size_t i;

	for (i = 0; i < sizeof options / sizeof *options; i++)
		if (cmd_has(a, options[i]))
			return true;
	return false;
}

/* One line of the feed: a word and up to two more, in quotes where they need them. */
static void
put(struct making *m, const char *from, const char *word, struct tcs_slice x, struct tcs_slice y)
{
	const struct tcs_slice part[] = { x, y };
	size_t i;

	buf_str(&m->out, word);
	for (i = 0; i < 2; i++) {
		bool quote = memchr(part[i].p ? part[i].p : "", ' ', part[i].n) != NULL ||
		    memchr(part[i].p ? part[i].p : "", '#', part[i].n) != NULL;

		if (part[i].n == 0)
			continue;
		buf_printf(&m->out, " %s%.*s%s", quote ? "\"" : "", (int)part[i].n, part[i].p,
		    quote ? "\"" : "");
	}
	buf_char(&m->out, '\n');
	if (m->line < LINES_MAX)
		m->from[m->line++] = from;
}

static bool
plain(struct making *m, const char *from, struct tcs_slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] == '"' || (unsigned char)s.p[i] < ' ')
			return err_set(m->e, "%s: holds a quote or a control character; write a feed file "
			    "for that", from);
	return s.n > 0 || err_set(m->e, "%s: expected something on both sides of the =", from);
}

static bool
cut(struct making *m, const char *from, struct tcs_slice s, struct tcs_slice *field, struct tcs_slice *value)
{
	size_t eq = tcs_find(s, '=');

	if (eq == s.n)
		return err_set(m->e, "%s: expected FIELD=%s", from, from[2] == 'm' ? "COLUMN" : "VALUE");
	*field = tcs_trim(tcs_slice(s.p, eq));
	*value = tcs_trim(tcs_slice(s.p + eq + 1, s.n - eq - 1));
	return plain(m, from, *field) && plain(m, from, *value);
}

static void
notice(struct making *m, struct tcs_slice field)
{
	m->ip = m->ip || tcs_is(field, "source.ip");
	m->port = m->port || tcs_is(field, "source.port");
	m->name = m->name || tcs_is(field, "source.fqdn") || tcs_is(field, "source.url");
	m->account = m->account || tcs_is(field, "source.account");
	m->class = m->class || tcs_is(field, "classification.type");
}

static bool
one_map(struct making *m, const char *value)
{
	struct tcs_slice rest = tcs_str(value), part, field, columns;
	const char *from;
	bool may;

	while (tcs_cut(&rest, ',', &part)) {
		from = arena_printf(m->arena, "--map %.*s", (int)part.n, part.p);
		if (!cut(m, from, part, &field, &columns))
			return false;
		may = field.p[field.n - 1] == '?';
		field.n -= may;
		notice(m, field);
		put(m, from, may ? "may" : "need", columns, field);
	}
	return true;
}

static bool
one_const(struct making *m, const char *value)
{
	static const char *const own[][2] = { { "feed.name", "name" }, { "feed.provider", "provider" },
		{ "feed.documentation", "about" }, { "tlp", "tlp" }, { "severity", "severity" } };
	const char *from = arena_printf(m->arena, "--const %s", value);
	struct tcs_slice field, v;
	size_t i;

	if (!cut(m, from, tcs_str(value), &field, &v))
		return false;
	if (tcs_is(field, "classification.taxonomy"))
		return true;			/* the type has it */
	if (tcs_is(field, "classification.type") || tcs_is(field, "classification.identifier")) {
		*(tcs_is(field, "classification.type") ? &m->type : &m->identifier) = v;
		return true;
	}
	for (i = 0; i < sizeof own / sizeof *own; i++)
		if (tcs_is(field, own[i][0])) {
			put(m, from, own[i][1], v, tcs_slice(NULL, 0));
			return true;
		}
	put(m, from, "set", field, v);
	return true;
}

static bool
class(struct making *m)
{
	const char *taxonomy = rsit_taxonomy(m->type), *both, *from;

	if (m->type.n == 0 && m->class)
		return true;
	if (m->type.n == 0)
		return err_set(m->e, "what is wrong with them? Expected --const classification.type=TYPE, as "
		    "vulnerable-system, or a column for it");
	from = arena_printf(m->arena, "--const classification.type=%.*s", (int)m->type.n, m->type.p);
	if (taxonomy == NULL)
		return err_set(m->e, "%s: expected a type of RSIT, as vulnerable-system or infected-system",
		    from);
	both = arena_printf(m->arena, "%s/%.*s", taxonomy, (int)m->type.n, m->type.p);
	put(m, from, "class", tcs_str(both), m->identifier);
	return true;
}

/* As feeds whose columns are IDF names decide it by row (mapping.h). */
static const char *
kind_of(const struct making *m)
{
	const char *taxonomy = rsit_taxonomy(m->type);

	if (m->account && !m->ip && !m->name)
		return "account";
	if (m->port && (m->type.n == 0 || (taxonomy != NULL && strcmp(taxonomy, "vulnerable") == 0)))
		return "service";
	return m->name && !m->port ? "name" : "event";
}

static const char *
delimiter_name(const char *s)
{
	static const char *const names[][2] = { { ",", "comma" }, { ";", "semicolon" }, { "\t", "tab" },
		{ "\\t", "tab" }, { "|", "pipe" } };
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(s, names[i][0]) == 0)
			return names[i][1];
	return s;
}

static void
put_option(struct making *m, const char *option, const char *word, const char *value)
{
	put(m, arena_printf(m->arena, "--%s %s", option, value), word, tcs_str(value), tcs_slice(NULL, 0));
}

static const char *
stem(const struct cmd_args *a, struct arena *arena)
{
	const char *file = cmd_value(a, "write-feed"), *slash = file != NULL ? strrchr(file, '/') : NULL;
	struct tcs_slice s = tcs_str(file == NULL ? "list" : slash != NULL ? slash + 1 : file);

	if (s.n > 5 && tcs_ends(s, ".feed"))
		s.n -= 5;
	return arena_strndup(arena, s.p, s.n);
}

static bool
how_read(struct making *m)
{
	static const char *const words[] = { "time-format", "zone", "encoding" };
	const char *v = cmd_value(m->a, "columns");
	struct tcs_slice rest = tcs_str(v), part;
	size_t i;

	for (i = 0; i < sizeof words / sizeof *words; i++) {
		if (cmd_has(m->a, words[i]) && !plain(m, words[i], tcs_str(cmd_value(m->a, words[i]))))
			return false;
		if (cmd_has(m->a, words[i]))
			put_option(m, words[i], words[i], cmd_value(m->a, words[i]));
	}
	if (cmd_has(m->a, "list")) {
		put(m, "--list", "list", tcs_slice(NULL, 0), tcs_slice(NULL, 0));
		put(m, "--list", "option", TCS_LIT("comment"), TCS_LIT("#"));
		return true;
	}
	if (v != NULL) {
		buf_str(&m->out, "columns");
		while (tcs_cut(&rest, ',', &part)) {
			part = tcs_trim(part);
			if (!plain(m, "--columns", part))
				return false;
			buf_printf(&m->out, " \"%.*s\"", (int)part.n, part.p);
		}
		buf_char(&m->out, '\n');
		m->from[m->line++] = "--columns";
	}
	v = cmd_value(m->a, "delimiter");
	put_option(m, "delimiter", "delimiter", v != NULL ? delimiter_name(v) : "auto");
	return true;
}

static bool
make(struct making *m)
{
	const char *kind = cmd_value(m->a, "kind");
	int i;

	put_option(m, "write-feed", "feed", stem(m->a, m->arena));
	if (strcmp(m->a->arg[0], "csv") != 0)
		put_option(m, "PLUGIN", "plugin", m->a->arg[0]);
	for (i = 0; i < m->a->ngiven && m->line + 12 < LINES_MAX; i++) {
		if (strcmp(m->a->given[i].name, "map") == 0 && !one_map(m, m->a->given[i].value))
			return false;
		if (strcmp(m->a->given[i].name, "const") == 0 && !one_const(m, m->a->given[i].value))
			return false;
	}
	if (m->line + 12 >= LINES_MAX)
		return err_set(m->e, "so many fields want a feed file");
	if (cmd_has(m->a, "list")) {
		put(m, "--list", "need", TCS_LIT("address"), TCS_LIT("source.ip"));
		put(m, "--list", "need", TCS_LIT("name"), TCS_LIT("source.fqdn"));
		put(m, "--list", "need", TCS_LIT("url"), TCS_LIT("source.url"));
		m->ip = m->name = true;
	}
	if (!m->ip && !m->name && !m->account)
		return err_set(m->e, "which columns are what the rows are about? Expected --map "
		    "source.ip=COLUMN (or source.fqdn, source.url, source.account), or --list");
	if (!class(m))
		return false;
	put_option(m, "kind", "kind", kind != NULL ? kind : kind_of(m));
	return how_read(m);
}

const char *
byhand_lines(const struct cmd_args *a, struct arena *arena, struct err *e)
{
	struct making m = { .a = a, .arena = arena, .e = e };
	const char *lines = NULL;

	buf_init(&m.out);
	if (cmd_has(a, "feed"))
		err_set(e, "--feed and a mapping on the command line: expected one of them");
	else if (make(&m))
		lines = arena_strndup(arena, m.out.p, m.out.n);
	buf_free(&m.out);
	return lines;
}

void
byhand_blame(const struct cmd_args *a, struct arena *arena, struct err *e)
{
	struct making m = { .a = a, .arena = arena };
	struct err none = ERR_INIT, said;
	struct tcs_slice text = tcs_str(arena_strdup(arena, e->text)), number;
	uint64_t line;

	if (!tcs_starts(text, BYHAND_NAME ":"))
		return;
	text = tcs_slice(text.p + strlen(BYHAND_NAME) + 1, text.n - strlen(BYHAND_NAME) - 1);
	m.e = &none;
	buf_init(&m.out);
	if (tcs_cut(&text, ':', &number) && tcs_uint(number, LINES_MAX, &line) && make(&m) && line > 0 &&
	    line <= m.line) {
		said = (struct err)ERR_INIT;
		err_set(&said, "%s:%.*s", m.from[line - 1], (int)text.n, text.p);
		said.n = e->n;
		*e = said;
	}
	buf_free(&m.out);
}

bool
byhand_write(const struct cmd_args *a, const char *lines, struct err *e)
{
	const char *file = cmd_value(a, "write-feed");
	size_t n = strlen(lines);
	bool good;
	int fd;

	if (file == NULL)
		return true;
	if (!tcs_ends(tcs_str(file), ".feed"))
		return err_set(e, "--write-feed %s: expected a name that ends in .feed", file);
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_set(e, "--write-feed %s: %s", file, strerror(errno));
	good = write(fd, lines, n) == (ssize_t)n;
	good = close(fd) == 0 && good;
	return good || err_set(e, "--write-feed %s: %s", file, strerror(errno));
}
