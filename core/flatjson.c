/* SPDX-License-Identifier: Apache-2.0 */
/* See flatjson.h. */
#include <stdint.h>
#include <string.h>
#include "buf.h"
#include "flatjson.h"
#include <tocsin/slice.h>

struct at { const char *p; };

static void
blanks(struct at *t)
{
	t->p += strspn(t->p, " \t\r\n");
}

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	    tcs_lower(c) >= 'a' && tcs_lower(c) <= 'f' ? tcs_lower(c) - 'a' + 10 : -1;
}

static void
put_utf8(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_char(b, (char)c);
	} else if (c < 0x800) {
		buf_char(b, (char)(0xc0 | c >> 6));
		buf_char(b, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_char(b, (char)(0xe0 | c >> 12));
		buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_char(b, (char)(0x80 | (c & 0x3f)));
	}
}

static bool
escape(struct at *t, struct buf *b)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *k;
	uint32_t c = 0;
	int i;

	if (*t->p == 'u') {
		for (i = 1; i <= 4; i++) {
			if (hex(t->p[i]) < 0)
				return false;
			c = c << 4 | (uint32_t)hex(t->p[i]);
		}
		t->p += 5;
		if (c == 0 || (c >= 0xd800 && c < 0xe000))
			c = 0xfffd;
		put_utf8(b, c);
		return true;
	}
	if (*t->p == '\0' || (k = strchr(from, *t->p)) == NULL)
		return false;
	buf_char(b, to[k - from]);
	t->p++;
	return true;
}

static bool
string(struct at *t, struct buf *b)
{
	if (*t->p++ != '"')
		return false;
	while (*t->p != '"') {
		if (*t->p == '\0')
			return false;
		if (*t->p == '\\') {
			t->p++;
			if (!escape(t, b))
				return false;
		} else
			buf_char(b, *t->p++);
	}
	t->p++;
	return true;
}

/* Past what is nested: to its end by counting brackets, texts as one. */
static bool
nested(struct at *t, struct buf *b)
{
	unsigned depth = 0;

	do {
		if (*t->p == '"') {
			if (!string(t, b))
				return false;
			continue;
		}
		if (*t->p == '\0')
			return false;
		depth += *t->p == '{' || *t->p == '[';
		depth -= *t->p == '}' || *t->p == ']';
		t->p++;
	} while (depth > 0);
	return true;
}

/* A text, or anything up to the next comma; *flat false: it was nested. */
static bool
value(struct at *t, struct buf *b, bool *flat)
{
	size_t n;

	*flat = *t->p != '{' && *t->p != '[';
	if (!*flat)
		return nested(t, b);
	if (*t->p == '"')
		return string(t, b);
	n = strcspn(t->p, ",}[]{ \t\r\n");
	buf_add(b, t->p, n);
	t->p += n;
	return n > 0;
}

const char *
flat_get(struct arena *a, const char *json, const char *key)
{
	struct at t = { json };
	struct buf name, val;
	const char *got = NULL;
	bool flat;

	buf_init(&name);
	buf_init(&val);
	blanks(&t);
	for (t.p += *t.p == '{'; got == NULL; t.p += *t.p == ',') {
		buf_reset(&name);
		buf_reset(&val);
		blanks(&t);
		if (!string(&t, &name))
			break;
		blanks(&t);
		if (*t.p++ != ':')
			break;
		blanks(&t);
		if (!value(&t, &val, &flat))
			break;
		blanks(&t);
		if (*t.p != ',' && *t.p != '}')
			break;
		if (flat && name.n == strlen(key) && memcmp(name.p, key, name.n) == 0)
			got = arena_strndup(a, val.n > 0 ? val.p : "", val.n);
	}
	buf_free(&name);
	buf_free(&val);
	return got;
}
