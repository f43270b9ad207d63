/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small text file of lines that begin with a word: what feed files and feed
 * sets are written in.  Words are parted by spaces or tabs, "..." holds a word
 * with spaces together, # behind a space or at the start of a line begins a
 * comment.  Each line is one statement.
 */
#ifndef CORE_WORDFILE_H
#define CORE_WORDFILE_H

#include <stdbool.h>
#include "arena.h"
#include "err.h"
#include <tocsin/slice.h>

struct wordfile {
	struct arena	*arena;
	const char	*file;		/* for errors */
	unsigned	 line;
	struct tcs_slice text, rest;	/* of the file; of the line */
};

#define WORDFILE_MAX (1u << 20)

/* Reads the file into the arena; false: it is not there, not readable or too large. */
bool wordfile_open(struct wordfile *w, struct arena *a, const char *file, struct err *e);
/* A text in memory as if it were a file of that name. */
void wordfile_text(struct wordfile *w, struct arena *a, const char *name, struct tcs_slice text);
/* Goes to the next line that says something and gives its first word; false at the end. */
bool wordfile_line(struct wordfile *w, const char **word);
/* The next word of the line, or NULL.  The | of a list of columns stays in it. */
const char *wordfile_word(struct wordfile *w);
/* All that is left of the line, or NULL. */
const char *wordfile_rest(struct wordfile *w);

#endif
