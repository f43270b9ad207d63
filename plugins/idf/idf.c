/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idf -- source: events in IntelMQ's data format (IDF) as JSON, as its file
 * output writes them and its own tools print them: flat dotted keys or nested
 * (hierarchical), extras as a field of its own or dotted.
 *
 * Names mean themselves; what is no field of IDF is kept as an extra.  Two
 * things are put right: types of IntelMQ before version 3 get their names of
 * today, and a message that says it is a Report is refused, since it has no
 * event in it.
 */
#include <stdio.h>
#include "plugins/json/records.h"

/* What the names of fields begin with; anything else is an extra. */
static const char *const families[] = { "classification", "comment", "constituency", "destination",
	"event_description", "event_hash", "feed", "malware", "misp", "output", "product", "protocol", "raw",
	"rtir_id", "screenshot_url", "severity", "source", "status", "time", "tlp" };

/* Types of IntelMQ 1 and 2. */
static const struct {
	const char *was, *is;
} types[] = {
	{ "botnet drone", "infected-system" }, { "infected system", "infected-system" },
	{ "c&c", "c2-server" }, { "c2server", "c2-server" }, { "ransomware", "infected-system" },
	{ "vulnerable service", "vulnerable-system" }, { "vulnerable client", "vulnerable-system" },
	{ "ddos amplifier", "ddos-amplifier" }, { "unauthorized-command", "system-compromise" },
	{ "unauthorized-login", "unprivileged-account-compromise" },
	{ "backdoor", "system-compromise" }, { "defacement", "unauthorised-information-modification" },
	{ "dga domain", "dga-domain" }, { "ids alert", "ids-alert" }, { "brute force", "brute-force" },
	{ "unknown", "undetermined" },
};

static bool
is_family(struct tcs_slice key)
{
	struct tcs_slice first = tcs_slice(key.p, tcs_find(key, '.'));
	size_t i;

	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (tcs_is(first, families[i]))
			return true;
	return false;
}

static bool
put_type(struct records *x, const json_t *v)
{
	struct tcs_slice was = tcs_slice(json_string_value(v), json_string_length(v));
	size_t i;

	for (i = 0; json_is_string(v) && i < sizeof(types) / sizeof(types[0]); i++)
		if (tcs_is_nocase(tcs_trim(was), types[i].was))
			return rec_str(x, "classification.type", types[i].is);
	return rec_value(x, "classification.type", v);
}

/* A member whose dotted name is complete. */
static bool
put(struct records *x, const char *key, const json_t *v)
{
	char *text;
	bool good;

	if (!is_family(tcs_str(key)))
		return rec_extra(x, tcs_str(key), v);
	if (tcs_is(tcs_str(key), "classification.type"))
		return put_type(x, v);
	if (!json_is_array(v) && !json_is_object(v))
		return rec_value(x, key, v);
	if (!tcs_is(tcs_str(key), "output"))
		return rec_extra(x, tcs_str(key), v);
	if ((text = json_dumps(v, JSON_COMPACT)) == NULL) {
		x->nomem = true;
		return false;
	}
	good = rec_str(x, key, text);
	free(text);
	return good;
}

/* extra as one member: an object, or a text that is one.  Where all else is nested, so is what is in it;
 * else an object in it is a value. */
static bool
put_extra(struct records *x, const json_t *v, bool nested)
{
	json_t *inner = NULL, *one;
	const char *key;
	bool good = true;

	if (json_is_string(v)) {
		inner = json_loadb(json_string_value(v), json_string_length(v), JSON_REJECT_DUPLICATES, NULL);
		if (!json_is_object(inner)) {
			json_decref(inner);
			return rec_extra(x, TCS_LIT("extra"), v);
		}
		v = inner;
	}
	if (!json_is_object(v))
		good = rec_extra(x, TCS_LIT("extra"), v);
	else if (nested)
		good = rec_extras(x, "", v);
	else
		json_object_foreach((json_t *)(uintptr_t)v, key, one)
			if (!(good = rec_extra(x, tcs_str(key), one)))
				break;
	json_decref(inner);
	return good;
}

static bool
put_nested(struct records *x, const char *prefix, const json_t *object, int depth)
{
	char name[REC_NAME + 2];
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)object, key, v) {
		int n = snprintf(name, sizeof(name), "%s.%s", prefix, key);

		if (n < 0 || (size_t)n > REC_NAME)
			return rec_wrong(x, "bad key", "\"%.60s\": longer than %u bytes", name, REC_NAME);
		if (json_is_object(v) && depth < 4 ? !put_nested(x, name, v, depth + 1) : !put(x, name, v))
			return false;
	}
	return true;
}

static bool
is_nested(const json_t *event)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)event, key, v)
		if (json_is_object(v) && is_family(tcs_str(key)) && strcmp(key, "output") != 0)
			return true;
	return false;
}

static bool
is_event(const json_t *event)
{
	static const char *const some[] = { "source", "destination", "classification", "time", "malware" };
	struct tcs_slice first;
	const char *key;
	json_t *v;
	size_t i;

	json_object_foreach((json_t *)(uintptr_t)event, key, v) {
		first = tcs_slice(key, tcs_find(tcs_str(key), '.'));
		for (i = 0; i < sizeof(some) / sizeof(some[0]); i++)
			if (tcs_is(first, some[i]) && (first.n < strlen(key) || json_is_object(v)))
				return true;
	}
	return false;
}

static bool
read_event(struct records *x, const json_t *event)
{
	struct tcs_slice type = rec_text(event, "__type");
	bool nested = is_nested(event), good;
	const char *key;
	json_t *v;

	if (tcs_is(type, "Report"))
		return rec_wrong(x, "a report, not an event", "IntelMQ writes these before its parsers");
	if (!is_event(event))
		return rec_wrong(x, "not an IDF event", "expected classification.*, source.*, destination.* "
		    "or time.*");
	json_object_foreach((json_t *)(uintptr_t)event, key, v) {
		if (strcmp(key, "__type") == 0)
			continue;
		if (strcmp(key, "extra") == 0)
			good = put_extra(x, v, nested);
		else if (strncmp(key, "extra.", 6) == 0)
			good = rec_extra(x, tcs_str(key + 6), v);
		else if (json_is_object(v) && strcmp(key, "output") != 0)
			good = put_nested(x, key, v, 1);
		else
			good = put(x, key, v);
		if (!good)
			return false;
	}
	return rec_row(x);
}

static int
idf_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	(void)opt;
	*inst = records_new(ctx, h, "an IDF event", read_event, NULL);
	return *inst != NULL ? TCS_OK : TCS_ENOMEM;
}

static const struct tcs_source source = {
	.size = sizeof(source), .flags = TCS_S_TILES | TCS_S_ALONE,
	.names = "*idf*.json|*idf*.jsonl|*intelmq*.json|*intelmq*.jsonl|*events.txt",
	.starts = "{*\"classification.|[*\"classification.|{*\"classification\"*\"taxonomy\"|"
	    "[*\"classification\"*\"taxonomy\"|{*\"source.ip\"|[*\"source.ip\"|{*\"feed.name\"|"
	    "[*\"feed.name\"|{\"__type\"*",
	.columns = "classification.*|source.*|destination.*|time.*|feed.*|malware.*|protocol.*|product.*|"
	    "severity|tlp|event_description.*|status|raw|extra.*",
	.begin = records_begin, .feed = records_feed, .end = records_end,
};

const struct tcs_plugin tocsin_plugin_v1 = {
	TCS_PLUGIN_HEAD(TCS_SOURCE),
	.name = "idf", .version = "1.0", .license = "Apache-2.0",
	.summary = "Events of IntelMQ (IDF) in JSON, as its file output writes them",
	.help = "Reads JSON lines, a list, one object or objects one after another; keys with dots or\n"
	    "nested. What is no field of IDF is kept as an extra.",
	.open = idf_open, .close = records_close, .ops.source = &source,
};
