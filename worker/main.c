/* SPDX-License-Identifier: Apache-2.0 */
/* tocsin-worker MODE PLUGIN.so: started by the host with the descriptors of wire.h; not for people.  See
 * worker.h. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
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

static const struct {
	const char	*name;
	uint32_t	 kind;			/* 0: any */
	int		 (*run)(const struct tcs_plugin *);
} modes[] = {
	{ "describe", 0, describe_main },
	{ "source", TCS_SOURCE, source_main },
	{ "notifier", TCS_NOTIFIER, notifier_main },
};

int
main(int argc, char **argv)
{
	const struct tcs_plugin *p;
	char why[400] = "";
	size_t i;

	for (i = 0; argc == 3 && i < sizeof modes / sizeof *modes; i++)
		if (strcmp(argv[1], modes[i].name) == 0)
			break;
	if (argc != 3 || i == sizeof modes / sizeof *modes) {
		fprintf(stderr,
		    "usage: tocsin-worker describe|source|notifier PLUGIN.so (started by tocsin)\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	/* While the plugin is loaded and opened the thread that started this one waits for it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	confine_early(modes[i].kind == TCS_SOURCE ? W_FD_WAKE_HOST : W_FD_SOCKET);
	p = load_plugin(argv[2], why, sizeof why);
	if (p && modes[i].kind && p->kind != modes[i].kind) {
		snprintf(why, sizeof why, "is not a %s", modes[i].name);
		p = NULL;
	}
	if (p == NULL) {
		say_text(W_REFUSES, why);
		return 1;
	}
	return modes[i].run(p);
}
