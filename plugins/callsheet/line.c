/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call as a line of CSV (RFC 4180), from the warning's JSON part
 * (docs/columns.md).  The last columns are empty: the caller fills them in.
 * It will be opened in a spreadsheet, so what that would take for a formula
 * gets an apostrophe in front - telephone numbers with a plus too, which
 * spreadsheets would otherwise add up.
 */
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "callsheet.h"

#define SYSTEMS_SHOWN 20	/* in one cell */

static const char *const head[] = { "warning", "made", "organisation", "name", "telephone", "language", "tlp",
	"subject", "systems", "which", "told", "outcome", "call_again", "remarks" };

void
call_head(FILE *out)
{
	size_t i;

	for (i = 0; i < sizeof head / sizeof *head; i++)
		fprintf(out, "%s%s", i > 0 ? "," : "", head[i]);
	fputs("\r\n", out);
}

static void
cell(FILE *out, const char *s)
{
	bool start = true;

	fputs("\"", out);
	for (; *s != '\0'; s++) {
		if (start && strchr("=+-@", *s) != NULL)
			fputc('\'', out);
		if (*s == ';' || *s == '\t')
			start = true;
		else if ((unsigned char)*s > ' ')
			start = false;
		if (*s == '"')
			fputc('"', out);
		fputc((unsigned char)*s < ' ' || *s == 0x7f ? ' ' : *s, out);
	}
	fputs("\",", out);
}

static const char *
member(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

static void
which(FILE *out, const json_t *systems)
{
	size_t i, n = json_array_size(systems);
	const json_t *s;
	const char *subject;

	for (i = 0; i < n && i < SYSTEMS_SHOWN; i++) {
		s = json_array_get(systems, i);
		subject = member(s, "account");
		if (subject[0] == '\0')
			subject = member(s, "ip");
		if (subject[0] == '\0')
			subject = member(s, "hostname");
		fprintf(out, "%s%s", i > 0 ? "; " : "", subject);
		if (json_is_integer(json_object_get(s, "port")))
			fprintf(out, " %lld/%s", (long long)json_integer_value(json_object_get(s, "port")),
			    member(s, "transport"));
		fprintf(out, " %s", member(s, "problem"));
	}
	if (n > i)
		fprintf(out, "; and %zu more", n - i);
}

static int
write_line(FILE *out, const struct tcs_warning *w, const json_t *all)
{
	const json_t *org = json_object_get(all, "organisation"), *systems = json_object_get(all, "systems");
	const char *made = member(all, "made");
	char *list = NULL, count[24];
	size_t n;
	FILE *f;

	if (strlen(made) < 10 || !json_is_array(systems))
		return TCS_EINPUT;
	if ((f = open_memstream(&list, &n)) == NULL)
		return TCS_ENOMEM;
	which(f, systems);
	if (fclose(f) != 0)
		return TCS_ENOMEM;
	snprintf(count, sizeof count, "%zu", json_array_size(systems));
	fprintf(out, "%.10s\n", made);
	cell(out, member(all, "warning"));
	cell(out, made);
	cell(out, member(org, "id"));
	cell(out, member(org, "name"));
	cell(out, w->address != NULL ? w->address : "");
	cell(out, member(all, "language"));
	cell(out, member(all, "tlp"));
	cell(out, w->subject != NULL ? w->subject : "");
	cell(out, count);
	cell(out, list);
	fputs(",,,\n", out);
	free(list);
	return TCS_OK;
}

int
call_line(FILE *out, const struct tcs_warning *w, const struct tcs_part *json)
{
	json_t *all = json_loadb(json->p, json->n, 0, NULL);
	int rc = all != NULL ? write_line(out, w, all) : TCS_EINPUT;

	json_decref(all);
	return rc;
}
