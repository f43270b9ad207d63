/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin check: everything that can be wrong before anything is done -
 * configuration, plugins and their options, feeds, policy, problems,
 * templates, advice, columns.  Goes on after an error, so that one run names
 * them all; writes nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include "3-match/match.h"
#include "4-decide/policy.h"
#include "4-decide/problems.h"
#include "5-compose/compose.h"
#include "clock.h"
#include "timefmt.h"
#include "6-deliver/notifier.h"
#include "cmd/cmd.h"
#include "core/config.h"
#include "core/host.h"
#include "core/process.h"
#include "utf8.h"

struct checking {
	const struct cmd_args	*a;
	const struct config	*c;
	struct plugins		*plugins;
	struct arena		*arena;
	unsigned		 wrong, hints;
};

/* One line a thing: "ok", "WRONG" or "note", what it is, and what there is to say. */
static void
say(struct checking *k, const char *state, const char *what, const char *text)
{
	struct buf b;

	buf_init(&b);
	if (k->a->json) {
		buf_str(&b, "{\"state\":");
		buf_json_str(&b, state);
		buf_str(&b, ",\"what\":");
		buf_json_str(&b, what);
		buf_str(&b, ",\"text\":");
		buf_json_str(&b, text);
		buf_char(&b, '}');
	} else {
		buf_printf(&b, "%-6s %-22s ", state, what);
		utf8_safe(&b, text, strlen(text));
	}
	puts(b.p);
	buf_free(&b);
}

static void
result(struct checking *k, const char *what, bool good, const char *text, const struct err *e)
{
	k->wrong += !good;
	say(k, good ? "ok" : "WRONG", what, good ? text : e->text);
}

static void
check_fences(struct checking *k)
{
	struct err e = ERR_INIT;
	uint32_t layers = 0;
	char lacks[240];

	if (!process_probe(&layers, &e)) {
		result(k, "fences", false, "", &e);
		return;
	}
	process_lacks(layers, lacks, sizeof lacks);
	if (lacks[0] == '\0')
		say(k, "ok", "fences", "of plugins: files, network, signals, system calls, memory");
	else {
		k->hints++;
		say(k, k->c->strict ? "WRONG" : "note", "fences", arena_printf(k->arena,
		    "this system has none for: %s", lacks));
		k->wrong += k->c->strict;
	}
}

static void
check_plugins(struct checking *k)
{
	uint32_t i;

	for (i = 0; i < k->plugins->n; i++)
		if (k->plugins->list[i].refused != NULL) {
			k->hints++;
			say(k, "note", "plugin", arena_printf(k->arena, "%s: cannot be used: %s",
			    k->plugins->list[i].path, k->plugins->list[i].refused));
		}
}

static void
check_source(struct checking *k, const struct cfg_source *s)
{
	const struct decoder_spec spec = { s->plugin, s->feed, s->given, s->ngiven, k->c->file, s->line,
		k->c->limits.worker_stall, NULL };
	struct err e = ERR_INIT;
	struct decoder *d = decoder_open(k->plugins, &spec, &e);
	const char *what = arena_printf(k->arena, "source %s", s->name);
	bool good = d != NULL && (decoder_feeds(d) == NULL || feedset_check(decoder_feeds(d), &e));

	result(k, what, good, arena_printf(k->arena, "%s from %s", s->plugin, s->from), &e);
	decoder_close(d);
}

static void
check_stages(struct checking *k)
{
	const struct plugin **p = arena_alloc(k->arena, (k->c->nstage + 1) * sizeof *p);
	const struct tcs_val **opt = arena_alloc(k->arena, (k->c->nstage + 1) * sizeof *opt);
	struct stages *s = NULL;
	struct err e = ERR_INIT;
	bool good = true;
	uint32_t i;

	for (i = 0; good && i < k->c->nstage; i++) {
		struct err why = ERR_INIT;

		if ((p[i] = plugin_get(k->plugins, k->c->stage[i].plugin, TCS_STAGE, &why)) == NULL)
			good = err_at(&e, k->c->file, k->c->stage[i].line, "%s", why.text);
		else
			good = (opt[i] = options_check(k->arena, p[i], k->c->stage[i].given,
			    k->c->stage[i].ngiven, &e)) != NULL;
	}
	if (good)
		good = (s = stages_open(p, opt, k->c->nstage, &e)) != NULL;
	result(k, "match", good, arena_printf(k->arena, "%" PRIu32 " stages", k->c->nstage), &e);
	if (s != NULL)
		stages_close(s);
}

static void
check_policy(struct checking *k)
{
	struct err e = ERR_INIT;
	struct policy *p = policy_load(k->c->decide.policy, k->c, &e);
	struct problems *pr;
	struct tcs_slice rest, line;
	struct buf b;

	result(k, "policy", p != NULL, k->c->decide.policy, &e);
	if (p != NULL) {
		buf_init(&b);
		k->hints += policy_shadowed(p, &b);
		rest = tcs_slice(b.p, b.n);
		while (tcs_cut(&rest, '\n', &line))
			if (line.n > 0)
				say(k, "note", "policy", arena_strndup(k->arena, line.p, line.n));
		buf_free(&b);
	}
	policy_free(p);
	e = (struct err)ERR_INIT;
	pr = problems_load(k->c->decide.problems, &e);
	result(k, "problems", pr != NULL, k->c->decide.problems, &e);
	problems_free(pr);
}

static void
check_notifiers(struct checking *k)
{
	struct err e = ERR_INIT;
	bool good = host_notifiers(k->c, k->plugins, &e);
	uint32_t i;

	result(k, "deliver", good, arena_printf(k->arena, "%" PRIu32 " notifiers", k->c->nnotifier), &e);
	if (k->c->deliver.redirect != NULL)
		say(k, "note", "deliver",
		    arena_printf(k->arena, "everything goes to %s only%s",
		    k->c->deliver.redirect, k->c->deliver.pilot != NULL ? ", but for the pilot" : ""));
	for (i = 0; good && cmd_has(k->a, "online") && i < k->c->nnotifier; i++) {
		const struct cfg_notifier *n = &k->c->notifier[i];
		const struct plugin *p = plugin_get(k->plugins, n->plugin, TCS_NOTIFIER, &e);
		struct tcs_val *opt = options_check(k->arena, p, n->given, n->ngiven, &e);
		struct notifier *proc = opt != NULL ? notifier_start(p, opt, &e) : NULL;

		result(k, arena_printf(k->arena, "notifier %s", n->name),
		    proc != NULL && notifier_check(proc, &e), "answers", &e);
		notifier_stop(proc);
		e = (struct err)ERR_INIT;
	}
}

/* A trial signature by each of this site's own keys. */
static void
check_sign(struct checking *k)
{
	static const struct { enum key_kind kind; const char *name; } own[] = { { KEY_SMIME, "sign smime" },
	    { KEY_PGP, "sign pgp" } };
	struct err e = ERR_INIT;
	struct signer *s;
	bool good;
	size_t i;

	if (k->c->sign.line == 0)
		return;
	if ((s = signer_open(k->c, &e)) == NULL)
		result(k, "sign", false, "", &e);
	for (i = 0; s != NULL && i < sizeof own / sizeof *own; i++) {
		const char *text = "";
		int64_t until;

		e = (struct err)ERR_INIT;
		if (!signer_has(s, own[i].kind))
			continue;
		good = signer_check(s, own[i].kind, clock_now() / NS, k->arena, &text, &until, &e);
		result(k, own[i].name, good, text, &e);
	}
	signer_close(s);
}

static void
check_all(struct checking *k)
{
	struct err e = ERR_INIT;
	struct composer *co;
	struct fetch *f;
	uint32_t i;

	check_fences(k);
	check_plugins(k);
	for (i = 0; i < k->c->nsource; i++)
		check_source(k, &k->c->source[i]);
	f = fetch_open(k->c, NULL, &e);
	result(k, "fetch", f != NULL, arena_printf(k->arena, "%" PRIu32 " sources", k->c->nsource), &e);
	fetch_close(f);
	e = (struct err)ERR_INIT;
	check_stages(k);
	check_policy(k);
	co = composer_open(k->c, &e);
	result(k, "compose", co != NULL, k->c->compose.templates, &e);
	if (co != NULL)
		composer_close(co);
	check_sign(k);
	check_notifiers(k);
}

static int
run(const struct cmd_args *a)
{
	struct checking k = { .a = a };
	struct err e = ERR_INIT;
	struct config *c = config_load(a->config, &e);

	if (c == NULL)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	k.c = c;
	k.arena = arena_new();
	say(&k, "ok", "configuration", a->config);
	if ((k.plugins = plugins_find(c->plugins, &e)) == NULL)
		result(&k, "plugins", false, "", &e);
	else
		check_all(&k);
	if (!a->json)
		printf("%u wrong, %u to look at\n", k.wrong, k.hints);
	plugins_free(k.plugins);
	arena_free(k.arena);
	config_free(c);
	return k.wrong > 0 ? CMD_USAGE : CMD_OK;
}

static const struct cmd_opt options[] = {
	{ "online", NULL, "also ask every notifier whether it reaches its server", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_check = {
	.name = "check",
	.operands = "",
	.least = 0,
	.most = 0,
	.opt = options,
	.run = run,
	.summary = "check the configuration and all it names; write nothing",
	.help = "Checks the configuration, every plugin's options, every feed of every source, the\n"
	    "policy (and which of its rows can never match), problems, templates, advice and\n"
	    "columns, and tries to sign where it is to sign.\n"
	    "Exit 2 when something is wrong.\n",
};
