/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of a report: one table says where each may stand, of what type
 * it is and which column it becomes.  Not here: where pieces are (split.c),
 * what a value may be (value.c), in what order things are told (researcher.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include "value.h"

const char *const column_names[C_COUNT] = {
	[C_IP] = "source.ip",
	[C_PORT] = "source.port",
	[C_TRANSPORT] = "protocol.transport",
	[C_APPLICATION] = "protocol.application",
	[C_FQDN] = "source.fqdn",
	[C_URL] = "source.url",
	[C_ACCOUNT] = "source.account",
	[C_CVES] = "product.vulnerabilities",
	[C_IDENTIFIER] = "classification.identifier",
	[C_TYPE] = "classification.type",
	[C_TAXONOMY] = "classification.taxonomy",
	[C_TITLE] = "event_description.text",
	[C_SEVERITY] = "severity",
	[C_FOUND] = "time.source",
	[C_TLP] = "tlp",
	[C_PRODUCT] = "product.full_name",
	[C_VERSION] = "product.version",
	[C_SEEN] = "extra.seen",
	[C_REMEDIATION] = "extra.remediation",
	[C_REFERENCES] = "extra.references",
	[C_DESCRIPTION] = "extra.description",
	[C_SCORE] = "extra.cvss_score",
	[C_REPORTED] = "extra.reported",
	[C_ID] = "extra.report_id",
	[C_NAME] = "extra.reporter_name",
	[C_CONTACT] = "extra.reporter_contact",
	[C_ORGANISATION] = "extra.reporter_organisation",
	[C_NAMED] = "extra.reporter_may_be_named",
};

static const struct field fields[] = {
	{ "format", T_FORMAT, IN_REPORT | MUST, C_NONE },
	{ "reporter", T_REPORTER, IN_REPORT | MUST, C_NONE },
	{ "title", T_TEXT, IN_REPORT | IN_SYSTEM | MUST, C_TITLE },
	{ "found", T_TEXT, IN_REPORT | IN_SYSTEM | MUST, C_FOUND },
	{ "systems", T_SYSTEMS, IN_REPORT | MUST, C_NONE },
	{ "reported", T_TEXT, IN_REPORT, C_REPORTED },
	{ "id", T_TEXT, IN_REPORT, C_ID },
	{ "tlp", T_TEXT, IN_REPORT, C_TLP },
	{ "description", T_TEXT, IN_REPORT | IN_SYSTEM, C_DESCRIPTION },
	{ "class", T_CLASS, IN_REPORT | IN_SYSTEM, C_TYPE },
	{ "cves", T_CVES, IN_REPORT | IN_SYSTEM, C_CVES },
	{ "severity", T_SEVERITY, IN_REPORT | IN_SYSTEM, C_SEVERITY },
	{ "remediation", T_TEXT, IN_REPORT | IN_SYSTEM, C_REMEDIATION },
	{ "references", T_LIST, IN_REPORT | IN_SYSTEM, C_REFERENCES },
	{ "application", T_TEXT, IN_REPORT | IN_SYSTEM, C_APPLICATION },
	{ "product", T_TEXT, IN_REPORT | IN_SYSTEM, C_PRODUCT },
	{ "version", T_TEXT, IN_REPORT | IN_SYSTEM, C_VERSION },
	{ "address", T_TEXT, IN_SYSTEM, C_IP },
	{ "port", T_PORT, IN_SYSTEM, C_PORT },
	{ "transport", T_TEXT, IN_SYSTEM, C_TRANSPORT },
	{ "host", T_TEXT, IN_SYSTEM, C_FQDN },
	{ "url", T_TEXT, IN_SYSTEM, C_URL },
	{ "account", T_TEXT, IN_SYSTEM, C_ACCOUNT },
	{ "seen", T_TEXT, IN_SYSTEM, C_SEEN },
	{ "name", T_TEXT, IN_REPORTER, C_NAME },
	{ "contact", T_TEXT, IN_REPORTER, C_CONTACT },
	{ "organisation", T_TEXT, IN_REPORTER, C_ORGANISATION },
	{ "may_be_named", T_YES_NO, IN_REPORTER, C_NAMED },
};
#define NFIELD (sizeof(fields) / sizeof(fields[0]))

/* What the source writes itself, under names that a system's own keys must not have. */
static const char *const reserved[] = { "reported", "report_id", "cvss_score" };

/* ---- keys ----------------------------------------------------------------- */

/* A key as text; names are short, so a longer one is cut and then known to nobody. */
static bool
read_key(struct reading *r, const struct piece *key, char *out, size_t size)
{
	json_t *j = load(r, key);

	if (j == NULL)
		return false;
	snprintf(out, size, "%s", json_string_value(j));
	json_decref(j);
	return true;
}

static const char *
nearest_field(const char *word, int where)
{
	const char *best = NULL;
	unsigned least = 4;
	size_t i;

	for (i = 0; i < NFIELD; i++)
		if (fields[i].where & where)
			nearer(word, fields[i].name, &best, &least);
	return best;
}

static const struct field *
field_get(const char *name, int where)
{
	size_t i;

	for (i = 0; i < NFIELD; i++)
		if ((fields[i].where & where) && strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

static bool
unknown(struct reading *r, uint32_t line, const char *key, int where)
{
	const char *near = nearest_field(key, where);

	return wrong(r, line, "unknown key", "\"%.80s\" is not a field of %s%s%s%s", key,
	    where == IN_REPORTER ? "the reporter" : "a report",
	    near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static bool
twice(struct reading *r, uint32_t line, const char *key)
{
	return wrong(r, line, "a key twice", "\"%.80s\" is there twice", key);
}

static bool
not_object(struct reading *r, const struct scan *s)
{
	if (s->at >= s->end)
		return wrong(r, s->line, "not valid JSON", "the text ends within an object");
	return wrong(r, s->line, "not valid JSON", "expected \"key\": value, and commas between");
}

/* ---- the report ----------------------------------------------------------- */

static bool
read_reporter(struct reading *r, const struct piece *v, struct tcs_slice *cell)
{
	struct scan s = scan_inside(&r->in, v);
	struct piece key, val;
	const struct field *f;
	char name[128];
	uint64_t seen = 0;
	enum got got;

	if (r->in.p[v->off] != '{')
		return wrong(r, v->line, "wrong type", "reporter: expected %s", expected[T_REPORTER]);
	cell[C_NAMED] = tcs_str("no");
	while ((got = scan_member(&s, &key, &val)) == GOT_VALUE) {
		if (!read_key(r, &key, name, sizeof(name)))
			return false;
		if ((f = field_get(name, IN_REPORTER)) == NULL)
			return unknown(r, key.line, name, IN_REPORTER);
		if (seen & UINT64_C(1) << (f - fields))
			return twice(r, key.line, name);
		seen |= UINT64_C(1) << (f - fields);
		if (!read_value(r, &val, f, cell))
			return false;
	}
	return got == GOT_END || not_object(r, &s);
}

struct found {
	struct piece	 val[NFIELD];		/* len 0: not there */
	char		 unknown[128];
	uint32_t	 unknown_line;
};

/* Where its fields are. */
static bool
find_fields(struct reading *r, const struct piece *report, struct found *d, struct head *h)
{
	struct scan s = scan_inside(&r->in, report);
	struct piece key, val;
	const struct field *f;
	char name[128];
	enum got got;

	while ((got = scan_member(&s, &key, &val)) == GOT_VALUE) {
		if (!read_key(r, &key, name, sizeof(name)))
			return false;
		f = field_get(name, IN_REPORT);
		if (f == NULL && d->unknown_line == 0) {
			memcpy(d->unknown, name, sizeof(name));
			d->unknown_line = key.line;
		}
		if (f == NULL)
			continue;
		if (d->val[f - fields].len != 0)
			return twice(r, key.line, name);
		d->val[f - fields] = val;
		h->open |= f->type == T_SYSTEMS && (val.flags & PIECE_OPEN);
	}
	h->open |= got == GOT_OPEN && s.at == r->in.end;
	return got == GOT_END || h->open || not_object(r, &s);
}

static bool
is_report(struct reading *r, const struct piece *report, const struct piece *format)
{
	json_t *j;
	bool same;

	if (format->len == 0)
		return wrong(r, report->line, "not a researcher's report", "expected \"format\": %s",
		    expected[T_FORMAT]);
	if ((j = load(r, format)) == NULL)
		return false;
	same = json_is_string(j) && strcmp(json_string_value(j), "researcher-report/1") == 0;
	json_decref(j);
	return same ||
	    wrong(r, format->line, "not a researcher's report", "format: expected %s", expected[T_FORMAT]);
}

static bool
is_missing(const struct field *f, const struct found *d, const struct head *h, size_t i)
{
	return (f->where & MUST) && (d->val[i].len == 0 || (f->col != C_NONE && h->cell[f->col].p == NULL));
}

bool
head_read(struct reading *r, const struct piece *report, struct head *h)
{
	struct found d = { .unknown_line = 0 };
	size_t i;
	bool fine;

	*h = (struct head){ .open = false };
	if (r->in.p[report->off] != '{')
		return wrong(r, report->line, "not a researcher's report", "expected an object");
	if (!find_fields(r, report, &d, h) || !is_report(r, report, &d.val[0]))
		return false;
	if (d.unknown_line != 0)
		return unknown(r, d.unknown_line, d.unknown, IN_REPORT);
	for (i = 1; i < NFIELD; i++) {
		if (d.val[i].len == 0 || fields[i].type == T_SYSTEMS)
			continue;
		fine = fields[i].type == T_REPORTER ? read_reporter(r, &d.val[i], h->cell) :
		    read_value(r, &d.val[i], &fields[i], h->cell);
		if (!fine)
			return false;
	}
	for (i = 0; i < NFIELD; i++)
		if (is_missing(&fields[i], &d, h, i))
			return wrong(r, report->line, "a field is missing", "expected \"%s\" (%s)",
			    fields[i].name, expected[fields[i].type]);
	for (i = 0; fields[i].type != T_SYSTEMS; i++)
		continue;
	h->systems = d.val[i];
	if (r->in.p[h->systems.off] != '[')
		return wrong(r, h->systems.line, "wrong type", "systems: expected %s", expected[T_SYSTEMS]);
	return true;
}

/* ---- a system ------------------------------------------------------------- */

static bool
own_name_fits(const char *name)
{
	size_t i, n = strlen(name);

	for (i = 0; i < n; i++) {
		char c = tcs_lower(name[i]);

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' && c != '.')
			return false;
	}
	return n > 0 && n <= OWN_NAME_MAX;
}

static bool
is_reserved(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (tcs_is_nocase(tcs_str(name), reserved[i]))
			return true;
	return strlen(name) >= 9 && tcs_is_nocase(tcs_slice(name, 9), "reporter_");
}

static uint32_t
own_get(const struct own *own, const char *name)
{
	uint32_t i;

	for (i = 0; i < own->n && !tcs_is(own->name[i], name); i++)
		continue;
	return i;
}

bool
own_add(struct reading *r, const struct piece *v, struct own *own)
{
	struct scan s = scan_inside(&r->in, v);
	struct piece key, val;
	char name[128];

	if (r->in.p[v->off] != '{')
		return true;
	while (scan_member(&s, &key, &val) == GOT_VALUE) {
		if (!read_key(r, &key, name, sizeof(name)))
			break;
		if (field_get(name, IN_SYSTEM) || !own_name_fits(name) || is_reserved(name) ||
		    own_get(own, name) < own->n)
			continue;
		if (own->n < OWN_MAX && !keep(r, name, strlen(name), &own->name[own->n]))
			return false;
		own->n += own->n < OWN_MAX;
	}
	return !r->wrong->nomem;
}

/* A value that this format has no field for: text as it is, numbers as written, the rest as JSON. */
static bool
read_own(struct reading *r, const struct piece *v, struct tcs_slice *out)
{
	json_t *j = load(r, v);
	bool fine;
	char *text;

	if (j == NULL)
		return false;
	if (json_is_null(j))
		fine = true;
	else if (json_is_string(j))
		fine = keep(r, json_string_value(j), json_string_length(j), out);
	else if (json_is_number(j))
		fine = keep(r, r->in.p + v->off, v->len, out);
	else {
		text = json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);
		fine = text ? keep(r, text, strlen(text), out) : nomem(r);
		free(text);
	}
	json_decref(j);
	return fine;
}

static bool
read_member(struct reading *r, const struct piece *key, const struct piece *val, const struct own *own,
    uint64_t seen[2], struct tcs_slice *cell)
{
	const struct field *f;
	char name[128];
	uint32_t k;

	if (!read_key(r, key, name, sizeof(name)))
		return false;
	if ((f = field_get(name, IN_SYSTEM)) != NULL) {
		if (seen[0] & UINT64_C(1) << (f - fields))
			return twice(r, key->line, name);
		seen[0] |= UINT64_C(1) << (f - fields);
		return read_value(r, val, f, cell);
	}
	if (is_reserved(name))
		return wrong(r, key->line, "reserved key", "\"%.80s\" is a name this source writes itself",
		    name);
	if (!own_name_fits(name))
		return wrong(r, key->line, "bad key", "\"%.80s\": expected up to %d letters, digits, _ - .",
		    name, OWN_NAME_MAX);
	if ((k = own_get(own, name)) == own->n)
		return wrong(r, key->line, "too many keys", "systems may have %d keys of their own", OWN_MAX);
	if (seen[1] & UINT64_C(1) << k)
		return twice(r, key->line, name);
	seen[1] |= UINT64_C(1) << k;
	return read_own(r, val, &cell[C_COUNT + k]);
}

/* "Open Docker API!" is open-docker-api; what is not ASCII stays. */
static bool
slug(struct reading *r, uint32_t line, struct tcs_slice title, struct tcs_slice *out)
{
	char text[96];
	size_t i, n = 0;
	bool gap = false;

	for (i = 0; i < title.n && n < 80; i++) {
		char c = tcs_lower(title.p[i]);

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80)) {
			if (gap && n > 0)
				text[n++] = '-';
			text[n++] = c;
			gap = false;
		} else
			gap = true;
	}
	while (i < title.n && n > 0 && (title.p[i] & 0xc0) == 0x80 && n < sizeof(text))
		text[n++] = title.p[i++];		/* no half characters */
	if (n == 0)
		return wrong(r, line, "out of range", "title: expected letters or digits");
	return keep(r, text, n, out);
}

static bool
complete(struct reading *r, const struct piece *v, struct tcs_slice *cell)
{
	if (cell[C_IP].p == NULL && cell[C_FQDN].p == NULL && cell[C_URL].p == NULL &&
	    cell[C_ACCOUNT].p == NULL)
		return wrong(r, v->line, "says no system",
		    "expected \"address\", \"host\", \"url\" or \"account\"");
	if (cell[C_PORT].p != NULL && cell[C_TRANSPORT].p == NULL)
		cell[C_TRANSPORT] = tcs_str("tcp");
	if (cell[C_TYPE].p == NULL) {
		cell[C_TYPE] = tcs_str("vulnerable-system");
		cell[C_TAXONOMY] = tcs_str("vulnerable");
	}
	return cell[C_IDENTIFIER].p != NULL || slug(r, v->line, cell[C_TITLE], &cell[C_IDENTIFIER]);
}

bool
system_read(struct reading *r, const struct piece *v, const struct head *h, const struct own *own,
    struct tcs_slice *cell)
{
	struct scan s = scan_inside(&r->in, v);
	struct piece key, val;
	uint64_t seen[2] = { 0 };		/* fields, keys of its own */
	enum got got;
	uint32_t i;

	if (v->flags & PIECE_ALONE)
		return wrong(r, v->line, "not valid JSON", "a comma is missing before it");
	if (v->flags & PIECE_OPEN)
		return wrong(r, v->line, "cut off", "the input ends within it");
	if (r->in.p[v->off] != '{')
		return wrong(r, v->line, "wrong type", "systems: expected an object for each system");
	memcpy(cell, h->cell, sizeof(h->cell));
	for (i = 0; i < own->n; i++)
		cell[C_COUNT + i] = tcs_slice(NULL, 0);
	while ((got = scan_member(&s, &key, &val)) == GOT_VALUE)
		if (!read_member(r, &key, &val, own, seen, cell))
			return false;
	if (got != GOT_END || (v->flags & PIECE_BROKEN))
		return not_object(r, &s);
	return complete(r, v, cell);
}
