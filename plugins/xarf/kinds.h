/* SPDX-License-Identifier: Apache-2.0 */
/* kinds.h -- what XARF's classes and types are in RSIT. */
#ifndef XARF_KINDS_H
#define XARF_KINDS_H

#include "plugins/json/records.h"

/* class: ReportClass of version 3, category of version 4.  The identifier is the CVE, "open-SERVICE", or the
 * type as a word. */
bool put_kind(struct records *x, struct tcs_slice class, struct tcs_slice type, const json_t *report);
struct tcs_slice put_cves(struct records *x, const json_t *report);

#endif
