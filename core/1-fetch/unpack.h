/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of an input as a reader: plain, gzip (ISA-L, streaming), or one
 * member of a zip (libarchive), told by the first bytes and never by the
 * name; text in UTF-16 comes out as UTF-8.  Memory is bounded whatever the
 * input says of itself; what unpacks to more than allowed is an error, and so is a gzip that ends too soon.
 */
#ifndef CORE_UNPACK_H
#define CORE_UNPACK_H

#include "2-decode/source.h"

enum packing { PACKED_NOT, PACKED_GZIP, PACKED_ZIP };

struct unpack_limits {
	int64_t	size;		/* most bytes unpacked */
	int64_t	ratio;		/* most bytes unpacked for one packed, beyond the first MiB */
};

bool unpack_kind(const char *path, enum packing *out, struct err *e);
/* shown: how errors call it; NULL: by its path.  member: NULL or "" but for a zip.  The reader is
 * closed by its close. */
struct reader *unpack_open(const char *path, const char *shown, const char *member,
    const struct unpack_limits *lim, struct err *e);
/* Each regular file in a zip, in order; its name is the archive's own, made safe to print, and never a path
 * to open.  None is told when not all can be (too many, two of one name, damaged).  False ends it. */
bool unpack_members(const char *path, const char *shown, bool (*each)(void *arg, const char *name), void *arg,
    struct err *e);

#endif
