/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the schema of schema.h.  It comes from outside and becomes files, so
 * names are checked to the letter; a conversion that nobody knows, or a value
 * that a feed file cannot say, stops it.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "2-decode/feedfile.h"
#include "2-decode/schema.h"

#define MOST (32u << 20)		/* bytes of a schema */

static const struct {
	const char	*name;
	enum conv	 conv;
} conversions[] = {
	{ "validate_to_none", CONV_KNOWN }, { "convert_int", CONV_NUMBER },
	{ "invalidate_zero", CONV_NUMBER_NOT_ZERO }, { "convert_bool", CONV_YES_NO },
	{ "validate_ip", CONV_ADDRESS }, { "add_UTC_to_timestamp", CONV_UTC },
	{ "extract_cve_from_tag", CONV_CVES }, { "convert_float", CONV_REAL }, { "convert_date", CONV_UTC },
	{ "convert_date_utc", CONV_UTC }, { "convert_http_host_and_url", CONV_WEB_ADDRESS },
	{ "validate_fqdn", CONV_HOST }, { "validate_network", CONV_NETWORK },
	{ "category_or_detail", CONV_KNOWN }, { "force_base64", CONV_BASE64 },
};

struct reading {
	struct arena	*a;
	const char	*path, *key;		/* of the report */
	struct err	*e;
};

static bool
wrong(const struct reading *r, const char *what, const char *value)
{
	return err_at(r->e, r->path, 0, "report %s: %s%s%.100s%s", r->key, what, value ? " '" : "",
	    value ? value : "", value ? "'" : "");
}

/* What may stand in a line of a feed file. */
static bool
is_plain(const char *s)
{
	if (*s == '\0' || strlen(s) > 300)
		return false;
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == '"' || *s == 0x7f)
			return false;
	return true;
}

static bool
is_word(const char *s)
{
	return is_plain(s) && strpbrk(s, " #|") == NULL;
}

static bool
is_type(const char *s)
{
	return s[0] >= 'a' && s[0] <= 'z' && strlen(s) < 100 &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(s);
}

static bool
text(const struct reading *r, const json_t *o, const char *name, bool must, const char **out)
{
	const json_t *v = json_object_get(o, name);

	*out = NULL;
	if (v == NULL || json_is_null(v) || (json_is_string(v) && json_string_length(v) == 0))
		return !must || wrong(r, "expected", name);
	if (!json_is_string(v) || !is_plain(json_string_value(v)))
		return wrong(r, "not a plain text:", name);
	*out = arena_strdup(r->a, json_string_value(v));
	return true;
}

/* ---- columns ---------------------------------------------------------------- */

/* Fields that IDF does not have are extras, as IntelMQ keeps them. */
static const char *
target_of(const struct reading *r, const char *name)
{
	if (strncmp(name, "extra.", 6) == 0 || field_by_name(tcs_str(name)) != NULL)
		return arena_strdup(r->a, name);
	return arena_printf(r->a, "extra.%s", name);
}

static bool
conversion(const struct reading *r, const char *name, struct schema_line *l, bool *by_row)
{
	const struct field *f = l->target != NULL ? field_by_name(tcs_str(l->target)) : NULL;
	size_t i;

	l->conv = feed_usual_conv(f != NULL ? f->number : 0);
	if (name == NULL) {
		if (f != NULL && f->type != FT_TIME && f->type != FT_IP)
			l->conv = CONV_TEXT;
		return true;
	}
	*by_row = strncmp(name, "scan_exchange_", 14) == 0;
	if (*by_row)
		return true;
	for (i = 0; i < sizeof conversions / sizeof *conversions; i++)
		if (strcmp(conversions[i].name, name) == 0) {
			l->conv = conversions[i].conv;
			if (strcmp(name, "category_or_detail") == 0)
				l->cols = arena_printf(r->a, "%s|detail", l->cols);
			return true;
		}
	return wrong(r, "a conversion that nobody knows:", name);
}

static bool
column(const struct reading *r, const json_t *v, bool need, struct schema_line *l, bool *by_row)
{
	const char *to = json_string_value(json_array_get(v, 0));
	const char *col = json_string_value(json_array_get(v, 1));
	const char *conv = json_string_value(json_array_get(v, 2));
	bool dropped = json_is_false(json_array_get(v, 0));

	if ((to == NULL && !dropped) || col == NULL || !is_word(col) || (to != NULL && !is_word(to)))
		return wrong(r, "columns are [field, column, conversion]; this is none", col ? col : to);
	*l = (struct schema_line){ .need = need, .cols = arena_strdup(r->a, col),
		.target = dropped ? NULL : target_of(r, to) };
	return conversion(r, conv, l, by_row);
}

static bool
columns(const struct reading *r, const json_t *o, const char *name, bool need, struct schema_report *out,
    struct schema_line *line)
{
	const json_t *list = json_object_get(o, name);
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		struct schema_line l;
		bool by_row = false;

		if (!column(r, json_array_get(list, i), need, &l, &by_row))
			return false;
		out->by_row = out->by_row || by_row;
		if (!by_row)
			line[out->nline++] = l;
	}
	return true;
}

/* ---- reports ---------------------------------------------------------------- */

static bool
constants(const struct reading *r, const json_t *o, struct schema_report *out)
{
	json_t *all = json_object_get(o, "constant_fields"), *v;
	struct schema_set *set = arena_alloc(r->a, (json_object_size(all) + 1) * sizeof *set);
	const char *key, *value;

	json_object_foreach(all, key, v) {
		if (!json_is_string(v) || !is_plain(json_string_value(v)) || !is_word(key))
			return wrong(r, "not a plain text:", key);
		value = arena_strdup(r->a, json_string_value(v));
		if (strcmp(key, "classification.taxonomy") == 0)
			out->taxonomy = value;
		else if (strcmp(key, "classification.type") == 0)
			out->type = value;
		else if (strcmp(key, "classification.identifier") == 0)
			out->identifier = value;
		else
			set[out->nset++] = (struct schema_set){ target_of(r, key), value };
	}
	out->set = set;
	if (out->type != NULL && rsit_taxonomy(tcs_str(out->type)) == NULL)
		return wrong(r, "a class that RSIT does not have:", out->type);
	if (out->type != NULL)
		out->taxonomy = rsit_taxonomy(tcs_str(out->type));
	return true;
}

static bool
report(const struct reading *r, const json_t *o, struct schema_report *out)
{
	size_t n = json_array_size(json_object_get(o, "required_fields")) +
	    json_array_size(json_object_get(o, "optional_fields"));
	struct schema_line *line = arena_alloc(r->a, (n + 1) * sizeof *line);

	*out = (struct schema_report){ .line = line };
	if (!json_is_object(o))
		return wrong(r, "expected an object", NULL);
	if (!text(r, o, "file_name", true, &out->file) || !text(r, o, "feed_name", true, &out->name) ||
	    !text(r, o, "url", false, &out->url))
		return false;
	if (!is_type(out->file))
		return wrong(r, "file_name: expected small letters, digits and _, found", out->file);
	return constants(r, o, out) && columns(r, o, "required_fields", true, out, line) &&
	    columns(r, o, "optional_fields", false, out, line);
}

static int
by_file(const void *a, const void *b)
{
	return strcmp(((const struct schema_report *)a)->file, ((const struct schema_report *)b)->file);
}

static bool
reports(struct reading *r, json_t *all, struct schema *out)
{
	const char *key;
	json_t *v;
	uint32_t i;

	out->report = arena_alloc(r->a, (json_object_size(all) + 1) * sizeof *out->report);
	json_object_foreach(all, key, v) {
		r->key = key;
		if (key[0] == '_')
			continue;
		if (!report(r, v, &out->report[out->n++]))
			return false;
	}
	if (out->n == 0)
		return err_at(r->e, r->path, 0, "no report in it; expected Shadowserver's schema");
	qsort(out->report, out->n, sizeof *out->report, by_file);
	for (i = 1; i < out->n; i++)
		if (strcmp(out->report[i].file, out->report[i - 1].file) == 0)
			return err_at(r->e, r->path, 0, "two reports are called %s", out->report[i].file);
	return true;
}

bool
schema_read(const char *path, struct arena *a, struct schema *out, struct err *e)
{
	struct reading r = { .a = a, .path = path, .e = e };
	json_error_t why;
	json_t *all;
	FILE *f = fopen(path, "re");
	bool good;

	*out = (struct schema){ .n = 0 };
	if (f == NULL)
		return err_at(e, path, 0, "%s", strerror(errno));
	if (fseek(f, 0, SEEK_END) != 0 || ftell(f) > (long)MOST || fseek(f, 0, SEEK_SET) != 0) {
		fclose(f);
		return err_at(e, path, 0, "expected a file of at most %u MiB", MOST >> 20);
	}
	all = json_loadf(f, JSON_REJECT_DUPLICATES, &why);
	fclose(f);
	if (all == NULL)
		return err_at(e, path, (unsigned)(why.line > 0 ? why.line : 0), "%s", why.text);
	good = json_is_object(all) ? reports(&r, all, out) :
	    err_at(e, path, 0, "expected an object with an object for each report");
	if (good && json_is_string(json_object_get(json_object_get(all, "_meta"), "date_created")))
		out->date = arena_strdup(a, json_string_value(json_object_get(json_object_get(all, "_meta"),
		    "date_created")));
	json_decref(all);
	return good;
}
