/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin explain: the story of whatever is asked about, back to the input, the
 * line and the raw bytes; and where there is none, why not.  What is meant is
 * told by its form; words that are numbers can be said with their kind
 * (case:12, warning:3, input:7, order:4).
 */
#include <string.h>
#include "4-decide/policy.h"
#include "cmd/explain.h"
#include "cmd/which.h"
#include <tocsin/plugin.h>

static bool
whole(void *arg, const struct case_row *r)
{
	struct explain *x = arg;

	x->n = 0;
	explain_case(x, r);
	x->n = 1;
	return x->e->n == 0;
}

static bool
by_case(struct explain *x, const char *text, bool *found)
{
	struct case_filter f = case_filter_any;
	unsigned before = x->s.lines;

	if (!which_number(text, &f.id) || !ledger_cases_each(x->v->l, &f, whole, x, x->e))
		return x->e->n == 0;
	*found = x->s.lines > before;
	return x->e->n == 0;
}

static bool
by_warning(struct explain *x, const char *text, bool *found)
{
	uint32_t id = which_warning(x->v->l, text);

	return id == 0 || explain_warning(x, id, found);
}

static bool
by_input(struct explain *x, const char *text, bool *found)
{
	uint32_t id;

	return !which_number(text, &id) || explain_input(x, id, found);
}

static bool
by_org(struct explain *x, const char *text, bool *found)
{
	uint32_t id = ledger_org_find(x->v->l, text);

	*found = id != 0;
	return id == 0 || explain_org(x, id);
}

static bool
order(void *arg, const struct order_row *r)
{
	struct explain *x = arg;
	char given[STORY_TIME], applied[STORY_TIME];

	story_number(&x->s, "order", r->o.id);
	story_text(&x->s, "verb", r->o.verb);
	story_text(&x->s, "args", r->o.args);
	story_text(&x->s, "who", r->o.who);
	story_time(&x->s, "at", r->o.at);
	story_time(&x->s, "applied", r->applied);
	story_text(&x->s, "result", r->result);
	story_tell(&x->s, 0, "order", "order %u of %s by %s: %s %s", r->o.id, story_when(r->o.at, given),
	    r->o.who, r->o.verb, r->o.args);
	if (r->result)
		story_head(&x->s, 1, "%s: %s", story_when(r->applied, applied), r->result);
	else
		story_head(&x->s, 1, "not yet applied; tocsin run does it with its next commit");
	return true;
}

static bool
by_order(struct explain *x, const char *text, bool *found)
{
	unsigned before = x->s.lines;
	uint32_t id;

	if (!which_number(text, &id))
		return true;
	if (!ledger_orders_each(x->v->l, id, false, order, x, x->e))
		return false;
	*found = x->s.lines > before;
	return true;
}

/* ---- an address, an AS, a name */

#define WHOLE 3			/* so many cases are told whole */

static bool
count(void *arg, const struct case_row *r)
{
	(void)r;
	++*(uint32_t *)arg;
	return true;
}

static bool
line(void *arg, const struct case_row *r)
{
	explain_case_line(arg, 1, r);
	return true;
}

static bool
with_cases(struct explain *x, const struct case_filter *f, const char *text)
{
	uint32_t n = 0;

	if (!ledger_cases_each(x->v->l, f, count, &n, x->e))
		return false;
	if (n == 0) {
		story_tell(&x->s, 1, "no-case", "there is no case about it");
		return explain_raw(x, text);
	}
	if (n <= WHOLE)
		return ledger_cases_each(x->v->l, f, whole, x, x->e) && x->e->n == 0;
	story_head(&x->s, 1, "%u cases; `tocsin explain case:NUMBER` tells one whole:", n);
	return ledger_cases_each(x->v->l, f, line, x, x->e);
}

static void
by_as(struct explain *x, uint32_t asset)
{
	uint32_t i;

	for (i = 0; i < x->nby_as; i++)
		if (x->by_as[i] == asset)
			return;
	if (x->nby_as < sizeof x->by_as / sizeof *x->by_as)
		x->by_as[x->nby_as++] = asset;
}

static bool
as_claim(void *arg, const struct case_claim *c)
{
	if (c->rule == TCS_R_ASN)
		by_as(arg, c->asset);
	return true;
}

static bool
as_of_case(void *arg, const struct case_row *r)
{
	struct explain *x = arg;

	if (r->c.rule == TCS_R_ASN)
		by_as(x, r->c.asset);
	return ledger_claims_each(x->v->l, r->c.id, as_claim, x, x->e);
}

static bool
by_address(struct explain *x, const char *text, bool *found)
{
	struct case_filter f = case_filter_any;
	char canonical[IP_TEXT];
	struct ip ip;

	if (!ip_parse(text, strlen(text), &ip))
		return true;
	*found = true;
	ip_text(&ip, canonical);
	story_text(&x->s, "address", canonical);
	story_tell(&x->s, 0, "address", "address %s", canonical);
	f.ip = &ip;
	if (!ledger_cases_each(x->v->l, &f, as_of_case, x, x->e) || x->e->n > 0)
		return false;
	explain_address(x, &ip);
	return with_cases(x, &f, canonical);
}

static bool
by_asn(struct explain *x, const char *text, bool *found)
{
	struct tcs_slice s = tcs_str(text);
	uint64_t asn;

	if (s.n < 3 || tcs_lower(text[0]) != 'a' || tcs_lower(text[1]) != 's' ||
	    !tcs_uint(tcs_slice(text + 2, s.n - 2), UINT32_MAX, &asn))
		return true;
	*found = true;
	story_number(&x->s, "asn", (int64_t)asn);
	story_tell(&x->s, 0, "asn", "AS%llu", (unsigned long long)asn);
	explain_asn(x, (uint32_t)asn);
	return true;
}

static bool
by_name(struct explain *x, const char *text, bool *found)
{
	struct case_filter f = case_filter_any;

	if (strchr(text, '.') == NULL || strpbrk(text, " /:"))
		return true;
	*found = true;
	story_text(&x->s, "name", text);
	story_tell(&x->s, 0, "name", "name %s", text);
	explain_name(x, strchr(text, '@') ? strchr(text, '@') + 1 : text);
	f.name = text;
	return with_cases(x, &f, text);
}

/* An input by what its transport called it, or by its SHA-256; the newest of that name. */
struct named { const char *text; uint32_t id; };

static bool
named_input(void *arg, const struct input_row *r)
{
	struct named *q = arg;
	size_t n = strlen(q->text);

	if (strcmp(r->in.name, q->text) == 0 || strcmp(r->in.member, q->text) == 0 ||
	    (n >= 12 && strncmp(r->in.sha256, q->text, n) == 0))
		q->id = r->in.id;
	return true;
}

static bool
by_input_name(struct explain *x, const char *text, bool *found)
{
	struct input_filter f = input_filter_any;
	struct named q = { text, 0 };

	if (!ledger_inputs_each(x->v->l, &f, named_input, &q, x->e))
		return false;
	return q.id == 0 || explain_input(x, q.id, found);
}

/* In this order: the first that knows it tells its story. */
static const struct {
	const char	*kind;
	bool		 (*tell)(struct explain *, const char *, bool *found);
} kinds[] = {
	{ "address", by_address }, { "asn", by_asn }, { "case", by_case }, { "warning", by_warning },
	    { "organisation", by_org },
	{ "input", by_input }, { "input", by_input_name }, { "domain", by_name },
	{ "order", by_order },
};
#define NKIND (sizeof kinds / sizeof *kinds)

static bool
tell(struct explain *x, const char *what)
{
	size_t i, n = strcspn(what, ":");
	bool found = false, named = false;

	for (i = 0; i < NKIND; i++)
		named = named || (what[n] == ':' && strlen(kinds[i].kind) == n &&
		    memcmp(kinds[i].kind, what, n) == 0);
	for (i = 0; i < NKIND && !found; i++) {
		if (named && (strlen(kinds[i].kind) != n || memcmp(kinds[i].kind, what, n) != 0))
			continue;
		if (!kinds[i].tell(x, named ? what + n + 1 : what, &found))
			return false;
	}
	return found || err_set(x->e, "nothing is known of \"%s\": no address, domain, organisation, case, "
	    "warning, input or Message-ID; `tocsin search` looks through raw inputs", what);
}

static int
run(const struct cmd_args *a)
{
	struct err e = ERR_INIT;
	struct explain x;
	struct view v;
	int status;
	bool good;

	if ((status = view_open(&v, a, LEDGER_READ)) != CMD_OK)
		return status;
	x = (struct explain){ .v = &v, .ev = evidence_open(&v), .e = &e };
	story_begin(&x.s, stdout, a->json);
	good = (x.reg = ledger_registry(v.l, &e)) != NULL && tell(&x, a->arg[0]);
	if (x.reg)
		registry_free(x.reg);
	policy_free(x.policy);
	story_end(&x.s);
	evidence_close(x.ev);
	return view_done(&v, good, &e);
}

const struct cmd cmd_explain = {
	.name = "explain",
	.operands = "ADDRESS|DOMAIN|ORGANISATION|CASE|WARNING|INPUT|MESSAGE-ID",
	.least = 1,
	.most = 1,
	.run = run,
	.summary = "tell the story, back to input, line and raw bytes; or why there is none",
	.help = "An address or domain: who it belongs to by today's registry, which claims lose and\n"
	    "why, its cases with their evidence; where there is no case, what comes nearest and\n"
	    "where it stands in raw inputs.  An organisation: its assets, contacts, cases and\n"
	    "warnings.  A case: why it is told or held, and the command that settles it.  A warning\n"
	    "by its number (2026-00417) or Message-ID.  An input by number, name or SHA-256.\n\n"
	    "A bare number is a case; case:12, warning:3, input:7 and order:4 say which is meant.\n"
	    "An order: who gave it, and what came of it.\n",
};
