/* SPDX-License-Identifier: Apache-2.0 */
/* See round.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "5-compose/crew.h"
#include "5-compose/details.h"
#include "5-compose/group.h"
#include "5-compose/round_int.h"
#include "5-compose/sightings.h"
#include "5-compose/thread.h"
#include "6-deliver/notifier.h"
#include "answers/token.h"
#include "clock.h"
#include "digest.h"
#include "ledger/ledger_campaign.h"
#include "ledger/ledger_read.h"
#include "mem.h"
#include "timefmt.h"

#define CHUNK 8192			/* cases whose details are in memory at once */

#define SYSTEMS_MOST 5000		/* in one warning; more become further ones: a mail must be taken
					 * by a mail server */

#define WINDOW 64			/* warnings whose parts are in memory at once, twice */

#define COMMIT_BYTES (32u << 20)	/* of finished warnings; then they are written */

/* The warnings of one commit. */
struct batch_out {
	struct rounds		*r;
	struct arena		*a;		/* of what is kept until the commit */
	struct warning		*w;
	uint32_t		 n;
};

struct rounds *
rounds_open(struct decider *d, struct sources *s, struct err *e)
{
	struct rounds *r = xcalloc(1, sizeof *r);

	r->d = d;
	r->sources = s;
	r->made_to = map_new();
	r->noticed = map_new();
	r->crew = crew_new(0);
	r->nrenderer = d->config->nnotifier;
	r->renderer = xcalloc(r->nrenderer + 1, sizeof(struct notifier *));
	r->composer = composer_open(d->config, e);
	if (r->composer != NULL && (r->signer = signer_open(d->config, e)) != NULL &&
	    ledger_secret(d->ledger, r->secret, e)) {
		d->signer = r->signer;
		return r;
	}
	rounds_close(r);
	return NULL;
}

void
rounds_close(struct rounds *r)
{
	uint32_t i;

	if (r == NULL)
		return;
	crew_free(r->crew);
	if (r->d->signer == r->signer)	/* not where others have begun */
		r->d->signer = NULL;
	signer_close(r->signer);
	for (i = 0; i < r->nrenderer; i++)
		notifier_stop(r->renderer[i]);
	free(r->renderer);
	if (r->composer != NULL)
		composer_close(r->composer);
	map_free(r->made_to);
	map_free(r->noticed);
	free(r);
}

/* ---- caps ------------------------------------------------------------------ */

static enum case_reason
over_cap(struct rounds *r, const struct candidate *k)
{
	int64_t day = clock_now() / NS / DAY;
	uint64_t n = 0;

	if (day != r->day) {
		r->day = day;
		r->made = 0;
		map_free(r->made_to);
		r->made_to = map_new();
	}
	map_get(r->made_to, k->address, strlen(k->address), &n);
	if (r->made >= r->d->config->deliver.most_per_run)
		return WHY_CAP_RUN;
	if ((int64_t)n >= r->d->config->deliver.most_per_recipient && k->notifier->to == NULL)
		return WHY_CAP_RECIPIENT;
	return WHY_NONE;
}

static void
count_made(struct rounds *r, const struct candidate *k)
{
	uint64_t n = 0;

	map_get(r->made_to, k->address, strlen(k->address), &n);
	map_set(r->made_to, k->address, strlen(k->address), n + 1);
	r->made++;
}

/* How many of the first ones are one warning. */
static uint32_t
group_length(const struct candidate *k, uint32_t n)
{
	uint32_t m = 1;

	while (m < n && m < SYSTEMS_MOST && same_group(&k[0], &k[m]))
		m++;
	return m;
}

void
round_hold(struct decider *d, const struct candidate *k, uint32_t n, enum case_reason why)
{
	char text[200];
	uint32_t i;

	for (i = 0; i < n; i++) {
		struct tcase *c = table_id(d->table, k[i].id);

		c->told = TOLD_HELD;
		c->reason = (uint8_t)why;
		c->rev++;
		commit_dirty(d, c->id);
		commit_event(d, c->id, EVENT_HELD, why, 0);
	}
	snprintf(text, sizeof text, "%s: %" PRIu32 " cases held", case_reason_text[why], n);
	if (why != WHY_CAMPAIGN)		/* that waits as a proposal */
		commit_alarm(d, why == WHY_CAP_RUN ? "cap:run" : why == WHY_CAP_PROBLEM ? "cap:problem" :
		    why == WHY_CAP_NEW ? "cap:new" : "cap:recipient", text);
}

/* ---- one warning ----------------------------------------------------------- */

static const char *
message_id(const struct rounds *r, const struct candidate *k, uint32_t n, struct arena *a, uint8_t key[32])
{
	const char *from = r->d->config->identity.from, *at = strrchr(from, '@');
	char text[BASE32_LEN(16)];
	struct buf b;
	uint32_t i;

	buf_init(&b);
	buf_printf(&b, "%s\n%s\n", k->address, k->notifier->name);
	for (i = 0; i < n; i++)
		buf_printf(&b, "%" PRIu32 ":%" PRIu32 "\n", k[i].id, table_id(r->d->table, k[i].id)->rev);
	hmac_sha256(r->secret, sizeof r->secret, b.p, b.n, key);
	buf_free(&b);
	digest_base32(key, 16, text);
	return arena_printf(a, "<%s@%s>", text, at != NULL ? at + 1 : "localhost");
}

static const char *const *
cves_of(const struct finding *f, struct arena *a, uint32_t *n)
{
	struct tcs_slice rest = f != NULL && f->f[TCS_F_PRODUCT_VULNERABILITIES].form != VF_NONE ?
	    f->f[TCS_F_PRODUCT_VULNERABILITIES].text : tcs_slice(NULL, 0), part;
	const char **list = arena_alloc(a, (rest.n / 4 + 1) * sizeof *list);
	char *cve, *p;

	*n = 0;
	while (tcs_cut(&rest, ';', &part)) {
		part = tcs_trim(part);
		if (part.n == 0)
			continue;
		cve = arena_strndup(a, part.p, part.n);
		for (p = cve; *p != '\0'; p++)
			*p = *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
		list[(*n)++] = cve;
	}
	return list;
}

/* All that it points to outlives a commit that fails: it is composed while others are written. */
static void
system_of(struct rounds *r, const struct tcase *c, const struct detail *det, struct arena *a,
    struct compose_system *s)
{
	const struct ledger *l = r->d->ledger;
	const struct cfg_source *src = config_source(r->d->config, det->source);
	const struct asset *asset = registry_asset(r->d->registry, c->asset);

	*s = (struct compose_system){ .c = arena_dup(a, c, sizeof *c), .f = det->f,
		.problem = arena_strdup(a, ledger_text(l, DICT_PROBLEM, c->key.problem)),
		.class = arena_strdup(a, ledger_text(l, DICT_CLASS, c->class)),
		.identifier = arena_strdup(a, ledger_text(l, DICT_IDENTIFIER, c->identifier)),
		.name = arena_strdup(a, ledger_text(l, DICT_NAME, c->key.name)),
		.source = det->source, .report = det->report,
		.found_by = src != NULL && src->found_by != NULL ? src->found_by : "",
		.asset = asset != NULL ? asset->text : "",
		.verified_by = asset != NULL ? asset->verified_by : "",
		.verified_on = asset != NULL ? asset->verified_on : "", .reported = det->reported,
		.why = (enum case_reason)c->reason };
	s->cve = cves_of(det->f, a, &s->ncve);
	sightings_of(r->d, c, asset, a, s);
}

static struct notifier *
renderer(struct rounds *r, const struct cfg_notifier *n, const struct plugin *p, struct err *e)
{
	uint32_t i = (uint32_t)(n - r->d->config->notifier);
	struct tcs_val *opt;

	if (r->renderer[i] == NULL &&
	    (opt = options_check(r->d->config->arena, p, n->given, n->ngiven, e)) != NULL)
		r->renderer[i] = notifier_start(p, opt, e);
	return r->renderer[i];
}

/* The bytes that are stored and delivered: the host's mail, the notifier's own form, or a
 * mail that carries it. */
static bool
bytes_of(struct rounds *r, const struct candidate *k, const struct compose_job *job,
    const struct composed *made, struct arena *a, struct warning *w, struct err *e)
{
	const struct plugin *p = plugin_get(r->d->plugins, k->notifier->plugin, TCS_NOTIFIER, e);
	char key[2 * sizeof w->key + 1];
	struct tcs_warning t = { .size = sizeof t, .tlp = job->tlp, .id = job->number, .key = key,
		.message_id = job->message_id, .answers = job->answers, .sender = r->d->config->identity.from,
		.recipient = job->org->key, .address = job->address, .language = job->language,
		.subject = made->subject, .part = made->part, .npart = made->npart };
	struct compose_job sealed;
	struct notifier *proc;

	if (p == NULL)
		return false;
	w->type = "message/rfc822";
	w->bytes = made->mail;
	w->nbytes = made->nmail;
	if (!p->renders)
		return true;
	digest_hex(w->key, sizeof w->key, key);
	if ((proc = renderer(r, k->notifier, p, e)) == NULL ||
	    !notifier_render(proc, &t, a, &w->type, &w->bytes, &w->nbytes, e))
		return false;
	if (k->notifier->via == NULL)
		return true;
	sealed = *job;
	sealed.signer = r->signer;
	if (!compose_carry(r->composer, &sealed, made, w->type,
	    arena_printf(a, "%s.%s", job->number, strstr(w->type, "json") != NULL ? "json" :
	    strstr(w->type, "csv") != NULL ? "csv" : "xml"), w->bytes, w->nbytes, a, &w->bytes, &w->nbytes,
	    e))
		return false;
	w->type = "message/rfc822";
	return true;
}

/* With the token of the warning, where answers are read. */
static const char *
reply_to(const struct rounds *r, const char *number, struct arena *a)
{
	const struct config *c = r->d->config;

	return c->nanswers > 0 && c->identity.reply_to[0] != '\0' ?
	    token_address(a, r->secret, TOKEN_REPLY, number, c->identity.reply_to) : NULL;
}

/* The mail of the parts is not used: what carries the notifier's own form is sealed where it is made. */
static bool
rendered(const struct decider *d, const struct candidate *k)
{
	struct err e = ERR_INIT;
	const struct plugin *p = plugin_get(d->plugins, k->notifier->plugin, TCS_NOTIFIER, &e);

	return p != NULL && p->renders;
}

/* The group's job: who, what label, which thread. */
static bool
job_of(struct rounds *r, const struct candidate *k, uint32_t n, const struct detail *det, uint32_t id,
    struct arena *a, struct compose_job *job, struct warning *w, struct err *e)
{
	struct decider *d = r->d;
	struct compose_system *sys = arena_alloc(a, n * sizeof *sys);
	char day[TIME_TEXT];
	int64_t now = clock_now() / NS;
	const struct org *org = registry_org(d->registry, k->org);
	const char *redirect = config_redirect(d->config, org != NULL ? org->key : "");
	uint32_t i;

	time_day(now * NS, day);
	for (i = 0; i < n; i++)
		system_of(r, table_id(d->table, k[i].id), &det[i], a, &sys[i]);
	*job = (struct compose_job){ .number = arena_printf(a, "%.4s-%05u", day, id),
		.reply_to = reply_to(r, arena_printf(a, "%.4s-%05u", day, id), a),
		.org = registry_org(d->registry, k->org),
		.address = redirect != NULL ? redirect : k->address,
		.redirected = redirect != NULL ? k->address : NULL,
		.template = r->campaign != NULL ? r->campaign->template : NULL,
		.partner = k->notifier->to != NULL ? k->notifier->name : NULL, .language = k->language,
		.zone = d->config->identity.zone,
		.topic = arena_strdup(a, ledger_text(d->ledger, DICT_CLASS, k->class)),
		.role = (enum asset_role)k->role, .tlp = (enum tlp)k->tlp,
		.lane = (enum lane)k->lane, .made = now, .system = sys, .nsystem = n };
	job->message_id = message_id(r, k, n, a, w->key);
	job->channel = k->channel;
	job->key = k->key;
	job->seal = k->seal;
	job->signer = rendered(d, k) ? NULL : r->signer;
	return thread_of(d, a, job, k->address, e);
}

/* ---- one after the other through three hands: its job, its parts (by the crew), its bytes and rows */

struct making {
	struct rounds		*r;
	const struct candidate	*k;
	uint32_t		 n, id;
	struct arena		*a;
	struct compose_job	 job;
	struct composed		 made;
	struct warning		 w;
	bool			 good;
	struct err		 why;
};

static void
make_job(struct making *m, const struct detail *det)
{
	uint32_t i;

	memset(&m->w, 0, sizeof m->w);
	m->why = (struct err)ERR_INIT;
	arena_reset(m->a);
	for (i = 0; i < m->n; i++)
		if (det[i].wait) {
			m->good = err_set(&m->why, "its evidence cannot be read: no worker could be started");
			return;
		}
	m->good = job_of(m->r, m->k, m->n, det, m->id, m->a, &m->job, &m->w, &m->why);
}

/* By any thread: nothing of the ledger, the table or a clock. */
static void
make_parts(void *arg, uint32_t i)
{
	struct making *m = &((struct making *)arg)[i];

	m->good = m->good && compose(m->r->composer, &m->job, m->a, &m->made, &m->why);
}

static bool
make_warning(struct making *m)
{
	const struct compose_job *job = &m->job;
	const struct candidate *k = m->k;
	struct rounds *r = m->r;
	struct warning *w = &m->w;
	uint32_t *cases = arena_alloc(m->a, m->n * sizeof *cases);
	uint32_t *revs = arena_alloc(m->a, m->n * sizeof *revs), i;

	if (!m->good || !bytes_of(r, k, job, &m->made, m->a, w, &m->why))
		return false;
	for (i = 0; i < m->n; i++) {
		cases[i] = k[i].id;
		revs[i] = table_id(r->d->table, k[i].id)->rev;
	}
	w->id = m->id;
	w->number = job->number;
	w->message_id = job->message_id;
	w->answers = job->answers != NULL ? job->answers : "";
	w->org = k->org;
	w->recipient = k->address;
	w->redirected = job->redirected != NULL ? job->address : "";
	w->notifier = k->notifier->via != NULL ? k->notifier->via : k->notifier->name;
	w->topic = job->topic;
	w->subject = m->made.subject;
	w->language = k->language;
	w->lane = k->lane;
	w->tlp = k->tlp;
	w->role = k->role;
	w->requested = k->role == ROLE_OWNER;	/* who registered it asked to be told; an operator did not */
	w->made = job->made;
	w->due = job->made + r->d->config->deliver.delay;
	w->cases = cases;
	w->revs = revs;
	w->ncase = m->n;
	return true;
}

/* ---- a commit of them ------------------------------------------------------- */

/* It waits for the second person. */
static bool
campaign_holds(struct rounds *r, uint32_t warning, struct err *e)
{
	ledger_campaign_warning(r->d->ledger, warning, r->campaign->id, r->campaign->round);
	return ledger_warning_state(r->d->ledger, warning, W_HELD) ||
	    err_set(e, "warning %" PRIu32 " cannot be held", warning);
}

static bool
write_warnings(void *arg, struct err *e)
{
	struct batch_out *out = arg;
	bool fresh;
	uint32_t i;

	for (i = 0; i < out->n; i++)
		if (!ledger_warning_put(out->r->d->ledger, &out->w[i], &fresh, e) ||
		    (out->r->campaign != NULL && !campaign_holds(out->r, out->w[i].id, e)))
			return false;
	return true;
}

/* Its cases wait for its answer from now on. */
static void
pending(struct decider *d, const struct warning *w)
{
	uint32_t i;

	for (i = 0; i < w->ncase; i++) {
		struct tcase *c = table_id(d->table, w->cases[i]);

		c->warning = w->id;
		c->listed = c->count;
		commit_dirty(d, c->id);
		commit_event(d, c->id, EVENT_COMPOSED, (enum case_reason)c->reason, w->id);
	}
}

static void
failed(struct decider *d, const struct candidate *k, const struct err *why)
{
	const struct org *o = registry_org(d->registry, k->org);
	char key[100], text[600];

	snprintf(key, sizeof key, "compose:%u", k->org);
	snprintf(text, sizeof text, "a warning to %s cannot be composed: %s", o != NULL ? o->key : "?",
	    why->text);
	commit_alarm(d, key, text);
}

/* What of it must outlive the memory it was composed in. */
static void
keep(struct batch_out *out, const struct warning *made)
{
	struct warning *w;

	out->w = arena_room(out->a, out->w, out->n, sizeof *out->w);
	w = &out->w[out->n++];
	*w = *made;
	w->number = arena_strdup(out->a, made->number);
	w->message_id = arena_strdup(out->a, made->message_id);
	w->answers = arena_strdup(out->a, made->answers);
	w->topic = arena_strdup(out->a, made->topic);
	w->subject = arena_strdup(out->a, made->subject);
	w->type = arena_strdup(out->a, made->type);
	w->bytes = arena_strndup(out->a, made->bytes, made->nbytes);
	w->cases = arena_dup(out->a, made->cases, made->ncase * sizeof *made->cases);
	w->revs = arena_dup(out->a, made->revs, made->ncase * sizeof *made->revs);
}

static bool
written(struct batch_out *out, struct err *e)
{
	bool good = commit_end(out->r->d, NULL, 0, write_warnings, out, e);

	out->n = 0;
	out->w = NULL;
	arena_reset(out->a);
	return good;
}

/* Some of them together: those of one are written while the crew composes those of the next. */
struct window {
	struct making	m[WINDOW];
	uint32_t	n;
};

/* The first groups of the candidates; how many of these they are. */
static uint32_t
window_fill(struct rounds *r, struct window *w, const struct candidate *k, uint32_t n,
    const struct detail *det, uint32_t *id)
{
	uint32_t i = 0;

	for (w->n = 0; w->n < WINDOW && i < n; i += w->m[w->n++].n) {
		struct making *m = &w->m[w->n];

		m->r = r;
		m->k = k + i;
		m->n = group_length(k + i, n - i);
		m->id = (*id)++;
		if (m->a == NULL)
			m->a = arena_new();
		make_job(m, det + i);
	}
	return i;
}

static bool
window_write(struct window *w, struct batch_out *out, struct round_sum *sum, struct err *e)
{
	struct decider *d = out->r->d;
	bool good = true;
	uint32_t i;

	for (i = 0; good && i < w->n; i++) {
		struct making *m = &w->m[i];

		if (!make_warning(m)) {
			failed(d, m->k, &m->why);
			sum->failed++;
			continue;
		}
		keep(out, &m->w);
		pending(d, &m->w);
		sum->cases += m->n;
		sum->warnings++;
		if (arena_used(out->a) > COMMIT_BYTES)
			good = written(out, e);
	}
	return good;
}

static void
window_free(struct window *w)
{
	uint32_t i;

	for (i = 0; i < WINDOW; i++)
		arena_free(w->m[i].a);
	free(w);
}

/* Numbers that a group which cannot be composed was to have stay unused. */
static bool
windows(struct rounds *r, const struct candidate *k, uint32_t n, const struct detail *det,
    struct batch_out *out, struct round_sum *sum, struct err *e)
{
	struct window *now = xcalloc(1, sizeof *now), *next = xcalloc(1, sizeof *next), *swap;
	uint32_t id = ledger_next_warning(r->d->ledger), i = window_fill(r, now, k, n, det, &id);
	bool good = true;

	crew_begin(r->crew, now->n, make_parts, now->m);
	while (good && now->n > 0) {
		i += window_fill(r, next, k + i, n - i, det + i, &id);
		crew_finish(r->crew);
		crew_begin(r->crew, next->n, make_parts, next->m);
		good = window_write(now, out, sum, e);
		swap = now;
		now = next;
		next = swap;
	}
	crew_finish(r->crew);
	window_free(now);
	window_free(next);
	return good;
}

/* Whole groups, their details read in one go. */
static bool
chunk(struct rounds *r, const struct candidate *k, uint32_t n, struct round_sum *sum, struct err *e)
{
	struct arena *a = arena_new();
	struct detail *det = arena_alloc(a, (n + 1) * sizeof *det);
	uint32_t *id = arena_alloc(a, (n + 1) * sizeof *id), i;
	struct batch_out out = { r, arena_new(), NULL, 0 };
	bool good;

	for (i = 0; i < n; i++)
		id[i] = k[i].id;
	good = details_read(r->d, r->sources, id, n, a, det, e) && windows(r, k, n, det, &out, sum, e) &&
	    written(&out, e);
	arena_free(out.a);
	arena_free(a);
	return good;
}

/* Groups past a cap are held, before anything is read for them; the rest is moved together. */
static uint32_t
capped(struct rounds *r, struct candidate *k, uint32_t n, struct round_sum *sum)
{
	uint32_t i, m, kept = 0;
	enum case_reason cap;

	for (i = 0; i < n; i += m) {
		m = group_length(k + i, n - i);
		if ((cap = over_cap(r, &k[i])) != WHY_NONE) {
			round_hold(r->d, k + i, m, cap);
			sum->held += m;
			continue;
		}
		count_made(r, &k[i]);
		memmove(&k[kept], &k[i], m * sizeof *k);
		kept += m;
	}
	return kept;
}

/* Whole groups of them at a time. */
static bool
chunks(struct rounds *r, const struct candidate *k, uint32_t n, struct round_sum *sum, struct err *e)
{
	uint32_t i, m;
	bool good = true;

	for (i = 0; good && i < n; i += m) {
		for (m = 0; i + m < n && m < CHUNK; )
			m += group_length(k + i + m, n - i - m);
		good = chunk(r, k + i, m, sum, e);
	}
	return good && (commit_empty(r->d) || commit_end(r->d, NULL, 0, NULL, NULL, e));
}

bool
round_compose(struct rounds *r, bool digest, bool retry, struct round_sum *sum, struct err *e)
{
	uint32_t n;
	struct candidate *k = candidates(r->d, digest, retry, &n);
	bool good;

	memset(sum, 0, sizeof *sum);
	good = round_brakes(r, k, &n, sum, e);
	n = good ? capped(r, k, n, sum) : 0;
	good = good && chunks(r, k, n, sum, e);
	free(k);
	return good && round_notices(r, e);
}

bool
round_campaign(struct rounds *r, struct candidate *k, uint32_t n, const struct round_campaign *c,
    struct round_sum *sum, struct err *e)
{
	bool good;

	memset(sum, 0, sizeof *sum);
	candidates_sort(k, n);
	r->campaign = c;
	good = chunks(r, k, n, sum, e);
	r->campaign = NULL;
	return good;
}

bool
round_has_template(const struct rounds *r, const char *name)
{
	return composer_has(r->composer, name);
}
