/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of tocsin org: each is one subcommand, with its operands behind it. */
#ifndef CMD_ORG_H
#define CMD_ORG_H

#include "cmd/view.h"

int org_import(const struct cmd_args *a);
int org_export(const struct cmd_args *a);
int org_check(const struct cmd_args *a);
int org_list(const struct cmd_args *a);
int org_merge(const struct cmd_args *a);
int org_split(const struct cmd_args *a);
int org_show(const struct cmd_args *a);

/* The view and the newest registry in it; CMD_OK, or what was said. */
int org_open(struct view *v, const struct cmd_args *a, struct registry **reg);

#endif
