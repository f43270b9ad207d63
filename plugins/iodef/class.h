/* SPDX-License-Identifier: Apache-2.0 */
/*
 * class.h -- what IODEF's own words (impact, role, category) mean in the RSIT
 * taxonomy.
 */
#ifndef IODEF_CLASS_H
#define IODEF_CLASS_H

#include <stdbool.h>
#include <tocsin/slice.h>

/* What a document says of one system; slices with p NULL: not said. */
struct said {
	struct tcs_slice category;	/* of the incident: free text, perhaps an RSIT name */
	struct tcs_slice roles;		/* of the system, with blanks between */
	struct tcs_slice impact;
	bool		 source;	/* it does something to others */
	bool		 potential;	/* might happen, or was tried and failed */
	bool		 cve;
	bool		 indicator;	/* only roles speak of it */
};

struct class {
	const char	*taxonomy, *type;
};
struct class class_of(const struct said *s);

#endif
