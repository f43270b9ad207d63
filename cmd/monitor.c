/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin status --monitor: for Nagios, Icinga and their like.  One line, and
 * 0: nothing rings; 1: something waits in todo; 2: somebody should be woken; 3:
 * it cannot be said.  What rings is found anew from the ledger, so it also
 * tells when no tocsin run is there to do so.
 */
#include <inttypes.h>
#include "alert.h"
#include "clock.h"
#include "cmd/coverage.h"
#include "timefmt.h"
#include "utf8.h"

enum { MONITOR_OK, MONITOR_WARNING, MONITOR_CRITICAL, MONITOR_UNKNOWN };

#define BACK 14			/* days of which source-days may ring */
#define TEXTS 3			/* alarms that are told in the line */

static void
line(const struct alarm *list, uint32_t n, uint32_t nwakes, const struct ledger_sums *sum)
{
	uint32_t i, told = 0;
	struct buf b, safe;
	int pass;

	buf_init(&b);
	buf_init(&safe);
	buf_printf(&b, "TOCSIN %s - ", nwakes > 0 ? "CRITICAL" : n > 0 ? "WARNING" : "OK");
	if (n == 0)
		buf_str(&b, "no alarm");
	for (pass = 1; pass >= 0; pass--)		/* those that wake first */
		for (i = 0; i < n; i++)
			if (alarm_wakes(list[i].key) == (pass == 1) && told++ < TEXTS)
				buf_printf(&b, "%s%.300s", told > 1 ? "; " : "", list[i].text);
	if (told > TEXTS)
		buf_printf(&b, "; and %" PRIu32 " more", told - TEXTS);
	utf8_safe(&safe, b.p, b.n);
	for (i = 0; i < safe.n; i++)		/* it parts the line from the figures */
		if (safe.p[i] == '|')
			safe.p[i] = '/';
	printf("%s | alarms=%" PRIu32 " waking=%" PRIu32 " due=%" PRIu64 " held=%" PRIu64 " outbox=%" PRIu64
	    "\n", safe.p, n, nwakes, sum->cases[SEEN_OPEN][TOLD_DUE], sum->cases[SEEN_OPEN][TOLD_HELD],
	    sum->outbox[W_WAITING]);
	buf_free(&b);
	buf_free(&safe);
}

int
monitor(const struct cmd_args *a)
{
	struct plugins *plugins = NULL;
	struct err e = ERR_INIT;
	struct alarm *list = NULL;
	struct ledger_sums sum;
	struct coverage *c;
	struct view v;
	uint32_t i, n = 0, nwakes = 0;
	int64_t now = clock_now() / NS;
	bool good;

	if (view_open(&v, a, LEDGER_READ) != CMD_OK) {
		puts("TOCSIN UNKNOWN - the configuration or the ledger cannot be read");
		return MONITOR_UNKNOWN;
	}
	c = coverage_view(&v, now / DAY - BACK, &plugins, &e);
	good = c != NULL && alarms_ringing(v.l, v.cfg, c, now, v.arena, &list, &n, &e) &&
	    ledger_sums(v.l, &sum, &e);
	for (i = 0; good && i < n; i++)
		nwakes += alarm_wakes(list[i].key);
	if (good)
		line(list, n, nwakes, &sum);
	else
		printf("TOCSIN UNKNOWN - %s\n", e.text);
	coverage_close(c);
	plugins_free(plugins);
	view_close(&v);
	return !good ? MONITOR_UNKNOWN : nwakes > 0 ? MONITOR_CRITICAL : n > 0 ? MONITOR_WARNING : MONITOR_OK;
}
