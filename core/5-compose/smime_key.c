/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a certificate says of itself: from when until when, for which
 * addresses, for what use.  A use that is not mentioned is allowed, as
 * RFC 5280 has it.
 */
#include <string.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include "5-compose/smime.h"
#include "5-compose/smime_int.h"
#include "digest.h"

/* X509s are OpenSSL's own to count; the name is ours, so that sign.h needs none of its headers. */
struct smime_cert;

X509 *
smime_x509(const struct rkey *k)
{
	return (X509 *)(void *)k->cert;
}

/* Seconds since 1970; 0 where it says none. */
static int64_t
seconds(const ASN1_TIME *t)
{
	ASN1_TIME *epoch = ASN1_TIME_adj(NULL, 0, 0, 0);
	int days = 0, s = 0, good = t != NULL && ASN1_TIME_diff(&days, &s, epoch, t) == 1;

	ASN1_TIME_free(epoch);
	return good ? (int64_t)days * 86400 + s : 0;
}

static const char *
addresses_of(X509 *x, struct arena *a)
{
	STACK_OF(OPENSSL_STRING) *list = X509_get1_email(x);
	const char *out = "";
	char *p;
	int i;

	for (i = 0; i < sk_OPENSSL_STRING_num(list); i++)
		out = arena_printf(a, "%s%s\n", out, sk_OPENSSL_STRING_value(list, i));
	X509_email_free(list);
	for (p = arena_strdup(a, out), out = p; *p != '\0'; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	return out;
}

static const char *
unusable(X509 *x, bool own)
{
	uint32_t use = X509_get_key_usage(x), extended = X509_get_extended_key_usage(x);
	bool ec = EVP_PKEY_is_a(X509_get0_pubkey(x), "EC");

	if (!ec && !EVP_PKEY_is_a(X509_get0_pubkey(x), "RSA"))
		return "its key is neither RSA nor EC";
	if (!(extended & (XKU_SMIME | XKU_ANYEKU)))
		return "its extended usage is not for mail (emailProtection)";
	if (own)
		return use & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) ? NULL : "its usage is not to sign";
	if (!(use & (ec ? KU_KEY_AGREEMENT : KU_KEY_ENCIPHERMENT)))
		return ec ? "its usage is not to encrypt (keyAgreement)" :
		    "its usage is not to encrypt (keyEncipherment)";
	return NULL;
}

void
smime_facts(X509 *x, bool own, struct arena *a, struct rkey *out)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	char *hex;

	out->kind = KEY_SMIME;
	out->from = seconds(X509_get0_notBefore(x));
	out->until = seconds(X509_get0_notAfter(x));
	out->addresses = addresses_of(x, a);
	out->unusable = unusable(x, own);
	X509_digest(x, EVP_sha256(), sum, &n);
	hex = arena_alloc(a, 2 * (size_t)n + 1);
	digest_hex(sum, n, hex);
	out->id = hex;
	ERR_clear_error();
}

void
smime_key(const char *pem, size_t n, struct arena *a, struct rkey *out)
{
	BIO *in = BIO_new_mem_buf(pem, (int)n);
	X509 *x = PEM_read_bio_X509(in, NULL, NULL, NULL);

	BIO_free(in);
	ERR_clear_error();
	out->kind = KEY_SMIME;
	if (x == NULL) {
		out->unusable = "it is damaged: no certificate can be read from it";
		return;
	}
	smime_facts(x, false, a, out);
	out->cert = (struct smime_cert *)(void *)x;
}

void
smime_key_free(struct rkey *k)
{
	X509_free(smime_x509(k));
	k->cert = NULL;
}
