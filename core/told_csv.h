/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of what another system had warned of: IntelMQ's EventDB or Mailgen
 * as CSV, or any with columns of the same sense.  Columns are found by their
 * names; what is not known is passed over.
 */
#ifndef CORE_TOLD_CSV_H
#define CORE_TOLD_CSV_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "err.h"
#include "ip.h"
#include <tocsin/slice.h>

struct told_line {
	uint32_t	 line;
	const char	*why;		/* it cannot be used; the rest is empty */
	struct tcs_slice problem;	/* as the feed calls it; n 0: none, type says the class */
	bool		 has_ip;
	struct ip	 ip;
	struct tcs_slice name;		/* host, or account; n 0: none */
	uint16_t	 port;
	int64_t		 at;		/* s */
	struct tcs_slice ticket;
};
/* map: "field=column" each on a line, or ""; field: one of told_fields.  Texts point into p or a. */
bool told_csv(const char *file, const char *p, size_t n, const char *map, struct arena *a,
    void (*each)(void *arg, const struct told_line *l), void *arg, struct err *e);
extern const char *const told_fields[];		/* ended by NULL */

#endif
