/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds text and tables in memory: arena, buffer, map, hash, and the
 * nearest name.
 */
#include "arena.h"
#include "buf.h"
#include "hash.h"
#include "map.h"
#include "near.h"
#include "tap.h"

#define KEYS 100000u

static bool
zeroed(const char *p, size_t n)
{
	while (n > 0 && *p == 0)
		p++, n--;
	return n == 0;
}

static void
t_arena(void)
{
	static const size_t sizes[] = { 0, 1, 15, 16, 17, 4000, 4096, 4097, 70000, (size_t)1 << 20, 3000000 };
	struct arena *a = arena_new();
	size_t i, round, bad = 0, sum = 0;
	uint64_t *list = NULL;
	void *was;
	char *p;

	for (round = 0; round < 5; round++, arena_reset(a)) {
		for (i = sum = 0; i < 20 * sizeof sizes / sizeof sizes[0]; i++) {
			size_t n = i % 20 ? sizes[i * 7 % 6] : sizes[i / 20];

			p = arena_alloc(a, n);
			bad += (uintptr_t)p % 16 != 0 || !zeroed(p, n);
			memset(p, 0xa5, n);
			sum += n;
		}
		bad += arena_used(a) != sum;
	}
	is_int(bad, 0, "aligned, zeroed also after a reset, and counted");
	is_int(arena_used(a), 0, "reset: nothing is in use");
	was = arena_alloc(a, 64);
	arena_reset(a);
	ok(arena_alloc(a, 64) == was, "reset keeps a block");
	for (i = 0; i < 1000; i++) {
		was = list;
		list = arena_room(a, list, i, sizeof *list);
		bad += (list != was) != (i == 0 || (i >= 8 && (i & (i - 1)) == 0));
		list[i] = i;
	}
	for (i = 0; i < 1000; i++)
		bad += list[i] != i;
	is_int(bad, 0, "a list moves at 8, 16, 32 ... only, and keeps what it has");
	p = arena_strndup(a, "a\0b" "c", 3);
	ok(memcmp(p, "a\0b\0", 4) == 0, "strndup: all its bytes and a NUL");
	is_str(arena_strndup(a, NULL, 0), "", "strndup: nothing");
	is_str(arena_printf(a, "%s-%d", "x", 7), "x-7", "printf");
	for (i = 254; i <= 257; i++)
		bad += strlen(arena_printf(a, "%0*d", (int)i, 1)) != i;
	is_int(bad, 0, "printf about the size of its first try");
	arena_free(a);
	arena_free(NULL);
}

static const struct {
	const char	*text;
	size_t		 n;
	const char	*json;
} jsons[] = {
	{ NULL, 0, "\"\"" },
	{ "a\"b\\c/", 6, "\"a\\\"b\\\\c/\"" },
	{ "\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"" },
	{ "\0\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\\u007f\"" },
	{ "\xc2\x9b", 2, "\"\\u009b\"" },
	{ "\xe2\x80\xae", 3, "\"\\u202e\"" },
	{ "\xff" "a\xe2\x82", 4, "\"\xef\xbf\xbd" "a\xef\xbf\xbd\"" },
	{ "\xf0\x9f\x98\x80", 4, "\"\xf0\x9f\x98\x80\"" },
};

/* RFC 4648, section 10 */
static const char *const base64[] = { "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
static const char *const base16[] = { "", "66", "666f", "666f6f", "666f6f62", "666f6f6261", "666f6f626172" };

static void
t_buf(void)
{
	struct buf b;
	size_t i, bad = 0;
	char *p;

	buf_init(&b);
	ok(b.p == NULL && b.n == 0, "empty at first");
	for (i = 0; i < 5000; i++) {
		buf_char(&b, (char)('a' + i % 26));
		bad += b.n != i + 1 || b.n >= b.cap || b.p[b.n] != '\0';
	}
	for (i = 0; i < 5000; i++)
		bad += b.p[i] != (char)('a' + i % 26);
	is_int(bad, 0, "grows, with its NUL");
	buf_reset(&b);
	is_str(b.p, "", "reset");
	for (i = 60; i < 70; i++) {
		struct buf c;

		buf_init(&c);
		buf_printf(&c, "%0*d", (int)i, 1);
		bad += c.n != i || strlen(c.p) != i;
		buf_free(&c);
	}
	is_int(bad, 0, "printf about the room it has");
	for (i = 0; i < sizeof jsons / sizeof jsons[0]; i++) {
		buf_reset(&b);
		buf_json(&b, jsons[i].text, jsons[i].n);
		is_str(b.p, jsons[i].json, "a JSON string");
	}
	buf_reset(&b);
	buf_json_str(&b, NULL);
	is_str(b.p, "null", "JSON: no text");
	for (i = 0; i <= 6; i++) {
		buf_reset(&b);
		buf_base64(&b, "foobar", i);
		is_str(b.p, base64[i], "base64 as RFC 4648 has it");
		buf_reset(&b);
		buf_hex(&b, "foobar", i);
		is_str(b.p, base16[i], "hexadecimal");
	}
	buf_reset(&b);
	buf_base64(&b, "\xff\xef\xbe\xfb", 4);
	is_str(b.p, "/+++" "+w==", "base64 beyond ASCII");
	p = buf_take(&b);
	ok(strlen(p) == 8 && b.p == NULL && b.n == 0, "take leaves it empty");
	free(p);
	p = buf_take(&b);
	is_str(p, "", "take from an empty one: a text");
	free(p);
	buf_free(&b);
}

/* Key k: its number's digits, of 1 to 9 bytes, with NULs among them. */
static size_t
key_of(uint32_t k, char *out)
{
	size_t n = 0;

	for (k = k * 2654435761u; k > 0; k /= 16)
		out[n++] = (char)(k % 16);
	return n;
}

static void
t_map(void)
{
	struct map *m = map_new();
	static uint64_t value[KEYS];
	char key[16];
	const void *got;
	size_t i = 0, n, want, bad = 0;
	uint64_t v;
	uint32_t k;

	for (k = 1; k < KEYS; k++) {
		n = key_of(k, key);
		bad += map_get(m, key, n, NULL);
		bad += !map_set(m, key, n, value[k] = hash_u64(k));
	}
	is_int(bad, 0, "all keys are new");
	for (k = 1; k < KEYS; k += 3)
		bad += map_set(m, key, key_of(k, key), value[k] = ~value[k]);
	is_int(map_count(m), KEYS - 1, "replacing adds nothing");
	for (k = 1; k < KEYS; k++)
		bad += !map_get(m, key, key_of(k, key), &v) || v != value[k];
	is_int(bad, 0, "all are found, replaced or not");
	for (k = 1; map_next(m, &i, &got, &n, &v); k++) {
		want = key_of(k, key);
		bad += n != want || memcmp(got, key, n) != 0 || v != value[k];
	}
	ok(k == KEYS && bad == 0, "the walk is in order of insertion");
	ok(!map_get(m, "", 0, &v) && map_set(m, NULL, 0, 5) && map_get(m, "", 0, &v) && v == 5, "empty key");
	ok(map_set(m, "\0", 1, 6) || map_get(m, "\0", 1, &v), "a NUL is a key of its own");
	ok(map_get(m, "", 0, &v) && v == 5, "and not the empty one");
	map_free(m);
	map_free(NULL);
}

static void
t_hash(void)
{
	char a[80], b[88];
	size_t n, bad = 0, alike = 0;

	memset(a, 'x', sizeof a);
	memset(b, 'x', sizeof b);
	for (n = 0; n <= sizeof a; n++) {
		bad += hash_bytes(a, n) != hash_bytes(b + n % 8, n);
		if (n > 0) {
			alike += hash_bytes(a, n) == hash_bytes(a, n - 1);
			b[n - 1] = 'y';
			alike += hash_bytes(a, n) == hash_bytes(b, n);
			b[n - 1] = 'x';
		}
	}
	is_int(bad, 0, "the same bytes elsewhere have the same hash");
	is_int(alike, 0, "one byte less or other: another hash");
	ok(hash_u64(7) == hash_u64(7) && hash_u64(7) != hash_u64(8), "numbers");
	ok(hash_mix(1, 2) == hash_mix(1, 2) && hash_mix(1, 2) != hash_mix(2, 1), "order counts in a mix");
}

static const struct {
	const char	*got, *near;
} slips[] = {
	{ "severity", "severity" }, { "severety", "severity" }, { "sevreity", "severity" },
	{ "severty", "severity" }, { "severrity", "severity" }, { "Severity", "severity" },
	{ "source_ip", "source-ip" }, { "sorce-pi", "source-ip" }, { "pi", "ip" }, { "ipp", "ip" },
	{ "weather", NULL }, { "", NULL }, { "x", NULL }, { "severityseverity", NULL },
	{ "seve", NULL },
	{ "a name that is longer than any name could be, by far, and so cannot be a slip", NULL },
};

static void
t_near(void)
{
	static const char *const names[] = { "severity", "source-ip", "ip", "y",
		"another name that is longer than any name could be, by far, and so no slip" };
	size_t i;

	for (i = 0; i < sizeof slips / sizeof slips[0]; i++)
		is_str(near_name(slips[i].got, names, 5), slips[i].near, slips[i].got);
	is_str(near_name("ip", NULL, 0), NULL, "nothing is near in an empty list");
}

int
main(void)
{
	t_arena();
	t_buf();
	t_map();
	t_hash();
	t_near();
	return done_testing();
}
