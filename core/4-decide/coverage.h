/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Source-days: for each source and report day what came, what the source's own
 * list named, what is usual, and what is missing; and from that, on which days
 * a feed was looked at so that its silence about a case means something.  The
 * facts are the ledger's; what is kept here is its sum of the last months, for
 * the decider (kept up to date input by input) and for commands.  docs/
 * internals/coverage.md has the rules.
 */
#ifndef CORE_COVERAGE_H
#define CORE_COVERAGE_H

#include "4-decide/cover.h"
#include "arena.h"
#include "config.h"
#include "ledger/ledger.h"
#include "plugin_host.h"

#define COVERAGE_BACK 150	/* days that the decider keeps: no case is open and silent for longer */

struct coverage;
/* From day `from` (days since 1970) on.  plugins NULL: sources that do not say what to expect count as
 * repeated, whatever their plugin says.  All of it must outlive it. */
struct coverage *coverage_open(struct ledger *l, const struct config *c, const struct plugins *p,
    int64_t from, struct err *e);
void coverage_close(struct coverage *v);			/* NULL is fine */
void coverage_configure(struct coverage *v, const struct config *c);

/* An input of that feed and day has ended: its sums are read again. */
bool coverage_input(struct coverage *v, uint32_t feed, int64_t day, struct err *e);
/* The source's own list of a report day: the report types of which there is a report ("scan_rdp").  What it
 * does not name was looked for, and nothing was found.  The newest list of a day stands.  Own commit if none
 * is open. */
bool coverage_listed(struct coverage *v, const char *source, int64_t day, const char *const *name, uint32_t n,
    struct err *e);

/* Covering looks of a feed on days after `after`. */
uint32_t coverage_looks(struct coverage *v, uint32_t feed, int64_t after);

struct cover_trouble {
	uint32_t	feed;		/* 0: the source's list itself */
	enum cover	state;
	uint64_t	size, usual;	/* usual may be USUAL_UNKNOWN */
};
struct source_day {
	const struct cfg_source *src;
	int64_t		day;
	enum cover	state;			/* the worst of its feeds */
	uint32_t	inputs, came;		/* came: feeds */
	bool		has_list;
	uint32_t	listed;			/* feeds that the list names */
	uint64_t	records, usual;		/* usual: where known, of those that came or should */
	int64_t		arrived, deadline;	/* s; the last input, TIME_NONE: none */
	const struct cover_trouble *trouble;	/* feeds that are waited for, late, missing, empty, ... */
	uint32_t	ntrouble;
};
/* now: s. */
void coverage_day(const struct coverage *v, const struct cfg_source *src, int64_t day, int64_t now,
    struct arena *a, struct source_day *out);
int64_t coverage_first(const struct coverage *v, const struct cfg_source *src);	/* INT64_MAX: none */
int64_t coverage_last_arrival(const struct coverage *v, const struct cfg_source *src);	/* TIME_NONE */
/* The report day that is awaited on the local day of now. */
int64_t coverage_today(const struct config *c, const struct cfg_source *src, int64_t now);
/* A digest should wait: a source that is expected daily has not shown the whole of the day that is awaited
 * today, and its deadline is yet to come. */
bool coverage_waits(const struct coverage *v, int64_t now);
/* "scan_rdp missing, scan_ssl shrunken (12, usually 140)", in a. */
const char *coverage_text(const struct coverage *v, const struct source_day *d, struct arena *a);

#endif
