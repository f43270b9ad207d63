/* SPDX-License-Identifier: Apache-2.0 */
/* Kaplan and Meier by hand. */
#include <math.h>
#include <string.h>
#include "report/survival.h"
#include "tap.h"

static bool
is(double got, double want)
{
	return fabs(got - want) < 1e-9;
}

int
main(void)
{
	/* days 1, 3, 3+, 5, 8+, 9 of six: S = 5/6, then 4/6, then (two left of three) 4/6 * 2/3 = 4/9,
	 * then 0 */
	struct lasted v[] = { { 9, true }, { 3, false }, { 1, true }, { 8, false },
	    { 5, true }, { 3, true } };
	/* four that all end: a half exactly at the second */
	struct lasted even[] = { { 4, true }, { 1, true }, { 2, true }, { 3, true } };
	/* six, three a day: 1 - 3/6 */
	struct lasted seven[] = { { 7, true }, { 7, true }, { 7, true }, { 7, false }, { 9, false },
	    { 2, false } };

	survival_sort(v, 6);
	ok(v[0].days == 1 && v[1].ended && !v[2].ended && v[5].days == 9, "sorted, ends before losses");
	ok(is(survival_ended(v, 6, 0), 0), "nothing on the first day");
	ok(is(survival_ended(v, 6, 1), 1 / 6.0) && is(survival_ended(v, 6, 2), 1 / 6.0), "one of six");
	ok(is(survival_ended(v, 6, 3), 2 / 6.0), "who is lost on the day of an end was at risk");
	ok(is(survival_ended(v, 6, 7), 5 / 9.0), "lost before: not at risk any more");
	ok(is(survival_ended(v, 6, 9), 1) && is(survival_ended(v, 6, 90), 1), "all that was left");
	ok(survival_median(v, 6) == 5, "the median");
	survival_sort(even, 4);
	ok(survival_median(even, 4) == 2 && is(survival_ended(even, 4, 2), 0.5), "a half is a half");
	survival_sort(seven, 6);
	/* one lost on day 2: five at risk, three end: 1 - 2/5 = 0.6 */
	ok(is(survival_ended(seven, 6, 7), 0.6) && survival_median(seven, 6) == 7, "with losses before");
	ok(is(survival_ended(seven, 6, 9), 0.6), "the last that was followed");
	ok(survival_ended(seven, 6, 14) < 0, "nobody was followed for so long");
	ok(survival_ended(NULL, 0, 1) < 0 && survival_median(NULL, 0) == -1, "of nothing, nothing");
	survival_sort(seven, 0);
	ok(survival_median(seven + 4, 1) == -1, "no median where nothing ended");
	return done_testing();
}
