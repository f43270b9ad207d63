/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domains by suffix, label by label from the right: a hash table of every
 * suffix of every domain, so that a name whose next suffix is not in it can
 * stop there, as most do after two labels.  The hash of a suffix continues
 * that of the shorter one.  Many names at once, label by label, as in lpm.h.
 *
 * Names are compared as bytes: lower case, A-labels, no dot at the end, as
 * host and data have them.  Immutable once built; the texts are the caller's.
 */
#ifndef REGISTRY_SUFFIX_H
#define REGISTRY_SUFFIX_H

#include <stdbool.h>
#include <stdint.h>
#include <tocsin/slice.h>

#define SUFFIX_BATCH 256		/* names of one lookup at most */

struct suffix_slot {
	uint32_t	 tag;		/* the hash's upper half */
	uint32_t	 suffix;	/* number; 0: free */
};

struct suffix {
	const char	*p;
	uint32_t	 n;
	uint32_t	 value;		/* 0: not itself a domain of the data */
};

struct suffixes {
	struct suffix_slot *slot;
	struct suffix	*suffix;
	uint32_t	 mask, n;
};

/* label: how many there are in all domains together. False: no memory. */
bool suffixes_init(struct suffixes *t, uint32_t label);
void suffixes_free(struct suffixes *t);
/* Adds the domain with its value (not 0) if it is new; *value is the one it has. *up: the value of the next
 * shorter suffix that has one, 0: none. Shorter domains must have been put before. */
void suffixes_put(struct suffixes *t, struct tcs_slice domain, uint32_t *value, uint32_t *up);
/* value[i]: of the longest suffix of name[i] that has one, or 0. n <= SUFFIX_BATCH. */
void suffixes_find(const struct suffixes *t, const struct tcs_slice *name, uint32_t n, uint32_t *value);

#endif
