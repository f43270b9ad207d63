/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person should see to in the registry: conflicts and overlaps, assets
 * that do not count, organisations that nobody could reach.
 */
#ifndef CORE_REGISTRY_CHECK_H
#define CORE_REGISTRY_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include "registry.h"

/* X(symbol, name, whether somebody goes unwarned because of it) */
#define REGISTRY_TROUBLES \
	X(CONFLICT, "conflict", true) \
	X(NO_CONTACT, "no-contact", true) \
	X(NO_ASSETS, "no-assets", false) \
	X(UNVERIFIED, "unverified", false) \
	X(VERIFY_AGAIN, "verify-again", true) \
	X(EXPIRED, "expired", false) \
	X(NOT_YET, "not-yet-valid", false) \
	X(CONTACT_EXPIRED, "contact-expired", false) \
	X(OVERLAP, "overlap", false)
enum registry_trouble {
#define X(sym, name, grave) TROUBLE_##sym,
	REGISTRY_TROUBLES
#undef X
	TROUBLES
};
extern const char *const registry_trouble_names[];
extern const bool registry_trouble_grave[];

struct registry_finding {
	enum registry_trouble trouble;
	const struct org *org, *other;		/* other: of a conflict or overlap */
	const char	*what, *with;		/* asset or contact; the other's asset; or NULL */
	int64_t		 day;			/* since or until when, ns; TIME_NONE */
};

/* All of them, kind by kind. now: ns.  partner: whether a constituency has a partner, who is told
 * instead (may be NULL). */
void registry_check(const struct registry *reg, int64_t now, bool (*partner)(void *arg,
    const char *constituency), void (*each)(void *arg, const struct registry_finding *f), void *arg);

#endif
