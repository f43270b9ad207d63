/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments: what goes in comes out, sorted by case; extremes survive; no cut
 * or flipped byte is ever believed beyond what is there.
 */
#include <time.h>
#include "ledger/segment.h"
#include "mem.h"
#include "tap.h"

static struct sighting
nth(uint32_t i, uint32_t id)
{
	return (struct sighting){ .id = id, .off = UINT64_C(445) * i, .len = 400 + i % 90, .line = i + 2,
	    .sub = i % 50 == 0, .src_port = i % 3 == 0 ? (uint16_t)(40000 + i % 20000) : 0,
	    .observed = INT64_C(1794000000) + (i * 37) % 86400 };
}

static bool
same(const struct sighting *a, const struct sighting *b)
{
	return a->id == b->id && a->off == b->off && a->len == b->len && a->line == b->line &&
	    a->sub == b->sub && a->src_port == b->src_port && a->observed == b->observed;
}

/* All of them back, in order of case and, within a case, in the order given. */
static bool
round_trip(const struct sighting *s, uint32_t n, size_t *size)
{
	struct buf b;
	struct segment g;
	struct sighting one;
	uint32_t i, got = 0, last = 0;
	bool good = true, *used = xcalloc(n + 1, sizeof *used);

	buf_init(&b);
	segment_encode(&b, s, n);
	segment_open(&g, b.p, b.n);
	for (; segment_next(&g, &one); got++) {
		good = good && one.id >= last;
		last = one.id;
		if (n > 4096)
			continue;
		for (i = 0; i < n && (used[i] || s[i].id != one.id); i++)
			;
		good = good && i < n && same(&s[i], &one);
		used[i] = true;
	}
	*size = b.n;
	buf_free(&b);
	free(used);
	return good && got == n && !g.damaged;
}

static void
test_round_trips(void)
{
	struct sighting s[1000] = { { 0 } }, odd[4] = {
		{ UINT32_MAX, UINT64_MAX, UINT32_MAX, UINT32_MAX, UINT16_MAX, UINT16_MAX, INT64_MAX },
		{ 0, 0, 0, 0, 0, 0, INT64_MIN }, { 1, UINT64_MAX, 0, UINT32_MAX, 1, 0, -1 },
		    { UINT32_MAX, 0, 1, 0, 0, 1, 0 } };
	size_t size;
	uint32_t i;

	ok(round_trip(s, 0, &size), "no sightings");
	for (i = 0; i < 1000; i++)
		s[i] = nth(i, i / 3 + 7);
	ok(round_trip(s, 1000, &size), "in order, several of one case");
	for (i = 0; i < 1000; i++)
		s[i] = nth(i, (i * 7919u) % 1000);
	ok(round_trip(s, 1000, &size), "in no order");
	for (i = 0; i < 1000; i++)
		s[i] = nth(i, (i * 2654435761u) | 1);
	ok(round_trip(s, 1000, &size), "ids of 32 bits");
	ok(round_trip(odd, 4, &size), "the greatest and least values");
}

static void
test_damage(void)
{
	struct sighting s[50], one;
	struct segment g;
	struct buf b;
	size_t i, n;
	bool good = true;

	for (i = 0; i < 50; i++)
		s[i] = nth((uint32_t)i, (uint32_t)(i * 3));
	buf_init(&b);
	segment_encode(&b, s, 50);
	for (n = 0; n < b.n; n++) {
		char *cut = xmalloc(n + 1);

		memcpy(cut, b.p, n);
		segment_open(&g, cut, n);
		while (segment_next(&g, &one))
			;
		good = good && g.damaged;
		free(cut);
	}
	ok(good, "every cut is noticed");
	for (i = 0; i < b.n; i++) {
		b.p[i] = (char)(b.p[i] ^ 0xff);
		segment_open(&g, b.p, b.n);
		for (n = 0; segment_next(&g, &one); n++)
			;
		good = good && n <= 50 + b.n;
		b.p[i] = (char)(b.p[i] ^ 0xff);
	}
	ok(good, "flipped bytes do no harm");
	buf_free(&b);
}

static void
test_spans(void)
{
	struct span s[3] = { { 0, 10, 1 }, { UINT64_MAX, UINT32_MAX, UINT32_MAX }, { 77, 0, 9 } }, *out;
	struct buf b;
	uint32_t n;

	buf_init(&b);
	spans_encode(&b, s, 3);
	ok(spans_decode(b.p, b.n, &out, &n) && n == 3, "three spans");
	ok(n == 3 && out[1].off == s[1].off && out[1].len == s[1].len && out[1].line == s[1].line &&
	    out[2].off == 77, "as they were");
	free(out);
	ok(!spans_decode(b.p, b.n - 1, &out, &n), "cut spans are noticed");
	free(out);
	ok(spans_decode(NULL, 0, &out, &n) && n == 0, "no spans: the whole input");
	free(out);
	buf_free(&b);
}

/* Not a test of speed: the figures are for docs/internals/ledger.md. */
static void
measure(void)
{
	uint32_t n = 62000, i;
	struct sighting *s = xmalloc(n * sizeof *s);
	struct timespec a, z;
	size_t size;
	struct buf b;

	for (i = 0; i < n; i++)
		s[i] = nth(i, (uint32_t)((i * UINT64_C(48271)) % 62003));
	ok(round_trip(s, n, &size), "62,000 sightings in no order");
	buf_init(&b);
	segment_encode(&b, s, n);
	buf_reset(&b);
	clock_gettime(CLOCK_MONOTONIC, &a);
	segment_encode(&b, s, n);
	clock_gettime(CLOCK_MONOTONIC, &z);
	printf("# %.1f ns and %.1f bytes a sighting\n",
	    ((double)(z.tv_sec - a.tv_sec) * 1e9 + (double)(z.tv_nsec - a.tv_nsec)) / n, (double)b.n / n);
	buf_free(&b);
	free(s);
}

int
main(void)
{
	test_round_trips();
	test_damage();
	test_spans();
	measure();
	return done_testing();
}
