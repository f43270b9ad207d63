/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes back, sorted: a table of messages as servers and people write
 * them, each with what it must be taken for.
 */
#include <string.h>
#include "answer_words.h"
#include "answers/sort.h"
#include "answers/token.h"
#include "buf.h"
#include "mime.h"
#include "tap.h"

struct letter {
	const char	*what, *text;
	enum mail_kind	 kind;
	bool		 hard;
	const char	*status;
};

#define DSN(action, status, diagnostic) \
	"From: Mail Delivery System <MAILER-DAEMON@mx.example>\n" \
	"Subject: Undelivered Mail Returned to Sender\n" \
	"MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n" \
	"--b\nContent-Type: text/plain\n\nThis is the mail system at host mx.example.\n\n" \
	"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n" \
	"Arrival-Date: Fri, 20 Nov 2026 08:00:00 +0000\n\n" \
	"Final-Recipient: rfc822; security@bakery.example\nAction: " action "\n" status diagnostic "\n" \
	"--b\nContent-Type: message/rfc822\n\nMessage-ID: <abc@cert.example>\nFrom: warn@cert.example\n" \
	"Subject: Warning\n\nfixed\n--b--\n"
#define PLAIN(head, body) head "Content-Type: text/plain; charset=utf-8\n\n" body
#define DAEMON "From: MAILER-DAEMON@mx.example\nReturn-Path: <>\n"
#define ANN "From: Ann <ann@bakery.example>\nTo: reply@cert.example\nSubject: Re: [2026-00001] Warning\n"

static const struct letter letters[] = {
	/* by fields */
	{ "RFC 3464, failed", DSN("failed", "Status: 5.1.1\n", "Diagnostic-Code: smtp; 550 5.1.1 unknown\n"),
	    MAIL_BOUNCE, true, "5.1.1" },
	{ "failed, the status only in the diagnostic", DSN("failed", "Status: 5.0.0\n",
	    "Diagnostic-Code: smtp; 550 5.7.1 <x>: Relay access denied\n"), MAIL_BOUNCE, true, "5.7.1" },
	{ "failed after days of trying", DSN("failed", "Status: 4.4.7\n", "Diagnostic-Code: smtp; 421 "
	    "busy\n"),
	    MAIL_BOUNCE, false, "4.4.7" },
	{ "failed, without a status", DSN("failed", "", "Diagnostic-Code: X-Notes; User not listed\n"),
	    MAIL_BOUNCE,
	    true, "" },
	{ "failed, for now, without a status", DSN("failed", "", "Diagnostic-Code: smtp; 451 try later\n"),
	    MAIL_BOUNCE, false, "" },
	{ "delayed", DSN("delayed", "Status: 4.4.1\nWill-Retry-Until: Wed, 25 Nov 2026 08:00:00 +0000\n", ""),
	    MAIL_DELAYED, false, "4.4.1" },
	{ "delivered", DSN("delivered", "Status: 2.0.0\n", ""), MAIL_AUTO, false, "" },
	{ "relayed", DSN("relayed", "Status: 2.0.0\n", ""), MAIL_AUTO, false, "" },
	{ "a status with words behind it", DSN("Failed", "Status: 5.2.2 (mailbox full)\n", ""), MAIL_BOUNCE,
	    true,
	    "5.2.2" },
	/* by words */
	{ "qmail", PLAIN(DAEMON "Subject: failure notice\n", "Hi. This is the qmail-send program at "
	    "mx.example.\n"
	    "I'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a "
	    "permanent error; "
	    "I've given up. Sorry it didn't work out.\n\n<security@bakery.example>:\nSorry, no mailbox here "
	    "by that "
	    "name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: "
	    "<warn@cert.example>\n"),
	    MAIL_BOUNCE, true, "5.1.1" },
	{ "qmail, remote", PLAIN(DAEMON "Subject: failure notice\n", "Hi. This is the qmail-send program at "
	    "mx.example."
	    "\nI'm afraid I wasn't able to deliver your message.\n<a@b.example>:\n192.0.2.1 does not like "
	    "recipient.\n"
	    "Remote host said: 550 unknown user\nGiving up on 192.0.2.1.\n"), MAIL_BOUNCE, true, "" },
	{ "Postfix without a report", PLAIN(DAEMON "Subject: Undelivered Mail Returned to Sender\n",
	    "This is the mail system at host mx.example.\n\nI'm sorry to have to inform you that your "
	    "message could not\n"
	    "be delivered to one or more recipients.\n\n<a@b.example>: host mx.b.example[192.0.2.9] said: "
	    "554 5.7.1\n"
	    "    <a@b.example>: Recipient address rejected: Access denied\n"), MAIL_BOUNCE, true, "5.7.1" },
	{ "Exim", PLAIN("From: Mail Delivery System <Mailer-Daemon@mx.example>\nAuto-Submitted: "
	    "auto-replied\n"
	    "X-Failed-Recipients: a@b.example\nSubject: Mail delivery failed: returning message to sender\n",
	    "This message was created automatically by mail delivery software.\n\nA message that you sent "
	    "could not be "
	    "delivered to one or more of its\nrecipients. This is a permanent error. The following "
	    "address(es) failed:\n"
	    "\n  a@b.example\n    Unrouteable address\n"), MAIL_BOUNCE, true, "" },
	{ "Exim, delayed", PLAIN("From: Mail Delivery System <Mailer-Daemon@mx.example>\nAuto-Submitted: "
	    "auto-replied\n"
	    "Subject: Warning: message 1kfoo-0001 delayed 24 hours\n", "This message was created "
	    "automatically by mail "
	    "delivery software.\nA message that you sent has not yet been delivered to one or more of "
	    "its\nrecipients "
	    "after more than 24 hours on the queue.\nNo action is required on your part. Delivery attempts "
	    "will "
	    "continue for\nsome time, and this warning may be repeated.\n"), MAIL_DELAYED, false, "" },
	{ "Exchange", PLAIN("From: Microsoft Outlook "
	    "<MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@b.example>\n"
	    "Subject: Undeliverable: Warning\n", "Your message to a@b.example couldn't be delivered.\n\na "
	    "wasn't found at "
	    "b.example.\n\nRemote server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not "
	    "found'\n"),
	    MAIL_BOUNCE, true, "5.1.10" },
	{ "Exchange, in Dutch", PLAIN("From: Postmaster <postmaster@b.example>\nSubject: Niet bezorgd: "
	    "Waarschuwing\n",
	    "Uw bericht kan niet worden bezorgd aan a@b.example.\n#550 5.4.1 Recipient address rejected: "
	    "Access denied\n"),
	    MAIL_BOUNCE, true, "5.4.1" },
	{ "Notes", PLAIN("From: Postmaster@b.example\nSubject: DELIVERY FAILURE: User a (a@b.example) not "
	    "listed in "
	    "Domino Directory\n", "Your message\n\n  Subject: Warning\n\nwas not delivered to:\n\n  "
	    "a@b.example\n\n"
	    "because:\n\n  User a (a@b.example) not listed in Domino Directory\n"), MAIL_BOUNCE, true, "" },
	{ "sendmail, still trying", PLAIN(DAEMON "Subject: Warning: could not send message for past 4 "
	    "hours\n",
	    "**********************************************\n**      THIS IS A WARNING MESSAGE ONLY      "
	    "**\n**  YOU DO "
	    "NOT NEED TO RESEND YOUR MESSAGE  **\n\n   ----- Transcript of session follows "
	    "-----\n<a@b.example>... "
	    "Deferred: 452 4.4.5 Insufficient disk space\n"), MAIL_DELAYED, false, "4.4.5" },
	{ "sendmail, failed", PLAIN(DAEMON "Subject: Returned mail: see transcript for details\n",
	    "   ----- The following addresses had permanent fatal errors -----\n<a@b.example>\n    (reason: "
	    "550 5.1.1 "
	    "User unknown)\n"), MAIL_BOUNCE, true, "5.1.1" },
	{ "a full mailbox, in words", PLAIN(DAEMON "Subject: Mail delivery failed\n",
	    "The message was not delivered: the mailbox is full.\n"), MAIL_BOUNCE, false, "" },
	{ "a system that says nothing known", PLAIN(DAEMON "Subject: Delivery report\n", "Hello.\n"),
	    MAIL_OTHER, false,
	    "" },
	{ "Gmail", PLAIN("From: Mail Delivery Subsystem <mailer-daemon@mx.example>\nAuto-Submitted: "
	    "auto-replied\n"
	    "Subject: Delivery Status Notification (Failure)\n", "** Address not found **\n\nYour message "
	    "wasn't "
	    "delivered to a@b.example because the address couldn't be found, or is unable to receive "
	    "mail.\n\nThe "
	    "response was:\n550 5.1.1 The email account that you tried to reach does not exist.\n"),
	    MAIL_BOUNCE, true,
	    "5.1.1" },
	/* machines */
	{ "RFC 3834", PLAIN(ANN "Auto-Submitted: auto-replied\n", "I am away until Monday.\n"), MAIL_AUTO,
	    false, "" },
	{ "RFC 3834, sent by a person", PLAIN(ANN "Auto-Submitted: no\n", "fixed\n"), MAIL_ANSWER, false, ""
	    },
	{ "X-Autoreply", PLAIN(ANN "X-Autoreply: yes\n", "fixed\n"), MAIL_AUTO, false, "" },
	{ "X-Autorespond", PLAIN(ANN "X-Autorespond: Re\n", "Thank you for your mail.\n"), MAIL_AUTO, false,
	    "" },
	{ "Precedence: auto_reply", PLAIN(ANN "Precedence: auto_reply\n", "Away.\n"), MAIL_AUTO, false, "" },
	{ "Precedence: bulk", PLAIN(ANN "Precedence: bulk\n", "Ticket 123 was opened.\n"), MAIL_AUTO, false,
	    "" },
	{ "away, by its subject", PLAIN("From: ann@bakery.example\nSubject: Automatic reply: Warning\n",
	    "Back on 1 "
	    "December.\n"), MAIL_AUTO, false, "" },
	{ "away, in Dutch", PLAIN("From: ann@bakery.example\nSubject: Automatisch antwoord: Waarschuwing\n",
	    "Ik ben er niet.\n"), MAIL_AUTO, false, "" },
	{ "away, encoded", PLAIN("From: ann@bakery.example\nSubject: =?utf-8?Q?R=C3=A9ponse_automatique?=\n",
	    "Absente.\n"), MAIL_AUTO, false, "" },
	{ "no sender", PLAIN("From: ann@bakery.example\nReturn-Path: <>\nSubject: Re: x\n", "hello\n"),
	    MAIL_AUTO, false,
	    "" },
	{ "a read receipt", "From: ann@bakery.example\nSubject: Read: Warning\nMIME-Version: "
	    "1.0\nContent-Type: "
	    "multipart/report; report-type=disposition-notification; boundary=b\n\n--b\nContent-Type: "
	    "text/plain\n\nWas "
	    "read.\n--b\nContent-Type: message/disposition-notification\n\nDisposition: "
	    "manual-action/MDN-sent-manually; "
	    "displayed\n--b--\n", MAIL_AUTO, false, "" },
	{ "a complaint", "From: fbl@mx.example\nSubject: complaint\nMIME-Version: 1.0\nContent-Type: "
	    "multipart/report; "
	    "report-type=feedback-report; boundary=b\n\n--b\nContent-Type: text/plain\n\nA user "
	    "complained.\n--b\n"
	    "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n--b--\n", MAIL_OTHER, false, "" },
	/* people */
	{ "a person", PLAIN(ANN, "Fixed.\n\nAnn\n"), MAIL_ANSWER, false, "" },
	{ "a person who quotes a failure", PLAIN(ANN, "My mail could not be delivered: 550 5.1.1 user "
	    "unknown\n"),
	    MAIL_ANSWER, false, "" },
	{ "a person without a subject", "From: ann@bakery.example\n\nniet van ons\n", MAIL_ANSWER, false, ""
	    },
	{ "a page of HTML", "From: ann@bakery.example\nSubject: Re\nMIME-Version: 1.0\nContent-Type: "
	    "text/html\n\n"
	    "<html><body><p>vals alarm</p><p>Groet</p></body></html>\n", MAIL_ANSWER, false, "" },
	{ "nothing at all", "\n\n", MAIL_ANSWER, false, "" },
};

static const struct { const char *text; enum answer_word word; } firsts[] = {
	{ "Fixed.\n\nAnn\n", WORD_FIXED }, { "\n\n  vals alarm\n> fixed\n", WORD_FALSE_POSITIVE },
	{ "> fixed\n\nniet van ons\n", WORD_NOT_MINE }, { "On Friday you wrote:\n> fixed\n", WORD_NONE },
	{ "not fixed\n", WORD_NONE }, { "fixed?\n", WORD_NONE }, { "", WORD_NONE }, { ">\n>", WORD_NONE },
};

static void
sorts(struct arena *a)
{
	struct err e = ERR_INIT;
	struct sorted s;
	struct mime *m;
	size_t i;

	for (i = 0; i < sizeof letters / sizeof *letters; i++) {
		const struct letter *l = &letters[i];

		m = mime_read(a, l->text, strlen(l->text), &e);
		if (m == NULL) {
			ok(false, "%s: it is read", l->what);
			continue;
		}
		mail_sort(a, m, &s);
		if (!ok(s.kind == l->kind && strcmp(s.status, l->status) == 0 && s.hard == l->hard, "%s",
		    l->what))
			printf("# got %s %s %s: %s\n", mail_kind_names[s.kind], s.hard ? "hard" : "soft",
			    s.status,
			    s.reason);
	}
	for (i = 0; i < sizeof firsts / sizeof *firsts; i++)
		ok(answer_word_of(first_line(firsts[i].text)) == firsts[i].word, "the first line of "
		    "\"%.12s\"",
		    firsts[i].text);
}

static void
whose(struct arena *a)
{
	static const char text[] = "From: ann@bakery.example\nTo: "
	    "\"CERT\" <reply+2026-00001-abcd@cert.example>, "
	    "b+c@d.example\nDelivered-To: reply+2026-00002-efgh@cert.example\nIn-Reply-To: "
	    "<one@cert.example>\n"
	    "References: <zero@cert.example> <one@cert.example>\nSubject: Re\n\nfixed\n";
	struct err e = ERR_INIT;
	struct sorted s;
	struct mime *m = mime_read(a, text, strlen(text), &e);

	mail_sort(a, m, &s);
	ok(s.ntoken == 3 && tcs_is(s.token[0], "2026-00002-efgh") && tcs_is(s.token[1], "2026-00001-abcd"),
	    "tokens, of the envelope first");
	ok(s.nid == 3 && strcmp(s.id[0], "<one@cert.example>") == 0, "Message-IDs, In-Reply-To first");
	m = mime_read(a, letters[0].text, strlen(letters[0].text), &e);
	mail_sort(a, m, &s);
	ok(s.nid > 0 && strcmp(s.id[0], "<abc@cert.example>") == 0, "of what came back, its own Message-ID");
}

static void
tokens(struct arena *a)
{
	const uint8_t secret[32] = { 1, 2, 3 }, other[32] = { 3, 2, 1 };
	const char *reply = token_address(a, secret, TOKEN_REPLY, "2026-00417", "reply@cert.example");
	const char *number, *mac, *plus = strchr(reply, '+'), *at = strchr(reply, '@');
	char upper[100];
	size_t i;

	ok(plus != NULL && strcmp(at, "@cert.example") == 0 && at - reply < 64, "an address with a token: "
	    "%s", reply);
	ok(token_parse(a, tcs_slice(plus + 1, (size_t)(at - plus - 1)), &number, &mac) &&
	    strcmp(number, "2026-00417") == 0, "names its warning");
	ok(token_right(secret, TOKEN_REPLY, number, mac), "and is right");
	ok(!token_right(secret, TOKEN_BOUNCE, number, mac), "but for no other use");
	ok(!token_right(other, TOKEN_REPLY, number, mac), "nor with another secret");
	ok(!token_right(secret, TOKEN_REPLY, "2026-00418", mac), "nor for another warning");
	snprintf(upper, sizeof upper, "%s", mac);
	for (i = 0; upper[i] != '\0'; i++)
		upper[i] = upper[i] >= 'a' && upper[i] <= 'z' ? (char)(upper[i] - 32) : upper[i];
	ok(token_right(secret, TOKEN_REPLY, number, upper), "servers may change its case");
	ok(!token_parse(a, TCS_LIT("x"), &number, &mac) && !token_parse(a, TCS_LIT(""), &number, &mac) &&
	    !token_parse(a, TCS_LIT("-aaaaaaaaaaaaaaaa"), &number, &mac) &&
	    !token_parse(a, TCS_LIT("2026-00417-aaaaaaaaaaaaaa\n1"), &number, &mac), "what is none is none");
	ok(strcmp(token_address(a, secret, TOKEN_REPLY, "1", "nobody"), "nobody") == 0, "no address, no "
	    "token");
}

/* As deep and as many as a sender likes. */
static void
limits(struct arena *a)
{
	struct err e = ERR_INIT;
	struct mime *m;
	struct buf b;
	int i;

	buf_init(&b);
	for (i = 0; i < 3000; i++)
		buf_printf(&b, "Content-Type: multipart/mixed; boundary=\"b%d\"\n\n--b%d\n", i, i);
	m = mime_read(a, b.p, b.n, &e);
	ok(m != NULL && m->npart <= MIME_PARTS, "3,000 parts in one another");
	buf_reset(&b);
	for (i = 0; i < 3000; i++)
		buf_str(&b, "Content-Type: message/rfc822\n\n");
	m = mime_read(a, b.p, b.n, &e);
	ok(m != NULL && m->npart <= MIME_PARTS, "3,000 messages in one another");
	buf_reset(&b);
	buf_str(&b, "Content-Type: multipart/mixed; boundary=b\n\n");
	for (i = 0; i < 3000; i++)
		buf_str(&b, "--b\n\nx\n");
	m = mime_read(a, b.p, b.n, &e);
	ok(m != NULL && m->npart == MIME_PARTS && m->cut, "3,000 parts beside one another");
	buf_free(&b);
	ok(mime_read(a, "", 0, &e) == NULL, "nothing");
	ok(mime_read(a, "\377\376\001: \n\n\200\n", 8, &e) == NULL, "what is no mail");
}

int
main(void)
{
	struct arena *a = arena_new();

	sorts(a);
	whose(a);
	tokens(a);
	limits(a);
	arena_free(a);
	return done_testing();
}
