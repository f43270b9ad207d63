/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The alias table: which names mean the same problem, so that two feeds that
 * say the same make one case.  etc/problems.csv: alias,problem[,comment]; a
 * name that is not there stands for itself, in lower case.
 */
#ifndef CORE_PROBLEMS_H
#define CORE_PROBLEMS_H

#include "err.h"
#include <tocsin/slice.h>

struct problems;

struct problems *problems_load(const char *file, struct err *e);
void problems_free(struct problems *p);
/* Of its content, in hex. */
const char *problems_sha256(const struct problems *p);
/* Lives as long as p. */
const char *problems_canonical(const struct problems *p, struct tcs_slice name);

#endif
