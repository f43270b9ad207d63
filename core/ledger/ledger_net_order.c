/* SPDX-License-Identifier: Apache-2.0 */
/* See ledger_net_order.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "flatjson.h"
#include "ledger/ledger_net_order.h"
#include "timefmt.h"

static const struct { const char *name; size_t off; } counts[] = {
#define N(m) { #m, offsetof(struct net_count, m) }
	N(networks), N(systems), N(countries), N(parties), N(certs), N(silent), N(refused),
#undef N
};

void
net_order(struct buf *args, const char *name, int64_t dated, const char *files, const struct net_count *n)
{
	char day[TIME_TEXT];
	uint32_t v;
	size_t i;

	time_day(dated, day);
	buf_str(args, "{\"name\":");
	buf_json_str(args, name);
	buf_printf(args, ",\"dated\":\"%s\",\"files\":", day);
	buf_json_str(args, files);
	for (i = 0; i < sizeof counts / sizeof *counts; i++) {
		memcpy(&v, (const char *)n + counts[i].off, sizeof v);
		buf_printf(args, ",\"%s\":%" PRIu32, counts[i].name, v);
	}
	buf_char(args, '}');
}

static bool
args_read(struct arena *a, const struct order *o, struct net_row *r)
{
	const char *day = flat_get(a, o->args, "dated"), *text;
	uint64_t v;
	int64_t t;
	size_t i;

	r->name = flat_get(a, o->args, "name");
	r->files = flat_get(a, o->args, "files");
	r->who = o->who;
	r->audit = o->id;
	if (r->name == NULL || *r->name == '\0' || r->files == NULL || day == NULL ||
	    !time_parse(day, strlen(day), &t))
		return false;
	r->dated = t / NS;
	for (i = 0; i < sizeof counts / sizeof *counts; i++) {
		uint32_t n;

		text = flat_get(a, o->args, counts[i].name);
		if (text == NULL || !tcs_uint(tcs_str(text), UINT32_MAX, &v))
			return false;
		n = (uint32_t)v;
		memcpy((char *)&r->n + counts[i].off, &n, sizeof n);
	}
	return true;
}

/* A table that cannot be read must not stop the next start. */
static bool
readable(const struct order *o, const char *name, struct err *why)
{
	struct ladder *l = ladder_new();
	bool good = ladder_add(l, name, 0, o->payload, o->npayload, why);

	ladder_free(l);
	return good;
}

static bool
import(struct ledger *l, struct arena *a, const struct order *o, char *result, size_t n, struct err *e)
{
	struct net_row r = { .id = 0 };
	struct err why = ERR_INIT;

	if (o->payload == NULL || !args_read(a, o, &r)) {
		snprintf(result, n, "refused: the order names no table");
		return true;
	}
	if (!readable(o, r.name, &why)) {
		snprintf(result, n, "refused: %.300s", why.text);
		return true;
	}
	snprintf(result, n,
	    "network table %.80s: %u networks (%u with nobody to tell), %u AS numbers, %u ranges "
	    "with a country, %u parties, %u national CERTs", r.name, (unsigned)r.n.networks,
	    (unsigned)r.n.silent, (unsigned)r.n.systems, (unsigned)r.n.countries, (unsigned)r.n.parties,
	    (unsigned)r.n.certs);
	return ledger_net_put(l, &r, e);
}

bool
net_apply(struct ledger *l, const struct order *o, char *result, size_t n, struct err *e)
{
	struct arena *a = arena_new();
	const char *name;
	bool good, was = false;

	if (strcmp(o->verb, NET_IMPORT) == 0) {
		good = import(l, a, o, result, n, e);
	} else {
		name = flat_get(a, o->args, "name");
		good = ledger_net_end(l, name != NULL ? name : "", &was, e);
		snprintf(result, n, was ? "removed the network table %.100s" :
		    "refused: there is no network table %.100s", name != NULL ? name : "");
	}
	arena_free(a);
	return good;
}
