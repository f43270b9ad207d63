/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A case: the life of one problem at one subject of one organisation, as the
 * decider holds it in memory and the ledger keeps it.  Text is interned: name,
 * problem, feed are numbers of the ledger's dictionaries.
 */
#ifndef CORE_CASE_H
#define CORE_CASE_H

#include <stdint.h>
#include "ip.h"

/* What makes two findings one case; see key.c.  No padding, compared as bytes. */
struct case_key {
	uint32_t	org;		/* 0: conflict, nobody's yet */
	uint32_t	problem;
	struct ip	ip;		/* subject address; all zero when the subject is a name */
	uint32_t	name;		/* subject name or account, dictionary; 0: none */
	uint16_t	port;		/* 0 unless kind is service */
	uint16_t	day;		/* since 1970, of what was seen on a dynamic or cgnat asset; else 0 */
	uint8_t		transport;	/* IANA number: 6, 17; 0: none */
	uint8_t		many;		/* 1: on many ports, which are one case (port 0); see ports.c */
	uint8_t		zero[2];
};

enum seen { SEEN_OPEN, SEEN_GONE, SEEN_EXPIRED, SEEN_MOVED, SEEN_SUPERSEDED };
enum told { TOLD_NOTHING, TOLD_DUE, TOLD_HELD, TOLD_HANDED_OVER, TOLD_MUTED };
enum answer { ANSWER_NONE, ANSWER_FIXED, ANSWER_FALSE_POSITIVE, ANSWER_NOT_MINE, ANSWER_RISK_ACCEPTED };
enum lane { LANE_NONE, LANE_DIGEST, LANE_PRIORITY };

/* Why a case is held or not told; text in case_reason_text[]. */
enum case_reason { WHY_NONE, WHY_NEW, WHY_REMINDER, WHY_RELAPSE, WHY_WORSE, WHY_POLICY_RECORD,
	WHY_POLICY_HOLD, WHY_CONFLICT, WHY_UNVERIFIED, WHY_NO_PARTNER, WHY_NO_CONTACT, WHY_TLP,
	WHY_TLP_UNKNOWN, WHY_TOO_OLD, WHY_FUTURE, WHY_CAP_RUN,
	WHY_CAP_RECIPIENT, WHY_BY_HAND, WHY_SILENT_UNTIL, WHY_ASSET_GONE, WHY_REFUSED, WHY_SHARING,
	WHY_CANCELLED, WHY_CAMPAIGN, WHY_TOLD_ELSEWHERE, WHY_CAP_PROBLEM, WHY_CAP_NEW,
	WHY_NOBODY,
	WHY_UNREACHED,
	WHY_NO_KEY, WHY_KEY_EXPIRED, WHY_KEY_UNUSABLE,
	WHY_ONCE, WHY_FLAPPING, WHY_SAYS_FIXED, WHY_NOT_FIXED, WHY_FALSE_POSITIVE, WHY_NOT_MINE, WHY_ACCEPTED,
	WHY_MUTED, WHY_CHANGED, WHY_MORE, WHY_MERGED,
	WHY_EXPLOITED,
	WHY_MAX };
extern const char *const seen_names[], *const told_names[], *const answer_names[], *const lane_names[];
extern const char *const case_reason_text[], *const case_reason_names[];

#define EXPLOITED_KNOWN		0x1
#define EXPLOITED_RANSOMWARE	0x2

struct tcase {
	struct case_key	key;
	uint32_t	id;		/* dense, from 1 */
	uint32_t	feed;		/* that opened it, dictionary */
	uint32_t	asset, snapshot;
	uint8_t		rule;		/* enum tcs_rule */
	uint8_t		role;		/* enum asset_role of the asset */
	uint8_t		kind, part;	/* finding.h */
	uint8_t		seen, told, answer, lane;
	uint8_t		reason;		/* enum case_reason: of told */
	uint8_t		severity, tlp;
	uint8_t		exploited;	/* EXPLOITED_*, by a list that a stage read */
	uint8_t		epss;		/* percent, of the newest sighting; 0: not said */
	uint8_t		redirected;	/* the last warning went to deliver.redirect only */
	uint16_t	episode;	/* from 1 */
	uint16_t	class;		/* dictionary "class": taxonomy/type of the newest sighting */
	uint32_t	identifier;	/* dictionary "identifier" of the newest sighting; 0: none */
	uint32_t	rev;		/* grows with every change that a warning would show */
	int64_t		first_seen, last_seen;	/* observed, s since 1970; of this episode / newest */
	uint32_t	count;		/* sightings, all */
	int64_t		warned;		/* when last handed to the outbox, s; 0: never */
	int64_t		due;		/* s; when told is DUE */
	uint32_t	warning;	/* pending (told DUE) or last warning, 0: none */
	/* evidence of the newest sighting */
	uint32_t	input, len, line;
	uint16_t	sub, src_port;
	uint64_t	off;
	/* answers, by recipients and by hand (answer.h) */
	int64_t		answered;	/* when it was said, s; 0: never */
	int64_t		until;		/* muted or accepted until, s */
	int64_t		relapsed;	/* when a relapse was last told, s */
	uint32_t	merged_into;	/* the case that goes on for this one; 0: none (merge.c) */
	uint8_t		days;		/* different days it was seen on before anything was told, up to the
					 * policy's least */
	uint32_t	listed, told_n;	/* of its sightings, in the order they came in: so many stand in its
					 * pending warning, so many were told (dynamic and cgnat) */
	uint32_t	beside;		/* the table's own */
	uint64_t	cves;		/* hash of the set of CVEs, to see that it changed; the
					 * set is in case_cve */
};

#endif
