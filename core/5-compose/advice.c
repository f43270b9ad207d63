/* SPDX-License-Identifier: Apache-2.0 */
/* See advice.h.  Some hundred files, read once; found by bisection over ids, which the folder gives in
 * order. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "5-compose/advice.h"
#include "5-compose/textfile.h"
#include "mem.h"
#include "near.h"

#define LANGUAGES	32

/* A word of "for:". */
struct alias {
	const char		*id, *file;
	const struct advice	*is;
};

struct language {
	const char	*name;
	struct advice	*list;
	struct alias	*alias;
	uint32_t	 n, cap, nalias;
};

struct advice_set {
	struct arena	*arena;
	struct language	 lang[LANGUAGES];
	uint32_t	 n;
	struct buf	 text;		/* the part being read */
};

enum part_of { NOTHING, NAME, FOR, MEANING, DO, CHECK, PARTS };
static const char *const part_names[] = { "", "name", "for", "meaning", "do", "check" };

struct reading {
	struct advice_set *set;
	struct advice	*adv;
	enum part_of	 part;
	unsigned	 line, seen;	/* seen: bits of parts */
	unsigned	 cap;		/* of adv->action */
	struct err	*e;
};

static const char **
part_text(struct reading *r)
{
	switch (r->part) {
	case NAME:
		return &r->adv->name;
	case FOR:
		return &r->adv->also;
	case MEANING:
		return &r->adv->meaning;
	case CHECK:
		return &r->adv->check;
	case DO:
		return r->adv->naction ? &r->adv->action[r->adv->naction - 1] : NULL;
	default:
		return NULL;
	}
}

/* What was gathered of a paragraph or action is put where it belongs. */
static void
part_put(struct reading *r)
{
	struct buf *b = &r->set->text;
	const char **to = part_text(r);

	if (to && b->n)
		*to = arena_strndup(r->set->arena, b->p, b->n);
	buf_reset(b);
}

static void
text_more(struct reading *r, struct tcs_slice s)
{
	if (s.n == 0)
		return;
	if (r->set->text.n)
		buf_char(&r->set->text, ' ');
	buf_add(&r->set->text, s.p, s.n);
}

static bool
part_begin(struct reading *r, struct tcs_slice key, struct tcs_slice rest)
{
	char name[32];
	const char *near;
	unsigned i;

	if (!tcs_copy(name, sizeof name, key))
		name[0] = '\0';
	for (i = NAME; i < PARTS && strcmp(part_names[i], name) != 0;)
		i++;
	if (i == PARTS) {
		near = near_name(name, part_names + 1, PARTS - 1);
		return err_at(r->e, r->adv->file, r->line,
		    "\"%s:\" is no part of an advice, expected name:, for:, meaning:, do: or check:%s%s%s",
		    name, near ? "; did you mean " : "", near ? near : "", near ? ":?" : "");
	}
	if (r->seen & 1u << i)
		return err_at(r->e, r->adv->file, r->line, "a second %s:, expected one", name);
	part_put(r);
	r->seen |= 1u << i;
	r->part = (enum part_of)i;
	if (i == DO && rest.n)
		return err_at(r->e, r->adv->file, r->line,
		    "text after do:, expected lines that begin with \"- \"");
	text_more(r, rest);
	return true;
}

static void
action_begin(struct reading *r, struct tcs_slice text)
{
	struct advice *adv = r->adv;
	const char **more;

	part_put(r);
	if (adv->naction == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 8;
		more = arena_alloc(r->set->arena, r->cap * sizeof(*more));
		if (adv->naction)
			memcpy(more, adv->action, adv->naction * sizeof(*more));
		adv->action = more;
	}
	adv->action[adv->naction++] = "";
	text_more(r, text);
}

/* A line "word: ..." whose word is one of small letters begins a part. */
static size_t
key_length(struct tcs_slice line)
{
	size_t i = 0;

	while (i < line.n && line.p[i] >= 'a' && line.p[i] <= 'z')
		i++;
	return i > 0 && i < line.n && line.p[i] == ':' ? i : 0;
}

static bool
line_read(struct reading *r, struct tcs_slice line)
{
	struct tcs_slice text = tcs_trim(line);
	size_t k = key_length(line);

	if (text.n == 0 || line.p[0] == '#')
		return true;
	if (k)
		return part_begin(r, tcs_slice(line.p, k), tcs_trim(tcs_slice(line.p + k + 1,
		    line.n - k - 1)));
	if (r->part == NOTHING)
		return err_at(r->e, r->adv->file, r->line, "text before the first part, expected name:");
	if (r->part == NAME)
		return err_at(r->e, r->adv->file, r->line, "a name of more than one line, expected one line");
	if (r->part == DO && tcs_starts(line, "- "))
		action_begin(r, tcs_trim(tcs_slice(line.p + 2, line.n - 2)));
	else if (r->part == DO && r->adv->naction == 0)
		return err_at(r->e, r->adv->file, r->line,
		    "no action, expected a line that begins with \"- \"");
	else if (r->part == DO && !tcs_space(line.p[0]))
		return err_at(r->e, r->adv->file, r->line,
		    "neither an action nor part of one, expected \"- \" or two blanks in front");
	else
		text_more(r, text);
	return true;
}

static bool
advice_whole(struct reading *r)
{
	const struct advice *adv = r->adv;
	const char *missing = NULL;
	uint32_t i;

	if (adv->name == NULL)
		missing = "name:";
	else if (adv->meaning == NULL)
		missing = "meaning:";
	else if (adv->naction == 0)
		missing = "do: with at least one action";
	else if (adv->check == NULL)
		missing = "check:";
	for (i = 0; i < adv->naction; i++)
		if (adv->action[i][0] == '\0')
			missing = "text in every action";
	if (missing)
		return err_at(r->e, adv->file, 0, "incomplete, expected %s", missing);
	return true;
}

static struct advice *
advice_new(struct advice_set *set, const char *id, const char *file)
{
	struct language *l = &set->lang[set->n - 1];
	struct advice *more;

	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		more = arena_alloc(set->arena, l->cap * sizeof(*more));
		if (l->n)
			memcpy(more, l->list, l->n * sizeof(*more));
		l->list = more;
	}
	more = &l->list[l->n++];
	more->id = arena_strdup(set->arena, id);
	more->file = arena_strdup(set->arena, file);
	return more;
}

static bool
advice_read(void *arg, const char *file, const char *name, const char *text, size_t n, struct err *e)
{
	struct advice_set *set = arg;
	struct reading r = { .set = set, .e = e };
	struct tcs_slice rest = tcs_slice(text, n), line;

	r.adv = advice_new(set, name, file);
	buf_reset(&set->text);
	while (tcs_cut(&rest, '\n', &line)) {
		r.line++;
		if (!line_read(&r, line))
			return false;
	}
	part_put(&r);
	return advice_whole(&r);
}

static int
advice_order(const void *a, const void *b)
{
	return strcmp(((const struct advice *)a)->id, ((const struct advice *)b)->id);
}

/* ---- the words of for: */

static int
alias_order(const void *a, const void *b)
{
	return strcmp(((const struct alias *)a)->id, ((const struct alias *)b)->id);
}

static void
alias_add(struct advice_set *set, struct language *l, const struct advice *adv)
{
	struct tcs_slice rest = tcs_str(adv->also != NULL ? adv->also : ""), word;

	while (tcs_cut(&rest, ' ', &word)) {
		if (word.n == 0)
			continue;
		l->alias = arena_room(set->arena, l->alias, l->nalias, sizeof *l->alias);
		l->alias[l->nalias++] = (struct alias){ arena_strndup(set->arena, word.p, word.n), adv->file,
			adv };
	}
}

/* After all files of a language: no word may be served twice. */
static bool
aliases_make(struct advice_set *set, struct language *l, struct err *e)
{
	struct advice key;
	uint32_t i;

	for (i = 0; i < l->n; i++)
		alias_add(set, l, &l->list[i]);
	if (l->nalias > 1)
		qsort(l->alias, l->nalias, sizeof *l->alias, alias_order);
	for (i = 0; i < l->nalias; i++) {
		key.id = l->alias[i].id;
		if (i > 0 && strcmp(l->alias[i - 1].id, key.id) == 0)
			return err_at(e, l->alias[i].file, 0, "for: %s is served by %s too, expected one of "
			    "them", key.id, l->alias[i - 1].file);
		if (bsearch(&key, l->list, l->n, sizeof *l->list, advice_order) != NULL)
			return err_at(e, l->alias[i].file, 0, "for: %s has a file of its own, %s.advice, "
			    "expected one of them", key.id, key.id);
	}
	return true;
}

static bool
language_read(struct advice_set *set, const char *dir, const char *name, struct err *e)
{
	struct language *l;
	bool fine;

	if (set->n == LANGUAGES)
		return err_at(e, dir, 0, "too many languages, expected at most %d", LANGUAGES);
	l = &set->lang[set->n++];
	l->name = arena_strdup(set->arena, name);
	fine = textfile_each(dir, ".advice", advice_read, set, e);
	if (fine)
		qsort(l->list, l->n, sizeof(*l->list), advice_order);
	fine = fine && aliases_make(set, l, e);
	if (fine && advice_get(set, name, ADVICE_OTHER) == NULL)
		return err_at(e, dir, 0, "no %s.advice, expected one for what has no advice of its own",
		    ADVICE_OTHER);
	return fine;
}

struct advice_set *
advice_load(const char *dir, struct err *e)
{
	struct advice_set *set = xcalloc(1, sizeof(*set));
	struct dirent **list = NULL;
	int i, n = scandir(dir, &list, NULL, alphasort);
	bool fine = n >= 0;
	struct stat st;

	set->arena = arena_new();
	if (n < 0)
		err_at(e, dir, 0, "cannot be opened: %s, expected a folder with one folder a language",
		    strerror(errno));
	for (i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", dir, list[i]->d_name);

		if (fine && list[i]->d_name[0] != '.' && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			fine = language_read(set, path, list[i]->d_name, e);
		free(path);
		free(list[i]);
	}
	free(list);
	if (fine && set->n == 0)
		fine = err_at(e, dir, 0, "no advice, expected one folder a language (en, nl)");
	if (fine)
		return set;
	advice_free(set);
	return NULL;
}

void
advice_free(struct advice_set *set)
{
	if (set == NULL)
		return;
	buf_free(&set->text);
	arena_free(set->arena);
	free(set);
}

static const struct language *
language_get(const struct advice_set *set, const char *name)
{
	uint32_t i;

	for (i = 0; name && i < set->n; i++)
		if (strcmp(set->lang[i].name, name) == 0)
			return &set->lang[i];
	return NULL;
}

bool
advice_language(const struct advice_set *set, const char *language)
{
	return language_get(set, language) != NULL;
}

static const struct advice *
advice_in(const struct language *l, const char *id)
{
	struct advice key = { .id = id }, *adv;
	struct alias word = { .id = id }, *is;

	if (l == NULL || id == NULL || l->n == 0)
		return NULL;
	if ((adv = bsearch(&key, l->list, l->n, sizeof(*l->list), advice_order)) != NULL)
		return adv;
	is = l->nalias ? bsearch(&word, l->alias, l->nalias, sizeof *l->alias, alias_order) : NULL;
	return is != NULL ? is->is : NULL;
}

const struct advice *
advice_get(const struct advice_set *set, const char *language, const char *id)
{
	return advice_in(language_get(set, language), id);
}

const struct advice *
advice_find(const struct advice_set *set, const char *language, const char *problem, const char *identifier,
    const char *type)
{
	const struct language *l = language_get(set, language);
	const char *const ids[] = { problem, identifier, type, ADVICE_OTHER };
	const struct advice *adv = NULL;
	size_t i;

	if (l == NULL)
		l = language_get(set, "en");
	if (l == NULL)
		l = &set->lang[0];
	for (i = 0; i < 4 && adv == NULL; i++)
		adv = advice_in(l, ids[i]);
	return adv;
}

struct val *
advice_value(struct arena *a, const struct advice *adv)
{
	struct val *v = val_obj(a), *actions = val_list(a), *one;
	uint32_t i;

	val_set_str(a, v, "id", adv->id);
	val_set_str(a, v, "name", adv->name);
	val_set_str(a, v, "meaning", adv->meaning);
	for (i = 0; i < adv->naction; i++) {
		one = val_obj(a);
		val_set_num(a, one, "step", i + 1);
		val_set_str(a, one, "text", adv->action[i]);
		val_push(a, actions, one);
	}
	val_set(a, v, "actions", actions);
	val_set_str(a, v, "check", adv->check);
	return v;
}
