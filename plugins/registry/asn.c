/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AS numbers; see asn.h.
 */
#include <stdlib.h>
#include "asn.h"

bool
asns_init(struct asns *t, uint32_t n)
{
	uint32_t size = 16;

	while (size / 2 < n && size < UINT32_C(1) << 31)
		size *= 2;
	t->mask = size - 1;
	t->slot = calloc(size, sizeof *t->slot);
	return t->slot != NULL;
}

void
asns_free(struct asns *t)
{
	free(t->slot);
}

void
asns_put(struct asns *t, uint32_t asn, uint32_t value)
{
	uint32_t i = asns_hash(t, asn);

	while (t->slot[i].value != 0)
		i = (i + 1) & t->mask;
	t->slot[i] = (struct asn_slot){ asn, value };
}
