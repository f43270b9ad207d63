/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the frame only (tocsin.c, help.c, man.c): the words of the command line
 * against the table of commands.  Options may stand before and after the
 * command and between its operands; "--" ends them; "-" is an operand.
 */
#ifndef CMD_ARGS_H
#define CMD_ARGS_H

#include "arena.h"
#include "cmd/cmd.h"

/* The help's lines: a heading, or a command under it; the last has neither. */
struct cmd_line {
	const char		*heading;
	const struct cmd	*cmd;
};
extern const struct cmd_line cmd_lines[];

extern const struct cmd_opt cmd_common[];	/* known to every command; ended by a NULL name */
const struct cmd *cmd_named(const char *name);	/* NULL: there is none */
const char *cmd_near(const char *name);		/* the nearest command's name, or NULL */

enum args_want { ARGS_RUN, ARGS_HELP, ARGS_VERSION, ARGS_WRONG };
/* ARGS_WRONG: what is wrong was said on stderr. ARGS_HELP: out->cmd NULL is the help as a whole.
 * Memory from a. */
enum args_want args_parse(struct arena *a, int argc, char **argv, struct cmd_args *out);

void help_all(void);
void help_one(const struct cmd *c);
void help_man(void);				/* tocsin(1), roff */

#endif
