/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin plugin new: a folder with a plugin that works, made of the skeleton
 * of its kind.  In names of files and in their text NAME, @NAME@ and @VAR@
 * (the name as make wants it) are replaced; nothing else is clever here.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "buf.h"
#include "cmd/plugin_kit.h"
#include "mem.h"
#include "near.h"
#include "paths.h"

static const char *const kinds[] = { "source", "stage", "notifier" };
enum { KINDS = sizeof kinds / sizeof *kinds };

static bool copy_all(const char *from, const char *to, const char *name, struct err *e);

static void
put_text(struct buf *out, const char *text, const char *name)
{
	const char *at;

	for (; (at = strchr(text, '@')) != NULL; text = at) {
		buf_add(out, text, (size_t)(at - text));
		if (strncmp(at, "@NAME@", 6) == 0) {
			buf_str(out, name);
			at += 6;
		} else if (strncmp(at, "@VAR@", 5) == 0) {
			const char *p;

			for (p = name; *p != '\0'; p++)
				buf_char(out, *p == '-' ? '_' : *p);
			at += 5;
		} else
			buf_char(out, *at++);
	}
	buf_str(out, text);
}

static bool
copy_file(const char *from, const char *to, const char *name, struct err *e)
{
	struct buf text, out;
	char part[4096];
	FILE *f = fopen(from, "re");
	size_t n;
	bool fine;

	if (f == NULL)
		return err_set(e, "%s: cannot be read: %m", from);
	buf_init(&text);
	buf_init(&out);
	buf_need(&text, 1);
	text.p[0] = '\0';
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		buf_add(&text, part, n);
	fclose(f);
	put_text(&out, text.p, name);
	f = fopen(to, "wxe");
	fine = f != NULL && fwrite(out.p, 1, out.n, f) == out.n;
	if (f != NULL)
		fine &= fclose(f) == 0;
	buf_free(&text);
	buf_free(&out);
	return fine || err_set(e, "%s: cannot be written: %m", to);
}

static char *
target(const char *to, const char *leaf, const char *name)
{
	const char *at = strstr(leaf, "NAME");

	return at == NULL ? xasprintf("%s/%s", to, leaf) :
	    xasprintf("%s/%.*s%s%s", to, (int)(at - leaf), leaf, name, at + 4);
}

static bool
copy_one(const char *from, const char *to, const char *leaf, const char *name, struct err *e)
{
	char *path = xasprintf("%s/%s", from, leaf), *into = target(to, leaf, name);
	struct stat st;
	bool fine;

	if (stat(path, &st) < 0)
		fine = err_set(e, "%s: cannot be read: %m", path);
	else if (!S_ISDIR(st.st_mode))
		fine = copy_file(path, into, name, e);
	else if (mkdir(into, 0777) < 0)
		fine = err_set(e, "%s: cannot be made: %m", into);
	else
		fine = copy_all(path, into, name, e);
	free(path);
	free(into);
	return fine;
}

static bool
copy_all(const char *from, const char *to, const char *name, struct err *e)
{
	DIR *d = opendir(from);
	struct dirent *entry;
	bool fine = true;

	if (d == NULL)
		return err_set(e, "%s: cannot be read: %m", from);
	while (fine && (entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.')
			fine = copy_one(from, to, entry->d_name, name, e);
	closedir(d);
	return fine;
}

static const char *
name_wrong(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n > 40 || name[0] == '-')
		return "1 to 40 characters, the first no -";
	return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == n ? NULL :
	    "small letters, digits and - only";
}

static bool
make(const char *name, const char *kind, struct err *e)
{
	char *common = xasprintf("%s/common", path_skeleton()), *own = xasprintf("%s/%s", path_skeleton(),
	    kind);
	bool fine = true;

	if (mkdir(name, 0777) < 0)
		fine = err_set(e, "%s: %s", name, errno == EEXIST ?
		    "is there already; take another name, or move it away" : strerror(errno));
	fine = fine && copy_all(common, name, name, e) && copy_all(own, name, name, e);
	free(common);
	free(own);
	return fine;
}

int
plugin_new(const struct cmd_args *a)
{
	const char *kind = cmd_has(a, "kind") ? cmd_value(a, "kind") : "source", *near;
	struct err e = ERR_INIT;
	size_t i = 0;

	if (a->narg != 2)
		return cmd_fail(a, CMD_USAGE, "expected the NAME of the plugin to make");
	if (name_wrong(a->arg[1]) != NULL)
		return cmd_fail(a, CMD_USAGE, "\"%s\" is no name for a plugin: expected %s", a->arg[1],
		    name_wrong(a->arg[1]));
	while (i < KINDS && strcmp(kinds[i], kind) != 0)
		i++;
	if (i == KINDS) {
		near = near_name(kind, kinds, KINDS);
		return cmd_fail(a, CMD_USAGE, "--kind %s: expected source, stage or notifier%s%s%s", kind,
		    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
	}
	if (!make(a->arg[1], kind, &e))
		return cmd_fail(a, CMD_FAILED, "%s", e.text);
	printf("%s/ has a %s that works: cd %s && make && make check\n", a->arg[1], kind, a->arg[1]);
	return CMD_OK;
}
