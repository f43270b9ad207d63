/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The source iodef: what it says of the samples, that each record is just an
 * element's bytes, each refusal, and every sample cut or changed at any byte.
 */
#include "feed.h"
#include "tap.h"

#define TOP "<IODEF-Document version=\"2.00\"><Incident purpose=\"reporting\" restriction=\"green\">" \
	"<IncidentID name=\"a.example\">1</IncidentID><GenerationTime>2026-11-20T00:00:00Z</GenerationTime>"
#define END "</Incident></IODEF-Document>"
#define SYSTEM "<System category=\"target\"><Node><Address " \
	"category=\"ipv4-addr\">192.0.2.1</Address></Node></System>"
#define FLOW "<EventData><Flow>" SYSTEM "</Flow></EventData>"
#define DOC TOP FLOW END
#define JSYSTEM "{\"Node\":{\"Address\":[{\"value\":\"192.0.2.1\"}]},\"category\":null}"
#define JSON(s) "{\"Incident\":[{\"purpose\":1,\"System\":[" s "]}]}"
#define X10(s) s s s s s s s s s s

static char *
say(const char *p, size_t n, const char *want, const char *opt, int64_t fail)
{
	return feed(&tocsin_plugin_v1, p, n, &(struct feed_how){ .cut = feed_whole, .want = want,
	    .opts = { opt }, .fail = fail, .quiet = true });
}

static int
count(const char *text, const char *what)
{
	int n = 0;

	while ((text = strstr(text, what)) != NULL)
		n++, text += strlen(what);
	return n;
}

/* Every row of it is the bytes of one element, or a line of a list, or a value of JSON. */
static bool
rows_are_elements(const char *text, const char *in)
{
	static const char *const names[] = { "System", "i:System", "Incident", "Observable",
		"BulkObservableList" };
	unsigned long off, len;
	const char *p;
	size_t i, n;

	while ((text = strstr(text, "\nrow ")) != NULL) {
		char *end;

		off = strtoul(text + 5, &end, 10);
		len = strtoul(end + 1, &end, 10);
		text += 5;
		p = in + off;
		if (len == 0 || (p[0] == '{') != (p[len - 1] == '}'))
			return false;
		if (p[0] != '<')
			continue;
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			n = strlen(names[i]);
			if (len > n + 2 && strncmp(p + 1, names[i], n) == 0 && p[len - 1] == '>' &&
			    strncmp(p + len - 1 - n, names[i], n) == 0)
				break;
		}
		if (i == sizeof(names) / sizeof(names[0]))
			return false;
	}
	return true;
}

static void
test_sample(const char *name)
{
	char path[200], *in, *want, *text;
	size_t n, m;

	snprintf(path, sizeof(path), "plugins/iodef/samples/%s", name);
	in = feed_file(path, &n);
	snprintf(path, sizeof(path), "plugins/iodef/samples/%.*s.rows", (int)strcspn(name, "."), name);
	want = feed_file(path, &m);
	if (!ok(in != NULL && want != NULL, "sample %s is there", name))
		exit(1);
	text = say(in, n, NULL, NULL, 0);
	is_str(text, want, name);
	ok(rows_are_elements(text, in), "%s: each record is an element", name);
	free(text);
	free(in);
	free(want);
}

/* ---- refusals ------------------------------------------------------------- */

#define LAUGH "<!DOCTYPE a [<!ENTITY a \"haha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">" \
	"<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">]>"
#define DEEP(e) X10("<" e ">") X10("<" e ">") X10("<" e ">") X10("<" e ">") X10("<" e ">") X10("<" e ">") \
	X10("<" e ">")
#define PLAIN_DTD \
	"<!DOCTYPE IODEF-Document PUBLIC \"-//IETF//DTD RFC 5070 IODEF v1.0//EN\" \"IODEF-Document.dtd\">"

static const struct {
	const char *what, *opt, *in;
	size_t n;			/* 0: strlen */
	int rows;
	const char *has, *end;
} inputs[] = {
	{ "a document", NULL, DOC, 0, 1, "skip 0+194 line 1\nrow 194+97 line 1 | source.ip=192.0.2.1",
	    "ok\n" },
	{ "byte order mark", NULL, "\xef\xbb\xbf" DOC, 0, 1, "row 197+97 line 1", "ok\n" },
	{ "US-ASCII", NULL, "<?xml version='1.0' encoding='US-ASCII'?>" DOC, 0, 1, "row 235+97 line 1",
	    "ok\n" },
	{ "empty", NULL, "", 0, 0, "", "input given up\n" },
	{ "not XML", NULL, "version=2.0", 0, 0,
	    "reject 0+11 line 1 not well-formed XML: line 1: Start tag expected", "input given up\n" },
	{ "JSON without incident", NULL, "{\"version\":\"2.0\"}", 0, 0, "no incident in it",
	    "input given up\n" },
	{ "JSON", NULL, JSON(JSYSTEM), 0, 1, "skip 0+36 line 1\nrow 36+60 line 1 | source.ip=192.0.2.1",
	    "ok\n" },
	{ "two documents of JSON", NULL, JSON(JSYSTEM) "\n" JSON(JSYSTEM), 0, 2, "line 2 ", "ok\n" },
	{ "an array of them", NULL, " [" JSON(JSYSTEM) "," JSON(JSYSTEM) "]", 0, 2, "", "ok\n" },
	{ "JSON, a member twice", NULL, "{\"Incident\":[],\"Incident\":[]}", 0, 0,
	    "a member twice in one object: line 1: Incident\n", "input given up\n" },
	{ "JSON, cut in the second incident", NULL,
	    "{\"Incident\":[{\"System\":[" JSYSTEM "]},{\"System\":[" JSYSTEM, 0, 1,
	    "not well-formed JSON: line 1: expected ',' or ']'\n", "ok\n" },
	{ "JSON with text behind", NULL, JSON(JSYSTEM) "x", 0, 1,
	    "not well-formed JSON: line 1: text behind the document\n", "ok\n" },
	{ "JSON with NUL", NULL, JSON("{\"Description\":\"\\u0000\"}"), 0, 0, "NUL byte: line 1: ",
	    "input given up\n" },
	{ "half a pair", NULL, JSON("{\"Description\":\"\\ud83d\"}"), 0, 0, "half of a surrogate pair\n",
	    "input given up\n" },
	{ "a byte that is not UTF-8", NULL, JSON("{\"Description\":\"\xe9\"}"), 0, 0, "bad UTF-8: line 1: ",
	    "input given up\n" },
	{ "not a number", NULL, JSON("{\"category\":nan}"), 0, 0, "expected a value\n", "input given up\n" },
	{ "JSON nested too deep", NULL, X10("[[[[[[["),
	    0, 0, "nested too deep: line 1: more than 64 levels\n", "input given up\n" },
	{ "indicators, when they are not to be read", "indicators=skip", TOP "<IndicatorData><Indicator>"
	    "<Observable><Address>192.0.2.1</Address></Observable></Indicator></IndicatorData>" END, 0, 0,
	    "nobody to warn", "ok\n" },
	{ "another document", NULL, "<nmaprun><host/></nmaprun>", 0, 0,
	    "no incident in it: expected IODEF-Document, found nmaprun\n", "input given up\n" },
	{ "a document without incident", NULL, "<IODEF-Document/>", 0, 0, "no incident in it",
	    "input given up\n" },
	{ "a billion laughs", NULL, LAUGH "<IODEF-Document>&d;</IODEF-Document>", 0, 0,
	    "document type with declarations: entities are never expanded\n", "input given up\n" },
	{ "the same, doctype = ignore", "doctype=ignore", LAUGH "<IODEF-Document>&d;</IODEF-Document>", 0, 0,
	    "document type with declarations: entities are never expanded\n", "input given up\n" },
	{ "an external entity", "doctype=ignore", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
	    TOP "<Description>&x;</Description>" FLOW END, 0, 0, "document type with declarations",
	    "input given up\n" },
	{ "an external parameter entity", "doctype=ignore",
	    "<!DOCTYPE a [<!ENTITY % x SYSTEM \"file:///etc/passwd\">%x;]>" DOC,
	    0, 0, "document type with declarations", "input given up\n" },
	{ "a document type, refused", "doctype=refuse", PLAIN_DTD DOC, 0, 0,
	    "document type: IODEF has none", "input given up\n" },
	{ "a document type without declarations", NULL, PLAIN_DTD DOC, 0, 1, "", "ok\n" },
	{ "and an entity nobody declared", "doctype=ignore", PLAIN_DTD TOP "<Description>&x;</Description>"
	    FLOW END, 0, 0, "not well-formed XML: line 1: Entity 'x' not defined\n", "input given up\n" },
	{ "an entity without document type", NULL, TOP "<Description>&x;</Description>" FLOW END, 0, 0,
	    "not well-formed XML: line 1: Entity 'x' not defined\n", "input given up\n" },
	{ "the five that XML has", NULL, TOP "<Description>&lt;&amp;&gt;&quot;&apos;&#65;</Description>"
	    FLOW END, 0, 1, " | event_description.text=<&>\"'A", "ok\n" },
	{ "nested too deep", NULL, TOP DEEP("EventData"), 0, 0, "nested too deep: more than 64 levels\n",
	    "input given up\n" },
	{ "declared ISO-8859-1", NULL, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" DOC, 0, 0,
	    "wrong encoding: ISO-8859-1; expected UTF-8\n", "input given up\n" },
	{ "UTF-16", NULL, "\xff\xfe<\0a\0/\0>\0", 10, 0,
	    "wrong encoding: UTF-16 or UTF-32; expected UTF-8\n", "input given up\n" },
	{ "UTF-16 without mark", NULL, "<\0a\0/\0>\0", 8, 0, "wrong encoding: UTF-16", "input given up\n" },
	{ "bad UTF-8", NULL, TOP "<Description>\xe9t\xe9</Description>" FLOW END, 0, 0,
	    "bad UTF-8: line 1: ", "input given up\n" },
	{ "NUL", NULL, DOC "\0", sizeof(DOC), 0, "NUL byte: XML has none\n", "input given up\n" },
	{ "cut in the second incident", NULL, TOP FLOW "</Incident><Incident purpose=\"reporting\">" FLOW,
	    0, 1, "not well-formed XML: line 1: ", "ok\n" },
	{ "broken in the first", NULL, TOP "<Description>x</Incident></IODEF-Document>", 0, 0,
	    "not well-formed XML: line 1: Opening and ending tag mismatch: Description line 1 and Incident\n",
	    "input given up\n" },
	{ "text behind", NULL, DOC "x", 0, 1,
	    "not well-formed XML: line 1: Extra content at the end of the document\n", "ok\n" },
	{ "an empty system", NULL, TOP "<EventData><Flow><System/>" SYSTEM "</Flow></EventData>" END, 0, 1,
	    "reject 194+9 line 1 no address or name\n", "ok\n" },
	{ "comment, instruction, CDATA", NULL,
	    TOP "<!-- <System> --><?x <System> ?><Description><![CDATA[<System>]]></Description>"
	    FLOW END, 0, 1, " | event_description.text=<System>", "ok\n" },
	{ "a bracket in an attribute", NULL, TOP "<EventData><Flow><System category=\"target\" "
	    "interface=\"a>b\"><Node><Address>192.0.2.1</Address></Node></System></Flow></EventData>" END, 0,
	    1, "row 194+92 line 1 ", "ok\n" },
	{ "only an intermediate",
	    NULL, TOP "<EventData><Flow><System category=\"intermediate\"><Node><Address>192.0.2.1"
	    "</Address></Node></System></Flow></EventData>" END, 0, 0, "nobody to warn", "ok\n" },
	{ "an unknown category", NULL,
	    TOP "<EventData><Flow><System category=\"ext-value\"><Node><Address>192.0.2.1"
	    "</Address></Node></System></Flow></EventData>" END, 0, 0, "nobody to warn", "ok\n" },
};

static void
test_inputs(void)
{
	size_t i, n, m;
	char *text;

	for (i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		n = inputs[i].n ? inputs[i].n : strlen(inputs[i].in);
		text = say(inputs[i].in, n, NULL, inputs[i].opt, 0);
		m = strlen(text);
		if (!ok(strstr(text, inputs[i].has) && count(text, "\nrow ") == inputs[i].rows &&
		    strstr(text, "BAD") == NULL &&
		    strcmp(text + m - strlen(inputs[i].end), inputs[i].end) == 0, "%s", inputs[i].what))
			printf("# want %d rows, %s, %s# got %s", inputs[i].rows, inputs[i].has,
			    inputs[i].end, text);
		free(text);
	}
}

/* ---- meanings ------------------------------------------------------------- */

/* In an incident with one System: what one column then is; NULL: no value. */
static const struct {
	const char *what, *opt, *attr, *head, *system, *col, *want;
} meanings[] = {
	{ "white is clear", NULL, " restriction=\"white\"", "", SYSTEM, "tlp", "clear" },
	{ "partner is green", NULL, " restriction=\"partner\"", "", SYSTEM, "tlp", "green" },
	{ "private is red", NULL, " restriction=\"private\"", "", SYSTEM, "tlp", "red" },
	{ "default is the source's", NULL, " restriction=\"default\"", "", SYSTEM, "tlp", NULL },
	{ "nothing is private", NULL, "", "", SYSTEM, "tlp", "red" },
	{ "nothing, by agreement", "unlabelled=source", "", "", SYSTEM, "tlp", NULL },
	{ "a word nobody knows stays", NULL, " restriction=\"ext-value\" ext-restriction=\"purple\"", "",
	    SYSTEM, "tlp", "purple" },
	{ "ext-value without its value", NULL, " restriction=\"ext-value\"", "", SYSTEM, "tlp", "ext-value" },
	{ "a label in an extension", NULL, "", "<AdditionalData name=\"tlp\">TLP:GREEN</AdditionalData>",
	    SYSTEM, "tlp", "TLP:GREEN" },
	{ "the stricter of both", NULL, " restriction=\"green\"",
	    "<AdditionalData>TLP:AMBER+STRICT</AdditionalData>", SYSTEM, "tlp", "TLP:AMBER+STRICT" },
	{ "the stricter of both", NULL, " restriction=\"red\"",
	    "<AdditionalData>TLP:CLEAR</AdditionalData>", SYSTEM, "tlp", "red" },
	{ "DetectTime first", NULL, "",
	    "<StartTime>2026-01-01T00:00:00Z</StartTime><DetectTime>2026-01-02T00:00:00Z</DetectTime>",
	    SYSTEM, "time.source", "2026-01-02T00:00:00Z" },
	{ "then StartTime", NULL, "",
	    "<ReportTime>2026-01-03T00:00:00Z</ReportTime><StartTime>2026-01-01T00:00:00Z</StartTime>",
	    SYSTEM, "extra.time_from", "StartTime" },
	{ "then ReportTime", NULL, "",
	    "<GenerationTime>2026-01-03T00:00:00Z</GenerationTime><ReportTime>2026-01-01T00:00:00Z"
	    "</ReportTime>", SYSTEM, "extra.time_from", "ReportTime" },
	{ "a CVE in an attribute", NULL, "",
	    "<Method><Vulnerability ContentID=\"CVE-2026-1234\"/></Method>", SYSTEM,
	    "product.vulnerabilities", "cve-2026-1234" },
	{ "CVEs in a URL and a name", NULL, "",
	    "<Method><Reference><ReferenceName>cve-2026-22222</ReferenceName><URL>https://x.example/"
	    "CVE-2026-11111?</URL></Reference></Method>", SYSTEM, "product.vulnerabilities",
	    "cve-2026-11111;cve-2026-22222" },
	{ "the first identifies", NULL, "",
	    "<Method><Reference><ReferenceName>cve-2026-22222</ReferenceName><URL>https://x.example/"
	    "CVE-2026-11111?</URL></Reference></Method>", SYSTEM, "classification.identifier",
	    "cve-2026-22222" },
	{ "a CVE in a Description", NULL, "", "<Description>(CVE-2026-1234)</Description>", SYSTEM,
	    "product.vulnerabilities", "cve-2026-1234" },
	{ "what only looks like one",
	    NULL, "", "<Description>CVE-2026-123 CVE-26-1234 CVE-2026</Description>", SYSTEM,
	    "product.vulnerabilities", NULL },
	{ "potential is vulnerable", NULL, "",
	    "<Assessment occurrence=\"potential\"><SystemImpact type=\"takeover-system\"/></Assessment>",
	    SYSTEM, "classification.type", "vulnerable-system" },
	{ "taken over is compromised", NULL, "",
	    "<Assessment><SystemImpact type=\"takeover-system\"/></Assessment>", SYSTEM,
	    "classification.type", "system-compromise" },
	{ "an attack that failed is not",
	    NULL, "", "<Assessment><Impact type=\"admin\" completion=\"failed\"/></Assessment>", SYSTEM,
	    "classification.type", "vulnerable-system" },
	{ "the source of an attack that failed", NULL, "",
	    "<Assessment><Impact type=\"admin\" completion=\"failed\"/></Assessment>",
	    "<System category=\"source\"><Node><Address>192.0.2.1</Address></Node></System>",
	    "classification.type", "exploit" },
	{ "a CVE alone is vulnerable", NULL, "", "<Description>CVE-2026-1234</Description>", SYSTEM,
	    "classification.taxonomy", "vulnerable" },
	{ "nothing is known", NULL, "", "", SYSTEM, "classification.type", "undetermined" },
	{ "RSIT said in so many words", NULL, "",
	    "<Assessment><IncidentCategory>malicious-code / c2-server</IncidentCategory><SystemImpact/>"
	    "</Assessment>", SYSTEM, "classification.type", "c2-server" },
	{ "the highest severity", NULL, "",
	    "<Assessment><Impact severity=\"high\"/><Impact severity=\"low\"/></Assessment>", SYSTEM,
	    "severity", "high" },
	{ "IPv6 by category", NULL, "", "", "<System><Node><Address category=\"ipv6-addr\"> 2001:db8::1\n"
	    "</Address></Node></System>", "source.ip", "2001:db8::1" },
	{ "IPv4 without category", NULL, "", "",
	    "<System><Node><Address>192.0.2.7</Address></Node></System>", "source.ip", "192.0.2.7" },
	{ "version 1 says ip_protocol", NULL, "", "",
	    "<System><Node><Address>192.0.2.7</Address></Node><Service ip_protocol=\"17\">"
	    "<Port>53</Port></Service></System>", "protocol.transport", "udp" },
	{ "a transport without name",
	    NULL, "", "", "<System><Node><Address>192.0.2.7</Address></Node><Service ip-protocol=\"200\"/>"
	    "</System>", "protocol.transport", "200" },
	{ "a list of too many ports stays a list", NULL, "", "",
	    "<System><Node><Address>192.0.2.7</Address></Node><Service ip-protocol="
	    "\"6\"><Portlist>1-65535</Portlist></Service></System>", "source.port", NULL },
	{ "an account", NULL, "", "",
	    "<System><Node><Address category=\"e-mail\">anna@shop.example</Address></Node></System>",
	    "source.account", "anna@shop.example" },
};

static void
test_meanings(void)
{
	char in[4000], want[200], col[100], *text;
	size_t i;

	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		snprintf(in, sizeof(in),
		    "<Incident purpose=\"reporting\"%s>%s<EventData><Flow>%s</Flow></EventData></Incident>",
		    meanings[i].attr, meanings[i].head, meanings[i].system);
		snprintf(col, sizeof(col), "|%s|", meanings[i].col);
		snprintf(want, sizeof(want), " | %s=%s\n", meanings[i].col,
		    meanings[i].want ? meanings[i].want : "");
		text = say(in, strlen(in), col, meanings[i].opt, 0);
		if (!ok(count(text, "\nrow ") == 1 && (meanings[i].want ? strstr(text, want) != NULL :
		    !strstr(text, "=")), "%s", meanings[i].what))
			printf("# %s", text);
		free(text);
	}
}

/* ---- anything at all ------------------------------------------------------ */

static void
test_hostile(const char *name)
{
	static const char put[] = "<>/&;\"'=![]-\n x\xff\0{},:\\u0";
	char path[200], *in, *copy, *text;
	uint64_t seed = 88172645463325252ULL;
	size_t n, i, bad = 0;

	snprintf(path, sizeof(path), "plugins/iodef/samples/%s", name);
	if ((in = feed_file(path, &n)) == NULL || (copy = malloc(n + 1)) == NULL)
		exit(1);
	for (i = 0; i <= n; i++) {
		text = say(in, i, "|source.ip|", NULL, 0);
		bad += strstr(text, "BAD") != NULL || !rows_are_elements(text, in);
		free(text);
	}
	is_int(bad, 0, "cut after every byte");
	for (i = 0; i < 2000; i++) {
		size_t k, changes = feed_rand(&seed) % 3 + 1;

		memcpy(copy, in, n + 1);
		for (k = 0; k < changes; k++)
			copy[feed_rand(&seed) % n] = put[feed_rand(&seed) % (sizeof(put) - 1)];
		text = say(copy, n, "|source.ip|", NULL, 0);
		bad += strstr(text, "BAD") != NULL;
		free(text);
	}
	is_int(bad, 0, "2,000 times with bytes changed");
	free(in);
	free(copy);
}

static void
test_no_memory(const char *name)
{
	char path[200], *in, *text;
	int64_t i, clean = 0;
	size_t n;

	snprintf(path, sizeof(path), "plugins/iodef/samples/%s", name);
	if ((in = feed_file(path, &n)) == NULL)
		exit(1);
	for (i = 1; i <= 40; i++) {
		text = say(in, n, NULL, NULL, i);
		clean += strstr(text, "no memory\n") != NULL || strstr(text, "\nok\n") != NULL;
		free(text);
	}
	ok(clean == 40, "%s: each allocation may fail", name);
	free(in);
}

/* More rows of one record than are handed over at once, and far too many. */
static void
test_many(void)
{
	static const char address[] = "<Address>192.0.2.1</Address>",
	    service[] = "<Service ip-protocol=\"6\"><Port>1</Port></Service>";
	size_t cap = 8 << 20, at, i, k;
	char *in = malloc(cap), *text;

	for (k = 0; k < 2; k++) {
		at = (size_t)snprintf(in, cap, TOP "<EventData><Flow><System><Node>");
		for (i = 0; i < (k ? 3000u : 600u); i++)
			at += (size_t)snprintf(in + at, cap - at, "%s", address);
		at += (size_t)snprintf(in + at, cap - at, "</Node>");
		for (i = 0; i < (k ? 30u : 2u); i++)
			at += (size_t)snprintf(in + at, cap - at, "%s", service);
		at += (size_t)snprintf(in + at, cap - at, "</System></Flow></EventData>" END);
		text = say(in, at, "|source.ip|", NULL, 0);
		if (k == 0)
			ok(count(text, "\nrow ") == 1 && count(text, "\nagain ") == 1199 &&
			    strstr(text, "BAD") == NULL, "1,200 rows of one record");
		else
			ok(strstr(text, "too many addresses and services") && strstr(text, "BAD") == NULL,
			    "90,000 are too many");
		free(text);
	}
	free(in);
}

int
main(void)
{
	test_sample("botnet-v1.xml");
	test_sample("vulnerable-v2.xml");
	test_sample("wrapped.xml");
	test_sample("indicators.xml");
	test_sample("mixed.iodef.json");
	test_inputs();
	test_meanings();
	test_hostile("botnet-v1.xml");
	test_hostile("vulnerable-v2.xml");
	test_hostile("wrapped.xml");
	test_hostile("indicators.xml");
	test_hostile("mixed.iodef.json");
	test_no_memory("vulnerable-v2.xml");
	test_no_memory("mixed.iodef.json");
	test_many();
	return done_testing();
}
