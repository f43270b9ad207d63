/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See keep.h.  The files are removed first, then it is written down that they
 * are gone: after a kill in between they are found again as old, and not
 * being there is as good as removed.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "clock.h"
#include "hands.h"
#include "keep.h"
#include "timefmt.h"

#define STATE "retention"	/* the day it was last looked for */

/* Closed cases are found by their key for half a year; coverage asks of less. */
#define CASES_LEAST (200 * DAY)

bool
keep_before(const struct config *c, int64_t before[KEEP_MAX])
{
	const int64_t age[KEEP_MAX] = { c->retention.evidence, c->retention.messages, c->retention.cases,
	    c->retention.contacts };
	int64_t now = clock_now() / NS;
	bool any = false;
	int i;

	for (i = 0; i < KEEP_MAX; i++) {
		before[i] = age[i] > 0 ? now - age[i] : TIME_NONE;
		any = any || age[i] > 0;
	}
	if (before[KEEP_CASES] != TIME_NONE && before[KEEP_CASES] > now - CASES_LEAST)
		before[KEEP_CASES] = now - CASES_LEAST;
	return any;
}

bool
keep_look(const struct config *c, struct ledger *l, struct arena *a, uint64_t n[KEPT_MAX], struct err *e)
{
	int64_t before[KEEP_MAX];
	const char **blob;
	uint32_t nblob = 0;

	keep_before(c, before);
	if (!ledger_keep_count(l, before, n, e) || (before[KEEP_EVIDENCE] != TIME_NONE &&
	    !ledger_evidence_old(l, a, before[KEEP_EVIDENCE], &blob, &nblob, e)))
		return false;
	n[KEPT_BLOBS] = nblob;
	return true;
}

static bool
blobs_remove(struct host *h, struct arena *a, const char *const *blob, uint32_t n, struct err *e)
{
	const char *path;
	uint32_t i;

	for (i = 0; i < n; i++) {
		path = spool_path(h->spool, a, blob[i]);
		if (unlink(path) != 0 && errno != ENOENT)
			return err_set(e, "%s: %s", path, strerror(errno));
	}
	return true;
}

static const char *
told(struct arena *a, const uint64_t n[KEPT_MAX])
{
	const char *text = "";
	int i;

	for (i = 0; i < KEPT_MAX; i++)
		if (n[i] > 0)
			text = arena_printf(a, "%s%s%s %" PRIu64, text, text[0] != '\0' ? ", " : "",
			    kept_names[i], n[i]);
	return text[0] != '\0' ? arena_printf(a, "taken out: %s", text) : "nothing was old enough";
}

bool
order_keep(struct host *h, const struct order *o, struct arena *a, struct err *e)
{
	struct ledger *l = h->decider->ledger;
	struct err why = ERR_INIT;
	int64_t before[KEEP_MAX];
	uint64_t n[KEPT_MAX];
	const char **blob = NULL;
	uint32_t nblob = 0, i;

	if (!keep_before(h->config, before))
		return hands_answer(h, o, "refused: nothing is configured (retention)", e);
	if (before[KEEP_EVIDENCE] != TIME_NONE &&
	    !ledger_evidence_old(l, a, before[KEEP_EVIDENCE], &blob, &nblob, e))
		return false;
	if (!blobs_remove(h, a, blob, nblob, &why))
		return hands_answer(h, o, arena_printf(a, "failed: %s", why.text), e);
	if (!ledger_begin(l, e))
		return false;
	for (i = 0; i < nblob; i++)
		ledger_evidence_gone(l, blob[i]);
	if (!ledger_keep(l, before, n, e)) {
		ledger_undo(l);
		return false;
	}
	n[KEPT_BLOBS] = nblob;
	ledger_order_done(l, o->id, told(a, n));
	return ledger_end(l, e);
}

static bool
due_today(struct host *h, struct arena *a, const char *today, bool *due, struct err *e)
{
	const char *last;

	if (!ledger_state_get(h->decider->ledger, a, STATE, &last, e))
		return false;
	*due = last == NULL || strcmp(last, today) != 0;
	return true;
}

bool
keep_daily(struct host *h, struct err *e)
{
	struct ledger *l = h->decider->ledger;
	struct order o = { .who = "tocsin run", .verb = KEEP_VERB, .args = "{\"why\":\"daily\"}" };
	int64_t before[KEEP_MAX];
	uint64_t n[KEPT_MAX], sum = 0;
	struct arena *a;
	char today[TIME_TEXT];
	bool good, due = false;
	int i;

	if (!keep_before(h->config, before))
		return true;
	a = arena_new();
	time_day(clock_now(), today);
	good = due_today(h, a, today, &due, e);
	if (good && due) {
		good = keep_look(h->config, l, a, n, e);
		for (i = 0; good && i < KEPT_MAX; i++)
			sum += n[i];
		good = good && ledger_state_put(l, STATE, today, e) &&
		    (sum == 0 || ledger_order_put(l, &o, e));
	}
	arena_free(a);
	return good;
}
