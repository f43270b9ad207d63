/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See answer_words.h.  The line is first made plain - lower case, one blank, no
 * quotes around it - and then compared.
 */
#include <string.h>
#include "answer_words.h"

const struct answer_row answer_rows[] = {
	{ WORD_FIXED, "en", "fixed" }, { WORD_NOT_MINE, "en", "not mine" },
	{ WORD_FALSE_POSITIVE, "en", "false positive" }, { WORD_WRONG_CONTACT, "en", "wrong contact" },
	{ WORD_FIXED, "nl", "verholpen" }, { WORD_NOT_MINE, "nl", "niet van ons" },
	{ WORD_FALSE_POSITIVE, "nl", "vals alarm" }, { WORD_WRONG_CONTACT, "nl", "verkeerd adres" },
	/* understood, not shown */
	{ WORD_FIXED, "en", "solved" }, { WORD_FIXED, "en", "resolved" }, { WORD_FIXED, "nl", "opgelost" },
	{ WORD_NOT_MINE, "en", "not ours" }, { WORD_NOT_MINE, "nl", "niet van mij" },
	{ WORD_FALSE_POSITIVE, "en", "false alarm" }, { WORD_FALSE_POSITIVE, "nl", "loos alarm" },
	{ WORD_WRONG_CONTACT, "en", "wrong address" }, { WORD_WRONG_CONTACT, "nl", "verkeerd contact" },
};
const size_t answer_nrows = sizeof answer_rows / sizeof *answer_rows;

const char *const answer_word_names[WORD_COUNT] = { "none", "fixed", "not-mine", "false-positive",
	"wrong-contact" };

#define LINE_MOST 40		/* bytes of the line that are looked at; the longest word has half of that */

/* Blanks of any kind, and the quotes and stars that mail programs and people put around a word. */
static size_t
blank(const char *p, size_t n)
{
	if (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')
		return 1;
	return n >= 2 && memcmp(p, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

static size_t
quote(const char *p, size_t n)
{
	if (*p == '"' || *p == '\'' || *p == '*' || *p == '_')
		return 1;
	return n >= 3 && memcmp(p, "\xe2\x80", 2) == 0 && (unsigned char)p[2] >= 0x98 &&
	    (unsigned char)p[2] <= 0x9f ? 3 : 0;
}

static size_t
plain(struct tcs_slice line, char out[LINE_MOST])
{
	size_t i, k, n = 0;

	for (i = 0; i < line.n && n < LINE_MOST; i += k) {
		if ((k = blank(line.p + i, line.n - i)) > 0) {
			if (n > 0 && out[n - 1] != ' ')
				out[n++] = ' ';
		} else if ((k = quote(line.p + i, line.n - i)) == 0) {
			k = 1;
			out[n++] = tcs_lower(line.p[i]);
		}
	}
	return n > 0 && out[n - 1] == ' ' ? n - 1 : n;
}

enum answer_word
answer_word_of(struct tcs_slice line)
{
	char text[LINE_MOST];
	size_t n = plain(line, text), i, len;

	for (i = 0; i < answer_nrows; i++) {
		len = strlen(answer_rows[i].word);
		if (n < len || memcmp(text, answer_rows[i].word, len) != 0)
			continue;
		if (n > len && text[len] == ' ' && n > len + 1 && text[len + 1] == '-')
			return answer_rows[i].is;
		if (n == len || (text[len] != '\0' && strchr(".!,;:-", text[len]) != NULL))
			return answer_rows[i].is;
	}
	return WORD_NONE;
}

static const char *
word_in(enum answer_word w, const char *language)
{
	size_t i, n = strcspn(language, "-");

	for (i = 0; i < answer_nrows; i++)
		if (answer_rows[i].is == w && strlen(answer_rows[i].language) == n &&
		    strncmp(answer_rows[i].language, language, n) == 0)
			return answer_rows[i].word;
	return NULL;
}

const char *
answer_word_text(enum answer_word w, const char *language)
{
	const char *word = word_in(w, language);

	if (word == NULL)
		word = word_in(w, "en");
	return word != NULL ? word : "";
}

enum answer
answer_word_case(enum answer_word w)
{
	static const enum answer is[WORD_COUNT] = { [WORD_FIXED] = ANSWER_FIXED,
		[WORD_NOT_MINE] = ANSWER_NOT_MINE, [WORD_FALSE_POSITIVE] = ANSWER_FALSE_POSITIVE };

	return w < WORD_COUNT ? is[w] : ANSWER_NONE;
}
