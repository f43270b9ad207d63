/* SPDX-License-Identifier: Apache-2.0 */
/*
 * split.h -- where the values of a JSON text begin and end, without reading
 * them.  A JSON library gives values but not their places, and one mistake
 * costs it the whole text; evidence needs the places, and a mistake should
 * cost one element.
 *
 * The scanner is forgiving about what is inside a value and says so in flags:
 * a text ends at the end of its line (JSON has no line ends in texts), a
 * bracket that does not fit closes down to the one that does.  What it finds
 * is then read strictly, each value by itself.  A scan that is strict gives up
 * earlier: at a text that its line ends, a bracket that does not fit, or an
 * object where none can begin (which is how a line that was never closed runs
 * into the next).
 */
#ifndef JSON_SPLIT_H
#define JSON_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEPTH_MAX	16		/* of a value by itself */

struct scan {
	const char	*p;		/* the whole input */
	size_t		 at, end;
	uint32_t	 line;		/* of at */
	bool		 need;		/* a comma must come before the next value */
	bool		 strict;	/* a value ends, broken, at what cannot stand where it is */
};

struct piece {
	size_t		 off, len;
	uint32_t	 line;
	uint32_t	 flags;		/* PIECE_* */
};
#define PIECE_BROKEN	0x1		/* brackets or quotes do not fit */
#define PIECE_DEEP	0x2
#define PIECE_NUL	0x4
#define PIECE_OPEN	0x8		/* the text ended in it */
#define PIECE_ALONE	0x10		/* in a list: no comma before it */

enum got { GOT_VALUE, GOT_END, GOT_STRAY, GOT_OPEN };

void scan_space(struct scan *s);
/* One value; len 0: none begins here. */
void scan_value(struct scan *s, struct piece *v);
/* The next value of a list whose '[' was passed.  One that is broken ends where, on a line of its own and at
 * the same indent, a whole one begins.  GOT_STRAY: a comma, colon or bracket that should not be there.
 * GOT_OPEN: the list is not closed. */
enum got scan_element(struct scan *s, struct piece *v);
/* The next member of an object whose '{' was passed, strictly: GOT_STRAY: something else stands at s->at. */
enum got scan_member(struct scan *s, struct piece *key, struct piece *val);
/* A scan of the inside of a list or object. */
struct scan scan_inside(const struct scan *s, const struct piece *v);

#endif
