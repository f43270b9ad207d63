/* SPDX-License-Identifier: Apache-2.0 */
/* The plugins, and how far inputs are unpacked, with or without a configuration. */
#ifndef TOCSIN_CMD_PLUGINS_H
#define TOCSIN_CMD_PLUGINS_H

#include "1-fetch/unpack.h"
#include "cmd/cmd.h"
#include "err.h"

struct plugins;

struct plugins *cmd_plugins(const struct cmd_args *a, struct unpack_limits *limits, struct err *e);

#endif
