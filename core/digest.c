/* SPDX-License-Identifier: Apache-2.0 */
/* See digest.h.  OpenSSL chooses the processor's own SHA instructions: 1.6 GB/s where there are some. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include "digest.h"
#include "log.h"
#include "mem.h"

struct sha256_ctx {
	EVP_MD_CTX	*md;
};

static void
must(int ok)
{
	if (!ok)
		fatal("the cryptographic library cannot compute SHA-256");
}

void
sha256(const void *p, size_t n, uint8_t out[SHA256_LEN])
{
	must(EVP_Digest(n > 0 ? p : "", n, out, NULL, EVP_sha256(), NULL));
}

struct sha256_ctx *
sha256_new(void)
{
	struct sha256_ctx *c = xcalloc(1, sizeof *c);

	c->md = EVP_MD_CTX_new();
	must(c->md != NULL && EVP_DigestInit_ex(c->md, EVP_sha256(), NULL));
	return c;
}

void
sha256_add(struct sha256_ctx *c, const void *p, size_t n)
{
	if (n > 0)
		must(EVP_DigestUpdate(c->md, p, n));
}

void
sha256_end(struct sha256_ctx *c, uint8_t out[SHA256_LEN])
{
	if (out != NULL)
		must(EVP_DigestFinal_ex(c->md, out, NULL));
	EVP_MD_CTX_free(c->md);
	free(c);
}

void
hmac_sha256(const void *key, size_t nkey, const void *msg, size_t nmsg, uint8_t out[SHA256_LEN])
{
	must(HMAC(EVP_sha256(), nkey > 0 ? key : "", (int)nkey, nmsg > 0 ? msg : (const void *)"", nmsg, out,
	    NULL) != NULL);
}

void
digest_hex(const uint8_t *p, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		*out++ = digit[p[i] >> 4];
		*out++ = digit[p[i] & 15];
	}
	*out = '\0';
}

void
digest_base32(const uint8_t *p, size_t n, char *out)
{
	static const char digit[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned bits = 0, have = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		bits = (bits << 8 | p[i]) & 0xffff;
		for (have += 8; have >= 5; have -= 5)
			*out++ = digit[bits >> (have - 5) & 31];
	}
	if (have > 0)
		*out++ = digit[bits << (5 - have) & 31];
	*out = '\0';
}
