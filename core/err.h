/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong, as one line for a person: it names the file and line where
 * there is one, what is wrong, what was expected, and the nearest valid name.
 * The first error stands; later ones are counted.  On the stack, no cleanup.
 */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include <stdbool.h>

struct err {
	char		 text[480];
	unsigned	 n;		/* how many were set */
};

#define ERR_INIT { "", 0 }
/* Both return false, so that a function can end with return err_set(...). */
bool err_set(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "file:line: " in front; line 0: "file: ". */
bool err_at(struct err *e, const char *file, unsigned line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
