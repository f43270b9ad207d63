/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TAP (Test Anything Protocol, version 12) in one header: a test is a program
 * that prints "ok N - text" or "not ok N - text" and a plan.
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_n, tap_bad, tap_planned;

static inline void
plan(int n)
{
	tap_planned = n;
	printf("1..%d\n", n);
}

__attribute__((format(printf, 4, 5))) static inline bool
tap_ok(bool pass, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", pass ? "" : "not ", ++tap_n);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (!pass) {
		tap_bad++;
		printf("# at %s:%d\n", file, line);
	}
	fflush(stdout);
	return pass;
}

static inline bool
tap_str(const char *got, const char *want, const char *what, const char *file, int line)
{
	bool same = got && want ? strcmp(got, want) == 0 : got == want;

	tap_ok(same, file, line, "%s", what);
	if (!same)
		printf("#  got: %s\n# want: %s\n", got ? got : "(null)", want ? want : "(null)");
	return same;
}

static inline bool
tap_int(int64_t got, int64_t want, const char *what, const char *file, int line)
{
	tap_ok(got == want, file, line, "%s", what);
	if (got != want)
		printf("#  got: %" PRId64 "\n# want: %" PRId64 "\n", got, want);
	return got == want;
}

static inline int
done_testing(void)
{
	if (tap_planned == 0)
		printf("1..%d\n", tap_n);
	return tap_bad != 0;
}

#define ok(cond, ...) tap_ok((cond), __FILE__, __LINE__, __VA_ARGS__)
#define is_str(got, want, what) tap_str((got), (want), (what), __FILE__, __LINE__)
#define is_int(got, want, what) tap_int((int64_t)(got), (int64_t)(want), (what), __FILE__, __LINE__)
#define skip_all(why) do { printf("1..0 # SKIP %s\n", (why)); exit(0); } while (0)

#endif
