/* SPDX-License-Identifier: Apache-2.0 */
/* See preview.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "buf.h"
#include "cmd/list.h"
#include "cmd/preview.h"
#include "map.h"
#include "mem.h"
#include "timefmt.h"
#include "utf8.h"

#define SHOWN 10u		/* rows, and refused rows */

struct preview {
	struct arena	*a;
	struct map	*reason;		/* -> how many */
	uint64_t	 rows, refused;
	/* of the row being shown */
	struct list	*list;
	const struct finding *f;
	bool		 told[TCS_F_COUNT];
};

static const struct list_col cols[] = {
	{ "column", "COLUMN", LIST_TEXT, 0 },
	{ "cell", "CELL", LIST_TEXT, 0 },
	{ "field", "FIELD", LIST_TEXT, 0 },
	{ "value", "VALUE", LIST_TEXT, 0 },
	{ NULL, NULL, 0, 0 }
};

struct preview *
preview_new(void)
{
	struct preview *p = xcalloc(1, sizeof *p);

	p->a = arena_new();
	p->reason = map_new();
	return p;
}

void
preview_free(struct preview *p)
{
	if (p == NULL)
		return;
	map_free(p->reason);
	arena_free(p->a);
	free(p);
}

static const char *
text(struct preview *p, struct tcs_slice s)
{
	return s.n > 0 ? arena_strndup(p->a, s.p, s.n < 200 ? s.n : 200) : NULL;
}

/* What the finding holds under that name; NULL: nothing. */
static const char *
value_of(struct preview *p, const char *target)
{
	const struct field *field = field_by_name(tcs_str(target));
	uint32_t i;

	if (field != NULL) {
		p->told[field->number] = true;
		return p->f->f[field->number].form != VF_NONE ? text(p, p->f->f[field->number].text) : NULL;
	}
	for (i = 0; i < p->f->nextra; i++)
		if (strcmp(p->f->extra[i].name, target + strlen("extra.")) == 0)
			return text(p, p->f->extra[i].v.text);
	return NULL;
}

static void
column(void *arg, const char *name, struct tcs_slice cell, const char *target)
{
	struct preview *p = arg;

	if (cell.n == 0)			/* a column that has nothing in this row */
		return;
	list_text(p->list, "column", name);
	list_text(p->list, "cell", text(p, cell));
	list_text(p->list, "field", target != NULL ? target : "(dropped)");
	list_text(p->list, "value", target != NULL ? value_of(p, target) : NULL);
	list_row(p->list);
}

/* What no column of the row says: the feed does. */
static void
constants(struct preview *p)
{
	unsigned i;

	for (i = 1; i < TCS_F_COUNT; i++) {
		if (p->f->f[i].form == VF_NONE || p->told[i] || i == TCS_F_RAW)
			continue;
		list_text(p->list, "column", "(every row)");
		list_text(p->list, "field", field_by_number(i)->name);
		list_text(p->list, "value", text(p, p->f->f[i].text));
		list_row(p->list);
	}
}

static const char *
about(struct preview *p)
{
	char ip[IP_TEXT] = "";

	if (p->f->name.n > 0)
		return text(p, p->f->name);
	if (!p->f->has_ip)
		return "nobody: no address and no name, so it will match no asset";
	ip_text(&p->f->ip, ip);
	return arena_strdup(p->a, ip);
}

void
preview_row(struct preview *p, const struct decoded *d, uint32_t i, const struct finding *f)
{
	struct buf safe;

	if (p->rows++ >= SHOWN)
		return;
	p->f = f;
	memset(p->told, 0, sizeof p->told);
	buf_init(&safe);
	utf8_safe(&safe, about(p), strlen(about(p)));
	printf("line %u: %s, about %s\n", f->line, f->kind > 0 ? kind_names[f->kind] : "finding", safe.p);
	buf_free(&safe);
	p->list = list_new(cols, false, stdout, list_width());
	binding_walk(d->binding, d->rows, i, p->a, column, p);
	constants(p);
	list_end(p->list, NULL);
	putchar('\n');
	arena_reset(p->a);
}

void
preview_refused(struct preview *p, const char *name, const struct refused *r)
{
	uint64_t n = 0;
	const char *shown;
	struct buf safe;

	map_get(p->reason, r->why, strlen(r->why), &n);
	map_set(p->reason, r->why, strlen(r->why), n + 1);
	if (p->refused++ >= SHOWN)
		return;
	buf_init(&safe);
	buf_printf(&safe, "%s:%u: refused: %s%s%s", name, r->line, r->why, r->detail != NULL ? ": " : "",
	    r->detail != NULL ? r->detail : "");
	shown = arena_strndup(p->a, safe.p, safe.n);
	buf_reset(&safe);
	utf8_safe(&safe, shown, strlen(shown));
	printf("%s\n", safe.p);
	buf_free(&safe);
}

void
preview_end(struct preview *p)
{
	const void *why;
	uint64_t n;
	size_t i = 0, len;

	if (p->rows > SHOWN || p->refused > SHOWN)
		printf("... the first %u of each are shown\n", SHOWN);
	printf("%" PRIu64 " rows can be read, %" PRIu64 " are refused\n", p->rows, p->refused);
	while (map_next(p->reason, &i, &why, &len, &n))
		printf("%8" PRIu64 " × %.*s\n", n, (int)len, (const char *)why);
}

/* ---- the refused rows ----------------------------------------------------------- */

static void
csv_cell(struct buf *b, struct tcs_slice s)
{
	size_t i;
	bool formula = s.n > 0 && strchr("=+-@", s.p[0]) != NULL;	/* to a spreadsheet */

	buf_char(b, '"');
	if (formula)
		buf_char(b, '\'');
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, s.p[i] == '\0' ? ' ' : s.p[i]);
	}
	buf_char(b, '"');
}

bool
refused_head(FILE *out)
{
	return fputs("line,reason,detail,row\n", out) >= 0;
}

bool
refused_row(FILE *out, const struct refused *r)
{
	struct tcs_slice row = tcs_slice(r->raw, r->raw != NULL ? r->len : 0);
	struct buf b;
	bool good;

	while (row.n > 0 && (row.p[row.n - 1] == '\n' || row.p[row.n - 1] == '\r'))
		row.n--;
	buf_init(&b);
	buf_printf(&b, "%u,", r->line);
	csv_cell(&b, tcs_str(r->why));
	buf_char(&b, ',');
	csv_cell(&b, tcs_str(r->detail != NULL ? r->detail : ""));
	buf_char(&b, ',');
	csv_cell(&b, row);
	buf_char(&b, '\n');
	good = fwrite(b.p, 1, b.n, out) == b.n;
	buf_free(&b);
	return good;
}
