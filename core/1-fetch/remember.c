/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What outlives the process of a folder's files, so that a restart (or the
 * next `run --once` from cron) does not read months of them again: a mark of
 * each file that was taken and is still there, as one text in the ledger.
 * The ledger that has the arrivals has the marks, and gets them later; so a
 * crash, or a ledger from a backup, only makes files be read again.
 */
#include <string.h>
#include "1-fetch/fetch_int.h"
#include "buf.h"
#include "digest.h"
#include "map.h"
#include <tocsin/slice.h>

#define MARK	16			/* characters a file */
#define MOST	65536			/* files; what is beyond is read again */

/* Names the file as it is: another path, inode, size or time is another text. */
static void
mark_text(const struct place *p, const struct seen *s, char out[MARK + 1])
{
	uint8_t sum[SHA256_LEN];
	struct buf b;

	buf_init(&b);
	buf_printf(&b, "%s/%s", p->from, s->path);
	buf_char(&b, '\0');
	buf_add(&b, &s->mark, sizeof s->mark);
	sha256(b.p, b.n, sum);
	digest_hex(sum, MARK / 2, out);
	buf_free(&b);
}

static const char *
key(const struct place *p, struct arena *a)
{
	return arena_printf(a, "dir:%s:taken", p->source->name);
}

void
remember_read(struct place *p, const struct fetch_sink *sink)
{
	struct tcs_slice text = tcs_str(sink->get ? sink->get(sink->arg, p->now, key(p, p->now)) : NULL);
	struct map *known = map_new();
	char mark[MARK + 1];
	uint64_t one;
	uint32_t i;

	for (; text.n >= MARK; text = tcs_slice(text.p + MARK, text.n - MARK))
		map_set(known, text.p, MARK, 1);
	for (i = 0; i < p->nseen && map_count(known) > 0; i++) {
		mark_text(p, &p->seen[i], mark);
		p->seen[i].taken = p->seen[i].taken || map_get(known, mark, MARK, &one);
	}
	map_free(known);
}

void
remember_write(const struct place *p, const struct fetch_sink *sink)
{
	char mark[MARK + 1];
	uint32_t i, n = 0;
	struct buf b;

	if (sink->put == NULL)
		return;
	buf_init(&b);
	buf_str(&b, "");
	for (i = 0; i < p->nseen && n < MOST; i++)
		if (p->seen[i].taken) {
			mark_text(p, &p->seen[i], mark);
			buf_add(&b, mark, MARK);
			n++;
		}
	sink->put(sink->arg, key(p, p->now), b.p);
	buf_free(&b);
}
