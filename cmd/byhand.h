/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mapping given on the command line: turned into the lines of a feed file,
 * which is the one place where a mapping is understood.  So what was tried by
 * hand can be written down as it is (--write-feed).
 */
#ifndef CMD_BYHAND_H
#define CMD_BYHAND_H

#include "arena.h"
#include "cmd/cmd.h"
#include "err.h"

#define BYHAND_OPTIONS \
	{ "map", "FIELD=COLUMN|...", "which columns a field comes from, the first with a value; FIELD? may " \
	    "be missing or unreadable; commas between several", true }, \
	{ "const", "FIELD=VALUE", "the same in every row, as classification.type", true }, \
	{ "columns", "NAME,...", "the columns of a table that has no header", false }, \
	{ "list", NULL, "one address, name or URL a line, no columns", false }, \
	{ "time-format", "FORMAT", "how times are written, as DD-MM-YYYY HH:mm or %d-%m-%Y %H:%M", false }, \
	{ "zone", "ZONE", "of times that do not say theirs, as Europe/Amsterdam; else UTC", false }, \
	{ "delimiter", "CHAR", "; , | or tab, or its name; else what the first line has most of", false }, \
	{ "encoding", "NAME", "utf-8, iso-8859-1, windows-1252 or auto", false }, \
	{ "kind", "KIND", "what the rows are about: service, event, name or account; else what they have " \
	    "tells it", false }, \
	{ "write-feed", "FILE", "the mapping as a feed file of that name, NAME.feed", false }

#define BYHAND_NAME "the mapping"

/* Whether any of these options was given. */
bool byhand_given(const struct cmd_args *a);
/* The lines, in the arena; NULL: err. */
const char *byhand_lines(const struct cmd_args *a, struct arena *arena, struct err *e);
/* What is wrong in line N of the lines, told as of the option that made it. */
void byhand_blame(const struct cmd_args *a, struct arena *arena, struct err *e);
/* --write-feed, if it was given: the file must not be there yet. */
bool byhand_write(const struct cmd_args *a, const char *lines, struct err *e);

#endif
