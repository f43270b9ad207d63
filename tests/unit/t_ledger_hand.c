/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger: the registry's snapshots, warnings through the outbox (also
 * through a crash), orders in their chain, holds, alarms; and the readers that
 * the commands are made of.
 */
#include <sqlite3.h>
#include <sys/wait.h>
#include "ledgerfix.h"
#include "ledger/ledger_report.h"

/* ---- registry */

static struct registry *
registry_of(const struct org *org, uint32_t norg, const struct asset *asset, uint32_t nasset)
{
	struct arena *a = arena_new();
	struct registry *r = arena_alloc(a, sizeof *r);

	r->arena = a;
	r->org = arena_dup(a, org, norg * sizeof *org);
	r->norg = norg;
	r->asset = arena_dup(a, asset, nasset * sizeof *asset);
	r->nasset = nasset;
	r->contact = arena_alloc(a, sizeof *r->contact);
	r->contact[0] = (struct contact){ .org = REGISTRY_NEW_ORG(0), .role = "abuse", .channel = "mail",
	    .address = "it@acme.example", .classes = "", .language = "", .tlp_max = TLP_AMBER,
	    .confirmed = TIME_NONE, .expires = TIME_NONE };
	r->ncontact = norg > 1;
	return r;
}

static struct asset
net_asset(uint32_t org, const char *text, const char *lo, const char *hi)
{
	return (struct asset){ .org = org, .kind = ASSET_NET, .verified = true, .text = text,
	    .lo = fix_ip(lo), .hi = fix_ip(hi), .from = TIME_NONE, .until = TIME_NONE, .verified_by = "",
	    .verified_on = "" };
}

static void
registry(void)
{
	struct ledger *l = fix_open(LEDGER_DECIDE);
	struct org org[2] = { { .key = "acme", .name = "Acme", .constituency = "direct", .sector = "",
	    .language = "en", .email = "" }, { .key = "acme-shop", .name = "Shop", .constituency = "vital",
	    .sector = "", .language = "nl", .email = "", .parent_key = "acme" } };
	struct asset asset[2] = { net_asset(REGISTRY_NEW_ORG(0), "192.0.2.0/24", "192.0.2.0", "192.0.2.255"),
	    net_asset(REGISTRY_NEW_ORG(1), "198.51.100.0/24", "198.51.100.0", "198.51.100.255") };
	struct arena *a = arena_new();
	struct registry *r = registry_of(org, 2, asset, 2), *got;
	struct asset_row row;
	const char *who;
	int64_t at;
	uint32_t audit;

	must(ledger_registry_put(l, r, "anna", 0, E));
	arena_free(r->arena);
	must((got = ledger_registry(l, E)) != NULL);
	ok(got->norg == 2 && got->nasset == 2 && got->ncontact == 1 && got->snapshot == 1,
	    "a snapshot comes back");
	ok(got->org[1].parent == got->org[0].id && strcmp(got->org[1].parent_key, "acme") == 0,
	    "with parents by id and key");
	ok(got->contact[0].org == got->org[0].id && got->asset[1].org == got->org[1].id,
	    "contacts and assets of new organisations");
	registry_free(got);

	must((got = ledger_registry(l, E)) != NULL);
	must(ledger_registry_put(l, got, "anna", 0, E));
	is_int(ledger_snapshot(l), 1, "no difference, no snapshot");
	got->asset[0].verified = false;
	got->nasset = 1;
	must(ledger_registry_put(l, got, "bert", 7, E));
	is_int(ledger_snapshot(l), 2, "a difference is the next snapshot");
	registry_free(got);
	ok(ledger_asset_at(l, a, 1, 1, &row) && row.a.verified && row.until == 2 &&
	    strcmp(row.org, "acme") == 0, "an asset as it was");
	ok(ledger_asset_at(l, a, 1, 2, &row) && !row.a.verified && row.until == 0, "and as it is");
	ok(ledger_asset_at(l, a, 2, 1, &row) && strcmp(row.a.text, "198.51.100.0/24") == 0 && row.until == 2,
	    "one that ended is told still");
	ok(ledger_snapshot_of(l, a, 2, &at, &who, &audit) && at == NOW && audit == 7 &&
	    strcmp(who, "bert") == 0, "who made a snapshot");
	ok(ledger_org_find(l, "acme-shop") == 2 && strcmp(ledger_org_key(l, a, 2), "acme-shop") == 0,
	    "organisations by key and id");
	arena_free(a);
	ledger_close(l);
}

/* ---- warnings */

struct seen_warning { struct warning_row r; char org[32], reply[64], number[32]; uint32_t rows, cases[4]; };

static bool
see_warning(void *arg, const struct warning_row *r)
{
	struct seen_warning *s = arg;

	s->rows++;
	s->r = *r;
	memcpy(s->cases, r->w.cases, (r->w.ncase < 4 ? r->w.ncase : 4) * sizeof *s->cases);
	snprintf(s->org, sizeof s->org, "%s", r->org);
	snprintf(s->reply, sizeof s->reply, "%s", r->reply);
	snprintf(s->number, sizeof s->number, "%s", r->w.number);
	return true;
}

static struct seen_warning
look(struct ledger *l, uint32_t id)
{
	struct warning_filter f = warning_filter_any;
	struct seen_warning s = { .rows = 0 };

	f.id = id;
	must(ledger_warnings_each(l, &f, see_warning, &s, E));
	return s;
}

static void
composing(void)
{
	static const uint32_t ids[] = { 2, 1 }, revs[] = { 5, 4 };
	struct ledger *l = fix_open(LEDGER_DECIDE);
	struct tcase c = fix_case(l, 1, "open-rdp", "192.0.2.7", 3389);
	struct warning w = fix_warning(l, 'a', 1, "it@acme.example", ids, revs, 2);
	struct seen_warning s;
	struct thread thread;
	bool fresh;

	c.feed = ledger_intern(l, DICT_FEED, TCS_LIT("shadowserver/scan_rdp"));
	ledger_intern(l, DICT_SOURCE, TCS_LIT("shadowserver"));
	must(ledger_begin(l, E));
	ledger_case_put(l, &c);
	ledger_case_feed(l, c.id, c.feed, NOW);
	ledger_case_cve(l, c.id, TCS_LIT("CVE-2026-0001"), NOW);
	ledger_case_cve(l, c.id, TCS_LIT("CVE-2026-0001"), NOW + 5);
	ledger_case_claim(l, c.id, 1, TCS_R_NETWORK, 24, 0);
	ledger_case_claim(l, c.id, 2, TCS_R_ASN, 0, 3);
	ledger_event(l, c.id, EVENT_OPENED, WHY_NEW, 1);
	ledger_event(l, c.id, EVENT_COMPOSED, WHY_NEW, 1);
	must(ledger_warning_put(l, &w, &fresh, E));
	must(ledger_end(l, E));
	ok(fresh, "a warning");
	must(ledger_thread(l, "it@acme.example", w.topic, &thread));
	ok(strcmp(thread.first, "<a1@cert.example>") == 0 && thread.last == w.id &&
	    thread.number[0] != '\0' && thread.made == w.made, "the first and last of its thread");
	must(ledger_thread(l, "it@other.example", w.topic, &thread));
	is_str(thread.first, "", "another recipient has none");
	w.id = ledger_next_warning(l);
	must(ledger_warning_put(l, &w, &fresh, E));
	ok(!fresh && ledger_next_warning(l) == w.id, "the same decision again writes nothing");
	s = look(l, 1);
	ok(s.rows == 1 && s.r.state == W_WAITING && s.r.w.ncase == 2 && s.cases[0] == 1 && s.cases[1] == 2 &&
	    s.r.due == NOW, "it waits in the outbox with its cases");
	is_str(s.number, "2026-00001", "and has a number people can say");
	is_str(s.org, "acme", "and its organisation's key");
	ledger_close(l);
}

/* In a process of its own: claims, and dies before there is an answer. */
static void
die_attempting(void)
{
	struct ledger *l = fix_open(LEDGER_DECIDE);
	struct delivery d;
	bool got;

	must(ledger_outbox_claim(l, "mail", NOW + 400, arena_new(), &d, &got, E));
	_exit(got ? 0 : 1);
}

static bool
see_delivery(void *arg, const struct delivery_row *d)
{
	struct delivery_row *last = arg;

	*last = *d;
	last->reply = strstr(d->reply, "the program ended") ? "crash" : "";
	return true;
}

static void
outbox(void)
{
	struct ledger *l = fix_open(LEDGER_DECIDE), *r;
	struct arena *a = arena_new();
	struct delivery d, none;
	struct delivery_row last = { 0 };
	struct err e = ERR_INIT;
	bool got;
	int status;
	pid_t pid;

	must(ledger_outbox_claim(l, "mail", NOW - 1, a, &d, &got, E));
	ok(!got, "not before it is due");
	must(ledger_outbox_claim(l, "webhook", NOW, a, &d, &got, E));
	ok(!got, "not for another notifier");
	is_int(ledger_outbox_next(l), NOW, "when the next is due");
	must(ledger_outbox_claim(l, "mail", NOW, a, &d, &got, E));
	ok(got && d.attempt == 1 && d.w.nbytes == 20 && memcmp(d.w.bytes, "Subject: x\r\n\r\nbody\r\n",
	    20) == 0 && d.w.ncase == 2 && d.w.revs[0] == 4, "claimed, with its bytes and cases");
	must(ledger_outbox_claim(l, "mail", NOW, a, &none, &got, E));
	ok(!got, "once");
	must(ledger_begin(l, E));
	ok(!ledger_warning_state(l, 1, W_CANCELLED), "what is being handed over cannot be cancelled");
	must(ledger_end(l, E));
	must(ledger_outbox_answer(l, &d, TCS_LATER, "450 greylisted", NOW + 2, NOW + 300, E));
	ok(look(l, 1).r.state == W_WAITING && look(l, 1).r.due == NOW + 300, "later: waits again");
	is_str(look(l, 1).reply, "450 greylisted", "the reply is kept");
	ok(!ledger_outbox_answer(l, &d, TCS_DELIVERED, "", NOW, 0, &e), "an attempt has one answer: %s",
	    e.text);
	ledger_close(l);

	clock_set((NOW + 400) * NS);
	fflush(stdout);
	if ((pid = fork()) == 0)
		die_attempting();
	waitpid(pid, &status, 0);
	r = fix_open(LEDGER_READ);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0 && look(r, 1).r.state == W_ATTEMPTING,
	    "killed while handing over");
	ledger_close(r);
	l = fix_open(LEDGER_DECIDE);
	ok(look(l, 1).r.state == W_WAITING && look(l, 1).r.answer == TCS_UNKNOWN,
	    "the next decider finds that nobody knows");
	must(ledger_deliveries_each(l, 1, see_delivery, &last, E));
	ok(last.attempt == 2 && last.ended == NOW + 400 && strcmp(last.reply, "crash") == 0,
	    "and says so of that attempt");
	must(ledger_outbox_claim(l, "mail", NOW + 400, a, &d, &got, E));
	ok(got && d.attempt == 3 && strcmp(d.w.message_id, "<a1@cert.example>") == 0 && d.w.nbytes == 20,
	    "it goes out again, the same bytes");
	must(ledger_outbox_answer(l, &d, TCS_DELIVERED, "250 ok", NOW + 401, 0, E));
	ok(look(l, 1).r.state == W_HANDED_OVER && look(l, 1).r.due == TIME_NONE && ledger_outbox_next(l) == 0,
	    "delivered leaves the outbox");
	arena_free(a);
	ledger_close(l);
	clock_set(NOW * NS);
}

static void
warning_states(void)
{
	static const uint32_t ids[] = { 1 }, revs[] = { 9 };
	struct ledger *l = fix_open(LEDGER_DECIDE);
	struct warning w = fix_warning(l, 'b', 1, "it@acme.example", ids, revs, 1);
	struct warning_filter f = warning_filter_any;
	struct seen_warning s = { .rows = 0 };
	struct arena *a = arena_new();
	struct delivery d;
	const char *bytes;
	size_t n;
	bool fresh, got;

	w.answers = "<a1@cert.example>";
	must(ledger_warning_put(l, &w, &fresh, E));
	must(ledger_begin(l, E));
	ok(ledger_warning_state(l, w.id, W_HELD), "held by hand");
	must(ledger_end(l, E));
	must(ledger_outbox_claim(l, "mail", NOW, a, &d, &got, E));
	ok(!got && look(l, w.id).r.state == W_HELD, "what is held does not go");
	must(ledger_begin(l, E));
	ok(ledger_warning_state(l, w.id, W_WAITING), "released");
	must(ledger_end(l, E));
	must(ledger_outbox_claim(l, "mail", NOW, a, &d, &got, E));
	ok(got, "goes");
	must(ledger_outbox_answer(l, &d, TCS_REFUSED, "550 no such user", NOW, 0, E));
	ok(look(l, w.id).r.state == W_REFUSED, "refused");
	must(ledger_begin(l, E));
	ok(!ledger_warning_state(l, w.id, W_WAITING), "and out of the outbox");
	must(ledger_end(l, E));

	f.state = W_REFUSED;
	must(ledger_warnings_each(l, &f, see_warning, &s, E));
	ok(s.rows == 1 && s.r.w.id == w.id, "warnings by state");
	f = warning_filter_any;
	f.message_id = "a1@cert.example";
	must(ledger_warnings_each(l, &f, see_warning, &s, E));
	ok(s.rows == 2 && s.r.w.id == 1, "by Message-ID, without its brackets");
	f = warning_filter_any;
	f.source = ledger_find(l, DICT_SOURCE, TCS_LIT("shadowserver"));
	f.with_case = 1;
	f.org = 1;
	f.made.since = NOW;
	f.made.until = NOW + 1;
	s.rows = 0;
	must(ledger_warnings_each(l, &f, see_warning, &s, E));
	is_int(s.rows, 2, "by source, case, organisation and time");
	f.made.until = NOW;
	must(ledger_warnings_each(l, &f, see_warning, &s, E));
	is_int(s.rows, 2, "until leaves its moment out");
	must(ledger_warning_bytes(l, a, 1, &bytes, &n, E));
	ok(n == 20 && memcmp(bytes, "Subject: x", 10) == 0, "the stored mail");
	fix_err = (struct err)ERR_INIT;
	ok(!ledger_warning_bytes(l, a, 77, &bytes, &n, E) && fix_err.n == 0, "no such warning is no error");
	arena_free(a);
	ledger_close(l);
}

/* ---- hands */

static bool
see_order(void *arg, const struct order_row *r)
{
	snprintf(arg, 128, "%u %s %s %s %s", r->o.id, r->o.who, r->o.verb, r->o.args,
	    r->result ? r->result : "-");
	return true;
}

static bool
see_hold(void *arg, const struct hold_row *r)
{
	snprintf(arg, 128, "%s %s %u", r->what, r->who, r->audit);
	return true;
}

static void
tamper(const char *sql)
{
	sqlite3 *db;

	sqlite3_open(fix_path, &db);
	ok(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%.40s", sql);
	sqlite3_close(db);
}

static void
orders(void)
{
	struct ledger *l = fix_open(LEDGER_DECIDE), *hand = fix_open(LEDGER_HAND);
	struct order o = { .who = "anna", .verb = "hold", .args = "{\"what\":\"all\"}" },
	    p = { .who = "anna", .verb = "org-import", .payload = "a,b\n", .npayload = 4 }, *list;
	struct arena *a = arena_new();
	const char *const *holds, *result;
	struct err e = ERR_INIT;
	char line[128] = "";
	uint32_t n, bad;
	sqlite3 *db;

	must(ledger_order_put(hand, &o, E));
	must(ledger_order_put(hand, &p, E));
	ok(o.id == 1 && p.id == 2 && o.at == NOW, "orders beside a decider");
	ok(!ledger_state_put(hand, "x", "y", &e), "a hand writes nothing else: %s", e.text);
	must(ledger_orders_open(l, a, &list, &n, E));
	ok(n == 2 && strcmp(list[0].verb, "hold") == 0 && list[1].npayload == 4 &&
	    memcmp(list[1].payload, "a,b\n", 4) == 0, "the decider finds them, with what was staged");
	is_int(ledger_order_result(hand, a, 1, &result, E), 0, "not yet applied");
	must(ledger_begin(l, E));
	ledger_hold_set(l, "all", true, 1);
	ledger_hold_set(l, "all", true, 2);
	ledger_order_done(l, 1, "held");
	must(ledger_end(l, E));
	is_int(ledger_order_result(hand, a, 1, &result, E), 1, "applied");
	is_str(result, "held", "with its result");
	must(ledger_holds(l, a, &holds, &n, E));
	ok(n == 1 && strcmp(holds[0], "all") == 0, "a hold");
	must(ledger_holds_each(hand, see_hold, line, E));
	is_str(line, "all anna 1", "by whom");
	must(ledger_orders_each(hand, 0, true, see_order, line, E));
	is_str(line, "2 anna org-import {} -", "what is still open");
	must(ledger_begin(l, E));
	ledger_hold_set(l, "all", false, 3);
	must(ledger_end(l, E));
	must(ledger_holds(l, a, &holds, &n, E));
	is_int(n, 0, "released");

	must(ledger_audit_verify(l, &bad, E));
	is_int(bad, 0, "the chain is whole");
	sqlite3_open(fix_path, &db);
	ok(sqlite3_exec(db, "UPDATE audit SET who = 'eve' WHERE id = 1", NULL, NULL, NULL) != SQLITE_OK,
	    "audit rows cannot be changed by mistake");
	sqlite3_close(db);
	ledger_close(hand);
	ledger_close(l);
	tamper("DROP TRIGGER audit_fixed; UPDATE audit SET args = '{\"what\":\"ALL\"}' WHERE id = 1");
	l = fix_open(LEDGER_READ);
	must(ledger_audit_verify(l, &bad, E));
	is_int(bad, 1, "and changed on purpose it shows");
	ledger_close(l);
	tamper("UPDATE audit SET args = '{\"what\":\"all\"}' WHERE id = 1; UPDATE staged SET bytes = X'00' "
	    "WHERE audit = 2");
	l = fix_open(LEDGER_READ);
	must(ledger_audit_verify(l, &bad, E));
	is_int(bad, 2, "so does what was staged");
	ledger_close(l);
	arena_free(a);
}

static bool
see_alarm(void *arg, const char *key, const char *text, int64_t at)
{
	char *line = arg;
	size_t n = strlen(line);

	snprintf(line + n, 128 - n, "%s: %s (%lld) ", key, text, (long long)(at - NOW));
	return true;
}

static void
small_things(void)
{
	struct ledger *l = fix_open(LEDGER_DECIDE);
	struct arena *a = arena_new();
	const char *value;
	char line[128] = "";

	ledger_alarm(l, "source:x", "silent", NOW);
	ledger_alarm(l, "source:x", "silent still", NOW + 1);
	ledger_alarm(l, "disk", "nearly full", NOW + 2);
	must(ledger_alarms_each(l, see_alarm, line, E));
	is_str(line, "source:x: silent still (0) disk: nearly full (2) ",
	    "an alarm raised again keeps its time and says the newest");
	ledger_alarm_clear(l, "source:x");
	line[0] = '\0';
	must(ledger_alarms_each(l, see_alarm, line, E));
	is_str(line, "disk: nearly full (2) ", "and cleared");
	must(ledger_state_put(l, "http:x:etag", "\"1\"", E) &&
	    ledger_state_put(l, "http:x:etag", "\"2\"", E));
	must(ledger_state_get(l, a, "http:x:etag", &value, E));
	is_str(value, "\"2\"", "state by name");
	must(ledger_state_get(l, a, "http:y:etag", &value, E));
	ok(value == NULL, "none is NULL");
	arena_free(a);
	ledger_close(l);
}

/* ---- readers of cases */

struct seen_case { uint32_t rows, id; char text[256]; };

static bool
see_case(void *arg, const struct case_row *r)
{
	struct seen_case *s = arg;

	s->rows++;
	s->id = r->c.id;
	snprintf(s->text, sizeof s->text, "%s %s %s %u:%s %u:%s", r->org, r->org_name, r->asset, r->ncve,
	    r->ncve ? r->cve[0] : "", r->nsource, r->nsource ? r->source[0] : "");
	return true;
}

static uint32_t
cases_of(struct ledger *l, const struct case_filter *f)
{
	struct seen_case s = { .rows = 0 };

	must(ledger_cases_each(l, f, see_case, &s, E));
	return s.rows;
}

static bool
see_claim(void *arg, const struct case_claim *c)
{
	char *line = arg;
	size_t n = strlen(line);

	snprintf(line + n, 128 - n, "%u/%u/%u/%u ", c->asset, c->rule, c->rank, c->fate);
	return true;
}

static bool
see_event(void *arg, const struct case_event *v)
{
	char *line = arg;
	size_t n = strlen(line);

	snprintf(line + n, 128 - n, "%s(%s) ", event_names[v->kind], case_reason_names[v->why]);
	return true;
}

static bool
see_sighting(void *arg, uint32_t input, const struct sighting *s)
{
	char *line = arg;
	size_t n = strlen(line);

	snprintf(line + n, 128 - n, "%u:%" PRIu64 " ", input, s->off);
	return true;
}

static void
case_readers(void)
{
	struct ledger *l = fix_open(LEDGER_DECIDE);
	struct case_filter f = case_filter_any;
	struct seen_case s = { .rows = 0 };
	struct tcase c = fix_case(l, 0, "hacked-site", "192.0.2.9", 0);
	struct sighting at[2] = { { .id = 1, .off = 50, .len = 9, .line = 2, .observed = NOW },
	    { .id = 1, .off = 10, .observed = NOW - 5 } };
	struct sighting *list;
	struct arena *a = arena_new();
	struct ip ip = fix_ip("192.0.2.7");
	char line[128] = "";
	uint32_t n;

	c.key.ip = (struct ip){ { 0 } };
	c.key.name = ledger_intern(l, DICT_NAME, TCS_LIT("www.shop.example"));
	c.told = TOLD_HELD;
	c.seen = SEEN_GONE;
	must(ledger_begin(l, E));
	ledger_case_put(l, &c);
	ledger_segment(l, 1, 0, 99, 2, at, 2);
	must(ledger_end(l, E));
	is_int(cases_of(l, &f), 2, "all cases");
	f.ip = &ip;
	must(ledger_cases_each(l, &f, see_case, &s, E));
	ok(s.rows == 1 && s.id == 1, "by address");
	is_str(s.text, "acme Acme  1:CVE-2026-0001 1:shadowserver", "with the words around it");
	f = case_filter_any;
	f.name = "shop.example";
	is_int(cases_of(l, &f), 1, "by a domain above it");
	f.name = "hop.example";
	is_int(cases_of(l, &f), 0, "label by label");
	f = case_filter_any;
	f.org = 0;
	is_int(cases_of(l, &f), 1, "conflicts are nobody's yet");
	f = case_filter_any;
	f.told = TOLD_HELD;
	f.seen = SEEN_GONE;
	is_int(cases_of(l, &f), 1, "by state");
	f = case_filter_any;
	f.source = 1;
	is_int(cases_of(l, &f), 1, "by source");
	f = case_filter_any;
	f.warning = 1;
	is_int(cases_of(l, &f), 2, "by warning");
	f = case_filter_any;
	f.seen_in.since = NOW;
	is_int(cases_of(l, &f), 1, "since: last seen then or later, segments and all");
	f = case_filter_any;
	f.id = 1;
	f.seen_in.until = NOW - 3600;
	is_int(cases_of(l, &f), 0, "until: first seen before");
	must(ledger_claims_each(l, 1, see_claim, line, E));
	is_str(line, "1/2/24/0 2/3/0/3 ", "claims, best first");
	line[0] = '\0';
	must(ledger_events_each(l, 1, see_event, line, E));
	is_str(line, "opened(new) composed(new) ", "what happened, in order");
	line[0] = '\0';
	must(ledger_sightings_each(l, 1, see_sighting, line, E));
	is_str(line, "1:10 1:50 ", "sightings by time");
	must(ledger_input_sightings(l, a, 1, &list, &n, E));
	ok(n == 2 && list[0].off == 10 && list[1].line == 2, "and by place in their input");
	arena_free(a);
	ledger_close(l);
}

static bool
see_count(void *arg, const struct report_row *r)
{
	char *line = arg;
	size_t n = strlen(line), i;

	for (i = 0; i < BY_MAX; i++)
		n += (size_t)snprintf(line + n, 256 - n, "%s|", r->by[i]);
	snprintf(line + n, 256 - n, "%s|%" PRIu64 " ", r->state, r->n);
	return true;
}

static bool
see_source(void *arg, const struct source_sum *s)
{
	snprintf(arg, 128, "%s %d %d %d %d %lld", s->source, (int)s->inputs, (int)s->today,
	    (int)s->records_today, (int)s->quarantined_today, (long long)(s->last - NOW));
	return true;
}

static void
sums(void)
{
	static const struct { enum report_of of; const char *want; } rows[] = {
		{ REPORT_INPUTS, "2026-11|shadowserver|||||done|1 " },
		{ REPORT_FINDINGS, "2026-11|shadowserver||direct|||unmatched|1 "
		    "2026-11|shadowserver|vulnerable/vulnerable-system|direct|||new|2 " },
		{ REPORT_CASES, "2026-11|shadowserver|vulnerable/vulnerable-system|direct|||open|1 " },
		{ REPORT_EPISODES, "2026-11|shadowserver|vulnerable/vulnerable-system|direct|||first|1 " },
		{ REPORT_WARNINGS,
		    "2026-11||vulnerable/vulnerable-system|direct|requested||handed-over|1 " },
		{ REPORT_RECIPIENTS, "2026-11|||direct|requested|||1 " },
		{ REPORT_ORGANISATIONS, "2026-11|||direct|requested|||1 " },
	};
	struct report_query q = { { NOW - 30 * DAY, NOW + DAY }, 0, ANY, 0, false };
	struct report_query none = { { TIME_NONE, NOW - 2 * DAY }, 0, ANY, 0, false };
	struct ledger *l = fix_open(LEDGER_DECIDE);
	struct input in = fix_input(l, "shadowserver", "scan_rdp", "2026-11-19-scan_rdp.csv", 'a');
	struct ledger_sums s;
	char line[256];
	bool fresh;
	size_t i;

	must(ledger_input_put(l, &in, &fresh, E));
	in.state = INPUT_DONE;
	in.records = 3;
	must(ledger_begin(l, E));
	ledger_input_progress(l, &in);
	ledger_tally(l, in.id, 1, ledger_find(l, DICT_CLASS, TCS_LIT("vulnerable/vulnerable-system")),
	    "direct", OUT_NEW, 2);
	ledger_tally(l, in.id, 0, 0, "direct", OUT_UNMATCHED, 1);
	must(ledger_end(l, E));
	q.source = ledger_find(l, DICT_SOURCE, TCS_LIT("shadowserver"));
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		line[0] = '\0';
		must(ledger_report_each(l, rows[i].of, &q, see_count, line, E));
		is_str(line, rows[i].want, "counts for reports");
		line[0] = '\0';
		must(ledger_report_each(l, rows[i].of, &none, see_count, line, E));
		is_str(line, "", "none before the time asked for");
	}
	q.by_given = true;
	q.by = 1u << BY_CLASS | 1u << BY_ORGANISATION;
	line[0] = '\0';
	must(ledger_report_each(l, REPORT_WARNINGS, &q, see_count, line, E));
	is_str(line, "||vulnerable/vulnerable-system|||acme|handed-over|1 ", "divided by two together");
	q.by = 1u << BY_SOURCE;
	line[0] = '\0';
	must(ledger_report_each(l, REPORT_WARNINGS, &q, see_count, line, E));
	is_str(line, "||||||handed-over|1 |shadowserver|||||handed-over|1 ",
	    "and by source: one for each, and for none");
	must(ledger_sums(l, &s, E));
	ok(s.cases[SEEN_OPEN][TOLD_NOTHING] == 1 && s.cases[SEEN_GONE][TOLD_HELD] == 1 &&
	    s.warnings[W_HANDED_OVER] == 1 && s.warnings[W_REFUSED] == 1 && s.outbox[W_WAITING] == 0 &&
	    s.inputs_pending == 0 && s.orders_open == 1, "sums for status");
	line[0] = '\0';
	must(ledger_sources_each(l, TODAY, see_source, line, E));
	is_str(line, "shadowserver 1 1 3 0 0", "a source as its inputs show it");
	ledger_close(l);
}

int
main(void)
{
	fix_begin("hand");
	registry();
	composing();
	outbox();
	warning_states();
	case_readers();
	small_things();
	orders();
	sums();
	fix_end();
	return done_testing();
}
