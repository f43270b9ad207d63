/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rsit.h -- the types of the Reference Security Incident Taxonomy (version
 * 1003) and the taxonomy that each belongs to, by their machine names; for
 * plugins that must choose a class.  Header-only, libc only.  The types that
 * IDF adds to "other" are not here: a source that knows them says them.
 */
#ifndef TOCSIN_RSIT_H
#define TOCSIN_RSIT_H

#include <tocsin/slice.h>

#define TCS_RSIT_TAXONOMIES 11
#define TCS_RSIT_TYPES 6

/* Each: the taxonomy, then its types, ended by NULL. */
static const char *const tcs_rsit[TCS_RSIT_TAXONOMIES][TCS_RSIT_TYPES + 1] = {
	{ "abusive-content", "spam", "harmful-speech", "violence" },
	{ "malicious-code", "infected-system", "c2-server", "malware-distribution", "malware-configuration" },
	{ "information-gathering", "scanner", "sniffing", "social-engineering" },
	{ "intrusion-attempts", "ids-alert", "brute-force", "exploit" },
	{ "intrusions", "privileged-account-compromise", "unprivileged-account-compromise",
	    "application-compromise", "system-compromise", "burglary" },
	{ "availability", "dos", "ddos", "misconfiguration", "sabotage", "outage" },
	{ "information-content-security", "unauthorised-information-access",
	    "unauthorised-information-modification", "data-loss", "data-leak" },
	{ "fraud", "unauthorised-use-of-resources", "copyright", "masquerade", "phishing" },
	{ "vulnerable", "weak-crypto", "ddos-amplifier", "potentially-unwanted-accessible",
	    "information-disclosure", "vulnerable-system" },
	{ "other", "other", "undetermined" },
	{ "test", "test" },
};

/* The type's name as RSIT writes it, and its taxonomy; NULL: no such type.  ASCII case does not matter. */
static inline const char *
tcs_rsit_type(struct tcs_slice type, const char **taxonomy)
{
	int i, k;

	for (i = 0; i < TCS_RSIT_TAXONOMIES; i++)
		for (k = 1; k <= TCS_RSIT_TYPES && tcs_rsit[i][k] != NULL; k++)
			if (tcs_is_nocase(type, tcs_rsit[i][k])) {
				*taxonomy = tcs_rsit[i][0];
				return tcs_rsit[i][k];
			}
	return NULL;
}

#endif
