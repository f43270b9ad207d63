/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See expr.h.  Recursive descent; or binds least, then and, then not.
 */
#include <stdlib.h>
#include <string.h>
#include "expr.h"

bool
expr_wrong(struct expr_source *s, const char *why)
{
	if (s->why[0] == '\0')
		tcs_copy(s->why, sizeof s->why, tcs_str(why));
	return false;
}

static char
next(struct expr_source *s)
{
	while (s->text[s->at] == ' ' || s->text[s->at] == '\t')
		s->at++;
	return s->text[s->at];
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
	    c == '_' ||
	    c == '-' || c == ':' || c == '/';
}

bool
expr_word(struct expr_source *s, char *out, size_t room)
{
	size_t n = 0;

	next(s);
	while (is_word(s->text[s->at + n]))
		n++;
	if (!tcs_copy(out, room, tcs_slice(s->text + s->at, n)))
		return expr_wrong(s, "a word too long");
	s->at += n;
	return true;
}

char *
expr_text(struct expr_source *s)
{
	char q = next(s), *out;
	size_t n = 0;

	if (q != '\'' && q != '"') {
		expr_wrong(s, "expected a text in quotes");
		return NULL;
	}
	while (s->text[s->at + 1 + n] != q) {
		if (s->text[s->at + 1 + n] == '\0') {
			expr_wrong(s, "a quote is never closed");
			return NULL;
		}
		n++;
	}
	if ((out = calloc(1, n + 1)) == NULL) {
		expr_wrong(s, "no memory");
		return NULL;
	}
	memcpy(out, s->text + s->at + 1, n);
	s->at += n + 2;
	return out;
}

/* A text in quotes, or a word: a number, an address. */
static char *
value(struct expr_source *s)
{
	char word[200], q = next(s), *out;

	if (q == '\'' || q == '"')
		return expr_text(s);
	if (!expr_word(s, word, sizeof word))
		return NULL;
	if (word[0] == '\0') {
		expr_wrong(s, "expected a number or a text in quotes");
		return NULL;
	}
	if ((out = strdup(word)) == NULL)
		expr_wrong(s, "no memory");
	return out;
}

static bool
put(struct expr_tree *t, struct expr_source *s, struct expr e, uint32_t *out)
{
	struct expr *more;

	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 16;
		if ((more = realloc(t->node, t->cap * sizeof *more)) == NULL)
			return expr_wrong(s, "no memory");
		t->node = more;
	}
	*out = t->n;
	t->node[t->n++] = e;
	return true;
}

static bool
comparison(struct expr_tree *t, struct expr_source *s, int field, enum expr_kind kind, uint32_t *out)
{
	char *v = value(s);

	if (v == NULL)
		return false;
	if (put(t, s, (struct expr){ .kind = (uint8_t)kind, .field = field, .value = v }, out))
		return true;
	free(v);
	return false;
}

/* field in ('a', 'b'): as if it were written with or. */
static bool
one_of(struct expr_tree *t, struct expr_source *s, int field, uint32_t *out)
{
	uint32_t one;
	bool first = true;

	if (next(s) != '(')
		return expr_wrong(s, "expected ( after in");
	do {
		s->at++;
		if (!comparison(t, s, field, EXPR_EQ, &one))
			return false;
		if (first)
			*out = one;
		else if (!put(t, s, (struct expr){ .kind = EXPR_OR, .a = *out, .b = one }, out))
			return false;
		first = false;
	} while (next(s) == ',');
	if (next(s) != ')')
		return expr_wrong(s, "expected , or )");
	s->at++;
	return true;
}

static bool
field_of(struct expr_source *s, const char *name, size_t at, int *out)
{
	if (name[0] == '\0')
		return expr_wrong(s, "expected a field");
	if ((*out = s->number(s->arg, name)) >= 0)
		return true;
	s->at = at;
	return expr_wrong(s, "there is no such field");
}

static bool
about_field(struct expr_tree *t, struct expr_source *s, const char *name, size_t at, uint32_t *out)
{
	static const struct { const char *sign; enum expr_kind kind; } ops[] = { { "==", EXPR_EQ }, { "!=",
	    EXPR_NE },
	    { "<=", EXPR_LE }, { ">=", EXPR_GE }, { "<", EXPR_LT }, { ">", EXPR_GT }, { "~", EXPR_GLOB } };
	char word[8];
	size_t i;
	int field;

	if (!field_of(s, name, at, &field))
		return false;
	next(s);
	for (i = 0; i < sizeof ops / sizeof *ops; i++)
		if (strncmp(s->text + s->at, ops[i].sign, strlen(ops[i].sign)) == 0) {
			s->at += strlen(ops[i].sign);
			return comparison(t, s, field, ops[i].kind, out);
		}
	at = s->at;
	if (expr_word(s, word, sizeof word) && strcmp(word, "in") == 0)
		return one_of(t, s, field, out);
	s->at = at;
	s->why[0] = '\0';
	return expr_wrong(s, "expected ==, !=, <, >, <=, >=, ~ or in");
}

static bool either(struct expr_tree *, struct expr_source *, uint32_t *);

static bool
single(struct expr_tree *t, struct expr_source *s, uint32_t *out)
{
	char word[200];
	size_t at;
	int field;

	if (next(s) == '(') {
		s->at++;
		if (!either(t, s, out))
			return false;
		if (next(s) != ')')
			return expr_wrong(s, "expected )");
		s->at++;
		return true;
	}
	at = s->at;
	if (!expr_word(s, word, sizeof word))
		return false;
	if (strcmp(word, "not") == 0) {
		if (++s->depth > EXPR_DEEPEST)
			return expr_wrong(s, "too deep");
		if (!single(t, s, out))
			return false;
		s->depth--;
		return put(t, s, (struct expr){ .kind = EXPR_NOT, .a = *out }, out);
	}
	if (strcmp(word, "has") != 0)
		return about_field(t, s, word, at, out);
	next(s);
	at = s->at;
	return expr_word(s, word, sizeof word) && field_of(s, word, at, &field) &&
	    put(t, s, (struct expr){ .kind = EXPR_HAS, .field = field }, out);
}

/* True, and passed over, when the next word is this one. */
static bool
follows(struct expr_source *s, const char *want)
{
	size_t n = strlen(want);

	next(s);
	if (strncmp(s->text + s->at, want, n) != 0 || is_word(s->text[s->at + n]))
		return false;
	s->at += n;
	return true;
}

static bool
both(struct expr_tree *t, struct expr_source *s, uint32_t *out)
{
	uint32_t b;

	if (!single(t, s, out))
		return false;
	while (follows(s, "and"))
		if (!single(t, s, &b) || !put(t, s, (struct expr){ .kind = EXPR_AND, .a = *out, .b = b },
		    out))
			return false;
	return true;
}

static bool
either(struct expr_tree *t, struct expr_source *s, uint32_t *out)
{
	uint32_t b;

	if (++s->depth > EXPR_DEEPEST)
		return expr_wrong(s, "too deep");
	if (!both(t, s, out))
		return false;
	while (follows(s, "or"))
		if (!both(t, s, &b) || !put(t, s, (struct expr){ .kind = EXPR_OR, .a = *out, .b = b }, out))
			return false;
	s->depth--;
	return true;
}

bool
expr_compile(struct expr_tree *t, struct expr_source *s)
{
	s->depth = 0;
	return either(t, s, &t->root);
}

void
expr_free(struct expr_tree *t)
{
	uint32_t i;

	for (i = 0; i < t->n; i++)
		free((char *)(uintptr_t)t->node[i].value);
	free(t->node);
	*t = (struct expr_tree){ NULL, 0, 0, 0 };
}

/* ---- asked */

static bool
number(struct tcs_slice s, double *out)
{
	double unit = 1, n = 0;
	bool minus = s.n > 0 && s.p[0] == '-', point = false;
	size_t i = minus;

	if (s.n == i)
		return false;
	for (; i < s.n; i++) {
		if (s.p[i] == '.' && !point && i + 1 < s.n) {
			point = true;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = n * 10 + (s.p[i] - '0');
		unit *= point ? 10 : 1;
	}
	*out = (minus ? -n : n) / unit;
	return true;
}

static bool
equal(struct tcs_slice a, struct tcs_slice b)
{
	double x, y;

	return tcs_eq(a, b) || (number(a, &x) && number(b, &y) && !(x < y) && !(x > y));
}

static bool
ordered(enum expr_kind kind, struct tcs_slice a, struct tcs_slice b)
{
	double x, y;

	if (!number(a, &x) || !number(b, &y))
		return false;
	return kind == EXPR_LT ? x < y : kind == EXPR_GT ? x > y : kind == EXPR_LE ? x <= y : x >= y;
}

bool
expr_holds(const struct expr_tree *t, uint32_t node, struct tcs_slice (*field)(void *arg, int number),
    void *arg)
{
	const struct expr *e = &t->node[node];
	struct tcs_slice v;

	switch (e->kind) {
	case EXPR_OR:
		return expr_holds(t, e->a, field, arg) || expr_holds(t, e->b, field, arg);
	case EXPR_AND:
		return expr_holds(t, e->a, field, arg) && expr_holds(t, e->b, field, arg);
	case EXPR_NOT:
		return !expr_holds(t, e->a, field, arg);
	}
	v = field(arg, e->field);
	if (e->kind == EXPR_HAS || v.p == NULL)
		return e->kind == EXPR_HAS ? v.p != NULL : e->kind == EXPR_NE;
	switch (e->kind) {
	case EXPR_EQ:
		return equal(v, tcs_str(e->value));
	case EXPR_NE:
		return !equal(v, tcs_str(e->value));
	case EXPR_GLOB:
		return tcs_glob(e->value, v);
	default:
		return ordered((enum expr_kind)e->kind, v, tcs_str(e->value));
	}
}
