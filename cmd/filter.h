/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every list can be narrowed by: --since, --until, --organisation,
 * --source, --state.  A time is a date (2026-11-20, --until: all of that day),
 * a moment (2026-11-20T08:00:00Z) or how long ago (14d, 12h).
 */
#ifndef CMD_FILTER_H
#define CMD_FILTER_H

#include <stdbool.h>
#include "cmd/cmd.h"
#include "err.h"
#include "ledger/ledger_read.h"

#define FILTER_SINCE	{ "since", "WHEN", "not before: a date, a moment, or how long ago (14d)", false }
#define FILTER_UNTIL	{ "until", "WHEN", "not after: a date (all of it), a moment, or how long ago", false }
#define FILTER_ORGANISATION { "organisation", "ID", "only this organisation's", false }
#define FILTER_SOURCE	{ "source", "NAME", "only from this source", false }
#define FILTER_STATE	{ "state", "STATE", "only in this state", false }
#define FILTER_OPTIONS	FILTER_SINCE, FILTER_UNTIL, FILTER_ORGANISATION, FILTER_SOURCE, FILTER_STATE
#define FILTER_END	{ NULL, NULL, NULL, false }

struct filter {
	struct ledger_read_span	span;
	int64_t			org;		/* ANY */
	uint32_t		source;		/* 0: any */
	const char		*state;		/* NULL: any */
};
/* What was given, understood. A source or organisation that the ledger never heard of is an error that
 * names the nearest. */
bool filter_read(const struct cmd_args *a, struct ledger *l, struct filter *f, struct err *e);
/* now: ns.  until: the first moment that is left out.  s since 1970. */
bool when_parse(const char *text, bool until, int64_t now, int64_t *s);
/* The place of a word in names, which ends with NULL; -1: err names the nearest. */
int word_find(const char *what, const char *word, const char *const *names, struct err *e);

#endif
