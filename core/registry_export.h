/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registry as the three tables it can be imported from: every column,
 * comma separated, LF, in an order that does not depend on when things were
 * imported, so that two exports can be compared.  Importing an export makes no
 * difference.
 */
#ifndef CORE_REGISTRY_EXPORT_H
#define CORE_REGISTRY_EXPORT_H

#include "buf.h"
#include "registry.h"
#include "registry_import.h"

void registry_export(struct buf *out, const struct registry *reg, enum import_kind kind);
extern const char *const registry_file_names[IMPORT_KINDS];	/* "organisations.csv", ... */
/* networks by address, AS numbers, domains */
int asset_cmp(const struct asset *a, const struct asset *b);

#endif
