/* SPDX-License-Identifier: Apache-2.0 */
/* What pgp.c and pgp_key.c share. */
#ifndef CORE_COMPOSE_PGP_INT_H
#define CORE_COMPOSE_PGP_INT_H

#include <gpgme.h>
#include "err.h"

struct pgp {
	char		*home;
	gpgme_key_t	 key;		/* that signs */
};

gpgme_ctx_t pgp_context(const struct pgp *p, struct err *e);	/* the caller releases it; NULL: err */

#endif
