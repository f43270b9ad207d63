/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is converted for every row, column by column over up to 1,024 rows:
 * the time, the subject's address, AS number and name, and whatever else the
 * feed needs, which is only checked.  A row that has something wrong goes to
 * the rejects; only then are the others moved together.
 */
#include "2-decode/binding_int.h"

struct chunk {
	struct binding	*b;
	const struct rows *r;
	struct batch	*out;
	uint32_t	 n;
	bool		 bad;				/* some row has a why */
	const char	*why[BATCH_ROWS];
};

static void
refuse(struct chunk *c, uint32_t j, const char *why)
{
	if (c->why[j] == NULL)
		c->why[j] = why;
	c->bad = true;
}

/* An earlier line's value stands, but a column that is needed is checked all the same. */
static void
do_time(struct chunk *c, const struct bound *m)
{
	const struct tz *zone = m->m->conv == CONV_TIME ? c->b->feed->body->zone : NULL;
	const char *pattern = m->m->conv == CONV_TIME ? c->b->feed->body->time_pattern : NULL;
	struct conv_day *day = &c->b->day;
	int64_t *to = c->out->observed, t;
	uint32_t j;
	uint16_t k;

	for (j = 0; j < c->n; j++)
		for (k = 0; k < m->n && (to[j] == TIME_NONE || m->m->need); k++) {
			struct tcs_slice s = c->r->col[m->k[k]][c->out->row[j]];

			if (s.n == 0)
				continue;
			if ((zone == NULL && pattern == NULL && conv_time_fast(s, day, &t)) ||
			    (!field_ignores(tcs_trim(s)) && convert_time_as(s, pattern, zone, &t))) {
				to[j] = to[j] == TIME_NONE ? t : to[j];
				break;
			}
			if (m->m->need && !field_ignores(tcs_trim(s)))
				refuse(c, j, m->m->why);
		}
}

static inline bool
any_byte(const struct ip *ip)
{
	uint32_t last;

	memcpy(&last, ip->b + 12, 4);
	return last != 0;
}

/* 1: an address, 0: none, -1: text that is not one */
static int
slow_address(struct tcs_slice s, struct ip *ip)
{
	s = tcs_trim(s);
	if (field_ignores(s) || tcs_is(s, "0.0.0.0"))
		return 0;
	return ip_parse(s.p, s.n, ip) ? 1 : -1;
}

static void
do_address(struct chunk *c, const struct bound *m)
{
	struct batch *out = c->out;
	struct ip ip;
	uint32_t j;
	uint16_t k;
	int got;

	for (j = 0; j < c->n; j++)
		for (k = 0, got = 0;
		    k < m->n && got == 0 && (m->m->need || !batch_bit(out->has_ip, j)); k++) {
			struct tcs_slice s = c->r->col[m->k[k]][out->row[j]];

			got = conv_ip4_fast(s, &ip) && any_byte(&ip) ? 1 : slow_address(s, &ip);
			if (got > 0 && !batch_bit(out->has_ip, j)) {
				out->ip[j] = ip;
				batch_set(out->has_ip, j);
			} else if (got < 0) {
				if (m->m->need)
					refuse(c, j, m->m->why);
				got = 0;
			}
		}
}

/* As slow_address. */
static int
read_asn(struct chunk *c, const struct bound *m, struct tcs_slice s, uint32_t *asn)
{
	struct fvalue v = { 0 };

	if (s.n == 0)
		return 0;
	if (conv_uint_fast(s, asn) && *asn != 0)
		return 1;
	if (field_ignores(tcs_trim(s)))
		return 0;
	switch (convert(m->m->conv, s, NULL, NULL, c->b->scratch, &v)) {
	case CV_NONE:
		return 0;
	case CV_BAD:
		return -1;
	default:
		if (!field_value(m->field, &v, c->b->scratch))
			return -1;
		*asn = (uint32_t)v.i;
		return 1;
	}
}

static void
do_asn(struct chunk *c, const struct bound *m)
{
	struct batch *out = c->out;
	uint32_t j, asn;
	uint16_t k;
	int got;

	for (j = 0; j < c->n; j++)
		for (k = 0, got = 0;
		    k < m->n && got <= 0 && (m->m->need || !batch_bit(out->has_asn, j)); k++) {
			got = read_asn(c, m, c->r->col[m->k[k]][out->row[j]], &asn);
			if (got > 0 && !batch_bit(out->has_asn, j)) {
				out->asn[j] = asn;
				batch_set(out->has_asn, j);
			} else if (got < 0 && m->m->need)
				refuse(c, j, m->m->why);
		}
}

/* 1: a value, 0: none, -1: not what it should be */
static int
check_cell(struct chunk *c, const struct bound *m, struct tcs_slice s, uint32_t i)
{
	struct conv_row row = binding_conv_row(c->b, c->r, i);
	struct fvalue v = { 0 };

	if (s.n == 0 || (m->field != NULL && field_ignores(tcs_trim(s))))
		return 0;
	switch (convert_as(m->m->conv, s, c->b->feed->body->time_pattern, c->b->feed->body->zone, &row,
	    c->b->scratch, &v)) {
	case CV_NONE:
		return 0;
	case CV_BAD:
		return -1;
	default:
		return m->field == NULL || m->field->number == TCS_F_TLP ||
		    field_value(m->field, &v, c->b->scratch) ? 1 : -1;
	}
}

/* Needed columns that matching does not look at. */
static void
do_check(struct chunk *c, const struct bound *m, bool port)
{
	uint32_t j, v;
	uint16_t k;
	int got;

	for (j = 0; j < c->n; j++)
		for (k = 0, got = 0; k < m->n && got == 0; k++) {
			uint32_t i = c->out->row[j];
			struct tcs_slice s = c->r->col[m->k[k]][i];

			if (s.n == 0 || (port && conv_uint_fast(s, &v) && v <= 65535 &&
			    (v > 0 || m->m->conv == CONV_NUMBER)))
				got = s.n > 0;
			else if ((got = check_cell(c, m, s, i)) < 0)
				refuse(c, j, m->m->why);
		}
}

static void
do_names(struct chunk *c)
{
	struct batch *out = c->out;
	bool account;
	uint32_t j;

	for (j = 0; j < c->n; j++) {
		out->name[j] = binding_row_name(c->b, c->r, out->row[j], c->b->scratch, &account);
		if (out->name[j].n > 0)
			batch_set(out->has_name, j);
	}
}

static void
do_constants(struct chunk *c)
{
	struct binding *b = c->b;
	uint32_t j;

	for (j = 0; j < c->n; j++) {
		if (b->set_ip) {
			c->out->ip[j] = b->fixed_ip;
			batch_set(c->out->has_ip, j);
		}
		if (b->set_asn) {
			c->out->asn[j] = b->fixed_asn;
			batch_set(c->out->has_asn, j);
		}
		if (b->set_time)
			c->out->observed[j] = b->fixed_time;
	}
}

/* Rows from `from` on that hold a record, as many as a batch holds; returns the next row. */
static uint32_t
take_rows(struct chunk *c, uint32_t from)
{
	const struct rows *r = c->r;
	uint32_t i;

	for (i = from; i < r->nrow && c->n < BATCH_ROWS; i++)
		if (r->kind[i] == ROW_RECORD || r->kind[i] == ROW_AGAIN)
			c->out->row[c->n++] = i;
	while (i < r->nrow && r->kind[i] != ROW_RECORD && r->kind[i] != ROW_AGAIN)
		i++;
	return i;
}

static void
move_bit(uint64_t *bits, uint32_t from, uint32_t to)
{
	uint64_t bit = batch_bit(bits, from);

	bits[to / 64] = (bits[to / 64] & ~(UINT64_C(1) << (to % 64))) | bit << (to % 64);
}

static void
clear_bits(uint64_t *bits, uint32_t from)
{
	if (from % 64 != 0)
		bits[from / 64] &= (UINT64_C(1) << (from % 64)) - 1;
	for (from = (from + 63) / 64; from < BATCH_ROWS / 64; from++)
		bits[from] = 0;
}

/* Moves the rows that are fine together and hands on the others. */
static void
part_rows(struct chunk *c, struct row_reject *rej, uint32_t *nrej)
{
	struct batch *o = c->out;
	uint32_t j, to = 0;

	for (j = 0; j < c->n; j++) {
		if (c->why[j] != NULL) {
			rej[(*nrej)++] = (struct row_reject){ .row = o->row[j], .why = c->why[j] };
			continue;
		}
		if (to != j) {
			o->row[to] = o->row[j];
			o->ip[to] = o->ip[j];
			o->name[to] = o->name[j];
			o->asn[to] = o->asn[j];
			o->observed[to] = o->observed[j];
			move_bit(o->has_ip, j, to);
			move_bit(o->has_name, j, to);
			move_bit(o->has_asn, j, to);
		}
		to++;
	}
	o->nrow = to;
	clear_bits(o->has_ip, to);
	clear_bits(o->has_name, to);
	clear_bits(o->has_asn, to);
}

static void
do_step(struct chunk *c, const struct step *s)
{
	switch (s->kind) {
	case STEP_TIME:
		do_time(c, s->b);
		break;
	case STEP_IP:
		do_address(c, s->b);
		break;
	case STEP_ASN:
		do_asn(c, s->b);
		break;
	default:
		do_check(c, s->b, s->kind == STEP_PORT);
		break;
	}
}

uint32_t
binding_batch(struct binding *b, const struct rows *r, uint32_t from, struct batch *out,
    struct row_reject rej[BATCH_ROWS], uint32_t *nrej)
{
	struct chunk c = { .b = b, .r = r, .out = out };
	uint32_t i, next;

	arena_reset(b->scratch);
	*nrej = 0;
	next = take_rows(&c, from);
	memset(out->has_ip, 0, sizeof out->has_ip);
	memset(out->has_name, 0, sizeof out->has_name);
	memset(out->has_asn, 0, sizeof out->has_asn);
	memset(out->verdict, 0, c.n);
	for (i = 0; i < c.n; i++)
		out->observed[i] = TIME_NONE;
	for (i = 0; i < b->nstep; i++)
		do_step(&c, &b->step[i]);
	if (b->nname > 0)
		do_names(&c);
	if (b->set_ip || b->set_asn || b->set_time)
		do_constants(&c);
	out->nrow = c.n;
	if (c.bad)
		part_rows(&c, rej, nrej);
	return next;
}
