/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a System says: where it can be reached, what runs there, what it is,
 * and with what the incident says, its class.  Addresses are known by their
 * category, and where that is missing by their look, since the two versions
 * have different defaults and senders do not mind them.
 */
#include "read.h"

static const struct tcs_slice none;

static uint32_t
count(const xmlNode *n, const char *name)
{
	uint32_t k = 0;

	EACH(c, n, name)
		k++;
	return k;
}

static bool
looks_like_ip(struct tcs_slice s)
{
	size_t i, dots = 0, colons = 0;

	for (i = 0; i < s.n; i++) {
		char c = tcs_lower(s.p[i]);

		dots += c == '.';
		colons += c == ':';
		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f') && c != '.' && c != ':')
			return false;
	}
	return colons >= 2 || dots == 3;
}

/* ---- addresses ------------------------------------------------------------ */

static void
read_address(const struct reading *r, const xmlNode *a, struct tcs_slice cell[C_COUNT], struct ends *e)
{
	struct tcs_slice cat = node_attr(a, "category", NULL), text = node_line(r->pen, a);
	const char *k = "";

	if (text.p == NULL)
		return;
	if (tcs_is(cat, "ext-value"))
		cat = node_attr(a, "ext-category", NULL);
	if (cat.p == NULL || tcs_is(cat, "ipv4-addr") || tcs_is(cat, "ipv6-addr"))
		k = looks_like_ip(text) || cat.p != NULL ? "ip" : "";
	if (k[0] != '\0')
		e->ip[e->nip++] = text;
	else if (tcs_is(cat, "asn"))
		cell[C_ASN] = text;
	else if (tcs_is(cat, "e-mail") || tcs_is(cat, "account"))	/* the latter is iodef-out's */
		cell[C_ACCOUNT] = text;
	else if (tcs_is(cat, "site-uri"))
		cell[C_URL] = text;
	else
		pen_add(r->pen, &cell[C_ADDRESSES], "; ", pen_join(r->pen, cat, ": ", text));
}

static void
read_name(const struct reading *r, const xmlNode *n, struct tcs_slice cell[C_COUNT], struct ends *e)
{
	struct tcs_slice text = n ? node_line(r->pen, n) : none;

	if (text.p == NULL)
		return;
	e->name[e->nname++] = text;
	if (e->nname > 1)
		pen_add(r->pen, &cell[C_NAMES], "; ", text);
}

static void
read_node(const struct reading *r, const xmlNode *node, struct tcs_slice cell[C_COUNT], struct ends *e)
{
	uint32_t n = count(node, "Address"), m = count(node, "DomainData") + count(node, "NodeName");

	e->ip = pen_array(r->pen, n + 1, sizeof(*e->ip));
	e->name = pen_array(r->pen, m + 1, sizeof(*e->name));
	if (e->ip == NULL || e->name == NULL)
		return;
	EACH(a, node, "Address")
		read_address(r, a, cell, e);
	EACH(d, node, "DomainData")
		read_name(r, node_child(d, "Name"), cell, e);
	EACH(name, node, "NodeName")
		read_name(r, name, cell, e);
}

/* ---- services ------------------------------------------------------------- */

/* Software: attributes in version 1, a reference or a description in version 2. */
static struct tcs_slice
software(const struct reading *r, const xmlNode *n)
{
	struct tcs_slice text = node_child_line(r->pen, n, "SoftwareReference");

	if (text.p == NULL)
		text = node_child_line(r->pen, n, "Description");
	if (text.p == NULL)
		text = pen_join(r->pen, pen_join(r->pen, node_attr(n, "vendor", NULL), " ",
		    node_attr(n, "name", NULL)), " ", node_attr(n, "version", NULL));
	return text;
}

static void
read_application(const struct reading *r, const xmlNode *app, struct tcs_slice cell[C_COUNT])
{
	if (app == NULL || cell[C_PRODUCT].p != NULL)
		return;
	cell[C_PRODUCT] = software(r, app);
	cell[C_VENDOR] = node_attr(app, "vendor", NULL);
	cell[C_PRODUCT_NAME] = node_attr(app, "name", NULL);
	if (cell[C_VERSION].p == NULL)
		cell[C_VERSION] = node_attr(app, "version", NULL);
}

static struct tcs_slice
service_name(const struct reading *r, const xmlNode *service)
{
	const xmlNode *n = node_child(service, "ServiceName");
	struct tcs_slice text;

	if (n == NULL)
		return none;
	text = node_child_line(r->pen, n, "IANAService");
	return text.p ? text : node_line(r->pen, n);
}

static void
read_service(const struct reading *r, const xmlNode *n, struct tcs_slice cell[C_COUNT], struct ends *e)
{
	struct service s = { none, transport_name(node_attr(n, "ip-protocol", "ip_protocol")),
		service_name(r, n) };
	struct tcs_slice list = node_child_line(r->pen, n, "Portlist");
	uint16_t port[PORTS_MAX];
	uint32_t i, k = 0;

	read_application(r, node_child(n, "Application"), cell);
	s.port = node_child_line(r->pen, n, "Port");
	if (list.p != NULL)
		pen_add(r->pen, &cell[C_PORTLIST], ",", list);
	if (list.p == NULL || !ports_in(list, port, PORTS_MAX, &k) || s.port.p != NULL)
		e->service[e->nservice++] = s;
	for (i = 0; i < k; i++) {
		s.port = pen_print(r->pen, "%u", port[i]);
		e->service[e->nservice++] = s;
	}
}

static void
read_services(const struct reading *r, const xmlNode *system, struct tcs_slice cell[C_COUNT], struct ends *e)
{
	size_t n = (size_t)count(system, "Service") * (PORTS_MAX + 1) + 1;

	e->service = pen_array(r->pen, n, sizeof(*e->service));
	if (e->service == NULL)
		return;
	EACH(s, system, "Service")
		read_service(r, s, cell, e);
}

/* ---- the rest ------------------------------------------------------------- */

/* "57 event", "10000 byte/second". */
static void
read_counters(const struct reading *r, const xmlNode *n, struct tcs_slice cell[C_COUNT])
{
	EACH(c, n, "Counter") {
		struct tcs_slice unit = node_attr(c, "unit", NULL), text;
		struct tcs_slice per = node_attr(c, "duration", NULL);

		if (unit.p == NULL)
			unit = node_attr(c, "type", NULL);
		text = pen_join(r->pen, node_line(r->pen, c), " ", unit);
		if (per.p != NULL)
			text = pen_join(r->pen, text, "/", per);
		pen_add(r->pen, &cell[C_COUNTED], "; ", text);
	}
}

void
read_roles(const struct reading *r, const xmlNode *n, struct tcs_slice cell[C_COUNT])
{
	EACH(role, n, "NodeRole") {
		struct tcs_slice text = node_attr(role, "category", NULL);

		if (tcs_is(text, "ext-value"))
			text = node_attr(role, "ext-category", NULL);
		pen_add(r->pen, &cell[C_ROLE], " ", text);
	}
}

/* An extension may have said it already; then that holds. */
void
read_class(struct level *l)
{
	struct tcs_slice *cell = l->cell;
	struct class c;

	l->said.source = tcs_is_nocase(cell[C_CATEGORY], "source");
	l->said.roles = cell[C_ROLE];
	l->said.cve = cell[C_CVES].p != NULL;
	if (cell[C_SEVERITY].p == NULL)
		cell[C_SEVERITY] = l->severity;
	if (cell[C_TYPE].p != NULL)
		return;
	c = class_of(&l->said);
	cell[C_TYPE] = tcs_str(c.type);
	cell[C_TAXONOMY] = tcs_str(c.taxonomy);
}

void
read_system(const struct reading *r, const xmlNode *system, struct level *l, struct ends *e)
{
	const xmlNode *node = node_child(system, "Node");
	struct tcs_slice *cell = l->cell;

	*e = (struct ends){ .nip = 0 };
	cell[C_CATEGORY] = l->said.indicator ? tcs_str("indicator") : node_attr(system, "category", NULL);
	/* An Observable has them without a Node, and so do careless senders. */
	read_node(r, node != NULL ? node : system, cell, e);
	if (node != NULL) {
		read_roles(r, node, cell);
		read_counters(r, node, cell);
	}
	read_services(r, system, cell, e);
	read_roles(r, system, cell);
	read_counters(r, system, cell);
	if (node_is(system, "System")) {	/* else a Node right below the incident, as some write it */
		if (node_child(system, "OperatingSystem") != NULL)
			cell[C_OS] = software(r, node_child(system, "OperatingSystem"));
		cell[C_SYSTEM_TEXT] = node_child_line(r->pen, system, "Description");
		cell[C_ASSET] = node_child_line(r->pen, system, "AssetID");
		read_extensions(r, system, l);
	}
	read_class(l);
}

void
read_other_end(const struct reading *r, const xmlNode *system, struct tcs_slice cell[C_COUNT])
{
	struct tcs_slice unused[C_COUNT] = { { NULL, 0 } };
	struct ends e = { .nip = 0 };
	const xmlNode *node = node_child(system, "Node");

	if (node != NULL)
		read_node(r, node, unused, &e);
	read_services(r, system, unused, &e);
	if (e.nip > 0)
		cell[C_DST_IP] = e.ip[0];
	if (e.nname > 0)
		cell[C_DST_FQDN] = e.name[0];
	if (e.nservice == 1)
		cell[C_DST_PORT] = e.service[0].port;
}
