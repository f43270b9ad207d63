/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases and what hangs on them.  A row is written only for a case that
 * changed; a case that was merely seen again is in the commit's segment, and
 * who reads adds that (seen.c).  No secondary index: a new case costs an
 * append, and a scan finds one by address soon enough.
 */
#include <string.h>
#include "ledger/ledger_int.h"
#include "ledger/seen.h"
#include "ledger/segment.h"

const char *const event_names[] = { "opened", "worse", "relapsed", "due", "held", "released", "composed",
	"handed-over", "gone", "expired", "moved", "refused", "recorded", "withdrawn",
	"answered", "reopened", "merged", "absorbed", "learned",
	"superseded", "exploited" };
_Static_assert(sizeof event_names / sizeof *event_names == EVENT_MAX, "a name for each event");

void
ledger_case_put(struct ledger *l, const struct tcase *c)
{
	static const struct ip none;
	sqlite3_stmt *st = db_bind(l, ST_CASE_PUT, "uuu", c->id, c->key.org, c->key.problem);
	int i = 4;

	if (st == NULL)
		return;
	if (memcmp(&c->key.ip, &none, sizeof none) == 0)
		sqlite3_bind_null(st, i++);
	else
		sqlite3_bind_blob(st, i++, c->key.ip.b, sizeof c->key.ip.b, SQLITE_STATIC);
#define C(column, field) sqlite3_bind_int64(st, i++, (int64_t)c->field);
	CASE_NUMBERS(C)
#undef C
	sqlite3_bind_int64(st, i, l->now);
	db_step(l, st);
	if (c->id >= l->next_case)
		l->next_case = c->id + 1;
}

void
case_row_read(sqlite3_stmt *st, struct tcase *c)
{
	int i = 4;

	memset(c, 0, sizeof *c);
	c->id = col_u32(st, 0);
	c->key.org = col_u32(st, 1);
	c->key.problem = col_u32(st, 2);
	if (sqlite3_column_bytes(st, 3) == sizeof c->key.ip.b)
		memcpy(c->key.ip.b, sqlite3_column_blob(st, 3), sizeof c->key.ip.b);
#define C(column, field) c->field = sqlite3_column_int64(st, i++);
	CASE_NUMBERS(C)
#undef C
}

uint32_t
ledger_next_case(struct ledger *l)
{
	return l->next_case;
}

bool
ledger_load_cases(struct ledger *l, int64_t keep, void (*each)(void *arg, const struct tcase *c), void *arg,
    struct err *e)
{
	sqlite3_stmt *st;
	struct seen_sum *f;
	struct tcase c;
	bool good = false;

	if (!read_begin(l, e))
		return false;
	if ((f = seen_open(l, 0, UINT32_MAX, e)) != NULL) {
		st = rows_begin(l, e, "SELECT " CASE_LIST
		    " FROM cases WHERE seen = 0 OR changed > ? OR answer IN (?, ?) OR until > ? ORDER BY id",
		    "iiii", ledger_now(l) - keep, (int64_t)ANSWER_FALSE_POSITIVE, (int64_t)ANSWER_NOT_MINE,
		    ledger_now(l));
		while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
			case_row_read(st, &c);
			if (!seen_add(f, &c))
				break;
			each(arg, &c);
		}
		good = st != NULL && rows_end(l, st, e);
		good = seen_close(f, e) && good;
	}
	read_end(l);
	return good;
}

void
ledger_case_cve(struct ledger *l, uint32_t id, struct tcs_slice cve, int64_t since)
{
	db_run(l, ST_CASE_CVE, "usi", id, cve, since);
}

void
ledger_case_feed(struct ledger *l, uint32_t id, uint32_t feed, int64_t last)
{
	db_run(l, ST_CASE_FEED, "uui", id, feed, last);
}

void
ledger_case_absorb(struct ledger *l, uint32_t into, uint32_t from)
{
	db_run(l, ST_CASE_ABSORB_CVE, "uu", into, from);
	db_run(l, ST_CASE_ABSORB_FEED, "uu", into, from);
	db_run(l, ST_CASE_ABSORB_EXPLOITED, "uu", into, from);
}

void
ledger_case_claim(struct ledger *l, uint32_t id, uint32_t asset, uint16_t rule, uint16_t rank, uint8_t fate)
{
	db_run(l, ST_CASE_CLAIM, "uuuuu", id, asset, (unsigned)rule, (unsigned)rank, (unsigned)fate);
}

void
ledger_event(struct ledger *l, uint32_t id, enum event ev, enum case_reason why, uint32_t ref)
{
	db_run(l, ST_EVENT, "iiuuuu", l->commit_no, l->now, id, (unsigned)ev, (unsigned)why, ref);
}

void
ledger_segment(struct ledger *l, uint32_t input, uint64_t from, uint64_t to, uint64_t records,
    const struct sighting *s, uint32_t n)
{
	uint32_t i, lo = UINT32_MAX, hi = 0;

	for (i = 0; i < n; i++) {
		lo = s[i].id < lo ? s[i].id : lo;
		hi = s[i].id > hi ? s[i].id : hi;
	}
	buf_reset(&l->scratch);
	segment_encode(&l->scratch, s, n);
	if (!db_run(l, ST_SEGMENT, "iiuiiiuuub", l->commit_no, l->now, input, (int64_t)from, (int64_t)to,
	    (int64_t)records, n, n > 0 ? lo : 0, hi, l->scratch.p, l->scratch.n))
		return;
	l->pending++;
	l->pending_sightings += n;
}
