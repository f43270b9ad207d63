/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fence.h -- which system calls a process may make, by seccomp.  The only part
 * that includes libseccomp.
 */
#ifndef WORKER_FENCE_H
#define WORKER_FENCE_H

#include <stdbool.h>
#include <stdint.h>

/* Before a plugin is loaded: all but what opens a way out (other programs, other processes, the kernel's own
 * workings; without net also sockets).  Children are still possible. */
bool fence_coarse(bool net);
/* Before an input is seen: only what reading it needs.  No files, no processes, no sleep. */
bool fence_full(void);
/* As fence_coarse with net, and no process of its own; threads are (name service). */
bool fence_notifier(void);

/* Whoever makes another call dies of SIGSYS.  Its number is put here first, if not NULL, and the host is told
 * by this message, W_REFUSES or W_LOG, if not 0. */
void fence_notes(volatile uint32_t *number, uint32_t message);
const char *fence_name(uint32_t number, char *out, unsigned n);	/* "socket" */

#endif
