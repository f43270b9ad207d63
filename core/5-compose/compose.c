/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See compose.h.  A job becomes views of its systems, the views become a model
 * for the templates and the parts for machines, and the parts become a mail.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "5-compose/fold.h"
#include "5-compose/mail.h"
#include "5-compose/model.h"
#include "5-compose/view.h"
#include "buf.h"
#include "mem.h"
#include "utf8.h"

#define TEXT_WIDTH	76
#define MAIL_MOST	((size_t)5 << 20)	/* bytes of both attachments; past it the mail
						 * goes without the JSON */

struct language {
	char		*name;
	struct mu_set	*set;
	struct labels	*labels;
};

struct composer {
	const struct config	*c;
	struct columns		*columns;
	struct advice_set	*advice;
	struct language		*lang;
	uint32_t		 nlang;
};

/* ---- open */

static bool
add_language(struct composer *c, const char *name, struct err *e)
{
	char *dir = xasprintf("%s/%s", c->c->compose.templates, name);
	struct labels *labels = NULL;
	struct mu_set *set = NULL;
	struct stat st;

	if (stat(dir, &st) < 0 || !S_ISDIR(st.st_mode)) {
		free(dir);
		return true;
	}
	if (!advice_language(c->advice, name))
		err_at(e, dir, 0, "templates without advice, expected a folder %s/%s", c->c->compose.advice,
		    name);
	else if ((labels = labels_load(dir, e)) != NULL)
		set = model_templates(dir, e);
	free(dir);
	if (set == NULL) {
		labels_free(labels);
		return false;
	}
	c->lang = xrealloc(c->lang, (c->nlang + 1) * sizeof *c->lang);
	c->lang[c->nlang++] = (struct language){ xstrdup(name), set, labels };
	return true;
}

static bool
load_templates(struct composer *c, struct err *e)
{
	const char *dir = c->c->compose.templates;
	struct dirent **list = NULL;
	int i, n = scandir(dir, &list, NULL, alphasort);
	bool good = n >= 0 || err_at(e, dir, 0, "cannot be opened: %s, expected a folder for each language",
	    strerror(errno));

	for (i = 0; i < n; i++) {
		if (good && list[i]->d_name[0] != '.')
			good = add_language(c, list[i]->d_name, e);
		free(list[i]);
	}
	free(list);
	return good && (c->nlang > 0 ||
	    err_at(e, dir, 0, "no templates, expected a folder for each language (en, nl)"));
}

/* Of who has no language of his own; "en-GB" is served by "en". */
static bool
usual_language(const struct composer *c, struct err *e)
{
	const char *want = c->c->identity.language;
	struct buf all;
	uint32_t i;

	buf_init(&all);
	for (i = 0; i < c->nlang; i++) {
		size_t n = strlen(c->lang[i].name);

		if (strncmp(want, c->lang[i].name, n) == 0 && (want[n] == '\0' || want[n] == '-'))
			break;
		buf_printf(&all, "%s%s", i > 0 ? ", " : "", c->lang[i].name);
	}
	if (i == c->nlang)
		err_at(e, c->c->file, c->c->identity_line,
		    "language = \"%s\": there are no templates for it; expected one of %s", want, all.p);
	buf_free(&all);
	return i < c->nlang;
}

struct composer *
composer_open(const struct config *cfg, struct err *e)
{
	struct composer *c = xcalloc(1, sizeof *c);

	c->c = cfg;
	if ((c->columns = columns_load(cfg->compose.columns, e)) != NULL &&
	    (c->advice = advice_load(cfg->compose.advice, e)) != NULL && load_templates(c, e) &&
	    usual_language(c, e))
		return c;
	composer_close(c);
	return NULL;
}

void
composer_close(struct composer *c)
{
	uint32_t i;

	if (c == NULL)
		return;
	for (i = 0; i < c->nlang; i++) {
		free(c->lang[i].name);
		mu_free(c->lang[i].set);
		labels_free(c->lang[i].labels);
	}
	free(c->lang);
	columns_free(c->columns);
	advice_free(c->advice);
	free(c);
}

/* "nl-BE": that, else nl, else English, else the first. */
static const struct language *
language_of(const struct composer *c, const char *name)
{
	struct tcs_slice want = tcs_str(name ? name : "");
	uint32_t i;

	for (;;) {
		for (i = 0; i < c->nlang; i++)
			if (tcs_is_nocase(want, c->lang[i].name))
				return &c->lang[i];
		if (tcs_find(want, '-') == want.n)
			break;
		while (want.p[--want.n] != '-')
			;
	}
	for (i = 0; i < c->nlang; i++)
		if (strcmp(c->lang[i].name, "en") == 0)
			return &c->lang[i];
	return &c->lang[0];
}

/* ---- parts */

static bool
render(const struct language *l, const char *name, enum mu_part part, const struct val *model,
    struct arena *a, struct tcs_part *out, struct err *e)
{
	struct buf b, folded;
	bool good;

	buf_init(&b);
	buf_init(&folded);
	good = mu_render(mu_get(l->set, name), model, part, &b, e);
	if (good && part == MU_TEXT)
		text_fold(&folded, b.n ? b.p : "", b.n, TEXT_WIDTH);
	if (good) {
		const struct buf *use = part == MU_TEXT ? &folded : &b;

		out->p = arena_strndup(a, use->n ? use->p : "", use->n);
		out->n = use->n;
	}
	buf_free(&b);
	buf_free(&folded);
	return good;
}

/* What a contact that is not told by mail is told: the page of its channel, where the language has one. */
static bool
render_channel(const struct compose_job *job, const struct language *l, const struct val *model,
    struct arena *a, struct composed *out, struct err *e)
{
	struct tcs_part *part = &out->part[out->npart];
	const char *name;

	if (job->channel == NULL)
		return true;
	name = arena_printf(a, "%s%s", job->channel, TEMPLATE_CHANNEL);
	if (strcmp(name, TEMPLATE_HTML) == 0 || mu_get(l->set, name) == NULL)
		return true;
	*part = (struct tcs_part){ .type = "text/html", .name = name };
	out->npart++;
	return render(l, name, MU_HTML, model, a, part, e);
}

static void
keep(struct arena *a, struct buf *b, const char *type, const char *name, struct tcs_part *out)
{
	struct buf fixed;

	buf_init(&fixed);
	if (b->n && !utf8_valid(b->p, b->n)) {
		utf8_repair(&fixed, b->p, b->n);
		b = &fixed;
	}
	*out = (struct tcs_part){ .type = type, .name = name, .p = arena_strndup(a, b->n ? b->p : "", b->n),
	    .n = b->n };
	buf_free(&fixed);
}

/* How many of the parts the mail carries: mail servers take some 10 MB, and base64 makes a
 * third more of it. */
static uint32_t
mail_parts(const struct composed *w)
{
	return w->part[2].n + w->part[3].n > MAIL_MOST ? 3 : 4;
}

static const char *
template_of(struct arena *a, const struct compose_job *job, const char *usual, const char *ending)
{
	return job->template != NULL ? arena_printf(a, "%s.%s", job->template, ending) : usual;
}

static bool
render_parts(const struct composer *c, const struct compose_job *job, const struct language *l,
    struct arena *a, struct composed *out, struct err *e)
{
	const struct view *v = view_all(a, job, c->columns, c->advice, l->labels, l->name);
	const char *csv = arena_printf(a, "%s.csv", job->number);
	const char *json = arena_printf(a, "%s.json", job->number);
	struct tcs_part subject;
	struct val *model;
	struct buf b;

	buf_init(&b);
	part_csv(&b, v, job->nsystem);
	keep(a, &b, "text/csv", csv, &out->part[2]);
	buf_reset(&b);
	part_json(&b, c->c, job, l->name, v, job->nsystem);
	keep(a, &b, "application/json", json, &out->part[3]);
	buf_free(&b);
	out->npart = 4;
	model = warning_value(a, c->c, job, l->name, c->advice, v,
	    mail_parts(out) == 4 ? arena_printf(a, "%s, %s", csv, json) : csv);
	out->part[0] = (struct tcs_part){ .type = "text/plain" };
	out->part[1] = (struct tcs_part){ .type = "text/html" };
	if (!render(l, template_of(a, job, TEMPLATE_TEXT, "txt"), MU_TEXT, model, a, &out->part[0], e) ||
	    !render(l, template_of(a, job, TEMPLATE_HTML, "html"), MU_HTML, model, a, &out->part[1], e) ||
	    !render(l, TEMPLATE_SUBJECT, MU_LINE, model, a, &subject, e))
		return false;
	out->subject = subject.p;
	return render_channel(job, l, model, a, out, e);
}

/* ---- the mail */

static bool
close_mail(void *arg, const char *id, const struct buf *entity, struct buf *out, struct err *e)
{
	const struct compose_job *job = arg;

	return signer_close_mail(job->signer, job->seal, job->key, id, job->made, entity, out, e);
}

/* What a sealed mail needs beside its content: NULL for a plain one. */
static bool
seal_of(const struct composer *c, const struct compose_job *job, const struct language *l, struct arena *a,
    struct mail_seal *room, const struct mail_seal **out, struct err *e)
{
	struct val *model = val_obj(a), *o = val_obj(a);
	struct tcs_part line;

	*out = NULL;
	if (job->signer == NULL || job->seal == SEAL_PLAIN)
		return true;
	*room = (struct mail_seal){ close_mail, (void *)(uintptr_t)job, NULL };
	*out = room;
	if (!seal_secret(job->seal))
		return true;
	val_set_str(a, o, "name", c->c->identity.name);
	val_set(a, model, "identity", o);
	val_set_str(a, model, "number", job->number);
	if (!render(l, TEMPLATE_SEALED_SUBJECT, MU_LINE, model, a, &line, e))
		return false;
	room->subject = line.p;
	return true;
}

static bool
write_mail(const struct composer *c, const struct compose_job *job, const struct language *l,
    const char *subject, const struct tcs_part *part, uint32_t npart, struct arena *a, const char **mail,
    size_t *nmail, struct err *e)
{
	const char *tlp = tlp_names[job->tlp];
	const struct mail_field more[] = { { "X-Tocsin-Warning", job->number, false },
	    { "X-Tocsin-TLP", tlp, false }, { "X-Tocsin-Topic", job->topic, true },
	    { "X-Tocsin-Lane", lane_names[job->lane], true },
	    { "X-Tocsin-Redirected-From", job->redirected, false }, { NULL, NULL, false } };
	const struct mail_seal *seal;
	struct mail_seal room;
	struct mail m = { .from_name = c->c->identity.name, .from = c->c->identity.from,
		.to = job->address, .reply_to = job->reply_to != NULL && *job->reply_to != '\0' ?
		    job->reply_to : c->c->identity.reply_to, .subject = subject,
		.message_id = job->message_id, .answers = job->answers, .language = l->name,
		.date = job->made, .more = more, .part = part, .npart = npart };
	struct buf b;
	bool good;

	if (!seal_of(c, job, l, a, &room, &seal, e))
		return false;
	m.seal = seal;
	buf_init(&b);
	good = mail_write(&b, &m, e);
	if (good) {
		*mail = arena_strndup(a, b.p, b.n);
		*nmail = b.n;
	}
	buf_free(&b);
	return good;
}

static bool
has_label(const struct compose_job *job, struct err *e)
{
	return (unsigned)job->tlp <= TLP_RED || err_set(e, "warning %s has no TLP label, expected one",
	    job->number);
}

static bool
check(const struct compose_job *job, struct err *e)
{
	return has_label(job, e) && (job->nsystem > 0 || err_set(e,
	    "warning %s is about no system, expected at least one", job->number));
}

bool
compose(struct composer *c, const struct compose_job *job, struct arena *a, struct composed *out,
    struct err *e)
{
	const struct language *l = language_of(c, job->language);

	memset(out, 0, sizeof *out);
	return check(job, e) && render_parts(c, job, l, a, out, e) &&
	    write_mail(c, job, l, out->subject, out->part, mail_parts(out), a, &out->mail, &out->nmail, e);
}

bool
compose_carry(struct composer *c, const struct compose_job *job, const struct composed *w, const char *type,
    const char *name, const char *bytes, size_t n, struct arena *a, const char **mail, size_t *nmail,
    struct err *e)
{
	const struct language *l = language_of(c, job->language);
	struct tcs_part part[2] = { { .type = "text/plain" }, { .type = type, .name = name, .p = bytes,
	    .n = n } };
	const struct view *v;
	struct val *model;

	if (!check(job, e))
		return false;
	v = view_all(a, job, c->columns, c->advice, l->labels, l->name);
	model = warning_value(a, c->c, job, l->name, c->advice, v, name);
	return render(l, TEMPLATE_CARRY, MU_TEXT, model, a, &part[0], e) &&
	    write_mail(c, job, l, w->subject, part, 2, a, mail, nmail, e);
}

bool
compose_notice(struct composer *c, const struct compose_job *job, struct arena *a, const char **subject,
    const char **mail, size_t *nmail, struct err *e)
{
	const struct language *l = language_of(c, job->language);
	struct val *model = warning_value(a, c->c, job, l->name, c->advice,
	    view_all(a, job, c->columns, c->advice, l->labels, l->name), ""), *o = val_obj(a);
	struct tcs_part part = { .type = "text/plain" }, line;

	val_set_bool(a, o, "smime", job->key->kind == KEY_SMIME);
	val_set_str(a, o, "id", job->key->id);
	val_set_str(a, o, "until", job->key->until != 0 && !job->key->revoked ?
	    arena_printf(a, "%.10s", when_utc(a, job->key->until)) : "");
	val_set(a, model, "key", o);
	if (!render(l, TEMPLATE_NOTICE, MU_TEXT, model, a, &part, e) ||
	    !render(l, TEMPLATE_NOTICE_SUBJECT, MU_LINE, model, a, &line, e))
		return false;
	*subject = line.p;
	return write_mail(c, job, l, line.p, &part, 1, a, mail, nmail, e);
}

static void
set_correction(struct arena *a, struct val *model, const struct compose_job *job,
    const struct compose_correction *k)
{
	const char *utc = when_utc(a, k->made), *local = when_local(a, k->made, job->zone);
	struct val *o = val_obj(a);

	val_set_str(a, o, "number", k->number);
	val_set_str(a, o, "subject", k->subject);
	val_set_str(a, o, "reason", k->reason);
	val_set_str(a, o, "made_utc", utc);
	val_set_str(a, o, "made_local", *local ? local : arena_printf(a, "%.16s UTC", utc));
	val_set(a, model, "correction", o);
}

bool
compose_correct(struct composer *c, const struct compose_job *job, const struct compose_correction *k,
    struct arena *a, const char **subject, const char **mail, size_t *nmail, struct err *e)
{
	const struct language *l = language_of(c, job->language);
	struct tcs_part part = { .type = "text/plain" }, line;
	struct val *model;

	if (!has_label(job, e))
		return false;
	model = warning_value(a, c->c, job, l->name, c->advice,
	    view_all(a, job, c->columns, c->advice, l->labels, l->name), "");
	set_correction(a, model, job, k);
	if (!render(l, TEMPLATE_CORRECTION, MU_TEXT, model, a, &part, e) ||
	    !render(l, TEMPLATE_CORRECTION_SUBJECT, MU_LINE, model, a, &line, e))
		return false;
	*subject = line.p;
	return write_mail(c, job, l, line.p, &part, 1, a, mail, nmail, e);
}

bool
composer_has(const struct composer *c, const char *name)
{
	char text[80], html[80];
	struct err e = ERR_INIT;
	uint32_t i;
	const struct mu *t;

	snprintf(text, sizeof text, "%.60s.txt", name);
	snprintf(html, sizeof html, "%.60s.html", name);
	for (i = 0; i < c->nlang; i++)
		if ((t = mu_get(c->lang[i].set, text)) == NULL || !mu_check(t, model_names, model_nnames,
		    &e) ||
		    (t = mu_get(c->lang[i].set, html)) == NULL || !mu_check(t, model_names, model_nnames, &e))
			return false;
	return true;
}
