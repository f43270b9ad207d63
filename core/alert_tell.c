/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See alert.h: the message to a hearer and its hand-over, by a notifier process
 * of its own, past the outbox: an alarm is no warning, is not counted as one,
 * and must get out when the ledger does not work.  It is marked as told when
 * the notifier has answered delivered, so a kill in between tells it twice,
 * with the same key.
 */
#include <inttypes.h>
#include <string.h>
#include "5-compose/mail.h"
#include "alert_int.h"
#include "digest.h"
#include "ledger/ledger_read.h"
#include "log.h"
#include "timefmt.h"

#define AGAIN 300		/* s until a hearer who could not be reached is tried again */

/* ---- the words ------------------------------------------------------------------ */

static uint32_t
count(const struct hearer *h, enum news_state s)
{
	uint32_t i, n = 0;

	for (i = 0; i < h->nnews; i++)
		n += h->news[i].state == s;
	return n;
}

static const char *
subject_of(const struct alerts *al, const struct hearer *h)
{
	uint32_t fresh = count(h, NEWS_NEW), still = count(h, NEWS_STILL), over = count(h, NEWS_OVER), i;
	const char *what = fresh > 0 ? "alarm" : still > 0 ? "still" : "over", *first = "";

	for (i = 0; i < h->nnews && *first == '\0'; i++)
		if (h->news[i].state == (fresh > 0 ? NEWS_NEW : still > 0 ? NEWS_STILL : NEWS_OVER))
			first = h->news[i].text;
	return arena_printf(h->arena, "[%s] %s: %.100s%s", al->config->identity.name, what, first,
	    fresh + still + over > 1 ? arena_printf(h->arena, " (and %" PRIu32 " more)",
	    fresh + still + over - 1) : "");
}

static void
section(struct buf *b, const struct hearer *h, enum news_state s, const char *title)
{
	char since[TIME_TEXT];
	uint32_t i;

	if (count(h, s) == 0)
		return;
	buf_printf(b, "%s\n\n", title);
	for (i = 0; i < h->nnews; i++)
		if (h->news[i].state == s) {
			time_utc(h->news[i].since * NS, since);
			buf_printf(b, "* %s\n  since %s, %s\n", h->news[i].text, since, h->news[i].key);
		}
	buf_str(b, "\n");
}

static void
text_of(struct buf *b, const struct hearer *h)
{
	section(b, h, NEWS_NEW, "NEW");
	section(b, h, NEWS_STILL, "STILL");
	section(b, h, NEWS_OVER, "OVER");
	buf_str(b, "`tocsin todo` lists what waits for a person, `tocsin status` how things stand.\n");
}

static void
json_of(struct buf *b, const struct hearer *h)
{
	static const char *const states[] = { "new", "still", "over" };
	char since[TIME_TEXT];
	uint32_t i;

	buf_str(b, "{\"alarms\":[");
	for (i = 0; i < h->nnews; i++) {
		time_iso(h->news[i].since * NS, since);
		buf_printf(b, "%s{\"state\":\"%s\",\"key\":", i > 0 ? "," : "", states[h->news[i].state]);
		buf_json_str(b, h->news[i].key);
		buf_str(b, ",\"text\":");
		buf_json_str(b, h->news[i].text);
		buf_printf(b, ",\"since\":\"%s\",\"wakes\":%s}", since,
		    alarm_wakes(h->news[i].key) ? "true" : "false");
	}
	buf_str(b, "]}");
}

/* ---- the hand-over ---------------------------------------------------------------- */

/* The same news of the same day have the same key. */
static const char *
key_of(const struct hearer *h, int64_t now)
{
	char day[TIME_TEXT], hex[SHA256_HEX];
	uint8_t sum[SHA256_LEN];
	struct buf b;
	uint32_t i;

	buf_init(&b);
	time_day(now * NS, day);
	buf_printf(&b, "alarm\n%s\n%s\n", h->id, day);
	for (i = 0; i < h->nnews; i++)
		buf_printf(&b, "%d %s %" PRId64 "\n", (int)h->news[i].state, h->news[i].key,
		    h->news[i].since);
	sha256(b.p, b.n, sum);
	buf_free(&b);
	digest_hex(sum, sizeof sum, hex);
	return arena_strdup(h->arena, hex);
}

static bool
mail_of(const struct alerts *al, const struct hearer *h, struct tcs_warning *t, int64_t now, struct err *e)
{
	struct mail m = { .from_name = al->config->identity.name, .from = al->config->identity.from,
		.to = t->address, .subject = t->subject, .message_id = t->message_id, .language = "en",
		.date = now, .part = t->part, .npart = 1 };
	struct buf b;
	bool good;

	buf_init(&b);
	if ((good = mail_write(&b, &m, e))) {
		t->bytes = arena_strndup(h->arena, b.p, b.n);
		t->nbytes = b.n;
	}
	buf_free(&b);
	return good;
}

static bool
begin(const struct alerts *al, struct hearer *h, int64_t now, struct err *e)
{
	const char *from = al->config->identity.from, *at = strrchr(from, '@'), *key = key_of(h, now), *type;
	struct tcs_part part[2] = { { .type = "text/plain" }, { .type = "application/json" } };
	struct tcs_warning t = { .size = sizeof t, .tlp = TLP_AMBER, .id = arena_strndup(h->arena, key, 12),
		.key = key, .message_id = arena_printf(h->arena, "<alarm-%.32s@%s>", key, at != NULL ?
		    at + 1 :
		"localhost"), .sender = from, .recipient = "alarms",
		.address = h->cfg->to != NULL ? h->cfg->to : "", .language = "en",
		.subject = subject_of(al, h), .part = part, .npart = 2 };
	struct buf text, json;
	bool good;

	buf_init(&text);
	buf_init(&json);
	text_of(&text, h);
	json_of(&json, h);
	part[0].p = text.p;
	part[0].n = text.n;
	part[1].p = json.p;
	part[1].n = json.n;
	good = (h->n != NULL || (h->n = notifier_start(h->plugin, h->opts, e)) != NULL) &&
	    (h->plugin->renders ? notifier_render(h->n, &t, h->arena, &type, &t.bytes, &t.nbytes, e) :
	    mail_of(al, h, &t, now, e)) && notifier_begin(h->n, &t, e);
	buf_free(&text);
	buf_free(&json);
	return good;
}

static void
failed(struct hearer *h, int64_t now, const char *why)
{
	log_err("alarms cannot be told to %s: %s", h->id, why);
	h->busy = false;
	h->not_before = now + AGAIN;
}

static void
answer(struct alerts *al, struct hearer *h, int64_t now, int64_t wait_ms)
{
	struct tcs_result r = { .answer = TCS_LATER };

	if (!h->busy || notifier_poll(h->n, (int)wait_ms, &r) == 0)
		return;
	if (r.answer != TCS_DELIVERED) {
		failed(h, now, r.reply);
		return;
	}
	h->busy = false;
	hearer_told(al, h);
}

struct gathered { struct arena *a; struct alarm *list; uint32_t n; };

static bool
gather(void *arg, const char *key, const char *text, int64_t at)
{
	struct gathered *g = arg;

	g->list = arena_room(g->a, g->list, g->n, sizeof *g->list);
	g->list[g->n++] = (struct alarm){ arena_strdup(g->a, key), arena_strdup(g->a, text), at };
	return true;
}

/* What rings, by the ledger; when that cannot be read, what is known to have rung rings on. */
static bool
ringing(const struct alerts *al, struct gathered *g)
{
	struct err e = ERR_INIT;
	bool read = al->ledger != NULL && ledger_alarms_each(al->ledger, gather, g, &e);

	if (al->trouble != NULL)
		gather(g, "ledger:write", al->trouble, al->trouble_since);
	return read;
}

static void
still(const struct hearer *h, struct gathered *g)
{
	uint32_t i;

	for (i = 0; i < h->ntold; i++)
		if (strcmp(h->told[i].key, "ledger:write") != 0)
			gather(g, h->told[i].key, h->told[i].text, h->told[i].since);
}

void
alerts_turn(struct alerts *al, int64_t now, int64_t wait_ms)
{
	struct gathered g = { arena_new(), NULL, 0 };
	bool read = al->n > 0 && ringing(al, &g);
	uint32_t i;

	for (i = 0; i < al->n; i++) {
		struct hearer *h = &al->hearer[i];
		struct gathered mine = { g.a, NULL, 0 };
		struct err why = ERR_INIT;

		answer(al, h, now, 0);
		if (h->busy || now < h->not_before)
			continue;
		arena_reset(h->arena);
		if (!read) {
			still(h, &mine);
			if (al->trouble != NULL)
				gather(&mine, "ledger:write", al->trouble, al->trouble_since);
		}
		if (!hearer_news(h, read ? g.list : mine.list, read ? g.n : mine.n, al->config->alarms.repeat,
		    now))
			continue;
		h->begun = now;
		h->busy = begin(al, h, now, &why);
		if (!h->busy)
			failed(h, now, why.text);
		answer(al, h, now, wait_ms);
	}
	arena_free(g.a);
}
