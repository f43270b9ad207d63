/* SPDX-License-Identifier: Apache-2.0 */
/* For people who write plugins: tocsin plugin new, and check, which hands over to tocsin-plugin-check. */
#ifndef TOCSIN_CMD_PLUGIN_KIT_H
#define TOCSIN_CMD_PLUGIN_KIT_H

#include "cmd/cmd.h"
#include "err.h"

int plugin_new(const struct cmd_args *a);
int plugin_check(const struct cmd_args *a);

#endif
