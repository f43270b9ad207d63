/* SPDX-License-Identifier: Apache-2.0 */
/* put.h -- rows that wait, between the two files of records.h; plugins do not include it. */
#ifndef JSON_PUT_H
#define JSON_PUT_H

#include "plugins/json/records.h"

void records_forget(struct records *x);		/* a new input: no columns, no rows */
int records_flush(struct records *x);		/* hands over the rows of whole records */
void records_undo(struct records *x);		/* what the record being read put */

#endif
