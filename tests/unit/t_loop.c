/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: order of deadlines, descriptors added and taken away inside callbacks, signals, stopping. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "loop.h"
#include "tap.h"

#define T(s) ((char []){ s })		/* what a callback notes; lives as long as the block */

static struct loop *l;
static char order[100];
static int ends[2], other[2], ticks;
static uint64_t doomed;

static void
note(void *arg)
{
	strncat(order, arg, sizeof order - strlen(order) - 1);
}

static void
stop(void *arg)
{
	note(arg);
	loop_stop(l);
}

static void
run(const char *want, const char *what)
{
	struct err e = ERR_INIT;

	memset(order, 0, sizeof order);
	if (!loop_run(l, &e))
		snprintf(order, sizeof order, "%s", e.text);
	is_str(order, want, what);
}

static void
cancel(void *arg)
{
	note(arg);
	loop_cancel(l, doomed);
}

/* Sets itself anew for a time long past. */
static void
again(void *arg)
{
	ticks++;
	doomed = loop_timer(l, 0, again, arg);
}

static void
test_deadlines(void)
{
	int64_t now = loop_now();

	loop_timer(l, now + 3000000, stop, T("stop"));
	loop_timer(l, now + 2000000, note, T("c"));
	loop_timer(l, now - 5, note, T("a"));
	loop_timer(l, now + 1000000, cancel, T("b"));
	doomed = loop_timer(l, now + 1500000, note, T("never"));
	loop_cancel(l, 0);
	run("abcstop", "deadlines run in order, a cancelled one does not");
	ok(loop_now() >= now + 3000000, "and not before their time");
	loop_cancel(l, doomed);
	loop_timer(l, 0, again, NULL);
	loop_timer(l, loop_now(), stop, T("stop"));
	run("stop", "one that is always due does not starve the rest");
	is_int(ticks, 1, "and runs once a round");
	loop_cancel(l, doomed);
}

static void
reader(void *arg)
{
	char c = 0;

	if (read(ends[0], &c, 1) != 1)
		c = '!';
	order[strlen(order)] = c;
	if (c == 'x')
		stop(arg);
}

/* Both ends are readable; whichever comes first takes the other away. */
static void
rival(void *arg)
{
	static char dot[] = ".";
	struct err e = ERR_INIT;

	note(arg);
	loop_fd(l, ends[0], NULL, NULL, &e);
	loop_fd(l, other[0], NULL, NULL, &e);
	loop_timer(l, 0, stop, dot);
}

static void
test_descriptors(void)
{
	struct err e = ERR_INIT;

	if (pipe(ends) != 0 || pipe(other) != 0 || write(ends[1], "abx", 3) != 3 || write(other[1], "y",
	    1) != 1)
		exit(99);
	ok(loop_fd(l, ends[0], reader, T(""), &e), "a pipe is watched");
	run("abx", "as long as it is readable");
	if (write(ends[1], "y", 1) != 1)
		exit(99);
	ok(loop_fd(l, ends[0], rival, T("r"), &e) && loop_fd(l, other[0], rival, T("r"), &e),
	    "another function for it");
	run("r.", "a descriptor taken away in a callback is not called");
	close(other[1]);
	if (read(other[0], &(char){ 0 }, 1) != 1)
		exit(99);
	loop_fd(l, other[0], stop, T("hung up"), &e);
	run("hung up", "an end without a writer is told");
	loop_fd(l, other[0], NULL, NULL, &e);
	ok(!loop_fd(l, 9999, stop, T(""), &e) && strstr(e.text, "descriptor 9999"),
	    "a descriptor that is not one");
}

static void
reap(void *arg)
{
	int n = 0;

	while (waitpid(-1, NULL, WNOHANG) > 0)
		n++;
	ticks -= n;
	if (ticks == 0)
		stop(arg);
}

static void
test_signals(void)
{
	struct err e = ERR_INIT;
	int i;

	ok(loop_signal(l, SIGHUP, note, T("hup "), &e) && loop_signal(l, SIGTERM, stop, T("term"), &e),
	    "signals are watched");
	ok(!loop_signal_waits(l, SIGTERM), "none waits");
	raise(SIGHUP);
	raise(SIGHUP);
	raise(SIGTERM);
	ok(loop_signal_waits(l, SIGTERM), "one waits");
	run("hup term", "they come by the loop, the same ones as one");
	loop_signal(l, SIGCHLD, reap, T("reaped"), &e);
	for (i = ticks = 0; i < 5; i++, ticks++)
		if (fork() == 0)
			_exit(0);
	run("reaped", "children are told of");
	ok(!loop_signal(l, 9999, note, T(""), &e), "a signal that is not one");
	raise(SIGTERM);
	loop_free(l);
	ok(true, "one that waits does not kill when the loop ends");
	signal(SIGTERM, SIG_IGN);
	raise(SIGTERM);
}

int
main(void)
{
	struct err e = ERR_INIT;

	l = loop_new(&e);
	if (!ok(l != NULL, "a loop"))
		return done_testing();
	test_deadlines();
	test_descriptors();
	test_signals();
	return done_testing();
}
