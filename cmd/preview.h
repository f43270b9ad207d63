/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first rows of a report as they would be read, column by column: the
 * cell, the field it is for, and what the field became; what no line speaks
 * of is kept as an extra; what was refused and why, counted by reason.  Also
 * the refused rows as a CSV of their own, to send back to whoever wrote them.
 */
#ifndef CMD_PREVIEW_H
#define CMD_PREVIEW_H

#include <stdio.h>
#include "2-decode/decode.h"

struct preview;
struct preview *preview_new(void);
void preview_free(struct preview *p);			/* NULL is fine */
/* Row i of a batch's rows and what it became. */
void preview_row(struct preview *p, const struct decoded *d, uint32_t i, const struct finding *f);
void preview_refused(struct preview *p, const char *name, const struct refused *r);
/* How many were read and refused, the latter by reason. */
void preview_end(struct preview *p);

/* line,reason,detail,row */
bool refused_head(FILE *out);
bool refused_row(FILE *out, const struct refused *r);

#endif
