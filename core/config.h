/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration, checked and typed.  It reads like the way of a finding:
 * sources, match, decide, compose, deliver.  What belongs to a plugin is kept
 * as given and checked against the plugin's own declaration (options_check).
 * Everything lives in one arena; a reload makes a new one.
 */
#ifndef CORE_CONFIG_H
#define CORE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "err.h"
#include "finding.h"
#include "plugin_host.h"

/* How a mailbox is read (from = "maildir:...", "imap://..."): all NULL elsewhere. */
struct cfg_mailbox {
	const char	*password;		/* "@FILE" */
	const char	*ca, *tls;		/* tls: "required" (NULL), "never" */
	const char	*done;			/* "seen" (NULL), "move:FOLDER" */
	const char	*take;			/* of a source: "attachments" (NULL), "body", "both" */
};

/* When a source is expected to show something: unsaid: whenever it comes; none: single occasions, of which
 * nobody looks again; daily: a report day by its deadline; every: something at least so often. */
enum expect { EXPECT_UNSAID, EXPECT_NONE, EXPECT_DAILY, EXPECT_EVERY };

/* The Shadowserver reports API (from = "shadowserver-api:"); all NULL elsewhere. */
struct cfg_api {
	const char	*key, *secret;		/* "@FILE" */
	const char	*downloads;		/* where reports are downloaded, or NULL */
};

struct cfg_source {
	const char	*name, *plugin;		/* plugin: a source plugin or a feed set */
	const char	*from;			/* dir:PATH, file:PATH, http(s)://..., maildir:PATH,
						 * imap(s)://...; never NULL */
	const char	*feed;			/* a feed file for plugins whose columns need one; or NULL */
	int64_t		 every;			/* s */
	enum tlp	 tlp;			/* of findings that do not say; default amber */
	bool		 share_owner, share_operator, share_partner;	/* sharing terms */
	const char	*found_by;		/* for recipients: how this source finds things, or NULL */
	struct cfg_mailbox mail;
	struct cfg_api	 api;
	enum expect	 expect;
	int64_t		 expect_every;		/* s, of EXPECT_EVERY */
	int		 deadline_hour, deadline_minute;	/* lag days after the report day */
	int64_t		 lag;			/* days */
	int64_t		 silence;		/* s without anything that wake somebody; 0: never */
	const char	*list;			/* its own list of a day's reports, a glob; or NULL */
	struct given	*given;			/* options of the plugin */
	uint32_t	 ngiven;
	unsigned	 line;
};

/* Who hears of alarms, and by which notifier. */
struct cfg_hearer {
	const char	*to, *notifier;		/* to NULL: the notifier has an address of its own */
	bool		 all;			/* not only those that wake */
	unsigned	 line;
};

/* A mailbox in which recipients answer and undeliverable mail comes back. */
struct cfg_answers {
	const char	*from;
	int64_t		 every;			/* s */
	struct cfg_mailbox mail;
	unsigned	 line;
};

struct cfg_stage {
	const char	*plugin;
	struct given	*given;
	uint32_t	 ngiven;
	unsigned	 line;
};

struct cfg_notifier {
	const char	*name, *plugin;
	const char	*constituency;		/* for: whom it serves; "|"-separated; "*": all */
	const char	*to;			/* a partner's address; NULL: the organisation's own
						 * contact */
	const char	*via;			/* notifier that carries what this one renders */
	const char	*key;			/* of a partner (contact.key); NULL: none */
	enum tlp	 tlp_max;		/* of a partner; default amber */
	int64_t		 sessions;		/* at most so many processes hand over at once; 0: 1 */
	struct given	*given;
	uint32_t	 ngiven;
	unsigned	 line;
};

/* How many warnings may leave to one recipient domain in how long. */
struct cfg_rate {
	const char	*domain;		/* a glob; the first that fits counts */
	const char	*most_text;
	int64_t		 most, span;		/* span: s */
	unsigned	 line;
};

/* How mails are signed and encrypted (5-compose/sign.h); line 0: not said. */
struct cfg_sign {
	const char	*keys;			/* folder of recipients' keys; NULL: the configuration's */
	const char	*prefer;		/* "smime", "pgp" */
	enum tlp	 encrypt_from;
	struct { const char *certificate, *key, *chain, *cipher; unsigned line; } smime;
	struct { const char *key, *home; unsigned line; } pgp;
	unsigned	 line;
};

struct config {
	struct arena	*arena;
	const char	*file;
	struct {
		const char	*name, *from, *reply_to, *bounce, *verify, *phone, *web, *language, *zone;
	} identity;
	unsigned	 identity_line;
	const char	*ledger, *spool, *plugins;
	bool		 allow_documentation;
	bool		 strict;		/* isolate: no worker without all its fences */
	struct cfg_source *source;
	struct cfg_stage *stage;
	struct cfg_notifier *notifier;
	uint32_t	 nsource, nstage, nnotifier;
	struct cfg_answers *answers;
	uint32_t	 nanswers;
	struct {
		const char	*policy, *problems;	/* files */
		int64_t		 repeat_compromised, repeat_other, greatest_age, gone_after, table_age;
		int		 digest_hour, digest_minute;
		int64_t		 digest_wait, event_expires, one_shot_expires;
	} decide;
	struct { const char *templates, *advice, *columns; } compose;
	struct {
		const char	*redirect;		/* NULL: to the recipients */
		const char	*pilot;			/* organisations that the redirect spares,
							 * each between newlines; NULL: none */
		int64_t		 most_per_run, most_per_recipient, delay;
		int64_t		 bounce_window;	/* s; quiet for so long: it has reached somebody */
		struct cfg_rate	*rate;
		uint32_t	 nrate;
		int64_t		 most_per_problem, most_new_share, most_worse;	/* 0: no such brake, but for
										 * most_worse */
	} deliver;
	struct cfg_sign sign;
	struct { int64_t evidence, messages, cases, contacts; } retention;	/* s; 0: kept for ever */
	struct { int64_t confirm_every; } contacts;	/* 0: nobody is asked */
	struct {
		int64_t		 free_space;		/* bytes */
		int64_t		 priority, held, repeat;	/* s */
		struct cfg_hearer *hearer;
		uint32_t	 nhearer;
	} alarms;
	struct { int64_t fetch_size, unpacked_size, ratio, http_timeout, worker_stall; } limits;
};

/* NULL: err says file:line, what was expected and the nearest name. */
struct config *config_load(const char *file, struct err *e);
/* What `tocsin try` runs with: no sources or notifiers, built-in defaults. */
struct config *config_defaults(void);
void config_free(struct config *c);
/* Where what is for this organisation goes instead of to its recipient; NULL: to the recipient. */
const char *config_redirect(const struct config *c, const char *org);
const struct cfg_source *config_source(const struct config *c, const char *name);

#endif
