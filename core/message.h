/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message that a mailbox source brought: its attachments (or its body, as
 * the source's take says) become inputs of their own, with the message as
 * their parent, as an archive's members do.  Each is a blob in the spool
 * before it is told.
 */
#ifndef CORE_MESSAGE_H
#define CORE_MESSAGE_H

#include "1-fetch/spool.h"
#include "config.h"
#include "ledger/ledger.h"
#include "sources.h"

/* Whether the input is such a message, not yet taken apart. */
bool message_is(const struct cfg_source *s, const struct input *in);
/* *bad: nothing in it can be used, and it is in quarantine with the reason.  False: spool or ledger could
 * not be
 * written; tried again. */
bool message_expand(struct ledger *l, struct spool *spool, struct sources *sources,
    const struct cfg_source *s, struct input *in, bool *bad, struct err *e);

#endif
