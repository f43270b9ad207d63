/* SPDX-License-Identifier: Apache-2.0 */
/* The configured stages from inside, for stages.c and matched.c. */
#ifndef CORE_STAGES_INT_H
#define CORE_STAGES_INT_H

#include "3-match/stage.h"

struct stages {
	struct stage	*stage;
	uint32_t	 n;
	struct tcs_claim *claim, *sorted;
	uint32_t	 nclaim, cap;
	const char	**want;			/* fields that stages on matched findings want */
	uint32_t	 nwant;
};

void stages_put_wants(struct stages *s);		/* again, after data was loaded */

#endif
