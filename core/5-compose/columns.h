/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may leave of a finding besides what a warning always says: an
 * allow-list by feed and report.  columns.csv, UTF-8, one rule a line:
 *
 *	feed,report,column,defang,comment
 *
 * The first three are globs with alternatives "a|b"; feed (a source's name)
 * and report may be empty: all.  Columns have their IDF names: malware.name,
 * extra.version.  defang yes: it belongs to an attacker, so that it is shown
 * where nobody can click on it.  Cells hold neither quotes nor, but for the
 * comment, commas.  The first line that fits counts; what fits none does not
 * leave, in any part of any warning.
 */
#ifndef CORE_COMPOSE_COLUMNS_H
#define CORE_COMPOSE_COLUMNS_H

#include <stdbool.h>
#include "err.h"

struct columns;
struct columns *columns_load(const char *file, struct err *e);		/* NULL: err names file and line */
void columns_free(struct columns *c);					/* NULL is fine */
bool columns_may(const struct columns *c, const char *feed, const char *report, const char *column,
    bool *defang);

#endif
