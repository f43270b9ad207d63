/* SPDX-License-Identifier: Apache-2.0 */
/* See summary.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "cmd/summary.h"
#include "utf8.h"

/* name, sentence, value; the sentence is printed when the value is not 0 or the row says always. */
struct row {
	const char	*name, *text;
	uint64_t	 n;
	bool		 always;
};

/* For those who measure. */
static void
print_spent(const struct host_sum *s)
{
	static const char *const verbs[SPENT_MAX] = { "fetch", "intake", "round", "deliver" };
	size_t i;

	for (i = 0; i < SPENT_MAX; i++)
		printf(",\"%s_ms\":%" PRIu64 ",\"%s_cpu_ms\":%" PRIu64, verbs[i], s->spent[i].wall, verbs[i],
		    s->spent[i].cpu);
	puts("}");
}

void
summary_print(const struct host_sum *s, bool json)
{
	const struct row rows[] = {
		{ "inputs", "inputs that are new", s->inputs, true },
		{ "known", "seen before and not read again", s->known, false },
		{ "troubles", "could not be fetched (see tocsin status)", s->troubles, false },
		{ "records", "findings in them", s->records, true },
		{ "matched", "of registered organisations", s->matched, true },
		{ "unmatched", "of nobody who is registered", s->unmatched, false },
		{ "filtered", "filtered", s->filtered, false },
		{ "conflicts", "claimed by two organisations, held (see tocsin todo)", s->conflicts, false },
		{ "refused", "records that cannot be read, in quarantine (see tocsin quarantine)",
		    s->refused, false },
		{ "bad_inputs", "inputs that cannot be read, in quarantine", s->bad_inputs, false },
		{ "cases", "cases that are new", s->fresh, true },
		{ "ended", "cases that ended", s->ended, false },
		{ "answers", "messages that came back (see tocsin answers)", s->answers, false },
		{ "orders", "orders by hand applied", s->orders, false },
		{ "warnings", "warnings made", s->warnings, true },
		{ "warned_cases", "cases in them", s->warned_cases, false },
		{ "held", "cases held by a cap (see tocsin todo)", s->held, false },
		{ "failed", "warnings that cannot be composed (see tocsin status)", s->failed, false },
		{ "handed_over", "warnings handed over", s->handed_over, true },
		{ "withdrawn", "withdrawn before they left, their cases decided anew", s->withdrawn, false },
		{ "later", "not taken, tried again later", s->later, false },
		{ "unknown", "handed over without an answer, sent again under the same Message-ID",
		    s->unknown, false },
		{ "refused_warnings", "refused by the recipient's server", s->refused_warnings, false },
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (json)
			printf("%s\"%s\":%" PRIu64, i == 0 ? "{" : ",", rows[i].name, rows[i].n);
		else if (rows[i].n > 0 || rows[i].always)
			printf("%10" PRIu64 "  %s\n", rows[i].n, rows[i].text);
	}
	if (json)
		print_spent(s);
}

static void
bar(void *arg, const char *what, uint64_t done, uint64_t total)
{
	static char name[60];		/* one terminal, one bar */
	static struct timespec last;
	struct timespec now;

	(void)arg, (void)total;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (what != NULL)
		snprintf(name, sizeof name, "%s", what);
	else if ((now.tv_sec - last.tv_sec) * 1000 + (now.tv_nsec - last.tv_nsec) / 1000000 < 100)
		return;
	last = now;
	fprintf(stderr, "\r\033[Kreading %s  %.1f MB", name, (double)done / 1e6);
	fflush(stderr);
}

void
summary_bar(struct host *h)
{
	if (isatty(STDERR_FILENO))
		h->progress = bar;
}

void
summary_bar_end(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}
