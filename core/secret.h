/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets lie in files, never in the configuration.  A relative name is first
 * looked for in the service's own folder of credentials (CREDENTIALS_DIRECTORY,
 * as systemd gives it with LoadCredential=), then beside the configuration.
 */
#ifndef CORE_SECRET_H
#define CORE_SECRET_H

#include <stdbool.h>
#include "arena.h"
#include "err.h"

#define SECRET_MOST 65536u

/* Where the file is, in a.  base: a file in the folder from which relative names are seen, or NULL. */
const char *secret_path(struct arena *a, const char *base, const char *name);
/* One line of text, its line end cut off; *out in a. */
bool secret_read(struct arena *a, const char *base, const char *name, const char **out, struct err *e);

#endif
