/* SPDX-License-Identifier: Apache-2.0 */
/* See key.h. */
#include <string.h>
#include "key.h"

static const struct {
	uint8_t		 number;
	const char	*name;
} transports[] = { { 6, "tcp" }, { 17, "udp" }, { 132, "sctp" }, { 1, "icmp" }, { 33, "dccp" } };

uint8_t
transport_number(struct tcs_slice name)
{
	size_t i;

	for (i = 0; i < sizeof transports / sizeof *transports; i++)
		if (tcs_is_nocase(name, transports[i].name))
			return transports[i].number;
	return 0;
}

const char *
transport_name(uint8_t number)
{
	size_t i;

	for (i = 0; i < sizeof transports / sizeof *transports; i++)
		if (transports[i].number == number)
			return transports[i].name;
	return "";
}

struct tcs_slice
url_host(struct tcs_slice url)
{
	static const char sep[] = "://";
	const char *at = url.n ? memmem(url.p, url.n, sep, 3) : NULL;
	size_t i, end;

	if (at == NULL)
		return tcs_slice(NULL, 0);
	url = tcs_slice(at + 3, url.n - (size_t)(at + 3 - url.p));
	for (end = 0; end < url.n && url.p[end] != '/' && url.p[end] != '?' && url.p[end] != '#'; end++)
		;
	url.n = end;
	for (i = url.n; i > 0; i--)		/* user:password@ */
		if (url.p[i - 1] == '@')
			return tcs_slice(url.p + i, tcs_find(tcs_slice(url.p + i, url.n - i), ':'));
	if (url.n && url.p[0] == '[')
		return tcs_slice(url.p + 1, tcs_find(tcs_slice(url.p + 1, url.n - 1), ']'));
	url.n = tcs_find(url, ':');
	return url;
}

static struct tcs_slice
text(const struct finding *f, unsigned field)
{
	return f->f[field].form == VF_NONE ? tcs_slice(NULL, 0) : f->f[field].text;
}

/* "jan@shop.example" however the feed says it: with the domain in the account, or - "jan" - in a
 * column of its own. */
static struct tcs_slice
account_name(const struct finding *f, struct key_words *out)
{
	struct tcs_slice a = text(f, TCS_F_SOURCE_ACCOUNT);
	size_t n = 0, i;

	if (a.n == 0 || a.n + f->name.n + 2 > sizeof out->made)
		return f->name;
	for (i = 0; i < a.n; i++)
		out->made[n++] = tcs_lower(a.p[i]);
	if (tcs_find(a, '@') == a.n && f->name.n > 0) {
		out->made[n++] = '@';
		memcpy(out->made + n, f->name.p, f->name.n);
		n += f->name.n;
	}
	return tcs_slice(out->made, n);
}

/* The name a finding is about: for accounts the account; else as it was matched, else the host
 * name, else the URL's. */
static struct tcs_slice
subject_name(const struct finding *f, struct key_words *out)
{
	bool dst = f->subject == SUBJECT_DESTINATION;
	struct tcs_slice s;

	if (f->subject == SUBJECT_ACCOUNT || f->kind == KIND_ACCOUNT)
		return account_name(f, out);
	if (f->name.n)
		return f->name;
	s = text(f, dst ? TCS_F_DESTINATION_FQDN : TCS_F_SOURCE_FQDN);
	return s.n ? s : url_host(text(f, dst ? TCS_F_DESTINATION_URL : TCS_F_SOURCE_URL));
}

/* The first CVE of the list: the same report lists them in the same order tomorrow. */
static struct tcs_slice
first_cve(const struct finding *f)
{
	struct tcs_slice s = text(f, TCS_F_PRODUCT_VULNERABILITIES);

	s.n = tcs_find(s, ';');
	return s;
}

/* identifier, else malware name, else CVE, else the type: what is wrong, by its best name. */
static const char *
problem_of(const struct finding *f, const struct problems *p)
{
	static const unsigned order[] = { TCS_F_CLASSIFICATION_IDENTIFIER, TCS_F_MALWARE_NAME };
	struct tcs_slice s;
	size_t i;

	for (i = 0; i < 2; i++)
		if ((s = text(f, order[i])).n)
			return problems_canonical(p, s);
	if ((s = first_cve(f)).n)
		return problems_canonical(p, s);
	s = text(f, TCS_F_CLASSIFICATION_TYPE);
	return problems_canonical(p, s.n ? s : TCS_LIT("undetermined"));
}

bool
key_of(const struct finding *f, uint32_t org, const struct problems *p, struct key_words *out)
{
	bool dst = f->subject == SUBJECT_DESTINATION;
	bool by_name = f->subject == SUBJECT_NAME || f->subject == SUBJECT_ACCOUNT || !f->has_ip;
	struct tcs_slice name;
	const struct fvalue *port = &f->f[dst ? TCS_F_DESTINATION_PORT : TCS_F_SOURCE_PORT];

	memset(out, 0, sizeof *out);
	out->org = org;
	out->problem = problem_of(f, p);
	name = by_name ? subject_name(f, out) : tcs_slice(NULL, 0);
	if (name.n)
		out->name = name;
	else if (f->has_ip)
		out->ip = f->ip;
	else
		return false;
	if (f->kind == KIND_SERVICE) {
		if (port->form != VF_NONE)
			out->port = (uint16_t)port->i;
		out->transport = transport_number(text(f, TCS_F_PROTOCOL_TRANSPORT));
	}
	return true;
}
