/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is at the other end: stages, notifiers, their rates, and those who hear
 * alarms; and that the names among them fit.
 */
#include <string.h>
#include "config_value.h"
#include "near.h"
#include "timefmt.h"

#define SESSIONS_MOST 128

static const struct key stage_keys[] = { { "plugin", K_STR, offsetof(struct cfg_stage, plugin), true },
    { NULL, 0, 0, 0 } };
#define NOT(m) offsetof(struct cfg_notifier, m)
static const struct key notifier_keys[] = {
	{ "name", K_NAME, NOT(name), true }, { "plugin", K_STR, NOT(plugin), true },
	{ "for", K_STR, NOT(constituency), false },
	{ "to", K_STR, NOT(to), false }, { "via", K_STR, NOT(via), false },
	{ "tlp_max", K_TLP, NOT(tlp_max), false }, { "key", K_STR, NOT(key), false },
	{ "sessions", K_COUNT, NOT(sessions), false },
	{ NULL, 0, 0, 0 }
};
#define RATE(m) offsetof(struct cfg_rate, m)
static const struct key rate_keys[] = {
	{ "domain", K_STR, RATE(domain), true }, { "most", K_STR, RATE(most_text), true }, { NULL, 0, 0, 0 }
};
#define HEAR(m) offsetof(struct cfg_hearer, m)
static const struct key hearer_keys[] = {
	{ "to", K_ADDRESS, HEAR(to), false }, { "notifier", K_STR, HEAR(notifier), true },
	{ "hears", K_HEARS, 0, false }, { NULL, 0, 0, 0 }
};

bool
config_read_stage(struct cfg_read *r, const config_setting_t *g, void *out)
{
	struct cfg_stage *s = out;

	s->line = config_setting_source_line(g);
	return config_group(r, g, stage_keys, s, &s->given, &s->ngiven);
}

bool
config_read_notifier(struct cfg_read *r, const config_setting_t *g, void *out)
{
	struct cfg_notifier *s = out;

	s->constituency = "direct";
	s->tlp_max = TLP_AMBER;
	s->sessions = 4;
	s->line = config_setting_source_line(g);
	if (!config_group(r, g, notifier_keys, s, &s->given, &s->ngiven))
		return false;
	return s->sessions <= SESSIONS_MOST || config_wrong(r, config_setting_get_member(g, "sessions"),
	    "a number from 1 to 128");
}

/* "60/1m" */
bool
config_read_rate(struct cfg_read *r, const config_setting_t *g, void *out)
{
	struct cfg_rate *s = out;
	struct tcs_slice rest, most;
	uint64_t n = 0;

	s->line = config_setting_source_line(g);
	if (!config_group(r, g, rate_keys, s, NULL, NULL))
		return false;
	rest = tcs_str(s->most_text);
	if (!tcs_cut(&rest, '/', &most) || !tcs_uint(tcs_trim(most), 1000000000, &n) || n == 0 ||
	    rest.p == NULL || !duration_parse(rest.p, rest.n, &s->span) || s->span <= 0)
		return config_wrong(r, config_setting_get_member(g, "most"),
		    "a number of warnings and a duration, such as \"60/1m\"");
	s->most = (int64_t)n;
	return true;
}

static bool
read_hearer(struct cfg_read *r, const config_setting_t *g, void *out)
{
	struct cfg_hearer *h = out;

	h->line = config_setting_source_line(g);
	return config_group(r, g, hearer_keys, h, NULL, NULL);
}

/* A hearer's notifier must be there, and hand over by itself. */
static bool
check_hearers(struct cfg_read *r)
{
	const struct config *c = r->c;
	const char *names[64], *near;
	uint32_t i, j;
	size_t n;

	for (i = 0; i < c->alarms.nhearer; i++) {
		const struct cfg_hearer *h = &c->alarms.hearer[i];

		for (j = 0, n = 0; j < c->nnotifier && strcmp(c->notifier[j].name, h->notifier) != 0; j++)
			if (n < 64)
				names[n++] = c->notifier[j].name;
		near = j == c->nnotifier ? near_name(h->notifier, names, n) : NULL;
		if (j == c->nnotifier)
			return err_at(r->e, c->file, h->line, "notifier = \"%s\": no such notifier%s%s%s",
			    h->notifier, near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" :
			    "");
		if (c->notifier[j].via != NULL)
			return err_at(r->e, c->file, h->line, "notifier \"%s\" hands over via another; "
			    "expected one that delivers by itself", h->notifier);
	}
	return true;
}

/* Names must be unique and via must name another notifier. */
bool
config_check_names(struct cfg_read *r)
{
	const struct config *c = r->c;
	uint32_t i, j;

	for (i = 0; i < c->nsource; i++)
		for (j = 0; j < i; j++)
			if (strcmp(c->source[i].name, c->source[j].name) == 0)
				return err_at(r->e, c->file, c->source[i].line,
				    "source \"%s\" is already defined on line %u",
				    c->source[i].name, c->source[j].line);
	for (i = 0; i < c->nnotifier; i++) {
		const char *names[64];
		size_t n = 0;
		bool found = c->notifier[i].via == NULL;

		for (j = 0; j < c->nnotifier; j++) {
			if (j < i && strcmp(c->notifier[i].name, c->notifier[j].name) == 0)
				return err_at(r->e, c->file, c->notifier[i].line,
				    "notifier \"%s\" is already defined on line %u",
				    c->notifier[i].name, c->notifier[j].line);
			if (j != i && n < 64)
				names[n++] = c->notifier[j].name;
			if (!found && j != i && strcmp(c->notifier[i].via, c->notifier[j].name) == 0)
				found = true;
		}
		if (!found) {
			const char *near = near_name(c->notifier[i].via, names, n);

			return err_at(r->e, c->file, c->notifier[i].line,
			    "notifier \"%s\": via = \"%s\": no such notifier%s%s%s",
			    c->notifier[i].name, c->notifier[i].via, near ? ", did you mean \"" : "",
			    near ? near : "",
			    near ? "\"?" : "");
		}
	}
	return true;
}

bool
config_read_hearers(struct cfg_read *r, const config_setting_t *root)
{
	const config_setting_t *g = config_setting_get_member(root, "alarms");
	struct config *c = r->c;

	if (g == NULL || (g = config_setting_get_member(g, "hearers")) == NULL)
		return true;
	return config_list(r, g, sizeof *c->alarms.hearer, (void **)&c->alarms.hearer, &c->alarms.nhearer,
	    read_hearer) && check_hearers(r);
}
