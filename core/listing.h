/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source's own list of the reports of a day, as an input among its others
 * (setting `list` of the source): what it does not name was looked for, and
 * nothing was found.  JSON, an array of report types or of objects with "type"
 * and perhaps "timestamp" (what the Shadowserver API answers to reports/list
 * is one), or text, a report type or a file name a line.
 */
#ifndef CORE_LISTING_H
#define CORE_LISTING_H

#include "4-decide/decider.h"
#include "arena.h"
#include "err.h"
#include "sources.h"

struct listed { const char *name; int64_t day; };	/* day: days since 1970; INT64_MIN: it does not say */
/* In a.  False: it is not such a list, or is cut off. */
bool listing_parse(const char *p, size_t n, struct arena *a, struct listed **list, uint32_t *count,
    struct err *e);

bool listing_is(const struct cfg_source *src, const struct input *in);
/* The input is such a list: into the coverage, and it is done; or into quarantine.  False: the ledger could
 * not take it. */
bool listing_take(struct decider *d, struct sources *s, struct input *in, bool *bad, struct err *e);

#endif
