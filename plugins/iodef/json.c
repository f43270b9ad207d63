/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See json.h.  RFC 8727 names its members as RFC 7970 names elements (which
 * begin with a capital) and attributes (which do not); "value" and an
 * identifier's "id" are an element's text, an array is an element repeated.
 * So an object becomes an element, and the readers need not know of JSON.
 *
 * A reader of our own, because evidence needs the place of each System in the
 * bytes, and libraries give values without one.  It takes JSON as RFC 8259
 * has it and nothing more, no deeper than TREE_DEPTH, no key twice in one
 * object, no NUL.  Documents may stand in an array, or one behind the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/slice.h>
#include "json.h"

#define MEMBERS	256		/* of one object; IODEF's largest class has 30 */

struct json {
	struct tree	*t;
	const char	*buf;
	size_t		 len, at;
	unsigned	 depth;
	char		*text;		/* the last string, ended by NUL */
	size_t		 n, cap;
};

static bool value(struct json *j, xmlNode *parent, const char *key);

static bool
wrong(struct json *j, const char *why, const char *expected)
{
	unsigned line = 1;
	size_t i;

	if (j->t->why != NULL || j->t->nomem)
		return false;
	for (i = 0; i < j->at && i < j->len; i++)
		line += j->buf[i] == '\n';
	j->t->why = why;
	snprintf(j->t->detail, sizeof(j->t->detail), "line %u: %s", line, expected);
	return false;
}

static bool
no_memory(struct json *j)
{
	j->t->nomem = true;
	return false;
}

static void
blanks(struct json *j)
{
	while (j->at < j->len && tcs_space(j->buf[j->at]))
		j->at++;
}

/* The next byte that is not blank; '\0' at the end. */
static char
peek(struct json *j)
{
	blanks(j);
	return j->at < j->len ? j->buf[j->at] : '\0';
}

/* ---- strings ---------------------------------------------------------------- */

static bool
put(struct json *j, const char *p, size_t n)
{
	char *more;

	if (j->n + n + 1 > j->cap) {
		j->cap = (j->n + n + 1) * 2 + 256;
		if ((more = realloc(j->text, j->cap)) == NULL)
			return no_memory(j);
		j->text = more;
	}
	memcpy(j->text + j->n, p, n);
	j->n += n;
	j->text[j->n] = '\0';
	return true;
}

static bool
four_hex(struct json *j, unsigned *out)
{
	int i;

	*out = 0;
	for (i = 0; i < 4; i++, j->at++) {
		char c = j->at < j->len ? tcs_lower(j->buf[j->at]) : '\0';

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return wrong(j, "not well-formed JSON", "expected four hexadecimal digits");
		*out = *out * 16 + (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return true;
}

static bool
put_utf8(struct json *j, unsigned c)
{
	char b[4];

	if (c < 0x80) {
		b[0] = (char)c;
		return put(j, b, 1);
	}
	if (c < 0x800) {
		b[0] = (char)(0xc0 | c >> 6);
		b[1] = (char)(0x80 | (c & 0x3f));
		return put(j, b, 2);
	}
	if (c < 0x10000) {
		b[0] = (char)(0xe0 | c >> 12);
		b[1] = (char)(0x80 | (c >> 6 & 0x3f));
		b[2] = (char)(0x80 | (c & 0x3f));
		return put(j, b, 3);
	}
	b[0] = (char)(0xf0 | c >> 18);
	b[1] = (char)(0x80 | (c >> 12 & 0x3f));
	b[2] = (char)(0x80 | (c >> 6 & 0x3f));
	b[3] = (char)(0x80 | (c & 0x3f));
	return put(j, b, 4);
}

/* Behind "\u". */
static bool
unicode(struct json *j)
{
	unsigned c, low;

	if (!four_hex(j, &c))
		return false;
	if (c == 0)
		return wrong(j, "NUL byte", "a text with \\u0000");
	if (c < 0xd800 || c > 0xdfff)
		return put_utf8(j, c);
	if (c > 0xdbff || j->len - j->at < 2 || j->buf[j->at] != '\\' || j->buf[j->at + 1] != 'u')
		return wrong(j, "not well-formed JSON", "half of a surrogate pair");
	j->at += 2;
	if (!four_hex(j, &low))
		return false;
	if (low < 0xdc00 || low > 0xdfff)
		return wrong(j, "not well-formed JSON", "half of a surrogate pair");
	return put_utf8(j, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
}

static bool
escape(struct json *j)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char c = j->at < j->len ? j->buf[j->at++] : '\0';
	const char *k = c != '\0' ? strchr(from, c) : NULL;

	if (c == 'u')
		return unicode(j);
	return k != NULL ? put(j, to + (k - from), 1) :
	    wrong(j, "not well-formed JSON", "an escape that JSON does not have");
}

/* At the opening quote; leaves the text in j->text. */
static bool
string(struct json *j)
{
	size_t from;

	j->n = 0;
	j->at++;
	if (!put(j, "", 0))
		return false;
	for (;;) {
		for (from = j->at; j->at < j->len && j->buf[j->at] != '"' && j->buf[j->at] != '\\' &&
		    (unsigned char)j->buf[j->at] >= ' '; j->at++)
			continue;
		if (!put(j, j->buf + from, j->at - from))
			return false;
		if (j->at == j->len || (unsigned char)j->buf[j->at] < ' ')
			return wrong(j, "not well-formed JSON", "a text is never closed");
		if (j->buf[j->at++] == '"')
			break;
		if (!escape(j))
			return false;
	}
	return xmlCheckUTF8((const unsigned char *)j->text) || wrong(j, "bad UTF-8", "in a text");
}

/* A number or a name: its own text. */
static bool
word(struct json *j)
{
	size_t from = j->at;
	char *end;

	while (j->at < j->len && memchr(",]} \t\r\n:\"[{", j->buf[j->at], 11) == NULL)
		j->at++;
	j->n = 0;
	if (!put(j, j->buf + from, j->at - from))
		return false;
	if (strcmp(j->text, "true") == 0 || strcmp(j->text, "false") == 0 || strcmp(j->text, "null") == 0)
		return true;
	if (j->n > 0 && j->n < 64 && (j->text[0] == '-' || (j->text[0] >= '0' && j->text[0] <= '9')) &&
	    strpbrk(j->text, "xXnN") == NULL && (strtod(j->text, &end), *end == '\0'))
		return true;
	j->at = from;
	return wrong(j, "not well-formed JSON", "expected a value");
}

/* ---- elements --------------------------------------------------------------- */

static xmlNode *
element(struct json *j, xmlNode *parent, const char *key, size_t off)
{
	xmlNode *n = xmlNewDocNode(j->t->doc, NULL, (const xmlChar *)key, NULL);
	struct place *p = tree_place(j->t);

	if (n == NULL || p == NULL || xmlAddChild(parent, n) == NULL) {
		xmlFreeNode(n);
		no_memory(j);
		return NULL;
	}
	p->off = off;
	n->_private = p;
	return n;
}

static void
end(const struct json *j, const xmlNode *n)
{
	struct place *p = n->_private;

	p->len = j->at - p->off;
}

static bool
add_text(struct json *j, xmlNode *n)
{
	xmlNode *text = xmlNewDocTextLen(j->t->doc, (const xmlChar *)j->text, (int)j->n);

	if (text != NULL && xmlAddChild(n, text) != NULL)
		return true;
	xmlFreeNode(text);
	return no_memory(j);
}

/* "id" of IncidentID, IndicatorID and the like is what XML has as their text. */
static bool
is_text(const xmlNode *parent, const char *key)
{
	size_t n = strlen((const char *)parent->name);

	return strcmp(key, "value") == 0 || (strcmp(key, "id") == 0 && n > 2 &&
	    strcmp((const char *)parent->name + n - 2, "ID") == 0);
}

static bool
is_attribute(const char *key)
{
	return !(key[0] >= 'A' && key[0] <= 'Z') || strcmp(key, "SpecID") == 0 ||
	    strcmp(key, "ContentID") == 0;
}

/* A text, number or word that was just read, from off on. */
static bool
put_scalar(struct json *j, xmlNode *parent, const char *key, size_t off)
{
	xmlNode *n;

	if (is_text(parent, key))
		return add_text(j, parent);
	if (is_attribute(key))
		return xmlHasProp(parent, (const xmlChar *)key) != NULL ||
		    xmlNewProp(parent, (const xmlChar *)key, (const xmlChar *)j->text) != NULL ||
		    no_memory(j);
	if ((n = element(j, parent, key, off)) == NULL || !add_text(j, n))
		return false;
	end(j, n);
	return true;
}

/* ---- objects and arrays ------------------------------------------------------ */

struct keys {
	char	*key[MEMBERS];
	unsigned n;
};

/* At a key's quote: the key, behind its colon. */
static const char *
next_key(struct json *j, struct keys *k)
{
	unsigned i;

	if (peek(j) != '"') {
		wrong(j, "not well-formed JSON", "expected a member's name");
		return NULL;
	}
	if (!string(j))
		return NULL;
	for (i = 0; i < k->n; i++)
		if (strcmp(k->key[i], j->text) == 0) {
			wrong(j, "a member twice in one object", j->n < 80 ? j->text : "its name is long");
			return NULL;
		}
	if (k->n == MEMBERS || (k->key[k->n] = strdup(j->text)) == NULL) {
		wrong(j, "too many members in one object", "IODEF's classes have 30 at most");
		return NULL;
	}
	k->n++;
	if (peek(j) != ':') {
		wrong(j, "not well-formed JSON", "expected ':'");
		return NULL;
	}
	j->at++;
	return k->key[k->n - 1];
}

static bool
members(struct json *j, xmlNode *n)
{
	struct keys *k = calloc(1, sizeof(*k));
	const char *key;
	bool fine = k != NULL || no_memory(j);

	while (fine && peek(j) != '}') {
		fine = (key = next_key(j, k)) != NULL && value(j, n, key);
		if (fine && peek(j) == ',') {
			j->at++;
			fine = peek(j) == '"' || wrong(j, "not well-formed JSON", "expected a member's name");
		} else if (fine && peek(j) != '}')
			fine = wrong(j, "not well-formed JSON", "expected ',' or '}'");
	}
	j->at += fine;
	while (k != NULL && k->n > 0)
		free(k->key[--k->n]);
	free(k);
	return fine;
}

static bool
object(struct json *j, xmlNode *parent, const char *key)
{
	xmlNode *n = element(j, parent, key, j->at);

	if (n == NULL)
		return false;
	j->at++;
	if (!members(j, n))
		return false;
	end(j, n);
	return true;
}

static bool
array(struct json *j, xmlNode *parent, const char *key)
{
	j->at++;
	if (peek(j) == ']') {
		j->at++;
		return true;
	}
	for (;;) {
		if (!value(j, parent, key))
			return false;
		if (peek(j) == ']') {
			j->at++;
			return true;
		}
		if (peek(j) != ',')
			return wrong(j, "not well-formed JSON", "expected ',' or ']'");
		j->at++;
	}
}

static bool
deeper(struct json *j, xmlNode *parent, const char *key, char c)
{
	bool fine;

	if (j->depth == TREE_DEPTH)
		return wrong(j, "nested too deep", "more than 64 levels");
	j->depth++;
	fine = c == '{' ? object(j, parent, key) : array(j, parent, key);
	j->depth--;
	return fine;
}

static bool
value(struct json *j, xmlNode *parent, const char *key)
{
	char c = peek(j);
	size_t off = j->at;

	if (c == '{' || c == '[')
		return deeper(j, parent, key, c);
	if (c == '"')
		return string(j) && put_scalar(j, parent, key, off);
	return word(j) && (strcmp(j->text, "null") == 0 || put_scalar(j, parent, key, off));
}

/* ---- an input --------------------------------------------------------------- */

static size_t
mark(const char *buf, size_t len)
{
	return len >= 3 && memcmp(buf, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

bool
json_is(const char *buf, size_t len)
{
	struct tcs_slice s = tcs_slice(buf, len);

	s = tcs_trim(tcs_slice(s.p + mark(buf, len), s.n - mark(buf, len)));
	return s.n > 0 && (s.p[0] == '{' || s.p[0] == '[');
}

void
json_read(struct tree *t, const char *buf, size_t len)
{
	struct json j = { .t = t, .buf = buf, .len = len, .at = mark(buf, len) };
	xmlNode *root;
	char c;

	*t = (struct tree){ .doc = xmlNewDoc((const xmlChar *)"1.0") };
	root = t->doc ? xmlNewDocNode(t->doc, NULL, (const xmlChar *)"JSON", NULL) : NULL;
	if (root == NULL) {
		t->nomem = true;
		return;
	}
	xmlDocSetRootElement(t->doc, root);
	while ((c = peek(&j)) == '{' || c == '[')
		if (!value(&j, root, "IODEF-Document"))
			break;
	if (j.at < len && t->why == NULL)
		wrong(&j, "not well-formed JSON", "text behind the document");
	free(j.text);
}
