/* SPDX-License-Identifier: Apache-2.0 */
/* Which warning is meant: by its number, its place in the ledger, or its Message-ID. */
#ifndef CMD_WHICH_H
#define CMD_WHICH_H

#include "ledger/ledger_read.h"

uint32_t which_warning(struct ledger *l, const char *text);	/* 0: there is none */
bool which_number(const char *text, uint32_t *n);		/* all digits, from 1 */

#endif
