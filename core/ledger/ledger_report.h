/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reports are made of: counts by up to six dimensions, and episodes of
 * cases with how each began and ended.  All is read from rows that are there
 * for another reason; there are no counters for reports.  Months are UTC.
 * What it all means is in docs/internals/report.md.
 */
#ifndef CORE_LEDGER_REPORT_H
#define CORE_LEDGER_REPORT_H

#include "ledger/ledger_read.h"

enum report_of { REPORT_INPUTS, REPORT_FINDINGS, REPORT_CASES, REPORT_EPISODES, REPORT_ANSWERS,
	REPORT_WARNINGS, REPORT_ANSWERED, REPORT_RECIPIENTS, REPORT_ORGANISATIONS, REPORT_OF_MAX };
enum report_by { BY_MONTH, BY_SOURCE, BY_CLASS, BY_CONSTITUENCY, BY_REQUESTED, BY_ORGANISATION, BY_MAX };
extern const char *const report_by_names[];		/* ended by NULL */

struct report_query {
	struct ledger_read_span	in;
	uint32_t	source;			/* 0: any */
	int64_t		org;			/* ANY */
	unsigned	by;			/* bits of report_by */
	bool		by_given;		/* else each count has its own */
};
struct report_row {
	const char	*by[BY_MAX];		/* "": not divided by that, or has none */
	const char	*state;			/* outcome of findings, seen of cases, ...; "" */
	uint64_t	 n;
};
bool ledger_report_each(struct ledger *l, enum report_of of, const struct report_query *q,
    bool (*each)(void *arg, const struct report_row *r), void *arg, struct err *e);

/* Something that happened to a case whose end can be seen: not an event, not of one day, not a conflict. */
struct report_event {
	const char	*by[BY_MAX];		/* of the case; BY_MONTH: of the event.  Requested: of the
						 * warning, or what it would have been */
	uint32_t	 id;			/* case; they come case by case, each in order */
	uint8_t		 kind;			/* enum event */
	int64_t		 at;			/* s */
	int64_t		 day;			/* of EVENT_GONE: the last day that it was reported for */
	int64_t		 looked;		/* the last day that its feed was read for, or it was
						 * seen */
};
bool ledger_report_events(struct ledger *l, const struct report_query *q,
    bool (*each)(void *arg, const struct report_event *v), void *arg, struct err *e);

/* What a report was made from: the inputs of its period. */
struct report_input { uint32_t id; const char *source, *name, *member, *sha256; int64_t day; uint64_t size; };
bool ledger_report_inputs(struct ledger *l, const struct report_query *q,
    bool (*each)(void *arg, const struct report_input *i), void *arg, struct err *e);
/* Where the ledger stood. */
bool ledger_position(struct ledger *l, int64_t *epoch, int64_t *commit_no, struct err *e);

/* Warnings handed over in the period, and since when: the first of them, s, TIME_NONE when there is none. */
bool ledger_report_warnings(struct ledger *l, const struct ledger_read_span *in, uint64_t *n, int64_t *first,
    struct err *e);

#endif
