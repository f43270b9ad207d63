/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that look at a ledger, and those that give orders: the real
 * program on a ledger and a spool filled here, also beside a decider.
 */
#include <sys/wait.h>
#include "1-fetch/spool.h"
#include "3-match/match.h"
#include "ledgerfix.h"

static const char csv[] =
    "\"timestamp\",\"ip\",\"port\",\"hostname\"\r\n"
    "\"2026-11-20 06:00:00\",\"192.0.2.7\",3389,\"rdp.acme.example\"\r\n"
    "\"2026-11-20 06:00:01\",\"192.0.2.77\",3389,\"\"\r\n"
    "\"2026-11-20 06:00:02\",\"198.51.100.9\",3389,\"www.SHOP.example\033[31m\"\r\n"
    "\"2026-11-20 06:00:03\",\"2001:DB8:0:0:0:0:0:9\",3389,\"\"\r\n"
    "\"2026-11-20 06:00:04\",\"010.0.0.1\",3389,\"\"\r\n";

/* Where the line with this text begins, and its length. */
static uint64_t
place(const char *text, uint32_t *len)
{
	const char *p = strstr(csv, text), *end;

	while (p[-1] != '\n')
		p--;
	end = strchr(p, '\n') + 1;
	*len = (uint32_t)(end - p);
	return (uint64_t)(p - csv);
}

static void
write_file(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", fix_dir, name);
	f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
}

/* ---- filling */

static void
fill_registry(struct ledger *l)
{
	struct arena *a = arena_new();
	struct registry r = { .arena = a };
	struct org org[3] = { { .key = "acme", .name = "Acme Bakery", .constituency = "direct", .sector = "",
	    .language = "en", .email = "it@acme.example" }, { .key = "isp", .name = "Example ISP",
	    .constituency = "direct", .sector = "", .language = "nl", .email = "abuse@isp.example" },
	    { .key = "shop", .name = "Shop", .constituency = "vital", .sector = "", .language = "nl",
	    .email = "" } };
	struct asset asset[4];
	size_t i;

	for (i = 0; i < 4; i++)
		asset[i] = (struct asset){ .kind = ASSET_NET, .verified = true, .from = TIME_NONE,
		    .until = TIME_NONE, .verified_by = "", .verified_on = "" };
	asset[0].org = REGISTRY_NEW_ORG(0);
	asset[0].text = "192.0.2.0/28";
	asset[0].lo = fix_ip("192.0.2.0");
	asset[0].hi = fix_ip("192.0.2.15");
	asset[0].verified_by = "anna";
	asset[0].verified_on = "2026-01-05";
	asset[1].org = REGISTRY_NEW_ORG(1);
	asset[1].role = ROLE_OPERATOR;
	asset[1].text = "192.0.2.0/24";
	asset[1].lo = fix_ip("192.0.2.0");
	asset[1].hi = fix_ip("192.0.2.255");
	asset[2].org = REGISTRY_NEW_ORG(2);
	asset[2].verified = false;
	asset[2].text = "198.51.100.0/24";
	asset[2].lo = fix_ip("198.51.100.0");
	asset[2].hi = fix_ip("198.51.100.255");
	asset[3].org = REGISTRY_NEW_ORG(2);
	asset[3].kind = ASSET_DOMAIN;
	asset[3].text = "shop.example";
	r.org = arena_dup(a, org, sizeof org);
	r.norg = 3;
	r.asset = arena_dup(a, asset, sizeof asset);
	r.nasset = 4;
	must(ledger_registry_put(l, &r, "anna", 0, E));
	arena_free(a);
}

static void
fill_input(struct ledger *l, const char *sha256)
{
	struct input in = fix_input(l, "shadowserver", "scan_rdp", "2026-11-20-scan_rdp.csv", 'a');
	struct span bad = { .line = 6 };
	bool fresh;

	snprintf(in.sha256, sizeof in.sha256, "%s", sha256);
	in.size = sizeof csv - 1;
	must(ledger_input_put(l, &in, &fresh, E));
	in.state = INPUT_DONE;
	in.off = in.size;
	in.records = 5;
	in.matched = 2;
	in.refused = 1;
	bad.off = place("010.0.0.1", &bad.len);
	must(ledger_begin(l, E));
	ledger_input_progress(l, &in);
	ledger_tally(l, in.id, 1, 1, "direct", OUT_NEW, 2);
	ledger_tally(l, in.id, 0, 0, "", OUT_UNMATCHED, 2);
	ledger_tally(l, in.id, 0, 0, "", OUT_QUARANTINED, 1);
	ledger_quarantine(l, in.id, "ip: not an address", "010.0.0.1", &bad, 1);
	must(ledger_end(l, E));
}

static struct tcase
fill_case(struct ledger *l, uint32_t org, const char *ip, uint32_t asset, struct sighting *s)
{
	struct tcase c = fix_case(l, org, "open-rdp", ip, 3389);

	c.asset = asset;
	c.snapshot = 1;
	c.feed = ledger_intern(l, DICT_FEED, TCS_LIT("shadowserver/scan_rdp"));
	c.input = 1;
	c.off = place(ip, &c.len);
	c.line = org == 1 ? 2 : 3;
	*s = (struct sighting){ .id = c.id, .off = c.off, .len = c.len, .line = c.line,
	    .observed = c.last_seen };
	return c;
}

static void
fill_cases(struct ledger *l)
{
	static uint32_t ids[1] = { 1 }, revs[1] = { 1 };
	struct warning w;
	struct sighting s[2];
	struct arena *a = arena_new();
	struct delivery d;
	struct tcase c;
	bool fresh, got;

	must(ledger_begin(l, E));
	c = fill_case(l, 1, "192.0.2.7", 1, &s[0]);
	c.told = TOLD_HANDED_OVER;
	c.reason = WHY_NEW;
	c.warned = NOW;
	c.warning = 1;
	ledger_case_put(l, &c);
	ledger_case_feed(l, c.id, c.feed, NOW);
	ledger_case_cve(l, c.id, TCS_LIT("CVE-2019-0708"), NOW);
	ledger_case_claim(l, c.id, 1, TCS_R_NETWORK, 124, CLAIM_WON);
	ledger_case_claim(l, c.id, 2, TCS_R_NETWORK, 120, CLAIM_OPERATOR_AFTER_OWNER);
	ledger_event(l, c.id, EVENT_OPENED, WHY_NEW, 1);
	ledger_event(l, c.id, EVENT_HANDED_OVER, WHY_NEW, 1);
	c = fill_case(l, 2, "192.0.2.77", 2, &s[1]);
	c.role = ROLE_OPERATOR;
	c.told = TOLD_HELD;
	c.reason = WHY_NO_CONTACT;
	ledger_case_put(l, &c);
	ledger_case_claim(l, c.id, 2, TCS_R_NETWORK, 120, CLAIM_WON);
	ledger_event(l, c.id, EVENT_OPENED, WHY_NEW, 1);
	ledger_event(l, c.id, EVENT_HELD, WHY_NO_CONTACT, 0);
	ledger_segment(l, 1, 0, sizeof csv - 1, 5, s, 2);
	must(ledger_end(l, E));
	w = fix_warning(l, 'w', 1, "it@acme.example", ids, revs, 1);
	must(ledger_warning_put(l, &w, &fresh, E));
	must(ledger_outbox_claim(l, "mail", NOW, a, &d, &got, E));
	must(ledger_outbox_answer(l, &d, TCS_DELIVERED, "250 2.0.0 ok", NOW + 1, 0, E));
	ledger_alarm(l, "fetch:desk", "source desk: cannot be read", NOW);
	must(ledger_state_put(l, "look:shadowserver", "2026-11-20T07:59:00Z", E));
	arena_free(a);
}

static void
fill(void)
{
	struct err e = ERR_INIT;
	struct ledger *l;
	struct spool *sp;
	struct blob blob;
	char path[256];

	write_file("in.csv", csv);
	write_file("tocsin.conf",
	    "identity = { name = \"Example CERT\"; from = \"warnings@cert.example\"; verify = "
	    "\"https://cert.example/verify\"; };\nledger = \"ledger.db\";\nspool = "
	    "\"spool\";\nallow_documentation = true;\nsources = ( { name = \"shadowserver\"; plugin = "
	    "\"shadowserver\"; from = \"dir:in\"; },\n  { name = \"desk\"; plugin = \"researcher\"; from = "
	    "\"dir:desk\"; } );\nmatch = ( { plugin = \"registry\"; } );\ndeliver = { notifiers = ( { name "
	    "= \"mail\"; plugin = \"maildir\"; path = \"out\"; } ); };\n");
	snprintf(path, sizeof path, "%s/spool", fix_dir);
	if ((sp = spool_open(path, &e)) == NULL) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	snprintf(path, sizeof path, "%s/in.csv", fix_dir);
	must(spool_take(sp, path, 1 << 20, &blob, E));
	spool_close(sp);
	l = fix_open(LEDGER_DECIDE);
	fill_registry(l);
	fill_input(l, blob.sha256);
	fill_cases(l);
	ledger_close(l);
}

/* ---- running */

static int status;
static char *text;

/* What tocsin says, errors too. */
static const char *
tocsin(const char *args)
{
	const char *build = getenv("TOP_BUILDDIR");
	char command[1024];
	size_t n = 0, cap = 1 << 20;
	FILE *p;

	text = text ? text : xmalloc(cap);
	snprintf(command, sizeof command,
	    "TOCSIN_NOW=2026-11-20T09:00:00Z '%s/tocsin' -c '%s/tocsin.conf' %s 2>&1", build ? build : ".",
	    fix_dir, args);
	fflush(stdout);
	if ((p = popen(command, "r")) == NULL)
		exit(99);
	n = fread(text, 1, cap - 1, p);
	text[n] = '\0';
	status = pclose(p);
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
	return text;
}

static int
lines(const char *s)
{
	int n = 0;

	for (; (s = strchr(s, '\n')) != NULL; s++)
		n++;
	return n;
}

static void
says(const char *args, int want, const char *const *words)
{
	const char *s = tocsin(args);
	bool all = status == want;
	size_t i;

	for (i = 0; words[i]; i++)
		if (strstr(s, words[i]) == NULL) {
			printf("# it does not say: %s\n", words[i]);
			all = false;
		}
	if (!ok(all, "tocsin %s", args)) {
		struct tcs_slice rest = tcs_str(s), line;

		printf("# status %d\n", status);
		while (tcs_cut(&rest, '\n', &line))
			printf("# %.*s\n", (int)line.n, line.p);
	}
}

#define SAYS(args, want, ...) says(args, want, (const char *const[]){ __VA_ARGS__, NULL })

static void
the_lists(void)
{
	SAYS("inputs", 0, "INPUT  SOURCE", "2026-11-20-scan_rdp.csv", "done");
	SAYS("inputs --json", 0,
	    "{\"input\":1,\"source\":\"shadowserver\",\"feed\":\"shadowserver/scan_rdp\",",
	    "\"records\":5,\"matched\":2,\"refused\":1,\"new\":2,\"repeated\":0,\"unmatched\":2,"
	    "\"filtered\":0,\"quarantined\":1,");
	SAYS("inputs --state pending", 0, "no inputs");
	SAYS("inputs --state pendin", 2, "state \"pendin\" is not known; did you mean \"pending\"?");
	SAYS("inputs --source shadowservr", 2, "did you mean \"shadowserver\"?");
	SAYS("inputs --since 2026-11-21", 0, "no inputs");
	SAYS("cases --json", 0,
	    "{\"case\":1,\"organisation\":\"acme\",\"problem\":\"open-rdp\",\"subject\":\"192.0.2.7\","
	    "\"kind\":\"service\",\"seen\":\"open\",\"told\":\"handed-over\",\"answer\":\"none\","
	    "\"episode\":1,\"taxonomy\":\"vulnerable\",\"type\":\"vulnerable-system\","
	    "\"identifier\":\"open-rdp\",\"ip\":\"192.0.2.7\",\"port\":3389,\"transport\":\"tcp\","
	    "\"hostname\":null,\"cves\":[\"CVE-2019-0708\"],\"severity\":\"high\","
	    "\"first_seen\":\"2026-11-20T07:00:00Z\",\"last_seen\":\"2026-11-20T07:00:00Z\","
	    "\"asset\":\"192.0.2.0/28\",\"rule\":\"network\","
	    "\"sources\":[\"shadowserver\"]", "\"reason\":\"no-contact\"");
	ok(lines(tocsin("cases --json --state held")) == 1 && strstr(text, "\"case\":2") != NULL,
	    "cases by what is told");
	ok(lines(tocsin("cases --json --state open --organisation acme")) == 1 &&
	    strstr(text, "\"case\":1") != NULL, "by organisation");
	SAYS("cases --organisation acm", 2, "organisation \"acm\" is not known");
	SAYS("warnings --json", 0,
	    "{\"warning\":\"2026-00001\",\"message_id\":\"<w1@cert.example>\",\"organisation\":\"acme\","
	    "\"recipient\":\"it@acme.example\",\"notifier\":\"mail\",\"state\":\"handed-over\","
	    "\"cases\":[1],");
	is_str(tocsin("warnings show 2026-00001"), "Subject: x\r\n\r\nbody\r\n", "a warning's stored bytes");
	SAYS("warnings show '<w1@cert.example>' --json", 0, "\"mail\":\"Subject: x\\r\\n");
	SAYS("warnings show 2026-00009", 1, "there is no warning 2026-00009");
	SAYS("warnings shwo 1", 2, "expected nothing, or show NUMBER");
	SAYS("quarantine", 0, "ip: not an address");
	SAYS("quarantine show 1", 0, "quarantine 1: ip: not an address: 010.0.0.1", "line 6",
	    "\"010.0.0.1\",3389");
	SAYS("quarantine show 1 --json", 0, "\"line\":6",
	    "\"bytes\":\"\\\"2026-11-20 06:00:04\\\",\\\"010.0.0.1\\\",3389,\\\"\\\"\\r\\n\"");
	SAYS("quarantine show 9", 1, "there is no quarantine 9");
	SAYS("quarantine shw 1", 2, "did you mean \"show\"?");
}

static void
the_morning(void)
{
	SAYS("status", 0, "no tocsin run works on this ledger", "shadowserver: 1 inputs today with 5 records",
	    "last look 2026-11-20 07:59Z", "desk: 0 inputs today with 0 records; last input never",
	    "1 open, handed-over", "1 open, held", "1 handed-over", "source desk: cannot be read",
	    "1 entries are in quarantine");
	SAYS("status --json", 0, "{\"what\":\"decider\",\"running\":false",
	    "{\"what\":\"source\",\"source\":\"shadowserver\",\"configured\":true",
	    "{\"what\":\"cases\",\"seen\":\"open\",\"told\":\"held\",\"n\":1",
	    "{\"what\":\"alarm\",\"alarm\":\"fetch:desk\"");
	SAYS("todo", 0, "held case", "isp: open-rdp at 192.0.2.77:3389/tcp",
	    "give it a contact: tocsin org import; then tocsin release case:2",
	    "tocsin quarantine show 1; then replay or drop", "fetch:desk");
	ok(lines(tocsin("todo --json")) == 3, "three things to do");
	SAYS("report", 0, "findings: records of inputs", "unmatched", "requested", "effect: episodes");
	SAYS("report --json --since 2026-11-01 --until 2026-11-30", 0,
	    "{\"count\":\"inputs\",\"month\":\"2026-11\",\"source\":\"shadowserver\",\"class\":null,"
	    "\"constituency\":null,\"requested\":null,"
	    "\"organisation\":null,\"state\":\"done\",\"n\":1,",
	    "{\"count\":\"findings\","
	    "\"month\":\"2026-11\",\"source\":\"shadowserver\","
	    "\"class\":\"vulnerable/vulnerable-system\",\"constituency\":\"direct\",\"requested\":null,"
	    "\"organisation\":null,\"state\":\"new\","
	    "\"n\":2,", "{\"count\":\"warnings\"", "\"requested\":\"requested\",\"organisation\":null,"
	    "\"state\":\"handed-over\",\"n\":1,", "{\"count\":\"organisations\"");
	SAYS("report --csv --by month,organisation --only warnings", 0, "\"count\",\"month\",\"source\"",
	    "\"warnings\",\"2026-11\",,,,,\"acme\",\"handed-over\",\"1\"");
	SAYS("report --by mont", 2, "month");
	SAYS("report --sentence fr", 2, "expected nl or en");
	SAYS("report --since 2026-12-01 --until 2026-11-01", 2, "is not before");
	is_str(tocsin("report --json --until 2026-10-01"), "", "a report of months with nothing");
}

static void
searching(void)
{
	ok(lines(tocsin("search 192.0.2.7 --json")) == 1 && strstr(text, "\"line\":2") &&
	    strstr(text, "\"case\":1") && strstr(text, "acme"),
	    "an address, and not one that begins with it");
	ok(lines(tocsin("search 2001:db8::9 --json")) == 1 && strstr(text, "\"line\":5") &&
	    strstr(text, "\"case\":null"), "IPv6 in another spelling");
	ok(lines(tocsin("search shop.example --json")) == 1 && strstr(text, "\"line\":4"),
	    "a name below it, in either case");
	ok(strchr(tocsin("search shop.example"), '\033') == NULL && strstr(text, "\\x1b[31m"),
	    "what a feed said is shown, not obeyed");
	SAYS("search hop.example", 0, "found in no input");
	SAYS("search 010.0.0.1 --json", 0, "\"quarantine\":1");
	SAYS("search 192.0.2.7 --until 2026-11-19", 0, "found in no input");
}

static void
explaining(void)
{
	SAYS("explain 192.0.2.7", 0, "today's registry gives it to acme, by network: 192.0.2.0/28",
	    "192.0.2.0/24 of isp (operator, verified)", "case 1: open-rdp at 192.0.2.7:3389/tcp of acme",
	    "its organisation was warned 2026-11-20 08:00Z", "verified by anna on 2026-01-05",
	    "CVE-2019-0708", "192.0.2.0/24 of isp, by network: an operator comes after an owner",
	    "opened: seen for the first time (input 1)",
	    "2026-00001 of 2026-11-20 08:00Z to it@acme.example by mail: handed-over, 250 2.0.0 ok",
	    "input 1 (shadowserver 2026-11-20-scan_rdp.csv), line 2, bytes 36-95",
	    "\"192.0.2.7\",3389,\"rdp.acme.example\"");
	SAYS("explain 192.0.2.77", 0, "it is held, because the organisation has no contact that can be "
	    "used; to settle it: give it a contact: tocsin org import; then tocsin release case:2");
	SAYS("explain 198.51.100.9", 0, "assets cover it, but none that may be used",
	    "198.51.100.0/24 of shop (owner, NOT VERIFIED): not verified", "there is no case about it",
	    "line 4: read; it matched nobody then");
	SAYS("explain 192.0.3.1", 0, "no network covers it; nearest is 192.0.2.0/24 of isp (the first 23 "
	    "bits are the same)", "it stands in no raw input");
	SAYS("explain www.shop.example", 0, "today's registry gives it to shop, by domain: shop.example");
	SAYS("explain shpo.example", 0, "no domain covers it; nearest is shop.example of shop");
	SAYS("explain acme", 0, "organisation acme: Acme Bakery, constituency direct", "192.0.2.0/28 of acme",
	    "case 1:", "2026-00001 to it@acme.example");
	SAYS("explain 2", 0, "case 2: open-rdp");
	SAYS("explain 2026-00001", 0, "warning 2026-00001 to it@acme.example of acme by mail: handed-over",
	    "attempt 1", "250 2.0.0 ok", "case 1:");
	SAYS("explain w1@cert.example --json", 0, "{\"what\":\"warning\",\"warning\":\"2026-00001\"",
	    "{\"what\":\"attempt\",\"attempt\":1", "{\"what\":\"case\",\"case\":1");
	SAYS("explain input:1", 0, "5 records = 2 new + 0 repeated + 2 unmatched + 0 filtered + 1 "
	    "quarantined + 0 in conflict", "quarantine 1 (open)");
	SAYS("explain 2026-11-20-scan_rdp.csv", 0, "input 1: shadowserver");
	SAYS("explain AS64496", 0, "no organisation has AS64496");
	SAYS("explain nonsense", 1, "nothing is known of \"nonsense\"");
}

static void
orders(void)
{
	struct ledger *l;
	char want[160];

	SAYS("hold organisation:acme --why 'they move'", 0,
	    "order 1: hold organisation:acme; no tocsin run works on this ledger now");
	l = fix_open(LEDGER_DECIDE);
	snprintf(want, sizeof want, "(pid %ld) applies it with its next commit", (long)getpid());
	SAYS("hold all", 0, "order 2: hold all", want);
	SAYS("release warning:2026-00001 --json", 0,
	    "{\"order\":3,\"verb\":\"release\",\"what\":\"warning:1\",");
	SAYS("quarantine drop 1", 0, "order 4: quarantine-drop 1");
	SAYS("status", 0, "tocsin run works on this ledger (pid ", "orders wait for its next commit");
	ledger_close(l);
	SAYS("todo", 0, "they move", "start tocsin run");
	SAYS("hold organisation:acne", 2, "organisation \"acne\" is not known; did you mean \"acme\"?");
	SAYS("hold problem:open-rpd", 2, "problem \"open-rpd\" was never seen; did you mean \"open-rdp\"?");
	SAYS("hold problem:something-quite-new", 0, "order 5: hold problem:something-quite-new");
	SAYS("hold organization:acme", 2, "did you mean organisation?");
	SAYS("release case:99", 2, "there is no case 99");
	SAYS("hold", 2, "usage: tocsin hold WHAT");
	SAYS("quarantine replay 7", 1, "there is no quarantine 7");
}

int
main(void)
{
	fix_begin("commands");
	fill();
	the_lists();
	the_morning();
	searching();
	explaining();
	orders();
	free(text);
	fix_end();
	return done_testing();
}
