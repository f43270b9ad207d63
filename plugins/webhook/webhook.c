/* SPDX-License-Identifier: Apache-2.0 */
/*
 * webhook -- notifier: posts each warning as JSON (RFC 8259) to a URL by
 * libcurl.  The warning's key goes along as Idempotency-Key, so that a receiver
 * can see that it has it already; whether one does is not known here, so
 * TCS_N_SAME_IS_ONE is not claimed, and a hand-over without answer is tried
 * again only after the host's back-off.
 *
 * What an answer means depends on the moment.  A status decides, if one came.
 * Without one: as long as not all of the body had gone out, the receiver
 * cannot have acted on it (later); after that nobody knows (unknown).  One
 * connection a warning: libcurl itself sends a request again when a connection
 * that it kept turns out dead, and that would be a second hand-over.
 */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/plugin.h>
#include <tocsin/slice.h>
#include "body.h"

enum { O_URL, O_TOKEN, O_CA, O_TIMEOUT, O_ALLOW_HTTP, O_PROXY };

static const struct tcs_opt opts[] = {
	[O_URL] = { "url", TCS_T_STR, TCS_O_OPTIONAL, NULL, NULL,
	    "Where every warning is posted; without it, to the address of the contact." },
	[O_TOKEN] = { "token", TCS_T_SECRET, TCS_O_OPTIONAL, NULL, NULL,
	    "Said as \"Authorization: Bearer ...\"; only together with url." },
	[O_CA] = { "ca", TCS_T_STR, TCS_O_OPTIONAL | TCS_O_PATH, NULL, NULL,
	    "A file of certificates to trust instead of the system's." },
	[O_TIMEOUT] = { "timeout", TCS_T_DURATION, 0, "1m", NULL, "How long one hand-over may take." },
	[O_ALLOW_HTTP] = { "allow-http", TCS_T_BOOL, 0, "no", NULL,
	    "Whether a warning may travel in clear, other than to this host itself." },
	[O_PROXY] = { "proxy", TCS_T_STR, TCS_O_OPTIONAL, NULL, NULL,
	    "A proxy to go through; what the environment says is not heeded." },
};

struct webhook {
	struct tcs_ctx		*ctx;
	const struct tcs_notifier_host *host;
	CURL			*curl;
	const char		*url, *token, *ca, *proxy;
	long			 timeout;
	bool			 allow_http;
	/* of the hand-over at work */
	char			 said[160];	/* the start of the answer, printable */
	size_t			 nsaid, nanswer;
	char			 status[80];
};

#define ANSWER_MOST 65536u	/* of the answer that is listened to */

static const char *
text(const struct tcs_val *v)
{
	return v->n && v->v.s[0] ? v->v.s : NULL;
}

/* ---- addresses ------------------------------------------------------------ */

static bool
is_loopback(const char *host)
{
	unsigned char b[16];
	static const unsigned char one[16] = { [15] = 1 };

	if (strcmp(host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, host, b) == 1)
		return b[0] == 127;
	return strcmp(host, "[::1]") == 0 || (inet_pton(AF_INET6, host, b) == 1 && memcmp(b, one, 16) == 0);
}

/* NULL: a warning may go there; else why not. */
static const char *
unfit(const struct webhook *h, const char *url)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL;
	const char *why = NULL;

	if (u == NULL)
		return "no memory";
	if (url == NULL || curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		why = "not a URL, expected https://host/path without user";
	else if (strcmp(scheme, "http") == 0) {
		if (!h->allow_http && !is_loopback(host))
			why = "http in clear, expected https:// (or allow-http = yes)";
	} else if (strcmp(scheme, "https") != 0)
		why = "expected a URL that begins with https://";
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(u);
	return why;
}

static bool
is_plain(const char *s)
{
	for (; *s; s++)
		if (*s <= ' ' || *s > '~')
			return false;
	return true;
}

/* ---- set up --------------------------------------------------------------- */

static int
refuse(struct webhook *h, const char *what, const char *why)
{
	h->host->h.log(h->ctx, TCS_ERR, "%s: %s", what, why);
	return TCS_EPLUGIN;
}

static int
check_options(struct webhook *h)
{
	const char *why = h->url ? unfit(h, h->url) : NULL;

	if (why != NULL)
		return refuse(h, "url", why);
	if (h->token && h->url == NULL)
		return refuse(h, "token", "expected url beside it, or every recipient would be told");
	if (h->token && !is_plain(h->token))
		return refuse(h, "token", "expected printable ASCII without blanks");
	return TCS_OK;
}

static int
webhook_open(struct tcs_ctx *ctx, const struct tcs_host *host, const struct tcs_val *opt, void **inst)
{
	struct webhook *h = host->alloc(ctx, TCS_INSTANCE, sizeof(*h));
	int rc;

	if (h == NULL)
		return TCS_ENOMEM;
	h->ctx = ctx;
	h->host = (const struct tcs_notifier_host *)(const void *)host;
	h->url = text(&opt[O_URL]);
	h->token = text(&opt[O_TOKEN]);
	h->ca = text(&opt[O_CA]);
	h->proxy = text(&opt[O_PROXY]);
	h->timeout = (long)opt[O_TIMEOUT].v.i;
	h->allow_http = opt[O_ALLOW_HTTP].v.i != 0;
	if ((rc = check_options(h)) != TCS_OK)
		return rc;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (h->curl = curl_easy_init()) == NULL)
		return TCS_ENOMEM;
	*inst = h;
	return TCS_OK;
}

static void
webhook_close(void *inst)
{
	struct webhook *h = inst;

	curl_easy_cleanup(h->curl);
}

static char
printable(char c)
{
	return c >= ' ' && c <= '~' ? c : ' ';
}

/* The body of the answer: its start is kept; more than anybody needs ends the transfer. */
static size_t
listen_in(char *p, size_t size, size_t n, void *arg)
{
	struct webhook *h = arg;
	size_t i, all = size * n;

	for (i = 0; i < all && h->nsaid < sizeof(h->said) - 1; i++)
		h->said[h->nsaid++] = printable(p[i]);
	h->said[h->nsaid] = '\0';
	h->nanswer += all;
	return h->nanswer > ANSWER_MOST ? 0 : all;
}

/* "HTTP/1.1 429 Too Many Requests": the last one is kept. */
static size_t
listen_head(char *p, size_t size, size_t n, void *arg)
{
	struct webhook *h = arg;
	struct tcs_slice line = tcs_trim(tcs_slice(p, size * n));
	size_t i;

	if (!tcs_starts(line, "HTTP/"))
		return size * n;
	i = tcs_find(line, ' ');
	line = i < line.n ? tcs_slice(line.p + i + 1, line.n - i - 1) : line;
	for (i = 0; i < line.n && i < sizeof(h->status) - 1; i++)
		h->status[i] = printable(line.p[i]);
	h->status[i] = '\0';
	return size * n;
}

static void
set_up(struct webhook *h, const char *url)
{
	CURL *c = h->curl;

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, h->timeout < 30 ? h->timeout : 30L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, h->timeout);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "tocsin-webhook/1.0");
	curl_easy_setopt(c, CURLOPT_PROXY, h->proxy ? h->proxy : "");
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, listen_in);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, listen_head);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, h);
	if (h->ca)
		curl_easy_setopt(c, CURLOPT_CAINFO, h->ca);
	h->said[0] = h->status[0] = '\0';
	h->nsaid = h->nanswer = 0;
}

/* One more header; false: no memory. */
static bool
add(struct curl_slist **list, const char *name, const char *value)
{
	size_t n = strlen(name) + strlen(value) + 1;
	struct curl_slist *more = NULL;
	char *line = malloc(n);

	if (line != NULL) {
		snprintf(line, n, "%s%s", name, value);
		more = curl_slist_append(*list, line);
		free(line);
	}
	if (more != NULL)
		*list = more;
	return more != NULL;
}

/* NULL: no memory.  An empty Expect: the whole body at once, without asking first. */
static struct curl_slist *
headers(const struct webhook *h, const char *key)
{
	struct curl_slist *list = NULL;

	if (add(&list, "Content-Type: application/json", "") && add(&list, "Expect:", "") &&
	    (key == NULL || add(&list, "Idempotency-Key: ", key)) &&
	    (h->token == NULL || add(&list, "Authorization: Bearer ", h->token)))
		return list;
	curl_slist_free_all(list);
	return NULL;
}

/* ---- delivery ------------------------------------------------------------- */

static uint32_t
by_status(long status)
{
	if (status >= 200 && status < 300)
		return TCS_DELIVERED;
	if (status == 401)		/* the token is not, or no longer, known there: ours to mend */
		return TCS_LATER;
	return status == 408 || status == 425 || status == 429 || status >= 500 ? TCS_LATER : TCS_REFUSED;
}

static void
judge(struct webhook *h, CURLcode rc, size_t nbody, struct tcs_result *r)
{
	curl_off_t sent = 0, after = 0;
	long status = 0;
	char *ip = NULL;

	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(h->curl, CURLINFO_SIZE_UPLOAD_T, &sent);
	if (status >= 200)
		r->answer = by_status(status);
	else
		r->answer = (size_t)sent < nbody ? TCS_LATER : TCS_UNKNOWN;
	if (r->answer == TCS_LATER && status >= 200 &&
	    curl_easy_getinfo(h->curl, CURLINFO_RETRY_AFTER, &after) == CURLE_OK && after > 0)
		r->after = after < UINT32_MAX ? (uint32_t)after : UINT32_MAX;
	if (status >= 200)
		snprintf(r->reply, sizeof(r->reply), "%.70s%s%.150s", h->status, h->said[0] ? ": " : "",
		    h->said);
	else
		snprintf(r->reply, sizeof(r->reply), "%.200s", curl_easy_strerror(rc));
	if (curl_easy_getinfo(h->curl, CURLINFO_PRIMARY_IP, &ip) == CURLE_OK && ip != NULL)
		snprintf(r->remote, sizeof(r->remote), "%s", ip);
}

static int
webhook_deliver(void *inst, const struct tcs_warning *w, struct tcs_result *r)
{
	struct webhook *h = inst;
	const char *url = h->url ? h->url : w->address, *why = unfit(h, url);
	struct curl_slist *list;

	if (why == NULL && (w->key == NULL || !is_plain(w->key)))
		why = "a key that is not plain";
	if (why != NULL) {
		r->answer = TCS_REFUSED;
		snprintf(r->reply, sizeof(r->reply), "%s", why);
		return TCS_OK;
	}
	if ((list = headers(h, w->key)) == NULL)
		return TCS_ENOMEM;
	set_up(h, url);
	curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(h->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(h->curl, CURLOPT_POSTFIELDS, w->bytes);
	curl_easy_setopt(h->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)w->nbytes);
	judge(h, curl_easy_perform(h->curl), w->nbytes, r);
	curl_slist_free_all(list);
	return TCS_OK;
}

static int
webhook_render(void *inst, const struct tcs_warning *w)
{
	struct webhook *h = inst;
	const char *why;
	size_t n;
	char *body = body_make(w, &n, &why);
	int rc;

	if (body == NULL && why == NULL)
		return TCS_ENOMEM;
	if (body == NULL) {
		h->host->h.log(h->ctx, TCS_ERR, "%s", why);
		return TCS_EINPUT;
	}
	rc = h->host->out(h->ctx, "application/json", body, n);
	free(body);
	return rc;
}

/* Asks for the head of the page: any answer but "who are you" and "I am broken" shows that it is there. */
static int
webhook_check(void *inst, char *why, size_t n)
{
	struct webhook *h = inst;
	struct curl_slist *list;
	long status = 0;
	CURLcode rc;

	if (h->url == NULL) {
		snprintf(why, n, "every contact has its own address: nothing to reach");
		return TCS_OK;
	}
	if ((list = headers(h, NULL)) == NULL)
		return TCS_ENOMEM;
	set_up(h, h->url);
	curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(h->curl, CURLOPT_NOBODY, 1L);
	rc = curl_easy_perform(h->curl);
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(list);
	snprintf(why, n, "%s: %s", h->url, status ? h->status : curl_easy_strerror(rc));
	return status >= 200 && status < 500 && status != 401 && status != 403 ? TCS_OK : TCS_EPLUGIN;
}

static const struct tcs_notifier notifier = {
	.size = sizeof(notifier), .channel = "webhook",
	.render = webhook_render, .deliver = webhook_deliver, .check = webhook_check,
};

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = { TCS_PLUGIN_HEAD(TCS_NOTIFIER),
	.name = "webhook", .version = "1.0", .license = "Apache-2.0",
	.summary = "Posts each warning as JSON to a URL",
	.help = "To url, or to the address of a contact with channel webhook. The header Idempotency-Key is\n"
	    "the same whenever the same warning is handed over again. Redirects are not followed.",
	.opts = opts, .nopt = sizeof(opts) / sizeof(opts[0]),
	.open = webhook_open, .close = webhook_close, .ops.notifier = &notifier };
