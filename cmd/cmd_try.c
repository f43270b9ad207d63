/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin try: the whole job on reports at hand, with no configuration and a
 * ledger that is thrown away.  The newest observation is taken as now, all
 * that is due is sent at once, every warning is a mail in a folder.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>
#include "clock.h"
#include "cmd/cmd.h"
#include "cmd/rows.h"
#include "cmd/summary.h"
#include "cmd/survey.h"
#include "core/run.h"
#include "mem.h"
#include "paths.h"
#include "registry_import.h"
#include "timefmt.h"

#define DRAIN_MS (5 * 60 * 1000)

struct trying {
	const struct cmd_args	*a;
	struct config		*c;
	const char		*dir;		/* temporary */
	const char		*out;
	const char		**plugin;	/* by operand; NULL: nothing reads it */
	bool			 failed;
};

static int
gone(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

/* Everything the job needs, made of what was given on the command line. */
static void
configure(struct trying *t)
{
	struct arena *a = t->c->arena;
	struct cfg_source *src = arena_alloc(a, (size_t)(t->a->narg + 1) * sizeof *src);
	struct cfg_notifier *n = arena_alloc(a, sizeof *n);
	struct given *path = arena_alloc(a, sizeof *path);
	const char *feed = cmd_value(t->a, "feed");
	uint32_t k;
	int i;

	t->c->ledger = arena_printf(a, "%s/ledger.db", t->dir);
	t->c->spool = arena_printf(a, "%s/spool", t->dir);
	t->c->allow_documentation = true;
	t->c->deliver.most_per_run = t->c->deliver.most_per_recipient = INT64_MAX;
	t->c->deliver.most_worse = INT64_MAX;
	for (i = 0; i < t->a->narg; i++) {
		for (k = 0; t->plugin[i] != NULL && k < t->c->nsource &&
		    strcmp(src[k].name, t->plugin[i]) != 0; k++)
			;
		if (t->plugin[i] == NULL || k < t->c->nsource)
			continue;
		src[t->c->nsource++] = (struct cfg_source){ .name = t->plugin[i],
			.plugin = t->plugin[i] == feed ? "csv" : t->plugin[i],
			.feed = t->plugin[i] == feed ? feed : NULL,
			.from = "file:", .tlp = TLP_AMBER,
			.share_owner = true, .share_operator = true, .share_partner = true };
	}
	t->c->source = src;
	*path = (struct given){ .name = "path", .value = t->out };
	*n = (struct cfg_notifier){ .name = "mail", .plugin = "maildir", .constituency = "*",
		.tlp_max = TLP_RED, .given = path, .ngiven = 1 };
	t->c->notifier = n;
	t->c->nnotifier = 1;
}

static void
said(void *arg, const char *file, const struct import_note *n)
{
	cmd_fail(arg, 0, "%s:%u: %s%s", file, n->line, n->refused ? "refused: " : "", n->text);
}

static bool
import(struct trying *t, struct host *h, struct err *e)
{
	const char *const name[] = { cmd_value(t->a, "organisations"), cmd_value(t->a, "assets"),
		cmd_value(t->a, "contacts") };
	const struct import_opts opts = { .partial = true, .allow_documentation = true };
	struct import_file file[IMPORT_KINDS] = { { NULL, NULL, 0 } };
	struct order o = { .verb = IMPORT_VERB };
	struct registry *reg;
	struct buf args, payload;
	bool good;

	if (name[0] == NULL)
		return true;
	if (!import_read(file, name, name[2] != NULL ? 3 : 2, e))
		return false;
	buf_init(&args);
	buf_init(&payload);
	import_order(&args, &payload, file, &opts);
	o.args = args.p;
	o.payload = payload.p;
	o.npayload = payload.n;
	reg = import_registry(file, said, (void *)(uintptr_t)t->a, e);
	good = reg != NULL && ledger_order_put(h->decider->ledger, &o, e) && host_orders(h, e);
	if (reg != NULL)
		registry_free(reg);
	buf_free(&args);
	buf_free(&payload);
	import_read_free(file);
	return good;
}

static bool
arrive(struct trying *t, struct host *h, const char *path, const char *plugin, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct arrival a = { config_source(t->c, plugin), slash != NULL ? slash + 1 : path, path,
		{ "", 0, false }, clock_now() };

	return spool_take(h->spool, path, t->c->limits.fetch_size, &a.blob, e) && host_arrived(h, &a, e);
}

static bool
warning_line(void *arg, const struct warning_row *r)
{
	struct list *t = ((void **)arg)[0];

	warning_cells(t, ((void **)arg)[1], r);
	list_row(t);
	return true;
}

static bool
tell(struct trying *t, struct host *h, struct err *e)
{
	struct list *list = list_new(warning_cols, t->a->json, stdout, list_width());
	void *arg[] = { list, h->decider->ledger };
	bool good;

	good = ledger_warnings_each(h->decider->ledger, &warning_filter_any, warning_line, arg, e);
	list_end(list, good && !t->a->json ? "nobody was warned" : NULL);
	if (!t->a->json) {
		putchar('\n');
		summary_print(&h->sum, false);
		if (h->sum.warnings > 0)
			printf("\nThe warnings lie as mails in %s, a folder an address.\n", t->out);
	}
	return good;
}

static bool
job(struct trying *t, struct err *e)
{
	enum host_fault fault;
	struct host *h = host_open(t->c, &fault, e);
	bool idle, good = h != NULL && import(t, h, e);
	int i;

	for (i = 0; good && i < t->a->narg; i++)
		good = t->plugin[i] == NULL || arrive(t, h, t->a->arg[i], t->plugin[i], e);
	if (good)
		summary_bar(h);
	good = good && host_intake(h, e) && host_round(h, true, true, e) && host_drain(h, DRAIN_MS, &idle, e);
	summary_bar_end();
	good = good && tell(t, h, e);
	if (good && (h->sum.refused > 0 || h->sum.bad_inputs > 0 || h->sum.failed > 0))
		t->failed = true;
	host_close(h);
	return good;
}

static bool
with_survey(struct trying *t, struct survey *s, struct err *e)
{
	struct err why;
	bool any = false;
	int i;

	for (i = 0; i < t->a->narg; i++) {
		why = (struct err)ERR_INIT;
		if (survey_file(s, t->a->arg[i], t->c, &t->plugin[i], &why)) {
			any = true;
			continue;
		}
		t->plugin[i] = NULL;
		t->failed = true;
		cmd_fail(t->a, 0, "%s", why.text);
	}
	if (!any)
		return err_set(e, "nothing to read");
	t->failed = t->failed || !survey_clean(s);
	if (survey_newest(s) != TIME_NONE && !clock_stopped())
		clock_set(survey_newest(s));
	if (cmd_value(t->a, "organisations") == NULL) {
		survey_print(s, t->a->json);
		if (!t->a->json)
			puts("\nTo see who would be warned: tocsin try --organisations FILE --assets FILE "
			    "INPUT...");
		return true;
	}
	configure(t);
	return job(t, e);
}

static int
run(const struct cmd_args *a)
{
	char dir[] = "/tmp/tocsin-try-XXXXXX";
	struct trying t = { .a = a, .c = config_defaults(), .out = cmd_value(a, "out") };
	struct err e = ERR_INIT;
	struct plugins *p;
	struct survey *s = NULL;
	bool good;

	if ((cmd_value(a, "organisations") == NULL) != (cmd_value(a, "assets") == NULL))
		return cmd_fail(a, CMD_USAGE, "--organisations and --assets go together");
	if (t.out == NULL)
		t.out = "tocsin-try";
	t.plugin = xcalloc((size_t)a->narg, sizeof *t.plugin);
	if (mkdtemp(dir) == NULL)
		return cmd_fail(a, CMD_FAILED, "%s: %s", dir, strerror(errno));
	t.dir = dir;
	p = plugins_find(t.c->plugins, &e);
	good = p != NULL && (s = survey_open(p, arena_printf(t.c->arena, "%s/feeds", path_data()), &e)) !=
	    NULL && (cmd_value(a, "feed") == NULL || survey_feed(s, p, cmd_value(a, "feed"), &e)) &&
	    with_survey(&t, s, &e);
	survey_close(s);
	plugins_free(p);
	nftw(dir, gone, 16, FTW_DEPTH | FTW_PHYS);
	free(t.plugin);
	config_free(t.c);
	if (!good)
		return cmd_fail(a, CMD_FAILED, "%s", e.text);
	return t.failed ? CMD_FAILED : CMD_OK;
}

static const struct cmd_opt options[] = {
	{ "organisations", "FILE", "who may be warned, as for tocsin org import", false },
	{ "assets", "FILE", "what belongs to them", false },
	{ "contacts", "FILE", "where they are told; else the organisations' email", false },
	{ "feed", "FILE", "a feed file, which reads every input whose name it takes", false },
	{ "out", "DIR", "where the warnings go, as mails, a maildir for each address (tocsin-try)", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_try = {
	.name = "try",
	.operands = "INPUT...",
	.least = 1,
	.most = -1,
	.opt = options,
	.run = run,
	.summary = "do the whole job on any reports at hand, without configuration",
	.help = "What reads an input is recognised by its name and its first bytes. The newest\n"
	    "observation is taken as now, and all that is due is sent at once: every warning is a\n"
	    "mail in DIR, with --json also a JSON line on standard output. The ledger is thrown away,\n"
	    "so nothing is remembered and nobody real is told.\n"
	    "\n"
	    "Without --organisations and --assets: what was read, by class, network and AS.\n",
};
