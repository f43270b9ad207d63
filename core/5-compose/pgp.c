/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See pgp.h.  A context of gpgme's own for each mail: contexts are not shared
 * between threads, and one costs nothing beside the process that it starts.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <gpgme.h>
#include "5-compose/mail.h"
#include "5-compose/pgp.h"
#include "5-compose/pgp_int.h"
#include "5-compose/sign.h"
#include "mem.h"

/* ---- the folder */

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* gpgme wants to be asked its version before anything else; it also takes SIGPIPE away, once. */
static void
begin(void)
{
	gpgme_check_version(NULL);
}

gpgme_ctx_t
pgp_context(const struct pgp *p, struct err *e)
{
	gpgme_ctx_t x = NULL;
	gpgme_error_t bad = gpgme_new(&x);

	if (!bad)
		bad = gpgme_ctx_set_engine_info(x, GPGME_PROTOCOL_OpenPGP, NULL, p->home);
	if (!bad)
		bad = gpgme_set_pinentry_mode(x, GPGME_PINENTRY_MODE_ERROR);
	if (bad) {
		err_set(e, "gpg cannot be used: %s", gpgme_strerror(bad));
		gpgme_release(x);
		return NULL;
	}
	gpgme_set_armor(x, 1);
	gpgme_set_offline(x, 1);
	return x;
}

static bool
check_home(const char *home, struct err *e)
{
	struct stat st;

	if (stat(home, &st) < 0)
		return err_at(e, home, 0, "cannot be opened: %s; expected a GnuPG folder", strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return err_at(e, home, 0, "is not a folder; expected a GnuPG folder");
	if (st.st_uid != geteuid())
		return err_at(e, home, 0, "belongs to user %u; expected a GnuPG folder of user %u, who runs "
		    "tocsin", (unsigned)st.st_uid, (unsigned)geteuid());
	return (st.st_mode & 077) == 0 || err_at(e, home, 0, "has mode %04o, others may read it; "
	    "expected 0700", (unsigned)(st.st_mode & 07777));
}

static bool
find_secret(struct pgp *p, const char *key, struct err *e)
{
	gpgme_ctx_t x = pgp_context(p, e);
	gpgme_error_t bad;

	if (x == NULL)
		return false;
	bad = gpgme_get_key(x, key, &p->key, 1);
	gpgme_release(x);
	if (bad)
		return err_at(e, p->home, 0, "has no secret key %s: %s", key, gpgme_strerror(bad));
	return p->key->can_sign || err_at(e, p->home, 0, "key %s cannot sign; expected one that can, not "
	    "expired and not revoked", key);
}

struct pgp *
pgp_open(const char *home, const char *key, struct err *e)
{
	struct pgp *p;
	gpgme_error_t bad;

	pthread_once(&once, begin);
	if ((bad = gpgme_engine_check_version(GPGME_PROTOCOL_OpenPGP)) != 0) {
		err_set(e, "gpg cannot be run: %s; apt-get install gnupg", gpgme_strerror(bad));
		return NULL;
	}
	if (!check_home(home, e))
		return NULL;
	p = xcalloc(1, sizeof *p);
	p->home = xstrdup(home);
	if (find_secret(p, key, e))
		return p;
	pgp_close(p);
	return NULL;
}

struct pgp *
pgp_look(const char *home)
{
	struct pgp *p = xcalloc(1, sizeof *p);

	pthread_once(&once, begin);
	p->home = xstrdup(home);
	return p;
}

void
pgp_close(struct pgp *p)
{
	if (p == NULL)
		return;
	if (p->key != NULL)
		gpgme_key_unref(p->key);
	free(p->home);
	free(p);
}

int64_t
pgp_version(const struct pgp *p)
{
	static const char *const files[] = { "pubring.kbx", "pubring.gpg" };
	int64_t version = 0;
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof files / sizeof *files; i++) {
		char *path = xasprintf("%s/%s", p->home, files[i]);

		if (stat(path, &st) == 0)
			version += (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec + st.st_size;
		free(path);
	}
	return version;
}

/* ---- mails */

/* gpg's armor has the system's line ends. */
static void
add_armor(struct buf *out, gpgme_data_t data)
{
	size_t n = 0, i;
	char *p = gpgme_data_release_and_get_mem(data, &n);

	buf_need(out, n + n / 32);
	for (i = 0; i < n; i++) {
		if (p[i] == '\n' && (i == 0 || p[i - 1] != '\r'))
			buf_char(out, '\r');
		buf_char(out, p[i]);
	}
	gpgme_free(p);
}

struct making {
	gpgme_ctx_t	x;
	gpgme_data_t	in, out;
};

static bool
making_begin(struct making *m, const struct pgp *p, const struct buf *entity, struct err *e)
{
	gpgme_error_t bad;

	*m = (struct making){ .x = pgp_context(p, e) };
	if (m->x == NULL)
		return false;
	bad = gpgme_signers_add(m->x, p->key);
	if (!bad)
		bad = gpgme_data_new_from_mem(&m->in, entity->p, entity->n, 0);
	if (!bad)
		bad = gpgme_data_new(&m->out);
	return !bad || err_set(e, "gpg cannot be used: %s", gpgme_strerror(bad));
}

static void
making_end(struct making *m)
{
	gpgme_data_release(m->in);
	gpgme_data_release(m->out);
	gpgme_release(m->x);
}

/* "pgp-sha256" */
static void
add_micalg(struct buf *out, gpgme_ctx_t x)
{
	gpgme_sign_result_t r = gpgme_op_sign_result(x);
	const char *name = r != NULL && r->signatures != NULL ?
	    gpgme_hash_algo_name(r->signatures->hash_algo) : NULL;

	buf_str(out, "pgp-");
	for (name = name != NULL ? name : "SHA256"; *name != '\0'; name++)
		buf_char(out, *name >= 'A' && *name <= 'Z' ? (char)(*name + 32) : *name);
}

bool
pgp_sign(const struct pgp *p, const char *id, const struct buf *entity, struct buf *out, struct err *e)
{
	struct mail_boundary b = mail_boundary(id, "signed");
	gpgme_error_t bad = 0;
	struct making m;
	bool good = making_begin(&m, p, entity, e);

	if (good && ((bad = gpgme_op_sign(m.x, m.in, m.out, GPGME_SIG_MODE_DETACH)) != 0 ||
	    gpgme_op_sign_result(m.x)->signatures == NULL))
		good = err_set(e, "the mail cannot be signed (gpg): %s", gpgme_strerror(bad));
	if (good) {
		buf_str(out, "Content-Type: multipart/signed; protocol=\"application/pgp-signature\";\r\n"
		    "\tmicalg=");
		add_micalg(out, m.x);
		buf_printf(out, "; boundary=\"%s\"\r\n\r\n--%s\r\n", b.text, b.text);
		buf_add(out, entity->p, entity->n);
		buf_printf(out, "\r\n--%s\r\n"
		    "Content-Type: application/pgp-signature; name=\"signature.asc\"\r\n"
		    "Content-Description: OpenPGP digital signature\r\n"
		    "Content-Disposition: attachment; filename=\"signature.asc\"\r\n\r\n", b.text);
		add_armor(out, m.out);
		m.out = NULL;
		buf_printf(out, "\r\n--%s--\r\n", b.text);
	}
	making_end(&m);
	return good;
}

/* gpg's name of a recipient, for gpgme: a fingerprint, or a file that is read and not kept. */
static char *
recipient(const struct rkey *to)
{
	return to->file != NULL ? xasprintf("--file\n%s", to->file) : xstrdup(to->id);
}

static gpgme_error_t
encrypt(struct making *m, const struct rkey *to)
{
	char *who = recipient(to);
	gpgme_error_t bad = gpgme_op_encrypt_sign_ext(m->x, NULL, who, GPGME_ENCRYPT_ALWAYS_TRUST |
	    GPGME_ENCRYPT_NO_ENCRYPT_TO, m->in, m->out);

	free(who);
	return bad;
}

bool
pgp_encrypt(const struct pgp *p, const char *id, const struct rkey *to, const struct buf *entity,
    struct buf *out, struct err *e)
{
	struct mail_boundary b = mail_boundary(id, "encrypted");
	gpgme_error_t bad = 0;
	struct making m;
	bool good = making_begin(&m, p, entity, e);

	if (good && (bad = encrypt(&m, to)) != 0)
		good = err_set(e, "the mail cannot be encrypted to key %s (gpg): %s", to->text,
		    gpgme_strerror(bad));
	if (good) {
		buf_printf(out, "Content-Type: multipart/encrypted;\r\n"
		    "\tprotocol=\"application/pgp-encrypted\";\r\n"
		    "\tboundary=\"%s\"\r\n\r\n--%s\r\nContent-Type: application/pgp-encrypted\r\n\r\n"
		    "Version: 1\r\n\r\n--%s\r\n"
		    "Content-Type: application/octet-stream; name=\"encrypted.asc\"\r\n"
		    "Content-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n",
		    b.text, b.text, b.text);
		add_armor(out, m.out);
		m.out = NULL;
		buf_printf(out, "\r\n--%s--\r\n", b.text);
	}
	making_end(&m);
	return good;
}
