/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a mail is closed: plain, signed, signed and encrypted, or not at all.
 * Pure: what is known of the recipient's key, the label and what this site can
 * do go in, one answer comes out (seal_rule, a table in docs/internals/sign.md).
 */
#ifndef CORE_COMPOSE_SEAL_H
#define CORE_COMPOSE_SEAL_H

#include <stdbool.h>
#include "finding.h"

enum key_kind { KEY_NONE, KEY_SMIME, KEY_PGP,
	KEY_ODD };			/* named, and it cannot be told what it is */
enum key_state {
	KEY_GOOD,
	KEY_EXPIRED,			/* or revoked: whose it is can send a new one */
	KEY_UNUSABLE			/* cannot be read, not valid yet, cannot encrypt: ours to mend */
};

enum seal {
	SEAL_PLAIN,
	SEAL_SMIME, SEAL_PGP,		/* signed */
	SEAL_SMIME_SECRET, SEAL_PGP_SECRET,	/* signed, then encrypted */
	SEAL_NOTICE,			/* held; the recipient is told that his key has expired */
	SEAL_NO_KEY,			/* held: the label needs a key, and none is known */
	SEAL_NOT_USABLE			/* held: the key that is known cannot be used */
};

struct seal_in {
	enum key_kind	kind;		/* of the recipient */
	enum key_state	state;
	enum tlp	tlp;
	bool		smime, pgp;	/* this site has a key of its own of that kind */
	enum key_kind	prefer;		/* for who has none, where the site has both */
	enum tlp	encrypt_from;	/* the least label that is encrypted where a key is known */
};

/* TLP:RED is never sent in clear. */
enum seal seal_rule(const struct seal_in *in);
bool seal_held(enum seal s);		/* nothing is sent under it */
bool seal_secret(enum seal s);

#endif
