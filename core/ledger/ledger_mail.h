/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What came back: messages of the answer mailboxes, and how each address that
 * was written to fares.  Part of the ledger (ledger.h): no SQL above this line.
 */
#ifndef CORE_LEDGER_MAIL_H
#define CORE_LEDGER_MAIL_H

#include "arena.h"
#include "ledger/ledger.h"

enum mail_kind { MAIL_ANSWER, MAIL_BOUNCE, MAIL_DELAYED, MAIL_AUTO, MAIL_OTHER, MAIL_KINDS };
extern const char *const mail_kind_names[];	/* "answer", "bounce", "delayed", "auto-reply", "other", NULL
						 * */
/* OPEN waits for a person; CLOSED: one has said that it is done. */
enum mail_state { MAIL_TAKEN, MAIL_OPEN, MAIL_CLOSED, MAIL_STATES };
extern const char *const mail_state_names[];	/* "taken", "open", "closed", NULL */

#define MAIL_TEXT 32768				/* bytes of text that are kept */

struct mail_row {
	uint32_t	 id;
	int64_t		 at, sent;		/* taken; came into the mailbox; s */
	const char	*mailbox, *name;	/* which one; its name there */
	const char	*sha256;		/* of its bytes */
	uint8_t		 kind, state;
	uint32_t	 warning;		/* 0: none that it is known to be about */
	uint32_t	 audit;			/* the order it became, 0: none */
	const char	*sender, *subject, *text;
	const char	*status;		/* of a bounce: "5.1.1" */
	const char	*why;			/* what was made of it, for people */
};

/* Whether it was taken before. */
bool ledger_mail_known(struct ledger *l, const char *mailbox, const char *name, const char *sha256, bool
    *known,
    struct err *e);
void ledger_mail_put(struct ledger *l, const struct mail_row *m);	/* inside a commit; id is given */
void ledger_mail_state(struct ledger *l, uint32_t id, enum mail_state s);	/* inside a commit */
struct mail_filter { uint32_t id; int state, kind; };			/* 0, ANY (-1): not asked */
bool ledger_mails_each(struct ledger *l, const struct mail_filter *f,
    bool (*each)(void *arg, const struct mail_row *m), void *arg, struct err *e);

/* The warning of a number, or (with "@") of a Message-ID with or without <>; 0: there is none. */
struct warning_of { uint32_t id, org; const char *number, *recipient, *redirected; uint8_t state; };
bool ledger_warning_find(struct ledger *l, struct arena *a, const char *number_or_id, struct warning_of *out,
    struct err *e);
bool ledger_warning_by(struct ledger *l, struct arena *a, uint32_t id, struct warning_of *out, struct err *e);
/* Its state after it was handed over: W_REACHED, W_UNREACHED; inside a commit. */
void ledger_warning_came(struct ledger *l, uint32_t warning, enum wstate s);
/* Handed over before that and nothing came back: reached.  Own commit if none is open and there is one. */
bool ledger_warnings_reached(struct ledger *l, int64_t before, uint32_t *n, struct err *e);

/* How an address fares that we write to; lower case. */
struct health_row {
	const char	*address;
	uint32_t	 days;		/* on which mail came back for good, since it last fared well */
	int64_t		 first, last;	/* s: of those; 0: never */
	int64_t		 wrong;		/* s: somebody there said that it is the wrong one; 0 */
	int64_t		 good;		/* s: it was confirmed; 0: never */
};
bool ledger_health_each(struct ledger *l, bool (*each)(void *arg, const struct health_row *h), void *arg,
    struct err *e);
void ledger_health_put(struct ledger *l, const struct health_row *h);	/* inside a commit */

#endif
