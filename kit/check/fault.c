/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a bad address means.  The bytes shown to a source lie in a room of
 * addresses of their own, so where it reached says what it did wrong.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include "kit/check/check.h"
#include "kit/check/fault.h"

static struct check *of;
static char **room;
static unsigned long long room_size;
static char **shown;
static size_t *nshown;

void
fault_shown(char **r, unsigned long long size, char **s, size_t *n)
{
	room = r;
	room_size = size;
	shown = s;
	nshown = n;
}

static void
explain(const char *p)
{
	struct shared *sh = of->sh;
	const char *what = "crashed: it follows a pointer that leads nowhere";
	const char *advice = "build it with -g -fsanitize=address, or run it under gdb with this input";

	if ((uintptr_t)p < 65536) {
		what = "crashed: it follows a NULL pointer";
		advice = "an empty input may come with any buf; alloc may give NULL; a value may have p NULL";
	} else if (room != NULL && *room != NULL && p >= *room && p < *room + room_size) {
		if (p >= *shown && p < *shown + *nshown) {
			what = "writes to the bytes it was fed";
			advice = "buf is const: copy a value into memory of alloc before changing it";
		} else if (p >= *shown + *nshown && p < *shown + *nshown + 4096) {
			what = "reads beyond the bytes it was fed";
			advice = "buf has len bytes and no NUL behind them";
		} else {
			what = "uses bytes of an earlier call, which are gone";
			advice = "return only what is used up, and the rest is shown again; copy what must "
			    "be kept";
		}
	}
	snprintf(sh->why, sizeof sh->why, "%s (%s)", what, sh->at);
	snprintf(sh->advice, sizeof sh->advice, "%s", advice);
}

static void
on_fault(int sig, siginfo_t *si, void *more)
{
	(void)sig;
	(void)more;
	explain(si->si_addr);
	_exit(4);
}

void
fault_explain(struct check *c)
{
	static char stack[65536];
	struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	of = c;
	sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof stack }, NULL);
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
}
