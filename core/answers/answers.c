/* SPDX-License-Identifier: Apache-2.0 */
/* See answers.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "1-fetch/mailbox.h"
#include "4-decide/health.h"
#include "answer_words.h"
#include "answers/answers.h"
#include "answers/sort.h"
#include "answers/token.h"
#include "buf.h"
#include "clock.h"
#include "digest.h"
#include "log.h"
#include "mime.h"
#include "timefmt.h"

struct looking {
	struct decider		*d;
	struct arena		*a;		/* of one message */
	const struct cfg_answers *box;
	const char		*shown;
	uint8_t			 secret[32];
	uint32_t		 n, troubles;
	bool			(*stop)(void *arg);
	void			*arg;
	bool			 ledger_failed;
};

/* One message on its way to its commit. */
struct taking {
	struct looking		*x;
	struct sorted		 s;
	struct mail_row		 row;
	struct warning_of	 w;
	bool			 forged, own;
	const char		*verb, *args;	/* the order it becomes, or NULL */
	enum wstate		 came;		/* W_MAX: as it was */
	bool			 bounced;	/* counts against the address */
};

/* ---- whose it is ---------------------------------------------------------------- */

static bool
by_token(struct taking *t, struct err *e)
{
	const uint8_t *secret = t->x->secret;
	const char *number, *mac;
	uint32_t i;

	for (i = 0; i < t->s.ntoken && t->w.id == 0; i++) {
		if (!token_parse(t->x->a, t->s.token[i], &number, &mac))
			continue;
		if (!token_right(secret, TOKEN_REPLY, number, mac) && !token_right(secret, TOKEN_BOUNCE,
		    number, mac))
			t->forged = true;
		else if (!ledger_warning_find(t->x->d->ledger, t->x->a, number, &t->w, e))
			return false;
	}
	return true;
}

static bool
by_id(struct taking *t, const char *own, struct err *e)
{
	uint32_t i;

	for (i = 0; i < t->s.nid && t->w.id == 0; i++) {
		if (!ledger_warning_find(t->x->d->ledger, t->x->a, t->s.id[i], &t->w, e))
			return false;
		t->own = t->w.id != 0 && strcmp(t->s.id[i], own) == 0;
	}
	return true;
}

/* ---- what it does ---------------------------------------------------------------- */

static void
waits(struct taking *t, const char *why)
{
	t->row.state = MAIL_OPEN;
	t->row.why = why;
}

static void
take_bounce(struct taking *t)
{
	struct arena *a = t->x->a;

	if (t->w.id == 0) {
		waits(t, arena_printf(a, "%s; nothing in it names a warning of ours", t->s.reason));
		return;
	}
	t->row.why = arena_printf(a, "%s%s%s%s", t->s.reason, *t->s.status ? " with " : "", t->s.status,
	    t->s.hard ? "" : ", perhaps only for now");
	if (*t->w.redirected != '\0') {
		t->row.why = arena_printf(a, "%s; it went to deliver.redirect only", t->row.why);
		return;
	}
	t->came = W_UNREACHED;
	t->bounced = t->s.hard;
}

/* "fixed: 12, #15": the cases behind the word; NULL: none are named.  False: something else stands there
 * too. */
static bool
cases_behind(struct arena *a, struct tcs_slice line, const char **list)
{
	size_t i = 0;
	struct buf b;
	bool number = false, other = false;

	while (i < line.n && strchr(":.!,;-", line.p[i]) == NULL)
		i++;
	buf_init(&b);
	for (; i < line.n; i++) {
		char c = line.p[i];

		if (c >= '0' && c <= '9') {
			if (!number && b.n > 0)
				buf_char(&b, ',');
			buf_char(&b, c);
			number = true;
		} else {
			number = false;
			other = other || strchr(" \t,#:.;-!", c) == NULL;
		}
	}
	*list = b.n > 0 ? arena_strndup(a, b.p, b.n) : NULL;
	buf_free(&b);
	return *list == NULL || !other;
}

struct naming { const uint64_t *want; uint32_t nwant, found; };

static void
is_named(void *arg, uint32_t id)
{
	struct naming *x = arg;
	uint32_t i;

	for (i = 0; i < x->nwant; i++)
		x->found += x->want[i] == id;
}

/* All of them are the warning's own. */
static bool
cases_fit(struct taking *t, const char *list, bool *fit, struct err *e)
{
	struct tcs_slice rest = tcs_str(list), part;
	uint64_t want[64];
	struct naming x = { want, 0, 0 };
	bool redirected;

	*fit = false;
	while (tcs_cut(&rest, ',', &part))
		if (x.nwant == 64 || !tcs_uint(part, UINT32_MAX, &want[x.nwant++]))
			return true;
	if (!ledger_warning_cases(t->x->d->ledger, t->w.id, &redirected, is_named, &x, e))
		return false;
	*fit = x.found == x.nwant;
	return true;
}

static bool
take_word(struct taking *t, enum answer_word word, struct tcs_slice line, struct err *e)
{
	static const char *const answer[WORD_COUNT] = { [WORD_FIXED] = "fixed", [WORD_NOT_MINE] = "not-mine",
		[WORD_FALSE_POSITIVE] = "false-positive" };
	struct arena *a = t->x->a;
	const char *list;
	char when[TIME_TEXT];
	bool fit = true;

	if (word == WORD_WRONG_CONTACT) {
		t->verb = "contact-wrong";
		t->args = arena_printf(a, "{\"warning\":\"%s\",\"who\":\"recipient\"}", t->w.number);
		t->row.why = "the recipient says that this is the wrong contact";
		return true;
	}
	if (!cases_behind(a, line, &list)) {
		waits(t, "its first line has a word that we know, and numbers among others");
		return true;
	}
	if (list != NULL && !cases_fit(t, list, &fit, e))
		return false;
	if (!fit) {
		waits(t, "it names cases that this warning is not about");
		return true;
	}
	time_iso(t->row.sent * NS, when);
	t->verb = "answer";
	t->args = arena_printf(a, "{\"%s\":\"%s\",\"answer\":\"%s\",\"at\":\"%s\",\"who\":\"recipient of "
	    "%s\"}",
	    list != NULL ? "case" : "warning", list != NULL ? list : t->w.number, answer[word], when,
	    t->w.number);
	t->row.why = arena_printf(a, "the recipient says %s%s%s", answer[word], list != NULL ? " of case " :
	    "",
	    list != NULL ? list : "");
	t->came = W_REACHED;
	return true;
}

static bool
take_answer(struct taking *t, struct err *e)
{
	struct tcs_slice line = first_line(t->s.text);
	enum answer_word word = answer_word_of(line);

	if (t->w.id == 0) {
		waits(t, "it is about no warning that we know");
		return true;
	}
	if (word != WORD_NONE)
		return take_word(t, word, line, e);
	waits(t, "its first line is no answer that we understand");
	t->came = W_REACHED;		/* somebody has read it */
	return true;
}

static bool
judge(struct taking *t, struct err *e)
{
	t->row.kind = t->s.kind;
	t->row.why = t->s.reason;
	if (t->forged && t->w.id == 0) {
		waits(t, "refused: its token is not one that we gave");
	} else if (t->own) {
		t->row.kind = MAIL_AUTO;
		t->row.why = "our own warning; the answers' mailbox is among its recipients";
	} else if (t->s.kind == MAIL_BOUNCE)
		take_bounce(t);
	else if (t->s.kind == MAIL_ANSWER)
		return take_answer(t, e);
	else if (t->s.kind == MAIL_OTHER)
		waits(t, t->s.reason);
	return true;
}

/* ---- one message ----------------------------------------------------------------- */

static bool
write_all(void *arg, struct err *e)
{
	struct taking *t = arg;
	struct ledger *l = t->x->d->ledger;
	struct order o = { .who = "recipient", .verb = t->verb, .args = t->args };

	if (t->verb != NULL && !ledger_order_put(l, &o, e))
		return false;
	t->row.audit = t->verb != NULL ? o.id : 0;
	t->row.warning = t->w.id;
	if (t->came != W_MAX)
		ledger_warning_came(l, t->w.id, t->came);
	if (t->bounced)
		health_bounced(t->x->d, t->w.recipient, t->row.at);
	ledger_mail_put(l, &t->row);
	return true;
}

static const char *
cut(struct arena *a, const char *text, size_t most)
{
	size_t n = strlen(text);

	if (n <= most)
		return text;
	for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
		;
	return arena_printf(a, "%.*s\n[cut here: it is longer]", (int)n, text);
}

static bool
commit(struct taking *t, struct err *e)
{
	uint32_t n = 0;

	if (t->came == W_UNREACHED && !unreached(t->x->d, t->w.id, &n, e))
		return false;
	if (t->came == W_UNREACHED)
		t->row.why = arena_printf(t->x->a, "%s; %" PRIu32 " cases are told again", t->row.why, n);
	return commit_end(t->x->d, NULL, 0, write_all, t, e);
}

static bool
sort_it(struct taking *t, const struct mailbox_message *m, struct err *e)
{
	struct err why = ERR_INIT;
	struct mime *mime = mime_read(t->x->a, m->bytes, m->n, &why);
	struct arena *a = t->x->a;

	if (mime == NULL) {
		t->row.kind = MAIL_OTHER;
		waits(t, arena_strdup(a, why.text));
		return true;
	}
	mail_sort(a, mime, &t->s);
	t->row.sender = mime_field(mime, "From");
	t->row.subject = mime_field(mime, "Subject");
	t->row.text = cut(a, t->s.text, MAIL_TEXT);
	t->row.status = t->s.status;
	return by_token(t, e) && (t->w.id != 0 || t->forged || by_id(t, mime_field(mime, "Message-ID"), e)) &&
	    judge(t, e);
}

static bool
take(struct looking *x, const struct mailbox_message *m, struct err *e)
{
	struct taking t = { .x = x, .came = W_MAX, .w = { 0, 0, "", "", "", 0 } };
	uint8_t sum[SHA256_LEN];
	char hex[SHA256_HEX];
	bool known;

	arena_reset(x->a);
	sha256(m->bytes, m->n, sum);
	digest_hex(sum, SHA256_LEN, hex);
	if (!ledger_mail_known(x->d->ledger, x->shown, m->name, hex, &known, e))
		return false;
	if (known)
		return true;
	t.row = (struct mail_row){ .at = clock_now() / NS, .sent = m->when / NS, .mailbox = x->shown,
		.name = m->name, .sha256 = hex, .sender = "", .subject = "", .text = "", .status = "", .why =
		    "" };
	if (!sort_it(&t, m, e) || !commit(&t, e))
		return false;
	log_note("mail %s: %s: %s", m->name, mail_kind_names[t.row.kind], t.row.why);
	x->n++;
	return true;
}

static bool
on_message(void *arg, const struct mailbox_message *m, struct err *e)
{
	struct looking *x = arg;

	x->ledger_failed = !take(x, m, e);
	return !x->ledger_failed;
}

static void
on_trouble(void *arg, const char *what, const char *why)
{
	struct looking *x = arg;
	char key[300], text[700];

	snprintf(key, sizeof key, "answers:%.250s", x->shown);
	snprintf(text, sizeof text, "answers: %.200s: %.400s", what, why);
	log_warn("%s", text);
	ledger_alarm(x->d->ledger, key, text, clock_now() / NS);
	x->troubles++;
}

static bool
on_stop(void *arg)
{
	struct looking *x = arg;

	return x->stop != NULL && x->stop(x->arg);
}

static bool
look(struct looking *x, struct err *e)
{
	const struct config *c = x->d->config;
	const struct mailbox m = { x->box->from, &x->box->mail, c->file, c->limits.http_timeout,
		c->limits.fetch_size < MAILBOX_MOST ? c->limits.fetch_size : MAILBOX_MOST };
	const struct mailbox_sink s = { x, on_message, on_trouble, on_stop };
	uint32_t before = x->troubles;
	struct err why = ERR_INIT;
	char key[300];

	x->ledger_failed = false;
	if (!mailbox_look(&m, &s, &why)) {
		if (x->ledger_failed)
			return err_set(e, "%s", why.text);
		on_trouble(x, x->shown, why.text);
	}
	snprintf(key, sizeof key, "answers:%.250s", x->shown);
	if (x->troubles == before)
		ledger_alarm_clear(x->d->ledger, key);
	return true;
}

bool
answers_look(struct decider *d, bool (*stop)(void *arg), void *arg, uint32_t *n, uint32_t *troubles,
    struct err *e)
{
	struct looking x = { .d = d, .a = arena_new(), .stop = stop, .arg = arg };
	struct arena *names = arena_new();
	bool good = ledger_secret(d->ledger, x.secret, e);
	uint32_t i;

	for (i = 0; good && i < d->config->nanswers && !on_stop(&x); i++) {
		x.box = &d->config->answers[i];
		x.shown = mailbox_shown(names, x.box->from);
		good = look(&x, e);
	}
	*n = x.n;
	*troubles = x.troubles;
	arena_free(names);
	arena_free(x.a);
	return good;
}
