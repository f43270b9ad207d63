/* SPDX-License-Identifier: Apache-2.0 */
/* The order "replay": one input, by its number; see 4-decide/replay.h. */
#include <string.h>
#include "4-decide/replay.h"
#include "flatjson.h"
#include "hands.h"

bool
order_replay(struct host *h, const struct order *o, struct arena *a, struct err *e)
{
	struct decider *d = h->decider;
	const char *text = flat_get(a, o->args, "input"), *no;
	struct replay *r;
	struct input in;
	uint64_t id = 0;
	bool good;

	if (text == NULL || !tcs_uint(tcs_str(text), UINT32_MAX, &id))
		return hands_answer(h, o, "refused: expected the number of an input", e);
	if (!host_replayable(h, (uint32_t)id, a, &in, &no, e))
		return no != NULL && hands_answer(h, o, arena_printf(a, "refused: %s", no), e);
	if ((r = replay_begin(d, &in, o->id, e)) == NULL)
		return false;
	good = host_replay(h, &in, r, e);
	if (good && strncmp(r->result, "refused: ", 9) == 0)
		good = hands_answer(h, o, r->result, e);
	replay_end(r);
	return good;
}

bool
host_replayable(struct host *h, uint32_t id, struct arena *a, struct input *in, const char **no,
    struct err *e)
{
	struct ledger *l = h->decider->ledger;
	bool got;

	*no = NULL;
	if (!ledger_input_get(l, a, id, in, &got, e))
		return false;
	if (!got)
		*no = "there is no such input";
	else if (in->state == INPUT_PENDING)
		*no = "it waits to be read anyway";
	else if (in->state == INPUT_CONTAINER)
		*no = "it is an archive: its members are inputs";
	else if (config_source(h->config, ledger_text(l, DICT_SOURCE, in->source)) == NULL)
		*no = "its source is not configured any more";
	return *no == NULL;
}
