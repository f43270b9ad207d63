/* SPDX-License-Identifier: Apache-2.0 */
/* See token.h. */
#include <stdio.h>
#include <string.h>
#include "answers/token.h"
#include "digest.h"

#define MAC_BYTES	10			/* 80 bits: 16 characters */
#define MAC_TEXT	BASE32_LEN(MAC_BYTES)

static void
mac_of(const uint8_t secret[32], enum token_use use, const char *number, char out[MAC_TEXT])
{
	uint8_t mac[SHA256_LEN];
	char text[80];
	int n = snprintf(text, sizeof text, "%s\n%.60s", use == TOKEN_REPLY ? "reply" : "bounce", number);

	hmac_sha256(secret, 32, text, (size_t)n, mac);
	digest_base32(mac, MAC_BYTES, out);
}

const char *
token_address(struct arena *a, const uint8_t secret[32], enum token_use use, const char *number,
    const char *address)
{
	const char *at = strrchr(address, '@');
	char mac[MAC_TEXT];

	if (at == NULL)
		return address;
	mac_of(secret, use, number, mac);
	return arena_printf(a, "%.*s+%s-%s%s", (int)(at - address), address, number, mac, at);
}

bool
token_parse(struct arena *a, struct tcs_slice t, const char **number, const char **mac)
{
	size_t i, dash = 0;

	for (i = 0; i < t.n; i++) {
		char c = tcs_lower(t.p[i]);

		if (c == '-')
			dash = i;
		else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
			return false;
	}
	if (t.n > 80 || dash == 0 || t.n - dash - 1 != MAC_TEXT - 1)
		return false;
	*number = arena_strndup(a, t.p, dash);
	*mac = arena_strndup(a, t.p + dash + 1, t.n - dash - 1);
	return true;
}

bool
token_right(const uint8_t secret[32], enum token_use use, const char *number, const char *mac)
{
	char right[MAC_TEXT];
	unsigned char differs = 0;
	size_t i;

	if (strlen(mac) != MAC_TEXT - 1)
		return false;
	mac_of(secret, use, number, right);
	for (i = 0; i < MAC_TEXT - 1; i++)
		differs |= (unsigned char)(right[i] ^ tcs_lower(mac[i]));
	return differs == 0;
}
