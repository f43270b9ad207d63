/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A checker of JSON text (RFC 8259): syntax only, to a bounded depth, nothing
 * built.  A source's worker says that a cell is JSON; what the host writes
 * into its own output it must have checked itself.  UTF-8 is not checked here.
 */
#include "jsontext.h"

struct at {
	const char *p, *end;
};

static bool value(struct at *a, int depth);

static void
space(struct at *a)
{
	while (a->p < a->end && (*a->p == ' ' || *a->p == '\t' || *a->p == '\n' || *a->p == '\r'))
		a->p++;
}

static bool
is_next(struct at *a, char c)
{
	space(a);
	if (a->p == a->end || *a->p != c)
		return false;
	a->p++;
	return true;
}

static bool
digits(struct at *a)
{
	const char *from = a->p;

	while (a->p < a->end && *a->p >= '0' && *a->p <= '9')
		a->p++;
	return a->p > from;
}

static bool
number(struct at *a)
{
	if (a->p < a->end && *a->p == '-')
		a->p++;
	if (a->p < a->end && *a->p == '0')
		a->p++;
	else if (!digits(a))
		return false;
	if (a->p < a->end && *a->p == '.') {
		a->p++;
		if (!digits(a))
			return false;
	}
	if (a->p < a->end && (*a->p == 'e' || *a->p == 'E')) {
		a->p++;
		if (a->p < a->end && (*a->p == '+' || *a->p == '-'))
			a->p++;
		return digits(a);
	}
	return true;
}

static bool
escape(struct at *a)
{
	int i;

	if (a->p == a->end)
		return false;
	if (*a->p != 'u')
		return strchr("\"\\/bfnrt", *a->p) != NULL && *a->p++ != '\0';
	for (a->p++, i = 0; i < 4; i++, a->p++)
		if (a->p == a->end || *a->p == '\0' || strchr("0123456789abcdefABCDEF", *a->p) == NULL)
			return false;
	return true;
}

static bool
text(struct at *a)
{
	for (a->p++; a->p < a->end;) {
		char c = *a->p++;

		if (c == '"')
			return true;
		if ((unsigned char)c < 0x20 || (c == '\\' && !escape(a)))
			return false;
	}
	return false;
}

static bool
word(struct at *a, const char *w)
{
	size_t n = strlen(w);

	if ((size_t)(a->end - a->p) < n || memcmp(a->p, w, n) != 0)
		return false;
	a->p += n;
	return true;
}

static bool
nested(struct at *a, char close, int depth)
{
	if (depth == JSONTEXT_DEPTH)
		return false;
	a->p++;
	if (is_next(a, close))
		return true;
	do {
		space(a);
		if (close == '}' && (a->p == a->end || *a->p != '"' || !text(a) || !is_next(a, ':')))
			return false;
		if (!value(a, depth + 1))
			return false;
	} while (is_next(a, ','));
	return is_next(a, close);
}

static bool
value(struct at *a, int depth)
{
	space(a);
	if (a->p == a->end)
		return false;
	switch (*a->p) {
	case '{':
		return nested(a, '}', depth);
	case '[':
		return nested(a, ']', depth);
	case '"':
		return text(a);
	case 't':
		return word(a, "true");
	case 'f':
		return word(a, "false");
	case 'n':
		return word(a, "null");
	default:
		return number(a);
	}
}

bool
jsontext_valid(struct tcs_slice s)
{
	struct at a = { s.p, s.p + s.n };

	if (s.n == 0 || !value(&a, 0))
		return false;
	space(&a);
	return a.p == a.end;
}
