/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree is libxml2's own, made by its SAX handlers; ours stand before them
 * and note where each element begins and ends.  That is exact because the
 * input is UTF-8 and read without conversion: at a start tag the parser stands
 * behind its attributes, in which no '<' can be, and at an end tag behind it.
 *
 * Refused: a document type (entities, and through them growth without end and
 * files of this host), other encodings, NUL, nesting beyond TREE_DEPTH.
 */
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/xmlerror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/slice.h>
#include "tree.h"

struct places {
	struct places	*next;
	size_t		 n;
	struct place	 p[1024];
};

struct place *
tree_place(struct tree *t)
{
	struct places *b = t->places;

	if (b == NULL || b->n == 1024) {
		if ((b = calloc(1, sizeof(*b))) == NULL)
			return NULL;
		b->next = t->places;
		t->places = b;
	}
	return &b->p[b->n++];
}

static void
refuse(struct tree *t, xmlParserCtxt *c, const char *why, const char *detail)
{
	if (t->why == NULL) {
		t->why = why;
		snprintf(t->detail, sizeof(t->detail), "%s", detail);
	}
	t->refused = true;
	if (c != NULL)
		xmlStopParser(c);
}

static size_t
offset(const xmlParserCtxt *c, const xmlChar *at)
{
	return (size_t)c->input->consumed + (size_t)(at - c->input->base);
}

/* ---- handlers ------------------------------------------------------------- */

static void
on_start(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int nns,
    const xmlChar **ns, int nattr, int ndefault, const xmlChar **attr)
{
	xmlParserCtxt *c = arg;
	struct tree *t = c->_private;
	const xmlChar *at = c->input->cur;
	struct place *p;

	if (++t->depth > TREE_DEPTH) {
		refuse(t, c, "nested too deep", "more than 64 levels");
		return;
	}
	xmlSAX2StartElementNs(arg, name, prefix, uri, nns, ns, nattr, ndefault, attr);
	if (c->node == NULL || (p = tree_place(t)) == NULL) {
		t->nomem = true;
		xmlStopParser(c);
		return;
	}
	while (at > c->input->base && *at != '<')
		at--;
	p->off = offset(c, at);
	c->node->_private = p;
}

static void
on_end(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	xmlParserCtxt *c = arg;
	struct tree *t = c->_private;
	struct place *p = c->node ? c->node->_private : NULL;

	if (p != NULL)
		p->len = offset(c, c->input->cur) - p->off;
	t->depth--;
	xmlSAX2EndElementNs(arg, name, prefix, uri);
}

static void
on_doctype(void *arg, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	xmlParserCtxt *c = arg;
	struct tree *t = c->_private;

	(void)name, (void)external, (void)system;
	if (*c->input->cur == '[')
		refuse(t, c, "document type with declarations", "entities are never expanded");
	else if (!t->ignore_doctype)
		refuse(t, c, "document type",
		    "IODEF has none; doctype = \"ignore\" passes over one without declarations");
	c->hasExternalSubset = 0;	/* so that an entity nobody declared is a mistake, and not left out */
}

static void
on_external(void *arg, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)arg, (void)name, (void)external, (void)system;
}

static void
on_entity(void *arg, const xmlChar *name, int type, const xmlChar *public, const xmlChar *system,
    xmlChar *content)
{
	xmlParserCtxt *c = arg;

	(void)name, (void)type, (void)public, (void)system, (void)content;
	refuse(c->_private, c, "document type with declarations", "entities are never expanded");
}

static void
on_reference(void *arg, const xmlChar *name)
{
	xmlParserCtxt *c = arg;

	(void)name;
	refuse(c->_private, c, "entity", "entities are never expanded");
}

static xmlParserInput *
on_resolve(void *arg, const xmlChar *public, const xmlChar *system)
{
	xmlParserCtxt *c = arg;

	(void)public, (void)system;
	refuse(c->_private, c, "entity", "nothing outside the input is read");
	return NULL;
}

/* The first mistake is the one to tell; those that follow from it are not. */
static void
on_error(void *arg, xmlError *e)
{
	xmlParserCtxt *c = arg;
	struct tree *t = c->_private;
	struct tcs_slice text;

	if (e->code == XML_ERR_NO_MEMORY)
		t->nomem = true;
	if (t->why != NULL || e->level < XML_ERR_ERROR)
		return;
	t->why = e->code == XML_ERR_INVALID_CHAR || e->code == XML_ERR_INVALID_ENCODING ? "bad UTF-8" :
	    "not well-formed XML";
	text = tcs_trim(tcs_str(e->message ? e->message : ""));
	text.n = tcs_find(text, '\n');
	snprintf(t->detail, sizeof(t->detail), "line %d: %.*s", e->line, (int)(text.n < 200 ? text.n : 200),
	    text.p);
}

static void
set_handlers(xmlSAXHandler *sax)
{
	sax->startElementNs = on_start;
	sax->endElementNs = on_end;
	sax->internalSubset = on_doctype;
	sax->externalSubset = on_external;
	sax->entityDecl = on_entity;
	sax->reference = on_reference;
	sax->resolveEntity = on_resolve;
	sax->serror = (xmlStructuredErrorFunc)on_error;
}

/* ---- before the parser ---------------------------------------------------- */

/* The encoding that the XML declaration names; n 0: none, which is UTF-8. */
static struct tcs_slice
declared(const char *buf, size_t len)
{
	struct tcs_slice s = tcs_slice(buf, len < 400 ? len : 400), name;
	static const char key[] = "encoding";
	const char *at;
	char quote;

	if (!tcs_starts(s, "<?xml"))
		return tcs_slice(NULL, 0);
	s.n = tcs_find(s, '>');
	if ((at = memmem(s.p, s.n, key, sizeof(key) - 1)) == NULL)
		return tcs_slice(NULL, 0);
	at += sizeof(key) - 1;
	s = tcs_trim(tcs_slice(at, s.n - (size_t)(at - s.p)));
	if (s.n == 0 || s.p[0] != '=')
		return tcs_slice(NULL, 0);
	s = tcs_trim(tcs_slice(s.p + 1, s.n - 1));
	if (s.n == 0 || (s.p[0] != '"' && s.p[0] != '\''))
		return tcs_slice(NULL, 0);
	quote = s.p[0];
	s = tcs_slice(s.p + 1, s.n - 1);
	name = s;
	name.n = tcs_find(s, quote);
	return name;
}

static bool
bytes_fit(struct tree *t, const char *buf, size_t len)
{
	struct tcs_slice enc;
	char text[100];

	if (len >= 2 && (memcmp(buf, "\xff\xfe", 2) == 0 || memcmp(buf, "\xfe\xff", 2) == 0 ||
	    buf[0] == '\0' || buf[1] == '\0'))
		refuse(t, NULL, "wrong encoding", "UTF-16 or UTF-32; expected UTF-8");
	else if (memchr(buf, '\0', len) != NULL)
		refuse(t, NULL, "NUL byte", "XML has none");
	else if (len > INT32_MAX)
		refuse(t, NULL, "too long", "more than 2 GiB");
	if (t->why != NULL)
		return false;
	if (len >= 3 && memcmp(buf, "\xef\xbb\xbf", 3) == 0)
		buf += 3, len -= 3;
	enc = declared(buf, len);
	if (enc.n == 0 || tcs_is_nocase(enc, "utf-8") || tcs_is_nocase(enc, "utf8") ||
	    tcs_is_nocase(enc, "us-ascii") || tcs_is_nocase(enc, "ascii"))
		return true;
	snprintf(text, sizeof(text), "%.*s; expected UTF-8", (int)(enc.n < 40 ? enc.n : 40), enc.p);
	refuse(t, NULL, "wrong encoding", text);
	return false;
}

void
tree_read(struct tree *t, const char *buf, size_t len, bool ignore_doctype)
{
	xmlParserCtxt *c;

	*t = (struct tree){ .ignore_doctype = ignore_doctype };
	if (!bytes_fit(t, buf, len))
		return;
	if ((c = xmlCreateMemoryParserCtxt(buf, (int)len)) == NULL) {
		t->nomem = true;
		return;
	}
	c->_private = t;
	set_handlers(c->sax);
	xmlCtxtUseOptions(c, XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_IGNORE_ENC);
	xmlParseDocument(c);
	if (!c->wellFormed && t->why == NULL)
		t->why = "not well-formed XML";
	t->doc = c->myDoc;
	c->myDoc = NULL;
	xmlFreeParserCtxt(c);
}

void
tree_free(struct tree *t)
{
	struct places *next;

	for (; t->places != NULL; t->places = next) {
		next = t->places->next;
		free(t->places);
	}
	if (t->doc != NULL)
		xmlFreeDoc(t->doc);
	t->doc = NULL;
}
