/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one sentence that goes into annual reports: how many warnings since
 * when, how many of them in the last year of the period, from which sources.
 * Only what the ledger holds is said.
 */
#include <string.h>
#include "cmd/report.h"
#include "core/clock.h"
#include "timefmt.h"

static const struct language {
	const char	*name;
	char		 thousands;
	const char	*and;
	const char	*month[12];
	const char	*none, *more[2];	/* more: one, several */
} languages[] = {
	{ "en", ',', " and ", { "January", "February", "March", "April", "May", "June", "July", "August",
	    "September", "October", "November", "December" },
	    "No warning has been handed over.", { "warning", "warnings" } },
	{ "nl", '.', " en ", { "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus",
	    "september", "oktober", "november", "december" },
	    "Er is geen waarschuwing verstuurd.", { "waarschuwing", "waarschuwingen" } },
};

static const char *
number(struct arena *a, uint64_t n, char thousands)
{
	char digits[24], out[32];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n), i, o = 0;

	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[o++] = thousands;
		out[o++] = digits[i];
	}
	return arena_strndup(a, out, o);
}

struct naming { struct arena *a; const char **name; size_t n; };

static bool
source(void *arg, const struct report_row *r)
{
	struct naming *x = arg;

	if (r->by[BY_SOURCE][0] != '\0') {
		x->name = arena_room(x->a, x->name, x->n, sizeof *x->name);
		x->name[x->n++] = arena_strdup(x->a, r->by[BY_SOURCE]);
	}
	return true;
}

static const char *
sources(struct reporting *x, const struct language *g, struct err *e)
{
	struct report_query q = x->q;
	struct naming s = { x->v->arena, NULL, 0 };
	const char *text = "";
	size_t i;

	q.by = 1u << BY_SOURCE;
	q.by_given = true;
	if (!ledger_report_each(x->v->l, REPORT_WARNINGS, &q, source, &s, e))
		return NULL;
	for (i = 0; i < s.n; i++)
		if (i == 0 || strcmp(s.name[i], s.name[i - 1]) != 0)
			text = arena_printf(s.a, "%s%s%s", text, i == 0 ? "" :
			    i + 1 == s.n ? g->and : ", ", s.name[i]);
	return text;
}

/* The year that the period ends in, of the ends that were asked for or now. */
static bool
year_of(struct reporting *x, char year[5], struct ledger_read_span *in)
{
	char t[TIME_TEXT];
	int64_t ns;

	time_iso((x->q.in.until != TIME_NONE ? x->q.in.until - 1 : clock_now() / NS) * NS, t);
	memcpy(year, t, 4);
	year[4] = '\0';
	memcpy(t + 4, "-01-01T00:00:00Z", 17);
	if (!time_parse(t, strlen(t), &ns))
		return false;
	in->until = x->q.in.until;
	in->since = x->q.in.since != TIME_NONE && x->q.in.since > ns / NS ? x->q.in.since : ns / NS;
	return true;
}

/* part: how many of them in that year; NULL: all are of one year. */
static void
say(const struct reporting *x, const struct language *g, const char *since, uint64_t n, const char *all,
    const char *part, const char *year, const char *from)
{
	const char *month = g->month[(since[5] - '0') * 10 + since[6] - '1'], *by = x->v->cfg->identity.name;
	const char *word = g->more[n != 1];

	if (strcmp(g->name, "nl") == 0) {
		printf("Sinds %s %.4s heeft %s %s %s verstuurd", month, since, by, all, word);
		if (part != NULL)
			printf(", waarvan %s in %s", part, year);
		printf(", uit deze bronnen: %s.\n", from);
		return;
	}
	printf("Since %s %.4s %s has sent %s %s", month, since, by, all, word);
	if (part != NULL)
		printf(", of which %s in %s", part, year);
	printf(", from these sources: %s.\n", from);
}

bool
report_sentence(struct reporting *x, const char *lang, struct err *e)
{
	const struct language *g = &languages[strcmp(lang, "nl") == 0];
	struct arena *a = x->v->arena;
	struct ledger_read_span last = { TIME_NONE, TIME_NONE };
	char year[5], since[TIME_TEXT];
	const char *from = sources(x, g, e);
	uint64_t n, in_year;
	int64_t first, ignored;

	if (x->q.source != 0 || x->q.org != ANY)
		return err_set(e, "--sentence is of all warnings: not with --source or --organisation");
	if (from == NULL || !ledger_report_warnings(x->v->l, &x->q.in, &n, &first, e) ||
	    !year_of(x, year, &last) || !ledger_report_warnings(x->v->l, &last, &in_year, &ignored, e))
		return false;
	if (n == 0) {
		printf("%s\n", g->none);
		return true;
	}
	time_day((x->q.in.since != TIME_NONE ? x->q.in.since : first) * NS, since);
	say(x, g, since, n, number(a, n, g->thousands),
	    strncmp(since, year, 4) != 0 ? number(a, in_year, g->thousands) : NULL, year, from);
	return true;
}
