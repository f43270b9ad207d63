/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin plugin show --man and --schema: the manual page of a plugin, and the
 * JSON Schema of its options, both from what it declares.
 */
#include <stdio.h>
#include <string.h>
#include "buf.h"
#include "cmd/plugin_doc.h"
#include "option.h"
#include "utf8.h"
#include <tocsin/slice.h>

/* ---- roff ----------------------------------------------------------------- */

/* Text for roff: nothing in it is a request or an escape. */
static void
roff(struct buf *b, const char *text)
{
	struct buf safe;
	const char *p;

	buf_init(&safe);
	utf8_safe(&safe, text ? text : "", strlen(text ? text : ""));
	for (p = safe.p ? safe.p : ""; *p != '\0'; p++) {
		if ((*p == '.' || *p == '\'') && (b->n == 0 || b->p[b->n - 1] == '\n'))
			buf_str(b, "\\&");
		if (*p == '\\')
			buf_str(b, "\\e");
		else if (*p == '-')
			buf_str(b, "\\-");
		else
			buf_char(b, *p);
	}
	buf_free(&safe);
}

static void
roff_line(struct buf *b, const char *before, const char *text)
{
	buf_str(b, before);
	roff(b, text);
	buf_char(b, '\n');
}

/* A page of plain text: its lines stay as they are. */
static void
roff_page(struct buf *b, const char *text)
{
	struct tcs_slice rest = tcs_str(text), line;
	char one[1024];

	buf_str(b, ".nf\n");
	while (tcs_cut(&rest, '\n', &line)) {
		if (line.n >= sizeof one)
			line.n = sizeof one - 1;
		memcpy(one, line.p, line.n);
		one[line.n] = '\0';
		roff_line(b, "", one);
	}
	buf_str(b, ".fi\n");
}

static void
roff_option(struct buf *b, const struct tcs_opt *o)
{
	roff_line(b, ".TP\n.B ", o->name);
	roff(b, option_type_name(o->type));
	buf_str(b, o->flags & TCS_O_LIST ? ", many" : "");
	if (o->choices != NULL) {
		buf_str(b, ", ");
		roff(b, o->choices);
	}
	if (o->dflt != NULL) {
		buf_str(b, ", without it ");
		roff(b, o->dflt[0] != '\0' ? o->dflt : "nothing");
	} else if ((o->flags & TCS_O_OPTIONAL) == 0 && o->type != TCS_T_DATA)
		buf_str(b, ", must be given");
	buf_str(b, ".\n");
	roff_line(b, "", o->help);
}

void
plugin_man(struct buf *b, const struct plugin *p)
{
	uint32_t i;

	buf_printf(b, ".TH TOCSIN\\-%s 7 \"\" \"%s %s\"\n.SH NAME\n", p->name, p->name, p->version);
	buf_printf(b, "tocsin\\-%s \\- ", p->name);
	roff_line(b, "", p->summary);
	buf_str(b, ".SH DESCRIPTION\n");
	buf_printf(b, "A %s for\n.BR tocsin (1),\nunder the licence ", plugin_kind_name(p->kind));
	roff(b, p->license);
	buf_str(b, ".\n");
	if (p->names != NULL)
		roff_line(b, ".PP\nNames of its inputs: ", p->names);
	if (p->channel != NULL)
		roff_line(b, ".PP\nChannel of the contacts it serves: ", p->channel);
	if (p->help != NULL && p->help[0] != '\0') {
		buf_str(b, ".PP\n");
		roff_page(b, p->help);
	}
	buf_str(b, ".SH OPTIONS\n");
	if (p->nopt == 0)
		buf_str(b, "It has none.\n");
	for (i = 0; i < p->nopt; i++)
		roff_option(b, &p->opts[i]);
	buf_str(b, ".SH SEE ALSO\n.BR tocsin (1),\n.BR tocsin.conf (5),\n.BR tocsin\\-plugin (7)\n");
}

/* ---- JSON Schema ------------------------------------------------------------ */

static const char *
json_type(uint32_t type)
{
	return type == TCS_T_BOOL ? "boolean" : type == TCS_T_INT ? "integer" : type == TCS_T_REAL ?
	    "number" :
	    "string";
}

static void
json_choices(struct buf *b, const struct tcs_opt *o)
{
	struct tcs_slice rest = tcs_str(o->choices), part;
	const char *dots = strstr(o->choices, "..");
	bool first = true;

	if (o->type == TCS_T_INT && dots != NULL) {
		buf_printf(b, ",\"minimum\":%.*s,\"maximum\":%s", (int)(dots - o->choices), o->choices,
		    dots + 2);
		return;
	}
	if (o->type != TCS_T_ENUM)
		return;
	buf_str(b, ",\"enum\":[");
	for (; tcs_cut(&rest, '|', &part); first = false) {
		buf_str(b, first ? "" : ",");
		buf_json(b, part.p, part.n);
	}
	buf_char(b, ']');
}

static bool
is_true(const char *s)
{
	return strcmp(s, "yes") == 0 || strcmp(s, "true") == 0 || strcmp(s, "on") == 0;
}

/* A default as the type has it; of a list there is none to say but the text in its description. */
static void
json_default(struct buf *b, const struct tcs_opt *o)
{
	if (o->dflt == NULL || o->flags & TCS_O_LIST)
		return;
	buf_str(b, ",\"default\":");
	if (o->type == TCS_T_BOOL)
		buf_str(b, is_true(o->dflt) ? "true" : "false");
	else if (o->type == TCS_T_INT || o->type == TCS_T_REAL)
		buf_str(b, o->dflt);
	else
		buf_json_str(b, o->dflt);
}

static void
json_option(struct buf *b, const struct tcs_opt *o)
{
	bool list = o->flags & TCS_O_LIST;

	buf_json_str(b, o->name);
	buf_printf(b, ":{%s\"type\":\"%s\"", list ? "\"type\":\"array\",\"items\":{" : "",
	    json_type(o->type));
	if (o->choices != NULL)
		json_choices(b, o);
	buf_str(b, list ? "}" : "");
	json_default(b, o);
	buf_str(b, ",\"description\":");
	buf_json_str(b, o->help);
	buf_char(b, '}');
}

void
plugin_schema(struct buf *b, const struct plugin *p)
{
	bool first = true;
	uint32_t i;

	buf_str(b, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":");
	buf_json_str(b, p->name);
	buf_str(b, ",\"description\":");
	buf_json_str(b, p->summary);
	buf_str(b, ",\"type\":\"object\",\"properties\":{");
	for (i = 0; i < p->nopt; i++) {
		buf_str(b, i ? "," : "");
		json_option(b, &p->opts[i]);
	}
	buf_str(b, "},\"required\":[");
	for (i = 0; i < p->nopt; i++)
		if (p->opts[i].dflt == NULL && (p->opts[i].flags & TCS_O_OPTIONAL) == 0 &&
		    p->opts[i].type != TCS_T_DATA) {
			buf_str(b, first ? "" : ",");
			buf_json_str(b, p->opts[i].name);
			first = false;
		}
	buf_str(b, "]}\n");
}
