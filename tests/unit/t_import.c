/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The import as a table of lines: what is taken and as what, what is refused
 * and why; then what several lines, an older registry and the modes do to each
 * other.  Pure: no ledger, no files.
 */
#include "registry_import.h"
#include "timefmt.h"
#include "tap.h"

#define ORGS "organisation,name,constituency,sector,language,email,parent\n"
#define ASSETS "organisation,asset,verified,valid_from,valid_until,role,use,verified_by,verified_on\n"
#define CONTACTS "organisation,role,channel,address,classes,language,tlp_max,confirmed,expires\n"
#define ONE ORGS "bakery,The Bakery,direct,food,nl,info@bakery.example,\n"

static struct import *
run(const struct registry *old, const char *orgs, const char *assets, const char *contacts,
    const struct import_opts *opts, struct err *e)
{
	struct import_file file[IMPORT_KINDS] =
	    { { "o.csv", orgs, strlen(orgs) }, { "a.csv", assets, strlen(assets) },
	    { "c.csv", contacts, contacts != NULL ? strlen(contacts) : 0 } };

	return import_run(old, file, opts, e);
}

static struct registry *
registry_of(const char *orgs, const char *assets, const char *contacts)
{
	struct import_file file[IMPORT_KINDS] =
	    { { "o.csv", orgs, strlen(orgs) }, { "a.csv", assets, strlen(assets) },
	    { "c.csv", contacts, contacts != NULL ? strlen(contacts) : 0 } };
	struct err e = ERR_INIT;
	struct registry *r = import_registry(file, NULL, NULL, &e);

	if (r == NULL)
		printf("# %s\n", e.text);
	return r;
}

/* All notes as "o1 refused: text|a2 note: text|". */
static char *
notes(const struct import *im)
{
	static char text[16384];
	size_t n = 0;
	uint32_t i;

	text[0] = '\0';
	for (i = 0; i < im->nnote && n < sizeof text - 1000; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%c%u %s: %s|", "oac"[im->note[i].file],
		    im->note[i].line, im->note[i].refused ? "refused" : "note", im->note[i].text);
	return text;
}

/* ---- single lines */

struct trial {
	const char	*line;
	const char	*refused;	/* part of the reason, or NULL */
	const char	*text;		/* what it was taken as, or a part of the note */
};

static const struct trial asset_lines[] = {
	{ "bakery,192.0.2.0/24,yes,,", NULL, "192.0.2.0/24" },
	{ "bakery, 192.0.2.0/24 ,YES,,", NULL, "192.0.2.0/24" },
	{ "bakery,192.0.2.7,yes,,", NULL, "192.0.2.7/32" },
	{ "bakery,2001:DB8:0:0::/48,yes,,", NULL, "2001:db8::/48" },
	{ "bakery,2001:db8::1,yes,,", NULL, "2001:db8::1/128" },
	{ "bakery,192.0.2.5-192.0.2.9,yes,,", NULL, "192.0.2.5-192.0.2.9" },
	{ "bakery,192.0.2.5 - 192.0.2.9,yes,,", NULL, "192.0.2.5-192.0.2.9" },
	{ "bakery,192.0.2.0-192.0.2.255,yes,,", NULL, "192.0.2.0/24" },
	{ "bakery,2001:db8::1-2001:db8::ff,yes,,", NULL, "2001:db8::1-2001:db8::ff" },
	{ "bakery,AS64496,yes,,", NULL, "AS64496" },
	{ "bakery,as64496,no,,", NULL, "AS64496" },
	{ "bakery,AS65536,yes,,", NULL, "AS65536" },
	{ "bakery,AS3333,yes,,", NULL, "AS3333" },
	{ "bakery,Shop.Example,yes,,", NULL, "shop.example" },
	{ "bakery,shop.example.,yes,,", NULL, "shop.example" },
	{ "bakery,b\xc3\xa4""cker.example,yes,,", NULL, "xn--bcker-gra.example" },
	{ "bakery,as-shop.example,yes,,", NULL, "as-shop.example" },
	{ "bakery,as1.example,yes,,", NULL, "as1.example" },
	{ "bakery,1-2.example,yes,,", NULL, "1-2.example" },
	{ "bakery,*.shop.example,yes,,", NULL, "shop.example" },
	{ "bakery,shop.example,yes,2026-01-01,2026-12-31,operator,cgnat,RIPE,2026-01-02", NULL,
	    "shop.example" },
	{ "bakery,\"192.0.2.0/24\",\"yes\",,", NULL, "192.0.2.0/24" },
	{ "bakery,198.0.0.0/10,yes,,", "special-purpose", NULL },
	{ "bakery,11.0.0.0/8,yes,,", NULL, "11.0.0.0/8" },
	{ "bakery,10.0.0.0/7,yes,,", "too large", NULL },
	{ "bakery,0.0.0.0/0,yes,,", "too large", NULL },
	{ "bakery,::/0,yes,,", "too large", NULL },
	{ "bakery,2000::/18,yes,,", "too large", NULL },
	{ "bakery,11.0.0.0-13.0.0.1,yes,,", "too large", NULL },
	{ "bakery,10.1.0.0/16,yes,,", "special-purpose space (private use)", NULL },
	{ "bakery,127.0.0.1,yes,,", "special-purpose space (loopback)", NULL },
	{ "bakery,192.167.0.0-192.168.0.5,yes,,", "special-purpose space (private use)", NULL },
	{ "bakery,fe80::/64,yes,,", "special-purpose space (link local)", NULL },
	{ "bakery,4000::/32,yes,,", "global unicast", NULL },
	{ "bakery,192.0.2.1/24,yes,,", "host bits set: write 192.0.2.0/24", NULL },
	{ "bakery,2001:db8::1/64,yes,,", "host bits set", NULL },
	{ "bakery,192.0.2.0/33,yes,,", "no network", NULL },
	{ "bakery,192.0.2.0/,yes,,", "no network", NULL },
	{ "bakery,192.0.2/24,yes,,", "no network", NULL },
	{ "bakery,010.0.2.1,yes,,", "no network, range, AS number or domain", NULL },
	{ "bakery,300.1.1.1,yes,,", "no network, range, AS number or domain", NULL },
	{ "bakery,192.0.2.9-192.0.2.5,yes,,", "no range", NULL },
	{ "bakery,192.0.2.9-2001:db8::1,yes,,", "no range", NULL },
	{ "bakery,192.0.2.9-,yes,,", "no range", NULL },
	{ "bakery,AS64512,yes,,", "private use", NULL },
	{ "bakery,AS0,yes,,", "reserved", NULL },
	{ "bakery,AS23456,yes,,", "AS_TRANS", NULL },
	{ "bakery,AS4294967296,yes,,", "no AS number", NULL },
	{ "bakery,64496,yes,,", "is it AS64496?", NULL },
	{ "bakery,co.uk,yes,,", "public suffix", NULL },
	{ "bakery,*.co.uk,yes,,", "public suffix", NULL },
	{ "bakery,blogspot.com,yes,,", "public suffix", NULL },
	{ "bakery,com,yes,,", "no network, range, AS number or domain", NULL },
	{ "bakery,printer.local,yes,,", "anybody may use", NULL },
	{ "bakery,2.0.192.in-addr.arpa,yes,,", "anybody may use", NULL },
	{ "bakery,https://shop.example/,yes,,", "a URL", NULL },
	{ "bakery,info@shop.example,yes,,", "a mail address", NULL },
	{ "bakery,shop..example,yes,,", "no network", NULL },
	{ "bakery,,yes,,", "empty", NULL },
	{ "bakery,192.0.2.0/24,,,", "verified: expected yes or no", NULL },
	{ "bakery,192.0.2.0/24,true,,", "verified: expected yes or no", NULL },
	{ "bakery,192.0.2.0/24,yes,2026-13-01,", "valid_from: expected a day", NULL },
	{ "bakery,192.0.2.0/24,yes,01-11-2026,", "valid_from: expected a day", NULL },
	{ "bakery,192.0.2.0/24,yes,,20261120", "valid_until: expected a day", NULL },
	{ "bakery,192.0.2.0/24,yes,2026-11-20,2026-11-19", "before valid_from", NULL },
	{ "bakery,192.0.2.0/24,yes,,,owne", "did you mean owner?", NULL },
	{ "bakery,192.0.2.0/24,yes,,,,dynamc", "did you mean dynamic?", NULL },
	{ "bakery,192.0.2.0/24,yes,,,,,,soon", "verified_on: expected a day", NULL },
	{ "bakery,192.0.2.0/24,yes", "ends before the column valid_from", NULL },
	{ "bakery,192.0.2.0/24,yes,,,,,,,,", "11 cells", NULL },
	{ "butcher,192.0.2.0/24,yes,,", "neither in o.csv nor in the registry", NULL },
	{ "bake ry,192.0.2.0/24,yes,,", "is no id", NULL },
	{ ",192.0.2.0/24,yes,,", "organisation: empty", NULL },
	{ "bakery,192.0.2.0/24,yes,,,,,a\x1b[1mb,", "verified_by: a control character", NULL },
	{ "bakery,192.0.2.0/24,yes,,,,,a\xff,", "verified_by: not UTF-8", NULL },
	{ "bakery,192.0.2.0/24,yes,,,,,\"a\nb\",", "verified_by: a control character", NULL },
	{ "bakery,\"192.0.2.0/24,yes,,", "a quote opens here", NULL },
};

static const struct trial org_lines[] = {
	{ "shop,The Shop,vital,retail,en,info@shop.example,", NULL, "vital" },
	{ "shop,The Shop,,,,,", NULL, "direct" },
	{ "shop,The Shop,Vital,,pt-BR,,", NULL, "vital" },
	{ "shop,\"The \"\"Shop\"\"\",direct,,,,", NULL, "direct" },
	{ "shop,,direct,,,,", "name: empty", NULL },
	{ ",The Shop,direct,,,,", "organisation: empty", NULL },
	{ "the shop,The Shop,direct,,,,", "is no id", NULL },
	{ "../shop,The Shop,direct,,,,", "is no id", NULL },
	{ "shop,The Shop,not one,,,,", "constituency: expected one word", NULL },
	{ "shop,The Shop,direct,,dutch,,", "language: expected", NULL },
	{ "shop,The Shop,direct,,nl_NL,,", "language: expected", NULL },
	{ "shop,The Shop,direct,,,shop.example,", "no mail address", NULL },
	{ "shop,The Shop,direct,,,a@b@shop.example,", "no mail address", NULL },
	{ "shop,The Shop,direct,,,a b@shop.example,", "no mail address", NULL },
	{ "shop,The Shop,direct,,,<a@shop.example>,", "no mail address", NULL },
	{ "shop,The Shop,direct,,,a@shop,", "no mail address", NULL },
	{ "shop,The Shop,direct,,,\"a@shop.example\r\nBcc: b@shop.example\",",
	    "email: a control character", NULL },
	{ "shop,The\xe2\x80\xae Shop,direct,,,,", "name: a control character", NULL },
	{ "shop,The Shop,direct,,,,holding", "neither in the file nor in the registry", NULL },
	{ "shop,The Shop,direct,,,,shop", "descends from this organisation itself", NULL },
};

static const struct trial contact_lines[] = {
	{ "bakery,security,email,soc@bakery.example,,nl,amber,2026-01-01,2027-01-01", NULL,
	    "soc@bakery.example" },
	{ "bakery,security,email,soc@B\xc3\x84""CKER.example", NULL, "soc@xn--bcker-gra.example" },
	{ "bakery,Security,EMAIL,soc@bakery.example,,,TLP:RED,,", NULL, "soc@bakery.example" },
	{ "bakery,security,webhook,https://bakery.example/hook", NULL, "https://bakery.example/hook" },
	{ "bakery,security,phone,+31 6 1234", NULL, "+31 6 1234" },
	{ "bakery,security,email,soc", "no mail address", NULL },
	{ "bakery,security,email,", "address: empty", NULL },
	{ "bakery,security,webhook,ftp://bakery.example/", "begins with https", NULL },
	{ "bakery,,email,soc@bakery.example", "role: expected", NULL },
	{ "bakery,security,e mail,soc@bakery.example", "channel: expected", NULL },
	{ "bakery,security,email,soc@bakery.example,,,purple", "tlp_max: expected", NULL },
	{ "bakery,security,email,soc@bakery.example,,,,yesterday", "confirmed: expected", NULL },
	{ "shop,security,email,soc@shop.example", "neither in", NULL },
};

static const char *
taken_text(const struct import *im, enum import_kind kind)
{
	const struct registry *r = im->new;

	if (kind == IMPORT_ORG)
		return r->norg == 2 ? r->org[1].constituency : "?";
	if (kind == IMPORT_ASSET)
		return r->nasset == 1 ? r->asset[0].text : "?";
	return r->ncontact == 1 ? r->contact[0].address : "?";
}

static void
test_lines(enum import_kind kind, const struct trial *t, size_t n)
{
	static const struct import_opts opts = { .allow_documentation = true };
	char orgs[1000], assets[1000], contacts[1000];
	struct import *im;
	size_t i;

	for (i = 0; i < n; i++) {
		struct err e = ERR_INIT;

		snprintf(orgs, sizeof orgs, "%s%s%s", ONE, kind == IMPORT_ORG ? t[i].line : "", "\n");
		snprintf(assets, sizeof assets, "%s%s%s", ASSETS,
		    kind == IMPORT_ASSET ? t[i].line : "", "\n");
		snprintf(contacts, sizeof contacts, "%s%s%s", CONTACTS,
		    kind == IMPORT_CONTACT ? t[i].line : "", "\n");
		if ((im = run(NULL, orgs, assets, contacts, &opts, &e)) == NULL) {
			ok(false, "%s: %s", t[i].line, e.text);
			continue;
		}
		if (t[i].refused != NULL)
			ok(im->refused == 1 && im->stop != NULL && strstr(im->note[0].text, t[i].refused) !=
			    NULL && im->note[0].line == (kind == IMPORT_ORG ? 3 : 2), "refused: %s",
			    im->nnote > 0 ? im->note[0].text : t[i].line);
		else if (!ok(im->refused == 0 && im->stop == NULL && strcmp(taken_text(im, kind),
		    t[i].text) == 0, "taken: %s as %s", t[i].line, taken_text(im, kind)))
			printf("# %s\n", notes(im));
		import_free(im);
	}
}

/* ---- whole files */

static const struct { const char *orgs, *assets, *error; } files[] = {
	{ "", ASSETS, "o.csv:1: the table is empty" },
	{ "organisation,name,constituency,sector,langage,email\n", ASSETS,
	    "o.csv:1: there is no column \"langage\"; did you mean \"language\"?" },
	{ "organisation,name,constituency,sector,language\n", ASSETS,
	    "o.csv:1: the column email is missing" },
	{ "organisation,name,name,constituency,sector,language,email\n", ASSETS,
	    "o.csv:1: the column name is there twice" },
	{ ONE, "organisation,asset,verified,valid_from\n", "a.csv:1: the column valid_until is missing" },
	{ ONE, "organisation,asset,verified,valid_from,valid_until,colour\n",
	    "a.csv:1: there is no column \"colour\"" },
	{ ONE, "\xff\xfeo\0r", "a.csv:1: not UTF-8" },
};

static void
test_files(void)
{
	static const struct import_opts opts = { .allow_documentation = true };
	struct import *im;
	size_t i;

	for (i = 0; i < sizeof files / sizeof *files; i++) {
		struct err e = ERR_INIT;

		im = run(NULL, files[i].orgs, files[i].assets, NULL, &opts, &e);
		ok(im == NULL && strstr(e.text, files[i].error) == e.text, "%s", e.text);
		import_free(im);
	}
	{
		struct err e = ERR_INIT;

		im = run(NULL, "\xef\xbb\xbf" "email;Language;sector;constituency;name;organisation\r\n"
		    ";nl;;;Shop;shop\r\n", ASSETS, NULL, &opts, &e);
		ok(im != NULL && im->new->norg == 1 && strcmp(im->new->org[0].name, "Shop") == 0,
		    "a BOM, semicolons, another order, CRLF: %s", e.text);
		import_free(im);
	}
}

/* ---- lines and each other */

static const struct { const char *what, *orgs, *assets, *notes; } sets[] = {
	{ "the same line twice is told", ONE, ASSETS "bakery,192.0.2.0/24,yes,,\n"
	    "bakery,192.0.2.0-192.0.2.255,yes,,\n", "a3 note: the same asset as in line 2|" },
	{ "and refused when it says something else", ONE,
	    ASSETS "bakery,192.0.2.0/24,yes,,\nbakery,192.0.2.0/24,no,,\n",
	    "a3 refused: the same asset as in line 2, and not alike: verified: yes -> no|" },
	{ "an organisation twice", ONE "bakery,Other,direct,,,,\n", ASSETS,
	    "o3 refused: the same organisation as in line 2, and not alike: name: The Bakery -> Other; "
	    "sector: food -> -; language: nl -> -; email: info@bakery.example -> -|" },
	{ "assets of a refused organisation", ONE "shop,,direct,,,,\n", ASSETS "shop,192.0.2.0/24,yes,,\n",
	    "o3 refused: name: empty|a2 refused: organisation shop was refused in line 3 of o.csv|" },
	{ "equal networks are a conflict", ONE "shop,Shop,direct,,,,\n",
	    ASSETS "bakery,192.0.2.0/24,yes,,\nshop,192.0.2.0/24,yes,,\n", "a3 note: 192.0.2.0/24: the same "
	    "as 192.0.2.0/24 of bakery: a conflict, nobody will be warned about it|" },
	{ "one inside the other is told", ONE "shop,Shop,direct,,,,\n", ASSETS "bakery,192.0.2.0/28,yes,,\n"
	    "shop,192.0.2.0/24,yes,,\n", "a2 note: 192.0.2.0/28: inside 192.0.2.0/24 of shop|" },
	{ "ranges that share a part", ONE "shop,Shop,direct,,,,\n",
	    ASSETS "bakery,192.0.2.0-192.0.2.9,yes,,\nshop,192.0.2.5-192.0.2.20,yes,,\n",
	    "a3 note: 192.0.2.5-192.0.2.20: overlaps with 192.0.2.0-192.0.2.9 of bakery: a conflict, nobody "
	    "will be warned about it|" },
	{ "a holding and its subsidiary are not", ONE "shop,Shop,direct,,,,bakery\n",
	    ASSETS "bakery,192.0.2.0/24,yes,,\nshop,192.0.2.0/24,yes,,\n", "" },
	{ "nor an owner within its operator's network", ONE "isp,ISP,direct,,,,\n",
	    ASSETS "isp,192.0.2.0/24,yes,,,operator\nbakery,192.0.2.0/28,yes,,,owner\n", "" },
	{ "equal AS numbers and domains", ONE "shop,Shop,direct,,,,\n",
	    ASSETS "bakery,AS64496,yes,,\nshop,as64496,yes,,\nbakery,shop.example,yes,,\n"
	    "shop,SHOP.example,yes,,\nshop,a.b.shop.example,yes,,\n",
	    "a3 note: AS64496: the same as AS64496 of bakery: a conflict, nobody will be warned about it|"
	    "a5 note: shop.example: the same as shop.example of bakery: a conflict, nobody will be warned "
	    "about it|a6 note: a.b.shop.example: inside shop.example of bakery|" },
	{ "parents in any order", ORGS "a,A,,,,,b\nb,B,,,,,c\nc,C,,,,,\n", ASSETS, "" },
	{ "a circle of parents", ORGS "a,A,,,,,b\nb,B,,,,,c\nc,C,,,,,a\n", ASSETS,
	    "o2 refused: parent: b descends from "
	    "this organisation itself|o3 refused: parent: c is neither in the file nor in the registry|"
	    "o4 refused: parent: a is neither in the file nor in the registry|" },
	{ "very large is told", ONE, ASSETS "bakery,11.0.0.0/9,yes,,\n",
	    "a2 note: very large: is all of it this organisation's?|" },
	{ "a wildcard is told", ONE, ASSETS "bakery,*.shop.example,yes,,\n",
	    "a2 note: taken as shop.example and all names below it|" },
};

static void
test_sets(void)
{
	static const struct import_opts opts = { .allow_documentation = true };
	struct import *im;
	size_t i;

	for (i = 0; i < sizeof sets / sizeof *sets; i++) {
		struct err e = ERR_INIT;

		im = run(NULL, sets[i].orgs, sets[i].assets, NULL, &opts, &e);
		is_str(im != NULL ? notes(im) : e.text, sets[i].notes, sets[i].what);
		import_free(im);
	}
}

/* ---- on an older registry */

#define OLD_ORGS ORGS "bakery,The Bakery,direct,food,nl,info@bakery.example,\nshop,Shop,direct,,,,\n" \
	"mill,Mill,vital,,,,bakery\n"
#define OLD_ASSETS ASSETS "bakery,192.0.2.0/24,yes,,\nbakery,bakery.example,yes,,\n" \
	"shop,198.51.100.0/24,yes,,\n"
#define OLD_CONTACTS CONTACTS "bakery,security,email,soc@bakery.example\n" \
	"shop,security,email,soc@shop.example\n"

static const struct set2 {
	const char	*what, *orgs, *assets, *contacts;
	struct import_opts opts;
	const char	*changes;	/* "+a bakery 192.0.2.0/24|" */
	const char	*stop;		/* a part, or NULL */
} later[] = {
	{ "the same again is no difference", OLD_ORGS, OLD_ASSETS, OLD_CONTACTS,
	    { .allow_documentation = true }, "", NULL },
	{ "nor with --replace", OLD_ORGS, OLD_ASSETS, OLD_CONTACTS,
	    { .allow_documentation = true, .replace = true }, "", NULL },
	{ "what is not in the files stays", ORGS "new,New,,,,,\n",
	    ASSETS "new,203.0.113.0/24,yes,,\nshop,shop.example,no,,\n", NULL,
	    { .allow_documentation = true }, "+o new New|+a new 203.0.113.0/24|+a shop shop.example|", NULL },
	{ "a change is told",
	    ORGS "shop,Shop B.V.,vital,,,,mill\n", ASSETS "bakery,192.0.2.0/24,no,,2026-12-31\n",
	    CONTACTS "shop,security,email,soc@shop.example,,,red\n", { .allow_documentation = true },
	    "~o shop Shop B.V. (name: Shop -> Shop B.V.; constituency: direct -> vital; parent: - -> mill)|"
	    "~a bakery 192.0.2.0/24 (verified: yes -> no; valid_until: - -> 2026-12-31)|"
	    "~c shop security email soc@shop.example (tlp_max: amber -> red)|", NULL },
	{ "with --replace it goes", ORGS "bakery,The Bakery,direct,food,nl,info@bakery.example,\n",
	    ASSETS "bakery,192.0.2.0/24,yes,,\n", NULL,
	    { .allow_documentation = true, .replace = true, .yes = true }, "-o shop Shop|-o mill Mill|-a "
	    "bakery bakery.example|-a shop 198.51.100.0/24|-c shop security email soc@shop.example|", NULL },
	{ "but not without --yes", ORGS "bakery,The Bakery,direct,food,nl,info@bakery.example,\n",
	    ASSETS "bakery,192.0.2.0/24,yes,,\n", NULL, { .allow_documentation = true, .replace = true },
	    "-o shop Shop|-o mill Mill|-a bakery bakery.example|-a shop 198.51.100.0/24|-c shop security "
	    "email soc@shop.example|", "2 of 3 organisations would go" },
	{ "a refused line leaves what it meant: the asset", OLD_ORGS, ASSETS "bakery,192.0.2.0/24,maybe,,\n"
	    "bakery,bakery.example,yes,,\nshop,198.51.100.0/24,yes,,\n", OLD_CONTACTS,
	    { .allow_documentation = true, .replace = true, .partial = true }, "", NULL },
	{ "all of its organisation, when the asset cannot be read", OLD_ORGS,
	    ASSETS "bakery,192.0.2.0/244,yes,,\nshop,198.51.100.0/24,yes,,\n", OLD_CONTACTS,
	    { .allow_documentation = true, .replace = true, .partial = true }, "", NULL },
	{ "all there is, when nothing can be read", OLD_ORGS, ASSETS "?,?,?\n", OLD_CONTACTS,
	    { .allow_documentation = true, .replace = true, .partial = true }, "", NULL },
	{ "an organisation, with its assets", ORGS "bakery,,direct,food,nl,info@bakery.example,\n"
	    "shop,Shop,direct,,,,\nmill,Mill,vital,,,,bakery\n", OLD_ASSETS, OLD_CONTACTS,
	    { .allow_documentation = true, .replace = true, .partial = true }, "", NULL },
	{ "all organisations, when the id cannot be read", ORGS "?,?,direct,,,,\n", OLD_ASSETS, OLD_CONTACTS,
	    { .allow_documentation = true, .replace = true, .partial = true }, "", NULL },
	{ "refused lines stop the others", ORGS "new,New,,,,,\n",
	    ASSETS "new,203.0.113.0/24,yes,,\nnew,203.0.113.0/99,yes,,\n", NULL,
	    { .allow_documentation = true }, "+o new New|+a new 203.0.113.0/24|", "1 line was refused" },
	{ "not with --partial", ORGS "new,New,,,,,\n",
	    ASSETS "new,203.0.113.0/24,yes,,\nnew,203.0.113.0/99,yes,,\n", NULL,
	    { .allow_documentation = true, .partial = true }, "+o new New|+a new 203.0.113.0/24|", NULL },
	{ "a circle through the old", ORGS "bakery,The Bakery,direct,food,nl,info@bakery.example,mill\n",
	    ASSETS, NULL, { .allow_documentation = true, .partial = true }, "", NULL },
	{ "documentation networks must be allowed", ORGS "new,New,,,,,\n",
	    ASSETS "new,203.0.113.0/24,yes,,\n", NULL, { .partial = true }, "+o new New|", NULL },
	{ "assets without their organisation's line", ORGS, ASSETS "mill,2001:db8::/32,yes,,\n", NULL,
	    { .allow_documentation = true }, "+a mill 2001:db8::/32|", NULL },
};

static char *
changes(const struct import *im)
{
	static char text[16384];
	size_t n = 0;
	uint32_t i;

	text[0] = '\0';
	for (i = 0; i < im->nchange && n < sizeof text - 1000; i++) {
		const struct import_change *c = &im->change[i];

		n += (size_t)snprintf(text + n, sizeof text - n, "%c%c %s %s%s%s%s|", "+~-"[c->did],
		    "oac"[c->kind], c->org, c->what,
		    *c->detail ? " (" : "", c->detail, *c->detail ? ")" : "");
	}
	return text;
}

static void
test_later(const struct registry *old)
{
	struct import *im;
	size_t i;

	for (i = 0; i < sizeof later / sizeof *later; i++) {
		const struct set2 *t = &later[i];
		struct err e = ERR_INIT;

		im = run(old, t->orgs, t->assets, t->contacts, &t->opts, &e);
		if (!is_str(im != NULL ? changes(im) : e.text, t->changes, t->what) && im != NULL)
			printf("# %s\n", notes(im));
		if (im != NULL)
			ok(t->stop == NULL ? im->stop == NULL : im->stop != NULL && strstr(im->stop,
			    t->stop) != NULL, "stop: %s", im->stop != NULL ? im->stop : "no");
		import_free(im);
	}
}

static void
test_ids(const struct registry *old)
{
	static const struct import_opts opts = { .allow_documentation = true };
	struct err e = ERR_INIT;
	struct import *im = run(old, ORGS "new,New,,,,,\n", ASSETS "new,203.0.113.0/24,yes,,\n"
	    "shop,198.51.100.0/24,no,,\n", NULL, &opts, &e);
	const struct registry *r = im->new;

	ok(r->norg == 4 && r->org[0].id == 1 && r->org[2].id == 3 && r->org[3].id == 0,
	    "old organisations keep their ids");
	ok(r->nasset == 4 && r->asset[2].id == 3 && r->asset[2].org == 2 && !r->asset[2].verified,
	    "so does a changed asset");
	ok(r->asset[3].id == 0 && r->asset[3].org == (UINT32_C(0x80000000) | 3),
	    "a new one names its organisation by its place");
	import_free(im);
}

int
main(void)
{
	struct registry *old = registry_of(OLD_ORGS, OLD_ASSETS, OLD_CONTACTS);

	ok(old != NULL && old->norg == 3 && old->nasset == 3 && old->ncontact == 2 && old->org[2].parent ==
	    1 && registry_org_key(old, "mill") == &old->org[2], "a registry of files alone, numbered");
	test_lines(IMPORT_ASSET, asset_lines, sizeof asset_lines / sizeof *asset_lines);
	test_lines(IMPORT_ORG, org_lines, sizeof org_lines / sizeof *org_lines);
	test_lines(IMPORT_CONTACT, contact_lines, sizeof contact_lines / sizeof *contact_lines);
	test_files();
	test_sets();
	test_later(old);
	test_ids(old);
	registry_free(old);
	return done_testing();
}
