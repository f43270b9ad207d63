/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of explain: what each thing's story is. */
#ifndef CMD_EXPLAIN_H
#define CMD_EXPLAIN_H

#include "cmd/evidence.h"
#include "cmd/story.h"
#include "cmd/view.h"

struct explain {
	struct view	*v;
	struct story	 s;
	struct evidence	*ev;
	struct registry	*reg;		/* today's */
	struct policy	*policy;	/* today's, loaded when first asked */
	struct err	*e;
	uint32_t	 n;		/* of what the list at hand shows */
	uint32_t	 by_as[8];	/* assets that matched the address by its AS in some report */
	uint32_t	 nby_as;
};

/* explain_case.c */
bool explain_case(struct explain *x, const struct case_row *r);	/* the whole story */
void explain_case_line(struct explain *x, unsigned depth, const struct case_row *r);
/* explain_match.c: what today's registry says, and why nobody */
void explain_address(struct explain *x, const struct ip *ip);
void explain_asn(struct explain *x, uint32_t asn);
void explain_name(struct explain *x, const char *name);
void explain_asset_line(struct explain *x, unsigned depth, const struct asset *a, const char *fate);
/* explain_more.c */
bool explain_warning(struct explain *x, uint32_t id, bool *found);
bool explain_input(struct explain *x, uint32_t id, bool *found);
bool explain_org(struct explain *x, uint32_t id);
bool explain_raw(struct explain *x, const char *text);		/* where it stands in the raw inputs */

/* What people ordered about a warning. */
void explain_orders(struct explain *x, const struct warning_row *r);

/* explain_exploited.c */
void explain_exploited(struct explain *x, const struct tcase *c);
bool explain_filtered(struct explain *x, uint32_t input);
/* explain_answer.c */
void explain_answer(struct explain *x, const struct tcase *c);
#define MERGED_SHOWN 100
struct merging {		/* the cases that were merged into one, the first of them by id */
	struct explain	*x;
	uint32_t	 n, count, nid, id[MERGED_SHOWN];
};
bool explain_merged(struct explain *x, const struct tcase *c, struct merging *q);

#endif
