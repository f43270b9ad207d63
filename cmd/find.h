/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Searching all inputs that the view's filter lets through, and what each
 * found record became: for search and explain.
 */
#ifndef CMD_FIND_H
#define CMD_FIND_H

#include "cmd/search.h"
#include "cmd/view.h"

struct found {
	const struct input_row	*in;
	const char		*unreadable;	/* why it could not be read; nothing else is set then */
	uint64_t		 off, line;
	const char		*text;		/* the line, or part of it */
	uint64_t		 record;	/* where the record begins, */
	uint32_t		 length;	/* and its length; 0: it became nothing that has a place */
	uint32_t		 id;		/* the case, 0: none */
	const char		*org;		/* of the case */
	uint32_t		 quarantine;	/* 0: not there */
};
bool find_all(struct view *v, const struct needle *what, bool (*each)(void *, const struct found *),
    void *arg, struct err *e);

#endif
