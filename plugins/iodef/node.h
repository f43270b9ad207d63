/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node.h -- reading one element: children by local name whatever their
 * namespace, attributes, text.  Text made here lives as long as the input.
 */
#ifndef IODEF_NODE_H
#define IODEF_NODE_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <tocsin/plugin.h>
#include <tocsin/slice.h>

/* Memory for texts. */
struct pen {
	struct tcs_ctx		*ctx;
	const struct tcs_host	*host;
	char			*p;
	size_t			 left;
	bool			 nomem;		/* sticky: texts are then missing */
};

#define EACH(v, parent, name) \
	for (const xmlNode *v = node_child(parent, name); v != NULL; v = node_next(v, name))

bool node_is(const xmlNode *n, const char *name);
/* The first child of that name, and the next sibling of that name; NULL: none. */
const xmlNode *node_child(const xmlNode *n, const char *name);
const xmlNode *node_next(const xmlNode *n, const char *name);
/* The value of an attribute, of either name (NULL: only one), trimmed; p NULL: not there or empty. */
struct tcs_slice node_attr(const xmlNode *n, const char *name, const char *other);

char *pen_room(struct pen *p, size_t n);
void *pen_array(struct pen *p, size_t n, size_t size);	/* zeroed */
struct tcs_slice pen_copy(struct pen *p, struct tcs_slice s);
__attribute__((format(printf, 2, 3))) struct tcs_slice pen_print(struct pen *p, const char *fmt, ...);
/* a, or a and b with sep between. */
struct tcs_slice pen_join(struct pen *p, struct tcs_slice a, const char *sep, struct tcs_slice b);
/* Adds to a text that only pen_add made, up to PEN_MOST bytes (what is left out is in the evidence).  It may
 * grow in place: a shorter copy of the slice stays what it was, a second one that grew from it does not. */
#define PEN_MOST 16384u
void pen_add(struct pen *p, struct tcs_slice *text, const char *sep, struct tcs_slice more);

/* All text in it, trimmed; p NULL: none.  node_line: every white space a single blank. */
struct tcs_slice node_text(struct pen *p, const xmlNode *n);
struct tcs_slice node_line(struct pen *p, const xmlNode *n);
struct tcs_slice node_child_line(struct pen *p, const xmlNode *n, const char *name);

#endif
