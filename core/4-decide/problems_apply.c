/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The alias table is data with versions: which content was at work, and since
 * when, stands in the ledger.  When it now says that two problems are one,
 * their cases are merged, the older goes on.  An alias that is taken out again
 * parts nothing: what was one stays one, and what is seen from then on is a
 * case of its own.
 */
#include <stdlib.h>
#include <string.h>
#include "4-decide/decider.h"
#include "mem.h"

struct applying { struct decider *d; uint32_t merged; };

/* What each problem of the dictionary is called by today's table; 0: as it was. */
static uint32_t *
renamed(struct decider *d, uint32_t n, bool *any)
{
	uint32_t *to = xcalloc(n + 1, sizeof *to), i;

	*any = false;
	for (i = 1; i <= n; i++) {
		const char *text = ledger_text(d->ledger, DICT_PROBLEM, i);
		const char *now = problems_canonical(d->problems, tcs_str(text));

		if (strcmp(text, now) == 0)
			continue;
		to[i] = ledger_intern(d->ledger, DICT_PROBLEM, tcs_str(now));
		*any = true;
	}
	return to;
}

static uint32_t
cases_renamed(struct decider *d, const uint32_t *to, uint32_t n)
{
	uint32_t i, merged = 0, count = table_count(d->table);

	for (i = 0; i < count; i++) {
		struct tcase *c = table_at(d->table, i);
		struct case_key key = c->key;

		if (c->merged_into != 0 || key.problem > n || to[key.problem] == 0)
			continue;
		key.problem = to[key.problem];
		case_refile(d, c, &key, MERGE_SAME);
		merged++;
	}
	return merged;
}

static bool
version_write(void *arg, struct err *e)
{
	struct applying *x = arg;

	(void)e;
	ledger_problems_version(x->d->ledger, problems_sha256(x->d->problems), x->merged);
	return true;
}

bool
problems_apply(struct decider *d, struct err *e)
{
	uint32_t n = ledger_words(d->ledger, DICT_PROBLEM), *to;
	struct applying x = { d, 0 };
	bool any, known;

	if (!ledger_problems_known(d->ledger, problems_sha256(d->problems), &known, e))
		return false;
	to = renamed(d, n, &any);
	if (any)
		x.merged = cases_renamed(d, to, n);
	free(to);
	if (known && x.merged == 0)
		return true;
	return commit_end(d, NULL, 0, version_write, &x, e);
}
