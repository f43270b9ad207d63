/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configured sources at work: for each what reads it (a decoder), and the
 * bytes of any input that the ledger knows, from the spool and unpacked.
 */
#ifndef CORE_SOURCES_H
#define CORE_SOURCES_H

#include "1-fetch/spool.h"
#include "2-decode/decode.h"
#include "config.h"
#include "ledger/ledger.h"

struct sources;
/* NULL: a source's plugin or feed is not there or its options are wrong; err names file and line. */
struct sources *sources_open(const struct config *c, const struct plugins *p, struct err *e);
void sources_spool(struct sources *s, struct spool *spool);	/* before the first reader */
void sources_close(struct sources *s);				/* NULL is fine */
struct decoder *sources_decoder(struct sources *s, const char *source, struct err *e);
/* The decoded bytes of an input from their beginning. */
struct reader *sources_reader(struct sources *s, const struct input *in, struct err *e);
/* The name that says the report type: the member's for archives. */
const char *input_report_name(const struct input *in);

/* YYYY-MM-DD or YYYYMMDD that stands alone in a name (no digit beside it). */
bool name_date(const char *name, int64_t *ns);
/* The day it is about (days since 1970): as its report type says it, else a date in the member's or the
 * input's name, else that of when (ns). */
int64_t input_day(struct sources *s, const char *source, const char *name, const char *member, int64_t when);

#endif
