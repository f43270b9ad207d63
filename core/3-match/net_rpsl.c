/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The routing registries' objects as text (RPSL, RFC 2622), as the regional
 * registries publish them split by kind: "name: value" lines, a line that
 * begins with a space, a tab or + goes on, an empty line ends the object.  Of
 * networks and AS numbers: whom they name for abuse (abuse-c, their
 * organisation, an irt); of people: their abuse-mailbox.  remarks: are for
 * people and are not searched for addresses.
 */
#include <stdlib.h>
#include <string.h>
#include "3-match/net.h"
#include "mem.h"

enum attr { A_KEY, A_NAME, A_COUNTRY, A_ORG, A_ABUSE, A_MAIL, A_IRT, A_ORIGIN, A_SOURCE, NATTR };

/* Which attribute feeds which; the first of each stays. */
static const struct { const char *name; enum attr to; } attrs[] = {
	{ "netname", A_NAME }, { "as-name", A_NAME }, { "org-name", A_NAME }, { "role", A_NAME },
	{ "person", A_NAME }, { "country", A_COUNTRY }, { "org", A_ORG }, { "abuse-c", A_ABUSE },
	{ "abuse-mailbox", A_MAIL }, { "mnt-irt", A_IRT }, { "origin", A_ORIGIN }, { "source", A_SOURCE },
};
enum what { W_NONE, W_NET, W_ROUTE, W_AS, W_ORG, W_PEOPLE, W_IRT };
static const struct { const char *name; enum what what; } kinds[] = {
	{ "inetnum", W_NET }, { "inet6num", W_NET }, { "route", W_ROUTE }, { "route6", W_ROUTE },
	{ "aut-num", W_AS }, { "organisation", W_ORG }, { "role", W_PEOPLE }, { "person", W_PEOPLE },
	{ "irt", W_IRT },
};

struct net_rpsl {
	struct net_build *b;
	const char	*file;
	struct buf	 text;			/* values of the open object, one after another */
	size_t		 at[NATTR], len[NATTR];
	bool		 has[NATTR];
	enum what	 what;
	bool		 open;
	int		 last;			/* the attribute a continued line goes on, or -1 */
	unsigned	 first;			/* line */
};

struct net_rpsl *
net_rpsl_new(struct net_build *b, const char *file)
{
	struct net_rpsl *r = xcalloc(1, sizeof *r);

	r->b = b;
	r->file = file;
	r->last = -1;
	buf_init(&r->text);
	return r;
}

static struct tcs_slice
value(const struct net_rpsl *r, enum attr a)
{
	return r->has[a] ? tcs_trim(tcs_slice(r->text.p + r->at[a], r->len[a])) : tcs_slice("", 0);
}

static bool
read_as(struct tcs_slice s, uint32_t *out)
{
	uint64_t v;

	if (s.n < 3 || !tcs_is_nocase(tcs_slice(s.p, 2), "as") ||
	    !tcs_uint(tcs_slice(s.p + 2, s.n - 2), UINT32_MAX, &v))
		return false;
	*out = (uint32_t)v;
	return true;
}

/* "192.0.2.0 - 192.0.2.255", or a network. */
static bool
read_net(struct tcs_slice s, struct ip *lo, struct ip *hi)
{
	size_t dash = tcs_find(s, '-');
	struct tcs_slice a = tcs_trim(tcs_slice(s.p, dash)), z;
	struct ipnet net;

	if (dash == s.n) {
		if (!ipnet_parse(s.p, s.n, &net, NULL))
			return false;
		ipnet_first(&net, lo);
		ipnet_last(&net, hi);
		return true;
	}
	z = tcs_trim(tcs_slice(s.p + dash + 1, s.n - dash - 1));
	return ip_parse(a.p, a.n, lo) && ip_parse(z.p, z.n, hi) && ip_is4(lo) == ip_is4(hi) &&
	    ip_cmp(lo, hi) <= 0;
}

static void
put_net(struct net_rpsl *r)
{
	struct net_ref ref = { value(r, A_ABUSE), value(r, A_ORG), value(r, A_IRT) };
	uint32_t origin = 0;
	struct ip lo, hi;

	if (!read_net(value(r, A_KEY), &lo, &hi) ||
	    (r->what == W_ROUTE && !read_as(value(r, A_ORIGIN), &origin)))
		net_refuse(r->b, r->file, r->first, r->what == W_ROUTE ?
		    "not a route; expected a network and its origin" :
		    "not a network; expected two addresses or a network");
	else
		net_put_range(r->b, &lo, &hi, value(r, A_NAME), value(r, A_COUNTRY), &ref, origin);
}

static void
put_as(struct net_rpsl *r)
{
	struct net_ref ref = { value(r, A_ABUSE), value(r, A_ORG), value(r, A_IRT) };
	uint32_t as;

	if (read_as(value(r, A_KEY), &as))
		net_put_as(r->b, as, as, value(r, A_NAME), value(r, A_COUNTRY), &ref);
	else
		net_refuse(r->b, r->file, r->first, "not an AS number; expected one such as AS64496");
}

static void
put_people(struct net_rpsl *r, struct tcs_slice handle)
{
	struct tcs_slice mail = { "", 0 };

	if (r->has[A_MAIL] && !net_mail(r->b, value(r, A_MAIL), &mail))
		net_refuse(r->b, r->file, r->first, "its abuse-mailbox is no mail address");
	net_put_handle(r->b, handle, value(r, A_NAME), mail, value(r, A_ABUSE));
}

static void
close_object(struct net_rpsl *r)
{
	static const enum attr none = A_KEY;

	if (r->open) {
		if (r->has[A_SOURCE])
			net_put_name(r->b, "", value(r, A_SOURCE));
		if (r->what == W_NET || r->what == W_ROUTE)
			put_net(r);
		else if (r->what == W_AS)
			put_as(r);
		else if (r->what == W_NONE)
			net_pass(r->b);
		else
			put_people(r, value(r, none));
	}
	memset(r->has, 0, sizeof r->has);
	buf_reset(&r->text);
	r->open = false;
	r->last = -1;
}

static void
add(struct net_rpsl *r, enum attr to, struct tcs_slice v)
{
	r->last = -1;
	if (r->has[to])
		return;
	r->has[to] = true;
	r->at[to] = r->text.n;
	r->len[to] = v.n;
	buf_add(&r->text, v.n > 0 ? v.p : "", v.n);
	r->last = (int)to;
}

static void
begin(struct net_rpsl *r, struct tcs_slice name, unsigned number)
{
	size_t i;

	r->open = true;
	r->first = number;
	r->what = W_NONE;
	for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (tcs_is_nocase(name, kinds[i].name))
			r->what = kinds[i].what;
}

/* The handle of a role or a person is not its first line. */
static bool
is_key(const struct net_rpsl *r, struct tcs_slice name, bool first)
{
	return r->what == W_PEOPLE ? tcs_is_nocase(name, "nic-hdl") : first;
}

static void
attribute(struct net_rpsl *r, struct tcs_slice name, struct tcs_slice v, unsigned number)
{
	bool first = !r->open;
	size_t i;

	if (first)
		begin(r, name, number);
	r->last = -1;
	if (r->what == W_NONE && !tcs_is_nocase(name, "source"))
		return;
	if (is_key(r, name, first)) {
		add(r, A_KEY, v);
		return;
	}
	for (i = 0; i < sizeof attrs / sizeof *attrs; i++)
		if (tcs_is_nocase(name, attrs[i].name)) {
			add(r, attrs[i].to, v);
			return;
		}
}

void
net_rpsl_line(struct net_rpsl *r, struct tcs_slice line, unsigned number)
{
	size_t colon, hash;

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n > 0 && (line.p[0] == '%' || line.p[0] == '#'))
		return;
	if (tcs_trim(line).n == 0) {
		close_object(r);
		return;
	}
	if ((hash = tcs_find(line, '#')) < line.n)
		line.n = hash;			/* a comment to the end of the line */
	if (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t' || line.p[0] == '+')) {
		if (r->last >= 0) {		/* what was added last lies last in text */
			buf_char(&r->text, ' ');
			buf_add(&r->text, line.p + 1, line.n - 1);
			r->len[r->last] = r->text.n - r->at[r->last];
		}
		return;
	}
	if ((colon = tcs_find(line, ':')) < line.n)
		attribute(r, tcs_trim(tcs_slice(line.p, colon)),
		    tcs_slice(line.p + colon + 1, line.n - colon - 1), number);
	else if (line.n > 0)
		net_refuse(r->b, r->file, number, "not an attribute; expected name: value");
}

void
net_rpsl_end(struct net_rpsl *r)
{
	close_object(r);
	buf_free(&r->text);
	free(r);
}
