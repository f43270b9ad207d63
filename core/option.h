/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of plugins: how a declared type is written, and reading a value of
 * it.  options_check (plugin_host.h) is what most need.
 */
#ifndef CORE_OPTION_H
#define CORE_OPTION_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "err.h"
#include "plugin_host.h"

const char *option_type_name(uint32_t type);		/* "duration" */
const char *option_type_form(uint32_t type);		/* what is expected: "a time as 30s, 12h, 7d" */
/* The value of the i-th option's default. NULL: err. */
const struct tcs_val *option_default(struct arena *a, const struct plugin *p, uint32_t i, struct err *e);

#endif
