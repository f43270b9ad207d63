/* SPDX-License-Identifier: Apache-2.0 */
/* See json.h. */
#include "json.h"

static void
skip_space(struct tcs_slice *s)
{
	while (s->n > 0 && (s->p[0] == ' ' || s->p[0] == '\t' || s->p[0] == '\n' || s->p[0] == '\r'))
		s->p++, s->n--;
}

static size_t
string_length(struct tcs_slice s)
{
	size_t i;

	for (i = 1; i < s.n; i++) {
		if (s.p[i] == '"')
			return i + 1;
		if (s.p[i] == '\\')
			i++;
	}
	return 0;
}

/* How long the value at the start is; 0: none is there, or it does not end. */
static size_t
value_length(struct tcs_slice s)
{
	size_t i, n;
	unsigned depth = 0;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '"') {
			if ((n = string_length(tcs_slice(s.p + i, s.n - i))) == 0)
				return 0;
			i += n - 1;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_DEPTH)
				return 0;
		} else if (c == '}' || c == ']') {
			if (depth == 0)
				return i;		/* a number or word before it */
			depth--;
		} else if (depth == 0) {
			if (c == ',' || c == ':' || tcs_space(c))
				return i;
			continue;
		} else
			continue;
		if (depth == 0)
			return i + 1;
	}
	return depth == 0 ? i : 0;
}

static bool
take(struct tcs_slice *s, struct tcs_slice *value)
{
	skip_space(s);
	*value = tcs_slice(s->p, value_length(*s));
	s->p += value->n;
	s->n -= value->n;
	return value->n > 0;
}

bool
json_walk(struct tcs_slice value, char bracket, struct tcs_slice *at)
{
	skip_space(&value);
	if (value.n < 2 || value.p[0] != bracket || value.p[value.n - 1] != (bracket == '{' ? '}' : ']'))
		return false;
	*at = tcs_slice(value.p + 1, value.n - 2);
	skip_space(at);
	return true;
}

bool
json_next(struct tcs_slice *at, struct tcs_slice *key, struct tcs_slice *value)
{
	if (at->n == 0)
		return false;
	if (key != NULL) {
		if (!take(at, key) || key->p[0] != '"')
			return false;
		skip_space(at);
		if (at->n == 0 || at->p[0] != ':')
			return false;
		at->p++, at->n--;
	}
	if (!take(at, value))
		return false;
	skip_space(at);
	if (at->n == 0)
		return true;
	if (at->p[0] != ',' || at->n == 1)
		return false;
	at->p++, at->n--;
	return true;
}

bool
json_members(struct tcs_slice object, const char *const *name, uint32_t n, struct tcs_slice *value)
{
	struct tcs_slice at, key, v;
	uint32_t i;

	for (i = 0; i < n; i++)
		value[i] = tcs_slice(NULL, 0);
	if (!json_walk(object, '{', &at))
		return false;
	while (json_next(&at, &key, &v))
		for (i = 0; i < n; i++)
			if (tcs_is(tcs_slice(key.p + 1, key.n - 2), name[i]))
				value[i] = v;
	return at.n == 0;
}

/* ---- text ----------------------------------------------------------------- */

size_t
json_room(struct tcs_slice value)
{
	return 3 * value.n + 4;			/* a control character grows to three bytes */
}

static size_t
put(uint32_t c, char *out)
{
	bool fine = c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xd800) ||
	    (c >= 0xe000 && c < 0xfffe) || (c >= 0x10000 && c < 0x110000);

	if (!fine)
		c = 0xfffd;
	if (c < 0x80)
		return out[0] = (char)c, 1;
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Four hexadecimal digits; 0xfffd: they are not. */
static uint32_t
hex4(struct tcs_slice s)
{
	uint32_t v = 0;
	size_t i;

	if (s.n < 4)
		return 0xfffd;
	for (i = 0; i < 4; i++) {
		char c = tcs_lower(s.p[i]);

		if (c >= '0' && c <= '9')
			v = v << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (uint32_t)(c - 'a' + 10);
		else
			return 0xfffd;
	}
	return v;
}

/* What stands behind a backslash; *used: how much of it. */
static uint32_t
escape(struct tcs_slice s, size_t *used)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	uint32_t c, low;
	size_t i;

	*used = 1;
	if (s.n == 0)
		return *used = 0, 0xfffd;
	for (i = 0; i < 5; i++)
		if (s.p[0] == from[i])
			return (unsigned char)to[i];
	if (s.p[0] != 'u')
		return (unsigned char)s.p[0];
	c = hex4(tcs_slice(s.p + 1, s.n - 1));
	*used = s.n < 5 ? s.n : 5;
	if (c < 0xd800 || c > 0xdbff || s.n < 11 || s.p[5] != '\\' || s.p[6] != 'u')
		return c;
	low = hex4(tcs_slice(s.p + 7, s.n - 7));
	if (low < 0xdc00 || low > 0xdfff)
		return c;
	*used = 11;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

size_t
json_text(struct tcs_slice v, char *out)
{
	size_t i, n = 0, used;

	if (v.n > 0 && v.p[0] != '"' && !tcs_is(v, "null")) {
		memcpy(out, v.p, v.n);
		n = v.n;
	} else if (v.n > 1 && v.p[0] == '"')
		for (i = 1; i < v.n - 1; i++) {
			unsigned char c = (unsigned char)v.p[i];

			if (c == '\\') {
				n += put(escape(tcs_slice(v.p + i + 1, v.n - 2 - i), &used), out + n);
				i += used;
			} else if (c >= 0x80)
				out[n++] = (char)c;
			else
				n += put(c, out + n);
		}
	out[n] = '\0';
	return n;
}
