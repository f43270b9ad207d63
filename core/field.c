/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of fields, made from fields.def, and the words of the finding:
 * kinds, subjects, parts, and which taxonomy of RSIT each type belongs to
 * (with the types that IDF adds to "other").
 */
#include <stdlib.h>
#include "finding.h"

static const struct field fields[] = {
	{ 0, NULL, 0 },
#define FIELD(n, sym, name, type) [n] = { n, name, FT_##type },
#include "fields.def"
#undef FIELD
};
#define NFIELD (sizeof fields / sizeof *fields)

const char *const kind_names[] = { "", "service", "event", "name", "account" };
const char *const subject_names[] = { "", "source", "destination", "name", "account" };
const char *const part_names[] = { "", "infected", "vulnerable", "victim", "context" };

const struct field *
field_by_name(struct tcs_slice name)
{
	size_t i;

	if (name.n == 0)
		return NULL;
	for (i = 1; i < NFIELD; i++)
		if (fields[i].name[0] == name.p[0] && tcs_is(name, fields[i].name))
			return &fields[i];
	return NULL;
}

const struct field *
field_by_number(unsigned number)
{
	return number > 0 && number < NFIELD ? &fields[number] : NULL;
}

static const char *const taxonomies[][16] = {
	{ "abusive-content", "harmful-speech", "spam", "violence" },
	{ "availability", "ddos", "dos", "misconfiguration", "outage", "sabotage" },
	{ "fraud", "copyright", "masquerade", "phishing", "unauthorized-use-of-resources",
	    "unauthorised-use-of-resources" },
	{ "information-content-security", "data-leak", "data-loss", "unauthorised-information-access",
	    "unauthorised-information-modification" },
	{ "information-gathering", "scanner", "sniffing", "social-engineering" },
	{ "intrusion-attempts", "brute-force", "exploit", "ids-alert" },
	{ "intrusions", "application-compromise", "burglary", "privileged-account-compromise",
	    "system-compromise", "unprivileged-account-compromise" },
	{ "malicious-code", "c2-server", "infected-system", "malware-configuration", "malware-distribution" },
	{ "vulnerable", "ddos-amplifier", "information-disclosure", "potentially-unwanted-accessible",
	    "vulnerable-system", "weak-crypto" },
	{ "other", "blacklist", "dga-domain", "malware", "other", "proxy", "tor", "undetermined" },
	{ "test", "test" },
};
#define NTAXONOMY (sizeof taxonomies / sizeof *taxonomies)

const char *
rsit_taxonomy(struct tcs_slice type)
{
	size_t i, k;

	for (i = 0; i < NTAXONOMY; i++)
		for (k = 1; taxonomies[i][k] != NULL; k++)
			if (tcs_is(type, taxonomies[i][k]))
				return taxonomies[i][0];
	return NULL;
}
