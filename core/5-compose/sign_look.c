/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recipients' keys for people: what the import says of them, and what waits in
 * todo.  An expired key is taken and told, since whoever has one is told so
 * when there is a warning; a key for somebody else is refused, for a mail that
 * the wrong one can read is worse than one that waits.
 */
#include <string.h>
#include "5-compose/pgp.h"
#include "5-compose/sign.h"
#include "clock.h"
#include "timefmt.h"

static const char *
day(struct arena *a, int64_t s)
{
	char text[TIME_TEXT];

	time_day(s * NS, text);
	return arena_strdup(a, text);
}

/* Its first address, to be told. */
static const char *
first(const struct rkey *k, struct arena *a)
{
	return *k->addresses == '\0' ? "no address" :
	    arena_strndup(a, k->addresses, strcspn(k->addresses, "\n"));
}

const char *
rkey_ails(const struct rkey *k, int64_t now, struct arena *a, int64_t *since)
{
	*since = 0;
	if (k->revoked)
		return "was revoked";
	if (k->unusable != NULL)
		return arena_printf(a, "cannot be used: %s", k->unusable);
	if (k->from > now) {
		*since = k->from;
		return arena_printf(a, "is not valid before %s", day(a, k->from));
	}
	if (k->until == 0 || k->until > now + KEY_SOON)
		return NULL;
	*since = k->until <= now ? k->until : k->until - KEY_SOON;
	return arena_printf(a, "%s on %s", k->until <= now ? "expired" : "expires", day(a, k->until));
}

const char *
signer_import(void *arg, const char *text, const char *address, struct arena *a, const char **note)
{
	struct signer *s = arg;
	const struct rkey *k = s != NULL ? signer_key(s, text) : NULL;
	const char *ails;
	int64_t since;

	if (k == NULL)
		return NULL;
	if (k->kind == KEY_PGP && !signer_has(s, KEY_PGP)) {
		*note = arena_printf(a, "key %s: %s", text, k->unusable);
		return NULL;
	}
	if (k->unusable != NULL && !k->revoked)
		return arena_printf(a, "%s: %s", text, k->unusable);
	if (!rkey_is_for(k, address)) {
		if (!pgp_fingerprint(text))
			return arena_printf(a, "%s is for %s; expected one for %s", text, first(k, a),
			    address);
		*note = arena_printf(a, "key %s is for %s, not for %s: it was named by its fingerprint, "
		    "so it is taken", text, first(k, a), address);
	}
	if ((ails = rkey_ails(k, clock_now() / NS, a, &since)) != NULL)
		*note = arena_printf(a, "key %s %s", text, ails);
	return NULL;
}
