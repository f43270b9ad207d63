/* SPDX-License-Identifier: Apache-2.0 */
/* core/2-decode/binding*.c: a feed joined to columns, rows to batches and findings. */
#include <unistd.h>
#include "unit/rowtable.h"
#include "tap.h"

static char dir[] = "/tmp/t_binding.XXXXXX";
static struct feedset *sets[32];
static unsigned nset;

static const struct feed *
feed(const char *text)
{
	struct err e = ERR_INIT;
	char path[100];
	int64_t day;
	FILE *f;

	snprintf(path, sizeof path, "%s/f.feed", dir);
	f = fopen(path, "w");
	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0 ||
	    (sets[nset] = feedset_open(path, &e)) == NULL) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	return feedset_match(sets[nset++], "x", &day, &e);
}

/* The findings of a table as lines of IDF; refused rows as "! why". */
static char *
findings(const struct feed *f, const char *text, bool all)
{
	struct err e = ERR_INIT;
	struct table t;
	struct binding *b;
	struct finding one;
	struct buf out;
	uint32_t i;

	buf_init(&out);
	buf_str(&out, "");
	table_read(&t, text, 1);
	if ((b = binding_new(f, t.name, t.ncol, t.want, all, &e)) == NULL) {
		buf_str(&out, e.text);
	} else {
		const struct rows *r = table_rows(&t);

		for (i = 0; i < r->nrow; i++) {
			e = (struct err)ERR_INIT;
			if (binding_finding(b, r, i, t.a, &one, &e)) {
				finding_json(&out, &one);
				buf_printf(&out,
				    " %s %s %s %.*s\n", kind_names[one.kind], subject_names[one.subject],
				    part_names[one.part], (int)one.name.n, one.name.p ? one.name.p : "");
			} else
				buf_printf(&out, "! %s\n", e.text);
		}
	}
	binding_free(b);
	table_free(&t);
	return buf_take(&out);
}

static void
gives(const struct feed *f, const char *text, bool all, const char *want, const char *what)
{
	char *got = findings(f, text, all);

	is_str(got, want, what);
	free(got);
}

#define SCAN "feed scan_x\nname X\nkind service\nclass vulnerable/vulnerable-system open-x\n" \
	"need when time.source utc\nneed ip source.ip\nneed port source.port\n"

static void
test_fields(void)
{
	const struct feed *f = feed(SCAN "may ip source.network network\nmay proto protocol.transport\n"
	    "may host source.reverse_dns\nmay asn source.asn number-not-zero\nmay geo source.geolocation.cc\n"
	    "may tag extra. known\nmay tag product.vulnerabilities cves\nmay n extra.count number\n"
	    "may ok extra.fine yes-no\ndrop junk\n");

	gives(f, "when|ip|port|proto|host|asn|geo|tag|n|ok|junk|odd\n"
	    "2026-11-20 08:00:00|192.0.2.1|443|tcp|a.b.example|64496|NL|x;cve-2026-1|7|y|j|o\n"
	    "2026-11-20 08:00:00|192.0.2.1|443|tcpp|-|0|NLD|0|x|maybe|~|\n"
	    "2026-11-20 08:00:00|192.0.2.1|443|~|~|~|~|~|~|~|~|~\n", true,
	    "{\"classification.identifier\":\"open-x\",\"classification.taxonomy\":\"vulnerable\","
	    "\"classification.type\":\"vulnerable-system\",\"extra.count\":7,\"extra.fine\":true,"
	    "\"extra.odd\":\"o\","
	    "\"extra.tag\":\"x;cve-2026-1\",\"feed.name\":\"X\",\"product.vulnerabilities\":\"cve-2026-1\","
	    "\"protocol.transport\":\"tcp\",\"source.asn\":64496,\"source.geolocation.cc\":\"NL\","
	    "\"source.ip\":\"192.0.2.1\",\"source.port\":443,\"source.reverse_dns\":\"a.b.example\","
	    "\"time.source\":\"2026-11-20T08:00:00+00:00\"} service source vulnerable \n"
	    "{\"classification.identifier\":\"open-x\",\"classification.taxonomy\":\"vulnerable\","
	    "\"classification.type\":\"vulnerable-system\",\"extra.geo\":\"NLD\",\"extra.n\":\"x\","
	    "\"extra.proto\":\"tcpp\",\"feed.name\":\"X\",\"source.ip\":\"192.0.2.1\",\"source.port\":443,"
	    "\"time.source\":\"2026-11-20T08:00:00+00:00\"} service source vulnerable \n"
	    "{\"classification.identifier\":\"open-x\",\"classification.taxonomy\":\"vulnerable\","
	    "\"classification.type\":\"vulnerable-system\",\"feed.name\":\"X\",\"source.ip\":\"192.0.2.1\","
	    "\"source.port\":443,\"time.source\":\"2026-11-20T08:00:00+00:00\"} service source vulnerable \n",
	    "fields, extras, what does not fit");
	gives(f, "when|ip|port|junk|odd\n2026-11-20 08:00:00|192.0.2.1|443|j|o\n", false,
	    "{\"classification.identifier\":\"open-x\",\"classification.taxonomy\":\"vulnerable\","
	    "\"classification.type\":\"vulnerable-system\",\"feed.name\":\"X\",\"source.ip\":\"192.0.2.1\","
	    "\"source.port\":443,\"time.source\":\"2026-11-20T08:00:00+00:00\"} service source vulnerable \n",
	    "only what is needed");
	gives(f, "when|ips|port\n", true, "column 'ip' is not there, which scan_x needs; the nearest "
	    "is 'ips'", "a needed column is missing");
	gives(f, "when|port\n", true, "column 'ip' is not there, which scan_x needs", "and none is near");
	gives(f, "When| IP |port\n2026-11-20 08:00:00|010.0.0.1|443\n2026-11-20 08:00:00|192.0.2.1%1|443\n"
	    "2026-11-20 08:00:00|192.0.2.1|65536\nlast week|192.0.2.1|443\n"
	    "2026-11-20 08:00:00|192.0.2.1|-1\n", true, "! ip: not an address\n! ip: not an address\n"
	    "! port: not a port, 0 to 65535\n! when: not a time\n! port: not a port, 0 to 65535\n",
	    "what is needed and wrong refuses the row; case of columns does not matter");
}

static void
test_text(void)
{
	const struct feed *f = feed("feed x\nkind event\nclass other/other y\nmay a|b comment\n"
	    "may c comment\nset extra.s t\nset status up\nmay d status\n");

	gives(f, "a|b|c|d|e\n|B|C|D|\xff\x80z\n", true,
	    "{\"classification.identifier\":\"y\",\"classification.taxonomy\":\"other\","
	    "\"classification.type\":\"other\",\"comment\":\"B\",\"extra.c\":\"C\","
	    "\"extra.e\":\"\xef\xbf\xbd\xef\xbf\xbdz\","
	    "\"extra.s\":\"t\",\"feed.name\":\"x\",\"status\":\"up\"} event source context \n",
	    "the first that gives a value; a second value is an extra; constants win; UTF-8 is repaired");
}

static void
test_class(void)
{
	const struct feed *f = feed("feed x\nkind service\nclass vulnerable/vulnerable-system bad\n"
	    "class intrusions/system-compromise shell when tag has webshell\nclass - odd when tag is odd\n"
	    "may ip source.ip\nmay id classification.identifier known\n");
	char *got = findings(f, "ip|tag|id\n192.0.2.1|x;webshell|~\n192.0.2.1|odd|~\n192.0.2.1|oddly|~\n"
	    "192.0.2.1|~|mine\n", true);

	ok(strstr(got, "\"shell\",\"classification.taxonomy\":\"intrusions\"") &&
	    strstr(got, "service source infected"), "a condition says class and part");
	ok(strstr(got, "{\"classification.identifier\":\"odd\",\"extra.tag\"") == NULL && strstr(got,
	    "\"odd\",\"classification.taxonomy\":\"vulnerable\"") != NULL, "- leaves the class as it is");
	ok(strstr(got, "{\"classification.identifier\":\"bad\"") != NULL, "no condition holds");
	ok(strstr(got, "{\"classification.identifier\":\"mine\"") != NULL, "a column's identifier stands");
	free(got);
}

static void
test_names(void)
{
	const struct feed *site = feed("feed x\nkind name\nclass intrusions/system-compromise site\n"
	    "may ip source.ip\nmay port source.port\nmay host source.fqdn host\nmay url source.url\n"
	    "may rdns source.reverse_dns\n");
	const struct feed *listed = feed("feed y\nkind name\nsubject name web\n"
	    "class intrusions/system-compromise site\nmay web extra.\nmay ip source.ip\n");
	const struct feed *account =
	    feed("feed z\nkind account\nclass information-content-security/data-leak leak\n"
	    "subject account mail|user\nmay user source.account\nmay mail extra.\n");
	const struct feed *joined = feed("feed j\nkind name\nclass intrusions/system-compromise site\n"
	    "may ip source.ip\nmay url source.url web-address\nmay hostname source.reverse_dns\n");
	const struct feed *of_dst =
	    feed("feed d\nkind event\nsubject destination\nclass availability/ddos d\n"
	    "may src source.ip\nmay dst destination.ip\nmay a source.asn\nmay b destination.asn\n");
	char *got = findings(site,
	    "ip|port|host|url|rdns\n192.0.2.1|443|Shop.Example|http://other.example/|x.isp.example\n"
	    "192.0.2.1|443|192.0.2.1|http://Other.Example:8080/a|x.isp.example\n"
	    "192.0.2.1|443|||x.isp.example\n192.0.2.1||||x.isp.example\n", true);

	ok(strstr(got, "name name infected shop.example\n") != NULL, "the host");
	ok(strstr(got, "name name infected other.example\n") != NULL, "else the URL's");
	ok(strstr(got, "service source infected \n") != NULL,
	    "else the address, a service with its port; never reverse DNS");
	ok(strstr(got, "event source infected \n") != NULL, "or an event without one");
	free(got);
	got = findings(listed, "web|ip\nhttps://www.shop.example/\n", true);
	ok(strstr(got, "name name infected www.shop.example\n") != NULL, "a listed column may hold a URL");
	free(got);
	got = findings(listed, "web|ip\nwww.shop.example\nthe shop|192.0.2.1\nthe shop|~\n", false);
	ok(strstr(got, "name name infected www.shop.example\n") != NULL,
	    "or a name, also when only what is needed is wanted");
	ok(strstr(got, "event source infected \n") != NULL, "or neither");
	ok(strstr(got, "name name infected \n") != NULL,
	    "and without an address it stays what the feed says");
	free(got);
	got = findings(account, "user|mail\njan|jan@Shop.Example\njan@other.example|\njan|\n", true);
	ok(strstr(got, "account account victim shop.example\n") != NULL, "the domain of an account");
	ok(strstr(got, "account account victim other.example\n") != NULL, "of the first with one");
	free(got);
	got = findings(joined, "ip|url|http_host|hostname\n192.0.2.1|/a||aimed.example\n"
	    "192.0.2.2|/a|shop.example|aimed.example\n192.0.2.3|http://own.example/a||aimed.example\n", true);
	ok(strstr(got, "\"source.url\":\"http://aimed.example/a\"} event source infected \n") != NULL,
	    "a URL that got its host from reverse DNS is about its address");
	ok(strstr(got, "name name infected shop.example\n") &&
	    strstr(got, "name name infected own.example\n"), "with a host that was visited it is about that");
	ok(strstr(got, "infected aimed.example") == NULL, "reverse DNS never");
	free(got);
	got = findings(of_dst, "src|dst|a|b\n192.0.2.1|198.51.100.1|64496|64497\n", false);
	ok(strstr(got, "\"destination.asn\":64497,\"destination.ip\":\"198.51.100.1\"") &&
	    strstr(got, "source.asn") == NULL, "a finding about its destination needs no source address");
	free(got);
}

static void
test_identity(void)
{
	const char *cols = "source.ip|source.port|source.fqdn|source.url|source.account|classification.type|"
	    "tlp|extra.a|odd|time.source\n";
	char text[1000], *got;

	snprintf(text, sizeof text, "%s%s", cols,
	    "192.0.2.1|443|~|~|~|vulnerable-system|amber|1|2|2026-11-20T08:00:00Z\n"
	    "192.0.2.1|443|~|~|~|infected-system|purple|~|~|~\n192.0.2.1|443|a.example|~|~|~|~|~|~|~\n"
	    "~|~|~|http://b.example/|~|phishing|~|~|~|~\n"
	    "~|~|~|~|jan@c.example|data-leak|~|~|~|~\n192.0.2.2|~|not/a name|~|~|vulnerable-system|~|~|~|~\n"
	    "010.0.0.1|~|~|~|~|vulnerable-system|~|~|~|~\n"
	    "192.0.2.1|~|~|~|~|vulnerable-system|~|~|~|not a time\n");
	got = findings(feed_identity(), text, true);
	ok(strstr(got, "\"extra.a\":\"1\",\"extra.odd\":\"2\",\"source.ip\":\"192.0.2.1\","
	    "\"source.port\":443,\"time.source\":"
	    "\"2026-11-20T08:00:00+00:00\",\"tlp\":\"AMBER\"} service source vulnerable \n") != NULL,
	    "columns mean themselves");
	ok(strstr(got, "\"classification.taxonomy\":\"vulnerable\"") != NULL, "the type says the taxonomy");
	ok(strstr(got, "\"extra.tlp\":\"purple\"") && strstr(got, "} event source infected \n"),
	    "infected: an event; an odd label is kept");
	ok(strstr(got, "} service name context a.example\n") != NULL,
	    "a name with a port and no class is a service");
	ok(strstr(got, "} name name context b.example\n") != NULL, "the host of a URL");
	ok(strstr(got, "} account account victim c.example\n") != NULL, "an account");
	ok(strstr(got, "\"extra.source.fqdn\":\"not/a name\"") != NULL, "what does not fit is an extra");
	ok(strstr(got, "source.ip: not an address") && strstr(got, "time.source: not a time"),
	    "but without an address or time the row is refused");
	free(got);
}

static void
test_batch(void)
{
	const struct feed *f = feed(SCAN "may asn source.asn number-not-zero\n");
	struct err e = ERR_INIT;
	struct table t;
	struct binding *b;
	static struct batch out;
	static struct row_reject rej[BATCH_ROWS];
	struct finding one;
	uint32_t next = 0, n = 0, bad = 0, nrej, i, k;
	bool same = true;

	table_read(&t, "when|ip|port|asn\n2026-11-20 08:00:00|192.0.2.1|443|64496\n"
	    "2026-11-20T09:00:00Z|2001:db8::1|443|64497\n2026-11-20 08:00:00|192.0.2.01|443|1\n"
	    "2026-11-20 08:00:00|0.0.0.0|443|AS\n|192.0.2.7|99999|1\n~|198.51.100.7|~|x\n"
	    "Fri, 20 Nov 2026 08:00:00 GMT| 192.0.2.9 | 80 | 64496 \n", 500);
	b = binding_new(f, t.name, t.ncol, t.want, false, &e);
	ok(b != NULL && t.want[3] == 1, "bound");
	if (b == NULL)
		return;
	table_rows(&t);
	((uint8_t *)(uintptr_t)t.rows.kind)[0] = ROW_SKIP;
	((uint8_t *)(uintptr_t)t.rows.kind)[t.nrow - 1] = ROW_REJECT;
	while (next < t.nrow) {
		next = binding_batch(b, &t.rows, next, &out, rej, &nrej);
		n += out.nrow;
		bad += nrej;
		for (i = 0; i < nrej; i++)
			same = same && !binding_finding(b, &t.rows, rej[i].row, t.a, &one, &e) &&
			    strcmp(rej[i].why,
			    rej[i].row % 7 == 2 ? "ip: not an address" : "port: not a port, 0 to 65535") == 0;
		for (i = 0; i < out.nrow; i++) {
			same = same && binding_finding(b, &t.rows, out.row[i], t.a, &one, &e) && one.has_ip ==
			    batch_bit(out.has_ip, i) && (!one.has_ip || ip_cmp(&one.ip, &out.ip[i]) == 0) &&
			    one.observed == out.observed[i] &&
			    (one.f[TCS_F_SOURCE_ASN].form != VF_NONE) == batch_bit(out.has_asn, i) &&
			    (!batch_bit(out.has_asn, i) || one.f[TCS_F_SOURCE_ASN].i == out.asn[i]);
			if (!same) {
				printf("# row %u\n", out.row[i]);
				break;
			}
		}
		for (k = out.nrow; k < BATCH_ROWS; k++)
			same = same && !batch_bit(out.has_ip, k) && !batch_bit(out.has_asn, k);
	}
	ok(same, "the batch says what the findings say");
	is_int(n, 500 * 5 - 2, "rows of records");
	is_int(bad, 500 * 2, "rows refused");
	binding_free(b);
	table_free(&t);
}

/* Any cells in any columns: a row is refused by the batch exactly when it makes no finding, and they
 * agree on the rest. */
static bool
agrees(struct binding *b, const struct rows *r, struct arena *a)
{
	static struct batch out;
	static struct row_reject rej[BATCH_ROWS];
	struct err e = ERR_INIT;
	struct finding f;
	uint32_t nrej, i;
	bool asn;

	if (binding_batch(b, r, 0, &out, rej, &nrej) != r->nrow || out.nrow + nrej != r->nrow)
		return false;
	for (i = 0; i < nrej; i++)
		if (binding_finding(b, r, rej[i].row, a, &f, &e))
			return false;
	for (i = 0; i < out.nrow; i++) {
		if (!binding_finding(b, r, out.row[i], a, &f, &e))
			return false;
		asn = f.f[b->asn_field].form != VF_NONE;
		if (f.observed != out.observed[i] || f.has_ip != batch_bit(out.has_ip, i) ||
		    asn != batch_bit(out.has_asn, i) || (f.name.n > 0) != batch_bit(out.has_name, i) ||
		    (f.has_ip && ip_cmp(&f.ip, &out.ip[i]) != 0) || (asn &&
		    f.f[b->asn_field].i != out.asn[i]) || (f.name.n > 0 && !tcs_eq(f.name, out.name[i])))
			return false;
	}
	return true;
}

static void
test_random(void)
{
	static const char *const cells[] = { "", "-", "N/A", "0", "unknown", "192.0.2.1", "010.0.0.1", "::1",
		"::ffff:192.0.2.4", "2026-11-20 08:00:00", "2026-11-21T08:00:00+01:00", "yesterday", "443",
		"443", "65536", "-5", "1e5", "AS64496", "as0", "64497", "cve-2021-1;cve-1-",
		"http://a.example/", "GET /x HTTP/1.1", "//", "http://[::1", "shop.example", "Shop.Example.",
		"xn--a", "\xff\xfe", "b\xc3\xbc.example", "a@b.example", "@", "tcp", "NL", "a webshell",
		"99999999999999999999", " " };
	const struct feed *some[] = {
		feed("feed a\nkind event\nclass other/other x\nneed a time.source\nneed b|c time.source utc\n"
		    "may d time.source\nneed e|f source.ip\n"
		    "may g source.ip\nneed h source.ip\nneed i source.asn\nneed j|k source.asn number\n"
		    "may l source.asn number-not-zero\nzone Europe/Amsterdam\n"),
		feed("feed b\nkind name\nsubject name m|n\nclass other/other x\n"
		    "class intrusions/system-compromise y when a has shell\nneed a|b source.port\n"
		    "need c protocol.transport\nneed d extra.q number\nneed e source.geolocation.cc known\n"
		    "need f source.port number-not-zero\nmay g source.ip\nmay h source.fqdn host\n"
		    "set source.asn 64499\n"),
		feed("feed c\nkind name\nclass other/other x\nneed a source.url web-address\n"
		    "may b source.fqdn\nmay c tlp\nmay ip source.ip\nmay d destination.ip\n"
		    "may e source.account\nmay f product.vulnerabilities cves-in-text\n"),
		feed_identity(),
	};
	uint64_t x = 88172645463325252u;
	struct err e = ERR_INIT;
	uint32_t round, i, bound = 0, good = 0;

	for (round = 0; round < 400; round++) {
		struct table t;
		struct binding *b;

		table_read(&t, round % 4 == 3 ? "source.ip|source.asn|source.port|time.source|"
		    "source.fqdn|source.url|source.account|tlp|classification.type|extra.|extra.a|raw|x\n" :
		    "a|b|c|d|e|f|g|h|i|j|k|l|m|n|ip|hostname|application\n", 1);
		t.nrow = 32;
		for (i = 0; i < t.nrow * t.ncol; i++) {
			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			t.cell[i] = x % 11 == 0 ? tcs_slice(NULL, 0) :
			    tcs_str(cells[x / 16 % (sizeof cells / sizeof *cells)]);
		}
		if ((b = binding_new(some[round % 4], t.name, t.ncol, t.want, round & 4, &e)) != NULL) {
			bound++;
			good += agrees(b, table_rows(&t), t.a);
		}
		binding_free(b);
		table_free(&t);
	}
	ok(bound == 400 && good == 400, "whatever the cells are, batch and findings agree: %s", e.text);
}

static void
test_place(void)
{
	const struct feed *f = feed("feed x\nkind event\nclass other/other y\nmay ip source.ip\n");
	struct err e = ERR_INIT;
	struct table t;
	struct binding *b;
	struct finding one;
	uint8_t *kind;

	table_read(&t, "ip\n192.0.2.1\n192.0.2.2\n192.0.2.3\n192.0.2.4\n", 1);
	b = binding_new(f, t.name, t.ncol, t.want, false, &e);
	table_rows(&t);
	kind = (uint8_t *)(uintptr_t)t.rows.kind;
	kind[1] = kind[3] = ROW_AGAIN;
	binding_slot(b, &t.rows);
	binding_finding(b, &t.rows, 3, t.a, &one, &e);
	ok(one.sub == 1 && one.off == 30 && one.len == 10 && one.line == 5,
	    "place in the record, and evidence");
	kind[0] = ROW_AGAIN;
	binding_slot(b, &t.rows);
	binding_finding(b, &t.rows, 1, t.a, &one, &e);
	is_int(one.sub, 3, "a record over two slots");
	binding_finding(b, &t.rows, 2, t.a, &one, &e);
	is_int(one.sub, 0, "the next record");
	binding_free(b);
	table_free(&t);
}

int
main(void)
{
	char cmd[64];

	if (mkdtemp(dir) == NULL)
		return 1;
	test_fields();
	test_text();
	test_class();
	test_names();
	test_identity();
	test_batch();
	test_random();
	test_place();
	while (nset > 0)
		feedset_free(sets[--nset]);
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	return system(cmd) != 0 || done_testing();
}
