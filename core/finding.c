/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finding as IDF: one JSON object on one line, keys in the order of their
 * bytes, which is how IntelMQ's own tools print them sorted.  Three runs that
 * are each in order are merged: the fields up to tlp, those of IDF 3.5, and
 * the extras.
 */
#include <stdlib.h>
#include <string.h>
#include "finding.h"
#include "mem.h"

static const uint8_t first_run[] = {
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
	29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53,
	54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78,
	79, 80, 81, 0
};
static const uint8_t second_run[] = { 88, 83, 85, 84, 86, 87, 82, 0 };

static void
value_json(struct buf *out, const struct fvalue *v)
{
	switch (v->form) {
	case VF_NUMBER:
	case VF_JSON:
		buf_add(out, v->text.p, v->text.n);
		break;
	case VF_BOOL:
		buf_str(out, v->i ? "true" : "false");
		break;
	default:
		buf_json(out, v->text.p, v->text.n);
		break;
	}
}

/* "extra.NAME", the name escaped: it came from a feed. */
static void
key_json(struct buf *out, const char *name)
{
	size_t at;

	buf_str(out, "\"extra.");
	at = out->n;
	buf_json(out, name, strlen(name));
	memmove(out->p + at, out->p + at + 1, --out->n - at);	/* without its opening quote */
	out->p[out->n] = '\0';
	buf_char(out, ':');
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct extra *)a)->name, ((const struct extra *)b)->name);
}

/* The finding's extras in order: itself, or a copy that the caller frees. */
static const struct extra *
sorted_extras(const struct finding *f, struct extra **copy)
{
	uint32_t i;

	*copy = NULL;
	for (i = 1; i < f->nextra; i++)
		if (strcmp(f->extra[i - 1].name, f->extra[i].name) > 0)
			break;
	if (i >= f->nextra)
		return f->extra;
	*copy = xmalloc(f->nextra * sizeof **copy);
	memcpy(*copy, f->extra, f->nextra * sizeof **copy);
	qsort(*copy, f->nextra, sizeof **copy, by_name);
	return *copy;
}

static const struct field *
next_field(const struct finding *f, const uint8_t **run)
{
	while (**run != 0 && f->f[**run].form == VF_NONE)
		++*run;
	return field_by_number(**run);
}

/* Which key comes first: the field's, or "extra." and the extra's name. */
static bool
field_first(const struct field *fd, const struct extra *x)
{
	int c = strncmp(fd->name, "extra.", 6);

	return x == NULL || (c != 0 ? c < 0 : strcmp(fd->name + 6, x->name) < 0);
}

void
finding_json(struct buf *out, const struct finding *f)
{
	const uint8_t *run[2] = { first_run, second_run };
	const struct field *fd[2];
	const struct extra *x;
	struct extra *copy;
	uint32_t k = 0;
	char sep = '{';

	x = sorted_extras(f, &copy);
	fd[0] = next_field(f, &run[0]);
	fd[1] = next_field(f, &run[1]);
	while (fd[0] != NULL || fd[1] != NULL || k < f->nextra) {
		int r = fd[0] == NULL ? 1 : fd[1] == NULL ? 0 : strcmp(fd[1]->name, fd[0]->name) < 0;

		buf_char(out, sep);
		sep = ',';
		if (fd[r] != NULL && field_first(fd[r], k < f->nextra ? &x[k] : NULL)) {
			buf_json_str(out, fd[r]->name);
			buf_char(out, ':');
			value_json(out, &f->f[fd[r]->number]);
			run[r]++;
			fd[r] = next_field(f, &run[r]);
		} else {
			key_json(out, x[k].name);
			value_json(out, &x[k].v);
			k++;
		}
	}
	buf_str(out, sep == '{' ? "{}" : "}");
	free(copy);
}
