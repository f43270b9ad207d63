/* SPDX-License-Identifier: Apache-2.0 */
/* See alert.h: what rings, found. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include "alert.h"
#include "ledger/ledger_coverage.h"
#include "ledger/ledger_read.h"
#include "map.h"
#include "timefmt.h"

#define COVERAGE_DAYS	7		/* a source-day that is not whole rings for so long */
#define UNKNOWN_LASTS	(7 * DAY)

/* Those of alarms_found, and whether they wake; longer prefixes first. */
static const struct { const char *prefix; bool wakes; } kinds[] = {
	{ "held:priority", true }, { "held:", false }, { "priority:due", true }, { "priority:", false },
	{ "brake:", true }, { "disk:", true }, { "silent:", true }, { "coverage:", false },
};

bool
alarm_wakes(const char *key)
{
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (tcs_starts(tcs_str(key), kinds[i].prefix))
			return kinds[i].wakes;
	return tcs_starts(tcs_str(key), "ledger:");
}

static bool
is_ours(const char *key)
{
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (tcs_starts(tcs_str(key), kinds[i].prefix))
			return true;
	return false;
}

/* What no feed knows: it rings when it comes, and is over after a while. */
static bool
is_unknown(const char *key)
{
	return tcs_starts(tcs_str(key), "unknown:") || tcs_starts(tcs_str(key), "feed:");
}

struct finding_alarms {
	struct arena		*a;
	const struct config	*c;
	struct alarm		*list;
	uint32_t		 n;
	int64_t			 now;
};

static void
ring(struct finding_alarms *x, const char *key, const char *text)
{
	x->list = arena_room(x->a, x->list, x->n, sizeof *x->list);
	x->list[x->n++] = (struct alarm){ key, text, x->now };
}

static const char *
age(const struct finding_alarms *x, int64_t since)
{
	char text[TIME_TEXT];

	duration_text((x->now - since) / 60 * 60, text);
	return arena_strdup(x->a, text);
}

static bool
older(const struct finding_alarms *x, const struct ledger_wait *w, int64_t limit)
{
	return w->n > 0 && x->now - w->since >= limit;
}

/* ---- what does not get out ------------------------------------------------------ */

static void
waits(struct finding_alarms *x, const struct ledger_waits *w)
{
	const int64_t soon = x->c->alarms.priority, late = x->c->alarms.held;

	if (older(x, &w->priority_due, soon) && (w->handed_over == TIME_NONE ||
	    x->now - w->handed_over >= soon))
		ring(x, "priority:due", arena_printf(x->a,
		    "%" PRIu64 " priority cases are due, the oldest for %s,"
		    " and nothing was handed over since", w->priority_due.n, age(x, w->priority_due.since)));
	else if (older(x, &w->priority_due, soon))
		ring(x, "priority:stuck", arena_printf(x->a, "of %" PRIu64 " priority cases that are due the "
		    "oldest waits for %s", w->priority_due.n, age(x, w->priority_due.since)));
	if (w->priority_capped.n > 0)
		ring(x, "brake:priority", arena_printf(x->a,
		    "a cap holds %" PRIu64 " cases of the priority lane",
		    w->priority_capped.n));
	if (older(x, &w->priority_held, soon))
		ring(x, "held:priority", arena_printf(x->a,
		    "%" PRIu64 " cases of the priority lane are held, the "
		    "oldest for %s", w->priority_held.n, age(x, w->priority_held.since)));
	if (older(x, &w->held, late))
		ring(x, "held:cases", arena_printf(x->a, "%" PRIu64 " cases are held, the oldest for %s",
		    w->held.n, age(x, w->held.since)));
	if (older(x, &w->warnings_held, late))
		ring(x, "held:warnings", arena_printf(x->a,
		    "%" PRIu64 " warnings are held, the oldest for %s",
		    w->warnings_held.n, age(x, w->warnings_held.since)));
	if (older(x, &w->quarantine, late))
		ring(x, "held:quarantine", arena_printf(x->a,
		    "%" PRIu64 " entries are in quarantine, the oldest "
		    "for %s", w->quarantine.n, age(x, w->quarantine.since)));
}

/* ---- the disk ------------------------------------------------------------------- */

static void
disk(struct finding_alarms *x, const char *what, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *dir = slash == NULL ? "." : slash == path ? "/" :
	    arena_strndup(x->a, path, (size_t)(slash - path));
	struct statvfs fs;
	uint64_t left;

	if (statvfs(dir, &fs) != 0)
		return;				/* it is not there yet */
	left = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (x->c->alarms.free_space > 0 && left < (uint64_t)x->c->alarms.free_space)
		ring(x, arena_printf(x->a, "disk:%s", what), arena_printf(x->a,
		    "%s: %" PRIu64 " MiB are left "
		    "where the %s lies, less than alarms.free_space", dir, left >> 20, what));
}

/* ---- sources -------------------------------------------------------------------- */

/* Since when nothing came; a source that never showed anything counts from the first watch. */
static bool
quiet_since(struct finding_alarms *x, struct ledger *l, const struct coverage *v, const struct cfg_source *s,
    int64_t *since, struct err *e)
{
	const char *value = NULL;
	int64_t ns;

	*since = coverage_last_arrival(v, s);
	if (*since != TIME_NONE)
		return true;
	*since = x->now;
	if (!ledger_state_get(l, x->a, arena_printf(x->a, "watched:%s", s->name), &value, e))
		return false;
	if (value != NULL && time_parse(value, strlen(value), &ns))
		*since = ns / NS;
	return true;
}

static bool
silence(struct finding_alarms *x, struct ledger *l, const struct coverage *v, const struct cfg_source *s,
    struct err *e)
{
	int64_t since;

	if (s->silence == 0 && s->expect != EXPECT_EVERY)
		return true;
	if (!quiet_since(x, l, v, s, &since, e))
		return false;
	if (s->silence > 0 && x->now - since >= s->silence)
		ring(x, arena_printf(x->a, "silent:%s", s->name), arena_printf(x->a,
		    "source %s: nothing came for %s", s->name, age(x, since)));
	else if (s->expect == EXPECT_EVERY && x->now - since >= s->expect_every)
		ring(x, arena_printf(x->a, "coverage:%s", s->name), arena_printf(x->a,
		    "source %s: nothing came for %s, longer than is expected", s->name, age(x, since)));
	return true;
}

static void
source_days(struct finding_alarms *x, const struct coverage *v, const struct cfg_source *s)
{
	int64_t today = coverage_today(x->c, s, x->now), first = coverage_first(v, s), day;
	struct source_day d;
	char text[TIME_TEXT];

	if (first == INT64_MAX)
		return;
	for (day = today - COVERAGE_DAYS < first ? first : today - COVERAGE_DAYS; day <= today; day++) {
		coverage_day(v, s, day, x->now, x->a, &d);
		if (!cover_troubles(d.state))
			continue;
		time_day(day * DAY * NS, text);
		ring(x, arena_printf(x->a, "coverage:%s:%s", s->name, text), arena_printf(x->a,
		    "source %s, day %s: %.600s", s->name, text, coverage_text(v, &d, x->a)));
	}
}

bool
alarms_found(struct ledger *l, const struct config *c, const struct coverage *v, int64_t now, struct arena *a,
    struct alarm **list, uint32_t *n, struct err *e)
{
	struct finding_alarms x = { .a = a, .c = c, .now = now };
	struct ledger_waits w;
	uint32_t i;

	if (!ledger_waits(l, &w, e))
		return false;
	waits(&x, &w);
	disk(&x, "ledger", c->ledger);
	disk(&x, "spool", arena_printf(a, "%s/", c->spool));
	for (i = 0; i < c->nsource; i++) {
		if (!silence(&x, l, v, &c->source[i], e))
			return false;
		source_days(&x, v, &c->source[i]);
	}
	*list = x.list;
	*n = x.n;
	return true;
}

/* ---- against what the ledger has -------------------------------------------------- */

struct known {
	struct arena	*a;
	struct alarm	*list;
	uint32_t	 n;
};

static bool
known_one(void *arg, const char *key, const char *text, int64_t at)
{
	struct known *k = arg;

	k->list = arena_room(k->a, k->list, k->n, sizeof *k->list);
	k->list[k->n++] = (struct alarm){ arena_strdup(k->a, key), arena_strdup(k->a, text), at };
	return true;
}

static struct alarm *
by_key(struct alarm *list, uint32_t n, const char *key)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (strcmp(list[i].key, key) == 0)
			return &list[i];
	return NULL;
}

/* From when a source that has never shown anything is waited for. */
static bool
begin_watch(struct ledger *l, const struct config *c, const struct coverage *v, int64_t now, struct arena *a,
    struct err *e)
{
	const char *key, *value;
	char text[TIME_TEXT];
	uint32_t i;

	for (i = 0; i < c->nsource; i++) {
		const struct cfg_source *s = &c->source[i];

		if ((s->silence == 0 && s->expect != EXPECT_EVERY) || coverage_last_arrival(v, s) !=
		    TIME_NONE)
			continue;
		key = arena_printf(a, "watched:%s", s->name);
		if (!ledger_state_get(l, a, key, &value, e))
			return false;
		time_iso(now * NS, text);
		if (value == NULL && !ledger_state_put(l, key, text, e))
			return false;
	}
	return true;
}

bool
alarms_watch(struct ledger *l, const struct config *c, const struct coverage *v, int64_t now, struct err *e)
{
	struct arena *a = arena_new();
	struct known k = { .a = a };
	const struct alarm *was;
	struct alarm *found = NULL;
	uint32_t i, n = 0;
	bool good = begin_watch(l, c, v, now, a, e) && alarms_found(l, c, v, now, a, &found, &n, e) &&
	    ledger_alarms_each(l, known_one, &k, e);

	for (i = 0; good && i < n; i++) {
		was = by_key(k.list, k.n, found[i].key);
		if (was == NULL || strcmp(was->text, found[i].text) != 0)
			ledger_alarm(l, found[i].key, found[i].text, now);
	}
	for (i = 0; good && i < k.n; i++)
		if ((is_ours(k.list[i].key) && by_key(found, n, k.list[i].key) == NULL) ||
		    (is_unknown(k.list[i].key) && now - k.list[i].since >= UNKNOWN_LASTS))
			ledger_alarm_clear(l, k.list[i].key);
	arena_free(a);
	return good;
}

bool
alarms_ringing(struct ledger *l, const struct config *c, const struct coverage *v, int64_t now,
    struct arena *a, struct alarm **list, uint32_t *n, struct err *e)
{
	struct known k = { .a = a };
	struct alarm *found = NULL, *mine;
	uint32_t i, nfound = 0, kept = 0;

	if (!alarms_found(l, c, v, now, a, &found, &nfound, e) || !ledger_alarms_each(l, known_one, &k, e))
		return false;
	for (i = 0; i < k.n; i++) {
		mine = by_key(found, nfound, k.list[i].key);
		if (mine != NULL)
			mine->since = k.list[i].since;
		else if (!is_ours(k.list[i].key))
			k.list[kept++] = k.list[i];
	}
	k.n = kept;
	for (i = 0; i < nfound; i++) {
		k.list = arena_room(a, k.list, k.n, sizeof *k.list);
		k.list[k.n++] = found[i];
	}
	*list = k.list;
	*n = k.n;
	return true;
}

/* A name without its date, so that tomorrow's is the same alarm's name. */
static void
undated(const char *name, char *out, size_t n)
{
	size_t i, k = 0, run;

	for (i = 0; name[i] != '\0' && k + 1 < n; i += run > 0 ? run : 1) {
		for (run = 0; (name[i + run] >= '0' && name[i + run] <= '9') || (run > 0 && name[i + run] ==
		    '-'); run++)
			;
		if (run >= 8)
			continue;
		if (run == 0)
			out[k++] = name[i];
		else if (k + run + 1 < n)
			memcpy(out + k, name + i, run), k += run;
	}
	out[k] = '\0';
}

void
alarm_unknown(struct ledger *l, const char *source, const char *what, const char *name, int64_t now)
{
	char key[320], text[480], plain[120], day[TIME_TEXT];

	name = strrchr(name, '/') != NULL ? strrchr(name, '/') + 1 : name;
	undated(name, plain, sizeof plain);
	time_day(now * NS, day);
	snprintf(key, sizeof key, "unknown:%.60s:%.20s:%s:%s", source, what, plain, day);
	snprintf(text, sizeof text, "source %.60s: %.20s \"%.200s\": no feed knows it", source, what, name);
	ledger_alarm(l, key, text, now);
}
