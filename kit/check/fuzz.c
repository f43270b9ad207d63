/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples changed at random, for some seconds: nothing may crash, hang or
 * break what the host checks, and two ways of cutting must give the same
 * rows where the input was read to its end.  Of a document (records not
 * TCS_S_ALONE) what is behind a mistake may depend on the cut.  Run number N of seed S is always
 * the same input, so that a finding can be had again.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "kit/check/check.h"
#include "kit/check/source.h"

static const char odd[] = "\0\n\r\t \"',;:|{}[]<>&=\\/%\x01\x7f\x80\xc3\xff" "0123456789aZ";

struct input {
	char	*p;
	size_t	 n;
};

static size_t
below(uint64_t *s, size_t n)
{
	return n ? (size_t)(feed_rand(s) % n) : 0;
}

static void
insert(struct input *in, size_t at_byte, const char *p, size_t n)
{
	if (n > CHECK_FUZZ - in->n)
		n = CHECK_FUZZ - in->n;
	memmove(in->p + at_byte + n, in->p + at_byte, in->n - at_byte);
	memmove(in->p + at_byte, p, n);
	in->n += n;
}

static void
change(const struct check *c, struct input *in, uint64_t *s)
{
	const struct sample *o = &c->sample[below(s, c->nsample)];
	size_t where = below(s, in->n), n = below(s, 40) + 1, from;
	char part[4096];

	if (n > in->n - where)
		n = in->n - where;
	switch (below(s, 7)) {
	case 0:
		if (in->n > 0)
			in->p[where] ^= (char)(1u << below(s, 8));
		break;
	case 1:
		if (in->n > 0)
			in->p[where] = odd[below(s, sizeof odd - 1)];
		break;
	case 2:
		memmove(in->p + where, in->p + where + n, in->n - where - n);
		in->n -= n;
		break;
	case 3:
		memcpy(part, in->p + where, n);
		insert(in, below(s, in->n + 1), part, n);
		break;
	case 4:
		insert(in, where, &odd[below(s, sizeof odd - 1)], 1);
		break;
	case 5:
		in->n = below(s, 8) == 0 ? where : in->n;
		break;
	default:
		from = below(s, o->n);
		n = below(s, 4000) + 1;
		insert(in, where, o->p + from, n < o->n - from ? n : o->n - from);
	}
}

static void
make(const struct check *c, struct input *in, uint64_t run)
{
	uint64_t s = (c->seed * UINT64_C(0x9e3779b97f4a7c15) ^ run * UINT64_C(0xbf58476d1ce4e5b9)) | 1;
	const struct sample *o;
	size_t i, changes;

	for (i = 0; i < 8; i++)
		feed_rand(&s);
	o = &c->sample[below(&s, c->nsample)];
	in->n = o->n < CHECK_FUZZ / 2 ? o->n : CHECK_FUZZ / 2;
	memcpy(in->p, o->p, in->n);
	changes = 1 + below(&s, 6);
	for (i = 0; i < changes; i++)
		change(c, in, &s);
}

static bool
read_to_end(const char *text)
{
	size_t n = strlen(text);

	return n >= 3 && strcmp(text + n - 3, "ok\n") == 0;
}

static void
run_one(struct check *c, const struct input *in, uint64_t run)
{
	struct feed_how whole = { .cut = feed_whole }, cut = { .cut = run % 5 ? feed_random : feed_byte,
	    .seed = run * 31 + 7 };
	char *a = source_say(c, in->p, in->n, &whole), *b = source_say(c, in->p, in->n, &cut), *ra, *rb;
	char where[400];

	if ((c->sh->flags & TCS_S_ALONE) && read_to_end(a) != read_to_end(b))
		fail(c, "whether an input can be read must not depend on where it is cut",
		    "%s: read to its end or not, by where it is cut", c->sh->at);
	if (read_to_end(a) && read_to_end(b)) {
		ra = text_records(a, 0, NULL);		/* rows:
		    why one is refused may be worded by the cut */
		rb = text_records(b, 0, NULL);
		if (strcmp(ra, rb) != 0) {
			text_first(ra, rb, where, sizeof where);
			fail(c, "the rows must not depend on where the bytes are cut", "%s: %s", c->sh->at,
			    where);
		}
		free(ra);
		free(rb);
	}
	free(a);
	free(b);
}

void
try_fuzz(struct check *c)
{
	struct input in = { c->sh->fuzz, 0 };
	struct timespec begin, now;
	uint64_t run = 0;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	do {
		make(c, &in, run);
		c->sh->nfuzz = (uint32_t)in.n;
		at(c, "seed %llu, run %llu, %zu bytes", (unsigned long long)c->seed,
		    (unsigned long long)run, in.n);
		run_one(c, &in, run++);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec - begin.tv_sec < (time_t)c->fuzz);
	c->sh->nfuzz = 0;
	note(c, "%llu inputs, seed %llu", (unsigned long long)run, (unsigned long long)c->seed);
}
