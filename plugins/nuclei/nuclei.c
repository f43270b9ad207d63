/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nuclei -- source: results of the scanner nuclei as JSON lines or a list,
 * with the names of version 2 (templateID, matched) and of today.
 *
 * A result is about a place: an address, a port, a host name, a URL.  Its
 * class is told by CVE numbers and tags, in a table below.  What nuclei sent
 * and got (request, response, curl command, interactions) may hold secrets
 * and stays in the evidence; so do extracted results of templates that look
 * for tokens and keys.
 */
#include <stdio.h>
#include "plugins/json/records.h"

struct nuclei {
	bool		 secrets;		/* option: tell them too */
};

/* The first that one of the tags is; in front: CVE numbers. */
static const struct {
	const char	*tags, *taxonomy, *type;
	bool		 info_too;		/* also where the severity is info */
} classes[] = {
	{ "|rce|sqli|xss|lfi|rfi|ssrf|ssti|xxe|injection|deserialization|auth-bypass|default-login|takeover|"
	    "cve|kev|vkev|", "vulnerable", "vulnerable-system", true },
	{ "|unauth|panel|login|exposed-panels|", "vulnerable", "potentially-unwanted-accessible", true },
	{ "|exposure|exposures|disclosure|listing|logs|backup|token|tokens|keys|debug|files|", "vulnerable",
	    "information-disclosure", true },
	{ "|ssl|tls|", "vulnerable", "weak-crypto", false },
};
/* Tags of templates that extract secrets. */
static const char of_secrets[] = "|token|tokens|keys|key|secret|secrets|exposure|exposures|credential|"
    "credentials|default-login|password|";

/* Read elsewhere, by their letters. */
static const char *const elsewhere[] = { "info", "templateid", "matched", "matchedat", "ip", "host", "port",
	"timestamp", "matcherstatus", "extractedresults", "url" };

/* One tag among "|a|b|". */
static bool
tag_among(struct tcs_slice tag, const char *list)
{
	char word[64];
	int n;

	tag = tcs_trim(tag);
	if (tag.n == 0 || tag.n > 40)
		return false;
	n = snprintf(word, sizeof(word), "|%.*s|", (int)tag.n, tag.p);
	for (; n > 0; n--)
		word[n - 1] = tcs_lower(word[n - 1]);
	return strstr(list, word) != NULL;
}

/* tags: joined by commas. */
static bool
has_tag(struct tcs_slice tags, const char *list)
{
	struct tcs_slice tag;

	while (tcs_cut(&tags, ',', &tag))
		if (tag_among(tag, list))
			return true;
	return false;
}

static bool
put_class(struct records *x, struct tcs_slice tags, bool cve, bool info)
{
	const char *taxonomy = info ? "other" : "vulnerable", *type = info ? "undetermined" :
	    "vulnerable-system";
	size_t i;

	for (i = 0; !cve && i < sizeof(classes) / sizeof(classes[0]); i++)
		if ((classes[i].info_too || !info) && has_tag(tags, classes[i].tags)) {
			taxonomy = classes[i].taxonomy;
			type = classes[i].type;
			break;
		}
	if (cve) {
		taxonomy = "vulnerable";
		type = "vulnerable-system";
	}
	return rec_str(x, "classification.taxonomy", taxonomy) && rec_str(x, "classification.type", type);
}

/* ---- info ----------------------------------------------------------------- */

static bool
put_references(struct records *x, const json_t *info)
{
	return rec_put(x, "extra.references", rec_join(x, rec_member(info, "reference"), ' ')) &&
	    rec_put(x, "extra.author", rec_join(x, rec_member(info, "author"), ',')) &&
	    rec_put(x, "extra.tags", rec_join(x, rec_member(info, "tags"), ','));
}

static bool
put_classification(struct records *x, const json_t *c)
{
	const char *key;
	char name[REC_NAME];
	json_t *v;
	int i;

	json_object_foreach((json_t *)(uintptr_t)c, key, v) {
		if (strcmp(key, "cve-id") == 0 || strcmp(key, "cve_id") == 0)
			continue;
		snprintf(name, sizeof(name), "%s", key);
		for (i = 0; name[i] != '\0'; i++)
			name[i] = name[i] == '-' ? '_' : name[i];
		if (!rec_extra(x, tcs_str(name), v))
			return false;
	}
	return true;
}

static bool
is_cve(struct tcs_slice s)
{
	return s.n >= 13 && s.n < 32 && tcs_is_nocase(tcs_slice(s.p, 4), "cve-") && s.p[8] == '-';
}

static bool
put_info(struct records *x, const json_t *info, struct tcs_slice id)
{
	static const char levels[] = "|info|low|medium|high|critical|";
	const json_t *c = rec_member(info, "classification");
	struct tcs_slice severity = rec_text(info, "severity"), cves;
	const char *key;
	json_t *v;
	bool known = tag_among(severity, levels);

	cves = rec_join(x, rec_member(c, "cveid"), ';');
	if (cves.n == 0 && is_cve(id))
		cves = id;
	if (!put_class(x, rec_join(x, rec_member(info, "tags"), ','), cves.n > 0,
	    !known || tcs_is_nocase(severity, "info")))
		return false;
	if (!rec_put(x, "product.vulnerabilities", cves) ||
	    !rec_put(x, "event_description.text", rec_text(info, "name")) ||
	    !rec_lower(x, known ? "severity" : "extra.severity", severity) || !put_references(x, info) ||
	    !put_classification(x, c))
		return false;
	json_object_foreach((json_t *)(uintptr_t)info, key, v) {
		if (tag_among(tcs_str(key), "|name|severity|reference|author|tags|classification|"))
			continue;
		if (json_is_object(v) ? !rec_extras(x, key, v) : !rec_extra(x, tcs_str(key), v))
			return false;
	}
	return true;
}

/* ---- the place ------------------------------------------------------------ */

static bool
put_port(struct records *x, const json_t *result, const struct rec_place *host, const struct rec_place *at)
{
	const json_t *port = rec_member(result, "port");
	uint32_t n = at->port ? at->port : host->port;
	char text[16];

	if (json_is_string(port) && json_string_length(port) == 0)
		port = NULL;
	if (port != NULL && !json_is_null(port)) {
		if (!rec_value(x, "source.port", port))
			return false;
	} else if (n > 0 && !tcs_is_nocase(rec_text(result, "type"), "dns")) {
		snprintf(text, sizeof(text), "%u", n);
		if (!rec_str(x, "source.port", text))
			return false;
	}
	return !rec_has(x, "source.port") || rec_str(x, "protocol.transport", "tcp");
}

static bool
put_place(struct records *x, const json_t *result)
{
	const json_t *matched = rec_member(result, "matchedat");
	struct tcs_slice where, url = rec_text(result, "url");
	struct rec_place host, at, ip;

	if (matched == NULL)
		matched = rec_member(result, "matched");
	where = json_is_string(matched) ? tcs_trim(tcs_str(json_string_value(matched))) : tcs_slice(NULL, 0);
	rec_place(rec_text(result, "host"), &host);
	rec_place(where, &at);
	rec_place(rec_text(result, "ip"), &ip);
	if (host.host.n == 0)
		host = at;
	if (!ip.ip && ip.host.n > 0 && !rec_put(x, "extra.ip", rec_text(result, "ip")))
		return false;
	if (!rec_put(x, "source.ip", ip.ip ? ip.host : host.ip ? host.host : tcs_slice(NULL, 0)) ||
	    !rec_lower(x, "source.fqdn", host.ip ? tcs_slice(NULL, 0) : host.host))
		return false;
	if (at.url)
		url = where;
	else if (!rec_put(x, "extra.matched_at", where))
		return false;
	if (at.url && (tcs_is_nocase(at.scheme, "http") || tcs_is_nocase(at.scheme, "https")) &&
	    !rec_lower(x, "protocol.application", at.scheme))
		return false;
	return put_port(x, result, &host, &at) && rec_url(x, "source.url", url);
}

/* ---- the result ----------------------------------------------------------- */

static bool
is_elsewhere(const json_t *result, const json_t *v)
{
	size_t i;

	for (i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (rec_member(result, elsewhere[i]) == v)
			return true;
	return false;
}

static bool
put_rest(struct records *x, const json_t *result, bool found_secrets)
{
	const struct nuclei *n = x->own;
	const json_t *found = rec_member(result, "extractedresults");
	char name[REC_NAME];
	const char *key;
	json_t *v;
	int i;

	if ((!found_secrets || n->secrets) && !rec_extra(x, TCS_LIT("extracted_results"), found))
		return false;
	json_object_foreach((json_t *)(uintptr_t)result, key, v) {
		if (is_elsewhere(result, v) || (!n->secrets && rec_secret(key)))
			continue;
		snprintf(name, sizeof(name), "%s", key);
		for (i = 0; name[i] != '\0'; i++)
			name[i] = name[i] == '-' ? '_' : name[i];
		if (!rec_extra(x, tcs_str(name), v))
			return false;
	}
	return true;
}

static bool
read_result(struct records *x, const json_t *result)
{
	const json_t *info = rec_member(result, "info"), *id = rec_member(result, "templateid");
	struct tcs_slice template = tcs_slice(json_string_value(id), json_string_length(id));

	if (!json_is_string(id) || !json_is_object(info))
		return rec_wrong(x, "not a nuclei result", "expected template-id and info");
	if (json_is_false(rec_member(result, "matcherstatus")))
		return true;			/* it looked and found nothing */
	if (!put_place(x, result))
		return false;
	if (!rec_has(x, "source.ip") && !rec_has(x, "source.fqdn"))
		return rec_wrong(x, "says no system", "expected ip, host or matched-at");
	return rec_lower(x, "classification.identifier", template) &&
	    rec_value(x, "time.source", rec_member(result, "timestamp")) &&
	    put_info(x, info, template) &&
	    put_rest(x, result, has_tag(rec_join(x, rec_member(info, "tags"), ','), of_secrets)) &&
	    rec_row(x);
}

static int
nuclei_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct nuclei *n = h->alloc(ctx, TCS_INSTANCE, sizeof(*n));

	if (n == NULL)
		return TCS_ENOMEM;
	n->secrets = opt[0].v.i != 0;
	*inst = records_new(ctx, h, "a nuclei result", read_result, n);
	return *inst != NULL ? TCS_OK : TCS_ENOMEM;
}

static const struct tcs_source source = {
	.size = sizeof(source), .flags = TCS_S_TILES | TCS_S_ALONE,
	.names = "*nuclei*.json|*nuclei*.jsonl",
	.starts = "{*\"template-id\"|[*\"template-id\"|{*\"templateid\"|[*\"templateid\"",
	.columns = "source.ip|source.port|source.fqdn|source.url|protocol.*|classification.*|"
	    "product.vulnerabilities|event_description.text|severity|time.source|extra.*",
	.begin = records_begin, .feed = records_feed, .end = records_end,
};

static const struct tcs_opt options[] = {
	{ "secrets", TCS_T_BOOL, 0, "no", NULL,
	    "give what may hold secrets as extras too: request, response, curl command, interactions" },
};

const struct tcs_plugin tocsin_plugin_v1 = {
	TCS_PLUGIN_HEAD(TCS_SOURCE),
	.name = "nuclei", .version = "1.0", .license = "Apache-2.0",
	.summary = "Results of the scanner nuclei in JSON",
	.help = "Reads JSON lines and lists, with the names of version 2 and of today. What was sent and\n"
	    "received stays in the evidence.",
	.opts = options, .nopt = 1,
	.open = nuclei_open, .close = records_close, .ops.source = &source,
};
