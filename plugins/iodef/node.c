/* SPDX-License-Identifier: Apache-2.0 */
/* See node.h.  Versions and senders mix namespaces and prefixes, so only local names count. */
#include <stdarg.h>
#include <stdio.h>
#include "node.h"

#define CHUNK	32768u

bool
node_is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0;
}

static const xmlNode *
from(const xmlNode *n, const char *name)
{
	while (n != NULL && !node_is(n, name))
		n = n->next;
	return n;
}

const xmlNode *
node_child(const xmlNode *n, const char *name)
{
	return n ? from(n->children, name) : NULL;
}

const xmlNode *
node_next(const xmlNode *n, const char *name)
{
	return from(n->next, name);
}

struct tcs_slice
node_attr(const xmlNode *n, const char *name, const char *other)
{
	const xmlAttr *a;
	struct tcs_slice s;

	for (a = n->properties; a != NULL; a = a->next) {
		if (strcmp((const char *)a->name, name) != 0 &&
		    (other == NULL || strcmp((const char *)a->name, other) != 0))
			continue;
		s = tcs_trim(tcs_str(a->children ? (const char *)a->children->content : NULL));
		return s.n ? s : tcs_slice(NULL, 0);
	}
	return tcs_slice(NULL, 0);
}

/* ---- texts ---------------------------------------------------------------- */

char *
pen_room(struct pen *p, size_t n)
{
	char *room;

	if (n > p->left) {
		p->left = n > CHUNK ? n : CHUNK;
		p->p = p->host->alloc(p->ctx, TCS_INPUT, p->left);
		if (p->p == NULL) {
			p->left = 0;
			p->nomem = true;
			return NULL;
		}
	}
	room = p->p;
	p->p += n;
	p->left -= n;
	return room;
}

void *
pen_array(struct pen *p, size_t n, size_t size)
{
	void *a = p->host->alloc(p->ctx, TCS_INPUT, n * size);

	p->nomem |= a == NULL;
	return a;
}

struct tcs_slice
pen_copy(struct pen *p, struct tcs_slice s)
{
	char *room = s.p != NULL ? pen_room(p, s.n + 1) : NULL;

	if (room == NULL)
		return tcs_slice(NULL, 0);
	memcpy(room, s.p, s.n);
	room[s.n] = '\0';
	return tcs_slice(room, s.n);
}

struct tcs_slice
pen_print(struct pen *p, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return pen_copy(p, tcs_slice(text, n < (int)sizeof(text) ? (size_t)n : sizeof(text) - 1));
}

struct tcs_slice
pen_join(struct pen *p, struct tcs_slice a, const char *sep, struct tcs_slice b)
{
	size_t n = strlen(sep);
	char *room;

	if (a.p == NULL || b.p == NULL)
		return a.p ? a : b;
	if ((room = pen_room(p, a.n + n + b.n)) == NULL)
		return a;
	memcpy(room, a.p, a.n);
	memcpy(room + a.n, sep, n);
	memcpy(room + a.n + n, b.p, b.n);
	return tcs_slice(room, a.n + n + b.n);
}

/* What pen_add has room for in a text of n bytes. */
static size_t
capacity(size_t n)
{
	size_t c = 64;

	while (c < n)
		c *= 2;
	return c;
}

void
pen_add(struct pen *p, struct tcs_slice *text, const char *sep, struct tcs_slice more)
{
	size_t nsep = text->p ? strlen(sep) : 0, n = text->n + nsep + more.n;
	char *room = (char *)(uintptr_t)text->p;

	if (more.p == NULL || n > PEN_MOST)
		return;
	if (room == NULL || capacity(n) != capacity(text->n)) {
		if ((room = pen_room(p, capacity(n))) == NULL)
			return;
		if (text->n > 0)
			memcpy(room, text->p, text->n);
	}
	memcpy(room + text->n, sep, nsep);
	memcpy(room + text->n + nsep, more.p, more.n);
	*text = tcs_slice(room, n);
}

/* How long the text in it is; copies it to out unless that is NULL. */
static size_t
gather(const xmlNode *n, char *out)
{
	size_t at = 0;

	for (n = n->children; n != NULL; n = n->next) {
		if (n->type == XML_ELEMENT_NODE)
			at += gather(n, out ? out + at : NULL);
		else if (n->type == XML_TEXT_NODE && n->content != NULL) {
			size_t len = strlen((const char *)n->content);

			if (out != NULL)
				memcpy(out + at, n->content, len);
			at += len;
		}
	}
	return at;
}

struct tcs_slice
node_text(struct pen *p, const xmlNode *n)
{
	size_t len = n ? gather(n, NULL) : 0;
	struct tcs_slice s;
	char *room;

	if (len == 0 || (room = pen_room(p, len)) == NULL)
		return tcs_slice(NULL, 0);
	gather(n, room);
	s = tcs_trim(tcs_slice(room, len));
	return s.n ? s : tcs_slice(NULL, 0);
}

struct tcs_slice
node_line(struct pen *p, const xmlNode *n)
{
	struct tcs_slice s = node_text(p, n);
	char *out = (char *)(uintptr_t)s.p;	/* our own copy, see node_text */
	size_t i, k = 0;

	for (i = 0; i < s.n; i++) {
		if (!tcs_space(s.p[i]))
			out[k++] = s.p[i];
		else if (k > 0 && out[k - 1] != ' ')
			out[k++] = ' ';
	}
	return tcs_slice(s.p, k);
}

struct tcs_slice
node_child_line(struct pen *p, const xmlNode *n, const char *name)
{
	const xmlNode *c = node_child(n, name);

	return c ? node_line(p, c) : tcs_slice(NULL, 0);
}
