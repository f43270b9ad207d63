/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One stage, loaded into the host; see stage.h.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "3-match/stage.h"
#include "log.h"
#include "3-match/matched.h"
#include "mem.h"
#include "utf8.h"
#include <tocsin/fields.h>

#define MAX_READS	16
#define MAX_CLAIMS	(1u << 20)	/* of one batch: a stage that claims more is broken */

/* ---- what the stage may ask of the host */

static void
host_log(struct tcs_ctx *ctx, int level, const char *fmt, ...)
{
	struct stage *s = ctx->stage;
	char text[sizeof s->said];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (level == TCS_ERR)
		memcpy(s->said, text, sizeof text);	/* told by the error that follows */
	else
		log_line((enum log_level)level, "%s: %s", s->name, text);
}

static void *
host_alloc(struct tcs_ctx *ctx, int life, size_t n)
{
	return arena_alloc(life == TCS_INSTANCE ? ctx->stage->mem : ctx->stage->scratch, n);
}

static bool
claim_fine(const struct stage *s, const struct tcs_claim *c)
{
	return c->row < s->b->nrow && c->asset != 0 && c->rule >= TCS_R_DOMAIN && c->rule <= TCS_R_ASN;
}

static int
host_claim(struct tcs_ctx *ctx, const struct tcs_claim *claim, uint32_t n)
{
	struct stage *s = ctx->stage;
	uint32_t i;

	if (s->b == NULL || s->matched || n > MAX_CLAIMS || s->nclaim + n > MAX_CLAIMS) {
		s->broke = true;
		return TCS_EPLUGIN;
	}
	if (s->nclaim + n > s->cap) {
		s->cap = (s->nclaim + n) * 2;
		s->claim = xrealloc(s->claim, s->cap * sizeof *s->claim);
	}
	for (i = 0; i < n; i++) {
		struct tcs_claim c = claim[i];	/* copied, then checked */

		if (!claim_fine(s, &c)) {
			s->broke = true;
			return TCS_EPLUGIN;
		}
		s->claim[s->nclaim++] = c;
	}
	return TCS_OK;
}

static int
host_want(struct tcs_ctx *ctx, const char *name)
{
	struct stage *s = ctx->stage;
	const struct field *f = name != NULL ? field_by_name(tcs_str(name)) : NULL;
	struct stage_want *w = &s->want[s->nwant];
	uint32_t i;

	if (!s->matched || s->m != NULL || name == NULL || s->nwant == STAGE_WANTS)
		return -1;
	for (i = 0; i < s->nwant; i++)
		if (strcmp(s->want[i].name, name) == 0)
			return (int)i;
	*w = (struct stage_want){ .name = arena_strdup(s->mem, name) };
	if (strncmp(name, "extra.", 6) == 0 && name[6] != '\0')
		w->extra = w->name + 6;
	else if (f != NULL)
		w->field = f->number;
	else if (strcmp(name, "subject.ip") == 0)
		w->field = TCS_F_SUBJECT_IP;
	else if (strcmp(name, "subject.name") == 0)
		w->field = TCS_F_SUBJECT_NAME;
	else
		return -1;
	return (int)s->nwant++;
}

const char *
stage_reason(const struct stage *s, uint32_t verdict)
{
	uint32_t declared = s->nreason - s->nmore;

	return verdict <= declared ? s->ops->reasons[verdict - 1] : s->more[verdict - 1 - declared];
}

static int
host_reason(struct tcs_ctx *ctx, const char *text)
{
	struct stage *s = ctx->stage;
	uint32_t i;

	if (!s->matched || s->m != NULL || text == NULL)
		return -1;
	for (i = 1; i <= s->nreason; i++)
		if (strcmp(stage_reason(s, i), text) == 0)
			return (int)i;
	if (s->nreason == STAGE_REASONS)
		return -1;
	s->more[s->nmore++] = arena_strdup(s->mem, text);
	return (int)++s->nreason;
}

static int
host_set(struct tcs_ctx *ctx, uint32_t row, const char *name, const struct tcs_slice *value)
{
	struct stage *s = ctx->stage;

	if (s->m == NULL || row >= s->nrow || name == NULL || strncmp(name, "extra.", 6) != 0 ||
	    name[6] == '\0' || value == NULL || value->p == NULL || !utf8_valid(value->p, value->n)) {
		s->broke = true;
		return TCS_EPLUGIN;
	}
	matched_set(s->m[row].f, name + 6, *value, s->rows);
	return TCS_OK;
}

static const struct tcs_stage_host host = {
	.h = { .size = sizeof(struct tcs_stage_host), .abi_major = TCS_ABI_MAJOR, .abi_minor = TCS_ABI_MINOR,
	    .log = host_log, .alloc = host_alloc },
	.claim = host_claim, .want = host_want, .reason = host_reason, .set = host_set,
};

/* ---- its declaration */

static bool
bad(const struct plugin *p, struct err *e, const char *why)
{
	return err_set(e, "%s: %s", p->path, why);
}

static bool
reads_fine(struct stage *s, const struct plugin *p, struct err *e)
{
	uint32_t n = 0;

	for (; s->ops->reads[n] != 0; n++) {
		if (n == MAX_READS)
			return bad(p, e, "the stage reads more than 16 fields");
		switch (s->ops->reads[n]) {
		case TCS_F_SUBJECT_IP:
		case TCS_F_SUBJECT_NAME:
		case TCS_F_SUBJECT_ASN:
		case TCS_F_TIME_SOURCE:
			break;
		default:
			return err_set(e, "%s: the stage reads field number %u; stages may read the "
			    "subject's address, name and "
			    "AS number, and time.source", p->path, (unsigned)s->ops->reads[n]);
		}
	}
	s->nread = n;
	return true;
}

static bool
data_option(struct stage *s, const struct plugin *p, struct err *e)
{
	uint32_t i;

	for (i = 0; i < p->nopt; i++) {
		if (p->opts[i].type != TCS_T_DATA)
			continue;
		if (s->data != NULL)
			return bad(p, e, "a stage can have one option of type DATA, this one has two");
		s->data = p->opts[i].name;
	}
	if (s->data != NULL && (s->ops->load == NULL || s->ops->drop == NULL))
		return bad(p, e, "the stage has data, and no functions to load and drop it");
	return true;
}

static bool
declared(struct stage *s, const struct plugin *p, struct err *e)
{
	const struct tcs_plugin *d = s->decl;

	if (d->magic != TCS_MAGIC || d->abi_major != TCS_ABI_MAJOR)
		return err_set(e, "%s: made for another version of the contract; this is %d.%d", p->path,
		    TCS_ABI_MAJOR, TCS_ABI_MINOR);
	if (!TCS_HAS(d, struct tcs_plugin, ops) || d->kind != TCS_STAGE || d->ops.stage == NULL ||
	    d->open == NULL || d->close == NULL)
		return bad(p, e, "not a stage, or not a whole one");
	s->ops = d->ops.stage;
	if (!TCS_HAS(s->ops, struct tcs_stage, run) || s->ops->run == NULL || s->ops->reads == NULL)
		return bad(p, e, "a stage must have reads and run");
	s->matched = (s->ops->flags & TCS_ST_MATCHED) != 0;
	if (s->matched && s->ops->reads[0] != 0)
		return bad(p, e, "a stage on matched findings asks for its "
		    "fields by want, and declares none");
	if (d->name == NULL || strcmp(d->name, p->name) != 0 || d->nopt != p->nopt)
		return bad(p, e, "it changed while it was being loaded");
	while (s->ops->reasons != NULL && s->ops->reasons[s->nreason] != NULL)
		if (++s->nreason > 100)
			return bad(p, e, "the stage has more than 100 reasons");
	return reads_fine(s, p, e) && data_option(s, p, e);
}

/* What a failed call means, with what the stage said about it. */
static bool
failed(struct stage *s, struct err *e, const char *what, int rc)
{
	err_set(e, "stage %s: %s failed%s%s%s", s->name, what, rc == TCS_ENOMEM ? ": no memory" : "",
	    s->said[0] != '\0' ? ": " : "", s->said);
	s->said[0] = '\0';
	return false;
}

bool
stage_open(struct stage *s, const struct plugin *p, const struct tcs_val *opt, struct err *e)
{
	int rc;

	*s = (struct stage){ .ctx = { s }, .name = p->name, .mem = arena_new(), .scratch = arena_new() };
	if ((s->so = dlopen(p->path, RTLD_NOW | RTLD_LOCAL)) == NULL)
		return err_set(e, "%s: cannot be loaded: %s", p->path, dlerror());
	if ((s->decl = dlsym(s->so, "tocsin_plugin_v1")) == NULL)
		return bad(p, e, "not a plugin: it has no tocsin_plugin_v1");
	if (!declared(s, p, e))
		return false;
	if ((rc = s->decl->open(&s->ctx, &host.h, opt, &s->inst)) != TCS_OK) {
		s->inst = NULL;
		return failed(s, e, "open", rc);
	}
	return stage_files(s, p, opt, e);
}

void
stage_close(struct stage *s)
{
	if (s->inst != NULL) {
		if (s->state != NULL)
			s->ops->drop(s->inst, s->state);
		s->decl->close(s->inst);
	}
	if (s->so != NULL)
		dlclose(s->so);
	arena_free(s->mem);
	arena_free(s->scratch);
	free(s->claim);
}

bool
stage_load(struct stage *s, const void *data, size_t n, struct err *e)
{
	int rc = s->ops->load(s->inst, s->data, data, n, &s->next);

	if (rc == TCS_OK)
		return true;
	s->next = NULL;
	return failed(s, e, "loading its data", rc);
}

void
stage_swap(struct stage *s, bool take)
{
	void *old = take ? s->state : s->next;

	if (take)
		s->state = s->next;
	s->next = NULL;
	if (old != NULL)
		s->ops->drop(s->inst, old);
}

/* ---- running */

static struct tcs_col
column(const struct batch *b, uint16_t field)
{
	switch (field) {
	case TCS_F_SUBJECT_IP:
		return (struct tcs_col){ TCS_C_IP, sizeof *b->ip, b->has_ip, b->ip };
	case TCS_F_SUBJECT_NAME:
		return (struct tcs_col){ TCS_C_TEXT, sizeof *b->name, b->has_name, b->name };
	case TCS_F_SUBJECT_ASN:
		return (struct tcs_col){ TCS_C_U32, sizeof *b->asn, b->has_asn, b->asn };
	default:
		return (struct tcs_col){ TCS_C_I64, sizeof *b->observed, NULL, b->observed };
	}
}

bool
stage_run(struct stage *s, struct batch *b, uint8_t *verdict, struct err *e)
{
	struct tcs_col col[MAX_READS];
	struct tcs_batch tb = { .size = sizeof tb, .nrow = b->nrow, .reads = col, .verdict = verdict };
	uint32_t i;
	int rc;

	for (i = 0; i < s->nread; i++)
		col[i] = column(b, s->ops->reads[i]);
	s->b = b;
	s->nclaim = 0;
	s->broke = false;
	rc = s->ops->run(s->inst, s->state, &tb);
	s->b = NULL;
	arena_reset(s->scratch);
	if (s->broke)
		return err_set(e, "stage %s: it claimed a row, an asset or by a rule that does not exist, or "
		    "over a million times in one batch", s->name);
	return rc == TCS_OK || failed(s, e, "run", rc);
}

bool
stage_run_matched(struct stage *s, struct matched *m, uint32_t n, const struct tcs_col *col, uint8_t *verdict,
    struct arena *a, struct err *e)
{
	struct tcs_batch tb = { .size = sizeof tb, .nrow = n, .reads = col, .verdict = verdict };
	int rc;

	s->m = m;
	s->nrow = n;
	s->rows = a;
	s->broke = false;
	rc = s->ops->run(s->inst, s->state, &tb);
	s->m = NULL;
	arena_reset(s->scratch);
	if (s->broke)
		return err_set(e, "stage %s: it set a row that is not there, "
		    "a name that is no extra or a value "
		    "that is no text, or claimed something", s->name);
	return rc == TCS_OK || failed(s, e, "run", rc);
}
