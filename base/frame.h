/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages over a stream socket: length, type, body.  One reader and one
 * writer at each end.  Times are limits in milliseconds, -1: none.  Nothing
 * here trusts the other end: a length beyond the limit ends the talk.
 */
#ifndef BASE_FRAME_H
#define BASE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "buf.h"

/* False: errno says why (EPIPE, ETIMEDOUT). Part of the message may have gone. */
bool frame_send(int fd, uint32_t type, const void *p, size_t n, int timeout_ms);

struct frames {
	int		 fd;
	uint32_t	 most;			/* longest body accepted */
	struct buf	 in;
	size_t		 used;			/* of the message given last */
	/* the message at hand; valid until the next call */
	uint32_t	 type;
	const char	*p;
	size_t		 n;
};

void frames_init(struct frames *f, int fd, uint32_t most);
void frames_free(struct frames *f);		/* wipes what was received; the socket stays open */
/* 1: a message; 0: none yet; -1: the other end closed (errno 0), lied (EMSGSIZE), or another error. */
int frames_next(struct frames *f, int timeout_ms);
bool frames_pending(const struct frames *f);	/* a whole message is already here */

int64_t frame_clock(void);			/* ms, monotonic */

#endif
