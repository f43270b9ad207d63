/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting and burying tocsin-worker.  A worker gets a socket and the
 * descriptors it is given, nothing else: its own process group, an environment
 * of a few harmless names, default signals.  Safe to call from any thread.
 */
#ifndef CORE_PROCESS_H
#define CORE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "buf.h"
#include "err.h"
#include "plugin_host.h"

struct process {
	pid_t	 pid;		/* 0: none */
	int	 fd;		/* our end of the socket */
};

/* From now on a worker that cannot have all its fences refuses to work. */
void process_isolate(bool strict);
/* Which fences workers have on this system, as W_LAYER_* of worker/wire.h. */
bool process_probe(uint32_t *layers, struct err *e);
/* What a system lacks, for a person; "" when nothing. */
void process_lacks(uint32_t layers, char *out, size_t n);

#define PROCESS_FDS 4
/* mode: "describe", "source", "notifier", "probe".  fd: what the worker gets as W_FD_SOCKET + 1 and so on;
 * the caller closes its own.  writable: files and folders that a notifier may open beside the system's, ended
 * by NULL; NULL: none. */
bool process_start(struct process *s, const char *mode, const char *so, const int *fd, unsigned nfd,
    const char *const *writable, struct err *e);
/* Kills it and what it started, waits; the status of wait(2), 0 when there was none. */
int process_kill(struct process *s);
/* Waits for one that ends by itself, timeout_ms at most, then kills it. */
int process_end(struct process *s, int timeout_ms);

/* What a wait status means, for a person: "crashed (SIGSEGV, segmentation fault)". cpu: the limit in
 * seconds, 0 unknown. */
void process_why(char *out, size_t n, int status, uint32_t cpu);

/* The values of a plugin's options as bytes for W_OPEN. */
void process_pack_values(struct buf *b, const struct plugin *p, const struct tcs_val *v);

#endif
