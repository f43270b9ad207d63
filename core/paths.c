/* SPDX-License-Identifier: Apache-2.0 */
/* See paths.h.  Found once, at the first call; the process is then still single-threaded. */
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "mem.h"
#include "paths.h"

static struct {
	bool		 known;
	const char	*worker, *plugins, *data, *config, *check, *skeleton;
} paths;

/* The source tree's folder when exe lies at the top of a build tree, else NULL. */
static char *
tree_of(const char *dir)
{
	char *file = xasprintf("%s/tocsin-tree", dir), line[PATH_MAX];
	FILE *f = fopen(file, "re");
	char *top = NULL;

	if (f && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		top = xstrdup(line);
	}
	if (f)
		fclose(f);
	free(file);
	return top;
}

static void
paths_find(void)
{
	char exe[PATH_MAX] = "";
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	char *dir, *top;

	if (paths.known)
		return;
	paths.known = true;
	exe[n > 0 ? n : 0] = '\0';
	dir = dirname(exe);
	/* Test programs lie in tests/unit of a build tree, the program itself at its top. */
	top = tree_of(dir);
	if (top == NULL && (dir = dirname(dirname(dir))))
		top = tree_of(dir);
	if (top) {
		paths.worker = xasprintf("%s/tocsin-worker", dir);
		paths.plugins = xasprintf("%s/plugins", dir);
		paths.data = xasprintf("%s/etc", top);
		paths.config = xasprintf("%s/etc/sample/tocsin.conf", top);
		paths.check = xasprintf("%s/tocsin-plugin-check", dir);
		paths.skeleton = xasprintf("%s/kit/skeleton", top);
		free(top);
		return;
	}
	paths.worker = PKGLIBEXECDIR "/tocsin-worker";
	paths.plugins = PLUGINDIR;
	paths.data = PKGDATADIR;
	paths.config = SYSCONFDIR "/tocsin.conf";
	paths.check = PKGLIBEXECDIR "/tocsin-plugin-check";
	paths.skeleton = PKGDATADIR "/skeleton";
}

const char *
path_worker(void)
{
	paths_find();
	return paths.worker;
}

const char *
path_plugins(void)
{
	paths_find();
	return paths.plugins;
}

const char *
path_data(void)
{
	paths_find();
	return paths.data;
}

const char *
path_config(void)
{
	paths_find();
	return paths.config;
}

const char *
path_check(void)
{
	paths_find();
	return paths.check;
}

const char *
path_skeleton(void)
{
	paths_find();
	return paths.skeleton;
}

char *
path_beside(const char *base, const char *name)
{
	const char *slash = strrchr(base, '/');

	if (name[0] == '/' || slash == NULL)
		return xstrdup(name);
	return xasprintf("%.*s/%s", (int)(slash - base), base, name);
}
