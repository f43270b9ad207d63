/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What commands that look at the ledger begin with: the configuration, the
 * ledger, an arena, and one consistent view of it all.
 */
#ifndef CMD_VIEW_H
#define CMD_VIEW_H

#include "arena.h"
#include "cmd/cmd.h"
#include "cmd/filter.h"
#include "config.h"
#include "ledger/ledger_read.h"

struct view {
	const struct cmd_args	*args;
	struct config		*cfg;
	struct ledger		*l;
	struct arena		*arena;
	struct filter		 filter;
	bool			 viewing;
};

/* CMD_OK, or what to end with: what is wrong was said.  The options of filter.h are read too.  A handle of
 * mode LEDGER_READ holds one view until view_close. */
int view_open(struct view *v, const struct cmd_args *a, enum ledger_mode mode);
void view_close(struct view *v);
/* The word of --state in names, ANY when not given; false: it was said that there is none such. */
bool view_state(const struct view *v, const char *const *names, int *state);
/* Ends a command: the error, when there is one, is said. Closes the view. */
int view_done(struct view *v, bool good, const struct err *e);

#endif
