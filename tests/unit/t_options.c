/* SPDX-License-Identifier: Apache-2.0 */
/* Options of plugins: every type, ranges, choices, lists, secrets, defaults, and what a person is told when
 * one is wrong. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "option.h"
#include "plugin_host.h"
#include "tap.h"

static struct tcs_opt opts[] = {
	{ "verify", TCS_T_BOOL, 0, "yes", NULL, "h" },
	{ "port", TCS_T_INT, 0, "25", "1..65535", "h" },
	{ "share", TCS_T_REAL, 0, "0.5", "0..1", "h" },
	{ "server", TCS_T_STR, 0, NULL, NULL, "Where to." },
	{ "tls", TCS_T_ENUM, 0, "required", "required|if-offered|never", "h" },
	{ "timeout", TCS_T_DURATION, 0, "5m", "1s..1h", "h" },
	{ "most", TCS_T_SIZE, 0, "64M", NULL, "h" },
	{ "password", TCS_T_SECRET, TCS_O_OPTIONAL, NULL, NULL, "h" },
	{ "list", TCS_T_DATA, 0, NULL, NULL, "h" },
	{ "columns", TCS_T_STR, TCS_O_LIST | TCS_O_OPTIONAL, NULL, NULL, "h" },
	{ "ports", TCS_T_INT, TCS_O_LIST, "1,2,3", "1..10", "h" },
	{ "ca", TCS_T_STR, TCS_O_OPTIONAL | TCS_O_PATH, NULL, NULL, "h" },
};
enum { VERIFY, PORT, SHARE, SERVER, TLS, TIMEOUT, MOST, PASSWORD, LIST, COLUMNS, PORTS, CA, NOPT };
static const struct plugin plugin = { .path = "x.so", .name = "mock", .kind = TCS_NOTIFIER, .opts = opts,
    .nopt = NOPT };

static struct arena *a;
static char dir[] = "/tmp/t_options.XXXXXX";

/* The values with one option given beside the server, or NULL and the error in e. */
static struct tcs_val *
with(const char *name, const char *value, struct err *e)
{
	struct given g[] = { { "server", "smtp://mail.example", "tocsin.conf", 3 }, { name, value,
	    "tocsin.conf", 7 } };

	*e = (struct err)ERR_INIT;
	return options_check(a, &plugin, g, name ? 2 : 1, e);
}

static void
says(const char *name, const char *value, const char *want)
{
	struct err e;
	char what[100];

	snprintf(what, sizeof what, "%s = %.40s is refused", name, value);
	if (ok(with(name, value, &e) == NULL, "%s", what))
		is_str(e.text, want, "and the reason is said");
}

static void
check_defaults(void)
{
	struct err e;
	struct tcs_val *v = with(NULL, NULL, &e);

	if (!ok(v != NULL, "defaults are filled in"))
		return;
	is_int(v[VERIFY].v.i, 1, "a bool");
	is_int(v[PORT].v.i, 25, "an integer");
	ok(v[SHARE].v.r > 0.49 && v[SHARE].v.r < 0.51, "a number");
	is_str(v[SERVER].v.s, "smtp://mail.example", "what was given");
	is_int(v[TLS].v.i, 0, "a choice by its index");
	is_int(v[TIMEOUT].v.i, 300, "a duration in seconds");
	is_int(v[MOST].v.i, 64 << 20, "a size in bytes");
	is_int(v[PASSWORD].n, 0, "optional and not given");
	is_int(v[LIST].n, 0, "data is the host's to hand over");
	is_int(v[COLUMNS].n, 0, "an optional list");
	ok(v[PORTS].n == 3 && v[PORTS].v.list[2].v.i == 3, "a list's default");
}

static void
check_values(void)
{
	static const struct { const char *name, *value; int at; int64_t want; } t[] = {
		{ "verify", "off", VERIFY, 0 }, { "verify", "True", VERIFY, 1 }, { "port", "65535", PORT,
		    65535 },
		{ "tls", "never", TLS, 2 }, { "tls", "If-Offered", TLS, 1 }, { "timeout", "45s", TIMEOUT,
		    45 },
		{ "most", "1048576", MOST, 1 << 20 }, { "most", "3K", MOST, 3072 }, { "most", "2g", MOST,
		    INT64_C(2) << 30 },
		{ "most", "5MiB", MOST, 5 << 20 }, { "most", "5MB", MOST, 5 << 20 },
	};
	struct err e;
	struct tcs_val *v;
	size_t i;

	for (i = 0; i < sizeof t / sizeof *t; i++) {
		v = with(t[i].name, t[i].value, &e);
		ok(v && v[t[i].at].v.i == t[i].want, "%s = %s (%s)", t[i].name, t[i].value, e.text);
	}
	v = with("columns", "ip, time ,port", &e);
	ok(v && v[COLUMNS].n == 3 && strcmp(v[COLUMNS].v.list[1].v.s, "time") == 0, "a list, blanks cut off");
	v = with("share", "1e-1", &e);
	ok(v && v[SHARE].v.r > 0.09 && v[SHARE].v.r < 0.11, "an exponent");
}

static void
check_errors(void)
{
	struct err e = ERR_INIT;
	struct given twice[] = { { "port", "1", NULL, 0 }, { "port", "2", NULL, 0 } };
	struct given lists[] = { { "server", "x", NULL, 0 }, { "ports", "4", NULL, 0 }, { "ports", "5,6",
	    NULL, 0 } };
	struct tcs_val *v;

	says("verify", "maybe",
	    "tocsin.conf:7: option \"verify\" of plugin \"mock\": \"maybe\": expected true or false");
	says("port", "70000", "tocsin.conf:7: option \"port\" of plugin \"mock\": \"70000\": expected a "
	    "whole number from 1..65535");
	says("port", "25x", "tocsin.conf:7: option \"port\" of plugin \"mock\": \"25x\": expected a whole "
	    "number from 1..65535");
	says("share", "1.01",
	    "tocsin.conf:7: option \"share\" of plugin \"mock\": \"1.01\": expected a number from 0..1");
	says("share", "nan",
	    "tocsin.conf:7: option \"share\" of plugin \"mock\": \"nan\": expected a number from 0..1");
	says("tls", "requird", "tocsin.conf:7: option \"tls\" of plugin \"mock\": \"requird\": expected "
	    "required|if-offered|never, did you mean \"required\"?");
	says("timeout", "5",
	    "tocsin.conf:7: option \"timeout\" of plugin \"mock\": \"5\": expected a time as 30s, 15m, "
	    "12h, 7d from 1s..1h");
	says("timeout", "2h",
	    "tocsin.conf:7: option \"timeout\" of plugin \"mock\": \"2h\": expected a time as 30s, 15m, "
	    "12h, 7d from 1s..1h");
	says("most", "9999999999G",
	    "tocsin.conf:7: option \"most\" of plugin \"mock\": \"9999999999G\": expected a size as "
	    "4096, 512K, 64M, 2G");
	says("ports", "1,11",
	    "tocsin.conf:7: option \"ports\" of plugin \"mock\": \"11\": expected a whole number from 1..10");
	says("time_out", "1s",
	    "tocsin.conf:7: plugin \"mock\" has no option \"time_out\", did you mean \"timeout\"?");
	says("xyzzy", "1", "tocsin.conf:7: plugin \"mock\" has no option \"xyzzy\"; it has verify, port, "
	    "share, server, tls, timeout, most, password, list, columns, ports, ca");
	ok(options_check(a, &plugin, NULL, 0, &e) == NULL, "an option that must be given is missed");
	is_str(e.text, "plugin \"mock\" must be given \"server\" (text): Where to.", "by name and help");
	e = (struct err)ERR_INIT;
	ok(options_check(a, &plugin, twice, 2, &e) == NULL, "twice on the command line is refused");
	is_str(e.text, "option \"port\" of plugin \"mock\": expected it once, it is given twice",
	    "with no place");
	v = options_check(a, &plugin, lists, 3, &e);
	ok(v && v[PORTS].n == 3 && v[PORTS].v.list[0].v.i == 4, "but a list goes on");
}

static void
check_paths(void)
{
	struct err e = ERR_INIT;
	static const char conf[] = "/etc/tocsin/tocsin.conf";
	struct given g[] = { { "server", "x", conf, 3 }, { "ca", "tls/ca.pem", conf, 4 } };
	struct tcs_val *v = options_check(a, &plugin, g, 2, &e);

	is_str(v ? v[CA].v.s : e.text, "/etc/tocsin/tls/ca.pem", "a file name is seen from the config");
	g[1].value = "/tls/ca.pem";
	v = options_check(a, &plugin, g, 2, &e);
	is_str(v ? v[CA].v.s : e.text, "/tls/ca.pem", "an absolute one is what it is");
	g[1] = (struct given){ "ca", "tls/ca.pem", NULL, 0 };
	v = options_check(a, &plugin, g, 2, &e);
	is_str(v ? v[CA].v.s : e.text, "tls/ca.pem", "and on the command line from where one is");
}

static void
put_file(const char *name, const char *text)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	if ((f = fopen(path, "w")) != NULL) {
		fputs(text, f);
		fclose(f);
	}
}

static void
check_secrets(void)
{
	struct err e = ERR_INIT;
	char conf[200], want[600];
	struct given g[] = { { "server", "x", conf, 3 }, { "password", "@pass", conf, 4 } };
	struct tcs_val *v;

	snprintf(conf, sizeof conf, "%s/tocsin.conf", dir);
	put_file("pass", "bell book\n");
	put_file("empty", "\n");
	v = options_check(a, &plugin, g, 2, &e);
	ok(v && strcmp(v[PASSWORD].v.s, "bell book") == 0, "a secret from a file beside the configuration");
	g[1].value = "@none";
	ok(options_check(a, &plugin, g, 2, &e) == NULL, "a file that is not there");
	snprintf(want, sizeof want,
	    "%s:4: option \"password\" of plugin \"mock\": expected a file that can be read: %s/none: "
	    "No such file or directory", conf, dir);
	is_str(e.text, want, "is named");
	e = (struct err)ERR_INIT;
	g[1].value = "@empty";
	ok(options_check(a, &plugin, g, 2, &e) == NULL && strstr(e.text, "is empty"), "an empty file");
	g[1].value = "@@home";
	v = options_check(a, &plugin, g, 2, &e);
	ok(v && strcmp(v[PASSWORD].v.s, "@home") == 0, "a secret that begins with @");
}

int
main(void)
{
	char cmd[100];

	if (mkdtemp(dir) == NULL)
		return 99;
	a = arena_new();
	check_defaults();
	check_values();
	check_errors();
	check_paths();
	check_secrets();
	arena_free(a);
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	return system(cmd) | done_testing();
}
