/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups: all assets with one and the same key (a network, an AS number, a
 * domain), and the next wider group that covers it too.  The tables find the
 * most specific group of a row and nothing else; walking up from there gives
 * every asset that covers the row, and only rows that match pay for it.
 * Group 0 is "none".
 */
#ifndef REGISTRY_GROUP_H
#define REGISTRY_GROUP_H

#include <stdbool.h>
#include <stdint.h>

struct group {
	uint32_t	 up;		/* the next wider group; 0: none */
	uint32_t	 first, n;	/* in asset[] */
	uint16_t	 rule, rank;	/* as in a claim */
};

struct groups {
	struct group	*g;
	uint32_t	*asset;		/* numbers, as in the data */
	uint32_t	 n, nasset;
};

/* Room for as many as there are lines. */
bool groups_init(struct groups *gs, uint32_t nline);
void groups_free(struct groups *gs);
/* A new group without assets; they are added to the newest group only. */
uint32_t groups_new(struct groups *gs, uint16_t rule, uint16_t rank, uint32_t up);
void groups_add(struct groups *gs, uint32_t asset);

#endif
