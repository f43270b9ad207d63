/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three tables of the registry as CSV: columns found by their names in
 * the header, in any order, and each line given by column.  What is wrong with
 * the table as a whole is an error; what is wrong with a line is that line's.
 */
#ifndef CORE_REGISTRY_CSV_H
#define CORE_REGISTRY_CSV_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "err.h"
#include <tocsin/slice.h>

struct csv_col {
	const char	*name;
	bool		 optional;
};
#define CSV_COLS_MAX 16

/* cell[i] belongs to column i, trimmed, UTF-8 without control characters; n 0 when empty, p NULL when the
 * table has no such column.  why: the line cannot be used; its cells are those that could be read. */
typedef void registry_csv_line(void *arg, uint32_t line, const struct tcs_slice *cell, const char *why);

/* Comma, semicolon or tab between cells, as the header has it; a BOM is passed over.  False: no line was
 * given; err names the column and the nearest that there is.  Cells point into p or a. */
bool registry_csv(const char *file, const char *p, size_t n, const struct csv_col *col, struct arena *a,
    registry_csv_line *each, void *arg, struct err *e);

#endif
