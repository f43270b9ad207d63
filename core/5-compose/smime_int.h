/* SPDX-License-Identifier: Apache-2.0 */
/* What smime.c and smime_key.c share. */
#ifndef CORE_COMPOSE_SMIME_INT_H
#define CORE_COMPOSE_SMIME_INT_H

#include <openssl/x509.h>
#include "5-compose/sign.h"

const char *smime_why(void);
/* Dates, addresses, fingerprint; own: unusable where it cannot sign, else where it cannot be encrypted to. */
void smime_facts(X509 *x, bool own, struct arena *a, struct rkey *out);
X509 *smime_x509(const struct rkey *k);

#endif
