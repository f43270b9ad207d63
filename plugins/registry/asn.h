/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AS numbers: a hash table that is at most half full, probed in a line.
 * Immutable once built.
 */
#ifndef REGISTRY_ASN_H
#define REGISTRY_ASN_H

#include <stdbool.h>
#include <stdint.h>

struct asn_slot {
	uint32_t	 asn, value;	/* value 0: free */
};

struct asns {
	struct asn_slot	*slot;
	uint32_t	 mask;
};

bool asns_init(struct asns *t, uint32_t n);	/* room for n numbers; false: no memory */
void asns_free(struct asns *t);
void asns_put(struct asns *t, uint32_t asn, uint32_t value);

static inline uint32_t
asns_hash(const struct asns *t, uint32_t asn)
{
	return (uint32_t)((asn * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & t->mask;
}

static inline uint32_t
asns_find(const struct asns *t, uint32_t asn)
{
	uint32_t i = asns_hash(t, asn);

	while (t->slot[i].value != 0 && t->slot[i].asn != asn)
		i = (i + 1) & t->mask;
	return t->slot[i].value;
}

#endif
