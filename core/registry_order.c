/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Import as an order by hand, and without a ledger.  The order keeps the files
 * as they were given: the decider runs the import again, on the registry as it
 * is when the order's turn comes, and the audit log can tell what was ordered.
 *
 * payload: for each file a line "name size" and its bytes.  args: the options.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ledger/ledger.h"
#include "registry_import.h"

static void
put_flag(struct buf *args, const char *name, bool on)
{
	buf_printf(args, "%s\"%s\":%s", args->n > 1 ? "," : "", name, on ? "true" : "false");
}

void
import_order(struct buf *args, struct buf *payload, const struct import_file file[IMPORT_KINDS],
    const struct import_opts *opts)
{
	unsigned k;

	buf_char(args, '{');
	put_flag(args, "replace", opts->replace);
	put_flag(args, "partial", opts->partial);
	put_flag(args, "yes", opts->yes);
	put_flag(args, "allow_documentation", opts->allow_documentation);
	buf_str(args, ",\"files\":[");
	for (k = 0; k < IMPORT_KINDS && file[k].p != NULL; k++) {
		buf_str(args, k > 0 ? "," : "");
		buf_json_str(args, file[k].name);
		buf_printf(payload, "%s %zu\n", import_kind_names[k], file[k].n);
		buf_add(payload, file[k].p, file[k].n);
		buf_char(payload, '\n');
	}
	buf_str(args, "]}");
}

/* args are made by import_order and nobody else. */
static bool
flag_in(const char *args, const char *name)
{
	char want[64];

	snprintf(want, sizeof want, "\"%s\":true", name);
	return strstr(args, want) != NULL;
}

static bool
payload_read(const struct order *o, struct import_file file[IMPORT_KINDS], struct err *e)
{
	struct tcs_slice rest = tcs_slice(o->payload, o->npayload), head, name;
	uint64_t n;
	unsigned k;

	memset(file, 0, IMPORT_KINDS * sizeof *file);
	for (k = 0; k < IMPORT_KINDS && rest.n > 0; k++) {
		if (!tcs_cut(&rest, '\n', &head) || !tcs_cut(&head, ' ', &name) ||
		    !tcs_is(name, import_kind_names[k]) || !tcs_uint(head, SIZE_MAX, &n) || n >= rest.n)
			return err_set(e, "the files kept with the order cannot be read");
		file[k] = (struct import_file){ import_kind_names[k], rest.p, (size_t)n };
		rest = tcs_slice(rest.p + n + 1, rest.n - n - 1);
	}
	return k > IMPORT_ASSET || err_set(e, "the order has no files");
}

static void
tell(char *result, size_t n, const char *fmt, const char *text)
{
	snprintf(result, n, fmt, text);
}

/* The first thing that was refused says most. */
static void
tell_stop(char *result, size_t n, const struct import *im)
{
	struct buf b;
	uint32_t i;

	buf_init(&b);
	buf_str(&b, im->stop);
	for (i = 0; i < im->nnote && im->refused > 0; i++)
		if (im->note[i].refused) {
			buf_printf(&b, "; %ss line %u: %s", import_kind_names[im->note[i].file],
			    (unsigned)im->note[i].line, im->note[i].text);
			break;
		}
	tell(result, n, "refused: %s", b.p);
	buf_free(&b);
}

static bool
take(struct ledger *l, const struct order *o, struct import *im, char *result, size_t n, struct err *e)
{
	struct buf b;

	if (!ledger_registry_put(l, im->new, o->who, o->id, e))
		return false;
	buf_init(&b);
	import_summary(&b, im);
	if (im->refused > 0)
		buf_printf(&b, "; %u lines refused", (unsigned)im->refused);
	tell(result, n, "%s", b.p);
	buf_free(&b);
	return true;
}

bool
import_apply(struct ledger *l, const struct order *o, const struct import_opts *keys, char *result,
    size_t n, struct err *e)
{
	struct import_opts opts =
	    { .replace = flag_in(o->args, "replace"), .partial = flag_in(o->args, "partial"),
	    .yes = flag_in(o->args, "yes"), .allow_documentation = flag_in(o->args, "allow_documentation"),
	    .key = keys != NULL ? keys->key : NULL, .key_arg = keys != NULL ? keys->key_arg : NULL };
	struct import_file file[IMPORT_KINDS];
	struct registry *old = ledger_registry(l, e);
	struct err bad = ERR_INIT;
	struct import *im = NULL;
	bool good = true;

	if (old == NULL)
		return false;
	if (!payload_read(o, file, &bad) || (im = import_run(old, file, &opts, &bad)) == NULL)
		tell(result, n, "refused: %s", bad.text);
	else if (im->stop != NULL)
		tell_stop(result, n, im);
	else
		good = take(l, o, im, result, n, e);
	import_free(im);
	registry_free(old);
	return good;
}

/* ---- without a ledger */

/* As the ledger would number a first snapshot. */
static void
number(struct registry *r)
{
	uint32_t i;

	for (i = 0; i < r->norg; i++)
		r->org[i].id = i + 1;
	for (i = 0; i < r->nasset; i++) {
		r->asset[i].id = i + 1;
		r->asset[i].org = (r->asset[i].org & ~REGISTRY_NEW_ORG(0)) + 1;
	}
	for (i = 0; i < r->ncontact; i++) {
		r->contact[i].id = i + 1;
		r->contact[i].org = (r->contact[i].org & ~REGISTRY_NEW_ORG(0)) + 1;
	}
}

static int
by_org(const void *x, const void *y)
{
	const struct contact *a = x, *b = y;

	return a->org != b->org ? (a->org < b->org ? -1 : 1) : a->id < b->id ? -1 : a->id > b->id;
}

struct registry *
import_registry(const struct import_file file[IMPORT_KINDS],
    void (*said)(void *arg, const char *file, const struct import_note *n), void *arg, struct err *e)
{
	static const struct import_opts opts = { .partial = true, .allow_documentation = true };
	struct import *im = import_run(NULL, file, &opts, e);
	const struct org *parent;
	struct registry *r;
	uint32_t i;

	if (im == NULL)
		return NULL;
	for (i = 0; i < im->nnote && said != NULL; i++)
		said(arg, file[im->note[i].file].name, &im->note[i]);
	r = im->new;
	im->new = NULL;
	import_free(im);
	number(r);
	if (r->ncontact > 0)
		qsort(r->contact, r->ncontact, sizeof *r->contact, by_org);
	registry_index(r);
	for (i = 0; i < r->norg; i++)
		if (*r->org[i].parent_key != '\0' &&
		    (parent = registry_org_key(r, r->org[i].parent_key)) != NULL)
			r->org[i].parent = parent->id;
	return r;
}
