/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tocsin-worker and the host say to each other: the only header of the
 * worker that the host may include.
 *
 * Orders and their answers are messages (base/frame.h) over a socket.  The
 * bytes of an input and the rows that come of them go through two shared
 * memories, one for each direction, so that neither side can write what it has
 * said once the other reads it from its own:
 *
 *   window    struct w_host, then a ring of input bytes.  Sealed with
 *             F_SEAL_FUTURE_WRITE after the host has mapped it: the worker can
 *             only read.  Both sides map the ring twice in a row, so that any
 *             stretch of it is contiguous and nothing is ever copied to the
 *             front when a record straddles two reads.
 *   answers   struct w_worker, then W_SLOTS slots.  The host maps it read-only
 *             and believes nothing: it copies, then checks.
 *
 * Each side sleeps on an eventfd only when it has run dry; it says so first
 * (asleep), so that the other makes no system call while both are busy.
 */
#ifndef WORKER_WIRE_H
#define WORKER_WIRE_H

#include <stdint.h>

/* Descriptors a worker is born with. */
enum { W_FD_SOCKET = 3, W_FD_WINDOW, W_FD_ANSWERS, W_FD_WAKE_WORKER, W_FD_WAKE_HOST };

/* Messages. All are packed (base/pack.h); strings may have no value. */
enum w_msg {
	/* worker to host */
	W_DECLARES = 1,		/* describe: struct tcs_plugin, see worker/describe.c */
	W_REFUSES,		/* str: why the .so, or its open, cannot be used */
	W_READY,		/* it is open; source: and again, an input has its child */
	/* source: of the process that had the input: u32 wait status, u64 CPU in ms, u64
	 * peak memory in KiB, str the system call it died of */
	W_ENDED,
	W_LOG,			/* u32 level, str */
	W_BEGUN,		/* notifier: deliver is about to be called */
	W_RENDERED,		/* u32 rc, str type, bytes */
	W_RESULT,		/* u32 rc, u32 answer, u32 after, str reply, str remote */
	W_CHECKED,		/* u32 rc, str why */
	W_FENCED,		/* probe: u32 W_LAYER_* that stand */
	/* host to worker */
	W_OPEN = 32,		/* u64 memory, u32 CPU s, u64 window, then the options' values */
	W_INPUT,		/* source: str name */
	W_RENDER, W_DELIVER,	/* notifier: struct tcs_warning */
	W_CHECK
};
/* What fences a worker in, beside its limits. */
enum { W_LAYER_FILES = 0x1, W_LAYER_TCP = 0x2, W_LAYER_SIGNALS = 0x4, W_LAYER_CALLS = 0x8,
	W_LAYER_NAMESPACES = 0x10, W_LAYERS = 0x1f };
#define W_MESSAGE	(96u << 20)	/* longest message: a warning with all its parts */
#define W_ANSWER	(64u << 20)	/* longest that a worker may say */
#define W_DECLARATION	(1u << 20)

#define W_LOGS		100u		/* lines an input may log; the rest is dropped */
#define W_LOG_TEXT	1000u

/* ---- the window ---- */

#define W_COLUMNS	4096u		/* an input may have */
#define W_RING		(4u << 20)	/* for sources that take pieces */
#define W_WHOLE		(64u << 20)	/* for TCS_S_WHOLE: the longest input */
/* A feed shows no more than this; half of it is the longest record a source can count on. */
#define W_SHOW		(2u << 20)

struct w_host {
	_Alignas(64) uint64_t	 filled;	/* bytes of the input put in the ring so far */
	uint32_t		 eof;		/* written after filled */
	_Alignas(64) uint32_t	 taken;		/* slots read so far (wraps) */
	uint32_t		 layout;	/* columns() answered so far, of this input */
	_Alignas(64) uint32_t	 asleep;
	_Alignas(64) uint8_t	 want[W_COLUMNS];	/* the answer to columns() */
};
#define W_RING_AT	8192u		/* where the ring begins in the window: whole pages */

/* ---- the answers ---- */

#define W_SLOTS		8u
#define W_ROWS		1024u
#define W_CELLS		65536u		/* of a slot; so fewer rows when more than 63 columns are wanted */
#define W_ARENA		(2u << 20)	/* bytes of a slot that the plugin made: unescaped, decoded */

struct w_worker {
	_Alignas(64) uint32_t	 posted;	/* slots written so far (wraps); starts where taken is */
	_Alignas(64) uint32_t	 asleep;
	uint32_t		 until;		/* asleep for want of slots: wake when taken
						 * has come so far */
	uint64_t		 looked;	/* asleep for want of bytes: it has looked at
						 * all up to here */
	uint32_t		 forbidden;	/* the system call it dies of */
};
#define W_SLOTS_AT	4096u

enum w_slot_kind {
	W_SLOT_ROWS,
	W_SLOT_COLUMNS,		/* nrow names, in cell[]; the host answers in want[] and counts layout up */
	W_SLOT_LOG,		/* rc: level; the text is the arena */
	W_SLOT_DONE		/* rc: what the plugin returned; the text, if any, is the arena */
};
enum w_row_kind { W_RECORD, W_AGAIN, W_REJECT, W_SKIP };

/* off counts from the first byte shown in this feed; W_MADE: from the slot's arena; len W_NONE: no value. */
struct w_slice {
	uint32_t	 off, len;
};
#define W_MADE	0x80000000u
#define W_NONE	UINT32_MAX

/* By column, so that the host's checks run over arrays. Column k of row i is cell[k * w_stride(ncol) + i]. */
struct w_slot {
	uint32_t	 kind;			/* enum w_slot_kind */
	int32_t		 rc;
	uint32_t	 nrow, ncol;
	uint32_t	 arena;			/* bytes used */
	uint64_t	 base;			/* offset in the input of the first byte shown */
	uint32_t	 shown;			/* bytes shown */
	uint32_t	 last;			/* 1: the feed is over; used says how many
						 * bytes are done with */
	uint32_t	 used;
	uint32_t	 layout;		/* which answer of columns() the rows follow */
	_Alignas(64) uint32_t off[W_ROWS];
	uint32_t	 len[W_ROWS], line[W_ROWS];
	uint8_t		 what[W_ROWS];		/* enum w_row_kind */
	struct w_slice	 why[W_ROWS], detail[W_ROWS];	/* of rejects, in the arena */
	_Alignas(64) struct w_slice cell[W_CELLS];
	_Alignas(64) char bytes[W_ARENA];
};

/* How many rows a slot takes, and the distance of its columns: not a multiple of a page, or they would all
 * fall into the
 * same few lines of the first cache when a row is written. */
static inline uint32_t
w_rows(uint32_t ncol)
{
	uint32_t n = ncol ? W_CELLS / ncol - 8 : W_ROWS;

	return n < W_ROWS ? n : W_ROWS;
}

static inline uint32_t
w_stride(uint32_t ncol)
{
	return w_rows(ncol) + 8;
}

#define W_WINDOW_SIZE(ring)	(W_RING_AT + (uint64_t)(ring))
#define W_ANSWERS_SIZE		(W_SLOTS_AT + W_SLOTS * sizeof(struct w_slot))

_Static_assert(sizeof(struct w_host) <= W_RING_AT, "the host's words fit in front of the ring");
_Static_assert(sizeof(struct w_worker) <= W_SLOTS_AT, "the worker's words fit in front of its slots");
_Static_assert(sizeof(struct w_slice) == 8, "a cell costs eight bytes on the wire");
_Static_assert(sizeof(struct w_slot) % 64 == 0, "slots stay aligned");

#endif
