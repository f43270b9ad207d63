/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Templates in Mustache syntax: logic-less, so that who words a warning cannot
 * break it.  Known are {{name}}, {{a.b}}, {{.}}, {{{raw}}} and {{&raw}},
 * {{#section}}, {{^inverted}}, {{/end}}, {{! comment }} and {{>partial}}, with
 * the rules of the Mustache specification for tags that stand alone on a line
 * and for the indentation of partials.  Two things are added to them: a partial
 * called within a line does not bring the line break that ends its file, and
 * empty lines are not indented.  Not known, and refused with a clear error, are
 * other delimiters and inheritance; there are no lambdas.
 *
 * The templates of one folder are one set: compiled once, then linked (every
 * partial must be there), then rendered any number of times, by any number of
 * threads.  Names that a value tree does not have render as nothing, so
 * mu_check() asks beforehand whether every name is one that there is.
 */
#ifndef CORE_COMPOSE_MUSTACHE_H
#define CORE_COMPOSE_MUSTACHE_H

#include <stdbool.h>
#include "buf.h"
#include "err.h"
#include "5-compose/value.h"

struct mu;		/* one template */
struct mu_set;

/* How values are written.  In all three, control characters and those that turn the direction of text
 * are left out, what is not UTF-8 becomes U+FFFD, and line breaks of one-line values (VAL_STR) become
 * spaces. */
enum mu_part {
	MU_TEXT,	/* as they are */
	MU_HTML,	/* & < > " ' as entities */
	MU_LINE,	/* as they are; the whole result is one line, no blanks at its ends: for a header */
};

#define MU_PARTIALS	16	/* partials within partials */
#define MU_SECTIONS	16	/* sections within sections of one template */

struct mu_set *mu_new(void);
void mu_free(struct mu_set *set);			/* NULL is fine */
/* Compiles one template; name is what partials call it, file is for errors. Everything is copied. */
bool mu_add(struct mu_set *set, const char *name, const char *file, const char *text, size_t n,
    struct err *e);
/* Finds the partials; after the last mu_add and before the first mu_render. */
bool mu_link(struct mu_set *set, struct err *e);
/* mu_new, mu_add of each *.mustache in a folder (name: without that ending) and mu_link. NULL: err
 * says why. */
struct mu_set *mu_load(const char *dir, struct err *e);
const struct mu *mu_get(const struct mu_set *set, const char *name);	/* NULL: there is none */

/* Appends to out. False only when partials are nested too deep. */
bool mu_render(const struct mu *t, const struct val *root, enum mu_part part, struct buf *out, struct err *e);

/* One use of a name. */
struct mu_use {
	struct tcs_slice	 name;		/* as written: "a.b"; never "." */
	const struct tcs_slice	*around;	/* sections around it, outermost first, through partials */
	uint32_t		 naround;
	const char		*file;
	unsigned		 line;
	bool			 section;
};
/* Every use of a name in t and in the partials it calls. each returns false to stop. */
void mu_uses(const struct mu *t, bool (*each)(void *arg, const struct mu_use *u), void *arg);
/* Is every name in t one of known (dotted, from the root; members of a list's items under the list's
 * name)?  err names the first that is not, and the nearest that is. */
bool mu_check(const struct mu *t, const char *const *known, size_t nknown, struct err *e);

#endif
