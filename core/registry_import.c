/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See registry_import.h.  Here: the shelves, the notes and the order of the
 * work.  Organisations come first, since assets and contacts name them.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mem.h"
#include "registry_import_int.h"

const char *const import_kind_names[] = { "organisation", "asset", "contact" };
const char *const import_did_names[] = { "added", "changed", "removed" };

/* ---- shelves */

struct shelf *
import_shelf(struct importing *im, enum import_kind kind)
{
	return kind == IMPORT_ORG ? &im->org : kind == IMPORT_ASSET ? &im->asset : &im->contact;
}

bool
shelf_find(const struct shelf *s, const struct buf *key, uint32_t *at)
{
	uint64_t v;

	if (!map_get(s->key, key->p, key->n, &v))
		return false;
	*at = (uint32_t)v;
	return true;
}

/* What makes two rows the same thing: an organisation's id; within one, the asset's text
 * or the contact's address. */
void
import_key(const struct importing *im, enum import_kind kind, const void *row, struct buf *key)
{
	(void)im;
	buf_reset(key);
	if (kind == IMPORT_ORG) {
		buf_str(key, ((const struct org *)row)->key);
	} else if (kind == IMPORT_ASSET) {
		const struct asset *s = row;

		buf_add(key, &s->org, sizeof s->org);
		buf_str(key, s->text);
	} else {
		const struct contact *c = row;

		buf_add(key, &c->org, sizeof c->org);
		buf_str(key, c->role);
		buf_char(key, '\0');
		buf_str(key, c->channel);
		buf_char(key, '\0');
		buf_str(key, c->address);
	}
}

static void
shelf_init(struct importing *im, enum import_kind kind, size_t size, const void *rows, uint32_t n)
{
	struct shelf *s = import_shelf(im, kind);

	*s = (struct shelf){ .size = size, .n = n, .nold = n, .cap = n + 1024, .key = map_new() };
	s->row = xmalloc(s->cap * size);
	s->flag = xcalloc(s->cap, 1);
	s->line = xcalloc(s->cap, sizeof *s->line);
	if (n > 0)
		memcpy(s->row, rows, n * size);
	im->im->had[kind] = n;
}

static void
shelf_index(struct importing *im, enum import_kind kind)
{
	struct shelf *s = import_shelf(im, kind);
	struct buf key;
	uint32_t i;

	buf_init(&key);
	for (i = 0; i < s->n; i++) {
		import_key(im, kind, (char *)s->row + i * s->size, &key);
		map_set(s->key, key.p, key.n, i);
	}
	buf_free(&key);
}

static void
shelf_free(struct shelf *s)
{
	free(s->row);
	free(s->flag);
	free(s->line);
	map_free(s->key);
}

/* Assets and contacts name their organisation by its place on the shelf, which an old one
 * shares with its array. */
static void
shelves_fill(struct importing *im)
{
	static const struct registry none;
	const struct registry *old = im->old != NULL ? im->old : &none;
	uint32_t i;

	shelf_init(im, IMPORT_ORG, sizeof(struct org), old->org, old->norg);
	shelf_init(im, IMPORT_ASSET, sizeof(struct asset), old->asset, old->nasset);
	shelf_init(im, IMPORT_CONTACT, sizeof(struct contact), old->contact, old->ncontact);
	for (i = 0; i < old->norg; i++)
		ORG(im, i)->parent = 0;			/* by its id alone */
	for (i = 0; i < old->nasset; i++)
		ASSET(im, i)->org = (uint32_t)(registry_org(old, old->asset[i].org) - old->org);
	for (i = 0; i < old->ncontact; i++)
		CONTACT(im, i)->org = (uint32_t)(registry_org(old, old->contact[i].org) - old->org);
	shelf_index(im, IMPORT_ORG);
	shelf_index(im, IMPORT_ASSET);
	shelf_index(im, IMPORT_CONTACT);
}

/* ---- notes */

void
import_note(struct importing *im, enum import_kind file, uint32_t line, bool refused, const char *fmt, ...)
{
	struct import *out = im->im;
	char text[640];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (out->nnote == im->capnote) {
		im->capnote = im->capnote * 2 + 64;
		out->note = xrealloc(out->note, im->capnote * sizeof *out->note);
	}
	out->note[out->nnote++] = (struct import_note){ (uint8_t)file, refused, line,
	    arena_strdup(out->arena, text) };
	out->refused += refused;
}

static int
by_line(const void *x, const void *y)
{
	const struct import_note *a = x, *b = y;

	if (a->file != b->file)
		return a->file - b->file;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->refused != b->refused ? b->refused - a->refused : strcmp(a->text, b->text);
}

/* ---- all */

static bool
run(struct importing *im, struct err *e)
{
	shelves_fill(im);
	if (!import_lines(im, IMPORT_ORG, e))
		return false;
	import_parents(im);
	if (!import_lines(im, IMPORT_ASSET, e) || !import_lines(im, IMPORT_CONTACT, e))
		return false;
	import_end(im);
	import_overlaps(im);
	if (im->im->nnote > 0)
		qsort(im->im->note, im->im->nnote, sizeof *im->im->note, by_line);
	return true;
}

struct import *
import_run(const struct registry *old, const struct import_file file[IMPORT_KINDS],
    const struct import_opts *opts, struct err *e)
{
	struct import *out = xcalloc(1, sizeof *out);
	struct importing im = { .im = out, .a = arena_new(), .old = old, .opts = opts, .file = file,
		.refused = map_new() };
	bool good;

	out->arena = arena_new();
	out->new = arena_alloc(im.a, sizeof *out->new);
	out->new->arena = im.a;
	good = run(&im, e);
	shelf_free(&im.org);
	shelf_free(&im.asset);
	shelf_free(&im.contact);
	map_free(im.refused);
	if (good)
		return out;
	import_free(out);
	return NULL;
}

void
import_free(struct import *im)
{
	if (im == NULL)
		return;
	registry_free(im->new);
	free(im->note);
	free(im->change);
	arena_free(im->arena);
	free(im);
}

static void
count(struct buf *out, uint32_t n, const char *what, const char *did)
{
	if (n > 0)
		buf_printf(out, "%s%u %s%s %s", out->n > 0 ? ", " : "", (unsigned)n, what,
		    n == 1 ? "" : "s", did);
}

void
import_summary(struct buf *out, const struct import *im)
{
	struct buf b;
	unsigned k, d;

	buf_init(&b);
	for (k = 0; k < IMPORT_KINDS; k++)
		for (d = 0; d < 3; d++)
			count(&b, im->did[k][d], import_kind_names[k], import_did_names[d]);
	buf_str(out, b.n > 0 ? b.p : "no difference");
	buf_free(&b);
}

/* ---- files */

static char *
read_all(const char *name, size_t *n, struct err *e)
{
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
	char *p = NULL;
	size_t cap = 0, got = 1;

	*n = 0;
	if (f == NULL) {
		err_set(e, "%s: cannot be read: %s", name, strerror(errno));
		return NULL;
	}
	for (; got > 0; *n += got) {
		if (*n == cap)
			p = xrealloc(p, cap = cap * 2 + 65536);
		got = fread(p + *n, 1, cap - *n, f);
	}
	if (ferror(f)) {
		err_set(e, "%s: cannot be read: %s", name, strerror(errno));
		free(p);
		p = NULL;
	}
	if (f != stdin)
		fclose(f);
	return p;
}

bool
import_read(struct import_file file[IMPORT_KINDS], const char *const *name, unsigned n, struct err *e)
{
	unsigned i;

	memset(file, 0, IMPORT_KINDS * sizeof *file);
	for (i = 0; i < n && i < IMPORT_KINDS; i++) {
		file[i].name = name[i];
		if ((file[i].p = read_all(name[i], &file[i].n, e)) == NULL) {
			import_read_free(file);
			return false;
		}
	}
	return true;
}

void
import_read_free(struct import_file file[IMPORT_KINDS])
{
	unsigned i;

	for (i = 0; i < IMPORT_KINDS; i++) {
		free((void *)(uintptr_t)file[i].p);
		file[i].p = NULL;
	}
}
