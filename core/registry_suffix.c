/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See registry_suffix.h.  The list is the system's newest, or the one that
 * libpsl was built with.  Both its sections count: under a private suffix
 * ("blogspot.com") the names are other people's too.
 */
#include <libpsl.h>
#include <stddef.h>
#include "log.h"
#include "registry_suffix.h"

bool
public_suffix(const char *name)
{
	static psl_ctx_t *list;

	if (list == NULL && (list = psl_latest(NULL)) == NULL)
		fatal("libpsl has no list of public suffixes: install publicsuffix");
	return psl_is_public_suffix(list, name) != 0;
}
