/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notifier webhook as the host uses it, through a worker with checked
 * options, against a real web server with faults (tests/lib/httpd.py).  What
 * is proved: what is posted, and the answer: delivered, later, refused,
 * unknown.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "6-deliver/notifier.h"
#include "paths.h"
#include "tap.h"

static char dir[] = "/tmp/t_webhook.XXXXXX";
static struct plugins *plugins;
static struct arena *arena;

struct server {
	pid_t	pid;
	int	in, port;
};

static struct server
serve(const char *mode)
{
	const char *top = getenv("TOP_SRCDIR");
	struct server s = { 0 };
	char script[4096];
	int in[2], out[2];
	FILE *f;

	snprintf(script, sizeof script, "%s/tests/lib/httpd.py", top ? top : ".");
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 || (s.pid = fork()) < 0)
		exit(99);
	if (s.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(open("/dev/null", O_WRONLY), 2);
		signal(SIGPIPE, SIG_DFL);
		unsetenv("LD_PRELOAD");
		execl("/usr/bin/python3", "python3", script, dir, mode, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	s.in = in[1];
	f = fdopen(out[0], "r");
	if (f == NULL || fscanf(f, "%d", &s.port) != 1)
		s.port = 0;
	if (f)
		fclose(f);
	return s;
}

static void
unserve(struct server *s)
{
	close(s->in);
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
}

/* Options as name, value, ..., NULL. */
static struct notifier *
open_with(const char *const *opts, struct err *e)
{
	const struct plugin *p = plugin_get(plugins, "webhook", TCS_NOTIFIER, e);
	struct given g[16] = { { 0 } };
	struct tcs_val *v;
	uint32_t n;

	for (n = 0; opts[2 * n]; n++)
		g[n] = (struct given){ opts[2 * n], opts[2 * n + 1], NULL, 0 };
	v = p ? options_check(arena, p, g, n, e) : NULL;
	return v ? notifier_start(p, v, e) : NULL;
}

static struct tcs_result
post(struct notifier *n, const char *address, const char *bytes, size_t len)
{
	struct tcs_warning w = { .size = sizeof w, .key = "0a1b2c", .sender = "", .address = address,
		.bytes = bytes, .nbytes = len };
	struct tcs_result r = { 0 };
	struct err e = ERR_INIT;

	if (!notifier_begin(n, &w, &e))
		snprintf(r.reply, sizeof r.reply, "%.200s", e.text);
	else
		while (notifier_poll(n, -1, &r) == 0)
			;
	return r;
}

static const char body[] = "{\"id\":\"2026-00417\"}\n";

/* Posts to one path of a server. */
static struct tcs_result
post_to(struct notifier *n, const struct server *s, const char *path)
{
	char url[200];

	snprintf(url, sizeof url, "http://127.0.0.1:%d/%s", s->port, path);
	return post(n, url, body, strlen(body));
}

static bool
answers(const struct tcs_result *r, uint32_t want, const char *what)
{
	bool same = ok(r->answer == want, "%s", what);

	if (!same)
		printf("# answer %u, reply: %s\n", r->answer, r->reply);
	return same;
}

/* The last request; to be freed. */
static char *
last_request(void)
{
	char path[200], *line = NULL, *keep = NULL;
	size_t cap = 0;
	FILE *f;

	snprintf(path, sizeof path, "%s/log", dir);
	if ((f = fopen(path, "r")) == NULL)
		return NULL;
	while (getline(&line, &cap, f) > 0) {
		free(keep);
		keep = strdup(line);
	}
	free(line);
	fclose(f);
	return keep;
}

static int
count_requests(void)
{
	char path[200];
	int c, n = 0;
	FILE *f;

	snprintf(path, sizeof path, "%s/log", dir);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	while ((c = getc(f)) != EOF)
		n += c == '\n';
	fclose(f);
	return n;
}

/* ---- answers -------------------------------------------------------------- */

static void
test_answers(const struct server *s)
{
	static const struct { const char *path; uint32_t want, after; const char *reply, *what; } t[] = {
		{ "status/200", TCS_DELIVERED, 0, "200 OK: as you say", "200 is delivered" },
		{ "status/201", TCS_DELIVERED, 0, "201 Created", "201 too" },
		{ "status/299", TCS_DELIVERED, 0, "299", "and any other 2xx" },
		{ "status/408", TCS_LATER, 0, "408", "408 is later" },
		{ "status/425", TCS_LATER, 0, "425", "425 is later" },
		{ "status/429/7", TCS_LATER, 7, "429 Too Many Requests", "429 is later, after what it says" },
		{ "status/500", TCS_LATER, 0, "500", "500 is later" },
		{ "status/503/120", TCS_LATER, 120, "503", "503 is later, after what it says" },
		{ "status/401", TCS_LATER, 0, "401", "401 is ours to mend" },
		{ "status/400", TCS_REFUSED, 0, "400", "400 is refused" },
		{ "status/403", TCS_REFUSED, 0, "403", "403 is refused" },
		{ "status/404", TCS_REFUSED, 0, "404", "404 is refused" },
		{ "status/410/7", TCS_REFUSED, 0, "410", "410 is refused" },
		{ "moved", TCS_REFUSED, 0, "307", "a redirect is not followed" },
		{ "control", TCS_REFUSED, 0, "404 Not Found:  [31mred  X: y", "what is said is printable" },
		{ "half", TCS_DELIVERED, 0, "200", "a 2xx that breaks off was one" },
		{ "endless", TCS_DELIVERED, 0, "200", "a 2xx without end was one" },
		{ "cut", TCS_UNKNOWN, 0, "", "cut after all was sent is unknown" },
	};
	const char *opts[] = { "timeout", "30s", NULL };
	struct err e = ERR_INIT;
	struct notifier *n = open_with(opts, &e);
	struct tcs_result r;
	size_t i;
	int before;

	if (!ok(n != NULL, "webhook opens (%s)", e.text))
		return;
	for (i = 0; i < sizeof t / sizeof *t; i++) {
		before = count_requests();
		r = post_to(n, s, t[i].path);
		answers(&r, t[i].want, t[i].what);
		if (!ok(r.after == t[i].after && strstr(r.reply, t[i].reply) && count_requests() == before +
		    1 && strcmp(r.remote, "127.0.0.1") == 0, "its reply, its wait, and it was asked once"))
			printf("# %u %s\n", r.after, r.reply);
	}
	notifier_stop(n);
}

static void
test_moments(const struct server *s)
{
	const char *opts[] = { "timeout", "2s", NULL };
	size_t big = 16 << 20;
	char *much = calloc(1, big), url[200];
	struct err e = ERR_INIT;
	struct notifier *n = open_with(opts, &e);
	struct tcs_result r;

	memset(much, 'x', big);
	snprintf(url, sizeof url, "http://127.0.0.1:%d/reset", s->port);
	r = post(n, url, much, big);
	answers(&r, TCS_LATER, "cut before all was sent is later");
	r = post_to(n, s, "hang");
	answers(&r, TCS_UNKNOWN, "no answer in time is unknown");
	r = post(n, "http://127.0.0.1:1/", body, strlen(body));
	answers(&r, TCS_LATER, "nobody there is later");
	r = post(n, "https://nobody.invalid/", body, strlen(body));
	answers(&r, TCS_LATER, "a name that does not exist is later");
	notifier_stop(n);
	free(much);
}

/* ---- what is posted ------------------------------------------------------- */

static void
test_request(const struct server *s)
{
	char url[200], *line;
	const char *opts[] = { "url", url, "token", "s3cr3t", NULL };
	struct err e = ERR_INIT;
	struct notifier *n;
	struct tcs_result r;

	snprintf(url, sizeof url, "http://localhost:%d/status/202", s->port);
	if (!ok((n = open_with(opts, &e)) != NULL, "with url and token (%s)", e.text))
		return;
	r = post(n, "https://elsewhere.example/", body, strlen(body));
	answers(&r, TCS_DELIVERED, "url goes before the contact's address");
	line = last_request();
	ok(line && strstr(line, "\"method\": \"POST\"") && strstr(line,
	    "\"body\": \"{\\\"id\\\":\\\"2026-00417\\\"}\\n\""), "the bytes as they were rendered");
	ok(line && strstr(line, "\"content-type\": \"application/json\""), "as JSON");
	ok(line && strstr(line, "\"idempotency-key\": \"0a1b2c\""), "with the warning's key");
	ok(line && strstr(line, "\"authorization\": \"Bearer s3cr3t\"") && !strstr(line, "\"expect\""),
	    "and the token");
	free(line);
	ok(notifier_check(n, &e), "check reaches it (%s)", e.text);
	notifier_stop(n);
	snprintf(url, sizeof url, "http://localhost:%d/status/401", s->port);
	n = open_with(opts, &e);
	ok(n && !notifier_check(n, &e) && strstr(e.text, "401"),
	    "check tells of a token that is not known (%s)", e.text);
	notifier_stop(n);
}

static void
test_addresses(void)
{
	static const struct { const char *url, *why; } t[] = {
		{ "http://203.0.113.5/x", "http in clear" },
		{ "http://localhost.attacker.example/x", "http in clear" },
		{ "http://127.0.0.1.attacker.example/x", "http in clear" },
		{ "ftp://127.0.0.1/x", "begins with https" },
		{ "file:///etc/passwd", "https" },
		{ "https://user:password@shop.example/", "without user" },
		{ "soc@shop.example", "not a URL" },
		{ "", "not a URL" },
	};
	static const char *const wrong[][6] = {
		{ "token", "x", NULL }, { "url", "http://203.0.113.5/", NULL }, { "url", "nonsense", NULL },
		{ "url", "https://a.example/", "token", "a b", NULL },
	};
	const char *opts[] = { "timeout", "2s", NULL };
	struct err e = ERR_INIT;
	struct notifier *n = open_with(opts, &e);
	struct tcs_result r;
	size_t i;

	for (i = 0; n != NULL && i < sizeof t / sizeof *t; i++) {
		r = post(n, t[i].url, body, strlen(body));
		answers(&r, TCS_REFUSED, t[i].url);
		ok(strstr(r.reply, t[i].why) != NULL, "because: %s", r.reply);
	}
	notifier_stop(n);
	for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		n = open_with(wrong[i], &e);
		ok(n == NULL && e.text[0], "%s", e.text);
		notifier_stop(n);
	}
}

static void
test_tls(void)
{
	struct server s = serve("tls");
	char url[200], pem[200];
	const char *opts[] = { "url", url, "ca", pem, NULL }, *none[] = { "url", url, NULL };
	struct err e = ERR_INIT;
	struct notifier *n;
	struct tcs_result r;

	if (!ok(s.port > 0, "a server with TLS runs"))
		return;
	snprintf(url, sizeof url, "https://127.0.0.1:%d/status/204", s.port);
	snprintf(pem, sizeof pem, "%s/ca.pem", dir);
	n = open_with(opts, &e);
	r = post(n, "", body, strlen(body));
	answers(&r, TCS_DELIVERED, "over TLS, with a certificate that ca vouches for");
	notifier_stop(n);
	n = open_with(none, &e);
	r = post(n, "", body, strlen(body));
	answers(&r, TCS_LATER, "a certificate nobody vouches for is later: nothing was sent");
	notifier_stop(n);
	unserve(&s);
}

static void
test_render(void)
{
	static const char json[] = "{\"warning\":\"2026-00417\",\"systems\":[]}\n",
	    text[] = "A \"bell\"\r\n\\ \x01";
	struct tcs_part part[2] = { { "text/plain", NULL, text, sizeof text - 1 },
		{ "application/json", NULL, json, sizeof json - 1 } };
	struct tcs_warning w = { .size = sizeof w, .tlp = 3, .id = "2026-00417", .key = "0a1b2c",
		.message_id = "<x@cert.example>", .sender = "", .recipient = "acme",
		.address = "https://acme.example/hook", .language = "nl", .subject = "[TLP:AMBER]",
		.part = part, .npart = 2 };
	const char *opts[] = { NULL }, *type = "", *bytes = "";
	struct err e = ERR_INIT;
	struct notifier *n = open_with(opts, &e);
	size_t len = 0;

	ok(n && notifier_render(n, &w, arena, &type, &bytes, &len, &e), "a warning is rendered (%s)", e.text);
	is_str(type, "application/json", "as JSON");
	is_str(bytes, "{\"id\":\"2026-00417\",\n\"key\":\"0a1b2c\",\n\"message_id\":\"<x@cert.example>\",\n"
	    "\"answers\":null,\n\"recipient\":\"acme\",\n\"tlp\":\"amber+strict\",\n"
	    "\"subject\":\"[TLP:AMBER]\",\n\"language\":\"nl\",\n\"text\":\"A \\\"bell\\\"\\u000d\\n\\\\ "
	    "\\u0001\",\n\"warning\":{\"warning\":\"2026-00417\",\"systems\":[]}}\n",
	    "the JSON part, and around it what a receiver routes by");
	w.npart = 1;
	ok(n && !notifier_render(n, &w, arena, &type, &bytes, &len, &e) && strstr(e.text, "no JSON part"),
	    "%s", e.text);
	notifier_stop(n);
}

int
main(void)
{
	struct err e = ERR_INIT;
	struct server s;
	char cmd[100];

	signal(SIGPIPE, SIG_IGN);
	if (mkdtemp(dir) == NULL || (plugins = plugins_find(path_plugins(), &e)) == NULL)
		return 99;
	arena = arena_new();
	s = serve("plain");
	if (ok(s.port > 0, "a web server runs")) {
		test_answers(&s);
		test_moments(&s);
		test_request(&s);
	}
	unserve(&s);
	test_addresses();
	test_tls();
	test_render();
	arena_free(arena);
	plugins_free(plugins);
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	return system(cmd) | done_testing();
}
