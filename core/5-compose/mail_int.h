/* SPDX-License-Identifier: Apache-2.0 */
/* What mail.c and mail_head.c share. */
#ifndef CORE_COMPOSE_MAIL_INT_H
#define CORE_COMPOSE_MAIL_INT_H

#include <stdbool.h>
#include "5-compose/mail.h"
#include <tocsin/slice.h>

/* Any text as one line of valid UTF-8: control characters and runs of blanks are one blank, what turns the
 * direction of text or is not seen is left out. */
void head_line(struct buf *out, const char *s);
bool head_plain(struct tcs_slice s);	/* can stand as it is */
void head_words(struct buf *out, size_t *col, struct tcs_slice s);
void head_encoded(struct buf *out, size_t *col, struct tcs_slice s);
void head_address(struct buf *out, const char *field, const char *name, const char *address);
void head_parameter(struct buf *out, const char *name, const char *value);

#endif
