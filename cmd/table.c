/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands and the headings of the help, both made from the rows of commands.def. */
#include <stddef.h>
#include "cmd/args.h"
#include "cmd/cmd.h"

#define HEADING(text)
#define COMMAND(x) extern const struct cmd cmd_##x;
#include "cmd/commands.def"
#undef COMMAND
#define COMMAND(x) &cmd_##x,
const struct cmd *const cmd_table[] = {
#include "cmd/commands.def"
	NULL
};
#undef HEADING
#undef COMMAND

#define HEADING(text) { text, NULL },
#define COMMAND(x) { NULL, &cmd_##x },
const struct cmd_line cmd_lines[] = {
#include "cmd/commands.def"
	{ NULL, NULL }
};
