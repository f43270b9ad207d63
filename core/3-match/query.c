/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queries of a person: one address, host name, URL or AS number as text, as a
 * row of a batch like any other.  So a query goes the way of a finding, and
 * its answer is the one a finding would get.
 */
#include <stdlib.h>
#include "2-decode/convert.h"
#include "3-match/match.h"
#include "mem.h"
#include "name.h"
#include "timefmt.h"

static bool
put_asn(struct batch *b, uint32_t row, struct tcs_slice q)
{
	uint64_t v;

	if (q.n < 3 || !tcs_is_nocase(tcs_slice(q.p, 2), "as") ||
	    !tcs_uint(tcs_slice(q.p + 2, q.n - 2), UINT32_MAX, &v))
		return false;
	b->asn[row] = (uint32_t)v;
	batch_set(b->has_asn, row);
	return true;
}

static bool
put_ip(struct batch *b, uint32_t row, struct tcs_slice q)
{
	if (!ip_parse(q.p, q.n, &b->ip[row]))
		return false;
	batch_set(b->has_ip, row);
	return true;
}

static bool
put_name(struct batch *b, uint32_t row, struct tcs_slice q, struct arena *a)
{
	if (!convert_name(q, a, &b->name[row]))
		return false;
	batch_set(b->has_name, row);
	return true;
}

static bool
has_scheme(struct tcs_slice q)
{
	size_t i = tcs_find(q, ':');

	return q.n >= i + 3 && i > 0 && q.p[i + 1] == '/' && q.p[i + 2] == '/';
}

bool
match_query_put(struct batch *b, uint32_t row, struct tcs_slice query, struct arena *a, struct err *e)
{
	struct tcs_slice q = tcs_trim(query);

	b->verdict[row] = 0;
	b->observed[row] = TIME_NONE;
	if (has_scheme(q)) {
		q = convert_url_host(q);
		if (q.n == 0 || (!put_ip(b, row, q) && !put_name(b, row, q, a)))
			return err_set(e, "a URL without a host that could be looked up");
		return true;
	}
	if (q.n == 0)
		return err_set(e, "empty; expected an address, a host name, a URL or an AS number (AS64496)");
	if (put_ip(b, row, q) || put_asn(b, row, q) || put_name(b, row, q, a))
		return true;
	return err_set(e, "not an address, a host name, a URL or an AS number (AS64496)");
}

bool
match_query(struct stages *s, const struct registry *reg, const char *query, int64_t observed, int64_t now,
    struct judgement *out, struct err *e)
{
	struct batch *b = xcalloc(1, sizeof *b);
	struct arena *a = arena_new();
	const struct tcs_claim *claim;
	uint32_t n;
	bool good;

	b->nrow = 1;
	good = match_query_put(b, 0, tcs_str(query), a, e) && stages_run(s, b, &claim, &n, e);
	if (good)
		match_judge(reg, claim, n, observed, now, out);
	arena_free(a);
	free(b);
	return good;
}
