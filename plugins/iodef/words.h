/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.h -- small texts with a grammar of their own: CVE numbers wherever
 * they stand, lists of ports, numbers of transports.
 */
#ifndef IODEF_WORDS_H
#define IODEF_WORDS_H

#include "node.h"

#define CVES_MAX 64
struct cves {
	char	 text[CVES_MAX][28];	/* lower case, each once, in the order found */
	uint32_t n;
};
void cves_in(struct cves *c, struct tcs_slice text);
/* Sorted, with semicolons between, as the host writes them. */
struct tcs_slice cves_join(const struct cves *c, struct pen *p);

/* The ports of "80,8000-8002"; false: it is none, or there are more than max. */
bool ports_in(struct tcs_slice list, uint16_t *port, uint32_t max, uint32_t *n);
/* "6" is tcp; what has no name here stays as it is. */
struct tcs_slice transport_name(struct tcs_slice number);

#endif
