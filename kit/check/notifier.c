/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is tried of a notifier, without a network (net.c): rendering twice, of
 * warnings with and without parts; delivering where nobody answers.  What it
 * sends to a real other side is for its author's own tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "kit/check/check.h"
#include "kit/check/net.h"
#include "kit/check/source.h"

/* A warning's JSON part, as small as one can be (docs/columns.md); a sample NAME.json stands for it. */
static const char small[] = "{\"warning\":\"2026-00417\",\"kind\":\"first\",\"tlp\":\"amber\","
    "\"language\":\"en\",\"organisation\":{\"id\":\"acme\",\"name\":\"Acme\"},\"cases\":[],\"systems\":[],"
    "\"contacts\":[]}\n";
static const char mail[] = "From: warn@cert.example\r\nTo: abuse@acme.example\r\nSubject: Systems at risk\r\n"
    "Message-ID: <1@cert.example>\r\n\r\n192.0.2.10 has an open door.\r\n";
#define PART(t, f, text) { (t), (f), (text), sizeof(text) - 1 }
static const struct tcs_part parts[] = {
	PART("text/plain", NULL, "192.0.2.10 has an open door.\n"),
	PART("text/html", NULL, "<p>192.0.2.10 has an open door.</p>\n"),
	PART("text/csv", "systems.csv", "ip,port\n192.0.2.10,3389\n"),
	PART("application/json", "warning.json", small),
	PART("text/html", "post.html", "<p>192.0.2.10 has an open door.</p>\n"),
	PART("text/html", "phone.html", "<p>192.0.2.10 has an open door.</p>\n"),
};
enum { PARTS = sizeof parts / sizeof *parts };

static struct buf made, type;

static int
on_out(struct tcs_ctx *x, const char *t, const void *p, size_t n)
{
	(void)x;
	buf_reset(&made);
	buf_add(&made, p, n);
	buf_reset(&type);
	buf_str(&type, t);
	return TCS_OK;
}

static const struct tcs_notifier_host table = {
	.h = { sizeof(struct tcs_notifier_host), TCS_ABI_MAJOR, TCS_ABI_MINOR, feed_log, feed_alloc },
	.out = on_out,
};

static void
open_it(struct check *c, struct feed_run *r)
{
	static struct feed_how how;

	memset(r, 0, sizeof *r);
	memcpy(how.opts, c->opts, sizeof c->opts);
	r->p = c->p;
	r->x = calloc(1, sizeof *r->x);
	if (r->x == NULL || (r->x->out = open_memstream(&r->text, &r->size)) == NULL)
		abort();
	r->x->fail = -1;
	feed_vals(r, &how);
	if ((r->rc = c->p->open(r->x, &table.h, r->val, &r->inst)) != TCS_OK)
		not_open(c, r);
}

static void
close_it(struct feed_run *r)
{
	r->p->close(r->inst);
	feed_drop(r->x, TCS_INSTANCE);
	fclose(r->x->out);
	free(r->text);
	free(r->x);
}

static struct tcs_warning
warning(const struct check *c, struct tcs_part *mine)
{
	struct tcs_warning w = { .size = sizeof w, .tlp = 2, .id = "2026-00417", .key = "417-1",
		.message_id = "<1@cert.example>", .sender = "warn@cert.example", .recipient = "acme",
		.address = "abuse@acme.example", .language = "en", .subject = "Systems at risk" };
	uint32_t i;

	memcpy(mine, parts, sizeof parts);
	for (i = 0; i < c->nsample; i++)
		if (strstr(c->sample[i].name, ".json") != NULL) {
			mine[3].p = c->sample[i].p;
			mine[3].n = c->sample[i].n;
		}
	w.part = mine;
	w.npart = PARTS;
	return w;
}

static void
try_render(struct check *c)
{
	struct tcs_part mine[PARTS];
	struct tcs_warning w = warning(c, mine);
	struct feed_run r;
	struct buf first;
	char log[300];
	int rc, again;

	if (c->p->ops.notifier->render == NULL) {
		note(c, "it has no render: the host's mail is delivered");
		return;
	}
	buf_init(&first);
	open_it(c, &r);
	at(c, "render");
	if ((rc = c->p->ops.notifier->render(r.inst, &w)) != TCS_OK || made.n == 0) {
		source_log(&r, log, sizeof log);
		fail(c, "give it a warning that it can render, as a sample NAME.json",
		    "render answers %d and %zu bytes: %s", rc, made.n, log);
	}
	buf_add(&first, made.p, made.n);
	for (again = 0; again < 2; again++) {
		at(c, "render a second time");
		c->p->ops.notifier->render(r.inst, &w);
		if (made.n != first.n || memcmp(made.p, first.p, first.n) != 0)
			fail(c, "the same warning must be the same bytes: no time, no random numbers",
			    "%s gives other bytes", c->sh->at);
		close_it(&r);
		open_it(c, &r);
	}
	if (net_asked > 0)
		fail(c, "leave that to deliver", "render uses the network");
	close_it(&r);
}

/* Each part missing, and all of them: an error, not a crash. */
static void
try_parts(struct check *c)
{
	struct tcs_part mine[PARTS];
	struct feed_run r;
	uint32_t i;

	if (c->p->ops.notifier->render == NULL)
		return;
	open_it(c, &r);
	for (i = 0; i <= PARTS; i++) {
		struct tcs_warning w = warning(c, mine);
		int rc;

		if (i < PARTS)
			memmove(&mine[i], &mine[i + 1], (PARTS - i - 1) * sizeof *mine);
		w.npart = i < PARTS ? PARTS - 1 : 0;
		at(c, "render without %s", i < PARTS ? parts[i].type : "parts");
		rc = c->p->ops.notifier->render(r.inst, &w);
		if (rc != TCS_OK && rc != TCS_EINPUT)
			fail(c, "a warning that cannot be rendered is TCS_EINPUT", "%s answers %d",
			    c->sh->at, rc);
	}
	close_it(&r);
}

static void
try_deliver(struct check *c)
{
	struct tcs_part mine[PARTS];
	struct tcs_warning w = warning(c, mine);
	struct tcs_result res;
	struct feed_run r;
	int rc;

	if (c->p->ops.notifier->deliver == NULL)
		return;
	open_it(c, &r);
	w.bytes = mail;
	w.nbytes = sizeof mail - 1;
	memset(&res, 0, sizeof res);
	at(c, "deliver where nobody answers");
	rc = c->p->ops.notifier->deliver(r.inst, &w, &res);
	if (rc != TCS_OK)
		fail(c, "return TCS_OK and say in the result what came of it", "deliver answers %d", rc);
	if (res.answer < TCS_DELIVERED || res.answer > TCS_UNKNOWN)
		fail(c, "set the answer: delivered, later, refused or unknown", "the answer is %u",
		    res.answer);
	if (memchr(res.reply, '\0', sizeof res.reply) == NULL || memchr(res.remote, '\0',
	    sizeof res.remote) == NULL)
		fail(c, "use snprintf", "reply or remote has no end");
	if (net_asked > 0 && res.answer != TCS_LATER)
		fail(c, "what did not leave is TCS_LATER", "nobody was there, and the answer is %u",
		    res.answer);
	if (net_asked > 0 && res.reply[0] == '\0')
		fail(c, "say in reply what failed: it is shown with the warning", "says later and not why");
	close_it(&r);
}

static void
try_check(struct check *c)
{
	char why[300] = "";
	struct feed_run r;

	if (c->p->ops.notifier->check == NULL) {
		note(c, "it has no check: tocsin check --online cannot try it");
		return;
	}
	open_it(c, &r);
	at(c, "check where nobody answers");
	c->p->ops.notifier->check(r.inst, why, sizeof why);
	if (memchr(why, '\0', sizeof why) == NULL)
		fail(c, "use snprintf", "why has no end");
	if (net_asked > 0 && why[0] == '\0')
		fail(c, "why is the answer for a person", "check says nothing");
	close_it(&r);
}

void
check_notifier(struct check *c)
{
	trial(c, "render", try_render);
	trial(c, "parts that are missing", try_parts);
	trial(c, "deliver to nobody", try_deliver);
	trial(c, "check", try_check);
}
