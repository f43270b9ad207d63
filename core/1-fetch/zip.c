/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See zip.h.  Only the central directory counts: a zip that was cut off has
 * none and is refused whole, and what lies between the members is not read.
 * Two members of one name are refused too, because only one of them could
 * ever be asked for.
 */
#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "buf.h"
#include "map.h"
#include "mem.h"
#include "utf8.h"
#include "zip.h"

#define BLOCK (64u << 10)
#define LONGEST 1000		/* bytes of a name */

struct zip {
	struct archive	*a;
	char		*shown;
	struct buf	 name;
	int64_t		 start;		/* of the member, in bytes read */
	bool		 locked;	/* the member is encrypted */
	locale_t	 utf8;		/* libarchive converts names to a locale; 0: there is none */
};

static int
wrong(struct zip *z, struct err *e)
{
	const char *why = archive_error_string(z->a);

	err_set(e, "%s: %s", z->shown, why ? why : "not a valid zip");
	return -1;
}

struct zip *
zip_open(const char *path, const char *shown, struct err *e)
{
	struct zip *z = xcalloc(1, sizeof *z);

	z->shown = xstrdup(shown);
	buf_init(&z->name);
	z->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if ((z->a = archive_read_new()) == NULL ||
	    archive_read_support_format_zip_seekable(z->a) != ARCHIVE_OK)
		err_set(e, "%s: libarchive cannot be used", shown);
	else if (archive_read_open_filename(z->a, path, BLOCK) == ARCHIVE_OK)
		return z;
	else
		err_set(e, "%s: is cut off, empty or not a zip: %s", shown, archive_error_string(z->a));
	zip_close(z);
	return NULL;
}

void
zip_close(struct zip *z)
{
	if (z == NULL)
		return;
	archive_read_free(z->a);
	if (z->utf8)
		freelocale(z->utf8);
	buf_free(&z->name);
	free(z->shown);
	free(z);
}

static const char *
name_of(struct zip *z, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname_utf8(entry);

	if (name == NULL)		/* not UTF-8, and does not say so: its bytes */
		name = archive_entry_pathname(entry);
	buf_reset(&z->name);
	if (name != NULL)
		utf8_safe(&z->name, name, strnlen(name, LONGEST));
	return z->name.n > 0 ? z->name.p : "(no name)";
}

/* The next regular file: 1, 0 at the end, -1 at an error. */
static int
next_file(struct zip *z, const char **name, struct err *e)
{
	struct archive_entry *entry;
	int rc;

	while ((rc = archive_read_next_header(z->a, &entry)) == ARCHIVE_OK || rc == ARCHIVE_WARN)
		if (archive_entry_filetype(entry) == AE_IFREG) {
			*name = name_of(z, entry);
			z->locked = archive_entry_is_data_encrypted(entry) != 0;
			return 1;
		}
	return rc == ARCHIVE_EOF ? 0 : wrong(z, e);
}

static int
next(struct zip *z, const char **name, struct err *e)
{
	locale_t was = z->utf8 ? uselocale(z->utf8) : (locale_t)0;
	int rc = next_file(z, name, e);

	if (was)
		uselocale(was);
	return rc;
}

/* All names, checked; NULL-ended. */
static const char **
names(struct zip *z, struct arena *a, struct err *e)
{
	const char **list = arena_alloc(a, (ZIP_MOST + 1) * sizeof *list), *name;
	struct map *seen = map_new();
	uint32_t n = 0;
	bool good = true;
	int rc = 0;

	while (good && (rc = next(z, &name, e)) > 0) {
		if (n == ZIP_MOST)
			good = err_set(e, "%s: holds more than %d files", z->shown, ZIP_MOST);
		else if (!map_set(seen, name, strlen(name), 1))
			good = err_set(e, "%s: holds two files named \"%s\"", z->shown, name);
		else
			list[n++] = arena_strdup(a, name);
	}
	map_free(seen);
	return good && rc == 0 ? list : NULL;
}

bool
zip_members(struct zip *z, bool (*each)(void *arg, const char *name), void *arg, struct err *e)
{
	struct arena *a = arena_new();
	const char **list = names(z, a, e), **p;

	for (p = list; p != NULL && *p != NULL && each(arg, *p); p++)
		;
	arena_free(a);
	return list != NULL;
}

bool
zip_seek(struct zip *z, const char *member, struct err *e)
{
	const char *name;
	int rc;

	while ((rc = next(z, &name, e)) > 0)
		if (strcmp(name, member) == 0) {
			z->start = archive_filter_bytes(z->a, -1);
			return !z->locked || err_set(e, "%s: \"%s\" is encrypted", z->shown, member);
		}
	return rc < 0 ? false : err_set(e, "%s: holds no member \"%s\"", z->shown, member);
}

int64_t
zip_data(struct zip *z, void *buf, size_t n, int64_t *packed, struct err *e)
{
	la_ssize_t got = archive_read_data(z->a, buf, n);

	if (got < 0)
		return wrong(z, e);
	*packed = archive_filter_bytes(z->a, -1) - z->start;
	return got;
}
