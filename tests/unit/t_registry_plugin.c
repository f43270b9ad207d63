/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stage plugin "registry", loaded as the host loads it, against an oracle
 * that looks at every asset for every row: a million rows over random
 * registries, every claim compared.  Networks, ranges and names are drawn from
 * small sets, so that they nest, are equal, touch and just miss.
 */
#include <inttypes.h>
#include "3-match/match.h"
#include "timefmt.h"
#include "tap.h"

static uint64_t seed = 20261120;

static uint32_t
rnd(uint32_t n)
{
	seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
	return (uint32_t)((seed >> 32) % n);
}

/* ---- a random registry */

static struct ip
random_ip(bool v4)
{
	static const uint8_t edge[] = { 0, 1, 127, 128, 254, 255 };
	struct ip ip = { { 0x20, 0x01, 0x0d, 0xb8 } };
	unsigned i;

	if (v4)
		ip = (struct ip){ { [10] = 0xff, [11] = 0xff, [12] = 192, [13] = 0, [14] = 2, [15] = 0 } };
	if (rnd(8) == 0)
		for (i = v4 ? 12 : 0; i < 16; i++)
			ip.b[i] = (uint8_t)rnd(256);
	for (i = 13; i < 16; i++)
		if (rnd(3) != 0)
			ip.b[i] = edge[rnd(6)];
	if (!v4 && rnd(2) == 0)
		ip.b[4 + rnd(12)] = edge[rnd(6)];
	return ip;
}

static struct tcs_slice
random_name(struct arena *a)
{
	static const char *const label[] = { "a", "b", "aa", "shop", "xn--9ca", "example", "nl" };
	struct buf b;
	unsigned n = 1 + rnd(5);
	struct tcs_slice s;

	buf_init(&b);
	while (n-- > 0) {
		buf_str(&b, label[rnd(7)]);
		if (n > 0)
			buf_char(&b, '.');
	}
	s = tcs_slice(arena_strndup(a, b.p, b.n), b.n);
	buf_free(&b);
	return s;
}

static uint32_t
random_asn(void)
{
	static const uint32_t asn[] = { 0, 1, 64496, 64511, 65535, 65536, 4294967295u };

	return rnd(2) ? asn[rnd(7)] : 64496 + rnd(1000);
}

static void
random_net(struct arena *a, struct asset *s)
{
	bool v4 = rnd(2);
	struct ipnet net = { random_ip(v4), (uint8_t)(v4 ? 96 + rnd(33) : rnd(129)) };
	char text[IP_TEXT];

	if (rnd(20) == 0)
		net.len = v4 ? (rnd(2) ? 96 : 128) : (rnd(2) ? 0 : 128);
	ipnet_first(&net, &s->lo);
	ipnet_last(&net, &s->hi);
	net.ip = s->lo;
	ipnet_text(&net, text);
	s->kind = ASSET_NET;
	s->text = arena_strdup(a, text);
}

static void
random_range(struct arena *a, struct asset *s)
{
	bool v4 = rnd(2);
	struct ip x = random_ip(v4), y = random_ip(v4);

	if (!v4) {			/* not over the mapped block: no such range can be written */
		x.b[0] = y.b[0] = 0x20;
		x.b[1] = y.b[1] = 0x01;
	}
	s->kind = ASSET_RANGE;
	s->lo = ip_cmp(&x, &y) < 0 ? x : y;
	s->hi = ip_cmp(&x, &y) < 0 ? y : x;
	s->text = arena_strdup(a, "a range");
}

static struct registry *
random_registry(uint32_t n)
{
	struct arena *a = arena_new();
	struct registry *r = arena_alloc(a, sizeof *r);
	struct asset *s;
	uint32_t i, id = 0;

	r->arena = a;
	r->asset = arena_alloc(a, (n + 1) * sizeof *r->asset);
	for (i = 0; i < n; i++) {
		s = &r->asset[r->nasset++];
		*s = (struct asset){ .id = id += 1 + rnd(3), .org = 1 + rnd(9) };
		switch (rnd(8)) {
		case 0:
			random_range(a, s);
			break;
		case 1:
			s->kind = ASSET_ASN;
			s->asn = random_asn();
			s->text = arena_printf(a, "AS%" PRIu32, s->asn);
			break;
		case 2: case 3:
			s->kind = ASSET_DOMAIN;
			s->text = random_name(a).p;
			break;
		default:
			random_net(a, s);
		}
		if (i > 0 && rnd(10) == 0) {		/* the same again */
			*s = r->asset[rnd(i)];
			s->id = id;
		}
	}
	registry_index(r);
	return r;
}

/* ---- rows */

static struct ip
step(struct ip ip, int by)
{
	int i, v;

	for (i = 15; i >= 0 && by != 0; i--) {
		v = ip.b[i] + by;
		ip.b[i] = (uint8_t)v;
		by = v < 0 ? -1 : v > 255 ? 1 : 0;
	}
	return ip;
}

static void
random_row(const struct registry *r, struct batch *b, uint32_t i, struct arena *a)
{
	const struct asset *s = r->nasset > 0 ? &r->asset[rnd(r->nasset)] : NULL;

	b->row[i] = i;
	b->observed[i] = TIME_NONE;
	b->verdict[i] = rnd(50) == 0;
	if (rnd(10) != 0) {
		b->ip[i] = random_ip(rnd(2));
		/* at its edges */
		if (s != NULL && (s->kind == ASSET_NET || s->kind == ASSET_RANGE) && rnd(2))
			b->ip[i] = step(rnd(2) ? s->lo : s->hi, (int)rnd(3) - 1);
		batch_set(b->has_ip, i);
	}
	if (rnd(2)) {
		b->name[i] = random_name(a);
		batch_set(b->has_name, i);
	}
	if (rnd(3)) {
		b->asn[i] = random_asn();
		batch_set(b->has_asn, i);
	}
}

/* ---- the oracle */

static uint32_t
labels(const char *s)
{
	uint32_t n = 1;

	for (; *s; s++)
		n += *s == '.';
	return n;
}

static bool
under(struct tcs_slice name, const char *domain)
{
	size_t n = strlen(domain);

	return tcs_ends(name, domain) && (name.n == n || name.p[name.n - n - 1] == '.');
}

/* Whether it covers the row; rank 0 where it is not said (parts of ranges). */
static bool
covers(const struct asset *s, const struct batch *b, uint32_t i, struct tcs_claim *c)
{
	struct ipnet net;

	*c = (struct tcs_claim){ i, s->id, TCS_R_NETWORK, 0 };
	switch (s->kind) {
	case ASSET_NET:
		if (!ipnet_parse(s->text, strlen(s->text), &net, NULL))
			abort();
		c->rank = net.len;
		/* FALLTHROUGH */
	case ASSET_RANGE:
		return batch_bit(b->has_ip, i) && ip_cmp(&s->lo, &b->ip[i]) <= 0 &&
		    ip_cmp(&b->ip[i], &s->hi) <= 0 && ip_is4(&b->ip[i]) == (ip_is4(&s->lo) && ip_is4(&s->hi));
	case ASSET_ASN:
		c->rule = TCS_R_ASN;
		return batch_bit(b->has_asn, i) && b->asn[i] == s->asn;
	default:
		c->rule = TCS_R_DOMAIN;
		c->rank = (uint16_t)labels(s->text);
		return batch_bit(b->has_name, i) && under(b->name[i], s->text);
	}
}

static int
by_asset(const void *x, const void *y)
{
	const struct tcs_claim *a = x, *b = y;

	return a->asset < b->asset ? -1 : a->asset > b->asset;
}

static uint32_t
compare_row(const struct registry *r, const struct batch *b, uint32_t i, const struct tcs_claim *got,
    uint32_t ngot)
{
	static struct tcs_claim sorted[65536];
	struct tcs_claim want;
	uint32_t k, n = 0;

	if (ngot > 65536)
		return 1;
	if (ngot > 0)
		memcpy(sorted, got, ngot * sizeof *got);
	qsort(sorted, ngot, sizeof *sorted, by_asset);
	for (k = 0; k < r->nasset && b->verdict[i] == 0; k++) {
		if (!covers(&r->asset[k], b, i, &want))
			continue;
		if (n == ngot || sorted[n].row != i || sorted[n].asset != want.asset ||
		    sorted[n].rule != want.rule || (want.rank != 0 && sorted[n].rank != want.rank)) {
			printf("# row %u: asset %u %s is not claimed as it should be\n", i, want.asset,
			    r->asset[k].text);
			return 1;
		}
		n++;
	}
	if (n != ngot)
		printf("# row %u: %u claims, %u are right\n", i, ngot, n);
	return n != ngot;
}

static uint32_t
compare(struct stages *s, const struct registry *r, uint32_t rows, uint64_t *claims)
{
	static struct batch b;
	struct arena *a = arena_new();
	const struct tcs_claim *claim;
	uint32_t n, i, k, m, bad = 0;
	struct err e = ERR_INIT;

	memset(&b, 0, sizeof b);
	b.nrow = rows;
	for (i = 0; i < rows; i++)
		random_row(r, &b, i, a);
	if (!stages_run(s, &b, &claim, &n, &e)) {
		printf("# %s\n", e.text);
		return 1;
	}
	*claims += n;
	for (i = k = 0; i < rows && bad == 0; i++, k += m) {
		for (m = 0; k + m < n && claim[k + m].row == i; m++)
			;
		bad += compare_row(r, &b, i, claim + k, m);
	}
	arena_free(a);
	return bad != 0 || k != n;
}

/* ---- the plugin */

static struct tcs_opt option = { "assets", TCS_T_DATA, TCS_O_OPTIONAL, NULL, NULL, "" };
static struct plugin plugin = { .kind = TCS_STAGE, .name = "registry", .opts = &option, .nopt = 1 };

static void
test_refusals(void)
{
	const struct plugin *p = &plugin;
	struct plugin other = plugin;
	const struct plugin *po = &other;
	struct tcs_val val = { 1, TCS_T_DATA, { .s = "x" } };
	const struct tcs_val *none = NULL, *given = &val;
	struct err e = ERR_INIT, e2 = ERR_INIT;

	ok(stages_open(&p, &given, 1, &e) == NULL && strstr(e.text, "comes from the registry") != NULL,
	    "assets as an option are refused: %s", e.text);
	other.path = "/nonexistent/registry.so";
	ok(stages_open(&po, &none, 1, &e2) == NULL && strstr(e2.text, "cannot be loaded") != NULL,
	    "no such file");
}

static void
test_bad_data(struct stages *s)
{
	struct registry *r = random_registry(20);
	struct err e = ERR_INIT;
	uint64_t claims = 0;

	ok(stages_load(s, r, &e), "a registry is loaded");
	r->asset[10].kind = ASSET_NET;
	r->asset[10].text = "192.0.2.1/24";
	ok(!stages_load(s, r, &e) && strstr(e.text, "bits set past the prefix length") != NULL,
	    "broken data is refused: %s", e.text);
	registry_free(r);
	r = random_registry(0);
	ok(stages_load(s, r, &e) && compare(s, r, BATCH_ROWS, &claims) == 0 && claims == 0,
	    "an empty registry claims nothing");
	registry_free(r);
}

static void
test_oracle(struct stages *s, uint32_t registries, uint32_t assets, uint32_t batches)
{
	uint64_t rows = 0, claims = 0;
	uint32_t i, k, n, bad = 0;
	struct registry *r;
	struct err e = ERR_INIT;

	for (i = 0; i < registries && bad == 0; i++) {
		r = random_registry(1 + rnd(assets));
		bad += !stages_load(s, r, &e);
		for (k = 0; k < batches && bad == 0; k++) {
			n = rnd(4) ? BATCH_ROWS : rnd(BATCH_ROWS + 1);
			bad += compare(s, r, n, &claims);
			rows += n;
		}
		registry_free(r);
	}
	ok(bad == 0, "%u registries of up to %u assets: %" PRIu64 " rows, %" PRIu64
	    " claims as the oracle has them", registries, assets, rows, claims);
}

int
main(void)
{
	const char *build = getenv("TOP_BUILDDIR"), *san = getenv("SANITIZED");
	bool slow = san != NULL && strcmp(san, "yes") == 0;
	char path[4096];
	const struct plugin *p = &plugin;
	const struct tcs_val *none = NULL;
	struct stages *s;
	struct err e = ERR_INIT;

	snprintf(path, sizeof path, "%s/plugins/registry.so", build != NULL ? build : ".");
	plugin.path = path;
	s = stages_open(&p, &none, 1, &e);
	if (!ok(s != NULL, "the plugin is loaded%s%s", s == NULL ? ": " : "", e.text))
		return done_testing();
	test_refusals();
	test_bad_data(s);
	test_oracle(s, slow ? 100 : 1000, 12, 1);
	test_oracle(s, slow ? 10 : 50, 200, 10);
	test_oracle(s, slow ? 1 : 3, 4000, 2);
	stages_close(s);
	return done_testing();
}
