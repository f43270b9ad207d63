/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value.h -- one value of a report: read, checked, made a cell; and how a
 * complaint is worded.
 */
#ifndef RESEARCHER_VALUE_H
#define RESEARCHER_VALUE_H

#include <jansson.h>
#include "report.h"

enum { IN_REPORT = 1, IN_SYSTEM = 2, IN_REPORTER = 4, MUST = 8 };
enum type { T_TEXT, T_FORMAT, T_PORT, T_CVES, T_LIST, T_SEVERITY, T_CLASS, T_YES_NO, T_SYSTEMS, T_REPORTER };
enum { C_NONE = C_COUNT };

struct field {
	const char	*name;
	enum type	 type;
	int		 where;		/* IN_*, MUST */
	int		 col;		/* enum column, C_NONE */
};
extern const char *const expected[];	/* by type, for complaints */

/* Both give false, for `return wrong(...)`. */
__attribute__((format(printf, 4, 5))) bool wrong(struct reading *r, uint32_t line, const char *why,
    const char *fmt, ...);
bool nomem(struct reading *r);
/* Keeps the nearer of two candidates for a word nobody knows; *least is how far the best is. */
void nearer(const char *word, const char *candidate, const char **best, unsigned *least);

/* The piece by jansson; NULL: r->wrong says why. */
json_t *load(struct reading *r, const struct piece *v);
bool keep(struct reading *r, const char *p, size_t n, struct tcs_slice *out);
/* Into the cells of the field; null is the same as leaving it out. */
bool read_value(struct reading *r, const struct piece *v, const struct field *f, struct tcs_slice *cell);

#endif
