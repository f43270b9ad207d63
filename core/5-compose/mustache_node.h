/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A compiled template: one array of nodes in the order of the text.  A
 * section knows where its end is, an end where its section is.  Only
 * mustache*.c look in here.
 */
#ifndef CORE_COMPOSE_MUSTACHE_NODE_H
#define CORE_COMPOSE_MUSTACHE_NODE_H

#include "5-compose/mustache.h"

enum mu_kind { MU_LITERAL, MU_VARIABLE, MU_RAW, MU_SECTION, MU_INVERTED, MU_END, MU_PARTIAL };

struct mu_node {
	uint8_t			 kind;
	bool			 bol;		/* begins a line: an indented partial is indented here */
	bool			 alone;		/* PARTIAL: alone on its line, so indented by indent */
	unsigned		 line;
	uint32_t		 other;		/* SECTION, INVERTED: its END; END: its section */
	struct tcs_slice	 s;		/* LITERAL: the text; else the name */
	struct tcs_slice	 indent;
	const struct mu		*partial;
};

struct mu {
	struct mu	*next;			/* of the set */
	const char	*name, *file;
	struct mu_node	*node;
	uint32_t	 n, cap;
};

struct mu_set {
	struct arena	*arena;
	struct mu	*first, **last;
	uint32_t	 n;
};

#endif
