/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration: a good one is read with its defaults, and each wrong one
 * gives an error that names file, line, what was expected and the nearest name.
 */
#include <unistd.h>
#include "config.h"
#include "mem.h"
#include "tap.h"

#define HEAD "identity = { name = \"Example CERT\"; from = \"w@cert.example\"; " \
	"verify = \"https://cert.example/v\"; };\n" \
	"ledger = \"l.db\";\nspool = \"/s\";\n"
#define SOURCES "sources = ( { name = \"a\"; plugin = \"iodef\"; from = \"dir:in\"; } );\n"
#define DELIVER "deliver = { notifiers = ( { name = \"mail\"; plugin = \"maildir\"; path = \"out\"; } ); };\n"

static const struct {
	const char	*what, *text, *want;	/* want: what the error must hold */
} wrong[] = {
	{ "an unknown setting names the nearest", HEAD SOURCES DELIVER "ledgre = \"x\";\n",
	    ":6: unknown setting \"ledgre\", did you mean \"ledger\"?" },
	{ "a missing setting is named", "ledger = \"l\";\nspool = \"s\";\n" SOURCES DELIVER,
	    "\"identity\" is missing" },
	{ "a syntax error has its line", HEAD "sources = (\n;\n", ":5: syntax error" },
	{ "a wrong duration says what was expected",
	    HEAD "sources = ( { name = \"a\"; plugin = \"p\"; from = \"dir:x\"; every = \"often\"; } );\n"
	    DELIVER, ":4: every = \"often\": expected a duration" },
	{ "a wrong transport says what was expected",
	    HEAD "sources = ( { name = \"a\"; plugin = \"p\"; from = \"in\"; } );\n" DELIVER,
	    "expected dir:FOLDER" },
	{ "a wrong label says which there are",
	    HEAD "sources = ( { name = \"a\"; plugin = \"p\"; from = \"dir:x\"; tlp = \"blue\"; } );\n"
	    DELIVER, "expected clear, green, amber" },
	{ "two sources of one name",
	    HEAD "sources = ( { name = \"a\"; plugin = \"p\"; from = \"dir:x\"; },\n"
	    "{ name = \"a\"; plugin = \"p\"; from = \"dir:y\"; } );\n" DELIVER,
	    ":5: source \"a\" is already defined on line 4" },
	{ "via names no notifier",
	    HEAD SOURCES "deliver = { notifiers = ( { name = \"mail\"; plugin = \"m\"; }, "
	    "{ name = \"x\"; plugin = \"i\"; via = \"mial\"; } ); };\n",
	    "no such notifier, did you mean \"mail\"?" },
	{ "a redirect must be a mailbox",
	    HEAD SOURCES "deliver = { redirect = \"me\"; notifiers = ( ); };\n",
	    "expected an e-mail address" },
	{ "a rate that is none",
	    HEAD SOURCES "deliver = { rate = ( { domain = \"*\"; most = \"60\"; } ); notifiers = ( ); };\n",
	    ":5: most = \"60\": expected a number of warnings and a duration, such as \"60/1m\"" },
	{ "too many sessions",
	    HEAD SOURCES "deliver = { notifiers = ( { name = \"m\"; plugin = \"m\"; "
	    "sessions = 129; } ); };\n",
	    ":5: sessions: expected a number from 1 to 128" },
	{ "a number where a text belongs",
	    HEAD "sources = ( { name = 5; plugin = \"p\"; from = \"dir:x\"; } );\n" DELIVER,
	    ":4: name: expected a text" },
};

static const char *
write_file(const char *dir, const char *text)
{
	static char path[300];
	FILE *f;

	snprintf(path, sizeof path, "%s/t.conf", dir);
	f = fopen(path, "w");
	if (f) {
		fputs(text, f);
		fclose(f);
	}
	return path;
}

int
main(void)
{
	char dir[] = "/tmp/t_config.XXXXXX";
	struct err e = ERR_INIT;
	struct config *c;
	size_t i;

	if (mkdtemp(dir) == NULL)
		return 99;
	c = config_load(write_file(dir, HEAD SOURCES DELIVER), &e);
	if (!ok(c != NULL, "a good one is read"))
		printf("# %s\n", e.text);
	else {
		is_int(c->nsource, 1, "one source");
		ok(c->ledger[0] == '/' && strstr(c->ledger, "/l.db"),
		    "a relative file is seen from the configuration's folder");
		ok(strncmp(c->source[0].from, "dir:/tmp/", 9) == 0, "so is a source's folder");
		is_int(c->source[0].tlp, TLP_AMBER, "without a label it is amber");
		is_int(c->decide.repeat_compromised, 7 * 86400, "compromised: every 7 days");
		ok(c->notifier[0].ngiven == 1 && strcmp(c->notifier[0].given[0].name, "path") == 0,
		    "what no key knows is the plugin's");
	}
	config_free(c);
	for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		e = (struct err)ERR_INIT;
		c = config_load(write_file(dir, wrong[i].text), &e);
		if (!ok(c == NULL && strstr(e.text, wrong[i].want), "%s", wrong[i].what))
			printf("#  got: %s\n# want: %s\n", e.text, wrong[i].want);
		config_free(c);
	}
	e = (struct err)ERR_INIT;
	c = config_load("/nonexistent/t.conf", &e);
	ok(c == NULL && strstr(e.text, "/nonexistent/t.conf"), "a file that is not there is named");
	unlink(write_file(dir, ""));
	rmdir(dir);
	return done_testing();
}
