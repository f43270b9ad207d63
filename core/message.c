/* SPDX-License-Identifier: Apache-2.0 */
/* See message.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "1-fetch/mailbox.h"
#include "log.h"
#include "mem.h"
#include "message.h"
#include "mime.h"
#include "timefmt.h"
#include <tocsin/slice.h>

struct opening {
	struct ledger		*l;
	struct spool		*spool;
	struct sources		*sources;
	const struct cfg_source	*s;
	const struct input	*in;
	struct arena		*a;
	struct mime		*m;
	const char		**given;	/* names that were used */
	uint32_t		 n;
	const char		*passed;	/* what was not taken, for people */
};

bool
message_is(const struct cfg_source *s, const struct input *in)
{
	return s != NULL && mailbox_is(s->from) && in->parent == 0 && in->member[0] == '\0';
}

static char *
bytes_of(const char *path, size_t n, struct err *e)
{
	FILE *f = fopen(path, "re");
	char *bytes = xmalloc(n + 1);
	bool good = f != NULL && fread(bytes, 1, n, f) == n;

	if (!good)
		err_set(e, "%.200s: %s", path, f == NULL || ferror(f) ? strerror(errno) : "it is shorter "
		    "than it was");
	if (f != NULL)
		fclose(f);
	if (good)
		return bytes;
	free(bytes);
	return NULL;
}

/* ---- what is taken ---------------------------------------------------------------- */

/* Pictures in a signature, and signatures themselves: nobody's reports. */
static bool
furniture(const struct mime_part *p)
{
	static const char *const types[] = { "image/", "application/pgp-signature",
	    "application/pkcs7-signature",
		"application/x-pkcs7-signature", "application/pgp-keys", "text/x-vcard", "text/vcard",
		"text/calendar", "message/delivery-status", "text/rfc822-headers" };
	size_t i;

	for (i = 0; i < sizeof types / sizeof *types; i++)
		if (tcs_starts(tcs_str(p->type), types[i]))
			return true;
	return false;
}

static bool
is_text(const struct mime_part *p)
{
	return !p->attached && (strcmp(p->type, "text/plain") == 0 || strcmp(p->type, "text/html") == 0);
}

static bool
wants(const struct opening *x, const char *what)
{
	const char *take = x->s->mail.take != NULL ? x->s->mail.take : "attachments";

	return strcmp(take, what) == 0 || strcmp(take, "both") == 0;
}

static bool
used(const struct opening *x, const char *name)
{
	uint32_t i;

	for (i = 0; i < x->n; i++)
		if (strcmp(x->given[i], name) == 0)
			return true;
	return false;
}

/* The last part of a path, in the message's own folder; the part's number between when the name is there
 * twice. */
static const char *
name_of(struct opening *x, const struct mime_part *p, uint32_t number, const char *otherwise)
{
	const char *name = p->name != NULL ? p->name : otherwise, *q, *out;

	for (q = name; *q != '\0'; q++)
		if (*q == '/' || *q == '\\')
			name = q + 1;
	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		name = otherwise;
	out = arena_printf(x->a, "%s/%s", x->in->name, name);
	if (used(x, out))
		out = arena_printf(x->a, "%s/%u/%s", x->in->name, number, name);
	x->given = arena_room(x->a, x->given, x->n, sizeof *x->given);
	x->given[x->n++] = out;
	return out;
}

static bool
put(struct opening *x, const char *name, const char *bytes, size_t n, struct err *e)
{
	struct spool_file *f = spool_begin(x->spool, MAILBOX_MOST, e);
	struct input child = *x->in;
	struct blob blob;
	bool fresh;

	if (f == NULL)
		return false;
	if (n > 0 && !spool_write(f, bytes, n, e)) {
		spool_undo(f);
		return false;
	}
	if (!spool_end(f, &blob, e))
		return false;
	child.id = 0;
	child.name = name;
	child.parent = x->in->id;
	child.size = blob.size;
	child.day = input_day(x->sources, x->s->name, name, "", x->in->day * DAY * NS);
	snprintf(child.sha256, sizeof child.sha256, "%s", blob.sha256);
	return ledger_input_put(x->l, &child, &fresh, e);
}

static void
pass(struct opening *x, const struct mime_part *p)
{
	x->passed = arena_printf(x->a, "%s%s%s (%s)", x->passed, *x->passed ? ", " : "not taken: ",
	    p->name != NULL ? p->name : "a part", p->type);
}

/* The body: plain where there is one. */
static bool
take_body(struct opening *x, struct err *e)
{
	const struct mime_part *p = NULL;
	uint32_t i, at = 0;

	for (i = 0; i < x->m->npart; i++)
		if (is_text(&x->m->part[i]) && x->m->part[i].n > 0 &&
		    (p == NULL || (strcmp(p->type, "text/html") == 0 &&
		    strcmp(x->m->part[i].type, "text/plain") == 0))) {
			p = &x->m->part[i];
			at = i;
		}
	return p == NULL || put(x, name_of(x, p, at + 1, strcmp(p->type, "text/html") == 0 ? "body.html" :
	    "body.txt"), p->bytes, p->n, e);
}

static bool
take_parts(struct opening *x, struct err *e)
{
	uint32_t i;

	for (i = 0; i < x->m->npart; i++) {
		const struct mime_part *p = &x->m->part[i];

		if (is_text(p))
			continue;
		if (furniture(p))
			pass(x, p);
		else if (!put(x, name_of(x, p, i + 1, "attachment"), p->bytes, p->n, e))
			return false;
	}
	return true;
}

/* ---- its end ------------------------------------------------------------------------ */

static bool
settle(struct opening *x, struct input *in, const char *reason, const char *why, bool *bad, struct err *e)
{
	if (!ledger_begin(x->l, e))
		return false;
	*bad = reason != NULL;
	in->state = reason != NULL ? INPUT_QUARANTINED : INPUT_CONTAINER;
	in->error = reason != NULL && *why == '\0' ? reason : why;
	if (reason != NULL)
		ledger_quarantine(x->l, in->id, reason, why, NULL, 0);
	ledger_input_progress(x->l, in);
	return ledger_end(x->l, e);
}

static bool
open_all(struct opening *x, struct input *in, bool *bad, struct err *e)
{
	const char *subject = mime_field(x->m, "Subject");

	if (x->m->cut)
		return settle(x, in, "the message cannot be read",
		    "more than 500 parts, or deeper than 12 parts in one another", bad, e);
	if ((wants(x, "body") && !take_body(x, e)) || (wants(x, "attachments") && !take_parts(x, e)))
		return false;
	if (x->n > 0)
		return settle(x, in, NULL, x->passed, bad, e);
	return settle(x, in, "the message holds nothing to read", arena_printf(x->a, "no %s; its subject: "
	    "%.200s%s%s",
	    wants(x, "attachments") ? "attachment" : "text", *subject ? subject : "none",
	    *x->passed ? "; " : "", x->passed), bad, e);
}

bool
message_expand(struct ledger *l, struct spool *spool, struct sources *sources, const struct cfg_source *s,
    struct input *in, bool *bad, struct err *e)
{
	struct opening x = { l, spool, sources, s, in, arena_new(), NULL, NULL, 0, "" };
	struct err why = ERR_INIT;
	char *bytes = bytes_of(spool_path(spool, x.a, in->sha256), in->size, &why);
	bool good;

	if (bytes != NULL)
		x.m = mime_read(x.a, bytes, in->size, &why);
	free(bytes);
	good = x.m == NULL ? settle(&x, in, "the message cannot be read", why.text, bad, e) :
	    open_all(&x, in, bad, e);
	in->error = "";
	arena_free(x.a);
	return good;
}
