/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a further letter of a thread begins with: when the last one was sent,
 * and what of it is gone since.  What is new, still there, back or worse is
 * said by the systems themselves (warning.c).  thread_of asks the ledger and
 * the case table; set_thread only writes the model.
 */
#include <string.h>
#include "5-compose/thread.h"
#include "5-compose/view.h"
#include "4-decide/key.h"

static struct val *
gone_value(struct arena *a, const struct compose_gone *g, const char *language,
    const struct advice_set *advice)
{
	struct val *o = val_obj(a);

	val_set_str(a, o, "subject", g->subject);
	val_set_str(a, o, "port", g->port ? arena_printf(a, "%u", g->port) : "");
	val_set_str(a, o, "transport", g->port ? transport_name(g->transport) : "");
	val_set_str(a, o, "problem_name", advice_find(advice, language, g->problem, NULL, NULL)->name);
	val_set_str(a, o, "last_seen_day", arena_printf(a, "%.10s", when_utc(a, g->last_seen)));
	return o;
}

void
set_thread(struct arena *a, struct val *r, const struct compose_job *job, const char *language,
    const struct advice_set *advice)
{
	const char *utc = job->previous > 0 ? when_utc(a, job->previous) : "";
	const char *local = job->previous > 0 ? when_local(a, job->previous, job->zone) : "";
	struct val *list = val_list(a);
	uint32_t i;

	for (i = 0; i < job->ngone && i < GONE_SHOWN; i++)
		val_push(a, list, gone_value(a, &job->gone[i], language, advice));
	val_set_bool(a, r, "earlier", job->previous > 0);
	val_set_str(a, r, "previous_utc", utc);
	val_set_str(a, r, "previous_local", *local || *utc == '\0' ? local :
	    arena_printf(a, "%.16s UTC", utc));
	val_set_str(a, r, "previous_number", job->previous_number != NULL ? job->previous_number : "");
	val_set(a, r, "gone", list);
	val_set_num(a, r, "gone_count", job->ngone);
	val_set_num(a, r, "gone_more", (int64_t)job->ngone - i);
}

/* ---- from the ledger ------------------------------------------------------- */

/* A case of the last letter that is gone, may be told under this label, and is of this organisation. */
static bool
is_gone(const struct tcase *c, const struct compose_job *job)
{
	return c != NULL && (c->seen == SEEN_GONE || c->seen == SEEN_EXPIRED) && c->key.org == job->org->id &&
	    c->tlp <= job->tlp;
}

static const char *
subject_of(struct decider *d, const struct tcase *c, struct arena *a)
{
	static const struct ip none;
	char *text;

	if (c->kind == KIND_ACCOUNT || memcmp(&c->key.ip, &none, sizeof none) == 0)
		return arena_strdup(a, ledger_text(d->ledger, DICT_NAME, c->key.name));
	text = arena_alloc(a, IP_TEXT);
	ip_text(&c->key.ip, text);
	return text;
}

struct gathering {
	struct decider		*d;
	struct compose_job	*job;
	struct compose_gone	*list;
	uint32_t		 n;
	struct arena		*a;
};

static void
gather(void *arg, uint32_t id)
{
	struct gathering *g = arg;
	const struct tcase *c = table_id(g->d->table, id);

	if (!is_gone(c, g->job))
		return;
	g->list = arena_room(g->a, g->list, g->n, sizeof *g->list);
	g->list[g->n++] = (struct compose_gone){ .subject = subject_of(g->d, c, g->a),
		.problem = arena_strdup(g->a, ledger_text(g->d->ledger, DICT_PROBLEM, c->key.problem)),
		.last_seen = c->last_seen, .port = c->key.port, .transport = c->key.transport };
}

bool
thread_of(struct decider *d, struct arena *a, struct compose_job *job, const char *recipient, struct err *e)
{
	struct gathering g = { d, job, NULL, 0, a };
	struct thread t;
	bool redirected;

	if (!ledger_thread(d->ledger, recipient, job->topic, &t))
		return err_set(e, "the ledger's threads cannot be read");
	if (t.first[0] == '\0')
		return true;
	job->answers = arena_strdup(a, t.first);
	job->previous = t.made;
	job->previous_number = arena_strdup(a, t.number);
	if (!ledger_warning_cases(d->ledger, t.last, &redirected, gather, &g, e))
		return false;
	job->gone = g.list;
	job->ngone = g.n;
	return true;
}
