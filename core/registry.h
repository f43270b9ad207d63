/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Organisations, assets and contacts in memory: one immutable snapshot, as
 * the ledger had it.  Asset numbers are the ledger's and are what a stage's
 * claims name.
 */
#ifndef CORE_REGISTRY_H
#define CORE_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "buf.h"
#include "ip.h"

enum asset_kind { ASSET_NET = 1, ASSET_RANGE, ASSET_ASN, ASSET_DOMAIN };
/* NETWORK and COUNTRY are of the ladder (registry_known.c), never of the registry. */
enum asset_role { ROLE_OWNER, ROLE_OPERATOR, ROLE_NONE, ROLE_NETWORK, ROLE_COUNTRY, ROLE_MAX };
extern const char *const role_words[];		/* "owner", "operator", ..., for people */
enum asset_use { USE_STATIC, USE_DYNAMIC, USE_CGNAT };

struct org {
	uint32_t	 id;		/* the ledger's, never changes */
	const char	*key;		/* the id people use: "acme-bakery" */
	/* "" when not given; constituency "direct" by default */
	const char	*name, *constituency, *sector, *language, *email;
	uint32_t	 parent;	/* id, 0: none */
	const char	*parent_key;
	int64_t		 interval;	/* s between two warnings; 0: the policy's */
};

struct asset {
	uint32_t	 id, org;
	uint8_t		 kind, role, use;
	bool		 verified;
	const char	*text;		/* canonical: "192.0.2.0/24", "192.0.2.5-192.0.2.9", "AS64496",
					 * "shop.example" */
	struct ip	 lo, hi;	/* NET, RANGE */
	uint32_t	 asn;		/* ASN */
	int64_t		 from, until;	/* ns; TIME_NONE: open; until is the last day, inclusive */
	const char	*verified_by, *verified_on;
	const char	*method;	/* how: "letter", "dns", ... or "" */
	int64_t		 verify_until;	/* ns, the last day the verification holds; TIME_NONE or 0: open */
	int64_t		 interval;	/* s between two warnings; 0: the organisation's or the policy's */
};

struct contact {
	uint32_t	 id, org;
	const char	*role, *channel, *address, *classes, *language;
	const char	*key;		/* a file of a certificate or PGP key, or a fingerprint; "" */
	uint8_t		 tlp_max;	/* enum tlp; not given: amber */
	int64_t		 confirmed, expires;	/* ns; TIME_NONE: not given */
};

struct registry {
	struct arena	*arena;
	uint32_t	 snapshot;	/* its number in the ledger; 0: none yet */
	struct org	*org;		/* sorted by id */
	struct asset	*asset;		/* sorted by id */
	struct contact	*contact;	/* sorted by org, then id */
	uint32_t	 norg, nasset, ncontact;
	void		*index;		/* registry.c's */
	struct known	*known;		/* registry_known.c's */
};

/* Takes the arrays (in reg->arena) as they are and builds the indexes. */
void registry_index(struct registry *reg);
void registry_free(struct registry *reg);
const struct org *registry_org(const struct registry *reg, uint32_t id);
const struct org *registry_org_key(const struct registry *reg, const char *key);
const struct asset *registry_asset(const struct registry *reg, uint32_t id);
uint32_t registry_contacts(const struct registry *reg, uint32_t org, const struct contact **first);
/* ---- who is told though nobody registered: parties of the network tables that cases name, and the networks
 * that tie them.  They have numbers of their own, from LADDER_FIRST, and are found like any other. */
#define LADDER_FIRST UINT32_C(0x40000000)
#define CONSTITUENCY_NETWORK "network-owner"
#define CONSTITUENCY_COUNTRY "national-cert"
#define CONSTITUENCY_NOBODY "nobody"
struct known *known_new(struct arena *a, uint32_t snapshot);
void known_free(struct known *k);
/* As the ledger has it; in order of id. */
void known_org_loaded(struct known *k, const struct org *o);
void known_asset_loaded(struct known *k, const struct asset *a);
/* The party of that key, which says so today (id and parent of say are not looked at); a new one gets a
 * number.  NULL parts of say are "". */
const struct org *known_party(struct registry *reg, const struct org *say);
/* Likewise a network of a party: the same party, text and verified_on is the same one. */
const struct asset *known_asset(struct registry *reg, const struct asset *say);
/* What the ledger does not have yet, in order; i from 0. */
const struct org *known_org_unsaved(const struct known *k, uint32_t i);
const struct asset *known_asset_unsaved(const struct known *k, uint32_t i);
void known_saved(struct known *k);
const struct org *known_org(const struct known *k, uint32_t id);
const struct org *known_org_key(const struct known *k, const char *key);
const struct asset *known_asset_id(const struct known *k, uint32_t id);
/* Verified, and still so at that moment (ns). */
bool asset_verified(const struct asset *a, int64_t at);
/* The assets as the data option of a stage, one a line, tab-separated (plugins/registry/README.md): asset,
 * kind (net|asn|domain), text; ranges are split into networks, each a line with the same asset number. */
void registry_data(struct buf *out, const struct registry *reg);

#endif
