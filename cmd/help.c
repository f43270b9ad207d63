/* SPDX-License-Identifier: Apache-2.0 */
/* `tocsin help`: all of it is made from the table of commands. */
#include <stdio.h>
#include <string.h>
#include "cmd/args.h"

static void
options(const struct cmd_opt *o)
{
	char left[64];

	for (; o && o->name; o++) {
		snprintf(left, sizeof left, "--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
		if (strlen(left) > 24)
			printf("  %s\n  %-24s  ", left, "");
		else
			printf("  %-24s  ", left);
		printf("%s%s\n", o->help, o->many ? " (may be given again)" : "");
	}
}

void
help_all(void)
{
	const struct cmd_line *l;

	printf("Tocsin takes reports of vulnerable, exposed or compromised systems, finds out\n"
	    "which organisation each belongs to, and warns it.\n\n"
	    "Usage: tocsin [-c FILE] COMMAND [OPTION]... [WHAT]...\n");
	for (l = cmd_lines; l->heading || l->cmd; l++) {
		if (l->cmd)
			printf("  %-12s %s\n", l->cmd->name, l->cmd->summary);
		else if (l[1].cmd)
			printf("\n%s\n", l->heading);
	}
	printf("\nOptions that every command knows\n");
	options(cmd_common);
	printf("\nExit status: 0 fine, 1 something was refused or failed, 2 usage or configuration,\n"
	    "3 internal.  `tocsin help COMMAND` says more about one command.\n");
}

void
help_one(const struct cmd *c)
{
	printf("tocsin %s - %s\n\nUsage: tocsin [-c FILE] %s%s%s%s\n", c->name, c->summary, c->name,
	    c->opt && c->opt->name ? " [OPTION]..." : "", c->operands && c->operands[0] ? " " : "",
	    c->operands ? c->operands : "");
	if (c->help && c->help[0])
		printf("\n%s%s", c->help, c->help[strlen(c->help) - 1] == '\n' ? "" : "\n");
	if (c->opt && c->opt->name) {
		printf("\nOptions\n");
		options(c->opt);
	}
	printf("\nOptions that every command knows\n");
	options(cmd_common);
}
