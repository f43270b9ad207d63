/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whoever runs a network whose addresses change hands finds the customer by
 * time and source port: such a case is told with every sighting that was not
 * told yet, also of the cases that were merged into it.
 */
#ifndef CORE_SIGHTINGS_H
#define CORE_SIGHTINGS_H

#include "4-decide/decider.h"
#include "5-compose/compose.h"

void sightings_of(struct decider *d, const struct tcase *c, const struct asset *asset, struct arena *a,
    struct compose_system *s);

#endif
