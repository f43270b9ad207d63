/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses, networks and ranges: tables from the standards, the system's own
 * inet_pton and inet_ntop as judges of random text, and a binary tree that
 * counts how many networks a range needs.
 */
#include <arpa/inet.h>
#include "ip.h"
#include "exact.h"
#include "tap.h"

__extension__ typedef unsigned __int128 u128;

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char	*text, *want;	/* NULL: refused */
} addresses[] = {
	{ "192.0.2.1", "192.0.2.1" }, { "0.0.0.0", "0.0.0.0" }, { "255.255.255.255", "255.255.255.255" },
	{ "010.0.0.1", NULL }, { "10.0.0.01", NULL }, { "10.00.0.1", NULL }, { "10.0.0.001", NULL },
	{ "256.0.0.1", NULL }, { "1.2.3.999", NULL }, { "1.2.3.1000", NULL }, { "4294967297.0.0.1", NULL },
	{ "10.1", NULL }, { "127.1", NULL }, { "1.2.3", NULL }, { "1.2.3.", NULL }, { "1.2.3.4.", NULL },
	{ "1.2.3.4.5", NULL }, { ".1.2.3.4", NULL }, { "1..2.3", NULL }, { "1.2..3.4", NULL },
	{ "3221225985", NULL }, { "0xc0000201", NULL }, { "0x7f.0.0.1", NULL }, { "1.2.3.a", NULL },
	{ " 192.0.2.1", NULL }, { "192.0.2.1 ", NULL }, { "192.0.2.1\n", NULL }, { "+1.2.3.4", NULL },
	{ "1.2.3.-4", NULL }, { "192.0.2.1:80", NULL }, { "192.0.2.1/32", NULL }, { "192.0.2.1%eth0", NULL },
	{ "", NULL }, { ".", NULL }, { ":", NULL }, { "1", NULL }, { "0", NULL }, { "...", NULL },
	{ "shop.example", NULL }, { "\xd9\xa1.2.3.4", NULL },
	/* RFC 4291 2.2 */
	{ "::", "::" }, { "::1", "::1" }, { "1::", "1::" }, { ":::", NULL }, { "::::", NULL }, { ":1", NULL },
	{ "1:", NULL }, { "::1:", NULL }, { ":1::", NULL }, { "1:::2", NULL }, { "1::2::3", NULL },
	{ "::1::", NULL }, { "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" }, { "1:2:3:4:5:6:7", NULL },
	{ "1:2:3:4:5:6:7:8:9", NULL }, { "1:2:3:4:5:6:7:", NULL }, { ":2:3:4:5:6:7:8", NULL },
	{ "1:2:3:4:5:6:7:8:", NULL }, { "1:2:3:4:5:6:7:8::", NULL }, { "::1:2:3:4:5:6:7:8", NULL },
	{ "1:2:3:4::5:6:7:8", NULL }, { "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
	{ "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8" }, { "1:2:3::5:6:7:8", "1:2:3:0:5:6:7:8" },
	{ "2001:db8::g", NULL }, { "2001:db8::12345", NULL }, { "2001:db8::00001", NULL },
	{ "2001:db8::1%eth0", NULL }, { "fe80::1%1", NULL }, { "[2001:db8::1]", NULL }, { " ::1", NULL },
	{ "::1 ", NULL }, { "2001:db8::1/128", NULL }, { "2001:0DB8::000A", "2001:db8::a" },
	/* IPv4 in IPv6 */
	{ "::ffff:192.0.2.1", "192.0.2.1" }, { "::FFFF:c000:201", "192.0.2.1" },
	{ "0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1" }, { "::ffff:0:0", "0.0.0.0" },
	{ "0000:0000:0000:0000:0000:ffff:255.255.255.255", "255.255.255.255" },
	{ "0000:0000:0000:0000:0000:0ffff:255.255.255.255", NULL },
	{ "::192.0.2.1", "::c000:201" }, { "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
	{ "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304" }, { "1:2:3:4:5::1.2.3.4", "1:2:3:4:5:0:102:304" },
	{ "1:2:3:4:5:1.2.3.4", NULL }, { "1:2:3:4:5:6::1.2.3.4", NULL }, { "1:2:3:4:5:6:7:1.2.3.4", NULL },
	{ "::1.2.3.4:5", NULL }, { "1.2.3.4::", NULL }, { "::1.2.3", NULL }, { "::1.2.3.4.5", NULL },
	{ "::01.2.3.4", NULL }, { "::1.2.3.256", NULL }, { "::a.2.3.4", NULL }, { "::1.2.3.4 ", NULL },
	{ "::.2.3.4", NULL }, { "1:2:3:4:5:6:.2.3.4", NULL },
	/* RFC 5952: 4.1 zeros, 4.2.1 all of the run, 4.2.2 not for one group, 4.2.3 longest, first, 4.3 */
	{ "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1" }, { "2001:db8::0:1", "2001:db8::1" },
	{ "2001:db8:0:0:0:0:2:1", "2001:db8::2:1" }, { "2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
	{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" }, { "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
	{ "0:0:1:0:0:1:0:0", "::1:0:0:1:0:0" }, { "1:0:0:1:0:0:0:0", "1:0:0:1::" },
	{ "0:1:0:1:0:1:0:1", "0:1:0:1:0:1:0:1" }, { "1:2:3:4:5:6:0:0", "1:2:3:4:5:6::" },
	{ "0:0:3:4:5:6:7:8", "::3:4:5:6:7:8" }, { "2001:DB8::ABCD:EF", "2001:db8::abcd:ef" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	{ "::fffe:c000:201", "::fffe:c000:201" }, { "::ffff:0:c000:201", "::ffff:0:c000:201" },
};

static bool
parse(const char *text, size_t n, struct ip *a)
{
	struct exact x = exact(text, n);
	bool good = ip_parse(x.p, n, a);

	free(x.block);
	return good;
}

static struct ip
address(const char *text)
{
	struct ip a;

	if (!ip_parse(text, strlen(text), &a))
		abort();
	return a;
}

/* What the system thinks; a NUL inside is no address. */
static bool
judge(const char *p, size_t n, struct ip *a)
{
	char text[100];

	if (n >= sizeof text || memchr(p, '\0', n) != NULL)
		return false;
	memcpy(text, p, n);
	text[n] = '\0';
	memset(a, 0, sizeof *a);
	a->b[10] = a->b[11] = 0xff;
	return inet_pton(AF_INET, text, a->b + 12) == 1 || inet_pton(AF_INET6, text, a->b) == 1;
}

static bool
agrees(const char *p, size_t n)
{
	struct ip a, b;
	bool ours = parse(p, n, &a);

	if (ours == judge(p, n, &b) && (!ours || ip_cmp(&a, &b) == 0))
		return true;
	printf("# \"%.*s\": %s\n", (int)n, p, ours ? "taken" : "refused");
	return false;
}

static void
test_addresses(void)
{
	struct ip a, untouched;
	char out[IP_TEXT];
	size_t i, n;
	bool same = true;

	memset(&untouched, 0x5a, sizeof untouched);
	for (i = 0; i < COUNT(addresses); i++) {
		a = untouched;
		n = strlen(addresses[i].text);
		if (parse(addresses[i].text, n, &a)) {
			n = ip_text(&a, out);
			is_str(out, addresses[i].want, addresses[i].text);
			same = same && n == strlen(out);
		} else {
			is_str(NULL, addresses[i].want, addresses[i].text);
			same = same && ip_cmp(&a, &untouched) == 0;
		}
	}
	ok(same, "the length is the text's; a refused text leaves the address alone");
	ok(!parse("192.0.2.1\0", 10, &a) && !parse("\0", 1, &a) && !parse("::\0", 3, &a), "a NUL is a byte");
	ok(!parse(NULL, 0, &a), "no text at all");
	ok(parse("192.0.2.17", 9, &a) && ip_text(&a, out) && strcmp(out, "192.0.2.1") == 0, "n is the end");
}

static void
test_judged(void)
{
	char text[80];
	bool same = true;
	size_t i, n, k;

	for (i = 0; i < COUNT(addresses); i++)
		for (n = 0; n <= strlen(addresses[i].text); n++)
			same = agrees(addresses[i].text, n) && same;
	ok(same, "every prefix of each, as inet_pton says");
	for (i = 0, same = true; same && i < 200000; i++) {
		k = rnd() % COUNT(addresses);
		n = strlen(addresses[k].text);
		memcpy(text, addresses[k].text, n);
		for (k = rnd() % 3; k < 3; k++)
			n = mutate(text, n, sizeof text, "0125:::...abfF9g %/-x");
		same = agrees(text, n);
	}
	ok(same, "200,000 mended and broken texts, as inet_pton says");
}

/* Random, with many zeros and ones, for the runs. */
static struct ip
random_address(void)
{
	struct ip a;
	unsigned i, mask = rnd() & 0xff;
	uint64_t v;

	for (i = 0; i < 8; i++) {
		v = mask >> i & 1 ? 0 : rnd() >> (rnd() % 4 * 4);
		a.b[2 * i] = (uint8_t)(v >> 8);
		a.b[2 * i + 1] = (uint8_t)v;
	}
	if (rnd() % 4 == 0) {
		memset(a.b, 0, 10);
		memset(a.b + 10, 0xff, 2);
	}
	return a;
}

static void
test_text(void)
{
	char out[IP_TEXT], want[INET6_ADDRSTRLEN];
	bool back = true, same = true;
	struct ip a, b;
	size_t n, i;

	for (i = 0; i < 100000 && back && same; i++) {
		a = random_address();
		n = ip_text(&a, out);
		back = n == strlen(out) && parse(out, n, &b) && ip_cmp(&a, &b) == 0;
		if (ip_is4(&a))
			inet_ntop(AF_INET, a.b + 12, want, sizeof want);
		else
			inet_ntop(AF_INET6, a.b, want, sizeof want);
		/* ::192.0.2.1 is a custom of the system's; here it is like any other */
		same = strcmp(out, want) == 0 || (!ip_is4(&a) && strchr(want, '.') != NULL);
	}
	ok(back, "100,000 addresses as text and back");
	if (!ok(same, "and as inet_ntop writes them"))
		printf("# %s, not %s\n", out, want);
}

static const struct {
	const char	*text, *want, *first, *last;	/* want NULL: refused */
	bool		 hostbits;
} nets[] = {
	{ "192.0.2.0/24", "192.0.2.0/24", "192.0.2.0", "192.0.2.255", false },
	{ "192.0.2.77/24", "192.0.2.0/24", "192.0.2.0", "192.0.2.255", true },
	{ "192.0.2.77", "192.0.2.77/32", "192.0.2.77", "192.0.2.77", false },
	{ "192.0.2.77/32", "192.0.2.77/32", "192.0.2.77", "192.0.2.77", false },
	{ "192.0.2.77/31", "192.0.2.76/31", "192.0.2.76", "192.0.2.77", true },
	{ "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0", "255.255.255.255", false },
	{ "128.0.0.0/0", "0.0.0.0/0", "0.0.0.0", "255.255.255.255", true },
	{ "128.0.0.0/1", "128.0.0.0/1", "128.0.0.0", "255.255.255.255", false },
	{ "2001:db8::/32", "2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", false },
	{ "2001:db8::1/32", "2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true },
	{ "2001:DB8::1", "2001:db8::1/128", "2001:db8::1", "2001:db8::1", false },
	{ "2001:db8::/128", "2001:db8::/128", "2001:db8::", "2001:db8::", false },
	{ "::/0", "::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false },
	{ "::1/127", "::/127", "::", "::1", true },
	{ "::ffff:192.0.2.0/120", "192.0.2.0/24", "192.0.2.0", "192.0.2.255", false },
	{ "::ffff:192.0.2.1/128", "192.0.2.1/32", "192.0.2.1", "192.0.2.1", false },
	{ "::ffff:0:0/96", "0.0.0.0/0", "0.0.0.0", "255.255.255.255", false },
	{ "::ffff:0:0/95", "::fffe:0:0/95", "::fffe:0:0", "255.255.255.255", true },
	{ "192.0.2.0/33", NULL, NULL, NULL, false }, { "192.0.2.0/128", NULL, NULL, NULL, false },
	{ "192.0.2.0/", NULL, NULL, NULL, false }, { "192.0.2.0/024", NULL, NULL, NULL, false },
	{ "192.0.2.0/00", NULL, NULL, NULL, false }, { "192.0.2.0/-1", NULL, NULL, NULL, false },
	{ "192.0.2.0/+8", NULL, NULL, NULL, false }, { "192.0.2.0/24 ", NULL, NULL, NULL, false },
	{ "192.0.2.0 /24", NULL, NULL, NULL, false }, { "192.0.2.0/24/24", NULL, NULL, NULL, false },
	{ "192.0.2.0//24", NULL, NULL, NULL, false }, { "192.0.2/24", NULL, NULL, NULL, false },
	{ "192.0.2.0/255.255.255.0", NULL, NULL, NULL, false },
	{ "192.0.2.0/4294967320", NULL, NULL, NULL, false },
	{ "2001:db8::/129", NULL, NULL, NULL, false }, { "2001:db8::/999", NULL, NULL, NULL, false },
	{ "2001:db8::/1x", NULL, NULL, NULL, false }, { "2001:db8/32", NULL, NULL, NULL, false },
	{ "/24", NULL, NULL, NULL, false }, { "/", NULL, NULL, NULL, false }, { "", NULL, NULL, NULL, false },
};

static bool
parse_net(const char *text, size_t n, struct ipnet *net, bool *hostbits)
{
	struct exact x = exact(text, n);
	bool good = ipnet_parse(x.p, n, net, hostbits);

	free(x.block);
	return good;
}

static void
test_nets(void)
{
	char text[IP_TEXT], first[IP_TEXT], last[IP_TEXT];
	struct ipnet net;
	struct ip a;
	bool host;
	size_t i, n;

	for (i = 0; i < COUNT(nets); i++) {
		if (!parse_net(nets[i].text, strlen(nets[i].text), &net, &host)) {
			is_str(NULL, nets[i].want, nets[i].text);
			continue;
		}
		n = ipnet_text(&net, text);
		is_int(n, strlen(text), "the length is the text's");
		is_str(text, nets[i].want, nets[i].text);
		ipnet_first(&net, &a);
		ip_text(&a, first);
		ipnet_last(&net, &a);
		ip_text(&a, last);
		ok(nets[i].want && host == nets[i].hostbits && strcmp(first, nets[i].first) == 0 &&
		    strcmp(last, nets[i].last) == 0, "%s: host bits, %s to %s", nets[i].text, first, last);
	}
	ok(parse_net("192.0.2.9/24", 12, &net, NULL) && net.len == 120, "no hostbits; /24 has len 120");
	a = address("192.0.2.1");
	ok(ipnet_parse("::/0", 4, &net, NULL) && !ipnet_has(&net, &a), "::/0 is all of IPv6 and no IPv4");
	a = address("2001:db8::1");
	ok(ipnet_parse("0.0.0.0/0", 9, &net, NULL) && !ipnet_has(&net, &a), "0.0.0.0/0 holds no IPv6");
}

static bool
bit(const struct ip *a, unsigned i)
{
	return a->b[i / 8] >> (7 - i % 8) & 1;
}

/* Bit by bit, one at a time. */
static bool
net_as_said(const struct ipnet *net, const struct ip *a)
{
	struct ip first, last, any = *a;
	bool in = net->len >= 96 || !ip_is4(a);
	unsigned i;

	ipnet_first(net, &first);
	ipnet_last(net, &last);
	for (i = 0; i < 128; i++) {
		if (i >= net->len && (bit(&first, i) || !bit(&last, i)))
			return false;
		if (i < net->len && (bit(&first, i) != bit(&net->ip, i) || bit(&last, i) != bit(&net->ip, i)))
			return false;
		in = in && (i >= net->len || bit(&net->ip, i) == bit(a, i));
	}
	return in == ipnet_has(net, &any);
}

static void
test_random_nets(void)
{
	struct ipnet net, back;
	char text[IP_TEXT];
	bool good = true, host;
	struct ip a;
	size_t i, n;

	for (i = 0; i < 50000 && good; i++) {
		net.ip = random_address();
		net.len = (uint8_t)(ip_is4(&net.ip) ? 96 + rnd() % 33 : rnd() % 129);
		a = net.ip;
		a.b[rnd() % 16] ^= (uint8_t)(1 << rnd() % 8);
		good = net_as_said(&net, &a) && net_as_said(&net, &net.ip);
		ipnet_first(&net, &net.ip);
		n = ipnet_text(&net, text);
		good = good && parse_net(text, n, &back, &host) && !host && back.len == net.len &&
		    ip_cmp(&back.ip, &net.ip) == 0;
	}
	if (!ok(good, "50,000 networks: first, last, has, text and back"))
		printf("# %s\n", text);
}

static const struct {
	const char	*text, *lo, *hi;	/* lo NULL: refused */
} ranges[] = {
	{ "192.0.2.5-192.0.2.77", "192.0.2.5", "192.0.2.77" },
	{ "192.0.2.5 - 192.0.2.77", "192.0.2.5", "192.0.2.77" },
	{ "192.0.2.5-192.0.2.5", "192.0.2.5", "192.0.2.5" },
	{ "0.0.0.0-255.255.255.255", "0.0.0.0", "255.255.255.255" },
	{ "2001:db8::-2001:db8::ff", "2001:db8::", "2001:db8::ff" },
	{ "::ffff:192.0.2.1-192.0.2.2", "192.0.2.1", "192.0.2.2" },
	{ "192.0.2.77-192.0.2.5", NULL, NULL }, { "2001:db8::1-2001:db8::", NULL, NULL },
	{ "192.0.2.5-2001:db8::", NULL, NULL }, { "::-192.0.2.1", NULL, NULL }, { "192.0.2.5", NULL, NULL },
	{ "192.0.2.5-", NULL, NULL }, { "-192.0.2.5", NULL, NULL }, { "-", NULL, NULL }, { "", NULL, NULL },
	{ "192.0.2.5-77", NULL, NULL }, { "192.0.2.5--192.0.2.77", NULL, NULL },
	{ "192.0.2.5-192.0.2.77-192.0.2.78", NULL, NULL }, { "192.0.2.0/24-192.0.3.0/24", NULL, NULL },
	{ " 192.0.2.5-192.0.2.77", NULL, NULL }, { "192.0.2.5-192.0.2.77 ", NULL, NULL },
	{ "192.0.2.5\t-192.0.2.77", NULL, NULL }, { "192.0.2.05-192.0.2.77", NULL, NULL },
	{ " - ", NULL, NULL }, { "192.0.2.5 -", NULL, NULL }, { "192.0.2.5 - ", NULL, NULL },
};

static void
test_ranges(void)
{
	char text[IP_TEXT];
	struct ip lo, hi;
	struct exact x;
	bool good;
	size_t i;

	for (i = 0; i < COUNT(ranges); i++) {
		x = exact(ranges[i].text, strlen(ranges[i].text));
		good = iprange_parse(x.p, x.n, &lo, &hi);
		free(x.block);
		if (!good || ranges[i].lo == NULL) {
			ok(!good && ranges[i].lo == NULL, "\"%s\" is refused", ranges[i].text);
			continue;
		}
		ip_text(&lo, text);
		is_str(text, ranges[i].lo, ranges[i].text);
		ip_text(&hi, text);
		is_str(text, ranges[i].hi, ranges[i].text);
	}
}

static u128
number(const struct ip *a)
{
	u128 v = 0;
	int i;

	for (i = 0; i < 16; i++)
		v = v << 8 | a->b[i];
	return v;
}

static struct ip
ip_of(u128 v)
{
	struct ip a;
	int i;

	for (i = 15; i >= 0; i--, v >>= 8)
		a.b[i] = (uint8_t)v;
	return a;
}

/* How many whole subtrees of the tree of all addresses make up lo..hi. */
static size_t
subtrees(u128 at, unsigned len, u128 lo, u128 hi)
{
	u128 rest = len == 0 ? ~(u128)0 : len == 128 ? 0 : ~(u128)0 >> len, half = rest / 2 + 1;

	if (at > hi || (at | rest) < lo)
		return 0;
	if (at >= lo && (at | rest) <= hi)
		return 1;
	return subtrees(at, len + 1, lo, hi) + subtrees(at | half, len + 1, lo, hi);
}

static bool
covered(u128 from, u128 to)
{
	static struct ipnet out[254];
	struct ip lo = ip_of(from), hi = ip_of(to), first, last;
	size_t n = iprange_nets(&lo, &hi, out), i;
	u128 at = from;

	for (i = 0; i < n; i++) {
		ipnet_first(&out[i], &first);
		ipnet_last(&out[i], &last);
		if (number(&first) != at || ip_cmp(&first, &out[i].ip) != 0)
			return false;
		if (ip_is4(&lo) && (out[i].len < 96 || !ip_is4(&last)))
			return false;
		at = number(&last) + 1;
	}
	return n > 0 && at == to + 1 && n == subtrees(0, 0, from, to);
}

static void
test_cover(void)
{
	static const char *const bases[] = {
		"0.0.0.0", "192.0.2.0", "198.51.100.23", "255.255.255.192", "::", "2001:db8::",
		"2001:db8::ffff:ffff:ffff:ffe0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffc0",
	};
	struct ip base, lo, hi, all = ip_of(~(u128)0);
	struct ipnet out[254];
	unsigned a, b;
	bool good;
	size_t i;

	for (i = 0; i < COUNT(bases); i++) {
		base = address(bases[i]);
		for (a = 0, good = true; a < 64; a++)
			for (b = a; b < 64 && good; b++)
				good = covered(number(&base) + a, number(&base) + b);
		ok(good, "every range in 64 addresses from %s", bases[i]);
	}
	for (i = 0, good = true; i < 20000 && good; i++) {
		lo = random_address();
		hi = random_address();
		good = ip_is4(&lo) != ip_is4(&hi) || (ip_cmp(&lo, &hi) <= 0 ?
		    covered(number(&lo), number(&hi)) : covered(number(&hi), number(&lo)));
	}
	ok(good, "20,000 random ranges: in order, without gaps, the fewest");
	lo = address("::1");
	hi = address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe");
	is_int(iprange_nets(&lo, &hi, out), 254, "the range that needs the most networks");
	lo = address("0.0.0.1");
	hi = address("255.255.255.254");
	is_int(iprange_nets(&lo, &hi, out), 62, "and the most in IPv4");
	lo = address("::");
	is_int(iprange_nets(&lo, &all, out), 1, "all of IPv6 is one");
	lo = address("192.0.2.2");
	hi = address("192.0.2.1");
	is_int(iprange_nets(&lo, &hi, out), 0, "a range out of order has none");
}

/* The registries, as text.  An address has the name of the longest that holds it. */
static const struct {
	const char	*net, *name;
	bool		 doc;
} blocks[] = {
	{ "0.0.0.0/8", "this network", false }, { "10.0.0.0/8", "private use", false },
	{ "100.64.0.0/10", "shared address space", false }, { "127.0.0.0/8", "loopback", false },
	{ "169.254.0.0/16", "link local", false }, { "172.16.0.0/12", "private use", false },
	{ "192.0.0.0/24", "IETF protocol assignments", false }, { "192.0.2.0/24", "documentation", true },
	{ "192.88.99.0/24", "6to4 relay anycast", false }, { "192.168.0.0/16", "private use", false },
	{ "198.18.0.0/15", "benchmarking", false }, { "198.51.100.0/24", "documentation", true },
	{ "203.0.113.0/24", "documentation", true }, { "224.0.0.0/4", "multicast", false },
	{ "240.0.0.0/4", "reserved", false }, { "255.255.255.255/32", "limited broadcast", false },
	{ "::/128", "unspecified", false }, { "::1/128", "loopback", false },
	{ "64:ff9b::/96", "IPv4-IPv6 translation", false },
	{ "64:ff9b:1::/48", "local IPv4-IPv6 translation", false }, { "100::/64", "discard only", false },
	{ "100:0:0:1::/64", "dummy prefix", false }, { "2001::/23", "IETF protocol assignments", false },
	{ "2001::/32", "Teredo", false }, { "2001:2::/48", "benchmarking", false },
	{ "2001:db8::/32", "documentation", true }, { "2002::/16", "6to4", false },
	{ "3fff::/20", "documentation", true }, { "5f00::/16", "segment routing", false },
	{ "fc00::/7", "unique local", false }, { "fe80::/10", "link local", false },
	{ "ff00::/8", "multicast", false },
};

static const char *
block_name(u128 v, bool *doc)
{
	struct ip a = ip_of(v);
	const char *name = NULL;
	struct ipnet net;
	int best = -1;
	size_t i;

	*doc = false;
	for (i = 0; i < COUNT(blocks); i++) {
		ipnet_parse(blocks[i].net, strlen(blocks[i].net), &net, NULL);
		if (!ipnet_has(&net, &a) || net.len <= best)
			continue;
		best = net.len;
		name = blocks[i].name;
		*doc = blocks[i].doc;
	}
	return name;
}

static bool
special_as_said(u128 v)
{
	struct ip a = ip_of(v);
	bool doc = true, want_doc;
	const char *got = ip_special(&a, &doc), *want = block_name(v, &want_doc);
	char text[IP_TEXT];

	if (doc == want_doc && (got == want || (got && want && strcmp(got, want) == 0)) &&
	    ip_special(&a, NULL) == got)
		return true;
	ip_text(&a, text);
	printf("# %s: %s, wanted %s\n", text, got ? got : "none", want ? want : "none");
	return false;
}

/* Whether any block (doc_too: also of documentation) has an address in lo..hi. */
static bool
touches(const struct ip *lo, const struct ip *hi, bool doc_too)
{
	struct ipnet net;
	struct ip first, last;
	bool any = false;
	size_t i;

	for (i = 0; i < COUNT(blocks) && !any; i++) {
		ipnet_parse(blocks[i].net, strlen(blocks[i].net), &net, NULL);
		ipnet_first(&net, &first);
		ipnet_last(&net, &last);
		any = (doc_too || !blocks[i].doc) && ip_is4(&first) == ip_is4(lo) &&
		    ip_cmp(&first, hi) <= 0 && ip_cmp(lo, &last) <= 0;
	}
	return any;
}

/* A range with an end at, or one beside, an end of a block. */
static bool
touches_as_said(void)
{
	struct ipnet net;
	struct ip lo, hi;
	u128 at, size = (u128)1 << rnd() % 33;
	size_t i = rnd() % COUNT(blocks);

	ipnet_parse(blocks[i].net, strlen(blocks[i].net), &net, NULL);
	ipnet_first(&net, &lo);
	ipnet_last(&net, &hi);
	at = number(rnd() % 2 ? &lo : &hi) + rnd() % 3 - 1;
	lo = ip_of(rnd() % 2 ? at : at - size);
	hi = ip_of(number(&lo) + size);
	if (ip_is4(&lo) != ip_is4(&hi) || ip_cmp(&lo, &hi) > 0)
		return true;
	return (ip_special_in(&lo, &hi, true) != NULL) == touches(&lo, &hi, true) &&
	    (ip_special_in(&lo, &hi, false) != NULL) == touches(&lo, &hi, false);
}

static void
test_special(void)
{
	static const char *const plain[] = {
		"9.255.255.255", "11.0.0.0", "192.31.196.1", "192.52.193.1", "192.175.48.1",
		"223.255.255.255", "2000::1", "2001:200::1", "2003::1", "2620:4f:8000::1",
	};
	struct ipnet net;
	struct ip a, b;
	bool good;
	size_t i;

	for (i = 0; i < COUNT(blocks); i++) {
		ipnet_parse(blocks[i].net, strlen(blocks[i].net), &net, NULL);
		ipnet_first(&net, &a);
		ipnet_last(&net, &b);
		good = special_as_said(number(&a)) && special_as_said(number(&b));
		good = special_as_said(number(&a) - 1) && special_as_said(number(&b) + 1) && good;
		ok(good, "%s is %s, and its neighbours are what they are", blocks[i].net, blocks[i].name);
	}
	for (i = 0; i < COUNT(plain); i++) {
		a = address(plain[i]);
		ok(ip_special(&a, NULL) == NULL, "%s is like any other", plain[i]);
	}
	for (i = 0, good = true; i < 20000 && good; i++)
		good = touches_as_said();
	ok(good, "20,000 ranges beside the ends of blocks touch them or not");
	a = address("192.0.2.0");
	b = address("192.0.2.255");
	ok(ip_special_in(&a, &b, false) == NULL, "documentation does not count when it need not");
	is_str(ip_special_in(&a, &b, true), "documentation", "and does when it must");
}

int
main(void)
{
	test_addresses();
	test_judged();
	test_text();
	test_nets();
	test_random_nets();
	test_ranges();
	test_cover();
	test_special();
	return done_testing();
}
