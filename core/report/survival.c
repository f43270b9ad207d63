/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See survival.h.  While nothing is lost from sight the product of the
 * estimate is a plain fraction; it is kept as one, so that a half is a half
 * and not something near it.
 */
#include <stdlib.h>
#include "report/survival.h"

#define NEAR 1e-12

static int
by_days(const void *a, const void *b)
{
	const struct lasted *x = a, *y = b;

	if (x->days != y->days)
		return x->days < y->days ? -1 : 1;
	return (int)y->ended - (int)x->ended;
}

void
survival_sort(struct lasted *v, size_t n)
{
	if (n > 1)
		qsort(v, n, sizeof *v, by_days);
}

/* What is left: before * (left / whole). */
struct share { double before; size_t left, whole, at; };

static double
share_left(const struct share *s)
{
	return s->whole == 0 ? s->before : s->before * (double)s->left / (double)s->whole;
}

/* Over all of one day. */
static void
step(struct share *s, const struct lasted *v, size_t n)
{
	int32_t day = v[s->at].days;
	size_t lost = 0;

	for (; s->at < n && v[s->at].days == day; s->at++)
		if (v[s->at].ended)
			s->left--;
		else
			lost++;
	if (lost > 0) {
		s->before = share_left(s);
		s->left = s->whole = n - s->at;
	}
}

double
survival_ended(const struct lasted *v, size_t n, int32_t days)
{
	struct share s = { 1, n, n, 0 };

	while (s.at < n && v[s.at].days <= days)
		step(&s, v, n);
	/* the curve ends with the last that was followed, unless it had come down to nothing */
	if (n == 0 || (v[n - 1].days < days && share_left(&s) > NEAR))
		return -1;
	return 1 - share_left(&s);
}

int32_t
survival_median(const struct lasted *v, size_t n)
{
	struct share s = { 1, n, n, 0 };
	int32_t day;

	while (s.at < n) {
		day = v[s.at].days;
		step(&s, v, n);
		if (share_left(&s) <= 0.5 + NEAR)
			return day;
	}
	return -1;
}
