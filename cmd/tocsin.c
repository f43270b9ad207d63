/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin: reads the command line, runs one command, and sees to it that what
 * was printed really went out.  All that commands do is in their own files.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cmd/args.h"
#include "core/clock.h"
#include "log.h"
#include "timefmt.h"

/* core/clock.c ends the program where TOCSIN_NOW is wrong; here it is still a matter of usage. */
static bool
present_understood(void)
{
	const char *s = getenv("TOCSIN_NOW");
	int64_t ns;

	if (s == NULL || *s == '\0' || time_parse(s, strlen(s), &ns))
		return true;
	cmd_fail(NULL, 0, "TOCSIN_NOW: \"%s\" is not a time such as 2026-11-20T08:00:00Z", s);
	return false;
}

/* Descriptors that were closed are filled, or the ledger's would be one of them and be printed into.  What
 * cannot be written to is an error of the output, as it should be. */
static void
fill_standard(void)
{
	int fd;

	for (fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			abort();
}

static int
run(const struct cmd_args *args)
{
	int status = args->cmd->run(args);

	if (fflush(stdout) != 0 || ferror(stdout)) {
		cmd_fail(args, 0, "the output could not be written: %s", strerror(errno));
		return status == CMD_OK ? CMD_FAILED : status;
	}
	return status;
}

int
main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct cmd_args args;
	int status = CMD_OK;

	fill_standard();
	signal(SIGXFSZ, SIG_IGN);	/* a file that may not grow is an error like a full disk */
	log_init("tocsin", LOG_NOTE_, getenv("JOURNAL_STREAM") != NULL);
	if (!present_understood()) {
		arena_free(arena);
		return CMD_USAGE;
	}
	switch (args_parse(arena, argc, argv, &args)) {
	case ARGS_RUN:
		status = run(&args);
		break;
	case ARGS_HELP:
		args.cmd ? help_one(args.cmd) : help_all();
		break;
	case ARGS_VERSION:
		printf("tocsin %s\n", PACKAGE_VERSION);
		break;
	case ARGS_WRONG:
		status = CMD_USAGE;
		break;
	}
	if (fclose(stdout) != 0 && status == CMD_OK)
		status = CMD_FAILED;
	arena_free(arena);
	return status;
}
