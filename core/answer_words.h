/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words with which a recipient answers a warning: one table, from which
 * the letter is written ("write one of these on the first line") and by which
 * replies are read, so that what we ask for is what we understand.  Every
 * language is understood in every reply: who gets a Dutch letter may answer in
 * English.
 *
 * A reply's first line is such an answer only if it is the word alone, or the
 * word and a mark (. ! , ; : -) and whatever follows it.  "fixed by Friday",
 * "not fixed" and "fixed?" are none: a person reads those.
 */
#ifndef CORE_ANSWER_WORDS_H
#define CORE_ANSWER_WORDS_H

#include <stddef.h>
#include "4-decide/case.h"
#include <tocsin/slice.h>

enum answer_word { WORD_NONE, WORD_FIXED, WORD_NOT_MINE, WORD_FALSE_POSITIVE, WORD_WRONG_CONTACT,
	WORD_COUNT };

struct answer_row {
	enum answer_word	 is;
	const char		*language, *word;	/* lower case, one blank between words */
};
/* The first of a language and meaning is the one that letters show. */
extern const struct answer_row answer_rows[];
extern const size_t answer_nrows;

extern const char *const answer_word_names[WORD_COUNT];		/* "none", "fixed", "not-mine", ... */

/* What one line of a reply says; WORD_NONE: nothing that we know. A quoted line (">") says nothing. */
enum answer_word answer_word_of(struct tcs_slice line);
/* The word to show in a letter; a language without its own words gets English. */
const char *answer_word_text(enum answer_word w, const char *language);
/* What it means for a case: ANSWER_NONE for a wrong contact, which is about us and not the case. */
enum answer answer_word_case(enum answer_word w);

#endif
