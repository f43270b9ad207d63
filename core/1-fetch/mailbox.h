/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mailbox that others fill: a maildir (maildir:PATH) or a folder of an IMAP
 * server (imap://USER@HOST/FOLDER, imaps://...).  One look shows each message
 * that is not marked yet, whole and in memory, and marks it only after the
 * caller has said that it is durable; so a kill at any moment shows it again,
 * under the same name.  What a message says is not looked at here.
 */
#ifndef CORE_MAILBOX_H
#define CORE_MAILBOX_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "config.h"
#include "err.h"

#define MAILBOX_MOST (INT64_C(64) << 20)	/* a message in memory; or limits.fetch_size, if less */

struct mailbox {
	const char	*from;			/* maildir:..., imap://..., imaps://... */
	const struct cfg_mailbox *opt;
	const char	*base;			/* the configuration, from whose folder names are seen */
	int64_t		 timeout;		/* s without a word from the server */
	int64_t		 most;			/* bytes of one message */
};

struct mailbox_message {
	const char	*name;	/* "INBOX/v1700000000-u42": the same message has the same name for ever */
	int64_t		 when;	/* ns: when it came into the mailbox */
	const char	*bytes;
	size_t		 n;
};

struct mailbox_sink {
	void	*arg;
	/* True: it is durable, and is marked.  False: the look ends (err set), and it is shown again. */
	bool	(*message)(void *arg, const struct mailbox_message *m, struct err *e);
	/* One message that cannot be taken; told at every look, the others go on. */
	void	(*trouble)(void *arg, const char *what, const char *why);
	bool	(*stop)(void *arg);		/* may be NULL; true ends the look early */
};

bool mailbox_is(const char *from);		/* whether it is of such a form */
/* Without touching it: is it well formed, is the password a file that can be read?  err: without the name of
 * the
 * source. */
bool mailbox_check(const struct mailbox *m, struct err *e);
/* From without password and options, safe to print. */
const char *mailbox_shown(struct arena *a, const char *from);
bool mailbox_look(const struct mailbox *m, const struct mailbox_sink *sink, struct err *e);

/* ---- between mailbox.c and its two kinds */
bool maildir_look(const struct mailbox *m, const struct mailbox_sink *sink, struct err *e);
bool imap_check(const struct mailbox *m, struct err *e);
bool imap_look(const struct mailbox *m, const struct mailbox_sink *sink, struct err *e);
/* "move:FOLDER": the folder; NULL: messages are marked as read */
const char *mailbox_folder(const struct mailbox *m);

#endif
