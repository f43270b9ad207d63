/* SPDX-License-Identifier: Apache-2.0 */
/* See cover.h. */
#include <stddef.h>
#include "4-decide/cover.h"
#include "timefmt.h"

#define WEEKS	4		/* same weekdays that are looked at, within WEEKS_BACK days */
#define WEEKS_BACK 35
#define DAYS	7		/* days that came, within DAYS_BACK */
#define DAYS_BACK 14
#define LEAST	3		/* fewer say nothing */

const char *const cover_names[] = { "complete", "unlisted", "waiting", "nothing", "late", "missing", "empty",
	"shrunken", "unread", NULL };

uint32_t
cover_place(const struct cover_day *day, uint32_t n, int64_t of)
{
	uint32_t lo = 0, hi = n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (day[mid].day < of)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool
readable(const struct cover_day *d)
{
	return d->unread < d->inputs;
}

static uint64_t
median(uint64_t *v, uint32_t n)
{
	uint32_t i, k;
	uint64_t x;

	for (i = 1; i < n; i++) {
		for (x = v[i], k = i; k > 0 && v[k - 1] > x; k--)
			v[k] = v[k - 1];
		v[k] = x;
	}
	return v[(n - 1) / 2];
}

uint64_t
cover_usual(const struct cover_day *day, uint32_t n, int64_t of)
{
	uint64_t week[WEEKS], all[DAYS];
	uint32_t i, nweek = 0, nall = 0;

	for (i = cover_place(day, n, of); i > 0 && day[i - 1].day >= of - WEEKS_BACK; i--) {
		const struct cover_day *d = &day[i - 1];

		if (!readable(d))
			continue;
		if ((of - d->day) % 7 == 0 && nweek < WEEKS)
			week[nweek++] = d->size;
		if (of - d->day <= DAYS_BACK && nall < DAYS)
			all[nall++] = d->size;
	}
	return nweek >= LEAST ? median(week, nweek) : nall >= LEAST ? median(all, nall) : USUAL_UNKNOWN;
}

/* Without a root: missing^2 > 9 * usual. */
static bool
too_small(uint64_t size, uint64_t usual)
{
	uint64_t missing = usual - size;

	return size < usual && size < usual - usual / 2 && (missing > UINT32_MAX ||
	    missing * missing > 9 * usual);
}

static enum cover
size_of(const struct cover_in *in)
{
	if (in->came->unread > 0)
		return COVER_UNREAD;
	if (!in->judged || in->usual == USUAL_UNKNOWN)
		return COVER_COMPLETE;
	if (in->came->size == 0 && in->usual > 0)
		return COVER_EMPTY;
	return too_small(in->came->size, in->usual) ? COVER_SHRUNKEN : COVER_COMPLETE;
}

enum cover
cover_of(const struct cover_in *in)
{
	if (in->came != NULL)
		return size_of(in);
	if (in->has_list && !in->listed)
		return COVER_UNLISTED;
	if (!in->expected && !in->listed)
		return COVER_NOTHING;
	if (in->now < in->deadline)
		return COVER_WAITING;
	return in->now < in->deadline + DAY ? COVER_LATE : COVER_MISSING;
}

bool
cover_covers(enum cover c)
{
	return c == COVER_COMPLETE || c == COVER_UNLISTED;
}

bool
cover_troubles(enum cover c)
{
	return c >= COVER_LATE;
}

bool
cover_expected(const struct cover_day *day, uint32_t n, int64_t of, int64_t first)
{
	int64_t span = of - first < DAYS ? of - first : DAYS;
	uint32_t i, weeks = 0, days = 0;

	for (i = cover_place(day, n, of); i > 0 && day[i - 1].day >= of - 7 * WEEKS; i--) {
		weeks += (of - day[i - 1].day) % 7 == 0;
		days += of - day[i - 1].day <= DAYS;
	}
	return weeks >= LEAST || (span >= LEAST && days >= LEAST && 7 * (int64_t)days >= 5 * span);
}
