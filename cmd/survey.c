/* SPDX-License-Identifier: Apache-2.0 */
/* See survey.h. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "1-fetch/unpack.h"
#include "clock.h"
#include "cmd/cmd.h"
#include "cmd/survey.h"
#include "map.h"
#include "mem.h"
#include "timefmt.h"
#include "utf8.h"

#define HEAD 4096
#define MOST 32			/* readers; and lines shown of each kind */

enum { BY_CLASS, BY_NETWORK, BY_ASN, KINDS };
static const char *const kind_title[KINDS] = { "class", "network", "as" };

struct survey {
	struct arena	*arena;
	struct decoder	*decoder[MOST];
	const char	*name[MOST];
	unsigned	 n;
	struct map	*count[KINDS];
	int64_t		 newest, newest_past;
	uint64_t	 findings, refused, bad;	/* bad: inputs not read to their end */
	const char	*file;				/* the input being read, as it was named */
	uint64_t	 here;				/* records refused of it */
	struct arena	*row;
};

static void
reader_add(struct survey *s, const struct plugins *p, const char *name)
{
	const struct decoder_spec spec = { .plugin = name };
	struct err e = ERR_INIT;		/* a plugin that needs a feed is simply not one of them */
	struct decoder *d;

	if (s->n < MOST && (d = decoder_open(p, &spec, &e)) != NULL) {
		s->name[s->n] = arena_strdup(s->arena, name);
		s->decoder[s->n++] = d;
	}
}

bool
survey_feed(struct survey *s, const struct plugins *p, const char *file, struct err *e)
{
	const struct decoder_spec spec = { .plugin = "csv", .feed = file };
	struct decoder *d = decoder_open(p, &spec, e);

	if (d == NULL)
		return false;
	if (s->n == MOST)
		decoder_close(s->decoder[--s->n]);
	memmove(s->decoder + 1, s->decoder, s->n * sizeof *s->decoder);
	memmove(s->name + 1, s->name, s->n * sizeof *s->name);
	s->decoder[0] = d;
	s->name[0] = file;
	s->n++;
	return true;
}

struct survey *
survey_open(const struct plugins *p, const char *feeds, struct err *e)
{
	struct survey *s = xcalloc(1, sizeof *s);
	DIR *dir = opendir(feeds);
	struct dirent *f;
	uint32_t i;

	s->arena = arena_new();
	s->row = arena_new();
	s->newest = s->newest_past = TIME_NONE;
	for (i = 0; i < KINDS; i++)
		s->count[i] = map_new();
	while (dir != NULL && (f = readdir(dir)) != NULL) {
		struct tcs_slice name = tcs_str(f->d_name);

		if (tcs_ends(name, ".set"))
			reader_add(s, p, arena_strndup(s->arena, name.p, name.n - 4));
	}
	if (dir != NULL)
		closedir(dir);
	for (i = 0; i < p->n; i++)
		if (p->list[i].refused == NULL && p->list[i].kind == TCS_SOURCE)
			reader_add(s, p, p->list[i].name);
	if (s->n > 0)
		return s;
	err_set(e, "no source plugins and no feeds: neither in %s nor in the plugin folder", feeds);
	survey_close(s);
	return NULL;
}

void
survey_close(struct survey *s)
{
	unsigned i;

	if (s == NULL)
		return;
	for (i = 0; i < s->n; i++)
		decoder_close(s->decoder[i]);
	for (i = 0; i < KINDS; i++)
		map_free(s->count[i]);
	arena_free(s->row);
	arena_free(s->arena);
	free(s);
}

const char *
survey_known(const struct survey *s, struct arena *a)
{
	const char *all = "";
	unsigned i;

	for (i = 0; i < s->n; i++)
		all = arena_printf(a, "%s%s%s", all, i > 0 ? ", " : "", s->name[i]);
	return all;
}

static void
count(struct survey *s, int kind, const char *text)
{
	uint64_t n = 0;

	map_get(s->count[kind], text, strlen(text), &n);
	map_set(s->count[kind], text, strlen(text), n + 1);
}

static void
count_address(struct survey *s, const struct ip *ip)
{
	struct ipnet net = { *ip, ip_is4(ip) ? 96 + 24 : 48 };
	char text[IP_TEXT];

	ipnet_first(&net, &net.ip);
	ipnet_text(&net, text);
	count(s, BY_NETWORK, text);
}

static bool
on_batch(void *arg, const struct decoded *d, struct err *e)
{
	struct survey *s = arg;
	const struct batch *b = d->batch;
	struct finding f;
	char text[200];
	uint32_t i;

	(void)e;
	for (i = 0; i < b->nrow; i++) {
		struct err why = ERR_INIT;

		s->findings++;
		arena_reset(s->row);
		if (b->observed[i] != TIME_NONE && b->observed[i] > s->newest)
			s->newest = b->observed[i];
		if (b->observed[i] != TIME_NONE && b->observed[i] <= clock_now() &&
		    b->observed[i] > s->newest_past)
			s->newest_past = b->observed[i];
		if (batch_bit(b->has_ip, i))
			count_address(s, &b->ip[i]);
		if (batch_bit(b->has_asn, i)) {
			snprintf(text, sizeof text, "AS%" PRIu32, b->asn[i]);
			count(s, BY_ASN, text);
		}
		if (!binding_finding(d->binding, d->rows, b->row[i], s->row, &f, &why))
			continue;
		snprintf(text, sizeof text, "%.80s/%.80s", f.f[TCS_F_CLASSIFICATION_TAXONOMY].form ?
		    arena_strndup(s->row, f.f[TCS_F_CLASSIFICATION_TAXONOMY].text.p,
		    f.f[TCS_F_CLASSIFICATION_TAXONOMY].text.n) : "other",
		    f.f[TCS_F_CLASSIFICATION_TYPE].form ?
		    arena_strndup(s->row, f.f[TCS_F_CLASSIFICATION_TYPE].text.p,
		    f.f[TCS_F_CLASSIFICATION_TYPE].text.n) : "undetermined");
		count(s, BY_CLASS, text);
	}
	return true;
}

static bool
on_refused(void *arg, const struct refused *r, uint32_t n, struct err *e)
{
	struct survey *s = arg;
	uint32_t i;

	(void)e;
	for (i = 0; i < n && s->here + i < MOST; i++)
		cmd_fail(NULL, 0, "%s:%u: %s%s%s", s->file, r[i].line, r[i].why, r[i].detail ? ": " : "",
		    r[i].detail ? r[i].detail : "");
	s->here += n;
	s->refused += n;
	return true;
}

/* ---- which one reads it ------------------------------------------------------ */

static bool
first_member(void *arg, const char *name)
{
	const char **out = arg;

	*out = xstrdup(name);
	return false;
}

static size_t
head_of(const char *path, const char *member, const struct unpack_limits *lim, char head[HEAD], struct err *e)
{
	struct reader *r = unpack_open(path, NULL, member, lim, e);
	int64_t got;
	size_t n = 0;

	while (r != NULL && n < HEAD && (got = r->read(r, head + n, HEAD - n, e)) > 0)
		n += (size_t)got;
	if (r != NULL)
		r->close(r);
	return n;
}

static struct decoder *
recognise(struct survey *s, const char *name, const char *head, size_t n, const char **plugin)
{
	struct decoder *best = NULL;
	int sure = 0, this;
	unsigned i;

	for (i = 0; i < s->n; i++)
		if ((this = decoder_fits(s->decoder[i], name, head, n)) > sure) {
			sure = this;
			best = s->decoder[i];
			*plugin = s->name[i];
		}
	return best;
}

struct members { struct survey *s; struct decoder *d; const char *path; const struct unpack_limits *lim; };

/* why says the name and the line already, where it got so far. */
static void
tell_bad(const char *path, const char *member, const char *name, const char *why)
{
	size_t n = strlen(name);

	if (member != NULL || strncmp(why, name, n) != 0 || why[n] != ':')
		cmd_fail(NULL, 0, "%s: %s", path, why);
	else
		cmd_fail(NULL, 0, "%.*s%s", (int)(strlen(path) - n), path, why);
}

/* What is wrong with it is said at once: without organisations nothing comes after, and the ledger of
 * try is thrown away. */
static void
read_one(struct survey *s, struct decoder *d, const char *path, const char *member, const char *name,
    const struct unpack_limits *lim)
{
	const struct decode_sink sink = { s, on_batch, on_refused, NULL };
	struct err e = ERR_INIT;
	struct reader *r = unpack_open(path, name, member, lim, &e);
	enum source_end end = SOURCE_READ_ERROR;

	s->file = member != NULL ? arena_printf(s->arena, "%s: %s", path, member) : path;
	s->here = 0;
	if (r != NULL) {
		end = decode_run(d, name, r, 0, false, &sink, &e);
		r->close(r);
	}
	if (s->here > MOST)
		cmd_fail(NULL, 0, "%s: and %" PRIu64 " more records", s->file, s->here - MOST);
	if (end != SOURCE_OK) {
		s->bad++;
		tell_bad(path, member, name, e.text);
	}
}

static bool
read_member(void *arg, const char *name)
{
	struct members *m = arg;

	read_one(m->s, m->d, m->path, name, name, m->lim);
	return true;
}

bool
survey_file(struct survey *s, const char *path, const struct config *c, const char **plugin, struct err *e)
{
	const struct unpack_limits lim = { c->limits.unpacked_size, c->limits.ratio };
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path, *member = NULL;
	enum packing kind;
	struct decoder *d;
	char head[HEAD];
	size_t n;
	bool good = true;

	if (!unpack_kind(path, &kind, e) ||
	    (kind == PACKED_ZIP && !unpack_members(path, NULL, first_member, &member, e) && member == NULL))
		return false;
	n = head_of(path, member, &lim, head, e);
	d = recognise(s, member != NULL ? member : name, head, n, plugin);
	if (d == NULL)
		good = err_set(e, "%s: no source recognises it (known are: %s)", path,
		    survey_known(s, s->arena));
	else if (member != NULL) {
		struct members m = { s, d, path, &lim };

		good = unpack_members(path, NULL, read_member, &m, e);
	} else
		read_one(s, d, path, NULL, name, &lim);
	free((void *)(uintptr_t)member);
	return good;
}

bool
survey_clean(const struct survey *s)
{
	return s->refused == 0 && s->bad == 0;
}

int64_t
survey_newest(const struct survey *s)
{
	return s->newest_past != TIME_NONE ? s->newest_past : s->newest;
}

/* ---- what it says ------------------------------------------------------------ */

struct counted { const char *text; uint64_t n; };

static int
by_count(const void *pa, const void *pb)
{
	const struct counted *a = pa, *b = pb;

	return a->n != b->n ? (a->n < b->n ? 1 : -1) : strcmp(a->text, b->text);
}

static void
print_kind(const struct survey *s, int kind, bool json)
{
	size_t n = map_count(s->count[kind]), i = 0, k = 0, len;
	struct counted *all = xcalloc(n + 1, sizeof *all);
	const void *key;

	while (map_next(s->count[kind], &i, &key, &len, &all[k].n))
		all[k++].text = arena_strndup(s->arena, key, len);
	qsort(all, k, sizeof *all, by_count);
	for (i = 0; i < k; i++) {
		struct buf b;

		if (!json && i >= MOST) {
			printf("%10s  and %zu more\n", "", k - i);
			break;
		}
		buf_init(&b);
		if (json) {
			buf_printf(&b, "{\"by\":\"%s\",\"%s\":", kind_title[kind], kind_title[kind]);
			buf_json_str(&b, all[i].text);
			buf_printf(&b, ",\"findings\":%" PRIu64 "}", all[i].n);
		} else {
			buf_printf(&b, "%10" PRIu64 "  ", all[i].n);
			utf8_safe(&b, all[i].text, strlen(all[i].text));
		}
		puts(b.p);
		buf_free(&b);
	}
	free(all);
}

void
survey_print(const struct survey *s, bool json)
{
	int i;

	for (i = 0; i < KINDS; i++) {
		if (!json)
			printf("%sby %s:\n", i > 0 ? "\n" : "", kind_title[i]);
		print_kind(s, i, json);
	}
	if (!json)
		printf("\n%" PRIu64 " findings, %" PRIu64 " records refused, %" PRIu64
		    " inputs not read to the end\n", s->findings, s->refused, s->bad);
}
