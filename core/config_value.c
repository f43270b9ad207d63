/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One value of the configuration, by its type in a table of keys, and a group
 * or a list of them: what is read here is said once, so that each error names
 * file and line, what was expected, and the nearest key.  What the settings
 * mean together is for who owns the table: config.c, config_source.c and
 * config_notify.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "config_value.h"
#include "near.h"
#include "paths.h"
#include "timefmt.h"
#include "tz.h"

#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

/* What stands there, what was expected. */
bool
config_wrong(struct cfg_read *r, const config_setting_t *s, const char *expected)
{
	const char *file = config_setting_source_file(s), *text = config_setting_get_string(s);
	const char *name = config_setting_name(s) ? config_setting_name(s) : "element";

	return err_at(r->e, file ? file : r->c->file, config_setting_source_line(s),
	    "%s%s%.100s%s: expected %s", name,
	    text != NULL ? " = \"" : "", text != NULL ? text : "", text != NULL ? "\"" : "", expected);
}

/* Near enough: one @ with something on both sides, nothing that could be taken for more than an address. */
static bool
is_address(const char *text)
{
	const char *at = strrchr(text, '@');

	return at != NULL && at > text && at[1] != '\0' && strpbrk(text, " \t\r\n<>(),;:\"") == NULL;
}

/* A system without zone files has UTC at least. */
static bool
is_zone(const char *text)
{
	struct tz *z = tz_load(text);

	tz_free(z);
	return z != NULL || strcmp(text, "UTC") == 0;
}

static bool
put_text(struct cfg_read *r, const config_setting_t *s, const struct key *k, void *base, const char *text)
{
	char *at = (char *)base + k->off, *path;
	enum tlp tlp;
	uint64_t h, m;
	struct tcs_slice part, rest = tcs_str(text);

	switch (k->type) {
	case K_NAME:
		if (*text == '\0' || strspn(text, NAME_CHARS) != strlen(text))
			return config_wrong(r, s, "a name of letters, digits, \"-\", \"_\" and \".\"");
		break;
	case K_ADDRESS:
		if (!(is_address(text) || (*text == '\0' && !k->must)))
			return config_wrong(r, s, "an e-mail address");
		break;
	case K_ZONE:
		if (!is_zone(text))
			return config_wrong(r, s, "a time zone such as \"UTC\" or \"Europe/Amsterdam\"");
		break;
	case K_STR:
	case K_PATH:
		if (*text == '\0' && (k->must || k->type == K_PATH))
			return config_wrong(r, s,
			    k->type == K_PATH ? "the name of a file or folder" : "a text that is not empty");
		break;
	default:
		break;
	}
	switch (k->type) {
	case K_STR:
	case K_NAME:
	case K_ADDRESS:
	case K_ZONE:
		*(const char **)(void *)at = arena_strdup(r->c->arena, text);
		return true;
	case K_PATH:
		path = path_beside(r->c->file, text);
		*(const char **)(void *)at = arena_strdup(r->c->arena, path);
		free(path);
		return true;
	case K_DURATION:
	case K_SPAN:
		return (duration_parse(text, strlen(text), (int64_t *)(void *)at) &&
		    (k->type == K_DURATION || *(int64_t *)(void *)at > 0)) ||
		    config_wrong(r, s, "a duration such as \"7d\", \"12h\" or \"30m\"");
	case K_TLP:
		if (!tlp_by_name(rest, &tlp))
			return config_wrong(r, s, "clear, green, amber, amber+strict or red");
		*(enum tlp *)(void *)at = tlp;
		return true;
	case K_TIME:
		if (!tcs_cut(&rest, ':', &part) || !tcs_uint(part, 23, &h) || !tcs_cut(&rest, ':', &part) ||
		    !tcs_uint(part, 59, &m) || rest.p)
			return config_wrong(r, s, "a time of day such as \"07:00\"");
		((int *)(void *)at)[0] = (int)h;
		((int *)(void *)at)[1] = (int)m;
		return true;
	case K_ISOLATE:
		if (strcmp(text, "usual") != 0 && strcmp(text, "strict") != 0)
			return config_wrong(r, s, "usual or strict");
		*(bool *)(void *)at = strcmp(text, "strict") == 0;
		return true;
	case K_COUNT:
		return config_wrong(r, s, "a whole number, at least 1");
	default:
		return config_wrong(r, s, k->type == K_BOOL ? "true or false" : "a whole number");
	}
}

/* share = "owner, operator" or a list of strings. */
static bool
put_share(struct cfg_read *r, const config_setting_t *s, struct cfg_source *src)
{
	static const char *const who[] = { "owner", "operator", "partner" };
	bool *const flag[] = { &src->share_owner, &src->share_operator, &src->share_partner };
	const char *text = config_setting_get_string(s);
	struct tcs_slice rest = tcs_str(text), part;
	unsigned i;

	if (text == NULL)
		return config_wrong(r, s, "a text such as \"owner, operator, partner\"");
	src->share_owner = src->share_operator = src->share_partner = false;
	while (tcs_cut(&rest, ',', &part)) {
		part = tcs_trim(part);
		for (i = 0; i < 3 && !tcs_is_nocase(part, who[i]); i++)
			;
		if (i == 3)
			return config_wrong(r, s, "owner, operator or partner");
		*flag[i] = true;
	}
	return true;
}

/* ( "a", "b" ) becomes "\na\nb\n". */
static bool
put_texts(struct cfg_read *r, const config_setting_t *s, char *at)
{
	const char *text, *all = "\n";
	int i;

	if (!config_setting_is_list(s) && !config_setting_is_array(s))
		return config_wrong(r, s, "a list of texts such as ( \"one\", \"two\" )");
	for (i = 0; i < config_setting_length(s); i++) {
		text = config_setting_get_string(config_setting_get_elem(s, (unsigned)i));
		if (text == NULL || *text == '\0')
			return config_wrong(r, s, "a list of texts such as ( \"one\", \"two\" )");
		all = arena_printf(r->c->arena, "%s%s\n", all, text);
	}
	*(const char **)(void *)at = all;
	return true;
}

static bool
put_expect(struct cfg_read *r, const config_setting_t *s, struct cfg_source *src)
{
	const char *text = config_setting_get_string(s);

	src->expect = EXPECT_EVERY;
	if (text != NULL && strcmp(text, "daily") == 0)
		src->expect = EXPECT_DAILY;
	else if (text != NULL && strcmp(text, "none") == 0)
		src->expect = EXPECT_NONE;
	else if (text == NULL || !duration_parse(text, strlen(text), &src->expect_every) ||
	    src->expect_every <= 0)
		return config_wrong(r, s, "\"daily\", \"none\" or a duration such as \"2d\"");
	return true;
}

static bool
put_hears(struct cfg_read *r, const config_setting_t *s, struct cfg_hearer *h)
{
	const char *text = config_setting_get_string(s);

	h->all = text != NULL && strcmp(text, "all") == 0;
	return h->all || (text != NULL && strcmp(text, "wake") == 0) ||
	    config_wrong(r, s, "\"wake\" or \"all\"");
}

static bool
put(struct cfg_read *r, const config_setting_t *s, const struct key *k, void *base)
{
	char *at = (char *)base + k->off;
	int64_t n;

	if (k->type == K_GROUP)
		return true;
	if (k->type == K_SHARE)
		return put_share(r, s, base);
	if (k->type == K_TEXTS)
		return put_texts(r, s, at);
	if (k->type == K_EXPECT)
		return put_expect(r, s, base);
	if (k->type == K_HEARS)
		return put_hears(r, s, base);
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_STRING:
		return put_text(r, s, k, base, config_setting_get_string(s));
	case CONFIG_TYPE_BOOL:
		if (k->type != K_BOOL)
			break;
		*(bool *)at = config_setting_get_bool(s);
		return true;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		n = config_setting_get_int64(s);
		if ((k->type != K_INT && k->type != K_COUNT) || n < (k->type == K_COUNT))
			break;
		memcpy(at, &n, sizeof n);
		return true;
	}
	if (k->type == K_STR || k->type == K_PATH || k->type == K_NAME || k->type == K_ADDRESS)
		return config_wrong(r, s, "a text in quotes");
	return put_text(r, s, k, base, "");	/* says what it expects instead */
}

/* A value as text, for a plugin's option; lists of scalars joined by commas. */
static const char *
as_text(struct arena *a, const config_setting_t *s)
{
	char *out;
	int i;

	switch (config_setting_type(s)) {
	case CONFIG_TYPE_STRING:
		return arena_strdup(a, config_setting_get_string(s));
	case CONFIG_TYPE_BOOL:
		return config_setting_get_bool(s) ? "true" : "false";
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return arena_printf(a, "%lld", config_setting_get_int64(s));
	case CONFIG_TYPE_FLOAT:
		return arena_printf(a, "%.17g", config_setting_get_float(s));
	case CONFIG_TYPE_ARRAY:
	case CONFIG_TYPE_LIST:
		out = arena_strdup(a, "");
		for (i = 0; i < config_setting_length(s); i++)
			out = arena_printf(a, "%s%s%s", out, i ? "," : "",
			    as_text(a, config_setting_get_elem(s, (unsigned)i)));
		return out;
	}
	return "";
}

static const char *
nearest_key(const config_setting_t *s, const struct key *keys)
{
	const char *names[32];
	size_t n;

	for (n = 0; keys[n].name && n < 32; n++)
		names[n] = keys[n].name;
	return near_name(config_setting_name(s), names, n);
}

/* Of the configuration, or what it includes. */
const char *
config_file_of(const struct cfg_read *r, const config_setting_t *s)
{
	const char *file = config_setting_source_file(s);

	return file != NULL ? arena_strdup(r->c->arena, file) : r->c->file;
}

static bool
unknown_key(struct cfg_read *r, const config_setting_t *s, const struct key *keys)
{
	const char *near = nearest_key(s, keys);

	return err_at(r->e, config_file_of(r, s),
	    config_setting_source_line(s), "unknown setting \"%s\"%s%s%s", config_setting_name(s),
	    near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* All settings of one group.  given not NULL: what no key knows is a plugin's option. */
bool
config_group(struct cfg_read *r, const config_setting_t *g, const struct key *keys, void *base,
    struct given **given, uint32_t *ngiven)
{
	const struct key *k;
	int i;

	if (!config_setting_is_group(g))
		return config_wrong(r, g, "a group { ... }");
	if (given)
		*given = arena_alloc(r->c->arena, (size_t)config_setting_length(g) * sizeof **given);
	for (i = 0; i < config_setting_length(g); i++) {
		const config_setting_t *s = config_setting_get_elem(g, (unsigned)i);

		for (k = keys; k->name && strcmp(k->name, config_setting_name(s)) != 0; k++)
			;
		if (k->name) {
			if (!put(r, s, k, base))
				return false;
		} else if (given) {
			(*given)[(*ngiven)++] = (struct given){
				arena_strdup(r->c->arena, config_setting_name(s)), as_text(r->c->arena, s),
				config_file_of(r, s), config_setting_source_line(s) };
		} else
			return unknown_key(r, s, keys);
	}
	for (k = keys; k->name; k++)
		if (k->must && config_setting_get_member(g, k->name) == NULL)
			return err_at(r->e, r->c->file, config_setting_source_line(g), "\"%s\" is missing",
			    k->name);
	return true;
}

bool
config_member(struct cfg_read *r, const config_setting_t *root, const char *name, const struct key *keys)
{
	const config_setting_t *g = config_setting_get_member(root, name);

	return g == NULL || config_group(r, g, keys, r->c, NULL, NULL);
}

/* A list ( { ... }, { ... } ) of groups into an array of structs of size bytes. */
bool
config_list(struct cfg_read *r, const config_setting_t *list, size_t size, void **out, uint32_t *n,
    bool (*one)(struct cfg_read *, const config_setting_t *, void *))
{
	int i;

	if (!config_setting_is_list(list))
		return config_wrong(r, list, "a list ( { ... }, { ... } )");
	*n = (uint32_t)config_setting_length(list);
	*out = arena_alloc(r->c->arena, *n * size + 1);
	for (i = 0; i < config_setting_length(list); i++)
		if (!one(r, config_setting_get_elem(list, (unsigned)i), (char *)*out + (size_t)i * size))
			return false;
	return true;
}

/* The path of "dir:PATH" as it is seen from the configuration. */
const char *
config_beside(struct cfg_read *r, const char *from)
{
	const char *colon = strchr(from, ':');
	char *p = path_beside(r->c->file, colon + 1);
	const char *out = arena_printf(r->c->arena, "%.*s:%s", (int)(colon - from), from, p);

	free(p);
	return out;
}
