/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin-worker: a process that loads one plugin and works for the host.  One
 * plugin, one mode, one life:
 *
 *   describe   sends the declaration and ends
 *   source     opens the plugin, then forks a child for each input
 *   notifier   forks one child that opens the plugin and hands warnings over
 *
 * The parent of a child keeps an eye on the socket: when the host is gone, so
 * are all workers.  The parts: load (the .so), describe, confine (limits),
 * pool (a plugin's memory), source and answer (rows), notifier.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "arena.h"
#include "buf.h"
#include "frame.h"
#include "pack.h"
#include <tocsin/plugin.h>
#include "wire.h"

struct limits {
	uint64_t	 memory;		/* bytes the plugin may have beyond what is mapped for it */
	uint32_t	 cpu;			/* seconds for one call */
	uint64_t	 ring;			/* size of the window's ring */
};

/* load.c: false, NULL: why is said in why.  The first before the fences, since it must see who owns what. */
bool load_check(const char *path, char *why, size_t n);
const struct tcs_plugin *load_plugin(const char *path, char *why, size_t n);

/* describe.c */
void describe(struct buf *out, const struct tcs_plugin *p);

/* confine.c */
enum confine_mode { CONFINE_DESCRIBE, CONFINE_SOURCE, CONFINE_NOTIFIER };
/* Before the plugin so is loaded; last: the highest descriptor to keep; writable: what a notifier may write,
 * ended by NULL, or NULL. */
void confine_early(enum confine_mode mode, int last, const char *so, char *const *writable);
uint32_t confine_layers(void);				/* that confine_early could put up */
bool confine_strict(void);				/* none may be missing */
/* In the child, before the input is seen; and before open.  False: a layer is missing. */
bool confine_source(const struct limits *l);
bool confine_notifier(const struct limits *l);
void confine_cpu(uint32_t seconds);			/* from now on, so much more */

/* orders.c */
void say(uint32_t msg, const struct buf *body);		/* to the host; ends the process when it is gone */
void say_text(uint32_t msg, const char *text);
void say_log(int level, const char *text);
void hear(struct frames *in);		/* the next message; ends the process when the host is gone */
bool take_open(const struct frames *in, const struct tcs_plugin *p, struct arena *a, struct limits *l,
    struct tcs_val **opts);
/* Waits for the child's end, or for the host's, which ends the child. */
struct rusage;
int watch(pid_t child, struct rusage *use);

/* source.c, notifier.c */
int source_main(const struct tcs_plugin *p);
int notifier_main(const struct tcs_plugin *p);

#endif
