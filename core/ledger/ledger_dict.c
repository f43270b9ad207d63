/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dictionaries: text to number and back.  Only the decider adds words; it has
 * all of them in memory, and new ones go into the file with the commit that
 * first uses them (or, if that is undone, with the next).  Others see new
 * words at their next list, and read host names one by one, because there may
 * be millions and a list shows few.
 */
#include <stdlib.h>
#include <string.h>
#include "ledger/ledger_int.h"
#include "mem.h"

static const struct {
	const char	*from, *count, *one, *find;
	enum st		 put;
} tables[DICT_MAX] = {
#define TABLE(name, ST_) { "SELECT id, text FROM " name " WHERE id > ? ORDER BY id", \
	"SELECT ifnull(max(id), 0) FROM " name, \
	"SELECT text FROM " name " WHERE id = ?", "SELECT id FROM " name " WHERE text = ?", ST_ }
	[DICT_SOURCE] = TABLE("source", ST_WORD_SOURCE),
	[DICT_FEED] = TABLE("feed", ST_WORD_FEED),
	[DICT_PROBLEM] = TABLE("problem", ST_WORD_PROBLEM),
	[DICT_NAME] = TABLE("name", ST_WORD_NAME),
	[DICT_CLASS] = TABLE("class", ST_WORD_CLASS),
	[DICT_IDENTIFIER] = TABLE("identifier", ST_WORD_IDENTIFIER),
	[DICT_REASON] = TABLE("reason", ST_WORD_REASON),
#undef TABLE
};

/* Room for ids up to n. */
static void
words_grow(struct words *w, uint32_t n)
{
	uint32_t cap = w->cap;

	if (n < cap)
		return;
	while (cap <= n)
		cap = cap > 0 ? cap * 2 : 64;
	w->text = xrealloc(w->text, cap * sizeof *w->text);
	memset(w->text + w->cap, 0, (cap - w->cap) * sizeof *w->text);
	w->cap = cap;
}

/* The map's copy of text and NUL is the one copy there is. */
static void
words_add(struct words *w, uint32_t id, const char *text, size_t n)
{
	char *z = xstrndup(text, n);
	const void *key;
	size_t len, i;
	uint64_t v;

	if (w->by_text == NULL)
		w->by_text = map_new();
	words_grow(w, id);
	if (map_set(w->by_text, z, n + 1, id)) {
		i = map_count(w->by_text) - 1;
		map_next(w->by_text, &i, &key, &len, &v);
		w->text[id] = key;
	} else {
		w->text[id] = "";		/* twice in a file that somebody edited */
	}
	if (id > w->n)
		w->n = id;
	free(z);
}

/* xstrndup ends at a NUL inside the text, so the length is cut there first. */
static size_t
text_len(const char *p, size_t n)
{
	const char *nul = n > 0 ? memchr(p, '\0', n) : NULL;

	return nul != NULL ? (size_t)(nul - p) : n;
}

static uint32_t
words_find(const struct words *w, struct tcs_slice text)
{
	char small[256], *key = small;
	size_t n = text_len(text.p, text.n);
	uint64_t id = 0;

	if (w->by_text == NULL)
		return 0;
	if (n >= sizeof small)
		key = xmalloc(n + 1);
	if (n > 0)
		memcpy(key, text.p, n);
	key[n] = '\0';
	map_get(w->by_text, key, n + 1, &id);
	if (key != small)
		free(key);
	return (uint32_t)id;
}

static bool
lazy_refresh(struct ledger *l, struct words *w, const char *sql, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, sql, "");

	if (st == NULL)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW)
		w->n = col_u32(st, 0);
	words_grow(w, w->n);
	return rows_end(l, st, e);
}

static bool
table_load(struct ledger *l, enum dict d, struct err *e)
{
	struct words *w = &l->word[d];
	sqlite3_stmt *st;
	const char *text;

	w->lazy = d == DICT_NAME && l->mode != LEDGER_DECIDE;
	if (w->lazy)
		return lazy_refresh(l, w, tables[d].count, e);
	if ((st = rows_begin(l, e, tables[d].from, "u", w->saved)) == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		text = col_text(st, 1);
		words_add(w, col_u32(st, 0), text, strlen(text));
	}
	w->saved = w->flushed = w->n;
	return rows_end(l, st, e);
}

bool
words_load(struct ledger *l, struct err *e)
{
	enum dict d;

	for (d = 0; d < DICT_MAX; d++)
		if (!table_load(l, d, e))
			return false;
	return true;
}

bool
words_flush(struct ledger *l)
{
	struct words *w;
	enum dict d;
	uint32_t id;

	if (l->mode != LEDGER_DECIDE)
		return true;
	for (d = 0; d < DICT_MAX; d++) {
		w = &l->word[d];
		for (id = w->saved + 1; id <= w->n; id++)
			if (!db_run(l, tables[d].put, "ut", id, w->text[id]))
				return false;
		w->flushed = w->n;
	}
	return true;
}

void
words_saved(struct ledger *l)
{
	enum dict d;

	for (d = 0; d < DICT_MAX; d++)
		l->word[d].saved = l->word[d].flushed;
}

void
words_free(struct ledger *l)
{
	struct words *w;

	for (w = l->word; w < l->word + DICT_MAX; w++) {
		map_free(w->by_text);
		free(w->text);
	}
}

uint32_t
ledger_intern(struct ledger *l, enum dict d, struct tcs_slice text)
{
	struct words *w = &l->word[d];
	size_t n = text_len(text.p, text.n);
	uint32_t id;

	if (n == 0)
		return 0;
	if ((id = ledger_find(l, d, text)) == 0 && l->mode == LEDGER_DECIDE)
		words_add(w, id = w->n + 1, text.p, n);
	return id;
}

static struct words *
lazy_one(const struct ledger *l, enum dict d, const char *sql, const char *letter, uint32_t id,
    struct tcs_slice text)
{
	struct ledger *w = (struct ledger *)(uintptr_t)l;	/* a cache is filled; nothing else changes */
	sqlite3_stmt *st = letter[0] == 'u' ? rows_begin(w, NULL, sql, "u", id) :
	    rows_begin(w, NULL, sql, "s", text);
	const char *found;

	if (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		found = col_text(st, 0);
		if (letter[0] == 's')
			words_add(&w->word[d], col_u32(st, 0), text.p, text_len(text.p, text.n));
		else
			words_add(&w->word[d], id, found, strlen(found));
	}
	sqlite3_finalize(st);
	return &w->word[d];
}

const char *
ledger_text(const struct ledger *l, enum dict d, uint32_t id)
{
	const struct words *w = &l->word[d];

	if (id == 0 || id > w->n)
		return "";
	if (w->lazy && w->text[id] == NULL)
		w = lazy_one(l, d, tables[d].one, "u", id, TCS_LIT(""));
	return w->text[id] != NULL ? w->text[id] : "";
}

uint32_t
ledger_find(const struct ledger *l, enum dict d, struct tcs_slice text)
{
	const struct words *w = &l->word[d];
	uint32_t id = words_find(w, text);

	if (id == 0 && text.n > 0 && w->lazy)
		id = words_find(lazy_one(l, d, tables[d].find, "s", 0, text), text);
	return id;
}

uint32_t
ledger_words(const struct ledger *l, enum dict d)
{
	return l->word[d].n;
}
