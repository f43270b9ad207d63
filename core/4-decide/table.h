/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cases in memory: those that are open, or ended within the relapse
 * window.  One flat array, found by key (open addressing) or by id.  The one
 * decider owns it; after a failed commit it is thrown away and loaded again.
 */
#ifndef CORE_TABLE_H
#define CORE_TABLE_H

#include "4-decide/case.h"

struct table;

struct table *table_new(void);
void table_free(struct table *t);
/* valid until the next table_add */
struct tcase *table_find(const struct table *t, const struct case_key *k);
struct tcase *table_add(struct table *t, const struct case_key *k, uint32_t id);
struct tcase *table_id(const struct table *t, uint32_t id);
uint32_t table_count(const struct table *t);
struct tcase *table_at(const struct table *t, uint32_t i);			/* i < table_count */
/* One more case of the same organisation, problem and subject on whatever port, after that one; NULL: no
 * more.  Only cases with a port are found so. */
struct tcase *table_beside(const struct table *t, const struct case_key *k, const struct tcase *after);
/* The case's key changed (a conflict was settled): file it anew.  A case that is filed there already
 * is found first. */
void table_rekey(struct table *t, struct tcase *c, const struct case_key *k);

#endif
