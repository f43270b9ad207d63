/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin plugin list|show|new|check: which plugins there are, what they can be
 * told, and why one cannot be used.  Everything is from the plugins' own
 * declarations; nothing is opened or started but the workers that read them.
 */
#include <string.h>
#include "buf.h"
#include "cmd/cmd.h"
#include "cmd/plugin_doc.h"
#include "cmd/plugin_kit.h"
#include "cmd/plugins.h"
#include "cmd/list.h"
#include "option.h"
#include "plugin_host.h"
#include "utf8.h"

static const struct list_col list_columns[] = {
	{ "plugin", "PLUGIN", LIST_TEXT, 0 }, { "kind", "KIND", LIST_TEXT, 0 }, { "version", "VERSION",
	    LIST_TEXT, 0 },
	{ "summary", "WHAT IT IS", LIST_TEXT, LIST_CUT }, { "usable", NULL, LIST_BOOL, 0 }, { "refused", NULL,
	    LIST_TEXT, 0 },
	{ "file", NULL, LIST_TEXT, 0 }, { "sha256", NULL, LIST_TEXT, 0 }, { NULL, NULL, LIST_TEXT, 0 }
};

/* 1 when one of the files in the folder cannot be used: that is for an administrator to see to. */
static int
list(const struct cmd_args *a, const struct plugins *ps)
{
	struct list *l = list_new(list_columns, a->json, stdout, a->json ? 0 : list_width());
	int status = CMD_OK;
	uint32_t i;

	for (i = 0; i < ps->n; i++) {
		const struct plugin *p = &ps->list[i];

		list_text(l, "plugin", p->name);
		list_text(l, "kind", p->kind ? plugin_kind_name(p->kind) : NULL);
		list_text(l, "version", p->version);
		list_text(l, "summary", p->summary);
		list_bool(l, "usable", p->refused == NULL);
		list_text(l, "refused", p->refused);
		list_text(l, "file", p->path);
		list_some(l, "sha256", p->sha256);
		list_row(l);
	}
	list_end(l, "no plugins");
	for (i = 0; i < ps->n; i++)
		if (ps->list[i].refused) {
			status = cmd_fail(a, CMD_FAILED, "%s cannot be used: %s", ps->list[i].path,
			    ps->list[i].refused);
		}
	return status;
}

/* ---- show ---------------------------------------------------------------- */

static const char *
default_of(const struct tcs_opt *o)
{
	return o->dflt ? o->dflt : o->flags & TCS_O_OPTIONAL ? NULL : o->type == TCS_T_DATA ? NULL :
	    "must be given";
}

static void
say_line(const char *title, const char *text)
{
	struct buf b;

	if (text == NULL || text[0] == '\0')
		return;
	buf_init(&b);
	utf8_safe(&b, text, strlen(text));
	printf("%-12s%s\n", title, b.p);
	buf_free(&b);
}

/* A page of plain text, line by line, made safe. */
static void
say_page(const char *text)
{
	struct buf b;
	size_t n;

	buf_init(&b);
	for (; text && *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		buf_reset(&b);
		utf8_safe(&b, text, n);
		printf("%s\n", b.n ? b.p : "");
	}
	buf_free(&b);
}

static const struct list_col option_columns[] = {
	{ "option", "OPTION", LIST_TEXT, 0 }, { "type", "TYPE", LIST_TEXT, 0 },
	{ "default", "DEFAULT", LIST_TEXT, 0 }, { "choices", "CHOICES", LIST_TEXT, 0 }, { "help",
	    "WHAT IT DOES", LIST_TEXT, 0 }, { NULL, NULL, LIST_TEXT, 0 }
};

static void
show_options(const struct plugin *p)
{
	struct list *l = list_new(option_columns, false, stdout, 0);
	struct buf type;
	uint32_t i;

	buf_init(&type);
	for (i = 0; i < p->nopt; i++) {
		const struct tcs_opt *o = &p->opts[i];

		buf_reset(&type);
		buf_printf(&type, "%s%s", option_type_name(o->type), o->flags & TCS_O_LIST ? ", many" : "");
		list_text(l, "option", o->name);
		list_text(l, "type", type.p);
		list_text(l, "default", default_of(o));
		list_text(l, "choices", o->choices);
		list_text(l, "help", o->help);
		list_row(l);
	}
	buf_free(&type);
	putchar('\n');
	list_end(l, "It has no options.");
}

static void
show_text(const struct plugin *p)
{
	char title[160];

	snprintf(title, sizeof title, "%.60s %.40s", plugin_kind_name(p->kind), p->version);
	say_line(p->name, p->summary);
	say_line("kind", title);
	say_line("license", p->license);
	say_line("file", p->path);
	say_line("sha256", p->sha256);
	say_line("names", p->names);
	say_line("begins with", p->starts);
	say_line("columns", p->kind != TCS_SOURCE ? NULL : p->columns ? p->columns :
	    "the input's own: a feed says what they mean");
	say_line("contacts", p->channel);
	if (p->help && p->help[0]) {
		putchar('\n');
		say_page(p->help);
	}
	show_options(p);
}

static void
json_pair(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, "%s\"%s\":", b->n > 1 && b->p[b->n - 1] != '{' ? "," : "", key);
	buf_json_str(b, value);
}

static void
show_json(const struct plugin *p)
{
	struct buf b;
	uint32_t i;

	buf_init(&b);
	buf_char(&b, '{');
	json_pair(&b, "plugin", p->name);
	json_pair(&b, "kind", plugin_kind_name(p->kind));
	json_pair(&b, "version", p->version);
	json_pair(&b, "license", p->license);
	json_pair(&b, "summary", p->summary);
	json_pair(&b, "help", p->help);
	json_pair(&b, "file", p->path);
	json_pair(&b, "sha256", p->sha256);
	json_pair(&b, "names", p->names);
	json_pair(&b, "starts", p->starts);
	json_pair(&b, "columns", p->columns);
	json_pair(&b, "channel", p->channel);
	buf_str(&b, ",\"options\":[");
	for (i = 0; i < p->nopt; i++) {
		const struct tcs_opt *o = &p->opts[i];

		buf_str(&b, i ? ",{" : "{");
		json_pair(&b, "option", o->name);
		json_pair(&b, "type", option_type_name(o->type));
		json_pair(&b, "default", o->dflt);
		json_pair(&b, "choices", o->choices);
		json_pair(&b, "help", o->help);
		buf_printf(&b, ",\"list\":%s,\"required\":%s}", o->flags & TCS_O_LIST ? "true" : "false",
		    o->dflt == NULL && (o->flags & TCS_O_OPTIONAL) == 0 && o->type != TCS_T_DATA ? "true" :
		    "false");
	}
	buf_str(&b, "]}");
	puts(b.p);
	buf_free(&b);
}

static void
show_document(const struct cmd_args *a, const struct plugin *p)
{
	struct buf b;

	buf_init(&b);
	if (cmd_has(a, "man"))
		plugin_man(&b, p);
	else
		plugin_schema(&b, p);
	fputs(b.p, stdout);
	buf_free(&b);
}

static int
show(const struct cmd_args *a, const struct plugins *ps)
{
	struct err e = ERR_INIT;
	const struct plugin *p = plugin_get(ps, a->arg[1], 0, &e);

	if (p == NULL)
		return cmd_fail(a, CMD_FAILED, "%s", e.text);
	if (cmd_has(a, "man") || cmd_has(a, "schema"))
		show_document(a, p);
	else if (a->json)
		show_json(p);
	else
		show_text(p);
	return CMD_OK;
}

static int
run(const struct cmd_args *a)
{
	bool shows = strcmp(a->arg[0], "show") == 0;
	struct err e = ERR_INIT;
	struct unpack_limits limits;
	struct plugins *ps;
	int status;

	if (strcmp(a->arg[0], "new") == 0)
		return plugin_new(a);
	if (strcmp(a->arg[0], "check") == 0)
		return plugin_check(a);
	if ((!shows && strcmp(a->arg[0], "list") != 0) || a->narg != 1 + shows)
		return cmd_fail(a, CMD_USAGE, "expected list, show and the NAME of a plugin, new and a "
		    "NAME, or "
		    "check and a FILE.so");
	if ((ps = cmd_plugins(a, &limits, &e)) == NULL)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	status = shows ? show(a, ps) : list(a, ps);
	plugins_free(ps);
	return status;
}

static const struct cmd_opt options[] = {
	{ "man", NULL, "show: as a manual page, for man -l", false },
	{ "schema", NULL, "show: its options as a JSON Schema", false },
	{ "kind", "KIND", "new: source, as without", false },
	{ "set", "OPTION=VALUE", "check: an option of the plugin", true },
	{ "accept", NULL, "check: write down what the plugin says as what is expected", false },
	{ "fuzz", "SECONDS", "check: so long, samples changed at random too", false },
	{ "seed", "NUMBER", "check: another series of changes than 1", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_plugin = {
	.name = "plugin",
	.operands = "list|show|new|check [NAME|FILE.so [SAMPLE...]]",
	.least = 1,
	.most = -1,
	.opt = options,
	.run = run,
	.summary = "say which plugins there are and what they can be told; write and check one",
	.help = "list: every .so of the plugin folder with its kind and version; of one that cannot be\n"
	    "used it says why, and ends with 1.\n"
	    "show NAME: what the plugin says of itself, and each of its options with type, default,\n"
	    "choices or range, and what it does.\n"
	    "new NAME: a folder NAME with a small plugin that works, to begin with.\n"
	    "check FILE.so [SAMPLE...]: tries a plugin in processes of its own against its contract: a\n"
	    "source with samples in pieces, cut off, without memory, with fewer columns and so on, and\n"
	    "against NAME.rows beside each; a stage with samples as its data; a notifier without a network\n"
	    "and with a warning's JSON part as sample. Samples are files or folders; without any, the\n"
	    "folder samples beside FILE.so. Each failure says what to do; with one it ends\n"
	    "with 1. The output is TAP.\n",
};
