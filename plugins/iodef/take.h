/* SPDX-License-Identifier: Apache-2.0 */
/*
 * take.h -- the instance, and what its two halves ask of each other: systems
 * in a flow (iodef.c) and the observables of indicators (indicator.c).
 */
#ifndef IODEF_TAKE_H
#define IODEF_TAKE_H

#include "tell.h"
#include "tree.h"

struct iodef {
	struct telling	 tell;
	bool		 refuse_doctype, private, no_indicators;
	/* of this input */
	struct pen	 pen;
	struct reading	 reading;
	uint32_t	 incidents;
};

int reject_node(struct iodef *x, const xmlNode *n, const char *why, const char *detail);
/* A System, or what holds a Node's addresses.  other: the other end of its flow, or NULL. */
int take_system(struct iodef *x, const struct level *outer, const xmlNode *system,
    const struct tcs_slice *other);
/* All that the indicators below an Incident, IndicatorData or EventData observe. */
int take_indicators(struct iodef *x, const struct level *outer, const xmlNode *n);

#endif
