/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A few threads that do the same to many things while their owner does
 * something else: composing asks neither clock nor ledger, so warnings are
 * composed while those before them are written.  Only work that shares nothing
 * it changes may be given to it.
 */
#ifndef CORE_CREW_H
#define CORE_CREW_H

#include <stdint.h>

struct crew;
struct crew *crew_new(unsigned threads);	/* 0: as many as there are processors, less one; at most 8 */
void crew_free(struct crew *c);			/* NULL is fine; nothing may be at work */
/* Begins fn(arg, i) for each i below n.  Whoever began it calls crew_finish before he begins anything
 * else. */
void crew_begin(struct crew *c, uint32_t n, void (*fn)(void *arg, uint32_t i), void *arg);
/* Helps, and returns when all of it is done. */
void crew_finish(struct crew *c);

#endif
