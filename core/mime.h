/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mail taken apart (GMime): its header fields and its parts in one flat
 * list, decoded.  For what comes from outside: depth, number of parts and
 * their bytes are bounded, and a text is always UTF-8.  Runs in the host: mail
 * is read by a library that has read hostile mail for two decades, not by a
 * plugin.  Knows nothing of what a mail is for.
 */
#ifndef CORE_MIME_H
#define CORE_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "arena.h"
#include "err.h"

#define MIME_DEPTH	12		/* multiparts and messages in one another */
#define MIME_PARTS	500

struct mime_field {
	const char	*name, *value;	/* value: decoded, on one line */
};

struct mime_part {
	const char	*type;		/* "text/csv", lower case */
	const char	*name;		/* file name as it was sent, UTF-8; or NULL */
	const char	*bytes;		/* decoded; a text that is not attached: UTF-8 */
	size_t		 n;
	unsigned	 message;	/* 0: of the mail itself; else of the n-th message within it */
	bool		 attached;	/* says that it is an attachment, or has a file name */
	bool		 refused;	/* past a limit: no bytes */
};

struct mime {
	struct mime_field	*field;		/* of the mail */
	uint32_t		 nfield;
	struct mime_field	*inner;		/* of the first message within it, or its headers */
	uint32_t		 ninner;
	struct mime_part	*part;		/* leaves, in order */
	uint32_t		 npart;
	const char		*type;		/* of the whole */
	const char		*report;	/* report-type of a multipart/report, or "" */
	bool			 cut;		/* deeper or more than the limits: not all is here */
};

/* NULL: it cannot be read as a mail.  All is in a. */
struct mime *mime_read(struct arena *a, const char *bytes, size_t n, struct err *e);
/* The first of that name; "" when there is none. */
const char *mime_field(const struct mime *m, const char *name);
const char *mime_inner(const struct mime *m, const char *name);
/* "Name: value" lines, folded ones joined, until an empty line; *used: bytes with that line. */
struct mime_field *mime_fields(struct arena *a, const char *p, size_t n, uint32_t *count, size_t *used);
/* The first text/plain of the mail itself, else of what is within; else text/html without its tags; "" if
 * none. */
const char *mime_text(struct arena *a, const struct mime *m);

#endif
