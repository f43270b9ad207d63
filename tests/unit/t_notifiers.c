/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notifiers maildir and smtp, loaded as they are shipped, against real
 * things: a folder, a real SMTP server with STARTTLS and AUTH, and scripted
 * faults.  What is proved is the answer: delivered, later, refused, unknown.
 */
#include <dlfcn.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <tocsin/plugin.h>
#include "tap.h"

static char dir[] = "/tmp/t_notifiers.XXXXXX";
static void *blocks[64];
static int nblock;

static void
host_log(struct tcs_ctx *ctx, int level, const char *fmt, ...)
{
	(void)ctx, (void)level, (void)fmt;
}

static void *
host_alloc(struct tcs_ctx *ctx, int life, size_t n)
{
	(void)ctx, (void)life;
	return nblock < 64 ? (blocks[nblock++] = calloc(1, n)) : NULL;
}

static const struct tcs_notifier_host host = {
	{ sizeof(struct tcs_notifier_host), TCS_ABI_MAJOR, TCS_ABI_MINOR, host_log, host_alloc }, NULL
};

static const struct tcs_plugin *
load(const char *name)
{
	const char *top = getenv("TOP_BUILDDIR");
	char path[4096];
	void *so;

	snprintf(path, sizeof path, "%s/plugins/%s.so", top ? top : ".", name);
	so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (so == NULL)
		printf("# %s\n", dlerror());
	return so ? dlsym(so, "tocsin_plugin_v1") : NULL;
}

static const char mail[] = "From: a@cert.example\r\nTo: b@shop.example\r\nSubject: x\r\n\r\n.a dot first\r\nend\r\n";

static struct tcs_result
deliver(const struct tcs_plugin *p, void *inst, const char *key, const char *address, const char *bytes)
{
	struct tcs_warning w = { .size = sizeof w, .key = key, .sender = "bounce@cert.example", .address = address,
		.bytes = bytes, .nbytes = strlen(bytes) };
	struct tcs_result r = { 0 };

	p->ops.notifier->deliver(inst, &w, &r);
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
	const struct tcs_plugin *p = load("maildir");
	char path[400];
	struct tcs_val v[2] = { { 1, TCS_T_STR, { .s = path } }, { 1, TCS_T_BOOL, { .i = 1 } } };
	struct tcs_result r;
	void *inst;

	snprintf(path, sizeof path, "%s/mails", dir);
	if (!ok(p && p->magic == TCS_MAGIC && p->open(NULL, &host.h, v, &inst) == TCS_OK, "maildir opens"))
		return;
	r = deliver(p, inst, "key-1", "Security@Shop.example", mail);
	answers(&r, TCS_DELIVERED, "a mail is filed");
	is_int(count_files("cat %s/mails/%s/new/key-1 | wc -c", "security@shop.example"), (int)strlen(mail), "whole, below the address");
	r = deliver(p, inst, "key-1", "security@shop.example", mail);
	answers(&r, TCS_DELIVERED, "the same again is delivered");
	is_int(count_files("find %s/mails/%s -type f | wc -l", "security@shop.example"), 1, "and still one file");
	r = deliver(p, inst, "../../k", "../../etc/x@y", mail);
	answers(&r, TCS_DELIVERED, "an address full of dots and slashes");
	is_int(count_files("find %s/mails -path '*%s*' -type f | wc -l", "_._.._etc_x@y/new"), 1, "stays below the folder");
	p->close(inst);
	snprintf(path, sizeof path, "%s", "/proc/none");
	p->open(NULL, &host.h, v, &inst);
	r = deliver(p, inst, "k", "a@b.example", mail);
	answers(&r, TCS_LATER, "a folder that cannot be made is tried again");
	p->close(inst);
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
	if (pipe(in) < 0 || pipe(out) < 0 || (s.pid = fork()) < 0)
		exit(99);
	if (s.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
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

enum { NOPT = 7 };

static struct tcs_result
smtp(const struct tcs_plugin *p, int port, int tls, const char *password, const char *address, const char *bytes)
{
	char url[100], ca[400];
	struct tcs_val v[NOPT] = { { 1, TCS_T_STR, { .s = url } }, { 1, TCS_T_ENUM, { .i = tls } }, { 1, TCS_T_STR, { .s = ca } },
		{ password != NULL, TCS_T_STR, { .s = "tocsin" } }, { password != NULL, TCS_T_SECRET, { .s = password } },
		{ 1, TCS_T_DURATION, { .i = 20 } }, { 0, TCS_T_STR, { .s = NULL } } };
	struct tcs_result r = { 0 };
	void *inst;

	snprintf(url, sizeof url, "smtp://127.0.0.1:%d", port);
	snprintf(ca, sizeof ca, "%s/ca.pem", dir);
	if (access(ca, R_OK) != 0 || strcmp(address, "no-ca@x.example") == 0)
		v[2].n = 0;
	if (p->open(NULL, &host.h, v, &inst) != TCS_OK)
		return r;
	r = deliver(p, inst, "k", address, bytes);
	p->close(inst);
	return r;
}

static void
check_smtp(void)
{
	const struct tcs_plugin *p = load("smtp");
	struct server s = serve("tls");
	struct tcs_result r;

	if (!ok(p && s.port > 0, "smtp loads and a server with STARTTLS and AUTH runs"))
		return;
	r = smtp(p, s.port, 0, "bell", "b@shop.example", mail);
	answers(&r, TCS_DELIVERED, "a mail is taken over TLS after a login");
	ok(strstr(r.reply, "queued as 1") != NULL, "the server's reply is kept");
	is_int(count_files("grep -c '^X-Env: bounce@cert.example b@shop.example' %s/%s", "1.eml"), 1, "envelope as given");
	is_int(count_files("grep -c '^\\.a dot first' %s/%s", "1.eml"), 1, "a dot in front stays one dot");
	r = smtp(p, s.port, 0, "wrong", "b@shop.example", mail);
	answers(&r, TCS_LATER, "a login that fails is ours to mend");
	r = smtp(p, s.port, 0, "bell", "no-ca@x.example", mail);
	answers(&r, TCS_LATER, "a certificate nobody vouches for");
	r = smtp(p, s.port, 0, "bell", "refused@shop.example", mail);
	answers(&r, TCS_REFUSED, "550 at RCPT is refused");
	r = smtp(p, s.port, 0, "bell", "later@shop.example", mail);
	answers(&r, TCS_LATER, "450 at RCPT is later");
	r = smtp(p, s.port, 0, "bell", "b@shop.example", "Subject: reject-me\r\n\r\nx\r\n");
	answers(&r, TCS_REFUSED, "554 after the dot is refused");
	r = smtp(p, s.port, 0, "bell", "b@shop.example>\r\nRCPT TO:<evil@x", mail);
	answers(&r, TCS_REFUSED, "a line break in an address is refused");
	unserve(&s);
	s = serve("plain");
	r = smtp(p, s.port, 0, NULL, "b@shop.example", mail);
	answers(&r, TCS_LATER, "without STARTTLS nothing leaves");
	r = smtp(p, s.port, 2, NULL, "b@shop.example", mail);
	answers(&r, TCS_DELIVERED, "unless told otherwise");
	unserve(&s);
	s = serve("drop-before");
	r = smtp(p, s.port, 2, NULL, "b@shop.example", mail);
	ok(r.answer == TCS_UNKNOWN || r.answer == TCS_LATER, "lost while handing over is never refused (%s)", r.reply);
	unserve(&s);
	s = serve("drop-after");
	r = smtp(p, s.port, 2, NULL, "b@shop.example", mail);
	answers(&r, TCS_UNKNOWN, "lost after the dot is unknown");
	unserve(&s);
	s = serve("closed");
	r = smtp(p, s.port, 2, NULL, "b@shop.example", mail);
	answers(&r, TCS_LATER, "nobody there is later");
	unserve(&s);
}

int
main(void)
{
	char cmd[100];

	signal(SIGPIPE, SIG_IGN);
	if (mkdtemp(dir) == NULL)
		return 99;
	check_maildir();
	check_smtp();
	while (nblock > 0)
		free(blocks[--nblock]);
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	return system(cmd) | done_testing();
}
