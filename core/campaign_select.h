/* SPDX-License-Identifier: Apache-2.0 */
/* Which cases a campaign is about: by problem, CVE, identifier, input or a list of addresses and names. */
#ifndef CORE_CAMPAIGN_SELECT_H
#define CORE_CAMPAIGN_SELECT_H

#include "4-decide/decider.h"

/* what: "problem:X", "cve:X", "identifier:X", "input:N" or "list:FILE", whose bytes are list.  Ids of open
 * cases that nobody has answered, in a. */
bool campaign_select(struct decider *d, const char *what, const char *list, size_t nlist, struct arena *a,
    uint32_t **ids, uint32_t *n, struct err *e);
bool campaign_wants(const struct tcase *c);

#endif
