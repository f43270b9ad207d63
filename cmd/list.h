/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list for people or for programs, from one const table of columns: a table
 * aligned to the terminal, or with --json one JSON object a line, keys in the
 * order of the columns.  A row's cells are given by name, in any order; one
 * that was not given is null, and "-" in the table.  Text is made safe for a
 * terminal here (control characters, ANSI, bidirectional controls become
 * visible), so callers hand over what the feed said.  JSON keeps it as it is.
 */
#ifndef CMD_LIST_H
#define CMD_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum list_type { LIST_TEXT, LIST_NUMBER, LIST_TIME, LIST_DAY, LIST_BOOL, LIST_TEXTS, LIST_NUMBERS,
	LIST_TENTHS };
enum { LIST_NO_JSON = 1, LIST_CUT = 2 };	/* only for people; may be cut to fit the terminal */

struct list_col {
	const char	*name;		/* the JSON key */
	const char	*title;		/* heading of the table; NULL: only in JSON */
	enum list_type	 type;
	unsigned	 flags;
};

struct list;
/* cols is ended by a NULL name.  width: columns of the terminal; 0: as wide as it comes, nothing is cut. */
struct list *list_new(const struct list_col *cols, bool json, FILE *out, unsigned width);
unsigned list_width(void);			/* of stdout: the terminal's, or 0 where it is none */
/* The type must be the column's.  NULL and TIME_NONE are null.  Everything is copied. */
void list_text(struct list *l, const char *name, const char *s);
void list_some(struct list *l, const char *name, const char *s);	/* the same, "" is null too */
void list_number(struct list *l, const char *name, int64_t n);
void list_tenths(struct list *l, const char *name, int64_t tenths);	/* 425: 42.5; below 0: null */
void list_time(struct list *l, const char *name, int64_t s);		/* s since 1970 */
void list_day(struct list *l, const char *name, int64_t day);		/* days since 1970 */
void list_bool(struct list *l, const char *name, bool yes);
void list_texts(struct list *l, const char *name, const char *const *s, size_t n);
void list_numbers(struct list *l, const char *name, const uint32_t *v, size_t n);
/* Before the first row: as CSV (RFC 4180) with the columns that JSON has. */
void list_csv(struct list *l);
void list_row(struct list *l);			/* ends the row */
size_t list_rows(const struct list *l);
/* Writes what is not yet written, and frees.  none: said to people when there was no row, unless NULL. */
void list_end(struct list *l, const char *none);

#endif
