/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A registry and days of feeds out of a seed: the same numbers give the same
 * bytes.  The registry is organisations.csv and assets.csv as `tocsin org
 * import` takes them; the feeds have Shadowserver's real columns and quoting.
 *
 * Millions of addresses do not fit into the documentation networks, so these
 * are ordinary-looking ones (IPv4 11.0.0.0 and up, IPv6 2a00::/12) under
 * names in .example.  Who really has them plays no part: nothing here
 * is ever contacted, and nothing of it belongs into a mail.
 *
 * What a row says is made from its identity alone (subject, port, all text);
 * only its time is its own.  So a row that repeats an identity is the same
 * finding again, in the same report or on another day, and needs no memory.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REGISTERED4 = 11, UNREGISTERED4 = 130 };		/* first octets where each begins */

struct network {
	uint64_t	 at;		/* IPv4: the address; IPv6: its first half */
	uint32_t	 org;
	uint8_t		 len;
};

struct plan {
	uint64_t	 seed, orgs, assets, rows, days;
	uint64_t	 match, again, stay;	/* percent */
	const char	*dir;
	struct network	*net4, *net6;
	uint32_t	 n4, n6;
};

/* ---- numbers from a seed (splitmix64) ----------------------------------------- */

static uint64_t
mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static uint64_t
next(uint64_t *s)
{
	return mix((*s)++);
}

static uint64_t
below(uint64_t *s, uint64_t n)
{
	return next(s) % n;
}

/* ---- files -------------------------------------------------------------------- */

static void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("gen: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	exit(2);
}

static FILE *
create(const struct plan *p, const char *name)
{
	char path[1024];
	FILE *f;

	if (snprintf(path, sizeof path, "%s/%s", p->dir, name) >= (int)sizeof path)
		die("%s: too long", p->dir);
	if ((f = fopen(path, "w")) == NULL)
		die("%s: %s", path, strerror(errno));
	setvbuf(f, NULL, _IOFBF, 1 << 20);
	return f;
}

static void
finish(FILE *f)
{
	if (ferror(f) | fclose(f))
		die("%s", strerror(errno));
}

/* ---- the registry ------------------------------------------------------------- */

/* How long a network is, by lot; most are small. */
static const struct { uint8_t percent, len; } lengths4[] = {
	{ 1, 16 }, { 3, 19 }, { 6, 20 }, { 15, 22 }, { 10, 23 }, { 45, 24 }, { 10, 26 }, { 10, 28 } };
static const struct { uint8_t percent, len; } lengths6[] = { { 10, 32 }, { 10, 40 }, { 70, 48 }, { 10, 56 } };

#define LOT(table, lot) __extension__ ({						\
	unsigned lot_ = (unsigned)(lot), i_ = 0;					\
	while (lot_ >= (table)[i_].percent)						\
		lot_ -= (table)[i_++].percent;						\
	(table)[i_].len; })

/* Networks one after the other on their own boundaries, now and then with a hole before. */
static struct network *
networks(uint64_t *s, const struct plan *p, uint32_t n, bool six)
{
	unsigned bits = six ? 64 : 32;
	uint64_t at = six ? UINT64_C(0x2a00) << 48 : (uint64_t)REGISTERED4 << 24;
	uint64_t end = six ? UINT64_C(0x2a10) << 48 : UINT64_C(100) << 24;
	struct network *list = calloc(n ? n : 1, sizeof *list);
	uint32_t i;

	for (i = 0; list != NULL && i < n; i++) {
		uint8_t len = six ? LOT(lengths6, below(s, 100)) : LOT(lengths4, below(s, 100));
		uint64_t size = UINT64_C(1) << (bits - len);

		at = (at + size - 1) / size * size + (below(s, 4) == 0 ? size : 0);
		if (at + size > end)
			die("%" PRIu32 " networks do not fit: fewer assets", n);
		list[i] = (struct network){ at, (uint32_t)below(s, p->orgs), len };
		at += size;
	}
	if (list == NULL)
		die("no memory");
	return list;
}

static void
print4(FILE *f, uint64_t a)
{
	fprintf(f, "%u.%u.%u.%u", (unsigned)(a >> 24 & 255), (unsigned)(a >> 16 & 255),
	    (unsigned)(a >> 8 & 255),
	    (unsigned)(a & 255));
}

static void
print6(FILE *f, uint64_t a)
{
	fprintf(f, "%x:%x:%x:%x::", (unsigned)(a >> 48), (unsigned)(a >> 32 & 65535),
	    (unsigned)(a >> 16 & 65535),
	    (unsigned)(a & 65535));
}

static void
write_networks(FILE *f, const struct network *list, uint32_t n, void (*print)(FILE *, uint64_t))
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		fprintf(f, "org%" PRIu32 ",", list[i].org);
		print(f, list[i].at);
		fprintf(f, "/%d,yes,,\n", list[i].len);
	}
}

static void
write_registry(struct plan *p)
{
	static const char *const sectors[] = { "logistics", "food", "health", "retail", "hosting",
	    "education" };
	uint64_t s = mix(p->seed), i, nas = p->assets / 20, nname = p->assets * 15 / 100;
	FILE *f = create(p, "organisations.csv");

	fputs("organisation,name,constituency,sector,language,email\n", f);
	for (i = 0; i < p->orgs; i++)
		fprintf(f, "org%" PRIu64 ",\"Organisation %" PRIu64 ", Inc.\",direct,%s,%s,abuse@org%" PRIu64
		    ".example\n", i, i, sectors[below(&s, 6)], below(&s, 3) ? "nl" : "en", i);
	finish(f);
	p->n6 = (uint32_t)(p->assets / 10);
	p->n4 = (uint32_t)(p->assets - nas - nname - p->n6);
	p->net4 = networks(&s, p, p->n4, false);
	p->net6 = networks(&s, p, p->n6, true);
	f = create(p, "assets.csv");
	fputs("organisation,asset,verified,valid_from,valid_until\n", f);
	write_networks(f, p->net4, p->n4, print4);
	write_networks(f, p->net6, p->n6, print6);
	for (i = 0; i < nas; i++)
		fprintf(f, "org%" PRIu64 ",AS%" PRIu64 ",yes,,\n", below(&s, p->orgs), 200000 + i);
	for (i = 0; i < nname; i++)
		fprintf(f, "org%" PRIu64 ",site%" PRIu64 ".example,yes,,\n", below(&s, p->orgs), i);
	finish(f);
}

/* ---- the reports -------------------------------------------------------------- */

/* What stands in a column.  MAYBE: empty in two rows of five, in all such columns: no certificate. */
enum what { TEXT, NUMBER, NOTHING, TIME, ADDRESS, HOST, ASN, PORT, CITY, HEX, PAST, MAYBE = 16 };

struct column {
	const char	*name;
	unsigned	 what;
	const char	*text;		/* TEXT, NUMBER */
	unsigned	 n;		/* HEX: bytes */
};

#define C(name, what) { name, what, "", 0 }
#define T(name, text) { name, TEXT, text, 0 }
#define N(name, number) { name, NUMBER, number, 0 }
#define H(name, n) { name, HEX | MAYBE, "", n }
#define M(name, what, text) { name, (what) | MAYBE, text, 0 }
#define SECTOR "Communications, Service Provider, and Hosting Service"

#define HEAD(tag, port, severity)							\
	C("timestamp", TIME), T("severity", severity), C("ip", ADDRESS),		\
	T("protocol", "tcp"), N("port", port), C("hostname", HOST), T("tag", tag),	\
	C("asn", ASN), T("geo", "NL"), C("region", CITY), C("city", CITY),		\
	N("naics", "517311"), T("hostname_source", "ptr"), T("sector", SECTOR)
#define CERTIFICATE									\
	M("cert_length", NUMBER, "2048"), M("subject_common_name", HOST, ""),		\
	M("issuer_common_name", HOST, ""), M("cert_issue_date", PAST, ""),		\
	M("cert_expiration_date", PAST, ""), H("sha1_fingerprint", 20),			\
	H("cert_serial_number", 16), M("ssl_version", NUMBER, "2"),			\
	M("signature_algorithm", TEXT, "sha256WithRSAEncryption"),			\
	M("key_algorithm", TEXT, "rsaEncryption")
#define PRINTS										\
	H("sha256_fingerprint", 32), C("sha512_fingerprint", NOTHING), H("md5_fingerprint", 16)
#define TLS13										\
	C("tlsv13_support", NOTHING), C("tlsv13_cipher", NOTHING), C("jarm", NOTHING)
#define END { NULL, 0, NULL, 0 }

static const struct column rdp[] = {
	HEAD("rdp", "3389", "high"), M("handshake", TEXT, "TLSv1.2"), M("rdp_protocol", TEXT, "RDP"),
	CERTIFICATE, PRINTS, TLS13, END
};
static const struct column ssl[] = {
	HEAD("ssl-poodle", "443", "low"), T("handshake", "TLSv1.2"),
	T("cipher_suite", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"), T("ssl_poodle", "Y"), CERTIFICATE,
	M("subject_organization_name", HOST, ""), M("subject_country", TEXT, "NL"),
	M("issuer_organization_name", TEXT, "Example Trust, \"\"Services\"\""), T("freak_vulnerable", "N"),
	C("freak_cipher_suite", NOTHING), PRINTS, T("http_response_type", "HTTP/1.1"), N("http_code", "200"),
	T("http_reason", "OK"), T("content_type", "text/html"), T("server_type", "nginx"),
	T("cert_valid", "N"), T("self_signed", "Y"), TLS13, END
};
static const struct column sinkhole[] = {
	C("timestamp", TIME), T("protocol", "tcp"), C("src_ip", ADDRESS), C("src_port", PORT),
	C("src_asn", ASN), T("src_geo", "NL"), C("src_region", CITY), C("src_city", CITY),
	C("src_hostname", HOST), N("src_naics", "517311"), T("src_sector", SECTOR),
	C("device_vendor", NOTHING), C("device_type", NOTHING), C("device_model", NOTHING),
	T("severity", "critical"), T("dst_ip", "192.0.2.80"), N("dst_port", "80"), N("dst_asn", "64496"),
	T("dst_geo", "US"), T("dst_region", "VIRGINIA"), T("dst_city", "ASHBURN"),
	C("dst_hostname", NOTHING), N("dst_naics", "518210"), C("dst_sector", NOTHING),
	T("public_source", "sinkhole"), T("infection", "avalanche-andromeda"), T("family", "andromeda"),
	T("tag", "andromeda"), T("application", "http"), C("version", NOTHING), { "event_id", HEX, "", 8 },
	C("ssl_cipher", NOTHING), C("ssl_servername", NOTHING), END
};

static const struct report {
	const char		*name;
	const struct column	*columns;
	unsigned		 percent;	/* of all rows */
	bool			 six;
} reports[] = {
	{ "scan_rdp", rdp, 50, false }, { "scan6_rdp", rdp, 10, true }, { "scan_ssl", ssl, 20, false },
	{ "event4_sinkhole", sinkhole, 20, false }
};

struct row {
	uint64_t	 s;		/* of its identity */
	time_t		 t;
	char		 ip[48];
	uint64_t	 address;
	uint32_t	 asn;
	bool		 bare;		/* the MAYBE columns are empty */
};

static void
subject(const struct plan *p, const struct report *r, struct row *row)
{
	const struct network *list = r->six ? p->net6 : p->net4, *n;
	uint32_t count = r->six ? p->n6 : p->n4;
	uint64_t host = next(&row->s);
	bool ours = below(&row->s, 100) < p->match && count > 0;

	if (ours) {
		n = &list[below(&row->s, count)];
		row->address = n->at | (host & ((UINT64_C(1) << ((r->six ? 64 : 32) - n->len)) - 1));
	} else if (r->six)
		row->address = UINT64_C(0x2600) << 48 | (host & 0xffffffffffff);
	else
		row->address = ((uint64_t)UNREGISTERED4 << 24) + host % (UINT64_C(36) << 24);
	row->asn = (uint32_t)(400000 + below(&row->s, 50000));	/* none that is registered */
	if (r->six)
		snprintf(row->ip, sizeof row->ip, "%x:%x:%x:%x::%x", (unsigned)(row->address >> 48),
		    (unsigned)(row->address >> 32 & 65535), (unsigned)(row->address >> 16 & 65535),
		    (unsigned)(row->address & 65535), (unsigned)(host >> 48 | 1));
	else
		snprintf(row->ip, sizeof row->ip, "%u.%u.%u.%u", (unsigned)(row->address >> 24),
		    (unsigned)(row->address >> 16 & 255), (unsigned)(row->address >> 8 & 255),
		    (unsigned)(row->address & 255));
}

static void
hex(FILE *f, uint64_t *s, unsigned n)
{
	static const char digit[] = "0123456789ABCDEF";
	uint64_t v = 0;
	unsigned i;

	putc_unlocked('"', f);
	for (i = 0; i < n; i++, v >>= 8) {
		if (i % 8 == 0)
			v = next(s);
		if (i > 0)
			putc_unlocked(':', f);
		putc_unlocked(digit[v >> 4 & 15], f);
		putc_unlocked(digit[v & 15], f);
	}
	putc_unlocked('"', f);
}

static void
date(FILE *f, time_t t)
{
	struct tm tm;
	char text[32];

	gmtime_r(&t, &tm);
	strftime(text, sizeof text, "\"%Y-%m-%d %H:%M:%S\"", &tm);
	fputs_unlocked(text, f);
}

static void
cell(FILE *f, const struct column *c, struct row *row)
{
	static const char *const cities[] = { "AMSTERDAM", "ROTTERDAM", "'S-GRAVENHAGE", "UTRECHT",
	    "EINDHOVEN", "GRONINGEN",
		"TILBURG", "ALMERE" };

	if (c->what & MAYBE && row->bare)
		return;
	switch (c->what & ~MAYBE) {
	case TEXT:
		putc_unlocked('"', f), fputs_unlocked(c->text, f), putc_unlocked('"', f);
		break;
	case NUMBER:
		fputs_unlocked(c->text, f);
		break;
	case TIME:
		date(f, row->t);
		break;
	case ADDRESS:
		putc_unlocked('"', f), fputs_unlocked(row->ip, f), putc_unlocked('"', f);
		break;
	case HOST:
		fprintf(f, "\"host-%" PRIx64 ".customer.example\"", row->address & 0xffffffff);
		break;
	case ASN:
		fprintf(f, "%" PRIu32, row->asn);
		break;
	case PORT:
		fprintf(f, "%u", (unsigned)(1024 + below(&row->s, 60000)));
		break;
	case CITY:
		fprintf(f, "\"%s\"", cities[row->address % 8]);
		break;
	case HEX:
		hex(f, &row->s, c->n);
		break;
	case PAST:
		date(f, 1700000000 + (time_t)(row->address % 30000000));
		break;
	}
}

/* Which identity the i-th row of that day has: that of the day before, of a row above, or a new one. */
static uint64_t
identity(const struct plan *p, uint64_t day, uint64_t i, uint64_t rows)
{
	uint64_t s = mix(p->seed ^ day << 48 ^ i);

	if (day > 0 && below(&s, 100) < p->stay)
		return identity(p, day - 1, i, rows);
	if (i > 0 && below(&s, 100) < p->again)
		return identity(p, day, below(&s, i), rows);
	return day * rows + i;
}

static void
write_report(const struct plan *p, const struct report *r, uint64_t day, time_t start)
{
	uint64_t i, rows = p->rows * r->percent / 100, which = (uint64_t)(r - reports) + 1;
	const struct column *c;
	char name[80];
	struct tm tm;
	size_t n;
	FILE *f;

	gmtime_r(&start, &tm);
	n = strftime(name, sizeof name, "%Y-%m-%d-", &tm);
	snprintf(name + n, sizeof name - n, "%s-nl.csv", r->name);
	f = create(p, name);
	for (c = r->columns; c->name != NULL; c++)
		fprintf(f, "%s\"%s\"", c == r->columns ? "" : ",", c->name);
	putc('\n', f);
	for (i = 0; i < rows; i++) {
		struct row row = { .s = mix(p->seed + which * UINT64_C(0x100000000000) + identity(p, day, i,
		    rows)),
		    .t = start + (time_t)(i * 86400 / rows) };

		subject(p, r, &row);
		row.bare = below(&row.s, 5) < 2;
		for (c = r->columns; c->name != NULL; c++) {
			if (c != r->columns)
				putc_unlocked(',', f);
			cell(f, c, &row);
		}
		putc_unlocked('\n', f);
	}
	finish(f);
}

/* ---- what is asked for ---------------------------------------------------------- */

static void
usage(void)
{
	fputs("usage: gen [NAME=NUMBER]... FOLDER\n"
	    "  seed=1          the same seed and numbers give the same files\n"
	    "  orgs=1000       organisations\n"
	    "  assets=20000    assets: 70 % IPv4 networks, 10 % IPv6, 15 % domains, 5 % AS numbers\n"
	    "  rows=100000     rows a day, over four reports\n"
	    "  days=1          days of reports, from 2026-11-20\n"
	    "  match=5         percent of the rows that are about registered addresses\n"
	    "  again=20        percent of the rows that repeat one above\n"
	    "  stay=80         percent of a later day's rows that are as the day before\n", stderr);
	exit(2);
}

static bool
number(const char *arg, const char *name, uint64_t *out)
{
	size_t n = strlen(name);
	char *end;

	if (strncmp(arg, name, n) != 0 || arg[n] != '=' || arg[n + 1] < '0' || arg[n + 1] > '9')
		return false;
	*out = strtoull(arg + n + 1, &end, 10);
	return *end == '\0';
}

int
main(int argc, char **argv)
{
	struct plan p = { .seed = 1, .orgs = 1000, .assets = 20000, .rows = 100000, .days = 1, .match = 5,
	    .again = 20, .stay = 80 };
	uint64_t day;
	size_t r;
	int i;

	for (i = 1; i < argc; i++)
		if (!number(argv[i], "seed", &p.seed) && !number(argv[i], "orgs", &p.orgs) &&
		    !number(argv[i], "assets", &p.assets) && !number(argv[i], "rows", &p.rows) &&
		    !number(argv[i], "days", &p.days) && !number(argv[i], "match", &p.match) &&
		    !number(argv[i], "again", &p.again) && !number(argv[i], "stay", &p.stay)) {
			if (p.dir != NULL || strchr(argv[i], '=') != NULL)
				usage();
			p.dir = argv[i];
		}
	if (p.dir == NULL || p.orgs == 0)
		usage();
	write_registry(&p);
	for (day = 0; day < p.days; day++)
		for (r = 0; r < sizeof reports / sizeof *reports; r++)
			write_report(&p, &reports[r], day, 1795132800 + (time_t)(day * 86400));
	free(p.net4);
	free(p.net6);
	return 0;
}
