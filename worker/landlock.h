/* SPDX-License-Identifier: Apache-2.0 */
/*
 * landlock.h -- which files a process may open, by Landlock (Linux 5.13; see
 * landlock(7)).  A fence stands for good and for all children; a second one
 * can only take away.
 */
#ifndef WORKER_LANDLOCK_H
#define WORKER_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>

/* A folder or file and all below it.  What does not exist is passed over. */
struct open_path {
	const char	*path;
	bool		 write;		/* also written, made and removed */
};

int landlock_abi(void);			/* 0: this kernel has none */
/* From now on nothing but these may be opened, no TCP socket connected or bound unless tcp, and no process
 * outside of the fence signalled or looked into - as far as the kernel's version knows how. */
bool landlock_fence(const struct open_path *p, size_t n, bool tcp);

#endif
