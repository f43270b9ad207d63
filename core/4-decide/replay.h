/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An input read again as a whole, by today's mapping: what it changes, and the
 * same without counting a sighting twice.  A record that is a sighting of its
 * case already only brings that case's class and severity up to date; one that
 * is now another's is a sighting there; cases of which nothing is left that can
 * be read end as superseded.  The books of the input are written anew.
 */
#ifndef CORE_REPLAY_H
#define CORE_REPLAY_H

#include "4-decide/decider.h"

struct replay_line {
	uint32_t	 id;		/* case */
	const char	*what, *from, *to;	/* "class", "severity", "new", "no-longer" */
};

struct replay {
	struct decider	*d;
	uint32_t	 input, order;
	struct arena	*arena;
	struct map	*known;		/* (off, sub, case): it is a sighting of that case */
	struct map	*place;		/* (off, sub): of any */
	struct map	*read;		/* of known: read again */
	struct map	*opened;	/* cases that this input opened, until met */
	uint32_t	 same, fresh, elsewhere, class, severity, lost, ended, due;
	uint32_t	 had_refused;
	struct replay_line *line;
	uint32_t	 nline;
	char		 result[400];
};
/* order: whose result is written in the same commit; 0: none.  NULL: the ledger cannot be read. */
struct replay *replay_begin(struct decider *d, const struct input *in, uint32_t order, struct err *e);
void replay_end(struct replay *r);			/* NULL is fine */

/* ---- asked while it is read */
bool replay_counted(const struct replay *r, const struct finding *f, uint32_t id);
bool replay_opened(struct replay *r, uint32_t id);	/* true once for each case that this input opened */
struct replay_was { uint16_t class; uint8_t severity; bool fresh, counted; };
void replay_note(struct replay *r, const struct finding *f, const struct tcase *c,
    const struct replay_was *was,
    bool due);
/* Before its last commit: what was not read again. */
void replay_lost(struct replay *r);
/* Inside it: quarantines, the order's result. */
void replay_close(struct replay *r, uint64_t records, uint64_t refused);

#endif
