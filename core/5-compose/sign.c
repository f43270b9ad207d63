/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See sign.h.  A key that was looked at is kept as long as the signer, also
 * when its file has changed since: mails that other threads close may name it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "5-compose/pgp.h"
#include "5-compose/sign.h"
#include "5-compose/smime.h"
#include "map.h"
#include "mem.h"
#include "paths.h"
#include "secret.h"
#include "timefmt.h"

#define KEY_MOST (1u << 20)		/* bytes of a recipient's key file */

struct kept {
	struct rkey	 k;
	int64_t		 version;	/* of its file, or of the GnuPG folder */
	struct kept	*older;
};

struct signer {
	const struct config	*c;
	struct smime		*smime;
	struct pgp		*pgp;
	struct arena		*a;		/* of what is known of keys */
	struct map		*kept;		/* text -> struct kept, the newest */
	struct kept		*all;
};

/* ---- this site's own */

static bool
open_smime(struct signer *s, struct err *e)
{
	const struct cfg_sign *g = &s->c->sign;
	const char *key = g->smime.key;

	if (*key != '@')
		return err_at(e, s->c->file, g->smime.line, "smime: key: expected \"@FILE\", the name of a "
		    "file that only its owner may read");
	s->smime = smime_open(g->smime.certificate, secret_path(s->a, s->c->file, key + 1), g->smime.chain,
	    strcmp(g->smime.cipher, "aes-256-gcm") == 0, e);
	return s->smime != NULL;
}

struct signer *
signer_open(const struct config *c, struct err *e)
{
	struct signer *s = xcalloc(1, sizeof *s);

	s->c = c;
	s->a = arena_new();
	s->kept = map_new();
	if ((c->sign.smime.line == 0 || open_smime(s, e)) && (c->sign.pgp.line == 0 ||
	    (s->pgp = pgp_open(c->sign.pgp.home, c->sign.pgp.key, e)) != NULL))
		return s;
	signer_close(s);
	return NULL;
}

struct signer *
signer_keys(const struct config *c)
{
	struct signer *s = xcalloc(1, sizeof *s);

	s->c = c;
	s->a = arena_new();
	s->kept = map_new();
	if (c->sign.pgp.line != 0)
		s->pgp = pgp_look(c->sign.pgp.home);
	return s;
}

void
signer_close(struct signer *s)
{
	if (s == NULL)
		return;
	for (; s->all != NULL; s->all = s->all->older)
		smime_key_free(&s->all->k);
	smime_close(s->smime);
	pgp_close(s->pgp);
	map_free(s->kept);
	arena_free(s->a);
	free(s);
}

bool
signer_has(const struct signer *s, enum key_kind kind)
{
	return kind == KEY_SMIME ? s->smime != NULL : s->pgp != NULL;
}

static bool
own_good(const struct signer *s, const struct rkey *k, int64_t now, struct arena *a, struct err *e)
{
	const char *what = k->kind == KEY_SMIME ? "the certificate in sign.smime" : "the key in sign.pgp";
	char day[TIME_TEXT];

	if (k->unusable != NULL)
		return err_set(e, "%s cannot be used: %s", what, k->unusable);
	if (k->until != 0)
		time_day(k->until * NS, day);
	if (k->until != 0 && k->until <= now)
		return err_set(e, "%s expired on %s", what, day);
	if (k->revoked)
		return err_set(e, "%s was revoked", what);
	if (k->from > now) {
		time_day(k->from * NS, day);
		return err_set(e, "%s is not valid before %s", what, day);
	}
	if (!rkey_is_for(k, s->c->identity.from))
		return err_set(e, "%s is for %s, and identity.from is %s: recipients would be shown a "
		    "signature that does not fit", what, *k->addresses == '\0' ? "no address" :
		    arena_strndup(a, k->addresses, strcspn(k->addresses, "\n")), s->c->identity.from);
	return true;
}

static void
own_facts(const struct signer *s, enum key_kind kind, struct arena *a, struct rkey *k)
{
	*k = (struct rkey){ .text = "", .addresses = "", .id = "" };
	if (kind == KEY_SMIME)
		smime_own(s->smime, a, k);
	else
		pgp_own(s->pgp, a, k);
}

bool
signer_check(const struct signer *s, enum key_kind kind, int64_t now, struct arena *a, const char **text,
    int64_t *until, struct err *e)
{
	struct buf entity, out;
	char day[TIME_TEXT];
	struct rkey k;
	bool good;

	own_facts(s, kind, a, &k);
	*until = k.until;
	if (!own_good(s, &k, now, a, e))
		return false;
	buf_init(&entity);
	buf_init(&out);
	buf_str(&entity, "Content-Type: text/plain\r\n\r\ntrial\r\n");
	good = signer_close_mail(s, kind == KEY_SMIME ? SEAL_SMIME : SEAL_PGP, NULL, "<trial@tocsin>", now,
	    &entity, &out, e);
	buf_free(&entity);
	buf_free(&out);
	if (k.until != 0)
		time_day(k.until * NS, day);
	*text = arena_printf(a, "signs, %s; %s%s", k.id, k.until != 0 ? "until " : "does not expire",
	    k.until != 0 ? day : "");
	return good;
}

/* ---- recipients' */

static bool
read_file(const char *path, char **p, size_t *n, int64_t *version, struct arena *a, const char **why)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	bool good = f != NULL && fstat(fileno(f), &st) == 0;

	*p = NULL;
	*n = 0;
	if (!good)
		*why = arena_printf(a, "%s cannot be read: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode) || st.st_size > KEY_MOST) {
		*why = arena_printf(a, "%s is not a file of a key", path);
		good = false;
	} else {
		*version = (int64_t)st.st_mtim.tv_sec * NS + st.st_mtim.tv_nsec + st.st_size;
		*p = xcalloc(1, (size_t)st.st_size + 1);
		*n = fread(*p, 1, (size_t)st.st_size, f);
	}
	if (f != NULL)
		fclose(f);
	return good;
}

static char *
path_of(const struct signer *s, const char *text)
{
	return s->c->sign.keys == NULL ? path_beside(s->c->file, text) : *text == '/' ? xstrdup(text) :
	    xasprintf("%s/%s", s->c->sign.keys, text);
}

static void
look_file(struct signer *s, struct kept *out)
{
	char *path = path_of(s, out->k.text), *p;
	size_t n;

	if (read_file(path, &p, &n, &out->version, s->a, &out->k.unusable)) {
		if (strstr(p, "-----BEGIN CERTIFICATE-----") != NULL)
			smime_key(p, n, s->a, &out->k);
		else if (strstr(p, "-----BEGIN PGP PUBLIC KEY BLOCK-----") != NULL) {
			out->k.file = arena_strdup(s->a, path);
			pgp_key(s->pgp, p, n, s->a, &out->k);
		} else
			out->k.unusable = arena_printf(s->a, "%s is neither a certificate (PEM) nor an "
			    "OpenPGP key (ASCII armor)", path);
	}
	free(p);
	free(path);
}

static int64_t
version_of(const struct signer *s, const struct kept *k)
{
	struct stat st;
	char *path;
	bool there;

	if (pgp_fingerprint(k->k.text))
		return s->pgp != NULL ? pgp_version(s->pgp) : 0;
	path = path_of(s, k->k.text);
	there = stat(path, &st) == 0;
	free(path);
	return there ? (int64_t)st.st_mtim.tv_sec * NS + st.st_mtim.tv_nsec + st.st_size : 0;
}

const struct rkey *
signer_key(struct signer *s, const char *text)
{
	struct kept *k;
	uint64_t at;

	if (text == NULL || *text == '\0')
		return NULL;
	if (map_get(s->kept, text, strlen(text), &at)) {
		k = (struct kept *)(uintptr_t)at;
		if (version_of(s, k) == k->version)
			return &k->k;
	}
	k = arena_alloc(s->a, sizeof *k);
	*k = (struct kept){ .k = { .text = arena_strdup(s->a, text), .kind = KEY_ODD, .addresses = "",
	    .id = "" }, .older = s->all };
	if (pgp_fingerprint(text)) {
		k->version = version_of(s, k);
		pgp_key_known(s->pgp, text, s->a, &k->k);
	} else
		look_file(s, k);
	s->all = k;
	map_set(s->kept, text, strlen(text), (uint64_t)(uintptr_t)k);
	return &k->k;
}

enum key_state
rkey_state(const struct rkey *k, int64_t now)
{
	if (k->revoked || (k->unusable == NULL && k->until != 0 && k->until <= now))
		return KEY_EXPIRED;
	return k->unusable != NULL || k->from > now ? KEY_UNUSABLE : KEY_GOOD;
}

bool
rkey_is_for(const struct rkey *k, const char *address)
{
	struct tcs_slice rest = tcs_str(k->addresses), one;

	while (tcs_cut(&rest, '\n', &one))
		if (one.n > 0 && tcs_is_nocase(one, address))
			return true;
	return false;
}

/* ---- mails */

enum seal
signer_seal(const struct signer *s, const struct rkey *key, enum tlp tlp, int64_t now)
{
	const struct cfg_sign *g = &s->c->sign;
	const struct seal_in in = { .kind = key != NULL ? key->kind : KEY_NONE,
	    .state = key != NULL ? rkey_state(key, now) : KEY_GOOD, .tlp = tlp, .smime = s->smime != NULL,
	    .pgp = s->pgp != NULL, .prefer = strcmp(g->prefer, "pgp") == 0 ? KEY_PGP : KEY_SMIME,
	    .encrypt_from = g->encrypt_from };

	return seal_rule(&in);
}

/* Its own certificate may have ended while it ran: what is signed with it then would be shown as forged. */
static bool
still_good(const struct signer *s, enum seal how, int64_t when, struct err *e)
{
	enum key_kind kind = how == SEAL_SMIME || how == SEAL_SMIME_SECRET ? KEY_SMIME : KEY_PGP;
	struct arena *a = arena_new();
	struct rkey k;
	bool good;

	own_facts(s, kind, a, &k);
	good = own_good(s, &k, when, a, e);
	arena_free(a);
	return good;
}

bool
signer_close_mail(const struct signer *s, enum seal how, const struct rkey *key, const char *id, int64_t when,
    const struct buf *entity, struct buf *out, struct err *e)
{
	struct buf inner;
	bool good;

	if (!still_good(s, how, when, e))
		return false;
	switch (how) {
	case SEAL_SMIME:
		return smime_sign(s->smime, id, when, entity, out, e);
	case SEAL_PGP:
		return pgp_sign(s->pgp, id, entity, out, e);
	case SEAL_PGP_SECRET:
		return pgp_encrypt(s->pgp, id, key, entity, out, e);
	case SEAL_SMIME_SECRET:
		buf_init(&inner);
		good = smime_sign(s->smime, id, when, entity, &inner, e) &&
		    smime_encrypt(s->smime, key, &inner, out, e);
		buf_free(&inner);
		return good;
	default:
		return err_set(e, "the mail may not be sent in this form");
	}
}
