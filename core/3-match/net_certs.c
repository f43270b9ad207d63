/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The national CERTs: country, name, address, language, channel.  The last
 * rung before a person: who is told of what lies abroad.  The only channel of
 * this table is e-mail; who takes them in another way is a partner, with a
 * notifier of its own.
 */
#include <string.h>
#include "3-match/net.h"
#include "registry_csv.h"
#include "registry_value.h"

enum { C_COUNTRY, C_NAME, C_ADDRESS, C_LANGUAGE, C_CHANNEL };
static const struct csv_col cols[] = { { "country", false }, { "name", false }, { "address", false },
	{ "language", true }, { "channel", true }, { NULL, false } };

struct reading {
	struct net_build *b;
	const char	*file;
	struct arena	*a;
};

static bool
country(struct tcs_slice s)
{
	return s.n == 2 && tcs_lower(s.p[0]) >= 'a' && tcs_lower(s.p[0]) <= 'z' && tcs_lower(s.p[1]) >= 'a' &&
	    tcs_lower(s.p[1]) <= 'z';
}

static void
line(void *arg, uint32_t number, const struct tcs_slice *cell, const char *why)
{
	struct reading *r = arg;
	struct tcs_slice mail;
	struct err e = ERR_INIT;
	const char *language = "";

	if (why == NULL && !country(cell[C_COUNTRY]))
		why = "country: expected two letters (ISO 3166) such as NL";
	if (why == NULL && cell[C_NAME].n == 0)
		why = "name: is empty";
	if (why == NULL && !net_mail(r->b, cell[C_ADDRESS], &mail))
		why = "address: no mail address; expected one such as cert@cert.example";
	if (why == NULL && cell[C_CHANNEL].n > 0 && !tcs_is_nocase(cell[C_CHANNEL], "email"))
		why = "channel: expected email, or nothing; another way is a notifier for \"national-cert\"";
	if (why == NULL && cell[C_LANGUAGE].n > 0 && !value_language(cell[C_LANGUAGE], r->a, &language, &e))
		why = e.text;
	if (why != NULL)
		net_refuse(r->b, r->file, number, why);
	else
		net_put_cert(r->b, cell[C_COUNTRY], cell[C_NAME], mail, tcs_str(language));
}

bool
net_certs(struct net_build *b, const char *file, const char *p, size_t n, struct err *e)
{
	struct reading r = { b, file, arena_new() };
	bool good = registry_csv(file, p, n, cols, r.a, line, &r, e);

	net_put_name(b, "national-certs", tcs_slice("", 0));
	arena_free(r.a);
	return good;
}
