/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be said of a declaration without running a function: load.c has
 * refused what the host would refuse; here is what a person would miss.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "kit/check/check.h"
#include <tocsin/slice.h>

static bool
one_of(const char *choices, struct tcs_slice s)
{
	struct tcs_slice rest = tcs_str(choices), part;

	while (tcs_cut(&rest, '|', &part))
		if (tcs_eq(part, s))
			return true;
	return false;
}

static void
try_range(struct check *c, const struct tcs_opt *o, const char *text)
{
	const char *dots = o->choices != NULL ? strstr(o->choices, "..") : NULL;
	char *end;
	long long v = strtoll(text, &end, 10);

	if (end == text || *end != '\0')
		fail(c, "write a whole number", "the default \"%s\" of option \"%s\" is no number", text,
		    o->name);
	if (o->choices == NULL)
		return;
	if (dots == NULL)
		fail(c, "write it as \"1..65535\"", "the range \"%s\" of option \"%s\" cannot be read",
		    o->choices, o->name);
	if (v < strtoll(o->choices, NULL, 10) || v > strtoll(dots + 2, NULL, 10))
		fail(c, "the host refuses what is outside: widen the range or change the default",
		    "the default %s of option \"%s\" is outside of its range %s", text, o->name, o->choices);
}

static void
try_default(struct check *c, const struct tcs_opt *o, const char *text)
{
	if (o->type == TCS_T_ENUM && !one_of(o->choices, tcs_str(text)))
		fail(c, "name one of the choices", "the default \"%s\" of option \"%s\" is none of its "
		    "choices %s",
		    text, o->name, o->choices);
	if (o->type == TCS_T_BOOL && !one_of("yes|no|true|false|on|off", tcs_str(text)))
		fail(c, "write \"yes\" or \"no\"", "the default \"%s\" of option \"%s\" is neither yes nor "
		    "no",
		    text, o->name);
	if (o->type == TCS_T_INT)
		try_range(c, o, text);
}

static void
try_option(struct check *c, const struct tcs_opt *o)
{
	if (strlen(o->help) < 5)
		fail(c, "write one sentence: it is all an administrator reads",
		    "option \"%s\" has no help", o->name);
	if (o->dflt != NULL && !((o->flags & TCS_O_LIST) && o->dflt[0] == '\0') &&
	    !(o->flags & TCS_O_LIST))
		try_default(c, o, o->dflt);
	if (o->dflt != NULL && o->type == TCS_T_SECRET)
		fail(c, "make it TCS_O_OPTIONAL with dflt NULL", "the secret \"%s\" has a default", o->name);
}

void
try_declaration(struct check *c)
{
	const struct tcs_plugin *p = c->p;
	uint32_t i, k;

	if (p->help == NULL || strlen(p->help) < 20)
		fail(c, "write what it reads or does, in a few lines of plain text", "it has no help");
	if (p->summary[0] == '\0' || strchr(p->summary, '\n') != NULL)
		fail(c, "write one line", "its summary is not one line");
	if (p->kind == TCS_SOURCE && p->ops.source->names == NULL && p->ops.source->starts == NULL)
		note(c, "it says neither names nor first bytes of its inputs: tocsin try will not find it");
	for (i = 0; i < p->nopt; i++) {
		const struct tcs_opt *o = (const void *)((const char *)p->opts + (size_t)i * p->optsize);

		try_option(c, o);
		for (k = 0; k < i; k++)
			if (strcmp(((const struct tcs_opt *)(const void *)((const char *)p->opts +
			    (size_t)k * p->optsize))->name, o->name) == 0)
				fail(c, "give each its own name", "two options are called \"%s\"", o->name);
	}
}
