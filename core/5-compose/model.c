/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See model.h.  The systems of a warning are there twice: all in one list,
 * and grouped by host.
 */
#include "5-compose/model.h"

#define SYSTEMS(at) \
	at, at ".case", at ".subject", at ".ip", at ".port", at ".many_ports", \
	at ".transport", at ".hostname", at ".url", \
	at ".account", at ".problem", at ".problem_name", at ".identifier", at ".cves", at ".cves_text", \
	at ".severity", at ".known_exploited", at ".ransomware", at ".is_critical", at ".is_high", \
	    at ".is_medium", at ".is_low", \
	at ".observed_utc", at ".observed_local", at ".reported_utc", at ".first_seen_utc", at ".count", \
	at ".source", at ".found_by", at ".asset", at ".rule", at ".episode", at ".new", at ".reminder", \
	at ".relapse", at ".worse", at ".source_port", at ".sightings", at ".sightings.observed_utc", \
	at ".sightings.observed_local", at ".sightings.source_port", at ".sightings_more", \
	at ".every_sighting", \
	at ".also", at ".first_seen_day", at ".brief", at ".status", \
	at ".columns", at ".columns.name", \
	at ".columns.value"

const char *const model_names[] = {
	"number", "language", "made_utc", "made_local", "zone", "tlp", "tlp_clear", "tlp_green",
	"tlp_amber", "tlp_amber_strict", "tlp_red", "organisation", "organisation.id", "organisation.name",
	"organisation.constituency", "recipient", "recipient.address", "recipient.lines",
	"recipient.lines.line", "owner", "operator", "network", "national", "passes_on", "partner",
	"partner.name", "priority", "reminder_only", "relapse_only", "worse_only", "again", "mixed",
	"new_count", "reminder_count", "relapse_count", "worse_count", "redirected", "changes", "earlier",
	"previous_utc", "previous_local", "previous_number", "gone", "gone.subject", "gone.port",
	"gone.transport", "gone.problem_name", "gone.last_seen_day", "gone_count", "gone_more", "topic",
	"topic.id", "topic.name", "topic.taxonomy", "topic.type", "advice", "advice.id", "advice.name",
	"advice.meaning", "advice.actions", "advice.actions.step", "advice.actions.text", "advice.check",
	"advice.count", "several_problems", "subject_count", "one_subject", "systems_count", "systems_more",
	SYSTEMS("systems"), "hosts", "hosts.subject", "hosts.also", "hosts.tight", SYSTEMS("hosts.systems"),
	"sources", "sources.name", "sources.text", "why", "why.asset", "why.rule", "why.verified_by",
	"why.verified_on", "why.is_network", "why.is_domain", "why.is_asn", "identity", "identity.name",
	"identity.from", "identity.verify", "identity.phone", "identity.web", "attachments", "word",
	"word.fixed", "word.not_mine", "word.false_positive", "word.wrong_contact", "correction",
	"correction.number", "correction.subject", "correction.made_utc", "correction.made_local",
	"correction.reason", "key", "key.smime", "key.id", "key.until",
	SYSTEMS("short"), "short_more", "main", "main.id", "main.name", "main.meaning",
	"main.actions", "main.actions.step", "main.actions.text", "main.check", "main.count",
};
const size_t model_nnames = sizeof model_names / sizeof model_names[0];

struct mu_set *
model_templates(const char *dir, struct err *e)
{
	static const char *const must[] = { TEMPLATE_TEXT, TEMPLATE_HTML, TEMPLATE_SUBJECT, TEMPLATE_CARRY,
		TEMPLATE_CORRECTION, TEMPLATE_CORRECTION_SUBJECT, TEMPLATE_NOTICE, TEMPLATE_NOTICE_SUBJECT,
		TEMPLATE_SEALED_SUBJECT };
	static const char *const may[] = { "phone" TEMPLATE_CHANNEL, "post" TEMPLATE_CHANNEL };
	struct mu_set *set = mu_load(dir, e);
	const struct mu *t;
	size_t i;

	for (i = 0; set && i < sizeof may / sizeof may[0]; i++)
		if ((t = mu_get(set, may[i])) != NULL && !mu_check(t, model_names, model_nnames, e)) {
			mu_free(set);
			set = NULL;
		}
	for (i = 0; set && i < sizeof must / sizeof must[0]; i++) {
		t = mu_get(set, must[i]);
		if (t == NULL)
			err_at(e, dir, 0, "no template %s, expected a file %s.mustache", must[i], must[i]);
		if (t == NULL || !mu_check(t, model_names, model_nnames, e)) {
			mu_free(set);
			set = NULL;
		}
	}
	return set;
}
