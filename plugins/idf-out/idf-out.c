/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idf-out -- notifier that only renders: a warning as IDF, one JSON object a
 * line, or as its CSV part, for a partner body that matches further.  Made of
 * the warning's own parts (docs/columns.md), so nothing leaves that would not
 * leave in a mail.  What it does not do: look anything up, or send.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/plugin.h>

enum { O_FORM };
enum { FORM_IDF, FORM_CSV };
static const struct tcs_opt opts[] = {
	[O_FORM] = { "form", TCS_T_ENUM, 0, "idf", "idf|csv",
	    "idf: a JSON object for each sighting; csv: the table." },
};

struct out {
	struct tcs_ctx	*ctx;
	const struct tcs_notifier_host *host;
	bool		 csv;
	char		*p;			/* the lines */
	size_t		 n, cap;
};

/* Member of a system, name in IDF. */
static const char *const names[][2] = {
	{ "ip", "source.ip" }, { "hostname", "source.fqdn" }, { "url", "source.url" },
	{ "account", "source.account" }, { "asn", "source.asn" }, { "transport", "protocol.transport" },
	{ "taxonomy", "classification.taxonomy" }, { "type", "classification.type" },
	{ "identifier", "classification.identifier" }, { "reported", "time.observation" },
	{ "source", "feed.name" }, { "report", "feed.code" }, { "severity", "severity" },
	{ "case", "extra.tocsin.case" }, { "problem", "extra.tocsin.problem" },
	{ "state", "extra.tocsin.state" },
};

static int
complain(struct out *o, const char *what)
{
	o->host->h.log(o->ctx, TCS_ERR, "%s", what);
	return TCS_EINPUT;
}

static int
add(const char *p, size_t n, void *arg)
{
	struct out *o = arg;
	char *more;

	if (o->n + n > o->cap) {
		if ((more = realloc(o->p, (o->cap + n) * 2)) == NULL)
			return -1;
		o->p = more;
		o->cap = (o->cap + n) * 2;
	}
	memcpy(o->p + o->n, p, n);
	o->n += n;
	return 0;
}

/* Empty texts and zeros say nothing, and are left out. */
static void
set(json_t *line, const char *name, json_t *value)
{
	const char *s = json_string_value(value);

	if (value == NULL || json_is_null(value) || (s != NULL && *s == '\0') ||
	    (json_is_integer(value) && json_integer_value(value) == 0))
		return;
	json_object_set(line, name, value);
}

static void
set_cves(json_t *line, const json_t *list)
{
	char all[4096] = "";
	size_t n = 0, i, len;

	for (i = 0; i < json_array_size(list); i++) {
		const char *s = json_string_value(json_array_get(list, i));

		len = s != NULL ? strlen(s) : 0;
		if (len == 0 || n + len + 2 > sizeof all)
			continue;
		if (n > 0)
			all[n++] = ';';
		memcpy(all + n, s, len + 1);
		n += len;
	}
	if (n > 0)
		json_object_set_new(line, "product.vulnerabilities", json_string(all));
}

/* What all lines of a case have in common. */
static json_t *
line_of(const json_t *w, const json_t *system)
{
	json_t *line = json_object(), *columns = json_object_get(system, "columns"), *value;
	const char *key;
	size_t i;

	json_object_foreach(columns, key, value)
		set(line, key, value);
	for (i = 0; i < sizeof names / sizeof *names; i++)
		set(line, names[i][1], json_object_get(system, names[i][0]));
	set_cves(line, json_object_get(system, "cves"));
	set(line, "source.port", json_object_get(system, "port"));
	set(line, "tlp", json_object_get(w, "tlp"));
	set(line, "extra.tocsin.warning", json_object_get(w, "warning"));
	set(line, "extra.tocsin.organisation", json_object_get(json_object_get(w, "organisation"), "id"));
	return line;
}

/* A line for each sighting; of an event it has a source port of its own. */
static int
write_system(struct out *o, const json_t *w, const json_t *system)
{
	json_t *line = line_of(w, system), *list = json_object_get(system, "sightings");
	size_t i, n = json_array_size(list);
	int rc = TCS_OK;

	for (i = 0; rc == TCS_OK && i < (n > 0 ? n : 1); i++) {
		json_t *one = json_array_get(list, i), *when = json_object_get(one, "observed");

		set(line, "time.source", when != NULL ? when : json_object_get(system, "observed"));
		set(line, "source.port", json_object_get(one, "source_port"));
		if (line == NULL || json_dump_callback(line, add, o, JSON_COMPACT) != 0 ||
		    add("\n", 1, o) != 0)
			rc = TCS_ENOMEM;
	}
	json_decref(line);
	return rc;
}

static const struct tcs_part *
part_of(const struct tcs_warning *w, const char *type)
{
	uint32_t i;

	for (i = 0; i < w->npart; i++)
		if (strcmp(w->part[i].type, type) == 0)
			return &w->part[i];
	return NULL;
}

static int
render_idf(struct out *o, const struct tcs_part *part)
{
	json_error_t why;
	json_t *w = json_loadb(part->p, part->n, 0, &why), *systems = json_object_get(w, "systems");
	int rc = json_array_size(systems) > 0 ? TCS_OK :
	    complain(o, "the JSON part cannot be read, or has no systems");
	size_t i;

	o->n = 0;
	for (i = 0; rc == TCS_OK && i < json_array_size(systems); i++)
		rc = write_system(o, w, json_array_get(systems, i));
	json_decref(w);
	return rc == TCS_OK ? o->host->out(o->ctx, "application/x-ndjson", o->p, o->n) : rc;
}

static int
out_render(void *inst, const struct tcs_warning *w)
{
	struct out *o = inst;
	const struct tcs_part *part = part_of(w, o->csv ? "text/csv" : "application/json");

	if (part == NULL)
		return complain(o, o->csv ? "the warning has no CSV part" : "the warning has no JSON part");
	return o->csv ? o->host->out(o->ctx, "text/csv", part->p, part->n) : render_idf(o, part);
}

static int
out_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct out *o = h->alloc(ctx, TCS_INSTANCE, sizeof(*o));

	if (o == NULL)
		return TCS_ENOMEM;
	o->ctx = ctx;
	o->host = (const struct tcs_notifier_host *)(const void *)h;
	o->csv = opt[O_FORM].v.i == FORM_CSV;
	*inst = o;
	return TCS_OK;
}

static void
out_close(void *inst)
{
	struct out *o = inst;

	free(o->p);
}

static const struct tcs_notifier notifier = { .size = sizeof(notifier), .render = out_render };

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = { TCS_PLUGIN_HEAD(TCS_NOTIFIER),
	.name = "idf-out", .version = "1.0", .license = "Apache-2.0",
	.summary = "Renders a warning as IDF (JSON lines) or CSV, for a partner body",
	.help = "Renders only: name the notifier that carries it with via. A line for each sighting of each\n"
	    "case, with its address, port and time, so that the partner can match further.",
	.opts = opts, .nopt = sizeof(opts) / sizeof(opts[0]),
	.open = out_open, .close = out_close, .ops.notifier = &notifier };
