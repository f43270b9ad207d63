/* SPDX-License-Identifier: Apache-2.0 */
/* What a plugin declares, as a manual page (roff) and as a JSON Schema of its options. */
#ifndef TOCSIN_CMD_PLUGIN_DOC_H
#define TOCSIN_CMD_PLUGIN_DOC_H

#include "plugin_host.h"

struct buf;
void plugin_man(struct buf *b, const struct plugin *p);
void plugin_schema(struct buf *b, const struct plugin *p);

#endif
