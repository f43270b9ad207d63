/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notices: a recipient whose key has expired is told that a warning waits for
 * it, and nothing of what it says.  A notice is a warning of its own without
 * cases, so nothing counts as told by it; its identity is made of address, key
 * and thirty days, so it is sent once in that time however often it is asked
 * for.  The cases stay held and go by themselves when a good key is there.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "5-compose/group.h"
#include "5-compose/round_int.h"
#include "clock.h"
#include "digest.h"
#include "map.h"
#include "timefmt.h"

#define AGAIN (30 * DAY)

static void
identity(const struct rounds *r, const struct candidate *k, int64_t now, struct arena *a, struct warning *w)
{
	const char *from = r->d->config->identity.from, *at = strrchr(from, '@');
	const char *text = arena_printf(a, "notice\n%s\n%s\n%" PRId64 "\n", k->address, k->key->id,
	    now / AGAIN);
	char id[BASE32_LEN(16)];

	hmac_sha256(r->secret, sizeof r->secret, text, strlen(text), w->key);
	digest_base32(w->key, 16, id);
	w->message_id = arena_printf(a, "<%s@%s>", id, at != NULL ? at + 1 : "localhost");
}

static bool
make(struct rounds *r, const struct candidate *k, int64_t now, struct arena *a, struct warning *w,
    struct err *e)
{
	struct decider *d = r->d;
	struct compose_job job;
	struct candidate how = *k;
	char day[TIME_TEXT];

	time_day(now * NS, day);
	w->id = ledger_next_warning(d->ledger);
	w->number = arena_printf(a, "%.4s-%05u", day, w->id);
	/* nothing in it is for few eyes, so it is signed at most */
	seal_of_mail(d, TLP_CLEAR, NULL, &how);
	job = (struct compose_job){ .number = w->number, .message_id = w->message_id,
	    .org = registry_org(d->registry, k->org), .address = k->address,
	    .partner = k->notifier->to != NULL ? k->notifier->name : NULL, .language = k->language,
	    .zone = d->config->identity.zone, .topic = "notice/key", .role = (enum asset_role)k->role,
	    .tlp = TLP_CLEAR, .lane = (enum lane)k->lane, .made = now, .seal = how.seal, .key = k->key,
	    .signer = r->signer };
	if (!compose_notice(r->composer, &job, a, &w->subject, &w->bytes, &w->nbytes, e))
		return false;
	w->answers = "";
	w->org = k->org;
	w->recipient = k->address;
	w->redirected = "";
	w->notifier = k->notifier->via != NULL ? k->notifier->via : k->notifier->name;
	w->topic = job.topic;
	w->language = k->language;
	w->lane = k->lane;
	w->tlp = TLP_CLEAR;
	w->role = k->role;
	w->requested = k->role == ROLE_OWNER;
	w->made = now;
	w->due = now + d->config->deliver.delay;
	w->type = "message/rfc822";
	return true;
}

struct putting {
	struct ledger		*l;
	const struct warning	*w;
};

static bool
put(void *arg, struct err *e)
{
	struct putting *p = arg;
	bool fresh;

	return ledger_warning_put(p->l, p->w, &fresh, e);
}

static bool
one(struct rounds *r, const struct candidate *k, int64_t now, struct err *e)
{
	struct arena *a = arena_new();
	struct warning w = { .id = 0 };
	struct putting p = { r->d->ledger, &w };
	struct err why = ERR_INIT;
	bool good = true;

	identity(r, k, now, a, &w);
	if (!make(r, k, now, a, &w, &why))
		commit_alarm(r->d, "compose:notice", arena_printf(a, "a notice to %s cannot be composed: %s",
		    k->address, why.text));
	else
		good = commit_end(r->d, NULL, 0, put, &p, e);
	arena_free(a);
	return good;
}

bool
round_notices(struct rounds *r, struct err *e)
{
	int64_t now = clock_now() / NS;
	uint32_t i, n = table_count(r->d->table);
	struct candidate k;
	bool good = true;
	char mark[400];

	if (now / AGAIN != r->noticed_at) {
		map_free(r->noticed);
		r->noticed = map_new();
		r->noticed_at = now / AGAIN;
	}
	for (i = 0; good && i < n; i++) {
		const struct tcase *c = table_at(r->d->table, i);
		uint64_t is;

		if (c->told != TOLD_HELD || c->reason != WHY_KEY_EXPIRED ||
		    candidate_of(r->d, c, &k) != WHY_KEY_EXPIRED)
			continue;
		snprintf(mark, sizeof mark, "%s\n%s", k.address, k.key->id);
		if (map_get(r->noticed, mark, strlen(mark), &is))
			continue;
		map_set(r->noticed, mark, strlen(mark), 1);
		good = one(r, &k, now, e);
	}
	return good;
}
