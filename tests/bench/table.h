/* SPDX-License-Identifier: Apache-2.0 */
/* A feed for the benches, made in memory: a table of 38 columns, as wide as Shadowserver's are. */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define TABLE_COLUMNS 38u

/* Rows of varied length, about 445 bytes; one in fifty has a quote inside. */
static inline char *
table_make(uint32_t rows, int quoted, size_t *n)
{
	size_t size = (size_t)rows * 560 + 2048;
	char *p = malloc(size), *q = p;
	const char *end = p + size;
	uint32_t r, i;
	uint64_t s = 88172645463325252u;

	for (i = 0; i < TABLE_COLUMNS; i++)
		q += snprintf(q, (size_t)(end - q), "%s\"column_%02u\"", i ? "," : "", i);
	*q++ = '\n';
	for (r = 0; r < rows; r++) {
		for (i = 0; i < TABLE_COLUMNS; i++) {
			static const char words[] =
			    "Communications, Service Provider and Hosting Service 2026-11-19";
			uint32_t len;
			const char *w;

			s ^= s << 13, s ^= s >> 7, s ^= s << 17;
			if (i)
				*q++ = ',';
			if (i % 3 == 2)
				continue;
			len = 6 + (uint32_t)(s >> 20) % 19;
			w = words + (s >> 40) % (sizeof(words) - 1 - len);
			if (i % 3 == 0 && quoted < 2)
				q += snprintf(q, (size_t)(end - q), "%u", (uint32_t)(s >> 33));
			else if (quoted == 0)
				q += snprintf(q, (size_t)(end - q), "%.*s", (int)(len / 2),
				    "abcdefghijklmnopqrstuvwxyz");
			else
				q += snprintf(q, (size_t)(end - q), r % 50 == 0 && i == 1 ?
				    "\"%.*s \"\"x\"\"\"" : "\"%.*s\"", (int)len, w);
		}
		*q++ = '\n';
	}
	*n = (size_t)(q - p);
	return p;
}

#endif
