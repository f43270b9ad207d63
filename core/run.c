/* SPDX-License-Identifier: Apache-2.0 */
/* See run.h. */
#include <time.h>
#include "hands.h"
#include "run.h"

#define TELL_MS 60000		/* for each who hears of alarms */

static uint64_t
clock_ms(clockid_t which)
{
	struct timespec ts;

	clock_gettime(which, &ts);
	return (uint64_t)(ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

struct watch { uint64_t wall, cpu; };

/* What was spent since the last call. */
static void
spent(struct host *h, enum spent on, struct watch *w)
{
	struct watch now = { clock_ms(CLOCK_MONOTONIC), clock_ms(CLOCK_PROCESS_CPUTIME_ID) };

	h->sum.spent[on].wall += now.wall - w->wall;
	h->sum.spent[on].cpu += now.cpu - w->cpu;
	*w = now;
}

bool
run_once(struct host *h, int64_t wait_ms, struct err *e)
{
	struct watch w = { clock_ms(CLOCK_MONOTONIC), clock_ms(CLOCK_PROCESS_CPUTIME_ID) };
	uint32_t i;
	bool idle, good = host_answers(h, e) && host_orders(h, e);

	for (i = 0; good && i < h->config->nsource; i++)
		good = host_fetch(h, &h->config->source[i], true, e);
	spent(h, SPENT_FETCH, &w);
	good = good && host_intake(h, e);
	spent(h, SPENT_INTAKE, &w);
	good = good && host_round(h, true, true, e);
	spent(h, SPENT_ROUND, &w);
	good = good && host_drain(h, wait_ms, &idle, e);
	if (good && h->sum.withdrawn > 0)	/* what was withdrawn may leave in another form */
		good = host_round(h, true, true, e) && host_drain(h, wait_ms, &idle, e);
	good = good && host_watch(h, TELL_MS, e);
	spent(h, SPENT_DELIVER, &w);
	return good;
}

bool
run_learn(struct host *h, uint32_t *n, struct err *e)
{
	uint32_t i;
	bool good = host_orders(h, e);

	*n = 0;
	for (i = 0; good && i < h->config->nsource; i++)
		good = host_fetch(h, &h->config->source[i], true, e);
	return good && host_intake(h, e) && host_learn(h, n, e);
}
