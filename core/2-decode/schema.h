/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema that Shadowserver publishes for IntelMQ: JSON, one object a
 * report type, with what each column becomes and by which conversion.  Read
 * into the words of feed files, so that it can be held against a feed set.
 */
#ifndef CORE_SCHEMA_H
#define CORE_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>
#include "2-decode/convert.h"
#include "arena.h"
#include "err.h"

struct schema_line {
	bool		 need;
	const char	*cols;			/* "a" or "a|b" */
	const char	*target;		/* a field, "extra." or "extra.NAME"; NULL: dropped */
	enum conv	 conv;
};

struct schema_set {
	const char	*target, *value;
};

struct schema_report {
	const char	*file;			/* the report type: letters, digits, _ */
	const char	*name, *url;		/* url may be NULL */
	const char	*taxonomy, *type, *identifier;	/* NULL: a column says it, or nobody */
	bool		 by_row;		/* the class hangs on a column */
	const struct schema_set *set;
	const struct schema_line *line;
	uint32_t	 nset, nline;
};

struct schema {
	const char	*date;			/* NULL: not said */
	struct schema_report *report;		/* sorted by file */
	uint32_t	 n;
};

/* False: err says what is wrong in which report.  All of it is checked before anything is used. */
bool schema_read(const char *path, struct arena *a, struct schema *out, struct err *e);

#endif
