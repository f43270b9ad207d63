/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an OpenPGP key says of itself.  Files are listed without being
 * imported.  A key that can encrypt has a subkey that can, now; when it has
 * none any more, it ends when the last of them did.
 */
#include <string.h>
#include "5-compose/pgp.h"
#include "5-compose/pgp_int.h"
#include "5-compose/sign.h"

bool
pgp_fingerprint(const char *text)
{
	size_t n = strlen(text);

	return (n == 40 || n == 64) && strspn(text, "0123456789abcdefABCDEF") == n;
}

static const char *
addresses_of(gpgme_key_t key, struct arena *a)
{
	const char *out = "";
	gpgme_user_id_t u;
	char *p;

	for (u = key->uids; u != NULL; u = u->next)
		if (!u->revoked && u->address != NULL && *u->address != '\0')
			out = arena_printf(a, "%s%s\n", out, u->address);
	for (p = arena_strdup(a, out), out = p; *p != '\0'; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	return out;
}

static int64_t
earlier(int64_t a, int64_t b)		/* 0: never */
{
	return a == 0 ? b : b == 0 ? a : a < b ? a : b;
}

/* The subkey that lasts longest for the purpose; the key itself ends it too. */
static void
last_subkey(gpgme_key_t key, bool sign, struct rkey *out)
{
	gpgme_subkey_t s;
	bool any = false, revoked = false;

	for (s = key->subkeys; s != NULL; s = s->next) {
		if (!(sign ? s->can_sign : s->can_encrypt))
			continue;
		revoked |= s->revoked;
		if (s->revoked || s->disabled)
			continue;
		if (!any || (out->until != 0 && (s->expires == 0 || s->expires > out->until)))
			out->until = s->expires;
		any = true;
	}
	out->from = key->subkeys->timestamp;
	out->until = earlier(out->until, key->subkeys->expires);
	out->revoked = key->revoked || (!any && revoked);
	if (!any && !out->revoked)
		out->unusable = sign ? "it has no subkey that can sign" : "it has no subkey that can encrypt";
}

static void
facts(gpgme_key_t key, bool sign, struct arena *a, struct rkey *out)
{
	out->id = arena_strdup(a, key->fpr != NULL ? key->fpr : "");
	out->addresses = addresses_of(key, a);
	last_subkey(key, sign, out);
	if (key->invalid || key->disabled)
		out->unusable = "gpg says that it is invalid";
}

void
pgp_own(struct pgp *p, struct arena *a, struct rkey *out)
{
	out->kind = KEY_PGP;
	facts(p->key, true, a, out);
}

static const char no_home[] = "there is no sign.pgp in the configuration, so OpenPGP keys are not used";

void
pgp_key(struct pgp *p, const char *bytes, size_t n, struct arena *a, struct rkey *out)
{
	struct err e = ERR_INIT;
	gpgme_data_t data = NULL;
	gpgme_key_t key = NULL, more = NULL;
	gpgme_ctx_t x;

	out->kind = KEY_PGP;
	if (p == NULL) {
		out->unusable = no_home;
		return;
	}
	if ((x = pgp_context(p, &e)) == NULL) {
		out->unusable = arena_strdup(a, e.text);
		return;
	}
	if (gpgme_data_new_from_mem(&data, bytes, n, 0) != 0 ||
	    gpgme_op_keylist_from_data_start(x, data, 0) != 0 ||
	    gpgme_op_keylist_next(x, &key) != 0)
		out->unusable = "it is damaged: gpg finds no key in it";
	else {
		facts(key, false, a, out);
		if (gpgme_op_keylist_next(x, &more) == 0)
			out->unusable = "it holds several keys, expected one";
	}
	gpgme_key_unref(more);
	gpgme_key_unref(key);
	gpgme_data_release(data);
	gpgme_release(x);
}

void
pgp_key_known(struct pgp *p, const char *fingerprint, struct arena *a, struct rkey *out)
{
	struct err e = ERR_INIT;
	gpgme_key_t key = NULL;
	gpgme_ctx_t x;

	out->kind = KEY_PGP;
	out->id = arena_strdup(a, fingerprint);
	if (p == NULL) {
		out->unusable = no_home;
		return;
	}
	if ((x = pgp_context(p, &e)) == NULL) {
		out->unusable = arena_strdup(a, e.text);
		return;
	}
	if (gpgme_get_key(x, fingerprint, &key, 0) != 0)
		out->unusable = arena_printf(a, "it is not in %s: gpg --homedir %s --import FILE", p->home,
		    p->home);
	else
		facts(key, false, a, out);
	gpgme_key_unref(key);
	gpgme_release(x);
}
