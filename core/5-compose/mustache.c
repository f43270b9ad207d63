/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiler of templates, and sets of them.  One pass over the text; what
 * a tag may be is decided by its first character.  A tag that is alone on its
 * line takes the line with it: the blanks before it end the literal before,
 * and the next literal begins on the next line.
 */
#include <stdlib.h>
#include <string.h>
#include "5-compose/mustache_node.h"
#include "5-compose/textfile.h"
#include "mem.h"
#include "near.h"

struct parse {
	struct arena	*arena;
	struct mu	*t;
	struct tcs_slice text;
	size_t		 at, line_start;	/* line_start: of the line that at is in */
	unsigned	 line;
	uint32_t	 open[MU_SECTIONS];
	uint32_t	 nopen;
	struct err	*e;
};

/* A tag as found: where it is, what it says. */
struct tag {
	size_t			 from, end;	/* with its braces */
	size_t			 line_start;	/* of the line it begins in */
	char			 sign;		/* '\0': a variable; '{': a raw one */
	struct tcs_slice	 name;
	unsigned		 line;
};

static struct mu_node *
node_add(struct parse *p, enum mu_kind kind, struct tcs_slice s, unsigned line)
{
	struct mu *t = p->t;
	struct mu_node *more;

	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 32;
		more = arena_alloc(p->arena, t->cap * sizeof(*more));
		if (t->n)
			memcpy(more, t->node, t->n * sizeof(*more));
		t->node = more;
	}
	more = &t->node[t->n++];
	more->kind = (uint8_t)kind;
	more->s = s;
	more->line = line;
	return more;
}

static void
literal_add(struct parse *p, size_t from, size_t to)
{
	struct mu_node *n;

	if (from >= to)
		return;
	n = node_add(p, MU_LITERAL, tcs_slice(p->text.p + from, to - from), p->line);
	n->bol = from == 0 || p->text.p[from - 1] == '\n';
}

/* Moves on to pos, counting lines. */
static void
step_to(struct parse *p, size_t pos)
{
	for (; p->at < pos; p->at++)
		if (p->text.p[p->at] == '\n') {
			p->line++;
			p->line_start = p->at + 1;
		}
}

/* Where two braces (or what is given) are next, or SIZE_MAX. */
static size_t
find2(struct tcs_slice s, size_t from, const char *what, size_t n)
{
	const char *q = from < s.n ? memmem(s.p + from, s.n - from, what, n) : NULL;

	return q ? (size_t)(q - s.p) : SIZE_MAX;
}

static bool
name_good(struct tcs_slice name, char sign)
{
	size_t i;
	char c, before = '.';

	if (sign != '>' && tcs_is(name, "."))
		return true;
	for (i = 0; i < name.n; i++) {
		c = name.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '_' || c == '-' ||
		    (c == '.' && before != '.')))
			return false;
		before = c;
	}
	return name.n > 0 && before != '.';
}

/* A tag's name is quoted in errors: short, and without what a terminal might obey. */
static const char *
quotable(struct parse *p, struct tcs_slice name)
{
	char *s = arena_strndup(p->arena, name.n ? name.p : "", name.n > 40 ? 40 : name.n), *q;

	for (q = s; *q; q++)
		if ((unsigned char)*q < 0x20 || *q == 0x7f)
			*q = '?';
	return s;
}

/* The tag at from, where "{{" is. */
static bool
tag_read(struct parse *p, struct tag *tag, size_t from)
{
	struct tcs_slice text = p->text;
	size_t body = from + 2, close;

	*tag = (struct tag){ .from = from, .line_start = p->line_start, .line = p->line };
	if (body < text.n && text.p[body] != '\0' && strchr("{&#^/!>=<$", text.p[body]))
		tag->sign = text.p[body++];
	close = find2(text, body, tag->sign == '{' ? "}}}" : "}}", tag->sign == '{' ? 3 : 2);
	if (close == SIZE_MAX)
		return err_at(p->e, p->t->file, p->line, "a tag is not closed, expected %s",
		    tag->sign == '{' ? "}}} after {{{" : "}} after {{");
	tag->name = tcs_trim(tcs_slice(text.p + body, close - body));
	tag->end = close + (tag->sign == '{' ? 3 : 2);
	if (tag->sign == '=')
		return err_at(p->e, p->t->file, p->line,
		    "other delimiters are not supported, expected {{name}} throughout");
	if (tag->sign == '<' || tag->sign == '$')
		return err_at(p->e, p->t->file, p->line,
		    "template inheritance is not supported, expected {{>partial}}");
	if (tag->sign != '!' && !name_good(tag->name, tag->sign))
		return err_at(p->e, p->t->file, p->line,
		    "\"%s\" is no name, expected letters, digits, _ and -, joined by dots",
		    quotable(p, tag->name));
	return true;
}

/* Alone on its line(s)?  Then *resume is where the next line begins. */
static bool
tag_alone(const struct parse *p, const struct tag *tag, size_t *resume)
{
	struct tcs_slice text = p->text;
	size_t i;

	if (strchr("#^/!>", tag->sign) == NULL || tag->sign == '\0')
		return false;
	for (i = tag->line_start; i < tag->from; i++)
		if (text.p[i] != ' ' && text.p[i] != '\t')
			return false;
	for (i = tag->end; i < text.n && (text.p[i] == ' ' || text.p[i] == '\t');)
		i++;
	if (i < text.n && text.p[i] == '\r')
		i++;
	if (i < text.n && text.p[i] != '\n')
		return false;
	*resume = i < text.n ? i + 1 : i;
	return true;
}

static bool
section_open(struct parse *p, const struct tag *tag)
{
	if (p->nopen == MU_SECTIONS)
		return err_at(p->e, p->t->file, tag->line,
		    "{{%c%s}}: sections nested too deep, expected at most %d", tag->sign,
		    quotable(p, tag->name), MU_SECTIONS);
	p->open[p->nopen++] = p->t->n;
	node_add(p, tag->sign == '#' ? MU_SECTION : MU_INVERTED, tag->name, tag->line);
	return true;
}

static bool
section_close(struct parse *p, const struct tag *tag)
{
	struct mu_node *open;
	uint32_t i;

	if (p->nopen == 0)
		return err_at(p->e, p->t->file, tag->line,
		    "{{/%s}} closes nothing, expected {{#%s}} before it",
		    quotable(p, tag->name), quotable(p, tag->name));
	i = p->open[--p->nopen];
	open = &p->t->node[i];
	if (!tcs_eq(open->s, tag->name))
		return err_at(p->e, p->t->file, tag->line,
		    "{{/%s}} closes the section of line %u, expected {{/%s}}",
		    quotable(p, tag->name), open->line, quotable(p, open->s));
	open->other = p->t->n;
	node_add(p, MU_END, tag->name, tag->line)->other = i;
	return true;
}

static bool
tag_add(struct parse *p, const struct tag *tag, bool alone)
{
	struct mu_node *n;
	uint32_t before = p->t->n;

	switch (tag->sign) {
	case '!':
		return true;
	case '#':
	case '^':
		if (!section_open(p, tag))
			return false;
		break;
	case '/':
		if (!section_close(p, tag))
			return false;
		break;
	case '>':
		n = node_add(p, MU_PARTIAL, tag->name, tag->line);
		n->alone = alone;
		if (alone)
			n->indent = tcs_slice(p->text.p + tag->line_start, tag->from - tag->line_start);
		break;
	default:
		node_add(p, tag->sign ? MU_RAW : MU_VARIABLE, tag->name, tag->line);
	}
	p->t->node[before].bol = !alone && tag->from == tag->line_start;
	return true;
}

static bool
parse_all(struct parse *p)
{
	size_t from, resume;
	struct tag tag;
	bool alone;

	while ((from = find2(p->text, p->at, "{{", 2)) != SIZE_MAX) {
		size_t literal = p->at;
		unsigned line = p->line;

		step_to(p, from);
		if (!tag_read(p, &tag, from))
			return false;
		alone = tag_alone(p, &tag, &resume);
		p->line = line;
		literal_add(p, literal, alone ? tag.line_start : from);
		p->line = tag.line;
		if (!tag_add(p, &tag, alone))
			return false;
		step_to(p, alone ? resume : tag.end);
	}
	literal_add(p, p->at, p->text.n);
	if (p->nopen == 0)
		return true;
	p->nopen--;
	return err_at(p->e, p->t->file, p->t->node[p->open[p->nopen]].line,
	    "this section is not closed, expected {{/%s}}",
	    quotable(p, p->t->node[p->open[p->nopen]].s));
}

struct mu_set *
mu_new(void)
{
	struct mu_set *set = xcalloc(1, sizeof(*set));

	set->arena = arena_new();
	set->last = &set->first;
	return set;
}

void
mu_free(struct mu_set *set)
{
	if (set == NULL)
		return;
	arena_free(set->arena);
	free(set);
}

bool
mu_add(struct mu_set *set, const char *name, const char *file, const char *text, size_t n, struct err *e)
{
	struct mu *t = arena_alloc(set->arena, sizeof(*t));
	struct parse p = { .arena = set->arena, .t = t, .line = 1, .e = e };

	if (mu_get(set, name))
		return err_at(e, file, 0, "a second template \"%s\", expected one of each name", name);
	t->name = arena_strdup(set->arena, name);
	t->file = arena_strdup(set->arena, file);
	p.text = tcs_slice(arena_strndup(set->arena, n ? text : "", n), n);
	if (!parse_all(&p))
		return false;
	*set->last = t;
	set->last = &t->next;
	set->n++;
	return true;
}

const struct mu *
mu_get(const struct mu_set *set, const char *name)
{
	const struct mu *t;

	for (t = set->first; t; t = t->next)
		if (strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

static bool
partial_missing(struct mu_set *set, const struct mu *t, const struct mu_node *n, const char *name,
    struct err *e)
{
	const char **names = arena_alloc(set->arena, (set->n + 1) * sizeof(*names)), *near;
	const struct mu *other;
	size_t k = 0;

	for (other = set->first; other; other = other->next)
		names[k++] = other->name;
	near = near_name(name, names, k);
	return err_at(e, t->file, n->line, "{{>%s}}: there is no such template, expected a file %s.mustache "
	    "beside this one%s%s%s",
	    name, name, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

bool
mu_link(struct mu_set *set, struct err *e)
{
	struct mu *t;
	uint32_t i;

	for (t = set->first; t; t = t->next)
		for (i = 0; i < t->n; i++) {
			const char *name;

			if (t->node[i].kind != MU_PARTIAL)
				continue;
			name = arena_strndup(set->arena, t->node[i].s.p, t->node[i].s.n);
			t->node[i].partial = mu_get(set, name);
			if (t->node[i].partial == NULL)
				return partial_missing(set, t, &t->node[i], name, e);
		}
	return true;
}

static bool
load_one(void *arg, const char *file, const char *name, const char *text, size_t n, struct err *e)
{
	return mu_add(arg, name, file, text, n, e);
}

struct mu_set *
mu_load(const char *dir, struct err *e)
{
	struct mu_set *set = mu_new();

	if (textfile_each(dir, ".mustache", load_one, set, e) && mu_link(set, e))
		return set;
	mu_free(set);
	return NULL;
}
