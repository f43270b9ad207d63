/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tools write that is no JSON: keys spelt in several ways, places such as
 * "host:port", and which keys may hold secrets.  A list of words, not a
 * judgement: what is not in it is taken for harmless.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include "plugins/json/records.h"

/* As rec_member compares: letters and digits. */
static const char *const secrets[] = { "request", "response", "curlcommand", "interaction", "meta", "raw",
	"templateencoded", "body", "requestbody", "responsebody", "header", "headers", "requestheaders",
	"responseheaders", "cookie", "cookies", "setcookie", "authorization", "password", "passwords",
	"passwd", "token",
	"tokens", "secret", "secrets", "apikey", "credential", "credentials", "payload", "internal",
	"session", "samples", "attachment", "attachments", "evidence", "rawrequest", "rawresponse" };

static bool
same_key(const char *key, const char *name)
{
	for (; *key != '\0'; key++) {
		if (*key == '-' || *key == '_')
			continue;
		if (tcs_lower(*key) != *name++)
			return false;
	}
	return *name == '\0';
}

const json_t *
rec_member(const json_t *object, const char *name)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)object, key, v)
		if (same_key(key, name))
			return v;
	return NULL;
}

bool
rec_secret(const char *key)
{
	size_t i;

	for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (same_key(key, secrets[i]))
			return true;
	return false;
}

/* ---- places --------------------------------------------------------------- */

static bool
is_ip(struct tcs_slice s)
{
	char text[64];
	unsigned char b[16];

	return tcs_copy(text, sizeof(text), s) &&
	    (inet_pton(AF_INET, text, b) == 1 || inet_pton(AF_INET6, text, b) == 1);
}

static void
take_scheme(struct tcs_slice *s, struct rec_place *out)
{
	size_t i;

	for (i = 0; i + 2 < s->n && s->p[i] != ':' && s->p[i] != '/' && s->p[i] != ' '; i++)
		;
	if (i == 0 || i + 2 >= s->n || memcmp(s->p + i, "://", 3) != 0)
		return;
	out->scheme = tcs_slice(s->p, i);
	out->url = true;
	*s = tcs_slice(s->p + i + 3, s->n - i - 3);
}

static void
take_port(struct tcs_slice s, struct rec_place *out)
{
	uint64_t port;

	if (tcs_uint(s, 65535, &port) && port > 0)
		out->port = (uint32_t)port;
}

static void
take_host(struct tcs_slice s, struct rec_place *out)
{
	size_t i;

	if (s.n > 0 && s.p[0] == '[') {
		i = tcs_find(s, ']');
		out->host = tcs_slice(s.p + 1, i - 1);
		if (i + 1 < s.n && s.p[i + 1] == ':')
			take_port(tcs_slice(s.p + i + 2, s.n - i - 2), out);
	} else if (is_ip(s)) {
		out->host = s;
	} else {
		i = tcs_find(s, ':');
		out->host = tcs_slice(s.p, i);
		if (i < s.n)
			take_port(tcs_slice(s.p + i + 1, s.n - i - 1), out);
	}
	while (out->host.n > 0 && out->host.p[out->host.n - 1] == '.')
		out->host.n--;
	out->ip = is_ip(out->host);
}

void
rec_place(struct tcs_slice s, struct rec_place *out)
{
	size_t i;

	*out = (struct rec_place){ .port = 0 };
	if (s.p == NULL || s.n == 0)
		return;
	take_scheme(&s, out);
	for (i = 0; i < s.n && strchr("/?# ", s.p[i]) == NULL; i++)
		;
	for (s.n = i; i > 0 && s.p[i - 1] != '@'; i--)
		;
	s = tcs_slice(s.p + i, s.n - i);
	if (s.n == 0)
		return;
	take_host(s, out);
	if (out->port == 0 && tcs_is_nocase(out->scheme, "https"))
		out->port = 443;
	else if (out->port == 0 && tcs_is_nocase(out->scheme, "http"))
		out->port = 80;
}

bool
rec_url(struct records *x, const char *column, struct tcs_slice url)
{
	struct tcs_slice rest = url;
	struct rec_place at = { .port = 0 };
	char *p = x->pool + x->npool;
	size_t i, head;

	take_scheme(&rest, &at);
	for (i = 0; i < rest.n && strchr("/?#", rest.p[i]) == NULL; i++)
		;
	while (i > 0 && rest.p[i - 1] != '@')
		i--;
	if (i == 0 || url.n > REC_POOL - x->npool)
		return rec_put(x, column, url);
	head = (size_t)(rest.p - url.p);
	memcpy(p, url.p, head);
	memcpy(p + head, rest.p + i, rest.n - i);
	x->npool += (uint32_t)(head + rest.n - i);
	return rec_put(x, column, tcs_slice(p, head + rest.n - i));
}
