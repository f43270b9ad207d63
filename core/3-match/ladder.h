/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The network tables in memory: which network holds an address, whom it names
 * for abuse, and the national CERT of its country.  The rungs of the ladder
 * below the registry; whether one may be taken is the policy's and decided in
 * 4-decide/climb.c.  Immutable once built.
 *
 * Ranges of all tables lie in one list of places where the answer changes,
 * found by the first 16 bits and then by halving.  A range knows the wider
 * one it lies in, so that what says nothing, or is stale, is passed over.
 */
#ifndef CORE_LADDER_H
#define CORE_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "err.h"
#include "ip.h"

/* In the order of the ladder. */
enum rung { RUNG_OWNER, RUNG_OPERATOR, RUNG_NETWORK, RUNG_COUNTRY, RUNG_HOLD, RUNG_MAX };
extern const char *const rung_names[];		/* ended by NULL */
#define RUNG_BIT(r) (1u << (r))
#define RUNGS_REGISTERED (RUNG_BIT(RUNG_OWNER) | RUNG_BIT(RUNG_OPERATOR))

struct ladder_table {
	const char	*name;		/* "ripe" */
	int64_t		 dated;		/* ns: the day it is of */
};

struct ladder_party {
	const char	*key;		/* "net:ORG-EX1-RIPE", "cert:NL" */
	const char	*name, *mail, *language;
	char		 country[3];
	uint16_t	 table;
};

struct ladder_hit {
	const struct ladder_party *party;
	const struct ladder_table *table;	/* that says so */
	const char	*name;		/* of the network, or "" */
	struct ip	 lo, hi;	/* has_range: the network */
	uint32_t	 as_lo, as_hi;
	bool		 has_range;	/* or else by AS number */
	char		 country[3];
};

struct ladder;
struct ladder *ladder_new(void);
void ladder_free(struct ladder *l);
/* One table in the form of net.h; the bytes are copied.  All are added, then ready. */
bool ladder_add(struct ladder *l, const char *name, int64_t dated, const char *p, size_t n, struct err *e);
void ladder_ready(struct ladder *l);
bool ladder_empty(const struct ladder *l);

struct ladder_query {
	const struct ip	*ip;		/* NULL: none */
	uint32_t	 asn;		/* 0: none */
	int64_t		 now, stale;	/* ns: tables older than stale say nothing */
};
/* The most specific network with somebody to tell, then its AS, then the AS asked for. */
bool ladder_network(const struct ladder *l, const struct ladder_query *q, struct ladder_hit *out);
/* The national CERT of the country that the most specific range says. */
bool ladder_country(const struct ladder *l, const struct ladder_query *q, struct ladder_hit *out);
/* Is it known at all that anybody holds it?  Cheap; for rows by the million. */
bool ladder_covers(const struct ladder *l, const struct ip *ip, uint32_t asn);
const struct ladder_party *ladder_party(const struct ladder *l, const char *key);
/* i from 0; NULL: no more. */
const struct ladder_table *ladder_table(const struct ladder *l, uint32_t i);

#endif
