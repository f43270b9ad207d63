/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a decoder is: a source plugin, the feeds that say what its columns
 * mean, the options of both, and the workers that run it.  Options come from
 * three places: whoever uses the decoder says the last word, before the feed
 * and the set.
 */
#include <errno.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "2-decode/decode_int.h"
#include "mem.h"
#include "near.h"
#include "paths.h"
#include "timefmt.h"

#define SETS_MAX 256

/* ---- finding plugin and feeds -------------------------------------------------- */

static bool
said(const struct decoder_spec *s, struct err *e, const char *text)
{
	return s->file != NULL ? err_at(e, s->file, s->line, "%s", text) : err_set(e, "%s", text);
}

static char *
shipped(struct decoder *d, const char *name, const char *ending)
{
	return arena_printf(d->arena, "%s/feeds/%s%s", path_data(), name, ending);
}

/* A feed file or set as somebody names it: a path, seen from where it stands, or the name of
 * one that came along. */
static const char *
feed_path(struct decoder *d, const struct decoder_spec *s)
{
	char *beside = s->file != NULL ? path_beside(s->file, s->feed) : xstrdup(s->feed);
	const char *path = arena_strdup(d->arena, beside), *set;

	free(beside);
	if (strchr(s->feed, '/') != NULL || access(path, F_OK) == 0)
		return path;
	set = shipped(d, s->feed, ".set");
	return access(set, F_OK) == 0 ? set : path;
}

static uint32_t
list_sets(struct decoder *d, const char **name, uint32_t most)
{
	DIR *dir = opendir(shipped(d, "", ""));
	struct dirent *f;
	uint32_t n = 0;

	while (dir != NULL && n < most && (f = readdir(dir)) != NULL)
		if (f->d_name[0] != '.' && tcs_ends(tcs_str(f->d_name), ".set"))
			name[n++] = arena_strndup(d->arena, f->d_name, strlen(f->d_name) - 4);
	if (dir != NULL)
		closedir(dir);
	return n;
}

/* Neither a plugin nor a set: the nearest of both. */
static bool
unknown(struct decoder *d, const struct plugins *ps, const struct decoder_spec *s, struct err *e)
{
	const char **names = arena_alloc(d->arena, (ps->n + SETS_MAX) * sizeof *names), *near;
	uint32_t n = list_sets(d, names, SETS_MAX), i;
	char *all;

	for (i = 0; i < ps->n; i++)
		if (ps->list[i].refused == NULL && ps->list[i].kind == TCS_SOURCE)
			names[n++] = ps->list[i].name;
	if ((near = near_name(s->plugin, names, n)) != NULL)
		return said(s, e, arena_printf(d->arena,
		    "there is no source plugin or feed set \"%s\"; did you mean \"%s\"?", s->plugin, near));
	all = arena_strdup(d->arena, "");
	for (i = 0; i < n; i++)
		all = arena_printf(d->arena, "%s%s%s", all, i > 0 ? ", " : "", names[i]);
	return said(s, e, arena_printf(d->arena,
	    "there is no source plugin or feed set \"%s\"; there are: %s", s->plugin, all));
}

static bool
is_source(const struct plugins *ps, const char *name)
{
	uint32_t i;

	for (i = 0; i < ps->n; i++)
		if (strcmp(ps->list[i].name, name) == 0)
			return true;
	return false;
}

static bool
find_plugin(struct decoder *d, const struct plugins *ps, const struct decoder_spec *s, struct err *e)
{
	struct err why = ERR_INIT;
	const char *set = NULL, *name = s->plugin;

	if (!is_source(ps, name)) {
		set = shipped(d, name, ".set");
		if (strchr(name, '/') != NULL || access(set, F_OK) != 0)
			return unknown(d, ps, s, e);
	}
	if (s->feed != NULL && s->lines == NULL)
		set = feed_path(d, s);
	else if (set == NULL) {			/* what the plugin's own columns mean, if that came along */
		set = shipped(d, name, ".feed");
		set = access(set, F_OK) == 0 ? set : NULL;
		d->own_feed = set != NULL;
	}
	if (s->lines != NULL)
		set = s->feed;
	if (set != NULL) {
		d->feeds = s->lines != NULL ? feedset_text(set, tcs_str(s->lines), e) : feedset_open(set, e);
		if (d->feeds == NULL)
			return false;
		if (is_source(ps, name) && strcmp(name, feedset_plugin(d->feeds)) != 0)
			return said(s, e,
			    arena_printf(d->arena, "%s is for the plugin \"%s\", not for \"%s\"", set,
			    feedset_plugin(d->feeds), name));
		name = feedset_plugin(d->feeds);
	}
	if ((d->plugin = plugin_get(ps, name, TCS_SOURCE, &why)) == NULL)
		return said(s, e, why.text);
	return true;
}

/* ---- options ------------------------------------------------------------------- */

static struct tcs_val *
check_options(struct decoder *d, struct arena *a, const struct feed *f, struct err *e)
{
	uint32_t n = f != NULL ? f->noption : 0, i, k, all = 0;
	struct given *g = arena_alloc(a, (d->ngiven + n + 1) * sizeof *g);

	for (i = 0; i < n; i++) {
		for (k = 0; k < d->ngiven; k++)
			if (strcmp(d->given[k].name, f->option[i].name) == 0)
				break;
		if (k == d->ngiven)
			g[all++] = f->option[i];
	}
	if (d->ngiven > 0)
		memcpy(g + all, d->given, d->ngiven * sizeof *g);
	return options_check(a, d->plugin, g, all + d->ngiven, e);
}

/* What can be said before the first input: the options that need no feed. A feed may still
 * give what is missing. */
static bool
check_early(struct decoder *d, struct err *e)
{
	struct arena *a = arena_new();
	const char *const *type;
	struct err first = ERR_INIT;
	bool good = true;

	if (d->feeds == NULL)
		good = check_options(d, a, NULL, e) != NULL;
	else if (feedset_types(d->feeds, &type) > 0) {
		const struct feed *f = feedset_get(d->feeds, type[0], &first);

		good = f == NULL || check_options(d, a, f, e) != NULL;
	}
	arena_free(a);
	return good;
}

static void
keep_given(struct decoder *d, const struct decoder_spec *s)
{
	uint32_t i;

	d->given = arena_alloc(d->arena, (s->ngiven + 1) * sizeof *d->given);
	d->ngiven = s->ngiven;
	for (i = 0; i < s->ngiven; i++) {
		const struct given *g = &s->given[i];

		d->given[i] = *g;
		d->given[i].name = arena_strdup(d->arena, g->name);
		d->given[i].value = arena_strdup(d->arena, g->value);
		d->given[i].file = g->file != NULL ? arena_strdup(d->arena, g->file) : NULL;
	}
}

/* ---- the decoder ---------------------------------------------------------------- */

struct decoder *
decoder_open(const struct plugins *plugins, const struct decoder_spec *spec, struct err *e)
{
	struct decoder *d = xcalloc(1, sizeof *d);

	d->arena = arena_new();
	keep_given(d, spec);
	d->limits = source_limits_usual;
	if (spec->stall > 0 && spec->stall <= INT32_MAX / 1000)
		d->limits.stall_ms = (int)(spec->stall * 1000);
	if (find_plugin(d, plugins, spec, e) && check_early(d, e))
		return d;
	decoder_close(d);
	return NULL;
}

void
decoder_close(struct decoder *d)
{
	int i;

	if (d == NULL)
		return;
	for (i = 0; i < DECODER_WORKERS; i++)
		if (d->worker[i].proc != NULL)
			source_stop(d->worker[i].proc);
	feedset_free(d->feeds);
	arena_free(d->arena);
	free(d);
}

const struct plugin *
decoder_plugin(const struct decoder *d)
{
	return d->plugin;
}

struct feedset *
decoder_feeds(struct decoder *d)
{
	return d->feeds;
}

const struct feed *
decoder_feed(struct decoder *d, const char *name, int64_t *day, struct err *e)
{
	*day = TIME_NONE;
	return d->feeds != NULL ? feedset_match(d->feeds, name, day, e) : feed_identity();
}

bool
decoder_report(struct decoder *d, const char *name, const char **report, int64_t *day, struct err *e)
{
	const struct feed *f = decoder_feed(d, name, day, e);

	if (f != NULL)
		*report = f->identity ? d->plugin->name : f->id;
	return f != NULL;
}

/* ---- whether it reads an input ---------------------------------------------------- */

/* Whether one of "a|b|c" fits: as a glob of all the text. */
static bool
among(const char *list, struct tcs_slice text)
{
	struct tcs_slice rest = tcs_str(list), one;
	char word[128];

	while (list != NULL && tcs_cut(&rest, '|', &one))
		if (tcs_copy(word, sizeof word, one) && tcs_glob(word, text))
			return true;
	return false;
}

/* How well the text starts as one of "a|b|c": 2 as one with a star in it, which knows more than a bracket. */
static int
starts_among(const char *list, struct tcs_slice text)
{
	struct tcs_slice rest = tcs_str(list), one;
	char word[128];
	int best = 0;

	while (list != NULL && tcs_cut(&rest, '|', &one)) {
		if (!tcs_copy(word, sizeof word - 1, one))
			continue;
		if (tcs_find(one, '*') == one.n) {
			best = best == 0 && tcs_starts(text, word) ? 1 : best;
			continue;
		}
		word[one.n] = '*';
		word[one.n + 1] = '\0';
		if (tcs_glob(word, text))
			return 2;
	}
	return best;
}

static int
plugin_fits(const struct plugin *p, struct tcs_slice name, struct tcs_slice head)
{
	bool named = among(p->names, name);
	int starts;

	if (tcs_starts(head, "\xef\xbb\xbf"))
		head = tcs_slice(head.p + 3, head.n - 3);
	head = tcs_trim(head);
	starts = starts_among(p->starts, head);
	if (p->starts != NULL && head.n > 0 && starts == 0)
		return 0;
	if (starts == 2)
		return named ? 80 : 70;
	return named && starts ? 60 : starts ? 40 : named ? 20 : 0;
}

int
decoder_fits(struct decoder *d, const char *name, const char *head, size_t n)
{
	const char *slash = strrchr(name, '/');
	const struct feed *f;
	struct err e = ERR_INIT;
	int64_t day;

	if (d->feeds == NULL || d->own_feed)
		return plugin_fits(d->plugin, tcs_str(slash != NULL ? slash + 1 : name), tcs_slice(head, n));
	if (!feedset_takes(d->feeds, name))
		return 0;
	if ((f = feedset_match(d->feeds, name, &day, &e)) != NULL)
		return f->strange ? 30 : 90;
	return day != TIME_NONE ? 30 : 0;	/* looks like one of the set, of a type it does not know:
						 * let it say so */
}

/* ---- workers ----------------------------------------------------------------------- */

struct source_proc *
decoder_worker(struct decoder *d, const struct feed *f, struct err *e)
{
	struct decoder_worker *w, *old = &d->worker[0];
	struct arena *a;
	struct tcs_val *v;
	int i, why;

	if (f->noption == 0)
		f = NULL;
	for (i = 0; i < DECODER_WORKERS; i++) {
		w = &d->worker[i];
		if (w->proc != NULL && w->feed == f) {
			w->used = ++d->uses;
			return w->proc;
		}
		if (w->proc == NULL ? old->proc != NULL : old->proc != NULL && w->used < old->used)
			old = w;
	}
	a = arena_new();
	v = check_options(d, a, f, e);
	if (v != NULL && old->proc != NULL)
		source_stop(old->proc);
	if (v != NULL)
		*old = (struct decoder_worker){ .feed = f,
			.proc = source_start_limited(d->plugin, v, &d->limits, e), .used = ++d->uses };
	why = v != NULL && old->proc == NULL ? errno : 0;
	arena_free(a);
	errno = why;
	return v != NULL ? old->proc : NULL;
}

const char *
decoder_why(struct decoder *d, const char *why)
{
	uint32_t i;

	if (why == NULL)
		return "refused by the plugin";
	for (i = 0; i < d->nwhy; i++)
		if (strcmp(d->why[i], why) == 0)
			return d->why[i];
	if (d->nwhy == DECODER_WHYS)
		return "refused by the plugin, for one reason of too many";
	if (d->why == NULL)
		d->why = arena_alloc(d->arena, DECODER_WHYS * sizeof *d->why);
	return d->why[d->nwhy++] = arena_strdup(d->arena, why);
}
