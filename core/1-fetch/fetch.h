/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetch: brings what a configured source has to show into the spool, and says
 * so, once for each thing shown.  dir:PATH (a folder and its subfolders, four
 * levels deep; complete files only: renamed in, closed by their writer, or
 * unchanged for a while; names that begin with a dot or end in .tmp, .part,
 * .filepart or ~ are not looked at), file:PATH, http:// and https:// (libcurl,
 * conditional by ETag and Last-Modified).  What was taken before and has not
 * changed is not read again.  Whether an arrival is new is the ledger's to
 * say.
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
	/* As the transport named it, made safe to print: path below the folder, Content-Disposition, or last
	 * part of the URL's path. */
	const char		*name;
	const char		*path;	/* where it was: a path, or a URL without its query; for people */
	struct blob		 blob;
	int64_t			 when;	/* ns: modified, Last-Modified, or now */
};

struct fetch_sink {
	void	*arg;
	/* False ends the fetch (err set): the ledger could not take it; the thing will be shown again. */
	bool	(*arrived)(void *arg, const struct arrival *a, struct err *e);
	/* Could not be read: unreadable file, HTTP error, too large.  Told and tried again at every look. */
	void	(*trouble)(void *arg, const struct cfg_source *s, const char *what, const char *why);
	/* Small state that outlives the program (ledger_state_*): "http:NAME:etag", "dir:NAME:taken".  get
	 * returns NULL or text in a.  put comes after arrived, and must not be durable before it. */
	const char *(*get)(void *arg, struct arena *a, const char *key);
	void	(*put)(void *arg, const char *key, const char *value);
	/* May be NULL.  Asked while a download lasts; true gives it up. */
	bool	(*stop)(void *arg);
	/* May be NULL.  A look at a URL is over; quiet: without trouble.  Not told when the look itself
	 * failed. */
	void	(*looked)(void *arg, const struct cfg_source *s, bool quiet);
};

struct fetch;
/* c and s outlive it.  Touches no source yet. */
struct fetch *fetch_open(const struct config *c, struct spool *s, struct err *e);
void fetch_close(struct fetch *f);
/* One look at one source of the config.  settle: also wait for files that are still young to become stable
 * (run --once), at most a few seconds; without it they are taken at a later look.  False: the source could
 * not be looked at, the spool is full, or a sink said stop. */
bool fetch_look(struct fetch *f, const struct cfg_source *src, bool settle, const struct fetch_sink *sink,
    struct err *e);
/* The same without waiting for a server: a look at a URL is only begun (*begun true), or left alone while
 * the last one lasts, and ends in a later fetch_turn, which says whether any did.  sink is copied.  False of
 * a turn: *failed could not be looked at, as with fetch_look. */
bool fetch_look_soon(struct fetch *f, const struct cfg_source *src, const struct fetch_sink *sink,
    bool *begun, struct err *e);
bool fetch_turn(struct fetch *f, bool *some, const struct cfg_source **failed, struct err *e);
int fetch_net_fd(const struct fetch *f);	/* readable: a turn is worth it */
/* For the event loop of `run`: a descriptor that is readable when a source that was looked at may have
 * something new, or a file that was waited for may be complete (-1: none), and what to call when it is.  The
 * answer tells which sources by a bit each; one past the 64th sets all bits. */
int fetch_fd(struct fetch *f);
uint64_t fetch_drain(struct fetch *f);

#endif
