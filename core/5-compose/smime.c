/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See smime.h.  The entity is canonical already (CRLF, 7 bit), so CMS takes
 * its bytes as they are.  The signature's time is the mail's own, so that the
 * clock which is injected is the one that counts.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include "5-compose/sign.h"
#include "5-compose/smime.h"
#include "5-compose/smime_int.h"
#include "5-compose/mail.h"
#include "mem.h"

#define KEY_MOST 65536

struct smime {
	X509		*cert;
	STACK_OF(X509)	*chain;
	EVP_PKEY	*key;
	const EVP_CIPHER *cipher;
};

/* OpenSSL's newest complaint, in its words. */
const char *
smime_why(void)
{
	unsigned long code = ERR_peek_last_error();
	const char *text = code != 0 ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	return text != NULL ? text : "unknown error";
}

/* ---- the site's own */

static bool
read_certificates(struct smime *s, const char *file, bool own, struct err *e)
{
	BIO *in = BIO_new_file(file, "r");
	X509 *x;
	int n = 0;

	if (in == NULL) {
		ERR_clear_error();
		return err_at(e, file, 0, "cannot be read: %s; expected a certificate (PEM)",
		    strerror(errno));
	}
	while ((x = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL && ++n)
		if (own && s->cert == NULL)
			s->cert = x;
		else
			sk_X509_push(s->chain, x);
	BIO_free(in);
	ERR_clear_error();		/* the end of the file is one */
	return n > 0 || err_at(e, file, 0, "is not a certificate; expected PEM, -----BEGIN CERTIFICATE-----");
}

static int
no_passphrase(char *buf, int size, int rwflag, void *arg)
{
	(void)buf, (void)size, (void)rwflag;
	*(bool *)arg = true;
	return -1;
}

/* The bytes are wiped whatever comes of them. */
static EVP_PKEY *
parse_key(char *text, size_t n, bool *locked)
{
	BIO *in = BIO_new_mem_buf(text, (int)n);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, no_passphrase, locked);

	BIO_free(in);
	OPENSSL_cleanse(text, n);
	ERR_clear_error();
	return key;
}

static bool
private_file(int fd, const char *file, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_at(e, file, 0, "is not a file; expected a private key (PEM)");
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return err_at(e, file, 0, "belongs to user %u; expected a private key of user %u, who runs "
		    "tocsin", (unsigned)st.st_uid, (unsigned)geteuid());
	if ((st.st_mode & 077) != 0)
		return err_at(e, file, 0, "has mode %04o, others may read it; expected 0600 or 0400",
		    (unsigned)(st.st_mode & 07777));
	return true;
}

static bool
read_key(struct smime *s, const char *file, struct err *e)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool locked = false, good;
	char *text;
	ssize_t n;

	if (fd < 0)
		return err_at(e, file, 0, "cannot be read: %s; expected a private key (PEM)",
		    strerror(errno));
	if (!private_file(fd, file, e)) {
		close(fd);
		return false;
	}
	text = xmalloc(KEY_MOST);
	n = read(fd, text, KEY_MOST);
	close(fd);
	s->key = n > 0 ? parse_key(text, (size_t)n, &locked) : NULL;
	free(text);
	good = s->key != NULL || (locked ? err_at(e, file, 0, "has a passphrase; expected a private key "
	    "without one, that only its owner may read") : err_at(e, file, 0,
	    "is not a private key; expected PEM, -----BEGIN PRIVATE KEY-----"));
	if (good && !EVP_PKEY_is_a(s->key, "RSA") && !EVP_PKEY_is_a(s->key, "EC"))
		return err_at(e, file, 0, "is a key of a kind that S/MIME clients do not know; expected RSA "
		    "or EC");
	return good;
}

struct smime *
smime_open(const char *certificate, const char *key, const char *chain, bool gcm, struct err *e)
{
	struct smime *s = xcalloc(1, sizeof *s);

	s->chain = sk_X509_new_null();
	s->cipher = gcm ? EVP_aes_256_gcm() : EVP_aes_256_cbc();
	if (read_certificates(s, certificate, true, e) &&
	    (chain == NULL || read_certificates(s, chain, false, e)) && read_key(s, key, e)) {
		if (X509_check_private_key(s->cert, s->key) == 1)
			return s;
		ERR_clear_error();
		err_at(e, key, 0, "is not the key of the certificate in %s", certificate);
	}
	smime_close(s);
	return NULL;
}

void
smime_close(struct smime *s)
{
	if (s == NULL)
		return;
	EVP_PKEY_free(s->key);		/* wiped by OpenSSL */
	X509_free(s->cert);
	sk_X509_pop_free(s->chain, X509_free);
	free(s);
}

void
smime_own(const struct smime *s, struct arena *a, struct rkey *out)
{
	smime_facts(s->cert, true, a, out);
}

/* ---- signing */

/* Before it is made, or OpenSSL would take the time of day. */
static bool
set_time(CMS_SignerInfo *si, int64_t when)
{
	ASN1_TIME *t = ASN1_TIME_adj(NULL, (time_t)when, 0, 0);
	bool good = t != NULL && CMS_signed_add1_attr_by_NID(si, NID_pkcs9_signingTime, t->type, t, -1) == 1;

	ASN1_TIME_free(t);
	return good;
}

static CMS_ContentInfo *
make_signature(const struct smime *s, int64_t when, BIO *in)
{
	const unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_PARTIAL;
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, s->chain, in, flags);
	CMS_SignerInfo *si;

	if (cms != NULL && (si = CMS_add1_signer(cms, s->cert, s->key, EVP_sha256(), flags)) != NULL &&
	    set_time(si, when) && CMS_final(cms, in, NULL, flags) == 1)
		return cms;
	CMS_ContentInfo_free(cms);
	return NULL;
}

static bool
der_base64(CMS_ContentInfo *cms, struct buf *out)
{
	unsigned char *der = NULL;
	int n = i2d_CMS_ContentInfo(cms, &der);

	if (n > 0)
		mail_base64(out, (char *)der, (size_t)n);
	OPENSSL_free(der);
	return n > 0;
}

bool
smime_sign(const struct smime *s, const char *id, int64_t when, const struct buf *entity, struct buf *out,
    struct err *e)
{
	struct mail_boundary b = mail_boundary(id, "signed");
	BIO *in = BIO_new_mem_buf(entity->p, (int)entity->n);
	CMS_ContentInfo *cms = make_signature(s, when, in);
	bool good = cms != NULL;

	BIO_free(in);
	if (good) {
		buf_printf(out, "Content-Type: multipart/signed;\r\n"
		    "\tprotocol=\"application/pkcs7-signature\";\r\n"
		    "\tmicalg=sha-256; boundary=\"%s\"\r\n\r\n"
		    "--%s\r\n", b.text, b.text);
		buf_add(out, entity->p, entity->n);
		buf_printf(out, "\r\n--%s\r\n"
		    "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"
		    "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n"
		    "Content-Transfer-Encoding: base64\r\n\r\n", b.text);
		good = der_base64(cms, out);
		buf_printf(out, "\r\n--%s--\r\n", b.text);
	}
	CMS_ContentInfo_free(cms);
	return good || err_set(e, "the mail cannot be signed (S/MIME): %s", smime_why());
}

/* ---- encrypting */

bool
smime_encrypt(const struct smime *s, const struct rkey *to, const struct buf *entity, struct buf *out,
    struct err *e)
{
	STACK_OF(X509) *list = sk_X509_new_null();
	BIO *in = BIO_new_mem_buf(entity->p, (int)entity->n);
	CMS_ContentInfo *cms = NULL;
	bool good;

	sk_X509_push(list, smime_x509(to));
	cms = CMS_encrypt(list, in, s->cipher, CMS_BINARY);
	good = cms != NULL;
	if (good) {
		buf_printf(out, "Content-Type: application/pkcs7-mime; smime-type=%s;\r\n"
		    "\tname=\"smime.p7m\"\r\n"
		    "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n"
		    "Content-Transfer-Encoding: base64\r\n\r\n",
		    EVP_CIPHER_get_mode(s->cipher) == EVP_CIPH_GCM_MODE ? "authEnveloped-data" :
		    "enveloped-data");
		good = der_base64(cms, out);
	}
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	sk_X509_free(list);
	return good || err_set(e, "the mail cannot be encrypted (S/MIME): %s", smime_why());
}
