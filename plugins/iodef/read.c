/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds for all systems of an incident: names, times, who reports, how
 * bad it is, what was exploited, who may know.  EventData nests, and what an
 * inner one does not say the outer one does.  Both versions of IODEF are read
 * by one set of rules, since senders mix them; where they differ, the names
 * of both are asked for.
 */
#include "read.h"

const char *const column_names[C_COUNT] = {
	[C_IP] = "source.ip",
	[C_PORT] = "source.port",
	[C_TRANSPORT] = "protocol.transport",
	[C_APPLICATION] = "protocol.application",
	[C_FQDN] = "source.fqdn",
	[C_URL] = "source.url",
	[C_ACCOUNT] = "source.account",
	[C_ASN] = "source.asn",
	[C_REVERSE] = "source.reverse_dns",
	[C_DST_IP] = "destination.ip",
	[C_DST_PORT] = "destination.port",
	[C_DST_FQDN] = "destination.fqdn",
	[C_TAXONOMY] = "classification.taxonomy",
	[C_TYPE] = "classification.type",
	[C_IDENTIFIER] = "classification.identifier",
	[C_CVES] = "product.vulnerabilities",
	[C_SEVERITY] = "severity",
	[C_TIME] = "time.source",
	[C_TLP] = "tlp",
	[C_TEXT] = "event_description.text",
	[C_TEXT_URL] = "event_description.url",
	[C_MALWARE] = "malware.name",
	[C_PRODUCT] = "product.full_name",
	[C_VENDOR] = "product.vendor",
	[C_PRODUCT_NAME] = "product.name",
	[C_VERSION] = "product.version",
	[C_TIME_FROM] = "extra.time_from",
	[C_REPORTED] = "extra.reported",
	[C_GENERATED] = "extra.generated",
	[C_ENDED] = "extra.ended",
	[C_SEEN] = "extra.seen",
	[C_REFERENCES] = "extra.references",
	[C_NAMES] = "extra.names",
	[C_ADDRESSES] = "extra.addresses",
	[C_PORTLIST] = "extra.portlist",
	[C_ROLE] = "extra.node_role",
	[C_OS] = "extra.operating_system",
	[C_COUNTED] = "extra.counter",
	[C_SYSTEM_TEXT] = "extra.system_description",
	[C_ASSET] = "extra.asset_id",
	[C_CATEGORY] = "extra.system_category",
	[C_EXPECTATION] = "extra.expectation",
	[C_CONFIDENCE] = "extra.confidence",
	[C_INCIDENT] = "extra.incident_id",
	[C_OTHER_IDS] = "extra.incident_alternative_ids",
	[C_PURPOSE] = "extra.incident_purpose",
	[C_STATUS] = "extra.incident_status",
	[C_RESTRICTION] = "extra.restriction",
	[C_CONTACTS] = "extra.contacts",
	[C_ADDITIONAL] = "extra.additional",
	[C_NAME] = "extra.reporter_name",
	[C_ORGANISATION] = "extra.reporter_organisation",
	[C_CONTACT] = "extra.reporter_contact",
};

static const struct tcs_slice none;

/* An attribute whose value may be said in a companion: category="ext-value" ext-category="x". */
static struct tcs_slice
attr_ext(const xmlNode *n, const char *name, const char *ext)
{
	struct tcs_slice s = node_attr(n, name, NULL);

	if (tcs_is(s, "ext-value") && node_attr(n, ext, NULL).p != NULL)
		s = node_attr(n, ext, NULL);
	return s;
}

/* ---- who may know --------------------------------------------------------- */

static int
strictness(struct tcs_slice label)
{
	static const char *const names[] = { "clear", "green", "amber", "amber+strict", "red" };
	int i;

	if (label.n > 4 && tcs_is_nocase(tcs_slice(label.p, 4), "tlp:"))
		label = tcs_slice(label.p + 4, label.n - 4);
	for (i = 0; i < 5; i++)
		if (tcs_is_nocase(label, names[i]))
			return i;
	return tcs_is_nocase(label, "white") ? 0 : 5;
}

static struct tcs_slice
label_of(struct tcs_slice restriction)
{
	static const struct { const char *word, *label; } words[] = {
		{ "public", "clear" }, { "white", "clear" }, { "partner", "green" }, { "green", "green" },
		{ "need-to-know", "amber" }, { "amber", "amber" }, { "private", "red" }, { "red", "red" },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (tcs_is_nocase(restriction, words[i].word))
			return tcs_str(words[i].label);
	return tcs_is_nocase(restriction, "default") ? none : restriction;
}

/* A TLP label in an extension: by its name, its meaning, or because its text begins so. */
static bool
is_tlp(const xmlNode *additional, struct tcs_slice text)
{
	struct tcs_slice name = node_attr(additional, "name", NULL);
	struct tcs_slice meaning = node_attr(additional, "meaning", NULL);

	return tcs_is_nocase(name, "tlp") || tcs_is_nocase(meaning, "tlp") ||
	    tcs_glob("*traffic light protocol*", meaning) || tcs_glob("TLP:*", text);
}

/* The label by now: of an extension and a restriction the stricter. */
static void
read_label(const struct reading *r, const xmlNode *n, struct level *l)
{
	struct tcs_slice said = attr_ext(n, "restriction", "ext-restriction"), label;

	if (said.p != NULL)
		l->cell[C_RESTRICTION] = said;
	said = l->cell[C_RESTRICTION];
	label = said.p != NULL ? label_of(said) : l->label.p == NULL && r->private ? tcs_str("red") : none;
	if (l->label.p != NULL && (label.p == NULL || strictness(l->label) > strictness(label)))
		label = l->label;
	l->cell[C_TLP] = label;
}

/* ---- when ----------------------------------------------------------------- */

static bool
nearer(const struct reading *r, const xmlNode *n, const char *name, struct tcs_slice *cell)
{
	struct tcs_slice text = node_child_line(r->pen, n, name);

	if (text.p != NULL)
		*cell = text;
	return text.p != NULL;
}

static void
read_times(const struct reading *r, const xmlNode *n, struct level *l)
{
	static const char *const names[] = { "DetectTime", "StartTime" };
	struct tcs_slice *cell = l->cell;
	int i;

	nearer(r, n, "ReportTime", &cell[C_REPORTED]);
	nearer(r, n, "GenerationTime", &cell[C_GENERATED]);
	nearer(r, n, "EndTime", &cell[C_ENDED]);
	for (i = 0; i < 2; i++)
		if (nearer(r, n, names[i], &cell[C_TIME])) {
			cell[C_TIME_FROM] = tcs_str(names[i]);
			return;
		}
	if (tcs_is(cell[C_TIME_FROM], names[0]) || tcs_is(cell[C_TIME_FROM], names[1]))
		return;
	cell[C_TIME] = cell[C_REPORTED].p ? cell[C_REPORTED] : cell[C_GENERATED];
	if (cell[C_TIME].p != NULL)
		cell[C_TIME_FROM] = tcs_str(cell[C_REPORTED].p ? "ReportTime" : "GenerationTime");
}

/* ---- what was exploited --------------------------------------------------- */

static void
cves_of(struct cves *c, const xmlNode *n)
{
	const xmlAttr *a;

	for (a = n->properties; a != NULL; a = a->next)
		if (a->children != NULL && a->children->content != NULL)
			cves_in(c, tcs_str((const char *)a->children->content));
	for (n = n->children; n != NULL; n = n->next) {
		if (n->type == XML_ELEMENT_NODE)
			cves_of(c, n);
		else if (n->content != NULL)
			cves_in(c, tcs_str((const char *)n->content));
	}
}

static void
read_references(const struct reading *r, const xmlNode *method, struct tcs_slice cell[C_COUNT])
{
	EACH(ref, method, "Reference") {
		pen_add(r->pen, &cell[C_REFERENCES], "; ", node_child_line(r->pen, ref, "ReferenceName"));
		EACH(url, ref, "URL") {
			struct tcs_slice text = node_line(r->pen, url);

			pen_add(r->pen, &cell[C_REFERENCES], "; ", text);
			if (cell[C_TEXT_URL].p == NULL)
				cell[C_TEXT_URL] = text;
		}
	}
	EACH(d, method, "Description")
		pen_add(r->pen, &cell[C_ADDITIONAL], "\n",
		    pen_join(r->pen, tcs_str("method"), ": ", node_line(r->pen, d)));
}

/* CVE numbers in descriptions count only where no method has any. */
static void
read_methods(const struct reading *r, const xmlNode *n, struct level *l)
{
	uint32_t had = l->exploited.n + l->described.n;
	const struct cves *c;

	EACH(m, n, "Method") {
		cves_of(&l->exploited, m);
		read_references(r, m, l->cell);
	}
	EACH(d, n, "Description")
		cves_of(&l->described, d);
	c = l->exploited.n ? &l->exploited : &l->described;
	if (l->exploited.n + l->described.n == had)
		return;
	l->cell[C_IDENTIFIER] = pen_copy(r->pen, tcs_str(c->text[0]));
	l->cell[C_CVES] = cves_join(c, r->pen);
}

/* ---- how bad -------------------------------------------------------------- */

static void
read_severity(const xmlNode *impact, struct tcs_slice *cell)
{
	static const char *const words[] = { "low", "medium", "high" };
	struct tcs_slice s = node_attr(impact, "severity", NULL);
	int i, k = -1, had = -1;

	for (i = 0; i < 3; i++) {
		if (tcs_is_nocase(s, words[i]))
			k = i;
		if (tcs_is(*cell, words[i]))
			had = i;
	}
	if (k > had)
		*cell = tcs_str(words[k]);
}

static void
read_confidence(const struct reading *r, const xmlNode *assessment, struct tcs_slice cell[C_COUNT])
{
	const xmlNode *c = node_child(assessment, "Confidence");
	struct tcs_slice text;

	if (c == NULL)
		return;
	text = node_line(r->pen, c);
	cell[C_CONFIDENCE] = text.p ? text : node_attr(c, "rating", NULL);
}

static void
read_assessment(const struct reading *r, const xmlNode *a, struct level *l)
{
	static const char *const names[] = { "SystemImpact", "Impact", "BusinessImpact" };
	struct said *said = &l->said;
	struct tcs_slice type;
	int i;

	said->potential |= tcs_is_nocase(node_attr(a, "occurrence", NULL), "potential");
	if (said->category.p == NULL)
		said->category = node_child_line(r->pen, a, "IncidentCategory");
	for (i = 0; i < 3; i++)
		EACH(impact, a, names[i]) {
			read_severity(impact, &l->severity);
			type = attr_ext(impact, "type", "ext-type");
			said->potential |= tcs_is_nocase(node_attr(impact, "completion", NULL), "failed");
			if (i < 2 && said->impact.p == NULL && !tcs_is_nocase(type, "unknown"))
				said->impact = type;
		}
	read_confidence(r, a, l->cell);
}

/* An inner assessment takes the outer one's place. */
static void
read_assessments(const struct reading *r, const xmlNode *n, struct level *l)
{
	if (node_child(n, "Assessment") == NULL)
		return;
	l->said = (struct said){ .source = false };
	l->severity = none;
	EACH(a, n, "Assessment")
		read_assessment(r, a, l);
}

/* ---- who ------------------------------------------------------------------ */

static struct tcs_slice
reach(const struct reading *r, const xmlNode *contact)
{
	static const char *const names[][2] = { { "Email", "EmailTo" }, { "Telephone", "TelephoneNumber" } };
	struct tcs_slice text = none;
	const xmlNode *n;
	int i;

	for (i = 0; i < 2 && text.p == NULL; i++)
		if ((n = node_child(contact, names[i][0])) != NULL)
			text = node_line(r->pen, node_child(n, names[i][1]) ? node_child(n, names[i][1]) : n);
	return text;
}

static void
read_contact(const struct reading *r, const xmlNode *c, struct tcs_slice cell[C_COUNT])
{
	struct tcs_slice name = node_child_line(r->pen, c, "ContactName"), at = reach(r, c);
	struct tcs_slice role = attr_ext(c, "role", "ext-role");
	bool person = tcs_is_nocase(node_attr(c, "type", NULL), "person");
	enum column col = person ? C_NAME : C_ORGANISATION;

	if (tcs_is_nocase(role, "creator") || tcs_is_nocase(role, "reporter")) {
		if (cell[col].p == NULL)
			cell[col] = name;
		if (cell[C_CONTACT].p == NULL)
			cell[C_CONTACT] = at;
	} else
		pen_add(r->pen, &cell[C_CONTACTS], "; ",
		    pen_join(r->pen, role, ": ", pen_join(r->pen, name, " ", at)));
	EACH(inner, c, "Contact")
		read_contact(r, inner, cell);
}

/* ---- the rest ------------------------------------------------------------- */

/* An extension: a label, an IDF field as iodef-out writes it, or something to keep as it is. */
static void
read_additional(const struct reading *r, const xmlNode *a, struct level *l)
{
	static const enum column fields[] = { C_TAXONOMY, C_TYPE, C_IDENTIFIER, C_SEVERITY, C_ACCOUNT,
		C_URL, C_ASN, C_APPLICATION, C_PRODUCT, C_VERSION, C_MALWARE, C_DST_IP, C_DST_PORT,
		C_DST_FQDN, C_REVERSE };
	struct tcs_slice name = node_attr(a, "name", NULL), text = node_text(r->pen, a);
	size_t i;

	if (text.p == NULL)
		return;
	if (is_tlp(a, text)) {
		if (l->label.p == NULL || !l->own_label || strictness(text) > strictness(l->label))
			l->label = text;
		l->own_label = true;
		return;
	}
	for (i = 0; tcs_starts(name, "idf:") && i < sizeof(fields) / sizeof(fields[0]); i++)
		if (tcs_is(tcs_slice(name.p + 4, name.n - 4), column_names[fields[i]])) {
			l->cell[fields[i]] = text;
			return;
		}
	if (name.p == NULL)
		name = node_attr(a, "meaning", NULL);
	pen_add(r->pen, &l->cell[C_ADDITIONAL], "\n", pen_join(r->pen, name, ": ", text));
}

void
read_extensions(const struct reading *r, const xmlNode *n, struct level *l)
{
	l->own_label = false;
	EACH(a, n, "AdditionalData")
		read_additional(r, a, l);
	read_label(r, n, l);
}

static struct tcs_slice
incident_id(const struct reading *r, const xmlNode *id)
{
	struct tcs_slice text = pen_join(r->pen, node_attr(id, "name", NULL), "/", node_line(r->pen, id));
	struct tcs_slice instance = node_attr(id, "instance", NULL);

	return instance.p ? pen_join(r->pen, text, "/", instance) : text;
}

static void
read_incident(const struct reading *r, const xmlNode *incident, struct tcs_slice cell[C_COUNT])
{
	const xmlNode *id = node_child(incident, "IncidentID");
	const xmlNode *other = node_child(incident, "AlternativeID");

	if (id != NULL)
		cell[C_INCIDENT] = incident_id(r, id);
	if (other != NULL)
		EACH(o, other, "IncidentID")
			pen_add(r->pen, &cell[C_OTHER_IDS], "; ", incident_id(r, o));
	cell[C_PURPOSE] = attr_ext(incident, "purpose", "ext-purpose");
	cell[C_STATUS] = attr_ext(incident, "status", "ext-status");
}

static void
read_record(const struct reading *r, const xmlNode *n, struct tcs_slice cell[C_COUNT])
{
	const xmlNode *record = node_child(n, "Record");

	if (record == NULL)		/* JSON has no Record around it */
		record = n;
	if (node_child(record, "RecordData") == NULL)
		return;
	cell[C_SEEN] = none;
	EACH(data, record, "RecordData")
		EACH(item, data, "RecordItem")
			pen_add(r->pen, &cell[C_SEEN], "\n", node_text(r->pen, item));
}

void
read_level(const struct reading *r, const xmlNode *n, const struct level *up, struct level *l)
{
	if (up != NULL)
		*l = *up;
	else {
		memset(l, 0, sizeof(*l));
		read_incident(r, n, l->cell);
	}
	read_times(r, n, l);
	nearer(r, n, "Description", &l->cell[C_TEXT]);
	read_methods(r, n, l);
	read_assessments(r, n, l);
	read_record(r, n, l->cell);
	EACH(c, n, "Contact")
		read_contact(r, c, l->cell);
	EACH(x, n, "Expectation")
		pen_add(r->pen, &l->cell[C_EXPECTATION], "; ", pen_join(r->pen,
		    attr_ext(x, "action", "ext-action"), ": ", node_child_line(r->pen, x, "Description")));
	read_extensions(r, n, l);
}

void
read_indicator(const struct reading *r, const xmlNode *n, const struct level *up, struct level *l)
{
	const xmlNode *id = node_child(n, "IndicatorID");

	*l = *up;
	l->said = (struct said){ .indicator = true };
	l->severity = none;
	l->cell[C_ROLE] = l->cell[C_TYPE] = l->cell[C_TAXONOMY] = none;
	l->cell[C_CATEGORY] = tcs_str("indicator");
	if (id != NULL)
		pen_add(r->pen, &l->cell[C_ADDITIONAL], "\n",
		    pen_join(r->pen, tcs_str("indicator"), ": ", node_line(r->pen, id)));
	read_times(r, n, l);
	nearer(r, n, "Description", &l->cell[C_TEXT]);
	read_confidence(r, n, l->cell);
	read_roles(r, n, l->cell);
	read_extensions(r, n, l);
	read_class(l);
}
