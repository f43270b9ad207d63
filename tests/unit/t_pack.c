/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages between processes: values as bytes and back, cut at every byte and
 * with lengths that lie; frames over a socket pair whose other end splits,
 * lies, fills up and leaves.  Limits of time are 0, so nothing waits.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>
#include "frame.h"
#include "pack.h"
#include "tap.h"

static void
fill(struct buf *b)
{
	pack_u32(b, 0xfedcba98u);
	pack_u64(b, UINT64_MAX);
	pack_str(b, "text");
	pack_str(b, NULL);
	pack_str(b, "");
	pack_bytes(b, "a\0b", 3);
}

static bool
same(struct unpack *u, struct arena *a)
{
	size_t n, none;
	bool good = unpack_u32(u) == 0xfedcba98u;
	const char *s, *null, *empty, *p;

	good = (unpack_u64(u) == UINT64_MAX) && good;
	s = unpack_str(u, a);
	null = unpack_bytes(u, &none);
	empty = unpack_str(u, a);
	p = unpack_bytes(u, &n);
	return good && s && strcmp(s, "text") == 0 && !null && none == 0 && empty && !*empty && p && n == 3 &&
	    memcmp(p, "a\0b", 3) == 0 && unpack_end(u);
}

static void
t_pack(void)
{
	struct arena *a = arena_new();
	struct unpack u;
	struct buf b;
	size_t n, len, bad = 0;
	uint32_t lie;

	buf_init(&b);
	fill(&b);
	u = (struct unpack){ b.p, b.n, false };
	ok(same(&u, a), "all values come back");
	for (n = 0; n < b.n; n++) {
		char *tight = calloc(1, n ? n : 1);

		memcpy(tight, b.p, n);
		u = (struct unpack){ tight, n, false };
		bad += same(&u, a) || !u.bad || unpack_end(&u);
		bad += unpack_u32(&u) != 0 || unpack_u64(&u) != 0 || unpack_str(&u, a) != NULL ||
		    unpack_bytes(&u, &len) != NULL || len != 0;
		free(tight);
	}
	is_int(bad, 0, "cut at any byte it is bad, and all that follows is zero or NULL");
	pack_u32(&b, 0);
	u = (struct unpack){ b.p, b.n, false };
	ok(!same(&u, a) && !u.bad, "more than was read is not the end");
	for (lie = UINT32_MAX - 1; lie > 4; lie /= 2) {
		buf_reset(&b);
		pack_u32(&b, lie);
		buf_add(&b, "four", 4);
		u = (struct unpack){ b.p, b.n, false };
		bad += unpack_bytes(&u, &len) != NULL || len != 0 || !u.bad;
	}
	is_int(bad, 0, "lengths that lie");
	buf_reset(&b);
	pack_bytes(&b, "a\0b", 3);
	u = (struct unpack){ b.p, b.n, false };
	ok(unpack_str(&u, a) == NULL && u.bad, "a NUL inside a text is bad");
	buf_free(&b);
	arena_free(a);
}

static void
pair(int fd[2], struct frames *f, uint32_t most)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) != 0)
		abort();
	frames_init(f, fd[1], most);
}

static void
unpair(int fd[2], struct frames *f)
{
	frames_free(f);
	if (fd[0] >= 0)
		close(fd[0]);
	close(fd[1]);
}

static void
t_messages(void)
{
	struct frames f;
	int fd[2];

	pair(fd, &f, 100);
	is_int(frames_next(&f, 0), 0, "none yet");
	ok(!frames_pending(&f), "none pending");
	ok(frame_send(fd[0], 1, "one", 3, 0) && frame_send(fd[0], 2, NULL, 0, 0) &&
	    frame_send(fd[0], 3, "three", 5, 0), "sent");
	ok(frames_next(&f, -1) == 1 && f.type == 1 && f.n == 3 && memcmp(f.p, "one", 3) == 0, "the first");
	ok(frames_pending(&f), "the second came in the same read");
	ok(frames_next(&f, 0) == 1 && f.type == 2 && f.n == 0, "a message without a body");
	ok(frames_next(&f, 0) == 1 && f.type == 3 && memcmp(f.p, "three", 5) == 0, "the third");
	is_int(frames_next(&f, 0), 0, "none after them");
	ok(frame_send(fd[0], 4, "last", 4, 0) && close(fd[0]) == 0, "sent and left");
	fd[0] = -1;
	ok(frames_next(&f, 0) == 1 && f.type == 4, "what was sent before is read");
	errno = EINVAL;
	ok(frames_next(&f, 0) == -1 && errno == 0, "then the end");
	unpair(fd, &f);
}

static void
t_bytewise(void)
{
	const uint32_t head[2] = { 3, 9 };
	char wire[11];
	struct frames f;
	size_t i, bad = 0;
	int fd[2];

	memcpy(wire, head, 8);
	memcpy(wire + 8, "abc", 3);
	pair(fd, &f, 3);
	for (i = 0; i < sizeof wire; i++) {
		bad += send(fd[0], wire + i, 1, 0) != 1;
		bad += frames_next(&f, 0) != (i == sizeof wire - 1);
	}
	ok(bad == 0 && f.type == 9 && memcmp(f.p, "abc", 3) == 0, "byte by byte, as long as may be");
	unpair(fd, &f);
	for (i = 0; i < sizeof wire; i++) {
		pair(fd, &f, 3);
		bad += send(fd[0], wire, i, 0) != (ssize_t)i;
		close(fd[0]);
		fd[0] = -1;
		bad += frames_next(&f, 0) != -1 || errno != 0;
		unpair(fd, &f);
	}
	is_int(bad, 0, "the other end leaves in the midst of a message");
}

static void
t_hostile(void)
{
	static const uint32_t lies[] = { 4, 65536, INT32_MAX, UINT32_MAX - 7, UINT32_MAX };
	static char big[1 << 20];
	struct frames f;
	size_t i;
	int fd[2];

	for (i = 0; i < sizeof lies / sizeof lies[0]; i++) {
		uint32_t head[2] = { lies[i], 1 };

		pair(fd, &f, 3);
		ok(send(fd[0], head, sizeof head, 0) == 8 && frames_next(&f, 0) == -1 && errno == EMSGSIZE,
		    "a length of %" PRIu32 " ends the talk", lies[i]);
		ok(frames_next(&f, 0) == -1 && errno == EMSGSIZE, "for good");
		unpair(fd, &f);
	}
	pair(fd, &f, sizeof big);
	ok(!frame_send(fd[0], 1, big, sizeof big, 0) && errno == ETIMEDOUT, "nobody reads: time is up");
	unpair(fd, &f);
	pair(fd, &f, 3);
	ok(shutdown(fd[1], SHUT_RD) == 0 && !frame_send(fd[0], 1, "abc", 3, 0) && errno == EPIPE,
	    "nobody is there: EPIPE, no signal");
	unpair(fd, &f);
}

int
main(void)
{
	t_pack();
	t_messages();
	t_bytewise();
	t_hostile();
	return done_testing();
}
