/* SPDX-License-Identifier: Apache-2.0 */
/* See words.h. */
#include <stdlib.h>
#include "words.h"

/* How long a CVE number at the start is; 0: there is none. */
static size_t
cve_length(const char *p, size_t n)
{
	size_t i;

	if (n < 13 || !tcs_is_nocase(tcs_slice(p, 4), "cve-") || p[8] != '-')
		return 0;
	for (i = 4; i < n && i < 28; i++) {
		if (i == 8)
			continue;
		if (p[i] < '0' || p[i] > '9')
			break;
	}
	return i >= 13 && i <= 27 ? i : 0;
}

void
cves_in(struct cves *c, struct tcs_slice s)
{
	char text[28];
	size_t i, k, n;
	uint32_t have;

	for (i = 0; i < s.n; i += n ? n : 1) {
		if ((n = cve_length(s.p + i, s.n - i)) == 0)
			continue;
		for (k = 0; k < n; k++)
			text[k] = tcs_lower(s.p[i + k]);
		text[n] = '\0';
		for (have = 0; have < c->n && strcmp(c->text[have], text) != 0; have++)
			continue;
		if (have == c->n && c->n < CVES_MAX)
			memcpy(c->text[c->n++], text, n + 1);
	}
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

struct tcs_slice
cves_join(const struct cves *c, struct pen *p)
{
	struct tcs_slice all = { NULL, 0 };
	struct cves sorted = *c;
	uint32_t i;

	qsort(sorted.text, sorted.n, sizeof(sorted.text[0]), by_text);
	for (i = 0; i < sorted.n; i++)
		pen_add(p, &all, ";", tcs_str(sorted.text[i]));
	return all;
}

bool
ports_in(struct tcs_slice list, uint16_t *port, uint32_t max, uint32_t *n)
{
	struct tcs_slice part, from;
	uint64_t a, b;

	*n = 0;
	while (tcs_cut(&list, ',', &part)) {
		tcs_cut(&part, '-', &from);
		if (!tcs_uint(tcs_trim(from), 65535, &a))
			return false;
		b = a;
		if (part.p != NULL && !tcs_uint(tcs_trim(part), 65535, &b))
			return false;
		if (b < a || *n + (b - a) + 1 > max)
			return false;
		for (; a <= b; a++)
			port[(*n)++] = (uint16_t)a;
	}
	return *n > 0;
}

struct tcs_slice
transport_name(struct tcs_slice number)
{
	static const struct { const char *number, *name; } names[] = {
		{ "6", "tcp" }, { "17", "udp" }, { "1", "icmp" }, { "132", "sctp" }, { "33", "dccp" },
		{ "58", "ipv6-icmp" }, { "47", "gre" }, { "50", "esp" }, { "51", "ah" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (tcs_is(number, names[i].number))
			return tcs_str(names[i].name);
	return number;
}
