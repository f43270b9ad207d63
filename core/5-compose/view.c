/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See view.h.  The case says who and what it is; the finding, when its bytes
 * could be read again, adds what is known besides.
 */
#include <stdlib.h>
#include <string.h>
#include "5-compose/view.h"
#include "4-decide/key.h"
#include "timefmt.h"

/* The fields of the finding that are about its subject, by the side it stands on. */
static const struct side {
	uint8_t	port, fqdn, reverse, asn, url, account, ip;
} sides[2] = {
	{ TCS_F_SOURCE_PORT, TCS_F_SOURCE_FQDN, TCS_F_SOURCE_REVERSE_DNS, TCS_F_SOURCE_ASN, TCS_F_SOURCE_URL,
	    TCS_F_SOURCE_ACCOUNT, TCS_F_SOURCE_IP },
	{ TCS_F_DESTINATION_PORT, TCS_F_DESTINATION_FQDN, TCS_F_DESTINATION_REVERSE_DNS,
	    TCS_F_DESTINATION_ASN, TCS_F_DESTINATION_URL, TCS_F_DESTINATION_ACCOUNT, TCS_F_DESTINATION_IP },
};

/* Told by every part in a place of its own, or never: no columns. */
static const uint8_t never[] = { TCS_F_CLASSIFICATION_IDENTIFIER, TCS_F_CLASSIFICATION_TAXONOMY,
	TCS_F_CLASSIFICATION_TYPE, TCS_F_FEED_ACCURACY, TCS_F_FEED_CODE, TCS_F_FEED_DOCUMENTATION,
	TCS_F_FEED_NAME, TCS_F_FEED_PROVIDER, TCS_F_FEED_URL, TCS_F_PROTOCOL_TRANSPORT, TCS_F_RAW,
	TCS_F_RTIR_ID, TCS_F_TIME_OBSERVATION, TCS_F_TIME_SOURCE, TCS_F_TLP, TCS_F_SEVERITY,
	TCS_F_PRODUCT_VULNERABILITIES, TCS_F_CONSTITUENCY };

static const char *const rules[] = { "", "domain", "network", "asn" };

static const struct side *
side_of(const struct finding *f)
{
	const struct side *d = &sides[1];

	if (f->subject == SUBJECT_DESTINATION)
		return d;
	if (f->subject == SUBJECT_SOURCE)
		return &sides[0];
	/* a name or an account: the side that has one */
	if (f->f[sides[0].fqdn].form || f->f[sides[0].url].form || f->f[sides[0].account].form ||
	    f->f[sides[0].ip].form)
		return &sides[0];
	return f->f[d->fqdn].form || f->f[d->url].form || f->f[d->account].form ? d : &sides[0];
}

static const char *
text_of(struct arena *a, const struct finding *f, unsigned field)
{
	const struct fvalue *v = &f->f[field];

	return v->form == VF_NONE ? "" : arena_strndup(a, v->text.p, v->text.n);
}

static bool
may(const struct view *v, const struct columns *allow, unsigned field)
{
	bool defang;

	return columns_may(allow, v->s->source, v->s->report, field_by_number(field)->name, &defang);
}

/* Is the host of the URL the subject, or of the asset that ties it to the recipient? */
static bool
url_is_own(struct arena *a, const struct view *v)
{
	struct tcs_slice h = url_host(tcs_str(v->url));
	const char *host, *asset = v->s->asset;
	size_t n;

	if (h.n == 0)
		return strstr(v->url, "://") == NULL;	/* a path */
	host = arena_strndup(a, h.p, h.n);
	h = tcs_str(host);
	if (h.n > 2 && h.p[0] == '[')
		h = tcs_slice(h.p + 1, h.n - 2);
	if (tcs_is_nocase(h, v->ip) || (*v->hostname && tcs_is_nocase(h, v->hostname)))
		return true;
	n = strlen(asset);
	return v->s->c->rule == TCS_R_DOMAIN && h.n > n && h.p[h.n - n - 1] == '.' &&
	    tcs_is_nocase(tcs_slice(h.p + h.n - n, n), asset);
}

static void
from_finding(struct arena *a, struct view *v, const struct finding *f, const struct columns *allow)
{
	const struct side *d = side_of(f);

	if (*v->ip == '\0' && f->has_ip) {
		char *text = arena_alloc(a, IP_TEXT);

		ip_text(&f->ip, text);
		v->ip = text;
	}
	if (*v->hostname == '\0')
		v->hostname = text_of(a, f, d->fqdn);
	if (*v->hostname == '\0')
		v->hostname = text_of(a, f, d->reverse);
	if (may(v, allow, d->url))
		v->url = text_of(a, f, d->url);
	if (*v->account == '\0' && may(v, allow, d->account))
		v->account = text_of(a, f, d->account);
	if (f->f[d->asn].form != VF_NONE)
		v->asn = (uint32_t)f->f[d->asn].i;
	if (v->s->c->kind == KIND_EVENT && v->src_port == 0 && f->f[d->port].form != VF_NONE)
		v->src_port = (uint16_t)f->f[d->port].i;
	if (*v->transport == '\0' && (v->port || v->src_port))
		v->transport = text_of(a, f, TCS_F_PROTOCOL_TRANSPORT);
	if (f->observed != TIME_NONE)
		v->observed = f->observed / NS;
}

/* ---- columns */

static bool
told_already(const struct side *d, unsigned field)
{
	size_t i;

	for (i = 0; i < sizeof never; i++)
		if (never[i] == field)
			return true;
	return field == d->port || field == d->fqdn || field == d->reverse || field == d->asn ||
	    field == d->url || field == d->account || field == d->ip;
}

static int
column_order(const void *a, const void *b)
{
	return strcmp(((const struct view_column *)a)->name, ((const struct view_column *)b)->name);
}

static void
add_column(struct view *v, struct view_column *list, const struct columns *allow, const char *name,
    const struct fvalue *value)
{
	struct view_column *c = &list[v->ncolumn];

	if (value->form == VF_NONE || value->text.n == 0 ||
	    !columns_may(allow, v->s->source, v->s->report, name, &c->defang))
		return;
	c->name = name;
	c->v = *value;
	v->ncolumn++;
}

static void
columns_of(struct arena *a, struct view *v, const struct finding *f, const struct columns *allow)
{
	struct view_column *list = arena_alloc(a, (TCS_F_COUNT + f->nextra) * sizeof *list);
	const struct side *d = side_of(f);
	uint32_t i, n;

	for (i = 1; i < TCS_F_COUNT; i++)
		if (f->f[i].form != VF_NONE && field_by_number(i) != NULL && !told_already(d, i))
			add_column(v, list, allow, field_by_number(i)->name, &f->f[i]);
	for (i = 0; i < f->nextra; i++)
		add_column(v, list, allow, arena_printf(a, "extra.%s", f->extra[i].name), &f->extra[i].v);
	if (v->ncolumn > 1)
		qsort(list, v->ncolumn, sizeof *list, column_order);
	for (i = n = 0; i < v->ncolumn; i++)	/* a name twice: once */
		if (n == 0 || strcmp(list[n - 1].name, list[i].name) != 0)
			list[n++] = list[i];
	v->column = list;
	v->ncolumn = n;
}

/* ---- the case */

static const char *
state_of(enum case_reason why)
{
	return why == WHY_REMINDER ? "reminder" :
	    why == WHY_RELAPSE || why == WHY_NOT_FIXED ? "relapse" : why == WHY_WORSE || why ==
	    WHY_EXPLOITED ?
	    "worse" : "new";
}

static void
class_of(struct arena *a, struct view *v, const char *class)
{
	struct tcs_slice rest = tcs_str(class ? class : ""), taxonomy = tcs_slice("", 0);

	tcs_cut(&rest, '/', &taxonomy);
	v->taxonomy = arena_strndup(a, taxonomy.p, taxonomy.n);
	v->type = rest.p ? arena_strndup(a, rest.p, rest.n) : "";
}

static void
from_case(struct arena *a, struct view *v, const struct tcase *c)
{
	static const struct ip none;

	v->ip = v->hostname = v->url = v->account = "";
	if (memcmp(&c->key.ip, &none, sizeof none) != 0) {
		char *text = arena_alloc(a, IP_TEXT);

		ip_text(&c->key.ip, text);
		v->ip = text;
	}
	if (c->kind == KIND_ACCOUNT)
		v->account = v->s->name;
	else
		v->hostname = v->s->name;
	v->port = c->key.port;
	v->transport = c->key.port ? transport_name(c->key.transport) : "";
	v->src_port = c->kind == KIND_EVENT ? c->src_port : 0;
	v->severity = severity_names[c->severity];
	v->rule = c->rule < sizeof rules / sizeof *rules ? rules[c->rule] : "";
	v->first_seen = c->first_seen;
	v->last_seen = v->observed = c->last_seen;
}

static void
view_make(struct arena *a, struct view *v, const struct compose_system *s, const struct columns *allow,
    const struct advice_set *advice, const struct labels *labels, const char *language)
{
	bool by_ip;

	v->s = s;
	v->labels = labels;
	from_case(a, v, s->c);
	by_ip = *v->ip != '\0';
	class_of(a, v, s->class);
	v->identifier = s->identifier ? s->identifier : "";
	v->reported = s->reported;
	v->state = state_of(s->why);
	v->advice = advice_find(advice, language, s->problem, s->identifier, v->type);
	if (s->f != NULL) {
		from_finding(a, v, s->f, allow);
		columns_of(a, v, s->f, allow);
	}
	v->url_own = *v->url != '\0' && url_is_own(a, v);
	v->subject = s->c->kind == KIND_ACCOUNT ? v->account : by_ip ? v->ip : v->hostname;
	v->also = s->c->kind == KIND_ACCOUNT ? v->hostname : by_ip ? v->hostname : v->ip;
}

/* ---- all of them */

static int
subject_order(const struct view *a, const struct view *b)
{
	int c = ip_cmp(&a->s->c->key.ip, &b->s->c->key.ip);

	return c != 0 ? c : strcmp(a->subject, b->subject);
}

static int
by_subject(const void *x, const void *y)
{
	const struct view *a = x, *b = y;
	const struct tcase *p = a->s->c, *q = b->s->c;
	int c = subject_order(a, b);

	if (c != 0)
		return c;
	if (p->severity != q->severity)
		return p->severity > q->severity ? -1 : 1;
	if (p->key.port != q->key.port)
		return p->key.port < q->key.port ? -1 : 1;
	return p->id < q->id ? -1 : p->id > q->id;
}

struct view *
view_all(struct arena *a, const struct compose_job *job, const struct columns *allow,
    const struct advice_set *advice, const struct labels *labels, const char *language)
{
	struct view *v = arena_alloc(a, (job->nsystem + 1) * sizeof *v);
	struct view *out = arena_alloc(a, (job->nsystem + 1) * sizeof *out);
	uint32_t i, end, k = 0;
	int severity;

	for (i = 0; i < job->nsystem; i++)
		view_make(a, &v[i], &job->system[i], allow, advice, labels, language);
	if (job->nsystem > 1)
		qsort(v, job->nsystem, sizeof *v, by_subject);
	/* subjects by their worst, which now stands first of each */
	for (severity = SEV_CRITICAL; severity >= SEV_NONE; severity--)
		for (i = 0; i < job->nsystem; i = end) {
			for (end = i + 1; end < job->nsystem && subject_order(&v[i], &v[end]) == 0;)
				end++;
			if (v[i].s->c->severity != severity)
				continue;
			memcpy(&out[k], &v[i], (end - i) * sizeof *v);
			k += end - i;
		}
	return out;
}
