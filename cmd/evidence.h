/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of inputs in the spool, unpacked on the way: for show, explain
 * and search.  An input is read from its start; asking for places in order
 * reads it once.
 */
#ifndef CMD_EVIDENCE_H
#define CMD_EVIDENCE_H

#include "1-fetch/spool.h"
#include "2-decode/source.h"
#include "buf.h"
#include "cmd/view.h"

struct evidence;
/* Never NULL: what cannot be read is said at the first bytes. */
struct evidence *evidence_open(struct view *v);
void evidence_close(struct evidence *ev);
/* A reader of an input's bytes, decoded as they were; close it with its close. */
struct reader *evidence_reader(struct evidence *ev, const char *sha256, const char *member, struct err *e);
/* len bytes at off; fewer when the input ends before. */
bool evidence_bytes(struct evidence *ev, const char *sha256, const char *member, uint64_t off, uint32_t len,
    struct buf *out, struct err *e);

#endif
