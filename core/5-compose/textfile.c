/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading folders of small text files.  Editors' leavings (".x.swp", "x~")
 * have other endings or begin with a dot and are passed over.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "5-compose/textfile.h"
#include "mem.h"
#include "utf8.h"

static unsigned
line_of(const char *p, const char *at)
{
	unsigned line = 1;

	for (; p < at; p++)
		line += *p == '\n';
	return line;
}

/* The line that is not UTF-8: halving would do, but nobody waits for this. */
static bool
textfile_utf8(const char *file, const char *p, size_t n, struct err *e)
{
	const char *end = p + n, *from = p, *nl;
	const char *nul = n ? memchr(p, '\0', n) : NULL;

	if (nul)
		return err_at(e, file, line_of(p, nul), "a NUL byte, expected text");
	if (utf8_valid(p, n))
		return true;
	for (; from < end; from = nl + 1) {
		nl = memchr(from, '\n', (size_t)(end - from));
		if (nl == NULL)
			nl = end;
		if (!utf8_valid(from, (size_t)(nl - from)))
			return err_at(e, file, line_of(p, from), "not UTF-8, expected UTF-8 text");
	}
	return err_at(e, file, 0, "not UTF-8, expected UTF-8 text");
}

bool
textfile_read(const char *file, struct buf *out, struct err *e)
{
	FILE *f = fopen(file, "re");
	size_t start = out->n, got;
	bool bad;

	if (f == NULL)
		return err_at(e, file, 0, "cannot be opened: %s", strerror(errno));
	do {
		buf_need(out, 16384);
		got = fread(out->p + out->n, 1, 16384, f);
		out->n += got;
	} while (got > 0 && out->n - start <= TEXTFILE_MOST);
	bad = ferror(f) != 0;
	fclose(f);
	out->p[out->n] = '\0';
	if (bad)
		return err_at(e, file, 0, "cannot be read");
	if (out->n - start > TEXTFILE_MOST)
		return err_at(e, file, 0, "larger than expected, at most %zu bytes", TEXTFILE_MOST);
	if (out->n - start >= 3 && memcmp(out->p + start, "\xef\xbb\xbf", 3) == 0) {
		memmove(out->p + start, out->p + start + 3, out->n - start - 2);
		out->n -= 3;
	}
	return textfile_utf8(file, out->p + start, out->n - start, e);
}

static bool
textfile_wanted(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);

	return name[0] != '.' && n > m && strcmp(name + n - m, ending) == 0;
}

bool
textfile_each(const char *dir, const char *ending,
    bool (*each)(void *arg, const char *file, const char *name, const char *text, size_t n, struct err *e),
    void *arg,
    struct err *e)
{
	struct dirent **list = NULL;
	int i, n = scandir(dir, &list, NULL, alphasort);
	unsigned seen = 0;
	bool fine = true;
	struct buf b;

	if (n < 0)
		return err_at(e, dir, 0, "cannot be opened: %s, expected a folder of *%s files",
		    strerror(errno), ending);
	buf_init(&b);
	for (i = 0; i < n; i++) {
		if (fine && textfile_wanted(list[i]->d_name, ending)) {
			char *file = xasprintf("%s/%s", dir, list[i]->d_name);

			list[i]->d_name[strlen(list[i]->d_name) - strlen(ending)] = '\0';
			buf_reset(&b);
			fine = textfile_read(file, &b, e) && each(arg, file, list[i]->d_name, b.p, b.n, e);
			free(file);
			seen++;
		}
		free(list[i]);
	}
	free(list);
	buf_free(&b);
	if (fine && seen == 0)
		return err_at(e, dir, 0, "no files, expected *%s", ending);
	return fine;
}
