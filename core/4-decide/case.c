/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a case's axes, as lists, explain and the documentation show them; see case.h. */
#include "4-decide/case.h"

const char *const seen_names[] = { "open", "gone", "expired", "moved", "superseded" };
const char *const told_names[] = { "nothing-due", "due", "held", "handed-over", "muted" };
const char *const answer_names[] = { "none", "says-fixed", "false-positive", "not-mine", "risk-accepted" };
const char *const lane_names[] = { "", "digest", "priority" };

const char *const case_reason_names[WHY_MAX] = {
	[WHY_NONE] = "", [WHY_NEW] = "new", [WHY_REMINDER] = "reminder", [WHY_RELAPSE] = "relapse",
	[WHY_WORSE] = "worse", [WHY_POLICY_RECORD] = "policy-record", [WHY_POLICY_HOLD] = "policy-hold",
	[WHY_CONFLICT] = "conflict", [WHY_UNVERIFIED] = "unverified", [WHY_NO_PARTNER] = "no-partner",
	[WHY_NO_CONTACT] = "no-contact", [WHY_TLP] = "tlp", [WHY_TLP_UNKNOWN] = "tlp-unknown",
	[WHY_TOO_OLD] = "too-old", [WHY_FUTURE] = "future", [WHY_CAP_RUN] = "cap-run",
	[WHY_CAP_RECIPIENT] = "cap-recipient", [WHY_BY_HAND] = "by-hand", [WHY_SILENT_UNTIL] = "silent-until",
	[WHY_ASSET_GONE] = "asset-gone", [WHY_REFUSED] = "refused", [WHY_SHARING] = "sharing-terms",
	[WHY_UNREACHED] = "unreached",
	[WHY_CANCELLED] = "cancelled", [WHY_CAMPAIGN] = "campaign", [WHY_TOLD_ELSEWHERE] = "told-elsewhere",
	[WHY_CAP_PROBLEM] = "cap-problem", [WHY_CAP_NEW] = "cap-new",
	[WHY_NOBODY] = "nobody",
	[WHY_NO_KEY] = "no-key", [WHY_KEY_EXPIRED] = "key-expired", [WHY_KEY_UNUSABLE] = "key-unusable",
	[WHY_ONCE] = "seen-once", [WHY_FLAPPING] = "flapping", [WHY_SAYS_FIXED] = "says-fixed",
	[WHY_NOT_FIXED] = "not-fixed", [WHY_FALSE_POSITIVE] = "false-positive", [WHY_NOT_MINE] = "not-mine",
	[WHY_ACCEPTED] = "accepted", [WHY_MUTED] = "muted", [WHY_CHANGED] = "changed", [WHY_MORE] = "more",
	[WHY_MERGED] = "merged",
};

const char *const case_reason_text[WHY_MAX] = {
	[WHY_NONE] = "",
	[WHY_NEW] = "seen for the first time",
	[WHY_REMINDER] = "still there after the repeat interval",
	[WHY_RELAPSE] = "it was gone and is back",
	[WHY_WORSE] = "it has become more severe",
	[WHY_POLICY_RECORD] = "the policy only records this",
	[WHY_POLICY_HOLD] = "the policy wants a person to look first",
	[WHY_CONFLICT] = "two organisations claim it equally",
	[WHY_UNVERIFIED] = "the asset that covers it is not verified",
	[WHY_NO_PARTNER] = "its constituency has no partner to hand over to",
	[WHY_NO_CONTACT] = "the organisation has no contact that can be used",
	[WHY_TLP] = "the recipient may not have this TLP label",
	[WHY_TLP_UNKNOWN] = "the TLP label is unknown",
	[WHY_TOO_OLD] = "the observation is older than the policy allows",
	[WHY_FUTURE] = "the observation lies in the future",
	[WHY_CAP_RUN] = "the greatest number of warnings of one run was reached",
	[WHY_CAP_RECIPIENT] = "the greatest number of warnings to one recipient was reached",
	[WHY_BY_HAND] = "held by hand",
	[WHY_SILENT_UNTIL] = "warned already; silent until the interval is over",
	[WHY_ASSET_GONE] = "the asset no longer covers it, is no longer verified or no longer valid",
	[WHY_REFUSED] = "the recipient's server refused the warning",
	[WHY_SHARING] = "the source's sharing terms do not allow this recipient",
	[WHY_UNREACHED] = "the warning came back; it goes to the next contact, or is tried again another day",
	[WHY_CANCELLED] = "its warning was cancelled by hand",
	[WHY_CAMPAIGN] = "it is in a campaign, which a second person approves",
	[WHY_TOLD_ELSEWHERE] = "another system had warned of it; silent until the interval is over",
	[WHY_CAP_PROBLEM] = "the greatest number of warnings about one problem of one feed was reached",
	[WHY_CAP_NEW] = "the greatest share of recipients never warned before was reached",
	[WHY_NOBODY] = "nobody registered it, and the ladder ends at a person",
	[WHY_NO_KEY] = "its TLP label needs an encrypted mail, and no key of the recipient is known",
	[WHY_KEY_EXPIRED] = "the recipient's key has expired; he is told that a warning waits",
	[WHY_KEY_UNUSABLE] = "the recipient's key cannot be used",
	[WHY_ONCE] = "seen once, waits for a second look on another day",
	[WHY_FLAPPING] = "it comes and goes, and a relapse is told at most once an interval",
	[WHY_SAYS_FIXED] = "it was said to be fixed; silent unless it is seen after that",
	[WHY_NOT_FIXED] = "it was said to be fixed and was seen again after that",
	[WHY_FALSE_POSITIVE] = "it was said to be a false positive; silent until its evidence changes",
	[WHY_NOT_MINE] = "it was said to be somebody else's; silent until its evidence changes",
	[WHY_ACCEPTED] = "its risk was accepted; silent until that ends",
	[WHY_MUTED] = "muted by hand; silent until that ends",
	[WHY_CHANGED] = "its evidence is not what it was when it was answered",
	[WHY_MORE] = "more of that day came in after it was told",
	[WHY_MERGED] = "another case goes on for it",
};
