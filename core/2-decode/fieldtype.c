/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each IDF field may hold: its type, and for a few a length or a set of
 * characters.  Reading is lenient (surrounding space, case, hxxp, RIPE-NCC);
 * what is written is canonical.  What does not fit is not lost: the caller
 * keeps it as an extra under its column's name.
 */
#include "2-decode/convert.h"
#include "name.h"

static const struct limit {
	uint8_t	field, most;
	bool	printable;		/* ASCII from space to tilde */
} limits[] = {
	{ TCS_F_DESTINATION_GEOLOCATION_CC, 2, true }, { TCS_F_SOURCE_GEOLOCATION_CC, 2, true },
	{ TCS_F_SOURCE_GEOLOCATION_CYMRU_CC, 2, true }, { TCS_F_SOURCE_GEOLOCATION_GEOIP_CC, 2, true },
	{ TCS_F_EVENT_HASH, 40, true }, { TCS_F_FEED_CODE, 100, false },
	{ TCS_F_MALWARE_HASH_MD5, 200, true }, { TCS_F_MALWARE_HASH_SHA1, 200, true },
	{ TCS_F_MALWARE_HASH_SHA256, 200, true }, { TCS_F_MALWARE_NAME, 0, true },
	{ TCS_F_MALWARE_VERSION, 0, true }, { TCS_F_MISP_ATTRIBUTE_UUID, 36, true },
	{ TCS_F_MISP_EVENT_UUID, 36, true },
	{ TCS_F_PROTOCOL_APPLICATION, 100, true },
};

static const char *const transports[] = { "tcp", "udp", "icmp", "ip", "igmp", "ggp", "ipencap", "st2", "cbt",
	"egp", "igp", "bbn-rcc", "nvp", "nvp-ii", "pup", "argus", "emcon", "xnet", "chaos", "mux", "dcn",
	"hmp", "prm", "xns-idp", "trunk-1", "trunk-2", "leaf-1", "leaf-2", "rdp", "irtp", "iso-tp4", "netblt",
	"mfe-nsp", "merit-inp", "sep", "3pc", "idpr", "xtp", "ddp", "idpr-cmtp", "tp++", "il", "ipv6", "sdrp",
	"ipv6-route", "ipv6-frag", "idrp", "rsvp", "gre", "mhrp", "bna", "esp", "ah", "i-nlsp", "swipe",
	"narp", "mobile", "tlsp", "skip", "ipv6-icmp", "ipv6-nonxt", "ipv6-opts", "cftp", "sat-expak",
	"kryptolan", "rvd", "ippc", "sat-mon", "visa", "ipcv", "cpnx", "cphb", "wsn", "pvp", "br-sat-mon",
	"sun-nd", "wb-mon", "wb-expak", "iso-ip", "vmtp", "secure-vmtp", "vines", "ttp", "nsfnet-igp", "dgp",
	"tcf", "eigrp", "ospf", "sprite-rpc", "larp", "mtp", "ax.25", "ipip", "micp", "scc-sp", "etherip",
	"encap", "gmtp", "ifmp", "pnni", "pim", "aris", "scps", "qnx", "a/n", "ipcomp", "snp", "compaq-peer",
	"ipx-in-ip", "vrrp", "pgm", "l2tp", "ddx", "iatp", "st", "srp", "uti", "smp", "sm", "ptp", "isis",
	"fire", "crtp", "crdup", "sscopmce", "iplt", "sps", "pipe", "sctp", "fc", "divert" };

static const char *const tlp_idf[] = { "WHITE", "GREEN", "AMBER", "AMBER+STRICT", "RED" };

static bool
among(struct tcs_slice s, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (tcs_is(s, list[i]))
			return true;
	return false;
}

static struct tcs_slice
in_case(struct tcs_slice s, bool lower, struct arena *a)
{
	char from = lower ? 'A' : 'a', *p;
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] >= from && s.p[i] <= from + 25)
			break;
	if (i == s.n)
		return s;
	p = arena_dup(a, s.p, s.n);
	for (; i < s.n; i++)
		if (p[i] >= from && p[i] <= from + 25)
			p[i] ^= 0x20;
	return tcs_slice(p, s.n);
}

/* A DNS name as a feed writes it, not as strict as a host name to match: labels of 1 to
 * 63 of anything visible. */
bool
convert_fqdn(struct tcs_slice *s, struct arena *a)
{
	struct tcs_slice rest, label;
	struct ip ip;
	size_t i;

	while (s->n > 0 && s->p[s->n - 1] == '.')
		s->n--;
	if (s->n == 0 || s->n > 253 || ip_parse(s->p, s->n, &ip))
		return false;
	for (i = 0; i < s->n; i++) {
		unsigned char c = (unsigned char)s->p[i];

		if (c >= 0x80)
			return name_normalise(*s, a, s);
		if (c <= ' ' || c == ':' || c == '/' || c == 0x7f)
			return false;
	}
	for (rest = *s; tcs_cut(&rest, '.', &label);)
		if (label.n == 0 || label.n > 63)
			return false;
	*s = in_case(*s, true, a);
	return true;
}

/* hxxp is http; a host must be there; file: without one is on localhost. */
static bool
url(struct tcs_slice *s, struct arena *a)
{
	static const struct { const char *from, *to; } fix[] = {
		{ "hxxp://", "http://" }, { "hxxps://", "https://" }, { "file:///", "file://localhost/" },
	};
	size_t i, n;

	for (i = 0; i < sizeof fix / sizeof *fix; i++) {
		n = strlen(fix[i].from);
		if (s->n >= n && tcs_is_nocase(tcs_slice(s->p, n), fix[i].from))
			*s = tcs_str(arena_printf(a, "%s%.*s", fix[i].to, (int)(s->n - n), s->p + n));
	}
	return convert_url_host(*s).n > 0;
}

static bool
number(struct fvalue *v, int64_t least, int64_t most, struct arena *a)
{
	if (v->form != VF_NUMBER && convert(CONV_NUMBER, v->text, NULL, NULL, a, v) != CV_VALUE)
		return false;
	return v->i >= least && v->i <= most;
}

static bool
asn(struct fvalue *v, struct arena *a)
{
	if (v->form == VF_TEXT && v->text.n > 2 && tcs_is_nocase(tcs_slice(v->text.p, 2), "as"))
		v->text = tcs_slice(v->text.p + 2, v->text.n - 2);
	return number(v, 1, UINT32_MAX, a);
}

static bool
address(struct fvalue *v, struct arena *a)
{
	if (tcs_ends(v->text, "/32") && tcs_find(v->text, ':') == v->text.n)
		v->text.n -= 3;
	else if (tcs_ends(v->text, "/128"))
		v->text.n -= 4;
	return convert(CONV_ADDRESS, v->text, NULL, NULL, a, v) == CV_VALUE;
}

static bool
network(struct fvalue *v, struct arena *a)
{
	struct ipnet net;
	char text[IP_TEXT];
	size_t n;

	if (!ipnet_parse(v->text.p, v->text.n, &net, NULL))
		return false;
	n = ipnet_text(&net, text);
	v->text = tcs_slice(arena_dup(a, text, n), n);
	return true;
}

static bool
registry(struct fvalue *v, struct arena *a)
{
	static const char *const names[] = { "AFRINIC", "APNIC", "ARIN", "LACNIC", "RIPE" };

	v->text = in_case(v->text, false, a);
	if (tcs_is(v->text, "RIPENCC") || tcs_is(v->text, "RIPE-NCC"))
		v->text.n = 4;
	return among(v->text, names, 5);
}

static bool
time_value(struct fvalue *v, struct arena *a)
{
	return convert(CONV_UTC, v->text, NULL, NULL, a, v) == CV_VALUE;
}

static bool
real(struct fvalue *v, struct arena *a)
{
	return v->form == VF_NUMBER || convert(CONV_REAL, v->text, NULL, NULL, a, v) == CV_VALUE;
}

static bool
tlp(struct fvalue *v)
{
	enum tlp t;

	if (!tlp_by_name(v->text, &t))
		return false;
	v->text = tcs_str(tlp_idf[t]);
	v->i = t;
	return true;
}

static bool
taxonomy(struct tcs_slice s)
{
	static const char *const names[] = { "abusive-content", "availability", "fraud",
		"information-content-security", "information-gathering", "intrusion-attempts", "intrusions",
		"malicious-code", "vulnerable", "other", "test" };

	return among(s, names, sizeof names / sizeof *names);
}

static bool
within_limits(const struct field *f, struct tcs_slice s)
{
	const struct limit *l = NULL;
	size_t i;

	for (i = 0; i < sizeof limits / sizeof *limits; i++)
		if (limits[i].field == f->number)
			l = &limits[i];
	if (l == NULL)
		return true;
	if (l->most != 0 && s.n > l->most)
		return false;
	for (i = 0; l->printable && i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	if (l->most == 2)		/* country codes: letters and digits */
		for (i = 0; i < s.n; i++)
			if ((s.p[i] < 'A' || s.p[i] > 'Z') && (s.p[i] < '0' || s.p[i] > '9'))
				return false;
	return l->most != 2 || s.n == 2;
}

static bool
text_value(const struct field *f, struct fvalue *v, struct arena *a)
{
	v->form = VF_TEXT;
	switch (f->type) {
	case FT_LOWER:
		v->text = in_case(v->text, true, a);
		break;
	case FT_UPPER:
		v->text = in_case(v->text, false, a);
		break;
	case FT_FQDN:
		return convert_fqdn(&v->text, a);
	case FT_URL:
		return url(&v->text, a);
	case FT_TLP:
		return tlp(v);
	case FT_TAXONOMY:
		return taxonomy(v->text = in_case(v->text, true, a));
	case FT_TYPE:
		return rsit_taxonomy(v->text = in_case(v->text, true, a)) != NULL;
	case FT_TRANSPORT:
		return among(v->text = in_case(v->text, true, a), transports,
		    sizeof transports / sizeof *transports);
	default:
		break;
	}
	return within_limits(f, v->text);
}

bool
field_value(const struct field *f, struct fvalue *v, struct arena *a)
{
	v->text = tcs_trim(v->text);
	if (v->text.n == 0)
		return false;
	switch (f->type) {
	case FT_TIME:
		return time_value(v, a);
	case FT_ASN:
		return asn(v, a);
	case FT_IP:
		return address(v, a);
	case FT_NET:
		return network(v, a);
	case FT_INT:
		return number(v, INT64_MIN, INT64_MAX, a);
	case FT_PORT:
		return number(v, 0, 65535, a);
	case FT_REAL:
		return real(v, a);
	case FT_ACCURACY:
		return real(v, a) && v->i >= 0 && v->i <= 100;
	case FT_BOOL:
		return v->form == VF_BOOL || convert(CONV_YES_NO, v->text, NULL, NULL, a, v) == CV_VALUE;
	case FT_REGISTRY:
		return registry(v, a);
	default:
		return text_value(f, v, a);
	}
}

bool
field_ignores(struct tcs_slice s)
{
	return s.n == 0 || tcs_is(s, "-") || tcs_is(s, "N/A");
}
