/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys that a person should see to: of contacts, of partners and this
 * site's own; expired, about to, or of no use.
 */
#ifndef CMD_KEYS_H
#define CMD_KEYS_H

#include "cmd/view.h"
#include "registry.h"

struct key_row {
	const char	*whose;		/* organisation, notifier, or "sign.smime", "sign.pgp" */
	const char	*address;	/* "" where there is none */
	const char	*text;		/* of the key, as it is written */
	const char	*ails;		/* "expires on 2026-12-01" */
	bool		 own;
	int64_t		 since;		/* s; 0: not known */
};
/* now: s. */
void keys_each(struct view *v, const struct registry *reg, int64_t now,
    void (*each)(void *arg, const struct key_row *r), void *arg);

#endif
