/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PGP/MIME (RFC 3156) with gpgme, which runs gpg.  In a GnuPG folder of the
 * site's own, never that of the user who runs it; the keys of recipients lie
 * there, or in files that gpg reads for one mail and does not keep.  Whom a key
 * belongs to is what the registry says: gpg's web of trust is not asked.
 */
#ifndef CORE_COMPOSE_PGP_H
#define CORE_COMPOSE_PGP_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "buf.h"
#include "err.h"

struct rkey;
struct pgp;			/* the folder and the secret key's fingerprint in it */

/* key: the fingerprint of the key that signs; its secret part is in the folder, without a passphrase. */
struct pgp *pgp_open(const char *home, const char *key, struct err *e);
/* Without the secret key: to look at keys of recipients. */
struct pgp *pgp_look(const char *home);
void pgp_close(struct pgp *p);
void pgp_own(struct pgp *p, struct arena *a, struct rkey *out);

/* Both write a header (Content-Type ...), an empty line and a body, all CRLF; the second signs inside. */
bool pgp_sign(const struct pgp *p, const char *id, const struct buf *entity, struct buf *out, struct err *e);
bool pgp_encrypt(const struct pgp *p, const char *id, const struct rkey *to, const struct buf *entity,
    struct buf *out, struct err *e);

bool pgp_fingerprint(const char *text);		/* 40 or 64 hex digits */
/* What is known of a recipient's key: its file's bytes, or a fingerprint in the folder.  p NULL: the site has
 * no folder, which is said. */
void pgp_key(struct pgp *p, const char *bytes, size_t n, struct arena *a, struct rkey *out);
void pgp_key_known(struct pgp *p, const char *fingerprint, struct arena *a, struct rkey *out);
/* Changes when the folder's public keys do. */
int64_t pgp_version(const struct pgp *p);

#endif
