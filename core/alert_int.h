/* SPDX-License-Identifier: Apache-2.0 */
/* What alert.c and alert_tell.c share. */
#ifndef CORE_ALERT_INT_H
#define CORE_ALERT_INT_H

#include "6-deliver/notifier.h"
#include "alert.h"
#include "ledger/ledger_coverage.h"

struct heard { char *key, *text; int64_t since, when; };

enum news_state { NEWS_NEW, NEWS_STILL, NEWS_OVER };
struct news { enum news_state state; const char *key, *text; int64_t since; };

struct hearer {
	const struct cfg_hearer	*cfg;
	const char		*id;		/* "NOTIFIER ADDRESS": what the ledger calls him */
	const struct plugin	*plugin;
	struct tcs_val		*opts;
	struct notifier		*n;		/* NULL: not started */
	bool			 busy;
	int64_t			 begun, not_before;	/* s, of the host's clock */
	struct heard		*told;
	uint32_t		 ntold, cap;
	struct arena		*arena;		/* of the message at work */
	struct news		*news;		/* what it says */
	uint32_t		 nnews;
};

struct alerts {
	const struct config	*config;
	struct ledger		*ledger;
	struct arena		*arena;
	struct hearer		*hearer;
	uint32_t		 n;
	char			*trouble;	/* of the ledger itself, or NULL */
	int64_t			 trouble_since;
};

/* What there is to say to him, in his arena; false: nothing yet. */
bool hearer_news(struct hearer *h, const struct alarm *list, uint32_t n, int64_t repeat, int64_t now);
void hearer_told(struct alerts *al, struct hearer *h);

#endif
