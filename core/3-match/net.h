/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network tables: who holds which network and where abuse of it is told, read
 * from what registries publish - RDAP objects (RFC 9083), the split files of
 * the regional registries (RPSL), delegated-extended statistics - and a table
 * of national CERTs.  Each reader calls the builder; the builder ties names to
 * people and writes one table in one form, which is what the ledger keeps and
 * ladder.c looks up.  Offline: nothing here asks anybody.
 *
 * A party is named by its registry handle ("net:ORG-EX1-RIPE"), never by its
 * mail address: the address changes, the party does not.
 *
 * The one form, a line each, cells separated by tabs, sorted by nothing:
 *   P key name mail language country        a party, numbered from 1 in order
 *   N lo hi name country party as           a network; party 0: nobody to tell; as 0: none announces it
 *   A lo hi name country party              AS numbers
 */
#ifndef CORE_NET_H
#define CORE_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "buf.h"
#include "err.h"
#include "ip.h"
#include "timefmt.h"
#include <tocsin/slice.h>

struct net_count {
	uint32_t	networks, systems, countries, parties, certs;	/* systems: of ASes; countries: ranges
									 * that only say one */
	uint32_t	silent;		/* networks without anybody to tell */
	uint32_t	refused;	/* objects that could not be read */
	uint32_t	passed;		/* of kinds that say nothing about networks */
};

struct net_build;
struct net_build *net_build_new(void);
void net_build_free(struct net_build *b);
/* A file as it was published, gz or not; what it is, is told by its content.  *dated: the day the file says
 * it is of, or TIME_NONE.  *name: what to call such a table, "" when it does not say.  Objects that cannot
 * be read are counted and the first is said. */
bool net_read(struct net_build *b, const char *path, struct err *e);
/* All files are read: names become people.  The table in the one form. */
void net_build_end(struct net_build *b, struct buf *out, struct net_count *n);
int64_t net_build_dated(const struct net_build *b);		/* ns; the oldest day said, or TIME_NONE */
const char *net_build_name(const struct net_build *b);		/* "rdap", "ripe", "delegated-ripencc", ... */
const char *net_build_first(const struct net_build *b);	/* the first refusal, or "" */

/* ---- for the readers */
/* Which handle leads to a mail address: asked in this order. */
struct net_ref {
	struct tcs_slice	abuse, org, irt;	/* handles: abuse-c, org, mnt-irt; n 0: none */
};
void net_put_range(struct net_build *b, const struct ip *lo, const struct ip *hi, struct tcs_slice name,
    struct tcs_slice country, const struct net_ref *ref, uint32_t origin);
void net_put_as(struct net_build *b, uint32_t lo, uint32_t hi, struct tcs_slice name,
    struct tcs_slice country,
    const struct net_ref *ref);
/* An organisation, a role or an irt, which others name by its handle.  mail "": look on by next. */
void net_put_handle(struct net_build *b, struct tcs_slice handle, struct tcs_slice name,
    struct tcs_slice mail,
    struct tcs_slice next);
void net_put_cert(struct net_build *b, struct tcs_slice country, struct tcs_slice name, struct tcs_slice mail,
    struct tcs_slice language);
void net_put_dated(struct net_build *b, int64_t dated);
void net_put_name(struct net_build *b, const char *prefix, struct tcs_slice name);	/* the first stays */
void net_refuse(struct net_build *b, const char *file, unsigned line, const char *why);
void net_pass(struct net_build *b);
/* A mail address that may be used, in its one form; false: it is none. */
bool net_mail(struct net_build *b, struct tcs_slice text, struct tcs_slice *out);

/* Whole objects of a text file, line by line. */
struct net_rpsl;
struct net_rpsl *net_rpsl_new(struct net_build *b, const char *file);
void net_rpsl_line(struct net_rpsl *r, struct tcs_slice line, unsigned number);
void net_rpsl_end(struct net_rpsl *r);			/* frees */
void net_split_line(struct net_build *b, const char *file, struct tcs_slice line, unsigned number);
bool net_rdap(struct net_build *b, const char *file, const char *p, size_t n, struct err *e);
bool net_certs(struct net_build *b, const char *file, const char *p, size_t n, struct err *e);

#endif
