/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether warning helped: how long problems stay after a warning, beside how
 * long those stay that nobody was warned of.  Made of the events of the
 * ledger, episode by episode.
 */
#ifndef CORE_EFFECT_H
#define CORE_EFFECT_H

#include "ledger/ledger_report.h"

#define EFFECT_SPANS 5
extern const int32_t effect_days[EFFECT_SPANS];		/* 1, 7, 14, 30, 90 */

struct effect_row {
	const char	*by[BY_MAX];
	bool		 warned;
	uint64_t	 n, gone, relapsed;	/* episodes; of them gone; of those come back */
	double		 share[EFFECT_SPANS];	/* gone within so many days, 0 to 1; below 0: not known */
	int32_t		 median;		/* days; -1: not known */
};
/* Sorted by the dimensions, warned before unwarned. */
bool effect_each(struct ledger *l, const struct report_query *q,
    bool (*each)(void *arg, const struct effect_row *r), void *arg, struct err *e);

#endif
