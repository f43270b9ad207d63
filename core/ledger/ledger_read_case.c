/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading cases and what hangs on them.  Rows are scanned in order of id,
 * because what was merely seen again is in segments that are added in that
 * order (seen.c); a scan of all cases is what a list costs at most.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ledger/ledger_int.h"
#include "ledger/ledger_read.h"
#include "ledger/seen.h"
#include "ledger/segment.h"
#include "mem.h"
#include "timefmt.h"

const struct case_filter case_filter_any = { { TIME_NONE, TIME_NONE }, 0, 0, 0, ANY, ANY, ANY, NULL, NULL,
	ANY, false, 0 };

#define CASES_SQL \
	"SELECT " CASE_LIST_C ", o.key, o.name, " \
	"(SELECT text FROM asset WHERE id = c.asset AND since <= c.snapshot ORDER BY since DESC LIMIT 1) " \
	"FROM cases c LEFT JOIN organisation o ON o.id = c.organisation " \
	"AND o.since = (SELECT max(since) FROM organisation WHERE id = c.organisation) " \
	"WHERE %s AND (?2 < 0 OR c.organisation = ?2) AND (?3 < 0 OR c.seen = ?3) " \
	"AND (?4 < 0 OR c.told = ?4) AND (?5 IS NULL OR c.ip = ?5) " \
	"AND (?6 IS NULL OR c.first_seen < ?6) AND (?7 < 0 OR c.answer = ?7) " \
	"AND (?8 = 0 OR c.seen = 0 AND (c.answer > 1 OR c.told = 4)) ORDER BY c.id"

struct words_list {
	const char	**text;
	uint32_t	 n, cap;
};

struct case_reading {
	struct ledger		*l;
	const struct case_filter *f;
	struct seen_sum		*seen;
	sqlite3_stmt		*cve, *feed;
	struct arena		*arena;
	struct words_list	 cves, sources;
	bool			 from_source;	/* one of its feeds is of the source asked for */
};

static void
add_word(struct words_list *w, const char *text)
{
	uint32_t i;

	for (i = 0; i < w->n; i++)
		if (strcmp(w->text[i], text) == 0)
			return;
	if (w->n == w->cap)
		w->text = xrealloc(w->text, (w->cap = w->cap * 2 + 8) * sizeof *w->text);
	w->text[w->n++] = text;
}

/* "source/report" is of source; a source's name has no slash. */
static void
add_feed(struct case_reading *r, uint32_t feed)
{
	const char *text = ledger_text(r->l, DICT_FEED, feed), *source;

	if (*text == '\0')
		return;
	source = arena_strndup(r->arena, text, strcspn(text, "/"));
	add_word(&r->sources, source);
	if (r->f->source != 0 && strcmp(source, ledger_text(r->l, DICT_SOURCE, r->f->source)) == 0)
		r->from_source = true;
}

static void
case_words(struct case_reading *r, const struct tcase *c)
{
	arena_reset(r->arena);
	r->cves.n = r->sources.n = 0;
	r->from_source = false;
	sqlite3_reset(r->cve);
	sqlite3_bind_int64(r->cve, 1, c->id);
	while (sqlite3_step(r->cve) == SQLITE_ROW)
		add_word(&r->cves, arena_strdup(r->arena, col_text(r->cve, 0)));
	add_feed(r, c->feed);
	sqlite3_reset(r->feed);
	sqlite3_bind_int64(r->feed, 1, c->id);
	while (sqlite3_step(r->feed) == SQLITE_ROW)
		add_feed(r, col_u32(r->feed, 0));
}

/* The name itself, or one below it, label by label. */
static bool
name_fits(const char *want, const char *name)
{
	size_t n = strlen(name), w = strlen(want);

	if (n < w || !tcs_is_nocase(tcs_slice(name + n - w, w), want))
		return false;
	return n == w || name[n - w - 1] == '.' || name[n - w - 1] == '@';
}

static bool
case_fits(struct case_reading *r, const struct tcase *c)
{
	const struct case_filter *f = r->f;

	if (f->seen_in.since != TIME_NONE && c->last_seen < f->seen_in.since)
		return false;
	if (f->name && !name_fits(f->name, ledger_text(r->l, DICT_NAME, c->key.name)))
		return false;
	case_words(r, c);
	return f->source == 0 || r->from_source;
}

static bool
case_rows(struct case_reading *r, sqlite3_stmt *st, bool (*each)(void *, const struct case_row *), void *arg)
{
	struct case_row row;

	while (sqlite3_step(st) == SQLITE_ROW) {
		case_row_read(st, &row.c);
		if (!seen_add(r->seen, &row.c))
			return false;
		if (!case_fits(r, &row.c))
			continue;
		row.org = col_text(st, CASE_COLUMNS);
		row.org_name = col_text(st, CASE_COLUMNS + 1);
		row.asset = col_text(st, CASE_COLUMNS + 2);
		row.changed = sqlite3_column_int64(st, CASE_COLUMNS - 1);
		row.cve = r->cves.text;
		row.ncve = r->cves.n;
		row.source = r->sources.text;
		row.nsource = r->sources.n;
		if (!each(arg, &row))
			break;
	}
	return true;
}

static bool
cases_list(struct case_reading *r, bool (*each)(void *, const struct case_row *), void *arg, struct err *e)
{
	const struct case_filter *f = r->f;
	sqlite3_stmt *st;
	char sql[2048];
	bool good;

	/* Said apart, so that one case and those of one warning are found without a scan. */
	snprintf(sql, sizeof sql, CASES_SQL, f->id != 0 ? "c.id = ?1" : f->warning != 0 ?
	    "c.id IN (SELECT id FROM warning_case WHERE warning = ?1)" : f->merged_into != 0 ?
	    "c.merged_into <> 0 AND c.merged_into = ?1" : "?1 = 0");
	st = rows_begin(r->l, e, sql, "uiiibniu", f->id != 0 ? f->id : f->warning != 0 ? f->warning :
	    f->merged_into, f->org, (int64_t)f->seen, (int64_t)f->told, f->ip ? f->ip->b : NULL,
	    sizeof f->ip->b, f->seen_in.until, (int64_t)f->answer, (unsigned)f->silenced);
	r->cve = st ? rows_begin(r->l, e, "SELECT cve FROM case_cve WHERE id = ? ORDER BY cve", "") : NULL;
	r->feed = r->cve ? rows_begin(r->l, e, "SELECT feed FROM case_feed WHERE id = ? ORDER BY feed", "") :
	    NULL;
	good = r->feed && case_rows(r, st, each, arg);
	good = (st == NULL || rows_end(r->l, st, e)) && good;
	sqlite3_finalize(r->cve);
	sqlite3_finalize(r->feed);
	return good;
}

bool
ledger_cases_each(struct ledger *l, const struct case_filter *f,
    bool (*each)(void *, const struct case_row *), void *arg, struct err *e)
{
	struct case_reading r = { .l = l, .f = f };
	bool good = false;

	if (!read_begin(l, e))
		return false;
	r.seen = seen_open(l, f->id, f->id != 0 ? f->id : UINT32_MAX, e);
	if (r.seen) {
		r.arena = arena_new();
		good = cases_list(&r, each, arg, e);
		good = seen_close(r.seen, e) && good;
		arena_free(r.arena);
		free(r.cves.text);
		free(r.sources.text);
	}
	read_end(l);
	return good;
}

bool
ledger_events_each(struct ledger *l, uint32_t id, bool (*each)(void *, const struct case_event *), void *arg,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT at, kind, why, ref FROM event WHERE id = ? ORDER BY seq",
	    "u", id);
	struct case_event v;

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		v = (struct case_event){ sqlite3_column_int64(st, 0), (uint8_t)col_u32(st, 1),
		    (uint8_t)col_u32(st, 2), col_u32(st, 3) };
		if (!each(arg, &v))
			break;
	}
	return rows_end(l, st, e);
}

bool
ledger_claims_each(struct ledger *l, uint32_t id, bool (*each)(void *, const struct case_claim *), void *arg,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e,
	    "SELECT asset, rule, rank, fate FROM claim WHERE id = ? ORDER BY fate, rule, rank DESC, asset",
	    "u", id);
	struct case_claim c;

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		c = (struct case_claim){ col_u32(st, 0), (uint16_t)col_u32(st, 1), (uint16_t)col_u32(st, 2),
		    (uint8_t)col_u32(st, 3) };
		if (!each(arg, &c))
			break;
	}
	return rows_end(l, st, e);
}

/* ---- sightings */

struct seen_at { uint32_t input; struct sighting s; };
struct seen_list {
	struct seen_at	*at;
	uint32_t	 n, cap;
};

/* Those of one case, or of all (id 0). */
static bool
unpack_segment(struct ledger *l, sqlite3_stmt *st, uint32_t id, struct seen_list *out, struct err *e)
{
	struct segment g;
	struct sighting s;

	segment_open(&g, sqlite3_column_blob(st, 2), (size_t)sqlite3_column_bytes(st, 2));
	while (segment_next(&g, &s) && (id == 0 || s.id <= id)) {
		if (id != 0 && s.id != id)
			continue;
		if (out->n == out->cap)
			out->at = xrealloc(out->at, (out->cap = out->cap * 2 + 64) * sizeof *out->at);
		out->at[out->n++] = (struct seen_at){ col_u32(st, 1), s };
	}
	return !g.damaged || err_set(e, "%s: is damaged (segment %u cannot be read)", l->path,
	    col_u32(st, 0));
}

static bool
unpack_all(struct ledger *l, sqlite3_stmt *st, uint32_t id, struct seen_list *out, struct err *e)
{
	bool good = true;

	while (good && st != NULL && sqlite3_step(st) == SQLITE_ROW)
		good = unpack_segment(l, st, id, out, e);
	return st != NULL && rows_end(l, st, e) && good;
}

static int
by_time(const void *x, const void *y)
{
	const struct seen_at *a = x, *b = y;

	if (a->s.observed != b->s.observed)
		return a->s.observed < b->s.observed ? -1 : 1;
	if (a->input != b->input)
		return a->input < b->input ? -1 : 1;
	return a->s.off < b->s.off ? -1 : a->s.off > b->s.off;
}

static int
by_place(const void *x, const void *y)
{
	const struct seen_at *a = x, *b = y;

	if (a->s.off != b->s.off)
		return a->s.off < b->s.off ? -1 : 1;
	return a->s.sub < b->s.sub ? -1 : a->s.sub > b->s.sub;
}

static bool
sightings(struct ledger *l, uint32_t id, bool in_time, uint32_t skip,
    bool (*each)(void *, uint32_t input, const struct sighting *), void *arg, struct err *e)
{
	struct seen_list list = { NULL, 0, 0 };
	uint32_t i;
	bool good = unpack_all(l, rows_begin(l, e, "SELECT id, input, sightings FROM segment WHERE lo <= ?1 "
	    "AND hi >= ?1 AND n > 0 ORDER BY id", "u", id), id, &list, e);

	if (list.n > 0 && in_time)
		qsort(list.at, list.n, sizeof *list.at, by_time);
	for (i = skip; good && i < list.n; i++)
		if (!each(arg, list.at[i].input, &list.at[i].s))
			break;
	free(list.at);
	return good;
}

bool
ledger_sightings_each(struct ledger *l, uint32_t id, bool (*each)(void *, uint32_t input,
    const struct sighting *), void *arg, struct err *e)
{
	return sightings(l, id, true, 0, each, arg, e);
}

bool
ledger_sightings_after(struct ledger *l, uint32_t id, uint32_t skip,
    bool (*each)(void *, uint32_t input, const struct sighting *), void *arg, struct err *e)
{
	return sightings(l, id, false, skip, each, arg, e);
}

bool
ledger_merged(struct ledger *l, struct arena *a, uint32_t id, uint32_t **list, uint32_t *n, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT id FROM cases WHERE merged_into <> 0 AND merged_into = ? "
	    "ORDER BY id", "u", id);

	*list = NULL;
	*n = 0;
	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		*list = arena_room(a, *list, *n, sizeof **list);
		(*list)[(*n)++] = col_u32(st, 0);
	}
	return rows_end(l, st, e);
}

bool
ledger_input_sightings(struct ledger *l, struct arena *a, uint32_t input, struct sighting **out, uint32_t *n,
    struct err *e)
{
	struct seen_list list = { NULL, 0, 0 };
	bool good = unpack_all(l, rows_begin(l, e, "SELECT id, input, sightings FROM segment WHERE input = "
	    "? AND n > 0 ORDER BY id", "u", input), 0, &list, e);
	uint32_t i;

	if (list.n > 0)
		qsort(list.at, list.n, sizeof *list.at, by_place);
	*n = list.n;
	*out = arena_alloc(a, (list.n + 1) * sizeof **out);
	for (i = 0; i < list.n; i++)
		(*out)[i] = list.at[i].s;
	free(list.at);
	return good;
}
