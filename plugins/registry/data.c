/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the assets; see data.h.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include "data.h"

/* ---- one line */

static bool
read_address(struct tcs_slice s, uint8_t ip[16], bool *dotted)
{
	char text[INET6_ADDRSTRLEN];

	if (!tcs_copy(text, sizeof text, s))
		return false;
	*dotted = tcs_find(s, ':') == s.n;
	if (!*dotted)
		return inet_pton(AF_INET6, text, ip) == 1;
	memset(ip, 0, 10);
	ip[10] = ip[11] = 0xff;
	return inet_pton(AF_INET, text, ip + 12) == 1;
}

static bool
bits_past(const uint8_t ip[16], unsigned len)
{
	unsigned i = len / 8;

	if (len % 8 != 0 && (ip[i++] & (0xff >> len % 8)) != 0)
		return true;
	for (; i < 16; i++)
		if (ip[i] != 0)
			return true;
	return false;
}

/* IPv4 networks, and IPv6 ones inside ::ffff:0:0/96, are IPv4. */
static bool
is4(const struct data_net *net)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return net->len >= 96 && memcmp(net->ip, mapped, sizeof mapped) == 0;
}

static const char *
read_net(struct data *d, struct tcs_slice s, uint32_t asset)
{
	size_t slash = tcs_find(s, '/');
	struct data_net net = { .asset = asset };
	uint64_t len;
	bool dotted;

	if (!read_address(tcs_slice(s.p, slash), net.ip, &dotted))
		return "not a network";
	if (slash == s.n)
		len = dotted ? 32 : 128;
	else if (!tcs_uint(tcs_slice(s.p + slash + 1, s.n - slash - 1), dotted ? 32 : 128, &len))
		return "not a prefix length";
	net.len = (uint8_t)(len + (dotted ? 96 : 0));
	if (bits_past(net.ip, net.len))
		return "bits set past the prefix length";
	if (is4(&net))
		d->net4[d->nnet4++] = net;
	else
		d->net6[d->nnet6++] = net;
	return NULL;
}

static const char *
read_asn(struct data *d, struct tcs_slice s, uint32_t asset)
{
	uint64_t v;

	if (!tcs_starts(s, "AS") || !tcs_uint(tcs_slice(s.p + 2, s.n - 2), UINT32_MAX, &v))
		return "not an AS number";
	d->asn[d->nasn++] = (struct data_asn){ (uint32_t)v, asset };
	return NULL;
}

static const char *
read_domain(struct data *d, struct tcs_slice s, uint32_t asset)
{
	struct tcs_slice rest = s, label;
	uint32_t n = 0;
	size_t i;

	while (tcs_cut(&rest, '.', &label)) {
		if (label.n == 0)
			return "a label is empty";
		n++;
	}
	for (i = 0; i < s.n; i++)
		if (s.p[i] != tcs_lower(s.p[i]))
			return "upper case in a domain";
	d->domain[d->ndomain++] = (struct data_domain){ s, asset, n };
	d->labels += n;
	return NULL;
}

static const char *
read_line(struct data *d, struct tcs_slice line)
{
	struct tcs_slice number, kind;
	uint64_t asset;

	if (!tcs_cut(&line, '\t', &number) || !tcs_cut(&line, '\t', &kind) || line.p == NULL)
		return "not three columns";
	if (!tcs_uint(number, UINT32_MAX, &asset) || asset == 0)
		return "not the number of an asset";
	if (tcs_is(kind, "net"))
		return read_net(d, line, (uint32_t)asset);
	if (tcs_is(kind, "asn"))
		return read_asn(d, line, (uint32_t)asset);
	if (tcs_is(kind, "domain"))
		return read_domain(d, line, (uint32_t)asset);
	return "not a kind of asset";
}

/* ---- order */

static int
by_number(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int
by_net(const void *x, const void *y)
{
	const struct data_net *a = x, *b = y;
	int c = memcmp(a->ip, b->ip, sizeof a->ip);

	if (c == 0)
		c = a->len - b->len;
	return c != 0 ? c : by_number(a->asset, b->asset);
}

static int
by_asn(const void *x, const void *y)
{
	const struct data_asn *a = x, *b = y;

	return a->asn != b->asn ? by_number(a->asn, b->asn) : by_number(a->asset, b->asset);
}

static int
by_domain(const void *x, const void *y)
{
	const struct data_domain *a = x, *b = y;
	int c = by_number(a->labels, b->labels);

	if (c == 0 && a->text.n != b->text.n)
		c = a->text.n < b->text.n ? -1 : 1;
	if (c == 0)
		c = memcmp(a->text.p, b->text.p, a->text.n);
	return c != 0 ? c : by_number(a->asset, b->asset);
}

/* ---- all */

static uint32_t
count_lines(const char *p, size_t n)
{
	uint32_t lines = 0;
	const char *end = p + n, *nl;

	for (; n > 0 && (nl = memchr(p, '\n', n)) != NULL; p = nl + 1, n = (size_t)(end - p))
		lines++;
	return lines + (n > 0);
}

static bool
data_room(struct data *d, uint32_t n)
{
	size_t room = (size_t)n + 1;

	d->nline = n;
	d->net4 = malloc(room * sizeof *d->net4);
	d->net6 = malloc(room * sizeof *d->net6);
	d->asn = malloc(room * sizeof *d->asn);
	d->domain = malloc(room * sizeof *d->domain);
	return d->net4 != NULL && d->net6 != NULL && d->asn != NULL && d->domain != NULL;
}

enum data_rc
data_read(struct data *d, const char *p, size_t n, uint32_t *line, const char **why)
{
	struct tcs_slice rest = tcs_slice(n > 0 ? p : NULL, n), one;

	memset(d, 0, sizeof *d);
	*line = 0;
	if (!data_room(d, count_lines(p, n)))
		return DATA_NOMEM;
	while (tcs_cut(&rest, '\n', &one)) {
		++*line;
		if ((one.n > 0 || rest.p != NULL) && (*why = read_line(d, one)) != NULL)
			return DATA_BAD;
	}
	qsort(d->net4, d->nnet4, sizeof *d->net4, by_net);
	qsort(d->net6, d->nnet6, sizeof *d->net6, by_net);
	qsort(d->asn, d->nasn, sizeof *d->asn, by_asn);
	qsort(d->domain, d->ndomain, sizeof *d->domain, by_domain);
	return DATA_OK;
}

void
data_free(struct data *d)
{
	free(d->net4);
	free(d->net6);
	free(d->asn);
	free(d->domain);
}
