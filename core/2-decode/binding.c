/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins a feed to the columns of one input: which are wanted, where each line
 * of the feed finds its own, and what has to be done for every row.  All that
 * costs is done here, once an input.  A feed whose columns are IDF names has
 * no lines: they are made from the columns.
 */
#include <stdlib.h>
#include "2-decode/binding_int.h"
#include "mem.h"
#include "near.h"

/* What match, key and decide need beside the subject's own fields. */
static const uint8_t always[] = { TCS_F_TIME_SOURCE, TCS_F_PROTOCOL_TRANSPORT, TCS_F_SOURCE_PORT,
	TCS_F_SEVERITY, TCS_F_TLP, TCS_F_CLASSIFICATION_TAXONOMY, TCS_F_CLASSIFICATION_TYPE,
	TCS_F_CLASSIFICATION_IDENTIFIER, TCS_F_MALWARE_NAME, TCS_F_PRODUCT_VULNERABILITIES };
static const uint8_t of_names[] = { TCS_F_SOURCE_FQDN, TCS_F_SOURCE_URL, TCS_F_SOURCE_ACCOUNT };

/* The first HOST_NAMES are names that were visited; "hostname" is reverse DNS, which may be
 * shown and never matched. */
static const char *const host_cols[HOST_COLS] = { "cc_dns", "http_host", "hostname", "ip" };

static const struct feed_body no_body;

static const struct feed identity = {
	.id = "idf", .tlp = TLP_NONE, .identity = true, .body = &no_body,
};

const struct feed *
feed_identity(void)
{
	return &identity;
}

/* ---- columns ---------------------------------------------------------------- */

struct joining {
	struct binding	*b;
	const char	**name;		/* of all columns, ended by NUL */
	uint32_t	 n;
	uint8_t		*want;
	struct err	*e;
	bool		*spoken;	/* a line speaks of the column */
	const char	*const *more;	/* fields wanted by stages */
	uint32_t	 nmore;
};

static uint16_t
find_column(const struct joining *j, const char *name)
{
	uint32_t i;

	for (i = 0; i < j->n; i++)
		if (strcmp(j->name[i], name) == 0)
			return (uint16_t)i;
	for (i = 0; i < j->n; i++)
		if (tcs_is_nocase(tcs_trim(tcs_str(j->name[i])), name))
			return (uint16_t)i;
	return NO_COL;
}

static uint16_t
want_column(struct joining *j, const char *name)
{
	uint16_t i = find_column(j, name);

	if (i != NO_COL)
		j->want[i] = 1;
	return i;
}

static bool
is_needed(const struct binding *b, unsigned field)
{
	size_t i;

	if (field == b->ip_field || field == b->asn_field || field == b->port_field)
		return true;
	for (i = 0; i < sizeof always; i++)
		if (field == always[i])
			return true;
	for (i = 0; b->named && i < sizeof of_names; i++)
		if (field == of_names[i])
			return true;
	return false;
}

static bool
is_asked(const struct joining *j, unsigned field, const char *extra)
{
	const struct field *f;
	uint32_t i;

	for (i = 0; i < j->nmore; i++) {
		if (extra != NULL && strncmp(j->more[i], "extra.", 6) == 0 && strcmp(j->more[i] + 6,
		    extra) == 0)
			return true;
		f = field != 0 ? field_by_name(tcs_str(j->more[i])) : NULL;
		if (f != NULL && f->number == field)
			return true;
	}
	return false;
}

static bool
missing(const struct joining *j, const struct feed_map *m)
{
	const char *near = near_name(m->col[0], j->name, j->n);

	return err_set(j->e, "column '%s' is not there, which %s needs%s%s%s", m->col[0], j->b->feed->id,
	    near ? "; the nearest is '" : "", near ? near : "", near ? "'" : "");
}

/* Column numbers are of the input here; renumber() makes them those of the wanted. */
static bool
bind_map(struct joining *j, const struct feed_map *m)
{
	struct binding *b = j->b;
	struct bound *to = &b->map[b->nmap];
	bool wanted = b->all || m->need || is_needed(b, m->field) || is_asked(j, m->field, m->extra);
	uint16_t i, at;

	*to = (struct bound){ .m = m, .field = field_by_number(m->field) };
	to->k = arena_alloc(b->arena, m->ncol * sizeof *to->k);
	to->col = arena_alloc(b->arena, m->ncol * sizeof *to->col);
	for (i = 0; i < m->ncol; i++) {
		if ((at = find_column(j, m->col[i])) == NO_COL)
			continue;
		j->spoken[at] = true;
		if (!wanted || (m->field == 0 && m->extra == NULL))
			continue;
		j->want[at] = 1;
		to->k[to->n] = at;
		to->col[to->n++] = j->name[at];
	}
	if (to->n == 0)
		return !m->need || missing(j, m);
	b->nmap++;
	return true;
}

static void
want_web_address(struct joining *j)
{
	struct binding *b = j->b;
	uint32_t i, k;

	for (k = 0; k < HOST_COLS; k++)
		b->host_k[k] = NO_COL;
	b->application_k = NO_COL;
	for (i = 0; i < b->nmap; i++)
		if (b->map[i].m->conv == CONV_WEB_ADDRESS)
			break;
	if (i == b->nmap)
		return;
	for (k = 0; k < HOST_COLS; k++)
		b->host_k[k] = want_column(j, host_cols[k]);
	b->application_k = want_column(j, "application");
}

static void
want_classes(struct joining *j)
{
	const struct feed_body *body = j->b->feed->body;
	uint32_t i;

	j->b->class_k = arena_alloc(j->b->arena, (body->nclass + 1) * sizeof *j->b->class_k);
	for (i = 0; i < body->nclass; i++)
		j->b->class_k[i] = want_column(j, body->class[i].col);
}

static void
note_strange(struct joining *j)
{
	struct binding *b = j->b;
	uint32_t i;

	b->strange = arena_alloc(b->arena, (j->n + 1) * sizeof *b->strange);
	for (i = 0; !b->feed->identity && i < j->n; i++)
		if (!j->spoken[i])
			b->strange[b->nstrange++] = j->name[i];
}

uint32_t
binding_strange(const struct binding *b, const char *const **name)
{
	*name = b->strange;
	return b->nstrange;
}

static void
want_rest(struct joining *j)
{
	struct binding *b = j->b;
	uint32_t i;

	if (!b->all && j->nmore == 0)
		return;
	b->rest = arena_alloc(b->arena, (j->n + 1) * sizeof *b->rest);
	for (i = 0; i < j->n; i++) {
		if (j->spoken[i] || (!b->all && !is_asked(j, 0, j->name[i])))
			continue;
		j->want[i] = 1;
		b->rest[b->nrest].k = (uint16_t)i;
		b->rest[b->nrest++].name = j->name[i];
	}
}

/* ---- the subject's name ------------------------------------------------------ */

static void
add_name(struct binding *b, enum name_from from, uint16_t k, bool row)
{
	if (k != NO_COL)
		b->name[b->nname++] = (struct name_col){ .from = (uint8_t)from, .k = k, .row = row };
}

static void
add_names_of(struct joining *j, unsigned field, enum name_from from)
{
	struct binding *b = j->b;
	uint32_t i;
	uint16_t c;

	for (i = 0; i < b->nmap; i++)
		for (c = 0; b->map[i].m->field == field && c < b->map[i].n; c++)
			add_name(b, from, b->map[i].k[c], b->map[i].m->conv == CONV_WEB_ADDRESS);
}

static void
find_names(struct joining *j)
{
	struct binding *b = j->b;
	const struct feed *f = b->feed;
	uint32_t i;

	b->name =
	    arena_alloc(b->arena, (f->body->nsubject_col + 3 * (j->n + f->body->nmap) + 1) * sizeof *b->name);
	for (i = 0; i < f->body->nsubject_col; i++)
		add_name(b, f->subject == SUBJECT_ACCOUNT ? FROM_ACCOUNT : FROM_LISTED,
		    want_column(j, f->body->subject_col[i]), false);
	if (f->identity)
		add_names_of(j, TCS_F_SOURCE_ACCOUNT, FROM_ACCOUNT);
	if (b->nname > 0 && !f->identity)
		return;
	if (f->subject == SUBJECT_ACCOUNT)
		add_names_of(j, TCS_F_SOURCE_ACCOUNT, FROM_ACCOUNT);
	else if (b->named) {
		add_names_of(j, TCS_F_SOURCE_FQDN, FROM_HOST);
		add_names_of(j, TCS_F_SOURCE_URL, FROM_URL);
	}
}

/* ---- what is done for every row ---------------------------------------------- */

static void
plan_steps(struct binding *b)
{
	uint32_t i;

	b->step = arena_alloc(b->arena, (b->nmap + 1) * sizeof *b->step);
	for (i = 0; i < b->nmap; i++) {
		const struct bound *m = &b->map[i];
		unsigned field = m->m->field;
		bool number = m->m->conv == CONV_NUMBER || m->m->conv == CONV_NUMBER_NOT_ZERO;
		enum step_kind kind = STEP_CHECK;

		if (field == TCS_F_TIME_SOURCE)
			kind = STEP_TIME;
		else if (field != 0 && field == b->ip_field && m->m->conv == CONV_ADDRESS)
			kind = STEP_IP;
		else if (field != 0 && field == b->asn_field)
			kind = STEP_ASN;
		else if (!m->m->need)
			continue;
		else if (number && m->field != NULL && m->field->type == FT_PORT)
			kind = STEP_PORT;
		b->step[b->nstep++] = (struct step){ .kind = kind, .b = m };
	}
}

static void
plan_constants(struct binding *b)
{
	const struct feed_body *body = b->feed->body;
	uint32_t i;

	for (i = 0; i < body->nset; i++) {
		const struct feed_const *c = &body->set[i];

		if (c->field == 0)
			continue;
		if (c->field == b->ip_field)
			b->set_ip = ip_parse(c->v.text.p, c->v.text.n, &b->fixed_ip);
		else if (c->field == b->asn_field)
			b->set_asn = true, b->fixed_asn = (uint32_t)c->v.i;
		else if (c->field == TCS_F_TIME_SOURCE)
			b->set_time = true, b->fixed_time = c->v.i;
	}
}

/* From numbers of columns to numbers of wanted columns. */
static void
renumber(struct joining *j)
{
	struct binding *b = j->b;
	uint16_t *to = arena_alloc(b->arena, (j->n + 1) * sizeof *to), c, next = 0;
	uint32_t i;

	for (i = 0; i < j->n; i++)
		to[i] = j->want[i] ? next++ : NO_COL;
	for (i = 0; i < b->nmap; i++)
		for (c = 0; c < b->map[i].n; c++)
			b->map[i].k[c] = to[b->map[i].k[c]];
	for (i = 0; i < b->nrest; i++)
		b->rest[i].k = to[b->rest[i].k];
	for (i = 0; i < b->nname; i++)
		b->name[i].k = to[b->name[i].k];
	for (i = 0; i < b->feed->body->nclass; i++)
		if (b->class_k[i] != NO_COL)
			b->class_k[i] = to[b->class_k[i]];
	for (i = 0; i < HOST_COLS; i++)
		if (b->host_k[i] != NO_COL)
			b->host_k[i] = to[b->host_k[i]];
	if (b->application_k != NO_COL)
		b->application_k = to[b->application_k];
}

/* ---- the whole ---------------------------------------------------------------- */

/*
 * A cell of these that cannot be read refuses its row: without them nobody could say whom it is about or when
 * it was, and it would pass as nobody's.  All others that do not fit are kept as extras.
 */
static const struct { uint8_t field; const char *why; } must_fit[] = {
	{ TCS_F_SOURCE_IP, "source.ip: not an address" },
	{ TCS_F_SOURCE_PORT, "source.port: not a port, 0 to 65535" },
	{ TCS_F_DESTINATION_IP, "destination.ip: not an address" },
	{ TCS_F_DESTINATION_PORT, "destination.port: not a port, 0 to 65535" },
	{ TCS_F_TIME_SOURCE, "time.source: not a time" },
};

static void
identity_need(struct feed_map *m)
{
	size_t i;

	for (i = 0; i < sizeof must_fit / sizeof *must_fit; i++)
		if (must_fit[i].field == m->field) {
			m->need = true;
			m->why = must_fit[i].why;
		}
}

/* The lines that a feed of IDF names would have. */
static struct feed_map *
identity_maps(struct joining *j, uint32_t *n)
{
	struct arena *a = j->b->arena;
	struct feed_map *all = arena_alloc(a, (j->n + 1) * sizeof *all);
	uint32_t i;

	for (*n = i = 0; i < j->n; i++) {
		const struct field *f = field_by_name(tcs_str(j->name[i]));
		struct feed_map *m = &all[(*n)++];

		m->col = (const char *const *)&j->name[i];
		m->ncol = 1;
		m->why = arena_printf(a, "%s: not what it may hold", j->name[i]);
		m->conv = CONV_TEXT;
		if (strncmp(j->name[i], "json:extra.", 11) == 0 && j->name[i][11] != '\0') {
			m->extra = j->name[i] + 11;
			m->conv = CONV_JSON;
		} else if (f != NULL) {
			m->field = (uint8_t)f->number;
			m->conv = (uint8_t)feed_usual_conv(f->number);
			identity_need(m);
		} else
			m->extra = strncmp(j->name[i], "extra.", 6) == 0 && j->name[i][6] ? j->name[i] + 6 :
			    j->name[i];
	}
	return all;
}

static bool
join_all(struct joining *j)
{
	struct binding *b = j->b;
	const struct feed_map *map = b->feed->body->map;
	uint32_t i, n = b->feed->body->nmap;
	bool good = true;

	if (b->feed->identity)
		map = identity_maps(j, &n);
	b->map = arena_alloc(b->arena, (n + 1) * sizeof *b->map);
	for (i = 0; i < n; i++)
		good = bind_map(j, &map[i]) && good;
	if (!good)
		return false;
	want_web_address(j);
	want_classes(j);
	find_names(j);
	note_strange(j);
	want_rest(j);
	plan_steps(b);
	plan_constants(b);
	renumber(j);
	return true;
}

struct binding *
binding_new(const struct feed *f, const struct tcs_slice *name, uint32_t n, uint8_t *want, bool all,
    struct err *e)
{
	return binding_new_with(f, name, n, want, all, NULL, 0, e);
}

struct binding *
binding_new_with(const struct feed *f, const struct tcs_slice *name, uint32_t n, uint8_t *want, bool all,
    const char *const *more, uint32_t nmore, struct err *e)
{
	struct binding *b = xcalloc(1, sizeof *b);
	struct joining j = { .b = b, .n = n, .want = want, .e = e, .more = more,
		.nmore = nmore };
	bool dst = f->subject == SUBJECT_DESTINATION;
	uint32_t i;

	b->feed = f;
	b->all = all;
	b->arena = arena_new();
	b->scratch = arena_new();
	b->ip_field = dst ? TCS_F_DESTINATION_IP : TCS_F_SOURCE_IP;
	b->asn_field = dst ? TCS_F_DESTINATION_ASN : TCS_F_SOURCE_ASN;
	b->port_field = dst ? TCS_F_DESTINATION_PORT : TCS_F_SOURCE_PORT;
	b->named = f->identity || f->subject == SUBJECT_NAME || f->subject == SUBJECT_ACCOUNT;
	j.name = arena_alloc(b->arena, (n + 1) * sizeof *j.name);
	j.spoken = arena_alloc(b->arena, n + 1);
	memset(want, 0, n);
	for (i = 0; i < n; i++)
		j.name[i] = arena_strndup(b->arena, name[i].p, name[i].n);
	if (n < NO_COL ? join_all(&j) : err_set(e, "%u columns are more than a feed can have", n))
		return b;
	binding_free(b);
	return NULL;
}

void
binding_free(struct binding *b)
{
	if (b == NULL)
		return;
	arena_free(b->arena);
	arena_free(b->scratch);
	free(b);
}
