/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h -- IODEF in JSON (RFC 8727) as the tree that its XML would make, so
 * that one set of rules reads both.
 */
#ifndef IODEF_JSON_H
#define IODEF_JSON_H

#include "tree.h"

/* Whether the input begins as JSON does. */
bool json_is(const char *buf, size_t len);
/* Free with tree_free.  What is whole before a mistake is in the tree. */
void json_read(struct tree *t, const char *buf, size_t len);

#endif
