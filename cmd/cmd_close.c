/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin close, tocsin reopen: what a person at the desk knows about cases, or
 * was told by telephone.  Orders of the verb "answer" (core/4-decide/answer.h);
 * the cases are looked up here, so that a slip of the hand is said at once.
 */
#include <string.h>
#include "4-decide/answer.h"
#include "clock.h"
#include "cmd/order.h"
#include "cmd/which.h"
#include "timefmt.h"

struct closing {
	struct view	*v;
	enum said word;
	const char	*until;
	struct buf	 cases;			/* "12,13" */
	uint32_t	 n;
	struct err	*e;
};

static bool
case_known(void *arg, const struct case_row *r)
{
	struct closing *x = arg;
	const char *class = ledger_text(x->v->l, DICT_CLASS, r->c.class);

	if (answer_needs_end(x->word) &&
	    (tcs_starts(tcs_str(class), "malicious-code/") || tcs_starts(tcs_str(class), "intrusions/")))
		return err_set(x->e, "case %u is of a compromised system (%s): that is never muted, nor its "
		    "risk accepted", r->c.id, class);
	buf_printf(&x->cases, "%s%u", x->n++ > 0 ? "," : "", r->c.id);
	return true;
}

/* "12", "case:12", "warning:2026-00017" or "2026-00017": into the list. */
static bool
add(struct closing *x, const char *text)
{
	struct case_filter f = case_filter_any;
	uint32_t had = x->n;
	const char *bare = strncmp(text, "case:", 5) == 0 ? text + 5 : text;

	if (!which_number(bare, &f.id)) {
		bare = strncmp(text, "warning:", 8) == 0 ? text + 8 : text;
		if ((f.warning = which_warning(x->v->l, bare)) == 0)
			return err_set(x->e, "\"%s\": expected the number of a case, or a warning", text);
	}
	if (!ledger_cases_each(x->v->l, &f, case_known, x, x->e) || x->e->n > 0)
		return false;
	return x->n > had || err_set(x->e, "there is no case %s", bare);
}

static const char *
args_of(struct closing *x)
{
	const struct { const char *key, *value; } more[] = { { "until", x->until },
	    { "who", cmd_value(x->v->args, "who") }, { "why", cmd_value(x->v->args, "why") } };
	const char *json;
	struct buf b;
	size_t i;

	buf_init(&b);
	buf_str(&b, "{\"case\":");
	buf_json_str(&b, x->cases.p);
	buf_str(&b, ",\"answer\":");
	buf_json_str(&b, said_words[x->word]);
	for (i = 0; i < sizeof more / sizeof *more; i++)
		if (more[i].value != NULL) {
			buf_printf(&b, ",\"%s\":", more[i].key);
			buf_json_str(&b, more[i].value);
		}
	buf_char(&b, '}');
	json = arena_strndup(x->v->arena, b.p, b.n);
	buf_free(&b);
	return json;
}

static int
give(const struct cmd_args *a, enum said word, int first)
{
	struct err e = ERR_INIT;
	struct view v;
	struct closing x = { .v = &v, .word = word, .until = cmd_value(a, "until"), .e = &e };
	int i, status = view_open(&v, a, LEDGER_HAND);
	bool good = true;

	if (status != CMD_OK)
		return status;
	buf_init(&x.cases);
	for (i = first; good && i < a->narg; i++)
		good = add(&x, a->arg[i]);
	status = !good ? cmd_fail(a, CMD_USAGE, "%s", e.text) :
	    order_give(&v, ANSWER_VERB, args_of(&x), arena_printf(v.arena, "%s: case %s", said_words[word],
	    x.cases.p));
	buf_free(&x.cases);
	view_close(&v);
	return status;
}

static int
run_close(const struct cmd_args *a)
{
	struct err e = ERR_INIT;
	const char *words[SAY_NONE + 1], *until = cmd_value(a, "until");
	int64_t when;
	int word;

	memcpy(words, said_words, SAY_NONE * sizeof *words);
	words[SAY_NONE] = NULL;
	if ((word = word_find("close as", a->arg[0], words, &e)) < 0)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	if (!answer_needs_end((enum said)word) && until != NULL)
		return cmd_fail(a, CMD_USAGE, "%s has no --until", a->arg[0]);
	if (answer_needs_end((enum said)word) && until == NULL)
		return cmd_fail(a, CMD_USAGE, "%s needs --until DATE: no silence is for ever", a->arg[0]);
	if (until != NULL && !answer_until(until, clock_now() / NS, &when, &e))
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	return give(a, (enum said)word, 1);
}

static int
run_reopen(const struct cmd_args *a)
{
	return give(a, SAY_NONE, 0);
}

static const struct cmd_opt close_options[] = {
	{ "until", "DATE", "risk-accepted and mute: the last day of silence", false },
	{ "who", "WHO", "who said it: an id or a role, no name; the log cannot be erased", false },
	{ "why", "TEXT", "for the audit log, and for whoever finds it closed", false },
	{ NULL, NULL, NULL, false }
};

static const struct cmd_opt reopen_options[] = {
	{ "why", "TEXT", "for the audit log", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_close = {
	.name = "close",
	.operands = "fixed|false-positive|not-mine|risk-accepted|mute CASE...",
	.least = 2,
	.most = -1,
	.opt = close_options,
	.run = run_close,
	.summary = "answer cases: nothing more is told about them, until something of them changes",
	.help = "CASE is a number, or a warning (2026-00417), which means all its cases.\n\n"
	    "fixed: silent unless it is observed after this moment; then it is a relapse.\n"
	    "false-positive, not-mine: silent until its evidence changes: another class, identifier,\n"
	    "CVE or asset, or another feed that sees it.  not-mine is shown by `tocsin todo` until the\n"
	    "registry is corrected.\n"
	    "risk-accepted, mute: silent until the end of the day that --until says, then told again\n"
	    "if it is still seen; never for compromised systems.  Both are shown by `tocsin todo`.\n\n"
	    "A rise in severity ends each of these but fixed.  A close is an order: a row in the audit\n"
	    "log that `tocsin run` applies.\n",
};

const struct cmd cmd_reopen = {
	.name = "reopen",
	.operands = "CASE...",
	.least = 1,
	.most = -1,
	.opt = reopen_options,
	.run = run_reopen,
	.summary = "take back what was answered about cases",
	.help = "CASE as for close.  What was never told is due again; what was told is silent until its\n"
	    "interval is over.\n",
};
