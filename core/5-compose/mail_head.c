/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Header fields.  Plain ASCII is folded at blanks.  From the first word that
 * is not plain, all is written as encoded words (RFC 2047, "Q"), each of them
 * whole characters and at most 75 columns.
 */
#include <string.h>
#include "5-compose/mail_int.h"
#include "utf8.h"
#include <tocsin/slice.h>

#define LINE	76		/* columns of a header line, RFC 5322 2.1.1 asks for at most 78 */
#define WORD	70		/* a longer plain word is encoded, so that it can be broken */

/* How many bytes the character at p has (valid UTF-8). */
static size_t
char_len(const char *p)
{
	unsigned char c = (unsigned char)*p;

	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

void
head_line(struct buf *out, const char *s)
{
	struct buf fixed;
	size_t i, from = out->n;

	buf_init(&fixed);
	utf8_repair(&fixed, s, strlen(s));
	for (i = 0; i < fixed.n; i += char_len(fixed.p + i)) {
		const unsigned char *p = (const unsigned char *)fixed.p + i;
		bool blank = p[0] <= ' ' || p[0] == 0x7f || (p[0] == 0xc2 && p[1] < 0xa1);
		bool hidden = p[0] == 0xe2 && ((p[1] == 0x80 && ((p[2] >= 0x8b && p[2] <= 0x8f) ||
		    (p[2] >= 0xa8 && p[2] <= 0xae))) || (p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf));

		if (blank && out->n > from && out->p[out->n - 1] != ' ')
			buf_char(out, ' ');
		else if (!blank && !hidden)
			buf_add(out, p, char_len(fixed.p + i));
	}
	while (out->n > from && out->p[out->n - 1] == ' ')
		out->n--;
	buf_need(out, 1);
	out->p[out->n] = '\0';
	buf_free(&fixed);
}

bool
head_plain(struct tcs_slice s)
{
	size_t i, word = 0;

	for (i = 0; i < s.n; i++) {
		word = s.p[i] == ' ' ? 0 : word + 1;
		if ((unsigned char)s.p[i] >= 0x7f || word > WORD ||
		    (s.p[i] == '=' && i + 1 < s.n && s.p[i + 1] == '?'))
			return false;
	}
	return true;
}

static bool
q_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    strchr("!*+-/", c) != NULL;
}

void
head_encoded(struct buf *out, size_t *col, struct tcs_slice s)
{
	size_t i, k, n, room;
	char word[16];

	for (i = 0; i < s.n;) {
		if (*col > LINE - 30) {
			buf_str(out, "\r\n ");
			*col = 1;
		}
		buf_str(out, "=?UTF-8?Q?");
		room = LINE - *col - 12;
		for (; i < s.n; i += n, room -= k) {
			n = char_len(s.p + i);
			k = 0;
			for (size_t j = 0; j < n; j++)
				if (s.p[i + j] == ' ')
					word[k++] = '_';
				else if (s.p[i + j] && q_plain(s.p[i + j]))
					word[k++] = s.p[i + j];
				else {
					static const char hex[] = "0123456789ABCDEF";

					word[k++] = '=';
					word[k++] = hex[(unsigned char)s.p[i + j] >> 4];
					word[k++] = hex[s.p[i + j] & 15];
				}
			if (k > room)
				break;
			buf_add(out, word, k);
		}
		*col = LINE - room;
		buf_str(out, "?=");
		if (i < s.n) {
			buf_str(out, "\r\n ");
			*col = 1;
		}
	}
}

void
head_words(struct buf *out, size_t *col, struct tcs_slice s)
{
	size_t i, end;

	for (i = 0; i < s.n; i = end) {
		size_t word = i;

		while (word < s.n && s.p[word] == ' ')
			word++;
		for (end = word; end < s.n && s.p[end] != ' ';)
			end++;
		if (word > i && *col + (end - i) > LINE) {
			buf_str(out, "\r\n ");
			*col = 1;
			i = word;
		}
		buf_add(out, s.p + i, end - i);
		*col += end - i;
	}
}

/* Where the first word that is not plain begins. */
static size_t
first_odd(struct tcs_slice s)
{
	size_t i, end;

	for (i = 0; i < s.n; i = end + 1) {
		end = i + tcs_find(tcs_slice(s.p + i, s.n - i), ' ');
		if (!head_plain(tcs_slice(s.p + i, end - i)))
			return i;
	}
	return s.n;
}

void
mail_field(struct buf *out, const char *name, const char *value)
{
	size_t col = strlen(name) + 1, odd;
	struct tcs_slice s;
	struct buf line;

	buf_init(&line);
	buf_char(&line, ' ');
	head_line(&line, value);
	s = tcs_slice(line.p, line.n);
	odd = 1 + first_odd(tcs_slice(s.p + 1, s.n - 1));
	if (col + 1 + tcs_find(tcs_slice(s.p + 1, s.n - 1), ' ') > LINE)
		odd = 1;	/* a line with nothing but the name is shown badly by some */
	buf_printf(out, "%s:", name);
	if (odd > 1)
		head_words(out, &col, tcs_slice(s.p, odd == s.n ? s.n : odd - 1));
	if (odd < s.n) {
		buf_str(out, col > LINE - 31 ? "\r\n " : " ");
		col = col > LINE - 31 ? 1 : col + 1;
		head_encoded(out, &col, tcs_slice(s.p + odd, s.n - odd));
	}
	buf_str(out, "\r\n");
	buf_free(&line);
}

/* A name before an address: quoted, or encoded. */
static void
phrase(struct buf *out, size_t *col, const char *name)
{
	struct buf line, quoted;
	size_t i;

	buf_init(&line);
	buf_init(&quoted);
	head_line(&line, name);
	if (head_plain(tcs_slice(line.p, line.n))) {
		buf_char(&quoted, '"');
		for (i = 0; i < line.n; i++) {
			if (line.p[i] == '"' || line.p[i] == '\\')
				buf_char(&quoted, '\\');
			buf_char(&quoted, line.p[i]);
		}
		buf_char(&quoted, '"');
		head_words(out, col, tcs_slice(quoted.p, quoted.n));
	} else
		head_encoded(out, col, tcs_slice(line.p, line.n));
	buf_free(&line);
	buf_free(&quoted);
}

void
head_address(struct buf *out, const char *field, const char *name, const char *address)
{
	size_t col = strlen(field) + 2;

	buf_printf(out, "%s: ", field);
	if (name != NULL && *name != '\0') {
		phrase(out, &col, name);
		buf_str(out, col + strlen(address) + 3 > LINE ? "\r\n " : " ");
		buf_printf(out, "<%s>\r\n", address);
	} else
		buf_printf(out, "%s\r\n", address);
}

/* ;name="value", or RFC 2231: in pieces where it is long. */
void
head_parameter(struct buf *out, const char *name, const char *value)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t i, n, col;
	struct buf line;
	unsigned piece = 0;

	buf_init(&line);
	head_line(&line, value);
	if (head_plain(tcs_slice(line.p, line.n)) && line.n <= 60 && strpbrk(line.p, "\"\\") == NULL) {
		buf_printf(out, ";\r\n\t%s=\"%s\"", name, line.p);
		buf_free(&line);
		return;
	}
	for (i = 0; i < line.n; piece++) {
		buf_printf(out, ";\r\n\t%s*%u*=%s", name, piece, piece ? "" : "UTF-8''");
		for (col = 0; i < line.n && col < 48; i += n) {
			n = char_len(line.p + i);
			for (size_t j = 0; j < n; j++, col++)
				if (q_plain(line.p[i + j]) && strchr("*/", line.p[i + j]) == NULL)
					buf_char(out, line.p[i + j]);
				else {
					buf_char(out, '%');
					buf_char(out, hex[(unsigned char)line.p[i + j] >> 4]);
					buf_char(out, hex[line.p[i + j] & 15]);
					col += 2;
				}
		}
	}
	buf_free(&line);
}
