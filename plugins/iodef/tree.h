/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h -- an XML document as a tree whose elements know where they stand in
 * the input, and all that is refused before anybody looks at it.
 */
#ifndef IODEF_TREE_H
#define IODEF_TREE_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TREE_DEPTH	64

struct place {
	size_t	 off, len;		/* len 0: its end was never seen */
};

struct places;
struct tree {
	xmlDoc		*doc;		/* what was read, up to the mistake if there was one; NULL: nothing */
	const char	*why;		/* what is wrong with the document, a constant; NULL: nothing */
	char		 detail[300];
	bool		 refused;	/* nothing of it may be used */
	bool		 nomem;
	/* its own */
	bool		 ignore_doctype;
	unsigned	 depth;
	struct places	*places;
};

/* ignore_doctype: one without declarations is passed over.  Nothing outside the input is ever read. */
void tree_read(struct tree *t, const char *buf, size_t len, bool ignore_doctype);
void tree_free(struct tree *t);
struct place *tree_place(struct tree *t);	/* a new one, of the tree; NULL: no memory */

static inline const struct place *
place_of(const xmlNode *n)
{
	return n->_private;
}

#endif
