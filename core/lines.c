/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See lines.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lines.h"

static bool
give(const struct lines_sink *to, char *text, size_t n, unsigned line, struct err *e)
{
	if (n > 0 && text[n - 1] == '\n')
		n--;
	if (n > 0 && text[n - 1] == '\r')
		n--;
	text[n] = '\0';
	if (line == 1 && strncmp(text, "\xef\xbb\xbf", 3) == 0)
		return to->line(to->arg, text + 3, n - 3, line, e);
	return to->line(to->arg, text, n, line, e);
}

bool
lines_read(const char *file, const struct lines_sink *to, unsigned *last, struct err *e)
{
	FILE *f = fopen(file, "re");
	char *text = NULL;
	size_t cap = 0;
	ssize_t n;
	bool good = true;

	*last = 0;
	if (f == NULL)
		return err_at(e, file, 0, "cannot be opened: %s", strerror(errno));
	while (good && (n = getline(&text, &cap, f)) >= 0)
		good = give(to, text, (size_t)n, ++*last, e);
	if (good && ferror(f))
		good = err_at(e, file, 0, "cannot be read: %s", strerror(errno));
	free(text);
	fclose(f);
	return good;
}
