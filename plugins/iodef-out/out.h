/* SPDX-License-Identifier: Apache-2.0 */
/*
 * out.h -- what the writers of a document share: the parts of the warning, and
 * how an element is written.
 */
#ifndef IODEF_OUT_OUT_H
#define IODEF_OUT_OUT_H

#include <libxml/xmlwriter.h>
#include <tocsin/plugin.h>
#include "json.h"

/* Members of the JSON part, of its organisation and identity, and of a system. */
enum { W_NUMBER, W_MESSAGE_ID, W_MADE, W_TLP, W_LANGUAGE, W_ORGANISATION, W_IDENTITY, W_SYSTEMS,
	W_COUNT };
enum { G_ID, G_NAME, G_CONSTITUENCY, G_COUNT };
enum { I_NAME, I_FROM, I_VERIFY, I_PHONE, I_WEB, I_COUNT };
enum { S_CASE, S_IP, S_PORT, S_TRANSPORT, S_HOSTNAME, S_URL, S_ACCOUNT, S_ASN, S_PROBLEM, S_IDENTIFIER,
	S_TAXONOMY, S_TYPE, S_SEVERITY, S_CVES, S_KIND, S_PART, S_OBSERVED, S_REPORTED, S_FIRST_SEEN,
	S_LAST_SEEN, S_SEEN_COUNT, S_EPISODE, S_SOURCE, S_REPORT, S_ASSET, S_RULE, S_STATE, S_SIGHTINGS,
	S_COLUMNS, S_COUNT };

struct out {
	struct tcs_ctx		*ctx;
	const struct tcs_notifier_host *host;
	const char		*csirt;		/* option, or NULL */
	/* of the document at work */
	xmlTextWriter		*w;
	bool			 failed;	/* libxml2 had no memory */
	char			*text;		/* of one value */
	size_t			 room;
	struct tcs_slice	 warning[W_COUNT], organisation[G_COUNT], identity[I_COUNT];
	struct tcs_slice	 system[S_COUNT];
};

void begin(struct out *o, const char *name);		/* an element */
void begin_enum(struct out *o, const char *name);	/* of the enum namespace */
void end(struct out *o);
void attr(struct out *o, const char *name, const char *value);	/* unless it is empty or NULL */
void string(struct out *o, const char *s);

bool is(struct tcs_slice value, const char *word);	/* that string */
bool has(struct tcs_slice value);			/* neither missing nor empty nor null */
/* The text of a value; lives until the next one is asked for. */
const char *text(struct out *o, struct tcs_slice value);
/* An element with a text, unless there is none; an AdditionalData called prefix and name, the same. */
void element(struct out *o, const char *name, struct tcs_slice value);
void additional(struct out *o, const char *prefix, struct tcs_slice name, struct tcs_slice value);
/* A column of the system that was let out. */
struct tcs_slice column(const struct out *o, const char *name);

/* Flow, Expectation and Record of o->system. */
void write_system(struct out *o);
void write_record(struct out *o);

#endif
