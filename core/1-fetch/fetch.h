/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetch: brings what a configured source has to show into the spool, and says
 * so, once for each thing shown.  dir:PATH (a folder; complete files only:
 * renamed in, or unchanged between two looks; names that begin with a dot or
 * end in .tmp or .part are not looked at), file:PATH, http:// and https://
 * (libcurl, conditional by ETag and Last-Modified).  What was seen before and
 * has not changed is not read again.  Whether an arrival is new is the
 * ledger's to say.
 */
#ifndef CORE_FETCH_H
#define CORE_FETCH_H

#include <stdbool.h>
#include <stdint.h>
#include "1-fetch/spool.h"
#include "config.h"
#include "err.h"

struct arrival {
	const struct cfg_source	*source;
	const char		*name;		/* as the transport named it: path below the folder, last part of the URL's path */
	const char		*path;		/* where it was: a path or URL, for people */
	struct blob		 blob;
	int64_t			 when;		/* ns: modified, Last-Modified, or now */
};

struct fetch_sink {
	void	*arg;
	/* False ends the fetch (err set): the ledger could not take it; the thing will be shown again. */
	bool	(*arrived)(void *arg, const struct arrival *a, struct err *e);
	/* Could not be read: unreadable file, HTTP error, too large.  Told, and tried again at the next look. */
	void	(*trouble)(void *arg, const struct cfg_source *s, const char *what, const char *why);
	/* Small state that outlives the program (ledger_state_*): "http:NAME:etag". get returns NULL or text in a. */
	const char *(*get)(void *arg, struct arena *a, const char *key);
	void	(*put)(void *arg, const char *key, const char *value);
};

struct fetch;
struct fetch *fetch_open(const struct config *c, struct spool *s, struct err *e);
void fetch_close(struct fetch *f);
/* One look at one source.  settle: also wait for files that are still young to become stable (run --once), at most a
 * few seconds; without it they are taken at a later look.  False: the source could not be looked at, or a sink said stop. */
bool fetch_look(struct fetch *f, const struct cfg_source *src, bool settle, const struct fetch_sink *sink, struct err *e);
/* For the event loop of `run`: an inotify descriptor that is readable when a watched folder may have something new
 * (-1: none), and what to call when it is; *changed tells which sources by a bit each (up to 64; beyond: all). */
int fetch_fd(struct fetch *f);
uint64_t fetch_drain(struct fetch *f);

#endif
