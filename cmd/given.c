/* SPDX-License-Identifier: Apache-2.0 */
/* What commands ask the frame: the options that were given, and how to say what is wrong. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "buf.h"
#include "cmd/cmd.h"
#include "utf8.h"

#define MOST 2000	/* bytes of what is said: an operand may be of any length */

__attribute__((format(printf, 2, 0))) static void
say(const char *name, const char *fmt, va_list ap)
{
	struct buf text, safe;
	char *s = NULL;
	int n = vasprintf(&s, fmt, ap);

	buf_init(&text);
	buf_init(&safe);
	buf_str(&text, name ? "tocsin " : "tocsin");
	buf_str(&text, name ? name : "");
	buf_str(&text, ": ");
	if (n >= 0)
		buf_add(&text, s, (size_t)n);
	utf8_safe(&safe, text.p, text.n < MOST ? text.n : MOST);
	if (text.n > MOST)
		buf_str(&safe, " ...");
	fflush(stdout);
	fprintf(stderr, "%s\n", safe.p);
	free(s);
	buf_free(&text);
	buf_free(&safe);
}

int
cmd_fail(const struct cmd_args *a, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(a && a->cmd ? a->cmd->name : NULL, fmt, ap);
	va_end(ap);
	return status;
}

const char *
cmd_value(const struct cmd_args *a, const char *name)
{
	int i;

	for (i = a->ngiven - 1; i >= 0; i--)
		if (strcmp(a->given[i].name, name) == 0)
			return a->given[i].value;
	return NULL;
}

bool
cmd_has(const struct cmd_args *a, const char *name)
{
	return cmd_value(a, name) != NULL;
}
