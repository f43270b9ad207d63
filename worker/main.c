/* SPDX-License-Identifier: Apache-2.0 */
/* tocsin-worker MODE PLUGIN.so [WRITABLE...]: started by the host with the descriptors of wire.h; not for
 * people.  See worker.h. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fence.h"
#include "worker.h"

static int
describe_main(const struct tcs_plugin *p)
{
	struct buf b;

	buf_init(&b);
	describe(&b, p);
	say(W_DECLARES, &b);
	buf_free(&b);
	return 0;
}

/* Which fences this system has, tried in a child as for an input. */
static int
probe_main(const struct tcs_plugin *p)
{
	struct limits l = { 0 };
	uint32_t have = confine_layers();
	struct buf b;
	int status = 1;
	pid_t child;

	(void)p;
	if ((child = fork()) == 0)
		_exit(confine_source(&l) ? 0 : 1);
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		have &= ~(uint32_t)W_LAYER_CALLS;
	buf_init(&b);
	pack_u32(&b, have);
	say(W_FENCED, &b);
	buf_free(&b);
	return 0;
}

static const struct {
	const char	*name;
	enum confine_mode confine;
	uint32_t	 kind;			/* 0: any */
	int		 last;			/* descriptor it is born with */
	int		 (*run)(const struct tcs_plugin *);
} modes[] = {
	{ "describe", CONFINE_DESCRIBE, 0, W_FD_SOCKET, describe_main },
	{ "source", CONFINE_SOURCE, TCS_SOURCE, W_FD_WAKE_HOST, source_main },
	{ "notifier", CONFINE_NOTIFIER, TCS_NOTIFIER, W_FD_SOCKET, notifier_main },
	{ "probe", CONFINE_SOURCE, 0, W_FD_SOCKET, probe_main },	/* of this program itself */
};

static const struct tcs_plugin *
load(size_t mode, const char *so, char *why, size_t n)
{
	const struct tcs_plugin *p = load_plugin(so, why, n);

	if (p && modes[mode].kind && p->kind != modes[mode].kind) {
		snprintf(why, n, "is not a %s", modes[mode].name);
		return NULL;
	}
	return p;
}

/* strict: all that can be put up for this mode must stand. */
static bool
fenced(size_t mode, char *why, size_t n)
{
	uint32_t all = modes[mode].confine == CONFINE_SOURCE ? W_LAYERS : W_LAYERS & ~W_LAYER_NAMESPACES;

	if (!confine_strict() || (confine_layers() & all) == all)
		return true;
	snprintf(why, n, "cannot be fenced in as isolate = \"strict\" demands; tocsin check says what this "
	    "system lacks");
	return false;
}

int
main(int argc, char **argv)
{
	const struct tcs_plugin *p = NULL;
	char why[400] = "";
	bool probe;
	size_t i;

	for (i = 0; argc >= 3 && i < sizeof modes / sizeof *modes; i++)
		if (strcmp(argv[1], modes[i].name) == 0)
			break;
	if (argc < 3 || i == sizeof modes / sizeof *modes) {
		fprintf(stderr, "usage: tocsin-worker describe|source|notifier PLUGIN.so [WRITABLE...] "
		    "(started by tocsin)\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	/* While the plugin is loaded and opened the thread that started this one waits for it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	probe = modes[i].run == probe_main;
	if (probe || load_check(argv[2], why, sizeof why)) {
		fence_notes(NULL, W_REFUSES);
		confine_early(modes[i].confine, modes[i].last, argv[2], argv + 3);
		if (probe || (fenced(i, why, sizeof why) && (p = load(i, argv[2], why, sizeof why)) != NULL))
			return modes[i].run(p);
	}
	say_text(W_REFUSES, why);
	return 1;
}
