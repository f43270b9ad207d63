/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An address or a name in the raw bytes of inputs: it stands there as a word
 * of its own, whether the input was understood or not.  An IPv4 address is
 * looked for as it is written; an IPv6 address in every spelling; a name in
 * either case, also as the end of a longer name ("www.shop.example") or of a
 * mail address.
 */
#ifndef CMD_SEARCH_H
#define CMD_SEARCH_H

#include "2-decode/source.h"
#include "ip.h"

#define HIT_TEXT 512

struct needle {
	char		 text[256];	/* lower case */
	size_t		 n;
	struct ip	 ip;
	bool		 is_ip, is_ip6;
};
bool needle_make(const char *text, struct needle *out, struct err *e);

struct hit {
	uint64_t	 off;		/* of the word, in the decoded input */
	uint64_t	 line;		/* from 1 */
	const char	*text;		/* its line, or as much of it around the word as HIT_TEXT */
	size_t		 n;
};
/* Each line that has it, once.  False: the input could not be read, or each said so. */
bool search_input(struct reader *in, const struct needle *what, bool (*each)(void *, const struct hit *),
    void *arg, struct err *e);

#endif
