/* SPDX-License-Identifier: Apache-2.0 */
/* tocsin plugin check: this process becomes tocsin-plugin-check, so that the plugin never runs in ours. */
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include "cmd/plugin_kit.h"
#include "mem.h"
#include "paths.h"

static bool
is_number(const char *s)
{
	return *s != '\0' && strlen(s) < 10 && strspn(s, "0123456789") == strlen(s);
}

int
plugin_check(const struct cmd_args *a)
{
	const char **argv = xcalloc((size_t)a->narg + 2 * (size_t)a->ngiven + 2, sizeof *argv);
	int n = 0, i;

	if (a->narg < 2)
		return cmd_fail(a, CMD_USAGE, "expected the plugin's FILE.so, and samples");
	argv[n++] = path_check();
	for (i = 0; i < a->ngiven; i++) {
		const struct cmd_given *g = &a->given[i];

		if ((strcmp(g->name, "fuzz") == 0 || strcmp(g->name, "seed") == 0) && !is_number(g->value))
			return cmd_fail(a, CMD_USAGE, "--%s %s: expected a whole number", g->name, g->value);
		if (strcmp(g->name, "accept") == 0)
			argv[n++] = "--accept";
		else if (strcmp(g->name, "fuzz") == 0 || strcmp(g->name, "seed") == 0 ||
		    strcmp(g->name, "set") == 0) {
			argv[n++] = xasprintf("--%s", g->name);
			argv[n++] = g->value;
		}
	}
	for (i = 1; i < a->narg; i++)
		argv[n++] = a->arg[i];
	execv(path_check(), (char *const *)(uintptr_t)argv);
	return cmd_fail(a, CMD_INTERNAL, "%s: cannot be started: %m", path_check());
}
