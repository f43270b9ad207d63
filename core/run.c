/* SPDX-License-Identifier: Apache-2.0 */
/* See run.h. */
#include "run.h"

bool
run_once(struct host *h, int64_t wait_ms, struct err *e)
{
	uint32_t i;
	bool idle, good = host_orders(h, e);

	for (i = 0; good && i < h->config->nsource; i++)
		good = host_fetch(h, &h->config->source[i], true, e);
	return good && host_intake(h, e) && host_round(h, true, true, e) && host_drain(h, wait_ms, &idle, e);
}
