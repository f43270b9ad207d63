/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes back: one look at each mailbox of the section answers.  Each
 * message is sorted (sort.h), tied to the warning that its token or Message-ID
 * names, and has its effect and its row in the ledger in one commit; only then
 * is it marked in the mailbox.  What a recipient answers becomes an order in
 * the audit log, by ids.  What nobody understands waits for a person.  Nothing
 * is ever answered by us, so nothing can go in circles.
 */
#ifndef CORE_ANSWERS_H
#define CORE_ANSWERS_H

#include "4-decide/decider.h"

/* Trouble with a mailbox is told, raises an alarm, and is no failure.  *n: messages taken, *troubles. */
bool answers_look(struct decider *d, bool (*stop)(void *arg), void *arg, uint32_t *n, uint32_t *troubles,
    struct err *e);

#endif
