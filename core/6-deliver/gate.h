/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last question before a warning leaves: may it still?  Between composing
 * and handing over an asset may have ended, another organisation may have
 * registered, a contact may have been corrected, a redirect set, or a person
 * may have said hold.
 */
#ifndef CORE_GATE_H
#define CORE_GATE_H

#include "4-decide/decider.h"

/* SHUT: a person holds it, the same bytes go out when he lets go.  STALE: it would be another warning
 * today, or none: it is withdrawn and its cases are decided anew.  *why is a constant text for people. */
enum gate { GATE_SHUT, GATE_OPEN, GATE_STALE };
enum gate gate(struct decider *d, const struct warning *w, const char **why);

#endif
