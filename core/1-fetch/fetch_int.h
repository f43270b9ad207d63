/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What fetch's own files share: one place per source of the config, with what
 * was seen there, and the calls between them.  Nobody else includes this.
 */
#ifndef CORE_FETCH_INT_H
#define CORE_FETCH_INT_H

#include <sys/stat.h>
#include "1-fetch/fetch.h"

enum transport { FROM_DIR, FROM_FILE, FROM_HTTP, FROM_MAILBOX, FROM_API };

/* A file as it was at one look.  The same file, unchanged, has the same of all these. */
struct mark {
	uint64_t	dev, ino, size;
	int64_t		mtime, ctime;	/* ns */
};

struct seen {
	const char	*path;		/* below the folder */
	struct mark	 mark;
	int64_t		 since;		/* monotonic ns: first seen so */
	int64_t		 first;		/* monotonic ns: first waited for */
	bool		 taken;		/* nothing more to do with it until it changes */
	bool		 finished;	/* its writer was seen to finish */
	bool		 waiting;	/* for it to be complete */
	bool		 link;		/* a symbolic link */
};

/* A file whose writer was seen to finish. */
struct finished {
	const char	*path;
	int64_t		 ctime;
};

struct place {
	const struct cfg_source	*source;
	enum transport	 transport;
	const char	*from;		/* folder or URL */
	const char	*only;		/* FROM_FILE: its name in the folder */
	struct arena	*now, *before;	/* what seen lies in; swapped by each look */
	struct seen	*seen;		/* sorted by path */
	uint32_t	 nseen, capacity;
	struct arena	*events;
	struct finished	*finished;
	uint32_t	 nfinished, room;
	uint32_t	 nwaiting;
	struct get	*get;		/* a transfer that nobody waits for, or NULL */
	bool		 looked;	/* and so remembers what was taken before it began */
};

struct watch;

struct fetch {
	const struct config	*config;
	struct spool		*spool;
	struct arena		*arena;
	struct place		*place;		/* one per source, in their order */
	uint32_t		 nplace;
	struct net		*net;		/* NULL: transfers are waited for */
	struct watch		*watch;		/* NULL: there is no inotify; looks go by the clock */
};

int64_t fetch_monotonic(void);		/* ns */
struct mark fetch_mark(const struct stat *st);
bool mark_same(const struct mark *a, const struct mark *b);
/* Text in a that is safe to print. */
const char *fetch_safe(struct arena *a, const char *s);

/* folder.c */
bool folder_look(struct fetch *f, struct place *p, bool settle, const struct fetch_sink *sink, struct err *e);
bool folder_ignores(const char *name);

/* remember.c: which files of a place were taken; read once, after the first look found what is there. */
void remember_read(struct place *p, const struct fetch_sink *sink);
void remember_write(const struct place *p, const struct fetch_sink *sink);

/* watch.c: all do nothing when w is NULL. */
struct watch *watch_open(void);
void watch_close(struct watch *w);
int watch_fd(const struct watch *w);
/* Folder dir (as the system knows it), whose files are named with prefix below the place. */
void watch_add(struct watch *w, uint32_t place, const char *dir, const char *prefix);
void watch_later(struct watch *w, int64_t ns);	/* be readable again after so long, at the latest */
uint64_t watch_drain(struct watch *w, struct fetch *f);

/* mails.c */
bool mails_look(struct fetch *f, struct place *p, const struct fetch_sink *sink, struct err *e);
bool mails_check(const struct config *c, const struct cfg_source *src, struct err *e);

/* api.c: the Shadowserver reports API */
bool api_is(const char *from);
bool api_check(const struct config *c, const struct cfg_source *src, struct err *e);
bool api_look(struct fetch *f, struct place *p, const struct fetch_sink *sink, struct err *e);

/* http.c */
bool http_ready(void);
bool http_look(struct fetch *f, struct place *p, const struct fetch_sink *sink, struct err *e);
bool http_check(const struct cfg_source *src, struct err *e);
/* The same in steps, for who does not wait: begun; whenever its request has ended, with libcurl's code,
 * whether another is to be made; what came of it, told as http_look does. */
struct get *http_begin(struct fetch *f, struct place *p, const struct fetch_sink *sink, struct err *e);
void *http_handle(const struct get *g);		/* CURL * */
bool http_again(struct get *g, int rc);
bool http_taken(struct get *g, struct err *e);
void http_end(struct get *g);

/* http_multi.c */
struct net;
struct net *net_open(void);
void net_close(struct net *n);			/* NULL is fine */
int net_fd(const struct net *n);
bool fetch_begin(struct fetch *f, struct place *p, const struct fetch_sink *sink, struct err *e);
void fetch_cancel(struct fetch *f);

/* http_name.c: names are in a and safe to print. */
const char *http_shown(struct arena *a,
    const char *url);	/* without name, password, query and fragment */
/* Whether an answer of from may send us to the absolute URL to (NULL: it did not say where). */
bool http_may_follow(const char *from, const char *to, struct err *e);
const char *http_name(struct arena *a, const char *url, const char *disposition, const char *otherwise);

#endif
