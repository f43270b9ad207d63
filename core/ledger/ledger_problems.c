/* SPDX-License-Identifier: Apache-2.0 */
/* Which contents of the alias table were at work, in order. */
#include <string.h>
#include "ledger/ledger_int.h"

bool
ledger_problems_known(struct ledger *l, const char *sha256, bool *known, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT sha256 FROM problems_version ORDER BY id DESC LIMIT 1",
	    "");

	*known = false;
	if (st == NULL)
		return false;
	*known = sqlite3_step(st) == SQLITE_ROW && strcmp(col_text(st, 0), sha256) == 0;
	return rows_end(l, st, e);
}

void
ledger_problems_version(struct ledger *l, const char *sha256, uint32_t merged)
{
	db_run(l, ST_PROBLEMS_VERSION, "itu", l->now, sha256, merged);
}
