/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows that wait: cells by column, values in one pool, handed over together
 * once their columns are known.  All of it is of fixed size and lies in the
 * instance, since the host's memory for a batch does not outlive a change of
 * columns.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "plugins/json/put.h"

bool
rec_wrong(struct records *x, const char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(x->detail, sizeof(x->detail), fmt, ap);
	va_end(ap);
	x->why = why;
	return false;
}

/* ---- columns -------------------------------------------------------------- */

static void
forget_columns(struct records *x)
{
	x->ncol = x->nsaid = 0;
	x->declared = false;
	memset(x->slot, 0, sizeof(x->slot));
}

void
records_forget(struct records *x)
{
	forget_columns(x);
	x->nrow = x->nwait = x->ncell = x->npool = 0;
	x->first[0] = 0;
}

/* The place of a name in the table: its own, or the empty one where it belongs. */
static uint32_t
place(const struct records *x, const char *name, size_t n)
{
	uint32_t h = 2166136261u, i;
	size_t k;

	for (k = 0; k < n; k++)
		h = (h ^ (unsigned char)name[k]) * 16777619u;
	for (i = h % (2 * REC_COLUMNS); x->slot[i] != 0; i = (i + 1) % (2 * REC_COLUMNS))
		if (tcs_eq(x->name[x->slot[i] - 1], tcs_slice(name, n)))
			break;
	return i;
}

/* The number of a column, new when need be; REC_COLUMNS: no room. */
static uint32_t
column(struct records *x, const char *name)
{
	size_t n = strlen(name);
	uint32_t i = place(x, name, n);
	char *p;

	if (x->slot[i] != 0)
		return x->slot[i] - 1;
	if (x->ncol == REC_COLUMNS) {
		rec_wrong(x, "too many keys", "a record may have %u", REC_COLUMNS / 2);
		return REC_COLUMNS;
	}
	if ((p = x->host->h.alloc(x->ctx, TCS_INPUT, n + 1)) == NULL) {
		x->nomem = true;
		return REC_COLUMNS;
	}
	memcpy(p, name, n);
	x->name[x->ncol] = tcs_slice(p, n);
	x->slot[i] = ++x->ncol;
	return x->ncol - 1;
}

static int
declare(struct records *x)
{
	int rc;

	if (x->declared && x->nsaid == x->ncol)
		return TCS_OK;
	rc = x->host->columns(x->ctx, x->name, x->ncol, x->want);
	x->declared = true;
	x->nsaid = x->ncol;
	return rc;
}

/* ---- rows ----------------------------------------------------------------- */

static void
spread(const struct records *x, uint32_t row, const uint32_t *at, struct tcs_slice *out, uint32_t nwant)
{
	uint32_t i;

	memset(out, 0, nwant * sizeof(*out));
	for (i = x->first[row]; i < x->first[row + 1]; i++)
		if (x->want[x->cell[i].col])
			out[at[x->cell[i].col]] = x->cell[i].v;
}

static int
hand_over(struct records *x)
{
	uint32_t at[REC_COLUMNS], nwant = 0, i, k, most;
	int rc = TCS_OK;

	for (i = 0; i < x->ncol; i++) {
		at[i] = nwant;
		nwant += x->want[i] != 0;
	}
	most = nwant > 0 ? REC_CELLS / nwant : REC_ROWS;
	for (i = 0; rc == TCS_OK && i < x->nwait; i += k) {
		for (k = 0; k < most && i + k < x->nwait; k++)
			spread(x, i + k, at, x->dense + (size_t)k * nwant, nwant);
		rc = x->host->rows(x->ctx, k, x->span + i, x->again + i, x->dense);
	}
	return rc;
}

int
records_flush(struct records *x)
{
	int rc = TCS_OK;

	if (x->nwait > 0 && (rc = declare(x)) == TCS_OK)
		rc = hand_over(x);
	x->nrow = x->nwait = x->ncell = x->npool = 0;
	x->first[0] = 0;
	if (x->ncol > REC_COLUMNS / 2)
		forget_columns(x);
	return rc;
}

void
records_undo(struct records *x)
{
	x->nrow = x->nwait;
	x->ncell = x->first[x->nrow];
}

bool
rec_row(struct records *x)
{
	if (x->nrow + 1 >= REC_ROWS)
		return rec_wrong(x, "too many addresses", "a record may be about %u", REC_ROWS / 2 - 1);
	x->first[++x->nrow] = x->ncell;
	return true;
}

/* ---- cells ---------------------------------------------------------------- */

static bool
keep(struct records *x, struct tcs_slice v, struct tcs_slice *out)
{
	if (v.n > REC_POOL - x->npool)
		return rec_wrong(x, "too long", "more than its values may have");
	memcpy(x->pool + x->npool, v.p, v.n);
	*out = tcs_slice(x->pool + x->npool, v.n);
	x->npool += (uint32_t)v.n;
	return true;
}

static bool
put_kept(struct records *x, const char *name, struct tcs_slice v)
{
	uint32_t c = column(x, name), i;

	if (c == REC_COLUMNS)
		return false;
	for (i = x->first[x->nrow]; i < x->ncell; i++)
		if (x->cell[i].col == c)
			return true;
	if (x->ncell == REC_CELLS)
		return rec_wrong(x, "too long", "more values than a record may have");
	x->cell[x->ncell++] = (struct rec_cell){ c, v };
	return true;
}

bool
rec_put(struct records *x, const char *name, struct tcs_slice v)
{
	struct tcs_slice kept = { NULL, 0 };

	if (v.p == NULL || v.n == 0)
		return true;
	return keep(x, v, &kept) && put_kept(x, name, kept);
}

bool
rec_str(struct records *x, const char *name, const char *v)
{
	return rec_put(x, name, tcs_str(v));
}

bool
rec_lower(struct records *x, const char *name, struct tcs_slice v)
{
	struct tcs_slice kept = { NULL, 0 };
	char *p = x->pool + x->npool;
	size_t i;

	if (v.p == NULL || v.n == 0)
		return true;
	if (!keep(x, v, &kept))
		return false;
	for (i = 0; i < v.n; i++)
		p[i] = tcs_lower(p[i]);
	return put_kept(x, name, kept);
}

bool
rec_has(const struct records *x, const char *name)
{
	uint32_t at = x->slot[place(x, name, strlen(name))], i;

	for (i = x->first[x->nrow]; at != 0 && i < x->ncell; i++)
		if (x->cell[i].col == at - 1)
			return true;
	return false;
}

/* The fewest digits that give the same number again. */
static int
real_text(double r, char *out, size_t size)
{
	int digits, n = 0;

	for (digits = 15; digits <= 17; digits++) {
		n = snprintf(out, size, "%.*g", digits, r);
		if (strtod(out, NULL) == r)
			break;
	}
	if (strpbrk(out, ".e") == NULL)
		n = snprintf(out, size, "%.*g.0", digits, r);
	return n;
}

bool
rec_value(struct records *x, const char *name, const json_t *v)
{
	char text[64];
	int n;

	switch (v == NULL ? JSON_NULL : json_typeof(v)) {
	case JSON_STRING:
		return rec_put(x, name, tcs_slice(json_string_value(v), json_string_length(v)));
	case JSON_INTEGER:
		n = snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		return rec_put(x, name, tcs_slice(text, (size_t)n));
	case JSON_REAL:
		n = real_text(json_real_value(v), text, sizeof(text));
		return rec_put(x, name, tcs_slice(text, (size_t)n));
	case JSON_TRUE:
	case JSON_FALSE:
		return rec_str(x, name, json_is_true(v) ? "true" : "false");
	default:
		return true;
	}
}

static bool
put_dump(struct records *x, const char *name, const json_t *v)
{
	char *text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	bool good;

	if (text == NULL) {
		x->nomem = true;
		return false;
	}
	good = rec_str(x, name, text);
	free(text);
	return good;
}

bool
rec_extra(struct records *x, struct tcs_slice key, const json_t *v)
{
	char name[REC_NAME + 16];

	if (v == NULL || json_is_null(v))
		return true;
	if (key.n == 0 || key.n > REC_NAME)
		return rec_wrong(x, "bad key", "\"%.*s\": expected a key of 1 to %u bytes",
		    (int)(key.n < 60 ? key.n : 60), key.p, REC_NAME);
	snprintf(name, sizeof(name), "%sextra.%.*s", json_is_string(v) ? "" : "json:", (int)key.n, key.p);
	return json_is_array(v) || json_is_object(v) ? put_dump(x, name, v) : rec_value(x, name, v);
}

bool
rec_extras(struct records *x, const char *prefix, const json_t *object)
{
	char name[REC_NAME + 16];
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)object, key, v) {
		int n = snprintf(name, sizeof(name), "%s%s%s", prefix, prefix[0] ? "." : "", key);

		if (n < 0 || (size_t)n > REC_NAME)
			return rec_wrong(x, "bad key", "\"%.60s\": expected a key of 1 to %u bytes", name,
			    REC_NAME);
		if (json_is_object(v) ? !rec_extras(x, name, v) :
		    !rec_extra(x, tcs_slice(name, (size_t)n), v))
			return false;
	}
	return true;
}

/* ---- reading -------------------------------------------------------------- */

struct tcs_slice
rec_text(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	if (!json_is_string(v))
		return tcs_slice(NULL, 0);
	return tcs_trim(tcs_slice(json_string_value(v), json_string_length(v)));
}

struct tcs_slice
rec_join(struct records *x, const json_t *list, char sep)
{
	char *p = x->pool + x->npool;
	size_t i, n = 0, len;

	if (json_is_string(list))
		return tcs_trim(tcs_slice(json_string_value(list), json_string_length(list)));
	for (i = 0; i < json_array_size(list); i++) {
		const json_t *v = json_array_get(list, i);

		len = json_string_length(v);
		if (!json_is_string(v) || len == 0 || len + n + 1 > REC_POOL - x->npool)
			continue;
		if (n > 0)
			p[n++] = sep;
		memcpy(p + n, json_string_value(v), len);
		n += len;
	}
	x->npool += (uint32_t)n;
	return tcs_slice(p, n);
}
