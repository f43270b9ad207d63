/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small tables of the decider: the words of a case's axes, which problems
 * are one, and which notifier serves a constituency.
 */
#include <unistd.h>
#include "core/4-decide/decider.h"
#include "core/4-decide/problems.h"
#include "tap.h"

/* All there, no two alike; the first may be empty. */
static bool
distinct(const char *const *names, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		if (names[i] == NULL || (i > 0 && names[i][0] == '\0'))
			return false;
		for (k = 0; k < i; k++)
			if (strcmp(names[i], names[k]) == 0)
				return false;
	}
	return true;
}

static void
t_names(void)
{
	ok(distinct(seen_names, SEEN_SUPERSEDED + 1), "seen");
	ok(distinct(told_names, TOLD_MUTED + 1), "told");
	ok(distinct(answer_names, ANSWER_RISK_ACCEPTED + 1), "answer");
	ok(distinct(lane_names, LANE_PRIORITY + 1), "lane");
	ok(distinct(case_reason_names, WHY_MAX), "every reason has a name of its own");
	ok(distinct(case_reason_text, WHY_MAX), "and a text of its own");
}

static char file[] = "/tmp/t_case.XXXXXX";

static struct problems *
loaded(const char *text, struct err *e)
{
	FILE *f = fopen(file, "w");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		abort();
	*e = (struct err)ERR_INIT;
	return problems_load(file, e);
}

static void
t_problems(void)
{
	static const char *const same[][2] = {
		{ "open-msrdp", "open-rdp" }, { "Open-MSRDP", "open-rdp" }, { "open-rdp", "open-rdp" },
		{ "spaced", "the-problem" }, { "self", "self" }, { "Unknown-One", "unknown-one" }, { "", "" },
		{ "#no", "#no" },
	};
	static char a[301], b[301];
	struct err e;
	struct problems *p = loaded("alias,problem,comment\nopen-msrdp,Open-RDP,why\n\n# a note\n#no,yes\n"
	    "  spaced , the-problem\nself,self,\nother-rdp,open-rdp\n", &e);
	size_t i;

	if (!ok(p != NULL, "read %s", e.text))
		return;
	for (i = 0; i < sizeof same / sizeof same[0]; i++)
		is_str(problems_canonical(p, tcs_str(same[i][0])), same[i][1], same[i][0]);
	ok(problems_canonical(p, tcs_str("NEW")) == problems_canonical(p, tcs_str("new")), "one pointer");
	memset(a, 'x', sizeof a - 1);
	memset(b, 'x', sizeof b - 1);
	b[299] = 'y';
	is_str(problems_canonical(p, tcs_str(a)), a, "a long name is whole");
	is_str(problems_canonical(p, tcs_str(b)), b, "and another one is another problem");
	problems_free(p);
	problems_free(NULL);
}

static const struct {
	const char	*text, *line, *says;
} wrong[] = {
	{ "problem,alias\n", ":1: ", "expected the header" },
	{ "alias,problem\nx\n", ":2: ", "expected alias,problem" },
	{ "alias,problem\nx,\n", ":2: ", "expected alias,problem" },
	{ "alias,problem\n\n ,x\n", ":3: ", "expected alias,problem" },
	{ "alias,problem\n\"x\",y\n", ":2: ", "no quotes" },
	{ "alias,problem\nx,y\nX,z\n", ":3: ", "already an alias of \"y\"" },
	{ "alias,problem\nx,y\ny,z\n", ":3: ", "\"y\" is what line 2 makes of \"x\"" },
	{ "alias,problem\ny,z\n\nx,y\n", ":4: ", "\"y\" is itself an alias of \"z\"" },
	{ "alias,problem\nx,y\ny,x\n", ":3: ", "\"y\" is what line 2 makes of \"x\"" },
};

static void
t_wrong(void)
{
	struct problems *p;
	struct err e;
	size_t i;

	for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		p = loaded(wrong[i].text, &e);
		if (!ok(p == NULL && strncmp(e.text, file, strlen(file)) == 0 &&
		    strstr(e.text, wrong[i].line) && strstr(e.text, wrong[i].says), "%s", wrong[i].says))
			printf("#  got: %s\n", e.text);
		problems_free(p);
	}
	e = (struct err)ERR_INIT;
	ok(problems_load("/nonexistent/problems.csv", &e) == NULL && strstr(e.text, "/nonexistent/"),
	    "no file");
}

static void
t_route(void)
{
	static const struct {
		const char	*first, *second, *constituency;
		int		 served;
	} rows[] = {
		{ "direct", "*", "direct", 0 }, { "direct", "*", "vital", 1 }, { "*", "direct", "direct", 0 },
		{ "direct|vital", "x", "vital", 0 }, { " direct | vital ", "x", "vital", 0 },
		{ "direct|vital", "x", "direct|vital", -1 }, { "direct", "vital", "vita", -1 },
		{ "direct", "vital", "vitals", -1 }, { "x||y", " * ", "z", 1 }, { "", "x", "direct", -1 },
		{ "x*", "*x", "xx", -1 }, { "Direct", "direct", "direct", 1 },
	};
	struct cfg_notifier n[2] = { { .name = "first" }, { .name = "second" } };
	struct config c = { .notifier = n, .nnotifier = 2 };
	const struct cfg_notifier *got;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		n[0].constituency = rows[i].first;
		n[1].constituency = rows[i].second;
		got = route(&c, rows[i].constituency);
		is_int(got ? got - n : -1, rows[i].served, rows[i].constituency);
	}
	c.nnotifier = 0;
	ok(route(&c, "direct") == NULL, "no notifier");
}

int
main(void)
{
	int fd = mkstemp(file);

	if (fd < 0)
		return 99;
	close(fd);
	t_names();
	t_problems();
	t_wrong();
	t_route();
	unlink(file);
	return done_testing();
}
