/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a feed file.  Every word that may begin a line is a row of one table;
 * each error names file and line, what was expected and the nearest name.
 * Reading goes on after an error, so that e->n counts them all.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "2-decode/feedfile.h"
#include "2-decode/wordfile.h"
#include "mem.h"
#include "near.h"
#include "timepattern.h"
#include "tz.h"

#define NAMES_MAX 128
#define USE_DEPTH 4

/* A growing array in an arena. */
#define PUSH(p, list, n) ((list) = arena_room((p)->a, (list), (n), sizeof *(list)), &(list)[(n)++])

struct parse {
	struct arena	*a;
	struct wordfile	*w;
	struct err	*e;
	struct feed	*feed;
	struct feed_body *body;
	struct feed_map	*need, *may;
	struct feed_const *set;
	struct feed_class *class;
	struct given	*option;
	const char	**files;
	struct tz	*zone;
	uint32_t	 nneed, nmay, noption;
	unsigned	 depth;
};

__attribute__((format(printf, 2, 3))) static bool
wrong(struct parse *p, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return err_at(p->e, p->w->file, p->w->line, "%s", text);
}

/* what: "conversion"; the list is told when it is short and nothing is near. */
static bool
unknown(struct parse *p, const char *what, const char *got, const char *const *names, size_t n)
{
	const char *near = near_name(got, names, n);
	char all[256] = "";
	size_t i, at = 0;

	if (near != NULL)
		return wrong(p, "unknown %s '%s'; did you mean '%s'?", what, got, near);
	for (i = 0; i < n && at + 40 < sizeof all; i++)
		at += (size_t)snprintf(all + at, sizeof all - at, "%s%s", i > 0 ? ", " : "", names[i]);
	return wrong(p, "unknown %s '%s'; expected one of: %s%s", what, got, all, i < n ? ", ..." : "");
}

static const char *
word(struct parse *p, const char *what)
{
	const char *s = wordfile_word(p->w);

	if (s == NULL)
		wrong(p, "expected %s here", what);
	return s;
}

/* Index in a table of names, from first on, or -1 with an error. */
static int
one_of(struct parse *p, const char *what, const char *const *names, int first, int n)
{
	const char *s = word(p, what);
	int i;

	for (i = first; s != NULL && i < n; i++)
		if (strcmp(s, names[i]) == 0)
			return i;
	if (s != NULL)
		unknown(p, what, s, names + first, (size_t)(n - first));
	return -1;
}

/* ---- targets and columns -------------------------------------------------- */

static bool
target(struct parse *p, const char *s, const char *col, uint8_t *field, const char **extra)
{
	const char *names[NAMES_MAX];
	const struct field *f;
	size_t n = 0;

	if (strncmp(s, "extra.", 6) == 0) {
		*extra = s[6] != '\0' ? s + 6 : col;
		return *extra != NULL || wrong(p, "expected a name after 'extra.'");
	}
	if ((f = field_by_name(tcs_str(s))) != NULL) {
		*field = (uint8_t)f->number;
		return true;
	}
	while (n < NAMES_MAX && (f = field_by_number((unsigned)n + 1)) != NULL)
		names[n++] = f->name;
	return unknown(p, "field", s, names, n);
}

/* "a|b" into a list. */
static const char *const *
columns(struct parse *p, const char *s, uint32_t *n)
{
	struct tcs_slice rest = tcs_str(s), part;
	const char **list = NULL;

	*n = 0;
	while (tcs_cut(&rest, '|', &part)) {
		if (part.n == 0) {
			wrong(p, "expected a column before and after each '|'");
			return NULL;
		}
		*PUSH(p, list, *n) = arena_strndup(p->a, part.p, part.n);
	}
	return list;
}

enum conv
feed_usual_conv(unsigned field)
{
	const struct field *f = field_by_number(field);

	switch (f != NULL ? f->type : FT_STR) {
	case FT_TIME:
		return CONV_TIME;
	case FT_IP:
		return CONV_ADDRESS;
	case FT_NET:
		return CONV_NETWORK;
	case FT_PORT:
	case FT_INT:
		return CONV_NUMBER;
	case FT_ASN:
		return CONV_TEXT;
	case FT_REAL:
	case FT_ACCURACY:
		return CONV_REAL;
	case FT_BOOL:
		return CONV_YES_NO;
	default:
		return CONV_TEXT;
	}
}

/* Matching converts these by itself, row by row, so it must know how. */
static bool
fits_field(struct parse *p, const struct feed_map *m, const char *to)
{
	const struct field *f = field_by_number(m->field);

	if (f != NULL && f->type == FT_IP && m->conv != CONV_ADDRESS)
		return wrong(p, "%s is an address: expected the conversion 'address', or none", to);
	if (m->field == TCS_F_TIME_SOURCE && m->conv != CONV_UTC && m->conv != CONV_TIME)
		return wrong(p, "%s is a time: expected the conversion 'utc' or 'time', or none", to);
	return true;
}

static const char *
why_of(const struct feed_map *m)
{
	const struct field *f = field_by_number(m->field);

	switch (f != NULL ? f->type : FT_STR) {
	case FT_PORT:
		return "not a port, 0 to 65535";
	case FT_ASN:
		return "not an AS number";
	case FT_FQDN:
		return "not a host name";
	case FT_URL:
		return "not a URL";
	case FT_TAXONOMY:
	case FT_TYPE:
		return "not of RSIT";
	default:
		return conv_why[m->conv];
	}
}

static bool
mapping(struct parse *p, bool need)
{
	struct feed_map m = { .need = need };
	const char *cols = word(p, "a column"), *to;
	uint32_t n;
	int c;

	if (cols == NULL || (m.col = columns(p, cols, &n)) == NULL ||
	    (to = word(p, "a field, or extra.NAME")) == NULL)
		return false;
	m.ncol = (uint16_t)n;
	if (!target(p, to, m.col[0], &m.field, &m.extra))
		return false;
	p->w->rest = tcs_trim(p->w->rest);
	c = p->w->rest.n > 0 ? one_of(p, "conversion", conv_names, 0, CONV_COUNT) :
	    (int)feed_usual_conv(m.field);
	if (c < 0)
		return false;
	m.conv = (uint8_t)c;
	if (!fits_field(p, &m, to))
		return false;
	m.why = arena_printf(p->a, "%s: %s", m.col[0], why_of(&m));
	if (need)
		*PUSH(p, p->need, p->nneed) = m;
	else
		*PUSH(p, p->may, p->nmay) = m;
	return true;
}

/* ---- one function for each word ------------------------------------------- */

static bool
line_need(struct parse *p)
{
	return mapping(p, true);
}

static bool
line_may(struct parse *p)
{
	return mapping(p, false);
}

static bool
line_drop(struct parse *p)
{
	const char *s = word(p, "a column");
	struct feed_map m = { .ncol = 1 };
	const char **col;

	for (; s != NULL; s = wordfile_word(p->w)) {
		col = arena_alloc(p->a, sizeof *col);
		*col = s;
		m.col = col;
		m.why = "";
		*PUSH(p, p->may, p->nmay) = m;
	}
	return true;
}

static bool
line_set(struct parse *p)
{
	struct feed_const c = { 0 };
	const char *to = word(p, "a field, or extra.NAME"), *value;

	if (to == NULL || !target(p, to, NULL, &c.field, &c.extra))
		return false;
	if ((value = wordfile_rest(p->w)) == NULL)
		return wrong(p, "expected a value for %s", to);
	c.v = (struct fvalue){ .form = VF_TEXT, .text = tcs_str(value) };
	if (c.field != 0 && !field_value(field_by_number(c.field), &c.v, p->a))
		return wrong(p, "'%s' is not what %s may hold", value, to);
	*PUSH(p, p->set, p->body->nset) = c;
	return true;
}

static bool
class_parts(struct parse *p, const char *s, struct feed_class *c)
{
	struct tcs_slice type = tcs_str(s), tax;
	const char *right;

	if (strcmp(s, "-") == 0)
		return true;
	if (!tcs_cut(&type, '/', &tax) || type.n == 0)
		return wrong(p, "expected a class as TAXONOMY/TYPE, like vulnerable/vulnerable-system, or -, "
		    "got '%s'", s);
	right = rsit_taxonomy(type);
	if (right == NULL)
		return wrong(p, "unknown type '%.*s'; the types are those of RSIT, like vulnerable-system",
		    (int)type.n, type.p);
	if (!tcs_is(tax, right))
		return wrong(p, "type '%.*s' belongs to '%s', got '%.*s'", (int)type.n, type.p, right,
		    (int)tax.n, tax.p);
	c->taxonomy = right;
	c->type = arena_strndup(p->a, type.p, type.n);
	return true;
}

static bool
class_condition(struct parse *p, struct feed_class *c)
{
	static const char *const verbs[] = { "has", "is" };
	int v;

	if ((c->col = word(p, "a column")) == NULL ||
	    (v = one_of(p, "word after the column", verbs, 0, 2)) < 0)
		return false;
	c->has = v == 0;
	return (c->word = word(p, "what the column has")) != NULL;
}

static bool
line_class(struct parse *p)
{
	struct feed_class c = { 0 };
	const char *s = word(p, "a class"), *id;

	if (s == NULL || !class_parts(p, s, &c))
		return false;
	id = wordfile_word(p->w);
	if (id != NULL && strcmp(id, "when") != 0) {
		c.identifier = strcmp(id, "-") == 0 ? NULL : id;
		id = wordfile_word(p->w);
	}
	if (id == NULL) {
		p->feed->taxonomy = c.taxonomy;
		p->feed->type = c.type;
		p->feed->identifier = c.identifier;
		return true;
	}
	if (strcmp(id, "when") != 0)
		return wrong(p, "expected 'when' or the end of the line, got '%s'", id);
	if (!class_condition(p, &c))
		return false;
	*PUSH(p, p->class, p->body->nclass) = c;
	return true;
}

static bool
line_feed(struct parse *p)
{
	if (p->depth > 0)
		return wrong(p, "a file that is used has no feed of its own");
	return (p->feed->id = word(p, "the report type")) != NULL;
}

static bool
line_name(struct parse *p)
{
	return (p->feed->name = wordfile_rest(p->w)) != NULL || wrong(p, "expected a name");
}

static bool
line_about(struct parse *p)
{
	return (p->feed->about = wordfile_rest(p->w)) != NULL ||
	    wrong(p, "expected where the feed is described");
}

static bool
line_provider(struct parse *p)
{
	return (p->feed->provider = wordfile_rest(p->w)) != NULL || wrong(p, "expected who makes the feed");
}

static bool
line_severity(struct parse *p)
{
	int i = one_of(p, "severity", severity_names, SEV_INFO, SEV_CRITICAL + 1);

	if (i > 0)
		p->feed->severity = (enum severity)i;
	return i > 0;
}

static bool
line_kind(struct parse *p)
{
	int i = one_of(p, "kind", kind_names, KIND_SERVICE, KIND_ACCOUNT + 1);

	if (i > 0)
		p->feed->kind = (enum kind)i;
	return i > 0;
}

static bool
line_subject(struct parse *p)
{
	int i = one_of(p, "subject", subject_names, SUBJECT_SOURCE, SUBJECT_ACCOUNT + 1);
	const char *cols;

	if (i < 0)
		return false;
	p->feed->subject = (enum subject)i;
	if ((cols = wordfile_word(p->w)) == NULL)
		return true;
	if (i != SUBJECT_NAME && i != SUBJECT_ACCOUNT)
		return wrong(p, "columns are for subject name and account; an address is what source.ip or "
		    "destination.ip says");
	p->body->subject_col = columns(p, cols, &p->body->nsubject_col);
	return p->body->subject_col != NULL;
}

static bool
line_part(struct parse *p)
{
	int i = one_of(p, "part", part_names, PART_INFECTED, PART_CONTEXT + 1);

	if (i > 0)
		p->feed->part = (enum part)i;
	return i > 0;
}

static bool
line_tlp(struct parse *p)
{
	const char *s = word(p, "a TLP label");

	if (s == NULL)
		return false;
	return tlp_by_name(tcs_str(s), &p->feed->tlp) || unknown(p, "TLP label", s, tlp_names, 5);
}

static bool
line_zone(struct parse *p)
{
	const char *s = word(p, "a time zone, like Europe/Amsterdam");

	if (s == NULL)
		return false;
	tz_free(p->zone);
	p->zone = tz_load(s);
	p->body->zone = p->zone;
	return p->zone != NULL ||
	    wrong(p, "unknown time zone '%s'; expected a name like Europe/Amsterdam", s);
}

static bool
option(struct parse *p, const char *name, const char *value)
{
	*PUSH(p, p->option, p->noption) = (struct given){ .name = name, .value = value, .file = p->w->file,
		.line = p->w->line };
	return true;
}

static bool
line_option(struct parse *p)
{
	const char *name = word(p, "an option of the plugin"), *value = name ? wordfile_rest(p->w) : NULL;

	if (name == NULL)
		return false;
	return value != NULL ? option(p, name, value) : wrong(p, "expected a value for option %s", name);
}

static bool
line_delimiter(struct parse *p)
{
	const char *s = word(p, "comma, semicolon, tab or pipe");

	return s != NULL && option(p, "delimiter", s);
}

static bool
line_encoding(struct parse *p)
{
	const char *s = word(p, "utf-8, iso-8859-1, windows-1252 or auto");

	return s != NULL && option(p, "encoding", s);
}

static bool
line_list(struct parse *p)
{
	return option(p, "header", "no") && option(p, "list", "yes");
}

static bool
line_time_format(struct parse *p)
{
	const char *s = wordfile_rest(p->w), *why;

	if (s == NULL)
		return wrong(p, "expected how times are written, like DD-MM-YYYY HH:mm");
	if ((why = time_pattern_wrong(s)) != NULL)
		return wrong(p, "'%s' is no form of a time: %s", s, why);
	p->body->time_pattern = s;
	return true;
}

static bool
line_columns(struct parse *p)
{
	const char *s = word(p, "the names of the columns"), *all = NULL;

	for (; s != NULL; s = wordfile_word(p->w))
		all = all != NULL ? arena_printf(p->a, "%s,%s", all, s) : s;
	return all != NULL && option(p, "header", "no") && option(p, "columns", all);
}

static bool
line_plugin(struct parse *p)
{
	return (p->body->plugin = word(p, "the name of a plugin")) != NULL;
}

static bool
line_files(struct parse *p)
{
	const char *s = wordfile_rest(p->w);

	if (s == NULL)
		return wrong(p, "expected a pattern of file names, like [{day}-]{type}[-{rest}].csv");
	*PUSH(p, p->files, p->body->nfiles) = s;
	return true;
}

static bool parse_file(struct parse *p, const char *file);

static bool
line_use(struct parse *p)
{
	const char *s = word(p, "a file of this folder"), *slash = strrchr(p->w->file, '/');

	if (s == NULL)
		return false;
	if (strchr(s, '/') != NULL || s[0] == '.')
		return wrong(p, "expected the name of a file of this folder, got '%s'", s);
	if (p->depth >= USE_DEPTH)
		return wrong(p, "files that use files more than %d deep; does one use itself?", USE_DEPTH);
	return parse_file(p, slash == NULL ? s :
	    arena_printf(p->a, "%.*s/%s", (int)(slash - p->w->file), p->w->file, s));
}

static const struct {
	const char	*word;
	bool		 (*line)(struct parse *);
} words[] = {
	{ "feed", line_feed }, { "name", line_name }, { "about", line_about }, { "provider", line_provider },
	{ "class", line_class }, { "severity", line_severity }, { "kind", line_kind },
	{ "subject", line_subject }, { "part", line_part }, { "tlp", line_tlp }, { "set", line_set },
	{ "need", line_need }, { "may", line_may }, { "drop", line_drop },
	{ "use", line_use }, { "columns", line_columns }, { "delimiter", line_delimiter },
	{ "zone", line_zone }, { "time-format", line_time_format }, { "encoding", line_encoding },
	{ "list", line_list }, { "option", line_option }, { "plugin", line_plugin }, { "files", line_files },
};
#define NWORD (sizeof words / sizeof *words)

static bool
parse_line(struct parse *p, const char *first)
{
	const char *names[NWORD], *more;
	size_t i;

	for (i = 0; i < NWORD; i++) {
		names[i] = words[i].word;
		if (strcmp(first, words[i].word) != 0)
			continue;
		if (!words[i].line(p))
			return false;
		more = wordfile_word(p->w);
		return more == NULL || wrong(p, "expected the end of the line, got '%s'", more);
	}
	return unknown(p, "word", first, names, NWORD);
}

static bool
parse_words(struct parse *p, struct wordfile *w)
{
	struct wordfile *outer = p->w;
	const char *first;
	bool good;

	p->w = w;
	p->depth += outer != NULL;
	for (good = true; wordfile_line(w, &first);)
		good = parse_line(p, first) && good;
	p->depth -= outer != NULL;
	p->w = outer;
	return good;
}

static bool
parse_file(struct parse *p, const char *file)
{
	struct wordfile w;

	return wordfile_open(&w, p->a, file, p->e) && parse_words(p, &w);
}

/* ---- the whole ------------------------------------------------------------ */

enum part
feed_usual_part(const char *taxonomy, enum kind kind)
{
	if (kind == KIND_ACCOUNT)
		return PART_VICTIM;
	if (taxonomy == NULL)
		return PART_CONTEXT;
	if (strcmp(taxonomy, "malicious-code") == 0 || strcmp(taxonomy, "intrusions") == 0)
		return PART_INFECTED;
	if (strcmp(taxonomy, "vulnerable") == 0)
		return PART_VULNERABLE;
	return strcmp(taxonomy, "availability") == 0 ? PART_VICTIM : PART_CONTEXT;
}

/* What was not said but can be told from what was. */
static bool
complete(struct parse *p, const char *file)
{
	static const enum subject of_kind[] = { 0, SUBJECT_SOURCE, SUBJECT_SOURCE, SUBJECT_NAME,
		SUBJECT_ACCOUNT };
	struct feed *f = p->feed;

	if (f->id == NULL)
		return err_at(p->e, file, 0, "no 'feed' line; expected feed and the report type");
	if (f->kind == 0)
		return err_at(p->e, file, 0, "no 'kind' line; expected kind service, event, name or account");
	if (f->taxonomy == NULL && p->body->nclass == 0) {
		uint32_t i;

		for (i = 0; i < p->body->nmap; i++)
			if (p->body->map[i].field == TCS_F_CLASSIFICATION_TYPE)
				break;
		if (i == p->body->nmap)
			return err_at(p->e, file, 0, "no 'class' line and no column for classification.type; "
			    "expected class TAXONOMY/TYPE and an identifier");
	}
	if (f->name == NULL)
		f->name = f->id;
	if (f->subject == 0)
		f->subject = of_kind[f->kind];
	/* else each row's class says it */
	if (f->part == 0 && p->body->nclass == 0 && f->taxonomy != NULL)
		f->part = feed_usual_part(f->taxonomy, f->kind);
	return true;
}

static void
join_maps(struct parse *p)
{
	struct feed_map *all = arena_alloc(p->a, (p->nneed + p->nmay + 1) * sizeof *all);
	uint32_t i;

	if (p->nneed > 0)
		memcpy(all, p->need, p->nneed * sizeof *all);
	if (p->nmay > 0)
		memcpy(all + p->nneed, p->may, p->nmay * sizeof *all);
	for (i = 0; i < p->nneed && p->body->time_pattern != NULL; i++)
		if (all[i].conv == CONV_TIME)
			all[i].why = arena_printf(p->a, "%s, expected %s", all[i].why, p->body->time_pattern);
	p->body->map = all;
	p->body->nmap = p->nneed + p->nmay;
	p->body->set = p->set;
	p->body->class = p->class;
	p->body->files = p->files;
}

/* The set's options that the feed does not give itself, then the feed's. */
static void
join_options(struct parse *p, const struct given *of_set, uint32_t n)
{
	struct given *all = arena_alloc(p->a, (n + p->noption + 1) * sizeof *all);
	uint32_t i, k, at = 0;

	for (i = 0; i < n; i++) {
		for (k = 0; k < p->noption; k++)
			if (strcmp(of_set[i].name, p->option[k].name) == 0)
				break;
		if (k == p->noption)
			all[at++] = of_set[i];
	}
	for (k = 0; k < p->noption; k++)
		all[at++] = p->option[k];
	p->feed->option = all;
	p->feed->noption = at;
}

static bool
read_feed(struct arena *a, const char *file, const struct tcs_slice *text, const char *provider,
    const struct given *set_option, uint32_t nset_option, struct feed *out, struct tz **zone, struct err *e)
{
	struct parse p = { .a = a, .e = e, .feed = out };
	struct wordfile w;
	bool good;

	*out = (struct feed){ .provider = provider, .file = arena_strdup(a, file), .tlp = TLP_NONE };
	p.body = arena_alloc(a, sizeof *p.body);
	out->body = p.body;
	if (text != NULL) {
		wordfile_text(&w, a, file, *text);
		good = parse_words(&p, &w);
	} else
		good = parse_file(&p, out->file);
	join_maps(&p);
	join_options(&p, set_option, nset_option);
	good = good && complete(&p, file);
	*zone = p.zone;
	return good;
}

bool
feedfile_read(struct arena *a, const char *file, const char *provider, const struct given *set_option,
    uint32_t nset_option, struct feed *out, struct tz **zone, struct err *e)
{
	return read_feed(a, file, NULL, provider, set_option, nset_option, out, zone, e);
}

bool
feedfile_read_text(struct arena *a, const char *name, struct tcs_slice text, struct feed *out,
    struct tz **zone, struct err *e)
{
	return read_feed(a, name, &text, NULL, NULL, 0, out, zone, e);
}
