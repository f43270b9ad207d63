/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scanner of split.h: one pass, no memory of its own but a stack of
 * brackets.  It never reads past end and always gets on: each value it gives
 * has at least one byte.
 */
#include <string.h>
#include "split.h"

#define NEXT_MAX	(1u << 20)	/* how far to look for what comes after a broken object */
#define STACK	1024		/* brackets that are told apart; deeper ones are only counted */

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
step(struct scan *s)
{
	s->line += s->p[s->at] == '\n';
	s->at++;
}

void
scan_space(struct scan *s)
{
	while (s->at < s->end && is_space(s->p[s->at]))
		step(s);
}

struct scan
scan_inside(const struct scan *s, const struct piece *v)
{
	return (struct scan){ .p = s->p, .at = v->off + 1, .end = v->off + v->len, .line = v->line };
}

static void
skip_text(struct scan *s, struct piece *v)
{
	for (s->at++; s->at < s->end; s->at++) {
		char c = s->p[s->at];

		if (c == '"') {
			s->at++;
			return;
		}
		if (c == '\n') {
			v->flags |= PIECE_BROKEN;
			return;
		}
		if (c == '\0')
			v->flags |= PIECE_NUL;
		if (c == '\\' && s->at + 1 < s->end && s->p[s->at + 1] != '\n')
			s->at++;
	}
	v->flags |= PIECE_OPEN;
}

static void
skip_word(struct scan *s, struct piece *v)
{
	for (; s->at < s->end; s->at++) {
		char c = s->p[s->at];

		if (c == '\0')
			v->flags |= PIECE_NUL;
		else if (is_space(c) || strchr(",:\"[]{}", c) != NULL)
			return;
	}
}

struct stack {
	size_t	n;
	char	close[STACK];		/* what closes each */
};

static void
push(struct stack *k, char c, struct piece *v)
{
	if (k->n < STACK)
		k->close[k->n] = c == '{' ? '}' : ']';
	if (++k->n > DEPTH_MAX)
		v->flags |= PIECE_DEEP;
}

/* Closes down to the bracket that fits; false: none does, so it closes something outside. */
static bool
pop(struct stack *k, char c, struct piece *v)
{
	size_t n = k->n;

	if (n > STACK) {
		k->n--;
		return true;
	}
	while (n > 0 && k->close[n - 1] != c)
		n--;
	if (n != k->n)
		v->flags |= PIECE_BROKEN;
	if (n == 0)
		return false;
	k->n = n - 1;
	return true;
}

/* Whether an object may begin here, after the last thing that is no space. */
static bool
may_begin(const struct stack *k, char before)
{
	if (k->n == 0 || k->n > STACK)
		return true;
	return k->close[k->n - 1] == '}' ? before == ':' : before == ',' || before == '[';
}

static void
skip_nested(struct scan *s, struct piece *v)
{
	struct stack k;
	char before = '\0';

	k.n = 0;
	while (s->at < s->end && !(s->strict && (v->flags & PIECE_BROKEN))) {
		char c = s->p[s->at];

		if (c == '"') {
			skip_text(s, v);
			before = c;
			continue;
		}
		if (c == '{' && s->strict && !may_begin(&k, before)) {
			v->flags |= PIECE_BROKEN;
			return;
		}
		before = is_space(c) ? before : c;
		if (c == '{' || c == '[')
			push(&k, c, v);
		else if (c == '}' || c == ']') {
			if (!pop(&k, c, v))
				return;
			if (k.n == 0) {
				s->at++;
				return;
			}
		} else if (c == '\0')
			v->flags |= PIECE_NUL;
		step(s);
	}
	if (s->at == s->end)
		v->flags |= PIECE_OPEN;
}

void
scan_value(struct scan *s, struct piece *v)
{
	*v = (struct piece){ .off = s->at, .line = s->line };
	if (s->at < s->end) {
		if (s->p[s->at] == '"')
			skip_text(s, v);
		else if (s->p[s->at] == '{' || s->p[s->at] == '[')
			skip_nested(s, v);
		else
			skip_word(s, v);
	}
	v->len = s->at - v->off;
}

static enum got
stray(struct scan *s, struct piece *v, size_t off)
{
	*v = (struct piece){ .off = off, .len = 1, .line = s->line, .flags = PIECE_BROKEN };
	if (s->at == off)
		s->at++;
	return GOT_STRAY;
}

/* A '}' in a list: one too many if the list goes on behind it, else the list was not closed. */
static bool
goes_on(const struct scan *s)
{
	struct scan look = *s;

	look.at++;
	scan_space(&look);
	return look.at < look.end && (look.p[look.at] == ',' || look.p[look.at] == ']');
}

static size_t
before_space(const struct scan *s, size_t at, size_t least)
{
	while (at > least && is_space(s->p[at - 1]))
		at--;
	return at;
}

/* Whether a whole object begins at `at` after "}," and a list goes on behind it. */
static bool
is_next(const struct scan *s, const struct piece *v, size_t at, size_t *end)
{
	struct scan look = { .p = s->p, .at = at, .end = s->end };
	size_t comma = before_space(s, at, v->off);
	struct piece w;

	if (comma == v->off || s->p[comma - 1] != ',')
		return false;
	*end = before_space(s, comma - 1, v->off);
	if (*end == v->off || s->p[*end - 1] != '}')
		return false;
	if (look.end - at > NEXT_MAX)
		look.end = at + NEXT_MAX;
	scan_value(&look, &w);
	scan_space(&look);
	return w.flags == 0 && look.at < look.end && (s->p[look.at] == ',' || s->p[look.at] == ']');
}

/* A broken object hides where it ends.  If it began on a line of its own, it ends before the next line that
 * begins as its own did, with an object that is whole: what is inside it is indented deeper. */
static void
end_broken(struct scan *s, struct piece *v)
{
	size_t start = v->off, at, end, indent;
	const char *nl;
	int tries = 0;

	while (start > 0 && (s->p[start - 1] == ' ' || s->p[start - 1] == '\t'))
		start--;
	if (start > 0 && s->p[start - 1] != '\n')
		return;
	indent = v->off - start;
	for (at = v->off; (nl = memchr(s->p + at, '\n', v->off + v->len - at)) != NULL && tries < 64;) {
		at = (size_t)(nl - s->p) + 1;
		if (v->off + v->len - at <= indent || memcmp(s->p + at, s->p + start, indent) != 0 ||
		    s->p[at + indent] != '{')
			continue;
		tries++;
		if (!is_next(s, v, at + indent, &end))
			continue;
		v->len = end - v->off;
		v->flags &= ~(uint32_t)PIECE_OPEN;
		s->at = v->off;
		s->line = v->line;
		while (s->at < end)
			step(s);
		return;
	}
}

enum got
scan_element(struct scan *s, struct piece *v)
{
	size_t comma = SIZE_MAX;

	for (;;) {
		scan_space(s);
		if (s->at == s->end)
			return GOT_OPEN;
		if (s->p[s->at] != ',')
			break;
		if (!s->need)
			return stray(s, v, s->at);
		comma = s->at++;
		s->need = false;
	}
	if (s->p[s->at] == ']') {
		if (comma != SIZE_MAX)
			return stray(s, v, comma);
		s->at++;
		return GOT_END;
	}
	scan_value(s, v);
	if (v->len == 0)
		return s->p[s->at] == '}' && !goes_on(s) ? GOT_OPEN : stray(s, v, s->at);
	if (v->flags & PIECE_BROKEN)
		end_broken(s, v);
	if (s->need)
		v->flags |= PIECE_ALONE;
	s->need = true;
	return GOT_VALUE;
}

enum got
scan_member(struct scan *s, struct piece *key, struct piece *val)
{
	scan_space(s);
	if (s->at == s->end)
		return GOT_OPEN;
	if (s->p[s->at] == '}') {
		s->at++;
		return GOT_END;
	}
	if (s->need) {
		if (s->p[s->at] != ',')
			return GOT_STRAY;
		s->at++;
		scan_space(s);
	}
	s->need = true;
	if (s->at == s->end)
		return GOT_OPEN;
	if (s->p[s->at] != '"')
		return GOT_STRAY;
	scan_value(s, key);
	scan_space(s);
	if (s->at == s->end)
		return GOT_OPEN;
	if ((key->flags & PIECE_BROKEN) || s->p[s->at] != ':')
		return GOT_STRAY;
	s->at++;
	scan_space(s);
	scan_value(s, val);
	if (val->len == 0)
		return s->at == s->end ? GOT_OPEN : GOT_STRAY;
	return GOT_VALUE;
}
