/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A warning as people are shown it: names as model.h has them.  Systems past
 * SYSTEMS_SHOWN are counted, and their advice is given, but only the
 * attachments list them.
 */
#include <stdio.h>
#include <string.h>
#include "5-compose/defang.h"
#include "5-compose/view.h"
#include "answer_words.h"
#include "map.h"

struct making {
	struct arena			*a;
	const struct config		*c;
	const struct compose_job	*job;
	const struct view		*v;
	uint32_t			 n;
};

static const char *const tlp_flags[] = { "tlp_clear", "tlp_green", "tlp_amber", "tlp_amber_strict",
    "tlp_red" };

static void
set_label(struct making *m, struct val *r)
{
	const char *name = tlp_names[m->job->tlp];
	char text[32];
	size_t i;

	snprintf(text, sizeof text, "TLP:%s", name);
	for (i = 0; text[i]; i++)
		if (text[i] >= 'a' && text[i] <= 'z')
			text[i] = (char)(text[i] - 'a' + 'A');
	val_set_str(m->a, r, "tlp", text);
	for (i = 0; i < sizeof tlp_flags / sizeof *tlp_flags; i++)
		val_set_bool(m->a, r, tlp_flags[i], i == (size_t)m->job->tlp);
}

const char *
job_rung(const struct compose_job *job)
{
	if (job->rung != NULL && *job->rung != '\0')
		return job->rung;
	return job->partner != NULL ? "partner" : job->role == ROLE_OPERATOR ? "operator" :
	    job->role == ROLE_NETWORK ? "network" : job->role == ROLE_COUNTRY ? "national" : "owner";
}

/* Exactly one is true. */
static void
set_rung(struct making *m, struct val *r)
{
	static const char *const rungs[] = { "owner", "operator", "network", "national" };
	const char *is = job_rung(m->job);
	bool partner = strcmp(is, "partner") == 0;
	struct val *o;
	size_t i;

	for (i = 0; i < sizeof rungs / sizeof *rungs; i++)
		val_set_bool(m->a, r, rungs[i], strcmp(rungs[i], is) == 0);
	val_set_bool(m->a, r, "passes_on", !partner && strcmp(is, "owner") != 0);
	if (partner) {
		o = val_obj(m->a);
		val_set_str(m->a, o, "name", m->job->partner != NULL ? m->job->partner : "");
		val_set(m->a, r, "partner", o);
	} else
		val_set_bool(m->a, r, "partner", false);
}

/* An address for the post as lines: divided by ";", or, where there is none, by ",". */
static struct val *
address_lines(struct arena *a, const char *address)
{
	struct tcs_slice rest = tcs_str(address), line;
	struct val *list = val_list(a), *o;
	char by = strchr(address, ';') != NULL ? ';' : ',';

	while (tcs_cut(&rest, by, &line)) {
		line = tcs_trim(line);
		if (line.n == 0)
			continue;
		o = val_obj(a);
		val_set(a, o, "line", val_slice(a, line));
		val_push(a, list, o);
	}
	return list;
}

static void
set_people(struct making *m, struct val *r)
{
	const struct compose_job *job = m->job;
	struct arena *a = m->a;
	struct val *o = val_obj(a);

	val_set_str(a, o, "id", job->org->key);
	val_set_str(a, o, "name", job->org->name);
	val_set_str(a, o, "constituency", job->org->constituency);
	val_set(a, r, "organisation", o);
	o = val_obj(a);
	val_set_str(a, o, "address", job->address);
	val_set(a, o, "lines", address_lines(a, job->address));
	val_set(a, r, "recipient", o);
	set_rung(m, r);
	o = val_obj(a);
	val_set_str(a, o, "name", m->c->identity.name);
	val_set_str(a, o, "from", m->c->identity.from);
	val_set_str(a, o, "verify", m->c->identity.verify);
	val_set_str(a, o, "phone", m->c->identity.phone);
	val_set_str(a, o, "web", m->c->identity.web);
	val_set(a, r, "identity", o);
}

/* The words that a reply may begin with: core/answer_words.h. */
static void
set_words(struct making *m, struct val *r, const char *language)
{
	static const char *const names[WORD_COUNT] = { NULL, "fixed", "not_mine", "false_positive",
		"wrong_contact" };
	struct val *o = val_obj(m->a);
	unsigned w;

	for (w = WORD_FIXED; w < WORD_COUNT; w++)
		val_set_str(m->a, o, names[w], answer_word_text((enum answer_word)w, language));
	val_set(m->a, r, "word", o);
	val_set_str(m->a, r, "correction", "");
	val_set_str(m->a, r, "key", "");
}

static void
set_states(struct making *m, struct val *r)
{
	static const char *const counts[] = { "new", "reminder", "relapse", "worse" };
	uint32_t n[4] = { 0 }, i, k;

	for (i = 0; i < m->n; i++)
		for (k = 0; k < 4; k++)
			n[k] += strcmp(m->v[i].state, counts[k]) == 0;
	val_set_num(m->a, r, "new_count", n[0]);
	val_set_num(m->a, r, "reminder_count", n[1]);
	val_set_num(m->a, r, "relapse_count", n[2]);
	val_set_num(m->a, r, "worse_count", n[3]);
	val_set_bool(m->a, r, "reminder_only", m->n && n[1] == m->n);
	val_set_bool(m->a, r, "relapse_only", m->n && n[2] == m->n);
	val_set_bool(m->a, r, "worse_only", m->n && n[3] == m->n);
	val_set_bool(m->a, r, "again", n[0] < m->n);
	val_set_bool(m->a, r, "changes", n[0] < m->n || m->job->previous > 0);
	val_set_bool(m->a, r, "mixed", n[0] < m->n && n[1] < m->n && n[2] < m->n && n[3] < m->n);
}

/* The different advices of the systems, in the order in which they come, and what it all is about in a word.
 * */
static void
set_advice(struct making *m, struct val *r, const struct advice_set *set, const char *language)
{
	struct val *list = val_list(m->a), *o, *topic = val_obj(m->a);
	struct tcs_slice type = tcs_str(m->job->topic), taxonomy = tcs_slice("", 0);
	const struct advice *about;
	uint32_t i, j, count;

	for (i = 0; i < m->n; i++) {
		for (j = 0; j < i && m->v[j].advice != m->v[i].advice; j++)
			;
		if (j < i)
			continue;
		for (count = 0; j < m->n; j++)
			count += m->v[j].advice == m->v[i].advice;
		o = advice_value(m->a, m->v[i].advice);
		val_set_num(m->a, o, "count", count);
		val_push(m->a, list, o);
	}
	val_set(m->a, r, "advice", list);
	if (list->n > 0)
		val_set(m->a, r, "main", list->item[0]);
	else
		val_set_bool(m->a, r, "main", false);
	val_set_bool(m->a, r, "several_problems", list->n > 1);
	tcs_cut(&type, '/', &taxonomy);
	val_set(m->a, topic, "taxonomy", val_slice(m->a, taxonomy));
	val_set(m->a, topic, "type", val_slice(m->a, type));
	about = list->n == 1 ? m->v[0].advice :
	    advice_find(set, language, NULL, NULL, arena_strndup(m->a, type.p ? type.p : "", type.n));
	val_set_str(m->a, topic, "id", about->id);
	val_set_str(m->a, topic, "name", about->name);
	val_set(m->a, r, "topic", topic);
}

/* Is this text the first of its kind? */
static bool
first_of(struct map *seen, const char *text)
{
	uint64_t is;

	if (map_get(seen, text, strlen(text), &is))
		return false;
	map_set(seen, text, strlen(text), 1);
	return true;
}

static void
set_sources(struct making *m, struct val *r)
{
	struct val *list = val_list(m->a), *o;
	struct map *seen = map_new();
	const char *text;
	uint32_t i;

	for (i = 0; i < m->n; i++) {
		text = m->v[i].s->found_by ? m->v[i].s->found_by : "";
		if (!first_of(seen, arena_printf(m->a, "%s\n%s", m->v[i].s->source, text)))
			continue;
		o = val_obj(m->a);
		val_set_str(m->a, o, "name", m->v[i].s->source);
		val_set_str(m->a, o, "text", text);
		val_push(m->a, list, o);
	}
	map_free(seen);
	val_set(m->a, r, "sources", list);
}

static void
set_why(struct making *m, struct val *r)
{
	static const char *const kinds[] = { "network", "domain", "asn" };
	struct val *list = val_list(m->a), *o;
	struct map *seen = map_new();
	const struct view *v;
	size_t k;

	for (v = m->v; v < m->v + m->n; v++) {
		if (!first_of(seen, arena_printf(m->a, "%s\n%s", v->s->asset, v->rule)))
			continue;
		o = val_obj(m->a);
		val_set_str(m->a, o, "asset", v->s->asset);
		val_set_str(m->a, o, "rule", v->rule);
		val_set_str(m->a, o, "verified_by", v->s->verified_by != NULL ? v->s->verified_by : "");
		val_set_str(m->a, o, "verified_on", v->s->verified_on != NULL ? v->s->verified_on : "");
		for (k = 0; k < sizeof kinds / sizeof *kinds; k++)
			val_set_bool(m->a, o, arena_printf(m->a, "is_%s", kinds[k]),
			    strcmp(v->rule, kinds[k]) == 0);
		val_push(m->a, list, o);
	}
	map_free(seen);
	val_set(m->a, r, "why", list);
}

static bool
same_subject(const struct view *a, const struct view *b)
{
	return strcmp(a->subject, b->subject) == 0;
}

/* Past the first ones a line is enough, but not where every sighting counts. */
static bool
is_brief(const struct view *v, uint32_t i)
{
	return i >= SYSTEMS_FULL && v->s->nsighting == 0;
}

static void
set_systems(struct making *m, struct val *r)
{
	struct val *systems = val_list(m->a), *hosts = val_list(m->a), *shorter = val_list(m->a);
	struct val *host = NULL, *one;
	uint32_t i, subjects = 0;
	bool brief = false;

	for (i = 0; i < m->n; i++) {
		bool first = i == 0 || !same_subject(&m->v[i - 1], &m->v[i]);

		subjects += first;
		if (i >= SYSTEMS_SHOWN)
			continue;
		if (first) {
			host = val_obj(m->a);
			val_set_str(m->a, host, "subject", m->v[i].subject);
			val_set_str(m->a, host, "also", defang_links(m->a, m->v[i].also));
			val_set_bool(m->a, host, "tight", brief && is_brief(&m->v[i], i));
			val_set(m->a, host, "systems", val_list(m->a));
			val_push(m->a, hosts, host);
		}
		one = system_value(m->a, &m->v[i], m->job->zone);
		brief = is_brief(&m->v[i], i);
		val_set_bool(m->a, one, "brief", brief);
		val_set_bool(m->a, one, "status", m->job->previous > 0 || strcmp(m->v[i].state, "new") != 0);
		val_push(m->a, systems, one);
		if (i < SYSTEMS_SHORT)
			val_push(m->a, shorter, one);
		val_push(m->a, val_get(host, TCS_LIT("systems")), one);
	}
	val_set(m->a, r, "systems", systems);
	val_set(m->a, r, "hosts", hosts);
	val_set(m->a, r, "short", shorter);
	val_set_num(m->a, r, "short_more", (int64_t)m->n - shorter->n);
	val_set_num(m->a, r, "subject_count", subjects);
	val_set_bool(m->a, r, "one_subject", subjects == 1);
	val_set_num(m->a, r, "systems_count", m->n);
	val_set_num(m->a, r, "systems_more", (int64_t)m->n - systems->n);
}

struct val *
warning_value(struct arena *a, const struct config *c, const struct compose_job *job, const char *language,
    const struct advice_set *advice, const struct view *v, const char *attachments)
{
	struct making m = { a, c, job, v, job->nsystem };
	struct val *r = val_obj(a);
	const char *utc = when_utc(a, job->made), *local = when_local(a, job->made, job->zone);

	val_set_str(a, r, "number", job->number);
	val_set_str(a, r, "language", language);
	val_set_str(a, r, "zone", job->zone && *job->zone ? job->zone : "UTC");
	val_set_str(a, r, "made_utc", utc);
	val_set_str(a, r, "made_local", *local ? local : arena_printf(a, "%.16s UTC", utc));
	set_label(&m, r);
	set_people(&m, r);
	val_set_bool(a, r, "priority", job->lane == LANE_PRIORITY);
	set_states(&m, r);
	set_thread(a, r, job, language, advice);
	val_set_str(a, r, "redirected", job->redirected ? job->redirected : "");
	set_advice(&m, r, advice, language);
	set_sources(&m, r);
	set_why(&m, r);
	set_systems(&m, r);
	val_set_str(a, r, "attachments", attachments);
	set_words(&m, r, language);
	return r;
}
