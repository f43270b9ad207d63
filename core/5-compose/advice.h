/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The advice catalogue: for each kind of problem what it is called, what it
 * means, what to do and how to check it oneself, in each language.  A folder a
 * language (en, nl), in it one file NAME.advice a problem, feed identifier or
 * RSIT type:
 *
 *	# a comment
 *	name: Remote desktop open to the internet
 *	for: further-name another-name
 *
 *	meaning: A paragraph, that may
 *	go on for several lines.
 *
 *	do:
 *	- One action.
 *	- Another one, that may
 *	  go on too.
 *
 *	check: A paragraph.
 *
 * All but "for" are required; that names further problems, identifiers or types
 * that have no file of their own and are served by this one.  Paragraphs and
 * actions are kept as one line each; line breaks are the business of text_fold().
 */
#ifndef CORE_COMPOSE_ADVICE_H
#define CORE_COMPOSE_ADVICE_H

#include <stdbool.h>
#include <stdint.h>
#include "err.h"
#include "5-compose/value.h"

#define ADVICE_OTHER	"other"		/* the one that every language must have */

struct advice {
	const char	*id;		/* file name without .advice */
	const char	*file;
	const char	*name;		/* for people, and for subjects: short, no full stop */
	const char	*meaning, *check;
	const char	*also;		/* for:; NULL: none */
	const char	**action;
	uint32_t	 naction;
};

struct advice_set;

/* Every folder in dir is a language. NULL: err names file and line. */
struct advice_set *advice_load(const char *dir, struct err *e);
void advice_free(struct advice_set *set);		/* NULL is fine */
bool advice_language(const struct advice_set *set, const char *language);	/* is there one? */

/* The advice for the problem, else for the feed's identifier, else for the type, else "other". Any of
 * them may be NULL. A language that is not there: English, else the first. Never NULL; lives as long
 * as the set. */
const struct advice *advice_find(const struct advice_set *set, const char *language, const char *problem,
    const char *identifier, const char *type);
/* Exactly that one, or NULL. */
const struct advice *advice_get(const struct advice_set *set, const char *language, const char *id);

/* { id, name, meaning, actions: [{ step, text }], check } */
struct val *advice_value(struct arena *a, const struct advice *adv);

#endif
