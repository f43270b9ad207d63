/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLP 2.0 labels (FIRST, 2022) and severities by name.  Reading also takes the
 * names of TLP 1.0, the "TLP:" prefix and YELLOW; writing is 2.0 alone.
 */
#include "finding.h"

const char *const tlp_names[] = { "clear", "green", "amber", "amber+strict", "red" };
const char *const severity_names[] = { "", "info", "low", "medium", "high", "critical" };

bool
tlp_by_name(struct tcs_slice s, enum tlp *out)
{
	static const struct { const char *name; enum tlp tlp; } names[] = {
		{ "clear", TLP_CLEAR }, { "white", TLP_CLEAR }, { "green", TLP_GREEN },
		{ "amber", TLP_AMBER }, { "yellow", TLP_AMBER }, { "amber+strict", TLP_AMBER_STRICT },
		{ "red", TLP_RED },
	};
	size_t i;

	s = tcs_trim(s);
	if (s.n > 4 && tcs_is_nocase(tcs_slice(s.p, 4), "tlp:"))
		s = tcs_trim(tcs_slice(s.p + 4, s.n - 4));
	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (tcs_is_nocase(s, names[i].name)) {
			*out = names[i].tlp;
			return true;
		}
	return false;
}

int
severity_by_name(struct tcs_slice s)
{
	int i;

	s = tcs_trim(s);
	for (i = SEV_INFO; i <= SEV_CRITICAL; i++)
		if (tcs_is_nocase(s, severity_names[i]))
			return i;
	return SEV_NONE;
}
