/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is told, and what goes together.  A due case gets a recipient - the
 * partner body of its constituency, or the organisation's own contact for its
 * class - or is held with the reason why it has none.  Cases of one recipient,
 * topic, lane, role and label are one warning; a label is never mixed.
 */
#ifndef CORE_GROUP_H
#define CORE_GROUP_H

#include "4-decide/decider.h"
#include "5-compose/sign.h"

struct candidate {
	uint32_t			 id;		/* the case */
	uint32_t			 org;
	const struct cfg_notifier	*notifier;	/* by constituency */
	const char			*address;	/* lives as long as the registry or configuration */
	const char			*language;
	const char			*channel;	/* of the contact; NULL: a partner */
	uint32_t			 class;
	uint8_t				 lane, role, tlp;
	enum seal			 seal;		/* of the mail; SEAL_PLAIN also where it is none */
	const struct rkey		*key;		/* of the recipient, or NULL */
};

/* The recipient of a case, or why there is none (then the case must be held for that). */
enum case_reason candidate_of(struct decider *d, const struct tcase *c, struct candidate *out);
/* How a mail to the owner of this key (NULL: none) goes - seal and key of out - and whether it may. */
enum case_reason seal_of_mail(struct decider *d, enum tlp tlp, const char *key, struct candidate *out);
/* Of the contact of that mail address, or NULL. */
const char *contact_key(const struct decider *d, uint32_t org, const char *address);
/* All that is due now (digest: also what waits for the digest's hour), sorted so that a group lies
 * together. Cases that have become impossible to tell are held; with retry, those held for want of
 * something are tried again. */
struct candidate *candidates(struct decider *d, bool digest, bool retry, uint32_t *n);
bool same_group(const struct candidate *a, const struct candidate *b);

/* So that a group lies together. */
void candidates_sort(struct candidate *list, uint32_t n);

#endif
