/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See search.h.  A window moves over the input; its end overlaps with the next
 * so that no word is cut and each has some context.  The inner loop is memchr
 * on the first byte of what is looked for, or for IPv6 on the colon.
 */
#include <stdlib.h>
#include <string.h>
#include "cmd/search.h"
#include "mem.h"

#define WINDOW	(1u << 20)
#define TAIL	4096		/* a word and its context */

struct window {
	struct reader	*in;
	char		*p;
	size_t		 n;		/* bytes in it */
	uint64_t	 base;		/* offset of p in the input */
	size_t		 scanned;	/* nothing more is looked for before this */
	uint64_t	 line;		/* of p */
	uint64_t	 last_line;	/* of the last hit */
	bool		 eof;
};

bool
needle_make(const char *text, struct needle *out, struct err *e)
{
	size_t i, n = strlen(text);

	*out = (struct needle){ .n = n };
	if (n == 0 || n >= sizeof out->text)
		return err_set(e, "\"%s\": expected an address or a name", text);
	for (i = 0; i < n; i++)
		out->text[i] = tcs_lower(text[i]);
	out->is_ip = ip_parse(text, n, &out->ip);
	out->is_ip6 = out->is_ip && !ip_is4(&out->ip);
	if (out->is_ip && !out->is_ip6)
		out->n = ip_text(&out->ip, out->text);
	return true;
}

static bool
letter(char c)
{
	return (c >= '0' && c <= '9') || (tcs_lower(c) >= 'a' && tcs_lower(c) <= 'z') || c == '-' ||
	    c == '_' || (unsigned char)c >= 0x80;
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
at(const struct window *w, size_t i)
{
	return i < w->n ? w->p[i] : ' ';
}

/* Is what stands at i a word of its own? */
static bool
bordered(const struct window *w, size_t i, const struct needle *what)
{
	size_t end = i + what->n;
	char before = i > 0 ? w->p[i - 1] : ' ', after = at(w, end);

	if (what->is_ip) {
		if (digit(before) || (before == '.' && i > 1 && digit(w->p[i - 2])))
			return false;
		return !digit(after) && !(after == '.' && digit(at(w, end + 1)));
	}
	if (letter(before) || letter(after))
		return false;
	return !(after == '.' && letter(at(w, end + 1)));
}

static bool
same_text(const char *p, const struct needle *what)
{
	size_t i;

	for (i = 0; i < what->n; i++)
		if (tcs_lower(p[i]) != what->text[i])
			return false;
	return true;
}

/* The next place from i on that has the text, or SIZE_MAX; *past: where to go on. */
static size_t
find_text(const struct window *w, size_t i, const struct needle *what, size_t *past)
{
	char lower = what->text[0], upper = lower >= 'a' && lower <= 'z' ? (char)(lower - 'a' + 'A') : lower;

	for (; i + what->n <= w->n; i++) {
		if (upper == lower) {
			const char *q = memchr(w->p + i, lower, w->n - i);

			if (q == NULL)
				return SIZE_MAX;
			i = (size_t)(q - w->p);
			if (i + what->n > w->n)
				return SIZE_MAX;
		} else if (w->p[i] != lower && w->p[i] != upper)
			continue;
		if (same_text(w->p + i, what) && bordered(w, i, what)) {
			*past = i + what->n;
			return i;
		}
	}
	return SIZE_MAX;
}

static bool
ip6_char(char c)
{
	return digit(c) || (tcs_lower(c) >= 'a' && tcs_lower(c) <= 'f') || c == ':' || c == '.';
}

/* Any spelling: a run of what IPv6 addresses are written with, around a colon. */
static size_t
find_ip6(const struct window *w, size_t i, const struct needle *what, size_t *past)
{
	size_t from, end;
	const char *q;
	struct ip ip;

	while (i < w->n && (q = memchr(w->p + i, ':', w->n - i)) != NULL) {
		from = end = (size_t)(q - w->p);
		while (from > 0 && end - from < IP_TEXT && ip6_char(w->p[from - 1]))
			from--;
		while (end < w->n && end - from < IP_TEXT && ip6_char(w->p[end]))
			end++;
		i = end > i ? end : i + 1;
		if (ip_parse(w->p + from, end - from, &ip) && ip_cmp(&ip, &what->ip) == 0) {
			*past = i;
			return from;
		}
	}
	return SIZE_MAX;
}

static uint64_t
count_lines(const char *p, size_t n)
{
	uint64_t lines = 0;
	const char *q, *end = p + n;

	while (p < end && (q = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		lines++;
		p = q + 1;
	}
	return lines;
}

/* The line around i, cut to HIT_TEXT with the word inside. */
static void
line_of(const struct window *w, size_t i, struct hit *h)
{
	size_t from = i, end = i;

	while (from > 0 && w->p[from - 1] != '\n' && i - from < HIT_TEXT / 2)
		from--;
	while (end < w->n && w->p[end] != '\n' && end - from < HIT_TEXT)
		end++;
	if (end > from && w->p[end - 1] == '\r')
		end--;
	h->text = w->p + from;
	h->n = end - from;
}

static bool
scan(struct window *w, const struct needle *what, bool (*each)(void *, const struct hit *), void *arg)
{
	size_t limit = w->eof ? w->n : w->n - TAIL, i = w->scanned, at_word, counted = 0;
	uint64_t line = w->line;
	struct hit h;

	while (i < limit) {
		at_word = what->is_ip6 ? find_ip6(w, i, what, &i) : find_text(w, i, what, &i);
		if (at_word >= limit)
			break;
		if (at_word > counted) {
			line += count_lines(w->p + counted, at_word - counted);
			counted = at_word;
		}
		if (line == w->last_line)
			continue;
		w->last_line = line;
		h.off = w->base + at_word;
		h.line = line;
		line_of(w, at_word, &h);
		if (!each(arg, &h))
			return false;
	}
	w->scanned = limit;
	return true;
}

/* Keeps TAIL bytes before what was scanned: borders and context. */
static void
slide(struct window *w)
{
	size_t drop = w->scanned > TAIL ? w->scanned - TAIL : 0;

	w->line += count_lines(w->p, drop);
	memmove(w->p, w->p + drop, w->n - drop);
	w->n -= drop;
	w->base += drop;
	w->scanned -= drop;
}

static bool
fill(struct window *w, struct err *e)
{
	int64_t n;

	while (!w->eof && w->n < WINDOW) {
		n = w->in->read(w->in, w->p + w->n, WINDOW - w->n, e);
		if (n < 0)
			return false;
		w->eof = n == 0;
		w->n += (size_t)n;
	}
	return true;
}

bool
search_input(struct reader *in, const struct needle *what, bool (*each)(void *, const struct hit *),
    void *arg, struct err *e)
{
	struct window w = { .in = in, .p = xmalloc(WINDOW), .line = 1 };
	bool good = true, more = true;

	while (good && more && !w.eof) {
		good = fill(&w, e);
		w.eof = w.eof || !good;		/* what was read until then is looked through */
		more = scan(&w, what, each, arg);
		slide(&w);
	}
	free(w.p);
	return good;
}
