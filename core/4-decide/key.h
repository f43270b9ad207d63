/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes two findings one case: party, problem and subject, with port and
 * transport only for services.  One pure function with its table of tests
 * (tests/unit/t_key.c).  Never by classification, CVE, feed or reverse DNS:
 * feeds reclassify overnight, and one more CVE is not a new case.
 */
#ifndef CORE_KEY_H
#define CORE_KEY_H

#include "4-decide/case.h"
#include "finding.h"
#include "problems.h"

/* The key of a finding before its words are numbers. */
struct key_words {
	uint32_t		org;
	const char		*problem;	/* canonical id */
	struct ip		ip;		/* all zero: the subject is name */
	struct tcs_slice	name;		/* host, domain or account; n 0: the subject is ip */
	uint16_t		port;
	uint8_t			transport;
	char			made[520];	/* where name points for an account: lower
						 * case, with its domain */
};

/* False when the finding has no subject at all (no address, name or account).  Strings live as long as f,
 * p and out do. */
bool key_of(const struct finding *f, uint32_t org, const struct problems *p, struct key_words *out);
/* Host part of a URL, or n 0. */
struct tcs_slice url_host(struct tcs_slice url);
/* IANA protocol numbers of the transports that carry ports; 0 for all others. */
uint8_t transport_number(struct tcs_slice name);
const char *transport_name(uint8_t number);

#endif
