/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of a small text file that a person keeps (policy.csv, problems.csv, columns.csv): one loop, so
 * that a byte order mark, a line's end and a file that cannot be read are the same everywhere.  What a line
 * means is the caller's; cells over several lines are not for such files (the registry's are read by
 * core/registry_csv.h).
 */
#ifndef TOCSIN_CORE_LINES_H
#define TOCSIN_CORE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include "err.h"

/* text: line number `line` from 1, without its end, NUL behind it; the sink may write into it. */
struct lines_sink {
	void	*arg;
	bool	(*line)(void *arg, char *text, size_t n, unsigned line, struct err *e);
};
/* Until the sink says false.  *last: the number of the last line, 0 when the file is empty. */
bool lines_read(const char *file, const struct lines_sink *to, unsigned *last, struct err *e);

#endif
