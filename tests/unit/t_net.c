/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What registries publish, as it becomes one table; and the table asked,
 * against one that looks at every range.
 */
#include "3-match/ladder.h"
#include "3-match/net.h"
#include "mem.h"
#include "timefmt.h"
#include "tap.h"

#define NOW INT64_C(1795000000) * NS

static void
rpsl(struct net_build *b, const char *text)
{
	struct net_rpsl *r = net_rpsl_new(b, "x.db");
	struct tcs_slice rest = tcs_str(text), line;
	unsigned n = 0;

	while (tcs_cut(&rest, '\n', &line))
		net_rpsl_line(r, line, ++n);
	net_rpsl_end(r);
}

static void
split(struct net_build *b, const char *text)
{
	struct tcs_slice rest = tcs_str(text), line;
	unsigned n = 0;

	while (tcs_cut(&rest, '\n', &line))
		net_split_line(b, "x", line, ++n);
}

static void
rdap(struct net_build *b, const char *text)
{
	struct err e = ERR_INIT;

	if (!net_rdap(b, "x.json", text, strlen(text), &e))
		net_refuse(b, "x.json", 0, e.text);
}

static void
certs(struct net_build *b, const char *text)
{
	struct err e = ERR_INIT;

	if (!net_certs(b, "x.csv", text, strlen(text), &e))
		net_refuse(b, "x.csv", 0, e.text);
}

#define VCARD(mail) "\"vcardArray\":[\"vcard\",[[\"version\",{},\"text\",\"4.0\"],[\"fn\",{},\"text\"," \
	"\"Desk\"]" mail "]]"
#define MAIL(m) ",[\"email\",{},\"text\",\"" m "\"]"
#define NET(more) "{\"objectClassName\":\"ip network\",\"handle\":\"H\",\"startAddress\":\"192.0.2.0\"," \
	"\"endAddress\":\"192.0.2.255\",\"name\":\"N\",\"country\":\"nl\"" more "}"

static const struct {
	const char	*what;
	void		(*read)(struct net_build *, const char *);
	const char	*text, *table, *refused;
} cases[] = {
	{ "rpsl: by the organisation", rpsl,
	    "inetnum: 192.0.2.0 - 192.0.2.255\nnetname: X\ncountry: nl\norg: ORG-A\n\n"
	    "organisation: ORG-A\norg-name: A\nabuse-c: R1\n\nrole: Desk\nnic-hdl: r1\nabuse-mailbox: "
	    "a@a.example\n",
	    "P\tnet:ORG-A\tA\ta@a.example\t\t\nN\t192.0.2.0\t192.0.2.255\tX\tNL\t1\t0\n", "" },
	{ "rpsl: a desk of its own is a party of its own", rpsl,
	    "inetnum: 192.0.2.0 - 192.0.2.255\norg: ORG-A\nabuse-c: R2\n\n"
	    "organisation: ORG-A\nabuse-c: R1\n\nrole: One\nnic-hdl: R1\nabuse-mailbox: a@a.example\n\n"
	    "role: Two\nnic-hdl: R2\nabuse-mailbox: b@a.example\n",
	    "P\tnet:R2\tTwo\tb@a.example\t\t\nN\t192.0.2.0\t192.0.2.255\t\t\t1\t0\n", "" },
	{ "rpsl: an irt, a continued line, comments, IPv6", rpsl,
	    "% head\ninet6num: 2001:db8::/32 # here\nnetname: LONG\n NAME\nmnt-irt:\n+ IRT-X\nremarks: mail "
	    "x@y.example\n\n"
	    "irt: IRT-X\nabuse-mailbox: i@x.example\n",
	    "P\tnet:IRT-X\tLONG NAME\ti@x.example\t\t\nN\t2001:db8::\t"
	    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff\tLONG NAME"
	    "\t\t1\t0\n", "" },
	{ "rpsl: a route leads to its origin", rpsl, "route: 198.51.100.0/24\norigin: AS64496\n",
	    "N\t198.51.100.0\t198.51.100.255\t\t\t0\t64496\n", "" },
	{ "rpsl: an AS number; CR at the ends", rpsl,
	    "aut-num: AS64500\r\nas-name: EX\r\nabuse-c: R\r\n\r\nrole: D\r\nnic-hdl: R\r\nabuse-mailbox: "
	    "d@d.example\r\n",
	    "P\tnet:R\tD\td@d.example\t\t\nA\t64500\t64500\tEX\t\t1\n", "" },
	{ "rpsl: a circle of handles ends", rpsl,
	    "inetnum: 192.0.2.0 - 192.0.2.1\norg: O1\n\norganisation: O1\nabuse-c: O2\n\norganisation: O2\n"
	    "abuse-c: O1\n",
	    "N\t192.0.2.0\t192.0.2.1\t\t\t0\t0\n", "" },
	{ "rpsl: what cannot be read is told", rpsl, "inetnum: 192.0.2.9 - 192.0.2.1\n", "",
	    "x.db:1: not a network; expected two addresses or a network" },
	{ "rpsl: no mail address", rpsl, "role: D\nnic-hdl: R\nabuse-mailbox: nobody\n", "",
	    "x.db:1: its abuse-mailbox is no mail address" },
	{ "delegated: ranges that are no networks, and a country", split,
	    "2|testreg|20261101|2|x|y|+0\ntestreg|*|ipv4|*|2|summary\n"
	    "testreg|BE|ipv4|203.0.113.0|96|x|allocated\n"
	    "testreg|BE|ipv6|2001:db8::|32|x|assigned\ntestreg|BE|asn|64496|2|x|allocated\n"
	    "testreg||ipv4|192.0.2.0|256||available\n",
	    "N\t203.0.113.0\t203.0.113.95\t\tBE\t0\t0\nN\t2001:db8::\t"
	    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff\t\tBE\t0\t0\n"
	    "A\t64496\t64497\t\tBE\t0\n", "" },
	{ "delegated: too many addresses", split, "t|BE|ipv4|255.255.255.0|512|x|allocated\n", "",
	    "x:1: not a range; expected ipv4 and how many addresses, or ipv6 and a prefix length" },
	{ "rdap: abuse below the registrant, the preferred address", rdap,
	    NET(",\"entities\":[{\"handle\":\"O\",\"roles\":[\"registrant\"]," VCARD("") ",\"entities\":[{\""
	    "handle\":\"D\","
	    "\"roles\":[\"abuse\"]," VCARD(MAIL("x@o.example") ",[\"email\",{\"pref\":\"1\"},\"text\",\""
	    "y@o.example\"]") "}]}]"),
	    "P\tnet:O\tDesk\ty@o.example\t\t\nN\t192.0.2.0\t192.0.2.255\tN\tNL\t1\t0\n", "" },
	{ "rdap: no abuse desk: the technical one; not JSON after it", rdap,
	    NET(",\"entities\":[{\"handle\":\"T\",\"roles\":[\"technical\"],"
	    "" VCARD(MAIL("t@o.example")) "}]") "x",
	    "P\tnet:T\tDesk\tt@o.example\t\t\nN\t192.0.2.0\t192.0.2.255\tN\tNL\t1\t0\n", NULL },
	{ "rdap: one after another, in a list, an AS block", rdap,
	    "[" NET("") "]\n{\"objectClassName\":\"autnum\",\"startAutnum\":64496,\"endAutnum\":64499,\""
	    "name\":\"B\"}",
	    "N\t192.0.2.0\t192.0.2.255\tN\tNL\t0\t0\nA\t64496\t64499\tB\t\t0\n", "" },
	{ "rdap: addresses of two kinds", rdap,
	    "{\"objectClassName\":\"ip network\",\"startAddress\":\"192.0.2.0\",\"endAddress\":\""
	    "2001:db8::\"}", "",
	    "x.json: an ip network without startAddress and endAddress" },
	{ "certs", certs, "country,name,address,language,channel\nnl,CERT NL,c@nl.example,nl,email\n",
	    "P\tcert:NL\tCERT NL\tc@nl.example\tnl\tNL\n", "" },
	{ "certs: another channel", certs, "country,name,address,channel\nNL,C,c@nl.example,fax\n", "",
	    "x.csv:2: channel: expected email, or nothing; another way is a notifier for \"national-cert\"" },
};

static void
reads(void)
{
	struct net_count n;
	struct buf out;
	size_t i;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct net_build *b = net_build_new();

		buf_init(&out);
		cases[i].read(b, cases[i].text);
		net_build_end(b, &out, &n);
		buf_char(&out, '\0');
		is_str(out.p, cases[i].table, cases[i].what);
		if (cases[i].refused != NULL)
			is_str(net_build_first(b), cases[i].refused, "  what it says");
		buf_free(&out);
		net_build_free(b);
	}
}

/* ---- the table asked */

#define RANGES 300
struct mine { uint32_t lo, hi, party; };

static void
put4(struct buf *out, uint32_t a)
{
	buf_printf(out, "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
}

static struct ip
ip4(uint32_t a)
{
	struct ip ip = { { [10] = 0xff, [11] = 0xff, [12] = (uint8_t)(a >> 24), [13] = (uint8_t)(a >> 16),
	    [14] = (uint8_t)(a >> 8), [15] = (uint8_t)a } };

	return ip;
}

/* Networks in one another, some without a party: the narrowest with one wins. */
static bool
world(unsigned seed)
{
	static struct mine m[RANGES];
	struct ladder *l = ladder_new();
	struct ladder_query q = { NULL, 0, NOW, INT64_MAX };
	struct ladder_hit h;
	struct err e = ERR_INIT;
	struct buf t;
	bool good;
	int i, k;

	srand(seed);
	buf_init(&t);
	for (i = 0; i < 50; i++)
		buf_printf(&t, "P\tnet:%d\tn\tm@x.example\t\t\n", i + 1);
	for (i = 0; i < RANGES; i++) {
		unsigned bits = (unsigned)rand() % 12;

		m[i].lo = 0xc0000200u + ((unsigned)rand() % 4096 & ~((1u << bits) - 1));
		m[i].hi = m[i].lo + (1u << bits) - 1;
		m[i].party = (unsigned)rand() % 51;
		for (k = 0; k < i; k++)		/* one of a kind: which of two would win is another test */
			if (m[k].lo == m[i].lo && m[k].hi == m[i].hi)
				m[i].party = m[k].party;
		buf_str(&t, "N\t");
		put4(&t, m[i].lo);
		buf_char(&t, '\t');
		put4(&t, m[i].hi);
		buf_printf(&t, "\tx\tNL\t%u\t0\n", m[i].party);
	}
	good = ladder_add(l, "t", NOW, t.p, t.n, &e);
	ladder_ready(l);
	for (i = -8; good && i < 4104; i++) {
		uint32_t a = 0xc0000200u + (uint32_t)i, best = 0, size = UINT32_MAX;
		struct ip ip = ip4(a);
		char want[20];

		for (k = 0; k < RANGES; k++)
			if (m[k].party > 0 && a >= m[k].lo && a <= m[k].hi && m[k].hi - m[k].lo < size) {
				size = m[k].hi - m[k].lo;
				best = m[k].party;
			}
		q.ip = &ip;
		snprintf(want, sizeof want, "net:%u", (unsigned)best);
		good = ladder_network(l, &q, &h) ? strcmp(h.party->key, want) == 0 : best == 0;
	}
	buf_free(&t);
	ladder_free(l);
	return good;
}

static void
asks(void)
{
	static const char old[] = "P\tnet:OLD\tn\to@x.example\t\t\nN\t198.51.100.0\t198.51.100.255\tx\tNL\t"
	    "1\t0\n";
	static const char new[] = "P\tnet:AS\tn\ta@x.example\t\t\nP\tcert:NL\tc\tc@x.example\tnl\tNL\n"
	    "N\t198.51.100.0\t198.51.100.127\t\t\t0\t64496\nN\t198.0.0.0\t198.255.255.255\t\tNL\t0\t0\n"
	    "A\t64496\t64496\tas\t\t1\nN\t255.255.255.0\t255.255.255.255\t\t\t1\t0\n"
	    "N\tffff::\tffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\t\t\t1\t0\n";
	struct ladder *l = ladder_new();
	struct ip ip = ip4(0xc6336405), far = ip4(0xffffffff);
	struct ladder_query q = { &ip, 0, NOW, 90 * DAY * NS };
	struct ladder_hit h;
	struct err e = ERR_INIT;
	unsigned i, right = 0;

	ok(ladder_add(l, "old", NOW - 91 * DAY * NS, old, sizeof old - 1, &e) &&
	    ladder_add(l, "new", NOW, new, sizeof new - 1, &e), "two tables");
	ladder_ready(l);
	ok(ladder_network(l, &q, &h), "what a stale table says is passed over");
	is_str(h.party->key, "net:AS", "for the AS that announces it");
	ok(ladder_country(l, &q, &h), "the country of a wider range");
	is_str(h.party->key, "cert:NL", "has its CERT");
	q.stale = INT64_MAX;
	ok(ladder_network(l, &q, &h), "with no age it counts");
	is_str(h.party->key, "net:OLD", "and is the nearest that names somebody");
	q.ip = &far;
	ok(ladder_network(l, &q, &h), "the last address of all");
	memset(far.b, 0xff, sizeof far.b);
	ok(ladder_network(l, &q, &h), "of IPv6 too");
	q = (struct ladder_query){ NULL, 64496, NOW, INT64_MAX };
	ok(ladder_network(l, &q, &h) && !h.has_range, "by AS number alone");
	q.asn = 64497;
	ok(!ladder_network(l, &q, &h), "another one");
	ok(!ladder_add(l, "bad", NOW, "N\tx\n", 4, &e), "a line that is none");
	ladder_free(l);
	for (i = 0; i < 40; i++)
		right += world(i);
	is_int(right, 40, "forty worlds of networks in one another, every address against all of them");
}

int
main(void)
{
	reads();
	asks();
	return done_testing();
}
