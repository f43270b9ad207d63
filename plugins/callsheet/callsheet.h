/* SPDX-License-Identifier: Apache-2.0 */
/* What callsheet.c and line.c share. */
#ifndef CALLSHEET_H
#define CALLSHEET_H

#include <stdbool.h>
#include <stdio.h>
#include <tocsin/plugin.h>

struct callsheet {
	struct tcs_ctx	*ctx;
	const struct tcs_notifier_host *host;
	const char	*path;
};

/* The day of the warning and its line of the CSV file, each ended by "\n". TCS_OK, or TCS_EINPUT: the JSON
 * part cannot be read. */
int call_line(FILE *out, const struct tcs_warning *w, const struct tcs_part *json);
/* The header of the CSV file. */
void call_head(FILE *out);

#endif
