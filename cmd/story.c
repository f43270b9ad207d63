/* SPDX-License-Identifier: Apache-2.0 */
/* See story.h. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "cmd/story.h"
#include "timefmt.h"
#include "utf8.h"

void
story_begin(struct story *s, FILE *out, bool json)
{
	*s = (struct story){ .out = out, .json = json };
}

void
story_end(struct story *s)
{
	buf_free(&s->values);
	buf_free(&s->line);
	buf_free(&s->safe);
}

static bool
key_begin(struct story *s, const char *key)
{
	if (!s->json)
		return false;
	buf_char(&s->values, ',');
	buf_json_str(&s->values, key);
	buf_char(&s->values, ':');
	return true;
}

void
story_text(struct story *s, const char *key, const char *value)
{
	if (key_begin(s, key))
		buf_json_str(&s->values, value && *value ? value : NULL);
}

void
story_number(struct story *s, const char *key, int64_t n)
{
	if (key_begin(s, key))
		buf_printf(&s->values, "%lld", (long long)n);
}

void
story_time(struct story *s, const char *key, int64_t seconds)
{
	char t[TIME_TEXT];

	if (seconds != TIME_NONE)
		time_iso(seconds * NS, t);
	story_text(s, key, seconds != TIME_NONE ? t : NULL);
}

void
story_yes(struct story *s, const char *key, bool yes)
{
	if (key_begin(s, key))
		buf_str(&s->values, yes ? "true" : "false");
}

__attribute__((format(printf, 2, 0))) static void
sentence(struct story *s, const char *fmt, va_list ap)
{
	char *text = NULL;
	int n = vasprintf(&text, fmt, ap);

	buf_reset(&s->line);
	if (n > 0)
		buf_add(&s->line, text, (size_t)n);
	free(text);
}

static void
tell_people(struct story *s, unsigned depth)
{
	buf_reset(&s->safe);
	if (s->line.n > 0)
		utf8_safe(&s->safe, s->line.p, s->line.n);
	fprintf(s->out, "%*s%s\n", s->safe.n > 0 ? (int)depth * 2 : 0, "", s->safe.n > 0 ? s->safe.p : "");
}

/* The line, and with --json the values before it. */
static void
step(struct story *s, unsigned depth, const char *what)
{
	s->lines++;
	if (!s->json) {
		tell_people(s, depth);
		return;
	}
	buf_reset(&s->safe);
	buf_str(&s->safe, "{\"what\":");
	buf_json_str(&s->safe, what);
	if (s->values.n > 0)
		buf_add(&s->safe, s->values.p, s->values.n);
	buf_str(&s->safe, ",\"text\":");
	buf_json(&s->safe, s->line.n > 0 ? s->line.p : "", s->line.n);
	fprintf(s->out, "%s}\n", s->safe.p);
	buf_reset(&s->values);
}

void
story_tell(struct story *s, unsigned depth, const char *what, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sentence(s, fmt, ap);
	va_end(ap);
	step(s, depth, what);
}

void
story_show(struct story *s, unsigned depth, const char *what, const char *p, size_t n, size_t most)
{
	size_t shown = n < most ? n : most;

	if (key_begin(s, "bytes"))
		buf_json(&s->values, p, n);
	while (shown > 0 && (p[shown - 1] == '\n' || p[shown - 1] == '\r'))
		shown--;
	buf_reset(&s->line);
	buf_add(&s->line, p, shown);
	if (n > most)
		buf_str(&s->line, " ...");
	step(s, depth, what);
}

void
story_head(struct story *s, unsigned depth, const char *fmt, ...)
{
	va_list ap;

	if (s->json)
		return;
	if (*fmt == '\n')			/* our own blank line, not a control character of a feed */
		fputc(*fmt++, s->out);
	va_start(ap, fmt);
	sentence(s, fmt, ap);
	va_end(ap);
	tell_people(s, depth);
}

const char *
story_when(int64_t seconds, char out[STORY_TIME])
{
	char t[TIME_TEXT];

	if (seconds == TIME_NONE) {
		out[0] = '\0';
		return out;
	}
	time_iso(seconds * NS, t);
	snprintf(out, STORY_TIME, "%.10s %.5sZ", t, t + 11);
	return out;
}
