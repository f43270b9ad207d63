/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The source researcher: what it says of reports that are right, of each
 * mistake there is a reason for, and of every report cut or changed at any
 * byte: all bytes told, in order, never a crash.
 */
#include "feed.h"
#include "tap.h"

#define HEAD "{\"format\":\"researcher-report/1\",\"reporter\":{},\"title\":\"T t\",\"found\":\"2026-11-19\""
#define ONE HEAD ",\"systems\":[{\"address\":\"192.0.2.1\"}]}"
#define GOOD "{\"address\":\"192.0.2.9\"}"
#define DEEP20 "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]"

static char *
say(const char *p, size_t n, const char *want, int64_t fail)
{
	return feed(&tocsin_plugin_v1, p, n,
	    &(struct feed_how){ .cut = feed_whole, .want = want, .fail = fail, .quiet = true });
}

static int
count(const char *text, const char *what)
{
	int n = 0;

	while ((text = strstr(text, what)) != NULL)
		n++, text += strlen(what);
	return n;
}

/* ---- samples -------------------------------------------------------------- */

static void
test_sample(const char *name, const char *end)
{
	char path[200], *in, *want, *text;
	size_t n, m;

	snprintf(path, sizeof(path), "plugins/researcher/samples/%s.%s", name, end);
	in = feed_file(path, &n);
	snprintf(path, sizeof(path), "plugins/researcher/samples/%s.rows", name);
	want = feed_file(path, &m);
	if (!ok(in != NULL && want != NULL, "sample %s is there", name))
		exit(1);
	text = say(in, n, NULL, 0);
	is_str(text, want, name);
	free(text);
	free(in);
	free(want);
}

/* ---- mistakes, one at a time ---------------------------------------------- */

/* In a report with a good system before and behind it: this one is refused, for this
 * reason, those are rows. */
static const struct {
	const char *system, *why;
} systems[] = {
	{ "{\"address\":7}", "wrong type: address: expected a text, found a number" },
	{ "{\"address\":[\"192.0.2.1\"]}", "wrong type: address: expected a text, found a list" },
	{ "{\"address\":\"192.0.2.1\",\"port\":\"80\"}",
	    "wrong type: port: expected a whole number from 1 to 65535, found a text" },
	{ "{\"address\":\"192.0.2.1\",\"port\":80.5}",
	    "wrong type: port: expected a whole number from 1 to 65535, found a number" },
	{ "{\"address\":\"192.0.2.1\",\"port\":0}",
	    "out of range: port: expected a whole number from 1 to 65535" },
	{ "{\"address\":\"192.0.2.1\",\n\n\"port\":65536}",
	    "out of range: line 4: port: expected a whole number from 1 to 65535" },
	{ "{\"address\":\"192.0.2.1\",\"address\":\"192.0.2.2\"}",
	    "a key twice: \"address\" is there twice" },
	{ "{\"address\":\"192.0.2.1\",\"addr\\u0065ss\":\"192.0.2.2\"}",
	    "a key twice: \"address\" is there twice" },
	{ "{\"address\":\"192.0.2.1\",\"mine\":1,\"mine\":1}", "a key twice: \"mine\" is there twice" },
	{ "{\"address\":\"192.0.2.1\",\"mine\":{\"a\":1,\"a\":2}}",
	    "a key twice: duplicate object key near '\"a\"'" },
	{ "{\"address\":\"192.0.2.1\",\"mine\":" DEEP20 "}", "nested too deep: deeper than 16 levels" },
	{ "{\"address\":\"192.0.2.1\",\"seen\":\"\\u0000\"}", "NUL byte: \\x5cu0000 in a text" },
	{ "{\"address\":\"192.0.2.1\",\"seen\":\"\xc3\x28\"}", "bad UTF-8: bytes that are not UTF-8" },
	{ "{\"address\":\"192.0.2.1\",\"\xff\":1}", "bad UTF-8: bytes that are not UTF-8" },
	{ "{\"address\":\"192.0.2.1\",\"seen\":tru}", "not valid JSON: invalid token near 'tru'" },
	{ "{\"address\":\"192.0.2.1\",}", "not valid JSON: expected \"key\": value, and commas between" },
	{ "{\"address\":\"192.0.2.1\" \"port\":1}",
	    "not valid JSON: expected \"key\": value, and commas between" },
	{ "{\"address\" \"192.0.2.1\"}", "not valid JSON: expected \"key\": value, and commas between" },
	{ "{\"address\":\"192.0.2.1\",\"mine\":[1}", "not valid JSON: ']' expected near end of file" },
	{ "{\"address\":\"192.0.2.1\\q\"}", "not valid JSON: invalid escape near '\"192.0.2.1\\x5cq'" },
	{ "{\"address\":\"192.0.2.1\",\"class\":\"vulnerable-system \"}",
	    "unknown class: class: \"vulnerable-system \" is not "
	    "a type of the RSIT taxonomy; did you mean \"vulnerable-system\"?" },
	{ "{\"address\":\"192.0.2.1\",\"class\":\"qqqqqqqqqqqqqqqqqqqq\"}",
	    "unknown class: class: \"qqqqqqqqqqqqqqqqqqqq\" is not a type of the RSIT taxonomy" },
	{ "{\"address\":\"192.0.2.1\",\"severity\":\"bad\"}", "unknown severity: severity: expected info, "
	    "low, medium, high, critical, or a CVSS score from 0 to 10" },
	{ "{\"address\":\"192.0.2.1\",\"severity\":10.1}", "out of range: severity: expected info, low, "
	    "medium, high, critical, or a CVSS score from 0 to 10" },
	{ "{\"address\":\"192.0.2.1\",\"severity\":[]}", "wrong type: severity: expected info, low, "
	    "medium, high, critical, or a CVSS score from 0 to 10, found a list" },
	{ "{\"address\":\"192.0.2.1\",\"cves\":\"CVE-2026-12345\"}",
	    "wrong type: cves: expected a list of CVE numbers, such as [\"CVE-2026-12345\"], found a text" },
	{ "{\"address\":\"192.0.2.1\",\"cves\":[\"CVE-2026-123\"]}", "not a CVE number: cves: "
	    "\"CVE-2026-123\": expected a list of CVE numbers, such as [\"CVE-2026-12345\"]" },
	{ "{\"address\":\"192.0.2.1\",\"references\":[1]}",
	    "wrong type: references: expected a list of texts, found a number in it" },
	{ "{\"address\":\"192.0.2.1\",\"Reporter_Name\":\"x\"}",
	    "reserved key: \"Reporter_Name\" is a name this source writes itself" },
	{ "{\"address\":\"192.0.2.1\",\"cvss_score\":1}",
	    "reserved key: \"cvss_score\" is a name this source writes itself" },
	{ "{\"address\":\"192.0.2.1\",\"my key\":1}",
	    "bad key: \"my key\": expected up to 60 letters, digits, _ - ." },
	{ "{\"address\":\"192.0.2.1\",\"\":1}", "bad key: \"\": expected up to 60 letters, digits, _ - ." },
	{ "{\"port\":80}", "says no system: expected \"address\", \"host\", \"url\" or \"account\"" },
	{ "{\"address\":\"  \"}", "says no system: expected \"address\", \"host\", \"url\" or \"account\"" },
	{ "{\"host\":null,\"url\":null}",
	    "says no system: expected \"address\", \"host\", \"url\" or \"account\"" },
	{ "{\"address\":\"192.0.2.1\",\"title\":\"?!\"}", "out of range: title: expected letters or digits" },
	{ "{}", "says no system: expected \"address\", \"host\", \"url\" or \"account\"" },
	{ "[]", "wrong type: systems: expected an object for each system" },
	{ "null", "wrong type: systems: expected an object for each system" },
	{ "12", "wrong type: systems: expected an object for each system" },
	{ "\"192.0.2.1\"", "wrong type: systems: expected an object for each system" },
};

static void
test_systems(void)
{
	static const char before[] = HEAD ",\n\"systems\":[" GOOD ",";
	char in[2000], line[1000], *text;
	size_t i;

	for (i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		snprintf(in, sizeof(in), "%s%s," GOOD "]}", before, systems[i].system);
		text = say(in, strlen(in), NULL, 0);
		snprintf(line, sizeof(line), "reject %zu+%zu line 2 %s\n", strlen(before),
		    strlen(systems[i].system), systems[i].why);
		if (!ok(strstr(text, line) && count(text, "\nrow ") == 2 && strstr(text, "BAD") == NULL &&
		    strstr(text, "\nok\n"), "%s", systems[i].why))
			printf("# want %s# got %s", line, text);
		free(text);
	}
}

/* Whole inputs: what is refused, how many rows are left, how it ends. */
static const struct {
	const char *what, *in;
	size_t n;			/* 0: strlen */
	int rows;
	const char *has, *end;
} inputs[] = {
	{ "empty", "", 0, 0, "", "input given up\n" },
	{ "white space", " \n\t", 0, 0, "reject 0+3 line 1 no report in it\n", "input given up\n" },
	{ "not JSON", "hello\nworld\n", 0, 0, "reject 0+12 line 1 not a researcher's report\n",
	    "input given up\n" },
	{ "UTF-16", "{\0\"\0f\0", 6, 0, "reject 0+6 line 1 UTF-16 or UTF-32, not UTF-8\n",
	    "input given up\n" },
	{ "UTF-16 with mark", "\xff\xfe{\0", 4, 0, "UTF-16 or UTF-32, not UTF-8\n", "input given up\n" },
	{ "byte order mark", "\xef\xbb\xbf" ONE, 0, 1, "skip 0+95 line 1\n", "ok\n" },
	{ "one in a list", "[" ONE "]", 0, 1, "", "ok\n" },
	{ "an empty list", "[]", 0, 0, "no report in it", "input given up\n" },
	{ "two without line end", ONE ONE, 0, 2, "", "ok\n" },
	{ "two in a list", "[" ONE ",\n" ONE "\n]\n", 0, 2, "", "ok\n" },
	{ "no comma in the list", "[" ONE ONE "," ONE "]", 0, 2,
	    "not valid JSON: expected reports with commas between\n", "ok\n" },
	{ "the list not closed", "[" ONE ",", 0, 1, "cut off: the list of reports is not closed\n", "ok\n" },
	{ "garbage behind a report", ONE " x", 0, 1, "reject 118+1 line 1 text behind a report\nok\n",
	    "ok\n" },
	{ "garbage behind a list", "[" ONE "]]", 0, 1, "line 1 text behind the reports\n", "ok\n" },
	{ "garbage between", ONE "\nx y\n" ONE, 0, 2, "reject 118+4 line 2 text behind a report\n", "ok\n" },
	{ "a NUL behind", ONE "\0", sizeof(ONE), 1, "text behind a report\n", "ok\n" },
	{ "a NUL in the head", HEAD ",\"id\":\"a\0b\",\"systems\":[" GOOD "]}", sizeof(HEAD) + 45, 0,
	    "NUL byte: a NUL byte in a value", "ok\n" },
	{ "another format", "{\"format\":\"researcher-report/2\"}\n", 0, 0,
	    "not a researcher's report: format: expected \"researcher-report/1\"\n", "ok\n" },
	{ "another thing", "{\"xarf_version\":\"4\"}", 0, 0,
	    "reject 0+20 line 1 not a researcher's report: expected \"format\": \"researcher-report/1\"\n",
	    "ok\n" },
	{ "an unknown field", HEAD ",\n\"sytems\":[" GOOD "]}", 0, 0,
	    "unknown key: line 2: \"sytems\" is not a field of a report; did you mean \"systems\"?\n",
	    "ok\n" },
	{ "a field twice", HEAD ",\"tlp\":\"red\",\"tlp\":\"clear\",\"systems\":[" GOOD "]}", 0, 0,
	    "a key twice: \"tlp\" is there twice\n", "ok\n" },
	{ "an unknown field of the reporter",
	    "{\"format\":\"researcher-report/1\",\"title\":\"T\",\"found\":\"2026\",\"reporter\":"
	    "{\"mail\":\"a@b.example\"},\"systems\":[" GOOD "]}", 0, 0,
	    "unknown key: \"mail\" is not a field of the reporter", "ok\n" },
	{ "the reporter is a text",
	    "{\"format\":\"researcher-report/1\",\"title\":\"T\",\"found\":\"2026\",\"reporter\":"
	    "\"me\",\"systems\":[" GOOD "]}", 0, 0, "wrong type: reporter: expected an object", "ok\n" },
	{ "may_be_named is a text",
	    "{\"format\":\"researcher-report/1\",\"title\":\"T\",\"found\":\"2026\",\"reporter\":"
	    "{\"may_be_named\":\"no\"},\"systems\":[" GOOD "]}", 0, 0,
	    "wrong type: may_be_named: expected true or false, found a text", "ok\n" },
	{ "no title", "{\"format\":\"researcher-report/1\",\"title\":\" "
	    "\",\"found\":\"2026\",\"reporter\":{},\"systems\":[" GOOD "]}",
	    0, 0, "a field is missing: expected \"title\" (a text)\n", "ok\n" },
	{ "no reporter",
	    "{\"format\":\"researcher-report/1\",\"title\":\"T\",\"found\":\"2026\",\"systems\":[" GOOD "]}",
	    0, 0, "a field is missing: expected \"reporter\" (an object)\n", "ok\n" },
	{ "systems is an object", HEAD ",\"systems\":" GOOD "}", 0, 0,
	    "wrong type: systems: expected a list of systems\n", "ok\n" },
	{ "head behind the systems",
	    "{\"systems\":[" GOOD "],\"tlp\":\"red\"," "\"format\":\"researcher-report/1\",\"title\":\"T\","
	    "\"found\":\"2026\",\"reporter\":{}}", 0, 1, " | tlp=red", "ok\n" },
	{ "cut in a system", HEAD ",\"systems\":[" GOOD ",{\"address\":\"192", 0, 1,
	    "cut off: the input ends within it\n", "ok\n" },
	{ "cut behind a system", HEAD ",\"systems\":[" GOOD ", ", 0, 1,
	    "cut off: the input ends within a report\n", "ok\n" },
	{ "cut just behind a system", HEAD ",\"systems\":[" GOOD, 0, 1, "", "input given up\n" },
	{ "cut in the head", "{\"format\":\"researcher-report/1\",\"tit", 0, 0, "a field is missing",
	    "ok\n" },
	{ "the list of systems not closed", HEAD ",\"systems\":[" GOOD "}\n" ONE, 0, 2,
	    "not valid JSON: the list of systems is not closed\n", "ok\n" },
	{ "a bracket too many", HEAD ",\"systems\":[" GOOD "}," GOOD "]}\n" ONE, 0, 2,
	    "reject 116+27 line 1 text behind a report\n", "ok\n" },
	{ "brackets that do not fit, then a report", HEAD ",\"systems\":[{\"address\":{\"192.0.2.1\"}]\n"
	    ONE "\n", 0, 1, "not valid JSON: brackets that do not fit\n", "ok\n" },
	{ "a quote missing, one a line", HEAD ",\"systems\":[\n " GOOD ",\n {\"address\":\"192.0.2.2},\n "
	    GOOD "\n]}", 0, 2, "reject 120+22 line 3 not valid JSON", "ok\n" },
	{ "what is inside a broken system is no system", HEAD ",\"systems\":[\n {\"address\":\"192.0.2.2,\n"
	    "  \"peers\":[\n  " GOOD ",\n  " GOOD "\n  ]},\n " GOOD "\n]}", 0, 1, "not valid JSON", "ok\n" },
};

static void
test_inputs(void)
{
	size_t i;
	char *text;

	for (i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		size_t n = inputs[i].n ? inputs[i].n : strlen(inputs[i].in), m;

		text = say(inputs[i].in, n, NULL, 0);
		m = strlen(text);
		if (!ok(strstr(text, inputs[i].has) && count(text, "\nrow ") == inputs[i].rows &&
		    strstr(text, "BAD") == NULL &&
		    strcmp(text + m - strlen(inputs[i].end), inputs[i].end) == 0, "%s", inputs[i].what))
			printf("# want %d rows, %s, %s# got %s", inputs[i].rows, inputs[i].has,
			    inputs[i].end, text);
		free(text);
	}
}

static void
test_values(void)
{
	static const struct { const char *in, *want; } v[] = {
		{ "0", "info" }, { "0.1", "low" }, { "3.9", "low" }, { "4.0", "medium" }, { "6.9", "medium" },
		{ "7", "high" }, { "8.9", "high" }, { "9.0", "critical" }, { "10", "critical" },
		{ "\"High\"", "high" },
	};
	char in[500], want[100], *text;
	size_t i;

	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		snprintf(in, sizeof(in), HEAD ",\"systems\":[{\"address\":\"192.0.2.1\",\"severity\":%s}]}",
		    v[i].in);
		snprintf(want, sizeof(want), " | severity=%s\n", v[i].want);
		text = say(in, strlen(in), "|severity|", 0);
		ok(strstr(text, want) != NULL, "severity %s is %s", v[i].in, v[i].want);
		free(text);
	}
	snprintf(in, sizeof(in),
	    HEAD ",\"severity\":9.9,\"systems\":[{\"address\":\"192.0.2.1\",\"severity\":\"low\"}]}");
	text = say(in, strlen(in), "|severity|extra.cvss_score|", 0);
	ok(strstr(text, " | severity=low\n") != NULL, "a word of its own does not keep the report's score");
	free(text);
	snprintf(in, sizeof(in),
	    HEAD ",\"cves\":[\"cve-2026-20000\",\"CVE-2026-10000\",\"CVE-2026-10000\"],\"systems\":[" GOOD
	    ",{\"url\":\"https://shop.example/\",\"cves\":[]}]}");
	text = say(in, strlen(in), "|classification.identifier|product.vulnerabilities|source.url|", 0);
	ok(strstr(text, " | product.vulnerabilities=cve-2026-10000;cve-2026-20000 | "
	    "classification.identifier=cve-2026-20000\n")
	    && strstr(text, " | source.url=https://shop.example/ | classification.identifier=t-t\n"),
	    "CVEs sorted, each once; the first identifies; an empty list is none");
	free(text);
}

/* ---- anything at all ------------------------------------------------------ */

/* Every sample cut after every byte, and with bytes changed: all is told, and nothing is read
 * that is not there. */
static void
test_hostile(const char *name)
{
	static const char put[] = "{}[]\",:\\\n\0 1x\xff";
	char path[200], *in, *copy, *text;
	uint64_t seed = 88172645463325252ULL;
	size_t n, i, bad = 0;

	snprintf(path, sizeof(path), "plugins/researcher/samples/%s", name);
	if ((in = feed_file(path, &n)) == NULL || (copy = malloc(n)) == NULL)
		exit(1);
	for (i = 0; i <= n; i++) {
		text = say(in, i, "|source.ip|", 0);
		bad += strstr(text, "BAD") != NULL;
		free(text);
	}
	is_int(bad, 0, "cut after every byte");
	for (i = 0; i < 3000; i++) {
		size_t k, changes = feed_rand(&seed) % 4 + 1;

		memcpy(copy, in, n);
		for (k = 0; k < changes; k++)
			copy[feed_rand(&seed) % n] = put[feed_rand(&seed) % (sizeof(put) - 1)];
		text = say(copy, n, "|source.ip|", 0);
		bad += strstr(text, "BAD") != NULL;
		free(text);
	}
	is_int(bad, 0, "3,000 times with bytes changed");
	free(in);
	free(copy);
}

static void
test_no_memory(void)
{
	char *in, *text;
	int64_t i, clean = 0;
	size_t n;

	if ((in = feed_file("plugins/researcher/samples/found.jsonl", &n)) == NULL)
		exit(1);
	for (i = 1; i <= 60; i++) {
		text = say(in, n, NULL, i);
		clean += strstr(text, "no memory\n") != NULL || strstr(text, "\nok\n") != NULL;
		free(text);
	}
	is_int(clean, 60, "each allocation may fail");
	free(in);
}

/* Brackets by the million, and more keys than there is room for. */
static void
test_large(void)
{
	size_t n = 3 << 20, at, i;
	char *in = malloc(n + 1000), *text;

	at = (size_t)snprintf(in, 1000, HEAD ",\"systems\":[{\"address\":\"192.0.2.1\",\"mine\":");
	memset(in + at, '[', n);
	text = say(in, at + n, NULL, 0);
	ok(strstr(text, "BAD") == NULL && strstr(text, "reject "), "three million brackets");
	free(text);
	memset(in + at, ' ', n);
	at += n + (size_t)snprintf(in + at + n, 100, "1}," GOOD "]}");
	text = say(in, at, NULL, 0);
	ok(strstr(text, "line 1 too long: a system may have 1 MiB\n") && count(text, "\nrow ") == 1,
	    "a system of 3 MiB");
	free(text);
	at = (size_t)snprintf(in, 1000, HEAD ",\"systems\":[");
	for (i = 0; i < 70; i++)
		at += (size_t)snprintf(in + at, 100, "{\"address\":\"192.0.2.1\",\"k%zu\":%zu},", i, i);
	at += (size_t)snprintf(in + at, 100, GOOD "]}");
	text = say(in, at, NULL, 0);
	ok(count(text, "\nrow ") == 65 &&
	    count(text, "too many keys: systems may have 64 keys of their own\n") == 6 &&
	    strstr(text, "extra.k63=63\n"), "more keys of their own than 64");
	free(text);
	free(in);
}

int
main(void)
{
	test_sample("vpn", "json");
	test_sample("found", "jsonl");
	test_sample("mistakes", "json");
	test_systems();
	test_inputs();
	test_values();
	test_hostile("vpn.json");
	test_hostile("found.jsonl");
	test_hostile("mistakes.json");
	test_no_memory();
	test_large();
	return done_testing();
}
