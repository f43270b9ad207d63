/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h -- reading the JSON part of a warning.  The host makes it (layout:
 * docs/columns.md), so this reads JSON forward, by slices, without a tree: a
 * value is its own text, and is decoded when it is written.  What it does not
 * do: be lenient, convert numbers, look anything up twice.
 */
#ifndef IODEF_OUT_JSON_H
#define IODEF_OUT_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <tocsin/slice.h>

#define JSON_DEPTH 16

/* The values of some members of an object, in one pass; p NULL: not there.  False: it is no object. */
bool json_members(struct tcs_slice object, const char *const *name, uint32_t n, struct tcs_slice *value);
/* A walk over the members of an object (key not NULL) or the elements of an array.  Begin with json_walk;
 * false from json_next is the end, where at->n is 0, or else a mistake. */
bool json_walk(struct tcs_slice value, char bracket, struct tcs_slice *at);
bool json_next(struct tcs_slice *at, struct tcs_slice *key, struct tcs_slice *value);

/* The text of a value, NUL-ended, into a buffer of json_room(value) bytes; returns its length.  null is "",
 * objects and arrays are their JSON.  In strings, characters that XML cannot have become U+FFFD. */
size_t json_room(struct tcs_slice value);
size_t json_text(struct tcs_slice value, char *out);

#endif
