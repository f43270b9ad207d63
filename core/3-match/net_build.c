/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See net.h.  Files name people by handle, in any order and in other files, so
 * nothing is tied before all are read.  Texts are interned: a registry has
 * millions of networks and far fewer people.
 */
#include <stdlib.h>
#include <string.h>
#include "3-match/net.h"
#include "map.h"
#include "mem.h"
#include "registry_value.h"

#define NAME_MOST 100			/* bytes of a name that are kept */
#define HOPS 4				/* handle -> organisation -> role; more is a circle */

struct range { struct ip lo, hi; uint32_t name, abuse, org, irt, origin; char cc[2]; };
struct system { uint32_t lo, hi, name, abuse, org, irt; char cc[2]; };
struct handle { uint32_t id, name, mail, next; };
struct cert { char cc[2]; uint32_t name, mail, language; };

struct net_build {
	struct arena	*arena;
	struct map	*text;		/* interned: text -> number from 1 */
	const char	**word;
	uint32_t	 nword, cword;
	struct map	*by_handle;	/* word -> place in handle + 1 */
	struct range	*range;
	struct system	*system;
	struct handle	*handle;
	struct cert	*cert;
	uint32_t	 nrange, crange, nsystem, csystem, nhandle, chandle, ncert, ccert;
	struct map	*party_of;	/* handle -> number from 1 */
	struct net_count count;
	int64_t		 dated;
	const char	*name, *first;
};

struct net_build *
net_build_new(void)
{
	struct net_build *b = xcalloc(1, sizeof *b);

	b->arena = arena_new();
	b->text = map_new();
	b->by_handle = map_new();
	b->party_of = map_new();
	b->dated = TIME_NONE;
	b->name = b->first = "";
	return b;
}

void
net_build_free(struct net_build *b)
{
	if (b == NULL)
		return;
	map_free(b->text);
	map_free(b->by_handle);
	map_free(b->party_of);
	free(b->word);
	free(b->range);
	free(b->system);
	free(b->handle);
	free(b->cert);
	arena_free(b->arena);
	free(b);
}

static void *
more(void *list, uint32_t n, uint32_t *cap, size_t size)
{
	if (n < *cap)
		return list;
	*cap = *cap > 0 ? *cap * 2 : 256;
	return xrealloc(list, *cap * size);
}

/* ---- texts */

/* What separates cells, and what could turn a terminal, becomes a space; too long is cut between
 * characters. */
static struct tcs_slice
clean(struct net_build *b, struct tcs_slice s)
{
	char *p;
	size_t i;

	s = tcs_trim(s);
	if (s.n > NAME_MOST)
		for (s.n = NAME_MOST; s.n > 0 && (s.p[s.n] & 0xc0) == 0x80; s.n--)
			;
	p = arena_strndup(b->arena, s.n > 0 ? s.p : "", s.n);
	for (i = 0; i < s.n; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			p[i] = ' ';
	return tcs_slice(p, s.n);
}

static uint32_t
intern(struct net_build *b, struct tcs_slice s)
{
	uint64_t id;

	s = tcs_trim(s);
	if (s.n == 0)
		return 0;
	if (map_get(b->text, s.p, s.n, &id))
		return (uint32_t)id;
	map_set(b->text, s.p, s.n, ++b->nword);
	b->word = more(b->word, b->nword, &b->cword, sizeof *b->word);
	b->word[b->nword] = clean(b, s).p;
	return b->nword;
}

/* Handles are the same in any case of letters. */
static uint32_t
intern_handle(struct net_build *b, struct tcs_slice s)
{
	char text[80];
	size_t i;

	s = tcs_trim(s);
	if (s.n == 0 || s.n >= sizeof text)
		return 0;
	for (i = 0; i < s.n; i++)
		text[i] = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 32) : s.p[i];
	return intern(b, tcs_slice(text, s.n));
}

static const char *
word(const struct net_build *b, uint32_t id)
{
	return id > 0 ? b->word[id] : "";
}

static void
put_country(char cc[2], struct tcs_slice s)
{
	s = tcs_trim(s);
	cc[0] = cc[1] = '\0';
	if (s.n != 2)
		return;
	cc[0] = s.p[0] >= 'a' && s.p[0] <= 'z' ? (char)(s.p[0] - 32) : s.p[0];
	cc[1] = s.p[1] >= 'a' && s.p[1] <= 'z' ? (char)(s.p[1] - 32) : s.p[1];
	if (cc[0] < 'A' || cc[0] > 'Z' || cc[1] < 'A' || cc[1] > 'Z')
		cc[0] = cc[1] = '\0';
}

bool
net_mail(struct net_build *b, struct tcs_slice text, struct tcs_slice *out)
{
	struct err e = ERR_INIT;
	const char *mail = "";

	*out = tcs_slice("", 0);
	if (!value_mail(tcs_trim(text), "mail", b->arena, &mail, &e) || *mail == '\0')
		return false;
	*out = tcs_str(mail);
	return true;
}

/* ---- what readers put */

void
net_put_range(struct net_build *b, const struct ip *lo, const struct ip *hi, struct tcs_slice name,
    struct tcs_slice country, const struct net_ref *ref, uint32_t origin)
{
	struct range *r;

	b->range = more(b->range, b->nrange, &b->crange, sizeof *b->range);
	r = &b->range[b->nrange++];
	*r = (struct range){ .lo = *lo, .hi = *hi, .name = intern(b, name), .origin = origin };
	put_country(r->cc, country);
	if (ref == NULL)
		return;
	r->abuse = intern_handle(b, ref->abuse);
	r->org = intern_handle(b, ref->org);
	r->irt = intern_handle(b, ref->irt);
}

void
net_put_as(struct net_build *b, uint32_t lo, uint32_t hi, struct tcs_slice name, struct tcs_slice country,
    const struct net_ref *ref)
{
	struct system *s;

	b->system = more(b->system, b->nsystem, &b->csystem, sizeof *b->system);
	s = &b->system[b->nsystem++];
	*s = (struct system){ .lo = lo, .hi = hi, .name = intern(b, name) };
	put_country(s->cc, country);
	if (ref == NULL)
		return;
	s->abuse = intern_handle(b, ref->abuse);
	s->org = intern_handle(b, ref->org);
	s->irt = intern_handle(b, ref->irt);
}

/* A handle twice: the one that says more stays, or else the first. */
void
net_put_handle(struct net_build *b, struct tcs_slice handle, struct tcs_slice name, struct tcs_slice mail,
    struct tcs_slice next)
{
	struct handle h = { intern_handle(b, handle), intern(b, name), intern(b, mail),
		intern_handle(b, next) };
	uint64_t at;

	if (h.id == 0)
		return;
	if (map_get(b->by_handle, &h.id, sizeof h.id, &at)) {
		struct handle *old = &b->handle[at - 1];

		old->name = old->name > 0 ? old->name : h.name;
		old->mail = old->mail > 0 ? old->mail : h.mail;
		old->next = old->next > 0 ? old->next : h.next;
		return;
	}
	b->handle = more(b->handle, b->nhandle, &b->chandle, sizeof *b->handle);
	b->handle[b->nhandle++] = h;
	map_set(b->by_handle, &h.id, sizeof h.id, b->nhandle);
}

void
net_put_cert(struct net_build *b, struct tcs_slice country, struct tcs_slice name, struct tcs_slice mail,
    struct tcs_slice language)
{
	struct cert c = { .name = intern(b, name), .mail = intern(b, mail), .language = intern(b, language) };

	put_country(c.cc, country);
	b->cert = more(b->cert, b->ncert, &b->ccert, sizeof *b->cert);
	b->cert[b->ncert++] = c;
}

void
net_put_dated(struct net_build *b, int64_t dated)
{
	if (dated != TIME_NONE && (b->dated == TIME_NONE || dated < b->dated))
		b->dated = dated;
}

void
net_put_name(struct net_build *b, const char *prefix, struct tcs_slice name)
{
	char *p;

	if (*b->name != '\0')
		return;
	b->name = p = arena_printf(b->arena, "%s%.*s", prefix, (int)(name.n < 40 ? name.n : 40),
	    name.n > 0 ? name.p : "");
	for (; *p != '\0'; p++)
		if ((*p >= '0' && *p <= '9') || (tcs_lower(*p) >= 'a' && tcs_lower(*p) <= 'z'))
			*p = tcs_lower(*p);
		else
			*p = '-';
}

void
net_refuse(struct net_build *b, const char *file, unsigned line, const char *why)
{
	if (b->count.refused++ == 0)
		b->first = line > 0 ? arena_printf(b->arena, "%s:%u: %s", file, line, why) :
		    arena_printf(b->arena, "%s: %s", file, why);
}

void
net_pass(struct net_build *b)
{
	b->count.passed++;
}

int64_t
net_build_dated(const struct net_build *b)
{
	return b->dated;
}

const char *
net_build_name(const struct net_build *b)
{
	return b->name;
}

const char *
net_build_first(const struct net_build *b)
{
	return b->first;
}

/* ---- the end: handles become parties */

static const struct handle *
handle_of(const struct net_build *b, uint32_t id)
{
	uint64_t at;

	return id > 0 && map_get(b->by_handle, &id, sizeof id, &at) ? &b->handle[at - 1] : NULL;
}

/* The mail address a handle leads to; 0: none. */
static uint32_t
mail_of(const struct net_build *b, uint32_t id)
{
	const struct handle *h = handle_of(b, id);
	int n;

	for (n = 0; h != NULL && n < HOPS; n++) {
		if (h->mail > 0)
			return h->mail;
		h = handle_of(b, h->next);
	}
	return 0;
}

/* The party is the organisation, where the network names one; a desk for abuse of its own, which is not the
 * organisation's, is a party of its own. */
static uint32_t
handle_for(struct net_build *b, uint32_t abuse, uint32_t org, uint32_t irt, uint32_t *mail)
{
	uint32_t desk = mail_of(b, abuse), own = mail_of(b, org);
	uint64_t at;

	if (own == 0 && desk > 0 && org > 0 && map_get(b->by_handle, &org, sizeof org, &at))
		b->handle[at - 1].mail = own = desk;
	*mail = desk > 0 ? desk : own > 0 ? own : mail_of(b, irt);
	if (desk > 0 && desk != own)
		return abuse;
	return org > 0 ? org : desk > 0 ? abuse : irt;
}

static uint32_t
party_of(struct net_build *b, struct buf *out, uint32_t abuse, uint32_t org, uint32_t irt, uint32_t name)
{
	uint32_t mail, id = handle_for(b, abuse, org, irt, &mail);
	const struct handle *h = handle_of(b, id);
	uint64_t party;

	if (mail == 0)
		return 0;
	if (map_get(b->party_of, &id, sizeof id, &party))
		return (uint32_t)party;
	map_set(b->party_of, &id, sizeof id, ++b->count.parties);
	buf_printf(out, "P\tnet:%s\t%s\t%s\t\t\n", word(b, id),
	    h != NULL && h->name > 0 ? word(b, h->name) : name > 0 ? word(b, name) : word(b, id),
	    word(b, mail));
	return b->count.parties;
}

static void
end_range(struct net_build *b, struct buf *out, const struct range *r)
{
	char lo[IP_TEXT], hi[IP_TEXT];
	uint32_t party = party_of(b, out, r->abuse, r->org, r->irt, r->name);

	ip_text(&r->lo, lo);
	ip_text(&r->hi, hi);
	buf_printf(out, "N\t%s\t%s\t%s\t%.2s\t%u\t%u\n", lo, hi, word(b, r->name), r->cc, party, r->origin);
	if (r->name == 0 && r->org == 0 && r->abuse == 0 && r->irt == 0 && r->origin == 0)
		b->count.countries++;
	else {
		b->count.networks++;
		b->count.silent += party == 0;
	}
}

void
net_build_end(struct net_build *b, struct buf *out, struct net_count *n)
{
	const struct system *s;
	const struct cert *c;
	uint32_t i, party;

	for (i = 0; i < b->ncert; i++) {
		c = &b->cert[i];
		buf_printf(out, "P\tcert:%.2s\t%s\t%s\t%s\t%.2s\n", c->cc, word(b, c->name), word(b, c->mail),
		    word(b, c->language), c->cc);
		b->count.parties++;
	}
	for (i = 0; i < b->nrange; i++)
		end_range(b, out, &b->range[i]);
	for (i = 0; i < b->nsystem; i++) {
		s = &b->system[i];
		party = party_of(b, out, s->abuse, s->org, s->irt, s->name);
		buf_printf(out, "A\t%u\t%u\t%s\t%.2s\t%u\n", s->lo, s->hi, word(b, s->name), s->cc, party);
	}
	b->count.systems = b->nsystem;
	b->count.certs = b->ncert;
	*n = b->count;
}
