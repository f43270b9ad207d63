/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the ledger, for lists, explain, report, search, status and todo.
 * Every function here works beside a running decider, on a handle of any
 * mode, and within one consistent view.  Texts that a callback gets live until
 * it returns; a callback that answers false ends the list, which is no error.
 * Times are seconds since 1970; TIME_NONE in a filter: not asked.
 */
#ifndef CORE_LEDGER_READ_H
#define CORE_LEDGER_READ_H

#include "arena.h"
#include "ledger/ledger.h"

#define ANY (-1)

struct ledger_read_span { int64_t since, until; };	/* since <= t < until */

/* One view over several lists: what is read between begin and end is of one moment. Nests. */
bool ledger_view_begin(struct ledger *l, struct err *e);
void ledger_view_end(struct ledger *l);

/* ---- organisations and assets, also those that ended */
uint32_t ledger_org_find(struct ledger *l, const char *key);		/* 0: never heard of */
const char *ledger_org_key(struct ledger *l, struct arena *a, uint32_t id);	/* "" for 0, unknown */
struct asset_row {
	struct asset	 a;		/* as of the snapshot asked for */
	const char	*org, *org_name, *constituency;
	uint32_t	 since, until;	/* snapshots; until 0: still */
};
/* False: not there. Texts in a. */
bool ledger_asset_at(struct ledger *l, struct arena *a, uint32_t asset, uint32_t snapshot,
    struct asset_row *out);
/* Networks and ranges that once covered the address and have ended or changed since; as they last were. */
bool ledger_assets_gone(struct ledger *l, struct arena *a, const struct ip *ip,
    bool (*each)(void *, const struct asset_row *), void *arg, struct err *e);
/* When a snapshot was made, by whom, by which order; false: there is none. */
bool ledger_snapshot_of(struct ledger *l, struct arena *a, uint32_t snapshot, int64_t *at, const char **who,
    uint32_t *audit);

/* ---- inputs */
struct input_row {
	struct input	 in;
	const char	*source, *feed;
	uint64_t	 booked[OUT_MAX];	/* records by outcome */
};
struct input_filter {
	struct ledger_read_span	arrived;
	uint32_t	id, source, parent;	/* 0: any */
	int		state;			/* enum input_state, or ANY */
	const char	*sha256;		/* NULL: any */
};
extern const char *const input_state_names[];	/* ended by NULL */
extern const struct input_filter input_filter_any;
bool ledger_inputs_each(struct ledger *l, const struct input_filter *f,
    bool (*each)(void *, const struct input_row *), void *arg, struct err *e);

struct quarantine_row {
	uint32_t	 id, input, n;		/* n 0: the whole input */
	int64_t		 at;
	const char	*reason, *detail;
	uint8_t		 state;			/* enum qstate */
	const struct span *span;		/* n of them */
	const char	*source, *feed, *name, *member, *sha256;	/* of the input */
};
struct quarantine_filter {
	struct ledger_read_span	at;
	uint32_t	id, input, source;
	int		state;
};
extern const struct quarantine_filter quarantine_filter_any;
bool ledger_quarantine_each(struct ledger *l, const struct quarantine_filter *f,
    bool (*each)(void *, const struct quarantine_row *), void *arg, struct err *e);

/* ---- cases */
struct case_row {
	struct tcase	 c;			/* with what the segments say */
	const char	*org, *org_name, *asset;
	const char	*const *cve, *const *source;
	uint32_t	 ncve, nsource;
	int64_t		 changed;		/* when its row was written: since when it is held, gone */
};
struct case_filter {
	struct ledger_read_span	seen_in;	/* first_seen < until and last_seen >= since */
	uint32_t	id, source, warning;
	int64_t		org;			/* ANY; 0: conflicts */
	int		seen, told;		/* or ANY */
	const struct ip	*ip;			/* NULL: any */
	const char	*name;			/* the subject's name, or a domain above it; NULL: any */
	int		answer;			/* or ANY */
	bool		silenced;		/* only what is seen and was closed or muted by hand or by its
						 * recipient */
	uint32_t	merged_into;		/* 0: any */
};
extern const struct case_filter case_filter_any;
bool ledger_cases_each(struct ledger *l, const struct case_filter *f,
    bool (*each)(void *, const struct case_row *), void *arg, struct err *e);

/* The key of its organisation; "": a conflict, or no case. */
const char *ledger_case_org(struct ledger *l, struct arena *a, uint32_t id);

struct case_event { int64_t at; uint8_t kind, why; uint32_t ref; };
bool ledger_events_each(struct ledger *l, uint32_t id, bool (*each)(void *, const struct case_event *),
    void *arg, struct err *e);
struct case_claim { uint32_t asset; uint16_t rule, rank; uint8_t fate; };	/* best first */
bool ledger_claims_each(struct ledger *l, uint32_t id, bool (*each)(void *, const struct case_claim *),
    void *arg, struct err *e);
/* Every sighting of a case, oldest first; input in *input. */
bool ledger_sightings_each(struct ledger *l, uint32_t id,
    bool (*each)(void *, uint32_t input, const struct sighting *), void *arg, struct err *e);
/* The same in the order they came in, without the first skip of them. */
bool ledger_sightings_after(struct ledger *l, uint32_t id, uint32_t skip,
    bool (*each)(void *, uint32_t input, const struct sighting *), void *arg, struct err *e);
/* The cases that were merged into one. */
bool ledger_merged(struct ledger *l, struct arena *a, uint32_t id, uint32_t **list, uint32_t *n,
    struct err *e);
/* Every sighting whose evidence lies in this input, in the order of the file. */
bool ledger_input_sightings(struct ledger *l, struct arena *a, uint32_t input, struct sighting **list,
    uint32_t *n, struct err *e);

/* ---- warnings */
struct warning_row {
	struct warning	 w;			/* without bytes */
	const char	*org, *constituency;
	uint8_t		 state;			/* enum wstate */
	uint32_t	 attempts;
	int64_t		 ended;			/* of the last attempt; TIME_NONE: none, or not yet */
	int		 answer;		/* enum tcs_answer of it; 0: none */
	const char	*reply;
	int64_t		 due;			/* in the outbox; TIME_NONE: not there */
};
struct warning_filter {
	struct ledger_read_span	made;
	uint32_t	id, source, with_case;
	int64_t		org;
	int		state;
	const char	*message_id, *number;	/* NULL: any; with or without <> */
};
extern const struct warning_filter warning_filter_any;
bool ledger_warnings_each(struct ledger *l, const struct warning_filter *f,
    bool (*each)(void *, const struct warning_row *), void *arg, struct err *e);
/* The stored bytes, in a; false with e untouched: there is no such warning. */
bool ledger_warning_bytes(struct ledger *l, struct arena *a, uint32_t id, const char **bytes, size_t *n,
    struct err *e);
struct delivery_row { uint32_t attempt; int64_t begun, ended; int answer; const char *reply; };
bool ledger_deliveries_each(struct ledger *l, uint32_t warning,
    bool (*each)(void *, const struct delivery_row *), void *arg, struct err *e);

/* ---- hands, holds, alarms */
struct order_row { struct order o; const char *result; int64_t applied; };	/* result NULL: not yet */
bool ledger_orders_each(struct ledger *l, uint32_t id, bool open_only,
    bool (*each)(void *, const struct order_row *), void *arg, struct err *e);
struct hold_row { const char *what, *who, *args; int64_t since; uint32_t audit; };
bool ledger_holds_each(struct ledger *l, bool (*each)(void *, const struct hold_row *), void *arg,
    struct err *e);
bool ledger_alarms_each(struct ledger *l, bool (*each)(void *, const char *key, const char *text, int64_t at),
    void *arg, struct err *e);
/* All state whose key begins with prefix. */
bool ledger_state_each(struct ledger *l, const char *prefix,
    bool (*each)(void *, const char *key, const char *value), void *arg, struct err *e);
/* The process that decides on this ledger now, 0: none. Needs only its path. */
long ledger_decider(const char *path);

/* ---- sums */
struct ledger_sums {
	uint64_t	cases[5][5];		/* by enum seen, enum told */
	uint64_t	outbox[W_MAX];		/* by state */
	uint64_t	warnings[W_MAX];
	uint64_t	quarantine_open;
	uint64_t	inputs_pending;
	uint64_t	orders_open;
	int64_t		next_due;		/* of the outbox; TIME_NONE */
};
bool ledger_sums(struct ledger *l, struct ledger_sums *out, struct err *e);
/* A source as its inputs show it. */
struct source_sum {
	const char	*source;
	uint64_t	 inputs, today, records_today, quarantined_today;
	int64_t		 last;
};
bool ledger_sources_each(struct ledger *l, int64_t today, bool (*each)(void *, const struct source_sum *),
    void *arg, struct err *e);

#endif
