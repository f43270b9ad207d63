/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What matching costs a row: the plugin "registry" as the host runs it, over
 * 900,000 networks (two thirds IPv4), 100,000 domains and 20,000 AS numbers.
 * Rows are mixed: 80 % IPv4, 10 % about a name, all with an AS number; about
 * one in twenty matches.  Figures only, no test.
 */
#include <time.h>
#include "3-match/match.h"
#include "mem.h"
#include "tap.h"
#include "timefmt.h"

#define NETS	900000u
#define DOMAINS	100000u
#define ASNS	20000u
#define BATCHES	64u

static uint64_t seed = 1;

static uint32_t
rnd(uint32_t n)
{
	seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
	return (uint32_t)((seed >> 32) % n);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Networks fill the lower twentieth of 1.0.0.0/8 to 223.0.0.0/8 and of 2001::/16, so that random rows
 * hit one in twenty. */
static void
put_ip(struct ip *ip, bool v4, bool hit)
{
	unsigned i;

	*ip = (struct ip){ { 0x20, 0x01 } };
	if (v4)
		*ip = (struct ip){ { [10] = 0xff, [11] = 0xff } };
	for (i = v4 ? 12 : 2; i < 16; i++)
		ip->b[i] = (uint8_t)rnd(256);
	if (v4) {
		ip->b[12] = (uint8_t)(1 + rnd(223));
		ip->b[13] = (uint8_t)(hit ? rnd(12) : 12 + rnd(244));
	} else
		ip->b[2] = (uint8_t)(hit ? rnd(12) : 12 + rnd(244));
}

static void
random_net(struct arena *a, struct asset *s, bool v4)
{
	static const uint8_t len4[] = { 24, 24, 24, 24, 23, 22, 21, 20, 28, 32 },
		len6[] = { 48, 48, 48, 44, 40, 36, 32, 64, 56, 128 };
	struct ipnet net;
	char text[IP_TEXT];

	put_ip(&net.ip, v4, true);
	net.len = v4 ? (uint8_t)(96 + len4[rnd(10)]) : len6[rnd(10)];
	ipnet_first(&net, &s->lo);
	ipnet_last(&net, &s->hi);
	net.ip = s->lo;
	ipnet_text(&net, text);
	s->text = arena_strdup(a, text);
}

static struct registry *
registry_make(void)
{
	struct arena *a = arena_new();
	struct registry *r = arena_alloc(a, sizeof *r);
	struct asset *s;
	uint32_t i;

	r->arena = a;
	r->asset = arena_alloc(a, (NETS + DOMAINS + ASNS) * sizeof *r->asset);
	for (i = 0; i < NETS + DOMAINS + ASNS; i++) {
		s = &r->asset[r->nasset++];
		*s = (struct asset){ .id = i + 1, .org = i + 1, .kind = ASSET_NET };
		if (i < NETS)
			random_net(a, s, i % 3 != 0);
		else if (i < NETS + DOMAINS) {
			s->kind = ASSET_DOMAIN;
			s->text = arena_printf(a, "shop-%u.example", i);
		} else {
			s->kind = ASSET_ASN;
			s->asn = 100000 + i * 7;
			s->text = arena_printf(a, "AS%u", s->asn);
		}
	}
	registry_index(r);
	return r;
}

static void
fill(struct batch *b, struct arena *a, unsigned what)
{
	uint32_t i;

	memset(b, 0, sizeof *b);
	b->nrow = BATCH_ROWS;
	for (i = 0; i < b->nrow; i++) {
		bool hit = rnd(20) == 0;

		if (what & 1) {
			put_ip(&b->ip[i], (what & 8) ? false : (what & 16) ? true : rnd(5) != 0, hit);
			batch_set(b->has_ip, i);
		}
		if ((what & 2) && ((what & 1) == 0 || rnd(10) == 0)) {
			b->name[i] = tcs_str(arena_printf(a,
			    hit ? "www.shop-%u.example" : "www.host-%u.example", NETS + rnd(DOMAINS)));
			batch_set(b->has_name, i);
		}
		if (what & 4) {
			b->asn[i] = rnd(400) == 0 ? 100000 + (NETS + DOMAINS + rnd(ASNS)) * 7 : rnd(70000);
			batch_set(b->has_asn, i);
		}
	}
}

static void
measure(struct stages *s, const char *what, unsigned bits)
{
	struct batch *b = xcalloc(BATCHES, sizeof *b);
	struct arena *a = arena_new();
	const struct tcs_claim *claim;
	struct err e = ERR_INIT;
	uint64_t rows = 0, claims = 0;
	double t;
	uint32_t i, n;

	for (i = 0; i < BATCHES; i++)
		fill(&b[i], a, bits);
	for (t = now(); now() - t < 1; )
		for (i = 0; i < BATCHES; i++, rows += BATCH_ROWS, claims += n)
			if (!stages_run(s, &b[i], &claim, &n, &e))
				exit(3);
	t = now() - t;
	printf("%-28s %6.1f ns a row, %5.2f claims a 100 rows\n", what, t * 1e9 / (double)rows,
	    (double)claims * 100 / (double)rows);
	arena_free(a);
	free(b);
}

int
main(void)
{
	static struct tcs_opt option = { "assets", TCS_T_DATA, TCS_O_OPTIONAL, NULL, NULL, "" };
	const char *build = getenv("TOP_BUILDDIR");
	char path[4096];
	struct plugin plugin = { .kind = TCS_STAGE, .name = "registry", .opts = &option, .nopt = 1,
		.path = path };
	const struct plugin *p = &plugin;
	const struct tcs_val *none = NULL;
	struct registry *r = registry_make();
	struct err e = ERR_INIT;
	struct stages *s;
	double t;

	snprintf(path, sizeof path, "%s/plugins/registry.so", build != NULL ? build : ".");
	if ((s = stages_open(&p, &none, 1, &e)) == NULL) {
		fprintf(stderr, "%s\n", e.text);
		return 3;
	}
	t = now();
	if (!stages_load(s, r, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 3;
	}
	printf("%-28s %6.2f s\n", "load", now() - t);
	measure(s, "mixed", 7);
	measure(s, "IPv4 only", 1 | 16);
	measure(s, "IPv6 only", 1 | 8);
	measure(s, "AS only", 4);
	measure(s, "names only", 2);
	stages_close(s);
	registry_free(r);
	return 0;
}
