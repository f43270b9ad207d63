/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin run: the whole job.  With --once all that is pending, then a summary;
 * without, it stays (core/run.c).
 */
#include <stdio.h>
#include "cmd/cmd.h"
#include "cmd/summary.h"
#include "core/run.h"
#include "log.h"

#define DRAIN_MS (10 * 60 * 1000)	/* a warning that is not answered by then goes out at the next run */

static int
once(const struct cmd_args *a, struct host *h)
{
	struct err e = ERR_INIT;
	bool good;

	summary_bar(h);
	good = run_once(h, DRAIN_MS, &e);
	summary_bar_end();
	if (!cmd_has(a, "quiet"))
		summary_print(&h->sum, a->json);
	if (!good)
		return cmd_fail(a, CMD_FAILED, "%s", e.text);
	return h->sum.troubles > 0 || h->sum.failed > 0 || h->sum.bad_inputs > 0 || h->sum.refused > 0 ||
	    h->sum.refused_warnings > 0 || h->sum.later > 0 || h->sum.unknown > 0 ? CMD_FAILED : CMD_OK;
}

static int
learn(const struct cmd_args *a, struct host *h)
{
	struct err e = ERR_INIT;
	uint32_t n;
	bool good;

	summary_bar(h);
	good = run_learn(h, &n, &e);
	summary_bar_end();
	if (good && !cmd_has(a, "quiet")) {
		summary_print(&h->sum, a->json);
		if (!a->json)
			printf("learned: %u cases taken as told; nothing was sent\n", n);
	}
	return good ? CMD_OK : cmd_fail(a, CMD_FAILED, "%s", e.text);
}

static int
run(const struct cmd_args *a)
{
	struct err e = ERR_INIT;
	struct config *c = config_load(a->config, &e);
	enum host_fault fault;
	struct host *h;
	int status;

	if (c == NULL)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	if ((h = host_open(c, &fault, &e)) == NULL) {
		config_free(c);
		return cmd_fail(a, fault == HOST_CONFIG ? CMD_USAGE : CMD_FAILED, "%s", e.text);
	}
	if (cmd_has(a, "once") || cmd_has(a, "learn")) {
		status = cmd_has(a, "learn") ? learn(a, h) : once(a, h);
		host_close(h);
		config_free(c);
		return status;
	}
	return run_stay(h, c, &e) ? CMD_OK : cmd_fail(a, CMD_FAILED, "%s", e.text);
}

static const struct cmd_opt options[] = {
	{ "once", NULL, "do all that is pending, print a summary, end", false },
	{ "learn", NULL, "the same, but send nothing: what would be warned of counts as told", false },
	{ "quiet", NULL, "no summary", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_run = {
	.name = "run",
	.operands = "",
	.least = 0,
	.most = 0,
	.opt = options,
	.run = run,
	.summary = "do the whole job: fetch, decode, match, decide, compose, deliver",
	.help = "Stays, looks at its sources on their schedules, applies orders by hand as they come,\n"
	    "sends the priority lane at once and the digest at its hour. SIGHUP reads the\n"
	    "configuration again and keeps the old one when the new one is wrong; SIGTERM ends it\n"
	    "after what is being done.\n"
	    "\n"
	    "With --once: looks at every source, reads all that is pending, sends all that is due,\n"
	    "digests too, and ends with a summary. Exit 1 says that something was refused, could not\n"
	    "be fetched or was not taken; the summary says which.\n"
	    "\n"
	    "With --learn, for a site that changes over from another system: all that is pending is\n"
	    "read, and what would be warned of now counts as told; what comes later, or is still\n"
	    "there after its interval, is warned of.  `tocsin learn` does the same from a list.\n",
};
