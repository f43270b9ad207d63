/* SPDX-License-Identifier: Apache-2.0 */
/* See filter.h. */
#include <string.h>
#include "cmd/filter.h"
#include "core/clock.h"
#include "near.h"
#include "timefmt.h"

#define MANY 256

bool
when_parse(const char *text, bool until, int64_t now, int64_t *s)
{
	size_t n = strlen(text);
	int64_t ns, ago;

	if (time_parse(text, n, &ns)) {
		/* "2026-11-20" and no more: the day is meant, all of it */
		*s = ns / NS + (until && n == strlen("2026-11-20") ? DAY : 0);
		return true;
	}
	if (!duration_parse(text, n, &ago) || ago > now / NS)
		return false;
	*s = now / NS - ago;
	return true;
}

int
word_find(const char *what, const char *word, const char *const *names, struct err *e)
{
	const char *near;
	int n = 0, i, found = -1;

	for (; names[n]; n++)
		if (strcmp(names[n], word) == 0)
			found = n;
	if (found >= 0)
		return found;
	near = near_name(word, names, (size_t)n);
	if (near)
		err_set(e, "%s \"%s\" is not known; did you mean \"%s\"?", what, word, near);
	else {
		char all[256] = "";
		size_t at = 0;

		for (i = 0; i < n && at + strlen(names[i]) + 3 < sizeof all; i++) {
			memcpy(all + at, i > 0 ? ", " : "", i > 0 ? 2 : 0);
			at += i > 0 ? 2 : 0;
			memcpy(all + at, names[i], strlen(names[i]) + 1);
			at += strlen(names[i]);
		}
		err_set(e, "%s \"%s\" is not known; there are %s", what, word, n > 0 ? all : "none yet");
	}
	return -1;
}

static bool
read_when(const struct cmd_args *a, const char *name, bool until, int64_t *s, struct err *e)
{
	const char *text = cmd_value(a, name);

	*s = TIME_NONE;
	if (text == NULL || when_parse(text, until, clock_now(), s))
		return true;
	return err_set(e, "--%s: \"%s\" is neither a date (2026-11-20), nor a moment (2026-11-20T08:00:00Z), "
	    "nor how long ago (14d, 12h)", name, text);
}

static bool
read_source(const char *name, struct ledger *l, uint32_t *source, struct err *e)
{
	const char *names[MANY + 1];
	uint32_t n = 0;

	if (name == NULL || (*source = ledger_find(l, DICT_SOURCE, tcs_str(name))) != 0)
		return true;
	while (n < MANY && ledger_text(l, DICT_SOURCE, n + 1)[0] != '\0') {
		names[n] = ledger_text(l, DICT_SOURCE, n + 1);
		n++;
	}
	names[n] = NULL;
	word_find("source", name, names, e);
	return false;
}

static bool
read_org(const char *key, struct ledger *l, int64_t *org, struct err *e)
{
	if (key == NULL)
		return true;
	if ((*org = ledger_org_find(l, key)) != 0)
		return true;
	return err_set(e, "organisation \"%s\" is not known; `tocsin org list` shows them", key);
}

bool
filter_read(const struct cmd_args *a, struct ledger *l, struct filter *f, struct err *e)
{
	*f = (struct filter){ .org = ANY, .state = cmd_value(a, "state") };
	if (!read_when(a, "since", false, &f->span.since, e) ||
	    !read_when(a, "until", true, &f->span.until, e))
		return false;
	if (f->span.since != TIME_NONE && f->span.until != TIME_NONE && f->span.since >= f->span.until)
		return err_set(e, "--since %s is not before --until %s", cmd_value(a, "since"),
		    cmd_value(a, "until"));
	return read_source(cmd_value(a, "source"), l, &f->source, e) &&
	    read_org(cmd_value(a, "organisation"), l, &f->org, e);
}
