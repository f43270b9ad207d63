/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plugins of commands that need no configuration (plugin, decode): the configuration says their folder
 * when there is one, and it must be right when it was named.
 */
#include <unistd.h>
#include "cmd/plugins.h"
#include "config.h"
#include "paths.h"
#include "plugin_host.h"

struct plugins *
cmd_plugins(const struct cmd_args *a, struct unpack_limits *limits, struct err *e)
{
	struct err wrong = ERR_INIT;
	struct config *c = NULL;
	struct plugins *ps;

	if (a->config_given || access(a->config, R_OK) == 0)
		c = config_load(a->config, a->config_given ? e : &wrong);
	if (c == NULL && a->config_given)
		return NULL;
	*limits = (struct unpack_limits){ .size = INT64_C(8) << 30, .ratio = 200 };
	if (c != NULL)
		*limits = (struct unpack_limits){ .size = c->limits.unpacked_size, .ratio = c->limits.ratio };
	ps = plugins_find(c != NULL ? c->plugins : path_plugins(), e);
	config_free(c);
	return ps;
}
