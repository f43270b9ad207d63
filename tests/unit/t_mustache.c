/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The template engine: what the Mustache specification asks (with cases of
 * our own), escaping by part, bounds, errors, and the templates that come
 * with Tocsin in both languages.
 */
#include "tap.h"
#include "5-compose/advice.h"
#include "5-compose/fold.h"
#include "5-compose/model.h"
#include "5-compose/textfile.h"
#include "5-compose/value.h"

static struct arena *A;
static struct buf out;

/* A small world for all cases. */
static struct val *
world(void)
{
	struct val *r = val_obj(A), *o = val_obj(A), *l = val_list(A), *p, *q;
	int i;

	val_set_str(A, r, "name", "Acme");
	val_set_str(A, r, "markup", "<b>\"a\" & 'b'</b>");
	val_set_str(A, r, "empty", "");
	val_set_num(A, r, "seven", 7);
	val_set_num(A, r, "zero", 0);
	val_set_bool(A, r, "yes", true);
	val_set_bool(A, r, "no", false);
	val_set(A, r, "none", val_list(A));
	val_set(A, r, "lines", val_text(A, "<\n->"));
	val_set_str(A, r, "wicked", "a\r\nBcc: b\x1b[2J\x7f\tc\xe2\x80\xae" "d\xc2\x85");
	val_set_str(A, r, "broken", "x\xff\xfey");
	val_set_str(A, o, "city", "Delft");
	p = val_obj(A);
	val_set_str(A, p, "deep", "down");
	val_set(A, o, "more", p);
	val_set(A, r, "where", o);
	for (i = 0; i < 3; i++) {
		static const char *const ip[] = { "192.0.2.1", "192.0.2.2", "2001:db8::1" };

		p = val_obj(A);
		val_set_str(A, p, "ip", ip[i]);
		val_set_bool(A, p, "last", i == 2);
		q = val_list(A);
		if (i != 1) {
			val_push(A, q, val_str(A, "CVE-2020-1"));
			val_push(A, q, val_str(A, "CVE-2020-2"));
		}
		val_set(A, p, "cves", q);
		val_push(A, l, p);
	}
	val_set(A, r, "systems", l);
	return r;
}

static const char *
render_with(const char *text, const char *partial, enum mu_part part)
{
	static char text_of[4096];
	struct mu_set *set = mu_new();
	struct err e = ERR_INIT;

	buf_reset(&out);
	if (mu_add(set, "main", "main", text, strlen(text), &e) &&
	    (partial == NULL || mu_add(set, "p", "p", partial, strlen(partial), &e)) && mu_link(set, &e))
		mu_render(mu_get(set, "main"), world(), part, &out, &e);
	mu_free(set);
	snprintf(text_of, sizeof text_of, "%s", e.n ? e.text : out.p);
	return text_of;
}

#define T(text, want, what)		is_str(render_with(text, NULL, MU_TEXT), want, what)
#define H(text, want, what)		is_str(render_with(text, NULL, MU_HTML), want, what)
#define P(text, partial, want, what)	is_str(render_with(text, partial, MU_TEXT), want, what)

static void
variables(void)
{
	T("", "", "nothing in, nothing out");
	T("plain { text } }} {", "plain { text } }} {", "text without tags");
	T("Dear {{name}}, {{ seven }}.", "Dear Acme, 7.", "variables, blanks inside of the braces");
	T("[{{unknown}}{{empty}}{{where.unknown}}{{unknown.city}}]", "[]",
	    "what is not there renders as nothing");
	T("{{where.city}} {{where.more.deep}}", "Delft down", "dotted names");
	T("{{#where}}{{city}} {{more.deep}} {{name}}{{/where}}", "Delft down Acme",
	    "names from sections around");
	T("{{#where.more}}{{deep}}{{city}}{{/where.more}}", "down",
	    "a dotted section does not open what is around it");
	T("{{#where}}{{where.more.deep}}{{/where}}", "down", "the first part is looked for outwards");
	T("{{where}}{{systems}}", "", "objects and lists have no text");
	T("{{name}}{{name}}\n  {{name}}\n", "AcmeAcme\n  Acme\n", "variables never stand alone");
	T("{{yes}}{{zero}}", "true0", "booleans and zero have text");
}

static void
escaping(void)
{
	H("{{markup}}", "&lt;b&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/b&gt;", "HTML: five characters");
	H("{{{markup}}} {{&markup}} {{& markup }}",
	    "<b>\"a\" & 'b'</b> <b>\"a\" & 'b'</b> <b>\"a\" & 'b'</b>", "raw, both ways");
	T("{{markup}}", "<b>\"a\" & 'b'</b>", "text: as it is");
	T("{{wicked}}", "a Bcc: b[2J cd", "line breaks of one-line text are spaces; controls are gone");
	T("{{{wicked}}}", "a Bcc: b[2J cd", "raw does not let controls through");
	H("{{wicked}}", "a Bcc: b[2J cd", "nor does HTML");
	T("{{lines}}", "<\n->", "text of ours keeps its lines");
	H("{{lines}}", "&lt;\n-&gt;", "in HTML too");
	T("{{broken}}", "x\xef\xbf\xbd\xef\xbf\xbdy", "what is not UTF-8 is replaced");
	is_str(render_with("\n  [{{number}}]  {{name}}\n\t{{lines}} \n", NULL, MU_LINE), "[] Acme < ->",
	    "a line is one line");
	is_str(render_with("{{! nothing }}\n", NULL, MU_LINE), "", "a line may be empty");
}

static void
sections(void)
{
	T("{{#yes}}a{{/yes}}{{#no}}b{{/no}}", "a", "true and false");
	T("{{^yes}}a{{/yes}}{{^no}}b{{/no}}", "b", "inverted");
	T("{{#empty}}a{{/empty}}{{#zero}}b{{/zero}}{{#none}}c{{/none}}{{#unknown}}d{{/unknown}}", "",
	    "what is false");
	T("{{^empty}}a{{/empty}}{{^zero}}b{{/zero}}{{^none}}c{{/none}}{{^unknown}}d{{/unknown}}", "abcd",
	    "and inverted");
	T("{{#name}}{{.}}{{/name}}{{#seven}} {{.}}{{/seven}}", "Acme 7", "text and numbers as context");
	T("{{#systems}}{{ip}}{{^last}}, {{/last}}{{/systems}}", "192.0.2.1, 192.0.2.2, 2001:db8::1",
	    "a list");
	T("{{#systems}}{{#cves}}{{.}};{{/cves}}{{^cves}}-;{{/cves}}{{/systems}}",
	    "CVE-2020-1;CVE-2020-2;-;CVE-2020-1;CVE-2020-2;",
	    "a list in a list, implicit iterator");
	T("{{#systems}}{{#cves}}{{ip}} {{/cves}}{{/systems}}", "192.0.2.1 192.0.2.1 2001:db8::1 2001:db8::1 ",
	    "names through lists");
	T("{{#yes}}{{#yes}}{{#name}}x{{/name}}{{/yes}}{{/yes}}", "x", "the same section in itself");
	T("{{# yes }}a{{/ yes }}", "a", "blanks in section tags");
	T("{{#none}}{{#systems}}{{ip}}{{/systems}}{{/none}}x", "x", "a false section hides what is in it");
}

static void
alone(void)
{
	T("a\n{{#yes}}\nb\n{{/yes}}\nc\n", "a\nb\nc\n", "tags alone on a line take it with them");
	T("a\n  {{#yes}}  \nb\n\t{{/yes}}\t\nc\n", "a\nb\nc\n", "blanks around them too");
	T("a\r\n{{#yes}}\r\nb\r\n{{/yes}}\r\nc", "a\r\nb\r\nc", "CRLF");
	T("{{#yes}}\nb\n{{/yes}}", "b\n", "at the beginning and at the end without a line break");
	T("  {{#yes}}b{{/yes}}\nc", "  b\nc", "two tags on a line are not alone");
	T(" {{#yes}}\nb {{/yes}} c\n", "b  c\n", "one alone, the other not");
	T("{{#no}}\nb\n{{/no}}\n\nc", "\nc", "an empty line after it stays");
	T("{{#systems}}\n- {{ip}}\n{{/systems}}\n", "- 192.0.2.1\n- 192.0.2.2\n- 2001:db8::1\n",
	    "a list of lines");
	T("a\n{{! comment }}\nb", "a\nb", "a comment alone");
	T("a\n  {{! two\nlines }}  \nb", "a\nb", "a comment of several lines");
	T("a {{! comment }}b\n", "a b\n", "a comment within a line");
	T("a{{!}}b{{! }}}c", "ab}c", "empty comment, brace after a comment");
	T("{{^no}}\n{{#yes}}\nx\n{{/yes}}\n{{/no}}\n", "x\n", "nested tags alone");
}

static void
partials(void)
{
	P("[{{>p}}]", "in", "[in]", "a partial");
	P("{{#systems}}{{>p}} {{/systems}}", "{{ip}}", "192.0.2.1 192.0.2.2 2001:db8::1 ",
	    "sees where it is called");
	P("a\n {{>p}}\nb\n", "|\n{{lines}}\n|\n", "a\n |\n <\n->\n |\nb\n",
	    "its lines are indented, its values are not");
	P(">\n  {{>p}}", ">\n>", ">\n  >\n  >", "indented at the end of the text");
	P("  {{name}}  {{>p}}\n", ">\n>", "  Acme  >\n>\n", "not indented within a line");
	P("a {{>p}} b", "x\n", "a x b", "its last line break is not handed on within a line");
	P("a\n{{>p}}\nb", "x\n", "a\nx\nb", "but is, when alone");
	P("  {{>p}}\n", "x\n\ny\n", "  x\n\n  y\n", "empty lines stay empty");
	P("  {{>p}}\n", "{{#systems}}\n{{ip}}\n{{/systems}}\n", "  192.0.2.1\n  192.0.2.2\n  2001:db8::1\n",
	    "lists are indented");
	P(" {{>p}}\n", "{{name}}{{#yes}}:\n{{/yes}}y\n", " Acme:\n y\n",
	    "lines that begin with tags are indented");
	P("a\n\t{{>p}}\r\nb", "x\r\n", "a\n\tx\r\nb", "CRLF");
	P("{{#where}}{{>p}}{{/where}}", "{{#more}}{{>p}}{{/more}}{{^more}}.{{/more}}",
	    "p:1: {{>p}}: partials nested deeper than 16, expected one that ends",
	    "a partial that never ends is stopped");
}

static void
indent_nested(void)
{
	struct mu_set *set = mu_new();
	struct err e = ERR_INIT;

	mu_add(set, "a", "a", "{\n  {{>b}}\n}\n", 13, &e);
	mu_add(set, "b", "b", "b\n  {{>c}}\nb [{{>c}}]\n", 22, &e);
	mu_add(set, "c", "c", "c\nd\n", 4, &e);
	ok(mu_link(set, &e), "three templates linked");
	buf_reset(&out);
	ok(mu_render(mu_get(set, "a"), NULL, MU_TEXT, &out, &e), "no values at all are fine");
	is_str(out.p, "{\n  b\n    c\n    d\n  b [c\nd]\n}\n", "indentation adds up");
	ok(mu_get(set, "x") == NULL, "an unknown template is NULL");
	ok(!mu_add(set, "c", "again", "", 0, &e), "a second of a name is refused");
	is_str(e.text, "again: a second template \"c\", expected one of each name", "and says so");
	mu_free(set);
}

static void
errors(void)
{
	char deep[17 * 8 * 2 + 1] = "";
	int i;

	T("a\nb {{name", "main:2: a tag is not closed, expected }} after {{", "a tag not closed");
	T("{{{name}} x", "main:1: a tag is not closed, expected }}} after {{{", "a raw one not closed");
	T("x\n{{#yes}}\n{{name}}\n", "main:2: this section is not closed, expected {{/yes}}",
	    "a section not closed");
	T("x\n\n{{/yes}}", "main:3: {{/yes}} closes nothing, expected {{#yes}} before it",
	    "an end without a beginning");
	T("{{#yes}}\n{{^no}}\n{{/yes}}", "main:3: {{/yes}} closes the section of line 2, expected {{/no}}",
	    "ends crossed");
	T("{{=<% %>=}}", "main:1: other delimiters are not supported, expected {{name}} throughout",
	    "delimiters");
	T("{{<p}}{{/p}}", "main:1: template inheritance is not supported, expected {{>partial}}",
	    "inheritance");
	T("{{}}", "main:1: \"\" is no name, expected letters, digits, _ and -, joined by dots", "no name");
	T("{{a b}}", "main:1: \"a b\" is no name, expected letters, digits, _ and -, joined by dots",
	    "blanks in a name");
	T("{{a..b}}", "main:1: \"a..b\" is no name, expected letters, digits, _ and -, joined by dots",
	    "two dots");
	T("{{a\x1b}}", "main:1: \"a?\" is no name, expected letters, digits, _ and -, joined by dots",
	    "controls in a name");
	P("{{>pp}}", "x", "main:1: {{>pp}}: there is no such template, expected a file pp.mustache beside "
	    "this one", "an unknown partial");
	P("{{>mian}}", "x",
	    "main:1: {{>mian}}: there is no such template, expected a file mian.mustache beside this one; "
	    "did you mean main?",
	    "and the nearest");
	for (i = 0; i < 17; i++)
		memcpy(deep + i * 8, "{{#yes}}", 9);
	T(deep, "main:1: {{#yes}}: sections nested too deep, expected at most 16", "too many sections");
}

static const char *
checked(const char *text, const char *partial)
{
	static const char *const known[] = { "name", "organisation", "organisation.name", "systems",
	    "systems.ip", "systems.cves",
		"systems.columns", "systems.columns.value", "language" };
	static char said[600];
	struct mu_set *set = mu_new();
	struct err e = ERR_INIT;

	mu_add(set, "main", "main", text, strlen(text), &e);
	mu_add(set, "p", "p", partial, strlen(partial), &e);
	mu_link(set, &e);
	mu_check(mu_get(set, "main"), known, sizeof known / sizeof known[0], &e);
	mu_free(set);
	snprintf(said, sizeof said, "%s", e.text);
	return said;
}

static bool
count_use(void *arg, const struct mu_use *u)
{
	unsigned *n = arg;

	n[0]++;
	n[1] += u->naround;
	n[2] += u->section;
	return true;
}

static void
names(void)
{
	struct mu_set *set = mu_new();
	struct err e = ERR_INIT;
	unsigned n[3] = { 0 };
	const char *text = "{{a}}{{#b}}{{c.d}}{{.}}{{^e}}{{>p}}{{/e}}{{/b}}{{f}}";

	mu_add(set, "main", "main", text, strlen(text), &e);
	mu_add(set, "p", "p", "{{g}}{{>p}}", 11, &e);
	ok(mu_link(set, &e), "a partial that calls itself links");
	mu_uses(mu_get(set, "main"), count_use, n);
	is_int(n[0], 6, "every name is told, also in partials, and a loop ends");
	is_int(n[1], 3, "with the sections around it");
	is_int(n[2], 2, "sections are told apart");
	mu_free(set);

	is_str(checked("{{name}}{{organisation.name}}{{#systems}}{{ip}}{{name}}{{#columns}}{{value}}"
	    "{{ip}}{{/columns}}{{/systems}}", ""),
	    "", "known names");
	is_str(checked("\n{{nmae}}", ""), "main:2: \"nmae\" is not known here, expected a name of the data "
	    "model; did you mean name?",
	    "a slip");
	is_str(checked("{{#systems}}{{#cves}}{{ipp}}{{/cves}}{{/systems}}", ""),
	    "main:1: \"ipp\" is not known here, expected a name of the data model; did you mean ip?",
	    "a slip in a section");
	is_str(checked("{{ip}}", ""), "main:1: \"ip\" is not known here, expected a name of the data model",
	    "a member outside of its section");
	is_str(checked("{{#systems}}{{>p}}{{/systems}}", "{{ip}}"), "", "a partial called in a section");
	is_str(checked("{{>p}}", "{{ip}}"), "p:1: \"ip\" is not known here, expected a name of the data "
	    "model",
	    "the same called outside");
	is_str(checked("{{organisation.nam}}", ""),
	    "main:1: \"organisation.nam\" is not known here, expected a name of the data model; did you mean "
	    "organisation.name?",
	    "a slip in a dotted name");
}

static const char *
folded(const char *text, size_t width)
{
	buf_reset(&out);
	buf_need(&out, 1);
	out.p[0] = '\0';
	text_fold(&out, text, strlen(text), width);
	return out.p;
}

static void
folding(void)
{
	is_str(folded("", 20), "", "nothing to fold");
	is_str(folded("\n\na  \n\n\n\nb\n\n", 20), "a\n\nb\n", "empty lines and blanks at ends");
	is_str(folded("aaa bbb ccc ddd eee", 11), "aaa bbb ccc\nddd eee\n", "broken at a space");
	is_str(folded("- aaa bbb ccc ddd", 9), "- aaa bbb\n  ccc ddd\n", "hangs under a list item");
	is_str(folded("  Port  aaa bbb ccc", 16), "  Port  aaa bbb\n        ccc\n", "hangs behind a label");
	is_str(folded("  aaa bbb ccc", 9), "  aaa bbb\n  ccc\n", "hangs under the line");
	is_str(folded("see https://cert.example/verify now", 10), "see\nhttps://cert.example/verify\nnow\n",
	    "a long word stays whole");
	is_str(folded("\xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9\xc3\xa9 x", 7),
	    "\xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9\xc3\xa9\nx\n",
	    "columns, not bytes");
}

static void
values(void)
{
	struct val *o = val_obj(A), *l = val_list(A);
	char key[100][8];
	int i;

	for (i = 0; i < 100; i++) {
		snprintf(key[i], sizeof key[i], "k%d", i);
		val_set_num(A, o, key[i], i);
		val_push(A, l, val_num(A, -i));
	}
	is_int(o->n, 100, "an object grows");
	is_str(val_get(o, tcs_str("k77"))->s.p, "77", "and finds");
	val_set_str(A, o, "k77", NULL);
	is_int(o->n, 100, "the same key again replaces");
	ok(!val_true(val_get(o, tcs_str("k77"))), "NULL is the empty text");
	is_str(l->item[99]->s.p, "-99", "a list grows");
	ok(val_get(l, tcs_str("k1")) == NULL && val_get(NULL, tcs_str("k1")) == NULL,
	    "only objects have members");
	ok(!val_true(NULL) && val_true(o) && val_true(l), "truth");
}

/* The templates that come with Tocsin, with a full set of values: every text that is true at once is a
 * nonsense, but finds what breaks. */
static struct val *
sample(const struct advice *adv, const char *role)
{
	struct val *r = val_obj(A), *o, *host = val_obj(A), *list, *sys = val_obj(A);

	val_set_str(A, r, "number", "2026-00417");
	val_set_str(A, r, "tlp", "TLP:AMBER");
	val_set_bool(A, r, "tlp_amber", true);
	val_set_bool(A, r, role, true);
	val_set_str(A, r, "made_local", "2026-11-20 09:00");
	val_set_str(A, r, "zone", "Europe/Amsterdam");
	val_set_num(A, r, "subject_count", 3);
	list = val_list(A);
	val_push(A, list, advice_value(A, adv));
	val_set(A, r, "advice", list);
	o = val_obj(A);
	val_set_str(A, o, "name", "Acme & Bakery");
	val_set(A, r, "organisation", o);
	o = val_obj(A);
	val_set_str(A, o, "name", adv->name);
	val_set(A, r, "topic", o);
	o = val_obj(A);
	val_set_str(A, o, "name", "Example CERT");
	val_set_str(A, o, "verify", "https://cert.example/verify");
	val_set_str(A, o, "phone", "+31 70 555 0100");
	val_set(A, r, "identity", o);
	val_set_str(A, sys, "problem_name", adv->name);
	val_set_num(A, sys, "port", 3389);
	val_set_str(A, sys, "transport", "tcp");
	val_set_str(A, sys, "url", "http://<script>.example/");
	val_set_bool(A, sys, "new", true);
	val_set_str(A, sys, "observed_utc", "2026-11-19 04:12:33");
	list = val_list(A);
	val_push(A, list, sys);
	val_set(A, host, "systems", list);
	val_set_str(A, host, "subject", "192.0.2.10");
	list = val_list(A);
	val_push(A, list, host);
	val_set(A, r, "hosts", list);
	o = val_obj(A);
	val_set_str(A, o, "asset", "192.0.2.0/24");
	val_set_bool(A, o, "is_network", true);
	list = val_list(A);
	val_push(A, list, o);
	val_set(A, r, "why", list);
	return r;
}

static bool
no_line_over(const char *text, size_t width)
{
	struct tcs_slice rest = tcs_str(text), line;

	while (tcs_cut(&rest, '\n', &line))
		if (line.n > width)
			return false;
	return true;
}

static void
shipped_one(const char *top, const char *lang, const struct advice *adv, const char *role)
{
	struct err e = ERR_INIT;
	struct val *v = sample(adv, role);
	struct mu_set *set;
	struct buf folded_text;
	char dir[1024];

	snprintf(dir, sizeof dir, "%s/etc/templates/%s", top, lang);
	set = model_templates(dir, &e);
	if (!ok(set != NULL, "%s templates: %s", lang, e.n ? e.text : "loaded, all names known"))
		return;
	buf_init(&folded_text);
	buf_reset(&out);
	mu_render(mu_get(set, TEMPLATE_TEXT), v, MU_TEXT, &out, &e);
	text_fold(&folded_text, out.p, out.n, 76);
	ok(strncmp(folded_text.p, "TLP:AMBER", 9) == 0, "%s %s: text begins with its label", lang, role);
	ok(strstr(out.p, "192.0.2.10") && strstr(out.p, "3389/tcp") && strstr(out.p, "2026-11-19 04:12:33") &&
	    strstr(out.p, "192.0.2.0/24") && strstr(out.p, adv->meaning) && strstr(out.p, adv->action[0]) &&
	    strstr(out.p, adv->check) && strstr(out.p, "https://cert.example/verify"),
	    "%s %s: text is complete", lang, role);
	ok(no_line_over(folded_text.p, 76), "%s %s: no line over 76", lang, role);
	ok(strstr(out.p, "{{") == NULL, "%s %s: no tag left over", lang, role);
	buf_reset(&out);
	mu_render(mu_get(set, TEMPLATE_HTML), v, MU_HTML, &out, &e);
	ok(strstr(out.p, "&lt;script&gt;") && strstr(out.p, "<script") == NULL && strstr(out.p,
	    "Acme & ") == NULL,
	    "%s %s: HTML is escaped", lang, role);
	ok(strstr(out.p, "src=") == NULL && strstr(out.p, "href=") == NULL && strstr(out.p, "url(") == NULL,
	    "%s %s: HTML refers to nothing outside", lang, role);
	snprintf(dir, sizeof dir, "<html lang=\"%s\">", lang);
	ok(strstr(out.p, dir) != NULL, "%s %s: HTML says its language", lang, role);
	buf_reset(&out);
	mu_render(mu_get(set, TEMPLATE_SUBJECT), v, MU_LINE, &out, &e);
	snprintf(dir, sizeof dir, "[TLP:AMBER] [2026-00417] %s: 3 %s%s (Acme & Bakery)", adv->name,
	    strcmp(lang, "nl") == 0 ? "systemen" : "systems",
	    strcmp(role, "operator") != 0 ? "" : strcmp(lang,
	    "nl") == 0 ? " in uw netwerk" : " in your network");
	is_str(out.p, dir, "its subject");
	is_int(e.n, 0, "no error");
	buf_free(&folded_text);
	mu_free(set);
}

static void
shipped(void)
{
	static const char *const langs[] = { "en", "nl" }, *const roles[] = { "owner", "operator",
	    "partner" };
	const char *top = getenv("TOP_SRCDIR");
	struct err e = ERR_INIT;
	struct advice_set *set;
	char dir[1024];
	size_t i, j;

	snprintf(dir, sizeof dir, "%s/etc/advice", top ? top : ".");
	set = advice_load(dir, &e);
	if (!ok(set != NULL, "advice: %s", e.n ? e.text : "loaded"))
		return;
	for (i = 0; i < 2; i++)
		for (j = 0; j < 3; j++)
			shipped_one(top ? top : ".", langs[i], advice_find(set, langs[i], "open-rdp", NULL,
			    NULL), roles[j]);
	advice_free(set);
}

/* Every name of the model is in its page, as `name` or, for members, as the last part of it. */
static void
documented(void)
{
	const char *top = getenv("TOP_SRCDIR"), *dot, *missing = NULL;
	struct err e = ERR_INIT;
	struct buf page;
	char file[1024], quoted[96];
	size_t i;
	bool fine;

	buf_init(&page);
	snprintf(file, sizeof file, "%s/docs/internals/compose.md", top ? top : ".");
	fine = textfile_read(file, &page, &e);
	if (ok(fine, "the page: %s", fine ? "read" : e.text))
		for (i = 0; i < model_nnames && missing == NULL; i++) {
			dot = strncmp(model_names[i], "hosts.systems.", 14) == 0 ||
			    strncmp(model_names[i], "short.", 6) == 0 ||
			    strncmp(model_names[i], "systems.", 8) == 0 ? strrchr(model_names[i], '.') : NULL;
			snprintf(quoted, sizeof quoted, "`%s`", dot ? dot + 1 : model_names[i]);
			if (strstr(page.p, quoted) == NULL)
				missing = model_names[i];
		}
	is_str(missing, NULL, "every name of the data model is documented");
	buf_free(&page);
}

int
main(void)
{
	A = arena_new();
	buf_init(&out);
	variables();
	escaping();
	sections();
	alone();
	partials();
	indent_nested();
	errors();
	names();
	folding();
	values();
	shipped();
	documented();
	buf_free(&out);
	arena_free(A);
	return done_testing();
}
