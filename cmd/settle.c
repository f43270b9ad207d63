/* SPDX-License-Identifier: Apache-2.0 */
/* See settle.h. */
#include <stddef.h>
#include "4-decide/case.h"
#include "cmd/settle.h"

#define IMPORT "correct the registry: tocsin org import; then "

static const char *const first[WHY_MAX] = {
	[WHY_CONFLICT] = IMPORT, [WHY_UNVERIFIED] = IMPORT, [WHY_ASSET_GONE] = IMPORT,
	[WHY_NOT_MINE] = IMPORT,
	[WHY_NO_CONTACT] = "give it a contact: tocsin org import; then ",
	[WHY_NO_PARTNER] = "name a notifier for its constituency (deliver in tocsin.conf); then ",
	[WHY_TLP] = "give it a contact that may have this label: tocsin org import; then ",
	[WHY_TLP_UNKNOWN] = "ask the source for the label; then ",
	[WHY_SHARING] = "look at share of the source in tocsin.conf; then ",
	[WHY_REFUSED] = "correct its contact: tocsin org import; then ",
	[WHY_UNREACHED] = "look at its contacts (tocsin contact): it is told again by itself; or ",
	[WHY_NO_KEY] = "give its contact a key: tocsin org import; it goes by itself then; or ",
	[WHY_KEY_EXPIRED] = "ask for a new key: tocsin org import; it goes by itself then; or ",
	[WHY_KEY_UNUSABLE] = "mend its contact's key; it goes by itself then; or ",
	[WHY_POLICY_HOLD] = "look at it first; then ",
	[WHY_CANCELLED] = "correct what was wrong with it; then ",
};

const char *
settle_first(unsigned reason)
{
	return reason < WHY_MAX && first[reason] != NULL ? first[reason] : "";
}
