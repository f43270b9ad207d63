/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outbox between a real ledger file and notifiers of our own, which stand
 * in for the worker at its header (notifier.h): what is answered when is
 * scripted, so that back-off, give-up, restarts and the gate can be watched
 * over days that take no time.
 */
#include <unistd.h>
#include "6-deliver/notifier.h"
#include "6-deliver/outbox.h"
#include "clock.h"
#include "mem.h"
#include "tap.h"
#include "timefmt.h"

#define T0	INT64_C(1795161600)

/* ---- the stand-in for notifiers */

struct notifier {
	int	fd[2];
	bool	busy;
};

static struct {
	int		 started, stopped, begun, at_work, most_at_work;
	bool		 no_start, no_begin, silent;
	const char	*not_this;	/* number of a warning that cannot be begun */
	uint32_t	 answer[128];	/* of the n-th hand-over; 0: delivered */
	uint32_t	 after;
	char		 last_id[32], last_address[64], last_key[80], last_sender[64], last_bytes[64],
	    last_org[32];
} fake;

struct notifier *
notifier_start(const struct plugin *p, const struct tcs_val *opts, struct err *e)
{
	struct notifier *n = xcalloc(1, sizeof *n);

	(void)opts;
	if (fake.no_start || pipe(n->fd) < 0) {
		free(n);
		err_set(e, "worker of %s cannot be started", p->name);
		return NULL;
	}
	fake.started++;
	return n;
}

void
notifier_stop(struct notifier *n)
{
	if (n == NULL)
		return;
	fake.stopped++;
	fake.at_work -= n->busy;
	close(n->fd[0]);
	close(n->fd[1]);
	free(n);
}

bool
notifier_render(struct notifier *n, const struct tcs_warning *w, struct arena *a, const char **type,
    const char **bytes, size_t *nbytes, struct err *e)
{
	(void)n, (void)w, (void)a, (void)type, (void)bytes, (void)nbytes;
	return err_set(e, "not here");
}

bool
notifier_begin(struct notifier *n, const struct tcs_warning *w, struct err *e)
{
	if (fake.no_begin || (fake.not_this != NULL && strcmp(fake.not_this, w->id) == 0))
		return err_set(e, "the worker died\x1b[31m");
	n->busy = true;
	fake.begun++;
	if (++fake.at_work > fake.most_at_work)
		fake.most_at_work = fake.at_work;
	snprintf(fake.last_id, sizeof fake.last_id, "%s", w->id);
	snprintf(fake.last_address, sizeof fake.last_address, "%s", w->address);
	snprintf(fake.last_key, sizeof fake.last_key, "%s", w->key);
	snprintf(fake.last_sender, sizeof fake.last_sender, "%s", w->sender);
	snprintf(fake.last_bytes, sizeof fake.last_bytes, "%.*s", (int)w->nbytes, w->bytes);
	snprintf(fake.last_org, sizeof fake.last_org, "%s", w->recipient);
	if (write(n->fd[1], "x", 1) != 1)
		return false;
	return true;
}

int
notifier_fd(const struct notifier *n)
{
	return n->fd[0];
}

int
notifier_poll(struct notifier *n, int timeout_ms, struct tcs_result *out)
{
	char c;

	(void)timeout_ms;
	if (!n->busy || fake.silent || read(n->fd[0], &c, 1) != 1)
		return 0;
	n->busy = false;
	fake.at_work--;
	*out = (struct tcs_result){
		.answer = fake.answer[fake.begun - 1] ? fake.answer[fake.begun - 1] : TCS_DELIVERED,
		.after = fake.after };
	snprintf(out->reply, sizeof out->reply, "%s", "250 fine\r\n\x1b[2J");
	snprintf(out->remote, sizeof out->remote, "%s", "mx.acme.example");
	return 1;
}

bool
notifier_check(struct notifier *n, struct err *e)
{
	(void)n, (void)e;
	return true;
}

/* ---- the hooks */

static struct {
	int		 asked, n;
	uint32_t	 warning[128];
	int		 answer[128];
	char		 reply[400];
	const char	*no;		/* the gate's */
} heard;

static bool
on_gate(void *arg, const struct delivery *d, const char **why)
{
	(void)arg, (void)d;
	heard.asked++;
	*why = heard.no;
	return heard.no == NULL;
}

static void
on_answered(void *arg, uint32_t warning, int answer, const char *reply)
{
	(void)arg;
	heard.warning[heard.n % 128] = warning;
	heard.answer[heard.n++ % 128] = answer;
	snprintf(heard.reply, sizeof heard.reply, "%s", reply);
}

static const char *
on_organisation(void *arg, uint32_t org)
{
	(void)arg;
	return org == 7 ? "acme" : NULL;
}

static const struct outbox_hooks hooks = { .gate = on_gate, .answered = on_answered,
    .organisation = on_organisation };

/* ---- a world */

static char dir[64], path[96];
static struct ledger *L;
static struct outbox *OB;
static struct config *C;
static struct plugin plugin[2];
static struct plugins plugins = { .list = plugin, .n = 2 };
static uint32_t next_id;

static void
open_again(uint32_t flags)
{
	struct err e = ERR_INIT;

	plugin[0] = (struct plugin){ .path = "fake.so", .kind = TCS_NOTIFIER, .name = "fake", .flags = flags,
		.delivers = true,
		.channel = "email" };
	plugin[1] = (struct plugin){ .path = "paper.so", .kind = TCS_NOTIFIER, .name = "paper",
	    .renders = true };
	if (L == NULL && (L = ledger_open(path, LEDGER_DECIDE, &e)) == NULL)
		printf("# %s\n", e.text);
	if ((OB = outbox_open(C, &plugins, L, &e)) == NULL)
		printf("# %s\n", e.text);
}

static void
begin(uint32_t flags)
{
	static struct cfg_notifier n[2];

	snprintf(dir, sizeof dir, "t_outbox.XXXXXX");
	if (mkdtemp(dir) == NULL)
		exit(1);
	snprintf(path, sizeof path, "%s/ledger.db", dir);
	C = config_defaults();
	C->identity.from = "warnings@cert.example";
	n[0] = (struct cfg_notifier){ .name = "mail", .plugin = "fake" };
	n[1] = (struct cfg_notifier){ .name = "hook", .plugin = "fake" };
	C->notifier = n;
	C->nnotifier = 2;
	memset(&fake, 0, sizeof fake);
	memset(&heard, 0, sizeof heard);
	next_id = 1;
	open_again(flags);
}

static void
end(void)
{
	static const char *const more[] = { "", "-wal", "-shm", "-decider", "-journal" };
	char file[128];
	size_t i;

	outbox_close(OB);
	ledger_close(L);
	config_free(C);
	OB = NULL;
	L = NULL;
	for (i = 0; i < sizeof more / sizeof *more; i++) {
		snprintf(file, sizeof file, "%s%s", path, more[i]);
		unlink(file);
	}
	if (rmdir(dir) != 0)
		printf("# %s is not empty\n", dir);
}

static const char *to = "security@acme.example";

static uint32_t
put(const char *notifier, int64_t due, enum lane lane)
{
	struct warning w = { .id = next_id++, .org = 7, .recipient = to,
		.notifier = notifier, .topic = "vulnerable/vulnerable-system", .subject = "s",
		.language = "en", .redirected = "", .answers = "", .lane = (uint8_t)lane, .tlp = TLP_AMBER,
		.made = T0, .due = due, .type = "message/rfc822", .bytes = "the bytes", .nbytes = 9 };
	struct err e = ERR_INIT;
	char id[40], number[16];
	bool fresh = false;

	snprintf(id, sizeof id, "<w%u@cert.example>", w.id);
	snprintf(number, sizeof number, "2026-%05u", w.id);
	w.message_id = id;
	w.number = number;
	memset(w.key, (int)w.id, sizeof w.key);
	if (!ledger_warning_put(L, &w, &fresh, &e) || !fresh)
		printf("# put: %s\n", e.text);
	return w.id;
}

static bool
turn(int64_t now)
{
	struct err e = ERR_INIT;
	bool good = outbox_turn(OB, now, &hooks, &e);

	if (!good)
		printf("# %s\n", e.text);
	return good;
}

/* Turns until nothing more happens at that moment. */
static void
turns(int64_t now)
{
	int i;

	for (i = 0; i < 20 && turn(now) && !outbox_idle(OB); i++)
		;
}

/* ---- tests */

static void
plain(void)
{
	int fd[4];

	begin(0);
	ok(turn(T0) && outbox_idle(OB) && fake.started == 0 && outbox_next(OB, T0) == 0,
	    "nothing due: no process");
	put("mail", 0, LANE_DIGEST);
	put("mail", 0, LANE_PRIORITY);
	put("hook", T0 + 100, LANE_DIGEST);
	ok(turn(T0) && !outbox_idle(OB), "one is at work");
	is_int(fake.begun, 1, "only one of a notifier's two");
	is_str(fake.last_id, "2026-00002", "the priority lane first");
	is_str(fake.last_address, "security@acme.example", "to its address");
	is_str(fake.last_sender, "warnings@cert.example", "from identity.from without a bounce address");
	is_str(fake.last_bytes, "the bytes", "its bytes");
	is_str(fake.last_org, "acme", "the organisation's id from the hook");
	is_int((int)strlen(fake.last_key), 64, "a key");
	is_int(outbox_fds(OB, fd, 4), 1, "one fd to wait for");
	fake.silent = true;
	ok(turn(T0) && fake.begun == 1 && heard.n == 0, "no answer yet: nothing else begins");
	is_int(outbox_next(OB, T0), T0 + OUTBOX_LOOK, "but it is looked at now and then");
	fake.silent = false;
	ok(turn(T0 + 1) && heard.n == 1 && heard.answer[0] == TCS_DELIVERED && heard.warning[0] == 2,
	    "delivered, and told");
	is_str(heard.reply, "250 fine\\x0d\\x0a\\x1b[2J (mx.acme.example)", "what was said, safe to show");
	is_int(fake.begun, 2, "the next begins in the same turn");
	turns(T0 + 1);
	ok(outbox_idle(OB) && heard.n == 2 && fake.started == 1, "the same process served both");
	is_int(outbox_next(OB, T0 + 1), T0 + 100, "the next is due later");
	turns(T0 + 100);
	ok(fake.started == 2 && heard.n == 3 && heard.warning[2] == 3,
	    "the other notifier has a process of its own");
	is_int(fake.most_at_work, 1, "never two at once");
	is_int(heard.asked, 3, "the gate was asked before each");
	is_int(outbox_next(OB, T0 + 100), 0, "nothing waits");
	end();
	is_int(fake.stopped, 2, "both ended");
}

static void
two_at_once(void)
{
	begin(0);
	put("mail", 0, LANE_DIGEST);
	put("mail", 0, LANE_DIGEST);
	put("hook", 0, LANE_DIGEST);
	ok(turn(T0) && fake.begun == 2 && outbox_fds(OB, NULL, 0) == 2,
	    "two notifiers work at the same time");
	turns(T0);
	ok(heard.n == 3 && outbox_idle(OB), "all handed over");
	end();
}

static void
back_off(void)
{
	static const int64_t waits[] = { 60, 120, 240, 480, 960, 1920, 3840, 7680, 14400, 14400 };
	int64_t now = T0;
	size_t i;

	begin(0);
	put("mail", 0, LANE_DIGEST);
	for (i = 0; i < 64; i++)
		fake.answer[i] = TCS_LATER;
	for (i = 0; i < sizeof waits / sizeof *waits; i++) {
		turns(now);
		ok(outbox_next(OB, now) - now == waits[i], "attempt %zu: again after %lld s", i + 1,
		    (long long)waits[i]);
		ok(turn(now + waits[i] - 1) && fake.begun == (int)i + 1, "not before that");
		now += waits[i];
	}
	while (heard.n < 60 && outbox_next(OB, now) != 0) {
		turns(now);
		now = outbox_next(OB, now) ? outbox_next(OB, now) : now;
	}
	is_int(heard.n, OUTBOX_ATTEMPTS, "then it is given up");
	is_int(heard.answer[heard.n - 1], TCS_REFUSED, "as refused");
	ok(strncmp(heard.reply, "given up after 38 attempts: ", 28) == 0, "saying so: %s", heard.reply);
	ok(now - T0 > 5 * DAY && now - T0 < 6 * DAY, "after five days (%lld h)",
	    (long long)(now - T0) / 3600);
	end();
	begin(0);
	put("mail", 0, LANE_DIGEST);
	fake.answer[0] = TCS_LATER;
	fake.after = 900;
	turns(T0);
	is_int(outbox_next(OB, T0), T0 + 900, "what the other side asks for, when it is longer");
	fake.answer[1] = TCS_REFUSED;
	turns(T0 + 900);
	ok(heard.answer[1] == TCS_REFUSED && outbox_next(OB, T0 + 900) == 0, "refused: not again");
	end();
}

static void
unknown(void)
{
	char key[80];

	begin(0);
	put("mail", 0, LANE_DIGEST);
	fake.answer[0] = TCS_UNKNOWN;
	turns(T0);
	snprintf(key, sizeof key, "%s", fake.last_key);
	is_int(outbox_next(OB, T0), T0 + 60, "unknown: after the back-off");
	turns(T0 + 60);
	ok(fake.begun == 2 && strcmp(key, fake.last_key) == 0 && heard.answer[1] == TCS_DELIVERED,
	    "under the same key");
	end();
	begin(TCS_N_SAME_IS_ONE);
	put("mail", 0, LANE_DIGEST);
	fake.answer[0] = fake.answer[1] = fake.answer[2] = fake.answer[3] = TCS_UNKNOWN;
	turns(T0);
	is_int(fake.begun, 4, "at once where the same twice is one, but not for ever");
	is_int(outbox_next(OB, T0), T0 + 480, "then by the back-off");
	end();
	begin(0);
	put("mail", 0, LANE_DIGEST);
	fake.answer[0] = 99;
	turns(T0);
	is_int(heard.answer[0], TCS_UNKNOWN, "an answer that is none counts as unknown");
	end();
}

static void
killed(void)
{
	begin(0);
	put("mail", 0, LANE_DIGEST);
	fake.silent = true;
	turn(T0);
	outbox_close(OB);
	ledger_close(L);
	L = NULL;
	fake.silent = false;
	open_again(0);
	turns(T0 + 1);
	ok(fake.begun == 2 && heard.n == 1 && heard.answer[0] == TCS_DELIVERED,
	    "killed while handing over: it comes again");
	is_str(fake.last_id, "2026-00001", "the same one");
	end();
}

static void
gate(void)
{
	struct err e = ERR_INIT;

	begin(0);
	put("mail", 0, LANE_DIGEST);
	put("mail", 0, LANE_DIGEST);
	heard.no = "its asset has gone\r\n";
	turns(T0);
	ok(fake.begun == 0 && heard.n == 2 && heard.answer[0] == TCS_LATER,
	    "what the gate refuses does not leave");
	ok(strncmp(heard.reply, "held: its asset has gone", 24) == 0, "and is told why");
	is_int(outbox_next(OB, T0), 0, "it is on hold");
	heard.no = NULL;
	turns(T0 + 100000);
	is_int(fake.begun, 0, "and stays so");
	ok(ledger_begin(L, &e) && ledger_warning_state(L, 1, W_WAITING) && ledger_end(L, &e),
	    "released by hand");
	turns(T0 + 100000);
	ok(fake.begun == 1 && heard.answer[2] == TCS_DELIVERED, "it leaves");
	end();
}

static void
broken(void)
{
	struct err e = ERR_INIT;
	bool idle = false;

	begin(0);
	put("mail", 0, LANE_DIGEST);
	put("mail", 0, LANE_DIGEST);
	fake.no_start = true;
	turns(T0);
	ok(heard.n == 1 && heard.answer[0] == TCS_LATER && strstr(heard.reply, "cannot be started"),
	    "it cannot start: later");
	is_int(outbox_next(OB, T0), T0 + 60, "the notifier pauses, its other warnings are not used up");
	fake.no_start = false;
	fake.no_begin = true;
	turns(T0 + 60);
	ok(heard.n == 2 && strstr(heard.reply, "died\\x1b"), "it cannot begin: later");
	is_int(fake.stopped, 1, "that process was ended");
	is_int(outbox_next(OB, T0 + 60), T0 + 60 + 60, "a row is due, its notifier pauses");
	fake.no_begin = false;
	turns(T0 + 60 + 120);
	turns(T0 + 60 + 240);
	ok(heard.n == 4 && heard.answer[2] == TCS_DELIVERED && heard.answer[3] == TCS_DELIVERED,
	    "then both leave");
	put("gone", 0, LANE_DIGEST);
	turns(T0 + 400);
	ok(outbox_idle(OB) && outbox_next(OB, T0 + 400) > T0 + 400,
	    "a notifier that is not there: nobody spins");
	ok(outbox_drain(OB, 60000, &hooks, &idle, &e) && idle, "draining ends");
	end();
}

static void
never_gives_up_on_its_own_faults(void)
{
	int64_t now = T0;
	int i;

	begin(0);
	put("mail", 0, LANE_DIGEST);
	fake.no_start = true;
	for (i = 0; i < 60; i++) {
		turns(now);
		now += OUTBOX_MOST;
	}
	ok(heard.n == 60 && heard.answer[59] == TCS_LATER,
	    "a notifier that cannot start for ten days loses nothing");
	fake.no_start = false;
	turns(now);
	is_int(heard.answer[60], TCS_DELIVERED, "and delivers when it can");
	end();
}

static void
one_that_cannot_be_begun(void)
{
	int64_t now = T0;
	int i;

	begin(0);
	put("mail", 0, LANE_DIGEST);
	fake.not_this = "2026-00001";
	for (i = 0; i < 2 * OUTBOX_ATTEMPTS &&
	    (heard.n == 0 || heard.answer[(heard.n - 1) % 128] != TCS_REFUSED); i++) {
		put("mail", 0, LANE_DIGEST);
		turns(now);
		turns(now + 60);
		now += OUTBOX_MOST;
	}
	ok(heard.warning[(heard.n - 1) % 128] == 1 && strncmp(heard.reply, "given up after 38", 17) == 0,
	    "one that cannot be begun while others are is given up: %s", heard.reply);
	ok(fake.begun >= OUTBOX_ATTEMPTS - 1, "the others left: %d", fake.begun);
	end();
}

static void
drain(void)
{
	struct err e = ERR_INIT;
	bool idle = false;
	int i;

	begin(0);
	for (i = 0; i < 20; i++)
		put(i % 2 ? "mail" : "hook", 0, LANE_DIGEST);
	ok(outbox_drain(OB, 60000, &hooks, &idle, &e) && idle && heard.n == 20, "drained");
	put("mail", 0, LANE_DIGEST);
	fake.silent = true;
	ok(outbox_drain(OB, 30, &hooks, &idle, &e) && !idle, "a deadline is kept");
	end();
}

static void
settings(void)
{
	struct err e = ERR_INIT;

	begin(0);
	outbox_close(OB);
	C->notifier[1].plugin = "paper";
	C->notifier[1].line = 12;
	OB = outbox_open(C, &plugins, L, &e);
	ok(OB == NULL && strstr(e.text, "12: notifier \"hook\": plugin paper only renders, expected via"),
	    "without via: %s", e.text);
	C->notifier[1].via = "mail";
	e = (struct err)ERR_INIT;
	OB = outbox_open(C, &plugins, L, &e);
	ok(OB != NULL, "with via it needs no session: %s", e.text);
	outbox_close(OB);
	C->notifier[1].plugin = "fakee";
	C->notifier[1].via = NULL;
	OB = outbox_open(C, &plugins, L, &e);
	ok(OB == NULL && strstr(e.text, "fake"), "an unknown plugin: %s", e.text);
	C->identity.bounce = "bounce@cert.example";
	C->notifier[1].plugin = "fake";
	open_again(0);
	put("mail", 0, LANE_DIGEST);
	turns(T0);
	is_str(fake.last_sender, "bounce@cert.example", "the bounce address is the envelope sender");
	end();
}

static void
sessions(void)
{
	struct err e = ERR_INIT;
	bool idle = false;
	int i;

	begin(0);
	outbox_close(OB);
	C->notifier[0].sessions = 4;
	open_again(0);
	for (i = 0; i < 3; i++)
		put("mail", 0, LANE_DIGEST);
	turns(T0);
	is_int(fake.started, 1, "a few warnings: one session");
	for (i = 0; i < 60; i++)
		put("mail", 0, LANE_DIGEST);
	fake.silent = true;
	for (i = 0; i < 6; i++)
		turn(T0);
	ok(fake.started == 4 && fake.at_work == 4 && outbox_fds(OB, NULL, 0) == 4,
	    "many: as many as it may have, each with one");
	outbox_close(OB);
	ledger_close(L);
	L = NULL;
	fake.silent = false;
	open_again(0);
	ok(outbox_drain(OB, 60000, &hooks, &idle, &e) && idle, "killed and started again: drained");
	ok(heard.n == 63, "each has one answer (%d)", heard.n);
	ok(fake.begun == 67, "those four were begun twice, nothing else (%d)", fake.begun);
	turns(T0);
	is_int(fake.at_work, 0, "nobody is at work");
	i = fake.stopped;
	turns((int64_t)clock_now() / NS + 1000);
	is_int(fake.stopped - i, 3, "after a while without work one session stays");
	end();
}

static void
rates(void)
{
	static struct cfg_rate rate[] = { { .domain = "big.example", .most = 5, .span = 60 },
		{ .domain = "*", .most = 2, .span = 60 } };
	int64_t t = T0 - T0 % 60;
	int i;

	begin(0);
	outbox_close(OB);
	C->deliver.rate = rate;
	C->deliver.nrate = 2;
	open_again(0);
	for (i = 0; i < 5; i++)
		put("mail", t, LANE_DIGEST);
	to = "soc@Big.example";
	for (i = 0; i < 4; i++)
		put("mail", t, LANE_DIGEST);
	to = "security@acme.example";
	turns(t);
	is_int(heard.n, 6, "two to one domain, four to the other");
	is_int(outbox_next(OB, t), t + 60, "the others have their time");
	put("mail", t, LANE_PRIORITY);
	turns(t + 1);
	is_int(heard.n, 6, "nor does priority get round it,");
	outbox_close(OB);
	open_again(0);
	turns(t + 59);
	is_int(heard.n, 6, "nor who starts the program anew");
	turns(t + 60);
	ok(heard.n == 8 && heard.warning[6] == 10, "but priority is first in the next minute");
	turns(t + 119);
	is_int(heard.n, 8, "two a minute");
	turns(t + 120);
	turns(t + 180);
	ok(heard.n == 10 && outbox_next(OB, t + 180) == 0, "none is lost (%d)", heard.n);
	end();
}

static void
domain_pauses(void)
{
	int i, n;

	begin(0);
	for (i = 0; i < 6; i++)
		put("mail", 0, LANE_DIGEST);
	for (i = 0; i < 5; i++)
		fake.answer[i] = TCS_LATER;
	turns(T0);
	is_int(heard.n, 3, "after three times later the domain pauses");
	to = "soc@other.example";
	put("mail", 0, LANE_DIGEST);
	to = "security@acme.example";
	fake.answer[3] = 0;
	turns(T0 + 1);
	ok(heard.n == 4 && heard.answer[3] == TCS_DELIVERED, "another domain gets its mail");
	turns(T0 + 59);
	is_int(heard.n, 4, "the pause lasts");
	turns(T0 + 60);
	ok(heard.n == 5 && heard.answer[4] == TCS_LATER, "then one tries, and it pauses for longer");
	turns(T0 + 60 + 119);
	is_int(heard.n, 5, "twice as long");
	for (i = 0, n = 60 + 120; i < 40 && outbox_next(OB, T0 + n) != 0; i++, n += 60)
		turns(T0 + n);
	is_int(heard.n, 11, "when it takes them again all leave");
	end();
}

int
main(void)
{
	sessions();
	rates();
	domain_pauses();
	plain();
	two_at_once();
	back_off();
	unknown();
	killed();
	gate();
	broken();
	never_gives_up_on_its_own_faults();
	one_that_cannot_be_begun();
	drain();
	settings();
	return done_testing();
}
