/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classes of XARF as classes of RSIT: by type, else by class, else
 * undetermined.  One table serves versions 3 and 4, whose types differ in
 * case and hyphens only ("Login-Attack", "login_attack").
 */
#include <stdio.h>
#include "kinds.h"

static const struct {
	const char	*type, *taxonomy, *is;
} kinds[] = {
	{ "spam", "abusive-content", "spam" }, { "spamtrap", "abusive-content", "spam" },
	{ "bulkmessaging", "abusive-content", "spam" },
	{ "csam", "abusive-content", "violence" }, { "csem", "abusive-content", "violence" },
	{ "childabuse", "abusive-content", "violence" },
	{ "phishing", "fraud", "phishing" }, { "fraud", "fraud", "masquerade" },
	{ "brandinfringement", "fraud", "masquerade" }, { "copyright", "fraud", "copyright" },
	{ "trademark", "fraud", "copyright" },
	{ "malware", "malicious-code", "malware-distribution" },
	{ "botnet", "malicious-code", "infected-system" }, { "bot", "malicious-code", "infected-system" },
	{ "infectedhost", "malicious-code", "infected-system" },
	{ "cnc", "malicious-code", "c2-server" }, { "c2", "malicious-code", "c2-server" },
	{ "commandandcontrol", "malicious-code", "c2-server" },
	{ "compromisedserver", "intrusions", "system-compromise" },
	{ "compromisedwebsite", "intrusions", "system-compromise" },
	{ "remotecompromise", "intrusions", "system-compromise" },
	{ "compromisedaccount", "intrusions", "unprivileged-account-compromise" },
	{ "defacement", "information-content-security", "unauthorised-information-modification" },
	{ "exposeddata", "information-content-security", "data-leak" },
	{ "dataleak", "information-content-security", "data-leak" },
	{ "loginattack", "intrusion-attempts", "brute-force" },
	{ "bruteforce", "intrusion-attempts", "brute-force" },
	{ "authfailure", "intrusion-attempts", "brute-force" },
	{ "exploit", "intrusion-attempts", "exploit" }, { "sqlinjection", "intrusion-attempts", "exploit" },
	{ "webattack", "intrusion-attempts", "exploit" }, { "webhack", "intrusion-attempts", "exploit" },
	{ "portscan", "information-gathering", "scanner" },
	{ "vulnerabilityscan", "information-gathering", "scanner" },
	{ "reconnaissance", "information-gathering", "scanner" },
	{ "ddos", "availability", "ddos" }, { "dos", "availability", "dos" },
	{ "ddosamplification", "vulnerable", "ddos-amplifier" },
	{ "amplifier", "vulnerable", "ddos-amplifier" },
	{ "cve", "vulnerable", "vulnerable-system" },
	{ "misconfiguration", "vulnerable", "vulnerable-system" },
	{ "vulnerable", "vulnerable", "vulnerable-system" },
	{ "openservice", "vulnerable", "potentially-unwanted-accessible" },
	{ "open", "vulnerable", "potentially-unwanted-accessible" },
	{ "blocklist", "other", "blacklist" },
};
/* Where the type says nothing. */
static const struct {
	const char	*class, *taxonomy, *is;
} classes[] = {
	{ "vulnerability", "vulnerable", "vulnerable-system" }, { "messaging", "abusive-content", "spam" },
	{ "copyright", "fraud", "copyright" },
};

static void
letters(struct tcs_slice s, char *out, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < s.n && n + 1 < size; i++)
		if (s.p[i] != '-' && s.p[i] != '_' && s.p[i] != ' ')
			out[n++] = tcs_lower(s.p[i]);
	out[n] = '\0';
}

static bool
put_class(struct records *x, struct tcs_slice class, const char *type)
{
	const char *taxonomy = "other", *is = "undetermined";
	char of[40];
	size_t i;

	letters(class, of, sizeof(of));
	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strcmp(classes[i].class, of) == 0) {
			taxonomy = classes[i].taxonomy;
			is = classes[i].is;
		}
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].type, type) == 0) {
			taxonomy = kinds[i].taxonomy;
			is = kinds[i].is;
		}
	return rec_str(x, "classification.taxonomy", taxonomy) && rec_str(x, "classification.type", is);
}

struct tcs_slice
put_cves(struct records *x, const json_t *report)
{
	static const char *const names[] = { "cveid", "cveids", "cve", "cves" };
	struct tcs_slice s = { NULL, 0 };
	size_t i;

	for (i = 0; i < 4 && s.n == 0; i++)
		s = rec_join(x, rec_member(report, names[i]), ';');
	return s;
}

/* The type as one word: "login-attack". */
static bool
put_word(struct records *x, struct tcs_slice s, const char *before)
{
	char word[100];
	size_t i, n = (size_t)snprintf(word, sizeof(word), "%s", before);

	for (i = 0; i < s.n && n + 1 < sizeof(word); i++)
		word[n++] = s.p[i] == '_' || s.p[i] == ' ' ? '-' : s.p[i];
	return rec_lower(x, "classification.identifier", tcs_slice(word, n));
}

bool
put_kind(struct records *x, struct tcs_slice class, struct tcs_slice type, const json_t *report)
{
	struct tcs_slice cves = put_cves(x, report), service = rec_text(report, "service"),
	    what = rec_text(report, "misconfiguration_type");
	char word[60];

	letters(type, word, sizeof(word));
	if (!put_class(x, class, word))
		return false;
	if (strcmp(word, "cve") == 0 && cves.n > 0)
		type = tcs_slice(cves.p, tcs_find(cves, ';'));
	else if (strcmp(word, "openservice") == 0 && service.n > 0)
		return put_word(x, service, "open-");
	else if (what.n > 0)
		type = what;
	return put_word(x, type, "");
}
