/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A first look at reports at hand, for `try`: which source reads each, what
 * they say by class, network and AS, and when the newest observation was.
 * Nothing is kept.
 */
#ifndef CMD_SURVEY_H
#define CMD_SURVEY_H

#include "2-decode/decode.h"
#include "config.h"

struct survey;
/* Decoders for every feed set and every source plugin that needs no feed. */
struct survey *survey_open(const struct plugins *p, const char *feeds, struct err *e);
/* A feed file, which then reads every input whose name it takes.  False: err. */
bool survey_feed(struct survey *s, const struct plugins *p, const char *file, struct err *e);
void survey_close(struct survey *s);				/* NULL is fine */
/* Finds what reads the file and reads it. *plugin: the name of the plugin or feed set.  False:
 * nothing recognises it, or it cannot be looked at; err says why. What cannot be read of it is
 * counted, and said on stderr. */
bool survey_file(struct survey *s, const char *path, const struct config *limits, const char **plugin,
    struct err *e);
bool survey_clean(const struct survey *s);			/* all could be read */
int64_t survey_newest(const struct survey *s);			/* ns; TIME_NONE: no finding has a time */
void survey_print(const struct survey *s, bool json);
/* "shadowserver, iodef, researcher" */
const char *survey_known(const struct survey *s, struct arena *a);

#endif
