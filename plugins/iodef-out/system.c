/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One system of a warning: where it is, what answers there, what only Tocsin
 * has words for, and what was seen.  Infected systems and those that do
 * something to others are sources, vulnerable ones and victims are targets.
 */
#include "out.h"

enum { L_OBSERVED, L_SOURCE_PORT, L_COUNT };
static const char *const of_sighting[] = { "observed", "source_port" };

/* category NULL: an account, for which IODEF has only mail addresses. */
static void
write_address(struct out *o, const char *category, struct tcs_slice value)
{
	if (!has(value))
		return;
	begin(o, "Address");
	attr(o, "category", category ? category : "ext-value");
	attr(o, "ext-category", category ? NULL : "account");
	string(o, text(o, value));
	end(o);
}

/* A host name that nothing proves is not an address: whoever holds the reverse zone chose it. */
static bool
is_its_name(const struct out *o)
{
	return is(o->system[S_KIND], "name") || is(o->system[S_RULE], "domain") || !has(o->system[S_IP]);
}

static bool
is_mail_address(struct tcs_slice v)
{
	return tcs_find(v, '@') < v.n;
}

static void
write_node(struct out *o)
{
	struct tcs_slice ip = o->system[S_IP], name = o->system[S_HOSTNAME];

	begin(o, "Node");
	if (has(name) && is_its_name(o)) {
		begin(o, "DomainData");
		element(o, "Name", name);
		end(o);
	}
	write_address(o, tcs_find(ip, ':') < ip.n ? "ipv6-addr" : "ipv4-addr", ip);
	write_address(o, "site-uri", o->system[S_URL]);
	write_address(o, is_mail_address(o->system[S_ACCOUNT]) ? "e-mail" : NULL, o->system[S_ACCOUNT]);
	write_address(o, "asn", o->system[S_ASN]);
	end(o);
}

/* A service's port; of an event the port it came from, of the newest sighting. */
static void
write_service(struct out *o)
{
	static const char *const numbers[][2] = { { "tcp", "6" }, { "udp", "17" }, { "icmp", "1" },
		{ "sctp", "132" }, { "dccp", "33" } };
	struct tcs_slice at, last, port = o->system[S_PORT], v[L_COUNT];
	const char *number = NULL;
	size_t i;

	if (!has(port) && is(o->system[S_KIND], "event") && json_walk(o->system[S_SIGHTINGS], '[', &at))
		while (json_next(&at, NULL, &last))
			if (json_members(last, of_sighting, L_COUNT, v) && has(v[L_SOURCE_PORT]))
				port = v[L_SOURCE_PORT];
	for (i = 0; i < 5; i++)
		if (is(o->system[S_TRANSPORT], numbers[i][0]))
			number = numbers[i][1];
	if (!has(port) && number == NULL)
		return;
	begin(o, "Service");
	attr(o, "ip-protocol", number);
	element(o, "Port", port);
	end(o);
}

static void
write_counter(struct out *o)
{
	if (!has(o->system[S_SEEN_COUNT]))
		return;
	begin(o, "Counter");
	attr(o, "type", "count");
	attr(o, "unit", "event");
	string(o, text(o, o->system[S_SEEN_COUNT]));
	end(o);
}

/* What only Tocsin has words for. */
static void
write_fields(struct out *o)
{
	static const struct { const char *name; int member; } fields[] = {
		{ "classification.taxonomy", S_TAXONOMY }, { "classification.type", S_TYPE },
		{ "classification.identifier", S_IDENTIFIER }, { "severity", S_SEVERITY },
	};
	struct tcs_slice at, key, value;
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		additional(o, "idf:", tcs_str(fields[i].name), o->system[fields[i].member]);
	if (!is_its_name(o))
		additional(o, "idf:", tcs_str("source.reverse_dns"), o->system[S_HOSTNAME]);
	if (!json_walk(o->system[S_COLUMNS], '{', &at))
		return;
	while (json_next(&at, &key, &value)) {
		key = tcs_slice(key.p + 1, key.n - 2);
		if (!tcs_is(key, "event_description.text") && !tcs_is(key, "extra.seen") &&
		    !tcs_is(key, "source.url"))
			additional(o, "idf:", key, value);
	}
}

void
write_system(struct out *o)
{
	bool target = is(o->system[S_PART], "vulnerable") || is(o->system[S_PART], "victim") ||
	    is(o->system[S_KIND], "account");

	begin(o, "Flow");
	begin(o, "System");
	attr(o, "category", target ? "target" : "source");
	write_node(o);
	write_service(o);
	write_counter(o);
	write_fields(o);
	end(o);
	end(o);
	begin(o, "Expectation");
	attr(o, "action", target ? "contact-target-site" : "contact-source-site");
	end(o);
}

/* What was seen, and each sighting that is told. */
void
write_record(struct out *o)
{
	struct tcs_slice at, one, v[L_COUNT], seen = column(o, "extra.seen");
	bool begun = false;

	if (json_walk(o->system[S_SIGHTINGS], '[', &at))
		while (json_next(&at, NULL, &one)) {
			if (!json_members(one, of_sighting, L_COUNT, v) || !has(v[L_OBSERVED]))
				continue;
			if (!begun)
				begin(o, "Record");
			begin(o, "RecordData");
			element(o, "DateTime", v[L_OBSERVED]);
			if (has(v[L_SOURCE_PORT])) {
				begin(o, "Description");
				string(o, "source port ");
				string(o, text(o, v[L_SOURCE_PORT]));
				end(o);
			}
			if (has(seen) && !begun) {
				begin(o, "RecordItem");
				attr(o, "dtype", "string");
				string(o, text(o, seen));
				end(o);
			}
			begun = true;
			end(o);
		}
	if (begun)
		end(o);
}
