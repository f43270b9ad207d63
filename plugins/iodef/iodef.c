/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iodef -- source: incidents of other CSIRTs in IODEF, version 1 (RFC 5070)
 * and 2 (RFC 7970), wherever they stand in an XML document, and in JSON
 * (RFC 8727).
 *
 * Whom to warn: in a flow with sources, the sources, since they do something
 * to others; else the targets and the systems that have no category.
 * Intermediates, sensors and infrastructure are context and never warned; an
 * address that is said to be spoofed is refused.  Each such System is a record
 * with its own place, one row for each address and service.  What lies between
 * is skipped; an incident in which there is nobody to warn is rejected, so
 * that a person sees it.  A row also needs what stands outside its System, so
 * one record does not decode alone (no TCS_S_ALONE).
 */
#include <libxml/parser.h>
#include <stdio.h>
#include "json.h"
#include "take.h"

#define COMBINED_MAX	65536u		/* addresses times services of one system */

int
reject_node(struct iodef *x, const xmlNode *n, const char *why, const char *detail)
{
	const struct place *p = place_of(n);

	return tell_reject(&x->tell, p->off, p->off + p->len, why, detail);
}

/* ---- systems -------------------------------------------------------------- */

/* One row for each address (or name, where there is none) and service. */
static int
put_system(struct iodef *x, const struct place *p, const struct ends *e, struct tcs_slice cell[C_COUNT])
{
	uint32_t nwhere = e->nip ? e->nip : e->nname ? e->nname : 1, i, k;
	uint32_t nservice = e->nservice ? e->nservice : 1;
	struct tcs_slice application = cell[C_APPLICATION];
	struct tcs_span span;
	int rc;

	if ((rc = tell_record(&x->tell, p->off, p->off + p->len, &span)) != TCS_OK)
		return rc;
	for (i = 0; i < nwhere && rc == TCS_OK; i++) {
		if (e->nip > 0)
			cell[C_IP] = e->ip[i];
		if (e->nname > 0)
			cell[C_FQDN] = e->name[e->nip ? 0 : i];
		for (k = 0; k < nservice && rc == TCS_OK; k++) {
			if (e->nservice > 0) {
				cell[C_PORT] = e->service[k].port;
				cell[C_TRANSPORT] = e->service[k].transport;
				cell[C_APPLICATION] = application.p ? application : e->service[k].application;
			}
			rc = tell_row(&x->tell, &span, i + k > 0, cell);
		}
	}
	return rc == TCS_OK ? tell_flush(&x->tell) : rc;
}

static int
reject_nowhere(struct iodef *x, const xmlNode *system, struct tcs_slice other)
{
	char text[120];

	snprintf(text, sizeof(text), "only %.*s", (int)(other.n < 100 ? other.n : 100),
	    other.p ? other.p : "");
	return reject_node(x, system, "no address or name", other.p ? text : NULL);
}

int
take_system(struct iodef *x, const struct level *outer, const xmlNode *system, const struct tcs_slice *other)
{
	struct level l = *outer;
	struct ends e;

	if (tcs_is_nocase(node_attr(system, "spoofed", NULL), "yes"))
		return reject_node(x, system, "spoofed address", "somebody else used it");
	if (other != NULL) {
		l.cell[C_DST_IP] = other[C_DST_IP];
		l.cell[C_DST_PORT] = other[C_DST_PORT];
		l.cell[C_DST_FQDN] = other[C_DST_FQDN];
	}
	read_system(&x->reading, system, &l, &e);
	if (x->pen.nomem)
		return TCS_ENOMEM;
	if ((uint64_t)(e.nip + e.nname) * (e.nservice + 1) > COMBINED_MAX)
		return reject_node(x, system, "too many addresses and services", "more than 65536 together");
	if (e.nip == 0 && e.nname == 0 && l.cell[C_URL].p == NULL && l.cell[C_ACCOUNT].p == NULL)
		return reject_nowhere(x, system, l.cell[C_ADDRESSES]);
	return put_system(x, place_of(system), &e, l.cell);
}

static bool
is_category(const xmlNode *system, const char *category)
{
	return tcs_is_nocase(node_attr(system, "category", NULL), category);
}

/* The systems below one parent are a flow. */
struct flow {
	struct tcs_slice other[C_COUNT];	/* its one target */
	uint32_t	 nsource;
};

static void
read_flow(struct iodef *x, const xmlNode *parent, struct flow *f)
{
	const xmlNode *target = NULL;
	uint32_t ntarget = 0;

	memset(f, 0, sizeof(*f));
	EACH(n, parent, "System") {
		f->nsource += is_category(n, "source");
		if (is_category(n, "target")) {
			target = n;
			ntarget++;
		}
	}
	if (f->nsource > 0 && ntarget == 1)
		read_other_end(&x->reading, target, f->other);
}

static int
take_one(struct iodef *x, const struct level *l, const struct flow *f, const xmlNode *system)
{
	if (is_category(system, "source"))
		return take_system(x, l, system, f->other);
	if (node_attr(system, "category", NULL).p == NULL ||
	    (is_category(system, "target") && f->nsource == 0))
		return take_system(x, l, system, NULL);
	return TCS_OK;
}

static int
take_flow(struct iodef *x, const struct level *l, const xmlNode *flow)
{
	struct flow f;
	int rc = TCS_OK;

	read_flow(x, flow, &f);
	EACH(n, flow, "System")
		if (rc == TCS_OK)
			rc = take_one(x, l, &f, n);
	return rc;
}

/* ---- incidents ------------------------------------------------------------ */

/* An Incident or EventData: its systems, wherever a careless sender put them, in the order of the input. */
static int
take_level(struct iodef *x, const struct level *l, const xmlNode *level)
{
	const xmlNode *n;
	struct level inner;
	struct flow f;
	int rc = TCS_OK;

	read_flow(x, level, &f);
	for (n = level->children; n != NULL && rc == TCS_OK; n = n->next) {
		if (node_is(n, "System"))
			rc = take_one(x, l, &f, n);
		else if (node_is(n, "Flow"))
			rc = take_flow(x, l, n);
		else if (node_is(n, "EventData")) {
			read_level(&x->reading, n, l, &inner);
			rc = take_level(x, &inner, n);
		} else if (!x->no_indicators && (node_is(n, "IndicatorData") || node_is(n, "Indicator")))
			rc = take_indicators(x, l, n);
	}
	return rc;
}

static int
take_incident(struct iodef *x, const xmlNode *incident)
{
	struct level l;
	int rc;

	x->incidents++;
	x->tell.said = 0;
	read_level(&x->reading, incident, NULL, &l);
	if ((rc = take_level(x, &l, incident)) != TCS_OK)
		return rc;
	if (x->tell.said == 0 && node_child(incident, "Node") != NULL)
		rc = take_system(x, &l, incident, NULL);
	if (rc == TCS_OK && x->tell.said == 0)
		rc = reject_node(x, incident, "nobody to warn",
		    "expected a System that is a source, a target or without category");
	return rc == TCS_OK && x->pen.nomem ? TCS_ENOMEM : rc;
}

/* Every incident that is whole, at any depth; RID, Atom and SOAP wrap them. */
static int
take_incidents(struct iodef *x, const xmlNode *n)
{
	int rc = TCS_OK;

	for (; n != NULL && rc == TCS_OK; n = n->next) {
		if (n->type != XML_ELEMENT_NODE)
			continue;
		if (!node_is(n, "Incident"))
			rc = take_incidents(x, n->children);
		else if (place_of(n) != NULL && place_of(n)->len > 0)
			rc = take_incident(x, n);
	}
	return rc;
}

/* ---- an input ------------------------------------------------------------- */

static int
give_up(struct iodef *x, size_t len, const char *why, const char *detail)
{
	int rc = tell_reject(&x->tell, x->tell.told, len, why, detail);

	if (len == 0)
		x->tell.host->h.log(x->tell.ctx, TCS_ERR, "%s", why);
	return rc == TCS_OK ? TCS_EINPUT : rc;
}

static int
take_tree(struct iodef *x, const struct tree *t, size_t len)
{
	const xmlNode *root = t->doc ? xmlDocGetRootElement(t->doc) : NULL;
	char text[120];
	int rc;

	if (t->nomem)
		return TCS_ENOMEM;
	if (t->refused)
		return give_up(x, len, t->why, t->detail);
	if ((rc = take_incidents(x, root)) != TCS_OK)
		return rc;
	if (x->incidents > 0 && t->why == NULL)
		return tell_skip_to(&x->tell, len);
	if (x->incidents > 0)
		return tell_reject(&x->tell, x->tell.told, len, t->why, t->detail);
	if (t->why != NULL)
		return give_up(x, len, t->why, t->detail);
	snprintf(text, sizeof(text), "expected IODEF-Document, found %.80s",
	    root ? (const char *)root->name : "nothing");
	return give_up(x, len, "no incident in it", text);
}

static int64_t
iodef_feed(void *inst, const char *buf, size_t len, int eof)
{
	struct iodef *x = inst;
	struct tree t;
	int rc;

	if (!eof)
		return 0;
	x->tell.buf = buf;
	if (len == 0)
		return give_up(x, 0, "no incident in it", NULL);
	if (json_is(buf, len))
		json_read(&t, buf, len);
	else
		tree_read(&t, buf, len, !x->refuse_doctype);
	rc = take_tree(x, &t, len);
	tree_free(&t);
	return rc == TCS_OK ? (int64_t)len : rc;
}

static int
iodef_begin(void *inst, const char *name)
{
	struct iodef *x = inst;

	(void)name;
	tell_begin(&x->tell);
	x->incidents = 0;
	x->pen = (struct pen){ .ctx = x->tell.ctx, .host = &x->tell.host->h };
	x->reading = (struct reading){ .pen = &x->pen, .private = x->private };
	return TCS_OK;
}

static int
iodef_end(void *inst, int aborted)
{
	(void)inst, (void)aborted;
	return TCS_OK;
}

/* ---- the declaration ------------------------------------------------------ */

enum { O_DOCTYPE, O_UNLABELLED, O_INDICATORS };

static const struct tcs_opt opts[] = {
	[O_DOCTYPE] = { "doctype", TCS_T_ENUM, 0, "ignore", "ignore|refuse",
	    "A document type without declarations; one with declarations is always refused." },
	[O_UNLABELLED] = { "unlabelled", TCS_T_ENUM, 0, "private", "private|source",
	    "An incident without restriction: private, as the RFCs say, or with the label of the source." },
	[O_INDICATORS] = { "indicators", TCS_T_ENUM, 0, "rows", "rows|skip",
	    "Whether what an indicator observes (addresses, names, bulk lists) is a finding." },
};

static int
iodef_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct iodef *x = h->alloc(ctx, TCS_INSTANCE, sizeof(*x));

	if (x == NULL)
		return TCS_ENOMEM;
	x->tell.ctx = ctx;
	x->tell.host = (const struct tcs_source_host *)(const void *)h;
	x->refuse_doctype = opt[O_DOCTYPE].v.i == 1;
	x->no_indicators = opt[O_INDICATORS].v.i == 1;
	x->private = opt[O_UNLABELLED].v.i == 0;
	xmlInitParser();
	*inst = x;
	return TCS_OK;
}

static void
iodef_close(void *inst)
{
	(void)inst;
}

static const struct tcs_source source = {
	.size = sizeof(source), .flags = TCS_S_WHOLE | TCS_S_TILES | TCS_S_ONE_SHOT,
	.names = "*.xml|*.iodef|*.iodef.json", .starts = "<|{|[",
	.columns = "source.ip|source.port|source.fqdn|source.url|source.account|source.asn|"
	    "source.reverse_dns|destination.ip|destination.port|destination.fqdn|protocol.transport|"
	    "protocol.application|classification.taxonomy|classification.type|classification.identifier|"
	    "product.vulnerabilities|product.full_name|product.vendor|product.name|product.version|"
	    "malware.name|severity|time.source|tlp|"
	    "event_description.text|event_description.url|extra.*",
	.begin = iodef_begin, .feed = iodef_feed, .end = iodef_end,
};

const struct tcs_plugin tocsin_plugin_v1 = {
	TCS_PLUGIN_HEAD(TCS_SOURCE),
	.name = "iodef", .version = "1.0", .license = "Apache-2.0",
	.summary = "Incidents of other CSIRTs in IODEF, versions 1 and 2",
	.help = "Reads IODEF (RFC 5070, RFC 7970) by local names, at any depth of an XML document, and its\n"
	    "JSON form (RFC 8727).\n"
	    "Warned are the sources of a flow, else its targets, and systems without category.",
	.opts = opts, .nopt = sizeof(opts) / sizeof(opts[0]),
	.open = iodef_open, .close = iodef_close, .ops.source = &source,
};
