/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A notifier at work: one worker process that loaded one notifier plugin with
 * its options, and hands over one warning at a time.  The process has the
 * network and its own credentials, neither ledger nor spool.  It is hostile
 * until proved otherwise: answers are copied, then checked.
 */
#ifndef CORE_NOTIFIER_H
#define CORE_NOTIFIER_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "err.h"
#include "plugin_host.h"

struct notifier;
struct notifier *notifier_start(const struct plugin *p, const struct tcs_val *opts, struct err *e);
/* How long one hand-over may take; by itself the plugin's option "timeout" and half a minute, or ten
 * minutes. */
void notifier_limit(struct notifier *n, int64_t ms);
void notifier_stop(struct notifier *n);			/* NULL is fine; ends the process */
/* The plugin's render: what it made, in a.  False: err says why (the plugin refused, died, took too long). */
bool notifier_render(struct notifier *n, const struct tcs_warning *w, struct arena *a, const char **type,
    const char **bytes,
    size_t *nbytes, struct err *e);
/* Begins to hand one over; the warning is copied to the worker.  One at a time.  False: it could not even
 * begin. */
bool notifier_begin(struct notifier *n, const struct tcs_warning *w, struct err *e);
int notifier_fd(const struct notifier *n);			/* readable when there is an answer,
								 * or the process died */
/* 1: *out is the answer; 0: not yet (after timeout_ms; -1 waits as long as it takes).  A process that dies
 * or takes
 * longer than its limit answers UNKNOWN when it had begun to deliver, and is started anew at the next
 * begin. */
int notifier_poll(struct notifier *n, int timeout_ms, struct tcs_result *out);
bool notifier_check(struct notifier *n, struct err *e);	/* tocsin check --online */

#endif
