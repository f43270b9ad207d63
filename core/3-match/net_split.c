/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registries' delegated(-extended) statistics: which country a range was
 * given to.  registry|cc|type|start|value|date|status[|opaque-id]; for ipv4
 * the value is how many addresses, for ipv6 a prefix length, for asn how many
 * numbers.  They say no contacts.
 */
#include "3-match/net.h"

#define CELLS 8

static bool
ipv4_range(const struct tcs_slice *cell, struct ip *lo, struct ip *hi)
{
	uint64_t n, first;
	int i;

	if (!ip_parse(cell[3].p, cell[3].n, lo) || !ip_is4(lo) || !tcs_uint(cell[4], UINT32_MAX, &n) ||
	    n == 0)
		return false;
	first = (uint64_t)lo->b[12] << 24 | (uint64_t)lo->b[13] << 16 | (uint64_t)lo->b[14] << 8 | lo->b[15];
	if ((first += n - 1) > UINT32_MAX)
		return false;
	*hi = *lo;
	for (i = 0; i < 4; i++)
		hi->b[12 + i] = (uint8_t)(first >> (24 - 8 * i));
	return true;
}

static bool
ipv6_range(const struct tcs_slice *cell, struct ip *lo, struct ip *hi)
{
	struct ipnet net = { .len = 0 };
	uint64_t len;

	if (!ip_parse(cell[3].p, cell[3].n, lo) || ip_is4(lo) || !tcs_uint(cell[4], 128, &len) || len == 0)
		return false;
	net.ip = *lo;
	net.len = (uint8_t)len;
	ipnet_last(&net, hi);
	return true;
}

static void
record(struct net_build *b, const char *file, const struct tcs_slice *cell, unsigned number)
{
	uint64_t first, n;
	struct ip lo, hi;

	if (!tcs_is(cell[6], "allocated") && !tcs_is(cell[6], "assigned")) {
		net_pass(b);			/* available, reserved: nobody's */
		return;
	}
	if (tcs_is(cell[2], "asn")) {
		if (tcs_uint(cell[3], UINT32_MAX, &first) && tcs_uint(cell[4], UINT32_MAX, &n) && n > 0 &&
		    first + n - 1 <= UINT32_MAX)
			net_put_as(b, (uint32_t)first, (uint32_t)(first + n - 1), TCS_LIT(""), cell[1], NULL);
		else
			net_refuse(b, file, number, "not AS numbers; expected the first and how many");
	} else if (tcs_is(cell[2], "ipv4") ? ipv4_range(cell, &lo, &hi) :
	    tcs_is(cell[2], "ipv6") && ipv6_range(cell, &lo, &hi)) {
		net_put_range(b, &lo, &hi, TCS_LIT(""), cell[1], NULL, 0);
	} else
		net_refuse(b, file, number,
		    "not a range; expected ipv4 and how many addresses, or ipv6 and a prefix length");
}

/* The first line is the version line: 2|ripencc|20261120|150000|19830705|20261119|+0100 */
static void
version(struct net_build *b, const struct tcs_slice *cell)
{
	char day[11];
	int64_t dated;

	net_put_name(b, "delegated-", cell[1]);
	if (cell[2].n != 8)
		return;
	memcpy(day, cell[2].p, 4);
	memcpy(day + 5, cell[2].p + 4, 2);
	memcpy(day + 8, cell[2].p + 6, 2);
	day[4] = day[7] = '-';
	if (time_parse(day, 10, &dated))
		net_put_dated(b, dated);
}

void
net_split_line(struct net_build *b, const char *file, struct tcs_slice line, unsigned number)
{
	struct tcs_slice cell[CELLS] = { { NULL, 0 } };
	unsigned n = 0;

	line = tcs_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return;
	while (n < CELLS && tcs_cut(&line, '|', &cell[n]))
		n++;
	if (n >= 3 && cell[0].n <= 3 && cell[0].p[0] >= '0' && cell[0].p[0] <= '9')
		version(b, cell);
	else if (n >= 6 && tcs_is(cell[5], "summary"))
		return;
	else if (n >= 7)
		record(b, file, cell, number);
	else
		net_refuse(b, file, number,
		    "not a record; expected registry|country|type|start|value|date|status");
}
