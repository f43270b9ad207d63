/* SPDX-License-Identifier: Apache-2.0 */
/*
 * n6 -- source: events of CERT Polska's n6 in JSON, a list as its REST API
 * gives it or one event a line as its stream API and sjson do.
 *
 * An event is about each of its addresses: one row each.  What an address is
 * in it is said by the category, in a table below: where it is a client
 * (a bot, a scanner, an attacker), fqdn, url and dport are those of whom it
 * talked to; where it is a server, they are its own.  Names of destinations
 * must not become names of sources: the wrong one would be warned.
 */
#include <stdio.h>
#include "plugins/json/records.h"

enum role { SERVER, CLIENT };

static const struct category {
	const char	*name, *taxonomy, *type;
	enum role	 role;
	bool		 malware;		/* name is that of malware */
} categories[] = {
	{ "amplifier", "vulnerable", "ddos-amplifier", SERVER, false },
	{ "backdoor", "intrusions", "system-compromise", SERVER, true },
	{ "bots", "malicious-code", "infected-system", CLIENT, true },
	{ "cnc", "malicious-code", "c2-server", SERVER, true },
	{ "deface", "information-content-security", "unauthorised-information-modification", SERVER, false },
	{ "dns-query", "other", "other", CLIENT, false },
	{ "dos-attacker", "availability", "ddos", CLIENT, false },
	{ "dos-victim", "availability", "ddos", SERVER, false },
	{ "exposed", "vulnerable", "potentially-unwanted-accessible", SERVER, false },
	{ "flow", "other", "other", CLIENT, false },
	{ "flow-anomaly", "other", "other", CLIENT, false },
	{ "fraud", "fraud", "masquerade", SERVER, false },
	{ "leak", "information-content-security", "data-leak", SERVER, false },
	{ "malurl", "malicious-code", "malware-distribution", SERVER, true },
	{ "malware-action", "malicious-code", "malware-configuration", SERVER, true },
	{ "other", "other", "other", SERVER, false },
	{ "phish", "fraud", "phishing", SERVER, false },
	{ "proxy", "other", "proxy", SERVER, false },
	{ "sandbox-url", "malicious-code", "malware-distribution", SERVER, true },
	{ "scam", "fraud", "masquerade", SERVER, false },
	{ "scanning", "information-gathering", "scanner", CLIENT, false },
	{ "server-exploit", "intrusion-attempts", "exploit", CLIENT, false },
	{ "spam", "abusive-content", "spam", CLIENT, false },
	{ "spam-url", "abusive-content", "spam", SERVER, false },
	{ "tor", "other", "tor", SERVER, false },
	{ "vulnerable", "vulnerable", "vulnerable-system", SERVER, false },
	{ "webinject", "malicious-code", "malware-configuration", SERVER, true },
};
static const struct category unknown_category = { NULL, "other", "undetermined", SERVER, false };

/* What is the same for every event; the other keys are below or become extras. */
static const struct {
	const char *key, *column;
} same[] = {
	{ "time", "time.source" }, { "md5", "malware.hash.md5" }, { "sha1", "malware.hash.sha1" },
	{ "sha256", "malware.hash.sha256" }, { "proto", "protocol.transport" }, { "status", "status" },
	{ "target", "event_description.target" }, { "source", "feed.name" },
	{ "dip", "destination.ip" }, { "product", "product.full_name" },
	{ "device_vendor", "product.vendor" },
	{ "device_model", "product.name" }, { "application", "protocol.application" },
};
/* Read elsewhere. */
static const char *const elsewhere[] = { "address", "category", "restriction", "name", "fqdn", "url", "sport",
	"dport", "email", "username", "cve", "cve_id", "cve-id" };

static const struct category *
category(struct tcs_slice name)
{
	size_t i;

	for (i = 0; i < sizeof(categories) / sizeof(categories[0]); i++)
		if (tcs_is_nocase(name, categories[i].name))
			return &categories[i];
	return &unknown_category;
}

static const char *
column_of(const char *key)
{
	size_t i;

	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (strcmp(same[i].key, key) == 0)
			return same[i].column;
	return NULL;
}

static bool
is_elsewhere(const char *key)
{
	size_t i;

	for (i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (strcmp(elsewhere[i], key) == 0)
			return true;
	return false;
}

static bool
put_class(struct records *x, const json_t *event, const struct category *c)
{
	struct tcs_slice name = rec_text(event, "name"), cat = rec_text(event, "category");
	const json_t *cve = json_object_get(event, "cve");

	if (cve == NULL)
		cve = json_object_get(event, "cve_id");
	if (cve == NULL)
		cve = json_object_get(event, "cve-id");
	return rec_str(x, "classification.taxonomy", c->taxonomy) &&
	    rec_str(x, "classification.type", c->type) &&
	    rec_lower(x, "classification.identifier", name.n > 0 ? name : cat) &&
	    (!c->malware || rec_put(x, "malware.name", name)) &&
	    rec_put(x, "extra.category", cat) && rec_put(x, "product.vulnerabilities", rec_join(x, cve, ';'));
}

/* internal is for the receiver's own systems: nothing of it leaves. */
static bool
put_label(struct records *x, const json_t *event)
{
	static const char *const words[][2] = { { "public", "clear" }, { "need-to-know", "amber" },
		{ "internal", "red" } };
	struct tcs_slice r = rec_text(event, "restriction");
	size_t i;

	for (i = 0; i < 3; i++)
		if (tcs_is_nocase(r, words[i][0]))
			return rec_str(x, "tlp", words[i][1]) && rec_put(x, "extra.restriction", r);
	return rec_put(x, "tlp", r);
}

/* An account that leaked is what the event is about; one that an attacker tried is not his. */
static bool
put_account(struct records *x, const json_t *event, const struct category *c)
{
	struct tcs_slice email = rec_text(event, "email"), user = rec_text(event, "username");

	if (c->role == CLIENT)
		return rec_put(x, "extra.email", email) && rec_put(x, "extra.username", user);
	if (email.n == 0)
		return rec_put(x, "source.account", user);
	return rec_put(x, "source.account", email) && rec_put(x, "extra.username", user);
}

/* Ports and names belong to whoever the category says. */
static bool
put_ends(struct records *x, const json_t *event, const struct category *c)
{
	const json_t *sport = json_object_get(event, "sport"), *dport = json_object_get(event, "dport");
	bool own = c->role == SERVER && json_object_get(event, "dip") == NULL, name = c->role == SERVER;

	if (own && sport == NULL ? !rec_value(x, "source.port", dport) :
	    !rec_value(x, "source.port", sport) || !rec_value(x, "destination.port", dport))
		return false;
	return rec_put(x, name ? "source.fqdn" : "destination.fqdn", rec_text(event, "fqdn")) &&
	    rec_put(x, name ? "source.url" : "destination.url", rec_text(event, "url")) &&
	    put_account(x, event, c);
}

static bool
put_rest(struct records *x, const json_t *event)
{
	const char *key, *col;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)event, key, v) {
		if ((col = column_of(key)) != NULL ? !rec_value(x, col, v) :
		    !is_elsewhere(key) && !rec_extra(x, tcs_str(key), v))
			return false;
	}
	return true;
}

static bool
put_address(struct records *x, const json_t *a)
{
	static const struct { const char *key, *column; } known[] = { { "ip", "source.ip" },
		{ "ipv6", "source.ip" }, { "cc", "source.geolocation.cc" }, { "asn", "source.asn" },
		{ "rdns", "source.reverse_dns" }, { "dir", "extra.direction" } };
	const char *key;
	json_t *v;
	size_t i;

	json_object_foreach((json_t *)(uintptr_t)a, key, v) {
		for (i = 0; i < sizeof(known) / sizeof(known[0]) && strcmp(known[i].key, key) != 0; i++)
			;
		if (i < sizeof(known) / sizeof(known[0]) ? !rec_value(x, known[i].column, v) :
		    !rec_extra(x, tcs_str(key), v))
			return false;
	}
	return true;
}

static bool
put_row(struct records *x, const json_t *event, const struct category *c, const json_t *address)
{
	return put_class(x, event, c) && put_label(x, event) && put_ends(x, event, c) &&
	    put_rest(x, event) && (address == NULL || put_address(x, address)) && rec_row(x);
}

static bool
read_event(struct records *x, const json_t *event)
{
	struct tcs_slice cat = rec_text(event, "category");
	const json_t *address = json_object_get(event, "address");
	const struct category *c = category(cat);
	size_t i, n = json_array_size(address);

	if (cat.n == 0 || json_object_get(event, "id") == NULL || json_object_get(event, "time") == NULL)
		return rec_wrong(x, "not an n6 event", "expected id, time and category");
	if (address != NULL && !json_is_array(address) && !json_is_object(address) && !json_is_null(address))
		return rec_wrong(x, "wrong type", "address: expected a list of {ip, cc, asn}");
	if (json_is_object(address))
		return put_row(x, event, c, address);
	for (i = 0; i < n; i++) {
		if (!json_is_object(json_array_get(address, i)))
			return rec_wrong(x, "wrong type", "address: expected a list of {ip, cc, asn}");
		if (!put_row(x, event, c, json_array_get(address, i)))
			return false;
	}
	return n > 0 || put_row(x, event, c, NULL);
}

static int
n6_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	(void)opt;
	*inst = records_new(ctx, h, "an n6 event", read_event, NULL);
	return *inst != NULL ? TCS_OK : TCS_ENOMEM;
}

static const struct tcs_source source = {
	.size = sizeof(source), .flags = TCS_S_TILES | TCS_S_ALONE,
	.names = "*n6*.json|*n6*.sjson|*.sjson|*n6*.jsonl",
	.starts = "{*\"restriction\"|[*\"restriction\"",
	.columns = "source.ip|source.port|source.asn|source.geolocation.cc|source.fqdn|source.url|"
	    "source.account|"
	    "destination.ip|destination.port|destination.fqdn|destination.url|protocol.transport|"
	    "malware.*|classification.*|time.source|tlp|status|feed.name|extra.*",
	.begin = records_begin, .feed = records_feed, .end = records_end,
};

const struct tcs_plugin tocsin_plugin_v1 = {
	TCS_PLUGIN_HEAD(TCS_SOURCE),
	.name = "n6", .version = "1.0", .license = "Apache-2.0",
	.summary = "Events of n6 in JSON, from its REST or stream API",
	.help = "Reads a list of events or one event a line. An event with several addresses gives a row\n"
	    "for each. Categories become classes of RSIT, the restriction a TLP label.",
	.open = n6_open, .close = records_close, .ops.source = &source,
};
