/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The advice catalogue: its format and errors, and that what comes with
 * Tocsin is complete: every RSIT type, and those that IDF adds, in every
 * language, with nothing empty.
 */
#include <sys/stat.h>
#include <unistd.h>
#include "tap.h"
#include "5-compose/advice.h"

static const char *const types[] = {
	"spam", "harmful-speech", "violence",
	"infected-system", "c2-server", "malware-distribution", "malware-configuration",
	"scanner", "sniffing", "social-engineering",
	"ids-alert", "brute-force", "exploit",
	"privileged-account-compromise", "unprivileged-account-compromise", "application-compromise",
	    "system-compromise", "burglary",
	"dos", "ddos", "misconfiguration", "sabotage", "outage",
	"unauthorised-information-access", "unauthorised-information-modification", "data-loss", "data-leak",
	"unauthorised-use-of-resources", "copyright", "masquerade", "phishing",
	"weak-crypto", "ddos-amplifier", "potentially-unwanted-accessible", "information-disclosure",
	    "vulnerable-system",
	"other", "undetermined", "test",
	/* IDF's additions */
	"blacklist", "dga-domain", "malware", "proxy", "tor",
};
static const char *const problems[] = {
	"open-rdp", "open-smb", "open-mongodb", "open-elasticsearch", "open-redis", "open-telnet", "open-vnc",
	    "dns-open-resolver",
	"ntp-monitor", "open-snmp", "open-ldap", "ssl-poodle", "vulnerable-http",
	    "vulnerable-exchange-server",
	"exchange-server-webshell", "open-mysql", "open-postgres", "open-docker", "open-ipmi",
	    "compromised-website",
	"open-memcached", "accessible-adb",
};
static const char *const languages[] = { "en", "nl" };

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static bool
advice_sound(const struct advice *adv)
{
	uint32_t i;

	if (adv == NULL || adv->name[0] == '\0' || strlen(adv->name) > 60 ||
	    adv->name[strlen(adv->name) - 1] == '.')
		return false;
	if (strlen(adv->meaning) < 40 || strlen(adv->check) < 20 || adv->naction < 1)
		return false;
	for (i = 0; i < adv->naction; i++)
		if (strlen(adv->action[i]) < 15 || strchr(adv->action[i], '\n'))
			return false;
	return strchr(adv->meaning, '\n') == NULL && strchr(adv->check, '\n') == NULL;
}

static void
shipped(void)
{
	const char *top = getenv("TOP_SRCDIR");
	struct err e = ERR_INIT;
	struct advice_set *set;
	char dir[1024];
	size_t i, j;

	snprintf(dir, sizeof dir, "%s/etc/advice", top ? top : ".");
	set = advice_load(dir, &e);
	if (!ok(set != NULL, "the catalogue: %s", e.n ? e.text : "loaded"))
		return;
	for (j = 0; j < COUNT(languages); j++) {
		ok(advice_language(set, languages[j]), "%s is there", languages[j]);
		for (i = 0; i < COUNT(types); i++)
			ok(advice_sound(advice_get(set, languages[j], types[i])), "%s: type %s", languages[j],
			    types[i]);
		for (i = 0; i < COUNT(problems); i++)
			ok(advice_sound(advice_get(set, languages[j], problems[i])), "%s: problem %s",
			    languages[j], problems[i]);
	}
	is_str(advice_find(set, "nl", "open-rdp", "accessible-x", "vulnerable-system")->id, "open-rdp",
	    "the problem first");
	is_str(advice_find(set, "nl", "no-such", "open-smb", "vulnerable-system")->id, "open-smb",
	    "then the identifier");
	is_str(advice_find(set, "nl", "no-such", "", "vulnerable-system")->id, "vulnerable-system",
	    "then the type");
	is_str(advice_find(set, "nl", NULL, NULL, NULL)->id, "other", "then other");
	ok(advice_find(set, "nl", NULL, NULL, NULL) == advice_get(set, "nl", "other"),
	    "in the language asked for");
	ok(advice_find(set, "xx", "open-rdp", NULL, NULL) == advice_get(set, "en", "open-rdp"),
	    "else in English");
	ok(advice_find(set, NULL, "open-rdp", NULL, NULL) == advice_get(set, "en", "open-rdp"),
	    "no language: English");
	ok(advice_get(set, "en", "no-such") == NULL && advice_get(set, "xx", "other") == NULL,
	    "exactly that one, or none");
	advice_free(set);
}

/* ---- the format */

static char dir[64], lang[96], file[160];
static char said[600];

/* What loading says of one file with this text, less the folder; "" when it is fine. */
static const char *
loaded(const char *text, struct advice_set **set)
{
	struct err e = ERR_INIT;
	FILE *f = fopen(file, "w");
	struct advice_set *s;

	if (f == NULL)
		return "cannot write";
	fputs(text, f);
	fclose(f);
	s = advice_load(dir, &e);
	if (set)
		*set = s;
	else
		advice_free(s);
	snprintf(said, sizeof said, "%s", strncmp(e.text, lang,
	    strlen(lang)) == 0 ? e.text + strlen(lang) : e.text);
	return said;
}

#define GOOD "name: N\nmeaning: M\ndo:\n- A\ncheck: C\n"

static void
good_format(void)
{
	struct advice_set *set = NULL;
	const struct advice *adv;
	struct arena *a = arena_new();
	struct val *v;

	is_str(loaded("# comment\n\nname:  A name \n\nmeaning: one\ntwo\n\n  three\n\ndo:\n- first\n  goes "
	    "on\n\n- second: \xc3\xa9\n"
	    "\ncheck:\n  four\r\n", &set), "", "a good file");
	if (set) {
		adv = advice_find(set, "en", NULL, NULL, NULL);
		is_str(adv->name, "A name", "name");
		is_str(adv->meaning, "one two three", "a paragraph of several lines");
		is_int(adv->naction, 2, "two actions");
		is_str(adv->action[0], "first goes on", "an action of two lines");
		is_str(adv->action[1], "second: \xc3\xa9", "an action with a colon");
		is_str(adv->check, "four", "text below its key, CRLF");
		v = advice_value(a, adv);
		is_str(val_get(v, tcs_str("name"))->s.p, "A name", "as values: name");
		is_int(val_get(v, tcs_str("actions"))->n, 2, "as values: actions");
		advice_free(set);
	}
	is_str(loaded(GOOD, NULL), "", "the shortest");
	arena_free(a);
}

static void
aliases(void)
{
	struct advice_set *set = NULL;
	const struct advice *adv;

	is_str(loaded("for: one two\n  three\n" GOOD, &set), "", "one file for several names");
	if (set) {
		adv = advice_get(set, "en", "other");
		ok(advice_get(set, "en", "one") == adv && advice_get(set, "en", "three") == adv &&
		    advice_find(set, "en", "x", "two", "y") == adv, "each of them finds it");
		ok(advice_get(set, "en", "on") == NULL, "and nothing else does");
		advice_free(set);
	}
	ok(strncmp(loaded("for: one one\n" GOOD, &set), "/other.advice: for: one is served by ", 36) == 0,
	    "a name twice");
	is_str(loaded("for: other\n" GOOD, &set), "/other.advice: for: other has a file of its own, "
	    "other.advice, expected one of them", "a name with a file of its own");
}

static void
bad_format(void)
{
	is_str(loaded("hello\n" GOOD, NULL), "/other.advice:1: text before the first part, expected name:",
	    "text in front");
	is_str(loaded("name: N\nmeanin: M\n", NULL),
	    "/other.advice:2: \"meanin:\" is no part of an advice, expected name:, for:, "
	    "meaning:, do: or check:; did you mean meaning:?", "an unknown part, and the nearest");
	is_str(loaded(GOOD "name: M\n", NULL), "/other.advice:6: a second name:, expected one",
	    "a part twice");
	is_str(loaded("name: N\nmore\n", NULL), "/other.advice:2: a name of more than one line, expected one "
	    "line", "a long name");
	is_str(loaded("name: N\nmeaning: M\ncheck: C\n", NULL),
	    "/other.advice: incomplete, expected do: with at least one action",
	    "no actions");
	is_str(loaded("name: N\nmeaning: M\ndo:\ncheck: C\n", NULL),
	    "/other.advice: incomplete, expected do: with at least one action", "do: without actions");
	is_str(loaded("name:\nmeaning: M\ndo:\n- A\ncheck: C\n", NULL),
	    "/other.advice: incomplete, expected name:", "an empty name");
	is_str(loaded("name: N\nmeaning: M\ndo:\n- A\ncheck:\n", NULL),
	    "/other.advice: incomplete, expected check:", "an empty check");
	is_str(loaded("name: N\nmeaning: M\ndo:\n- \n- A\ncheck: C\n", NULL),
	    "/other.advice: incomplete, expected text in every action",
	    "an empty action");
	is_str(loaded("name: N\ndo: it\n", NULL),
	    "/other.advice:2: text after do:, expected lines that begin with \"- \"",
	    "text after do:");
	is_str(loaded("name: N\ndo:\nit\n", NULL),
	    "/other.advice:3: no action, expected a line that begins with \"- \"",
	    "an action without its dash");
	is_str(loaded("name: N\ndo:\n- it\nx\n", NULL),
	    "/other.advice:4: neither an action nor part of one, expected \"- \" or two blanks in front",
	    "text after an action");
	is_str(loaded("name: N\nmeaning: \xff\n", NULL), "/other.advice:2: not UTF-8, expected UTF-8 text",
	    "not UTF-8");
	is_str(loaded("", NULL), "/other.advice: incomplete, expected name:", "an empty file");
}

static void
format(void)
{
	struct err e = ERR_INIT;
	char other[160];

	snprintf(dir, sizeof dir, "t_advice.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return;
	is_int(advice_load(dir, &e) == NULL, 1, "a folder without languages is refused");
	snprintf(lang, sizeof lang, "%s/en", dir);
	snprintf(file, sizeof file, "%s/en/other.advice", dir);
	snprintf(other, sizeof other, "%s/en/spam.advice", dir);
	mkdir(lang, 0700);
	good_format();
	aliases();
	bad_format();
	loaded(GOOD, NULL);
	rename(file, other);
	e.n = 0;
	ok(advice_load(dir, &e) == NULL && strstr(e.text, "no other.advice"),
	    "a language without other is refused");
	unlink(other);
	rmdir(lang);
	rmdir(dir);
	e.n = 0;
	ok(advice_load(dir, &e) == NULL && strstr(e.text, "No such file"), "no folder at all");
}

int
main(void)
{
	shipped();
	format();
	return done_testing();
}
