/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alarms that are over.  What raised one is known by its key; when nothing of
 * it is left among the cases, it is cleared.  Alarms of sources and notifiers
 * are cleared by those who look at them.
 */
#include <string.h>
#include "4-decide/decider.h"
#include "clock.h"
#include "timefmt.h"
#include "ledger/ledger_read.h"

#define NEWS_DAYS 7	/* of what a feed has that nobody knows; if it still has, it is raised again */

struct over {
	struct decider	*d;
	struct arena	*a;
	const char	*key[256];
	uint32_t	 n;
	bool		 composed;		/* the last round failed at nothing */
	uint32_t	 reason[WHY_MAX];	/* held cases by reason */
};

/* Its cases were released, told or ended. */
static bool
refusal_over(const struct over *o, struct tcs_slice number)
{
	uint64_t warning = 0;
	uint32_t i, n = table_count(o->d->table);

	if (o->reason[WHY_REFUSED] == 0 || !tcs_uint(number, UINT32_MAX, &warning))
		return true;
	for (i = 0; i < n; i++) {
		const struct tcase *c = table_at(o->d->table, i);

		if (c->warning == warning && c->told == TOLD_HELD && c->reason == WHY_REFUSED)
			return false;
	}
	return true;
}

static bool
is_over(const struct over *o, const char *key)
{
	struct tcs_slice rest = tcs_str(key), kind = { NULL, 0 };

	tcs_cut(&rest, ':', &kind);
	if (tcs_is(kind, "compose"))
		return o->composed;
	if (tcs_is(kind, "cap"))
		return o->reason[tcs_is(rest, "run") ? WHY_CAP_RUN : tcs_is(rest, "problem") ?
		    WHY_CAP_PROBLEM :
		    tcs_is(rest, "new") ? WHY_CAP_NEW : WHY_CAP_RECIPIENT] == 0;
	if (tcs_is(kind, "tlp"))
		return o->reason[WHY_TLP_UNKNOWN] == 0;
	return tcs_is(kind, "refused") && refusal_over(o, rest);
}

static bool
one(void *arg, const char *key, const char *text, int64_t at)
{
	struct over *o = arg;

	(void)text;
	if (is_over(o, key) || (strncmp(key, "feed:", 5) == 0 && clock_now() / NS - at > NEWS_DAYS * DAY))
		o->key[o->n++] = arena_strdup(o->a, key);
	return o->n < sizeof o->key / sizeof *o->key;
}

bool
alarms_over(struct decider *d, bool composed, struct err *e)
{
	struct over o = { .d = d, .a = arena_new(), .composed = composed };
	uint32_t i, n = table_count(d->table);
	bool good;

	for (i = 0; i < n; i++) {
		const struct tcase *c = table_at(d->table, i);

		o.reason[c->reason] += c->told == TOLD_HELD && c->seen == SEEN_OPEN;
	}
	good = ledger_alarms_each(d->ledger, one, &o, e);
	for (i = 0; good && i < o.n; i++)
		ledger_alarm_clear(d->ledger, o.key[i]);
	arena_free(o.a);
	return good;
}
