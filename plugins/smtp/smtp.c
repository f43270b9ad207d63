/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp -- hands a mail to an SMTP server (RFC 5321) by libcurl.  STARTTLS is
 * required unless the configuration says otherwise, and the certificate is
 * checked.  What the server's reply means depends on the moment: a 4xx is
 * later and a 5xx refused at any point; a connection lost before the final
 * dot is later, after it unknown, since the server may have taken the mail.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <tocsin/plugin.h>
#include <tocsin/slice.h>

enum { O_SERVER, O_TLS, O_CA, O_USER, O_PASSWORD, O_TIMEOUT, O_HELO };
enum { TLS_REQUIRED, TLS_IF_OFFERED, TLS_NEVER };

static const struct tcs_opt opts[] = {
	[O_SERVER] = { "server", TCS_T_STR, 0, NULL, NULL, "smtp://host:port, or smtps://host:port for TLS from the start." },
	[O_TLS] = { "tls", TCS_T_ENUM, 0, "required", "required|if-offered|never", "Whether the mail may travel without STARTTLS." },
	[O_CA] = { "ca", TCS_T_STR, TCS_O_OPTIONAL, NULL, NULL, "A file of certificates to trust instead of the system's." },
	[O_USER] = { "user", TCS_T_STR, TCS_O_OPTIONAL, NULL, NULL, "Who logs in (AUTH); without it nobody does." },
	[O_PASSWORD] = { "password", TCS_T_SECRET, TCS_O_OPTIONAL, NULL, NULL, "The password, best given as \"@file\"." },
	[O_TIMEOUT] = { "timeout", TCS_T_DURATION, 0, "5m", NULL, "How long one hand-over may take." },
	[O_HELO] = { "helo", TCS_T_STR, TCS_O_OPTIONAL, NULL, NULL, "The name said in EHLO; the host's own by default." },
};

struct smtp {
	CURL		*curl;
	const char	*url, *user, *password, *ca;
	int		 tls;
	long		 timeout;
	/* of the hand-over at work */
	const char	*p;
	size_t		 left;
	int		 sent_all;
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
	if (!tcs_starts(tcs_str(opt[O_SERVER].v.s), "smtp://") && !tcs_starts(tcs_str(opt[O_SERVER].v.s), "smtps://")) {
		host->log(ctx, TCS_ERR, "server \"%s\": expected smtp://host:port or smtps://host:port", opt[O_SERVER].v.s);
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

/* curl asks for more of the mail; at its end all was handed over but for the final dot. */
static size_t
give(char *buf, size_t size, size_t n, void *arg)
{
	struct smtp *s = arg;
	size_t take = size * n < s->left ? size * n : s->left;

	memcpy(buf, s->p, take);
	s->p += take;
	s->left -= take;
	if (take == 0)
		s->sent_all = 1;
	return take;
}

/* The server's lines: the last is kept, in printable ASCII. */
static int
listen_in(CURL *curl, curl_infotype type, char *p, size_t n, void *arg)
{
	struct smtp *s = arg;
	size_t i;

	(void)curl;
	if (type != CURLINFO_HEADER_IN)
		return 0;
	while (n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	if (n >= sizeof s->reply)
		n = sizeof s->reply - 1;
	for (i = 0; i < n; i++)
		s->reply[i] = p[i] >= ' ' && p[i] < 0x7f ? p[i] : '?';
	s->reply[n] = '\0';
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
	s->sent_all = 0;
}

/* What came of it: by the reply where there was one, else by the moment. */
static uint32_t
judge(const struct smtp *s, CURLcode rc)
{
	long code = 0;

	if (rc == CURLE_OK)
		return TCS_DELIVERED;
	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &code);
	if (rc == CURLE_LOGIN_DENIED || rc == CURLE_USE_SSL_FAILED || rc == CURLE_PEER_FAILED_VERIFICATION)
		return TCS_LATER;		/* ours to mend, not the recipient's refusal */
	if (code >= 500 && code < 600 && rc != CURLE_GOT_NOTHING && rc != CURLE_OPERATION_TIMEDOUT && rc != CURLE_RECV_ERROR)
		return TCS_REFUSED;
	if (code >= 400 && code < 500)
		return TCS_LATER;
	return s->sent_all ? TCS_UNKNOWN : TCS_LATER;
}

static int
smtp_deliver(void *inst, const struct tcs_warning *w, struct tcs_result *r)
{
	struct smtp *s = inst;
	struct curl_slist *to = NULL;
	char from[400], rcpt[400], *ip = NULL;
	CURLcode rc;

	if (strpbrk(w->address, "\r\n<> ") || strpbrk(w->sender, "\r\n<> ")) {
		r->answer = TCS_REFUSED;
		snprintf(r->reply, sizeof r->reply, "%s", "not an address");
		return TCS_OK;
	}
	snprintf(from, sizeof from, "<%s>", w->sender);
	snprintf(rcpt, sizeof rcpt, "<%s>", w->address);
	set_up(s);
	s->p = w->bytes;
	s->left = w->nbytes;
	if ((to = curl_slist_append(NULL, rcpt)) == NULL)
		return TCS_ENOMEM;
	curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(s->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(s->curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(s->curl, CURLOPT_READDATA, s);
	rc = curl_easy_perform(s->curl);
	r->answer = judge(s, rc);
	snprintf(r->reply, sizeof r->reply, "%.150s%s%.80s", s->reply, rc ? " - " : "", rc ? curl_easy_strerror(rc) : "");
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
	snprintf(why, n, "%s: %s%s%s", s->url, rc ? curl_easy_strerror(rc) : "answers", s->reply[0] ? ": " : "", s->reply);
	return rc ? TCS_EPLUGIN : TCS_OK;
}

static const struct tcs_notifier notifier = {
	.size = sizeof notifier, .channel = "email", .deliver = smtp_deliver, .check = smtp_check,
};

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = { TCS_PLUGIN_HEAD(TCS_NOTIFIER),
	.name = "smtp", .version = "1.0", .license = "Apache-2.0",
	.summary = "Hands each warning to an SMTP server",
	.help = "One connection is kept for many warnings. Without tls = \"if-offered\" or \"never\" a mail never travels in clear.\n"
	    "Best pointed at a mail server on this host, so that the moment in which an answer can be lost is short.",
	.opts = opts, .nopt = sizeof opts / sizeof *opts,
	.open = smtp_open, .close = smtp_close, .ops.notifier = &notifier };
