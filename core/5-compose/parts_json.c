/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON part: one object that holds all that the warning says, for machines
 * and for notifiers that render something of their own (iodef-out).  Its
 * layout is in docs/columns.md.  Text that is not known is "", a number null.
 */
#include <inttypes.h>
#include "5-compose/view.h"
#include "timefmt.h"

static void
name(struct buf *out, const char *key)
{
	if (out->n && out->p[out->n - 1] != '{')
		buf_char(out, ',');
	buf_json_str(out, key);
	buf_char(out, ':');
}

static void
text(struct buf *out, const char *key, const char *s)
{
	name(out, key);
	buf_json_str(out, s ? s : "");
}

static void
number(struct buf *out, const char *key, uint64_t n)
{
	name(out, key);
	if (n)
		buf_printf(out, "%" PRIu64, n);
	else
		buf_str(out, "null");
}

static void
when(struct buf *out, const char *key, int64_t s)
{
	char iso[TIME_TEXT];

	time_iso(s * NS, iso);
	text(out, key, iso);
}

static void
cves(struct buf *out, const struct compose_system *s)
{
	uint32_t i;

	name(out, "cves");
	buf_char(out, '[');
	for (i = 0; i < s->ncve; i++) {
		if (i)
			buf_char(out, ',');
		buf_json_str(out, s->cve[i]);
	}
	buf_char(out, ']');
}

static void
sighting(struct buf *out, int64_t observed, uint16_t src_port)
{
	buf_char(out, '{');
	when(out, "observed", observed);
	number(out, "source_port", src_port);
	buf_char(out, '}');
}

/* Every one since the last warning where that was asked for, else the newest. */
static void
sightings(struct buf *out, const struct view *v)
{
	const struct compose_system *s = v->s;
	uint32_t i;

	name(out, "sightings");
	buf_char(out, '[');
	for (i = 0; i < s->nsighting; i++) {
		if (i)
			buf_char(out, ',');
		sighting(out, s->sighting[i].observed, s->sighting[i].src_port);
	}
	if (s->nsighting == 0)
		sighting(out, v->observed, v->src_port);
	buf_char(out, ']');
}

static void
columns(struct buf *out, const struct view *v)
{
	uint32_t i;

	name(out, "columns");
	buf_char(out, '{');
	for (i = 0; i < v->ncolumn; i++) {
		const struct fvalue *x = &v->column[i].v;

		name(out, v->column[i].name);
		if (x->form == VF_NUMBER || x->form == VF_JSON)
			buf_add(out, x->text.p, x->text.n);
		else if (x->form == VF_BOOL)
			buf_str(out, x->i ? "true" : "false");
		else
			buf_json(out, x->text.p, x->text.n);
	}
	buf_char(out, '}');
}

static void
place(struct buf *out, const struct view *v)
{
	number(out, "case", v->s->c->id);
	text(out, "ip", v->ip);
	number(out, "port", v->port);
	if (v->s->c->key.many) {
		name(out, "many_ports");
		buf_str(out, "true");
	}
	text(out, "transport", v->transport);
	text(out, "hostname", v->hostname);
	text(out, "url", v->url);
	text(out, "account", v->account);
	number(out, "asn", v->asn);
}

static void
system_json(struct buf *out, const struct view *v)
{
	const struct compose_system *s = v->s;

	buf_char(out, '{');
	place(out, v);
	text(out, "problem", s->problem);
	text(out, "identifier", v->identifier);
	text(out, "taxonomy", v->taxonomy);
	text(out, "type", v->type);
	text(out, "severity", v->severity);
	cves(out, s);
	text(out, "kind", kind_names[s->c->kind]);
	text(out, "part", part_names[s->c->part]);
	when(out, "observed", v->observed);
	when(out, "reported", v->reported);
	when(out, "first_seen", v->first_seen);
	when(out, "last_seen", v->last_seen);
	number(out, "count", s->c->count);
	number(out, "episode", s->c->episode);
	text(out, "source", s->source);
	text(out, "report", s->report);
	text(out, "asset", s->asset);
	text(out, "rule", v->rule);
	text(out, "state", v->state);
	sightings(out, v);
	columns(out, v);
	buf_char(out, '}');
}

static void
who(struct buf *out, const struct config *c, const struct compose_job *job)
{
	name(out, "organisation");
	buf_char(out, '{');
	text(out, "id", job->org->key);
	text(out, "name", job->org->name);
	text(out, "constituency", job->org->constituency);
	buf_char(out, '}');
	name(out, "identity");
	buf_char(out, '{');
	text(out, "name", c->identity.name);
	text(out, "from", c->identity.from);
	text(out, "verify", c->identity.verify);
	text(out, "phone", c->identity.phone);
	text(out, "web", c->identity.web);
	buf_char(out, '}');
}

static void
topic(struct buf *out, const char *class)
{
	struct tcs_slice rest = tcs_str(class), taxonomy = tcs_slice("", 0);

	tcs_cut(&rest, '/', &taxonomy);
	name(out, "topic");
	buf_str(out, "{\"taxonomy\":");
	buf_json(out, taxonomy.p, taxonomy.n);
	buf_str(out, ",\"type\":");
	buf_json(out, rest.p ? rest.p : "", rest.n);
	buf_char(out, '}');
}

void
part_json(struct buf *out, const struct config *c, const struct compose_job *job, const char *language,
    const struct view *v, uint32_t n)
{
	uint32_t i;

	buf_char(out, '{');
	text(out, "warning", job->number);
	text(out, "message_id", job->message_id);
	when(out, "made", job->made);
	text(out, "tlp", tlp_names[job->tlp]);
	text(out, "language", language);
	who(out, c, job);
	topic(out, job->topic);
	text(out, "lane", lane_names[job->lane]);
	text(out, "role", job_rung(job));
	name(out, "systems");
	buf_char(out, '[');
	for (i = 0; i < n; i++) {
		if (i)
			buf_str(out, ",\n");
		system_json(out, &v[i]);
	}
	buf_str(out, "]}\n");
}
