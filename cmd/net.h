/* SPDX-License-Identifier: Apache-2.0 */
/* What tocsin net shows: net_show.c. */
#ifndef CMD_NET_H
#define CMD_NET_H

#include "cmd/view.h"

int net_list(const struct cmd_args *a, struct view *v);
int net_show(const struct cmd_args *a, struct view *v);

#endif
