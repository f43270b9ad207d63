/* SPDX-License-Identifier: Apache-2.0 */
/* See fold.h. Widths are columns, not bytes. */
#include <stdbool.h>
#include "5-compose/fold.h"
#include "utf8.h"
#include <tocsin/slice.h>

#define LABEL_MOST	30	/* a gap further right than this ends no label */

static size_t
blanks(struct tcs_slice s, size_t from)
{
	size_t i = from;

	while (i < s.n && s.p[i] == ' ')
		i++;
	return i - from;
}

/* The column under which what follows a break hangs, in bytes of line and in columns. */
static size_t
hang_of(struct tcs_slice line)
{
	size_t lead = blanks(line, 0), i, gap;

	if (line.n > lead + 2 && line.p[lead + 1] == ' ' && (line.p[lead] == '-' || line.p[lead] == '*'))
		return lead + 2;
	for (i = lead; i < line.n && line.p[i] >= '0' && line.p[i] <= '9';)
		i++;
	if (i > lead && i + 2 < line.n && line.p[i] == '.' && line.p[i + 1] == ' ')
		return i + 2;
	for (i = lead; i < line.n && i < LABEL_MOST; i++)
		if (line.p[i] == ' ' && (gap = blanks(line, i)) >= 2)
			return utf8_width(line.p, i + gap);
	return lead;
}

static void
spaces(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_char(out, ' ');
}

static void
fold_line(struct buf *out, struct tcs_slice line, size_t width)
{
	size_t hang = hang_of(line), col = 0, i, gap, word, end, w;

	if (hang > width / 2)
		hang = 2;
	for (i = 0; i < line.n; i = end) {
		gap = blanks(line, i);
		word = i + gap;
		for (end = word; end < line.n && line.p[end] != ' ';)
			end++;
		w = utf8_width(line.p + word, end - word);
		/* no break that would win nothing */
		if (col + gap > hang && col + gap + w > width) {
			buf_char(out, '\n');
			spaces(out, hang);
			col = hang;
			gap = 0;
		}
		spaces(out, gap);
		buf_add(out, line.p + word, end - word);
		col += gap + w;
	}
	buf_char(out, '\n');
}

void
text_fold(struct buf *out, const char *p, size_t n, size_t width)
{
	struct tcs_slice rest = tcs_slice(n ? p : "", n), line;
	bool begun = false;
	size_t empty = 0;

	while (tcs_cut(&rest, '\n', &line)) {
		while (line.n > 0 && tcs_space(line.p[line.n - 1]))
			line.n--;
		if (line.n == 0) {
			empty++;
			continue;
		}
		if (begun && empty > 0)
			buf_char(out, '\n');
		empty = 0;
		begun = true;
		if (utf8_width(line.p, line.n) <= width) {
			buf_add(out, line.p, line.n);
			buf_char(out, '\n');
		} else
			fold_line(out, line, width);
	}
}
