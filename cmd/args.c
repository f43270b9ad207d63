/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the command line.  What is wrong is said at once, with the nearest
 * name; nothing of a command runs before its whole line was understood.
 */
#include <string.h>
#include "cmd/args.h"
#include "core/clock.h"
#include "core/paths.h"
#include "near.h"
#include "timefmt.h"

#define MANY 64			/* names that are looked through for the nearest */

const struct cmd_opt cmd_common[] = {
	{ "config", "FILE", "the configuration; -c FILE is the same", false },
	{ "json", NULL, "JSON lines instead of tables for people", false },
	{ "now", "TIME", "take TIME as the present (2026-11-20T08:00:00Z); so does TOCSIN_NOW", false },
	{ "help", NULL, "what the command does and how it is called; -h is the same", false },
	{ "version", NULL, "which Tocsin this is", false },
	{ NULL, NULL, NULL, false }
};

struct reading {
	struct arena		*arena;
	char			**word;
	int			 n, at;
	struct cmd_args		*out;
	const char		**arg;
	struct cmd_given	*given;
	enum args_want		 want;
};

const struct cmd *
cmd_named(const char *name)
{
	const struct cmd *const *c;

	for (c = cmd_table; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

const char *
cmd_near(const char *name)
{
	const char *names[MANY];
	size_t n = 0;

	while (n < MANY && cmd_table[n])
		names[n] = cmd_table[n]->name, n++;
	return near_name(name, names, n);
}

static const struct cmd_opt *
opt_in(const struct cmd_opt *list, const char *name, size_t n)
{
	for (; list && list->name; list++)
		if (strlen(list->name) == n && memcmp(list->name, name, n) == 0)
			return list;
	return NULL;
}

static const char *
opt_near(const struct cmd *c, const char *name)
{
	const struct cmd_opt *list[2] = { c ? c->opt : NULL, cmd_common };
	const char *names[MANY];
	size_t n = 0, i;
	const struct cmd_opt *o;

	for (i = 0; i < 2; i++)
		for (o = list[i]; o && o->name && n < MANY; o++)
			names[n++] = o->name;
	return near_name(name, names, n);
}

static bool
take_common(struct reading *r, const struct cmd_opt *o, const char *value)
{
	struct cmd_args *a = r->out;
	int64_t ns;

	if (strcmp(o->name, "config") == 0) {
		a->config = value;
		a->config_given = true;
	} else if (strcmp(o->name, "json") == 0)
		a->json = true;
	else if (strcmp(o->name, "help") == 0)
		r->want = ARGS_HELP;
	else if (strcmp(o->name, "version") == 0)
		r->want = ARGS_VERSION;
	else if (!time_parse(value, strlen(value), &ns)) {
		cmd_fail(a, 0, "--now: \"%s\" is not a time such as 2026-11-20T08:00:00Z", value);
		return false;
	} else
		clock_set(ns);
	return true;
}

static bool
unknown_option(struct reading *r, const char *word, const char *name)
{
	const char *near = opt_near(r->out->cmd, name);

	if (near)
		cmd_fail(r->out, 0, "there is no option %s; did you mean --%s?", word, near);
	else if (r->out->cmd)
		cmd_fail(r->out, 0, "there is no option %s; see `tocsin help %s`", word, r->out->cmd->name);
	else
		cmd_fail(r->out, 0, "there is no option %s; see `tocsin help`", word);
	return false;
}

/* --name, --name=value or --name value. */
static bool
take_option(struct reading *r, const char *word)
{
	const char *name = word + 2, *eq = strchr(name, '='), *value = "";
	size_t n = eq ? (size_t)(eq - name) : strlen(name);
	const struct cmd_opt *own = r->out->cmd ? opt_in(r->out->cmd->opt, name, n) : NULL;
	const struct cmd_opt *o = own ? own : opt_in(cmd_common, name, n);

	if (o == NULL)
		return unknown_option(r, word, arena_strndup(r->arena, name, n));
	if (o->arg == NULL && eq) {
		cmd_fail(r->out, 0, "--%s takes no value", o->name);
		return false;
	}
	if (o->arg && eq)
		value = eq + 1;
	else if (o->arg && r->at == r->n) {
		cmd_fail(r->out, 0, "--%s wants %s after it", o->name, o->arg);
		return false;
	} else if (o->arg)
		value = r->word[r->at++];
	if (own == NULL)
		return take_common(r, o, value);
	if (!own->many && cmd_has(r->out, own->name)) {
		cmd_fail(r->out, 0, "--%s is given twice", own->name);
		return false;
	}
	r->given[r->out->ngiven++] = (struct cmd_given){ own->name, value };
	return true;
}

/* -c FILE, -cFILE, -h, -V */
static bool
take_short(struct reading *r, const char *word)
{
	if (word[1] == 'c' && word[2] != '\0')
		return take_common(r, &cmd_common[0], word + 2);
	if (strcmp(word, "-c") == 0) {
		if (r->at == r->n) {
			cmd_fail(r->out, 0, "-c wants FILE after it");
			return false;
		}
		return take_common(r, &cmd_common[0], r->word[r->at++]);
	}
	if (strcmp(word, "-h") == 0)
		r->want = ARGS_HELP;
	else if (strcmp(word, "-V") == 0)
		r->want = ARGS_VERSION;
	else
		return unknown_option(r, word, word + 1);
	return true;
}

static bool
take_word(struct reading *r, const char *word)
{
	const char *near;

	if (r->out->cmd) {
		r->arg[r->out->narg++] = word;
		return true;
	}
	if ((r->out->cmd = cmd_named(word)))
		return true;
	near = cmd_near(word);
	if (near)
		cmd_fail(NULL, 0, "there is no command \"%s\"; did you mean \"%s\"?", word, near);
	else
		cmd_fail(NULL, 0, "there is no command \"%s\"; `tocsin help` names them all", word);
	return false;
}

static bool
operands_fit(const struct cmd_args *a)
{
	const struct cmd *c = a->cmd;

	if (a->narg >= c->least && (c->most < 0 || a->narg <= c->most))
		return true;
	cmd_fail(a, 0, "%s: usage: tocsin %s%s%s", a->narg < c->least ? "something is missing" :
	    "too many words", c->name, c->operands && c->operands[0] ? " " : "",
	    c->operands ? c->operands : "");
	return false;
}

enum args_want
args_parse(struct arena *arena, int argc, char **argv, struct cmd_args *out)
{
	struct reading r = { .arena = arena, .word = argv, .n = argc, .at = 1, .out = out, .want = ARGS_RUN };
	bool ended = false, fine;
	char *word;

	*out = (struct cmd_args){ .config = path_config() };
	r.arg = arena_alloc(arena, ((size_t)argc + 1) * sizeof *r.arg);
	r.given = arena_alloc(arena, ((size_t)argc + 1) * sizeof *r.given);
	out->arg = r.arg;
	out->given = r.given;
	while (r.at < r.n) {
		word = r.word[r.at++];
		if (!ended && strcmp(word, "--") == 0) {
			ended = true;
			continue;
		}
		if (!ended && word[0] == '-' && word[1] == '-')
			fine = take_option(&r, word);
		else if (!ended && word[0] == '-' && word[1] != '\0')
			fine = take_short(&r, word);
		else
			fine = take_word(&r, word);
		if (!fine)
			return ARGS_WRONG;
	}
	if (r.want != ARGS_RUN)
		return r.want;
	if (out->cmd == NULL) {
		cmd_fail(NULL, 0, "which command? `tocsin help` names them all");
		return ARGS_WRONG;
	}
	return operands_fit(out) ? ARGS_RUN : ARGS_WRONG;
}
