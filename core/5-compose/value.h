/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What templates are filled with: a tree of text, numbers, booleans, lists and
 * objects, made in an arena and never changed once rendered.  Keys must live
 * as long as the tree (literals, mostly); text is copied.  A value may hang in
 * several places.
 *
 * Text from a feed is one line (val_str): its line breaks become spaces when
 * rendered, so that a report cannot write paragraphs of its own into a
 * warning.  Only text of ours may have lines (val_text).
 */
#ifndef CORE_COMPOSE_VALUE_H
#define CORE_COMPOSE_VALUE_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include <tocsin/slice.h>

enum val_kind { VAL_BOOL = 1, VAL_STR, VAL_TEXT, VAL_NUM, VAL_LIST, VAL_OBJ };

struct val {
	enum val_kind		 kind;
	bool			 b;		/* BOOL */
	struct tcs_slice	 s;		/* STR, TEXT; NUM as decimal text; BOOL: "true" or "false" */
	uint32_t		 n, cap;	/* LIST, OBJ */
	struct val		**item;
	const char		**key;		/* OBJ, beside item */
};

struct val *val_bool(struct arena *a, bool b);
struct val *val_str(struct arena *a, const char *s);		/* NULL: empty */
struct val *val_slice(struct arena *a, struct tcs_slice s);
struct val *val_text(struct arena *a, const char *s);
struct val *val_num(struct arena *a, int64_t n);
struct val *val_list(struct arena *a);
struct val *val_obj(struct arena *a);

void val_push(struct arena *a, struct val *list, struct val *v);
/* the same key again: replaced */
void val_set(struct arena *a, struct val *obj, const char *key, struct val *v);
void val_set_bool(struct arena *a, struct val *obj, const char *key, bool b);
void val_set_str(struct arena *a, struct val *obj, const char *key, const char *s);
void val_set_num(struct arena *a, struct val *obj, const char *key, int64_t n);

/* NULL: obj is none, or has no such key. */
struct val *val_get(const struct val *obj, struct tcs_slice key);
/* What a section asks: false, nothing, empty text, 0 and the empty list are false. */
bool val_true(const struct val *v);

#endif
