/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mail (RFC 5322, MIME) written so that nothing that came from a feed or a
 * registry can change its structure: header values are one line of text,
 * encoded where they are not plain ASCII (RFC 2047, 2231); bodies are
 * quoted-printable or base64; the boundary is made of the Message-ID and holds
 * "=_", which neither of the two can.  The same input gives the same bytes.
 * Does not sign, does not send.
 */
#ifndef CORE_COMPOSE_MAIL_H
#define CORE_COMPOSE_MAIL_H

#include <stdbool.h>
#include "arena.h"
#include "buf.h"
#include "err.h"
#include <tocsin/plugin.h>

struct mail_field {
	const char	*name, *value;		/* value NULL or "": left out */
};

struct mail {
	const char	*from_name, *from;
	const char	*to;			/* a mail address; if it is none (a URL), nobody is named */
	const char	*reply_to;		/* NULL or "": none */
	const char	*subject, *message_id;
	const char	*answers;		/* NULL or "": none */
	const char	*language;
	int64_t		 date;			/* s */
	const struct mail_field *more;		/* ended by name NULL */
	/* text/plain without a name is the body, text/html without one its alternative, the others are
	 * attached */
	const struct tcs_part *part;
	uint32_t	 npart;
};

/* False: an address or Message-ID is not one; err says which. */
bool mail_write(struct buf *out, const struct mail *m, struct err *e);
/* A plain local@domain in ASCII. */
bool mail_address(const char *s);

/* Parts of it, for tests: "Name: value" folded and encoded, CRLF. */
void mail_field(struct buf *out, const char *name, const char *value);
void mail_quoted_printable(struct buf *out, const char *p, size_t n);

#endif
