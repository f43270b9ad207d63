/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alarms: found, kept, told.  Found (alert_watch.c): what can be read from the
 * ledger and the disk - a priority that does not get out, what is held too
 * long, a source that is silent, a source-day that is not whole.  Kept: one row
 * of the ledger for each key as long as it lasts; alarms that others raise
 * (fetch, notifiers, intake) lie there too.  Told (alert_tell.c): to the
 * hearers of the configuration, once when it begins, again not more often than
 * alarms.repeat while it lasts, and when it is over; what was told is durable.
 * The alarm that the ledger itself cannot be written is told from memory.
 */
#ifndef CORE_ALERT_H
#define CORE_ALERT_H

#include "4-decide/coverage.h"
#include "arena.h"
#include "config.h"
#include "err.h"
#include "ledger/ledger.h"
#include "plugin_host.h"

/* Somebody is to be woken; all else waits in `tocsin todo`. */
bool alarm_wakes(const char *key);
/* A report type or column that no feed knows: one alarm for each and day, over after a week.  what: "report"
 * or "column".  Own commit if none is open. */
void alarm_unknown(struct ledger *l, const char *source, const char *what, const char *name, int64_t now);

struct alarm { const char *key, *text; int64_t since; };	/* since: s; when raised, or now */
/* What rings now by what the ledger and the disk say; works on a handle of any mode.  coverage: of the last
 * weeks at least.  In a. */
bool alarms_found(struct ledger *l, const struct config *c, const struct coverage *v, int64_t now,
    struct arena *a, struct alarm **list, uint32_t *n, struct err *e);
/* The same, raised in the ledger; those of this kind that are not found any more are cleared. */
bool alarms_watch(struct ledger *l, const struct config *c, const struct coverage *v, int64_t now,
    struct err *e);
/* Alarms that others raised, as the ledger has them, and what alarms_found finds: all that rings. */
bool alarms_ringing(struct ledger *l, const struct config *c, const struct coverage *v, int64_t now,
    struct arena *a, struct alarm **list, uint32_t *n, struct err *e);

struct alerts;
/* l may be NULL (nothing is remembered then); all of it must outlive it. */
struct alerts *alerts_open(const struct config *c, const struct plugins *p, struct ledger *l, struct err *e);
void alerts_close(struct alerts *al);				/* NULL is fine */
/* The ledger cannot be written: rings until text is NULL again. */
void alerts_trouble(struct alerts *al, const char *text, int64_t now);
/* Begins what is to be told and takes answers.  wait_ms: how long it may wait for them.  A hearer that cannot
 * be reached is tried again; that is logged. */
void alerts_turn(struct alerts *al, int64_t now, int64_t wait_ms);

#endif
