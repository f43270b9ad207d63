/* SPDX-License-Identifier: Apache-2.0 */
/* See decider.h: what the decider holds in memory, read at its start and after a failed commit. */
#include <stdlib.h>
#include <string.h>
#include "4-decide/climb.h"
#include "4-decide/health.h"
#include "clock.h"
#include "mem.h"
#include "timefmt.h"

#define RELAPSE_WINDOW	(180 * DAY)	/* ended cases that are still found by their key */

static void
case_loaded(void *arg, const struct tcase *c)
{
	struct decider *d = arg;
	struct tcase *mine = table_add(d->table, &c->key, c->id);

	uint32_t beside = mine->beside;

	*mine = *c;
	mine->beside = beside;
}

static void
feed_loaded(void *arg, uint32_t id, uint32_t feed)
{
	struct decider *d = arg;
	uint64_t key = (uint64_t)id << 32 | feed;

	map_set(d->also, &key, sizeof key, 1);
}

static bool
holds_read(struct decider *d, struct err *e)
{
	arena_reset(d->arena);
	return ledger_holds(d->ledger, d->arena, &d->hold, &d->nhold, e) && told_load(d, e);
}

bool
decider_again(struct decider *d, struct err *e)
{
	table_free(d->table);
	map_free(d->also);
	d->table = table_new();
	d->also = map_new();
	commit_drop(d->commit);
	health_forget(d);
	coverage_close(d->coverage);
	if ((d->coverage = coverage_open(d->ledger, d->config, d->plugins, clock_now() / NS / DAY -
	    COVERAGE_BACK, e)) == NULL)
		return false;
	if (!ledger_load_cases(d->ledger, RELAPSE_WINDOW, case_loaded, d, e) ||
	    !ledger_load_case_feeds(d->ledger, feed_loaded, d, e) || !holds_read(d, e))
		return false;
	d->next_case = ledger_next_case(d->ledger);
	return true;
}

static void
policy_forget(struct decider *d)
{
	map_free(d->policy_of);
	d->policy_of = map_new();
}

bool
decider_registry(struct decider *d, struct err *e)
{
	struct registry *reg = ledger_registry(d->ledger, e);

	if (reg == NULL)
		return false;
	if (!stages_load(d->stages, reg, e)) {
		registry_free(reg);
		return false;
	}
	registry_free(d->registry);
	d->registry = reg;
	policy_forget(d);
	return true;
}

bool
decider_configure(struct decider *d, const struct config *c, struct err *e)
{
	struct problems *problems = problems_load(c->decide.problems, e);
	struct policy *policy = problems != NULL ? policy_load(c->decide.policy, c, e) : NULL;
	struct stages *stages = policy != NULL ? stages_of_config(c, d->plugins, c->arena, e) : NULL;

	if (stages == NULL || (d->registry != NULL && !stages_load(stages, d->registry, e))) {
		if (stages != NULL)
			stages_close(stages);
		policy_free(policy);
		problems_free(problems);
		return false;
	}
	if (d->stages != NULL)
		stages_close(d->stages);
	policy_free(d->policy);
	problems_free(d->problems);
	d->problems = problems;
	d->policy = policy;
	d->stages = stages;
	d->config = c;
	if (d->coverage != NULL)
		coverage_configure(d->coverage, c);
	policy_forget(d);
	return d->table == NULL || problems_apply(d, e);
}

/* Warnings that were answered when the program died before it could tell their cases. */
static bool
settle_left(struct decider *d, struct err *e)
{
	struct arena *a = arena_new();
	struct answered *list;
	uint32_t n;
	bool good = ledger_answered(d->ledger, a, &list, &n, e) && settle(d, list, n, e);

	arena_free(a);
	return good;
}

/* The registry was changed while no decider was there. */
static bool
registry_apply(struct decider *d, struct err *e)
{
	cases_refile(d, 0);
	return commit_empty(d) || commit_end(d, NULL, 0, NULL, NULL, e);
}

struct decider *
decider_open(const struct config *c, const struct plugins *p, bool *configured, struct err *e)
{
	struct decider *d = xcalloc(1, sizeof *d);

	d->plugins = p;
	d->config = c;
	d->arena = arena_new();
	d->commit = commit_new();
	d->policy_of = map_new();
	d->feed_of = map_new();
	*configured = decider_configure(d, c, e);
	if (*configured && (d->ledger = ledger_open(c->ledger, LEDGER_DECIDE, e)) != NULL &&
	    decider_registry(d, e) && climb_load(d, e) && decider_again(d, e) && settle_left(d, e) &&
	    problems_apply(d, e) && registry_apply(d, e))
		return d;
	decider_close(d);
	return NULL;
}

void
decider_close(struct decider *d)
{
	if (d == NULL)
		return;
	commit_free(d->commit);
	health_forget(d);
	table_free(d->table);
	coverage_close(d->coverage);
	map_free(d->also);
	map_free(d->elsewhere);
	map_free(d->let);
	map_free(d->policy_of);
	map_free(d->feed_of);
	if (d->stages != NULL)
		stages_close(d->stages);
	policy_free(d->policy);
	problems_free(d->problems);
	ladder_free(d->ladder);
	if (d->registry != NULL)
		registry_free(d->registry);
	ledger_close(d->ledger);
	arena_free(d->arena);
	free(d);
}
