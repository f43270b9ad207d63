/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Indicators: addresses and names to look for, singly or in bulk lists.  Each
 * is a finding, so that whoever runs a control server hears of it; but what
 * the incident says of its victims (impact, CVEs, severity) says nothing of
 * them, so only the indicator's own role gives it a class.  One without a role
 * is other/undetermined, which the sample policy records and does not send.
 *
 * Of bulk lists those types are read that name one system: addresses, with
 * and without port, names, names with their address, URLs, mail addresses.
 * Networks, AS numbers, hashes, keys and agents are nobody's system: skipped.
 */
#include "take.h"

enum bulk { BULK_NONE, BULK_IP, BULK_NAME, BULK_URL, BULK_MAIL, BULK_IP_PORT, BULK_NAME_IP };

static const struct {
	const char	*type;
	enum bulk	 bulk;
} types[] = {
	{ "ipv4-addr", BULK_IP }, { "ipv6-addr", BULK_IP }, { "domain-name", BULK_NAME },
	{ "fqdn", BULK_NAME }, { "site-uri", BULK_URL }, { "e-mail", BULK_MAIL },
	{ "ipv4-port", BULK_IP_PORT }, { "ipv6-port", BULK_IP_PORT },
	{ "domain-to-ipv4", BULK_NAME_IP }, { "domain-to-ipv6", BULK_NAME_IP },
	{ "domain-to-ipv4-timestamp", BULK_NAME_IP }, { "domain-to-ipv6-timestamp", BULK_NAME_IP },
};

static enum bulk
bulk_of(const xmlNode *bulk)
{
	struct tcs_slice type = node_attr(bulk, "type", NULL);
	size_t i;

	if (tcs_is(type, "ext-value"))
		type = node_attr(bulk, "ext-type", NULL);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (tcs_is_nocase(type, types[i].type))
			return types[i].bulk;
	return BULK_NONE;
}

/* ---- one line ---------------------------------------------------------------- */

/* The next word of a line whose words stand apart by commas or blanks. */
static struct tcs_slice
next(struct tcs_slice *rest)
{
	struct tcs_slice w = tcs_trim(*rest);
	size_t i;

	for (i = 0; i < w.n && w.p[i] != ',' && w.p[i] != ';' && w.p[i] != '|' && !tcs_space(w.p[i]); i++)
		continue;
	*rest = i < w.n ? tcs_trim(tcs_slice(w.p + i + 1, w.n - i - 1)) : tcs_slice(NULL, 0);
	return tcs_slice(w.p, i);
}

/* "192.0.2.1:80" and "[2001:db8::1]:80" to address and port; else as it is. */
static void
split_port(struct tcs_slice *addr, struct tcs_slice *port)
{
	struct tcs_slice s = *addr;
	size_t i = tcs_find(s, s.n > 0 && s.p[0] == '[' ? ']' : ':');

	if (i == s.n)
		return;
	if (s.p[0] == '[') {
		*addr = tcs_slice(s.p + 1, i - 1);
		if (i + 2 < s.n && s.p[i + 1] == ':')
			*port = tcs_slice(s.p + i + 2, s.n - i - 2);
	} else if (tcs_find(tcs_slice(s.p + i + 1, s.n - i - 1), ':') == s.n - i - 1) {
		*addr = tcs_slice(s.p, i);
		*port = tcs_slice(s.p + i + 1, s.n - i - 1);
	}
}

static void
read_ip_port(const struct reading *r, struct tcs_slice line, struct tcs_slice cell[C_COUNT])
{
	struct tcs_slice port = { NULL, 0 }, w;
	uint64_t v;

	cell[C_IP] = next(&line);
	split_port(&cell[C_IP], &port);
	for (; line.n > 0; ) {
		w = next(&line);
		if (port.p == NULL && tcs_uint(w, 65535, &v))
			port = w;
		else
			cell[C_TRANSPORT] = transport_name(w);
	}
	cell[C_PORT] = pen_copy(r->pen, port);
	cell[C_TRANSPORT] = cell[C_TRANSPORT].p ? pen_copy(r->pen, cell[C_TRANSPORT]) : cell[C_TRANSPORT];
}

/* False: nothing in it. */
static bool
read_line(const struct reading *r, enum bulk bulk, struct tcs_slice line, struct tcs_slice cell[C_COUNT])
{
	static const enum column into[] = { [BULK_IP] = C_IP, [BULK_NAME] = C_FQDN, [BULK_URL] = C_URL,
		[BULK_MAIL] = C_ACCOUNT };
	struct tcs_slice rest = line = tcs_trim(line);

	if (line.n == 0)
		return false;
	if (bulk == BULK_IP_PORT)
		read_ip_port(r, line, cell);
	else if (bulk == BULK_NAME_IP) {
		cell[C_FQDN] = pen_copy(r->pen, next(&rest));
		cell[C_IP] = pen_copy(r->pen, next(&rest));
		if (rest.n > 0) {
			cell[C_TIME] = pen_copy(r->pen, rest);
			cell[C_TIME_FROM] = tcs_str("BulkObservable");
		}
	} else
		cell[into[bulk]] = pen_copy(r->pen, line);
	return true;
}

/* ---- a list ------------------------------------------------------------------ */

/* The text between the tags as it stands in the input, where it stands for itself. */
static bool
plain_text(const struct iodef *x, const xmlNode *list, struct tcs_slice *out)
{
	const struct place *p = place_of(list);
	struct tcs_slice all = tcs_slice(x->tell.buf + p->off, p->len);
	size_t from = tcs_find(all, '>'), to = all.n;

	if (all.n == 0 || all.p[0] != '<' || from == all.n)
		return false;
	while (to > from && all.p[to - 1] != '<')
		to--;
	if (to <= from + 1)
		return false;
	*out = tcs_slice(all.p + from + 1, to - from - 2);
	return memchr(out->p, '&', out->n) == NULL && memchr(out->p, '<', out->n) == NULL;
}

/* Each line a record of its own, with its line's end. */
static int
take_lines(struct iodef *x, const struct level *l, enum bulk bulk, struct tcs_slice text)
{
	struct tcs_span span;
	struct tcs_slice rest = text, line;
	struct level one;
	size_t off;
	int rc = TCS_OK;

	while (rc == TCS_OK && rest.n > 0) {
		off = (size_t)(rest.p - x->tell.buf);
		line = tcs_slice(rest.p, tcs_find(rest, '\n'));
		rest = tcs_slice(rest.p + line.n, rest.n - line.n);
		if (rest.n > 0)
			rest = tcs_slice(rest.p + 1, rest.n - 1);
		memcpy(one.cell, l->cell, sizeof(one.cell));
		if (!read_line(&x->reading, bulk, line, one.cell))
			continue;
		rc = tell_record(&x->tell, off, (size_t)(rest.p - x->tell.buf), &span);
		if (rc == TCS_OK)
			rc = tell_row(&x->tell, &span, false, one.cell);
	}
	return rc == TCS_OK ? tell_flush(&x->tell) : rc;
}

/* Its text is not what stands in the input: one record with a row for each line. */
static int
take_folded(struct iodef *x, const struct level *l, enum bulk bulk, const xmlNode *list)
{
	const struct place *p = place_of(list);
	struct tcs_slice rest = node_text(x->reading.pen, list), line;
	struct tcs_span span;
	struct level one;
	bool again = false;
	int rc = rest.n > 0 ? tell_record(&x->tell, p->off, p->off + p->len, &span) : TCS_OK;

	while (rc == TCS_OK && tcs_cut(&rest, '\n', &line)) {
		memcpy(one.cell, l->cell, sizeof(one.cell));
		if (!read_line(&x->reading, bulk, line, one.cell))
			continue;
		rc = tell_row(&x->tell, &span, again, one.cell);
		again = true;
	}
	return rc == TCS_OK ? tell_flush(&x->tell) : rc;
}

static int
take_bulk(struct iodef *x, const struct level *l, const xmlNode *n)
{
	enum bulk bulk = bulk_of(n);
	struct tcs_slice text;
	int rc = TCS_OK;

	if (bulk == BULK_NONE)
		return TCS_OK;
	EACH(list, n, "BulkObservableList") {
		if (rc != TCS_OK)
			break;
		rc = plain_text(x, list, &text) ? take_lines(x, l, bulk, text) :
		    take_folded(x, l, bulk, list);
	}
	return x->pen.nomem ? TCS_ENOMEM : rc;
}

/* ---- an indicator ------------------------------------------------------------ */

static bool
has_node(const xmlNode *n)
{
	return node_child(n, "Node") != NULL || node_child(n, "Address") != NULL ||
	    node_child(n, "DomainData") != NULL || node_child(n, "NodeName") != NULL;
}

static int
take_observable(struct iodef *x, const struct level *l, const xmlNode *o)
{
	const xmlNode *n;
	int rc = TCS_OK;

	if (has_node(o))
		return take_system(x, l, o, NULL);
	for (n = o->children; n != NULL && rc == TCS_OK; n = n->next) {
		if (node_is(n, "System"))
			rc = take_system(x, l, n, NULL);
		else if (node_is(n, "BulkObservable"))
			rc = take_bulk(x, l, n);
		else if (node_is(n, "Flow") || node_is(n, "EventData"))
			rc = take_observable(x, l, n);
	}
	return rc;
}

/* Observables, at whatever depth an expression puts them. */
static int
take_expression(struct iodef *x, const struct level *l, const xmlNode *n)
{
	int rc = TCS_OK;

	for (n = n->children; n != NULL && rc == TCS_OK; n = n->next) {
		if (node_is(n, "Observable"))
			rc = take_observable(x, l, n);
		else if (node_is(n, "IndicatorExpression"))
			rc = take_expression(x, l, n);
	}
	return rc;
}

static int
take_indicator(struct iodef *x, const struct level *outer, const xmlNode *n)
{
	struct level l;

	read_indicator(&x->reading, n, outer, &l);
	return take_expression(x, &l, n);
}

int
take_indicators(struct iodef *x, const struct level *outer, const xmlNode *n)
{
	int rc = TCS_OK;

	if (node_is(n, "Indicator"))
		return take_indicator(x, outer, n);
	EACH(i, n, "Indicator")
		if (rc == TCS_OK)
			rc = take_indicator(x, outer, i);
	return rc;
}
