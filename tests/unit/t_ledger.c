/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger: opening and the fence, dictionaries, inputs, cases with their
 * segments, books, quarantine, rolling up, and what a full disk leaves.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "ledgerfix.h"

static void
opening(void)
{
	struct err e = ERR_INIT;
	struct ledger *l, *second;
	uint8_t one[32], two[32];
	char want[256];
	FILE *f;

	ok(ledger_open(fix_path, LEDGER_READ, &e) == NULL && strstr(e.text, "tocsin run makes a ledger"),
	    "no ledger yet: %s", e.text);
	l = fix_open(LEDGER_DECIDE);
	ok(l != NULL, "the decider makes a ledger");
	must(ledger_secret(l, one, E));
	is_int(ledger_decider(fix_path), getpid(), "who decides is known by its pid");
	e = (struct err)ERR_INIT;
	ok(ledger_open(fix_path, LEDGER_DECIDE, &e) == NULL, "a second decider is refused");
	snprintf(want, sizeof want, "%s: another tocsin run (pid %ld) works on this ledger", fix_path,
	    (long)getpid());
	is_str(e.text, want, "and told by whom");
	second = fix_open(LEDGER_READ);
	ok(second != NULL, "readers are welcome");
	e = (struct err)ERR_INIT;
	ok(!ledger_begin(second, &e), "but do not write: %s", e.text);
	ledger_close(second);
	ledger_close(l);
	is_int(ledger_decider(fix_path), 0, "nobody decides any more");
	l = fix_open(LEDGER_DECIDE);
	must(ledger_secret(l, two, E));
	ok(memcmp(one, two, 32) == 0, "the secret stays");
	ledger_close(l);

	snprintf(want, sizeof want, "%s/other.db", fix_dir);
	f = fopen(want, "w");
	fputs("this is not a database, and far too short for one\n", f);
	fclose(f);
	e = (struct err)ERR_INIT;
	ok(ledger_open(want, LEDGER_DECIDE, &e) == NULL && strstr(e.text, "not a Tocsin ledger"),
	    "another file: %s", e.text);
}

/* The lock file goes, as it does not reach another host; the epoch still stops the first. */
static void
fence(void)
{
	struct err e = ERR_INIT;
	struct ledger *first = fix_open(LEDGER_DECIDE), *second;
	char lock[200];

	snprintf(lock, sizeof lock, "%s-decider", fix_path);
	must(ledger_begin(first, E) && ledger_end(first, E));
	unlink(lock);
	second = fix_open(LEDGER_DECIDE);
	ok(second != NULL, "a second decider that the lock could not stop");
	ok(!ledger_begin(first, &e) && strstr(e.text, "taken over"), "stops the first at its next commit: %s",
	    e.text);
	must(ledger_begin(second, E) && ledger_end(second, E));
	e = (struct err)ERR_INIT;
	ok(!ledger_state_put(first, "x", "y", &e), "the first writes nothing ever again");
	must(ledger_state_put(second, "x", "z", E));
	ledger_close(first);
	ledger_close(second);
}

static void
dictionaries(void)
{
	struct ledger *l = fix_open(LEDGER_DECIDE), *r;
	uint32_t a, b;

	a = ledger_intern(l, DICT_NAME, TCS_LIT("shop.example"));
	b = ledger_intern(l, DICT_NAME, TCS_LIT("www.shop.example"));
	ok(a != b && ledger_intern(l, DICT_NAME, TCS_LIT("shop.example")) == a, "one text, one number");
	is_int(ledger_intern(l, DICT_NAME, TCS_LIT("")), 0, "the empty text is 0");
	r = fix_open(LEDGER_READ);
	is_int(ledger_find(r, DICT_NAME, TCS_LIT("shop.example")), 0, "not in the file before a commit");
	must(ledger_begin(l, E));
	ledger_undo(l);
	must(ledger_begin(l, E) && ledger_end(l, E));
	must(ledger_view_begin(r, E));
	is_int(ledger_find(r, DICT_NAME, TCS_LIT("shop.example")), a,
	    "words of an undone commit come with the next");
	is_str(ledger_text(r, DICT_NAME, b), "www.shop.example", "and back");
	is_str(ledger_text(r, DICT_NAME, 999), "", "a number that is none");
	ledger_view_end(r);
	ledger_close(r);
	ledger_close(l);
	l = fix_open(LEDGER_DECIDE);
	is_int(ledger_intern(l, DICT_NAME, TCS_LIT("shop.example")), a, "the same number after a restart");
	ledger_close(l);
}

static void
inputs(void)
{
	struct ledger *l = fix_open(LEDGER_DECIDE);
	struct arena *a = arena_new();
	struct input in = fix_input(l, "shadowserver", "scan_rdp", "2026-11-19-scan_rdp.csv", 'a'),
	    again = in, *list;
	bool fresh;
	uint32_t n;

	must(ledger_input_put(l, &in, &fresh, E));
	ok(fresh && in.id == 1, "an arrival");
	must(ledger_input_put(l, &again, &fresh, E));
	ok(!fresh && again.id == 1, "the same again is no other");
	again.day++;
	must(ledger_input_put(l, &again, &fresh, E));
	ok(fresh && again.id == 2, "the same bytes for another day are");
	again = in;
	again.member = "b.csv";
	again.parent = 1;
	must(ledger_input_put(l, &again, &fresh, E));
	ok(fresh && again.id == 3, "and so is a member");
	must(ledger_inputs_pending(l, a, &list, &n, E));
	ok(n == 3 && list[0].id == 1 && list[2].parent == 1 && strcmp(list[0].name, in.name) == 0,
	    "all are pending, oldest first");
	in.state = INPUT_DONE;
	in.records = in.matched = 5;
	in.off = 900;
	must(ledger_begin(l, E));
	ledger_input_progress(l, &in);
	must(ledger_end(l, E));
	again.state = INPUT_QUARANTINED;
	again.error = "unpacks to more than allowed";
	must(ledger_begin(l, E));
	ledger_input_progress(l, &again);
	ledger_undo(l);
	must(ledger_inputs_pending(l, a, &list, &n, E));
	ok(n == 2 && list[0].id == 2 && list[1].id == 3,
	    "progress counts once committed, undone it does not");
	arena_free(a);
	ledger_close(l);
}

struct loaded { struct tcase c[8]; uint32_t n; };

static void
load_one(void *arg, const struct tcase *c)
{
	struct loaded *x = arg;

	if (x->n < 8)
		x->c[x->n++] = *c;
}

static struct loaded
load(struct ledger *l, int64_t keep)
{
	struct loaded x = { .n = 0 };

	must(ledger_load_cases(l, keep, load_one, &x, E));
	return x;
}

static void
cases(void)
{
	struct ledger *l = fix_open(LEDGER_DECIDE);
	struct tcase one = fix_case(l, 0, "open-rdp", "192.0.2.7", 3389), two;
	struct sighting s[3];
	struct loaded x;
	uint32_t next;

	one.told = TOLD_HELD;
	one.reason = WHY_CONFLICT;
	one.input = 1;
	one.off = 100;
	one.len = 50;
	one.line = 3;
	s[0] = (struct sighting){ .id = one.id, .off = 100, .len = 50, .line = 3, .observed = one.last_seen };
	must(ledger_begin(l, E));
	ledger_case_put(l, &one);
	two = fix_case(l, 0, "open-smb", "2001:db8::7", 445);
	ok(two.id == one.id + 1, "ids are dense, within a commit too");
	two.seen = SEEN_GONE;
	ledger_case_put(l, &two);
	ledger_segment(l, 1, 0, 900, 5, s, 1);
	must(ledger_end(l, E));

	next = ledger_next_case(l);
	must(ledger_begin(l, E));
	two.id = next;
	ledger_case_put(l, &two);
	ledger_undo(l);
	is_int(ledger_next_case(l), next, "an undone case gives its id back");

	s[0] = (struct sighting){ .id = one.id, .off = 700, .len = 40, .line = 9, .observed = NOW,
	    .src_port = 40000 };
	s[1] = (struct sighting){ .id = one.id, .off = 300, .len = 40, .line = 5, .observed = NOW - 60 };
	must(ledger_begin(l, E));
	ledger_segment(l, 2, 0, 900, 2, s, 2);
	must(ledger_end(l, E));
	x = load(l, 0);
	ok(x.n == 1 && x.c[0].id == one.id, "an ended case is not loaded when nothing is kept");
	ok(x.c[0].count == 3 && x.c[0].last_seen == NOW && x.c[0].input == 2 && x.c[0].off == 700 &&
	    x.c[0].line == 9 && x.c[0].src_port == 40000,
	    "what was merely seen again comes from the segments");
	ok(memcmp(&x.c[0].key, &one.key, sizeof one.key) == 0 && x.c[0].told == TOLD_HELD &&
	    x.c[0].reason == WHY_CONFLICT && x.c[0].severity == SEV_HIGH, "the rest is as it was put");
	x = load(l, DAY);
	ok(x.n == 2 && x.c[1].seen == SEEN_GONE, "and is while it is kept");
	ledger_close(l);
	l = fix_open(LEDGER_DECIDE);
	x = load(l, DAY);
	ok(x.n == 2 && x.c[0].count == 3 && x.c[0].off == 700, "the same after a restart");
	is_int(ledger_next_case(l), next, "and the next id");
	ledger_close(l);
}

/* More segments than are left piled up: rolled up, and the sum is the same. */
static void
rolling(void)
{
	struct ledger *l = fix_open(LEDGER_DECIDE);
	struct sighting s = { .id = 1, .len = 40, .line = 1 };
	struct loaded x;
	uint32_t i;

	for (i = 0; i < 600; i++) {
		must(ledger_begin(l, E));
		s.off = 1000 + i;
		s.observed = NOW + 10 + (i == 300 ? 1000 : 0);
		ledger_segment(l, 2, 0, 0, 1, &s, 1);
		must(ledger_end(l, E));
		must(ledger_roll_up(l, E));
	}
	x = load(l, 0);
	ok(x.c[0].count == 603 && x.c[0].last_seen == NOW + 1010 && x.c[0].off == 1300,
	    "pages and segments together are the sum");
	ledger_close(l);
	l = fix_open(LEDGER_READ);
	x = load(l, 0);
	ok(x.c[0].count == 603 && x.c[0].off == 1300, "for readers too");
	ledger_close(l);
}

struct booked { struct input_row r; };

static bool
book_one(void *arg, const struct input_row *r)
{
	((struct booked *)arg)->r = *r;
	return true;
}

struct kept { uint32_t n, rows; struct span last; char reason[64], detail[64], name[64]; uint8_t state; };

static bool
keep_one(void *arg, const struct quarantine_row *r)
{
	struct kept *k = arg;

	k->rows++;
	k->n = r->n;
	k->state = r->state;
	if (r->n > 0)
		k->last = r->span[r->n - 1];
	snprintf(k->reason, sizeof k->reason, "%s", r->reason);
	snprintf(k->detail, sizeof k->detail, "%s", r->detail);
	snprintf(k->name, sizeof k->name, "%s", r->name);
	return true;
}

static void
books(void)
{
	struct ledger *l = fix_open(LEDGER_DECIDE), *r = fix_open(LEDGER_READ);
	struct span span[2] = { { 200, 40, 4 }, { 120, 30, 3 } };
	struct input_filter f = input_filter_any;
	struct quarantine_filter q = quarantine_filter_any;
	struct booked b;
	struct kept k = { 0 };

	must(ledger_begin(l, E));
	ledger_tally(l, 1, 1, 1, "direct", OUT_NEW, 2);
	ledger_tally(l, 1, 1, 1, "direct", OUT_NEW, 1);
	ledger_tally(l, 1, 0, 0, "", OUT_UNMATCHED, 1);
	ledger_tally(l, 1, 0, 0, "", OUT_QUARANTINED, 1);
	ledger_tally(l, 1, 0, 0, "", OUT_FILTERED, 0);
	ledger_quarantine(l, 1, "ip: not an address", "010.0.0.1", span, 2);
	ledger_quarantine(l, 2, "truncated gzip", "", NULL, 0);
	must(ledger_end(l, E));
	f.id = 1;
	must(ledger_inputs_each(r, &f, book_one, &b, E));
	ok(b.r.booked[OUT_NEW] == 3 && b.r.booked[OUT_UNMATCHED] == 1 && b.r.booked[OUT_QUARANTINED] == 1 &&
	    b.r.booked[OUT_FILTERED] == 0, "tallies add up");
	ok(b.r.in.records == b.r.booked[OUT_NEW] + b.r.booked[OUT_UNMATCHED] + b.r.booked[OUT_QUARANTINED],
	    "and balance");
	q.input = 1;
	must(ledger_quarantine_each(r, &q, keep_one, &k, E));
	ok(k.rows == 1 && k.n == 2 && k.last.off == 120 && k.last.len == 30 && k.last.line == 3,
	    "spans of a quarantine");
	is_str(k.reason, "ip: not an address", "its reason");
	is_str(k.detail, "010.0.0.1", "its detail");
	is_str(k.name, "2026-11-19-scan_rdp.csv", "its input");
	must(ledger_begin(l, E));
	ledger_quarantine_state(l, 1, Q_DROPPED);
	must(ledger_end(l, E));
	q = quarantine_filter_any;
	q.state = Q_OPEN;
	memset(&k, 0, sizeof k);
	must(ledger_quarantine_each(r, &q, keep_one, &k, E));
	ok(k.rows == 1 && k.n == 0, "dropped; the whole input still is open");
	ledger_close(r);
	ledger_close(l);
}

/* Its own process: commits until there is no room, then some room again. Ends with how many were kept. */
static int
fill_disk(void)
{
	struct ledger *l = fix_open(LEDGER_DECIDE);
	struct rlimit lim;
	struct err e = ERR_INIT;
	char key[32], *value = xmalloc(100001);
	int n = 0;

	memset(value, 'x', 100000);
	value[100000] = '\0';
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &lim);
	lim.rlim_cur = 3 * 1024 * 1024;
	setrlimit(RLIMIT_FSIZE, &lim);
	for (; n < 200; n++) {
		snprintf(key, sizeof key, "fill:%d", n);
		if (!ledger_state_put(l, key, value, &e))
			break;
	}
	if (n == 0 || n == 200 || strstr(e.text, "nothing of this commit was kept") == NULL)
		printf("# %d commits, then: %s\n", n, e.text), n = 0;
	lim.rlim_cur = lim.rlim_max;
	setrlimit(RLIMIT_FSIZE, &lim);
	e = (struct err)ERR_INIT;
	if (!ledger_state_put(l, "fill:after", "y", &e))
		printf("# %s\n", e.text), n = 0;
	fflush(stdout);
	free(value);
	_exit(n);			/* as if killed: nothing is closed */
}

static bool
count_one(void *arg, const char *key, const char *value)
{
	(void)key, (void)value;
	++*(int *)arg;
	return true;
}

static void
full_disk(void)
{
	struct ledger *l;
	int status = 0, n = 0;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0)
		fill_disk();
	waitpid(pid, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) > 0,
	    "a full disk fails a commit in words, and with room again the next one works");
	l = fix_open(LEDGER_DECIDE);
	must(ledger_state_each(l, "fill:", count_one, &n, E));
	is_int(n, WEXITSTATUS(status) + 1, "all that was committed is there, and nothing else");
	ok(load(l, DAY).n == 2, "and so are the cases");
	ledger_close(l);
}

int
main(void)
{
	fix_begin("ledger");
	opening();
	fence();
	dictionaries();
	inputs();
	cases();
	rolling();
	books();
	full_disk();
	fix_end();
	return done_testing();
}
