/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes made of one primitive: the 128-bit product of two words, its halves
 * xored.  Both factors hold secret bits, drawn before main, so that input
 * cannot steer a factor to zero or a table to one chain.  Values differ from
 * run to run: never store them, never let output depend on them.
 */
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include "hash.h"

static uint64_t secret[4];

__attribute__((constructor)) static void
hash_seed(void)
{
	struct timespec ts;
	size_t i;

	if (getrandom(secret, sizeof(secret), GRND_NONBLOCK) != (ssize_t)sizeof(secret)) {
		/* Early at boot, or forbidden: worse, but not nothing. */
		clock_gettime(CLOCK_REALTIME, &ts);
		secret[0] = (uint64_t)ts.tv_nsec * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)ts.tv_sec;
		secret[1] = (uint64_t)(uintptr_t)&ts ^ (uint64_t)getpid() << 40;
		secret[2] = secret[0] * UINT64_C(0xd6e8feb86659fd93);
		secret[3] = secret[1] * UINT64_C(0xa0761d6478bd642f);
	}
	for (i = 0; i < 4; i++)
		secret[i] |= 1;
}

static inline uint64_t
fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 r = (unsigned __int128)a * b;

	return (uint64_t)r ^ (uint64_t)(r >> 64);
}

static inline uint64_t
word(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

static inline uint64_t
half(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

uint64_t
hash_bytes(const void *data, size_t n)
{
	const unsigned char *p = data;
	uint64_t h = secret[0] ^ n, a = 0, b = 0;
	size_t left = n;

	for (; left > 16; left -= 16, p += 16)
		h = fold(word(p) ^ secret[1], word(p + 8) ^ h);
	if (left >= 8) {		/* the two words may overlap: n is part of the hash */
		a = word(p);
		b = word(p + left - 8);
	} else if (left >= 4) {
		a = half(p);
		b = half(p + left - 4);
	} else if (left > 0)
		a = (uint64_t)p[0] << 16 | (uint64_t)p[left / 2] << 8 | p[left - 1];
	return fold(fold(a ^ secret[1], b ^ h) ^ secret[2], secret[3] ^ n);
}

/* One to one: different numbers have different hashes. */
uint64_t
hash_u64(uint64_t x)
{
	x ^= secret[0];
	x ^= x >> 31;
	x *= UINT64_C(0x9e3779b97f4a7c15);
	x ^= x >> 29;
	x *= secret[1];
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	return x ^ x >> 30;
}

uint64_t
hash_mix(uint64_t a, uint64_t b)
{
	uint64_t sum = a + b * UINT64_C(0x9e3779b97f4a7c15) + secret[3];

	return fold(fold(a ^ secret[1], b ^ secret[2]) ^ secret[0], sum);
}
