/* SPDX-License-Identifier: Apache-2.0 */
/* seal_rule as a table: recipient's key, its state, label, what the site has -> how the mail goes. */
#include "5-compose/seal.h"
#include "tap.h"

enum { NO, SM = 1, PG = 2, BOTH = 3 };

static const struct row {
	const char	*what;
	enum key_kind	 kind;
	enum key_state	 state;
	enum tlp	 tlp;
	int		 has;
	enum key_kind	 prefer;
	enum tlp	 from;
	enum seal	 want;
} rows[] = {
	{ "nothing configured: plain", KEY_NONE, KEY_GOOD, TLP_AMBER, NO, KEY_SMIME, TLP_AMBER, SEAL_PLAIN },
	{ "even where a key is known", KEY_SMIME, KEY_GOOD, TLP_AMBER, NO, KEY_SMIME, TLP_AMBER, SEAL_PLAIN },
	{ "but red is held", KEY_NONE, KEY_GOOD, TLP_RED, NO, KEY_SMIME, TLP_AMBER, SEAL_NO_KEY },
	{ "red with a key that we cannot sign for", KEY_PGP, KEY_GOOD, TLP_RED, SM, KEY_SMIME, TLP_RED,
	    SEAL_NO_KEY },
	{ "no key: S/MIME", KEY_NONE, KEY_GOOD, TLP_AMBER_STRICT, BOTH, KEY_SMIME, TLP_AMBER, SEAL_SMIME },
	{ "no key: PGP preferred", KEY_NONE, KEY_GOOD, TLP_AMBER, BOTH, KEY_PGP, TLP_AMBER, SEAL_PGP },
	{ "no key: PGP is all there is", KEY_NONE, KEY_GOOD, TLP_AMBER, PG, KEY_SMIME, TLP_AMBER, SEAL_PGP },
	{ "no key, red: held", KEY_NONE, KEY_GOOD, TLP_RED, BOTH, KEY_SMIME, TLP_AMBER, SEAL_NO_KEY },
	{ "S/MIME, green: signed", KEY_SMIME, KEY_GOOD, TLP_GREEN, BOTH, KEY_PGP, TLP_AMBER, SEAL_SMIME },
	{ "PGP, green: signed", KEY_PGP, KEY_GOOD, TLP_GREEN, BOTH, KEY_SMIME, TLP_AMBER, SEAL_PGP },
	{ "S/MIME, amber: encrypted", KEY_SMIME, KEY_GOOD, TLP_AMBER, BOTH, KEY_PGP, TLP_AMBER,
	    SEAL_SMIME_SECRET },
	{ "PGP, amber: encrypted", KEY_PGP, KEY_GOOD, TLP_AMBER, BOTH, KEY_SMIME, TLP_AMBER,
	    SEAL_PGP_SECRET },
	{ "amber+strict where it is from there", KEY_PGP, KEY_GOOD, TLP_AMBER_STRICT, PG, KEY_SMIME,
	    TLP_AMBER_STRICT, SEAL_PGP_SECRET },
	{ "amber where it is from strict", KEY_PGP, KEY_GOOD, TLP_AMBER, PG, KEY_SMIME, TLP_AMBER_STRICT,
	    SEAL_PGP },
	{ "clear where all is encrypted", KEY_SMIME, KEY_GOOD, TLP_CLEAR, SM, KEY_SMIME, TLP_CLEAR,
	    SEAL_SMIME_SECRET },
	{ "red is encrypted whatever is said", KEY_SMIME, KEY_GOOD, TLP_RED, SM, KEY_SMIME, TLP_RED,
	    SEAL_SMIME_SECRET },
	{ "an S/MIME recipient gets no PGP", KEY_SMIME, KEY_GOOD, TLP_AMBER, PG, KEY_PGP, TLP_AMBER,
	    SEAL_PLAIN },
	{ "a PGP recipient may get S/MIME", KEY_PGP, KEY_GOOD, TLP_AMBER, SM, KEY_SMIME, TLP_AMBER,
	    SEAL_SMIME },
	{ "expired, green: signed", KEY_SMIME, KEY_EXPIRED, TLP_GREEN, BOTH, KEY_SMIME, TLP_AMBER,
	    SEAL_SMIME },
	{ "expired, amber: notice", KEY_SMIME, KEY_EXPIRED, TLP_AMBER, BOTH, KEY_SMIME, TLP_AMBER,
	    SEAL_NOTICE },
	{ "expired, red: notice", KEY_PGP, KEY_EXPIRED, TLP_RED, BOTH, KEY_SMIME, TLP_AMBER, SEAL_NOTICE },
	{ "unusable, amber: held", KEY_PGP, KEY_UNUSABLE, TLP_AMBER, PG, KEY_SMIME, TLP_AMBER,
	    SEAL_NOT_USABLE },
	{ "unusable, green: signed", KEY_PGP, KEY_UNUSABLE, TLP_GREEN, PG, KEY_SMIME, TLP_AMBER, SEAL_PGP },
	{ "nothing readable, amber: held", KEY_ODD, KEY_UNUSABLE, TLP_AMBER, SM, KEY_SMIME, TLP_AMBER,
	    SEAL_NOT_USABLE },
	{ "nothing readable, green: signed", KEY_ODD, KEY_UNUSABLE, TLP_GREEN, SM, KEY_SMIME, TLP_AMBER,
	    SEAL_SMIME },
	{ "nothing readable, nothing configured, red: held", KEY_ODD, KEY_UNUSABLE, TLP_RED, NO, KEY_SMIME,
	    TLP_AMBER, SEAL_NO_KEY },
};

/* Every combination there is: TLP:RED is encrypted or held, and nothing is encrypted to a bad key. */
static void
never_in_clear(void)
{
	bool clear = false, bad = false;
	unsigned i;

	for (i = 0; i < 4 * 3 * 4 * 5 * 5; i++) {
		const struct seal_in in = { (enum key_kind)(i % 4), (enum key_state)(i / 4 % 3),
		    (enum tlp)(i / 12 % 5), i / 60 % 2 != 0, i / 120 % 2 != 0, KEY_SMIME,
		    (enum tlp)(i / 240 % 5) };
		enum seal s = seal_rule(&in);

		clear |= in.tlp == TLP_RED && !seal_secret(s) && !seal_held(s);
		bad |= seal_secret(s) && in.state != KEY_GOOD;
	}
	ok(!clear, "TLP:RED is never in clear");
	ok(!bad, "nothing is encrypted to a key that is not good");
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		const struct seal_in in = { r->kind, r->state, r->tlp, (r->has & SM) != 0, (r->has & PG) != 0,
		    r->prefer, r->from };

		ok(seal_rule(&in) == r->want, "%s", r->what);
	}
	never_in_clear();
	return done_testing();
}
