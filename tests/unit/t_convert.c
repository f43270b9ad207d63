/* SPDX-License-Identifier: Apache-2.0 */
/* core/2-decode/convert.c and fieldtype.c: cells to values, values to fields. */
#include "2-decode/convert.h"
#include "tap.h"
#include "tz.h"

static struct arena *a;

/* "form text", "-" for no value, "!" for what is refused */
static const char *
did(enum conv c, const char *cell, const struct tz *zone, const struct conv_row *row)
{
	static const char form[] = " tnbj";
	struct fvalue v = { 0 };

	switch (convert(c, tcs_str(cell), zone, row, a, &v)) {
	case CV_NONE:
		return "-";
	case CV_BAD:
		return "!";
	default:
		return arena_printf(a, "%c %.*s", form[v.form], (int)v.text.n, v.text.p);
	}
}

static const struct { enum conv c; const char *cell, *want; } cells[] = {
	{ CONV_TEXT, "a b", "t a b" }, { CONV_TEXT, "", "t " }, { CONV_KNOWN, "", "-" },
	{ CONV_KNOWN, "0", "-" }, { CONV_KNOWN, "unknown", "-" }, { CONV_KNOWN, "00", "t 00" },
	{ CONV_NUMBER, "", "-" }, { CONV_NUMBER, "0", "n 0" }, { CONV_NUMBER, " 42 ", "n 42" },
	{ CONV_NUMBER, "-7", "n -7" }, { CONV_NUMBER, "007", "n 7" }, { CONV_NUMBER, "1.5", "!" },
	{ CONV_NUMBER, "x", "!" }, { CONV_NUMBER, "99999999999999999999", "!" }, { CONV_NUMBER, "-", "!" },
	{ CONV_NUMBER_NOT_ZERO, "0", "-" }, { CONV_NUMBER_NOT_ZERO, "64496", "n 64496" },
	{ CONV_REAL, "1", "n 1.0" }, { CONV_REAL, "0.1", "n 0.1" }, { CONV_REAL, "", "-" },
	{ CONV_REAL, "0x10", "!" },
	{ CONV_REAL, "nan", "!" }, { CONV_REAL, "1e999", "!" }, { CONV_REAL, "-2.50", "n -2.5" },
	{ CONV_YES_NO, "Y", "b true" }, { CONV_YES_NO, "enabled", "b true" }, { CONV_YES_NO, "0", "b false" },
	{ CONV_YES_NO, "maybe", "-" }, { CONV_YES_NO, "", "-" }, { CONV_ADDRESS, "192.0.2.1", "t 192.0.2.1" },
	{ CONV_ADDRESS, "0.0.0.0", "-" }, { CONV_ADDRESS, "", "-" }, { CONV_ADDRESS, "010.0.0.1", "!" },
	{ CONV_ADDRESS, "192.0.2.256", "!" }, { CONV_ADDRESS, "192.0.2", "!" },
	{ CONV_ADDRESS, "2001:DB8:0::1", "t 2001:db8::1" }, { CONV_ADDRESS, "fe80::1%eth0", "!" },
	{ CONV_ADDRESS, "::ffff:192.0.2.1", "t 192.0.2.1" }, { CONV_ADDRESS, "192.0.2.0/24", "!" },
	{ CONV_NETWORK, "192.0.2.0/24", "t 192.0.2.0/24" }, { CONV_NETWORK, "192.0.2.1", "-" },
	{ CONV_NETWORK, "x/y", "-" }, { CONV_HOST, "WWW.shop.example", "t www.shop.example" },
	{ CONV_HOST, "192.0.2.1", "-" }, { CONV_HOST, "a b", "-" },
	{ CONV_UTC, "2026-11-20 08:00:00", "t 2026-11-20T08:00:00+00:00" }, { CONV_UTC, "", "-" },
	{ CONV_UTC, "Wed, 10 Feb 2010 00:00:01 GMT", "t 2010-02-10T00:00:01+00:00" },
	{ CONV_UTC, "2026-11-20T09:00:00+01:00", "t 2026-11-20T08:00:00+00:00" },
	{ CONV_UTC, "2026-13-20 08:00:00", "!" }, { CONV_UTC, "yesterday", "!" },
	{ CONV_UTC, "2026-11-20 24:30:00", "!" },
	{ CONV_CVES, "exchange;CVE-2021-26855;cve-2020-0688;x", "t cve-2020-0688;cve-2021-26855" },
	{ CONV_CVES, "exchange;xcve-2021-26855", "-" }, { CONV_CVES, "", "-" },
	{ CONV_CVES, "cve-2021-1;cve-2021-1", "t cve-2021-1" },
	{ CONV_CVES_IN_TEXT, "see CVE-2024-3400, and cve-2023-1.", "t cve-2023-1;cve-2024-3400" },
	{ CONV_BASE64, "ab", "t YWI=" }, { CONV_BASE64, "YWI=", "t YWI=" }, { CONV_BASE64, "", "-" },
	{ CONV_WEB_ADDRESS, "/x", "t /x" },
	{ CONV_WEB_ADDRESS, "http://shop.example/x", "t http://shop.example/x" },
};

static const struct { const char *field, *text, *want; } fields[] = {
	{ "source.port", "65536", NULL }, { "source.port", "-1", NULL }, { "source.port", "443", "443" },
	{ "source.asn", "AS64496", "64496" }, { "source.asn", "0", NULL },
	{ "source.asn", "4294967296", NULL }, { "source.ip", "192.0.2.1/32", "192.0.2.1" },
	{ "source.fqdn", "Shop.Example.", "shop.example" }, { "source.fqdn", "192.0.2.1", NULL },
	{ "source.fqdn", "a b", NULL }, { "source.reverse_dns", "_x.y_z.example", "_x.y_z.example" },
	{ "source.url", "hxxp://shop.example/x", "http://shop.example/x" },
	{ "source.url", "shop.example", NULL }, { "source.geolocation.cc", "nl", "NL" },
	{ "source.geolocation.cc", "NLD", NULL }, { "source.registry", "ripe-ncc", "RIPE" },
	{ "protocol.transport", "TCP", "tcp" }, { "protocol.transport", "tcpp", NULL },
	{ "classification.type", "vulnerable-system", "vulnerable-system" },
	{ "classification.type", "bad", NULL }, { "classification.taxonomy", "Vulnerable", "vulnerable" },
	{ "tlp", "TLP:AMBER+STRICT", "AMBER+STRICT" }, { "tlp", "purple", NULL },
	{ "malware.name", "Virut", "virut" }, { "time.source", "2026-11-20", "2026-11-20T00:00:00+00:00" },
	{ "feed.accuracy", "101", NULL }, { "source.tor_node", "yes", "true" },
};

static const struct { const char *url, *want; } hosts[] = {
	{ "http://shop.example/x", "shop.example" }, { "https://u:p@shop.example:8443/", "shop.example" },
	{ "http://[2001:db8::1]:80/", "2001:db8::1" }, { "shop.example/x", "" }, { "http://", "" },
	{ "", "" }, { "http://shop.example?x@evil.example", "shop.example" },
	{ "http://shop.example\\@evil.example/", "shop.example" },
};

static void
test_row(void)
{
	struct conv_row row = { TCS_LIT("shop.example"), TCS_LIT("https"), true };
	struct tz *zone = tz_load("Europe/Amsterdam");

	is_str(did(CONV_WEB_ADDRESS, "GET /a?b HTTP/1.1", NULL, &row), "t https://shop.example/a?b",
	    "a request line and its host");
	row.application = TCS_LIT("");
	is_str(did(CONV_WEB_ADDRESS, "/a", NULL, &row), "t http://shop.example/a", "a path and its host");
	is_str(did(CONV_WEB_ADDRESS, "http://other.example/a", NULL, &row), "t http://other.example/a",
	    "a URL stands");
	ok(zone != NULL, "the zone is there");
	is_str(did(CONV_TIME, "2026-07-01 10:00:00", zone, NULL), "t 2026-07-01T08:00:00+00:00",
	    "summer time");
	is_str(did(CONV_TIME, "2026-12-01 10:00:00", zone, NULL), "t 2026-12-01T09:00:00+00:00",
	    "winter time");
	is_str(did(CONV_TIME, "2026-12-01 10:00:00Z", zone, NULL), "t 2026-12-01T10:00:00+00:00",
	    "what says its zone");
	is_str(did(CONV_UTC, "2026-07-01 10:00:00", zone, NULL), "t 2026-07-01T10:00:00+00:00", "utc is utc");
	tz_free(zone);
}

/* The short ways say the same as the long ones, or nothing. */
static void
test_fast(void)
{
	static const char *const times[] =
		{ "2026-11-20 08:00:00", "2026-11-20T08:00:00Z", "2026-11-21 23:59:59",
		"2026-11-31 00:00:00", "2026-11-20 24:00:00", "2026-11-20 0a:00:00", "2026-11-20 08:00", "" };
	static const char *const ips[] =
		{ "192.0.2.1", "0.0.0.0", "255.255.255.255", "1.2.3.4", "01.2.3.4", "1.2.3.04",
		"256.1.1.1", "1.2.3", "1.2.3.4.", "1.2.3.4.5", "1..2.3", "1234.1.1.1", "1.2.3.4 ", "" };
	static const char *const names[] = { "a.bc", "shop.example", "Shop.example", "a-.example",
		"-a.example", "a..b", "a.1b", "xn--bcher-kva.example", "192.0.2.1", "a.b-", ".a.b", "a.b." };
	struct conv_day day = { 0 };
	struct tcs_slice out;
	struct ip x, y;
	int64_t t, u;
	size_t i;

	for (i = 0; i < sizeof times / sizeof *times; i++)
		if (conv_time_fast(tcs_str(times[i]), &day, &t))
			ok(time_parse(times[i], strlen(times[i]), &u) && t == u, "fast time %s", times[i]);
		else
			ok(i >= 3, "no fast time '%s'", times[i]);
	for (i = 0; i < sizeof ips / sizeof *ips; i++)
		if (conv_ip4_fast(tcs_str(ips[i]), &x))
			ok(ip_parse(ips[i], strlen(ips[i]), &y) && ip_cmp(&x, &y) == 0, "fast address %s",
			    ips[i]);
		else
			ok(!ip_parse(ips[i], strlen(ips[i]), &y), "no address '%s'", ips[i]);
	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (conv_name_fast(tcs_str(names[i])))
			ok(convert_name(tcs_str(names[i]), a, &out) && tcs_is(out, names[i]), "fast name %s",
			    names[i]);
}

int
main(void)
{
	size_t i;

	a = arena_new();
	for (i = 0; i < sizeof cells / sizeof *cells; i++)
		is_str(did(cells[i].c, cells[i].cell, NULL, NULL), cells[i].want,
		    arena_printf(a, "%s '%s'", conv_names[cells[i].c], cells[i].cell));
	for (i = 0; i < sizeof fields / sizeof *fields; i++) {
		struct fvalue v = { .form = VF_TEXT, .text = tcs_str(fields[i].text) };
		bool fits = field_value(field_by_name(tcs_str(fields[i].field)), &v, a);

		is_str(fits ? arena_strndup(a, v.text.p, v.text.n) : NULL, fields[i].want,
		    arena_printf(a, "%s '%s'", fields[i].field, fields[i].text));
	}
	for (i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		struct tcs_slice h = convert_url_host(tcs_str(hosts[i].url));

		is_str(arena_strndup(a, h.p ? h.p : "", h.n), hosts[i].want, "the host of a URL");
	}
	test_row();
	test_fast();
	arena_free(a);
	return done_testing();
}
