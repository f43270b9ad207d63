/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin warnings: who was warned, and how that went.  `warnings show` gives
 * the stored bytes as they were or will be sent; on a terminal they are made
 * safe line by line.
 */
#include <string.h>
#include <unistd.h>
#include "buf.h"
#include "cmd/rows.h"
#include "cmd/view.h"
#include "cmd/which.h"
#include "utf8.h"

struct listing {
	struct list	*t;
	struct ledger	*l;
};

static bool
one(void *arg, const struct warning_row *r)
{
	struct listing *x = arg;

	warning_cells(x->t, x->l, r);
	list_row(x->t);
	return true;
}

static bool
states(const struct view *v, int *state)
{
	const char *names[W_MAX + 1];
	int i;

	for (i = 0; i < W_MAX; i++)
		names[i] = wstate_names[i];
	names[i] = NULL;
	return view_state(v, names, state);
}

static int
all(struct view *v)
{
	struct warning_filter f = warning_filter_any;
	struct err e = ERR_INIT;
	struct listing x;
	bool good;

	if (!states(v, &f.state)) {
		view_close(v);
		return CMD_USAGE;
	}
	f.made = v->filter.span;
	f.source = v->filter.source;
	f.org = v->filter.org;
	x = (struct listing){ list_new(warning_cols, v->args->json, stdout, list_width()), v->l };
	good = ledger_warnings_each(v->l, &f, one, &x, &e);
	list_end(x.t, good ? "no warnings" : NULL);
	return view_done(v, good, &e);
}

static void
print_safe(const char *p, size_t n)
{
	struct tcs_slice rest = { p, n }, line;
	struct buf safe;

	buf_init(&safe);
	while (tcs_cut(&rest, '\n', &line)) {
		buf_reset(&safe);
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		utf8_safe(&safe, line.p, line.n);
		printf("%s\n", safe.n > 0 ? safe.p : "");
	}
	buf_free(&safe);
}

static void
print_json(const char *number, const char *p, size_t n)
{
	struct buf out;

	buf_init(&out);
	buf_str(&out, "{\"warning\":");
	buf_json_str(&out, number);
	buf_str(&out, ",\"mail\":");
	buf_json(&out, p, n);
	printf("%s}\n", out.p);
	buf_free(&out);
}

static int
show(struct view *v)
{
	const char *which = v->args->arg[1], *bytes = NULL;
	struct err e = ERR_INIT;
	uint32_t id = which_warning(v->l, which);
	size_t n = 0;

	if (id == 0) {
		err_set(&e, "there is no warning %s", which);
		return view_done(v, false, &e);
	}
	if (!ledger_warning_bytes(v->l, v->arena, id, &bytes, &n, &e)) {
		err_set(&e, "warning %s has no message", which);
		return view_done(v, false, &e);
	}
	if (v->args->json)
		print_json(which, bytes, n);
	else if (isatty(STDOUT_FILENO))
		print_safe(bytes, n);
	else
		fwrite(bytes, 1, n, stdout);
	return view_done(v, true, &e);
}

static int
run(const struct cmd_args *a)
{
	struct view v;
	int status;

	if (a->narg > 0 && strcmp(a->arg[0], "show") != 0)
		return cmd_fail(a, CMD_USAGE, "\"%s\": expected nothing, or show NUMBER", a->arg[0]);
	if (a->narg == 1)
		return cmd_fail(a, CMD_USAGE, "show which? A number such as 2026-00001 is missing");
	if ((status = view_open(&v, a, LEDGER_READ)) != CMD_OK)
		return status;
	return a->narg > 0 ? show(&v) : all(&v);
}

static const struct cmd_opt options[] = { FILTER_OPTIONS, FILTER_END };

const struct cmd cmd_warnings = {
	.name = "warnings",
	.operands = "[show NUMBER]",
	.most = 2,
	.opt = options,
	.run = run,
	.summary = "list the warnings, or show one as it was sent",
	.help = "States: waiting, attempting, handed-over, refused, held, cancelled,\n"
	    "reached (nothing came back), unreached (it did).  --since and\n"
	    "--until go by when it was made.  A warning has a number that people can say\n"
	    "(2026-00417); show takes that, or its Message-ID.\n",
};
