/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MISP's warning lists: a JSON object with name, version, type and list.  Of
 * type cidr networks and addresses; hostname: names, and all below them;
 * string: the same text; substring: a text that holds it.  A list of type regex
 * is refused: its expressions are another language's.
 */
#include <arpa/inet.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/plugin.h>
#include "list.h"

#define LONGEST	255

void
wlists_free(struct wlists *w)
{
	uint32_t i, k;

	for (i = 0; i < w->n; i++) {
		for (k = 0; k < w->list[i].nname; k++)
			free(w->list[i].name[k]);
		free(w->list[i].name);
		free(w->list[i].net);
	}
	free(w->list);
}

/* ---- addresses */

static bool
address(struct tcs_slice s, uint8_t ip[16], bool *four)
{
	char text[64];
	struct in_addr a4;

	if (!tcs_copy(text, sizeof text, s))
		return false;
	*four = inet_pton(AF_INET, text, &a4) == 1;
	if (*four) {
		memset(ip, 0, 10);
		memset(ip + 10, 0xff, 2);
		memcpy(ip + 12, &a4, 4);
		return true;
	}
	return inet_pton(AF_INET6, text, ip) == 1;
}

static void
mask(uint8_t ip[16], unsigned len)
{
	unsigned i;

	for (i = 0; i < 16; i++)
		if (i * 8 >= len)
			ip[i] = 0;
		else if (i * 8 + 8 > len)
			ip[i] &= (uint8_t)(0xff << (8 - (len - i * 8)));
}

static int
by_net(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct net));
}

static int
add_net(struct wlist *l, struct tcs_slice s)
{
	struct tcs_slice ip;
	struct net n, *more;
	uint64_t len;
	bool four;

	if (!tcs_cut(&s, '/', &ip) || !address(ip, n.ip, &four))
		return TCS_EINPUT;
	len = four ? 32 : 128;
	if (s.p != NULL && !tcs_uint(s, len, &len))
		return TCS_EINPUT;
	n.len = (uint8_t)(four ? len + 96 : len);
	mask(n.ip, n.len);
	if (l->nnet == l->net_cap) {
		l->net_cap = l->net_cap ? 2 * l->net_cap : 256;
		if ((more = realloc(l->net, l->net_cap * sizeof *more)) == NULL)
			return TCS_ENOMEM;
		l->net = more;
	}
	l->net[l->nnet++] = n;
	l->len[n.len] = 1;
	return TCS_OK;
}

bool
wlist_ip(const struct wlist *l, struct tcs_slice s)
{
	uint8_t ip[16];
	struct net key;
	unsigned len;
	bool four;

	if (l->nnet == 0 || s.p == NULL || !address(s, ip, &four))
		return false;
	for (len = 0; len <= 128; len++) {
		if (!l->len[len] || (four && len < 96))
			continue;
		key.len = (uint8_t)len;
		memcpy(key.ip, ip, sizeof ip);
		mask(key.ip, len);
		if (bsearch(&key, l->net, l->nnet, sizeof key, by_net) != NULL)
			return true;
	}
	return false;
}

/* ---- texts */

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
lower(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + 32);
}

static int
add_name(struct wlist *l, struct tcs_slice s)
{
	char **more, *name;

	if (l->hosts && s.n > 0 && s.p[0] == '.')
		s = tcs_slice(s.p + 1, s.n - 1);
	if (s.n == 0 || s.n > LONGEST)
		return TCS_EINPUT;
	if (l->nname == l->name_cap) {
		l->name_cap = l->name_cap ? 2 * l->name_cap : 256;
		if ((more = realloc(l->name, l->name_cap * sizeof *more)) == NULL)
			return TCS_ENOMEM;
		l->name = more;
	}
	if ((name = malloc(s.n + 1)) == NULL)
		return TCS_ENOMEM;
	memcpy(name, s.p, s.n);
	name[s.n] = '\0';
	lower(name);
	l->name[l->nname++] = name;
	return TCS_OK;
}

bool
wlist_name(const struct wlist *l, struct tcs_slice s)
{
	char text[LONGEST + 1], *at = text;
	uint32_t i;

	if (l->nname == 0 || s.n == 0 || !tcs_copy(text, sizeof text, s))
		return false;
	lower(text);
	for (i = 0; l->part && i < l->nname; i++)
		if (strstr(text, l->name[i]) != NULL)
			return true;
	for (; !l->part && at != NULL; at = l->hosts ? strchr(at, '.') : NULL) {
		at += *at == '.';
		if (bsearch(&at, l->name, l->nname, sizeof at, by_name) != NULL)
			return true;
	}
	return false;
}

/* ---- the documents */

static int
add(struct wlist *l, bool nets, struct tcs_slice s)
{
	s = tcs_trim(s);
	return nets ? add_net(l, s) : add_name(l, s);
}

static int
take(struct wlist *l, const json_t *j, char *why, size_t room)
{
	const char *type = json_string_value(json_object_get(j, "type")),
	    *name = json_string_value(json_object_get(j, "name"));
	const json_t *all = json_object_get(j, "list"), *v;
	bool nets;
	size_t i;
	int rc = TCS_OK;

	if (type == NULL || name == NULL || !json_is_array(all)) {
		snprintf(why, room, "expected an object with name, version, type and list");
		return TCS_EINPUT;
	}
	nets = strcmp(type, "cidr") == 0;
	l->hosts = strcmp(type, "hostname") == 0;
	l->part = strcmp(type, "substring") == 0;
	if (!nets && !l->hosts && !l->part && strcmp(type, "string") != 0) {
		snprintf(why, room, "\"%.60s\" is of type %.20s: expected cidr, "
		    "hostname, string or substring", name,
		    type);
		return TCS_EINPUT;
	}
	snprintf(l->title, sizeof l->title, "in warning list %.120s version %lld", name,
	    (long long)json_integer_value(json_object_get(j, "version")));
	for (i = 0; i < json_array_size(all) && rc == TCS_OK; i++) {
		v = json_array_get(all, i);
		rc = !json_is_string(v) ? TCS_EINPUT :
		    add(l, nets, tcs_slice(json_string_value(v), json_string_length(v)));
	}
	if (rc == TCS_EINPUT)
		snprintf(why, room, "\"%.60s\", entry %u: expected %s", name, (unsigned)i,
		    nets ? "an address or a network" : "a text of at most 255 bytes");
	if (l->nnet > 0)
		qsort(l->net, l->nnet, sizeof *l->net, by_net);
	if (l->nname > 0)
		qsort(l->name, l->nname, sizeof *l->name, by_name);
	return rc;
}

int
wlists_read(struct wlists *w, const char *p, size_t n, char *why, size_t room)
{
	struct tcs_slice rest = tcs_trim(tcs_slice(p, n));
	struct wlist *more;
	json_error_t e;
	json_t *j;
	int rc = TCS_OK;

	while (rc == TCS_OK && rest.n > 0) {
		j = json_loadb(rest.p, rest.n, JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &e);
		if (j == NULL) {
			snprintf(why, room, "list %u, line %d: %s", (unsigned)w->n + 1, e.line, e.text);
			return TCS_EINPUT;
		}
		if ((more = realloc(w->list, (w->n + 1) * sizeof *more)) != NULL) {
			w->list = more;
			memset(&w->list[w->n], 0, sizeof *more);
			rc = take(&w->list[w->n++], j, why, room);
		} else
			rc = TCS_ENOMEM;
		json_decref(j);
		rest = tcs_trim(tcs_slice(rest.p + e.position, rest.n - (size_t)e.position));
	}
	return rc;
}
