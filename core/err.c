/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors as text.  The first stands, because later ones mostly follow from
 * it; a text that is too long ends between two characters, not inside one.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "core/err.h"

static void
err_end(struct err *e, size_t want)
{
	size_t n = sizeof(e->text) - 1;

	if (want <= n)
		return;
	while (n > 0 && ((unsigned char)e->text[n - 1] & 0xc0) == 0x80)
		n--;			/* continuation bytes, then what they continue */
	if (n > 0 && (unsigned char)e->text[n - 1] >= 0xc0)
		n--;
	e->text[n] = '\0';
}

__attribute__((format(printf, 3, 0))) static bool
err_va(struct err *e, size_t at, const char *fmt, va_list ap)
{
	int n = vsnprintf(e->text + at, sizeof(e->text) - at, fmt, ap);

	err_end(e, at + (n < 0 ? 0 : (size_t)n));
	return false;
}

bool
err_set(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL || e->n++ > 0)
		return false;
	va_start(ap, fmt);
	err_va(e, 0, fmt, ap);
	va_end(ap);
	return false;
}

bool
err_at(struct err *e, const char *file, unsigned line, const char *fmt, ...)
{
	va_list ap;
	int at;

	if (e == NULL || e->n++ > 0)
		return false;
	if (line > 0)
		at = snprintf(e->text, sizeof(e->text), "%s:%u: ", file, line);
	else
		at = snprintf(e->text, sizeof(e->text), "%s: ", file);
	if (at < 0)
		at = 0;
	if ((size_t)at >= sizeof(e->text))
		at = sizeof(e->text) - 1;
	va_start(ap, fmt);
	err_va(e, (size_t)at, fmt, ap);
	va_end(ap);
	return false;
}
