/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event loop of `tocsin run`: descriptors, deadlines and signals, each
 * with a function to call, one at a time, in one thread.  A callback may add
 * and take away anything, itself too.  It has no priorities and no idle work;
 * what takes long delays the rest.
 */
#ifndef CORE_LOOP_H
#define CORE_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include "err.h"

struct loop;

struct loop *loop_new(struct err *e);
/* Signals that it watched are unblocked again, after those that wait are thrown away. */
void loop_free(struct loop *l);

/* fn is called as long as fd is readable or hung up.  fn NULL: not watched any more (before fd is closed). */
bool loop_fd(struct loop *l, int fd, void (*fn)(void *arg), void *arg, struct err *e);
/* fn is called once, when CLOCK_MONOTONIC has reached at (ns); earlier ones first.  Its number, never 0. */
uint64_t loop_timer(struct loop *l, int64_t at, void (*fn)(void *arg), void *arg);
void loop_cancel(struct loop *l, uint64_t timer);	/* one that is spent, or 0: nothing */
/* The signal is blocked from now on and comes by the loop, several at once as one (so SIGCHLD means: reap
 * all).  Children inherit the block: whoever starts one gives it an empty mask.  fn NULL: nobody is told. */
bool loop_signal(struct loop *l, int signo, void (*fn)(void *arg), void *arg, struct err *e);
/* Whether such a signal waits for the loop: for long work inside a callback to ask. */
bool loop_signal_waits(const struct loop *l, int signo);

/* Until loop_stop; false: the system refused (err set). */
bool loop_run(struct loop *l, struct err *e);
void loop_stop(struct loop *l);			/* after the callback that says so */
int64_t loop_now(void);				/* CLOCK_MONOTONIC, ns */

#endif
