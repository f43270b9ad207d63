/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notifiers maildir and smtp, as the host uses them: through a worker,
 * with checked options, against real things: a folder, a real SMTP server with
 * STARTTLS and AUTH, and scripted faults.  What is proved is the answer:
 * delivered, later, refused, unknown.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "6-deliver/notifier.h"
#include "paths.h"
#include "tap.h"

static char dir[] = "/tmp/t_notifiers.XXXXXX";
static struct plugins *plugins;
static struct arena *arena;

/* Opens a notifier with options given as name, value, ..., NULL. */
static struct notifier *
open_with(const char *name, const char *const *opts, struct err *e)
{
	const struct plugin *p = plugin_get(plugins, name, TCS_NOTIFIER, e);
	struct given g[16] = { { 0 } };
	struct tcs_val *v;
	uint32_t n;

	for (n = 0; opts[2 * n]; n++)
		g[n] = (struct given){ opts[2 * n], opts[2 * n + 1], NULL, 0 };
	v = p ? options_check(arena, p, g, n, e) : NULL;
	return v ? notifier_start(p, v, e) : NULL;
}

static const char mail[] = "From: a@cert.example\r\nTo: b@shop.example\r\nSubject: x\r\n\r\n"
    ".a dot first\r\nend\r\n";

static struct tcs_result
deliver(struct notifier *n, const char *key, const char *address, const char *bytes)
{
	struct tcs_warning w = { .size = sizeof w, .key = key, .sender = "bounce@cert.example",
	    .address = address,
		.bytes = bytes, .nbytes = strlen(bytes) };
	struct tcs_result r = { 0 };
	struct err e = ERR_INIT;

	if (!notifier_begin(n, &w, &e))
		snprintf(r.reply, sizeof r.reply, "%.200s", e.text);
	else
		while (notifier_poll(n, -1, &r) == 0)
			;
	return r;
}

static void
answers(const struct tcs_result *r, uint32_t want, const char *what)
{
	if (!ok(r->answer == want, "%s", what))
		printf("# answer %u, reply: %s\n", r->answer, r->reply);
}

static int
count_files(const char *fmt, const char *sub)
{
	char cmd[600];
	int n = -1;
	FILE *f;

	snprintf(cmd, sizeof cmd, fmt, dir, sub);
	f = popen(cmd, "r");
	if (f && fscanf(f, "%d", &n) != 1)
		n = -1;
	if (f)
		pclose(f);
	return n;
}

static void
check_maildir(void)
{
	char path[400], cmd[900];
	const char *opts[] = { "path", path, NULL };
	struct err e = ERR_INIT;
	struct tcs_result r;
	struct notifier *n;

	snprintf(path, sizeof path, "%s/mails", dir);
	n = open_with("maildir", opts, &e);
	if (!ok(n != NULL, "maildir opens (%s)", e.text))
		return;
	r = deliver(n, "key-1", "Security@Shop.example", mail);
	answers(&r, TCS_DELIVERED, "a mail is filed");
	is_int(count_files("cat %s/mails/%s/new/key-1 | wc -c", "security@shop.example"), (int)strlen(mail),
	    "whole, below the address");
	r = deliver(n, "key-1", "security@shop.example", mail);
	answers(&r, TCS_DELIVERED, "the same again is delivered");
	is_int(count_files("find %s/mails/%s -type f | wc -l", "security@shop.example"), 1,
	    "and still one file");
	snprintf(cmd, sizeof cmd, "cd %s/security@shop.example && mv new/key-1 cur/key-1:2,S", path);
	ok(system(cmd) == 0, "somebody reads it");
	r = deliver(n, "key-1", "security@shop.example", mail);
	answers(&r, TCS_DELIVERED, "the same once more");
	is_int(count_files("find %s/mails/%s -type f | wc -l", "security@shop.example"), 1,
	    "is not filed again");
	r = deliver(n, "../../k", "../../etc/x@y", mail);
	answers(&r, TCS_DELIVERED, "an address full of dots and slashes");
	is_int(count_files("find %s/mails -path '*%s*' -type f | wc -l", "_._.._etc_x@y/new"), 1,
	    "stays below the folder");
	notifier_stop(n);
	snprintf(path, sizeof path, "%s", "/proc/none");
	n = open_with("maildir", opts, &e);
	r = deliver(n, "k", "a@b.example", mail);
	answers(&r, TCS_LATER, "a folder that cannot be made is tried again");
	notifier_stop(n);
}

struct server {
	pid_t	pid;
	int	in, port;
};

/* Starts tests/lib/smtpd.py and waits until it has said its port; it ends when its standard input does. */
static struct server
serve(const char *mode)
{
	const char *top = getenv("TOP_SRCDIR");
	struct server s = { 0 };
	char script[4096];
	int in[2], out[2];
	FILE *f;

	snprintf(script, sizeof script, "%s/tests/lib/smtpd.py", top ? top : ".");
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 || (s.pid = fork()) < 0)
		exit(99);
	if (s.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(open("/dev/null", O_WRONLY), 2);	/* it grumbles about what it is told */
		signal(SIGPIPE, SIG_DFL);
		unsetenv("LD_PRELOAD");
		execl("/usr/bin/python3", "python3", script, mode, dir, (char *)NULL);
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

/* How a notifier logs in: tls, user and password, certificates; each NULL: not given. */
static struct notifier *
smtp_open(const struct server *s, const char *tls, const char *password, bool ca)
{
	char url[100], pem[400];
	const char *opts[16] = { "server", url, "timeout", "30s" };
	struct err e = ERR_INIT;
	struct notifier *n;
	int k = 4;

	snprintf(url, sizeof url, "smtp://127.0.0.1:%d", s->port);
	snprintf(pem, sizeof pem, "%s/ca.pem", dir);
	if (tls)
		opts[k++] = "tls", opts[k++] = tls;
	if (password)
		opts[k++] = "user", opts[k++] = "tocsin", opts[k++] = "password", opts[k++] = password;
	if (ca)
		opts[k++] = "ca", opts[k++] = pem;
	n = open_with("smtp", opts, &e);
	if (n == NULL)
		printf("# %s\n", e.text);
	return n;
}

static struct tcs_result
once(const struct server *s, const char *tls, const char *password, bool ca, const char *address,
    const char *bytes)
{
	struct notifier *n = smtp_open(s, tls, password, ca);
	struct tcs_result r = { 0 };

	if (n)
		r = deliver(n, "k", address, bytes);
	notifier_stop(n);
	return r;
}

static void
check_tls(void)
{
	struct server s = serve("tls");
	struct notifier *n = s.port ? smtp_open(&s, NULL, "v3sper7", true) : NULL;
	struct err e = ERR_INIT;
	struct tcs_result r;

	if (!ok(n != NULL, "smtp opens, and a server with STARTTLS and AUTH runs"))
		return;
	ok(notifier_check(n, &e), "it can log in (%s)", e.text);
	r = deliver(n, "k", "b@shop.example", mail);
	answers(&r, TCS_DELIVERED, "a mail is taken over TLS after a login");
	ok(strstr(r.reply, "queued as 1") != NULL && strcmp(r.remote, "127.0.0.1") == 0,
	    "the server's reply and address are kept");
	is_int(count_files("grep -c '^X-Env: bounce@cert.example b@shop.example tls' %s/%s", "1.eml"), 1,
	    "envelope as given, by TLS");
	is_int(count_files("grep -c '^\\.a dot first' %s/%s", "1.eml"), 1, "a dot in front stays one dot");
	r = deliver(n, "k", "refused@shop.example", mail);
	answers(&r, TCS_REFUSED, "550 at RCPT is refused");
	r = deliver(n, "k", "later@shop.example", mail);
	answers(&r, TCS_LATER, "450 at RCPT is later");
	r = deliver(n, "k", "b@shop.example", "Subject: reject-me\r\n\r\nx\r\n");
	answers(&r, TCS_REFUSED, "554 after the dot is refused");
	r = deliver(n, "k", "b@shop.example", "Subject: defer-me\r\n\r\nx\r\n");
	answers(&r, TCS_LATER, "451 after the dot is later");
	r = deliver(n, "k", "b@shop.example>\r\nRCPT TO:<evil@x", mail);
	answers(&r, TCS_REFUSED, "a line break in an address is refused");
	r = deliver(n, "k", "c@shop.example", mail);
	answers(&r, TCS_DELIVERED, "and the next is taken, over the same worker");
	notifier_stop(n);
	r = once(&s, NULL, "wrong", true, "b@shop.example", mail);
	answers(&r, TCS_LATER, "a login that fails is ours to mend");
	n = smtp_open(&s, NULL, "wrong", true);
	ok(n && !notifier_check(n, &e) && strstr(e.text, "535"), "and check says so (%s)", e.text);
	notifier_stop(n);
	r = once(&s, NULL, NULL, true, "b@shop.example", mail);
	answers(&r, TCS_LATER, "no login where one is asked for is ours to mend");
	r = once(&s, NULL, "v3sper7", false, "b@shop.example", mail);
	answers(&r, TCS_LATER, "a certificate nobody vouches for");
	unserve(&s);
}

static void
check_plain(void)
{
	struct server s = serve("plain");
	struct tcs_result r = once(&s, NULL, NULL, false, "b@shop.example", mail);

	answers(&r, TCS_LATER, "without STARTTLS nothing leaves");
	r = once(&s, "if-offered", NULL, false, "b@shop.example", mail);
	answers(&r, TCS_DELIVERED, "unless it only must when offered");
	r = once(&s, "never", NULL, false, "b@shop.example", mail);
	answers(&r, TCS_DELIVERED, "or never");
	ok(smtp_open(&s, "if-offered", "v3sper7", false) == NULL, "but a password never travels in clear");
	unserve(&s);
}

static void
check_scripts(void)
{
	static const struct { const char *mode; uint32_t want; const char *what; } t[] = {
		{ "drop-greeting", TCS_LATER, "cut before the greeting is later" },
		{ "drop-after", TCS_UNKNOWN, "cut after the final dot is unknown" },
		{ "busy", TCS_LATER, "421 for a greeting is later" },
		{ "unwelcome", TCS_LATER, "554 for a greeting is not the recipient's refusal" },
		{ "bad-sender", TCS_LATER, "550 to MAIL is about us" },
		{ "too-large", TCS_REFUSED, "552 to MAIL is about this mail" },
		{ "auth-first", TCS_LATER, "530 to RCPT is ours to mend" },
		{ "closing", TCS_LATER, "421 after the final dot: it was not taken" },
		{ "gone", TCS_REFUSED, "a refusal of two lines" },
		{ "closed", TCS_LATER, "nobody there is later" },
	};
	struct tcs_result r;
	struct server s;
	size_t i;

	for (i = 0; i < sizeof t / sizeof *t; i++) {
		s = serve(t[i].mode);
		r = once(&s, "never", NULL, false, "b@shop.example", mail);
		answers(&r, t[i].want, t[i].what);
		unserve(&s);
	}
	s = serve("drop-before");
	r = once(&s, "never", NULL, false, "b@shop.example", mail);
	ok(r.answer == TCS_UNKNOWN || r.answer == TCS_LATER, "lost while handing over is never refused (%s)",
	    r.reply);
	unserve(&s);
}

int
main(void)
{
	struct err e = ERR_INIT;
	char cmd[100];

	signal(SIGPIPE, SIG_IGN);
	if (mkdtemp(dir) == NULL || (plugins = plugins_find(path_plugins(), &e)) == NULL)
		return 99;
	arena = arena_new();
	check_maildir();
	check_tls();
	check_plain();
	check_scripts();
	arena_free(arena);
	plugins_free(plugins);
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	return system(cmd) | done_testing();
}
