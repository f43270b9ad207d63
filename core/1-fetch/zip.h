/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A zip, by its central directory (libarchive): its regular files by name,
 * and the bytes of one.  A name is only ever compared and shown, never opened.
 */
#ifndef CORE_ZIP_H
#define CORE_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "err.h"

#define ZIP_MOST 2000		/* members; each is found by walking past those before it */

struct zip;
/* shown: its name in errors */
struct zip *zip_open(const char *path, const char *shown, struct err *e);
void zip_close(struct zip *z);		/* NULL is fine */
/* Each regular file, in order, by a name that is safe to print; all or none.  False in each ends it. */
bool zip_members(struct zip *z, bool (*each)(void *arg, const char *name), void *arg, struct err *e);
bool zip_seek(struct zip *z, const char *member, struct err *e);	/* on a fresh one */
/* >0 bytes, 0 end, -1 error.  *packed: bytes of the archive read for this member so far. */
int64_t zip_data(struct zip *z, void *buf, size_t n, int64_t *packed, struct err *e);

#endif
