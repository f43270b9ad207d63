/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The token of a warning: what stands behind the "+" of the address that a
 * recipient answers to, or that undeliverable mail comes back to:
 * reply+2026-00417-k3q...@cert.example.  The number names the warning, the rest
 * is an HMAC of it by the ledger's secret, so that nobody can answer a warning
 * that he did not get.  Whoever has it can answer that one warning, and no more.
 */
#ifndef CORE_TOKEN_H
#define CORE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include <tocsin/slice.h>

enum token_use { TOKEN_REPLY, TOKEN_BOUNCE };

/* The address with the token; an address without "@" as it is. */
const char *token_address(struct arena *a, const uint8_t secret[32], enum token_use use, const char *number,
    const char *address);
/* "2026-00417-k3q...": *number (in a) is what it names, whether or not it is right.  False: not of that
 * form. */
bool token_parse(struct arena *a, struct tcs_slice token, const char **number, const char **mac);
/* Right for this use?  Case does not matter; takes the same time whatever is wrong. */
bool token_right(const uint8_t secret[32], enum token_use use, const char *number, const char *mac);

#endif
