/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger: what is remembered, and the only way to it.  No SQL above this
 * line.  One decider writes (fenced by an epoch), any number read beside it.
 * All times are seconds since 1970 unless named _ns.  Functions that return
 * bool set err on false.
 */
#ifndef CORE_LEDGER_H
#define CORE_LEDGER_H

#include <stdbool.h>
#include <stdint.h>
#include "4-decide/case.h"
#include "err.h"
#include "registry.h"
#include <tocsin/slice.h>

struct ledger;

enum ledger_mode { LEDGER_READ, LEDGER_HAND, LEDGER_DECIDE };
/* READ: lists; HAND: may append orders to the audit log, and nothing else; DECIDE: takes the lock (a second
 * decider is refused, naming the pid of the first) and bumps the epoch.  HAND and DECIDE create a ledger that
 * is not there, and migrate. */
struct ledger *ledger_open(const char *path, enum ledger_mode mode, struct err *e);
void ledger_close(struct ledger *l);
bool ledger_secret(struct ledger *l, uint8_t out[32], struct err *e);	/* made once, at creation */

/* ---- dictionaries: text <-> number from 1, append-only, in memory whole; new ones are written
 * by the next commit */
enum dict { DICT_SOURCE, DICT_FEED, DICT_PROBLEM, DICT_NAME, DICT_CLASS, DICT_IDENTIFIER, DICT_REASON,
    DICT_MAX };
uint32_t ledger_intern(struct ledger *l, enum dict d, struct tcs_slice text);
const char *ledger_text(const struct ledger *l, enum dict d, uint32_t id);	/* "" for 0 */
uint32_t ledger_find(const struct ledger *l, enum dict d, struct tcs_slice text);	/* 0: not there */
uint32_t ledger_words(const struct ledger *l, enum dict d);	/* the greatest id */
/* DICT_FEED text is "source/report". */

/* ---- registry */
/* the newest snapshot, indexed; the caller frees */
struct registry *ledger_registry(struct ledger *l, struct err *e);
/* Writes the difference between the newest snapshot and new as the next one, in one commit (none when nothing
 * differs). New orgs, assets and contacts have id 0 and get one; ids of what stays are kept. */
/* A new org's assets and contacts name it by its place in new->org. The arrays come back
 * sorted; index them anew. */
#define REGISTRY_NEW_ORG(i) (UINT32_C(0x80000000) | (uint32_t)(i))
bool ledger_registry_put(struct ledger *l, struct registry *new, const char *who, uint32_t audit,
    struct err *e);
/* Inside a commit: parties and networks of the ladder that are new or say something new (registry.h). */
void ledger_known_put(struct ledger *l, const struct registry *r);
uint32_t ledger_snapshot(struct ledger *l);	/* number of the newest; cheap */

/* ---- inputs: content and arrival apart */
/* CONTAINER: its members are inputs */
enum input_state { INPUT_PENDING, INPUT_DONE, INPUT_QUARANTINED, INPUT_CONTAINER };
struct input {
	uint32_t	id;		/* 0: not yet in the ledger */
	uint32_t	source;		/* DICT_SOURCE */
	uint32_t	feed;		/* DICT_FEED; 0: not yet known */
	const char	*name;		/* as the transport named it */
	const char	*member;	/* in an archive, or "" */
	uint32_t	parent;
	int64_t		day;		/* report day, days since 1970 */
	char		sha256[65];	/* of the bytes as they came: the spool's name */
	uint64_t	size;		/* bytes as they came */
	int64_t		arrived;
	uint8_t		state;		/* enum input_state */
	uint64_t	off;		/* decoded so far, with effect */
	uint64_t	records, matched, refused;
	const char	*plugin;	/* name version sha256-prefix that read it; "" */
	const char	*error;		/* why quarantined, "" */
};
/* Same source, name, member, day and content again: false in *fresh and nothing written. */
bool ledger_input_put(struct ledger *l, struct input *in, bool *fresh, struct err *e);
/* Pending inputs, oldest first. Strings live in a. */
bool ledger_inputs_pending(struct ledger *l, struct arena *a, struct input **list, uint32_t *n,
    struct err *e);

/* ---- cases */
/* Calls back with each case that is open, ended less than keep seconds ago, or is denied or silenced by an
 * answer. */
bool ledger_load_cases(struct ledger *l, int64_t keep, void (*each)(void *arg, const struct tcase *c),
    void *arg, struct err *e);
uint32_t ledger_next_case(struct ledger *l);		/* the first free case id */
uint32_t ledger_next_warning(struct ledger *l);

/* ---- one commit: everything between begin and end is one transaction, and nothing before end is durable */
bool ledger_begin(struct ledger *l, struct err *e);	/* checks the fence: false when
							 * another decider took over */
bool ledger_lost(const struct ledger *l);		/* it did: nothing can be written by
							 * this handle any more */
bool ledger_end(struct ledger *l, struct err *e);
void ledger_undo(struct ledger *l);

/* New or changed, whole row (key, state, evidence). A case that was merely seen again is not put: its
 * sighting in the segment is enough, readers and ledger_load_cases add what segments say about
 * last_seen, count and evidence. */
void ledger_case_put(struct ledger *l, const struct tcase *c);
/* upper case; again: nothing */
void ledger_case_cve(struct ledger *l, uint32_t id, struct tcs_slice cve, int64_t since);
void ledger_case_feed(struct ledger *l, uint32_t id, uint32_t feed, int64_t last);
/* What hangs on from (CVEs, feeds) hangs on into too. */
void ledger_case_absorb(struct ledger *l, uint32_t into, uint32_t from);
/* A claim on a case besides the winner (or all claims of a conflict). */
void ledger_case_claim(struct ledger *l, uint32_t id, uint32_t asset, uint16_t rule, uint16_t rank,
    uint8_t fate);
enum event { EVENT_OPENED, EVENT_WORSE, EVENT_RELAPSED, EVENT_DUE, EVENT_HELD, EVENT_RELEASED, EVENT_COMPOSED,
	EVENT_HANDED_OVER, EVENT_GONE, EVENT_EXPIRED, EVENT_MOVED, EVENT_REFUSED, EVENT_RECORDED,
	EVENT_WITHDRAWN, EVENT_ANSWERED, EVENT_REOPENED, EVENT_MERGED, EVENT_ABSORBED, EVENT_LEARNED,
	EVENT_SUPERSEDED, EVENT_EXPLOITED, EVENT_MAX };
extern const char *const event_names[];
/* ref: input, warning or audit; of MERGED and ABSORBED the other case */
void ledger_event(struct ledger *l, uint32_t id, enum event ev, enum case_reason why, uint32_t ref);
/* What was merely seen again, and what was new: every sighting, once per commit and input, as one segment. */
struct sighting {
	uint32_t	id;		/* case */
	uint64_t	off;
	uint32_t	len, line;
	uint16_t	sub, src_port;
	int64_t		observed;	/* s */
};
void ledger_segment(struct ledger *l, uint32_t input, uint64_t from, uint64_t to, uint64_t records,
    const struct sighting *s, uint32_t n);			/* in any order */
/* At the end of an input: folds piled-up segments into the pages that readers start from, when it is worth
 * it; own commit if none is open. */
bool ledger_roll_up(struct ledger *l, struct err *e);
/* The input's progress and books, in the same commit as what it caused. */
void ledger_input_progress(struct ledger *l, const struct input *in);
/* Books: outcome per input, problem (0: none) and constituency (text, "" none). */
enum outcome { OUT_NEW, OUT_REPEATED, OUT_UNMATCHED, OUT_FILTERED, OUT_QUARANTINED, OUT_CONFLICT, OUT_MAX };
extern const char *const outcome_names[];
void ledger_tally(struct ledger *l, uint32_t input, uint32_t problem, uint32_t class,
    const char *constituency, enum outcome o, uint64_t n);
/* Quarantine: spans of one input with one reason in this commit; whole input: n 0. */
struct span { uint64_t off; uint32_t len, line; };
void ledger_quarantine(struct ledger *l, uint32_t input, const char *reason, const char *detail,
    const struct span *span, uint32_t n);
enum qstate { Q_OPEN, Q_REPLAYED, Q_DROPPED, Q_MAX };
extern const char *const qstate_names[];	/* "open", "replayed", "dropped" */
void ledger_quarantine_state(struct ledger *l, uint32_t id, enum qstate s);	/* inside a commit */

/* ---- warnings */
struct warning {
	uint32_t	id;
	const char	*number;	/* "2026-00417" */
	uint8_t		key[32];
	const char	*message_id, *answers;	/* answers: "" or first of the thread */
	uint32_t	org;
	const char	*recipient, *notifier, *topic, *subject, *language;
	const char	*redirected;	/* the mailbox it goes to instead, or "" */
	uint8_t		lane, tlp, role, requested;
	int64_t		made;
	int64_t		due;		/* not handed over before; 0: at once */
	const uint32_t	*cases;		/* ids */
	const uint32_t	*revs;
	uint32_t	ncase;
	const char	*type;		/* media type of bytes */
	const char	*bytes;
	size_t		nbytes;
};
/* False in *fresh: this decision (key) is already there; nothing is written. Puts
 * message, outbox row, cases. */
bool ledger_warning_put(struct ledger *l, const struct warning *w, bool *fresh, struct err *e);
/* What a recipient was told of a topic before, cancelled warnings left out; first "": nothing. */
struct thread {
	char		first[256];	/* Message-ID */
	uint32_t	last;		/* warning */
	char		number[32];	/* of the last */
	int64_t		made;
};
bool ledger_thread(struct ledger *l, const char *recipient, const char *topic, struct thread *t);

enum wstate { W_WAITING, W_ATTEMPTING, W_HANDED_OVER, W_REFUSED, W_HELD, W_CANCELLED,
	W_REACHED,		/* nothing came back in deliver.bounce_window, or somebody answered */
	W_UNREACHED,		/* it came back, or its contact is the wrong one */
	W_MAX };
static inline bool
warning_left(int s)	/* it was handed over, whatever became of it */
{
	return s == W_HANDED_OVER || s == W_REACHED || s == W_UNREACHED;
}
extern const char *const wstate_names[];	/* "waiting", "attempting", "handed-over", "refused", "held",
						 * "cancelled" */
/* By order, inside a commit: W_HELD, W_WAITING again, W_CANCELLED.  False: too late, it is not in the outbox
 * any more, or just being handed over. */
bool ledger_warning_state(struct ledger *l, uint32_t warning, enum wstate s);
struct delivery {
	uint32_t	 warning, attempt;
	struct warning	 w;		/* with bytes, in the arena */
};
/* Takes the next due row of the outbox for a notifier: state attempting, attempt counted, committed. *got
 * false: none due. Rows left attempting by a crash count as unknown and come again. */
bool ledger_outbox_claim(struct ledger *l, const char *notifier, int64_t now, struct arena *a,
    struct delivery *d, bool *got, struct err *e);
/* The same inside the open commit, which the caller ends before he hands over; *put_off counts the rows that
 * the brake refused: after OUTBOX_PUT_OFF of them no more is looked for in this call. */
#define OUTBOX_PUT_OFF 500
struct outbox_brake {
	void	*arg;
	/* now or before: it may leave; later: its new due time.  The address it goes to. */
	int64_t	(*when)(void *arg, const char *address, bool priority);
};
bool ledger_outbox_take(struct ledger *l, const char *notifier, int64_t now, const struct outbox_brake *brake,
    struct arena *a, struct delivery *d, bool *got, uint32_t *put_off, struct err *e);
/* How many rows of a notifier are due; no more than most are counted. */
uint32_t ledger_outbox_due(struct ledger *l, const char *notifier, int64_t now, uint32_t most);
/* How many went to a domain since then: inside a commit; and all that are remembered, after those older than
 * since were forgotten. */
bool ledger_sent(struct ledger *l, const char *domain, int64_t since, uint32_t n);
bool ledger_sent_each(struct ledger *l, int64_t since,
    void (*each)(void *arg, const char *domain, int64_t since, uint32_t n), void *arg, struct err *e);
/* The answer (enum tcs_answer), durable before its session claims again; in a commit of its own unless one is
 * open. due: when to try again (LATER, UNKNOWN).
 * DELIVERED and REFUSED take the row out of the outbox and set the warning's state. */
bool ledger_outbox_answer(struct ledger *l, const struct delivery *d, int answer, const char *reply,
    int64_t now, int64_t due, struct err *e);
int64_t ledger_outbox_next(struct ledger *l);	/* when the next row is due, 0: none waits */
/* ---- what the decider reads back */
/* The feeds that saw a case beside the one that opened it. */
bool ledger_load_case_feeds(struct ledger *l, void (*each)(void *arg, uint32_t id, uint32_t feed), void *arg,
    struct err *e);
/* The cases of a warning, and whether it went to deliver.redirect. */
bool ledger_warning_cases(struct ledger *l, uint32_t warning, bool *redirected,
    void (*each)(void *arg, uint32_t id), void *arg, struct err *e);
/* What waits in the outbox but is held. */
bool ledger_outbox_held(struct ledger *l, void (*each)(void *arg, uint32_t warning, uint32_t org), void *arg,
    struct err *e);
bool ledger_input_get(struct ledger *l, struct arena *a, uint32_t id, struct input *in, bool *got,
    struct err *e);
/* n 0: the whole input. */
struct quarantined { uint32_t input; enum qstate state; const struct span *span; uint32_t n; };
bool ledger_quarantine_get(struct ledger *l, struct arena *a, uint32_t id, struct quarantined *q, bool *got,
    struct err *e);
/* Warnings with a final answer whose cases still wait for it: the program was killed in between. */
struct answered { uint32_t warning; int answer; int64_t at; const char *reply; };
bool ledger_answered(struct ledger *l, struct arena *a, struct answered **list, uint32_t *n, struct err *e);

/* ---- orders by hand: rows in the hash-chained audit log; the decider applies them */
struct order {
	uint32_t	 id;
	int64_t		 at;
	const char	*who, *verb, *args;	/* args: JSON object */
	const char	*payload;		/* e.g. a staged registry; NULL */
	size_t		 npayload;
};
bool ledger_order_put(struct ledger *l, struct order *o, struct err *e);	/* sets id; HAND or DECIDE */
bool ledger_orders_open(struct ledger *l, struct arena *a, struct order **list, uint32_t *n, struct err *e);
void ledger_order_done(struct ledger *l, uint32_t id, const char *result);	/* inside a commit */
/* 1 applied (result in a), 0 not yet, -1 error */
int ledger_order_result(struct ledger *l, struct arena *a, uint32_t id, const char **result, struct err *e);
/* The newest row and its hash in hex: to be noted elsewhere; 0: there is none. */
bool ledger_audit_last(struct ledger *l, uint32_t *id, char hash[65], struct err *e);
/* *bad: first broken row, 0: all whole */
bool ledger_audit_verify(struct ledger *l, uint32_t *bad, struct err *e);

/* ---- holds: "organisation:ID", "problem:NAME", "feed:NAME", "all" */
bool ledger_holds(struct ledger *l, struct arena *a, const char *const **list, uint32_t *n, struct err *e);
void ledger_hold_set(struct ledger *l, const char *what, bool on, uint32_t audit);	/* inside a commit */

/* ---- versions of the alias table (etc/problems.csv) */
/* Is that content the one that was last at work? */
bool ledger_problems_known(struct ledger *l, const char *sha256, bool *known, struct err *e);
/* It is now, and so many cases were refiled; inside a commit. */
void ledger_problems_version(struct ledger *l, const char *sha256, uint32_t merged);

/* ---- state by name, small: ETags, cursors, last looks ("http:NAME:etag") */
/* *value NULL: there is none. */
bool ledger_state_get(struct ledger *l, struct arena *a, const char *key, const char **value, struct err *e);
/* own commit if none is open */
bool ledger_state_put(struct ledger *l, const char *key, const char *value, struct err *e);

/* ---- alarms: raised once per key until cleared; raised again, the newer text stands with the older time */
/* own commit if none is open */
void ledger_alarm(struct ledger *l, const char *key, const char *text, int64_t at);
void ledger_alarm_clear(struct ledger *l, const char *key);

/* ---- reading, for lists and explain: see ledger_read.h */

#endif
