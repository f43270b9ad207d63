/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both notations are turned into the same parts, one at a time, by whoever
 * walks a pattern: the check of it and the reading of a text.  See
 * timepattern.h.
 */
#include <stdio.h>
#include <string.h>
#include "timefmt.h"
#include "timepattern.h"

enum part { END, WORD, BLANK, YEAR, YEAR2, MONTH, MONTH_NAME, DAYS, HOUR, HOUR12, MINUTE, SECOND, FRACTION,
	HALF, OFFSET, EPOCH, UNKNOWN };

struct fields { int64_t v[UNKNOWN]; bool pm, am; };

static const struct { const char *text; enum part part; } letters[] = {
	{ "YYYY", YEAR }, { "yyyy", YEAR }, { "YY", YEAR2 }, { "yy", YEAR2 }, { "MMM", MONTH_NAME },
	{ "MM", MONTH }, { "M", MONTH }, { "DD", DAYS }, { "dd", DAYS }, { "D", DAYS }, { "d", DAYS },
	{ "HH", HOUR }, { "H", HOUR }, { "hh", HOUR12 }, { "h", HOUR12 }, { "mm", MINUTE }, { "m", MINUTE },
	{ "ss", SECOND }, { "s", SECOND }, { "A", HALF }, { "a", HALF }, { "Z", OFFSET },
};
static const char percents[] = "YymbBdeHIMSfpzs";
static const enum part percent_part[] = { YEAR, YEAR2, MONTH, MONTH_NAME, MONTH_NAME, DAYS, DAYS, HOUR,
	HOUR12, MINUTE, SECOND, FRACTION, HALF, OFFSET, EPOCH };

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The part at *p, which moves behind it; c: of a WORD. */
static enum part
percent(const char **p, char *c)
{
	const char *at;

	if (**p != '%' || (*p)[1] == '%') {
		*c = **p;
		*p += **p == '%' ? 2 : 1;
		return *c == ' ' ? BLANK : WORD;
	}
	at = (*p)[1] != '\0' ? strchr(percents, (*p)[1]) : NULL;
	*p += (*p)[1] != '\0' ? 2 : 1;
	return at != NULL ? percent_part[at - percents] : UNKNOWN;
}

static enum part
letter(const char **p, char *c)
{
	size_t run = 1, i;

	*c = **p;
	if (!is_letter(*c) || *c == 'T') {
		(*p)++;
		return *c == ' ' ? BLANK : WORD;
	}
	while ((*p)[run] == *c)
		run++;
	*p += run;
	if (*c == 'S')
		return FRACTION;
	for (i = 0; i < sizeof letters / sizeof *letters; i++)
		if (strlen(letters[i].text) == run && strncmp(letters[i].text, *p - run, run) == 0)
			return letters[i].part;
	return UNKNOWN;
}

/* %F and %T are said in full first. */
static bool
expand(const char *pattern, char out[256])
{
	size_t n = 0;

	for (; *pattern != '\0' && n < 200; pattern++) {
		const char *more = strncmp(pattern, "%F", 2) == 0 ? "%Y-%m-%d" :
		    strncmp(pattern, "%T", 2) == 0 ? "%H:%M:%S" : NULL;

		if (more != NULL) {
			memcpy(out + n, more, strlen(more));
			n += strlen(more);
			pattern++;
		} else {
			out[n++] = *pattern;
			if (*pattern == '%' && pattern[1] != '\0')
				out[n++] = *++pattern;
		}
	}
	out[n] = '\0';
	return *pattern == '\0';
}

static enum part
next(const char **p, bool percents_used, char *c)
{
	*c = '\0';
	if (**p == '\0')
		return END;
	return percents_used ? percent(p, c) : letter(p, c);
}

const char *
time_pattern_wrong(const char *pattern)
{
	bool percents_used = strchr(pattern, '%') != NULL, has[UNKNOWN + 1] = { false };
	char all[256], c;
	const char *p = all;
	enum part part;

	if (!expand(pattern, all))
		return "it is too long";
	while ((part = next(&p, percents_used, &c)) != END)
		has[part] = true;
	if (has[UNKNOWN])
		return percents_used ? "expected of %Y %y %m %b %d %H %I %M %S %f %p %z %s %F %T" :
		    "expected of YYYY YY MMM MM M DD D HH H hh h mm m ss s S A Z";
	if (has[EPOCH])
		return NULL;
	if (!(has[YEAR] || has[YEAR2]) || !(has[MONTH] || has[MONTH_NAME]) || !has[DAYS])
		return "it lacks a year, a month or a day";
	return has[HOUR12] && !has[HALF] ? "an hour of twelve needs AM or PM" : NULL;
}

/* ---- reading ------------------------------------------------------------------ */

struct text { const char *p; size_t n; };

static bool
digits(struct text *t, size_t most, int64_t *v, size_t *got)
{
	size_t i;

	*v = 0;
	for (i = 0; i < t->n && i < most && t->p[i] >= '0' && t->p[i] <= '9'; i++)
		*v = *v * 10 + (t->p[i] - '0');
	t->p += i;
	t->n -= i;
	*got = i;
	return i > 0;
}

static bool
take_char(struct text *t, char c)
{
	if (t->n == 0 || *t->p != c)
		return false;
	t->p++;
	t->n--;
	return true;
}

static bool
same_word(const struct text *t, const char *word)
{
	size_t i;

	for (i = 0; word[i] != '\0'; i++)
		if (i >= t->n || (t->p[i] | 32) != (word[i] | 32))
			return false;
	return true;
}

static bool
month_name(struct text *t, int64_t *v)
{
	static const char *const names[] = { "january", "february", "march", "april", "may", "june", "july",
		"august", "september", "october", "november", "december" };
	size_t n, i;
	char three[4] = "";

	for (i = 0; i < 12; i++) {
		memcpy(three, names[i], 3);
		if (!same_word(t, three))
			continue;
		n = same_word(t, names[i]) ? strlen(names[i]) : 3;
		t->p += n;
		t->n -= n;
		*v = (int64_t)i + 1;
		return true;
	}
	return false;
}

static bool
half(struct text *t, struct fields *f)
{
	f->am = same_word(t, "am");
	f->pm = same_word(t, "pm");
	if (!f->am && !f->pm)
		return false;
	t->p += 2;
	t->n -= 2;
	return true;
}

/* "+01:00", "+0100", "+01", "Z", "UTC", "GMT": seconds east. */
static bool
offset(struct text *t, int64_t *v)
{
	bool west = t->n > 0 && *t->p == '-';
	int64_t h, m = 0;
	size_t got;

	*v = 0;
	if (take_char(t, 'Z') || take_char(t, 'z'))
		return true;
	if (same_word(t, "utc") || same_word(t, "gmt")) {
		t->p += 3;
		t->n -= 3;
		return true;
	}
	if ((!take_char(t, '+') && !take_char(t, '-')) || !digits(t, 2, &h, &got) || got != 2)
		return false;
	if (take_char(t, ':') || (t->n > 0 && *t->p >= '0' && *t->p <= '9'))
		if (!digits(t, 2, &m, &got) || got != 2)
			return false;
	*v = (h * 3600 + m * 60) * (west ? -1 : 1);
	return h < 15 && m < 60;
}

static bool
fraction(struct text *t, int64_t *v)
{
	size_t got;

	if (!digits(t, 9, v, &got))
		return false;
	for (; got < 9; got++)
		*v *= 10;
	return true;
}

static bool
take(struct text *t, enum part part, char c, struct fields *f)
{
	int64_t *v = &f->v[part == MONTH_NAME ? MONTH : part == YEAR2 ? YEAR : part];
	size_t got;

	switch (part) {
	case WORD:
		return take_char(t, c);
	case BLANK:
		while (t->n > 0 && (*t->p == ' ' || *t->p == '\t'))
			t->p++, t->n--;
		return true;
	case YEAR:
		return digits(t, 4, v, &got) && got == 4;
	case YEAR2:
		if (!digits(t, 2, v, &got) || got != 2)
			return false;
		*v += *v < 70 ? 2000 : 1900;
		return true;
	case MONTH_NAME:
		return month_name(t, v);
	case HALF:
		return half(t, f);
	case OFFSET:
		return offset(t, v);
	case FRACTION:
		return fraction(t, v);
	case EPOCH:
		return digits(t, 10, v, &got) && *v > 0;
	default:
		return digits(t, 2, v, &got);
	}
}

static bool
clock_of(struct fields *f)
{
	if (f->am || f->pm) {
		int64_t *h = f->v[HOUR12] != 0 ? &f->v[HOUR12] : &f->v[HOUR];

		if (*h < 1 || *h > 12)
			return false;
		f->v[HOUR] = *h % 12 + (f->pm ? 12 : 0);
	}
	if (f->v[SECOND] == 60)			/* a leap second */
		f->v[SECOND] = 59;
	return f->v[HOUR] < 24 && f->v[MINUTE] < 60 && f->v[SECOND] < 60;
}

bool
time_pattern(const char *pattern, const char *p, size_t n, int64_t *ns, bool *zoned)
{
	bool percents_used = strchr(pattern, '%') != NULL;
	struct fields f = { { 0 }, false, false };
	struct text t = { p, n };
	char all[256], day[48], c;
	const char *at = all;
	enum part part;
	int len;

	*zoned = false;
	if (!expand(pattern, all))
		return false;
	while ((part = next(&at, percents_used, &c)) != END) {
		if (part == UNKNOWN || !take(&t, part, c, &f))
			return false;
		*zoned = *zoned || part == OFFSET || part == EPOCH;
	}
	if (t.n > 0 || !clock_of(&f))
		return false;
	if (f.v[EPOCH] > 0) {
		*ns = f.v[EPOCH] * NS;
		return true;
	}
	len = snprintf(day, sizeof day, "%04d-%02d-%02d", (int)f.v[YEAR], (int)f.v[MONTH], (int)f.v[DAYS]);
	if (len != 10 || !time_parse(day, 10, ns))
		return false;
	*ns += (f.v[HOUR] * 3600 + f.v[MINUTE] * 60 + f.v[SECOND] - f.v[OFFSET]) * NS + f.v[FRACTION];
	return true;
}
