/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For t_compose.py, and for looking at what goes out: composes one of a few
 * warnings of our own and writes its mail to stdout.
 *
 *	compose_sample KIND LANGUAGE [COLUMNS.csv]
 *	compose_sample KIND/STATE LANGUAGE		the same, told before: reminder, relapse, worse
 *	compose_sample advice LANGUAGE			which advice the lines of stdin get
 *	compose_sample may REPORT COLUMNS.csv		which of the columns on stdin may leave
 *
 * KIND: thread, further (letters that follow another); phone, post, full (the page of that channel, not a
 * mail); owner, operator, network, national, partner, reminder, mixed, relapse, worse, several, many, huge,
 * evil, event, account, name, redirected, bare (no finding could be read again), carry, correct (takes
 * another back), token (a Reply-To of its own).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "5-compose/advice.h"
#include "5-compose/columns.h"
#include "5-compose/compose.h"
#include "timefmt.h"

#define MADE	INT64_C(1795161600)	/* 2026-11-20T08:00:00Z */
#define MANY	500
#define HUGE	6000

static struct arena *A;
static struct compose_system sys[HUGE];
static struct tcase cases[HUGE];
static struct finding found[HUGE];
static struct compose_job job;
static struct org org = { .id = 7, .key = "acme", .name = "Acme Bakery & Sons B.V.", .constituency = "direct",
    .language = "en" };
static const char *const cve[] = { "CVE-2026-0001", "CVE-2026-0002" };

static void
put(struct finding *f, unsigned field, const char *text, int64_t i)
{
	f->f[field] = (struct fvalue){ .form = i ? VF_NUMBER : VF_TEXT, .text = tcs_str(text), .i = i };
}

static void
extra(struct finding *f, const char *name, const char *text)
{
	if (f->extra == NULL)
		f->extra = arena_alloc(A, 16 * sizeof *f->extra);
	f->extra[f->nextra++] = (struct extra){ name, { .form = VF_TEXT, .text = tcs_str(text) } };
}

/* A service that should not be open: the plain case. */
static struct compose_system *
service(const char *ip, uint16_t port, const char *problem, enum severity severity)
{
	uint32_t i = job.nsystem++;
	struct tcase *c = &cases[i];
	struct finding *f = &found[i];

	*c = (struct tcase){ .id = 17 + i, .rule = TCS_R_NETWORK, .kind = KIND_SERVICE,
		.part = PART_VULNERABLE, .severity = severity, .episode = 1,
		.first_seen = MADE - 9 * DAY, .last_seen = MADE - 13647,
		.count = 3 };
	ip_parse(ip, strlen(ip), &c->key.ip);
	c->key.port = port;
	c->key.transport = 6;
	f->kind = KIND_SERVICE;
	f->subject = SUBJECT_SOURCE;
	f->observed = (MADE - 13647) * NS;
	put(f, TCS_F_SOURCE_IP, ip, 0);
	put(f, TCS_F_SOURCE_ASN, "64496", 64496);
	put(f, TCS_F_SOURCE_REVERSE_DNS, "host.acme.example", 0);
	put(f, TCS_F_PROTOCOL_TRANSPORT, "tcp", 0);
	put(f, TCS_F_RAW, "the raw record", 0);
	extra(f, "version", "10.0.19041");
	extra(f, "set_cookie", "session=secret");
	extra(f, "username", "jan");
	extra(f, "cert_issue_date", "2026-01-01");
	sys[i] = (struct compose_system){ .c = c, .f = f, .problem = problem,
		.class = "vulnerable/potentially-unwanted-accessible",
		.identifier = problem, .name = "", .source = "shadowserver", .report = "scan_rdp",
		.found_by = "daily scans of the internet by the Shadowserver Foundation",
		.asset = "192.0.2.0/24", .verified_by = "RIPE inetnum", .verified_on = "2026-02-11",
		.reported = MADE - 7200, .why = WHY_NEW };
	job.topic = sys[i].class;
	return &sys[i];
}

static void
owner(void)
{
	service("192.0.2.10", 3389, "open-rdp", SEV_HIGH)->cve = cve;
	sys[0].ncve = 2;
	service("192.0.2.11", 3389, "open-rdp", SEV_MEDIUM);
	service("2001:db8:0:1:213:72ff:fe1a:77b3", 3389, "open-rdp", SEV_MEDIUM)->asset = "2001:db8::/48";
}

static void
several(void)
{
	owner();
	service("192.0.2.10", 445, "open-smb", SEV_CRITICAL);
	service("192.0.2.12", 27017, "open-mongodb", SEV_LOW);
}

static void
lots(int n)
{
	char ip[32];
	int i;

	for (i = 0; i < n; i++) {
		snprintf(ip, sizeof ip, i < 512 ? "192.0.2.%d" : "2001:db8::%x", i / 2);
		service(arena_strdup(A, ip), (uint16_t)(i % 2 ? 3389 : 3390), "open-rdp",
		    i == 333 ? SEV_CRITICAL : SEV_MEDIUM);
	}
}

static void
earlier(void)
{
	static const struct compose_gone gone[] = {
		{ "192.0.2.7", "open-smb", MADE - 20 * DAY, 445, 6 },
		{ "www.acme.example", "compromised-website", MADE - 21 * DAY, 0, 0 } };

	job.answers = "<w.first@cert.example>";
	job.previous = MADE - 30 * DAY;
	job.previous_number = "2026-00311";
	job.gone = gone;
	job.ngone = 2;
}

static void
all_why(enum case_reason why)
{
	uint32_t i;

	owner();
	for (i = 0; i < job.nsystem; i++)
		sys[i].why = why;
	earlier();
}

/* One each that is new, still there, back and worse. */
static void
thread(void)
{
	several();
	sys[1].why = WHY_REMINDER;
	sys[2].why = WHY_RELAPSE;
	sys[3].why = WHY_WORSE;
	earlier();
}

/* The same kind of problem again, elsewhere. */
static void
further(void)
{
	owner();
	earlier();
}

static void
phone(void)
{
	several();
	job.channel = "phone";
	job.address = "+31 70 555 0123";
}

static void
post(void)
{
	several();
	job.channel = "post";
	job.address = "Dorpsstraat 1; 1234 AB Zilverdijk";
}

/* As much as a letter for the post may have to hold. */
static void
full(void)
{
	lots(40);
	sys[0].problem = sys[0].identifier = "infected-system";
	earlier();
	job.channel = "post";
	job.address = "t.a.v. de directie; Dorpsstraat 1; 1234 AB Zilverdijk";
}

static void
reminder(void)
{
	all_why(WHY_REMINDER);
}

static void
relapse(void)
{
	all_why(WHY_RELAPSE);
}

static void
worse(void)
{
	all_why(WHY_WORSE);
}

static void
mixed(void)
{
	owner();
	sys[0].why = WHY_WORSE;
	sys[1].why = WHY_REMINDER;
}

static void
operator(void)
{
	static const struct compose_sighting seen[] = { { MADE - 86400, 50123 }, { MADE - 80000, 50999 },
	    { MADE - 70000, 0 } };
	static struct compose_sighting many[30];
	uint32_t i;

	owner();
	for (i = 0; i < 30; i++)
		many[i] = (struct compose_sighting){ MADE - 90000 + i * 1000, (uint16_t)(40000 + i) };
	for (i = 0; i < job.nsystem; i++) {
		cases[i].kind = KIND_EVENT;
		cases[i].part = PART_INFECTED;
		cases[i].key.port = cases[i].key.transport = 0;
		cases[i].rule = TCS_R_ASN;
		sys[i].asset = "AS64496";
		sys[i].class = job.topic = "malicious-code/infected-system";
		sys[i].problem = sys[i].identifier = "infected-system";
		sys[i].report = "event4_sinkhole_http";
		put(&found[i], TCS_F_DESTINATION_IP, "203.0.113.7", 0);
		put(&found[i], TCS_F_DESTINATION_URL, "http://c2.evil.example/gate.php", 0);
		put(&found[i], TCS_F_MALWARE_NAME, "andromeda", 0);
	}
	sys[0].sighting = seen;
	sys[0].nsighting = 3;
	sys[1].sighting = many;
	sys[1].nsighting = 30;
	cases[2].src_port = 51515;
	job.role = ROLE_OPERATOR;
	org.name = "Access Net";
}

static void
event(void)
{
	operator();
	sys[0].nsighting = sys[1].nsighting = 0;
	job.role = ROLE_OWNER;
	put(&found[0], TCS_F_SOURCE_PORT, "40404", 40404);
}

static void
partner(void)
{
	owner();
	org.constituency = "vital";
	job.partner = "Example NCSC";
	job.address = "intake@ncsc.example";
}

static void
network(void)
{
	owner();
	job.rung = "network";
	job.address = "abuse@net.example";
}

static void
national(void)
{
	owner();
	job.rung = "national";
	job.address = "cert@country.example";
}

static void
many(void)
{
	lots(MANY);
}

static void
huge(void)
{
	lots(HUGE);
}

/* A web site that a name is about; the URL of the first lies on it, that of the second does not. */
static void
name(void)
{
	static const char *const url[] = { "https://www.shop.example/wp/x.php",
	    "http://drop.evil.example/kit" };
	int i;

	for (i = 0; i < 2; i++) {
		service("192.0.2.80", 0, "compromised-website", SEV_HIGH);
		memset(&cases[i].key.ip, 0, sizeof cases[i].key.ip);
		cases[i].kind = KIND_NAME;
		cases[i].rule = TCS_R_DOMAIN;
		sys[i].asset = "shop.example";
		sys[i].name = i ? "shop.example" : "www.shop.example";
		sys[i].class = job.topic = "intrusions/system-compromise";
		sys[i].report = "compromised_website";
		found[i].subject = SUBJECT_NAME;
		found[i].has_ip = true;
		ip_parse("192.0.2.80", 10, &found[i].ip);
		put(&found[i], TCS_F_SOURCE_URL, url[i], 0);
		extra(&found[i], "redirect_target", "https://evil.example/land");
	}
}

static void
account(void)
{
	service("192.0.2.1", 0, "data-leak", SEV_MEDIUM);
	memset(&cases[0].key.ip, 0, sizeof cases[0].key.ip);
	cases[0].kind = KIND_ACCOUNT;
	sys[0].name = "jan@acme.example";
	sys[0].class = job.topic = "information-content-security/data-leak";
	found[0].subject = SUBJECT_ACCOUNT;
}

/* What feeds, registries and researchers may try. */
static void
evil(void)
{
	static const char *const bad[] = { "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1",
		" =1+1", "\"=1+1", "a;=1+1",
		"a\nBcc: x@y.example", "<script src=http://evil.example/x.js>", "\xff\xfe",
		"\xef\xbc\x9d" "1+1", "see https://evil.example/a" };
	static char report[] = "scan_rdp";
	size_t i;

	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		/* the last one first: with all that is known of it */
		service("192.0.2.66", (uint16_t)(100 + i), "open-rdp", i + 1 == sizeof bad / sizeof *bad ?
		    SEV_HIGH : SEV_MEDIUM);
		extra(&found[i], "banner", bad[i]);
		extra(&found[i], "tag", bad[i]);
		sys[i].identifier = bad[i];
		sys[i].report = report;
		put(&found[i], TCS_F_SOURCE_REVERSE_DNS, bad[i], 0);
	}
	org.name = "Acme\r\nBcc: x@y.example\r\n\r\n<b>\xe2\x80\xae";
}

static void
redirected(void)
{
	owner();
	job.address = "pilot@cert.example";
	job.redirected = "security@acme.example";
}

static void
bare(void)
{
	owner();
	sys[0].f = sys[1].f = sys[2].f = NULL;
}

static const struct {
	const char	*kind;
	void		 (*make)(void);
} kinds[] = { { "owner", owner }, { "operator", operator }, { "partner", partner }, { "reminder", reminder },
	{ "mixed", mixed }, { "relapse", relapse }, { "worse", worse }, { "several", several },
	{ "many", many }, { "huge", huge },
	{ "evil", evil }, { "event", event }, { "account", account }, { "name", name },
	{ "redirected", redirected }, { "bare", bare }, { "carry", partner }, { "correct", owner },
	{ "token", owner }, { "network", network }, { "national", national },
	{ "thread", thread }, { "further", further }, { "phone", phone }, { "post", post },
	{ "full", full } };

static struct config *
settings(const char *columns)
{
	struct config *c = config_defaults();
	const char *top = getenv("TOP_SRCDIR");

	c->identity.name = "Example CERT";
	c->identity.from = "warnings@cert.example";
	c->identity.reply_to = "desk@cert.example";
	c->identity.verify = "https://cert.example/verify";
	c->identity.phone = "+31 70 555 0100";
	c->identity.web = "https://cert.example";
	c->compose.templates = arena_printf(A, "%s/etc/templates", top ? top : ".");
	c->compose.advice = arena_printf(A, "%s/etc/advice", top ? top : ".");
	c->compose.columns = columns ? columns : arena_printf(A, "%s/etc/columns.csv", top ? top : ".");
	return c;
}

static bool
make(const char *kind, struct composer *c, const char **mail, size_t *n, struct err *e)
{
	static const struct compose_correction wrong = { "2026-00398",
		"[TLP:AMBER] [2026-00398] Remote desktop open to the internet", MADE - DAY,
		"The network was registered to the wrong organisation." };
	struct composed out;
	const char *subject;

	if (strcmp(kind, "token") == 0)
		job.reply_to = "desk+k3y@cert.example";
	if (strcmp(kind, "correct") == 0) {
		job.answers = "<w.wrong@cert.example>";
		job.nsystem = 0;
		return compose_correct(c, &job, &wrong, A, &subject, mail, n, e);
	}
	if (!compose(c, &job, A, &out, e))
		return false;
	if (job.channel != NULL) {
		*mail = out.part[4].p;
		*n = out.part[4].n;
		return true;
	}
	*mail = out.mail;
	*n = out.nmail;
	return strcmp(kind, "carry") != 0 || compose_carry(c, &job, &out, "application/xml", "2026-00417.xml",
	    "<x/>\n", 5, A, mail, n, e);
}

/* "owner/reminder": as owner, but all of it told before. */
static void
make_job(const char *kind)
{
	static const struct { const char *name; enum case_reason why; } states[] = {
		{ "reminder", WHY_REMINDER }, { "relapse", WHY_RELAPSE }, { "worse", WHY_WORSE } };
	size_t i, n = strcspn(kind, "/");
	uint32_t k;

	for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strlen(kinds[i].kind) == n && strncmp(kinds[i].kind, kind, n) == 0)
			kinds[i].make();
	for (i = 0; kind[n] != '\0' && i < sizeof states / sizeof *states; i++)
		if (strcmp(states[i].name, kind + n + 1) == 0) {
			for (k = 0; k < job.nsystem; k++)
				sys[k].why = states[i].why;
			earlier();
		}
}

/* Lines "problem identifier type", "-" for none: the advice each gets. */
static int
which_advice(const char *language)
{
	const char *top = getenv("TOP_SRCDIR");
	struct err e = ERR_INIT;
	struct advice_set *set = advice_load(arena_printf(A, "%s/etc/advice", top ? top : "."), &e);
	struct tcs_slice rest, word[3];
	char line[256];
	const char *is[3];
	int i;

	while (set != NULL && fgets(line, sizeof line, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		rest = tcs_str(line);
		for (i = 0; i < 3; i++)
			is[i] = tcs_cut(&rest, ' ', &word[i]) && !tcs_is(word[i], "-") ?
			    arena_strndup(A, word[i].p, word[i].n) : NULL;
		puts(advice_find(set, language, is[0], is[1], is[2])->id);
	}
	if (set == NULL)
		fprintf(stderr, "%s\n", e.text);
	advice_free(set);
	return set == NULL;
}

static int
which_may(const char *report, const char *file)
{
	struct err e = ERR_INIT;
	struct columns *c = columns_load(file, &e);
	char line[256];
	bool defang;

	while (c != NULL && fgets(line, sizeof line, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (columns_may(c, "shadowserver", report, line, &defang))
			printf("%s%s\n", line, defang ? " defanged" : "");
	}
	columns_free(c);
	return c == NULL;
}

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct composer *c;
	struct config *cfg;
	const char *mail;
	size_t n;
	bool good;

	if (argc == 4 && strcmp(argv[1], "may") == 0)
		return which_may(argv[2], argv[3]);
	A = arena_new();
	job = (struct compose_job){ .number = "2026-00417", .message_id = "<w.abc234@cert.example>",
		.org = &org, .address = "security@acme.example", .language = argc > 2 ? argv[2] : "en",
		.zone = "Europe/Amsterdam", .tlp = TLP_AMBER, .lane = LANE_DIGEST, .made = MADE,
		.system = sys };
	if (argc == 3 && strcmp(argv[1], "advice") == 0)
		return which_advice(argv[2]);
	if (argc > 1)
		make_job(argv[1]);
	cfg = settings(argc > 3 ? argv[3] : NULL);
	c = composer_open(cfg, &e);
	good = c != NULL && argc > 1 && make(argv[1], c, &mail, &n, &e);
	if (good)
		fwrite(mail, 1, n, stdout);
	else
		fprintf(stderr, "%s\n", e.text);
	composer_close(c);
	config_free(cfg);
	arena_free(A);
	return good ? 0 : 1;
}
