/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One version of the assets, as tables to look up in: networks of both
 * families, AS numbers, domains.  Immutable once made.
 */
#ifndef REGISTRY_TABLES_H
#define REGISTRY_TABLES_H

#include "asn.h"
#include "data.h"
#include "group.h"
#include "lpm.h"
#include "suffix.h"

struct tables {
	struct groups	 groups;
	struct lpm	 net4, net6;
	struct asns	 asn;
	struct suffixes	 domain;
	char		*text;		/* of the domains */
	bool		 has_asn, has_domain;
};

struct tables *tables_make(const struct data *d);	/* NULL: no memory */
void tables_free(struct tables *t);

#endif
