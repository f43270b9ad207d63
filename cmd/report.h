/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of `tocsin report` share: what was asked, and what was written so far. */
#ifndef CMD_REPORT_H
#define CMD_REPORT_H

#include "cmd/list.h"
#include "cmd/view.h"
#include "core/digest.h"
#include "core/report/effect.h"

struct reporting {
	struct view		*v;
	struct report_query	 q;
	bool			 csv;
	unsigned		 only;		/* bits of report_of and REPORT_EFFECT; 0: all */
	struct sha256_ctx	*rows;		/* over all rows, for the manifest */
	struct list		*t;		/* of the section at hand */
	const char		*name;
	uint64_t		 n;		/* rows */
};
#define REPORT_EFFECT REPORT_OF_MAX
extern const char *const report_count_names[];	/* by report_of, then "effect"; ended by NULL */

/* One sentence for the annual report: lang "nl" or "en".  year: the last of the period. */
bool report_sentence(struct reporting *x, const char *lang, struct err *e);
/* What it was made from and how, as one JSON object, into a file ("-": stdout). */
bool report_manifest(struct reporting *x, const char *file, struct err *e);

#endif
