/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an asset may be.  A line that is taken aims mail, so nothing is guessed:
 * a network with host bits set may mean the network or the one address, and is
 * refused; so is what can be nobody's alone.
 */
#include <string.h>
#include "name.h"
#include "registry_suffix.h"
#include "registry_value.h"

/* Lengths in the 128-bit form: shorter is refused, or flagged. */
#define LEAST4 (96 + 8)
#define WIDE4 (96 + 12)
#define LEAST6 19
#define WIDE6 24

/* ---- networks and ranges */

/* The length of the smallest network that could hold as many addresses. */
static unsigned
size_len(const struct ip *lo, const struct ip *hi)
{
	unsigned __int128 a = 0, b = 0;
	unsigned len = 128;
	int i;

	for (i = 0; i < 16; i++) {
		a = a << 8 | lo->b[i];
		b = b << 8 | hi->b[i];
	}
	for (b -= a; b != 0; b >>= 1)
		len--;
	return len;
}

static bool
extent_fine(const struct asset *s, bool allow_documentation, const char **flag, struct err *e)
{
	bool four = ip_is4(&s->lo);
	unsigned len = size_len(&s->lo, &s->hi);
	const char *special;

	if (len < (four ? LEAST4 : LEAST6))
		return err_set(e, "asset: %s is too large for one organisation: larger than a /%d", s->text,
		    four ? LEAST4 - 96 : LEAST6);
	special = ip_special_in(&s->lo, &s->hi, false);
	if (special != NULL)
		return err_set(e, "asset: %s is, or has in it, special-purpose space (%s)", s->text, special);
	if (!allow_documentation && ip_special_in(&s->lo, &s->hi, true) != NULL)
		return err_set(e, "asset: %s is, or has in it, a documentation network, and "
		    "allow_documentation is not set", s->text);
	if (!four && (s->lo.b[0] & 0xe0) != 0x20)
		return err_set(e, "asset: %s is no global unicast space (2000::/3)", s->text);
	if (len < (four ? WIDE4 : WIDE6))
		*flag = "very large: is all of it this organisation's?";
	return true;
}

static void
net_put(const struct ipnet *net, struct arena *a, struct asset *out)
{
	char text[IP_TEXT];

	ipnet_first(net, &out->lo);
	ipnet_last(net, &out->hi);
	ipnet_text(net, text);
	out->kind = ASSET_NET;
	out->text = arena_strdup(a, text);
}

static bool
read_net(struct tcs_slice s, struct arena *a, struct asset *out, struct err *e)
{
	struct ipnet net;
	char text[IP_TEXT];
	bool hostbits;

	if (!ipnet_parse(s.p, s.n, &net, &hostbits))
		return err_set(e, "asset: \"%.60s\" is no network; expected one such as 192.0.2.0/24 or "
		    "2001:db8::/32", arena_strndup(a, s.p, s.n));
	ipnet_text(&net, text);
	if (hostbits)
		return err_set(e, "asset: \"%.60s\" has host bits set: write %s for the network, or the "
		    "address alone", arena_strndup(a, s.p, s.n), text);
	net_put(&net, a, out);
	return true;
}

/* A range that is a network becomes one, so that the same asset has one spelling. */
static bool
read_range(struct tcs_slice s, struct arena *a, struct asset *out, struct err *e)
{
	struct ipnet net[254];
	char lo[IP_TEXT], hi[IP_TEXT];

	if (!iprange_parse(s.p, s.n, &out->lo, &out->hi))
		return err_set(e, "asset: \"%.100s\" is no range; expected two addresses of one family, the "
		    "lower first", arena_strndup(a, s.p, s.n));
	if (iprange_nets(&out->lo, &out->hi, net) == 1) {
		net_put(&net[0], a, out);
		return true;
	}
	ip_text(&out->lo, lo);
	ip_text(&out->hi, hi);
	out->kind = ASSET_RANGE;
	out->text = arena_printf(a, "%s-%s", lo, hi);
	return true;
}

/* ---- AS numbers */

static const struct { uint32_t lo, hi; const char *why; } as_blocks[] = {
	{ 0, 0, "reserved" }, { 23456, 23456, "AS_TRANS" }, { 64512, 65534, "for private use" },
	{ 65535, 65535, "reserved" }, { 65552, 131071, "reserved" },
	{ 4200000000u, 4294967294u, "for private use" }, { 4294967295u, 4294967295u, "reserved" },
};

static bool
read_asn(struct tcs_slice digits, bool allow_documentation, struct arena *a, struct asset *out, struct err *e)
{
	uint64_t v;
	size_t i;

	if (!tcs_uint(digits, UINT32_MAX, &v))
		return err_set(e, "asset: \"AS%.30s\" is no AS number; expected AS0 to AS4294967295",
		    arena_strndup(a, digits.p, digits.n));
	for (i = 0; i < sizeof as_blocks / sizeof *as_blocks; i++)
		if (v >= as_blocks[i].lo && v <= as_blocks[i].hi)
			return err_set(e, "asset: AS%u is nobody's: it is %s", (unsigned)v, as_blocks[i].why);
	if (!allow_documentation && ((v >= 64496 && v <= 64511) || (v >= 65536 && v <= 65551)))
		return err_set(e, "asset: AS%u is for documentation, and allow_documentation is not set",
		    (unsigned)v);
	out->kind = ASSET_ASN;
	out->asn = (uint32_t)v;
	out->text = arena_printf(a, "AS%u", (unsigned)v);
	return true;
}

/* ---- domains */

static bool
special_name(const char *name)
{
	static const char *const last[] = { "alt", "arpa", "corp", "home", "internal", "invalid", "lan",
	    "local", "localdomain", "localhost", "onion" };
	const char *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; dot != NULL && i < sizeof last / sizeof *last; i++)
		if (strcmp(dot + 1, last[i]) == 0)
			return true;
	return false;
}

static bool
read_domain(struct tcs_slice s, struct arena *a, struct asset *out, const char **flag, struct err *e)
{
	struct tcs_slice name, all = s;

	if (tcs_find(s, '/') < s.n || tcs_find(s, '@') < s.n)
		return err_set(e, "asset: \"%.100s\" is a URL or a mail address; expected the domain alone",
		    arena_strndup(a, s.p, s.n));
	if (tcs_starts(s, "*."))
		s = tcs_slice(s.p + 2, s.n - 2);
	if (!name_normalise(s, a, &name))
		return err_set(e, "asset: \"%.100s\" is no network, range, AS number or domain",
		    arena_strndup(a, all.p, all.n));
	out->kind = ASSET_DOMAIN;
	out->text = arena_strndup(a, name.p, name.n);
	if (special_name(out->text))
		return err_set(e, "asset: %s is a name that anybody may use at home: it is nobody's",
		    out->text);
	if (public_suffix(out->text))
		return err_set(e, "asset: %s is a public suffix: what lies below it is other people's",
		    out->text);
	if (s.n != all.n)
		*flag = arena_printf(a, "taken as %s and all names below it", out->text);
	return true;
}

/* ---- any */

static bool
only_digits(struct tcs_slice s)
{
	uint64_t v;

	return tcs_uint(s, UINT64_MAX, &v);
}

bool
value_asset(struct tcs_slice s, bool allow_documentation, struct arena *a, struct asset *out,
    const char **flag, struct err *e)
{
	size_t dash = tcs_find(s, '-'), slash = tcs_find(s, '/');
	struct ip ip;
	struct ipnet net;
	bool good;

	*flag = NULL;
	if (s.n == 0)
		return err_set(e, "asset: empty");
	if (s.n > 1000)
		return err_set(e, "asset: too long to be one");
	if (s.n > 2 && tcs_is_nocase(tcs_slice(s.p, 2), "as") && s.p[2] >= '0' && s.p[2] <= '9' &&
	    tcs_find(s, '.') == s.n)
		return read_asn(tcs_slice(s.p + 2, s.n - 2), allow_documentation, a, out, e);
	if (only_digits(s))
		return err_set(e, "asset: \"%.20s\": is it AS%.20s?", arena_strndup(a, s.p, s.n),
		    arena_strndup(a, s.p, s.n));
	if (ip_parse(s.p, s.n, &ip)) {
		net = (struct ipnet){ ip, 128 };
		net_put(&net, a, out);
		good = true;
	} else if (dash < s.n && ip_parse(s.p, tcs_trim(tcs_slice(s.p, dash)).n, &ip))
		good = read_range(s, a, out, e);
	else if (slash < s.n && !tcs_starts(tcs_slice(s.p + slash, s.n - slash), "//") &&
	    (tcs_find(s, ':') < slash || only_digits(tcs_slice(s.p, tcs_find(s, '.')))))
		good = read_net(s, a, out, e);
	else
		return read_domain(s, a, out, flag, e);
	return good && extent_fine(out, allow_documentation, flag, e);
}
