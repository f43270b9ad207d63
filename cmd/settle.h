/* SPDX-License-Identifier: Apache-2.0 */
/* What a person does about a held case before releasing it; for todo and explain. */
#ifndef CMD_SETTLE_H
#define CMD_SETTLE_H

/* enum case_reason: "give it a contact: tocsin org import; then "; "" when the release alone settles it. */
const char *settle_first(unsigned reason);

#endif
