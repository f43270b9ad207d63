/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The spool: where inputs lie, as they came.  A blob is named by its SHA-256
 * (SPOOL/ab/abcdef...); it is written under a temporary name, fsynced and
 * renamed, so what is there is whole.  The same bytes are kept once.  Who
 * showed them, when and under what name is the ledger's (arrival).
 */
#ifndef CORE_SPOOL_H
#define CORE_SPOOL_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "err.h"

struct spool;
/* Makes the folder when it is not there; sweeps temporary files of dead processes. */
struct spool *spool_open(const char *dir, struct err *e);
void spool_close(struct spool *s);

struct blob {
	char		 sha256[65];
	uint64_t	 size;
	bool		 fresh;		/* the bytes were not there before */
};
/* A complete file taken in: cloned where the file system can, else copied.  most: bytes at most.  A file that
 * changes while it is read is an error. */
bool spool_take(struct spool *s, const char *path, int64_t most, struct blob *out, struct err *e);
/* The same, of a file already open for reading; stays open.  name: for messages, already safe to print. */
bool spool_take_fd(struct spool *s, int fd, const char *name, int64_t most, struct blob *out, struct err *e);
/* Whether the last failure was the spool's own (disk full, not writable) and not that of the file taken. */
bool spool_at_fault(const struct spool *s);
/* Bytes as they come from the net. */
struct spool_file;
struct spool_file *spool_begin(struct spool *s, int64_t most, struct err *e);
bool spool_write(struct spool_file *f, const void *p, size_t n, struct err *e);
/* Frees f, also on failure. */
bool spool_end(struct spool_file *f, struct blob *out, struct err *e);
void spool_undo(struct spool_file *f);
/* The blob's path, in a.  Says nothing about whether it is there. */
const char *spool_path(const struct spool *s, struct arena *a, const char *sha256);

#endif
