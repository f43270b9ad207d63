/* SPDX-License-Identifier: Apache-2.0 */
/*
 * S/MIME (RFC 8551) with OpenSSL's CMS: multipart/signed with a detached
 * signature, and enveloped-data.  Certificates are looked at for what the mail
 * needs of them - dates, usage, addresses - and not verified: whom a key
 * belongs to is what the registry says.
 */
#ifndef CORE_COMPOSE_SMIME_H
#define CORE_COMPOSE_SMIME_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "buf.h"
#include "err.h"

struct rkey;
struct smime;			/* the site's certificate, its chain and private key */

/* Files in PEM. The key's file must be its reader's own, 0600 or 0400, and without a passphrase; chain may
 * be NULL. */
struct smime *smime_open(const char *certificate, const char *key, const char *chain, bool gcm,
    struct err *e);
void smime_close(struct smime *s);
/* Dates and addresses of the site's own certificate; unusable: why it cannot sign. */
void smime_own(const struct smime *s, struct arena *a, struct rkey *out);

/* Both write a header (Content-Type ...), an empty line and a body, all CRLF. */
bool smime_sign(const struct smime *s, const char *id, int64_t when, const struct buf *entity,
    struct buf *out, struct err *e);
bool smime_encrypt(const struct smime *s, const struct rkey *to, const struct buf *entity, struct buf *out,
    struct err *e);

/* A recipient's certificate (PEM); what it is good for goes into out, all of it in a but the certificate. */
void smime_key(const char *pem, size_t n, struct arena *a, struct rkey *out);
void smime_key_free(struct rkey *k);

#endif
