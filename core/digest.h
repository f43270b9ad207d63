/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests for identity: SHA-256 of inputs, of the audit log's chain, of a
 * warning's key; HMAC for names that nobody else can make.  The only file
 * that knows which library computes them.  None of these can fail: a library
 * that cannot compute SHA-256 ends the program.
 */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_LEN 32
#define SHA256_HEX 65			/* text and its NUL */
#define BASE32_LEN(n) (((n) * 8 + 4) / 5 + 1)	/* text of n bytes and its NUL */

struct sha256_ctx;

void sha256(const void *p, size_t n, uint8_t out[SHA256_LEN]);
struct sha256_ctx *sha256_new(void);
void sha256_add(struct sha256_ctx *c, const void *p, size_t n);
void sha256_end(struct sha256_ctx *c, uint8_t out[SHA256_LEN]);	/* frees c; out NULL: only that */
void hmac_sha256(const void *key, size_t nkey, const void *msg, size_t nmsg, uint8_t out[SHA256_LEN]);

void digest_hex(const uint8_t *p, size_t n, char *out);		/* lower case; 2 * n + 1 bytes */
void digest_base32(const uint8_t *p, size_t n, char *out);	/* RFC 4648, lower case, no padding;
								 * BASE32_LEN(n) bytes */

#endif
