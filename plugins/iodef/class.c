/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables behind class.h.  IODEF says what was done and by or to whom;
 * RSIT says what a system is.  So the same impact gives a different class for
 * the system that did it and for the one it was done to.  What nothing is
 * known of is other/undetermined.
 */
#include <tocsin/rsit.h>
#include "class.h"

static const struct {
	const char	*role, *type;
} roles[] = {
	{ "c2-server", "c2-server" },
	{ "malware-distribution", "malware-distribution" },
	{ "drop-server", "c2-server" },
	{ "hop-point", "system-compromise" },
	{ "reflector", "ddos-amplifier" },
	{ "phishing-site", "phishing" },
	{ "spear-phishing-site", "phishing" },
	{ "fraudulent-site", "masquerade" },
};

/* Of Impact (version 1) and SystemImpact (version 2). */
static const struct {
	const char	*impact, *source, *target;
} impacts[] = {
	{ "admin", "exploit", "privileged-account-compromise" },
	{ "user", "exploit", "unprivileged-account-compromise" },
	{ "dos", "infected-system", "dos" },
	{ "file", "exploit", "unauthorised-information-modification" },
	{ "info-leak", "exploit", "data-leak" },
	{ "misconfiguration", "potentially-unwanted-accessible", "potentially-unwanted-accessible" },
	{ "recon", "scanner", NULL },
	{ "social-engineering", "social-engineering", "social-engineering" },
	{ "takeover-account", "exploit", "unprivileged-account-compromise" },
	{ "takeover-service", "exploit", "application-compromise" },
	{ "takeover-system", "exploit", "system-compromise" },
	{ "cps-manipulation", "exploit", "sabotage" },
	{ "cps-damage", "exploit", "sabotage" },
	{ "availability-data", "infected-system", "dos" },
	{ "availability-account", "infected-system", "dos" },
	{ "availability-service", "infected-system", "dos" },
	{ "availability-system", "infected-system", "dos" },
	{ "damaged-system", "exploit", "sabotage" },
	{ "damaged-data", "exploit", "sabotage" },
	{ "breach-proprietary", "exploit", "data-leak" },
	{ "breach-privacy", "exploit", "data-leak" },
	{ "breach-credential", "exploit", "data-leak" },
	{ "breach-configuration", "exploit", "unauthorised-information-access" },
	{ "integrity-data", "exploit", "unauthorised-information-modification" },
	{ "integrity-configuration", "exploit", "unauthorised-information-modification" },
	{ "integrity-hardware", "exploit", "unauthorised-information-modification" },
	{ "traffic-redirection", "exploit", "unauthorised-information-modification" },
	{ "monitoring-traffic", "exploit", "sniffing" },
	{ "monitoring-host", "exploit", "sniffing" },
};

/* The first word of a text that is a type: "rsit:vulnerable=\"vulnerable-system\"", "intrusions/burglary". */
static const char *
type_in(struct tcs_slice s)
{
	const char *type, *taxonomy;
	size_t i, start = 0;

	if ((type = tcs_rsit_type(s, &taxonomy)) != NULL)
		return type;
	for (i = 0; i <= s.n; i++) {
		char c = i < s.n ? tcs_lower(s.p[i]) : ' ';

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')
			continue;
		type = tcs_rsit_type(tcs_slice(s.p + start, i - start), &taxonomy);
		if (type != NULL && !tcs_is(tcs_str(type), "other") && !tcs_is(tcs_str(type), "test"))
			return type;
		start = i + 1;
	}
	return NULL;
}

static const char *
type_of_impact(const struct said *s)
{
	size_t i;

	for (i = 0; i < sizeof(impacts) / sizeof(impacts[0]); i++)
		if (tcs_is_nocase(s->impact, impacts[i].impact))
			return s->source ? impacts[i].source : impacts[i].target;
	return NULL;
}

static const char *
type_of_roles(struct tcs_slice list)
{
	struct tcs_slice role;
	size_t i;

	while (tcs_cut(&list, ' ', &role))
		for (i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
			if (tcs_is_nocase(role, roles[i].role))
				return roles[i].type;
	return NULL;
}

static const char *
type_of(const struct said *s)
{
	const char *type;

	if (s->indicator)
		return type_of_roles(s->roles);
	if (s->category.p != NULL && (type = type_in(s->category)) != NULL)
		return type;
	if ((type = type_of_roles(s->roles)) != NULL)
		return type;
	if (s->source)
		type = type_of_impact(s);
	else
		type = s->potential ? NULL : type_of_impact(s);
	if (type != NULL)
		return type;
	if (s->source)
		return s->cve ? "exploit" : NULL;
	return s->cve || s->potential ? "vulnerable-system" : NULL;
}

struct class
class_of(const struct said *s)
{
	const char *type = type_of(s);
	struct class c;

	c.type = tcs_rsit_type(tcs_str(type ? type : "undetermined"), &c.taxonomy);
	return c;
}
