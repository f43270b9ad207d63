/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RDAP answers (RFC 9083) kept as files: objects of class "ip network" and
 * "autnum", one, a list, or one after another.  Whom a network names for
 * abuse is looked for depth-first in its entities, because a registry hangs
 * the desk below the registrant; where there is none, its technical or noc
 * contact is taken.  Parents need no links here: ranges lie in one another.
 */
#include <jansson.h>
#include <string.h>
#include "3-match/net.h"

#define DEPTH 8				/* entities in entities */

static struct tcs_slice
text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? tcs_str(s) : tcs_slice("", 0);
}

static bool
has_role(const json_t *entity, const char *role)
{
	const json_t *roles = json_object_get(entity, "roles");
	size_t i;

	for (i = 0; i < json_array_size(roles); i++) {
		const char *s = json_string_value(json_array_get(roles, i));

		if (s != NULL && tcs_is_nocase(tcs_str(s), role))
			return true;
	}
	return false;
}

/* The jCard's property: ["email", {...}, "text", "abuse@example.net"]; n-th of that name. */
static const json_t *
property(const json_t *entity, const char *name, size_t nth)
{
	const json_t *props = json_array_get(json_object_get(entity, "vcardArray"), 1), *p;
	size_t i;

	for (i = 0; i < json_array_size(props); i++) {
		const char *s = json_string_value(json_array_get(p = json_array_get(props, i), 0));

		if (s != NULL && tcs_is_nocase(tcs_str(s), name) && nth-- == 0)
			return p;
	}
	return NULL;
}

/* Several addresses: the preferred one (pref 1 before 100), else the first that is one. */
static long
preference(const json_t *p)
{
	const json_t *v = json_object_get(json_array_get(p, 1), "pref");
	uint64_t n;

	if (json_is_integer(v))
		return (long)json_integer_value(v);
	return json_is_string(v) && tcs_uint(tcs_str(json_string_value(v)), 100, &n) ? (long)n : 101;
}

static bool
mail_of(struct net_build *b, const json_t *entity, struct tcs_slice *out)
{
	const json_t *p;
	struct tcs_slice mail;
	long best = 102;
	size_t i;

	for (i = 0; (p = property(entity, "email", i)) != NULL; i++) {
		const char *s = json_string_value(json_array_get(p, 3));

		if (s != NULL && preference(p) < best && net_mail(b, tcs_str(s), &mail)) {
			best = preference(p);
			*out = mail;
		}
	}
	return best < 102;
}

static const json_t *
with_role(struct net_build *b, const json_t *o, const char *role, bool mail, unsigned depth)
{
	const json_t *list = json_object_get(o, "entities"), *e, *below;
	struct tcs_slice none;
	size_t i;

	for (i = 0; depth < DEPTH && i < json_array_size(list); i++) {
		e = json_array_get(list, i);
		if (has_role(e, role) && (!mail || mail_of(b, e, &none)))
			return e;
		if ((below = with_role(b, e, role, mail, depth + 1)) != NULL)
			return below;
	}
	return NULL;
}

static struct tcs_slice
full_name(const json_t *entity)
{
	const char *s = json_string_value(json_array_get(property(entity, "fn", 0), 3));

	return s != NULL ? tcs_str(s) : tcs_slice("", 0);
}

/* Whom the object names: a desk, and the organisation it is of. */
static struct net_ref
people(struct net_build *b, const json_t *o)
{
	static const char *const roles[] = { "abuse", "technical", "noc" };
	const json_t *desk = NULL, *holder = with_role(b, o, "registrant", false, 0);
	struct tcs_slice mail = { "", 0 }, own = { "", 0 };
	struct net_ref ref = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	size_t i;

	for (i = 0; desk == NULL && i < sizeof roles / sizeof *roles; i++)
		desk = with_role(b, o, roles[i], true, 0);
	if (desk == NULL)
		return ref;
	mail_of(b, desk, &mail);
	ref.org = holder != NULL ? text(holder, "handle") : ref.org;
	ref.abuse = text(desk, "handle");
	/* a desk without a handle is the holder's, or the network's */
	if (ref.abuse.n == 0)
		ref.abuse = ref.org.n > 0 ? ref.org : text(o, "handle");
	if (ref.org.n > 0)
		net_put_handle(b, ref.org, full_name(holder), own, ref.abuse);
	net_put_handle(b, ref.abuse, full_name(desk), mail, own);
	return ref;
}

/* "last update of RDAP database" of the object says how old the answer is. */
static void
dated(struct net_build *b, const json_t *o)
{
	const json_t *list = json_object_get(o, "events"), *e;
	struct tcs_slice when;
	int64_t t;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		e = json_array_get(list, i);
		when = text(e, "eventDate");
		if (tcs_is_nocase(text(e, "eventAction"), "last update of RDAP database") &&
		    time_parse(when.p, when.n, &t))
			net_put_dated(b, t);
	}
}

static bool
number(const json_t *o, const char *key, uint32_t *out)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > UINT32_MAX)
		return false;
	*out = (uint32_t)json_integer_value(v);
	return true;
}

static void
object(struct net_build *b, const char *file, const json_t *o)
{
	struct tcs_slice class = text(o, "objectClassName"), from = text(o, "startAddress"),
	    to = text(o, "endAddress");
	struct net_ref ref;
	uint32_t first, last;
	struct ip lo, hi;

	if (tcs_is_nocase(class, "ip network")) {
		if (!ip_parse(from.p, from.n, &lo) || !ip_parse(to.p, to.n, &hi) || ip_cmp(&lo, &hi) > 0 ||
		    ip_is4(&lo) != ip_is4(&hi)) {
			net_refuse(b, file, 0, "an ip network without startAddress and endAddress");
			return;
		}
		ref = people(b, o);
		net_put_range(b, &lo, &hi, text(o, "name").n > 0 ? text(o, "name") : text(o, "handle"),
		    text(o, "country"), &ref, 0);
	} else if (tcs_is_nocase(class, "autnum")) {
		if (!number(o, "startAutnum", &first) || (!number(o, "endAutnum", &last) &&
		    (json_object_get(o, "endAutnum") != NULL || (last = first, false))) || last < first) {
			net_refuse(b, file, 0, "an autnum without startAutnum");
			return;
		}
		ref = people(b, o);
		net_put_as(b, first, last, text(o, "name"), text(o, "country"), &ref);
	} else {
		net_pass(b);
		return;
	}
	dated(b, o);
}

static void
value(struct net_build *b, const char *file, const json_t *v)
{
	size_t i;

	for (i = 0; i < json_array_size(v); i++)
		value(b, file, json_array_get(v, i));
	if (json_is_object(v))
		object(b, file, v);
	else if (!json_is_array(v))
		net_refuse(b, file, 0, "not an RDAP object");
}

bool
net_rdap(struct net_build *b, const char *file, const char *p, size_t n, struct err *e)
{
	struct tcs_slice rest = tcs_trim(tcs_slice(p, n));
	json_error_t why;
	json_t *v;

	net_put_name(b, "rdap", tcs_slice("", 0));
	while (rest.n > 0) {
		v = json_loadb(rest.p, rest.n, JSON_DISABLE_EOF_CHECK, &why);
		if (v == NULL)
			return err_at(e, file, (unsigned)(why.line > 0 ? why.line : 0), "not JSON: %s",
			    why.text);
		value(b, file, v);
		json_decref(v);
		rest = tcs_trim(tcs_slice(rest.p + why.position, rest.n - (size_t)why.position));
	}
	return true;
}
