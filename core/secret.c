/* SPDX-License-Identifier: Apache-2.0 */
/* See secret.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "paths.h"
#include "secret.h"

const char *
secret_path(struct arena *a, const char *base, const char *name)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY"), *kept;
	char *path;

	if (folder != NULL && *folder != '\0' && *name != '\0' && strchr(name, '/') == NULL) {
		kept = arena_printf(a, "%s/%s", folder, name);
		if (access(kept, F_OK) == 0)
			return kept;
	}
	if (base == NULL || *name == '\0')
		return arena_strdup(a, name);
	path = path_beside(base, name);
	kept = arena_strdup(a, path);
	free(path);
	return kept;
}

bool
secret_read(struct arena *a, const char *base, const char *name, const char **out, struct err *e)
{
	const char *path = secret_path(a, base, name);
	char text[SECRET_MOST + 1];
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, sizeof text, f) : 0;
	bool fine = f && !ferror(f);
	int saved = errno;

	if (f)
		fclose(f);
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		n--;
	if (!fine)
		err_set(e, "expected a file that can be read: %.100s: %s", path, strerror(saved));
	else if (n == 0 || n > SECRET_MOST || memchr(text, '\0', n))
		fine = err_set(e, "expected a file with one line of text: %.100s is empty, too long or holds "
		    "a NUL", path);
	else
		*out = arena_strndup(a, text, n);
	explicit_bzero(text, sizeof text);
	return fine;
}
