/* SPDX-License-Identifier: Apache-2.0 */
/* See keys.h. */
#include <string.h>
#include "5-compose/sign.h"
#include "cmd/keys.h"

struct walking {
	struct view	*v;
	struct signer	*s;
	int64_t		 now;
	void		(*each)(void *arg, const struct key_row *r);
	void		*arg;
};

static void
look(const struct walking *x, struct key_row *r)
{
	const struct rkey *k = signer_key(x->s, r->text);
	struct rkey dates;

	if (k == NULL)
		return;
	dates = *k;
	if (r->own && (k->from != 0 || k->until != 0))
		dates.unusable = NULL;		/* it need not encrypt */
	if ((r->ails = rkey_ails(&dates, x->now, x->v->arena, &r->since)) != NULL)
		x->each(x->arg, r);
}

static void
look_at(const struct walking *x, const char *whose, const char *address, const char *text, bool own)
{
	struct key_row r = { .whose = whose, .address = address, .text = text, .own = own };

	if (text != NULL)
		look(x, &r);
}

void
keys_each(struct view *v, const struct registry *reg, int64_t now,
    void (*each)(void *arg, const struct key_row *r), void *arg)
{
	const struct config *c = v->cfg;
	struct walking x = { v, signer_keys(c), now, each, arg };
	uint32_t i;

	for (i = 0; i < reg->ncontact; i++) {
		const struct contact *k = &reg->contact[i];
		const struct org *o = registry_org(reg, k->org);

		if (o != NULL && strcmp(k->channel, "email") == 0)
			look_at(&x, o->key, k->address, k->key, false);
	}
	for (i = 0; i < c->nnotifier; i++)
		look_at(&x, c->notifier[i].name, c->notifier[i].to != NULL ? c->notifier[i].to : "",
		    c->notifier[i].key, false);
	if (c->sign.smime.line != 0)
		look_at(&x, "sign.smime", "", c->sign.smime.certificate, true);
	if (c->sign.pgp.line != 0)
		look_at(&x, "sign.pgp", "", c->sign.pgp.key, true);
	signer_close(x.s);
}
