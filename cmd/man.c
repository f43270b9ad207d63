/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manual page tocsin(1) in the man macros, made from the table of
 * commands, so that it cannot differ from what the program does.  Help texts
 * are plain: a blank line parts paragraphs, an indented line stands as it is.
 */
#include <stdio.h>
#include <string.h>
#include "cmd/args.h"

/* One line's characters, so that roff takes none for its own. */
static void
plain(const char *p, size_t n)
{
	size_t i;

	if (n && (p[0] == '.' || p[0] == '\''))
		fputs("\\&", stdout);
	for (i = 0; i < n; i++)
		switch (p[i]) {
		case '\\':
			fputs("\\e", stdout);
			break;
		case '-':
			fputs("\\-", stdout);
			break;
		case '`':
			fputs("\\(ga", stdout);
			break;
		default:
			putchar(p[i]);
		}
}

static void
text(const char *s)
{
	plain(s, strlen(s));
}

static void
paragraphs(const char *s)
{
	bool literal = false;
	size_t n;

	while (*s) {
		n = strcspn(s, "\n");
		if ((*s == ' ' || *s == '\t') != literal && n > 0) {
			literal = !literal;
			puts(literal ? ".nf" : ".fi");
		}
		if (n == 0)
			puts(".PP");
		else {
			plain(s, n);
			putchar('\n');
		}
		s += n + (s[n] == '\n');
	}
	if (literal)
		puts(".fi");
}

static void
options(const struct cmd_opt *o)
{
	for (; o && o->name; o++) {
		fputs(".TP\n.B ", stdout);
		printf("\\-\\-");
		text(o->name);
		if (o->arg) {
			fputs(" \\fI", stdout);
			text(o->arg);
			fputs("\\fR", stdout);
		}
		putchar('\n');
		text(o->help);
		puts(o->many ? " (may be given again)" : "");
	}
}

static void
command(const struct cmd *c)
{
	printf(".SS tocsin ");
	text(c->name);
	if (c->operands && c->operands[0]) {
		putchar(' ');
		text(c->operands);
	}
	puts("");
	text(c->summary);
	puts(".");
	if (c->help && c->help[0]) {
		puts(".PP");
		paragraphs(c->help);
	}
	options(c->opt);
}

static void
head(void)
{
	puts(".\\\" SPDX-License-Identifier: Apache-2.0");
	puts(".\\\" Made by `tocsin help --man`.");
	printf(".TH TOCSIN 1 \"\" \"Tocsin %s\" \"Tocsin\"\n", PACKAGE_VERSION);
	puts(".SH NAME\ntocsin \\- warn the organisations that reports of vulnerable systems are about");
	puts(".SH SYNOPSIS\n.B tocsin\n[\\fB\\-c\\fR \\fIFILE\\fR] \\fICOMMAND\\fR [\\fIOPTION\\fR]... "
	    "[\\fIWHAT\\fR]...");
	puts(".SH DESCRIPTION\nTocsin takes reports of vulnerable, exposed or compromised systems from many "
	    "sources, finds out\nwhich organisation each system belongs to, and warns that organisation: "
	    "the right one, once, with everything it\nneeds to act.");
	puts("Every command works beside a running\n.BR \"tocsin run\" .\nOptions may stand before and "
	    "after the command.");
	puts(".SH OPTIONS");
	options(cmd_common);
}

void
help_man(void)
{
	const struct cmd_line *l;

	head();
	for (l = cmd_lines; l->heading || l->cmd; l++) {
		if (l->cmd)
			command(l->cmd);
		else if (l[1].cmd) {
			printf(".SH ");
			text(l->heading);
			puts("");
		}
	}
	puts(".SH ENVIRONMENT\n.TP\n.B TOCSIN_NOW\nThe present, as with\n.BR \\-\\-now .");
	puts(".SH EXIT STATUS\n.TP\n.B 0\nfine\n.TP\n.B 1\nsomething was refused or failed\n.TP\n.B 2\n"
	    "usage or configuration\n.TP\n.B 3\ninternal");
	puts(".SH SEE ALSO\n.BR tocsin.conf (5),\n.BR tocsin-plugin (7)");
}
