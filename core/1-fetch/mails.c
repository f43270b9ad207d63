/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mailbox as a source: each message becomes an arrival, as it came and
 * whole, named after its mailbox and number.  What is in it (attachments, a
 * body) is taken out when the arrival's turn comes (core/message.c).
 */
#include <string.h>
#include "1-fetch/fetch_int.h"
#include "1-fetch/mailbox.h"
#include "clock.h"

struct looking {
	struct fetch		*f;
	const struct place	*p;
	const struct fetch_sink	*sink;
};

static struct mailbox
mailbox_of(const struct config *c, const struct cfg_source *s)
{
	return (struct mailbox){ s->from, &s->mail, c->file, c->limits.http_timeout,
	    c->limits.fetch_size < MAILBOX_MOST ? c->limits.fetch_size : MAILBOX_MOST };
}

bool
mails_check(const struct config *c, const struct cfg_source *src, struct err *e)
{
	struct mailbox m = mailbox_of(c, src);
	struct err why = ERR_INIT;

	return mailbox_check(&m, &why) || err_set(e, "source \"%s\": %s", src->name, why.text);
}

static bool
on_message(void *arg, const struct mailbox_message *m, struct err *e)
{
	struct looking *x = arg;
	struct arrival a = { .source = x->p->source, .path = mailbox_shown(x->p->now, x->p->from),
	    .when = m->when, .name = fetch_safe(x->p->now, m->name) };
	struct spool_file *f = spool_begin(x->f->spool, MAILBOX_MOST, e);

	if (f == NULL)
		return false;
	if (m->n > 0 && !spool_write(f, m->bytes, m->n, e)) {
		spool_undo(f);
		return false;
	}
	return spool_end(f, &a.blob, e) && x->sink->arrived(x->sink->arg, &a, e);
}

static void
on_trouble(void *arg, const char *what, const char *why)
{
	struct looking *x = arg;

	x->sink->trouble(x->sink->arg, x->p->source, what, why);
}

static bool
on_stop(void *arg)
{
	struct looking *x = arg;

	return x->sink->stop != NULL && x->sink->stop(x->sink->arg);
}

bool
mails_look(struct fetch *f, struct place *p, const struct fetch_sink *sink, struct err *e)
{
	struct looking x = { f, p, sink };
	const struct mailbox_sink s = { &x, on_message, on_trouble, on_stop };
	struct mailbox m = mailbox_of(f->config, p->source);
	struct err why = ERR_INIT;

	arena_reset(p->now);
	if (mailbox_look(&m, &s, &why))
		return true;
	return err_set(e, "%s", why.text);
}
