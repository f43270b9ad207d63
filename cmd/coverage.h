/* SPDX-License-Identifier: Apache-2.0 */
/* Source-days for commands: the coverage of the last days, opened beside a ledger that is read. */
#ifndef CMD_COVERAGE_H
#define CMD_COVERAGE_H

#include "4-decide/coverage.h"
#include "cmd/list.h"
#include "cmd/view.h"

#define COVERAGE_MORE 35	/* days before the first that is shown, to know what is usual */

/* plugins is opened too, and the caller's to free (NULL is fine). */
struct coverage *coverage_view(struct view *v, int64_t from, struct plugins **plugins, struct err *e);

/* tocsin inputs --coverage: a source-day a line. */
int coverage_show(const struct cmd_args *a);

/* tocsin status --monitor: one line, and the exit code that monitors understand. */
int monitor(const struct cmd_args *a);

#endif
