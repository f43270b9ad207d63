/* SPDX-License-Identifier: Apache-2.0 */
/* See group.h. */
#include <stdlib.h>
#include <string.h>
#include "4-decide/health.h"
#include "5-compose/group.h"
#include "clock.h"
#include "mem.h"
#include "timefmt.h"

/* Globs of taxonomy/type, or of the taxonomy alone, separated by "|"; empty: all. */
static bool
class_listed(const char *classes, const char *class)
{
	struct tcs_slice rest = tcs_str(classes), part, tax = tcs_slice(class, tcs_find(tcs_str(class), '/'));
	char pat[128];

	if (classes[0] == '\0')
		return true;
	while (tcs_cut(&rest, '|', &part)) {
		part = tcs_trim(part);
		if (part.n >= sizeof pat)
			continue;
		tcs_copy(pat, sizeof pat, part);
		if (tcs_glob(pat, tcs_str(class)) || tcs_glob(pat, tax))
			return true;
	}
	return false;
}

/* The better contact has classes of its own, then the role of security. */
static int
contact_weight(const struct contact *k)
{
	return (k->classes[0] != '\0' ? 4 : 0) +
	    (strcmp(k->role, "security") == 0 ? 2 : strcmp(k->role, "abuse") == 0 ? 1 : 0);
}

static const struct contact *
contact_for(struct decider *d, uint32_t org, const char *channel, const char *class, bool *label,
    uint8_t tlp)
{
	const struct contact *k, *best = NULL;
	uint32_t i, n = registry_contacts(d->registry, org, &k);
	int64_t now = clock_now();

	for (i = 0; i < n; i++) {
		if (strcmp(k[i].channel, channel) != 0 || !class_listed(k[i].classes, class) ||
		    (k[i].expires != TIME_NONE && k[i].expires + DAY * NS <= now) ||
		    health_dead(d, k[i].address, k[i].confirmed))
			continue;
		if (tlp > k[i].tlp_max) {
			*label = true;
			continue;
		}
		if (best == NULL || contact_weight(&k[i]) > contact_weight(best))
			best = &k[i];
	}
	return best;
}

/* What goes only to deliver.redirect is for no recipient's key. */
enum case_reason
seal_of_mail(struct decider *d, enum tlp tlp, const char *key, struct candidate *out)
{
	if (d->signer == NULL)
		return WHY_NONE;
	out->key = d->config->deliver.redirect != NULL ? NULL : signer_key(d->signer, key);
	out->seal = signer_seal(d->signer, out->key, tlp, clock_now() / NS);
	return out->seal == SEAL_NO_KEY ? WHY_NO_KEY : out->seal == SEAL_NOTICE ? WHY_KEY_EXPIRED :
	    out->seal == SEAL_NOT_USABLE ? WHY_KEY_UNUSABLE : WHY_NONE;
}

const char *
contact_key(const struct decider *d, uint32_t org, const char *address)
{
	const struct contact *k;
	uint32_t i, n = registry_contacts(d->registry, org, &k);

	for (i = 0; i < n; i++)
		if (strcmp(k[i].channel, "email") == 0 && strcmp(k[i].address, address) == 0 &&
		    k[i].key != NULL && k[i].key[0] != '\0')
			return k[i].key;
	return NULL;
}

/* The plugin that carries it in the end. */
static const struct plugin *
carrier(const struct decider *d, const struct cfg_notifier *n)
{
	const char *via = n->via != NULL ? n->via : n->name;
	struct err e = ERR_INIT;
	uint32_t i;

	for (i = 0; i < d->config->nnotifier; i++)
		if (strcmp(d->config->notifier[i].name, via) == 0)
			return plugin_get(d->plugins, d->config->notifier[i].plugin, TCS_NOTIFIER, &e);
	return NULL;
}

static bool
by_mail(const struct plugin *p)
{
	return p != NULL && p->channel != NULL && strcmp(p->channel, "email") == 0;
}

static enum case_reason
to_partner(struct decider *d, const struct tcase *c, const struct cfg_notifier *n, struct candidate *out)
{
	out->address = n->to;
	if (c->tlp > (uint8_t)n->tlp_max)
		return WHY_TLP;
	return by_mail(carrier(d, n)) ? seal_of_mail(d, (enum tlp)c->tlp, n->key, out) : WHY_NONE;
}

static enum case_reason
to_contact(struct decider *d, const struct tcase *c, const struct org *o, const char *class,
    struct candidate *out)
{
	const struct plugin *p = carrier(d, out->notifier);
	const struct contact *k;
	bool label = false;

	if (p == NULL || p->channel == NULL)
		return WHY_NO_CONTACT;
	out->channel = p->channel;
	if ((k = contact_for(d, o->id, p->channel, class, &label, c->tlp)) != NULL) {
		out->address = k->address;
		if (k->language[0] != '\0')
			out->language = k->language;
		return by_mail(p) ? seal_of_mail(d, (enum tlp)c->tlp, k->key, out) : WHY_NONE;
	}
	if (label)
		return WHY_TLP;
	if (o->email[0] == '\0' || strcmp(p->channel, "email") != 0 || health_dead(d, o->email, TIME_NONE))
		return WHY_NO_CONTACT;
	out->address = o->email;
	return c->tlp > TLP_AMBER ? WHY_TLP : seal_of_mail(d, (enum tlp)c->tlp, NULL, out);
}

/* Held for want of a key: another hand (telephone, post) may still take it. */
static bool
wants_key(enum case_reason why)
{
	return why == WHY_NO_KEY || why == WHY_KEY_EXPIRED || why == WHY_KEY_UNUSABLE;
}

/* The first notifier of its constituency for whose channel it has a contact; none: why the first has not. */
static enum case_reason
to_channel(struct decider *d, const struct tcase *c, const struct org *o, const char *class,
    struct candidate *out)
{
	const struct cfg_notifier *n, *end = d->config->notifier + d->config->nnotifier;
	enum case_reason why = to_contact(d, c, o, class, out);
	struct candidate next;

	for (n = out->notifier + 1; (why == WHY_NO_CONTACT || why == WHY_TLP || wants_key(why)) && n < end;
	    n++) {
		if (n->to != NULL || !notifier_serves(n, o->constituency))
			continue;
		next = *out;
		next.notifier = n;
		if (to_contact(d, c, o, class, &next) == WHY_NONE) {
			*out = next;
			why = WHY_NONE;
		}
	}
	return why;
}

enum case_reason
candidate_of(struct decider *d, const struct tcase *c, struct candidate *out)
{
	const struct org *o = registry_org(d->registry, c->key.org);

	if (o == NULL)
		return c->key.org == 0 ? WHY_CONFLICT : WHY_ASSET_GONE;
	*out = (struct candidate){ .id = c->id, .org = o->id, .notifier = route(d->config, o->constituency),
		.class = c->class, .lane = c->lane, .role = c->role, .tlp = c->tlp,
		.language = o->language[0] != '\0' ? o->language : d->config->identity.language };
	if (strcmp(o->constituency, CONSTITUENCY_NOBODY) == 0)
		return WHY_NOBODY;
	if (out->notifier == NULL)
		return WHY_NO_PARTNER;
	if (not_shared(c, evidence_source(d, c), out->notifier))
		return WHY_SHARING;
	if (out->notifier->to != NULL)
		return to_partner(d, c, out->notifier, out);
	return to_channel(d, c, o, ledger_text(d->ledger, DICT_CLASS, c->class), out);
}

static void
hold_for(struct decider *d, struct tcase *c, enum case_reason why)
{
	if (c->told == TOLD_HELD && c->reason == why)
		return;
	c->told = TOLD_HELD;
	c->reason = (uint8_t)why;
	c->rev++;
	commit_dirty(d, c->id);
	commit_event(d, c->id, EVENT_HELD, why, 0);
}

/* Due, and still so by today's registry and holds. */
static bool
still_due(struct decider *d, struct tcase *c)
{
	struct judgement j;
	enum recheck r;

	if (hold_covers(d, c)) {
		hold_for(d, c, WHY_BY_HAND);
		return false;
	}
	if ((r = recheck(d, c, &j)) == RECHECK_SAME)
		return true;
	if (r == RECHECK_OTHER) {		/* refiled under its new owner, and due there */
		c->told = TOLD_HELD;
		c->reason = WHY_ASSET_GONE;
		return case_release(d, c, false, 0);
	}
	hold_for(d, c, r == RECHECK_CONFLICT ? WHY_CONFLICT : WHY_ASSET_GONE);
	return false;
}

static int
compare(const struct candidate *a, const struct candidate *b)
{
	int r = (b->lane > a->lane) - (b->lane < a->lane);	/* the priority lane first */

	if (r == 0)
		r = (a->org > b->org) - (a->org < b->org);
	if (r == 0)
		r = (a->notifier > b->notifier) - (a->notifier < b->notifier);
	if (r == 0)
		r = strcmp(a->address, b->address);
	if (r == 0)
		r = (a->class > b->class) - (a->class < b->class);
	if (r == 0)
		r = (a->role > b->role) - (a->role < b->role);
	return r != 0 ? r : (a->tlp > b->tlp) - (a->tlp < b->tlp);
}

bool
same_group(const struct candidate *a, const struct candidate *b)
{
	return compare(a, b) == 0;
}

static int
sorted(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;
	int r = compare(a, b);

	return r != 0 ? r : (a->id > b->id) - (a->id < b->id);
}

/* What held it is over: tried again, but only where that changes something. */
static void
try_again(struct decider *d, struct tcase *c)
{
	struct candidate k;
	enum case_reason why;

	if (c->told != TOLD_HELD || c->seen != SEEN_OPEN || !reason_mends(c->reason))
		return;
	if ((c->reason == WHY_NO_CONTACT || c->reason == WHY_TLP || c->reason == WHY_NO_PARTNER) &&
	    candidate_of(d, c, &k) != WHY_NONE)
		return;
	if (wants_key((enum case_reason)c->reason) && (why = candidate_of(d, c, &k)) != WHY_NONE) {
		if (wants_key(why))
			hold_for(d, c, why);	/* a notice, or no longer one */
		return;
	}
	if (c->reason == WHY_UNREACHED && (candidate_of(d, c, &k) != WHY_NONE ||
	    health_rests(d, k.address, clock_now() / NS)))
		return;
	case_release(d, c, false, 0);
}

struct candidate *
candidates(struct decider *d, bool digest, bool retry, uint32_t *n)
{
	struct candidate *list = NULL;
	uint32_t i, cap = 0, count = table_count(d->table);
	int64_t now = clock_now() / NS;
	enum case_reason why;

	*n = 0;
	for (i = 0; i < count; i++) {
		struct tcase *c = table_at(d->table, i);

		if (retry)
			try_again(d, c);
		if (c->told != TOLD_DUE || c->warning != 0 || (c->lane != LANE_PRIORITY && !digest) ||
		    c->due > now ||
		    !still_due(d, c))
			continue;
		if (*n == cap)
			list = xrealloc(list, (cap = cap * 2 + 64) * sizeof *list);
		if ((why = candidate_of(d, c, &list[*n])) == WHY_NONE)
			++*n;
		else
			hold_for(d, c, why);
	}
	candidates_sort(list, *n);
	return list;
}

void
candidates_sort(struct candidate *list, uint32_t n)
{
	if (n > 0)
		qsort(list, n, sizeof *list, sorted);
}
