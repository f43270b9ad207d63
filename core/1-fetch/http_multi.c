/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transfers beside the rest of `tocsin run`: begun, then moved on whenever
 * their sockets are ready, by libcurl's multi interface behind one epoll
 * descriptor.  A server that stands still costs a descriptor and nobody's
 * time.  What an answer means is http.c's.
 */
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "1-fetch/fetch_int.h"
#include "mem.h"
#include "timefmt.h"

struct net {
	CURLM		*multi;
	int		 epoll, timer;
};

static int
on_socket(CURL *c, curl_socket_t fd, int what, void *arg, void *known)
{
	struct net *n = arg;
	struct epoll_event ev = { .data.fd = fd };

	(void)c;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(n->epoll, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	ev.events = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) |
	    (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
	if (epoll_ctl(n->epoll, known != NULL ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev) != 0 &&
	    errno == EEXIST)
		epoll_ctl(n->epoll, EPOLL_CTL_MOD, fd, &ev);
	curl_multi_assign(n->multi, fd, n);
	return 0;
}

static int
on_timer(CURLM *m, long ms, void *arg)
{
	struct net *n = arg;
	struct itimerspec t = { .it_value = { ms / 1000, ms % 1000 * 1000000 } };

	(void)m;
	if (ms == 0)
		t.it_value.tv_nsec = 1;		/* at once; 0 would be never */
	else if (ms < 0)
		t = (struct itimerspec){ 0 };
	timerfd_settime(n->timer, 0, &t, NULL);
	return 0;
}

struct net *
net_open(void)
{
	struct epoll_event ev = { .events = EPOLLIN };
	struct net *n = xcalloc(1, sizeof *n);

	n->multi = curl_multi_init();
	n->epoll = epoll_create1(EPOLL_CLOEXEC);
	n->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	ev.data.fd = n->timer;
	if (n->multi == NULL || n->epoll < 0 || n->timer < 0 ||
	    epoll_ctl(n->epoll, EPOLL_CTL_ADD, n->timer, &ev) != 0) {
		net_close(n);
		return NULL;
	}
	curl_multi_setopt(n->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(n->multi, CURLMOPT_SOCKETDATA, n);
	curl_multi_setopt(n->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(n->multi, CURLMOPT_TIMERDATA, n);
	return n;
}

void
net_close(struct net *n)
{
	if (n == NULL)
		return;
	curl_multi_cleanup(n->multi);
	if (n->epoll >= 0)
		close(n->epoll);
	if (n->timer >= 0)
		close(n->timer);
	free(n);
}

int
net_fd(const struct net *n)
{
	return n != NULL ? n->epoll : -1;
}

/* Moves on what is ready. */
static void
move(struct net *n)
{
	struct epoll_event ev[64];
	uint64_t ticks;
	int running, i, got;

	got = epoll_wait(n->epoll, ev, 64, 0);
	for (i = 0; i < got; i++) {
		if (ev[i].data.fd == n->timer) {
			if (read(n->timer, &ticks, sizeof ticks) == (ssize_t)sizeof ticks)
				curl_multi_socket_action(n->multi, CURL_SOCKET_TIMEOUT, 0, &running);
			continue;
		}
		curl_multi_socket_action(n->multi, ev[i].data.fd,
		    (ev[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
		    (ev[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
		    (ev[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0), &running);
	}
}

/* The transfer that ended, by its place. */
static struct place *
place_of(struct fetch *f, CURL *c)
{
	uint32_t i;

	for (i = 0; i < f->nplace; i++)
		if (f->place[i].get != NULL && http_handle(f->place[i].get) == c)
			return &f->place[i];
	return NULL;
}

bool
fetch_begin(struct fetch *f, struct place *p, const struct fetch_sink *sink, struct err *e)
{
	if (p->get != NULL)
		return true;			/* still at it */
	if ((p->get = http_begin(f, p, sink, e)) == NULL)
		return false;
	curl_multi_add_handle(f->net->multi, http_handle(p->get));
	return true;
}

void
fetch_cancel(struct fetch *f)
{
	uint32_t i;

	for (i = 0; i < f->nplace; i++)
		if (f->place[i].get != NULL) {
			curl_multi_remove_handle(f->net->multi, http_handle(f->place[i].get));
			http_end(f->place[i].get);
			f->place[i].get = NULL;
		}
}

bool
fetch_turn(struct fetch *f, bool *some, const struct cfg_source **failed, struct err *e)
{
	struct place *p;
	CURLMsg *m;
	int left;

	*some = false;
	if (f->net == NULL)
		return true;
	move(f->net);
	while ((m = curl_multi_info_read(f->net->multi, &left)) != NULL) {
		CURL *c = m->easy_handle;
		CURLcode rc = m->data.result;
		bool good = true;

		if (m->msg != CURLMSG_DONE || (p = place_of(f, c)) == NULL)
			continue;
		curl_multi_remove_handle(f->net->multi, c);
		if (http_again(p->get, (int)rc)) {
			curl_multi_add_handle(f->net->multi, c);
			continue;
		}
		*failed = p->source;
		good = http_taken(p->get, e);
		http_end(p->get);
		p->get = NULL;
		*some = true;
		if (!good)
			return false;
	}
	return true;
}
