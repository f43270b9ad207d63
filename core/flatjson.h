/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arguments of orders: flat JSON objects of ours, texts and numbers only.
 * Not a JSON reader: what is nested is passed over, what is wrong has no
 * values.
 */
#ifndef CORE_FLATJSON_H
#define CORE_FLATJSON_H

#include "arena.h"

/* The member's text (a number as its text), in a; NULL: it is not there. */
const char *flat_get(struct arena *a, const char *json, const char *key);

#endif
