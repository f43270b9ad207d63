/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a message in an answer mailbox is: undeliverable mail that came back
 * (RFC 3464, and the texts of servers that never heard of it), a notice of a
 * delay, a machine's answer (RFC 3834 and what is older), or what a person
 * wrote.  Looks at the message alone, and believes nothing: whose it is, is
 * found by the tokens and Message-IDs it gives, and judged by the caller.
 */
#ifndef CORE_SORT_H
#define CORE_SORT_H

#include "arena.h"
#include "ledger/ledger_mail.h"
#include "mime.h"

struct sorted {
	enum mail_kind	 kind;
	bool		 hard;			/* of a bounce: for good (5.x.x) */
	const char	*status;		/* "5.1.1"; "" */
	const char	*reason;		/* what was recognised, for people */
	struct tcs_slice *token;		/* behind "+" of the addresses it was sent to, best first */
	uint32_t	 ntoken;
	const char	**id;			/* Message-IDs that it may be about, best first */
	uint32_t	 nid;
	const char	*text;			/* what it says */
};

void mail_sort(struct arena *a, const struct mime *m, struct sorted *out);
/* The first line that was not quoted and is not empty. */
struct tcs_slice first_line(const char *text);

#endif
