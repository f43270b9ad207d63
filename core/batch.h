/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hot half of a batch of findings: what every row is converted for, by
 * column.  All else of a row stays text in the host's window until the row
 * has survived matching (see finding.h).  Owned by the decoder, refilled for
 * each slot of answers; slices point into the host's window or the decoder's
 * arena and die with the next refill.
 */
#ifndef CORE_BATCH_H
#define CORE_BATCH_H

#include <stdbool.h>
#include <stdint.h>
#include "ip.h"
#include <tocsin/slice.h>

#define BATCH_ROWS 1024

struct batch {
	uint32_t	 nrow;
	uint32_t	 row[BATCH_ROWS];	/* index in the struct rows it came from */
	struct ip	 ip[BATCH_ROWS];	/* subject's address */
	uint64_t	 has_ip[BATCH_ROWS / 64];
	struct tcs_slice name[BATCH_ROWS];	/* subject's name, only where the finding is
						 * about a name; normalised */
	uint64_t	 has_name[BATCH_ROWS / 64];
	uint32_t	 asn[BATCH_ROWS];
	uint64_t	 has_asn[BATCH_ROWS / 64];
	int64_t		 observed[BATCH_ROWS];	/* ns; TIME_NONE: the row has no time, the input's is used */
	uint8_t		 verdict[BATCH_ROWS];
};

static inline bool
batch_bit(const uint64_t *bits, uint32_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

static inline void
batch_set(uint64_t *bits, uint32_t i)
{
	bits[i / 64] |= UINT64_C(1) << (i % 64);
}

#endif
