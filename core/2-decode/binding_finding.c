/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One row as a whole finding: every line of the feed applied to its columns,
 * then the constants, the class, and what the finding is about.  What a field
 * may not hold, and what no line speaks of, becomes an extra.
 */
#include <stdlib.h>
#include "2-decode/binding_int.h"
#include "utf8.h"

/* ---- names -------------------------------------------------------------------- */

struct conv_row
binding_conv_row(const struct binding *b, const struct rows *r, uint32_t i)
{
	struct conv_row row = { .host = { NULL, 0 }, .application = { NULL, 0 } };
	int k;

	for (k = 0; k < HOST_COLS && row.host.n == 0; k++)
		if (b->host_k[k] != NO_COL) {
			row.host = r->col[b->host_k[k]][i];
			row.host_is_name = k < HOST_NAMES;
		}
	if (b->application_k != NO_COL)
		row.application = r->col[b->application_k][i];
	return row;
}

/* A URL that got its host from the row is about a name only when that host is one: whoever holds the reverse
 * zone could else aim our mail. */
static bool
name_of_url(const struct binding *b, const struct rows *r, uint32_t i, const struct name_col *c,
    struct arena *a, struct tcs_slice *out)
{
	struct tcs_slice s = r->col[c->k][i];
	struct fvalue v;

	if (c->row && convert_url_host(s).n == 0) {
		struct conv_row row = binding_conv_row(b, r, i);

		if (!row.host_is_name || convert(CONV_WEB_ADDRESS, s, NULL, &row, a, &v) != CV_VALUE)
			return false;
		s = v.text;
	}
	return convert_name(convert_url_host(s), a, out);
}

/* The domain of "someone@domain". */
static bool
name_of_account(struct tcs_slice s, struct arena *a, struct tcs_slice *out)
{
	size_t i = s.n;

	while (i > 0 && s.p[i - 1] != '@')
		i--;
	return i > 1 && convert_name(tcs_slice(s.p + i, s.n - i), a, out);
}

/* A listed column may hold a name or a URL. */
static bool
name_of_listed(struct tcs_slice s, struct arena *a, struct tcs_slice *out)
{
	return convert_name(s, a, out) || convert_name(convert_url_host(s), a, out);
}

struct tcs_slice
binding_row_name(const struct binding *b, const struct rows *r, uint32_t i, struct arena *a, bool *account)
{
	struct tcs_slice name;
	uint32_t k;

	*account = false;
	for (k = 0; k < b->nname; k++) {
		const struct name_col *c = &b->name[k];
		struct tcs_slice s = r->col[c->k][i];
		bool got;

		if (s.n == 0)
			continue;
		switch (c->from) {
		case FROM_LISTED:
			got = name_of_listed(s, a, &name);
			break;
		case FROM_HOST:
			got = convert_name(s, a, &name);
			break;
		case FROM_URL:
			got = name_of_url(b, r, i, c, a, &name);
			break;
		default:
			got = name_of_account(s, a, &name);
			*account = *account || got;
			break;
		}
		if (got)
			return name;
	}
	return tcs_slice(NULL, 0);
}

struct tcs_slice
binding_name(struct binding *b, const struct rows *r, uint32_t i, struct arena *a)
{
	bool account;

	return binding_row_name(b, r, i, a, &account);
}

/* ---- values ------------------------------------------------------------------- */

struct making {
	struct binding	*b;
	const struct rows *r;
	uint32_t	 i;
	struct arena	*a;
	struct finding	*out;
	struct conv_row	 row;
	uint32_t	 room;
};

static struct tcs_slice
good_text(struct tcs_slice s, struct arena *a)
{
	struct buf b;

	if (s.n == 0 || utf8_valid(s.p, s.n))
		return s;
	buf_init(&b);
	utf8_repair(&b, s.p, s.n);
	s = tcs_slice(arena_dup(a, b.p, b.n), b.n);
	buf_free(&b);
	return s;
}

static const char *
good_name(const char *name, struct arena *a)
{
	struct tcs_slice s = good_text(tcs_str(name), a);

	return s.p == name ? name : arena_strndup(a, s.p, s.n);
}

/* The first extra of a name stands, as the first value of a field does. */
static void
add_extra(struct making *m, const char *name, const struct fvalue *v)
{
	struct finding *f = m->out;
	struct extra *more;
	uint32_t i;

	if (v->form == VF_NONE || (v->form == VF_TEXT && v->text.n == 0))
		return;
	for (i = 0; i < f->nextra; i++)
		if (strcmp(f->extra[i].name, name) == 0)
			return;
	if (f->nextra == m->room) {
		m->room = m->room == 0 ? 32 : 2 * m->room;
		more = arena_alloc(m->a, m->room * sizeof *more);
		if (f->nextra > 0)
			memcpy(more, f->extra, f->nextra * sizeof *more);
		f->extra = more;
	}
	f->extra[f->nextra].name = good_name(name, m->a);
	f->extra[f->nextra].v = *v;
	if (v->form == VF_TEXT)
		f->extra[f->nextra].v.text = good_text(v->text, m->a);
	f->nextra++;
}

static void
keep_as_extra(struct making *m, const char *col, struct tcs_slice cell)
{
	struct fvalue v = { .form = VF_TEXT, .text = cell };

	add_extra(m, col, &v);
}

enum taken { TAKEN, NO_VALUE, REFUSED };

static enum taken
into_field(struct making *m, const struct bound *b, const char *col, struct fvalue *v, struct tcs_slice cell)
{
	struct fvalue *to = &m->out->f[b->m->field];
	struct fvalue as_was = *v;

	if (v->form == VF_TEXT && field_ignores(tcs_trim(v->text)))
		return NO_VALUE;
	if (v->form == VF_TEXT)
		v->text = good_text(v->text, m->a);
	if (!field_value(b->field, v, m->a)) {
		if (b->m->field == TCS_F_TLP)
			m->out->tlp_unknown = true;
		else if (b->m->need)
			return REFUSED;
		add_extra(m, col, &as_was);
		return NO_VALUE;
	}
	if (to->form == VF_NONE)
		*to = *v;
	else if (!tcs_eq(to->text, v->text))
		keep_as_extra(m, col, cell);
	return TAKEN;
}

/* One cell by one line. */
static enum taken
apply_cell(struct making *m, const struct bound *b, const char *col, struct tcs_slice cell)
{
	struct fvalue v = { 0 };

	if (cell.p == NULL || (b->field != NULL && field_ignores(tcs_trim(cell))))
		return NO_VALUE;
	switch (convert_as((enum conv)b->m->conv, cell, m->b->feed->body->time_pattern,
	    m->b->feed->body->zone, &m->row, m->a, &v)) {
	case CV_NONE:
		return NO_VALUE;
	case CV_BAD:
		if (b->m->need)
			return REFUSED;
		if (b->m->conv != CONV_ADDRESS || m->b->feed->identity)
			keep_as_extra(m, col, cell);
		return NO_VALUE;
	case CV_VALUE:
		break;
	}
	if (v.form == VF_TEXT && v.text.n == 0)
		return NO_VALUE;
	if (b->field != NULL)
		return into_field(m, b, col, &v, cell);
	add_extra(m, b->m->extra, &v);
	return TAKEN;
}

/* One line of the feed; false: the row is refused. */
static bool
apply(struct making *m, const struct bound *b)
{
	enum taken t = NO_VALUE;
	uint16_t c;

	for (c = 0; c < b->n && t == NO_VALUE; c++)
		t = apply_cell(m, b, b->col[c], m->r->col[b->k[c]][m->i]);
	return t != REFUSED;
}

static void
set_field(struct finding *f, unsigned field, const char *text)
{
	if (text == NULL)
		return;
	f->f[field].form = VF_TEXT;
	f->f[field].text = tcs_str(text);
}

static void
constants(struct making *m)
{
	const struct feed *f = m->b->feed;
	uint32_t i;

	for (i = 0; i < f->body->nset; i++) {
		const struct feed_const *c = &f->body->set[i];

		if (c->field != 0)
			m->out->f[c->field] = c->v;
		else
			add_extra(m, c->extra, &c->v);
	}
	if (!f->identity)
		set_field(m->out, TCS_F_FEED_NAME, f->name);
	set_field(m->out, TCS_F_FEED_DOCUMENTATION, f->about);
	set_field(m->out, TCS_F_FEED_PROVIDER, f->provider);
}

static bool
holds(struct tcs_slice s, const struct feed_class *c)
{
	struct tcs_slice word = tcs_str(c->word), part;
	size_t i;

	if (!c->has)
		return tcs_is_nocase(tcs_trim(s), c->word);
	for (i = 0; i + word.n <= s.n; i++) {
		part = tcs_slice(s.p + i, word.n);
		if (tcs_is_nocase(part, c->word))
			return true;
	}
	return false;
}

/* What the columns say stands; what they leave open the feed says, and the first condition
 * that holds says all. */
static void
classify(struct making *m)
{
	const struct feed *f = m->b->feed;
	struct finding *o = m->out;
	struct fvalue *type = &o->f[TCS_F_CLASSIFICATION_TYPE], *tax = &o->f[TCS_F_CLASSIFICATION_TAXONOMY];
	uint32_t i;

	for (i = 0; i < f->body->nclass; i++) {
		const struct feed_class *c = &f->body->class[i];

		if (m->b->class_k[i] == NO_COL || !holds(m->r->col[m->b->class_k[i]][m->i], c))
			continue;
		set_field(o, TCS_F_CLASSIFICATION_TAXONOMY, c->taxonomy);
		set_field(o, TCS_F_CLASSIFICATION_TYPE, c->type);
		set_field(o, TCS_F_CLASSIFICATION_IDENTIFIER, c->identifier);
		break;
	}
	if (type->form == VF_NONE && tax->form == VF_NONE) {
		set_field(o, TCS_F_CLASSIFICATION_TYPE, f->type);
		set_field(o, TCS_F_CLASSIFICATION_TAXONOMY, f->taxonomy);
	} else if (type->form != VF_NONE) {
		set_field(o, TCS_F_CLASSIFICATION_TAXONOMY, rsit_taxonomy(type->text));
	}
	if (o->f[TCS_F_CLASSIFICATION_IDENTIFIER].form == VF_NONE)
		set_field(o, TCS_F_CLASSIFICATION_IDENTIFIER, f->identifier);
}

/* ---- what it is about ---------------------------------------------------------- */

static bool
about_something_open(const struct finding *f)
{
	const struct fvalue *tax = &f->f[TCS_F_CLASSIFICATION_TAXONOMY];

	return tax->form == VF_NONE || tcs_is(tax->text, "vulnerable");
}

static void
about_by_row(struct making *m, bool account)
{
	struct finding *f = m->out;
	bool port = f->f[TCS_F_SOURCE_PORT].form != VF_NONE;

	account = account || (f->f[TCS_F_SOURCE_ACCOUNT].form != VF_NONE && !f->has_ip && f->name.n == 0);
	f->subject = account ? SUBJECT_ACCOUNT : f->name.n > 0 ? SUBJECT_NAME : SUBJECT_SOURCE;
	if (account)
		f->kind = KIND_ACCOUNT;
	else if (port && about_something_open(f))
		f->kind = KIND_SERVICE;
	else
		f->kind = f->name.n > 0 && !port ? KIND_NAME : KIND_EVENT;
}

static void
about(struct making *m)
{
	const struct feed *feed = m->b->feed;
	struct finding *f = m->out;
	const struct fvalue *ip = &f->f[m->b->ip_field], *tax = &f->f[TCS_F_CLASSIFICATION_TAXONOMY];
	bool account = false;
	char *word;

	f->has_ip = ip->form != VF_NONE && ip_parse(ip->text.p, ip->text.n, &f->ip);
	f->name = binding_row_name(m->b, m->r, m->i, m->a, &account);
	f->kind = feed->kind;
	f->subject = feed->subject;
	f->part = feed->part;
	if (feed->identity)
		about_by_row(m, account);
	else if (m->b->named && f->name.n == 0 && f->has_ip) {
		f->subject = SUBJECT_SOURCE;
		f->kind = f->f[m->b->port_field].form != VF_NONE ? KIND_SERVICE : KIND_EVENT;
	}
	if (f->part == 0) {
		word = tax->form != VF_NONE ? arena_strndup(m->a, tax->text.p, tax->text.n) : NULL;
		f->part = feed_usual_part(word, f->kind);
	}
}

static void
known_words(struct making *m)
{
	const struct feed *feed = m->b->feed;
	struct finding *f = m->out;
	const struct fvalue *tlp = &f->f[TCS_F_TLP], *sev = &f->f[TCS_F_SEVERITY],
	    *time = &f->f[TCS_F_TIME_SOURCE];

	f->severity = sev->form != VF_NONE ? (enum severity)severity_by_name(sev->text) : SEV_NONE;
	if (f->severity == SEV_NONE)
		f->severity = feed->severity;
	f->tlp = feed->tlp;
	if (f->tlp_unknown)
		f->tlp = TLP_RED;
	else if (tlp->form != VF_NONE)
		tlp_by_name(tlp->text, &f->tlp);
	f->observed = time->form != VF_NONE ? time->i : TIME_NONE;
}

uint32_t
binding_place(const struct binding *b, const struct rows *r, uint32_t i)
{
	uint32_t n = 0;

	while (i > 0 && r->kind[i] == ROW_AGAIN)
		i--, n++;
	return r->kind[i] == ROW_AGAIN ? n + b->sub : n;
}

bool
binding_finding(struct binding *b, const struct rows *r, uint32_t i, struct arena *a, struct finding *out,
    struct err *e)
{
	struct making m = { .b = b, .r = r, .i = i, .a = a, .out = out };
	uint32_t k;

	memset(out, 0, sizeof *out);
	m.row = binding_conv_row(b, r, i);
	for (k = 0; k < b->nmap; k++)
		if (!apply(&m, &b->map[k]))
			return err_set(e, "%s", b->map[k].m->why);
	for (k = 0; k < b->nrest; k++)
		if (r->col[b->rest[k].k][i].n > 0)
			keep_as_extra(&m, b->rest[k].name, r->col[b->rest[k].k][i]);
	constants(&m);
	classify(&m);
	about(&m);
	known_words(&m);
	out->off = r->off[i];
	out->len = r->len[i];
	out->line = r->line[i];
	out->sub = binding_place(b, r, i);
	return true;
}

void
binding_slot(struct binding *b, const struct rows *r)
{
	b->sub = r->nrow > 0 && r->kind[0] == ROW_AGAIN ? b->last_sub + 1 : 0;
	b->last_sub = r->nrow > 0 ? binding_place(b, r, r->nrow - 1) : b->last_sub;
}
