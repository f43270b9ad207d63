/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single values of the registry's tables: checked, and brought to the one form
 * in which they are kept.  Each function answers false with the reason in e.
 */
#ifndef CORE_REGISTRY_VALUE_H
#define CORE_REGISTRY_VALUE_H

#include <stdbool.h>
#include "arena.h"
#include "err.h"
#include "registry.h"
#include <tocsin/slice.h>

/* An organisation's id: letters, digits, - _ . and at most 64 of them. */
bool value_key(struct tcs_slice s, const char *column, struct arena *a, const char **out, struct err *e);
/* One word in lower case; empty: dflt. */
bool value_word(struct tcs_slice s, const char *column, const char *dflt, struct arena *a, const char **out,
    struct err *e);
/* A language tag such as nl or pt-BR, or empty. */
bool value_language(struct tcs_slice s, struct arena *a, const char **out, struct err *e);
/* A mail address, its domain in A-labels; or empty where that may be. */
bool value_mail(struct tcs_slice s, const char *column, struct arena *a, const char **out, struct err *e);
/* A day (2026-11-20) as ns, or TIME_NONE when empty. */
bool value_day(struct tcs_slice s, const char *column, int64_t *out, struct err *e);
/* One of the names (ended by NULL); empty: the first. */
bool value_choice(struct tcs_slice s, const char *column, const char *const *names, uint8_t *out,
    struct err *e);
/* An asset: kind, text, lo, hi, asn of out.  *flag: what a person should know although it
 * was taken, or NULL. */
bool value_asset(struct tcs_slice s, bool allow_documentation, struct arena *a, struct asset *out,
    const char **flag, struct err *e);

extern const char *const asset_role_names[], *const asset_use_names[];		/* ended by NULL */

#endif
