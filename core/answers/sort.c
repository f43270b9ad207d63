/* SPDX-License-Identifier: Apache-2.0 */
/* See sort.h. */
#include <string.h>
#include <strings.h>
#include "answers/bounce.h"
#include "answers/sort.h"

#define MOST 64					/* tokens and Message-IDs that are looked at */

/* ---- whose it is ---------------------------------------------------------------- */

static void
add_token(struct arena *a, struct sorted *out, struct tcs_slice t)
{
	uint32_t i;

	for (i = 0; i < out->ntoken; i++)
		if (tcs_eq(out->token[i], t))
			return;
	if (t.n == 0 || out->ntoken >= MOST)
		return;
	out->token = arena_room(a, out->token, out->ntoken, sizeof *out->token);
	out->token[out->ntoken++] = t;
}

/* Each "+...@" of the addresses in it. */
static void
tokens_in(struct arena *a, struct sorted *out, const char *value)
{
	struct tcs_slice s = tcs_str(value);
	size_t plus, at;

	while ((plus = tcs_find(s, '+')) < s.n) {
		s = tcs_slice(s.p + plus + 1, s.n - plus - 1);
		for (at = 0; at < s.n && strchr("@ \t<>,;\"'()", s.p[at]) == NULL; at++)
			;
		if (at < s.n && s.p[at] == '@')
			add_token(a, out, tcs_slice(s.p, at));
	}
}

static void
ids_in(struct arena *a, struct sorted *out, const char *value)
{
	struct tcs_slice s = tcs_str(value);
	size_t open, end;

	while (out->nid < MOST && (open = tcs_find(s, '<')) < s.n) {
		s = tcs_slice(s.p + open, s.n - open);
		if ((end = tcs_find(s, '>')) == s.n)
			return;
		out->id = arena_room(a, out->id, out->nid, sizeof *out->id);
		out->id[out->nid++] = arena_strndup(a, s.p, end + 1);
		s = tcs_slice(s.p + end + 1, s.n - end - 1);
	}
}

static void
whose(struct arena *a, const struct mime *m, struct sorted *out)
{
	static const char *const to[] = { "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To",
	    "To", "Cc",
		NULL };
	const char *inner = mime_inner(m, "Message-ID");
	uint32_t i, k;

	for (k = 0; to[k] != NULL; k++)
		for (i = 0; i < m->nfield; i++)
			if (strcasecmp(m->field[i].name, to[k]) == 0)
				tokens_in(a, out, m->field[i].value);
	ids_in(a, out, inner);
	tokens_in(a, out, mime_inner(m, "Reply-To"));
	ids_in(a, out, mime_field(m, "In-Reply-To"));
	ids_in(a, out, mime_field(m, "References"));
	ids_in(a, out, mime_field(m, "Message-ID"));	/* our own warning, in the wrong box */
	if (out->kind == MAIL_BOUNCE || out->kind == MAIL_DELAYED)
		ids_in(a, out, out->text);		/* the failed message's header, quoted as text */
}

/* ---- machines ------------------------------------------------------------------- */

static const char *const away[] = { "out of office", "out of the office", "automatic reply", "auto reply",
	"auto-reply", "autoreply", "auto response", "autoresponse", "automatisch antwoord", "automatische "
	    "reactie",
	"automatisch bericht", "ontvangstbevestiging", "afwezig", "niet op kantoor", "abwesenheit",
	    "automatische antwort",
	"reponse automatique", "r\xc3\xa9ponse automatique", "vacation", "on holiday", "away from the office",
	"away from my mail", NULL };

static bool
any_of(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcasestr(text, *words) != NULL)
			return true;
	return false;
}

static const char *
machine(const struct mime *m)
{
	static const char *const marks[] = { "X-Autoreply", "X-Autorespond", "X-Autoresponder",
	    "X-AutoReply-From",
		"X-Mail-Autoreply", "X-FC-Machinegenerated", NULL };
	const char *sent = mime_field(m, "Auto-Submitted"), *precedence = mime_field(m, "Precedence");
	uint32_t i;

	if (*sent != '\0' && strncasecmp(sent, "no", 2) != 0)
		return "Auto-Submitted says that a machine sent it";
	for (i = 0; marks[i] != NULL; i++)
		if (*mime_field(m, marks[i]) != '\0')
			return "a header says that a machine answers";
	if (strcasecmp(precedence, "auto_reply") == 0 || strcasecmp(precedence, "bulk") == 0 ||
	    strcasecmp(precedence, "junk") == 0 || strcasecmp(precedence, "list") == 0)
		return "its Precedence is not a person's";
	if (strcmp(m->report, "disposition-notification") == 0)
		return "a receipt: it was read, or deleted";
	if (any_of(mime_field(m, "Subject"), away))
		return "its subject is that of an automatic answer";
	if (strcmp(mime_field(m, "Return-Path"), "<>") == 0)
		return "it has no sender, as machines' answers have";
	return NULL;
}

void
mail_sort(struct arena *a, const struct mime *m, struct sorted *out)
{
	const char *why;

	memset(out, 0, sizeof *out);
	out->status = out->reason = "";
	out->text = mime_text(a, m);
	if (!bounce_read(a, m, out)) {
		if (strcmp(m->report, "feedback-report") == 0) {
			out->kind = MAIL_OTHER;
			out->reason = "a complaint about our mail (feedback report)";
		} else if ((why = machine(m)) != NULL) {
			out->kind = MAIL_AUTO;
			out->reason = why;
		} else {
			out->kind = MAIL_ANSWER;
			out->reason = "written by a person";
		}
	}
	whose(a, m, out);
}

struct tcs_slice
first_line(const char *text)
{
	struct tcs_slice rest = tcs_str(text), line;

	while (tcs_cut(&rest, '\n', &line)) {
		line = tcs_trim(line);
		while (line.n >= 2 && memcmp(line.p, "\xc2\xa0", 2) == 0)
			line = tcs_trim(tcs_slice(line.p + 2, line.n - 2));
		if (line.n > 0 && line.p[0] != '>')
			return line;
	}
	return tcs_slice("", 0);
}
