/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The renderer of templates: one loop over nodes with a stack of its own, of
 * fixed size.  A frame is an open section or a partial that was called.
 * Sections per template are bounded by the compiler, partials here, so the
 * stack cannot overflow.
 */
#include <string.h>
#include "5-compose/mustache_node.h"
#include "utf8.h"

#define FRAMES	((MU_PARTIALS + 1) * (MU_SECTIONS + 1))

struct frame {
	const struct mu		*back;		/* partial: the template that called it; section: NULL */
	uint32_t		 at;		/* partial: the node that called it */
	const struct val	*list;		/* section over a list, or NULL */
	uint32_t		 i;
	const struct val	*top;		/* section: what names are looked up in first */
	size_t			 indent_from, indent_n;		/* partial: the caller's */
};

struct render {
	struct buf		*out;
	enum mu_part		 part;
	const struct val	*root;
	struct frame		 frame[FRAMES];
	uint32_t		 n, partials;
	/* of all partials being rendered; that from indent_from on holds here */
	struct buf		 indent;
	size_t			 indent_from;
};

static const char *
entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

static void
write_text(struct buf *out, const char *p, size_t n, bool lines, bool html)
{
	size_t i, from = 0, skip;
	const char *ent;

	for (i = 0; i < n; i += skip) {
		skip = 1;
		if (p[i] >= ' ' && p[i] < 0x7f && (!html || p[i] > '>'))	/* what most of it is */
			continue;
		ent = html ? entity(p[i]) : NULL;
		skip = ent ? 1 : utf8_unsafe(p + i, n - i);
		if (skip == 0 || (lines && p[i] == '\n')) {
			skip = 1;
			continue;
		}
		buf_add(out, p + from, i - from);
		from = i + skip;
		if (ent)
			buf_str(out, ent);
		else if (p[i] == '\n' || p[i] == '\t')
			buf_char(out, ' ');
	}
	buf_add(out, n ? p + from : "", n - from);
}

static void
write_value(struct render *r, const struct val *v, bool raw)
{
	bool html = r->part == MU_HTML && !raw;
	struct buf fixed;

	if (v == NULL || v->s.n == 0)
		return;
	if (utf8_valid(v->s.p, v->s.n)) {
		write_text(r->out, v->s.p, v->s.n, v->kind == VAL_TEXT, html);
		return;
	}
	buf_init(&fixed);
	utf8_repair(&fixed, v->s.p, v->s.n);
	write_text(r->out, fixed.p, fixed.n, v->kind == VAL_TEXT, html);
	buf_free(&fixed);
}

/* A file ends with a line break because editors want it so: one called within a line does not hand it on. */
static struct tcs_slice
literal_text(const struct render *r, const struct mu *t, const struct mu_node *node)
{
	const struct frame *f = r->n ? &r->frame[r->n - 1] : NULL;
	struct tcs_slice s = node->s;

	if (node != &t->node[t->n - 1] || f == NULL || f->back == NULL || f->back->node[f->at].alone)
		return s;
	if (tcs_ends(s, "\n"))
		s.n--;
	if (tcs_ends(s, "\r"))
		s.n--;
	return s;
}

/* The template's own text; the lines that begin in it are indented, empty ones are not. */
static void
write_literal(struct render *r, const struct mu *t, const struct mu_node *node)
{
	const char *in = r->indent.n > r->indent_from ? r->indent.p + r->indent_from : NULL;
	struct tcs_slice s = literal_text(r, t, node);
	bool bol = node->bol;
	size_t n;

	if (in == NULL) {
		buf_add(r->out, s.p, s.n);
		return;
	}
	for (; s.n > 0; s = tcs_slice(s.p + n, s.n - n)) {
		n = tcs_find(s, '\n');
		if (bol && n > 0 && s.p[0] != '\r')
			buf_add(r->out, in, r->indent.n - r->indent_from);
		if (n < s.n)
			n++;
		buf_add(r->out, s.p, n);
		bol = true;
	}
}

static void
write_indent(struct render *r, const struct mu_node *node)
{
	if (node->bol && r->indent.n > r->indent_from)
		buf_add(r->out, r->indent.p + r->indent_from, r->indent.n - r->indent_from);
}

static const struct val *
top(const struct render *r)
{
	uint32_t i;

	for (i = r->n; i > 0; i--)
		if (r->frame[i - 1].back == NULL)
			return r->frame[i - 1].top;
	return r->root;
}

/* The first part of a name through all open sections, innermost first; the rest strictly below it. */
static const struct val *
lookup(const struct render *r, struct tcs_slice name)
{
	const struct val *v = NULL;
	struct tcs_slice part;
	uint32_t i;

	if (tcs_is(name, "."))
		return top(r);
	tcs_cut(&name, '.', &part);
	for (i = r->n; i > 0 && v == NULL; i--)
		if (r->frame[i - 1].back == NULL)
			v = val_get(r->frame[i - 1].top, part);
	if (v == NULL)
		v = val_get(r->root, part);
	while (v && tcs_cut(&name, '.', &part))
		v = val_get(v, part);
	return v;
}

static void
section_enter(struct render *r, const struct val *v)
{
	struct frame *f = &r->frame[r->n++];

	*f = (struct frame){ .top = v };
	if (v->kind == VAL_LIST) {
		f->list = v;
		f->top = v->item[0];
	}
}

/* At a section's end: true when it goes round once more. */
static bool
section_again(struct render *r)
{
	struct frame *f = &r->frame[r->n - 1];

	if (f->list && ++f->i < f->list->n) {
		f->top = f->list->item[f->i];
		return true;
	}
	r->n--;
	return false;
}

static bool
partial_enter(struct render *r, const struct mu *t, uint32_t at, struct err *e)
{
	const struct mu_node *node = &t->node[at];

	if (r->partials == MU_PARTIALS)
		return err_at(e, t->file, node->line, "{{>%.*s}}: partials nested deeper than %d, expected "
		    "one that ends",
		    (int)node->s.n, node->s.p, MU_PARTIALS);
	r->partials++;
	r->frame[r->n++] = (struct frame){ .back = t, .at = at, .indent_from = r->indent_from,
	    .indent_n = r->indent.n };
	if (!node->alone)
		r->indent_from = r->indent.n;
	else if (node->indent.n)
		buf_add(&r->indent, node->indent.p, node->indent.n);
	return true;
}

static const struct mu *
partial_leave(struct render *r, uint32_t *at)
{
	struct frame *f = &r->frame[--r->n];

	r->partials--;
	r->indent.n = f->indent_n;
	r->indent_from = f->indent_from;
	*at = f->at + 1;
	return f->back;
}

static bool
render_all(struct render *r, const struct mu *t, struct err *e)
{
	const struct mu_node *node;
	const struct val *v;
	uint32_t i = 0;

	for (;;) {
		if (i == t->n) {
			if (r->n == 0)
				return true;
			t = partial_leave(r, &i);
			continue;
		}
		node = &t->node[i];
		if (node->kind != MU_LITERAL)
			write_indent(r, node);
		switch (node->kind) {
		case MU_LITERAL:
			write_literal(r, t, node);
			break;
		case MU_VARIABLE:
		case MU_RAW:
			write_value(r, lookup(r, node->s), node->kind == MU_RAW);
			break;
		case MU_SECTION:
			v = lookup(r, node->s);
			if (val_true(v))
				section_enter(r, v);
			else
				i = node->other;
			break;
		case MU_INVERTED:
			if (val_true(lookup(r, node->s)))
				i = node->other;
			break;
		case MU_END:
			if (t->node[node->other].kind == MU_SECTION && section_again(r))
				i = node->other;
			break;
		case MU_PARTIAL:
			if (!partial_enter(r, t, i, e))
				return false;
			t = node->partial;
			i = 0;
			continue;
		}
		i++;
	}
}

/* One line: every run of blanks is one space, none at the ends. */
static void
one_line(struct buf *b, size_t start)
{
	size_t i, n = start;

	for (i = start; i < b->n; i++) {
		if (!tcs_space(b->p[i]))
			b->p[n++] = b->p[i];
		else if (n > start && b->p[n - 1] != ' ')
			b->p[n++] = ' ';
	}
	if (n > start && b->p[n - 1] == ' ')
		n--;
	b->n = n;
	if (b->p)
		b->p[n] = '\0';
}

bool
mu_render(const struct mu *t, const struct val *root, enum mu_part part, struct buf *out, struct err *e)
{
	struct render r = { .out = out, .part = part, .root = root };
	size_t start = out->n;
	bool fine;

	buf_init(&r.indent);
	buf_need(out, 1);
	fine = render_all(&r, t, e);
	buf_free(&r.indent);
	if (part == MU_LINE)
		one_line(out, start);
	return fine;
}
