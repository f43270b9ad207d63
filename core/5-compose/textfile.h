/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders of small text files that people write: templates and advice.  Every
 * file is read whole, must be UTF-8 without NUL and within a limit.
 */
#ifndef CORE_COMPOSE_TEXTFILE_H
#define CORE_COMPOSE_TEXTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include "buf.h"
#include "err.h"

#define TEXTFILE_MOST	((size_t)1 << 18)

/* Appends the file to out; a byte order mark is left out. */
bool textfile_read(const char *file, struct buf *out, struct err *e);
/* Calls each for every file of dir whose name has that ending, by name: file is dir/name, name is
 * without the ending, text ends with a NUL.  Stops at the first false.  A folder without any such file
 * is an error. */
bool textfile_each(const char *dir, const char *ending,
    bool (*each)(void *arg, const char *file, const char *name, const char *text, size_t n, struct err *e),
    void *arg,
    struct err *e);

#endif
