/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The case key: what makes two findings one case and what must not.  A table
 * of findings in words, and the key each must have.
 */
#include <unistd.h>
#include "4-decide/key.h"
#include "4-decide/table.h"
#include "tap.h"

static const struct row {
	const char	*what;
	enum kind	 kind;
	enum subject	 subject;
	const char	*ip, *fqdn, *url, *account, *reverse;
	int		 port;
	const char	*transport, *identifier, *cves, *type, *malware;
	const char	*want;		/* problem subject port/transport, or "none" */
} rows[] = {
	{ "a service is its port", KIND_SERVICE, SUBJECT_SOURCE, "192.0.2.1", NULL, NULL, NULL, NULL, 3389,
	    "tcp", "open-rdp", NULL, NULL, NULL, "open-rdp 192.0.2.1 3389/tcp" },
	{ "an alias is the same problem", KIND_SERVICE, SUBJECT_SOURCE, "192.0.2.1", NULL, NULL, NULL, NULL,
	    3389, "tcp", "Accessible-RDP", NULL, NULL, NULL, "open-rdp 192.0.2.1 3389/tcp" },
	{ "an event has no port", KIND_EVENT, SUBJECT_SOURCE, "192.0.2.1", NULL, NULL, NULL, NULL, 50123,
	    "tcp", NULL, NULL, "infected-system", "virut", "virut 192.0.2.1 0/" },
	{ "reverse DNS is never a key", KIND_SERVICE, SUBJECT_SOURCE, "192.0.2.1", NULL, NULL, NULL,
	    "evil.example", 80, "tcp", "x", NULL, NULL, NULL, "x 192.0.2.1 80/tcp" },
	{ "a name is its name", KIND_NAME, SUBJECT_NAME, "192.0.2.1", "shop.example", NULL, NULL, NULL, 443,
	    "tcp", "compromised-website", NULL, NULL, NULL, "compromised-website shop.example 0/" },
	{ "a URL gives the name", KIND_NAME, SUBJECT_NAME, NULL, NULL,
	    "https://u:p@shop.example:8443/x?y", NULL, NULL, 0, NULL,
	    "compromised-website", NULL, NULL, NULL, "compromised-website shop.example 0/" },
	{ "a name that is missing falls to the address", KIND_NAME, SUBJECT_NAME, "192.0.2.9", NULL,
	    NULL, NULL, NULL, 0, NULL,
	    "compromised-website", NULL, NULL, NULL, "compromised-website 192.0.2.9 0/" },
	{ "an account is the account", KIND_ACCOUNT, SUBJECT_ACCOUNT, NULL, "other.example", NULL,
	    "j@shop.example", NULL, 0, NULL, "leak", NULL, NULL, NULL, "leak j@shop.example 0/" },
	{ "one more CVE is not a new case", KIND_SERVICE, SUBJECT_SOURCE, "192.0.2.1", NULL, NULL, NULL,
	    NULL, 443, "tcp",
	    "vulnerable-http", "cve-2024-1;cve-2025-2", NULL, NULL, "vulnerable-http 192.0.2.1 443/tcp" },
	{ "without identifier the first CVE", KIND_SERVICE, SUBJECT_SOURCE, "192.0.2.1", NULL, NULL, NULL,
	    NULL, 443, "tcp", NULL, "cve-2014-3566;cve-2025-2", NULL, NULL, "ssl-poodle 192.0.2.1 443/tcp" },
	{ "without anything the type", KIND_SERVICE, SUBJECT_SOURCE, "2001:db8::1", NULL, NULL, NULL, NULL,
	    22, "tcp", NULL, NULL, "vulnerable-system", NULL, "vulnerable-system 2001:db8::1 22/tcp" },
	{ "no subject, no key", KIND_EVENT, SUBJECT_SOURCE, NULL, NULL, NULL, NULL, "evil.example", 0, NULL,
	    "x", NULL, NULL, NULL, "none" },
};

static void
set(struct finding *f, unsigned field, const char *text)
{
	if (text == NULL)
		return;
	f->f[field].form = VF_TEXT;
	f->f[field].text = tcs_str(text);
}

static void
check(const struct row *r, const struct problems *p)
{
	static struct finding f;
	struct key_words k;
	char got[200], ip[IP_TEXT];

	memset(&f, 0, sizeof f);
	f.kind = r->kind;
	f.subject = r->subject;
	f.has_ip = r->ip && ip_parse(r->ip, strlen(r->ip), &f.ip);
	set(&f, TCS_F_SOURCE_FQDN, r->fqdn);
	set(&f, TCS_F_SOURCE_URL, r->url);
	set(&f, TCS_F_SOURCE_ACCOUNT, r->account);
	set(&f, TCS_F_SOURCE_REVERSE_DNS, r->reverse);
	set(&f, TCS_F_PROTOCOL_TRANSPORT, r->transport);
	set(&f, TCS_F_CLASSIFICATION_IDENTIFIER, r->identifier);
	set(&f, TCS_F_CLASSIFICATION_TYPE, r->type);
	set(&f, TCS_F_MALWARE_NAME, r->malware);
	set(&f, TCS_F_PRODUCT_VULNERABILITIES, r->cves);
	if (r->port)
		f.f[TCS_F_SOURCE_PORT] = (struct fvalue){ VF_NUMBER, TCS_LIT(""), r->port };
	if (!key_of(&f, 7, p, &k)) {
		is_str("none", r->want, r->what);
		return;
	}
	ip_text(&k.ip, ip);
	snprintf(got, sizeof got, "%s %.*s %u/%s", k.problem, k.name.n ? (int)k.name.n : (int)strlen(ip),
	    k.name.n ? k.name.p : ip, k.port, transport_name(k.transport));
	is_str(got, r->want, r->what);
}

/* ransomware_victim: the web site stands in an extra, which its feed lists. */
static void
check_listed(const struct problems *p)
{
	static struct finding f = { .kind = KIND_NAME, .subject = SUBJECT_NAME };
	struct key_words k;

	f.name = TCS_LIT("victim.example");
	ok(key_of(&f, 7, p, &k) && tcs_is(k.name, "victim.example"), "a name that no field has is a key too");
	f.kind = KIND_ACCOUNT;
	f.subject = SUBJECT_ACCOUNT;
	set(&f, TCS_F_SOURCE_ACCOUNT, "Jan");
	ok(key_of(&f, 7, p, &k) && tcs_is(k.name, "jan@victim.example"),
	    "an account without a domain gets that of its row");
	set(&f, TCS_F_SOURCE_ACCOUNT, "Jan@Shop.Example");
	ok(key_of(&f, 7, p, &k) && tcs_is(k.name, "jan@shop.example"),
	    "an account is one however it is written");
}

/* Many cases are found by key and by id, and a rekeyed one under its new key alone. */
static void
check_table(void)
{
	struct table *t = table_new();
	struct case_key k = { .org = 1, .problem = 2 }, other;
	bool all = true;
	uint32_t i;

	for (i = 1; i <= 100000; i++) {
		k.port = (uint16_t)i;
		k.name = i;
		table_add(t, &k, i)->count = i;
	}
	for (i = 1; i <= 100000; i++) {
		k.port = (uint16_t)i;
		k.name = i;
		all &= table_find(t, &k) && table_find(t, &k)->count == i && table_id(t, i)->count == i;
	}
	ok(all && table_count(t) == 100000, "100,000 cases are found by key and by id");
	other = k;
	other.org = 9;
	table_rekey(t, table_id(t, 100000), &other);
	ok(table_find(t, &k) == NULL && table_find(t, &other) == table_id(t, 100000),
	    "a rekeyed case answers to its new key alone");
	ok(table_id(t, 100001) == NULL && table_id(t, 4000000000u) == NULL,
	    "an id that is not there is not found");
	table_free(t);
}

/* The ports of one subject are found beside each other, and nobody else's. */
static void
check_beside(void)
{
	struct table *t = table_new();
	struct case_key k = { .org = 1, .problem = 2, .ip.b = { 1, 2, 3 } }, other;
	struct tcase *c = NULL;
	uint32_t i, n = 0;

	for (i = 1; i <= 5000; i++) {
		k.name = i % 50;
		k.port = (uint16_t)i;
		k.transport = i % 2 ? 6 : 17;
		table_add(t, &k, i);
	}
	k.name = 7;
	k.port = 0;
	while ((c = table_beside(t, &k, c)) != NULL)
		n += c->key.name == 7;
	is_int(n, 100, "all ports of a subject, whatever the transport");
	other = table_id(t, 57)->key;
	other.org = 3;
	table_rekey(t, table_id(t, 57), &other);
	for (n = 0, c = NULL; (c = table_beside(t, &k, c)) != NULL; n++)
		;
	is_int(n, 99, "but not one that was refiled");
	ok(table_beside(t, &other, NULL) == table_id(t, 57), "which is found where it went");
	k.day = 9;
	ok(table_beside(t, &k, NULL) == NULL, "another day is another subject");
	table_free(t);
}

int
main(void)
{
	struct err e = ERR_INIT;
	char *file = getenv("TOP_SRCDIR");
	char path[4096];
	struct problems *p;
	size_t i;

	snprintf(path, sizeof path, "%s/etc/problems.csv", file ? file : ".");
	p = problems_load(path, &e);
	if (!ok(p != NULL, "the alias table is read"))
		printf("# %s\n", e.text);
	else
		for (i = 0; i < sizeof rows / sizeof *rows; i++)
			check(&rows[i], p);
	check_listed(p);
	problems_free(p);
	check_table();
	check_beside();
	return done_testing();
}
