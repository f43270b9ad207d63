/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A binding from inside, for its three files: binding.c joins a feed to the
 * columns of an input, binding_batch.c converts what every row is converted
 * for, binding_finding.c all of one row.  Nobody else includes this.
 */
#ifndef CORE_BINDING_INT_H
#define CORE_BINDING_INT_H

#include "2-decode/feedfile.h"
#include "2-decode/mapping.h"

/* A line of the feed with its columns found.  k: which of the wanted columns; col: their
 * names in the input. */
struct bound {
	const struct feed_map *m;
	const struct field *field;		/* NULL: an extra, or dropped */
	uint16_t	*k;
	const char	**col;
	uint16_t	 n;
};

/* A column that no line speaks of. */
struct leftover {
	uint16_t	 k;
	const char	*name;
};

/* Where the subject's name comes from, in this order. */
enum name_from { FROM_LISTED, FROM_HOST, FROM_URL, FROM_ACCOUNT };
struct name_col {
	uint8_t		 from;
	bool		 row;			/* a URL that needs the rest of its row */
	uint16_t	 k;
};

enum step_kind { STEP_TIME, STEP_IP, STEP_ASN, STEP_PORT, STEP_CHECK };
struct step {
	enum step_kind	 kind;
	const struct bound *b;
};

#define HOST_COLS 4
#define HOST_NAMES 2
#define NO_COL UINT16_MAX

struct binding {
	const struct feed *feed;
	struct arena	*arena, *scratch;	/* scratch: of the batch, and the names of its rows */
	struct bound	*map;
	struct leftover	*rest;
	struct name_col	*name;
	struct step	*step;
	uint16_t	*class_k;		/* column of each conditional class, or NO_COL */
	uint16_t	 host_k[HOST_COLS], application_k;	/* for web addresses */
	const char	**strange;		/* columns that no line speaks of */
	uint32_t	 nmap, nrest, nname, nstep, nstrange;
	uint8_t		 ip_field, asn_field, port_field;	/* the subject's */
	bool		 named;			/* its subject may be a name */
	bool		 all;
	/* what `set` lines say of every row */
	bool		 set_ip, set_asn, set_time;
	struct ip	 fixed_ip;
	uint32_t	 fixed_asn;
	int64_t		 fixed_time;
	uint32_t	 sub;			/* of the first row, when that is a further finding
						 * of the slot before */
	uint32_t	 last_sub;
	struct conv_day	 day;
};

/* The name of row i, normalised, or n 0. *account: whose domain it is, or that there is
 * one without a domain. */
struct tcs_slice binding_row_name(const struct binding *b, const struct rows *r, uint32_t i, struct arena *a,
    bool *account);
struct conv_row binding_conv_row(const struct binding *b, const struct rows *r, uint32_t i);

#endif
