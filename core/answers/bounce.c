/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See bounce.h.  A report in the form of RFC 3464 is read by its fields.  Where
 * there is none the sender must look like a mail system, and then words decide:
 * first those of a delay, because a notice of a delay quotes the words of a
 * failure; then the status or reply code nearest to the front; then the words
 * with which common servers say that they gave up.
 */
#include <string.h>
#include <strings.h>
#include "answers/bounce.h"
#include "buf.h"

#define LOOKED 16384			/* bytes of a text that are looked at */

static bool
has(const char *text, const char *what)
{
	return *what != '\0' && strcasestr(text, what) != NULL;
}

static bool
any_of(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (has(text, *words))
			return true;
	return false;
}

/* ---- RFC 3464 ------------------------------------------------------------------- */

struct report {
	bool		 failed, delayed, fine;
	const char	*status, *diagnostic;
};

static const char *
field(const struct mime_field *f, uint32_t n, const char *name)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (strcasecmp(f[i].name, name) == 0)
			return f[i].value;
	return "";
}

/* "5.1.1 (bad mailbox)": the number. */
static const char *
status_at(struct arena *a, const char *p)
{
	size_t i = 0, dots = 0;

	while ((p[i] >= '0' && p[i] <= '9') || (p[i] == '.' && i > 0 && p[i - 1] != '.')) {
		dots += p[i] == '.';
		if (++i > 12)
			return "";
	}
	return dots == 2 && p[1] == '.' && (p[0] == '2' || p[0] == '4' || p[0] == '5') && p[i - 1] != '.' ?
	    arena_strndup(a, p, i) : "";
}

static void
one_recipient(struct arena *a, const struct mime_field *f, uint32_t n, struct report *r)
{
	const char *action = field(f, n, "Action"), *status = status_at(a, field(f, n, "Status"));
	const char *diagnostic = field(f, n, "Diagnostic-Code");

	if (has(action, "failed")) {
		r->failed = true;
		if (r->status[0] != '5')
			r->status = status;
		if (*r->diagnostic == '\0')
			r->diagnostic = diagnostic;
	} else if (has(action, "delayed"))
		r->delayed = true;
	else if (has(action, "delivered") || has(action, "relayed") || has(action, "expanded"))
		r->fine = true;
	if (*r->status == '\0')
		r->status = status;
	if (*action == '\0' && *status != '\0') {	/* some say nothing but a status */
		r->failed = r->failed || status[0] == '5';
		r->delayed = r->delayed || status[0] == '4';
	}
}

static bool
read_report(struct arena *a, const struct mime *m, struct report *r)
{
	const struct mime_part *p = NULL;
	uint32_t i, n;
	size_t at = 0, used;

	*r = (struct report){ .status = "", .diagnostic = "" };
	for (i = 0; i < m->npart && p == NULL; i++)
		if (m->part[i].message == 0 && (strcmp(m->part[i].type, "message/delivery-status") == 0 ||
		    strcmp(m->part[i].type, "message/global-delivery-status") == 0))
			p = &m->part[i];
	for (i = 0; p != NULL && at < p->n && i < 100; i++) {
		struct mime_field *f = mime_fields(a, p->bytes + at, p->n - at, &n, &used);

		at += used > 0 ? used : 1;
		if (n > 0)
			one_recipient(a, f, n, r);
	}
	return r->failed || r->delayed || r->fine;
}

/* A status hidden in words: "smtp; 550 5.1.1 <x>: unknown". */
static const char *
status_in(struct arena *a, const char *text)
{
	const char *p, *s;

	for (p = text; *p != '\0'; p++)
		if ((*p == '4' || *p == '5') && p[1] == '.' &&
		    (p == text || strchr(" \t\n(#:[<;=", p[-1]) != NULL) && *(s = status_at(a, p)) != '\0')
			return s;
	return "";
}

/* "550 ", "550-", as a server's reply code: 4 or 5; 0: none. */
static int
code_in(const char *text)
{
	const char *p;

	for (p = text; *p != '\0'; p++)
		if ((*p == '4' || *p == '5') && p[1] >= '0' && p[1] <= '7' && p[2] >= '0' && p[2] <= '9' &&
		    (p == text || strchr(" \t\n(:[<;'\"", p[-1]) != NULL) && (p[3] == ' ' || p[3] == '-' ||
		    p[3] == '\n' || p[3] == ':'))
			return *p - '0';
	return 0;
}

static bool
by_report(struct arena *a, const struct mime *m, struct sorted *out)
{
	struct report r;

	if (!read_report(a, m, &r))
		return false;
	out->status = r.status[0] == '5' || r.status[0] == '4' ? r.status : "";
	if (r.failed) {
		if (has(out->status, ".0.0") || *out->status == '\0') {
			const char *better = status_in(a, r.diagnostic);

			out->status = *better != '\0' ? better : out->status;
		}
		out->kind = MAIL_BOUNCE;
		out->hard = out->status[0] == '5' || (*out->status == '\0' && code_in(r.diagnostic) != 4);
		out->reason = "a delivery report: failed";
	} else if (r.delayed) {
		out->kind = MAIL_DELAYED;
		out->reason = "a delivery report: delayed";
	} else {
		out->kind = MAIL_AUTO;
		out->reason = "a delivery report: delivered";
	}
	return true;
}

/* ---- words ---------------------------------------------------------------------- */

static const char *const systems[] = { "mailer-daemon", "postmaster@", "mail delivery", "maildelivery",
    "mdaemon",
	"mail-daemon", "microsoftexchange", "mailsystem", "mail delivery subsystem", NULL };
static const char *const subjects[] = { "undeliver", "delivery status notification", "failure notice",
	"returned mail", "mail delivery failed", "mail delivery failure", "delivery failure", "delivery "
	    "report",
	"delivery notification", "message could not be delivered", "niet bezorgd", "kan niet worden bezorgd",
	"onbestelbaar", "unzustellbar", "non remis", "delayed", "warning: could not send", "not delivered",
	"rejected:", "mail could not be delivered", "nondeliverable", "vertraagd", "mail system error", NULL
	    };
static const char *const delays[] = { "will be retried", "still being retried", "will keep trying",
	"will continue to try", "continue trying to deliver", "delivery attempts will continue",
	"could not send message for past", "has not yet been delivered", "have not yet been delivered",
	"no action is required on your part", "you do not need to resend", "do not need to resend your "
	    "message",
	"delivery has been delayed", "delivery is delayed", "message delayed", "wordt opnieuw geprobeerd",
	"is vertraagd", "wird fortgesetzt", NULL };
static const char *const failures[] = { "permanent error", "permanent fatal error", "permanent failure",
	"could not be delivered", "couldn't be delivered", "wasn't delivered", "was not delivered",
	"unable to deliver", "wasn't able to deliver", "giving up", "user unknown", "unknown user", "no such "
	    "user",
	"mailbox unavailable", "does not exist", "didn't recognize", "not listed in", "no mailbox here",
	"unrouteable address", "address rejected", "recipient rejected", "undeliverable", "undelivered",
	"did not reach the following recipient", "delivery failed", "delivery to the following",
	"kon niet worden bezorgd", "kan niet worden bezorgd", "niet worden afgeleverd", "nicht zugestellt",
	"access denied", "mailbox full", "over quota", "quota exceeded", "host or domain name not found",
	"no longer with", "has been disabled", "account is disabled", "returned to sender", NULL };
static const char *const temporary[] = { "mailbox full", "over quota", "quota exceeded", "mailbox is full",
	"connection timed out", "retry timeout exceeded", "retry time not reached", "too many", NULL };

static bool
from_system(const struct mime *m)
{
	const char *from = mime_field(m, "From"), *path = mime_field(m, "Return-Path");

	return any_of(from, systems) || strcmp(path, "<>") == 0 || *mime_field(m, "X-Failed-Recipients") !=
	    '\0' ||
	    (*from == '\0' && any_of(mime_field(m, "Subject"), subjects));
}

/* A text about one's own mail: what the failed message itself said does not count. */
static const char *
own_words(struct arena *a, const char *text)
{
	static const char *const ends[] = { "--- below this line is a copy", "------ this is a copy of",
		"----- original message", "-----original message", "----- message header", "received: from",
		"message headers follow", "original message headers", "original message follows", NULL };
	size_t n = strlen(text), i;
	const char *cut;
	char *out;

	out = arena_strndup(a, text, n < LOOKED ? n : LOOKED);
	for (i = 0; ends[i] != NULL; i++)
		if ((cut = strcasestr(out, ends[i])) != NULL)
			out[cut - out] = '\0';
	return out;
}

static bool
by_words(struct arena *a, const struct mime *m, struct sorted *out)
{
	const char *subject = mime_field(m, "Subject"), *text = own_words(a, out->text);
	bool named = any_of(subject, subjects), gave_up = any_of(text, failures);
	int code;

	if (!from_system(m) || (!named && !gave_up && *mime_field(m, "X-Failed-Recipients") == '\0'))
		return false;
	out->status = status_in(a, text);
	code = out->status[0] == '5' ? 5 : out->status[0] == '4' ? 4 : code_in(text);
	if (any_of(text, delays) || has(subject, "delayed") || has(subject, "delay)") ||
	    has(subject, "vertraagd") || has(subject, "warning: could not send")) {
		out->kind = MAIL_DELAYED;
		out->reason = "a mail system says that it is delayed";
	} else if (code != 0 || gave_up || *mime_field(m, "X-Failed-Recipients") != '\0') {
		out->kind = MAIL_BOUNCE;
		out->hard = code == 5 || (code == 0 && !any_of(text, temporary));
		out->reason = "a mail system says that it was not delivered";
	} else {
		out->kind = MAIL_OTHER;
		out->reason = "a mail system says something that is not understood";
	}
	return true;
}

bool
bounce_read(struct arena *a, const struct mime *m, struct sorted *out)
{
	return by_report(a, m, out) || by_words(a, m, out);
}
