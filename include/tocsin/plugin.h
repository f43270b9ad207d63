/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plugin.h -- the whole contract between Tocsin and a plugin.
 *
 * A plugin is one shared object with one exported object, tocsin_plugin_v1.
 * It links to no Tocsin library; all it may ask of the host is in a table of
 * functions that open() gets.  The host reads the declaration, and can print
 * or refuse it, before it runs any of the plugin's functions.
 *
 * Kinds.  A source turns the bytes of one input into rows of text cells; the
 * mapping of columns to fields and all conversion are the host's.  A stage
 * sees batches of findings by column and adds claims, columns or verdicts.  A
 * notifier hands one composed warning over.  Sources and notifiers run in a
 * process of their own (tocsin-worker), stages inside the host.
 *
 * Growing.  Members are only appended.  A struct that can grow begins with
 * its size as its writer saw it; its reader tests TCS_HAS before it uses a
 * member newer than 1.0.  Structs passed in arrays are marked frozen and stay
 * as they are for major 1.  No #if may change a layout.
 *
 * Memory.  Nothing a plugin hands over must live longer than the call it is
 * handed over in; nothing it is given lives longer than the call it is given
 * in, but for option values and memory from alloc.  alloc returns zeroed
 * memory or NULL; the host frees it.
 *
 * Threads.  The host enters one instance from one thread at a time.  Two
 * instances may run at once, so a plugin has no writable statics.  A plugin
 * starts no thread or process, takes no signal, opens no file; only a
 * notifier may use the network.  It never calls exit, abort or setlocale.
 *
 * Changes.  1.0: first version.  1.1: stages on matched findings
 * (TCS_ST_MATCHED), with want, set and reason.
 */
#ifndef TOCSIN_PLUGIN_H
#define TOCSIN_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TCS_MAGIC	0x54435331u	/* "TCS1" */
#define TCS_ABI_MAJOR	1		/* must be equal */
#define TCS_ABI_MINOR	1		/* counts what was appended */

#define TCS_HAS(p, type, m) ((p)->size >= offsetof(type, m) + sizeof(((type *)0)->m))

#ifndef TCS_SLICE_DEFINED
#define TCS_SLICE_DEFINED
struct tcs_slice {			/* frozen */
	const char	*p;		/* NULL: no value, which is not the empty text */
	size_t		 n;
};
#endif

struct tcs_ctx;				/* the host's handle on one instance */

/* What a plugin function returns. */
enum tcs_rc {
	TCS_OK		=  0,
	TCS_EINPUT	= -2,		/* this input is unusable; the next may be fine */
	TCS_EPLUGIN	= -3,		/* this instance is broken; stop it */
	TCS_ENOMEM	= -4
};

enum tcs_level { TCS_ERR = 3, TCS_WARNING = 4, TCS_INFO = 6, TCS_DEBUG = 7 };

/* How long memory from alloc lives. */
enum tcs_life { TCS_SCRATCH, TCS_BATCH, TCS_INPUT, TCS_INSTANCE };

/* ---- options ----------------------------------------------------------- */

enum tcs_type {
	TCS_T_BOOL = 1, TCS_T_INT, TCS_T_REAL, TCS_T_STR, TCS_T_ENUM,
	TCS_T_DURATION,			/* "7d"; the value is seconds */
	TCS_T_SIZE,			/* "64M"; bytes */
	TCS_T_SECRET,			/* a text, given as "@file" or in the config; never printed */
	TCS_T_DATA			/* a file that the host reads, hashes and hands over (stages: load) */
};

struct tcs_val {			/* frozen */
	uint32_t	 n;		/* elements when TCS_O_LIST, else 1; 0: not given */
	uint32_t	 type;		/* enum tcs_type */
	union {
		int64_t		 i;	/* BOOL, INT, DURATION, SIZE; ENUM: index of the choice */
		double		 r;
		const char	*s;	/* STR, ENUM, SECRET, DATA (the file's name) */
		const struct tcs_val *list;
	} v;
};

/* The host parses, checks, documents and supplies options; open gets their
 * values in table order.  dflt NULL: must be given, unless TCS_O_OPTIONAL. */
struct tcs_opt {
	const char	*name;
	uint32_t	 type;		/* enum tcs_type */
	uint32_t	 flags;		/* TCS_O_* */
	const char	*dflt;		/* as text, as in the config */
	const char	*choices;	/* ENUM: "a|b|c"; INT: "1..65535" */
	const char	*help;		/* one sentence */
};
#define TCS_O_LIST	0x1
#define TCS_O_OPTIONAL	0x2
#define TCS_O_PATH	0x4	/* STR: a file's name; one in the configuration is seen from its folder */

/* ---- what the host does for every plugin -------------------------------- */

struct tcs_host {
	uint32_t	 size;
	uint16_t	 abi_major, abi_minor;
	void		 (*log)(struct tcs_ctx *, int level, const char *fmt, ...);
	void		*(*alloc)(struct tcs_ctx *, int life, size_t n);
};

/* ---- source -------------------------------------------------------------
 *
 * A push parser.  The host calls begin with the input's name, feed with its
 * bytes as they come, end.  feed returns how many bytes it is done with; the
 * host shows the rest again with more after it (at eof all must be used up).
 * It returns a tcs_rc below 0 to give the input up; reject first says why.
 *
 * The plugin says what columns the input has, by columns(); the host answers
 * with want[i]: 1 give, 0 leave out.  Columns are the feed's own names, for
 * which a feed file says what they mean (plugin "csv"), or names of IDF
 * fields ("source.ip", "extra.seen"), which mean themselves; the cells of a
 * column "json:extra.NAME" are JSON and keep their type.  columns() may be
 * called again when a new layout begins; rows that follow belong to it.
 *
 * rows() gives records in order.  cell[row * nwant + k] is the k-th wanted
 * column of the row; p NULL: no value.  A cell that points into the buffer
 * being fed is not copied.  off is from the start of the buffer being fed;
 * again[row] = 1: a further finding of the same record as the row before
 * (off and len are the same).  again may be NULL.
 *
 * Records, rejects and skips (header, blank line, comment) are reported in
 * order of their offset; with TCS_S_TILES they cover every byte fed, and the
 * host checks that, so that nothing is dropped silently.  When a function of
 * the host does not return TCS_OK, return its value at once.
 */
struct tcs_span {			/* frozen */
	uint64_t	off;		/* from the start of the buffer being fed */
	uint32_t	len;
	uint32_t	line;		/* from 1, in the whole input; 0 where lines mean nothing */
};

struct tcs_source_host {
	struct tcs_host	 h;
	int		 (*columns)(struct tcs_ctx *, const struct tcs_slice *name, uint32_t n,
	    uint8_t *want);
	int		 (*rows)(struct tcs_ctx *, uint32_t nrow, const struct tcs_span *span,
			    const uint8_t *again, const struct tcs_slice *cell);
	/* why: one of the plugin's constant texts, counted; detail may be NULL. */
	int		 (*reject)(struct tcs_ctx *, const struct tcs_span *span, const char *why,
	    const char *detail);
	int		 (*skip)(struct tcs_ctx *, const struct tcs_span *span);
};

struct tcs_source {
	uint32_t	 size;
	uint32_t	 flags;		/* TCS_S_* */
	const char	*names;		/* globs of input names it reads: "*.csv|*.tsv" */
	const char	*starts;	/* first bytes after white space and BOM: "<?xml|{"; in one with
					 * a '*' that stands for any bytes: "{*\"restriction\"" */
	const char	*columns;	/* IDF names it may give, "a|b|c"; NULL: the input's own */
	int		 (*begin)(void *inst, const char *name);
	int64_t		 (*feed)(void *inst, const char *buf, size_t len, int eof);
	int		 (*end)(void *inst, int aborted);
};
#define TCS_S_WHOLE	0x1		/* one feed with all of it (the host caps the size) */
#define TCS_S_TILES	0x2		/* records, rejects and skips cover every byte */
#define TCS_S_ALONE	0x4		/* the skipped head and any one record decode to that record's rows */
#define TCS_S_ONE_SHOT	0x8		/* its inputs are single occasions: that a later one does
					 * not name a system says nothing of it */

/* ---- stage -------------------------------------------------------------- */

struct tcs_col {			/* frozen */
	uint32_t	 type;		/* enum tcs_coltype */
	uint32_t	 stride;	/* bytes from row to row; 0: one value for all rows */
	const uint64_t	*valid;		/* one bit a row; NULL: all */
	const void	*data;
};
enum tcs_coltype {
	TCS_C_IP = 1,			/* uint8_t[16], IPv4 mapped */
	TCS_C_U32, TCS_C_I64,		/* time: ns since 1970 UTC */
	TCS_C_TEXT			/* struct tcs_slice */
};

/* An asset that covers a finding.  All that cover it are reported; what won,
 * lost, or is in conflict is the host's to say. */
struct tcs_claim {			/* frozen */
	uint32_t	 row;
	uint32_t	 asset;		/* its number, as in the data */
	uint16_t	 rule;		/* enum tcs_rule */
	uint16_t	 rank;		/* more specific is higher: prefix length, labels */
};
enum tcs_rule { TCS_R_DOMAIN = 1, TCS_R_NETWORK, TCS_R_ASN };

struct tcs_batch {
	uint32_t		 size, nrow;
	const struct tcs_col	*reads;		/* in the order the stage declares */
	uint8_t			*verdict;	/* 0 keep, else index + 1 of a
						 * reason: not processed further */
};

struct tcs_stage_host {
	struct tcs_host	 h;
	int		 (*claim)(struct tcs_ctx *, const struct tcs_claim *, uint32_t n);
	/* 1.1, for TCS_ST_MATCHED.  want: in open or load; the field of that IDF name ("source.port",
	 * "extra.seen") as text: its index in batch.reads, -1: there is no such field.  reason: in open or
	 * load; one more reason besides the declared ones, its text copied: the verdict that says it, -1: too
	 * many.  set: in run only; "extra.NAME" of a row; the value is copied, and text. */
	int		 (*want)(struct tcs_ctx *, const char *name);
	int		 (*reason)(struct tcs_ctx *, const char *text);
	int		 (*set)(struct tcs_ctx *, uint32_t row, const char *name,
	    const struct tcs_slice *value);
};
/* flags, 1.1: it sees findings that matched, after it is known whose they are; it declares no reads
 * and claims nothing. */
#define TCS_ST_MATCHED	0x1

struct tcs_stage {
	uint32_t		 size, flags;
	const uint16_t		*reads;		/* field numbers of fields.h, ended by 0 */
	const char *const	*reasons;	/* of verdicts, ended by NULL */
	/* A new state from data (option of type DATA) that changed; the host swaps between commits
	 * and drops the old. */
	int		 (*load)(void *inst, const char *option, const void *data, size_t n, void **state);
	void		 (*drop)(void *inst, void *state);
	int		 (*run)(void *inst, const void *state, const struct tcs_batch *);
};

/* ---- notifier ----------------------------------------------------------- */

enum tcs_answer {
	TCS_DELIVERED = 1,
	TCS_LATER,			/* not taken; try again */
	TCS_REFUSED,			/* will never be taken */
	TCS_UNKNOWN			/* all was handed over, no answer came */
};

struct tcs_part {			/* frozen */
	const char	*type;		/* "text/plain", "text/html", "text/csv", "application/json" */
	const char	*name;		/* file name of an attachment, or NULL */
	const char	*p;
	size_t		 n;
};

struct tcs_warning {
	uint32_t	 size;
	uint32_t	 tlp;		/* 0 clear, 1 green, 2 amber, 3 amber+strict, 4 red */
	const char	*id;		/* the number people say: "2026-00417" */
	const char	*key;		/* idempotency key: the same decision has the same key, for ever */
	const char	*message_id;	/* with its angle brackets */
	const char	*answers;	/* Message-ID of the first warning of the thread, or NULL */
	const char	*sender;	/* envelope sender */
	const char	*recipient;	/* organisation's id */
	const char	*address;	/* where to */
	const char	*language;
	const char	*subject;
	const struct tcs_part *part;	/* render: the host's parts; the JSON part holds all that is known */
	uint32_t	 npart;
	uint32_t	 zero;
	const char	*bytes;		/* deliver: what render made, or the host's mail, as stored */
	size_t		 nbytes;
};

struct tcs_result {			/* frozen */
	uint32_t	 answer;	/* enum tcs_answer */
	uint32_t	 after;		/* LATER: seconds, 0: the host's back-off */
	char		 reply[240];	/* what the other side said */
	char		 remote[120];	/* who it was */
};

struct tcs_notifier_host {
	struct tcs_host	 h;
	/* render: the bytes to keep and to deliver, and their media type. */
	int		 (*out)(struct tcs_ctx *, const char *type, const void *p, size_t n);
};

struct tcs_notifier {
	uint32_t	 size;
	uint32_t	 flags;		/* TCS_N_* */
	const char	*channel;	/* which contacts it serves: "email", "webhook";
					 * NULL: only through via */
	/* NULL: the host's mail.  Called once; what it gives is stored and sent again as
	 * it is.  No network. */
	int		 (*render)(void *inst, const struct tcs_warning *);
	/* NULL: the notifier named by via carries what render made, as an attachment of a mail. */
	int		 (*deliver)(void *inst, const struct tcs_warning *, struct tcs_result *);
	/* tocsin check --online: can it reach and log in; why is the answer for a person. */
	int		 (*check)(void *inst, char *why, size_t n);
};
#define TCS_N_SAME_IS_ONE 0x1		/* handing the same key over twice leaves one: unknown may be
					 * tried again at once */

/* ---- the declaration ----------------------------------------------------- */

enum tcs_kind { TCS_SOURCE = 1, TCS_STAGE = 2, TCS_SINK_RESERVED = 3, TCS_NOTIFIER = 4 };

struct tcs_plugin {
	uint32_t	 magic;
	uint16_t	 abi_major, abi_minor;
	uint32_t	 size;
	uint32_t	 kind;			/* enum tcs_kind */
	const char	*name, *version, *license;
	const char	*summary, *help;	/* a line; a page of plain text */
	const struct tcs_opt *opts;
	uint32_t	 nopt, optsize;		/* optsize: stride of opts */
	/* host is the first member of the kind's own table: cast it (struct tcs_source_host, ...). */
	int		 (*open)(struct tcs_ctx *, const struct tcs_host *, const struct tcs_val *opt,
	    void **inst);
	void		 (*close)(void *inst);
	union {
		const struct tcs_source		*source;
		const struct tcs_stage		*stage;
		const struct tcs_notifier	*notifier;
	} ops;					/* by kind */
};

#define TCS_PLUGIN_HEAD(k) \
	.magic = TCS_MAGIC, .abi_major = TCS_ABI_MAJOR, .abi_minor = TCS_ABI_MINOR, \
	.size = sizeof(struct tcs_plugin), .kind = (k), .optsize = sizeof(struct tcs_opt)

#if defined(__GNUC__)
# define TCS_EXPORT __attribute__((visibility("default")))
#else
# define TCS_EXPORT
#endif
extern TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1;

#ifdef __cplusplus
}
#endif
#endif
