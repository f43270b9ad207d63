/* SPDX-License-Identifier: Apache-2.0 */
/* See coverage.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "4-decide/coverage.h"
#include "buf.h"
#include "ledger/ledger_coverage.h"
#include "mem.h"
#include "timefmt.h"

struct feed_facts {
	struct cover_day	*day;
	uint32_t		 n, cap;
	int64_t			*look;		/* covering days, sorted; when fresh */
	uint32_t		 nlook;
	bool			 fresh;
};

struct list_facts {
	uint32_t	 source;		/* DICT_SOURCE */
	int64_t		 day;
	uint32_t	*feed;			/* sorted */
	uint32_t	 n, cap;
};

struct coverage {
	struct ledger		*ledger;
	const struct config	*config;
	const struct plugins	*plugins;
	int64_t			 from;
	struct feed_facts	*feed;		/* by number */
	uint32_t		 nfeed;
	struct list_facts	*list;		/* sorted by source and day */
	uint32_t		 nlist, caplist;
};

/* ---- facts ------------------------------------------------------------------- */

static struct feed_facts *
facts(struct coverage *v, uint32_t feed)
{
	uint32_t n = v->nfeed;

	if (feed >= n) {
		while (n <= feed)
			n = n * 2 + 64;
		v->feed = xrealloc(v->feed, n * sizeof *v->feed);
		memset(v->feed + v->nfeed, 0, (n - v->nfeed) * sizeof *v->feed);
		v->nfeed = n;
	}
	return &v->feed[feed];
}

static void
put_day(void *arg, uint32_t feed, const struct cover_day *d)
{
	struct feed_facts *f = facts(arg, feed);
	uint32_t at = cover_place(f->day, f->n, d->day);

	f->fresh = false;
	if (at < f->n && f->day[at].day == d->day) {
		f->day[at] = *d;
		return;
	}
	if (f->n == f->cap)
		f->day = xrealloc(f->day, (f->cap = f->cap * 2 + 8) * sizeof *f->day);
	memmove(f->day + at + 1, f->day + at, (f->n++ - at) * sizeof *f->day);
	f->day[at] = *d;
}

static uint32_t
list_place(const struct coverage *v, uint32_t source, int64_t day)
{
	uint32_t lo = 0, hi = v->nlist, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (v->list[mid].source < source ||
		    (v->list[mid].source == source && v->list[mid].day < day))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct list_facts *
list_of(const struct coverage *v, uint32_t source, int64_t day)
{
	uint32_t at = list_place(v, source, day);

	return at < v->nlist && v->list[at].source == source && v->list[at].day == day ? &v->list[at] : NULL;
}

static struct list_facts *
list_make(struct coverage *v, uint32_t source, int64_t day)
{
	struct list_facts *k = list_of(v, source, day);
	uint32_t at = list_place(v, source, day);

	if (k != NULL)
		return k;
	if (v->nlist == v->caplist)
		v->list = xrealloc(v->list, (v->caplist = v->caplist * 2 + 32) * sizeof *v->list);
	memmove(v->list + at + 1, v->list + at, (v->nlist++ - at) * sizeof *v->list);
	v->list[at] = (struct list_facts){ .source = source, .day = day };
	return &v->list[at];
}

static void
put_listed(void *arg, uint32_t source, int64_t day, uint32_t feed)
{
	struct list_facts *k = list_make(arg, source, day);

	if (feed == 0)
		return;
	if (k->n == k->cap)
		k->feed = xrealloc(k->feed, (k->cap = k->cap * 2 + 16) * sizeof *k->feed);
	k->feed[k->n++] = feed;
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool
names(const struct list_facts *k, uint32_t feed)
{
	return k->n > 0 && bsearch(&feed, k->feed, k->n, sizeof feed, by_number) != NULL;
}

struct coverage *
coverage_open(struct ledger *l, const struct config *c, const struct plugins *p, int64_t from, struct err *e)
{
	struct coverage *v = xcalloc(1, sizeof *v);

	v->ledger = l;
	v->config = c;
	v->plugins = p;
	v->from = from;
	if (ledger_cover_each(l, 0, from, put_day, v, e) && ledger_listed_each(l, from, put_listed, v, e))
		return v;
	coverage_close(v);
	return NULL;
}

void
coverage_close(struct coverage *v)
{
	uint32_t i;

	if (v == NULL)
		return;
	for (i = 0; i < v->nfeed; i++) {
		free(v->feed[i].day);
		free(v->feed[i].look);
	}
	for (i = 0; i < v->nlist; i++)
		free(v->list[i].feed);
	free(v->feed);
	free(v->list);
	free(v);
}

static void
stale(struct coverage *v)
{
	uint32_t i;

	for (i = 0; i < v->nfeed; i++)
		v->feed[i].fresh = false;
}

void
coverage_configure(struct coverage *v, const struct config *c)
{
	v->config = c;
	stale(v);
}

struct one_day { struct coverage *v; int64_t day; };

static void
put_that_day(void *arg, uint32_t feed, const struct cover_day *d)
{
	struct one_day *x = arg;

	if (d->day == x->day)
		put_day(x->v, feed, d);
}

bool
coverage_input(struct coverage *v, uint32_t feed, int64_t day, struct err *e)
{
	struct one_day x = { v, day };

	return feed == 0 || day < v->from || ledger_cover_each(v->ledger, feed, day, put_that_day, &x, e);
}

bool
coverage_listed(struct coverage *v, const char *source, int64_t day, const char *const *name, uint32_t n,
    struct err *e)
{
	uint32_t *feed = xcalloc(n + 1, sizeof *feed), id = ledger_intern(v->ledger, DICT_SOURCE,
	    tcs_str(source)), i;
	struct arena *a = arena_new();
	bool good;

	for (i = 0; i < n; i++)
		feed[i] = ledger_intern(v->ledger, DICT_FEED, tcs_str(arena_printf(a, "%s/%s", source,
		    name[i])));
	if (n > 0)
		qsort(feed, n, sizeof *feed, by_number);
	good = ledger_listed_put(v->ledger, id, day, feed, n, e);
	if (good) {
		list_make(v, id, day)->n = 0;
		for (i = 0; i < n; i++)
			put_listed(v, id, day, feed[i]);
		stale(v);
	}
	arena_free(a);
	free(feed);
	return good;
}

/* ---- what a source is --------------------------------------------------------- */

static const struct cfg_source *
source_of(const struct coverage *v, uint32_t feed)
{
	const char *text = ledger_text(v->ledger, DICT_FEED, feed);
	size_t n = tcs_find(tcs_str(text), '/');
	uint32_t i;

	for (i = 0; i < v->config->nsource; i++)
		if (strlen(v->config->source[i].name) == n && memcmp(v->config->source[i].name, text, n) == 0)
			return &v->config->source[i];
	return NULL;
}

/* Its inputs are reports of single occasions: that a later one does not name a system says nothing. */
static bool
one_shot(const struct coverage *v, const struct cfg_source *s)
{
	struct err e = ERR_INIT;
	const struct plugin *p;

	if (s == NULL || s->expect != EXPECT_UNSAID)
		return s == NULL || s->expect == EXPECT_NONE;
	p = v->plugins != NULL ? plugin_get(v->plugins, s->plugin, TCS_SOURCE, &e) : NULL;
	return p != NULL && (p->flags & TCS_S_ONE_SHOT) != 0;
}

/* ---- looks -------------------------------------------------------------------- */

static void
looks_make(const struct coverage *v, struct feed_facts *f, uint32_t feed)
{
	const struct cfg_source *s = source_of(v, feed);
	uint32_t id = s != NULL ? ledger_find(v->ledger, DICT_SOURCE, tcs_str(s->name)) : 0, i = 0;
	uint32_t k = list_place(v, id, INT64_MIN), end = k;
	int64_t unlisted;

	while (end < v->nlist && v->list[end].source == id)
		end++;
	f->look = xrealloc(f->look, (f->n + end - k + 1) * sizeof *f->look);
	f->nlook = 0;
	f->fresh = true;
	if (one_shot(v, s))
		return;
	while (i < f->n || k < end) {
		unlisted = k < end ? v->list[k].day : INT64_MAX;
		if (i == f->n || unlisted < f->day[i].day) {
			if (!names(&v->list[k++], feed))
				f->look[f->nlook++] = unlisted;
			continue;
		}
		k += unlisted == f->day[i].day;
		if (cover_covers(cover_of(&(struct cover_in){ .came = &f->day[i], .judged = true,
		    .usual = cover_usual(f->day, f->n, f->day[i].day) })))
			f->look[f->nlook++] = f->day[i].day;
		i++;
	}
}

uint32_t
coverage_looks(struct coverage *v, uint32_t feed, int64_t after)
{
	struct feed_facts *f = facts(v, feed);
	uint32_t n = 0;

	if (!f->fresh)
		looks_make(v, f, feed);
	while (n < f->nlook && f->look[f->nlook - 1 - n] > after)
		n++;
	return n;
}

/* ---- source-days --------------------------------------------------------------- */

static int64_t
local_day(const char *zone, int64_t s)
{
	char text[TIME_TEXT];
	int64_t ns = 0;

	time_local(s * NS, zone, text);
	return time_parse(text, 10, &ns) ? ns / NS / DAY : s / DAY;
}

int64_t
coverage_today(const struct config *c, const struct cfg_source *src, int64_t now)
{
	return local_day(c->identity.zone, now) - src->lag;
}

static int64_t
deadline_of(const struct config *c, const struct cfg_source *src, int64_t day)
{
	int64_t due = day + src->lag, at = (due - 1) * DAY;

	do
		at = time_next_at(at * NS, c->identity.zone, src->deadline_hour, src->deadline_minute) / NS;
	while (local_day(c->identity.zone, at) < due);
	return at;
}

static bool
of_source(const struct coverage *v, uint32_t feed, const struct cfg_source *src)
{
	const char *text = ledger_text(v->ledger, DICT_FEED, feed);
	size_t n = strlen(src->name);

	return strncmp(text, src->name, n) == 0 && text[n] == '/';
}

int64_t
coverage_first(const struct coverage *v, const struct cfg_source *src)
{
	int64_t first = INT64_MAX;
	uint32_t i;

	for (i = 1; i < v->nfeed; i++)
		if (v->feed[i].n > 0 && v->feed[i].day[0].day < first && of_source(v, i, src))
			first = v->feed[i].day[0].day;
	return first;
}

int64_t
coverage_last_arrival(const struct coverage *v, const struct cfg_source *src)
{
	int64_t last = TIME_NONE;
	uint32_t i, k;

	for (i = 1; i < v->nfeed; i++) {
		if (v->feed[i].n == 0 || !of_source(v, i, src))
			continue;
		for (k = v->feed[i].n; k > 0 && k + 14 > v->feed[i].n; k--)
			if (v->feed[i].day[k - 1].arrived > last)
				last = v->feed[i].day[k - 1].arrived;
	}
	return last;
}

struct judging {
	const struct coverage	*v;
	struct source_day	*out;
	const struct list_facts	*list;
	int64_t			 first, now;
	bool			 judged;
	struct arena		*a;
	struct cover_trouble	*trouble;
	bool			 due;		/* something is waited for, or was found */
};

static void
note(struct judging *j, uint32_t feed, enum cover state, uint64_t size, uint64_t usual)
{
	if (state == COVER_COMPLETE || state == COVER_UNLISTED || state == COVER_NOTHING)
		return;
	j->trouble = arena_room(j->a, j->trouble, j->out->ntrouble, sizeof *j->trouble);
	j->trouble[j->out->ntrouble++] = (struct cover_trouble){ feed, state, size, usual };
	if (state > j->out->state)
		j->out->state = state;
}

static void
judge_feed(struct judging *j, uint32_t feed)
{
	const struct feed_facts *f = &j->v->feed[feed];
	struct source_day *o = j->out;
	uint32_t at = cover_place(f->day, f->n, o->day);
	struct cover_in in = { .came = at < f->n && f->day[at].day == o->day ? &f->day[at] : NULL,
		.usual = cover_usual(f->day, f->n, o->day), .judged = j->judged,
		.has_list = j->list != NULL, .listed = j->list != NULL && names(j->list, feed),
		.now = j->now, .deadline = o->deadline };
	enum cover state;

	in.expected = !in.has_list && o->src->expect == EXPECT_DAILY &&
	    cover_expected(f->day, f->n, o->day, j->first);
	state = cover_of(&in);
	if (in.came != NULL) {
		o->inputs += in.came->inputs;
		o->records += in.came->size;
		o->came++;
		if (in.came->arrived > o->arrived)
			o->arrived = in.came->arrived;
	}
	if (in.usual != USUAL_UNKNOWN && (in.came != NULL || in.expected || in.listed))
		o->usual += in.usual;
	j->due = j->due || in.came != NULL || in.expected || in.listed;
	note(j, feed, state, in.came != NULL ? in.came->size : 0, in.usual);
}

/* Listed, but never seen yet, so there are no facts of it. */
static void
judge_listed(struct judging *j)
{
	uint32_t i, feed;

	for (i = 0; i < j->list->n; i++)
		if ((feed = j->list->feed[i]) >= j->v->nfeed || j->v->feed[feed].n == 0) {
			j->due = true;
			note(j, feed, cover_of(&(struct cover_in){ .has_list = true, .listed = true,
			    .now = j->now, .deadline = j->out->deadline }), 0, USUAL_UNKNOWN);
		}
}

/* Its list is missing: from the day of the first one on, or on the day that is awaited. */
static bool
list_expected(const struct coverage *v, const struct cfg_source *src, uint32_t id, int64_t day, int64_t now)
{
	uint32_t at = list_place(v, id, INT64_MIN);

	if (src->list == NULL || src->expect != EXPECT_DAILY)
		return false;
	if (id == 0 || at == v->nlist || v->list[at].source != id)
		return day == coverage_today(v->config, src, now);
	return v->list[at].day <= day;
}

void
coverage_day(const struct coverage *v, const struct cfg_source *src, int64_t day, int64_t now,
    struct arena *a, struct source_day *out)
{
	uint32_t id = ledger_find(v->ledger, DICT_SOURCE, tcs_str(src->name)), i;
	struct judging j = { .v = v, .out = out, .list = id != 0 ? list_of(v, id, day) : NULL,
		.first = coverage_first(v, src), .now = now, .judged = !one_shot(v, src), .a = a };
	const struct cover_in absent = { .expected = true, .now = now };
	struct cover_in whole = absent;

	*out = (struct source_day){ .src = src, .day = day, .arrived = TIME_NONE, .has_list = j.list != NULL,
		.listed = j.list != NULL ? j.list->n : 0, .deadline = deadline_of(v->config, src, day) };
	whole.deadline = out->deadline;
	for (i = 1; i < v->nfeed; i++)
		if (v->feed[i].n > 0 && of_source(v, i, src))
			judge_feed(&j, i);
	if (j.list != NULL)
		judge_listed(&j);
	else if (list_expected(v, src, id, day, now))
		note(&j, 0, cover_of(&whole), 0, USUAL_UNKNOWN);
	out->trouble = j.trouble;
	if (!j.due && j.list == NULL)		/* nothing at all */
		out->state = src->expect == EXPECT_DAILY ? cover_of(&whole) : COVER_NOTHING;
}

bool
coverage_waits(const struct coverage *v, int64_t now)
{
	struct arena *a = arena_new();
	struct source_day d;
	bool waits = false;
	uint32_t i;

	for (i = 0; !waits && i < v->config->nsource; i++) {
		const struct cfg_source *s = &v->config->source[i];

		if (s->expect != EXPECT_DAILY)
			continue;
		coverage_day(v, s, coverage_today(v->config, s, now), now, a, &d);
		waits = d.state != COVER_COMPLETE && now < d.deadline;
	}
	arena_free(a);
	return waits;
}

const char *
coverage_text(const struct coverage *v, const struct source_day *d, struct arena *a)
{
	const char *feed, *out;
	struct buf b;
	uint32_t i;

	buf_init(&b);
	if (d->ntrouble == 0 && d->came == 0 && cover_troubles(d->state))
		buf_printf(&b, "nothing came");
	for (i = 0; i < d->ntrouble; i++) {
		const struct cover_trouble *t = &d->trouble[i];

		feed = ledger_text(v->ledger, DICT_FEED, t->feed);
		buf_printf(&b, "%s%s %s", i > 0 ? ", " : "", t->feed == 0 ? "its list" :
		    feed + tcs_find(tcs_str(feed), '/') + 1, cover_names[t->state]);
		if (t->state == COVER_SHRUNKEN)
			buf_printf(&b, " (%" PRIu64 ", usually %" PRIu64 ")", t->size, t->usual);
		else if (t->usual != USUAL_UNKNOWN && t->state != COVER_UNREAD)
			buf_printf(&b, " (usually %" PRIu64 ")", t->usual);
	}
	out = arena_strndup(a, b.n > 0 ? b.p : "", b.n);
	buf_free(&b);
	return out;
}
