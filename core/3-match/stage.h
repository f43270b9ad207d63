/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One stage, loaded into the host: the only place that opens a shared object
 * in this process.  Stages are the administrator's own choice and run at
 * memory speed; what they say is checked all the same, because a bug in one
 * would aim mail.
 */
#ifndef CORE_STAGE_H
#define CORE_STAGE_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "batch.h"
#include "err.h"
#include "plugin_host.h"

#define STAGE_WANTS	64		/* fields that one stage may ask for */
#define STAGE_REASONS	250

struct matched;
struct finding;

struct tcs_ctx {			/* what a stage knows as its context */
	struct stage	*stage;
};

struct stage_want {
	const char	*name, *extra;		/* extra: without "extra.", or NULL */
	unsigned	 field;
};

struct stage {
	struct tcs_ctx	 ctx;
	const char	*name;
	void		*so;
	const struct tcs_plugin *decl;
	const struct tcs_stage *ops;
	void		*inst, *state, *next;
	const char	*data;			/* its option of type DATA; NULL: none */
	struct arena	*mem, *scratch;		/* what it asked for by alloc */
	uint32_t	 nread, nreason;
	uint8_t		 verdict0;		/* its first reason is verdict verdict0 + 1 of a batch */
	char		 said[200];		/* the last error it logged */
	/* on matched findings (matched.h) */
	bool		 matched;
	struct stage_want want[STAGE_WANTS];
	const char	*more[STAGE_REASONS];	/* reasons besides the declared ones; counted in nreason */
	uint32_t	 nwant, nmore;
	/* files of its data (stage_data.c) */
	const char	**file;
	uint32_t	 nfile;
	uint64_t	 stamp;
	/* while it runs */
	struct matched	*m;
	uint32_t	 nrow;
	struct arena	*rows;
	const struct batch *b;
	struct tcs_claim *claim;
	uint32_t	 nclaim, cap;
	bool		 broke;			/* it claimed what it may not */
};

/* In place; stage_close undoes it whether or not it succeeded. */
bool stage_open(struct stage *s, const struct plugin *p, const struct tcs_val *opt, struct err *e);
void stage_close(struct stage *s);
/* New data for its option: made ready, then taken (the old state is dropped) or dropped itself. */
bool stage_load(struct stage *s, const void *data, size_t n, struct err *e);
void stage_swap(struct stage *s, bool take);
/*
 * The files of its option of type DATA, read; and read again when they changed. On failure the old
 * state stays.
 */
bool stage_files(struct stage *s, const struct plugin *p, const struct tcs_val *opt, struct err *e);
bool stage_refresh(struct stage *s, struct err *e);
const char *stage_reason(const struct stage *s, uint32_t verdict);	/* from 1 */
void matched_set(struct finding *f, const char *name, struct tcs_slice value, struct arena *a);
bool stage_run_matched(struct stage *s, struct matched *m, uint32_t n, const struct tcs_col *col,
    uint8_t *verdict,
    struct arena *a, struct err *e);
/* Appends to s->claim (from 0). verdict: 0 for rows to look at; it sets its own reasons in it, from 1. */
bool stage_run(struct stage *s, struct batch *b, uint8_t *verdict, struct err *e);

#endif
