/* SPDX-License-Identifier: Apache-2.0 */
/* core/name.c: the one form of host names. */
#include "name.h"
#include "tap.h"

static const struct { const char *text, *want; } cases[] = {
	{ "www.shop.example", "www.shop.example" },
	{ " WWW.Shop.Example. ", "www.shop.example" },
	{ "b\xc3\xbc" "cher.example", "xn--bcher-kva.example" },
	{ "B\xc3\x9c" "CHER.example", "xn--bcher-kva.example" },
	{ "xn--bcher-kva.example", "xn--bcher-kva.example" },
	{ "_dmarc.shop.example", "_dmarc.shop.example" },
	{ "a.1", NULL }, { "192.0.2.1", NULL }, { "2001:db8::1", NULL }, { "localhost", NULL }, { "", NULL },
	{ ".", NULL }, { "a..example", NULL }, { "-a.example", NULL }, { "a-.example", NULL },
	{ "a b.example", NULL }, { "a/b.example", NULL }, { "a\xff.example", NULL },
	{ "xn--\x7f.example", NULL }, { "xn--99999999.example", NULL }, { "a@b.example", NULL },
	{ "a\"b.example", NULL },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", NULL },
};

int
main(void)
{
	struct arena *a = arena_new();
	struct tcs_slice out;
	size_t i;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool got = name_normalise(tcs_str(cases[i].text), a, &out);

		is_str(got ? arena_strndup(a, out.p, out.n) : NULL, cases[i].want, "a name or none");
	}
	ok(!name_normalise(tcs_slice("a\0b.example", 11), a, &out), "NUL is in no name");
	arena_free(a);
	return done_testing();
}
