/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times written as a pattern says: both notations, what is almost so, and
 * patterns that are none.
 */
#include <string.h>
#include "timefmt.h"
#include "timepattern.h"
#include "tap.h"

static const struct { const char *pattern, *text, *want; } forms[] = {
	{ "DD-MM-YYYY HH:mm", "03-04-2026 08:00", "2026-04-03T08:00:00Z" },
	{ "DD-MM-YYYY HH:mm", "3-4-2026   8:05", "2026-04-03T08:05:00Z" },
	{ "DD-MM-YYYY HH:mm", "03-04-2026", NULL },
	{ "DD-MM-YYYY HH:mm", "03-04-2026 08:00:01", NULL },
	{ "DD-MM-YYYY HH:mm", "31-02-2026 08:00", NULL },
	{ "DD-MM-YYYY HH:mm", "03-04-2026 24:00", NULL },
	{ "DD-MM-YYYY HH:mm", "03-04-26 08:00", NULL },
	{ "D.M.YY", "1.2.26", "2026-02-01T00:00:00Z" },
	{ "MM/DD/YYYY hh:mm:ss A", "11/20/2026 12:00:05 AM", "2026-11-20T00:00:05Z" },
	{ "MM/DD/YYYY h:mm a", "11/20/2026 1:30 pm", "2026-11-20T13:30:00Z" },
	{ "MM/DD/YYYY h:mm a", "11/20/2026 13:30 pm", NULL },
	{ "MM/DD/YYYY h:mm a", "11/20/2026 0:30 am", NULL },
	{ "YYYY-MM-DDTHH:mm:ss.SZ", "2026-11-20T08:00:00.25+01:00", "2026-11-20T07:00:00.250000Z" },
	{ "YYYY-MM-DD HH:mm Z", "2026-11-20 08:00 UTC", "2026-11-20T08:00:00Z" },
	{ "D MMM YYYY", "20 November 2026", "2026-11-20T00:00:00Z" },
	{ "D MMM YYYY", "20 nov 2026", "2026-11-20T00:00:00Z" },
	{ "D MMM YYYY", "20 smarch 2026", NULL },
	{ "%d-%m-%Y %H:%M", "20-11-2026 08:00", "2026-11-20T08:00:00Z" },
	{ "%F %T", "2026-11-20 08:00:60", "2026-11-20T08:00:59Z" },
	{ "%s", "1795161600", "2026-11-20T08:00:00Z" },
	{ "%s", "x", NULL },
	{ "%b %d %Y %I:%M %p %z", "Nov 20 2026 08:00 PM -0100", "2026-11-20T21:00:00Z" },
	{ "%Y%%%m%%%d", "2026%11%20", "2026-11-20T00:00:00Z" },
	{ "%Y-%m-%d", "", NULL },
};

static const char *const wrong[] = { "", "DD-MM", "YYYY-MM", "%Y-%m", "%Y-%m-%d %Q", "YYYYY-MM-DD",
	"YYYY-MM-DD hh:mm", "%Y-%m-%d %I:%M", "YYYY-MM-DD x", "%" };

int
main(void)
{
	char text[TIME_TEXT];
	bool zoned, good;
	int64_t ns;
	size_t i;

	for (i = 0; i < sizeof forms / sizeof *forms; i++) {
		ok(time_pattern_wrong(forms[i].pattern) == NULL, "'%s' is a pattern", forms[i].pattern);
		good = time_pattern(forms[i].pattern, forms[i].text, strlen(forms[i].text), &ns, &zoned);
		if (good)
			time_iso(ns, text);
		ok(good == (forms[i].want != NULL) && (!good || strcmp(text, forms[i].want) == 0),
		    "'%s' as '%s'", forms[i].text, forms[i].pattern);
	}
	for (i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ok(time_pattern_wrong(wrong[i]) != NULL, "'%s' is none", wrong[i]);
	return done_testing();
}
