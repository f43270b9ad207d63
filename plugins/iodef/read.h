/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read.h -- from an Incident of IODEF, version 1 or 2, to cells: what holds
 * for an incident and its nested EventData, and what a system adds.
 */
#ifndef IODEF_READ_H
#define IODEF_READ_H

#include "class.h"
#include "node.h"
#include "words.h"

enum column {
	C_IP, C_PORT, C_TRANSPORT, C_APPLICATION, C_FQDN, C_URL, C_ACCOUNT, C_ASN, C_REVERSE,
	C_DST_IP, C_DST_PORT, C_DST_FQDN, C_TAXONOMY, C_TYPE, C_IDENTIFIER, C_CVES, C_SEVERITY, C_TIME,
	C_TLP, C_TEXT, C_TEXT_URL, C_MALWARE,
	C_PRODUCT, C_VENDOR, C_PRODUCT_NAME, C_VERSION,
	C_TIME_FROM, C_REPORTED, C_GENERATED, C_ENDED, C_SEEN, C_REFERENCES, C_NAMES, C_ADDRESSES, C_PORTLIST,
	C_ROLE, C_OS, C_COUNTED, C_SYSTEM_TEXT, C_ASSET, C_CATEGORY, C_EXPECTATION, C_CONFIDENCE,
	C_INCIDENT, C_OTHER_IDS, C_PURPOSE, C_STATUS, C_RESTRICTION, C_CONTACTS, C_ADDITIONAL, C_NAME,
	C_ORGANISATION, C_CONTACT,
	C_COUNT
};
extern const char *const column_names[C_COUNT];

#define PORTS_MAX	16		/* ports of one list that become a row each */

struct service {
	struct tcs_slice port, transport, application;
};

/* Where a system can be reached. */
struct ends {
	struct tcs_slice *ip, *name;
	struct service	 *service;
	uint32_t	  nip, nname, nservice;
};

struct reading {
	struct pen	*pen;
	bool		 private;	/* an incident that says nothing is, as the RFCs have it */
};

/* What holds at one level: the incident, an EventData in it, ... */
struct level {
	struct tcs_slice cell[C_COUNT];
	struct said	 said;		/* by the nearest assessment */
	struct tcs_slice severity;	/* by it */
	struct tcs_slice label;		/* by an extension */
	bool		 own_label;	/* of this level */
	struct cves	 exploited, described;
};

/* n: an Incident (up NULL) or an EventData; what it does not say itself is taken from up. */
void read_level(const struct reading *r, const xmlNode *n, const struct level *up, struct level *l);
/* Its extensions and restriction only. */
void read_extensions(const struct reading *r, const xmlNode *n, struct level *l);

/* n: an Indicator; of up only what does not speak of the incident's victims. */
void read_indicator(const struct reading *r, const xmlNode *n, const struct level *up, struct level *l);
/* What a System says, and the class, which depends on it.  l holds what read_level gave. */
void read_system(const struct reading *r, const xmlNode *system, struct level *l, struct ends *e);
void read_roles(const struct reading *r, const xmlNode *n, struct tcs_slice cell[C_COUNT]);
/* The class of what l says so far; a type that an extension gave stands. */
void read_class(struct level *l);
/* Its first address and name, and its port if there is one, as the other end of a flow. */
void read_other_end(const struct reading *r, const xmlNode *system, struct tcs_slice cell[C_COUNT]);

#endif
