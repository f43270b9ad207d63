/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expr.h -- conditions over the fields of a finding, compiled once:
 *
 *	source.port == 25 and (feed.name ~ 'x*' or not has extra.seen)
 *	classification.type in ('scanner', 'brute-force')
 *
 * == != < > <= >= compare; < and its like, and == of two numbers, as numbers,
 * all else as text, as it is written.  ~ is a glob.  A field that a finding
 * does not have equals nothing: != is true of it, all others are false.
 */
#ifndef FILTER_EXPR_H
#define FILTER_EXPR_H

#include <tocsin/slice.h>

#define EXPR_DEEPEST	64

enum expr_kind { EXPR_OR, EXPR_AND, EXPR_NOT, EXPR_HAS, EXPR_EQ, EXPR_NE, EXPR_LT, EXPR_GT, EXPR_LE, EXPR_GE,
    EXPR_GLOB };

struct expr {
	uint8_t		 kind;
	int		 field;		/* what the caller's number() answered */
	uint32_t	 a, b;		/* nodes */
	const char	*value;
};

struct expr_tree {
	struct expr	*node;
	uint32_t	 n, cap, root;
};

struct expr_source {
	const char	*text;		/* the rule's line */
	size_t		 at;		/* what is read next; where it is wrong */
	char		 why[120];	/* it cannot be compiled, or "" */
	/* The number of a field, -1: there is no such field. */
	int		 (*number)(void *arg, const char *name);
	void		*arg;
	unsigned	 depth;
};

/* From s->at on as far as it goes; false: s->why. The tree's memory is freed by expr_free in both cases. */
bool expr_compile(struct expr_tree *t, struct expr_source *s);
void expr_free(struct expr_tree *t);
/* field: of the finding, p NULL: it has none. */
bool expr_holds(const struct expr_tree *t, uint32_t node, struct tcs_slice (*field)(void *arg, int number),
    void *arg);

/* The next word, of letters, digits and . _ - : ; "" at anything else.  False: too long. */
bool expr_word(struct expr_source *s, char *out, size_t room);
/* A text in quotes; NULL: s->why.  The caller frees it. */
char *expr_text(struct expr_source *s);
bool expr_wrong(struct expr_source *s, const char *why);

#endif
