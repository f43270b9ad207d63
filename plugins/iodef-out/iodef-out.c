/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iodef-out -- notifier that only renders: a warning for a partner body as an
 * IODEF document, version 2 (RFC 7970), carried by the notifier that `via`
 * names.  It is made of the warning's JSON part alone (docs/columns.md), so
 * nothing leaves that would not leave in a mail.
 *
 * One incident a case, since a case has a life of its own: its number is the
 * IncidentID, under the name of this CSIRT.  The label is the restriction, in
 * the words of RFC 7970; amber+strict, for which it has none, is an extended
 * value.  What IODEF has no word for stands in AdditionalData called
 * "idf:FIELD", so that another Tocsin reads the same finding back.
 */
#include <stdlib.h>
#include "out.h"

enum { O_CSIRT };
static const struct tcs_opt opts[] = {
	[O_CSIRT] = { "csirt", TCS_T_STR, TCS_O_OPTIONAL, NULL, NULL,
	    "Our name in IncidentID, a domain; by default the domain of identity.from." },
};

static const char *const of_warning[] = { "warning", "message_id", "made", "tlp", "language",
	"organisation", "identity", "systems" };
static const char *const of_organisation[] = { "id", "name", "constituency" };
static const char *const of_identity[] = { "name", "from", "verify", "phone", "web" };
static const char *const of_system[] = { "case", "ip", "port", "transport", "hostname", "url", "account",
	"asn", "problem", "identifier", "taxonomy", "type", "severity", "cves", "kind", "part", "observed",
	"reported", "first_seen", "last_seen", "count", "episode", "source", "report", "asset", "rule",
	"state", "sightings", "columns" };

/* ---- incident ------------------------------------------------------------- */

static void
write_restriction(struct out *o)
{
	static const char *const words[][2] = { { "clear", "white" }, { "green", "green" },
		{ "amber", "amber" }, { "red", "red" } };
	size_t i;

	for (i = 0; i < 4; i++)
		if (is(o->warning[W_TLP], words[i][0])) {
			attr(o, "restriction", words[i][1]);
			return;
		}
	attr(o, "restriction", "ext-value");
	attr(o, "ext-restriction", text(o, o->warning[W_TLP]));
}

/* Our name: a domain. */
static void
write_id(struct out *o)
{
	const char *from = o->csirt, *at;

	begin(o, "IncidentID");
	if (from == NULL) {
		from = text(o, o->identity[I_FROM]);
		if ((at = strrchr(from, '@')) != NULL)
			from = at + 1;
	}
	attr(o, "name", from[0] ? from : "tocsin");
	string(o, text(o, o->system[S_CASE]));
	end(o);
}

static void
write_times(struct out *o)
{
	element(o, "DetectTime", o->system[S_OBSERVED]);
	element(o, "StartTime", o->system[S_FIRST_SEEN]);
	element(o, "ReportTime", o->system[S_REPORTED]);
	element(o, "GenerationTime", o->warning[W_MADE]);
}

static void
write_description(struct out *o)
{
	struct tcs_slice said = column(o, "event_description.text");

	begin(o, "Description");
	if (!has(said))
		said = has(o->system[S_IDENTIFIER]) ? o->system[S_IDENTIFIER] : o->system[S_PROBLEM];
	string(o, text(o, said));
	end(o);
}

static void
write_discovery(struct out *o)
{
	if (!has(o->system[S_SOURCE]))
		return;
	begin(o, "Discovery");
	attr(o, "source", "external-notification");
	begin(o, "Description");
	string(o, text(o, o->system[S_SOURCE]));
	if (has(o->system[S_REPORT])) {
		string(o, " ");
		string(o, text(o, o->system[S_REPORT]));
	}
	end(o);
	end(o);
}

/* IODEF knows low, medium and high; the word itself is in AdditionalData. */
static const char *
severity(const struct out *o)
{
	if (is(o->system[S_SEVERITY], "critical") || is(o->system[S_SEVERITY], "high"))
		return "high";
	if (is(o->system[S_SEVERITY], "medium"))
		return "medium";
	return has(o->system[S_SEVERITY]) ? "low" : NULL;
}

static void
write_assessment(struct out *o)
{
	begin(o, "Assessment");
	attr(o, "occurrence", is(o->system[S_PART], "vulnerable") ? "potential" : "actual");
	begin(o, "IncidentCategory");
	string(o, text(o, o->system[S_TAXONOMY]));
	string(o, "/");
	string(o, text(o, o->system[S_TYPE]));
	end(o);
	begin(o, "SystemImpact");
	attr(o, "severity", severity(o));
	attr(o, "type", "unknown");
	end(o);
	end(o);
}

static void
write_method(struct out *o)
{
	struct tcs_slice at, cve;
	bool any = false;

	if (!json_walk(o->system[S_CVES], '[', &at))
		return;
	for (; json_next(&at, NULL, &cve); any = true) {
		if (!any)
			begin(o, "Method");
		begin(o, "Reference");
		begin_enum(o, "ReferenceName");
		attr(o, "specIndex", "1");
		begin_enum(o, "ID");
		string(o, text(o, cve));
		end(o);
		end(o);
		end(o);
	}
	if (any)
		end(o);
}

/* A telephone number and a mail address, nested as version 2 wants it. */
static void
write_reach(struct out *o, const char *outer, const char *inner, struct tcs_slice value)
{
	if (!has(value))
		return;
	begin(o, outer);
	element(o, inner, value);
	end(o);
}

static void
write_contacts(struct out *o)
{
	begin(o, "Contact");
	attr(o, "role", "creator");
	attr(o, "type", "organization");
	element(o, "ContactName", o->identity[I_NAME]);
	write_reach(o, "Email", "EmailTo", o->identity[I_FROM]);
	write_reach(o, "Telephone", "TelephoneNumber", o->identity[I_PHONE]);
	additional(o, "", tcs_str("verify"), o->identity[I_VERIFY]);
	additional(o, "", tcs_str("web"), o->identity[I_WEB]);
	end(o);
	begin(o, "Contact");
	attr(o, "role", "victim");
	attr(o, "type", "organization");
	element(o, "ContactName", o->organisation[G_NAME]);
	if (has(o->organisation[G_ID])) {
		begin(o, "RegistryHandle");
		attr(o, "registry", "local");
		string(o, text(o, o->organisation[G_ID]));
		end(o);
	}
	additional(o, "", tcs_str("constituency"), o->organisation[G_CONSTITUENCY]);
	end(o);
}

static void
write_incident(struct out *o)
{
	static const struct { const char *name; int member; } more[] = {
		{ "tocsin:problem", S_PROBLEM }, { "tocsin:state", S_STATE }, { "tocsin:episode", S_EPISODE },
		{ "tocsin:last_seen", S_LAST_SEEN }, { "tocsin:asset", S_ASSET }, { "tocsin:rule", S_RULE },
	};
	size_t i;

	begin(o, "Incident");
	attr(o, "purpose", "reporting");
	attr(o, "status", is(o->system[S_STATE], "new") ? "new" : "in-progress");
	write_restriction(o);
	write_id(o);
	write_times(o);
	write_description(o);
	write_discovery(o);
	write_assessment(o);
	write_method(o);
	write_contacts(o);
	begin(o, "EventData");
	write_system(o);
	write_record(o);
	end(o);
	additional(o, "", tcs_str("tocsin:warning"), o->warning[W_NUMBER]);
	additional(o, "", tcs_str("tocsin:message_id"), o->warning[W_MESSAGE_ID]);
	for (i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		additional(o, "", tcs_str(more[i].name), o->system[more[i].member]);
	end(o);
}

/* ---- document ------------------------------------------------------------- */

static bool
write_document(struct out *o)
{
	struct tcs_slice at, one;

	o->failed |= xmlTextWriterStartDocument(o->w, NULL, "UTF-8", NULL) < 0;
	begin(o, "IODEF-Document");
	attr(o, "version", "2.00");
	attr(o, "xml:lang", has(o->warning[W_LANGUAGE]) ? text(o, o->warning[W_LANGUAGE]) : "en");
	attr(o, "xmlns", "urn:ietf:params:xml:ns:iodef-2.0");
	attr(o, "xmlns:enum", "urn:ietf:params:xml:ns:iodef-enum-1.0");
	if (!json_walk(o->warning[W_SYSTEMS], '[', &at) || at.n == 0)
		return false;
	while (json_next(&at, NULL, &one)) {
		if (!json_members(one, of_system, S_COUNT, o->system))
			return false;
		write_incident(o);
	}
	o->failed |= xmlTextWriterEndDocument(o->w) < 0;
	return at.n == 0;
}

static const struct tcs_part *
json_part(const struct tcs_warning *w)
{
	uint32_t i;

	for (i = 0; i < w->npart; i++)
		if (strcmp(w->part[i].type, "application/json") == 0)
			return &w->part[i];
	return NULL;
}

static int
complain(struct out *o, const char *what)
{
	o->host->h.log(o->ctx, TCS_ERR, "%s", what);
	return TCS_EINPUT;
}

static int
write_into(struct out *o, xmlBuffer *b)
{
	bool fine;

	if ((o->w = xmlNewTextWriterMemory(b, 0)) == NULL)
		return TCS_ENOMEM;
	o->failed = xmlTextWriterSetIndent(o->w, 1) < 0;
	fine = write_document(o);
	xmlFreeTextWriter(o->w);		/* flushes */
	if (o->failed)
		return TCS_ENOMEM;
	if (!fine)
		return complain(o, "the JSON part cannot be read, or has no systems");
	return o->host->out(o->ctx, "application/xml", xmlBufferContent(b), (size_t)xmlBufferLength(b));
}

static int
out_render(void *inst, const struct tcs_warning *w)
{
	struct out *o = inst;
	const struct tcs_part *part = json_part(w);
	struct tcs_slice all;
	xmlBuffer *b;
	int rc;

	if (part == NULL)
		return complain(o, "the warning has no JSON part");
	all = tcs_trim(tcs_slice(part->p, part->n));
	if (!json_members(all, of_warning, W_COUNT, o->warning) ||
	    !json_members(o->warning[W_ORGANISATION], of_organisation, G_COUNT, o->organisation) ||
	    !json_members(o->warning[W_IDENTITY], of_identity, I_COUNT, o->identity))
		return complain(o, "the JSON part cannot be read");
	if (!has(o->warning[W_MADE]) || !has(o->warning[W_TLP]))
		return complain(o, "the JSON part does not say when it was made, or its label");
	if ((b = xmlBufferCreate()) == NULL)
		return TCS_ENOMEM;
	rc = write_into(o, b);
	xmlBufferFree(b);
	return rc;
}

static int
out_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct out *o = h->alloc(ctx, TCS_INSTANCE, sizeof(*o));

	if (o == NULL)
		return TCS_ENOMEM;
	o->ctx = ctx;
	o->host = (const struct tcs_notifier_host *)(const void *)h;
	o->csirt = opt[O_CSIRT].n && opt[O_CSIRT].v.s[0] ? opt[O_CSIRT].v.s : NULL;
	*inst = o;
	return TCS_OK;
}

static void
out_close(void *inst)
{
	struct out *o = inst;

	free(o->text);
}

static const struct tcs_notifier notifier = { .size = sizeof(notifier), .render = out_render };

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = { TCS_PLUGIN_HEAD(TCS_NOTIFIER),
	.name = "iodef-out", .version = "1.0", .license = "Apache-2.0",
	.summary = "Renders a warning as IODEF version 2, for a partner body",
	.help = "Renders only: name the notifier that carries it with via. One incident for each case; it\n"
	    "validates against the schema of RFC 7970, and the source iodef reads the same findings back.",
	.opts = opts, .nopt = sizeof(opts) / sizeof(opts[0]),
	.open = out_open, .close = out_close, .ops.notifier = &notifier };
