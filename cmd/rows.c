/* SPDX-License-Identifier: Apache-2.0 */
/* See rows.h. */
#include <stdio.h>
#include <string.h>
#include "4-decide/key.h"
#include "cmd/rows.h"
#include "finding.h"
#include "timefmt.h"
#include <tocsin/plugin.h>

const char *
rule_name(unsigned rule)
{
	switch (rule) {
	case TCS_R_DOMAIN:	return "domain";
	case TCS_R_NETWORK:	return "network";
	case TCS_R_ASN:		return "asn";
	default:		return "";
	}
}

const char *
answer_word(int answer)
{
	switch (answer) {
	case TCS_DELIVERED:	return "delivered";
	case TCS_LATER:		return "later";
	case TCS_REFUSED:	return "refused";
	case TCS_UNKNOWN:	return "unknown";
	default:		return "";
	}
}

/* ---- cases */

const struct list_col case_cols[] = {
	{ "case", "CASE", LIST_NUMBER, 0 },
	{ "organisation", "ORGANISATION", LIST_TEXT, LIST_CUT },
	{ "problem", "PROBLEM", LIST_TEXT, LIST_CUT },
	{ "subject", NULL, LIST_TEXT, 0 },
	{ "where", "SUBJECT", LIST_TEXT, LIST_CUT | LIST_NO_JSON },
	{ "kind", NULL, LIST_TEXT, 0 },
	{ "seen", "SEEN", LIST_TEXT, 0 },
	{ "told", "TOLD", LIST_TEXT, 0 },
	{ "answer", NULL, LIST_TEXT, 0 },
	{ "episode", NULL, LIST_NUMBER, 0 },
	{ "taxonomy", NULL, LIST_TEXT, 0 },
	{ "type", NULL, LIST_TEXT, 0 },
	{ "identifier", NULL, LIST_TEXT, 0 },
	{ "ip", NULL, LIST_TEXT, 0 },
	{ "port", NULL, LIST_NUMBER, 0 },
	{ "transport", NULL, LIST_TEXT, 0 },
	{ "hostname", NULL, LIST_TEXT, 0 },
	{ "cves", NULL, LIST_TEXTS, 0 },
	{ "severity", "SEVERITY", LIST_TEXT, 0 },
	{ "first_seen", NULL, LIST_TIME, 0 },
	{ "last_seen", "LAST SEEN", LIST_TIME, 0 },
	{ "asset", NULL, LIST_TEXT, 0 },
	{ "rule", NULL, LIST_TEXT, 0 },
	{ "sources", "SOURCES", LIST_TEXTS, LIST_CUT },
	{ "reason", "REASON", LIST_TEXT, 0 },
	{ "lane", NULL, LIST_TEXT, 0 },
	{ "role", NULL, LIST_TEXT, 0 },
	{ "part", NULL, LIST_TEXT, 0 },
	{ "tlp", NULL, LIST_TEXT, 0 },
	{ "sightings", NULL, LIST_NUMBER, 0 },
	{ "warned", NULL, LIST_TIME, 0 },
	{ "due", NULL, LIST_TIME, 0 },
	{ "warning", NULL, LIST_NUMBER, 0 },
	{ "input", NULL, LIST_NUMBER, 0 },
	{ "line", NULL, LIST_NUMBER, 0 },
	{ "offset", NULL, LIST_NUMBER, 0 },
	{ "length", NULL, LIST_NUMBER, 0 },
	{ "many_ports", NULL, LIST_BOOL, 0 },
	{ "day", NULL, LIST_DAY, 0 },
	{ "answered", NULL, LIST_TIME, 0 },
	{ "until", NULL, LIST_TIME, 0 },
	{ "merged_into", NULL, LIST_NUMBER, 0 },
	{ NULL, NULL, 0, 0 }
};

static bool
has_ip(const struct tcase *c)
{
	static const struct ip none;

	return memcmp(&c->key.ip, &none, sizeof none) != 0;
}

const char *
case_subject(struct ledger *l, const struct tcase *c, char out[SUBJECT_TEXT])
{
	const char *name = ledger_text(l, DICT_NAME, c->key.name),
	    *transport = transport_name(c->key.transport);
	char ip[IP_TEXT] = "", port[32] = "";

	if (c->key.many)
		snprintf(port, sizeof port, ":*");
	else if (c->key.port != 0)
		snprintf(port, sizeof port, ":%u%s%s", c->key.port, transport && *transport ? "/" : "",
		    transport ? transport : "");
	if (has_ip(c)) {
		ip_text(&c->key.ip, ip);
		snprintf(out, SUBJECT_TEXT, *port && !ip_is4(&c->key.ip) ? "[%s]%s%s%.200s" : "%s%s%s%.200s",
		    ip, port, *name ? " " : "", name);
	} else
		snprintf(out, SUBJECT_TEXT, "%.250s%s", name, port);
	return out;
}

static void
subject_cells(struct list *t, struct ledger *l, const struct tcase *c)
{
	const char *name = ledger_text(l, DICT_NAME, c->key.name);
	char ip[IP_TEXT] = "", where[SUBJECT_TEXT];

	if (has_ip(c))
		ip_text(&c->key.ip, ip);
	list_text(t, "subject", *name ? name : ip);
	list_text(t, "where", case_subject(l, c, where));
	list_some(t, "ip", ip);
	if (c->key.port != 0)
		list_number(t, "port", c->key.port);
	if (c->key.many)
		list_bool(t, "many_ports", true);
	if (c->key.day != 0)
		list_day(t, "day", c->key.day);
	list_some(t, "transport", transport_name(c->key.transport));
	list_some(t, "hostname", c->kind == KIND_ACCOUNT ? "" : name);
}

static void
class_cells(struct list *t, struct ledger *l, const struct tcase *c)
{
	struct tcs_slice rest = tcs_str(ledger_text(l, DICT_CLASS, c->class)), taxonomy = { NULL, 0 };
	char word[128];

	tcs_cut(&rest, '/', &taxonomy);
	if (tcs_copy(word, sizeof word, taxonomy))
		list_some(t, "taxonomy", word);
	if (rest.p && tcs_copy(word, sizeof word, rest))
		list_some(t, "type", word);
	list_some(t, "identifier", ledger_text(l, DICT_IDENTIFIER, c->identifier));
}

static void
state_cells(struct list *t, const struct tcase *c)
{
	list_text(t, "seen", c->seen <= SEEN_SUPERSEDED ? seen_names[c->seen] : NULL);
	list_text(t, "told", c->told <= TOLD_MUTED ? told_names[c->told] : NULL);
	list_text(t, "answer", c->answer <= ANSWER_RISK_ACCEPTED ? answer_names[c->answer] : NULL);
	list_some(t, "reason", c->reason < WHY_MAX ? case_reason_names[c->reason] : NULL);
	list_some(t, "lane", c->lane <= LANE_PRIORITY ? lane_names[c->lane] : NULL);
	if (c->answered != 0)
		list_time(t, "answered", c->answered);
	if (c->until != 0)
		list_time(t, "until", c->until);
	if (c->merged_into != 0)
		list_number(t, "merged_into", c->merged_into);
	list_number(t, "episode", c->episode);
	if (c->warned != 0)
		list_time(t, "warned", c->warned);
	if (c->told == TOLD_DUE)
		list_time(t, "due", c->due);
	if (c->warning != 0)
		list_number(t, "warning", c->warning);
}

static void
evidence_cells(struct list *t, const struct tcase *c)
{
	list_time(t, "first_seen", c->first_seen);
	list_time(t, "last_seen", c->last_seen);
	list_number(t, "sightings", c->count);
	list_number(t, "input", c->input);
	list_number(t, "line", c->line);
	list_number(t, "offset", (int64_t)c->off);
	list_number(t, "length", c->len);
}

void
case_cells(struct list *t, struct ledger *l, const struct case_row *r)
{
	const struct tcase *c = &r->c;

	list_number(t, "case", c->id);
	list_some(t, "organisation", r->org);
	list_some(t, "problem", ledger_text(l, DICT_PROBLEM, c->key.problem));
	subject_cells(t, l, c);
	list_some(t, "kind", c->kind <= KIND_ACCOUNT ? kind_names[c->kind] : NULL);
	state_cells(t, c);
	class_cells(t, l, c);
	list_texts(t, "cves", r->cve, r->ncve);
	list_some(t, "severity", c->severity <= SEV_CRITICAL ? severity_names[c->severity] : NULL);
	list_some(t, "asset", r->asset);
	list_some(t, "rule", rule_name(c->rule));
	list_texts(t, "sources", r->source, r->nsource);
	list_text(t, "role", role_words[c->role]);
	list_some(t, "part", c->part <= PART_CONTEXT ? part_names[c->part] : NULL);
	list_some(t, "tlp", c->tlp <= TLP_RED ? tlp_names[c->tlp] : NULL);
	evidence_cells(t, c);
}

/* ---- warnings */

const struct list_col warning_cols[] = {
	{ "warning", "WARNING", LIST_TEXT, 0 },
	{ "message_id", NULL, LIST_TEXT, 0 },
	{ "organisation", "ORGANISATION", LIST_TEXT, LIST_CUT },
	{ "recipient", "RECIPIENT", LIST_TEXT, LIST_CUT },
	{ "notifier", "BY", LIST_TEXT, 0 },
	{ "state", "STATE", LIST_TEXT, 0 },
	{ "cases", NULL, LIST_NUMBERS, 0 },
	{ "ncase", "CASES", LIST_NUMBER, LIST_NO_JSON },
	{ "id", NULL, LIST_NUMBER, 0 },
	{ "topic", "TOPIC", LIST_TEXT, LIST_CUT },
	{ "subject", NULL, LIST_TEXT, 0 },
	{ "constituency", NULL, LIST_TEXT, 0 },
	{ "language", NULL, LIST_TEXT, 0 },
	{ "lane", "LANE", LIST_TEXT, 0 },
	{ "tlp", NULL, LIST_TEXT, 0 },
	{ "role", "ROLE", LIST_TEXT, 0 },
	{ "requested", "REQUESTED", LIST_BOOL, 0 },
	{ "redirected", NULL, LIST_TEXT, 0 },
	{ "answers", NULL, LIST_TEXT, 0 },
	{ "made", "MADE", LIST_TIME, 0 },
	{ "attempts", NULL, LIST_NUMBER, 0 },
	{ "last_answer", NULL, LIST_TEXT, 0 },
	{ "reply", NULL, LIST_TEXT, 0 },
	{ "ended", NULL, LIST_TIME, 0 },
	{ "due", NULL, LIST_TIME, 0 },
	{ NULL, NULL, 0, 0 }
};

void
warning_cells(struct list *t, struct ledger *l, const struct warning_row *r)
{
	const struct warning *w = &r->w;

	(void)l;
	list_text(t, "warning", w->number);
	list_text(t, "message_id", w->message_id);
	list_some(t, "organisation", r->org);
	list_text(t, "recipient", w->recipient);
	list_text(t, "notifier", w->notifier);
	list_text(t, "state", r->state < W_MAX ? wstate_names[r->state] : NULL);
	list_numbers(t, "cases", w->cases, w->ncase);
	list_number(t, "ncase", w->ncase);
	list_number(t, "id", w->id);
	list_some(t, "topic", w->topic);
	list_some(t, "subject", w->subject);
	list_some(t, "constituency", r->constituency);
	list_some(t, "language", w->language);
	list_some(t, "lane", w->lane <= LANE_PRIORITY ? lane_names[w->lane] : NULL);
	list_some(t, "tlp", w->tlp <= TLP_RED ? tlp_names[w->tlp] : NULL);
	list_text(t, "role", role_words[w->role]);
	list_bool(t, "requested", w->requested != 0);
	list_some(t, "redirected", w->redirected);
	list_some(t, "answers", w->answers);
	list_time(t, "made", w->made);
	list_number(t, "attempts", r->attempts);
	list_some(t, "last_answer", answer_word(r->answer));
	list_some(t, "reply", r->reply);
	list_time(t, "ended", r->ended);
	list_time(t, "due", r->due);
}

/* ---- inputs */

const struct list_col input_cols[] = {
	{ "input", "INPUT", LIST_NUMBER, 0 },
	{ "source", "SOURCE", LIST_TEXT, LIST_CUT },
	{ "feed", NULL, LIST_TEXT, 0 },
	{ "name", NULL, LIST_TEXT, 0 },
	{ "member", NULL, LIST_TEXT, 0 },
	{ "shown", "NAME", LIST_TEXT, LIST_CUT | LIST_NO_JSON },
	{ "parent", NULL, LIST_NUMBER, 0 },
	{ "day", "DAY", LIST_DAY, 0 },
	{ "arrived", NULL, LIST_TIME, 0 },
	{ "state", "STATE", LIST_TEXT, 0 },
	{ "size", NULL, LIST_NUMBER, 0 },
	{ "sha256", NULL, LIST_TEXT, 0 },
	{ "records", "RECORDS", LIST_NUMBER, 0 },
	{ "matched", "MATCHED", LIST_NUMBER, 0 },
	{ "refused", "REFUSED", LIST_NUMBER, 0 },
	{ "new", NULL, LIST_NUMBER, 0 },
	{ "repeated", NULL, LIST_NUMBER, 0 },
	{ "unmatched", NULL, LIST_NUMBER, 0 },
	{ "filtered", NULL, LIST_NUMBER, 0 },
	{ "quarantined", NULL, LIST_NUMBER, 0 },
	{ "conflict", NULL, LIST_NUMBER, 0 },
	{ "plugin", NULL, LIST_TEXT, 0 },
	{ "error", "ERROR", LIST_TEXT, LIST_CUT },
	{ NULL, NULL, 0, 0 }
};

void
input_cells(struct list *t, const struct input_row *r)
{
	const struct input *in = &r->in;
	char shown[512];
	int o;

	snprintf(shown, sizeof shown, "%s%s%s", in->name, *in->member ? " / " : "", in->member);
	list_text(t, "shown", shown);

	list_number(t, "input", in->id);
	list_text(t, "source", r->source);
	list_some(t, "feed", r->feed);
	list_text(t, "name", in->name);
	list_some(t, "member", in->member);
	if (in->parent != 0)
		list_number(t, "parent", in->parent);
	list_day(t, "day", in->day);
	list_time(t, "arrived", in->arrived);
	list_text(t, "state", in->state <= INPUT_CONTAINER ? input_state_names[in->state] : NULL);
	list_number(t, "size", (int64_t)in->size);
	list_text(t, "sha256", in->sha256);
	list_number(t, "records", (int64_t)in->records);
	list_number(t, "matched", (int64_t)in->matched);
	list_number(t, "refused", (int64_t)in->refused);
	for (o = 0; o < OUT_MAX; o++)
		list_number(t, outcome_names[o], (int64_t)r->booked[o]);
	list_some(t, "plugin", in->plugin);
	list_some(t, "error", in->error);
}
