/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xarf -- source: abuse reports in XARF, version 3 (abusix JSON, of which what
 * is sent varies) and version 4.  A report is about one source: an address, a
 * name, a URL or an account.
 *
 * Who reports becomes extra.reporter_*, as in the source researcher, and never
 * leaves.  Samples, attachments and evidence may hold anything and stay in the
 * evidence; what they are is told (extra.evidence).  Attachments of mails
 * (X-ARF 0.2) are another format.
 */
#include <stdio.h>
#include "kinds.h"

struct xarf {
	bool		 secrets;		/* option: tell payloads too */
};

/* Which member becomes which column, by its letters; the first that is there wins. */
struct known {
	const char	*name, *column;
};

static const struct known of_v3[] = {
	{ "date", "time.source" }, { "sourceport", "source.port" }, { "destinationip", "destination.ip" },
	{ "destinationport", "destination.port" }, { "protocol", "protocol.transport" },
	{ "botnetname", "malware.name" }, { "malwarename", "malware.name" },
	{ "service", "protocol.application" }, { "description", "event_description.text" },
	{ "additionalinfo", "event_description.text" }, { "useragent", "extra.user_agent" },
};
static const struct known of_v4[] = {
	{ "timestamp", "time.source" }, { "destinationip", "destination.ip" },
	{ "destinationport", "destination.port" }, { "protocol", "protocol.transport" },
	{ "malwarename", "malware.name" }, { "malwarefamily", "malware.name" },
	{ "botnetname", "malware.name" },
	{ "service", "protocol.application" }, { "serviceversion", "product.version" },
	{ "description", "event_description.text" }, { "remediation", "extra.remediation" },
	{ "cvssscore", "extra.cvss_score" }, { "reportid", "extra.report_id" },
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
put_known(struct records *x, const json_t *object, const struct known *k, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!rec_value(x, k[i].column, rec_member(object, k[i].name)))
			return false;
	return true;
}

/* All members but these (by their letters) and secrets, as extras. */
static bool
put_rest(struct records *x, const json_t *object, const struct known *k, size_t n, const char *read)
{
	const struct xarf *own = x->own;
	char word[REC_NAME + 2];
	const char *key;
	json_t *v;
	size_t i;

	json_object_foreach((json_t *)(uintptr_t)object, key, v) {
		snprintf(word, sizeof(word), "|%s|", key);
		for (i = 0; i < n && rec_member(object, k[i].name) != v; i++)
			;
		if (i < n || strstr(read, word) != NULL || (!own->secrets && rec_secret(key)))
			continue;
		if (json_is_object(v) ? !rec_extras(x, key, v) : !rec_extra(x, tcs_str(key), v))
			return false;
	}
	return true;
}

/* ---- whom it is about ------------------------------------------------------ */

static bool
put_source(struct records *x, struct tcs_slice s)
{
	struct rec_place at;

	rec_place(s, &at);
	if (at.url)
		return rec_url(x, "source.url", s) &&
		    rec_put(x, at.ip ? "source.ip" : "source.fqdn", at.host);
	if (tcs_find(s, '@') < s.n)
		return rec_put(x, "source.account", s);
	return rec_put(x, at.ip ? "source.ip" : "source.fqdn", at.host);
}

static bool
put_sources(struct records *x, const json_t *object, const char *const *names)
{
	for (; *names != NULL; names++) {
		const json_t *v = rec_member(object, *names);

		if (json_is_object(v))			/* Source: { IP, Type } */
			v = rec_member(v, "ip") ? rec_member(v, "ip") : rec_member(v, "url");
		if (json_is_array(v))
			v = json_array_get(v, 0);
		if (json_is_string(v) &&
		    !put_source(x, tcs_trim(tcs_slice(json_string_value(v), json_string_length(v)))))
			return false;
	}
	return rec_has(x, "source.ip") || rec_has(x, "source.fqdn") || rec_has(x, "source.url") ||
	    rec_has(x, "source.account") || rec_wrong(x, "says no system",
	    "expected an address, a name or a URL");
}

/* Who reports, and what else is said of him: all of it as extra.reporter_*. */
static bool
put_reporter(struct records *x, const json_t *r, const char *name, const char *contact, const char *org)
{
	char column[REC_NAME];
	const char *key;
	json_t *v;

	if (!rec_value(x, "extra.reporter_name", rec_member(r, name)) ||
	    !rec_value(x, "extra.reporter_contact", rec_member(r, contact)) ||
	    !rec_value(x, "extra.reporter_organisation", rec_member(r, org)))
		return false;
	json_object_foreach((json_t *)(uintptr_t)r, key, v) {
		bool read = v == rec_member(r, name) || v == rec_member(r, contact) ||
		    v == rec_member(r, org);

		snprintf(column, sizeof(column), "extra.reporter_%.100s", key);
		if (!read && !rec_value(x, column, v))
			return false;
	}
	return true;
}

/* What the samples are, not what is in them. */
static bool
put_evidence(struct records *x, const json_t *list)
{
	char all[2000];
	size_t i, n = 0;

	for (i = 0; i < json_array_size(list) && n < sizeof(all) - 500; i++) {
		const json_t *e = json_array_get(list, i);
		struct tcs_slice type = tcs_str(json_string_value(rec_member(e, "contenttype"))),
		    about = tcs_str(json_string_value(rec_member(e, "description")));

		if (type.n > 0 || about.n > 0)
			n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%.*s%s%.*s", n ? "; " : "",
			    (int)(type.n < 80 ? type.n : 80), type.n ? type.p : "",
			    type.n && about.n ? ": " : "",
			    (int)(about.n < 300 ? about.n : 300), about.n ? about.p : "");
	}
	return rec_put(x, "extra.evidence", tcs_slice(all, n));
}

static bool
put_port(struct records *x, const json_t *object, const char *const *names)
{
	for (; *names != NULL; names++)
		if (!rec_value(x, "source.port", rec_member(object, *names)))
			return false;
	return !rec_has(x, "source.port") || rec_has(x, "protocol.transport") ||
	    rec_str(x, "protocol.transport", "tcp");
}

/* ---- version 3 ------------------------------------------------------------- */

static bool
read_v3(struct records *x, const json_t *report)
{
	static const char *const sources[] = { "sourceip", "source", "sourceurl", "url", "urls", "uri",
		"sourcedomain", "domain", "sourceemail", NULL };
	const json_t *r = json_object_get(report, "Report"), *about = json_object_get(report, "ReporterInfo");
	const json_t *may = json_object_get(report, "Disclosure"), *sample = rec_member(r, "samples");

	if (!json_is_object(r) || !json_is_string(rec_member(r, "reporttype")))
		return rec_wrong(x, "not an XARF report", "expected Report with ReportType");
	if (sample == NULL)
		sample = rec_member(r, "attachment");
	return put_kind(x, rec_text(r, "ReportClass"), rec_text(r, "ReportType"), r) &&
	    put_known(x, r, of_v3, COUNT(of_v3)) && put_sources(x, r, sources) &&
	    put_reporter(x, about, "reportercontactname", "reportercontactemail", "reporterorg") &&
	    rec_str(x, "extra.reporter_may_be_named", json_is_true(may) ? "yes" : "no") &&
	    put_evidence(x, sample) &&
	    rec_put(x, "product.vulnerabilities", put_cves(x, r)) &&
	    put_rest(x, r, of_v3, COUNT(of_v3), "|SourceIp|Source|SourceUrl|ReportClass|ReportType|") &&
	    put_rest(x, report, NULL, 0, "|Report|ReporterInfo|Disclosure|Version|") && rec_row(x);
}

/* ---- version 4 ------------------------------------------------------------- */

static bool
put_severity(struct records *x, const json_t *r)
{
	static const struct { double least; const char *word; } levels[] = { { 9, "critical" }, { 7, "high" },
		{ 4, "medium" }, { 0.1, "low" }, { -1, "info" } };
	const json_t *score = rec_member(r, "cvssscore");
	size_t i;

	if (!rec_value(x, "severity", rec_member(r, "severity")) ||
	    !rec_value(x, "severity", rec_member(r, "risklevel")))
		return false;
	for (i = 0; json_is_number(score) && i < COUNT(levels); i++)
		if (json_number_value(score) >= levels[i].least)
			return rec_str(x, "severity", levels[i].word);
	return true;
}

/* A label is among the tags: "tlp:amber". */
static bool
put_tags(struct records *x, const json_t *tags)
{
	size_t i;

	for (i = 0; i < json_array_size(tags); i++) {
		struct tcs_slice tag = tcs_str(json_string_value(json_array_get(tags, i)));

		if (tag.n > 4 && tcs_is_nocase(tcs_slice(tag.p, 4), "tlp:") && !rec_put(x, "tlp", tag))
			return false;
	}
	return rec_put(x, "extra.tags", rec_join(x, tags, ','));
}

static bool
read_v4(struct records *x, const json_t *r)
{
	static const char *const sources[] = { "sourceidentifier", "url", "phishingurl", "domain", NULL };
	static const char *const ports[] = { "sourceport", "serviceport", "port", NULL };
	static const char *const client_ports[] = { "sourceport", NULL };
	const json_t *reporter = json_object_get(r, "reporter");
	struct tcs_slice category = rec_text(r, "category");

	if (category.n == 0 || rec_text(r, "type").n == 0)
		return rec_wrong(x, "not an XARF report", "expected category and type");
	return put_kind(x, category, rec_text(r, "type"), r) && put_known(x, r, of_v4, COUNT(of_v4)) &&
	    put_sources(x, r, sources) &&
	    put_port(x, r, tcs_is_nocase(category, "vulnerability") ? ports : client_ports) &&
	    put_reporter(x, reporter, "name", "contact", "org") &&
	    rec_value(x, "extra.reporter_sender", rec_member(json_object_get(r, "sender"), "org")) &&
	    put_severity(x, r) &&
	    put_tags(x, json_object_get(r, "tags")) && put_evidence(x, json_object_get(r, "evidence")) &&
	    rec_put(x, "product.vulnerabilities", put_cves(x, r)) &&
	    put_rest(x, r, of_v4, COUNT(of_v4), "|xarf_version|reporter|sender|"
	    "source_identifier|category|type|tags|"
	    "evidence|severity|cve_id|cve_ids|source_port|url|") && rec_row(x);
}

static bool
read_report(struct records *x, const json_t *report)
{
	if (json_object_get(report, "xarf_version") != NULL)
		return read_v4(x, report);
	return read_v3(x, report);
}

static int
xarf_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct xarf *own = h->alloc(ctx, TCS_INSTANCE, sizeof(*own));

	if (own == NULL)
		return TCS_ENOMEM;
	own->secrets = opt[0].v.i != 0;
	*inst = records_new(ctx, h, "an XARF report", read_report, own);
	return *inst != NULL ? TCS_OK : TCS_ENOMEM;
}

static const struct tcs_source source = {
	.size = sizeof(source), .flags = TCS_S_TILES | TCS_S_ALONE,
	.names = "*xarf*.json|*xarf*.jsonl",
	.starts = "{*\"xarf_version\"|[*\"xarf_version\"|{*\"reporterinfo\"|[*\"reporterinfo\"",
	.columns = "source.*|destination.*|protocol.*|classification.*|malware.name|product.*|severity|tlp|"
	    "event_description.text|time.source|extra.*",
	.begin = records_begin, .feed = records_feed, .end = records_end,
};

static const struct tcs_opt options[] = {
	{ "secrets", TCS_T_BOOL, 0, "no", NULL,
	    "give samples, attachments and other payloads as extras too" },
};

const struct tcs_plugin tocsin_plugin_v1 = {
	TCS_PLUGIN_HEAD(TCS_SOURCE),
	.name = "xarf", .version = "1.0", .license = "Apache-2.0",
	.summary = "Abuse reports in XARF, version 3 and 4",
	.help = "Reads one report, a list, or one a line. Who reports becomes extra.reporter_*, which\n"
	    "never leaves; payloads stay in the evidence.",
	.opts = options, .nopt = 1,
	.open = xarf_open, .close = records_close, .ops.source = &source,
};
