/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 (RFC 3629): checking, repairing, and making text safe to print.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include "buf.h"

bool utf8_valid(const char *p, size_t n);
/* Copies, invalid sequences as U+FFFD. */
void utf8_repair(struct buf *out, const char *p, size_t n);
/* One line that is safe on a terminal, in a log and in a header: C0, C1, DEL,
 * bidirectional controls and invalid bytes as \xNN or \u{NNNN}. */
void utf8_safe(struct buf *out, const char *p, size_t n);
/* How many bytes at p (n > 0) are a character that has no business in a line of text: C0, C1, DEL, and what
 * turns the direction of text or breaks lines unseen.  0: it is fine, or no valid character. */
size_t utf8_unsafe(const char *p, size_t n);
/* Columns on a terminal, near enough: code points, wide ones as two. */
size_t utf8_width(const char *p, size_t n);

#endif
