/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A subcommand is a row of a const table: its name, operands, options, help
 * and function.  From the table come the parser, `tocsin help` and the manual
 * page.  One file each: cmd/cmd_NAME.c.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <stdbool.h>

enum cmd_exit { CMD_OK = 0, CMD_FAILED = 1, CMD_USAGE = 2, CMD_INTERNAL = 3 };

struct cmd_opt {
	const char	*name;		/* "since", given as --since WHEN or --since=WHEN */
	const char	*arg;		/* "WHEN"; NULL: takes none */
	const char	*help;
	bool		 many;		/* may be given again and again */
};

struct cmd_args;
struct cmd {
	const char		*name;
	const char		*operands;	/* "PLUGIN FILE..." for the usage line */
	int			 least, most;	/* operands; most -1: any number */
	const struct cmd_opt	*opt;		/* ended by a NULL name */
	int			 (*run)(const struct cmd_args *a);
	const char		*summary;	/* one line */
	const char		*help;		/* the rest of the manual's section, plain text */
};

struct cmd_given {
	const char	*name, *value;		/* value "" for options without argument */
};

struct cmd_args {
	const struct cmd	*cmd;
	const char		*config;	/* -c FILE or the default */
	bool			 config_given;
	bool			 json;		/* --json, known to every command */
	const char *const	*arg;
	int			 narg;
	const struct cmd_given	*given;
	int			 ngiven;
};

const char *cmd_value(const struct cmd_args *a, const char *name);	/* the last given, or NULL */
bool cmd_has(const struct cmd_args *a, const char *name);
/* "tocsin COMMAND: " and the text to stderr, control characters made visible; returns status. */
int cmd_fail(const struct cmd_args *a, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

extern const struct cmd *const cmd_table[];	/* ended by NULL; in the order of the help */

#endif
