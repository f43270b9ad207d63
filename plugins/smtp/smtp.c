/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp -- hands a mail to an SMTP server (RFC 5321) by libcurl.  STARTTLS is
 * required unless the configuration says otherwise, and the certificate is
 * checked; a password never travels in clear.
 *
 * What the server's reply means depends on the moment, so the commands and
 * replies are followed as they pass.  4xx is later at any moment.  5xx is
 * refused where it is about this mail: to RCPT, to DATA, after the final dot,
 * and 552 (too large) to MAIL.  Before that, and where it asks for a login, it
 * is about us, and later: an administrator can mend it.  No reply is later
 * before the final dot, and unknown after it: the server may have the mail.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <tocsin/plugin.h>
#include <tocsin/slice.h>

enum { O_SERVER, O_TLS, O_CA, O_USER, O_PASSWORD, O_TIMEOUT, O_HELO };
enum { TLS_REQUIRED, TLS_IF_OFFERED, TLS_NEVER };
enum moment { M_GREETING, M_MAIL, M_RCPT, M_DATA, M_DOT };	/* the last thing said */

static const struct tcs_opt opts[] = {
	[O_SERVER] = { "server", TCS_T_STR, 0, NULL, NULL,
	    "smtp://host:port, or smtps://host:port for TLS from the start." },
	[O_TLS] = { "tls", TCS_T_ENUM, 0, "required", "required|if-offered|never",
	    "Whether the mail may travel without STARTTLS." },
	[O_CA] = { "ca", TCS_T_STR, TCS_O_OPTIONAL | TCS_O_PATH, NULL, NULL,
	    "A file of certificates to trust instead of the system's." },
	[O_USER] = { "user", TCS_T_STR, TCS_O_OPTIONAL, NULL, NULL,
	    "Who logs in (AUTH); without it nobody does." },
	[O_PASSWORD] = { "password", TCS_T_SECRET, TCS_O_OPTIONAL, NULL, NULL,
	    "The password, best given as \"@file\"." },
	[O_TIMEOUT] = { "timeout", TCS_T_DURATION, 0, "5m", NULL, "How long one hand-over may take." },
	[O_HELO] = { "helo", TCS_T_STR, TCS_O_OPTIONAL, NULL, NULL,
	    "The name said in EHLO; the host's own by default." },
};

struct smtp {
	CURL		*curl;
	const char	*url, *user, *password, *ca;
	int		 tls;
	long		 timeout;
	/* of the hand-over at work */
	const char	*p;
	size_t		 left;
	enum moment	 moment;
	int		 code;		/* the reply to it; 0: none came */
	int		 over;		/* QUIT was said: what follows is courtesy */
	char		 reply[240];	/* the server's last line */
};

static const char *
text(const struct tcs_val *v)
{
	return v->n ? v->v.s : NULL;
}

static int
smtp_open(struct tcs_ctx *ctx, const struct tcs_host *host, const struct tcs_val *opt, void **inst)
{
	struct smtp *s = host->alloc(ctx, TCS_INSTANCE, sizeof *s);
	const char *helo = text(&opt[O_HELO]);
	char *url;
	size_t n;

	if (s == NULL)
		return TCS_ENOMEM;
	if (!tcs_starts(tcs_str(opt[O_SERVER].v.s), "smtp://") && !tcs_starts(tcs_str(opt[O_SERVER].v.s),
	    "smtps://")) {
		host->log(ctx, TCS_ERR, "server \"%s\": expected smtp://host:port or smtps://host:port",
		    opt[O_SERVER].v.s);
		return TCS_EPLUGIN;
	}
	if (text(&opt[O_USER]) && opt[O_TLS].v.i != TLS_REQUIRED && !tcs_starts(tcs_str(opt[O_SERVER].v.s),
	    "smtps://")) {
		host->log(ctx, TCS_ERR,
		    "user: a password does not travel in clear: expected tls = \"required\", or smtps://");
		return TCS_EPLUGIN;
	}
	n = strlen(opt[O_SERVER].v.s) + (helo ? strlen(helo) : 0) + 2;
	if ((url = host->alloc(ctx, TCS_INSTANCE, n)) == NULL)
		return TCS_ENOMEM;
	snprintf(url, n, "%s%s%s", opt[O_SERVER].v.s, helo ? "/" : "", helo ? helo : "");
	s->url = url;
	s->tls = (int)opt[O_TLS].v.i;
	s->ca = text(&opt[O_CA]);
	s->user = text(&opt[O_USER]);
	s->password = text(&opt[O_PASSWORD]);
	s->timeout = (long)opt[O_TIMEOUT].v.i;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (s->curl = curl_easy_init()) == NULL)
		return TCS_ENOMEM;
	*inst = s;
	return TCS_OK;
}

static void
smtp_close(void *inst)
{
	struct smtp *s = inst;

	curl_easy_cleanup(s->curl);
}

/* curl asks for more of the mail.  Once all is given, only the final dot is missing, and curl writes that
 * unasked. */
static size_t
give(char *buf, size_t size, size_t n, void *arg)
{
	struct smtp *s = arg;
	size_t take = size * n < s->left ? size * n : s->left;

	memcpy(buf, s->p, take);
	s->p += take;
	s->left -= take;
	if (s->left == 0 && s->moment != M_DOT) {
		s->moment = M_DOT;
		s->code = 0;
	}
	return take;
}

static void
follow_command(struct smtp *s, struct tcs_slice line)
{
	static const struct { const char *verb; enum moment moment; } verbs[] = {
		{ "MAIL ", M_MAIL }, { "RCPT ", M_RCPT }, { "DATA", M_DATA }
	};
	size_t i;

	if (tcs_starts(line, "QUIT"))
		s->over = 1;
	if (s->over)
		return;
	s->code = 0;
	for (i = 0; i < 3; i++)
		if (tcs_starts(line, verbs[i].verb))
			s->moment = verbs[i].moment;
}

/* The last line is kept, in printable ASCII; "250-..." has more lines to come. */
static void
follow_reply(struct smtp *s, struct tcs_slice line)
{
	uint64_t code;
	size_t i;

	if (s->over)
		return;
	line = tcs_trim(line);
	if (line.n >= 3 && tcs_uint(tcs_slice(line.p, 3), 999, &code) && (line.n == 3 || line.p[3] == ' '))
		s->code = (int)code;
	if (line.n >= sizeof s->reply)
		line.n = sizeof s->reply - 1;
	for (i = 0; i < line.n; i++)
		s->reply[i] = line.p[i] >= ' ' && line.p[i] < 0x7f ? line.p[i] : '?';
	s->reply[line.n] = '\0';
}

static int
listen_in(CURL *curl, curl_infotype type, char *p, size_t n, void *arg)
{
	(void)curl;
	if (type == CURLINFO_HEADER_OUT)
		follow_command(arg, tcs_slice(p, n));
	else if (type == CURLINFO_HEADER_IN)
		follow_reply(arg, tcs_slice(p, n));
	return 0;
}

static void
set_up(struct smtp *s)
{
	static const long use[] = { CURLUSESSL_ALL, CURLUSESSL_TRY, CURLUSESSL_NONE };
	CURL *c = s->curl;

	curl_easy_reset(c);		/* the connection is kept */
	curl_easy_setopt(c, CURLOPT_URL, s->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(c, CURLOPT_USE_SSL, use[s->tls]);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 30L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, s->timeout);
	curl_easy_setopt(c, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, listen_in);
	curl_easy_setopt(c, CURLOPT_DEBUGDATA, s);
	if (s->ca)
		curl_easy_setopt(c, CURLOPT_CAINFO, s->ca);
	if (s->user) {
		curl_easy_setopt(c, CURLOPT_USERNAME, s->user);
		curl_easy_setopt(c, CURLOPT_PASSWORD, s->password ? s->password : "");
	}
	s->reply[0] = '\0';
	s->moment = M_GREETING;
	s->code = s->over = 0;
}

static uint32_t
judge(const struct smtp *s, CURLcode rc)
{
	int login = s->code == 530 || s->code == 534 || s->code == 535 || s->code == 538;

	if (rc == CURLE_OK)
		return TCS_DELIVERED;
	if (s->code >= 500 && (s->moment >= M_RCPT || (s->moment == M_MAIL && s->code == 552)) && !login)
		return TCS_REFUSED;
	if (s->code >= 400)
		return TCS_LATER;
	return s->moment == M_DOT ? TCS_UNKNOWN : TCS_LATER;
}

/* For people: what the server said, and what that meant to us. */
static void
tell(const struct smtp *s, CURLcode rc, char *out, size_t n)
{
	if (rc == CURLE_USE_SSL_FAILED)
		snprintf(out, n, "the server offers no STARTTLS, and tls = \"required\"");
	else
		snprintf(out, n, "%.150s%s%.80s", s->reply, rc && s->reply[0] ? " - " : "",
		    rc ? curl_easy_strerror(rc) : "");
}

static int
is_address(const char *s)
{
	return s && !strpbrk(s, "\r\n<> ") && strlen(s) < 390;
}

static int
smtp_deliver(void *inst, const struct tcs_warning *w, struct tcs_result *r)
{
	struct smtp *s = inst;
	struct curl_slist *to = NULL;
	char from[400], rcpt[400], *ip = NULL;
	CURLcode rc;

	if (!is_address(w->address) || w->address[0] == '\0' || !is_address(w->sender ? w->sender : "")) {
		r->answer = TCS_REFUSED;
		snprintf(r->reply, sizeof r->reply, "%s", "not an address");
		return TCS_OK;
	}
	snprintf(from, sizeof from, "<%s>", w->sender ? w->sender : "");
	snprintf(rcpt, sizeof rcpt, "<%s>", w->address);
	set_up(s);
	s->p = w->bytes;
	s->left = w->nbytes;
	if ((to = curl_slist_append(NULL, rcpt)) == NULL)
		return TCS_ENOMEM;
	curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(s->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(s->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)w->nbytes);	/* SIZE= in MAIL */
	curl_easy_setopt(s->curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(s->curl, CURLOPT_READDATA, s);
	rc = curl_easy_perform(s->curl);
	r->answer = judge(s, rc);
	tell(s, rc, r->reply, sizeof r->reply);
	if (curl_easy_getinfo(s->curl, CURLINFO_PRIMARY_IP, &ip) == CURLE_OK && ip)
		snprintf(r->remote, sizeof r->remote, "%s", ip);
	curl_slist_free_all(to);
	return TCS_OK;
}

/* Logs in and says NOOP. */
static int
smtp_check(void *inst, char *why, size_t n)
{
	struct smtp *s = inst;
	CURLcode rc;

	set_up(s);
	curl_easy_setopt(s->curl, CURLOPT_CUSTOMREQUEST, "NOOP");
	curl_easy_setopt(s->curl, CURLOPT_NOBODY, 1L);
	rc = curl_easy_perform(s->curl);
	snprintf(why, n, "%s: %s%s%s", s->url, rc ? curl_easy_strerror(rc) : "answers", s->reply[0] ? ": " :
	    "", s->reply);
	return rc ? TCS_EPLUGIN : TCS_OK;
}

static const struct tcs_notifier notifier = {
	.size = sizeof notifier, .channel = "email", .deliver = smtp_deliver, .check = smtp_check,
};

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = { TCS_PLUGIN_HEAD(TCS_NOTIFIER),
	.name = "smtp", .version = "1.0", .license = "Apache-2.0",
	.summary = "Hands each warning to an SMTP server",
	.help = "One connection is kept for many warnings. Without tls = \"if-offered\" or \"never\" a mail "
	    "never travels in clear.\nBest pointed at a mail server on this host, so that the moment in "
	    "which an answer can be lost is short.",
	.opts = opts, .nopt = sizeof opts / sizeof *opts,
	.open = smtp_open, .close = smtp_close, .ops.notifier = &notifier };
