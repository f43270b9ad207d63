/* SPDX-License-Identifier: Apache-2.0 */
/* Digests against the vectors of FIPS 180-4, RFC 4231 and RFC 4648. */
#include "digest.h"
#include "tap.h"

static void
test_sha256(void)
{
	static const char *const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	struct sha256_ctx *c = sha256_new();
	uint8_t d[SHA256_LEN];
	char hex[SHA256_HEX];

	sha256("abc", 3, d);
	digest_hex(d, sizeof d, hex);
	is_str(hex, abc, "SHA-256 of abc");
	sha256(NULL, 0, d);
	digest_hex(d, sizeof d, hex);
	is_str(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "SHA-256 of nothing");
	sha256_add(c, "a", 1);
	sha256_add(c, NULL, 0);
	sha256_add(c, "bc", 2);
	sha256_end(c, d);
	digest_hex(d, sizeof d, hex);
	is_str(hex, abc, "the same in pieces");
	sha256_end(sha256_new(), NULL);
	ok(true, "a digest can be given up");
}

static void
test_hmac(void)
{
	uint8_t key[20], d[SHA256_LEN];
	char hex[SHA256_HEX];

	memset(key, 0x0b, sizeof key);
	hmac_sha256(key, sizeof key, "Hi There", 8, d);
	digest_hex(d, sizeof d, hex);
	is_str(hex, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
	    "HMAC-SHA-256, RFC 4231 case 1");
	hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, d);
	digest_hex(d, sizeof d, hex);
	is_str(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	    "HMAC-SHA-256, RFC 4231 case 2");
}

static void
test_base32(void)
{
	static const char *const want[] = { "", "my", "mzxq", "mzxw6", "mzxw6yq", "mzxw6ytb", "mzxw6ytboi" };
	uint8_t all[SHA256_LEN];
	char out[BASE32_LEN(SHA256_LEN)];
	size_t i;

	for (i = 0; i < sizeof want / sizeof *want; i++) {
		digest_base32((const uint8_t *)"foobar", i, out);
		is_str(out, want[i], "base32, RFC 4648");
	}
	memset(all, 0xff, sizeof all);
	digest_base32(all, sizeof all, out);
	is_int(strlen(out), BASE32_LEN(SHA256_LEN) - 1, "32 bytes are 52 characters");
}

int
main(void)
{
	test_sha256();
	test_hmac();
	test_base32();
	return done_testing();
}
