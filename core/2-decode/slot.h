/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hostile boundary: one answer slot, which the worker may change at any
 * moment, becomes private memory that is known to be sound.  Everything is
 * copied first, then checked, and only the copy is used.
 *
 * Checked: counts and sizes; that slots follow each other as feeds do; that
 * every span lies in what was shown, none is empty, and they come in order -
 * without a gap where the source says that it tiles; that every cell lies in
 * what was shown or in the slot's own arena; that no more rows come than the
 * input has bytes, so that a worker cannot answer for ever.
 */
#ifndef CORE_SLOT_H
#define CORE_SLOT_H

#include <stdbool.h>
#include <stdint.h>
#include "2-decode/source.h"
#include "err.h"
#include "worker/wire.h"

/* What is known of the input so far. */
struct slot_state {
	uint32_t	 flags;			/* of the source: TCS_S_TILES matters */
	const char	*ring;			/* mapped twice */
	uint64_t	 ring_size;
	uint64_t	 filled;		/* bytes shown to the worker so far */
	bool		 eof;
	/* kept by slot_take */
	bool		 in_feed;
	uint64_t	 base, shown;		/* the feed at work */
	uint64_t	 seen;			/* end of the furthest byte shown in a feed that ended */
	uint64_t	 upto;			/* bytes done with; the next feed begins here */
	uint64_t	 told, last;		/* end and start of the last span */
	uint32_t	 last_len;
	bool		 last_again;		/* a further row of that span may follow */
	uint64_t	 nrow;
	uint32_t	 nlog, layout, nwant;
	bool		 shown_end;		/* there was a feed that only told the input's end */
};

struct slot_rows;				/* room for the copies */
struct slot_rows *slot_rows_new(void);
void slot_rows_free(struct slot_rows *r);

enum slot_got { SLOT_ROWS, SLOT_COLUMNS, SLOT_LOG, SLOT_DONE, SLOT_LIE };
struct slot_answer {
	struct rows		 rows;		/* SLOT_ROWS */
	const struct tcs_slice	*name;		/* SLOT_COLUMNS */
	uint32_t		 nname;
	const char		*text;		/* SLOT_LOG, SLOT_DONE: one line; "" when there is none */
	int			 rc;		/* SLOT_LOG: level, SLOT_DONE: what the plugin returned */
};
/* SLOT_LIE: err names the check. */
enum slot_got slot_take(const struct w_slot *shared, struct slot_state *st, struct slot_rows *r,
    struct slot_answer *out,
    struct err *e);

#endif
