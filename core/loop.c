/* SPDX-License-Identifier: Apache-2.0 */
/* See loop.h.  epoll, one signalfd, and a list of deadlines in order: a run has a few dozen at most. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>
#include "loop.h"
#include "mem.h"
#include "timefmt.h"

struct watched {
	struct watched	*next;
	int		 fd;
	void		(*fn)(void *arg);	/* NULL: taken away; freed after the round */
	void		*arg;
};

struct deadline {
	struct deadline	*next;
	uint64_t	 number;
	int64_t		 at;
	void		(*fn)(void *arg);
	void		*arg;
};

struct loop {
	int		 epoll, signals;
	struct watched	*fds;
	struct deadline	*deadlines;
	uint64_t	 last;			/* number of a deadline */
	sigset_t	 mask;
	struct { void (*fn)(void *arg); void *arg; } on[NSIG];
	bool		 stop;
};

int64_t
loop_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS + ts.tv_nsec;
}

static void
read_signals(void *arg)
{
	struct loop *l = arg;
	struct signalfd_siginfo si;

	while (!l->stop && read(l->signals, &si, sizeof si) == (ssize_t)sizeof si)
		if (si.ssi_signo < NSIG && l->on[si.ssi_signo].fn)
			l->on[si.ssi_signo].fn(l->on[si.ssi_signo].arg);
}

struct loop *
loop_new(struct err *e)
{
	struct loop *l = xcalloc(1, sizeof *l);

	sigemptyset(&l->mask);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->signals = signalfd(-1, &l->mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->epoll < 0 || l->signals < 0)
		err_set(e, "event loop: %s", strerror(errno));
	else if (loop_fd(l, l->signals, read_signals, l, e))
		return l;
	loop_free(l);
	return NULL;
}

/* Frees what was taken away, or all. */
static void
sweep(struct loop *l, bool all)
{
	struct watched **p = &l->fds, *w;

	while ((w = *p) != NULL)
		if (all || w->fn == NULL) {
			*p = w->next;
			free(w);
		} else
			p = &w->next;
}

void
loop_free(struct loop *l)
{
	struct signalfd_siginfo si;
	struct deadline *d;

	if (l == NULL)
		return;
	while (l->signals >= 0 && read(l->signals, &si, sizeof si) == (ssize_t)sizeof si)
		;
	sigprocmask(SIG_UNBLOCK, &l->mask, NULL);
	sweep(l, true);
	while ((d = l->deadlines) != NULL) {
		l->deadlines = d->next;
		free(d);
	}
	if (l->signals >= 0)
		close(l->signals);
	if (l->epoll >= 0)
		close(l->epoll);
	free(l);
}

bool
loop_fd(struct loop *l, int fd, void (*fn)(void *arg), void *arg, struct err *e)
{
	struct epoll_event ev = { .events = EPOLLIN };
	struct watched *w = l->fds;

	while (w != NULL && (w->fd != fd || w->fn == NULL))
		w = w->next;
	if (fn == NULL) {
		if (w != NULL) {
			epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
			w->fn = NULL;
		}
		return true;
	}
	if (w == NULL) {
		w = xcalloc(1, sizeof *w);
		ev.data.ptr = w;
		if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) != 0) {
			free(w);
			return err_set(e, "event loop: descriptor %d: %s", fd, strerror(errno));
		}
		w->fd = fd;
		w->next = l->fds;
		l->fds = w;
	}
	w->fn = fn;
	w->arg = arg;
	return true;
}

uint64_t
loop_timer(struct loop *l, int64_t at, void (*fn)(void *arg), void *arg)
{
	struct deadline **p = &l->deadlines, *d = xcalloc(1, sizeof *d);

	while (*p != NULL && (*p)->at <= at)
		p = &(*p)->next;
	*d = (struct deadline){ *p, ++l->last, at, fn, arg };
	*p = d;
	return d->number;
}

void
loop_cancel(struct loop *l, uint64_t timer)
{
	struct deadline **p = &l->deadlines, *d;

	while ((d = *p) != NULL && d->number != timer)
		p = &d->next;
	if (d != NULL) {
		*p = d->next;
		free(d);
	}
}

bool
loop_signal(struct loop *l, int signo, void (*fn)(void *arg), void *arg, struct err *e)
{
	if (sigaddset(&l->mask, signo) != 0 || sigprocmask(SIG_BLOCK, &l->mask, NULL) != 0 ||
	    signalfd(l->signals, &l->mask, 0) < 0)
		return err_set(e, "event loop: signal %d: %s", signo, strerror(errno));
	l->on[signo].fn = fn;
	l->on[signo].arg = arg;
	return true;
}

bool
loop_signal_waits(const struct loop *l, int signo)
{
	sigset_t set;

	return sigismember(&l->mask, signo) == 1 && sigpending(&set) == 0 && sigismember(&set, signo) == 1;
}

/* Those that are due and were set before this round: one that is always due does not starve the rest. */
static void
run_deadlines(struct loop *l)
{
	uint64_t last = l->last;
	int64_t now = loop_now();
	struct deadline **p = &l->deadlines, *d;

	while (!l->stop && (d = *p) != NULL && d->at <= now) {
		if (d->number > last) {
			p = &d->next;
			continue;
		}
		*p = d->next;
		d->fn(d->arg);
		free(d);
		p = &l->deadlines;		/* the callback may have changed all of it */
	}
}

/* Milliseconds until the first deadline, rounded up; -1: there is none. */
static int
patience(const struct loop *l)
{
	int64_t left = l->deadlines ? l->deadlines->at - loop_now() : -1;

	if (l->deadlines == NULL)
		return -1;
	return left <= 0 ? 0 : left > 3600 * NS ? 3600 * 1000 : (int)((left + 999999) / 1000000);
}

bool
loop_run(struct loop *l, struct err *e)
{
	struct epoll_event ev[32];
	int n, i;

	for (l->stop = false; !l->stop; sweep(l, false)) {
		n = epoll_wait(l->epoll, ev, 32, patience(l));
		if (n < 0 && errno != EINTR)
			return err_set(e, "event loop: %s", strerror(errno));
		for (i = 0; i < n && !l->stop; i++) {
			struct watched *w = ev[i].data.ptr;

			if (w->fn != NULL)
				w->fn(w->arg);
		}
		run_deadlines(l);
	}
	return true;
}

void
loop_stop(struct loop *l)
{
	l->stop = true;
}
