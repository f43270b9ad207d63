/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin match: whom single addresses, names and AS numbers belong to, in the
 * very way a finding goes: through the configured stages, batch by batch, and
 * before the same judge.  Answers are JSON lines in the order asked.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <unistd.h>
#include "3-match/match.h"
#include "clock.h"
#include "cmd/cmd.h"
#include "cmd/rows.h"
#include "config.h"
#include "ledger/ledger.h"
#include "mem.h"
#include "registry_import.h"
#include "utf8.h"

#define QUERY_MAX (1u << 16)		/* no address is longer; what is, is cut and not understood */

struct asking {
	const struct cmd_args *a;
	struct arena	*opts, *names;		/* names: of one batch */
	struct config	*cfg;
	struct plugins	*plugins;
	struct stages	*stages;
	struct registry	*reg;
	int64_t		 at;
	struct batch	 batch;
	char		*query[BATCH_ROWS];
	struct err	 wrong[BATCH_ROWS];	/* n > 0: not understood */
	struct buf	 out;
	bool		 refused;		/* a query, or a line of the files */
};

/* ---- answers */

static void
put_claim(struct buf *out, const struct registry *reg, const struct asset *s, uint16_t rule)
{
	const struct org *o = registry_org(reg, s->org);

	buf_str(out, "{\"organisation\":");
	buf_json_str(out, o != NULL ? o->key : NULL);
	buf_str(out, ",\"asset\":");
	buf_json_str(out, s->text);
	buf_str(out, ",\"rule\":\"");
	buf_str(out, rule_name(rule));
	buf_char(out, '"');
}

static void
put_judgement(struct asking *q, const struct judgement *j)
{
	struct buf *out = &q->out;
	bool first = true;
	uint32_t i;

	buf_str(out, ",\"winner\":");
	if (j->winner != NULL) {
		put_claim(out, q->reg, j->winner, j->rule);
		buf_char(out, '}');
	} else
		buf_str(out, "null");
	buf_str(out, j->conflict ? ",\"held\":\"conflict\",\"others\":[" : ",\"others\":[");
	for (i = 0; i < j->n; i++) {
		if (j->claim[i].fate == CLAIM_WON)
			continue;
		buf_str(out, first ? "" : ",");
		first = false;
		put_claim(out, q->reg, j->claim[i].asset, j->claim[i].rule);
		buf_str(out, ",\"why\":");
		buf_json_str(out, claim_fate_text[j->claim[i].fate]);
		buf_char(out, '}');
	}
	buf_str(out, "]}\n");
}

static void
put_answers(struct asking *q, const struct tcs_claim *claim, uint32_t nclaim)
{
	struct judgement j;
	uint32_t i, n, k = 0;

	for (i = 0; i < q->batch.nrow; i++, k += n) {
		for (n = 0; k + n < nclaim && claim[k + n].row == i; n++)
			;
		buf_str(&q->out, "{\"query\":");
		buf_json_str(&q->out, q->query[i]);
		if (q->wrong[i].n > 0) {
			buf_str(&q->out, ",\"winner\":null,\"others\":[],\"error\":");
			buf_json_str(&q->out, q->wrong[i].text);
			buf_str(&q->out, "}\n");
		} else if (n == 0) {
			buf_str(&q->out, ",\"winner\":null,\"others\":[]}\n");
		} else {
			match_judge(q->reg, claim + k, n, q->at, q->at, &j);
			put_judgement(q, &j);
		}
	}
}

static bool
flush(struct asking *q, struct err *e)
{
	const struct tcs_claim *claim;
	uint32_t n;

	if (q->batch.nrow == 0)
		return true;
	if (!stages_run(q->stages, &q->batch, &claim, &n, e))
		return false;
	put_answers(q, claim, n);
	fwrite(q->out.p, 1, q->out.n, stdout);
	buf_reset(&q->out);
	memset(q->batch.has_ip, 0, sizeof q->batch.has_ip);
	memset(q->batch.has_name, 0, sizeof q->batch.has_name);
	memset(q->batch.has_asn, 0, sizeof q->batch.has_asn);
	q->batch.nrow = 0;
	arena_reset(q->names);
	return true;
}

/* ---- questions */

static bool
ask(struct asking *q, struct tcs_slice text, struct err *e)
{
	uint32_t i = q->batch.nrow++;
	char *keep = arena_strndup(q->names, text.p, text.n);

	q->query[i] = keep;
	q->wrong[i].n = 0;
	q->wrong[i].text[0] = '\0';
	if (memchr(text.p, '\0', text.n) != NULL)
		err_set(&q->wrong[i], "a NUL byte");
	else
		match_query_put(&q->batch, i, tcs_slice(keep, text.n), q->names, &q->wrong[i]);
	q->refused |= q->wrong[i].n > 0;
	return i + 1 < BATCH_ROWS || flush(q, e);
}

static bool
ask_lines(struct asking *q, struct err *e)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	bool good = true;

	while (good && (n = getline(&line, &cap, stdin)) >= 0) {
		struct tcs_slice s = tcs_slice(line, (size_t)n < QUERY_MAX ? (size_t)n : QUERY_MAX);

		while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
			s.n--;
		good = ask(q, s, e);
	}
	if (good && ferror(stdin))
		good = err_set(e, "standard input cannot be read: %s", strerror(errno));
	free(line);
	return good && flush(q, e);
}

static bool
ask_all(struct asking *q, struct err *e)
{
	int i;

	for (i = 0; i < q->a->narg; i++)
		if (strcmp(q->a->arg[i], "-") == 0) {
			if (!ask_lines(q, e))
				return false;
		} else if (!ask(q, tcs_str(q->a->arg[i]), e))
			return false;
	return flush(q, e);
}

/* ---- the registry and the stages */

static void
said(void *arg, const char *file, const struct import_note *n)
{
	struct asking *q = arg;
	struct buf safe;

	if (!n->refused)
		return;
	q->refused = true;
	buf_init(&safe);
	utf8_safe(&safe, n->text, strlen(n->text));
	fprintf(stderr, "%s:%u: %s\n", file, (unsigned)n->line, safe.p);
	buf_free(&safe);
}

static struct registry *
registry_of_files(struct asking *q, const char *orgs, const char *assets, struct err *e)
{
	const char *const name[] = { orgs, assets };
	struct import_file file[IMPORT_KINDS];
	struct registry *r;

	if (!import_read(file, name, 2, e))
		return NULL;
	r = import_registry(file, said, q, e);
	import_read_free(file);
	return r;
}

static struct registry *
registry_of_ledger(const struct config *c, struct err *e)
{
	struct ledger *l = ledger_open(c->ledger, LEDGER_READ, e);
	struct registry *r = l != NULL ? ledger_registry(l, e) : NULL;

	ledger_close(l);
	return r;
}

static bool
stages_ready(struct asking *q, struct err *e)
{
	if ((q->plugins = plugins_find(q->cfg->plugins, e)) == NULL ||
	    (q->stages = stages_of_config(q->cfg, q->plugins, q->opts, e)) == NULL)
		return false;
	return stages_load(q->stages, q->reg, e);
}

static int
answer(struct asking *q, const char *orgs, const char *assets)
{
	struct err e = ERR_INIT;

	/* With files, no configuration is needed; one that is there says which stages. */
	if (orgs != NULL && !q->a->config_given && access(q->a->config, R_OK) != 0)
		q->cfg = config_defaults();
	else if ((q->cfg = config_load(q->a->config, &e)) == NULL)
		return cmd_fail(q->a, CMD_USAGE, "%s", e.text);
	q->reg = orgs != NULL ? registry_of_files(q, orgs, assets, &e) : registry_of_ledger(q->cfg, &e);
	if (q->reg == NULL || !stages_ready(q, &e) || !ask_all(q, &e))
		return cmd_fail(q->a, CMD_FAILED, "%s", e.text);
	return q->refused ? CMD_FAILED : CMD_OK;
}

static int
run(const struct cmd_args *a)
{
	const char *orgs = cmd_value(a, "organisations"), *assets = cmd_value(a, "assets");
	struct asking *q;
	int status;

	if ((orgs == NULL) != (assets == NULL))
		return cmd_fail(a, CMD_USAGE, "--organisations and --assets go together: %s is missing",
		    orgs == NULL ? "--organisations" : "--assets");
	q = xcalloc(1, sizeof *q);
	q->a = a;
	q->opts = arena_new();
	q->names = arena_new();
	q->at = clock_now();
	status = answer(q, orgs, assets);
	stages_close(q->stages);
	plugins_free(q->plugins);
	registry_free(q->reg);
	config_free(q->cfg);
	arena_free(q->opts);
	arena_free(q->names);
	buf_free(&q->out);
	free(q);
	return status;
}

static const struct cmd_opt options[] = {
	{ "organisations", "FILE", "organisations as org import takes them, instead of the ledger's", false },
	{ "assets", "FILE", "and their assets", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_match = {
	.name = "match",
	.operands = "QUERY...|-",
	.least = 1,
	.most = -1,
	.opt = options,
	.run = run,
	.summary = "say whom an address, name, URL or AS number belongs to, and why",
	.help = "Each QUERY is an address (192.0.2.7, 2001:db8::7), a host name, a URL or an AS number\n"
	    "(AS64496); \"-\" reads them from standard input, one a line. Each answer is one JSON line,\n"
	    "in the order asked: the winner with its asset and rule, or null; held, when equal claims\n"
	    "of two organisations are in conflict; and the other claims, each with why it lost.\n"
	    "\n"
	    "The registry is the ledger's, or that of two files, for which neither ledger nor\n"
	    "configuration is needed. Lines of the files that are refused are told and left out.\n"
	    "Exit 1 says that a query was not understood or a line was refused.\n",
};
