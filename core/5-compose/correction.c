/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The correction of a warning as a warning of its own: no cases, its identity
 * derived from the one that it takes back, so that there is one, however often
 * it is asked for.  What a notifier renders in a form of its own (IODEF) has no
 * form for this: who carries it takes the mail.
 */
#include <string.h>
#include "5-compose/group.h"
#include "5-compose/round_int.h"
#include "clock.h"
#include "digest.h"
#include "timefmt.h"

static const struct org *
org_of(const struct rounds *r, const struct warning *was, struct arena *a)
{
	const struct org *o = registry_org(r->d->registry, was->org);
	struct org *none;

	if (o != NULL)
		return o;
	none = arena_alloc(a, sizeof *none);
	memset(none, 0, sizeof *none);
	none->key = none->name = none->constituency = "";
	return none;
}

static void
identity(const struct rounds *r, const struct warning *was, struct arena *a, struct warning *w)
{
	const char *from = r->d->config->identity.from, *at = strrchr(from, '@');
	const char *text = arena_printf(a, "correction\n%s\n", was->message_id);
	char id[BASE32_LEN(16)];

	hmac_sha256(r->secret, sizeof r->secret, text, strlen(text), w->key);
	digest_base32(w->key, 16, id);
	w->message_id = arena_printf(a, "<%s@%s>", id, at != NULL ? at + 1 : "localhost");
}

/* As the warning was: its subject is quoted. */
static bool
seal_it(struct rounds *r, const struct warning *was, struct compose_job *job, struct err *e)
{
	struct candidate k = { .seal = SEAL_PLAIN };
	enum case_reason why = seal_of_mail(r->d, (enum tlp)was->tlp,
	    job->redirected != NULL ? NULL : contact_key(r->d, was->org, was->recipient), &k);

	job->seal = k.seal;
	job->key = k.key;
	return why == WHY_NONE || err_set(e, "the correction of %s: %s", was->number, case_reason_text[why]);
}

bool
round_correction(struct rounds *r, const struct warning *was, const char *tell, struct arena *a,
    struct warning *w, struct err *e)
{
	const struct compose_correction it = { was->number, was->subject, was->made, tell };
	char day[TIME_TEXT];
	struct compose_job job;
	int64_t now = clock_now() / NS;
	bool redirected = *was->redirected != '\0';

	*w = *was;
	identity(r, was, a, w);
	time_day(now * NS, day);
	w->id = ledger_next_warning(r->d->ledger);
	w->number = arena_printf(a, "%.4s-%05u", day, w->id);
	job = (struct compose_job){ .number = w->number, .message_id = w->message_id,
		.answers = was->message_id, .org = org_of(r, was, a),
		.address = redirected ? was->redirected : was->recipient,
		.redirected = redirected ? was->recipient : NULL, .language = was->language,
		.zone = r->d->config->identity.zone, .topic = was->topic, .role = (enum asset_role)was->role,
		.tlp = (enum tlp)was->tlp, .lane = LANE_PRIORITY, .made = now };
	job.signer = r->signer;
	if (strchr(job.address, '@') != NULL && !seal_it(r, was, &job, e))
		return false;
	if (!compose_correct(r->composer, &job, &it, a, &w->subject, &w->bytes, &w->nbytes, e))
		return false;
	w->answers = was->message_id;
	w->lane = LANE_PRIORITY;
	w->made = w->due = now;
	w->cases = w->revs = NULL;
	w->ncase = 0;
	w->type = "message/rfc822";
	return true;
}
