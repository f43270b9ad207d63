/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One system of a warning as text, made once from its case and its finding and
 * shown by every part: the model for people (system.c), CSV and JSON for
 * machines.  Here it is decided what leaves: what is always said of a system,
 * and of the rest only what columns.csv allows.
 */
#ifndef CORE_COMPOSE_VIEW_H
#define CORE_COMPOSE_VIEW_H

#include "5-compose/advice.h"
#include "5-compose/columns.h"
#include "5-compose/compose.h"
#include "5-compose/labels.h"

struct view_column {
	const char	*name;		/* IDF: "malware.name", "extra.version" */
	struct fvalue	 v;
	bool		 defang;	/* an attacker's */
};

/* No text is NULL; "" when not known or not allowed out. */
struct view {
	const struct compose_system *s;
	const struct advice	*advice;
	const char		*subject;	/* whom it is about: an address, a name or an account */
	const char		*also;		/* of an address its name, of a name its address */
	const char		*ip, *transport, *hostname, *url, *account;
	bool			 url_own;	/* its host is the subject, or lies in its asset */
	uint32_t		 asn;		/* 0: not known */
	uint16_t		 port;		/* of the service; 0: none */
	uint16_t		 src_port;	/* of an event; 0: none */
	const char		*taxonomy, *type, *identifier, *severity, *rule, *state;
	int64_t			 observed, reported, first_seen, last_seen;	/* s */
	const struct view_column *column;	/* by name */
	uint32_t		 ncolumn;
	const struct labels	*labels;	/* what columns are called in the recipient's language */
};

/* All systems of a job, the most severe first, those of one subject together. */
struct view *view_all(struct arena *a, const struct compose_job *job, const struct columns *allow,
    const struct advice_set *advice, const struct labels *labels, const char *language);

/* The CSV and the JSON part. */
void part_csv(struct buf *out, const struct view *v, uint32_t n);
extern const char *const csv_columns[];		/* the fixed ones, ended by NULL */
struct config;
void part_json(struct buf *out, const struct config *c, const struct compose_job *job, const char *language,
    const struct view *v, uint32_t n);

/* Whom the text is for: compose_job's rung, else what partner and role say. */
const char *job_rung(const struct compose_job *job);
/* The model of a warning, and of one system: names as model.h has them. */
#define SYSTEMS_SHOWN	50		/* in text and HTML; all are in the attachments */
#define SYSTEMS_FULL	10		/* with all that is known of them; the others are brief */
#define SYSTEMS_SHORT	7		/* where there is room for one page */
#define GONE_SHOWN	20
/* What the thread's last letter was, and what of it is gone. */
void set_thread(struct arena *a, struct val *r, const struct compose_job *job, const char *language,
    const struct advice_set *advice);
struct val *warning_value(struct arena *a, const struct config *c, const struct compose_job *job,
    const char *language, const struct advice_set *advice, const struct view *v, const char *attachments);
struct val *system_value(struct arena *a, const struct view *v, const char *zone);
/* 2026-11-20 08:00:00, UTC; and local, "" where the zone is UTC. */
const char *when_utc(struct arena *a, int64_t s);
const char *when_local(struct arena *a, int64_t s, const char *zone);

#endif
