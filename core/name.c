/* SPDX-License-Identifier: Apache-2.0 */
/* See name.h. */
#include <idn2.h>
#include <string.h>
#include "ip.h"
#include "name.h"
#include "utf8.h"

#define NAME_MAX_LEN 253
#define LABEL_MAX 63

/* Only letters in lower case, digits, hyphens inside and underscores; the last label is not a number. */
static bool
label_fine(struct tcs_slice l, bool last)
{
	bool digits = true;
	size_t i;

	if (l.n == 0 || l.n > LABEL_MAX || l.p[0] == '-' || l.p[l.n - 1] == '-')
		return false;
	for (i = 0; i < l.n; i++) {
		char c = l.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
		digits = digits && c >= '0' && c <= '9';
	}
	return !last || !digits;
}

static bool
ascii_fine(struct tcs_slice s)
{
	struct tcs_slice rest = s, label;
	size_t n = 0;

	if (s.n == 0 || s.n > NAME_MAX_LEN)
		return false;
	while (tcs_cut(&rest, '.', &label)) {
		if (!label_fine(label, rest.p == NULL))
			return false;
		n++;
	}
	return n > 1;
}

/* By libidn2: what is not ASCII becomes A-labels, and those that are there already are proved. */
static bool
by_idna(struct tcs_slice s, struct arena *a, struct tcs_slice *out)
{
	uint8_t *made = NULL;
	bool done = false;

	if (!utf8_valid(s.p, s.n))
		return false;
	if (idn2_lookup_u8((const uint8_t *)arena_strndup(a, s.p, s.n), &made,
	    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK && made != NULL) {
		*out = tcs_slice(NULL, strlen((char *)made));
		out->p = arena_dup(a, made, out->n);
		done = ascii_fine(*out);
	}
	idn2_free(made);
	return done;
}

bool
name_normalise(struct tcs_slice s, struct arena *a, struct tcs_slice *out)
{
	bool plain = true, ace = false;
	struct ip ip;
	size_t i;
	char *low;

	s = tcs_trim(s);
	if (s.n > 0 && s.p[s.n - 1] == '.')
		s.n--;
	if (s.n < 3 || s.n > 4 * NAME_MAX_LEN || memchr(s.p, '\0', s.n) != NULL || ip_parse(s.p, s.n, &ip))
		return false;
	low = arena_dup(a, s.p, s.n);
	for (i = 0; i < s.n; i++) {
		plain = plain && (unsigned char)s.p[i] < 0x80;
		low[i] = tcs_lower(s.p[i]);
	}
	s.p = low;
	for (i = 0; plain && i + 4 <= s.n; i++)
		ace = ace || ((i == 0 || low[i - 1] == '.') && memcmp(low + i, "xn--", 4) == 0);
	if (!plain || ace)
		return by_idna(s, a, out);
	*out = s;
	return ascii_fine(s);
}
