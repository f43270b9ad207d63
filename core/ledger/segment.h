/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packed rows: the sightings of one commit and input, sorted by case, and the
 * spans of a quarantine.  Everything is a difference to the row before, as a
 * variable-length integer, so that a sighting takes 8 to 14 bytes.  Reading
 * checks every length: a damaged segment is said to be so, never believed.
 */
#ifndef CORE_SEGMENT_H
#define CORE_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>
#include "buf.h"
#include "ledger/ledger.h"

/* Appends to out; s may be in any order. Of one case, the order of s is kept. */
void segment_encode(struct buf *out, const struct sighting *s, uint32_t n);

struct segment {
	const uint8_t	*p, *end;
	struct sighting	 at;		/* the one before */
	uint32_t	 left;		/* sightings still to come */
	bool		 damaged;
};
void segment_open(struct segment *g, const void *p, size_t n);
bool segment_next(struct segment *g, struct sighting *s);	/* false: the end, or damaged */

void spans_encode(struct buf *out, const struct span *s, uint32_t n);
/* *s is to be freed by the caller; false: damaged. */
bool spans_decode(const void *p, size_t n, struct span **s, uint32_t *count);

/* The integers themselves, for seen.c. put returns the next free byte; get NULL when there
 * is none within end. */
#define VARINT_MAX 10
uint8_t *varint_put(uint8_t *p, uint64_t v);
const uint8_t *varint_get(const uint8_t *p, const uint8_t *end, uint64_t *v);
static inline uint64_t
zigzag(int64_t v)
{
	return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
}
static inline int64_t
unzigzag(uint64_t v)
{
	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

#endif
