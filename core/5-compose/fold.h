/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Line breaking of plain text.  A template writes a paragraph as one line;
 * this breaks it at spaces.  What follows a break hangs under the text: of a
 * list item ("- ", "1. "), behind a label ("Port      3389"), or of the line itself.
 * A word that is too long (a URL) stays whole.  Blanks at the end of a line
 * and more than one empty line in a row are taken away.
 */
#ifndef CORE_COMPOSE_FOLD_H
#define CORE_COMPOSE_FOLD_H

#include <stddef.h>
#include "buf.h"

void text_fold(struct buf *out, const char *p, size_t n, size_t width);

#endif
