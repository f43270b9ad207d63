/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mail (RFC 5322, MIME) written so that nothing that came from a feed or a
 * registry can change its structure: header values are one line of text,
 * encoded where they are not plain ASCII (RFC 2047, 2231); bodies are
 * quoted-printable or base64; the boundary is made of the Message-ID and holds
 * "=_", which neither of the two can.  The same input gives the same bytes.
 * Does not sign (who does is called where the mail is to be sealed), does not
 * send.
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
	bool		 secret;		/* only inside, where the mail is encrypted */
};

struct mail_seal {			/* how the entity is closed: sign.h */
	bool		(*close)(void *arg, const char *id, const struct buf *entity, struct buf *out,
			    struct err *e);
	void		*arg;
	/* It is encrypted: this subject stands outside, the true one and the fields called private inside. */
	const char	*subject;
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
	const struct mail_seal *seal;	/* NULL: plain */
};

/* False: an address or Message-ID is not one; err says which. */
bool mail_write(struct buf *out, const struct mail *m, struct err *e);
/* A plain local@domain in ASCII. */
bool mail_address(const char *s);

/* Parts of it, for tests: "Name: value" folded and encoded, CRLF. */
void mail_field(struct buf *out, const char *name, const char *value);
void mail_quoted_printable(struct buf *out, const char *p, size_t n);

/* For what else is made of a mail: base64 in lines; a boundary by Message-ID and a word of its own. */
void mail_base64(struct buf *out, const char *p, size_t n);
struct mail_boundary {
	char	text[64];
};
struct mail_boundary mail_boundary(const char *id, const char *level);

#endif
