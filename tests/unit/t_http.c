/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The web as a source, against a real server with faults (tests/lib/fetchd.py
 * on a free loopback port): what is whole arrives, once as long as the server
 * says that nothing changed; what is cut, endless, slow or elsewhere does not.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "1-fetch/fetch_int.h"
#include "fetch_kit.h"
#include "timefmt.h"

static struct kit k;
static int port, server_in;
static pid_t server;

/* Starts the server; it ends when server_in is closed. */
static bool
start_server(const char *address)
{
	const char *src = getenv("TOP_SRCDIR");
	char script[600], text[16] = "";
	int in[2], out[2];

	snprintf(script, sizeof script, "%s/tests/lib/fetchd.py", src ? src : ".");
	if (pipe(in) != 0 || pipe(out) != 0 || (server = fork()) < 0)
		return false;
	if (server == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		execl("/usr/bin/python3", "python3", script, k.dir, address, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	server_in = in[1];
	if (read(out[0], text, sizeof text - 1) > 0)
		port = (int)strtol(text, NULL, 10);
	close(out[0]);
	return port > 0;
}

static void
stop_server(void)
{
	close(server_in);
	waitpid(server, NULL, 0);
}

static const char *
url(const char *path)
{
	return arena_printf(k.a, "http://127.0.0.1:%d%s", port, path);
}

static void
look(const char *path, const char *want, const char *what)
{
	struct err e = ERR_INIT;

	k.state[0] = '\0';
	if (kit_from(&k, url(path), &e))
		kit_look(&k, false, want, what);
	else
		is_str(e.text, want, what);
}

static void
bad(const char *path, const char *why, const char *what)
{
	char at[400];
	struct tcs_slice p = tcs_str(path);

	p.n = tcs_find(p, '?');
	snprintf(at, sizeof at, "trouble http://127.0.0.1:%d%.*s%s: %s\n", port, (int)p.n, p.p, path[p.n] ?
	    "?..." : "", why);
	look(path, at, what);
}

/* Curl's own words differ by version: only a part of them is wanted. */
static void
fails(const char *path, const char *part, const char *what)
{
	struct err e = ERR_INIT;

	kit_from(&k, url(path), &e);
	buf_reset(&k.told);
	buf_str(&k.told, "");
	if (!ok(fetch_look(k.f, &k.src, false, &k.sink, &e) && strncmp(k.told.p, "trouble ", 8) == 0 &&
	    strstr(k.told.p, part), "%s", what))
		printf("# %s%s\n", k.told.p, e.text);
}

static const char *
last_request(void)
{
	static char line[600];
	FILE *f = fopen(kit_at(&k, "log"), "r");

	line[0] = '\0';
	while (f && fgets(line, sizeof line, f))
		line[strcspn(line, "\n")] = '\0';
	if (f)
		fclose(f);
	return line;
}

static void
test_good(void)
{
	char time[TIME_TEXT];
	struct err e = ERR_INIT;

	look("/feeds/2026-11-20-scan_rdp.csv?key=secret", "arrived 2026-11-20-scan_rdp.csv 7670\n",
	    "a file by URL");
	time_iso(k.last.when, time);
	is_str(time, "2026-11-20T08:00:00Z", "Last-Modified is its time");
	is_str(k.path, url("/feeds/2026-11-20-scan_rdp.csv?..."), "its query is not shown");
	look("/empty/none.csv", "arrived none.csv 0\n", "an empty body");
	kit_from(&k, url("/gzip/day.csv"), &e);
	ok(fetch_look(k.f, &k.src, false, &k.sink, &e) && k.last.blob.size > 20 && k.last.blob.size < 7000,
	    "a body in gzip is kept as it came");
	look("/long/l.csv", "arrived l.csv 100\n", "bytes after the announced length are no part of it");
	look("/", "arrived test 7670\n", "a path without a name");
	look("/a%2f..%2fb", "arrived test 7670\n", "a name that would be a path is not used");
	look("/x%0d%0ay", "arrived test 7670\n", "nor one with line breaks");
	look("/named?attachment;%20filename=%22a%20b.csv%22", "arrived a b.csv 7670\n",
	    "Content-Disposition");
	look("/named?attachment;%20filename=plain.csv;filename*=UTF-8''caf%25C3%25A9.csv",
	    "arrived caf\xc3\xa9.csv 7670\n",
	    "its UTF-8 form");
	look("/named?attachment;%20filename=%22../../etc/passwd%22", "arrived named 7670\n",
	    "one that is a path is not used");
	look("/hops/5/far.csv", "arrived far.csv 7670\n", "five redirects");
}

static void
test_conditional(void)
{
	struct err e = ERR_INIT;

	look("/etag/e.csv", "arrived e.csv 7670\n", "with an ETag");
	kit_look(&k, false, "", "a second look brings nothing");
	is_str(last_request(), "/etag/e.csv \"v1\" -", "because it asked If-None-Match");
	kit_from(&k, url("/etag/e.csv"), &e);
	kit_look(&k, false, "", "nor does one after a restart");
	kit_from(&k, url("/etag/other.csv"), &e);
	kit_look(&k, false, "arrived other.csv 7670\n", "another URL is asked anew");
	k.refuse = true;
	look("/etag/e.csv", "arrived e.csv 7670\nerror the ledger is full\n", "what the sink did not take");
	k.refuse = false;
	kit_look(&k, false, "arrived e.csv 7670\n", "is asked for again");
	look("/dated/d.csv", "arrived d.csv 7670\n", "with Last-Modified");
	kit_look(&k, false, "", "a second look brings nothing");
	is_str(last_request(), "/dated/d.csv - Fri, 20 Nov 2026 08:00:00 GMT",
	    "because it asked If-Modified-Since");
	look("/wild/w.csv", "arrived w.csv 7670\n", "an ETag out of all measure");
	kit_look(&k, false, "arrived w.csv 7670\n", "is not remembered");
	bad("/unasked", "answers 304 Not Modified to what was not a conditional request", "a 304 to nothing");
}

static void
test_faults(void)
{
	bad("/status/404/x?secret=1", "HTTP 404 Not Found", "404");
	bad("/status/500", "HTTP 500 Internal Server Error", "500");
	bad("/status/204", "HTTP 204 No Content", "204");
	bad("/br", "comes in an encoding that was not asked for: br", "an encoding nobody asked for");
	bad("/huge", "larger than 1048576 bytes, the most that is taken (limits.fetch_size)",
	    "too large by its header");
	bad("/endless", "larger than 1048576 bytes, the most that is taken (limits.fetch_size)",
	    "without an end");
	bad("/headers", "sends more than 262144 bytes of headers", "headers without an end");
	fails("/cut", "", "a body cut short of its length");
	fails("/chunk-cut", "", "a chunked body without its end");
	fails("/reset", "", "a connection reset");
	fails("/garbage", "", "what is not HTTP");
	fails("/slow-headers", "too slow", "headers byte by byte");
	fails("/stall", "too slow", "a body that stops");
	fails("/trickle", "too slow", "a body byte by byte");
	fails("/hops/6/far.csv", "/hops/6/far.csv: redirects more than 5 times (at http://127.0.0.1:",
	    "six redirects");
	bad("/to?file:///etc/passwd", "redirects to what is neither http nor https", "a redirect to a file");
	bad("/to?http://me:secret@127.0.0.1/", "redirects to a URL with a name or password",
	    "one with a password");
	bad("/to?", "redirects to nowhere", "one without a place");
	k.stop = true;
	look("/stall", "error source \"test\": stopped\n",
	    "a download is given up when the program is to stop");
	k.stop = false;
	ok(system(arena_printf(k.a, "[ -z \"$(ls %s/tmp)\" ]", kit_at(&k, "spool"))) == 0,
	    "no half of anything is left");
}

static void
test_urls(void)
{
	struct err e = ERR_INIT;

	ok(!kit_from(&k, "https://me:secret@feeds.example/x", &e) && strstr(e.text,
	    "may not hold a name or password") &&
	    !strstr(e.text, "secret@"), "a password in a URL is refused and not repeated");
	e = (struct err)ERR_INIT;
	ok(!kit_from(&k, "http://[::1", &e) && strstr(e.text, "not a URL"), "what is not a URL");
	e = (struct err)ERR_INIT;
	ok(http_may_follow("http://a.example/", "https://b.example/", &e), "from http to https");
	ok(!http_may_follow("https://a.example/", "http://b.example/", &e) && strstr(e.text, "https to http"),
	    "not back");
	is_str(http_shown(k.a, "https://me:secret@feeds.example:8443/a/b?key=1#x"),
	    "https://feeds.example:8443/a/b?...",
	    "what is shown of a URL");
}

/* Puts an address on the loopback of a network of our own. */
static bool
own_network(const char *address)
{
	struct ifreq r = { .ifr_name = "lo" };
	struct sockaddr_in in = { .sin_family = AF_INET };
	int s;

	if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return false;
	s = socket(AF_INET, SOCK_DGRAM, 0);
	r.ifr_flags = IFF_UP;
	if (ioctl(s, SIOCSIFFLAGS, &r) != 0)
		return false;
	memcpy(r.ifr_name, "lo:1", 5);
	inet_pton(AF_INET, address, &in.sin_addr);
	memcpy(&r.ifr_addr, &in, sizeof in);
	return ioctl(s, SIOCSIFADDR, &r) == 0 && close(s) == 0;
}

/* The address is a public one, because the rule is about those; the network has no way out. */
static int
inside(void)
{
	char text[200];
	struct err e = ERR_INIT;

	if (!own_network("9.9.9.9"))
		return 77;
	if (!start_server("0.0.0.0"))
		return 1;
	snprintf(text, sizeof text, "http://9.9.9.9:%d/to?http://127.0.0.1:%d/x", port, port);
	kit_from(&k, text, &e);
	buf_reset(&k.told);
	fetch_look(k.f, &k.src, false, &k.sink, &e);
	stop_server();
	printf("# %s%s\n", k.told.p, e.text);
	fflush(stdout);
	return strstr(k.told.p, "leads to 127.0.0.1 (") == NULL;
}

static void
test_inside(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(inside());
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		ok(true, "a redirect from outside to our own networks # SKIP no network of our own");
	else
		is_int(status, 0, "a redirect from outside to our own networks is not followed");
}

int
main(void)
{
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	unsetenv("ALL_PROXY");
	kit_open(&k, "t_http");
	if (!start_server("127.0.0.1"))
		skip_all("python3 could not start the server");
	test_good();
	test_conditional();
	test_faults();
	test_urls();
	test_inside();
	stop_server();
	return kit_close(&k) | done_testing();
}
