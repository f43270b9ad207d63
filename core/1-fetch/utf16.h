/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a spreadsheet saves as "Unicode text" is UTF-16: read as UTF-8, so
 * that no source need know, and offsets count in what is read, as they do of
 * what is packed.  Told by its byte order mark, or by a zero in every other of
 * the first bytes; but XML says its encoding itself and is left as it is.
 */
#ifndef CORE_UTF16_H
#define CORE_UTF16_H

#include "2-decode/source.h"

/* in, or a reader over it, which closes it.  NULL: its first bytes could not be read; in is closed. */
struct reader *utf16_over(struct reader *in, struct err *e);

#endif
