/* SPDX-License-Identifier: Apache-2.0 */
/* core/2-decode/feedfile.c and feedset.c: reading feeds, and what is said of wrong ones. */
#include <sys/stat.h>
#include <unistd.h>
#include "2-decode/feedfile.h"
#include "tap.h"

static char dir[] = "/tmp/t_feedfile.XXXXXX";

static void
put(const char *name, const char *text)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "w");
	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		abort();
}

static const char *
path(const char *name)
{
	static char p[200];

	snprintf(p, sizeof p, "%s/%s", dir, name);
	return p;
}

static const struct { const char *line, *want; } wrong[] = {
	{ "knd service", "t.feed:4: unknown word 'knd'; did you mean 'kind'?" },
	{ "kind servce", "t.feed:4: unknown kind 'servce'; did you mean 'service'?" },
	{ "kind", "t.feed:4: expected kind here" },
	{ "need a source.ipp", "t.feed:4: unknown field 'source.ipp'; did you mean 'source.ip'?" },
	{ "need a source.ip adress", "t.feed:4: unknown conversion 'adress'; did you mean 'address'?" },
	{ "need a source.ip known",
	    "t.feed:4: source.ip is an address: expected the conversion 'address', or none" },
	{ "need a time.source text",
	    "t.feed:4: time.source is a time: expected the conversion 'utc' or 'time', or none" },
	{ "need a||b source.ip", "t.feed:4: expected a column before and after each '|'" },
	{ "need a", "t.feed:4: expected a field, or extra.NAME here" },
	{ "need a source.ip address more", "t.feed:4: expected the end of the line, got 'more'" },
	{ "class vulnerable-system x", "t.feed:4: expected a class as TAXONOMY/TYPE, like "
	    "vulnerable/vulnerable-system, or -, got 'vulnerable-system'" },
	{ "class malicious-code/vulnerable-system x",
	    "t.feed:4: type 'vulnerable-system' belongs to 'vulnerable', got 'malicious-code'" },
	{ "class vulnerable/vulnerable x",
	    "t.feed:4: unknown type 'vulnerable'; the types are those of RSIT, like vulnerable-system" },
	{ "class - x when", "t.feed:4: expected a column here" },
	{ "class - x when a hass b", "t.feed:4: unknown word after the column 'hass'; did you mean 'has'?" },
	{ "severity hi",
	    "t.feed:4: unknown severity 'hi'; expected one of: info, low, medium, high, critical" },
	{ "tlp ambr", "t.feed:4: unknown TLP label 'ambr'; did you mean 'amber'?" },
	{ "zone Mars/Base",
	    "t.feed:4: unknown time zone 'Mars/Base'; expected a name like Europe/Amsterdam" },
	{ "set source.port 70000", "t.feed:4: '70000' is not what source.port may hold" },
	{ "set source.port", "t.feed:4: expected a value for source.port" },
	{ "use ../x", "t.feed:4: expected the name of a file of this folder, got '../x'" },
	{ "use nothere", "nothere: No such file or directory" },
	{ "use t.feed", "t.feed:1: a file that is used has no feed of its own" },
	{ "subject source a", "t.feed:4: columns are for subject name and account; an address is what "
	    "source.ip or destination.ip says" },
	{ "option x", "t.feed:4: expected a value for option x" },
};

static void
test_wrong(void)
{
	char text[400], *want;
	size_t i;

	for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct err e = ERR_INIT;
		struct feedset *s;

		snprintf(text, sizeof text, "feed t\nkind event\nclass other/other x\n%s\n", wrong[i].line);
		put("t.feed", text);
		s = feedset_open(path("t.feed"), &e);
		want = strstr(e.text, wrong[i].want);
		ok(s == NULL && want != NULL && strcmp(want, wrong[i].want) == 0, "%s", wrong[i].line);
		if (want == NULL)
			printf("#  got: %s\n# want: %s\n", e.text, wrong[i].want);
		feedset_free(s);
	}
}

static void
test_missing(void)
{
	static const struct { const char *text, *want; } whole[] = {
		{ "kind event\nclass other/other x\n", "no 'feed' line; expected feed and the report type" },
		{ "feed t\nclass other/other x\n",
		    "no 'kind' line; expected kind service, event, name or account" },
		{ "feed t\nkind event\n", "no 'class' line and no column for classification.type; expected "
		    "class TAXONOMY/TYPE and an identifier" },
		{ "", "no 'feed' line; expected feed and the report type" },
	};
	struct err e;
	size_t i;

	for (i = 0; i < sizeof whole / sizeof *whole; i++) {
		e = (struct err)ERR_INIT;
		put("t.feed", whole[i].text);
		ok(feedset_open(path("t.feed"), &e) == NULL && strstr(e.text, whole[i].want) != NULL, "%s",
		    whole[i].want);
	}
	e = (struct err)ERR_INIT;
	put("t.feed", "feed t\nkind event\nclass other/other x\nknd\nmay a b.c\n");
	ok(feedset_open(path("t.feed"), &e) == NULL && e.n == 2, "errors are counted");
}

static void
test_good(void)
{
	struct err e = ERR_INIT;
	struct feedset *s;
	const struct feed *f;
	int64_t day;

	put("common", "may b extra. known\ndrop z\n");
	put("t.feed", "# a comment\nfeed t\nname \"My feed\"   # behind\nabout https://feed.example/#t\n"
	    "provider Someone\nkind name\nsubject name site|web\n"
	    "class intrusions/system-compromise webshell\nseverity high\ntlp green\nzone Europe/Amsterdam\n"
	    "set protocol.application HTTP\nset extra.seen by us\nuse common\nneed when time.source\n"
	    "need ip source.ip\ncolumns when ip b site\ndelimiter semicolon\nfiles mine-{day}.txt\n");
	s = feedset_open(path("t.feed"), &e);
	ok(s != NULL, "a feed with everything: %s", e.text);
	if (s == NULL)
		return;
	is_str(feedset_name(s), "t", "it is a set of one");
	is_str(feedset_plugin(s), "csv", "of csv");
	f = feedset_match(s, "x/mine-2026-11-20.txt.gz", &day, &e);
	ok(f != NULL && day == 20777 * DAY * NS, "its pattern gives the day");
	if (f != NULL) {
		is_str(f->name, "My feed", "name");
		is_str(f->about, "https://feed.example/#t", "a # inside a word is no comment");
		ok(f->kind == KIND_NAME && f->subject == SUBJECT_NAME && f->part == PART_INFECTED,
		    "kind, subject and part");
		ok(f->tlp == TLP_GREEN && f->severity == SEV_HIGH && f->body->zone != NULL,
		    "tlp, severity, zone");
		is_int(f->body->nmap, 4, "lines");
		ok(f->body->map[0].need && f->body->map[0].conv == CONV_TIME, "needs first");
		is_str(f->body->map[2].extra, "b", "extra. is the column's name");
		ok(tcs_is(f->body->set[0].v.text, "http"), "what is set is made canonical");
		ok(f->noption == 3 && strcmp(f->option[1].name, "columns") == 0 &&
		    strcmp(f->option[1].value, "when,ip,b,site") == 0, "options of the plugin");
	}
	ok(!feedset_takes(s, "other.txt"), "another name is not taken");
	feedset_free(s);
}

static void
test_set(void)
{
	struct err e = ERR_INIT;
	struct feedset *s;
	const char *const *type;
	int64_t day;
	size_t i;
	static const struct { const char *name, *type; bool day; } names[] = {
		{ "2026-11-20-scan_rdp-nl.csv", "scan_rdp", true },
		{ "2026-11-20-scan6_rdp-example-com.csv", "scan6_rdp", true },
		{ "scan_rdp.csv", "scan_rdp", false }, { "scan_rdp-2.csv.gz", "scan_rdp", false },
		{ "20261120-scan_rdp.csv", "scan_rdp", true },
		{ "4711-2026-11-20-scan_rdp-x.y-z.csv", "scan_rdp", true },
		{ "4711-scan_rdp-nl.csv", "scan_rdp", false },
		{ "a/b\\2026-11-20-SCAN_RDP-nl.CSV", "scan_rdp", true },
		{ "2026-11-20-scan_rdp_ipv6-nl.csv", "scan6_rdp", true },
		{ "2026-11-20-scan_http_ipv4-nl.csv", "scan_http", true },
		{ "2026-11-20-scan_http_new-nl.csv", NULL, true },
		{ "2026-11-20-scan_rpd-nl.csv", NULL, true }, { "report.xml", NULL, false },
		{ "2026-13-20-scan_rdp.csv", NULL, false },
	};

	put("s.set", "plugin csv\nprovider Someone\nfiles {number}-{day}-{type}[-{rest}].csv\n"
	    "files {day}-{type}[-{rest}].csv\n"
	    "files {number}-{type}[-{rest}].csv\nfiles {type}[-{rest}].csv\noption comment \"#\"\n");
	mkdir(path("s"), 0700);
	put("s/scan_rdp.feed", "feed scan_rdp\nkind service\nclass other/other x\n");
	put("s/scan6_rdp.feed", "feed scan6_rdp\nkind service\nclass other/other x\n");
	put("s/scan_http.feed", "feed scan_http\nkind service\nclass other/other x\n");
	s = feedset_open(path("s"), &e);
	ok(s != NULL && feedset_types(s, &type) == 3, "a set of three: %s", e.text);
	if (s == NULL)
		return;
	is_str(type[0], "scan6_rdp", "sorted");
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		const struct feed *f = feedset_match(s, names[i].name, &day, &e);

		is_str(f ? f->id : NULL, names[i].type, names[i].name);
		if (f != NULL)
			ok((day != TIME_NONE) == names[i].day &&
			    (day == TIME_NONE || day == 20777 * DAY * NS), "its day");
	}
	e = (struct err)ERR_INIT;
	ok(feedset_match(s, "2026-11-20-scan_rpd-nl.csv", &day, &e) == NULL && strstr(e.text, "'scan_rdp'"),
	    "%s", e.text);
	ok(feedset_check(s, &e), "all of it is right");
	is_str(feedset_get(s, "scan_rdp", &e)->provider, "Someone", "the set's provider");
	feedset_free(s);
	put("s/scan_x.feed", "feed scan_y\nkind service\nclass other/other x\n");
	put("s/scan_z.feed", "feed scan_z\nknd\n");
	e = (struct err)ERR_INIT;
	s = feedset_open(path("s.set"), &e);
	ok(s != NULL && !feedset_check(s, &e) && e.n == 2 &&
	    strstr(e.text, "says feed scan_y, expected scan_x") != NULL, "two are wrong: %s", e.text);
	feedset_free(s);
	put("s.set", "plugn csv\n");
	e = (struct err)ERR_INIT;
	ok(feedset_open(path("s"), &e) == NULL &&
	    strstr(e.text, "s.set:1: unknown word 'plugn'; did you mean 'plugin'?") != NULL, "%s", e.text);
	e = (struct err)ERR_INIT;
	ok(feedset_open(path("none"), &e) == NULL && strstr(e.text, "none.set: No such file") != NULL, "%s",
	    e.text);
}

int
main(void)
{
	char cmd[64];

	if (mkdtemp(dir) == NULL)
		return 1;
	test_wrong();
	test_missing();
	test_good();
	test_set();
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	return system(cmd) != 0 || done_testing();
}
