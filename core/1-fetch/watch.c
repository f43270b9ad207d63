/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Being told instead of asking: inotify on every folder that a look walked
 * through, and one timer for files that are waited for, behind one epoll
 * descriptor.  An event only says which place deserves a look, and which file
 * its writer has finished; what is there is always found by looking, so a
 * lost event (a full queue, a network file system, no watches left) costs
 * time and nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "1-fetch/fetch_int.h"
#include "mem.h"
#include "timefmt.h"

#define EVENTS (IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ATTRIB | IN_ONLYDIR | IN_EXCL_UNLINK)

struct row {
	int		 wd;		/* one folder may serve several places */
	uint32_t	 place;
	char		*dir, *prefix;
};

struct watch {
	int		 epoll, inotify, timer;
	struct row	*row;
	uint32_t	 n, cap;
};

static bool
add_fd(int epoll, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN };

	return fd >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev) == 0;
}

struct watch *
watch_open(void)
{
	struct watch *w = xcalloc(1, sizeof *w);

	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	w->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	w->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (add_fd(w->epoll, w->inotify) && add_fd(w->epoll, w->timer))
		return w;
	watch_close(w);
	return NULL;
}

void
watch_close(struct watch *w)
{
	int fds[3], i;

	if (w == NULL)
		return;
	fds[0] = w->epoll;
	fds[1] = w->inotify;
	fds[2] = w->timer;
	for (i = 0; i < 3; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	for (; w->n > 0; w->n--) {
		free(w->row[w->n - 1].dir);
		free(w->row[w->n - 1].prefix);
	}
	free(w->row);
	free(w);
}

int
watch_fd(const struct watch *w)
{
	return w ? w->epoll : -1;
}

/* A folder that moved keeps its watch. */
static void
rename_row(struct row *r, const char *dir, const char *prefix)
{
	if (strcmp(r->dir, dir) == 0 && strcmp(r->prefix, prefix) == 0)
		return;
	free(r->dir);
	free(r->prefix);
	r->dir = xstrdup(dir);
	r->prefix = xstrdup(prefix);
}

void
watch_add(struct watch *w, uint32_t place, const char *dir, const char *prefix)
{
	uint32_t i;
	int wd;

	wd = w ? inotify_add_watch(w->inotify, dir, EVENTS) : -1;
	if (wd < 0)
		return;
	for (i = 0; i < w->n; i++)
		if (w->row[i].wd == wd && w->row[i].place == place) {
			rename_row(&w->row[i], dir, prefix);
			return;
		}
	if (w->n == w->cap) {
		w->cap = w->cap ? 2 * w->cap : 16;
		w->row = xrealloc(w->row, w->cap * sizeof *w->row);
	}
	w->row[w->n++] = (struct row){ wd, place, xstrdup(dir), xstrdup(prefix) };
}

void
watch_later(struct watch *w, int64_t ns)
{
	struct itimerspec t = { .it_value = { ns / NS, ns % NS } }, old;
	int64_t left;

	if (w == NULL || timerfd_gettime(w->timer, &old) != 0)
		return;
	left = old.it_value.tv_sec * NS + old.it_value.tv_nsec;
	if (left == 0 || left > ns)
		timerfd_settime(w->timer, 0, &t, NULL);
}

static uint64_t
bit(uint32_t place)
{
	return place < 64 ? UINT64_C(1) << place : UINT64_MAX;
}

/* The writer is done with it: by its change time a look will know whether it has been touched since. */
static void
finished(struct place *p, const struct row *r, const char *name)
{
	const char *path = arena_printf(p->events, "%s/%s", r->dir, name);
	struct stat st;

	if (stat(path, &st) != 0)
		return;
	if (p->nfinished == p->room) {
		p->room = p->room ? 2 * p->room : 16;
		p->finished = xrealloc(p->finished, p->room * sizeof *p->finished);
	}
	path = arena_printf(p->events, "%s%s", r->prefix, name);
	p->finished[p->nfinished++] = (struct finished){ path, fetch_mark(&st).ctime };
}

static bool
concerns(const struct place *p, const char *name)
{
	return p->transport == FROM_FILE ? strcmp(name, p->only) == 0 : !folder_ignores(name);
}

/* Its folder is gone. */
static void
drop(struct watch *w, int wd)
{
	uint32_t i;

	for (i = 0; i < w->n;) {
		if (w->row[i].wd != wd) {
			i++;
			continue;
		}
		free(w->row[i].dir);
		free(w->row[i].prefix);
		w->row[i] = w->row[--w->n];
	}
}

static uint64_t
one_event(struct watch *w, struct fetch *f, const struct inotify_event *ev)
{
	uint64_t changed = 0;
	uint32_t i;

	if (ev->mask & IN_Q_OVERFLOW)
		return UINT64_MAX;
	for (i = 0; i < w->n; i++) {
		struct place *p = &f->place[w->row[i].place];

		if (w->row[i].wd != ev->wd || (ev->len > 0 && !concerns(p, ev->name)))
			continue;
		changed |= bit(w->row[i].place);
		if (ev->mask & (IN_CLOSE_WRITE | IN_MOVED_TO) && !(ev->mask & IN_ISDIR) && ev->len > 0)
			finished(p, &w->row[i], ev->name);
	}
	if (ev->mask & IN_IGNORED)
		drop(w, ev->wd);
	return changed;
}

uint64_t
watch_drain(struct watch *w, struct fetch *f)
{
	union { struct inotify_event ev; char bytes[65536]; } u;
	uint64_t changed = 0, ticks;
	ssize_t n, at;
	uint32_t i;

	if (w == NULL)
		return 0;
	if (read(w->timer, &ticks, sizeof ticks) == (ssize_t)sizeof ticks)
		for (i = 0; i < f->nplace; i++)
			changed |= f->place[i].nwaiting > 0 ? bit(i) : 0;
	while ((n = read(w->inotify, u.bytes, sizeof u.bytes)) > 0)
		for (at = 0; at < n;) {
			const struct inotify_event *ev = (const void *)(u.bytes + at);

			changed |= one_event(w, f, ev);
			at += (ssize_t)(sizeof *ev + ev->len);
		}
	return changed;
}
