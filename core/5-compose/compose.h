/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compose: one group of due cases becomes one warning: subject, text, HTML,
 * CSV and JSON parts, and the mail that carries them.  Pure but for the
 * templates, advice and allow-list read at open: who gets what, its number and
 * its identity are decided before.  The same job gives the same bytes.
 */
#ifndef CORE_COMPOSE_H
#define CORE_COMPOSE_H

#include <stdbool.h>
#include <stdint.h>
#include "4-decide/case.h"
#include "5-compose/sign.h"
#include "arena.h"
#include "config.h"
#include "err.h"
#include "finding.h"
#include "registry.h"
#include <tocsin/plugin.h>

struct composer;
/* Templates and advice of every language, and columns.csv (what may leave, by feed); all checked. */
struct composer *composer_open(const struct config *c, struct err *e);
void composer_close(struct composer *c);

struct compose_sighting {
	int64_t		observed;	/* s */
	uint16_t	src_port;	/* 0: not said */
};

struct compose_system {
	const struct tcase	*c;
	const struct finding	*f;		/* of the newest sighting; NULL: could not be read again */
	const char		*problem;	/* canonical id */
	const char		*class;		/* "vulnerable/vulnerable-system" */
	const char		*identifier;	/* the feed's own word, or "" */
	const char		*name;		/* subject name or account of the key, or "" */
	const char		*source;	/* configured name of the source: "shadowserver" */
	const char		*report;	/* its report type: "scan_rdp" */
	const char		*found_by;	/* how the source finds things (config), or "" */
	const char		*asset;		/* "192.0.2.0/24" */
	const char		*verified_by, *verified_on;	/* of the asset: how, on which day; may
								 * be NULL */
	const char *const	*cve;
	uint32_t		 ncve;
	int64_t			 reported;	/* s: when the input arrived */
	enum case_reason	 why;		/* WHY_NEW, WHY_REMINDER, WHY_RELAPSE, WHY_WORSE */
	const struct compose_sighting *sighting;	/* operators of dynamic networks: all since then */
	uint32_t		 nsighting;
};

/* One of the thread's last letter that is gone now. */
struct compose_gone {
	const char		*subject;	/* address, name or account */
	const char		*problem;	/* canonical id */
	int64_t			 last_seen;	/* s */
	uint16_t		 port;		/* 0: none */
	uint8_t			 transport;
};

struct compose_job {
	const char		*number;	/* "2026-00417" */
	const char		*message_id;	/* "<...@...>" */
	const char		*reply_to;	/* with the warning's token; NULL or "": identity.reply_to */
	const char		*answers;	/* Message-ID of the first warning of the thread, or NULL */
	const struct org	*org;		/* whom it is about; for a partner: its member */
	const char		*address;	/* where it goes: mail address, URL, ... */
	const char		*partner;	/* name of the partner body it is handed to, or NULL */
	const char		*rung;		/* whom the text is for: "owner", "operator",
						 * "network" (abuse contact of a network's holder),
						 * "national" (a country's CERT), "partner"; NULL:
						 * by partner and role */
	const char		*redirected;	/* whom it was made for when it goes elsewhere, or NULL */
	const char		*channel;	/* of the contact: "email", "phone", "post"; NULL: email */
	const char		*language, *zone;
	const char		*template;	/* of its text and HTML, or NULL: the ordinary ones */
	const char		*topic;		/* "taxonomy/type" of all its systems */
	enum asset_role		 role;
	enum tlp		 tlp;
	enum lane		 lane;
	int64_t			 made;		/* s */
	const struct compose_system *system;
	uint32_t		 nsystem;
	int64_t			 previous;	/* s: when the thread's last letter was made; 0: none */
	const char		*previous_number;
	const struct compose_gone *gone;	/* since then */
	uint32_t		 ngone;
	enum seal		 seal;		/* of the mail */
	const struct rkey	*key;		/* of its recipient, or NULL */
	const struct signer	*signer;	/* who seals it; NULL: it is plain */
};

/* What is taken back, and why: words of whoever did it, as they will be read. */
struct compose_correction {
	const char	*number, *subject;
	int64_t		 made;			/* s */
	const char	*reason;
};

struct composed {
	const char	*subject;
	struct tcs_part	 part[5];		/* text/plain, text/html, text/csv, application/json; and
						 * where there is a template for the channel, text/html
						 * named by it ("phone.html") */
	uint32_t	 npart;
	const char	*mail;			/* RFC 5322, CRLF */
	size_t		 nmail;
};
/* Everything in *out lives in a. */
bool compose(struct composer *c, const struct compose_job *job, struct arena *a, struct composed *out,
    struct err *e);
/* A mail whose one attachment is what another notifier rendered (via). */
bool compose_carry(struct composer *c, const struct compose_job *job, const struct composed *w,
    const char *type, const char *name, const char *bytes, size_t n, struct arena *a, const char **mail,
    size_t *nmail, struct err *e);
/* The mail without content: a warning waits, and the recipient's key (job->key) has expired. */
bool compose_notice(struct composer *c, const struct compose_job *job, struct arena *a, const char **subject,
    const char **mail, size_t *nmail, struct err *e);
/* The mail that takes a warning back: text alone. job is the correction's own, answers is the Message-ID of
 * what is taken back; it needs no systems. *subject lives in a too. */
bool compose_correct(struct composer *c, const struct compose_job *job, const struct compose_correction *k,
    struct arena *a, const char **subject, const char **mail, size_t *nmail, struct err *e);

/* Every language has NAME.txt and NAME.html. */
bool composer_has(const struct composer *c, const char *name);

#endif
