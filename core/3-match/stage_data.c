/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stage's data that is files of the administrator's own (the assets come
 * from the registry instead): read at open, and again when one of them
 * changed.  Several files are handed over as one, in their order, with a line
 * end after each.  A new version that cannot be read or used leaves the old one
 * at work.
 */
#include <string.h>
#include <sys/stat.h>
#include "1-fetch/unpack.h"
#include "3-match/stage.h"
#include "buf.h"
#include "hash.h"

/* Plain or gzip. */
static bool
read_file(struct stage *s, const char *name, struct buf *b, struct err *e)
{
	static const struct unpack_limits most = { INT64_C(1) << 30, 200 };
	struct err why = ERR_INIT;
	struct reader *r = unpack_open(name, NULL, NULL, &most, &why);
	char part[65536];
	int64_t got = -1;

	while (r != NULL && (got = r->read(r, part, sizeof part, &why)) > 0)
		buf_add(b, part, (size_t)got);
	if (r != NULL)
		r->close(r);
	return got == 0 || err_set(e, "stage %s: %s", s->name, why.text);
}

/* What tells one state of the files from another; 0: one is not there. */
static uint64_t
stamp(const struct stage *s)
{
	struct stat st;
	struct { uint64_t was, dev, ino, size, s, ns; } x = { 0 };
	uint32_t i;

	for (i = 0; i < s->nfile; i++) {
		if (stat(s->file[i], &st) != 0)
			return 0;
		x.dev = (uint64_t)st.st_dev;
		x.ino = (uint64_t)st.st_ino;
		x.size = (uint64_t)st.st_size;
		x.s = (uint64_t)st.st_mtim.tv_sec;
		x.ns = (uint64_t)st.st_mtim.tv_nsec;
		x.was = hash_bytes(&x, sizeof x) | 1;
	}
	return x.was;
}

static bool
load(struct stage *s, struct err *e)
{
	struct buf b;
	bool fine = true;
	uint32_t i;

	buf_init(&b);
	for (i = 0; i < s->nfile && fine; i++) {
		fine = read_file(s, s->file[i], &b, e);
		if (s->nfile > 1)
			buf_add(&b, "\n", 1);
	}
	if (fine) {
		fine = stage_load(s, b.p, b.n, e);
		stage_swap(s, fine);
	}
	buf_free(&b);
	return fine;
}

bool
stage_files(struct stage *s, const struct plugin *p, const struct tcs_val *opt, struct err *e)
{
	uint32_t i = 0, k;

	while (i < p->nopt && p->opts[i].type != TCS_T_DATA)
		i++;
	if (i == p->nopt || opt == NULL || opt[i].n == 0)
		return true;
	if (strcmp(s->data, "assets") == 0)
		return err_set(e, "stage %s: the option assets comes from the registry; take it away",
		    s->name);
	s->nfile = opt[i].n;
	s->file = arena_alloc(s->mem, s->nfile * sizeof *s->file);
	for (k = 0; k < s->nfile; k++)
		s->file[k] = arena_strdup(s->mem, p->opts[i].flags & TCS_O_LIST ? opt[i].v.list[k].v.s :
		    opt[i].v.s);
	s->stamp = stamp(s);
	return load(s, e);
}

bool
stage_refresh(struct stage *s, struct err *e)
{
	uint64_t now = s->nfile > 0 ? stamp(s) : 0;

	if (s->nfile == 0 || now == s->stamp)
		return true;
	s->stamp = now;		/* what is wrong with it is told once */
	return load(s, e);
}
