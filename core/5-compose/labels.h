/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people of one language are shown a column as: labels.csv in the folder
 * of its templates, UTF-8, "column,label" a line below that header, column as
 * in columns.csv but without globs.  A column that is not in it is shown by
 * its name, with blanks for dots and underscores.
 */
#ifndef CORE_COMPOSE_LABELS_H
#define CORE_COMPOSE_LABELS_H

#include "arena.h"
#include "err.h"

struct labels;
struct labels *labels_load(const char *folder, struct err *e);	/* no such file: none; NULL: err says why */
void labels_free(struct labels *l);				/* NULL is fine */
/* "destination ip", "bestemming"; made in a where it is not in the table. l may be NULL. */
const char *labels_get(const struct labels *l, struct arena *a, const char *column);

#endif
