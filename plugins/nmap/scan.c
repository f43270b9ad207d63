/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nmap's elements by SAX2, pushed: nothing is kept of what has gone by but the
 * open host and port.  Offsets are the parser's own, exact because the input
 * is UTF-8 and read without conversion.
 *
 * What a script says counts where its own table has the state VULNERABLE, or,
 * of old versions without tables, its text has; what vulners lists counts too.
 * LIKELY VULNERABLE does not.
 */
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "scan.h"

/* Scripts whose output may hold secrets: "*" stands for anything. */
static const char *const of_secrets[] = { "*-brute", "*-brute-*", "*default-accounts*", "*-empty-password",
	"*creds*", "*passw*", "*-dump*", "*hashes*", "*cookie*", "http-headers", "http-auth*",
	"*-backup*", "*authorized*", "*secret*", "*token*" };

static struct tcs_slice
keep(struct pool *p, struct tcs_slice s)
{
	size_t room = sizeof(p->p) - p->n;
	char *to = p->p + p->n;

	if (s.n > room)
		s.n = room;
	if (s.n == 0)
		return tcs_slice(NULL, 0);
	memmove(to, s.p, s.n);	/* it may lie in the pool, in what was given back */
	p->n += s.n;
	return tcs_slice(to, s.n);
}

/* An attribute's value: where entities are not expanded, the parser leaves an ampersand as "&#38;". */
static struct tcs_slice
keep_value(struct pool *p, struct tcs_slice s)
{
	struct tcs_slice kept = keep(p, s);
	char *to = p->p + (p->n - kept.n);
	size_t i, n = 0;

	for (i = 0; i < kept.n; i++) {
		to[n++] = kept.p[i];
		if (kept.n - i >= 5 && memcmp(kept.p + i, "&#38;", 5) == 0)
			i += 4;
	}
	p->n -= kept.n - n;
	kept.n = n;
	return kept;
}

/* In lower case, in place. */
static struct tcs_slice
keep_lower(struct pool *p, struct tcs_slice s)
{
	struct tcs_slice kept = keep(p, s);
	char *to = p->p + (p->n - kept.n);
	size_t i;

	for (i = 0; i < kept.n; i++)
		to[i] = tcs_lower(to[i]);
	return kept;
}

/* Joined to what is there already, which is copied: a pool grows only at its end. */
static struct tcs_slice
join(struct pool *p, struct tcs_slice was, const char *sep, struct tcs_slice more)
{
	struct tcs_slice all;

	if (was.n == 0)
		return keep(p, more);
	if (was.p + was.n != p->p + p->n)
		was = keep(p, was);
	all = was;
	all.n += keep(p, tcs_str(sep)).n;
	all.n += keep(p, more).n;
	return all;
}

static void
refuse(struct scan *s, const char *why, const char *detail)
{
	if (s->why == NULL) {
		s->why = why;
		snprintf(s->detail, sizeof(s->detail), "%s", detail);
	}
	s->refused = true;
	xmlStopParser(s->c);
}

static uint64_t
offset(const xmlParserCtxt *c, const xmlChar *at)
{
	return (uint64_t)c->input->consumed + (uint64_t)(at - c->input->base);
}

uint64_t
scan_at(const struct scan *s)
{
	return s->c->input == NULL ? 0 : offset(s->c, s->c->input->cur);
}

static struct tcs_slice
attribute(const xmlChar **attr, int n, const char *name)
{
	int i;

	for (i = 0; i < n; i++, attr += 5)
		if (strcmp((const char *)attr[0], name) == 0)
			return tcs_slice((const char *)attr[3], (size_t)(attr[4] - attr[3]));
	return tcs_slice(NULL, 0);
}

/* ---- elements begin --------------------------------------------------------- */

static void
begin_host(struct scan *s, const xmlChar **attr, int n)
{
	struct tcs_slice end = attribute(attr, n, "endtime"), start = attribute(attr, n, "starttime");

	memset(s->cell, 0, sizeof(s->cell));
	s->host.n = 0;
	s->up = true;			/* hosts without a status are */
	s->cell[C_TIME] = keep(&s->host, end.n > 0 ? end : start.n > 0 ? start : s->start);
}

static void
begin_address(struct scan *s, const xmlChar **attr, int n)
{
	struct tcs_slice type = attribute(attr, n, "addrtype"), a = attribute(attr, n, "addr");

	if (tcs_is(type, "mac"))
		return;
	if (s->cell[C_IP].p == NULL)
		s->cell[C_IP] = keep(&s->host, a);
	else
		s->cell[C_OTHER] = join(&s->host, s->cell[C_OTHER], " ", a);
}

static void
begin_hostname(struct scan *s, const xmlChar **attr, int n)
{
	struct tcs_slice type = attribute(attr, n, "type"), name = attribute(attr, n, "name");
	enum column c = tcs_is(type, "PTR") ? C_PTR : C_NAME;

	if (s->cell[c].p == NULL)
		s->cell[c] = keep(&s->host, name);
}

static void
begin_record(struct scan *s, uint64_t off)
{
	int i;

	for (i = 0; i < C_COUNT; i++)
		if (i != C_IP && i != C_NAME && i != C_PTR && i != C_TIME && i != C_OTHER)
			s->cell[i] = tcs_slice(NULL, 0);
	s->port.n = 0;
	s->in_record = true;
	s->record_off = off;
	s->record_depth = s->depth;
	s->open = false;
}

static void
begin_port(struct scan *s, const xmlChar **attr, int n, uint64_t off)
{
	begin_record(s, off);
	s->cell[C_TRANSPORT] = keep_value(&s->port, attribute(attr, n, "protocol"));
	s->cell[C_PORT] = keep_value(&s->port, attribute(attr, n, "portid"));
	s->cell[C_AT] = join(&s->port, s->cell[C_TRANSPORT], "/", s->cell[C_PORT]);
}

static void
begin_service(struct scan *s, const xmlChar **attr, int n)
{
	static const struct { const char *name; enum column c; } known[] = { { "name", C_SERVICE },
		{ "product", C_PRODUCT }, { "version", C_VERSION }, { "extrainfo", C_EXTRA },
		{ "ostype", C_OSTYPE }, { "tunnel", C_TUNNEL }, { "method", C_METHOD }, { "conf", C_CONF } };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		s->cell[known[i].c] = keep_value(&s->port, attribute(attr, n, known[i].name));
}

static void
begin_script(struct scan *s, const xmlChar **attr, int n, uint64_t off)
{
	if (!s->in_record && s->host_script) {
		begin_record(s, off);
		s->open = true;
	}
	if (!s->in_record)
		return;
	s->script_depth = s->depth;
	s->script = keep_value(&s->port, attribute(attr, n, "id"));
	s->output = keep_value(&s->port, attribute(attr, n, "output"));
	s->vulners = tcs_is(s->script, "vulners");
	s->table = false;
	s->ids = s->state = s->title = s->table_key = tcs_slice(NULL, 0);
}

static void
begin_table(struct scan *s, const xmlChar **attr, int n)
{
	s->table = true;
	if (s->depth == s->script_depth + 1) {
		s->ids = s->state = s->title = tcs_slice(NULL, 0);
		s->table_key = keep_value(&s->port, attribute(attr, n, "key"));
	}
	s->in_ids = tcs_is(attribute(attr, n, "key"), "ids");
}

static void
begin_element(struct scan *s, const char *name, const xmlChar **attr, int n, uint64_t off)
{
	struct tcs_slice state;

	s->ntext = 0;
	if (strcmp(name, "elem") == 0)
		s->key = keep_value(&s->port, attribute(attr, n, "key"));
	else if (strcmp(name, "table") == 0)
		begin_table(s, attr, n);
	else if (strcmp(name, "script") == 0)
		begin_script(s, attr, n, off);
	else if (strcmp(name, "service") == 0 && s->in_record)
		begin_service(s, attr, n);
	else if (strcmp(name, "state") == 0 && s->in_record) {
		state = attribute(attr, n, "state");
		s->open = tcs_is(state, "open");
		s->cell[C_REASON] = keep_value(&s->port, attribute(attr, n, "reason"));
	} else if (strcmp(name, "port") == 0)
		begin_port(s, attr, n, off);
	else if (strcmp(name, "host") == 0)
		begin_host(s, attr, n);
	else if (strcmp(name, "status") == 0)
		s->up = !tcs_is(attribute(attr, n, "state"), "down");
	else if (strcmp(name, "address") == 0)
		begin_address(s, attr, n);
	else if (strcmp(name, "hostname") == 0)
		begin_hostname(s, attr, n);
	else if (strcmp(name, "hostscript") == 0)
		s->host_script = true;
}

/* ---- and end ------------------------------------------------------------------ */

static void
add_cves(struct scan *s, struct tcs_slice text)
{
	size_t i, n;

	for (i = 0; i + 12 < text.n; i++) {
		if (!tcs_is_nocase(tcs_slice(text.p + i, 4), "cve-"))
			continue;
		for (n = 4; i + n < text.n && ((text.p[i + n] >= '0' && text.p[i + n] <= '9') ||
		    text.p[i + n] == '-'); n++)
			;
		s->cell[C_CVES] = join(&s->port, s->cell[C_CVES], ";", tcs_slice(text.p + i, n));
		i += n - 1;
	}
}

/* The script found something: its name, or the CVE, names what. */
static void
add_vulnerable(struct scan *s, struct tcs_slice ids, struct tcs_slice title)
{
	struct tcs_slice first;

	add_cves(s, ids);
	first = tcs_slice(s->cell[C_CVES].p, tcs_find(s->cell[C_CVES], ';'));
	if (s->cell[C_VULNERABLE].p == NULL)
		s->cell[C_VULNERABLE] = keep_lower(&s->port,
		    tcs_starts(s->script, "http-vuln-cve") && first.n > 0 ? first : s->script);
	if (s->cell[C_TITLE].p == NULL)
		s->cell[C_TITLE] = title;
}

static void
end_elem(struct scan *s)
{
	struct tcs_slice text = tcs_slice(s->text, s->ntext);

	if (s->script_depth == 0)
		return;
	if (s->in_ids)
		s->ids = join(&s->port, s->ids, " ", text);
	else if (tcs_is(s->key, "state"))
		s->state = keep(&s->port, text);
	else if (tcs_is(s->key, "title"))
		s->title = keep(&s->port, text);
	else if (s->vulners && tcs_is(s->key, "id") && text.n > 4 &&
	    tcs_is_nocase(tcs_slice(text.p, 4), "cve-")) {
		add_cves(s, text);
		if (s->cell[C_VULNERABLE].p == NULL)
			s->cell[C_VULNERABLE] = keep_lower(&s->port, text);
	}
}

static void
end_table(struct scan *s)
{
	s->in_ids = false;
	if (s->script_depth == 0 || s->depth != s->script_depth + 1 || !tcs_starts(s->state, "VULNERABLE"))
		return;
	if (tcs_starts(s->table_key, "CVE-"))
		s->ids = join(&s->port, s->ids, " ", s->table_key);
	add_vulnerable(s, s->ids, s->title);
}

static bool
has(struct tcs_slice text, const char *what)
{
	return text.n > 0 && memmem(text.p, text.n, what, strlen(what)) != NULL;
}

static bool
may_hold_secrets(struct tcs_slice script)
{
	size_t i;

	for (i = 0; i < sizeof(of_secrets) / sizeof(of_secrets[0]); i++)
		if (tcs_glob(of_secrets[i], script))
			return true;
	return false;
}

static void
end_script(struct scan *s)
{
	struct tcs_slice all;

	if (s->script_depth == 0)
		return;
	if (!s->table && has(s->output, "State: VULNERABLE"))
		add_vulnerable(s, s->output, tcs_slice(NULL, 0));
	else if (!s->table && s->vulners && has(s->output, "CVE-")) {
		add_cves(s, s->output);
		if (s->cell[C_VULNERABLE].p == NULL)
			s->cell[C_VULNERABLE] = keep_lower(&s->port, tcs_slice(s->cell[C_CVES].p,
			    tcs_find(s->cell[C_CVES], ';')));
	}
	s->cell[C_IDS] = join(&s->port, s->cell[C_IDS], ",", s->script);
	if (s->secrets || !may_hold_secrets(s->script)) {
		all = join(&s->port, s->cell[C_OUTPUT], "\n", s->script);
		all = join(&s->port, all, ": ", tcs_trim(s->output));
		s->cell[C_OUTPUT] = all;
	}
	s->script_depth = 0;
}

/* A finding of the host itself: of SMB, which is at one port; of anything else, at none. */
static bool
host_finding(struct scan *s)
{
	if (s->cell[C_VULNERABLE].p == NULL)
		return false;
	if (tcs_starts(s->script, "smb-") || tcs_starts(s->script, "smb2-")) {
		s->cell[C_PORT] = TCS_LIT("445");
		s->cell[C_TRANSPORT] = TCS_LIT("tcp");
		s->cell[C_AT] = TCS_LIT("tcp/445");
	}
	return true;
}

static void
end_record(struct scan *s, uint64_t end)
{
	bool finding = s->open && s->up && s->cell[C_IP].p != NULL;

	s->in_record = false;
	if (finding && (!s->host_script || host_finding(s)))
		s->record(s, s->record_off, end);
}

static void
end_element(struct scan *s, const char *name, uint64_t end)
{
	if (strcmp(name, "elem") == 0)
		end_elem(s);
	else if (strcmp(name, "table") == 0)
		end_table(s);
	else if (strcmp(name, "script") == 0)
		end_script(s);
	else if (strcmp(name, "cpe") == 0 && s->in_record)
		s->cell[C_CPE] = join(&s->port, s->cell[C_CPE], " ", tcs_slice(s->text, s->ntext));
	else if (strcmp(name, "hostscript") == 0)
		s->host_script = false;
	else if (strcmp(name, "finished") == 0)
		s->finished = true;
	if (s->in_record && s->depth == s->record_depth)
		end_record(s, end);
}

/* ---- handlers ------------------------------------------------------------------- */

static void
on_start(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int nns,
    const xmlChar **ns, int nattr, int ndefault, const xmlChar **attr)
{
	xmlParserCtxt *c = arg;
	struct scan *s = c->_private;
	const xmlChar *at = c->input->cur;

	(void)prefix, (void)uri, (void)nns, (void)ns, (void)ndefault;
	if (++s->depth > DEPTH_MAX) {
		refuse(s, "nested too deep", "more than 64 levels");
		return;
	}
	if (s->depth == 1) {
		s->is_nmap = strcmp((const char *)name, "nmaprun") == 0;
		if (!s->is_nmap) {
			refuse(s, "not a scan of nmap", "expected nmaprun");
			return;
		}
		if (tcs_copy(s->startbuf, sizeof(s->startbuf), attribute(attr, nattr, "start")))
			s->start = tcs_str(s->startbuf);
	}
	while (at > c->input->base && *at != '<')
		at--;
	begin_element(s, (const char *)name, attr, nattr, offset(c, at));
}

static void
on_end(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	xmlParserCtxt *c = arg;
	struct scan *s = c->_private;

	(void)prefix, (void)uri;
	end_element(s, (const char *)name, offset(c, c->input->cur));
	s->depth--;
	s->ntext = 0;
}

static void
on_text(void *arg, const xmlChar *text, int n)
{
	struct scan *s = ((xmlParserCtxt *)arg)->_private;
	size_t room = sizeof(s->text) - s->ntext, len = n > 0 ? (size_t)n : 0;

	if (len > room)
		len = room;
	memcpy(s->text + s->ntext, text, len);
	s->ntext += len;
}

static void
on_doctype(void *arg, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	xmlParserCtxt *c = arg;

	(void)name;
	if (*c->input->cur == '[' || external != NULL || system != NULL)
		refuse(c->_private, "document type with declarations", "entities are never expanded");
	c->hasExternalSubset = 0;
}

static void
on_error(void *arg, xmlError *e)
{
	struct scan *s = ((xmlParserCtxt *)arg)->_private;
	struct tcs_slice text;

	if (e->code == XML_ERR_NO_MEMORY)
		s->nomem = true;
	if (s->why != NULL || e->level < XML_ERR_ERROR)
		return;
	s->why = e->code == XML_ERR_INVALID_CHAR || e->code == XML_ERR_INVALID_ENCODING ? "bad UTF-8" :
	    "not well-formed XML";
	text = tcs_trim(tcs_str(e->message ? e->message : ""));
	text.n = tcs_find(text, '\n');
	snprintf(s->detail, sizeof(s->detail), "line %d: %.*s", e->line, (int)(text.n < 200 ? text.n : 200),
	    text.n ? text.p : "");
}

bool
scan_begin(struct scan *s)
{
	xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC, .startElementNs = on_start,
		.endElementNs = on_end, .characters = on_text, .cdataBlock = on_text,
		.internalSubset = on_doctype,
		.serror = (xmlStructuredErrorFunc)on_error };

	s->depth = s->script_depth = 0;
	s->in_record = s->host_script = s->is_nmap = s->finished = s->refused = s->nomem = false;
	s->why = NULL;
	s->start = tcs_slice(NULL, 0);
	memset(s->cell, 0, sizeof(s->cell));
	if ((s->c = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL)) == NULL)
		return false;
	s->c->_private = s;
	xmlCtxtUseOptions(s->c, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	return true;
}

void
scan_end(struct scan *s)
{
	if (s->c == NULL)
		return;
	if (s->c->myDoc != NULL)
		xmlFreeDoc(s->c->myDoc);
	s->c->myDoc = NULL;
	xmlFreeParserCtxt(s->c);
	s->c = NULL;
}
