/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders and files as sources: what is complete comes once, what grows is
 * waited for, what cannot be read is told.  Waiting is for events: the
 * descriptor of fetch says when to look again.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "fetch_kit.h"

static struct kit k;

static void
put(const char *name, const char *text)
{
	FILE *f = fopen(kit_at(&k, name), "w");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		exit(99);
}

static void
must(int rc)
{
	if (rc != 0) {
		printf("# %s\n", strerror(errno));
		exit(99);
	}
}

/* Looks whenever fetch says so, until something is told (most 20 s); the bits that drain said, together. */
static uint64_t
look_until(const char *want, const char *what)
{
	struct pollfd p = { fetch_fd(k.f), POLLIN, 0 };
	struct err e = ERR_INIT;
	uint64_t bits = 0;

	buf_reset(&k.told);
	buf_str(&k.told, "");
	while (k.told.n == 0 && poll(&p, 1, 20000) == 1) {
		uint64_t now = fetch_drain(k.f);

		bits |= now;
		if (now && !fetch_look(k.f, &k.src, false, &k.sink, &e))
			buf_printf(&k.told, "error %s\n", e.text);
	}
	is_str(k.told.p, want, what);
	return bits;
}

static void
test_folder(void)
{
	struct err e = ERR_INIT;

	must(mkdir(kit_at(&k, "in"), 0700));
	put("in/b.csv", "bb");
	put("in/a.csv", "a");
	put("in/.hidden", "x");
	put("in/c.csv.part", "x");
	put("in/c.csv.filepart", "x");
	put("in/c.tmp", "x");
	put("in/c.csv~", "x");
	kit_from(&k, arena_printf(k.a, "dir:%s", kit_at(&k, "in")), &e);
	kit_look(&k, true, "arrived a.csv 1\narrived b.csv 2\n",
	    "what is in a folder arrives, without what is unfinished");
	ok(strncmp(k.path, kit_at(&k, "in/"), strlen(kit_at(&k, "in/"))) == 0 && k.last.when > 0 &&
	    k.last.source == &k.src, "with path, time and source");
	kit_look(&k, true, "", "and once");
	put("in/b.csv", "bbb");
	kit_look(&k, true, "arrived b.csv 3\n", "what changed comes again");
	must(rename(kit_at(&k, "in/a.csv"), kit_at(&k, "in/d.csv")));
	kit_look(&k, true, "arrived d.csv 1\n", "another name is another look");
	k.refuse = true;
	put("in/a.csv", "a");
	kit_look(&k, true, "arrived a.csv 1\nerror the ledger is full\n",
	    "a sink that cannot take it ends the look");
	k.refuse = false;
	kit_look(&k, true, "arrived a.csv 1\n", "and is shown it again");
	kit_from(&k, arena_printf(k.a, "dir:%s", kit_at(&k, "in")), &e);
	kit_look(&k, true, "", "a new process remembers what was taken");
	put("in/a.csv", "b");
	kit_from(&k, arena_printf(k.a, "dir:%s", kit_at(&k, "in")), &e);
	kit_look(&k, true, "arrived a.csv 1\n", "and sees what has changed since");
	must(symlink("in", kit_at(&k, "in2")));
	kit_from(&k, arena_printf(k.a, "dir:%s", kit_at(&k, "in2")), &e);
	kit_look(&k, true, "arrived a.csv 1\narrived b.csv 3\narrived d.csv 1\n",
	    "another folder is another one");
	buf_reset(&k.taken);
	kit_from(&k, arena_printf(k.a, "dir:%s", kit_at(&k, "in")), &e);
	kit_look(&k, true, "arrived a.csv 1\narrived b.csv 3\narrived d.csv 1\n",
	    "a ledger that does not remember is shown all of it again");
}

static void
test_subfolders(void)
{
	struct err e = ERR_INIT;

	must(system(arena_printf(k.a, "mkdir -p %s/1/2/3/4/5 %s/.git", kit_at(&k, "deep"), kit_at(&k,
	    "deep"))));
	put("deep/0.csv", "0");
	put("deep/1/1.csv", "1");
	put("deep/1/2/3/4/4.csv", "4");
	put("deep/1/2/3/4/5/5.csv", "5");
	put("deep/.git/config", "x");
	kit_from(&k, arena_printf(k.a, "dir:%s", kit_at(&k, "deep")), &e);
	kit_look(&k, true, "trouble /deep/1/2/3/4/5: is more than 4 folders deep, and is not looked into\n"
	    "arrived 0.csv 1\narrived 1/1.csv 1\narrived 1/2/3/4/4.csv 1\n", "subfolders, four levels deep");
}

static void
test_links(void)
{
	struct err e = ERR_INIT;

	must(mkdir(kit_at(&k, "links"), 0700));
	must(mkdir(kit_at(&k, "links/..2026"), 0700));
	put("links/day.csv", "day");
	put("links/..2026/data.csv", "data");
	put("secret", "secret");
	must(symlink("day.csv", kit_at(&k, "links/current.csv")));
	must(symlink("..2026/data.csv", kit_at(&k, "links/data.csv")));
	must(symlink("../secret", kit_at(&k, "links/out")));
	must(symlink(kit_at(&k, "secret"), kit_at(&k, "links/out2")));
	must(symlink("nothing", kit_at(&k, "links/stray")));
	must(symlink("..", kit_at(&k, "links/up")));
	must(symlink("links", kit_at(&k, "front")));
	kit_from(&k, arena_printf(k.a, "dir:%s", kit_at(&k, "front")), &e);
	buf_reset(&k.told);
	ok(fetch_look(k.f, &k.src, true, &k.sink, &e), "a folder with links, itself behind one");
	ok(strstr(k.told.p, "arrived data.csv 4\n") && strstr(k.told.p, "arrived day.csv 3\n"),
	    "links inside are followed, each file once");
	ok(strstr(k.told.p, "/front/out: is a link that leads out of the folder") &&
	    strstr(k.told.p, "/front/out2: is a link that leads out") && strstr(k.told.p,
	    "/front/up: is a link that leads out"),
	    "none is followed out");
	ok(strstr(k.told.p, "/front/stray: is a link that leads nowhere"), "one that leads nowhere is told");
	ok(strstr(k.told.p, "current.csv") == NULL && strstr(k.told.p, "secret") == NULL, "and nothing else");
}

static void
test_unreadable(void)
{
	struct err e = ERR_INIT;

	must(mkdir(kit_at(&k, "bad"), 0700));
	put("bad/a\033[2Jb.csv", "x");
	put("bad/good.csv", "good");
	put("bad/secret.csv", "s");
	must(mkfifo(kit_at(&k, "bad/pipe"), 0600));
	must(chmod(kit_at(&k, "bad/secret.csv"), 0));
	must(truncate(kit_at(&k, "bad/good.csv"), 2 << 20));
	kit_from(&k, arena_printf(k.a, "dir:%s", kit_at(&k, "bad")), &e);
	kit_look(&k, true, "trouble /bad/pipe: is not a regular file\narrived a\\x1b[2Jb.csv 1\n"
	    "trouble /bad/good.csv: larger than 1048576 bytes, the most that is taken (limits.fetch_size)\n"
	    "trouble /bad/secret.csv: cannot be read: Permission denied\n",
	    "each file that cannot be read is told");
	must(chmod(kit_at(&k, "bad/secret.csv"), 0600));
	must(truncate(kit_at(&k, "bad/good.csv"), 3));
	kit_look(&k, true,
	    "trouble /bad/pipe: is not a regular file\narrived good.csv 3\narrived secret.csv 1\n",
	    "and taken at the next look when it can");
	kit_from(&k, arena_printf(k.a, "dir:%s", kit_at(&k, "nowhere")), &e);
	kit_look(&k, true, arena_printf(k.a,
	    "error source \"test\": %s: cannot be read: No such file or directory\n",
	    kit_at(&k, "nowhere")), "a folder that is not there");
	kit_from(&k, arena_printf(k.a, "file:%s", kit_at(&k, "nowhere")), &e);
	kit_look(&k, true, arena_printf(k.a,
	    "error source \"test\": %s: cannot be read: No such file or directory\n",
	    kit_at(&k, "nowhere")), "a file that is not there");
}

/* The event loop's side: told by the system, not by the clock. */
static void
test_events(void)
{
	struct err e = ERR_INIT;
	int fd;

	must(mkdir(kit_at(&k, "live"), 0700));
	put("live/.new", "renamed in");
	kit_from(&k, arena_printf(k.a, "dir:%s", kit_at(&k, "live")), &e);
	kit_look(&k, false, "", "an empty folder");
	is_int(fetch_drain(k.f), 0, "nothing changed yet");
	must(rename(kit_at(&k, "live/.new"), kit_at(&k, "live/new.csv")));
	is_int(look_until("arrived new.csv 10\n", "a file renamed in"), 1, "is seen of the first source");
	fd = open(kit_at(&k, "live/slow.csv"), O_WRONLY | O_CREAT, 0600);
	must(write(fd, "half ", 5) != 5);
	fetch_drain(k.f);
	kit_look(&k, false, "", "a file that is open for writing is waited for");
	must(write(fd, "whole", 5) != 5);
	close(fd);
	look_until("arrived slow.csv 10\n", "and comes when its writer closed it");
	must(mkdir(kit_at(&k, "live/2026-11-20"), 0700));
	put("live/2026-11-20/scan.csv", "scan");
	look_until("arrived 2026-11-20/scan.csv 4\n", "a file in a new subfolder");
	put("live/2026-11-20/later.csv", "later");
	look_until("arrived 2026-11-20/later.csv 5\n", "which is watched from then on");
	put("live/.ignored", "x");
	put("live/x.part", "x");
	is_int(fetch_drain(k.f), 0, "what is not looked at does not wake");
}

/* No event tells of a file that was there, closed, when it was first looked at; the clock does. */
static void
test_timer(void)
{
	struct err e = ERR_INIT;
	int fd;

	must(mkdir(kit_at(&k, "timer"), 0700));
	kit_from(&k, arena_printf(k.a, "dir:%s", kit_at(&k, "timer")), &e);
	fd = open(kit_at(&k, "timer/a.csv"), O_WRONLY | O_CREAT, 0600);
	must(write(fd, "abc", 3) != 3);
	kit_look(&k, false, "", "a file found open for writing");
	close(fd);
	look_until("arrived a.csv 3\n", "comes once it is closed");
}

/* A writer that goes on while the look waits: all of it comes, not half. */
static void
test_growing(void)
{
	struct err e = ERR_INIT;
	int s[2], fd, i, status;
	pid_t pid;

	must(mkdir(kit_at(&k, "grow"), 0700));
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	pid = fork();
	if (pid == 0) {
		fd = open(kit_at(&k, "grow/g.csv"), O_WRONLY | O_CREAT, 0600);
		for (i = 0; i < 40; i++) {
			must(write(fd, "0123456789", 10) != 10);
			if (i == 0)
				must(write(s[1], "x", 1) != 1);
			poll(NULL, 0, 20);
		}
		_exit(0);
	}
	must(read(s[0], &(char){ 0 }, 1) != 1);
	kit_from(&k, arena_printf(k.a, "dir:%s", kit_at(&k, "grow")), &e);
	kit_look(&k, true, "arrived g.csv 400\n", "a file that grows is waited for to its end");
	must(waitpid(pid, &status, 0) != pid);
	close(s[0]);
	close(s[1]);
}

static void
test_file(void)
{
	struct err e = ERR_INIT;

	put("one.tmp", "1");
	put("other", "2");
	kit_from(&k, arena_printf(k.a, "file:%s", kit_at(&k, "one.tmp")), &e);
	kit_look(&k, true, "arrived one.tmp 1\n", "a file by name, whatever its name");
	put("other", "3");
	is_int(fetch_drain(k.f), 0, "its neighbours do not matter");
	put("one.next", "12");
	must(rename(kit_at(&k, "one.next"), kit_at(&k, "one.tmp")));
	look_until("arrived one.tmp 2\n", "it is seen when it is replaced");
	must(symlink("../t", kit_at(&k, "x")));
	must(unlink(kit_at(&k, "x")));
	must(symlink("one.tmp", kit_at(&k, "linked")));
	kit_from(&k, arena_printf(k.a, "file:%s", kit_at(&k, "linked")), &e);
	kit_look(&k, true, "arrived linked 2\n", "a link that is configured is followed");
}

static void
test_full(void)
{
	struct err e = ERR_INIT;

	kit_from(&k, arena_printf(k.a, "dir:%s", kit_at(&k, "in")), &e);
	must(system(arena_printf(k.a, "chmod 0500 %s/tmp", kit_at(&k, "spool"))));
	buf_reset(&k.told);
	ok(!fetch_look(k.f, &k.src, true, &k.sink, &e) && strstr(e.text,
	    "cannot make a file: Permission denied") &&
	    k.told.n == 0, "a spool that takes nothing ends the look, once");
	must(system(arena_printf(k.a, "chmod 0700 %s/tmp", kit_at(&k, "spool"))));
}

int
main(void)
{
	if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))	/* root may read everything */
		exit(99);
	kit_open(&k, "t_fetch");
	test_folder();
	test_subfolders();
	test_links();
	test_unreadable();
	test_events();
	test_timer();
	test_growing();
	test_file();
	test_full();
	return kit_close(&k) | done_testing();
}
