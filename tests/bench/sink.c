/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mail server that takes everything and keeps nothing, for `make bench`: so
 * fast that what is measured is who sends.  SMTP with PIPELINING and 8BITMIME
 * on a free loopback port, which it prints; ends when its standard input does,
 * and says how many mails and bytes it took.  One process, epoll; knows just
 * the commands that a client needs.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINE 1024

struct client {
	int		 fd;
	bool		 data;
	unsigned	 dots;		/* how much of "\r\n.\r\n" was seen */
	size_t		 n;		/* of line */
	char		 line[LINE];
	size_t		 nout;
	char		 out[4096];
};

static uint64_t mails, bytes;

static void
say(struct client *c, const char *text)
{
	size_t n = strlen(text);

	if (c->nout + n <= sizeof c->out) {
		memcpy(c->out + c->nout, text, n);
		c->nout += n;
	}
}

/* False: the client goes. */
static bool
command(struct client *c)
{
	static const struct { const char *verb, *answer; } known[] = {
		{ "EHLO", "250-sink.example\r\n250-PIPELINING\r\n250-SIZE\r\n250 8BITMIME\r\n" },
		{ "HELO", "250 sink.example\r\n" }, { "MAIL", "250 ok\r\n" }, { "RCPT", "250 ok\r\n" },
		{ "DATA", "354 go on\r\n" }, { "RSET", "250 ok\r\n" }, { "NOOP", "250 ok\r\n" },
		{ "QUIT", "221 bye\r\n" },
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (c->n >= 4 && strncasecmp(c->line, known[i].verb, 4) == 0)
			break;
	say(c, i < sizeof known / sizeof *known ? known[i].answer : "500 what?\r\n");
	c->data = i == 4;
	c->dots = 2;			/* as after a line end */
	c->n = 0;
	return i != 7;
}

/* To the final dot; how many bytes of it that took. */
static size_t
mail(struct client *c, const char *p, size_t n)
{
	static const char end[] = "\r\n.\r\n";
	const char *cr;
	size_t i;

	for (i = 0; i < n; i++) {
		if (c->dots == 0) {
			if ((cr = memchr(p + i, '\r', n - i)) == NULL) {
				i = n;
				break;
			}
			i = (size_t)(cr - p);
		}
		c->dots = p[i] == end[c->dots] ? c->dots + 1 : p[i] == '\r';
		if (c->dots < 5)
			continue;
		mails++;
		c->data = false;
		c->n = 0;
		say(c, "250 2.0.0 taken\r\n");
		i++;
		break;
	}
	bytes += i;
	return i;
}

static bool
take(struct client *c, const char *p, size_t n)
{
	size_t i = 0;

	while (i < n) {
		if (c->data) {
			i += mail(c, p + i, n - i);
			continue;
		}
		if (p[i] != '\n') {
			if (c->n < LINE)
				c->line[c->n++] = p[i];
			i++;
			continue;
		}
		i++;
		if (!command(c))
			return false;
	}
	return true;
}

static bool
serve(struct client *c)
{
	static char in[1 << 17];
	ssize_t n = read(c->fd, in, sizeof in);
	bool stays;

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	stays = take(c, in, (size_t)n);
	if (c->nout > 0 && write(c->fd, c->out, c->nout) != (ssize_t)c->nout)
		return false;
	c->nout = 0;
	return stays;
}

static void
welcome(int epoll, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC), one = 1;
	struct client *c = fd >= 0 ? calloc(1, sizeof *c) : NULL;
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };

	if (c == NULL)
		return;
	c->fd = fd;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	say(c, "220 sink.example ESMTP\r\n");
	if (write(fd, c->out, c->nout) == (ssize_t)c->nout)
		epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev);
	c->nout = 0;
}

static int
told(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	printf("  the sink took %llu mails, %llu MB, and %.2f s of processor time\n",
	    (unsigned long long)mails, (unsigned long long)bytes / 1000000,
	    (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6);
	return 0;
}

int
main(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event ev = { .events = EPOLLIN }, got[64];
	int epoll = epoll_create1(0), listener = socket(AF_INET, SOCK_STREAM, 0), n, i;
	socklen_t len = sizeof at;
	static int end, come;

	if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 256) != 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &len) != 0)
		return 1;
	printf("%u\n", ntohs(at.sin_port));
	fflush(stdout);
	ev.data.ptr = &come;
	epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &ev);
	ev.data.ptr = &end;
	epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &ev);
	for (;;) {
		n = epoll_wait(epoll, got, 64, -1);
		for (i = 0; i < n; i++) {
			struct client *c = got[i].data.ptr;

			if (got[i].data.ptr == &end)
				return told();
			if (got[i].data.ptr == &come)
				welcome(epoll, listener);
			else if (!serve(c)) {
				close(c->fd);
				free(c);
			}
		}
	}
}
