/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A problem on more than MANY_PORTS ports of one subject is one case, "port *".
 * A scanner that finds the same thing on every port of a host, or a host that
 * answers alike on all of them, is one thing to mend and one line in a mail.
 * The cases of single ports are merged into it and go on being told with it;
 * what was told of them is told.  Once made it stays: it does not fall apart
 * again when ports close.
 */
#include <string.h>
#include "4-decide/decider.h"
#include "clock.h"
#include "timefmt.h"

static struct case_key
many_key(const struct case_key *key)
{
	struct case_key many = *key;

	many.port = 0;
	many.transport = 0;
	many.many = 1;
	return many;
}

struct tcase *
ports_case(struct decider *d, const struct case_key *key)
{
	struct case_key many;

	if (key->port == 0)
		return NULL;
	many = many_key(key);
	return table_find(d->table, &many);
}

static bool
one_port(const struct tcase *c)
{
	return c->seen == SEEN_OPEN && c->merged_into == 0;
}

static uint32_t
ports_count(const struct decider *d, const struct case_key *key)
{
	const struct tcase *c = NULL;
	uint32_t n = 0;

	while ((c = table_beside(d->table, key, c)) != NULL)
		n += one_port(c);
	return n;
}

/* The case of the many begins as the newest of them, and as untold as a case can be. */
static uint32_t
many_begin(struct decider *d, uint32_t newest)
{
	struct tcase *of = table_id(d->table, newest), *c;
	struct case_key many = many_key(&of->key);
	uint32_t id = d->next_case++, beside;

	c = table_add(d->table, &many, id);
	beside = c->beside;
	*c = *table_id(d->table, newest);
	c->key = many;
	c->id = id;
	c->beside = beside;
	c->told = TOLD_NOTHING;
	c->reason = WHY_NONE;
	c->answer = ANSWER_NONE;
	c->warning = 0;
	c->warned = c->answered = c->until = c->relapsed = c->due = 0;
	c->count = c->listed = c->told_n = 0;
	c->episode = c->rev = 1;
	commit_event(d, id, EVENT_OPENED, WHY_NONE, c->input);
	return id;
}

void
ports_fold(struct decider *d, uint32_t id)
{
	struct case_key key = table_id(d->table, id)->key;
	struct tcase *c = NULL, *into;
	uint32_t many;

	if (ports_count(d, &key) <= MANY_PORTS)
		return;
	many = many_begin(d, id);
	into = table_id(d->table, many);
	while ((c = table_beside(d->table, &key, c)) != NULL)
		if (one_port(c) && c->id != id)
			case_merge(d, into, c, MERGE_PART);
	/* one port more is no news where the others were told */
	case_merge(d, into, table_id(d->table, id),
	    into->told == TOLD_HANDED_OVER ? MERGE_OTHER : MERGE_PART);
}
