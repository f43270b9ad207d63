/* SPDX-License-Identifier: Apache-2.0 */
/* See listing.h. */
#include <string.h>
#include "buf.h"
#include "listing.h"
#include "timefmt.h"
#include <tocsin/slice.h>

#define MOST (1u << 20)		/* bytes; a thousand reports take a tenth of that */
#define NAME_MOST 200

struct scan {
	struct tcs_slice	 rest;
	struct arena		*a;
	struct listed		*list;
	uint32_t		 n;
	unsigned		 depth;
	struct tcs_slice	 key;		/* of the object's member at hand */
	struct listed		 one;		/* the object at hand */
};

static bool
keep(struct scan *s, const char *name, int64_t day, struct err *e)
{
	if (*name == '\0' || strlen(name) > NAME_MOST)
		return err_set(e, "\"%.40s\" is not the name of a report", name);
	s->list = arena_room(s->a, s->list, s->n, sizeof *s->list);
	s->list[s->n++] = (struct listed){ name, day };
	return true;
}

/* ---- JSON: strings and brackets; numbers and the rest are passed over */

static bool
string(struct scan *s, struct tcs_slice *out, struct err *e)
{
	size_t i;

	for (i = 1; i < s->rest.n && s->rest.p[i] != '"'; i++)
		i += s->rest.p[i] == '\\';
	if (i >= s->rest.n)
		return err_set(e, "it ends within a text");
	*out = tcs_slice(s->rest.p + 1, i - 1);
	s->rest = tcs_slice(s->rest.p + i + 1, s->rest.n - i - 1);
	return true;
}

static bool
value(struct scan *s, struct tcs_slice v, struct err *e)
{
	int64_t ns;

	if (s->depth == 1)
		return keep(s, arena_strndup(s->a, v.p, v.n), INT64_MIN, e);
	if (s->depth == 2 && tcs_is(s->key, "type"))
		s->one.name = arena_strndup(s->a, v.p, v.n);
	else if (s->depth == 2 && tcs_is(s->key, "timestamp") && time_parse(v.p, v.n, &ns))
		s->one.day = ns / NS / DAY;
	return true;
}

static bool
bracket(struct scan *s, char c, struct err *e)
{
	if (c == '{' || c == '[') {
		if (s->depth++ == 0 && c != '[')
			return err_set(e, "expected an array [ ... ] of reports");
		if (s->depth == 2)
			s->one = (struct listed){ NULL, INT64_MIN };
		return true;
	}
	if (s->depth-- == 0)
		return err_set(e, "a bracket closes that was not opened");
	if (s->depth == 1 && c == '}')
		return s->one.name != NULL ? keep(s, s->one.name, s->one.day, e) :
		    err_set(e, "a report without \"type\"");
	return true;
}

static bool
json(struct scan *s, struct err *e)
{
	struct tcs_slice text;
	bool ended = false;

	for (s->rest = tcs_trim(s->rest); s->rest.n > 0; s->rest = tcs_trim(s->rest)) {
		char c = s->rest.p[0];

		if (ended)
			return err_set(e, "something follows the array");
		if (c == '"') {
			if (!string(s, &text, e))
				return false;
			s->rest = tcs_trim(s->rest);
			if (s->rest.n > 0 && s->rest.p[0] == ':')
				s->key = text;
			else if (!value(s, text, e))
				return false;
			continue;
		}
		if (strchr("{}[]", c) != NULL) {
			if (!bracket(s, c, e))
				return false;
			ended = s->depth == 0;
		}
		s->rest = tcs_slice(s->rest.p + 1, s->rest.n - 1);
	}
	return ended || err_set(e, "it is cut off");
}

/* ---- text */

static bool
lines(struct scan *s, struct err *e)
{
	struct tcs_slice line;

	while (tcs_cut(&s->rest, '\n', &line)) {
		line.n = tcs_find(line, '#');
		line = tcs_trim(line);
		if (line.n > 0 && !keep(s, arena_strndup(s->a, line.p, line.n), INT64_MIN, e))
			return false;
	}
	return true;
}

bool
listing_parse(const char *p, size_t n, struct arena *a, struct listed **list, uint32_t *count, struct err *e)
{
	struct scan s = { .rest = tcs_trim(tcs_slice(p, n)), .a = a };
	bool good;

	if (memchr(p, '\0', n) != NULL)
		return err_set(e, "it is not a text");
	good = s.rest.n > 0 && (s.rest.p[0] == '[' || s.rest.p[0] == '{') ? json(&s, e) : lines(&s, e);
	*list = s.list;
	*count = s.n;
	return good;
}

/* ---- as an input ------------------------------------------------------------------ */

bool
listing_is(const struct cfg_source *src, const struct input *in)
{
	const char *name = input_report_name(in), *slash = strrchr(name, '/');

	return src->list != NULL && tcs_glob(src->list, tcs_str(slash != NULL ? slash + 1 : name));
}

static bool
bytes_of(struct sources *s, const struct input *in, struct buf *b, struct err *e)
{
	struct reader *r = sources_reader(s, in, e);
	int64_t got = r != NULL ? 1 : -1;

	while (got > 0 && b->n <= MOST) {
		buf_need(b, 65536);
		if ((got = r->read(r, b->p + b->n, 65536, e)) > 0)
			b->n += (size_t)got;
	}
	if (r != NULL)
		r->close(r);
	return got >= 0 && (b->n <= MOST || err_set(e, "it is larger than a list can be"));
}

/* File names say their report type and day as any other input's does. */
static void
as_reports(struct sources *s, const char *source, const struct input *in, struct listed *list, uint32_t n,
    struct arena *a)
{
	struct err e = ERR_INIT;
	struct decoder *d = sources_decoder(s, source, &e);
	const char *report;
	int64_t day;
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (d != NULL && strchr(list[i].name, '.') != NULL &&
		    decoder_report(d, list[i].name, &report, &day, &e)) {
			list[i].name = arena_strdup(a, report);
			if (day != TIME_NONE)
				list[i].day = day / NS / DAY;
		}
		if (list[i].day == INT64_MIN)
			list[i].day = in->day;
	}
}

/* One list may be of several days; each is a list of its own.  An empty one is the input's day's. */
static bool
put(struct decider *d, const char *source, const struct input *in, const struct listed *list, uint32_t n,
    struct arena *a, struct err *e)
{
	const char **name = arena_alloc(a, (n + 1) * sizeof *name);
	bool *done = arena_alloc(a, n + 1);
	uint32_t i, k, m;

	memset(done, 0, n + 1);
	for (i = 0; i < n; i++) {
		if (done[i])
			continue;
		for (k = i, m = 0; k < n; k++)
			if (list[k].day == list[i].day) {
				name[m++] = list[k].name;
				done[k] = true;
			}
		if (!coverage_listed(d->coverage, source, list[i].day, name, m, e))
			return false;
	}
	return n > 0 || coverage_listed(d->coverage, source, in->day, name, 0, e);
}

bool
listing_take(struct decider *d, struct sources *s, struct input *in, bool *bad, struct err *e)
{
	const char *source = ledger_text(d->ledger, DICT_SOURCE, in->source);
	struct arena *a = arena_new();
	struct listed *list = NULL;
	struct err why = ERR_INIT;
	struct buf b;
	uint32_t n = 0;
	bool good;

	buf_init(&b);
	buf_need(&b, 1);
	*bad = !bytes_of(s, in, &b, &why) || !listing_parse(b.p, b.n, a, &list, &n, &why);
	in->state = *bad ? INPUT_QUARANTINED : INPUT_DONE;
	in->error = *bad ? why.text : "";
	in->off = *bad ? 0 : b.n;
	if (!*bad)
		as_reports(s, source, in, list, n, a);
	if ((good = ledger_begin(d->ledger, e))) {
		if (*bad)
			ledger_quarantine(d->ledger, in->id, "the list of reports cannot be read", why.text,
			    NULL, 0);
		ledger_input_progress(d->ledger, in);
		if (*bad || put(d, source, in, list, n, a, e))
			good = ledger_end(d->ledger, e);
		else {
			ledger_undo(d->ledger);
			good = false;
		}
	}
	in->error = "";
	buf_free(&b);
	arena_free(a);
	return good;
}
