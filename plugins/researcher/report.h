/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h -- the fields of a researcher's report (docs/researcher-report.md):
 * from pieces of JSON to the cells of a row.
 */
#ifndef RESEARCHER_REPORT_H
#define RESEARCHER_REPORT_H

#include <tocsin/plugin.h>
#include <tocsin/slice.h>
#include "plugins/json/split.h"

enum column {
	C_IP, C_PORT, C_TRANSPORT, C_APPLICATION, C_FQDN, C_URL, C_ACCOUNT, C_CVES, C_IDENTIFIER, C_TYPE,
	C_TAXONOMY, C_TITLE, C_SEVERITY, C_FOUND, C_TLP, C_PRODUCT, C_VERSION, C_SEEN, C_REMEDIATION,
	C_REFERENCES, C_DESCRIPTION, C_SCORE, C_REPORTED, C_ID, C_NAME, C_CONTACT, C_ORGANISATION, C_NAMED,
	C_COUNT
};
extern const char *const column_names[C_COUNT];

#define OWN_MAX		64		/* keys of their own that the systems of a report may have */
#define OWN_NAME_MAX	60

struct wrong {
	const char	*why;		/* constant; NULL: nothing is wrong */
	char		 text[400];	/* "line 12: port: expected ..." */
	bool		 nomem;
};

/* What is at work: the input, and where memory and complaints go. */
struct reading {
	struct tcs_ctx			*ctx;
	const struct tcs_source_host	*host;
	struct scan			 in;		/* the whole input */
	int				 life;		/* of what is read now: enum tcs_life */
	uint32_t			 line;		/* where it begins */
	struct wrong			*wrong;
};

struct own {
	struct tcs_slice name[OWN_MAX];
	uint32_t	 n;
};

struct head {
	struct tcs_slice cell[C_COUNT];
	struct piece	 systems;
	bool		 open;			/* the input ends within this report */
};

/* False: r->wrong says why (or that memory ran out). */
bool head_read(struct reading *r, const struct piece *report, struct head *h);
/* cell: C_COUNT + own->n of them. */
bool system_read(struct reading *r, const struct piece *v, const struct head *h, const struct own *own,
    struct tcs_slice *cell);
/* Adds the keys of this system that are its own.  False: memory ran out. */
bool own_add(struct reading *r, const struct piece *v, struct own *own);

#endif
