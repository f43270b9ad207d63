/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tell.h -- what the host is told of one input, in order of offset, so that
 * every byte is told once: rows, rejects, and what lies between them.
 */
#ifndef IODEF_TELL_H
#define IODEF_TELL_H

#include <stdbool.h>
#include <tocsin/plugin.h>
#include "read.h"

#define ROWS	256u		/* handed over at once */

struct telling {
	struct tcs_ctx			*ctx;
	const struct tcs_source_host	*host;
	/* of this input */
	const char			*buf;
	uint64_t			 told;		/* everything before it was told */
	uint32_t			 told_line;
	bool				 declared;
	uint32_t			 said;		/* rows and rejects of this incident */
	uint8_t				 want[C_COUNT];
	uint32_t			 nwant, nrow;
	struct tcs_span			 span[ROWS];
	uint8_t				 again[ROWS];
	struct tcs_slice		 cell[ROWS * C_COUNT];
};

void tell_begin(struct telling *t);
/* Each returns what the host returned; see plugin.h. */
int tell_skip_to(struct telling *t, size_t end);
int tell_reject(struct telling *t, size_t off, size_t end, const char *why, const char *detail);
/* Begins a record: what lies before it is skipped, the columns are declared. */
int tell_record(struct telling *t, size_t off, size_t end, struct tcs_span *span);
int tell_row(struct telling *t, const struct tcs_span *span, bool again,
    const struct tcs_slice cell[C_COUNT]);
int tell_flush(struct telling *t);

#endif
