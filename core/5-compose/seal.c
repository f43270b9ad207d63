/* SPDX-License-Identifier: Apache-2.0 */
/* See seal.h. */
#include "5-compose/seal.h"

/* A recipient whose client speaks S/MIME shows nothing of a mail that is signed with PGP, so where his
 * kind is known it is that or nothing. */
static enum seal
signature(const struct seal_in *in)
{
	bool smime = in->smime, pgp = in->pgp;

	if (in->kind == KEY_SMIME)
		pgp = false;
	if (in->kind == KEY_PGP && pgp)
		smime = false;
	if (smime && pgp)
		return in->prefer == KEY_PGP ? SEAL_PGP : SEAL_SMIME;
	return smime ? SEAL_SMIME : pgp ? SEAL_PGP : SEAL_PLAIN;
}

/* Encrypted only together with a signature of the same kind: what nobody signed could be anybody's. */
static bool
can_encrypt(const struct seal_in *in)
{
	return in->kind == KEY_SMIME ? in->smime : in->kind == KEY_PGP && in->pgp;
}

enum seal
seal_rule(const struct seal_in *in)
{
	bool red = in->tlp >= TLP_RED;

	/* whoever gave a key did not ask for clear text because its file is not there */
	if (in->kind == KEY_ODD && (in->smime || in->pgp) && (red || in->tlp >= in->encrypt_from))
		return SEAL_NOT_USABLE;
	if (!red && (in->tlp < in->encrypt_from || !can_encrypt(in)))
		return signature(in);
	if (!can_encrypt(in))
		return SEAL_NO_KEY;
	if (in->state == KEY_EXPIRED)
		return SEAL_NOTICE;
	if (in->state == KEY_UNUSABLE)
		return SEAL_NOT_USABLE;
	return in->kind == KEY_SMIME ? SEAL_SMIME_SECRET : SEAL_PGP_SECRET;
}

bool
seal_held(enum seal s)
{
	return s >= SEAL_NOTICE;
}

bool
seal_secret(enum seal s)
{
	return s == SEAL_SMIME_SECRET || s == SEAL_PGP_SECRET;
}
