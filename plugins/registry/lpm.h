/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Longest prefix match, for IPv4 and IPv6 alike: a table of the first 16
 * bits, then nodes of 8 bits each.  Of a node's 256 places only those are
 * kept where the answer changes; a bit map and a count of its bits find them,
 * so that some hundred thousand networks stay near the processor.  A lookup is
 * for many addresses at once, level by level: the memory that each needs next
 * is asked for while the others are done.
 *
 * Immutable once built, so that any number of readers may share it.
 */
#ifndef REGISTRY_LPM_H
#define REGISTRY_LPM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LPM_BATCH 256			/* addresses of one lookup at most */

struct lpm_prefix {
	uint8_t		 ip[16];
	uint8_t		 len;		/* of 128 bits; bits past it are 0 */
	uint32_t	 value;		/* 1 .. 2^31 - 1 */
};

struct lpm_node {
	uint64_t	 change[4];	/* bit i: place i differs from place i - 1 (bit 0 is set) */
	uint32_t	 base;		/* its first place in place[] */
	uint8_t		 before[4];	/* bits set in the words before */
};

struct lpm {
	unsigned	 skip;		/* bytes of the address before the key: 12 for IPv4, 0 for IPv6 */
	uint32_t	*root;
	struct lpm_node	*node;
	uint32_t	*place;		/* a value, or a node with LPM_DOWN */
	size_t		 nnode, nplace, capnode, capplace;
};

/* p is sorted by ip, then len, and no two are the same.  False: no memory. */
bool lpm_build(struct lpm *t, const struct lpm_prefix *p, uint32_t n, unsigned skip);
void lpm_free(struct lpm *t);
/* value[i] is that of the longest prefix that covers the 16 bytes at ip[i], or 0. n <= LPM_BATCH. */
void lpm_find(const struct lpm *t, const uint8_t *const *ip, uint32_t n, uint32_t *value);
size_t lpm_bytes(const struct lpm *t);

#endif
