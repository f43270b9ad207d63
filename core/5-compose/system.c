/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A system as people are shown it: names as model.h has them, each always set.
 * What belongs to an attacker is defanged here; the recipient's own is not.
 */
#include <string.h>
#include "5-compose/defang.h"
#include "5-compose/view.h"
#include "timefmt.h"

#define SIGHTINGS_SHOWN	20	/* of one system; all are in the attachments */

const char *
when_utc(struct arena *a, int64_t s)
{
	char text[TIME_TEXT];

	time_iso(s * NS, text);
	text[10] = ' ';
	text[19] = '\0';
	return arena_strdup(a, text);
}

const char *
when_local(struct arena *a, int64_t s, const char *zone)
{
	char text[TIME_TEXT];

	if (zone == NULL || *zone == '\0' || strcmp(zone, "UTC") == 0)
		return "";
	time_local(s * NS, zone, text);
	return arena_strdup(a, text);
}

static void
set_severity(struct arena *a, struct val *o, const char *severity)
{
	val_set_str(a, o, "severity", strcmp(severity, "info") == 0 ? "" : severity);
	val_set_bool(a, o, "is_critical", strcmp(severity, "critical") == 0);
	val_set_bool(a, o, "is_high", strcmp(severity, "high") == 0);
	val_set_bool(a, o, "is_medium", strcmp(severity, "medium") == 0);
	val_set_bool(a, o, "is_low", strcmp(severity, "low") == 0);
}

static void
set_cves(struct arena *a, struct val *o, const struct compose_system *s)
{
	struct val *list = val_list(a);
	const char *all = "";
	uint32_t i;

	for (i = 0; i < s->ncve; i++) {
		val_push(a, list, val_str(a, s->cve[i]));
		all = i ? arena_printf(a, "%s, %s", all, s->cve[i]) : s->cve[i];
	}
	val_set(a, o, "cves", list);
	val_set_str(a, o, "cves_text", all);
}

static void
set_state(struct arena *a, struct val *o, const char *state)
{
	static const char *const names[] = { "new", "reminder", "relapse", "worse" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		val_set_bool(a, o, names[i], strcmp(names[i], state) == 0);
}

static void
set_sightings(struct arena *a, struct val *o, const struct compose_system *s, const char *zone)
{
	struct val *list = val_list(a), *one;
	uint32_t i;

	for (i = 0; i < s->nsighting && i < SIGHTINGS_SHOWN; i++) {
		one = val_obj(a);
		val_set_str(a, one, "observed_utc", when_utc(a, s->sighting[i].observed));
		val_set_str(a, one, "observed_local", when_local(a, s->sighting[i].observed, zone));
		val_set_num(a, one, "source_port", s->sighting[i].src_port);
		val_push(a, list, one);
	}
	val_set(a, o, "sightings", list);
	val_set_bool(a, o, "every_sighting", s->nsighting > 0);
	val_set_num(a, o, "sightings_more", (int64_t)s->nsighting - i);
}

static void
set_columns(struct arena *a, struct val *o, const struct view *v)
{
	struct val *list = val_list(a), *one;
	const char *text;
	uint32_t i;

	for (i = 0; i < v->ncolumn; i++) {
		one = val_obj(a);
		text = arena_strndup(a, v->column[i].v.text.p, v->column[i].v.text.n);
		val_set_str(a, one, "name", labels_get(v->labels, a, v->column[i].name));
		text = v->column[i].defang ? defang_object(a, text) : defang_links(a, text);
		val_set_str(a, one, "value", text);
		val_push(a, list, one);
	}
	val_set(a, o, "columns", list);
}

/* Port 0 is none: empty, so that a section over it is false and it prints as nothing. */
static void
set_port(struct arena *a, struct val *o, const char *name, unsigned port)
{
	if (port)
		val_set_num(a, o, name, port);
	else
		val_set_str(a, o, name, "");
}

static void
set_place(struct arena *a, struct val *o, const struct view *v)
{
	val_set_str(a, o, "subject", v->subject);
	val_set_str(a, o, "also", defang_links(a, v->also));
	val_set_str(a, o, "ip", v->ip);
	val_set_str(a, o, "hostname", defang_links(a, v->hostname));
	val_set_str(a, o, "url", v->url_own ? v->url : defang_object(a, v->url));
	val_set_str(a, o, "account", v->account);
	if (v->s->c->key.many)
		val_set_str(a, o, "port", "*");
	else
		set_port(a, o, "port", v->port);
	val_set_bool(a, o, "many_ports", v->s->c->key.many != 0);
	set_port(a, o, "source_port", v->s->nsighting ? 0 : v->src_port);
	val_set_str(a, o, "transport", v->transport);
	val_set_str(a, o, "asset", v->s->asset);
	val_set_str(a, o, "rule", v->rule);
}

struct val *
system_value(struct arena *a, const struct view *v, const char *zone)
{
	const struct compose_system *s = v->s;
	struct val *o = val_obj(a);

	val_set_num(a, o, "case", s->c->id);
	set_place(a, o, v);
	val_set_str(a, o, "problem", s->problem);
	val_set_str(a, o, "problem_name", v->advice->name);
	val_set_str(a, o, "identifier", defang_links(a, v->identifier));
	set_cves(a, o, s);
	set_severity(a, o, v->severity);
	val_set_bool(a, o, "known_exploited", (s->c->exploited & EXPLOITED_KNOWN) != 0);
	val_set_bool(a, o, "ransomware", (s->c->exploited & EXPLOITED_RANSOMWARE) != 0);
	val_set_str(a, o, "observed_utc", when_utc(a, v->observed));
	val_set_str(a, o, "observed_local", when_local(a, v->observed, zone));
	val_set_str(a, o, "reported_utc", when_utc(a, v->reported));
	val_set_str(a, o, "first_seen_utc", when_utc(a, v->first_seen));
	val_set_str(a, o, "first_seen_day", arena_printf(a, "%.10s", when_utc(a, v->first_seen)));
	val_set_num(a, o, "count", s->c->count);
	val_set_num(a, o, "episode", s->c->episode);
	val_set_str(a, o, "source", s->source);
	val_set_str(a, o, "found_by", s->found_by ? s->found_by : "");
	set_state(a, o, v->state);
	set_sightings(a, o, s, zone);
	set_columns(a, o, v);
	return o;
}
