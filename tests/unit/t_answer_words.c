/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of an answer: what letters ask for is understood, in every
 * language, as people and their mail programs write it; what only begins like
 * one of them is not.
 */
#include "tap.h"
#include "answer_words.h"

static const struct { const char *line; enum answer_word is; } lines[] = {
	{ "fixed", WORD_FIXED }, { "  FIXED\r", WORD_FIXED }, { "Fixed.", WORD_FIXED },
	{ "Fixed, we closed the port", WORD_FIXED }, { "fixed - closed the port", WORD_FIXED },
	{ "*fixed*", WORD_FIXED }, { "\xe2\x80\x9c" "fixed\xe2\x80\x9d", WORD_FIXED },
	{ "Verholpen!", WORD_FIXED }, { "opgelost", WORD_FIXED }, { "resolved: patched", WORD_FIXED },
	{ "not mine", WORD_NOT_MINE }, { "Not  Mine", WORD_NOT_MINE }, { "not\xc2\xa0mine", WORD_NOT_MINE },
	{ "Niet van ons", WORD_NOT_MINE },
	{ "vals alarm", WORD_FALSE_POSITIVE },
	{ "false positive; this is a honeypot", WORD_FALSE_POSITIVE },
	{ "verkeerd adres", WORD_WRONG_CONTACT },
	{ "wrong contact", WORD_WRONG_CONTACT },
	{ "", WORD_NONE }, { "   ", WORD_NONE }, { "fixed?", WORD_NONE }, { "not fixed", WORD_NONE },
	{ "fixed by Friday", WORD_NONE }, { "fixedly", WORD_NONE }, { "niet verholpen", WORD_NONE },
	{ "> fixed", WORD_NONE }, { "not", WORD_NONE }, { "not mine to say", WORD_NONE },
	{ "I think it is fixed", WORD_NONE }, { "fix", WORD_NONE },
	{ "fixed                                             by Friday", WORD_NONE },
};

int
main(void)
{
	size_t i, j;
	unsigned w;

	for (i = 0; i < sizeof lines / sizeof *lines; i++)
		ok(answer_word_of(tcs_str(lines[i].line)) == lines[i].is, "\"%s\" is %s", lines[i].line,
		    answer_word_names[lines[i].is]);
	is_int(answer_word_of(tcs_slice("fixed\0x", 7)), WORD_NONE, "a zero is no mark");
	for (w = 1; w < WORD_COUNT; w++) {
		ok(answer_word_of(tcs_str(answer_word_text((enum answer_word)w, "nl"))) == w, "%s in Dutch",
		    answer_word_names[w]);
		ok(answer_word_of(tcs_str(answer_word_text((enum answer_word)w, "en-GB"))) == w,
		    "%s in English", answer_word_names[w]);
		ok(strcmp(answer_word_text((enum answer_word)w, "xx"),
		    answer_word_text((enum answer_word)w, "en")) == 0, "%s in a language without words",
		    answer_word_names[w]);
	}
	for (i = 0; i < answer_nrows; i++)
		for (j = 0; j < i; j++)
			if (strcmp(answer_rows[i].word, answer_rows[j].word) == 0)
				ok(false, "%s stands twice", answer_rows[i].word);
	is_int(answer_word_case(WORD_FIXED), ANSWER_FIXED, "fixed, for a case");
	is_int(answer_word_case(WORD_NOT_MINE), ANSWER_NOT_MINE, "not mine, for a case");
	is_int(answer_word_case(WORD_FALSE_POSITIVE), ANSWER_FALSE_POSITIVE,
	    "false positive, for a case");
	is_int(answer_word_case(WORD_WRONG_CONTACT), ANSWER_NONE,
	    "a wrong contact says nothing about a case");
	return done_testing();
}
