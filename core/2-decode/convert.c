/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conversions that feed files name; the table is in convert.h.  They say
 * CV_NONE where Shadowserver's schema says null, so that findings agree with
 * what IntelMQ makes of the same reports; CV_BAD where it gives up.
 */
#include <errno.h>
#include <stdlib.h>
#include "2-decode/convert.h"
#include "jsontext.h"
#include "name.h"
#include "timepattern.h"
#include "tz.h"

const char *const conv_names[] = {
#define X(sym, name, help, why) name,
	CONVERSIONS
#undef X
};
const char *const conv_help[] = {
#define X(sym, name, help, why) help,
	CONVERSIONS
#undef X
};
const char *const conv_why[] = {
#define X(sym, name, help, why) why,
	CONVERSIONS
#undef X
};

static enum converted
set_text(struct fvalue *out, struct tcs_slice s)
{
	out->form = VF_TEXT;
	out->text = s;
	return CV_VALUE;
}

static enum converted
conv_number(struct tcs_slice s, bool zero, struct arena *a, struct fvalue *out)
{
	bool neg;
	uint64_t v;

	s = tcs_trim(s);
	if (s.n == 0)
		return CV_NONE;
	neg = s.p[0] == '-';
	if (neg || s.p[0] == '+')
		s.p++, s.n--;
	while (s.n > 1 && s.p[0] == '0')
		s.p++, s.n--;
	if (!tcs_uint(s, INT64_MAX, &v))
		return CV_BAD;
	if (v == 0 && !zero)
		return CV_NONE;
	out->form = VF_NUMBER;
	out->i = neg ? -(int64_t)v : (int64_t)v;
	out->text = s;
	if (neg && v != 0)
		out->text = tcs_str(arena_printf(a, "-%.*s", (int)s.n, s.p));
	return CV_VALUE;
}

/* The fewest digits that give the same number again, and ".0" where it looks whole. */
static struct tcs_slice
real_text(double r, struct arena *a)
{
	char *t = NULL;
	int digits;

	for (digits = 15; digits <= 17; digits++) {
		t = arena_printf(a, "%.*g", digits, r);
		if (strtod(t, NULL) == r)
			break;
	}
	if (strpbrk(t, ".e") == NULL)
		t = arena_printf(a, "%s.0", t);
	return tcs_str(t);
}

static enum converted
conv_real(struct tcs_slice s, struct arena *a, struct fvalue *out)
{
	char text[64], *end;
	double r;

	s = tcs_trim(s);
	if (s.n == 0)
		return CV_NONE;
	if (!tcs_copy(text, sizeof text, s) || strspn(text, "0123456789+-.eE") != s.n)
		return CV_BAD;
	r = strtod(text, &end);
	if (*end != '\0' || r > 1e300 || r < -1e300)
		return CV_BAD;
	out->form = VF_NUMBER;
	out->text = real_text(r, a);
	out->i = r > -9e18 && r < 9e18 ? (int64_t)r : 0;
	return CV_VALUE;
}

static enum converted
conv_yes_no(struct tcs_slice s, struct fvalue *out)
{
	static const char *const words[2][5] = { { "n", "no", "false", "disabled", "0" },
		{ "y", "yes", "true", "enabled", "1" } };
	size_t i;

	for (i = 0; i < 10; i++)
		if (tcs_is_nocase(s, words[i / 5][i % 5])) {
			out->form = VF_BOOL;
			out->i = i / 5;
			out->text = i / 5 ? TCS_LIT("true") : TCS_LIT("false");
			return CV_VALUE;
		}
	return CV_NONE;
}

static enum converted
conv_address(struct tcs_slice s, struct arena *a, struct fvalue *out)
{
	char text[IP_TEXT];
	struct ip ip;

	s = tcs_trim(s);
	if (s.n == 0 || tcs_is(s, "0.0.0.0"))
		return CV_NONE;
	if (!ip_parse(s.p, s.n, &ip))
		return CV_BAD;
	if (conv_ip4_fast(s, &ip))
		return set_text(out, s);
	s.n = ip_text(&ip, text);
	return set_text(out, tcs_slice(arena_dup(a, text, s.n), s.n));
}

/* Seconds east of UTC of a wall clock in a zone: the guess from the same number of seconds
 * in UTC, once corrected. */
static int64_t
wall_offset(const struct tz *zone, int64_t wall)
{
	char abbrev[TZ_ABBREV];

	return tz_offset(zone, wall - tz_offset(zone, wall, abbrev), abbrev);
}

/* Whether a time says its zone: by a letter other than the T between digits and than month names ("GMT",
 * "Z"), or an offset behind the clock.  Seconds since 1970 are in UTC by what they are. */
static bool
says_zone(struct tcs_slice s)
{
	size_t i = s.n;
	bool digits = true;

	while (i > 0 && ((s.p[i - 1] >= '0' && s.p[i - 1] <= '9') || s.p[i - 1] == ':'))
		i--;
	if (i > 0 && i < s.n && (s.p[i - 1] == '+' || (s.p[i - 1] == '-' && memchr(s.p, ':', i) != NULL)))
		return true;
	for (i = 0; i < s.n && digits; i++)
		digits = s.p[i] >= '0' && s.p[i] <= '9';
	return digits || tcs_lower(s.p[s.n - 1]) == 'z' ||
	    (s.n > 3 && tcs_is_nocase(tcs_slice(s.p + s.n - 3, 3), "utc")) ||
	    (s.n > 3 && tcs_is_nocase(tcs_slice(s.p + s.n - 3, 3), "gmt"));
}

bool
convert_time(struct tcs_slice s, const struct tz *zone, int64_t *ns)
{
	s = tcs_trim(s);
	if (s.n == 0 || !time_parse_any(s.p, s.n, ns))
		return false;
	if (zone != NULL && !says_zone(s))
		*ns -= wall_offset(zone, *ns / NS) * NS;
	return true;
}

bool
convert_time_as(struct tcs_slice s, const char *pattern, const struct tz *zone, int64_t *ns)
{
	bool zoned;

	if (pattern == NULL)
		return convert_time(s, zone, ns);
	s = tcs_trim(s);
	if (!time_pattern(pattern, s.p, s.n, ns, &zoned))
		return false;
	if (zone != NULL && !zoned)
		*ns -= wall_offset(zone, *ns / NS) * NS;
	return true;
}

static enum converted
conv_time(struct tcs_slice s, const char *pattern, const struct tz *zone, struct arena *a, struct fvalue *out)
{
	char text[TIME_TEXT];
	size_t n;

	if (tcs_trim(s).n == 0)
		return CV_NONE;
	if (!convert_time_as(s, pattern, zone, &out->i))
		return CV_BAD;
	n = time_idf(out->i, text);
	out->form = VF_TEXT;
	out->text = tcs_slice(arena_dup(a, text, n), n);
	return CV_VALUE;
}

static enum converted
conv_network(struct tcs_slice s, struct arena *a, struct fvalue *out)
{
	struct ipnet net;
	char text[IP_TEXT];
	size_t n;

	s = tcs_trim(s);
	if (tcs_find(s, '/') == s.n || !ipnet_parse(s.p, s.n, &net, NULL))
		return CV_NONE;
	n = ipnet_text(&net, text);
	return set_text(out, tcs_slice(arena_dup(a, text, n), n));
}

/* How long a CVE number at the start of s is; 0: there is none. */
static size_t
cve_length(struct tcs_slice s)
{
	size_t i = 4, digits = 0;

	if (s.n < 7 || !tcs_is_nocase(tcs_slice(s.p, 4), "cve-"))
		return 0;
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		digits++;
	if (digits == 0 || i == s.n || s.p[i] != '-')
		return 0;
	for (i++, digits = 0; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		digits++;
	return digits > 0 ? i : 0;
}

#define CVES_MAX 64

static int
by_text(const void *a, const void *b)
{
	const struct tcs_slice *x = a, *y = b;
	int c = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return c != 0 ? c : (x->n > y->n) - (x->n < y->n);
}

/* Lower-case, in order, each once, joined by semicolons. */
static enum converted
join_cves(struct tcs_slice *cve, size_t n, struct arena *a, struct fvalue *out)
{
	size_t i, k, at = 0, all = 0;
	char *text;

	for (i = 0; i < n; i++) {
		char *low = arena_dup(a, cve[i].p, cve[i].n);

		for (k = 0; k < cve[i].n; k++)
			low[k] = tcs_lower(low[k]);
		cve[i].p = low;
		all += cve[i].n + 1;
	}
	if (n == 0)
		return CV_NONE;
	qsort(cve, n, sizeof *cve, by_text);
	text = arena_alloc(a, all);
	for (i = 0; i < n; i++) {
		if (i > 0 && tcs_eq(cve[i], cve[i - 1]))
			continue;
		if (at > 0)
			text[at++] = ';';
		memcpy(text + at, cve[i].p, cve[i].n);
		at += cve[i].n;
	}
	return set_text(out, tcs_slice(text, at));
}

static enum converted
conv_cves(struct tcs_slice s, bool anywhere, struct arena *a, struct fvalue *out)
{
	struct tcs_slice cve[CVES_MAX], part;
	size_t n = 0, len;

	if (!anywhere) {
		while (n < CVES_MAX && tcs_cut(&s, ';', &part))
			if (part.n > 0 && cve_length(part) == part.n)
				cve[n++] = part;
		return join_cves(cve, n, a, out);
	}
	while (n < CVES_MAX && s.n > 0) {
		len = cve_length(s);
		if (len > 0)
			cve[n++] = tcs_slice(s.p, len);
		len = len > 0 ? len : 1;
		s = tcs_slice(s.p + len, s.n - len);
	}
	return join_cves(cve, n, a, out);
}

static bool
is_base64(struct tcs_slice s)
{
	size_t i, pad = 0;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i], l = tcs_lower(c);

		if (c == '=')
			pad++;
		else if (pad > 0 ||
		    !((l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/'))
			return false;
	}
	return s.n % 4 == 0 && pad <= 2;
}

static enum converted
conv_base64(struct tcs_slice s, struct arena *a, struct fvalue *out)
{
	struct buf b;

	if (s.n == 0)
		return CV_NONE;
	if (is_base64(s))
		return set_text(out, s);
	buf_init(&b);
	buf_base64(&b, s.p, s.n);
	set_text(out, tcs_slice(arena_dup(a, b.p, b.n), b.n));
	buf_free(&b);
	return CV_VALUE;
}

/* What JSON it is says its form; a text stays JSON, quotes and all. */
static enum converted
conv_json(struct tcs_slice s, struct fvalue *out)
{
	s = tcs_trim(s);
	if (s.n == 0 || tcs_is(s, "null"))
		return CV_NONE;
	if (!jsontext_valid(s))
		return CV_BAD;
	if (tcs_is(s, "true") || tcs_is(s, "false"))
		return conv_yes_no(s, out);
	out->form = strchr("{[\"", s.p[0]) != NULL ? VF_JSON : VF_NUMBER;
	out->text = s;
	if (out->form == VF_NUMBER) {
		char text[64];
		double r = tcs_copy(text, sizeof text, s) ? strtod(text, NULL) : 0;

		out->i = r > -9e18 && r < 9e18 ? (int64_t)r : 0;
	}
	return CV_VALUE;
}

/* Where the two slashes of "scheme://" begin, or s.n. */
static size_t
scheme_end(struct tcs_slice s)
{
	size_t i;

	for (i = 0; i + 2 < s.n; i++) {
		char l = tcs_lower(s.p[i]);

		if (s.p[i] == ':' && i > 0)
			return s.p[i + 1] == '/' && s.p[i + 2] == '/' ? i + 1 : s.n;
		if (!((l >= 'a' && l <= 'z') ||
		    (i > 0 && ((l >= '0' && l <= '9') || l == '+' || l == '-' || l == '.'))))
			break;
	}
	return s.n;
}

static enum converted
conv_web_address(struct tcs_slice s, const struct conv_row *row, struct arena *a, struct fvalue *out)
{
	struct tcs_slice path = s, scheme = TCS_LIT("http");
	size_t i;

	if (s.n == 0)
		return CV_NONE;
	if (row == NULL || row->host.n == 0 || scheme_end(s) < s.n)
		return set_text(out, s);
	i = tcs_find(path, '/');		/* "GET /a HTTP/1.1" */
	path = tcs_slice(path.p + i, path.n - i);
	for (i = 0; i < path.n && !tcs_space(path.p[i]); i++)
		;
	path.n = i;
	if (tcs_is(row->application, "https"))
		scheme = row->application;
	return set_text(out,
	    tcs_str(arena_printf(a, "%.*s://%.*s%.*s", (int)scheme.n, scheme.p, (int)row->host.n,
	    row->host.p, (int)path.n, path.p)));
}

struct tcs_slice
convert_url_host(struct tcs_slice s)
{
	size_t i;

	s = tcs_trim(s);
	i = scheme_end(s);
	if (i >= s.n)
		return tcs_slice(NULL, 0);
	s = tcs_slice(s.p + i + 2, s.n - i - 2);
	for (i = 0; i < s.n && s.p[i] != '/' && s.p[i] != '?' && s.p[i] != '#' && s.p[i] != '\\'; i++)
		;
	for (s.n = i; i > 0 && s.p[i - 1] != '@'; i--)
		;
	s = tcs_slice(s.p + i, s.n - i);
	if (s.n > 0 && s.p[0] == '[') {
		s = tcs_slice(s.p + 1, s.n - 1);
		s.n = tcs_find(s, ']');
	} else
		s.n = tcs_find(s, ':');
	return s;
}

bool
convert_name(struct tcs_slice s, struct arena *a, struct tcs_slice *out)
{
	if (conv_name_fast(s)) {
		*out = s;
		return true;
	}
	s = tcs_trim(s);
	return s.n > 0 && name_normalise(s, a, out);
}

static enum converted
conv_host(struct tcs_slice s, struct arena *a, struct fvalue *out)
{
	s = tcs_trim(s);
	return convert_fqdn(&s, a) ? set_text(out, s) : CV_NONE;
}

enum converted
convert(enum conv c, struct tcs_slice s, const struct tz *zone, const struct conv_row *row, struct arena *a,
    struct fvalue *out)
{
	return convert_as(c, s, NULL, zone, row, a, out);
}

enum converted
convert_as(enum conv c, struct tcs_slice s, const char *pattern, const struct tz *zone,
    const struct conv_row *row, struct arena *a, struct fvalue *out)
{
	out->i = 0;
	if (s.p == NULL)
		return CV_NONE;
	switch (c) {
	case CONV_TEXT:
		return set_text(out, s);
	case CONV_KNOWN:
		return s.n == 0 || tcs_is(s, "0") || tcs_is(s, "unknown") ? CV_NONE : set_text(out, s);
	case CONV_NUMBER:
	case CONV_NUMBER_NOT_ZERO:
		return conv_number(s, c == CONV_NUMBER, a, out);
	case CONV_REAL:
		return conv_real(s, a, out);
	case CONV_YES_NO:
		return conv_yes_no(s, out);
	case CONV_ADDRESS:
		return conv_address(s, a, out);
	case CONV_NETWORK:
		return conv_network(s, a, out);
	case CONV_HOST:
		return conv_host(s, a, out);
	case CONV_UTC:
	case CONV_TIME:
		return c == CONV_TIME ? conv_time(s, pattern, zone, a, out) :
		    conv_time(s, NULL, NULL, a, out);
	case CONV_CVES:
	case CONV_CVES_IN_TEXT:
		return conv_cves(s, c == CONV_CVES_IN_TEXT, a, out);
	case CONV_WEB_ADDRESS:
		return conv_web_address(s, row, a, out);
	case CONV_BASE64:
		return conv_base64(s, a, out);
	case CONV_JSON:
		return conv_json(s, out);
	case CONV_COUNT:
		break;
	}
	return CV_BAD;
}
