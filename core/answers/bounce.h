/* SPDX-License-Identifier: Apache-2.0 */
/* Undeliverable mail: is it such, for good or not yet, and with what status? */
#ifndef CORE_BOUNCE_H
#define CORE_BOUNCE_H

#include "answers/sort.h"

/* False: it is none. */
bool bounce_read(struct arena *a, const struct mime *m, struct sorted *out);

#endif
