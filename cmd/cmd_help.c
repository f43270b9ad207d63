/* SPDX-License-Identifier: Apache-2.0 */
/* tocsin help [COMMAND]: the table of commands in words, or as the manual page. */
#include "cmd/args.h"

static int
run(const struct cmd_args *a)
{
	const struct cmd *c;
	const char *near;

	if (cmd_has(a, "man")) {
		help_man();
		return CMD_OK;
	}
	if (a->narg == 0) {
		help_all();
		return CMD_OK;
	}
	if ((c = cmd_named(a->arg[0])) == NULL) {
		near = cmd_near(a->arg[0]);
		if (near)
			return cmd_fail(a, CMD_USAGE, "there is no command \"%s\"; did you mean \"%s\"?",
			    a->arg[0], near);
		return cmd_fail(a, CMD_USAGE, "there is no command \"%s\"", a->arg[0]);
	}
	help_one(c);
	return CMD_OK;
}

static const struct cmd_opt options[] = {
	{ "man", NULL, "the manual page tocsin(1), as roff", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.least = 0,
	.most = 1,
	.opt = options,
	.run = run,
	.summary = "say what the commands do",
	.help = "Without COMMAND, all commands in one line each; with it, how that one is called\n"
	    "and what it does.\n",
};
