/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last question before a warning leaves: may it still?  Between composing
 * and handing over an asset may have ended, another organisation may have
 * registered, or a person may have said hold.
 */
#ifndef CORE_GATE_H
#define CORE_GATE_H

#include "4-decide/decider.h"

/* False: *why is a constant text for people. */
bool gate(struct decider *d, const struct warning *w, const char **why);

#endif
