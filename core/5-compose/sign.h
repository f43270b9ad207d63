/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer: this site's keys, loaded once, and the recipients', looked at
 * again when their file has changed.  Seals a mail as seal.h has decided.
 * Private keys live here and nowhere else: no worker, ledger or log has them.
 */
#ifndef CORE_COMPOSE_SIGN_H
#define CORE_COMPOSE_SIGN_H

#include <stdint.h>
#include "5-compose/seal.h"
#include "arena.h"
#include "buf.h"
#include "config.h"
#include "err.h"

/* A recipient's key: the cell `key` of a contact, a certificate or an OpenPGP key in a file, or a
 * fingerprint in the site's GnuPG folder. */
struct rkey {
	const char		*text;		/* as the registry has it */
	enum key_kind		 kind;
	int64_t			 from, until;	/* s; 0: open */
	bool			 revoked;
	const char		*unusable;	/* why it is of no use, or NULL */
	const char		*addresses;	/* it is for, each followed by a newline, lower case */
	const char		*id;		/* fingerprint, hex, or "" */
	const char		*file;		/* NULL: in the GnuPG folder */
	struct smime_cert	*cert;		/* smime.h; NULL: not S/MIME */
};

struct signer;
/* Without a section sign: one that has no keys.  NULL: a key cannot be read, or is not its certificate's. */
struct signer *signer_open(const struct config *c, struct err *e);
void signer_close(struct signer *s);				/* NULL is fine */

/* What is known of a key; NULL where text is "".  It lives as long as the signer.  One thread at a time. */
const struct rkey *signer_key(struct signer *s, const char *text);
/* Only the recipients' keys: no private key is read, and there is no failure. */
struct signer *signer_keys(const struct config *c);
/* For import_opts.key; arg: a signer. */
const char *signer_import(void *arg, const char *text, const char *address, struct arena *a,
    const char **note);
/* What a person should see to about a key: NULL, or what is wrong with it (in a), also when it expires
 * within KEY_SOON; *since: when that began or begins, s, or 0. */
#define KEY_SOON INT64_C(2592000)
const char *rkey_ails(const struct rkey *k, int64_t now, struct arena *a, int64_t *since);
enum key_state rkey_state(const struct rkey *k, int64_t now);	/* s */
bool rkey_is_for(const struct rkey *k, const char *address);

/* How a mail to the owner of key (NULL: none) under this label goes. */
enum seal signer_seal(const struct signer *s, const struct rkey *key, enum tlp tlp, int64_t now);

/* The MIME entity (header and body, CRLF, 7 bit) sealed: again a header and a body.  Any thread.
 * id: a text that is its own, of which boundaries are made. */
bool signer_close_mail(const struct signer *s, enum seal how, const struct rkey *key, const char *id,
    int64_t when, const struct buf *entity, struct buf *out, struct err *e);

/* The site's own keys: a trial signature, the dates, that they are for identity.from.  kind by kind: *text
 * (in a) says what there is; *until 0: it does not expire. False: e says what is wrong. */
bool signer_has(const struct signer *s, enum key_kind kind);
bool signer_check(const struct signer *s, enum key_kind kind, int64_t now, struct arena *a,
    const char **text, int64_t *until, struct err *e);

#endif
