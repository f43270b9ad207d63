/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter -- stage on matched findings: keeps, drops or tags by rules over
 * their fields, one a line of a file:
 *
 *	drop if source.port == 25 and feed.name ~ 'x*' because 'mail is looked at elsewhere'
 *	tag lab if source.ip ~ '192.0.2.*'
 *	keep if extra.lab == 'yes'
 *
 * From the top; the first keep or drop that holds ends it.  A tag sets
 * extra.NAME to yes, for stages that follow and for rules that follow.  What is
 * dropped is counted by the rule's reason; a rule that gives none is its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/plugin.h>
#include "expr.h"

#define LONGEST		4000u
#define MOST_RULES	1000u
#define MOST_FIELDS	64

enum action { KEEP, DROP, TAG };

struct rule {
	struct expr_tree	 when;
	uint8_t			 action, verdict;
	char			*tag;		/* "extra.NAME" */
	int			 field;		/* of the tag, where a rule asks for it */
};

struct rules {
	struct rule	*rule;
	uint32_t	 n;
};

struct filter {
	struct tcs_ctx			*ctx;
	const struct tcs_stage_host	*host;
};

/* ---- rules */

static void
filter_drop(void *inst, void *state)
{
	struct rules *r = state;
	uint32_t i;

	(void)inst;
	for (i = 0; r != NULL && i < r->n; i++) {
		expr_free(&r->rule[i].when);
		free(r->rule[i].tag);
	}
	if (r != NULL)
		free(r->rule);
	free(r);
}

static int
number(void *arg, const char *name)
{
	struct filter *f = arg;

	return f->host->want(f->ctx, name);
}

static bool
read_tag(struct filter *f, struct rule *r, struct expr_source *s)
{
	char name[100];

	if (!expr_word(s, name, sizeof name))
		return false;
	if (name[0] == '\0')
		return expr_wrong(s, "expected the tag's name");
	if ((r->tag = malloc(sizeof name + 6)) == NULL)
		return expr_wrong(s, "no memory");
	snprintf(r->tag, sizeof name + 6, "extra.%s", name);
	r->field = f->host->want(f->ctx, r->tag);
	return r->field >= 0 || expr_wrong(s, "the rules ask for too many fields");
}

static bool
read_reason(struct filter *f, struct rule *r, struct expr_source *s)
{
	char word[16], *why = NULL;
	int verdict;

	if (!expr_word(s, word, sizeof word))
		return false;
	if (strcmp(word, "because") == 0) {
		if ((why = expr_text(s)) == NULL)
			return false;
	} else if (word[0] != '\0')
		return expr_wrong(s, "expected and, or, because or the end of the line");
	while (s->text[s->at] == ' ' || s->text[s->at] == '\t')
		s->at++;
	if (s->text[s->at] != '\0') {
		free(why);
		return expr_wrong(s, "expected the end of the line");
	}
	if (r->action == DROP) {
		verdict = f->host->reason(f->ctx, why != NULL ? why : s->text);
		if (verdict < 0)
			expr_wrong(s, "too many reasons");
		r->verdict = (uint8_t)verdict;
	}
	free(why);
	return s->why[0] == '\0';
}

static bool
read_rule(struct filter *f, struct rule *r, struct expr_source *s)
{
	static const char *const actions[] = { "keep", "drop", "tag" };
	char word[16];
	size_t i, at;

	if (!expr_word(s, word, sizeof word))
		return false;
	for (i = 0; i < 3 && strcmp(word, actions[i]) != 0; i++)
		;
	if (i == 3) {
		s->at = 0;
		return expr_wrong(s, "expected keep, drop or tag");
	}
	r->action = (uint8_t)i;
	if (i == TAG && !read_tag(f, r, s))
		return false;
	at = s->at;
	if (!expr_word(s, word, sizeof word) || strcmp(word, "if") != 0) {
		s->at = at;
		s->why[0] = '\0';
		return expr_wrong(s, "expected if");
	}
	return expr_compile(&r->when, s) && read_reason(f, r, s);
}

static int
one_line(struct filter *f, struct rules *all, struct tcs_slice line, unsigned at)
{
	char text[LONGEST + 1];
	struct expr_source s = { .text = text, .number = number, .arg = f };
	struct rule *more;

	line = tcs_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return TCS_OK;
	if (all->n == MOST_RULES || memchr(line.p, 0, line.n) != NULL || !tcs_copy(text, sizeof text, line)) {
		f->host->h.log(f->ctx, TCS_ERR, "rules: line %u: a line too long, a NUL byte, "
		    "or too many rules", at);
		return TCS_EINPUT;
	}
	if ((more = realloc(all->rule, (all->n + 1) * sizeof *more)) == NULL)
		return TCS_ENOMEM;
	all->rule = more;
	all->rule[all->n] = (struct rule){ .field = -1 };
	if (read_rule(f, &all->rule[all->n++], &s))
		return TCS_OK;
	f->host->h.log(f->ctx, TCS_ERR, "rules: line %u, at %u (\"%.30s\"): %s", at, (unsigned)s.at + 1,
	    text + s.at, s.why);
	return TCS_EINPUT;
}

static int
filter_load(void *inst, const char *option, const void *data, size_t n, void **state)
{
	struct rules *all = calloc(1, sizeof *all);
	struct tcs_slice rest = tcs_slice(data, n), line;
	unsigned at = 0;
	int rc = TCS_OK;

	(void)option;
	if (all == NULL)
		return TCS_ENOMEM;
	while (rc == TCS_OK && rest.n > 0 && tcs_cut(&rest, '\n', &line))
		rc = one_line(inst, all, line, ++at);
	if (rc == TCS_OK)
		*state = all;
	else
		filter_drop(inst, all);
	return rc;
}

/* ---- findings */

struct asking {
	const struct tcs_batch	*b;
	uint32_t		 row;
	bool			 tagged[MOST_FIELDS];
};

static struct tcs_slice
field(void *arg, int col)
{
	const struct asking *q = arg;
	const struct tcs_col *c = &q->b->reads[col];
	struct tcs_slice s = { NULL, 0 };

	if (q->tagged[col])
		return TCS_LIT("yes");
	if (c->valid == NULL || (c->valid[q->row / 64] >> q->row % 64 & 1))
		memcpy(&s, (const char *)c->data + (size_t)q->row * c->stride, sizeof s);
	return s;
}

static int
one_row(struct filter *f, const struct rules *all, struct asking *q, uint8_t *verdict)
{
	static const struct tcs_slice yes = { "yes", 3 };
	uint32_t i;
	int rc;

	memset(q->tagged, 0, sizeof q->tagged);
	for (i = 0; i < all->n; i++) {
		const struct rule *r = &all->rule[i];

		if (!expr_holds(&r->when, r->when.root, field, q))
			continue;
		if (r->action != TAG) {
			*verdict = r->action == DROP ? r->verdict : 0;
			return TCS_OK;
		}
		q->tagged[r->field] = true;
		if ((rc = f->host->set(f->ctx, q->row, r->tag, &yes)) != TCS_OK)
			return rc;
	}
	return TCS_OK;
}

static int
filter_run(void *inst, const void *state, const struct tcs_batch *b)
{
	const struct rules *all = state;
	struct asking q = { .b = b };
	int rc = TCS_OK;

	for (; all != NULL && rc == TCS_OK && q.row < b->nrow; q.row++)
		if (b->verdict[q.row] == 0)
			rc = one_row(inst, all, &q, &b->verdict[q.row]);
	return rc;
}

static int
filter_open(struct tcs_ctx *ctx, const struct tcs_host *host, const struct tcs_val *opt, void **inst)
{
	struct filter *f = host->alloc(ctx, TCS_INSTANCE, sizeof *f);

	(void)opt;
	if (f == NULL)
		return TCS_ENOMEM;
	f->ctx = ctx;
	f->host = (const struct tcs_stage_host *)(const void *)host;
	*inst = f;
	return TCS_HAS(host, struct tcs_stage_host, set) ? TCS_OK : TCS_EPLUGIN;
}

static void
filter_close(void *inst)
{
	(void)inst;
}

static const uint16_t reads[] = { 0 };
static const char *const reasons[] = { NULL };

static const struct tcs_stage stage = {
	.size = sizeof(struct tcs_stage), .flags = TCS_ST_MATCHED, .reads = reads, .reasons = reasons,
	.load = filter_load, .drop = filter_drop, .run = filter_run,
};

static const struct tcs_opt options[] = {
	{ "rules", TCS_T_DATA, 0, NULL, NULL, "The file of rules, one a line." },
};

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = {
	TCS_PLUGIN_HEAD(TCS_STAGE), .name = "filter", .version = "1.0", .license = "Apache-2.0",
	.summary = "Keeps, drops or tags findings by rules over their fields.",
	.help = "A rule a line: drop if source.port == 25 and feed.name "
	    "~ 'x*' because 'mail is looked at elsewhere'. "
	    "What is dropped is counted by its reason.",
	.opts = options, .nopt = sizeof options / sizeof *options,
	.open = filter_open, .close = filter_close, .ops.stage = &stage,
};
