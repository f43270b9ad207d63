/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of feeds for one plugin: a .set file, the folder beside it with one
 * feed file a report type, and patterns that tell the type from an input's
 * name.  The folder is listed once; a feed is read when first asked for.  Not
 * for two threads at once.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "2-decode/feedfile.h"
#include "2-decode/wordfile.h"
#include "mem.h"
#include "near.h"
#include "tz.h"

#define FEEDS_MAX 4096

struct feedset {
	struct arena	*arena;
	const char	*name, *plugin, *provider, *file, *folder;
	struct given	 option[16];
	uint32_t	 noption;
	const char	*pattern[16];
	uint32_t	 npattern;
	const char	**type;			/* sorted */
	struct feed	**feed;			/* NULL: not read yet */
	uint32_t	 n;
	struct tz	**zone;
	const char	*unknown;		/* the feed file of types that have none */
	struct strange	*strange;
};

/* A type that the set does not know, with the feed made for it. */
struct strange {
	struct strange	*next;
	struct feed	 feed;
	struct tz	*zone;
};

/* ---- patterns -------------------------------------------------------------- */

struct seen_name {
	struct tcs_slice type;
	int64_t		 day;
};

/* A day as YYYY-MM-DD or YYYYMMDD at the start of s; its length, or 0. */
static size_t
day_length(struct tcs_slice s, int64_t *day)
{
	char iso[11];

	if (s.n >= 10 && s.p[4] == '-' && time_parse(s.p, 10, day))
		return 10;
	if (s.n < 8)
		return 0;
	memcpy(iso, s.p, 4);
	memcpy(iso + 5, s.p + 4, 2);
	memcpy(iso + 8, s.p + 6, 2);
	iso[4] = iso[7] = '-';
	return time_parse(iso, 10, day) ? 8 : 0;
}

static size_t
type_length(struct tcs_slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		char l = tcs_lower(s.p[i]);

		if ((l < 'a' || l > 'z') && (i == 0 || ((l < '0' || l > '9') && l != '_')))
			break;
	}
	return i;
}

static size_t
number_length(struct tcs_slice s)
{
	size_t i;

	for (i = 0; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		;
	return i;
}

/* Behind the ] that closes the [ at p. */
static const char *
behind_bracket(const char *p)
{
	int depth = 0;

	for (; *p != '\0'; p++) {
		depth += (*p == '[') - (*p == ']');
		if (depth == 0)
			return p + 1;
	}
	return p;
}

static bool
name_has_form(const char *pat, struct tcs_slice s, struct seen_name *got)
{
	struct seen_name try = *got;
	size_t n;

	for (; *pat != '\0'; pat++) {
		if (*pat == ']')
			continue;
		if (*pat == '[') {
			struct seen_name with = try;

			if (name_has_form(pat + 1, s, &with)) {
				*got = with;
				return true;
			}
			if (!name_has_form(behind_bracket(pat), s, &try))
				return false;
			*got = try;
			return true;
		}
		if (strncmp(pat, "{day}", 5) == 0) {
			if ((n = day_length(s, &try.day)) == 0)
				return false;
			pat += 4;
		} else if (strncmp(pat, "{type}", 6) == 0) {
			if ((n = type_length(s)) == 0)
				return false;
			try.type = tcs_slice(s.p, n);
			pat += 5;
		} else if (strncmp(pat, "{number}", 8) == 0) {
			if ((n = number_length(s)) == 0)
				return false;
			pat += 7;
		} else if (strncmp(pat, "{rest}", 6) == 0) {
			for (n = s.n; ; n--) {
				struct seen_name rest = try;

				if (name_has_form(pat + 6, tcs_slice(s.p + n, s.n - n), &rest)) {
					*got = rest;
					return true;
				}
				if (n == 0)
					return false;
			}
		} else if (s.n > 0 && tcs_lower(*pat) == tcs_lower(*s.p)) {
			n = 1;
		} else
			return false;
		s = tcs_slice(s.p + n, s.n - n);
	}
	if (s.n > 0)
		return false;
	*got = try;
	return true;
}

/* The part that the patterns are about: behind the last slash, without what a packer added. */
static struct tcs_slice
bare_name(const char *input_name)
{
	static const char *const packed[] = { ".gz", ".zst", ".xz", ".bz2", ".zip" };
	struct tcs_slice s = tcs_str(input_name);
	size_t i;

	for (i = s.n; i > 0; i--)
		if (s.p[i - 1] == '/' || s.p[i - 1] == '\\') {
			s = tcs_slice(s.p + i, s.n - i);
			break;
		}
	if (s.n > 255)
		s.n = 255;
	for (i = 0; i < sizeof packed / sizeof *packed; i++) {
		size_t n = strlen(packed[i]);

		if (s.n > n && tcs_is_nocase(tcs_slice(s.p + s.n - n, n), packed[i])) {
			s.n -= n;
			i = (size_t)-1;
		}
	}
	return s;
}

static bool
read_name(const struct feedset *s, const char *input_name, struct seen_name *got)
{
	uint32_t i;

	for (i = 0; i < s->npattern; i++) {
		*got = (struct seen_name){ .day = TIME_NONE };
		if (name_has_form(s->pattern[i], bare_name(input_name), got))
			return true;
	}
	return false;
}

/* ---- opening ---------------------------------------------------------------- */

static const char *
after_slash(const char *path)
{
	const char *p = strrchr(path, '/');

	return p != NULL ? p + 1 : path;
}

static bool
set_line(struct feedset *s, struct wordfile *w, const char *word, struct err *e)
{
	static const char *const words[] = { "set", "plugin", "provider", "folder", "files", "option",
		"delimiter", "unknown" };
	const char *value, *name = word, *near;

	if (strcmp(word, "option") == 0)
		name = wordfile_word(w);
	value = wordfile_rest(w);
	if (name == NULL || value == NULL)
		return err_at(e, w->file, w->line, "expected a value for '%s'", word);
	if (strcmp(word, "set") == 0)
		s->name = value;
	else if (strcmp(word, "plugin") == 0)
		s->plugin = value;
	else if (strcmp(word, "provider") == 0)
		s->provider = value;
	else if (strcmp(word, "folder") == 0)
		s->folder = value;
	else if (strcmp(word, "unknown") == 0)
		s->unknown = value;
	else if (strcmp(word, "files") == 0 && s->npattern < 16)
		s->pattern[s->npattern++] = value;
	else if ((strcmp(word, "option") == 0 || strcmp(word, "delimiter") == 0) && s->noption < 16)
		s->option[s->noption++] = (struct given){ .name = name, .value = value, .file = w->file,
		    .line = w->line };
	else if ((near = near_name(word, words, 8)) != NULL)
		return err_at(e, w->file, w->line, "unknown word '%s'; did you mean '%s'?", word, near);
	else
		return err_at(e, w->file, w->line, "unknown word '%s'; expected set, plugin, provider, "
		    "folder, files, option, delimiter or unknown", word);
	return true;
}

static bool
read_set(struct feedset *s, struct err *e)
{
	struct wordfile w;
	const char *word, *base = after_slash(s->file);
	bool good;

	if (!wordfile_open(&w, s->arena, s->file, e))
		return false;
	for (good = true; wordfile_line(&w, &word);)
		good = set_line(s, &w, word, e) && good;
	if (s->name == NULL)
		s->name = arena_strndup(s->arena, base, strlen(base) - strlen(".set"));
	if (s->folder == NULL)
		s->folder = s->name;
	s->folder = arena_printf(s->arena, "%.*s%s", s->folder[0] == '/' ? 0 : (int)(base - s->file), s->file,
	    s->folder);
	if (s->unknown != NULL && s->unknown[0] != '/')
		s->unknown = arena_printf(s->arena, "%.*s%s", (int)(base - s->file), s->file, s->unknown);
	if (s->npattern == 0)
		s->pattern[s->npattern++] = "[{day}-]{type}[-{rest}].csv";
	return good;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
list_folder(struct feedset *s, struct err *e)
{
	DIR *d = opendir(s->folder);
	struct dirent *f;

	if (d == NULL)
		return err_at(e, s->file, 0, "folder %s: %s", s->folder, strerror(errno));
	s->type = arena_alloc(s->arena, FEEDS_MAX * sizeof *s->type);
	while ((f = readdir(d)) != NULL && s->n < FEEDS_MAX)
		if (f->d_name[0] != '.' && tcs_ends(tcs_str(f->d_name), ".feed"))
			s->type[s->n++] = arena_strndup(s->arena, f->d_name,
			    strlen(f->d_name) - strlen(".feed"));
	closedir(d);
	qsort(s->type, s->n, sizeof *s->type, by_text);
	s->feed = arena_alloc(s->arena, (s->n + 1) * sizeof *s->feed);
	s->zone = arena_alloc(s->arena, (s->n + 1) * sizeof *s->zone);
	return s->n > 0 || err_at(e, s->folder, 0, "no feed file (NAME.feed) in this folder");
}

/* A feed file that is a set of its own. */
static bool
single_feed(struct feedset *s, const struct tcs_slice *text, struct err *e)
{
	struct feed *f = arena_alloc(s->arena, sizeof *f);
	uint32_t i;

	s->type = arena_alloc(s->arena, sizeof *s->type);
	s->feed = arena_alloc(s->arena, sizeof *s->feed);
	s->zone = arena_alloc(s->arena, sizeof *s->zone);
	s->n = 1;
	if (text != NULL ? !feedfile_read_text(s->arena, s->file, *text, f, &s->zone[0], e) :
	    !feedfile_read(s->arena, s->file, NULL, NULL, 0, f, &s->zone[0], e))
		return false;
	s->feed[0] = f;
	s->type[0] = s->name = f->id;
	if (f->body->plugin != NULL)
		s->plugin = f->body->plugin;
	for (i = 0; i < f->body->nfiles && i < 16; i++)
		s->pattern[s->npattern++] = f->body->files[i];
	if (s->npattern == 0)
		s->pattern[s->npattern++] = "{rest}";
	return true;
}

static bool
open_any(struct feedset *s, const char *path, struct err *e)
{
	struct stat st;
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	s->file = arena_strndup(s->arena, path, n);
	if (tcs_ends(tcs_str(s->file), ".feed"))
		return single_feed(s, NULL, e);
	if (!tcs_ends(tcs_str(s->file), ".set")) {
		if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
			return err_at(e, path, 0, "expected a folder of feeds, a .set file or a .feed file");
		s->file = arena_printf(s->arena, "%s.set", s->file);
	}
	return read_set(s, e) && list_folder(s, e);
}

struct feedset *
feedset_open(const char *path, struct err *e)
{
	struct feedset *s = xcalloc(1, sizeof *s);

	s->arena = arena_new();
	s->plugin = "csv";
	if (open_any(s, path, e))
		return s;
	feedset_free(s);
	return NULL;
}

struct feedset *
feedset_text(const char *name, struct tcs_slice text, struct err *e)
{
	struct feedset *s = xcalloc(1, sizeof *s);

	s->arena = arena_new();
	s->plugin = "csv";
	s->file = arena_strdup(s->arena, name);
	if (single_feed(s, &text, e))
		return s;
	feedset_free(s);
	return NULL;
}

void
feedset_free(struct feedset *s)
{
	struct strange *x;
	uint32_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->n && s->zone != NULL; i++)
		tz_free(s->zone[i]);
	for (x = s->strange; x != NULL; x = x->next)
		tz_free(x->zone);
	arena_free(s->arena);
	free(s);
}

/* ---- asking ----------------------------------------------------------------- */

const char *
feedset_name(const struct feedset *s)
{
	return s->name;
}

const char *
feedset_plugin(const struct feedset *s)
{
	return s->plugin;
}

uint32_t
feedset_types(struct feedset *s, const char *const **type)
{
	*type = s->type;
	return s->n;
}

static const struct feed *
read_feed(struct feedset *s, uint32_t i, struct err *e)
{
	char *file = arena_printf(s->arena, "%s/%s.feed", s->folder, s->type[i]);
	struct feed *f = arena_alloc(s->arena, sizeof *f);
	struct tz *zone;

	if (!feedfile_read(s->arena, file, s->provider, s->option, s->noption, f, &zone, e)) {
		tz_free(zone);
		return NULL;
	}
	tz_free(s->zone[i]);
	s->zone[i] = zone;
	if (strcmp(f->id, s->type[i]) != 0) {
		err_at(e, file, 0, "says feed %s, expected %s, as the file is called", f->id, s->type[i]);
		return NULL;
	}
	return s->feed[i] = f;
}

static uint32_t
type_index(const struct feedset *s, struct tcs_slice type)
{
	uint32_t i;

	for (i = 0; i < s->n; i++)
		if (tcs_is_nocase(type, s->type[i]))
			break;
	return i;
}

/* "scan_rdp_ipv6" is scan6_rdp, or scan_rdp where there is no such type.  No other ending may fall off: what
 * is called scan_http_something is not scan_http. */
static uint32_t
family_index(const struct feedset *s, struct tcs_slice type)
{
	bool six = type.n > 5 && tcs_is_nocase(tcs_slice(type.p + type.n - 5, 5), "_ipv6");
	char name[256];
	struct tcs_slice head, rest;
	uint32_t i = s->n;
	int n;

	if (!six && !(type.n > 5 && tcs_is_nocase(tcs_slice(type.p + type.n - 5, 5), "_ipv4")))
		return s->n;
	type.n -= 5;
	rest = type;
	if (six && tcs_cut(&rest, '_', &head)) {
		n = rest.p != NULL ? snprintf(name, sizeof name, "%.*s6_%.*s", (int)head.n, head.p,
		    (int)rest.n, rest.p) : snprintf(name, sizeof name, "%.*s6", (int)head.n, head.p);
		if (n > 0 && (size_t)n < sizeof name)
			i = type_index(s, tcs_str(name));
	}
	return i < s->n ? i : type_index(s, type);
}

static const struct feed *
get_slice(struct feedset *s, struct tcs_slice type, struct err *e)
{
	char name[256] = "";
	const char *near;
	uint32_t i = type_index(s, type);

	if (i == s->n)
		i = family_index(s, type);
	if (i < s->n)
		return s->feed[i] != NULL ? s->feed[i] : read_feed(s, i, e);
	tcs_copy(name, sizeof name, type);
	near = near_name(name, s->type, s->n);
	err_set(e, "%s has no feed for report type '%s'%s%s%s", s->name, name, near ? "; did you mean '" : "",
	    near ? near : "", near ? "'?" : "");
	return NULL;
}

const struct feed *
feedset_get(struct feedset *s, const char *type, struct err *e)
{
	return get_slice(s, tcs_str(type), e);
}

/* The feed of a type that the set does not know: the unknown line's, called after it. */
static const struct feed *
strange_feed(struct feedset *s, struct tcs_slice type, struct err *e)
{
	struct strange *x;
	char *name;
	size_t i;

	for (x = s->strange; x != NULL; x = x->next)
		if (tcs_is_nocase(type, x->feed.id))
			return &x->feed;
	x = arena_alloc(s->arena, sizeof *x);
	if (!feedfile_read(s->arena, s->unknown, s->provider, s->option, s->noption, &x->feed, &x->zone, e)) {
		tz_free(x->zone);
		return NULL;
	}
	name = arena_strndup(s->arena, type.p, type.n);
	for (i = 0; i < type.n; i++)
		name[i] = tcs_lower(name[i]);
	x->feed.id = x->feed.name = name;
	x->feed.strange = true;
	x->next = s->strange;
	return &(s->strange = x)->feed;
}

bool
feedset_takes(const struct feedset *s, const char *input_name)
{
	struct seen_name got;

	return read_name(s, input_name, &got);
}

const struct feed *
feedset_match(struct feedset *s, const char *input_name, int64_t *day, struct err *e)
{
	struct seen_name got;

	*day = TIME_NONE;
	if (!read_name(s, input_name, &got)) {
		err_set(e, "'%s' is not named like a file of %s; expected %s", input_name, s->name,
		    s->pattern[0]);
		return NULL;
	}
	*day = got.day;
	if (got.type.n == 0 && s->n == 1)
		return s->feed[0];
	if (s->unknown != NULL && got.day != TIME_NONE && type_index(s, got.type) == s->n &&
	    family_index(s, got.type) == s->n)
		return strange_feed(s, got.type, e);
	return get_slice(s, got.type, e);
}

bool
feedset_check(struct feedset *s, struct err *e)
{
	struct err one = ERR_INIT;
	bool good = s->unknown == NULL || strange_feed(s, TCS_LIT("unknown"), &one) != NULL;
	uint32_t i;

	if (!good)
		*e = (struct err){ .n = 1 }, memcpy(e->text, one.text, sizeof e->text);
	for (i = 0; i < s->n; i++) {
		one = (struct err)ERR_INIT;
		if (s->feed[i] != NULL || read_feed(s, i, &one) != NULL)
			continue;
		good = false;
		if (e->n == 0)
			*e = (struct err){ .n = 0 }, memcpy(e->text, one.text, sizeof e->text);
		e->n++;
	}
	return good;
}
