/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values for templates.  Lists and objects are arrays that double; an object
 * has some tens of keys at most and is searched in order.
 */
#include <inttypes.h>
#include <string.h>
#include "5-compose/value.h"

static struct val *
val_new(struct arena *a, enum val_kind kind)
{
	struct val *v = arena_alloc(a, sizeof(*v));

	v->kind = kind;
	return v;
}

static struct val *
val_of(struct arena *a, enum val_kind kind, const char *p, size_t n)
{
	struct val *v = val_new(a, kind);

	v->s = tcs_slice(arena_strndup(a, n ? p : "", n), n);
	return v;
}

struct val *
val_bool(struct arena *a, bool b)
{
	struct val *v = val_new(a, VAL_BOOL);

	v->b = b;
	v->s = b ? TCS_LIT("true") : TCS_LIT("false");
	return v;
}

struct val *
val_str(struct arena *a, const char *s)
{
	return val_of(a, VAL_STR, s, s ? strlen(s) : 0);
}

struct val *
val_slice(struct arena *a, struct tcs_slice s)
{
	return val_of(a, VAL_STR, s.p, s.p ? s.n : 0);
}

struct val *
val_text(struct arena *a, const char *s)
{
	return val_of(a, VAL_TEXT, s, s ? strlen(s) : 0);
}

struct val *
val_num(struct arena *a, int64_t n)
{
	struct val *v = val_new(a, VAL_NUM);

	v->s = tcs_str(arena_printf(a, "%" PRId64, n));
	return v;
}

struct val *
val_list(struct arena *a)
{
	return val_new(a, VAL_LIST);
}

struct val *
val_obj(struct arena *a)
{
	return val_new(a, VAL_OBJ);
}

static void
val_room(struct arena *a, struct val *v)
{
	uint32_t cap = v->cap ? v->cap * 2 : 8;
	struct val **item;
	const char **key;

	if (v->n < v->cap)
		return;
	item = arena_alloc(a, cap * sizeof(*item));
	if (v->n)
		memcpy(item, v->item, v->n * sizeof(*item));
	if (v->kind == VAL_OBJ) {
		key = arena_alloc(a, cap * sizeof(*key));
		if (v->n)
			memcpy(key, v->key, v->n * sizeof(*key));
		v->key = key;
	}
	v->item = item;
	v->cap = cap;
}

void
val_push(struct arena *a, struct val *list, struct val *v)
{
	val_room(a, list);
	list->item[list->n++] = v;
}

void
val_set(struct arena *a, struct val *obj, const char *key, struct val *v)
{
	uint32_t i;

	for (i = 0; i < obj->n; i++)
		if (strcmp(obj->key[i], key) == 0) {
			obj->item[i] = v;
			return;
		}
	val_room(a, obj);
	obj->key[obj->n] = key;
	obj->item[obj->n++] = v;
}

void
val_set_bool(struct arena *a, struct val *obj, const char *key, bool b)
{
	val_set(a, obj, key, val_bool(a, b));
}

void
val_set_str(struct arena *a, struct val *obj, const char *key, const char *s)
{
	val_set(a, obj, key, val_str(a, s));
}

void
val_set_num(struct arena *a, struct val *obj, const char *key, int64_t n)
{
	val_set(a, obj, key, val_num(a, n));
}

struct val *
val_get(const struct val *obj, struct tcs_slice key)
{
	uint32_t i;

	if (obj == NULL || obj->kind != VAL_OBJ)
		return NULL;
	for (i = 0; i < obj->n; i++)
		if (key.n > 0 && obj->key[i][0] == key.p[0] && tcs_is(key, obj->key[i]))
			return obj->item[i];
	return NULL;
}

bool
val_true(const struct val *v)
{
	if (v == NULL)
		return false;
	switch (v->kind) {
	case VAL_BOOL:
		return v->b;
	case VAL_STR:
	case VAL_TEXT:
		return v->s.n > 0;
	case VAL_NUM:
		return !tcs_is(v->s, "0");
	case VAL_LIST:
		return v->n > 0;
	case VAL_OBJ:
		return true;
	}
	return false;
}
