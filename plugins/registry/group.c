/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of assets; see group.h.  The two arrays are allocated once, for the
 * number of lines, and never grow.
 */
#include <stdlib.h>
#include "group.h"

bool
groups_init(struct groups *gs, uint32_t nline)
{
	gs->g = calloc((size_t)nline + 1, sizeof *gs->g);
	gs->asset = calloc((size_t)nline + 1, sizeof *gs->asset);
	gs->n = 1;
	gs->nasset = 0;
	return gs->g != NULL && gs->asset != NULL;
}

void
groups_free(struct groups *gs)
{
	free(gs->g);
	free(gs->asset);
}

uint32_t
groups_new(struct groups *gs, uint16_t rule, uint16_t rank, uint32_t up)
{
	gs->g[gs->n] = (struct group){ .up = up, .first = gs->nasset, .rule = rule, .rank = rank };
	return gs->n++;
}

void
groups_add(struct groups *gs, uint32_t asset)
{
	gs->asset[gs->nasset++] = asset;
	gs->g[gs->n - 1].n++;
}
