/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See alert.h: what each hearer was told, and what is news to him.  The list
 * is the ledger's table alarm_told, held in memory: read at the start, written
 * through, and still there when the ledger is not.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "alert_int.h"
#include "log.h"
#include "mem.h"
#include "timefmt.h"

#define PACE (15 * 60)		/* s between two messages about nothing that wakes */

static void
told_free(struct heard *t)
{
	free(t->key);
	free(t->text);
}

static struct heard *
told_find(struct hearer *h, const char *key)
{
	uint32_t i;

	for (i = 0; i < h->ntold; i++)
		if (strcmp(h->told[i].key, key) == 0)
			return &h->told[i];
	return NULL;
}

static void
told_set(struct hearer *h, const char *key, const char *text, int64_t since, int64_t when)
{
	struct heard *t = told_find(h, key);

	if (t == NULL) {
		if (h->ntold == h->cap)
			h->told = xrealloc(h->told, (h->cap = h->cap * 2 + 16) * sizeof *h->told);
		t = &h->told[h->ntold++];
	} else
		told_free(t);
	*t = (struct heard){ xstrdup(key), xstrdup(text), since, when };
}

static void
told_drop(struct hearer *h, const char *key)
{
	struct heard *t = told_find(h, key);

	if (t == NULL)
		return;
	told_free(t);
	*t = h->told[--h->ntold];
}

static void
loaded(void *arg, const struct told_alarm *t)
{
	struct alerts *al = arg;
	uint32_t i;

	for (i = 0; i < al->n; i++)
		if (strcmp(al->hearer[i].id, t->hearer) == 0)
			told_set(&al->hearer[i], t->key, t->text, t->since, t->told);
}

static bool
hearer_open(struct alerts *al, const struct cfg_hearer *cfg, const struct plugins *p, struct err *e)
{
	const struct config *c = al->config;
	struct hearer *h = &al->hearer[al->n];
	struct err why = ERR_INIT;
	uint32_t i;

	for (i = 0; strcmp(c->notifier[i].name, cfg->notifier) != 0; i++)
		;			/* it is there: checked when the configuration was read */
	h->cfg = cfg;
	h->id = arena_printf(al->arena, "%s %s", cfg->notifier, cfg->to != NULL ? cfg->to : "");
	h->plugin = plugin_get(p, c->notifier[i].plugin, TCS_NOTIFIER, &why);
	if (h->plugin == NULL)
		return err_at(e, c->file, cfg->line, "%s", why.text);
	if (cfg->to == NULL && !h->plugin->renders)
		return err_at(e, c->file, cfg->line, "\"to\" is missing: a mail address for notifier \"%s\"",
		    cfg->notifier);
	h->opts = options_check(al->arena, h->plugin, c->notifier[i].given, c->notifier[i].ngiven, e);
	if (h->opts == NULL)
		return false;
	h->arena = arena_new();
	al->n++;
	return true;
}

struct alerts *
alerts_open(const struct config *c, const struct plugins *p, struct ledger *l, struct err *e)
{
	struct alerts *al = xcalloc(1, sizeof *al);
	uint32_t i;

	al->config = c;
	al->ledger = l;
	al->arena = arena_new();
	al->hearer = xcalloc(c->alarms.nhearer + 1, sizeof *al->hearer);
	for (i = 0; i < c->alarms.nhearer; i++)
		if (!hearer_open(al, &c->alarms.hearer[i], p, e)) {
			alerts_close(al);
			return NULL;
		}
	if (l == NULL || ledger_told_each(l, loaded, al, e))
		return al;
	alerts_close(al);
	return NULL;
}

void
alerts_close(struct alerts *al)
{
	uint32_t i, k;

	if (al == NULL)
		return;
	for (i = 0; i < al->n; i++) {
		struct hearer *h = &al->hearer[i];

		notifier_stop(h->n);
		for (k = 0; k < h->ntold; k++)
			told_free(&h->told[k]);
		free(h->told);
		arena_free(h->arena);
	}
	free(al->hearer);
	free(al->trouble);
	arena_free(al->arena);
	free(al);
}

void
alerts_trouble(struct alerts *al, const char *text, int64_t now)
{
	if (text != NULL && al->trouble == NULL)
		al->trouble_since = now;
	free(al->trouble);
	al->trouble = text != NULL ? xstrdup(text) : NULL;
}

/* ---- news --------------------------------------------------------------------- */

static void
news_add(struct hearer *h, enum news_state state, const char *key, const char *text, int64_t since)
{
	h->news = arena_room(h->arena, h->news, h->nnews, sizeof *h->news);
	h->news[h->nnews++] = (struct news){ state, arena_strdup(h->arena, key), arena_strdup(h->arena, text),
	    since };
}

static bool
rings(const struct alarm *list, uint32_t n, const char *key)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (strcmp(list[i].key, key) == 0)
			return true;
	return false;
}

bool
hearer_news(struct hearer *h, const struct alarm *list, uint32_t n, int64_t repeat, int64_t now)
{
	bool some = false, wakes = false;
	const struct heard *t;
	int64_t last = INT64_MIN;
	uint32_t i;

	h->news = NULL;
	h->nnews = 0;
	for (i = 0; i < n; i++) {
		if (!h->cfg->all && !alarm_wakes(list[i].key))
			continue;
		t = told_find(h, list[i].key);
		if (t == NULL)
			wakes = wakes || alarm_wakes(list[i].key);
		some = some || t == NULL || now - t->when >= repeat;
		news_add(h, t == NULL ? NEWS_NEW : NEWS_STILL, list[i].key, list[i].text, list[i].since);
	}
	for (i = 0; i < h->ntold; i++) {
		if (h->told[i].when > last)
			last = h->told[i].when;
		if (rings(list, n, h->told[i].key))
			continue;
		news_add(h, NEWS_OVER, h->told[i].key, h->told[i].text, h->told[i].since);
		some = true;
	}
	return wakes || (some && (h->ntold == 0 || now - last >= PACE || now < last));
}

void
hearer_told(struct alerts *al, struct hearer *h)
{
	struct err e = ERR_INIT;
	bool durable = al->ledger != NULL && al->trouble == NULL && ledger_begin(al->ledger, &e);
	uint32_t i;

	for (i = 0; i < h->nnews; i++) {
		const struct news *v = &h->news[i];
		struct told_alarm t = { h->id, v->key, v->text, v->since, v->state == NEWS_OVER ? 0 :
		    h->begun };

		if (v->state == NEWS_OVER)
			told_drop(h, v->key);
		else
			told_set(h, v->key, v->text, v->since, h->begun);
		if (durable)
			ledger_told_put(al->ledger, &t);
	}
	if (durable && !ledger_end(al->ledger, &e))
		log_err("%s", e.text);
}
