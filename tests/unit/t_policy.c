/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy table: the shipped one decides as documented, the first match
 * wins, what can never be reached is named, and each wrong line is refused
 * with its number.
 */
#include <unistd.h>
#include "4-decide/policy.h"
#include "tap.h"

#define HEAD "problem,feed,class,severity,constituency,warn,interval,lane,greatest_age,comment\n"

static const struct {
	const char	*what, *problem, *class, *severity;
	enum warn	 warn;
	enum lane	 lane;
	int64_t		 interval;
} shipped[] = {
	{ "infected is warned at once", "virut", "malicious-code/infected-system", "critical", WARN_YES,
	    LANE_PRIORITY, 7 * 86400 },
	{ "open is warned in the digest", "open-rdp", "vulnerable/vulnerable-system", "high", WARN_YES,
	    LANE_DIGEST, 0 },
	{ "critical is warned at once", "open-adb", "vulnerable/vulnerable-system", "critical", WARN_YES,
	    LANE_PRIORITY, 30 * 86400 },
	{ "low is recorded", "ssl-poodle", "vulnerable/weak-crypto", "low", WARN_NO, LANE_DIGEST, 0 },
	{ "other is recorded", "accessible-http", "other/other", "info", WARN_NO, LANE_DIGEST, 0 },
	{ "a leak is looked at first", "leak", "information-content-security/data-leak", "critical",
	    WARN_HOLD, LANE_DIGEST, 0 },
	{ "a brute-forcing host is told weekly", "x", "intrusion-attempts/brute-force", "high", WARN_YES,
	    LANE_DIGEST, 7 * 86400 },
};

static const struct {
	const char	*what, *text, *want;
} wrong[] = {
	{ "an unknown column", "problem,feeed\n",
	    ":1: column 2 is \"feeed\": there is no such column; did you mean \"feed\"?" },
	{ "an unknown rung", "problem,feed,class,severity,constituency,warn,interval,lane,greatest_age,"
	    "comment,"
	    "rungs\n,,,,,yes,,,,,netwerk\n", ":2: rungs \"netwerk\": expected owner, operator, network, "
	    "country or hold, separated by |; did you mean \"network\"?" },
	{ "an unknown answer", HEAD ",,,,,yess,,,,\n",
	    ":2: warn \"yess\": expected no, yes or hold; did you mean \"yes\"?" },
	{ "an unknown lane", HEAD ",,,,,yes,,fast,,\n", ":2: lane \"fast\": expected digest, priority" },
	{ "a wrong duration", HEAD ",,,,,yes,weekly,,,\n", ":2: interval \"weekly\": expected a duration" },
	{ "too few columns", HEAD "a,b\n", ":2: 2 columns, expected 10" },
	{ "too many columns", HEAD ",,,,,yes,,,,,,,\n", ":2: 13 columns, expected 10" },
	{ "an open quote", HEAD "\"a,,,,,yes,,,,\n", ":2: a quote is never closed" },
	{ "no row for the rest", HEAD "a,,,,,yes,,,,\n", "the last row must match everything" },
	{ "an empty table", HEAD, "the last row must match everything" },
};

static struct policy *
load(const char *text, struct err *e)
{
	static struct config c;
	char path[] = "/tmp/t_policy.XXXXXX";
	int fd = mkstemp(path);
	struct policy *p;

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return NULL;
	close(fd);
	c.decide.greatest_age = 5;
	p = policy_load(path, &c, e);
	unlink(path);
	return p;
}

static void
check_shipped(void)
{
	static struct config c;
	struct err e = ERR_INIT;
	const char *top = getenv("TOP_SRCDIR");
	char path[4096];
	struct policy *p;
	struct buf b;
	size_t i;

	snprintf(path, sizeof path, "%s/etc/policy.csv", top ? top : ".");
	p = policy_load(path, &c, &e);
	if (!ok(p != NULL, "the shipped table is read")) {
		printf("# %s\n", e.text);
		return;
	}
	for (i = 0; i < sizeof shipped / sizeof *shipped; i++) {
		struct policy_query q = { shipped[i].problem, "shadowserver/x", shipped[i].class,
			shipped[i].severity, "direct", 0, 0 };
		const struct policy_row *r = policy_find(p, &q);

		ok(r->warn == shipped[i].warn && (r->warn != WARN_YES || r->lane == shipped[i].lane) &&
		    (shipped[i].interval == 0 || r->interval == shipped[i].interval), "%s (line %u)",
		    shipped[i].what, r->line);
	}
	buf_init(&b);
	is_int(policy_shadowed(p, &b), 0, "no row of it is hidden by an earlier one");
	buf_free(&b);
	policy_free(p);
}

#define EXPLOITED_HEAD "problem,feed,class,severity,constituency,warn,interval,lane,greatest_age,comment," \
	"exploited\n"

static void
check_exploited(void)
{
	struct err e = ERR_INIT;
	struct policy *p =
	    load(EXPLOITED_HEAD
	    ",,,,,yes,,,,,ransomware\n,,,,,hold,,,,,yes|epss>=0.5\n,,,,,no,,,,,\n", &e);
	struct policy_query q = { "p", "f", "t/x", "high", "direct", 0, 49 };

	if (!ok(p != NULL, "the column exploited is read")) {
		printf("# %s\n", e.text);
		return;
	}
	is_int(policy_find(p, &q)->warn, WARN_NO, "neither");
	q.epss = 50;
	is_int(policy_find(p, &q)->warn, WARN_HOLD, "probable enough");
	q.epss = 0;
	q.exploited = EXPLOITED_KNOWN;
	is_int(policy_find(p, &q)->warn, WARN_HOLD, "known");
	q.exploited |= EXPLOITED_RANSOMWARE;
	is_int(policy_find(p, &q)->warn, WARN_YES, "by ransomware");
	policy_free(p);
	p = load(EXPLOITED_HEAD
	    ",,,,,yes,,,,,epss>=2\n,,,,,no,,,,,\n", &e);
	ok(p == NULL && strstr(e.text, "expected yes, no, ransomware or a probability") != NULL,
	    "what it may hold");
	policy_free(p);
}

int
main(void)
{
	struct err e = ERR_INIT;
	struct policy *p;
	struct buf b;
	size_t i;

	check_exploited();
	check_shipped();
	p = load(HEAD "a*,,,,,no,,,,\n\"b|\"\"c\"\"\",,,,,hold,,,,\"x, y\"\nab,,,,,yes,,,,\n"
	    ",,,,,yes,1d,,2d,\n", &e);
	ok(p != NULL, "quotes and commas are read");
	if (p) {
		struct policy_query q = { "\"c\"", "f", "t/x", "high", "direct", 0, 0 },
			other = { "zz", "f", "t/x", "high", "direct", 0, 0 };

		is_int(policy_find(p, &q)->warn, WARN_HOLD, "an alternative matches");
		is_int(policy_find(p, &other)->greatest_age, 2 * 86400, "the last row takes the rest");
		is_int(policy_find(p, &q)->greatest_age, 5, "an empty age is the configuration's");
		buf_init(&b);
		ok(policy_shadowed(p, &b) == 1 && strstr(b.p, ":4: never reached: line 2"),
		    "a hidden row is named");
		buf_free(&b);
	}
	policy_free(p);
	for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		e = (struct err)ERR_INIT;
		p = load(wrong[i].text, &e);
		if (!ok(p == NULL && strstr(e.text, wrong[i].want), "%s", wrong[i].what))
			printf("#  got: %s\n# want: %s\n", e.text, wrong[i].want);
		policy_free(p);
	}
	return done_testing();
}
