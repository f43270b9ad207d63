/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing what a source said (feed.h).  Columns may be said at other
 * places, and neighbouring skips be one, when the bytes come in other pieces;
 * the values of a row are compared by name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "buf.h"
#include "kit/check/check.h"

#define CELLS 4096

static size_t
line_of(const char *text)
{
	size_t n = strcspn(text, "\n");

	return n + (text[n] == '\n');
}

bool
text_broken(const char *text, char *line, size_t size)
{
	const char *p;

	for (p = text; *p != '\0'; p += line_of(p))
		if (strncmp(p, "BAD ", 4) == 0 || strncmp(p, "plugin broken", 13) == 0) {
			snprintf(line, size, "%.*s", (int)strcspn(p, "\n"), p);
			return true;
		}
	return false;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
wanted(const char *cell, const char *want)
{
	char key[300];

	if (want == NULL)
		return true;
	snprintf(key, sizeof key, "|%.*s|", (int)strcspn(cell, "="), cell);
	return strstr(want, key) != NULL;
}

/* "row 0+9 line 1 | b=2 | a=1": the values sorted, those not wanted left out. */
static void
put_row(struct buf *out, char *line, const char *want)
{
	static char *cell[CELLS];
	size_t n = 0, i;
	char *p, *next = strstr(line, " | ");

	if (next != NULL) {
		*next = '\0';
		next += 3;
	}
	buf_str(out, line);
	while ((p = next) != NULL && n < CELLS) {
		if ((next = strstr(p, " | ")) != NULL) {
			*next = '\0';
			next += 3;
		}
		if (wanted(p, want))
			cell[n++] = p;
	}
	qsort(cell, n, sizeof *cell, by_text);
	for (i = 0; i < n; i++)
		buf_printf(out, " | %s", cell[i]);
	buf_char(out, '\n');
}

static bool
starts(const char *p, const char *with)
{
	return strncmp(p, with, strlen(with)) == 0;
}

/* Where records are not alone (a document), what is behind a mistake may be told otherwise. */
char *
text_records(const char *text, uint32_t flags, const char *want)
{
	struct buf out;
	size_t n;

	buf_init(&out);
	buf_need(&out, 1);
	out.p[0] = '\0';
	for (; *text != '\0'; text += n) {
		n = line_of(text);
		if (starts(text, "row ") || starts(text, "again ")) {
			char *line = strndup(text, strcspn(text, "\n"));

			if (line == NULL)
				abort();
			put_row(&out, line, want);
			free(line);
		} else if ((flags & TCS_S_ALONE) && !starts(text, "columns ") && !starts(text, "skip ") &&
		    !starts(text, "log "))
			buf_add(&out, text, n);
	}
	return buf_take(&out);
}

void
text_first(const char *a, const char *b, char *out, size_t size)
{
	while (*a != '\0' && *b != '\0') {
		size_t n = line_of(a), m = line_of(b);

		if (n != m || memcmp(a, b, n) != 0)
			break;
		a += n;
		b += m;
	}
	snprintf(out, size, "\"%.*s\" instead of \"%.*s\"", (int)(strcspn(b, "\n") < 120 ? strcspn(b,
	    "\n") : 120),
	    b, (int)(strcspn(a, "\n") < 120 ? strcspn(a, "\n") : 120), a);
}

/* samples/day.log has samples/day.rows; of more than one dot any part may be left off. */
bool
text_golden(const struct sample *s, char *path, size_t size)
{
	const char *dot;
	char *cut, *base;
	bool there = false;

	snprintf(path, size, "%s", s->path);
	base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	while (!there && (cut = strrchr(base, '.')) != NULL && cut != base) {
		*cut = '\0';
		snprintf(cut, size - (size_t)(cut - path), ".rows");
		there = access(path, F_OK) == 0;
		if (!there)
			*cut = '\0';
	}
	if (!there) {
		dot = strrchr(s->name, '.');
		snprintf(path, size, "%.*s.rows", (int)(strlen(s->path) - (dot && dot != s->name ?
		    strlen(dot) : 0)), s->path);
	}
	return there;
}
