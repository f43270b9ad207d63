/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IP addresses and networks: text in and out by hand, because inet_pton wants
 * a NUL and is slow for what every row of every feed needs.
 */
#include <string.h>
#include "ip.h"

__extension__ typedef unsigned __int128 u128;

static const uint8_t v4_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

/* Four decimal numbers of at most 255 without leading zeros, all of p..end. */
static bool
parse4(const char *p, const char *end, uint8_t out[4])
{
	unsigned v, d, k;
	int i;

	for (i = 0; i < 4; i++) {
		if (i > 0 && (p == end || *p++ != '.'))
			return false;
		if (p == end || (v = (unsigned char)*p - '0') > 9)
			return false;
		p++;
		for (k = 0; k < 2 && p < end && (d = (unsigned char)*p - '0') <= 9; k++, p++) {
			if (v == 0)
				return false;
			v = v * 10 + d;
		}
		if (v > 255)
			return false;
		out[i] = (uint8_t)v;
	}
	return p == end;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One group of one to four digits at *p; how many digits, 0: none, 5: too many. */
static int
parse_group(const char **p, const char *end, unsigned *v)
{
	int n = 0, d;

	*v = 0;
	while (*p < end && (d = hex_digit(**p)) >= 0) {
		if (++n > 4)
			return 5;
		*v = *v << 4 | (unsigned)d;
		(*p)++;
	}
	return n;
}

static bool
parse6(const char *p, const char *end, uint8_t out[16])
{
	const char *start;
	int at = 0, gap = -1, n;
	unsigned v;

	memset(out, 0, 16);
	if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
		gap = 0;
		p += 2;
	}
	while (p < end) {
		start = p;
		n = parse_group(&p, end, &v);
		if (p < end && *p == '.' && n > 0) {
			if (at > 12 || !parse4(start, end, out + at))
				return false;
			at += 4;
			break;
		}
		if (n < 1 || n > 4 || at > 14)
			return false;
		out[at++] = (uint8_t)(v >> 8);
		out[at++] = (uint8_t)v;
		if (p == end)
			break;
		if (*p++ != ':' || p == end)
			return false;
		if (*p == ':') {
			if (gap >= 0)
				return false;
			gap = at;
			p++;
		}
	}
	if (gap < 0)
		return at == 16;
	if (at == 16)
		return false;		/* "::" stands for one group at least */
	memmove(out + 16 - (at - gap), out + gap, (size_t)(at - gap));
	memset(out + gap, 0, (size_t)(16 - at));
	return true;
}

bool
ip_parse(const char *p, size_t n, struct ip *out)
{
	struct ip a;

	if (n < 2 || n > 45)
		return false;
	memcpy(a.b, v4_prefix, 12);
	if (n <= 15 && n >= 7 && parse4(p, p + n, a.b + 12)) {
		*out = a;
		return true;
	}
	if (!parse6(p, p + n, a.b))
		return false;
	*out = a;
	return true;
}

bool
ip_is4(const struct ip *a)
{
	return memcmp(a->b, v4_prefix, 12) == 0;
}

int
ip_cmp(const struct ip *a, const struct ip *b)
{
	return memcmp(a->b, b->b, 16);
}

static char *
put_number(char *q, unsigned v)
{
	if (v >= 100)
		*q++ = (char)('0' + v / 100);
	if (v >= 10)
		*q++ = (char)('0' + v / 10 % 10);
	*q++ = (char)('0' + v % 10);
	return q;
}

static char *
put_group(char *q, unsigned v)
{
	static const char digit[] = "0123456789abcdef";
	int shift = v >= 0x1000 ? 12 : v >= 0x100 ? 8 : v >= 0x10 ? 4 : 0;

	for (; shift >= 0; shift -= 4)
		*q++ = digit[v >> shift & 15];
	return q;
}

static char *
text6(const uint8_t b[16], char *q)
{
	int i, run = 0, best = -1, best_n = 1;
	unsigned g[8];

	for (i = 0; i < 8; i++) {
		g[i] = (unsigned)b[2 * i] << 8 | b[2 * i + 1];
		run = g[i] == 0 ? run + 1 : 0;
		if (run > best_n) {		/* two groups at least; of equals the first */
			best_n = run;
			best = i - run + 1;
		}
	}
	for (i = 0; i < 8; i++) {
		if (i == best) {
			*q++ = ':';
			*q++ = ':';
			i += best_n - 1;
			continue;
		}
		if (i > 0 && q[-1] != ':')
			*q++ = ':';
		q = put_group(q, g[i]);
	}
	return q;
}

static char *
put_ip(const struct ip *a, char *q)
{
	int i;

	if (!ip_is4(a))
		return text6(a->b, q);
	for (i = 12; i < 16; i++) {
		if (i > 12)
			*q++ = '.';
		q = put_number(q, a->b[i]);
	}
	return q;
}

size_t
ip_text(const struct ip *a, char out[IP_TEXT])
{
	char *q = put_ip(a, out);

	*q = '\0';
	return (size_t)(q - out);
}

static u128
number(const struct ip *a)
{
	uint64_t hi = 0, lo = 0;
	int i;

	for (i = 0; i < 8; i++) {
		hi = hi << 8 | a->b[i];
		lo = lo << 8 | a->b[i + 8];
	}
	return (u128)hi << 64 | lo;
}

static void
from_number(u128 v, struct ip *a)
{
	int i;

	for (i = 15; i >= 0; i--, v >>= 8)
		a->b[i] = (uint8_t)v;
}

/* The bits past the length. */
static u128
host_mask(unsigned len)
{
	return len == 0 ? ~(u128)0 : len >= 128 ? 0 : ~(u128)0 >> len;
}

/* The length after the slash: no sign, no leading zeros. */
static bool
parse_len(const char *p, size_t n, unsigned max, unsigned *out)
{
	unsigned v = 0, d;
	size_t i;

	if (n < 1 || n > 3 || (n > 1 && p[0] == '0'))
		return false;
	for (i = 0; i < n; i++) {
		if ((d = (unsigned char)p[i] - '0') > 9)
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return v <= max;
}

bool
ipnet_parse(const char *p, size_t n, struct ipnet *out, bool *hostbits)
{
	const char *slash = n ? memchr(p, '/', n) : NULL;
	size_t addr_n = slash ? (size_t)(slash - p) : n;
	bool dotted = n > 0 && memchr(p, ':', addr_n) == NULL;
	unsigned len = dotted ? 32 : 128;
	struct ip a;
	u128 v;

	if (!ip_parse(p, addr_n, &a))
		return false;
	if (slash != NULL && !parse_len(slash + 1, n - addr_n - 1, len, &len))
		return false;
	if (dotted)
		len += 96;
	v = number(&a);
	if (hostbits != NULL)
		*hostbits = (v & host_mask(len)) != 0;
	from_number(v & ~host_mask(len), &out->ip);
	out->len = (uint8_t)len;
	return true;
}

/* An IPv6 network shorter than /96 does not hold IPv4: "::/0" is all of IPv6. */
bool
ipnet_has(const struct ipnet *net, const struct ip *a)
{
	if (net->len < 96 && ip_is4(a))
		return false;
	return ((number(&net->ip) ^ number(a)) & ~host_mask(net->len)) == 0;
}

size_t
ipnet_text(const struct ipnet *net, char out[IP_TEXT])
{
	bool dotted = net->len >= 96 && ip_is4(&net->ip);
	char *q = dotted || !ip_is4(&net->ip) ? put_ip(&net->ip, out) : text6(net->ip.b, out);

	*q++ = '/';
	q = put_number(q, dotted ? net->len - 96u : net->len);
	*q = '\0';
	return (size_t)(q - out);
}

void
ipnet_first(const struct ipnet *net, struct ip *out)
{
	from_number(number(&net->ip) & ~host_mask(net->len), out);
}

void
ipnet_last(const struct ipnet *net, struct ip *out)
{
	from_number(number(&net->ip) | host_mask(net->len), out);
}

/* Spaces around the dash are as in the registries' databases. */
bool
iprange_parse(const char *p, size_t n, struct ip *lo, struct ip *hi)
{
	const char *dash = n ? memchr(p, '-', n) : NULL, *end = p + n, *a_end, *b;
	struct ip from, to;

	if (dash == NULL)
		return false;
	for (a_end = dash; a_end > p && a_end[-1] == ' '; a_end--)
		;
	for (b = dash + 1; b < end && *b == ' '; b++)
		;
	if (!ip_parse(p, (size_t)(a_end - p), &from) || !ip_parse(b, (size_t)(end - b), &to))
		return false;
	if (ip_is4(&from) != ip_is4(&to) || ip_cmp(&from, &to) > 0)
		return false;
	*lo = from;
	*hi = to;
	return true;
}

size_t
iprange_nets(const struct ip *lo, const struct ip *hi, struct ipnet out[254])
{
	u128 at = number(lo), last = number(hi), mask;
	size_t n = 0;
	unsigned len;

	while (at <= last && n < 254) {
		for (len = 128; len > 0; len--) {
			mask = host_mask(len - 1);
			if ((at & mask) != 0 || (at | mask) > last)
				break;
		}
		from_number(at, &out[n].ip);
		out[n++].len = (uint8_t)len;
		at |= host_mask(len);
		if (at == ~(u128)0)
			break;
		at++;
	}
	return n;
}

struct special {
	struct ipnet	 net;
	const char	*name;
	bool		 doc;
};

#define V4(a, b, c, d, len, name, doc) \
	{ { { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, (a), (b), (c), (d) } }, 96 + (len) }, (name), (doc) }
#define V6(a, b, c, d, len, name, doc) \
	{ { { { (a) >> 8, (a) & 255, (b) >> 8, (b) & 255, (c) >> 8, (c) & 255, (d) >> 8, (d) & 255 } }, \
	    (len) }, \
	  (name), (doc) }

/* The registries of special-purpose addresses, the narrower first; what they
 * list as globally reachable on its own (AS112, for one) is left out. */
static const struct special special4[] = {
	V4(0, 0, 0, 0, 8, "this network", false),
	V4(10, 0, 0, 0, 8, "private use", false),
	V4(100, 64, 0, 0, 10, "shared address space", false),
	V4(127, 0, 0, 0, 8, "loopback", false),
	V4(169, 254, 0, 0, 16, "link local", false),
	V4(172, 16, 0, 0, 12, "private use", false),
	V4(192, 0, 0, 0, 24, "IETF protocol assignments", false),
	V4(192, 0, 2, 0, 24, "documentation", true),
	V4(192, 88, 99, 0, 24, "6to4 relay anycast", false),
	V4(192, 168, 0, 0, 16, "private use", false),
	V4(198, 18, 0, 0, 15, "benchmarking", false),
	V4(198, 51, 100, 0, 24, "documentation", true),
	V4(203, 0, 113, 0, 24, "documentation", true),
	V4(224, 0, 0, 0, 4, "multicast", false),
	V4(255, 255, 255, 255, 32, "limited broadcast", false),
	V4(240, 0, 0, 0, 4, "reserved", false),
};
static const struct special special6[] = {
	{ { { { 0 } }, 128 }, "unspecified", false },
	{ { { { [15] = 1 } }, 128 }, "loopback", false },
	V6(0x64, 0xff9b, 0, 0, 96, "IPv4-IPv6 translation", false),
	V6(0x64, 0xff9b, 1, 0, 48, "local IPv4-IPv6 translation", false),
	V6(0x100, 0, 0, 0, 64, "discard only", false),
	V6(0x100, 0, 0, 1, 64, "dummy prefix", false),
	V6(0x2001, 0, 0, 0, 32, "Teredo", false),
	V6(0x2001, 2, 0, 0, 48, "benchmarking", false),
	V6(0x2001, 0, 0, 0, 23, "IETF protocol assignments", false),
	V6(0x2001, 0xdb8, 0, 0, 32, "documentation", true),
	V6(0x3fff, 0, 0, 0, 20, "documentation", true),
	V6(0x2002, 0, 0, 0, 16, "6to4", false),
	V6(0x5f00, 0, 0, 0, 16, "segment routing", false),
	V6(0xfc00, 0, 0, 0, 7, "unique local", false),
	V6(0xfe80, 0, 0, 0, 10, "link local", false),
	V6(0xff00, 0, 0, 0, 8, "multicast", false),
};

const char *
ip_special(const struct ip *a, bool *doc)
{
	bool four = ip_is4(a);
	const struct special *s = four ? special4 : special6;
	size_t i, n = (four ? sizeof(special4) : sizeof(special6)) / sizeof(struct special);

	if (doc != NULL)
		*doc = false;
	for (i = 0; i < n; i++) {
		if (!ipnet_has(&s[i].net, a))
			continue;
		if (doc != NULL)
			*doc = s[i].doc;
		return s[i].name;
	}
	return NULL;
}

const char *
ip_special_in(const struct ip *lo, const struct ip *hi, bool doc_too)
{
	bool four = ip_is4(lo);
	const struct special *s = four ? special4 : special6;
	size_t i, n = (four ? sizeof(special4) : sizeof(special6)) / sizeof(struct special);
	struct ip first, last;

	for (i = 0; i < n; i++) {
		ipnet_first(&s[i].net, &first);
		ipnet_last(&s[i].net, &last);
		if ((doc_too || !s[i].doc) && ip_cmp(lo, &last) <= 0 && ip_cmp(&first, hi) <= 0)
			return s[i].name;
	}
	return NULL;
}
