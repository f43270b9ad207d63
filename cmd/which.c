/* SPDX-License-Identifier: Apache-2.0 */
/* See which.h. */
#include <string.h>
#include "cmd/which.h"

bool
which_number(const char *text, uint32_t *n)
{
	uint64_t v;

	if (!tcs_uint(tcs_str(text), UINT32_MAX, &v) || v == 0)
		return false;
	*n = (uint32_t)v;
	return true;
}

static bool
take(void *arg, const struct warning_row *r)
{
	*(uint32_t *)arg = r->w.id;
	return false;
}

uint32_t
which_warning(struct ledger *l, const char *text)
{
	struct warning_filter f = warning_filter_any;
	uint32_t found = 0;

	if (*text == '\0')
		return 0;		/* nothing is no pattern that all fit */
	if (strchr(text, '@'))
		f.message_id = text;
	else if (!which_number(text, &f.id))
		f.number = text;
	ledger_warnings_each(l, &f, take, &found, NULL);
	return found;
}
