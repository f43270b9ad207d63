/* SPDX-License-Identifier: Apache-2.0 */
/* The conditions of the filter stage: a table of what holds of one finding, and of what is wrong where. */
#include <string.h>
#include "plugins/filter/expr.h"
#include "tests/tap.h"

static const char *const fields[][2] = { { "source.port", "25" }, { "feed.name", "xeno" }, { "severity",
    "high" },
    { "extra.score", "7.5" }, { "source.ip", "192.0.2.1" }, { "extra.none", NULL } };

static int
number(void *arg, const char *name)
{
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strcmp(fields[i][0], name) == 0)
			return (int)i;
	return -1;
}

static struct tcs_slice
field(void *arg, int n)
{
	(void)arg;
	return fields[n][1] != NULL ? tcs_str(fields[n][1]) : tcs_slice(NULL, 0);
}

static const struct { const char *text; bool holds; } good[] = {
	{ "source.port == 25", true }, { "source.port == 26", false }, { "source.port != 26", true },
	{ "source.port == '25'", true }, { "source.port == 25.0", true }, { "source.port < 26", true },
	{ "source.port >= 25", true }, { "source.port > 25", false }, { "extra.score > 7", true },
	{ "extra.score <= 7.5", true }, { "feed.name > 3", false }, { "feed.name ~ 'x*'", true },
	{ "feed.name ~ \"y*\"", false }, { "severity in ('high', 'critical')", true },
	{ "severity in ('low')", false }, { "source.ip == 192.0.2.1", true }, { "has extra.none", false },
	{ "not has extra.none", true }, { "extra.none == ''", false }, { "extra.none != ''", true },
	{ "source.port == 1 or source.port == 2 or source.port == 25", true },
	{ "source.port == 25 or source.port == 2 and severity == 'low'", true },
	{ "(source.port == 25 or source.port == 2) and severity == 'low'", false },
	{ "not source.port == 1 and severity == 'high'", true }, { "not (source.port == 25)", false },
	{ "not not source.port==25", true },
};

static const struct { const char *text, *why; size_t at; } bad[] = {
	{ "", "expected a field", 0 }, { "source.prt == 1", "there is no such field", 0 },
	{ "source.port = 1", "expected ==", 12 }, { "source.port ==", "expected a number", 14 },
	{ "feed.name ~ 'x", "never closed", 12 }, { "(source.port == 1", "expected )", 17 },
	{ "severity in 'a'", "expected ( after in", 12 }, { "severity in ('a' 'b')", "expected , or )", 17 },
	{ "source.port == 1 and", "expected a field", 20 }, { "has nothing.here", "there is no such field",
	    4 },
};

int
main(void)
{
	char deep[400];
	size_t i;

	for (i = 0; i < sizeof good / sizeof *good; i++) {
		struct expr_source s = { .text = good[i].text, .number = number };
		struct expr_tree t = { 0 };

		if (ok(expr_compile(&t, &s), "read: %s", good[i].text))
			ok(expr_holds(&t, t.root, field, NULL) == good[i].holds, "%s: %s", good[i].text,
			    good[i].holds ? "holds" : "does not");
		else
			printf("# %s at %zu\n", s.why, s.at);
		expr_free(&t);
	}
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct expr_source s = { .text = bad[i].text, .number = number };
		struct expr_tree t = { 0 };

		if (!ok(!expr_compile(&t, &s) && strstr(s.why, bad[i].why) != NULL && s.at == bad[i].at,
		    "wrong: %s", bad[i].text))
			printf("# %s at %zu\n", s.why, s.at);
		expr_free(&t);
	}
	memset(deep, '(', sizeof deep - 1);
	deep[sizeof deep - 1] = '\0';
	struct expr_source s = { .text = deep, .number = number };
	struct expr_tree t = { 0 };
	ok(!expr_compile(&t, &s) && strcmp(s.why, "too deep") == 0, "not too deep");
	expr_free(&t);
	return done_testing();
}
