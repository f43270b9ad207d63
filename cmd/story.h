/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prose for people, or the same told as JSON lines: each step has a kind,
 * named values and a sentence.  With --json a step is an object {"what": kind,
 * values..., "text": sentence}; without it, the sentence alone, indented.
 * Sentences are made safe for a terminal here.
 */
#ifndef CMD_STORY_H
#define CMD_STORY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "buf.h"

struct story {
	FILE		*out;
	bool		 json;
	unsigned	 lines;			/* steps told */
	struct buf	 values, line, safe;
};

void story_begin(struct story *s, FILE *out, bool json);
void story_end(struct story *s);		/* frees; not out */
/* Values of the step to come. */
void story_text(struct story *s, const char *key, const char *value);	/* NULL and "": null */
void story_number(struct story *s, const char *key, int64_t n);
void story_time(struct story *s, const char *key, int64_t seconds);	/* TIME_NONE: null */
void story_yes(struct story *s, const char *key, bool yes);
/* The step. depth: how far it is indented. */
void story_tell(struct story *s, unsigned depth, const char *what, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));
/* A step that shows bytes, which may be anything: the first of them for people, all as value "bytes". */
void story_show(struct story *s, unsigned depth, const char *what, const char *p, size_t n, size_t most);
/* A heading or a blank line: for people only. */
void story_head(struct story *s, unsigned depth, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#define STORY_TIME 24
const char *story_when(int64_t seconds, char out[STORY_TIME]);	/* "2026-11-20 08:00Z" */

#endif
