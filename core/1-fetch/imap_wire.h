/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A conversation with an IMAP server (RFC 3501) over a connection that libcurl
 * made: address, TLS, certificate and login are its work; commands and answers
 * are ours, because its own FETCH marks a message as read before we have it.
 */
#ifndef CORE_IMAP_WIRE_H
#define CORE_IMAP_WIRE_H

#include <curl/curl.h>
#include "1-fetch/mailbox.h"
#include "buf.h"

struct imap {
	const struct mailbox	*m;
	CURL			*curl;
	curl_socket_t		 socket;
	struct buf		 in;		/* what came; from at on not looked at yet */
	size_t			 at;
	struct buf		 line;		/* an answer without its literals */
	struct buf		 literal;	/* the last literal of it */
	bool			 has_literal;
	unsigned		 tag;
	char			 status[200];	/* of the last tagged answer, after OK, NO or BAD */
};

/* Connects and logs in. */
bool imap_begin(struct imap *s, const struct mailbox *m, struct err *e);
void imap_end(struct imap *s);
/* Sends a command and hands each untagged answer ("* " cut off) to each, which may be NULL.  False with *no
 * set: the
 * server said NO or BAD, and the conversation may go on; without: it is over. */
bool imap_command(struct imap *s, bool *no, struct err *e, void (*each)(void *arg, struct imap *s), void *arg,
    const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* As a quoted string. */
const char *imap_quoted(struct arena *a, const char *text);

#endif
