/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One finding: every field of fields.def that it has, converted, and extras
 * by name.  Made for rows that survive matching and for tocsin decode; lives
 * in an arena.  Text is valid UTF-8.  As text it is IDF: one JSON object with
 * dotted keys.
 */
#ifndef CORE_FINDING_H
#define CORE_FINDING_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "buf.h"
#include "ip.h"
#include <tocsin/fields.h>
#include <tocsin/slice.h>

enum field_type { FT_STR = 1, FT_LOWER, FT_UPPER, FT_TIME, FT_ASN, FT_FQDN,
	FT_REAL, FT_IP, FT_NET, FT_INT, FT_PORT,
	FT_REGISTRY, FT_BOOL, FT_URL, FT_JSON, FT_ACCURACY, FT_TLP, FT_TAXONOMY, FT_TYPE, FT_TRANSPORT };

struct field {
	uint16_t	 number;
	const char	*name;		/* IDF */
	enum field_type	 type;
};
const struct field *field_by_name(struct tcs_slice name);	/* NULL: not a field (extra.* is none) */
const struct field *field_by_number(unsigned number);

/* JSON type of a value: text, a number as text, true/false, or ready-made JSON. */
enum value_form { VF_NONE = 0, VF_TEXT, VF_NUMBER, VF_BOOL, VF_JSON };

struct fvalue {
	uint8_t		 form;		/* enum value_form; VF_NONE: absent */
	struct tcs_slice text;		/* canonical, as IDF writes it */
	int64_t		 i;		/* TIME: ns; numbers; BOOL */
};

struct extra {
	const char	*name;		/* without "extra." */
	struct fvalue	 v;
};

enum tlp { TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED, TLP_NONE = 255 };
enum severity { SEV_NONE, SEV_INFO, SEV_LOW, SEV_MEDIUM, SEV_HIGH, SEV_CRITICAL };
enum kind { KIND_SERVICE = 1, KIND_EVENT, KIND_NAME, KIND_ACCOUNT };
enum subject { SUBJECT_SOURCE = 1, SUBJECT_DESTINATION, SUBJECT_NAME, SUBJECT_ACCOUNT };
enum part { PART_INFECTED = 1, PART_VULNERABLE, PART_VICTIM, PART_CONTEXT };
extern const char *const kind_names[], *const subject_names[], *const part_names[], *const severity_names[],
    *const tlp_names[];

struct finding {
	struct fvalue	 f[TCS_F_COUNT];
	struct extra	*extra;
	uint32_t	 nextra, nset;	/* nset: the last ones, which stages of ours added */
	/* what the host needs of it, already read */
	struct ip	 ip;		/* subject's */
	bool		 has_ip;
	struct tcs_slice name;		/* subject's, to match, normalised (an account's domain); n
					 * 0: it has none */
	enum kind	 kind;
	enum subject	 subject;
	enum part	 part;
	enum severity	 severity;
	enum tlp	 tlp;		/* TLP_NONE: not said; an unknown label is TLP_RED with tlp_unknown */
	bool		 tlp_unknown;
	int64_t		 observed;	/* TIME_NONE: not said */
	uint64_t	 off;		/* evidence */
	uint32_t	 len, line, sub;
};

void finding_json(struct buf *out, const struct finding *f);	/* one line, no newline */
int severity_by_name(struct tcs_slice s);			/* SEV_NONE when unknown */
bool tlp_by_name(struct tcs_slice s, enum tlp *out);		/* TLP 1.0 names and the "tlp:" prefix too */
/* RSIT (and IDF's additions): the taxonomy a type belongs to, or NULL. */
const char *rsit_taxonomy(struct tcs_slice type);

#endif
