/* SPDX-License-Identifier: Apache-2.0 */
/* Which rung is taken, as a table: who is there, what the policy lets on, what the terms allow. */
#include "4-decide/climb.h"
#include "tap.h"

#define ALL (RUNG_BIT(RUNG_OWNER) | RUNG_BIT(RUNG_OPERATOR) | RUNG_BIT(RUNG_NETWORK) | \
	RUNG_BIT(RUNG_COUNTRY) | RUNG_BIT(RUNG_HOLD))
#define BELOW (ALL & ~RUNG_BIT(RUNG_HOLD))
enum { O = 1, P = 2, N = 4, C = 8 };	/* owner, operator, network, country: there, or allowed */

static const struct {
	const char	*what;
	unsigned	 there, rungs, terms;	/* terms: O owners, P operators, C partners */
	unsigned	 records;
	enum rung	 want;
} cases[] = {
	{ "an owner", O | P | N | C, ALL, O | P | C, 0, RUNG_OWNER },
	{ "an owner whom the terms forbid is held, not passed over", O | N, ALL, P | C, 0, RUNG_OWNER },
	{ "a registered operator", P | N | C, ALL, O | P | C, 0, RUNG_OPERATOR },
	{ "a registered operator, by default", P | N | C, RUNGS_REGISTERED, O | P | C, 0, RUNG_OPERATOR },
	{ "the operator's rung is off", P | N | C, ALL & ~RUNG_BIT(RUNG_OPERATOR), O | P | C, 0,
	    RUNG_NETWORK },
	{ "the network", N | C, ALL, O | P | C, 0, RUNG_NETWORK },
	{ "the network's rung is off", N | C, BELOW & ~RUNG_BIT(RUNG_NETWORK), O | P | C, 0, RUNG_COUNTRY },
	{ "no rungs below the registry: nobody", N | C, RUNGS_REGISTERED, O | P | C, 0, RUNG_MAX },
	{ "terms without operators: the country", P | N | C, BELOW, O | C, 0, RUNG_COUNTRY },
	{ "and nobody there: the operator, who is held", P | N, BELOW, O, 0, RUNG_OPERATOR },
	{ "terms for owners alone: a person", N | C, ALL, O, 0, RUNG_HOLD },
	{ "nobody known", 0, BELOW, O | P | C, 0, RUNG_MAX },
	{ "nobody known: a person", 0, ALL, O | P | C, 0, RUNG_HOLD },
	{ "the policy only records what networks have", N | C, BELOW, O | P | C, N, RUNG_COUNTRY },
	{ "only recorded for a registered operator is a case all the same", P, BELOW, O | P | C, P,
	    RUNG_OPERATOR },
};

int
main(void)
{
	static const unsigned bit[RUNG_MAX] = { O, P, N, C, 0 };
	size_t i;
	enum rung r;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rung_in in = { .owner_terms = cases[i].terms & O, .operator_terms = cases[i].terms & P,
			.partner_terms = cases[i].terms & C };

		for (r = 0; r < RUNG_MAX; r++) {
			in.known[r] = r == RUNG_HOLD || (cases[i].there & bit[r]) != 0;
			in.rungs[r] = cases[i].rungs;
			in.records[r] = (cases[i].records & bit[r]) != 0;
		}
		is_int(rung_of(&in), cases[i].want, cases[i].what);
	}
	return done_testing();
}
