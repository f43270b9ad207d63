/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long something lasts when not every end was seen: the estimate of
 * Kaplan and Meier.  Times are whole days.  What ended on a day counts before
 * what was lost from sight on the same day.
 */
#ifndef CORE_SURVIVAL_H
#define CORE_SURVIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lasted {
	int32_t	days;
	bool	ended;			/* else: lost from sight after so many days */
};

/* All that follows wants them sorted. */
void survival_sort(struct lasted *v, size_t n);
/* The share that ended within so many days, 0 to 1; below 0: nobody was followed for so long. */
double survival_ended(const struct lasted *v, size_t n, int32_t days);
/* The first day by which at least half had ended; -1: that was not seen. */
int32_t survival_median(const struct lasted *v, size_t n);

#endif
