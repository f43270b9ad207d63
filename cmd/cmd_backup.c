/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin backup, tocsin restore: the ledger as one file, taken beside a
 * running decider, and put back.  With the spool, contents go through its own
 * copying, which names them by what they are, so that a damaged one shows.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "1-fetch/spool.h"
#include "cmd/list.h"
#include "cmd/order.h"
#include "cmd/story.h"
#include "ledger/ledger_backup.h"
#include "timefmt.h"

static const struct list_col cols[] = {
	{ "sha256", "CONTENT", LIST_TEXT, 0 },
	{ "size", "BYTES", LIST_NUMBER, 0 },
	{ "state", "STATE", LIST_TEXT, 0 },
	{ NULL, NULL, 0, 0 }
};

struct copying {
	struct arena	*a;
	struct spool	*from, *to;	/* to NULL: only told */
	struct list	*t;		/* NULL: not listed */
	uint64_t	 n, bytes, bad;
	struct err	*e;
};

/* "kept", "missing", "damaged"; a blob that cannot be written ends it all. */
static bool
copy_one(struct copying *x, const char *sha256, uint64_t size, const char **state)
{
	struct err why = ERR_INIT;
	const char *path = spool_path(x->from, x->a, sha256);
	struct blob b;

	*state = access(path, R_OK) == 0 ? "kept" : "missing";
	if (**state == 'm' || x->to == NULL)
		return true;
	if (spool_take(x->to, path, (int64_t)size + 1, &b, &why)) {
		if (strcmp(b.sha256, sha256) != 0)
			*state = "damaged";
		return true;
	}
	if (spool_at_fault(x->to))
		return err_set(x->e, "%s", why.text);
	*state = "damaged";
	return true;
}

static bool
content(void *arg, const char *sha256, uint64_t size)
{
	struct copying *x = arg;
	const char *state;

	arena_reset(x->a);
	if (!copy_one(x, sha256, size, &state))
		return false;
	x->n++;
	x->bytes += size;
	x->bad += *state != 'k';
	if (x->t == NULL && *state == 'k')
		return true;
	if (x->t == NULL) {
		fprintf(stderr, "content %s is %s\n", sha256, state);
		return true;
	}
	list_text(x->t, "sha256", sha256);
	list_number(x->t, "size", (int64_t)size);
	list_text(x->t, "state", state);
	list_row(x->t);
	return true;
}

/* Every content of a ledger, from one spool to another. */
static bool
contents(const char *ledger, const char *from, const char *to, struct copying *x, struct err *e)
{
	struct ledger *l = ledger_open(ledger, LEDGER_READ, e);
	bool good = l != NULL && (x->from = spool_open(from, e)) != NULL &&
	    (to == NULL || (x->to = spool_open(to, e)) != NULL);

	x->e = e;
	x->a = arena_new();
	good = good && ledger_contents_each(l, content, x, e) && e->n == 0;
	arena_free(x->a);
	spool_close(x->to);
	spool_close(x->from);
	ledger_close(l);
	return good;
}

/* ---- backup */

static bool
same_file(const char *a, const char *b)
{
	char *x = realpath(a, NULL), *y = realpath(b, NULL);
	bool same = x != NULL && y != NULL && strcmp(x, y) == 0;

	free(x);
	free(y);
	return same;
}

static int
backup_with(const struct cmd_args *a, const struct config *c, const char *file)
{
	bool listed = cmd_has(a, "contents");
	struct copying x = { .t = listed ? list_new(cols, a->json, stdout, list_width()) : NULL };
	struct err e = ERR_INIT;
	bool good = contents(file, c->spool, cmd_value(a, "spool"), &x, &e);

	if (x.t != NULL)
		list_end(x.t, good ? "it needs no contents" : NULL);
	if (!good)
		return cmd_fail(a, CMD_FAILED, "%s", e.text);
	if (!a->json)
		printf("%s: the ledger, of one moment\n%llu contents, %llu bytes, %s %s\n", file,
		    (unsigned long long)x.n, (unsigned long long)x.bytes,
		    cmd_value(a, "spool") ? "copied to" : "belong to it, in",
		    cmd_value(a, "spool") ? cmd_value(a, "spool") : c->spool);
	return x.bad == 0 ? CMD_OK : cmd_fail(a, CMD_FAILED, "%llu contents are missing or damaged",
	    (unsigned long long)x.bad);
}

static int
backup(const struct cmd_args *a)
{
	const char *file = a->arg[0];
	struct err e = ERR_INIT;
	struct config *c = config_load(a->config, &e);
	int status;

	if (c == NULL)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	if (same_file(file, c->ledger))
		status = cmd_fail(a, CMD_USAGE, "%s is the ledger itself", file);
	else if (access(file, F_OK) == 0 && !cmd_has(a, "replace"))
		status = cmd_fail(a, CMD_USAGE, "%s is there already; another name, or --replace", file);
	else if (!ledger_backup(c->ledger, file, &e))
		status = cmd_fail(a, CMD_FAILED, "%s", e.text);
	else
		status = backup_with(a, c, file);
	config_free(c);
	return status;
}

/* ---- restore */

static void
tell(const struct config *c, const struct restored *r)
{
	char when[STORY_TIME];

	printf("%s: put back, of %s (order %u); its outbox is shut\n", c->ledger,
	    r->taken != TIME_NONE ? story_when(r->taken, when) : "a time it does not say", r->order);
	if (*r->aside)
		printf("the ledger that was there is now %s\n", r->aside);
	if (r->knew)
		printf("as that one says, %u warnings of the backup had left, and %u that it does not know; "
		    "neither is sent again by itself\n", r->handed_over, r->left);
	printf("%u warnings waited in the backup and may have left since: held, each for a person "
	    "(`tocsin todo`)\n", r->held);
	printf("nothing leaves before `tocsin release outbox`\n");
}

static int
restore_to(const struct cmd_args *a, const struct config *c)
{
	struct copying x = { 0 };
	struct err e = ERR_INIT;
	struct arena *arena = arena_new();
	struct restored r;
	int status = CMD_OK;

	if (!ledger_restore(a->arg[0], c->ledger, order_who(arena), &r, &e) ||
	    (cmd_value(a, "spool") != NULL && !contents(c->ledger, cmd_value(a, "spool"), c->spool, &x, &e)))
		status = cmd_fail(a, CMD_FAILED, "%s", e.text);
	else
		tell(c, &r);
	if (x.bad > 0)
		status = cmd_fail(a, CMD_FAILED, "%llu contents are missing or damaged",
		    (unsigned long long)x.bad);
	arena_free(arena);
	return status;
}

static int
restore(const struct cmd_args *a)
{
	struct err e = ERR_INIT;
	struct config *c = config_load(a->config, &e);
	int status;

	if (c == NULL)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	if (same_file(a->arg[0], c->ledger))
		status = cmd_fail(a, CMD_USAGE, "%s is the ledger itself", a->arg[0]);
	else if (access(c->ledger, F_OK) == 0 && !cmd_has(a, "yes"))
		status = cmd_fail(a, CMD_USAGE, "%s is there; --yes sets it aside and puts the backup in its "
		    "place", c->ledger);
	else
		status = restore_to(a, c);
	config_free(c);
	return status;
}

static const struct cmd_opt backup_options[] = {
	{ "spool", "DIR", "copy the contents of all inputs there too, as a spool", false },
	{ "contents", NULL, "list the contents that belong to it", false },
	{ "replace", NULL, "although FILE is there", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_backup = {
	.name = "backup",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.opt = backup_options,
	.run = backup,
	.summary = "copy the ledger, of one moment, beside a running `tocsin run`",
	.help = "FILE is whole or not there.  It holds everything but the bytes of the inputs, which\n"
	    "lie in the spool under their SHA-256: --spool copies those that are not yet in DIR,\n"
	    "--contents lists them for a copy by other means.\n",
};

static const struct cmd_opt restore_options[] = {
	{ "spool", "DIR", "bring the contents of all inputs back from there", false },
	{ "yes", NULL, "although there is a ledger: it is set aside", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_restore = {
	.name = "restore",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.opt = restore_options,
	.run = restore,
	.summary = "put a backup in the ledger's place, with its outbox shut",
	.help = "What a backup holds may have been sent after it was made.  So its outbox is shut:\n"
	    "`tocsin run` reads and decides, and nothing leaves before `tocsin release outbox`.\n"
	    "Warnings that waited in the backup are held one by one; `tocsin release warning:N` sends\n"
	    "one again under its old Message-ID.  Where the ledger that was replaced can be read, what\n"
	    "it had handed over counts as handed over, and the same decision made again is held.\n",
};
