/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's clock.  Every decision asks here, so that a test, a rehearsal
 * and `tocsin try` can say what time it is: --now or TOCSIN_NOW stop the
 * clock at one moment.  Time-outs of I/O use the real monotonic clock.
 */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t clock_now(void);			/* ns, UTC */
void clock_set(int64_t ns);			/* stop it there */
bool clock_stopped(void);

#endif
