/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a case, a warning and an input look in lists, the same in every command
 * that shows them: the columns, and a row's cells.  The JSON keys are a
 * promise to other programs: names and order up to sources, cases are fixed.
 */
#ifndef CMD_ROWS_H
#define CMD_ROWS_H

#include "cmd/list.h"
#include "ledger/ledger_read.h"

extern const struct list_col case_cols[], warning_cols[], input_cols[];
void case_cells(struct list *t, struct ledger *l, const struct case_row *r);
void warning_cells(struct list *t, struct ledger *l, const struct warning_row *r);
void input_cells(struct list *t, const struct input_row *r);

#define SUBJECT_TEXT 320
/* "192.0.2.7:3389/tcp", "[2001:db8::7]:443/tcp", "shop.example" */
const char *case_subject(struct ledger *l, const struct tcase *c, char out[SUBJECT_TEXT]);
const char *rule_name(unsigned rule);		/* enum tcs_rule: "domain", "network", "asn"; "" */
const char *answer_word(int answer);		/* enum tcs_answer: "delivered", "later", ... */

#endif
