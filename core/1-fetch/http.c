/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One look at a URL: asked for only if it changed, streamed into the spool,
 * and believed only when it is whole.  Redirects are followed by hand, so that
 * each hop is judged: http and https only, never from https to http, never
 * with a name and password, and never from the outside into networks that the
 * configured URL itself does not lead to.  A body is kept as it was sent
 * (unpacking is decode's).  What tells whether it changed is remembered after
 * the arrival was taken, never before.
 */
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "1-fetch/fetch_int.h"
#include "clock.h"
#include "digest.h"
#include "ip.h"
#include "mem.h"
#include "timefmt.h"
#include <tocsin/slice.h>

#define HOPS		5
#define HEADERS		(256u << 10)	/* most bytes of headers */
#define PAGE		(64u << 10)	/* most bytes of an error's page */
#define CONDITION	256		/* longest ETag that is remembered */
#define SLOW		1024		/* bytes a second that count as standing still */
#define WHOLE		12		/* times http_timeout for all of it */

struct get {
	struct fetch		*f;
	const struct place	*p;
	const struct fetch_sink	*sink;
	struct fetch_sink	 own;		/* what sink points to, where nobody waits */
	struct arena		*a;
	CURL			*c;
	struct curl_slist	*conditions;
	const char		*url;		/* of this hop */
	struct spool_file	*file;
	struct err		 why;		/* ours, beside curl's */
	size_t			 headers, page;	/* bytes that were only looked at */
	const char		*etag, *modified, *disposition, *encoding, *status;	/* of the answer */
	char			 error[CURL_ERROR_SIZE];
	long			 code;		/* what came of it, when it is over */
	unsigned		 hop;
	bool			 inside;	/* the configured URL leads to a special-purpose network */
	bool			 spool_failed;
};

bool
http_ready(void)
{
	static bool ready;			/* of the one thread that fetches */

	ready = ready || curl_global_init(CURL_GLOBAL_DEFAULT) == 0;
	return ready;
}

bool
http_check(const struct cfg_source *src, struct err *e)
{
	CURLU *u = curl_url();
	CURLUcode rc = u ? curl_url_set(u, CURLUPART_URL, src->from, CURLU_DISALLOW_USER) :
	    CURLUE_OUT_OF_MEMORY;

	curl_url_cleanup(u);
	if (rc == CURLUE_USER_NOT_ALLOWED)
		return err_set(e,
		    "source \"%s\": from: a URL may not hold a name or password: secrets are not written in "
		    "the configuration", src->name);
	return rc == CURLUE_OK ? true : err_set(e, "source \"%s\": from: not a URL: %s", src->name,
	    curl_url_strerror(rc));
}

/* Value of a header of that name, in the arena; *out stays when it is another one. */
static void
header(struct get *g, struct tcs_slice line, const char *name, const char **out)
{
	size_t colon = tcs_find(line, ':');
	struct tcs_slice v;

	if (colon == line.n || !tcs_is_nocase(tcs_slice(line.p, colon), name))
		return;
	v = tcs_trim(tcs_slice(line.p + colon + 1, line.n - colon - 1));
	*out = arena_strndup(g->a, v.p, v.n);
}

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct get *g = arg;
	struct tcs_slice line = tcs_trim(tcs_slice(p, n));

	(void)size;				/* always 1 */
	g->headers += n;
	if (g->headers > HEADERS) {
		err_set(&g->why, "sends more than %u bytes of headers", HEADERS);
		return 0;
	}
	if (tcs_starts(line, "HTTP/")) {	/* a new answer begins; what an interim one said is void */
		size_t space = tcs_find(line, ' ');

		g->etag = g->modified = g->disposition = g->encoding = NULL;
		line = space < line.n ? tcs_slice(line.p + space + 1, line.n - space - 1) : line;
		g->status = fetch_safe(g->a, arena_strndup(g->a, line.p, line.n < 80 ? line.n : 80));
	}
	header(g, line, "ETag", &g->etag);
	header(g, line, "Last-Modified", &g->modified);
	header(g, line, "Content-Disposition", &g->disposition);
	header(g, line, "Content-Encoding", &g->encoding);
	return n;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct get *g = arg;
	long code = 0;

	(void)size;
	curl_easy_getinfo(g->c, CURLINFO_RESPONSE_CODE, &code);
	if (code != 200)			/* to its end, because curl tells of a redirect only then */
		return (g->page += n) > PAGE ? 0 : n;
	if (g->file == NULL)
		g->file = spool_begin(g->f->spool, g->f->config->limits.fetch_size, &g->why);
	if (g->file != NULL && spool_write(g->file, p, n, &g->why))
		return n;
	g->spool_failed = spool_at_fault(g->f->spool);
	return 0;
}

static int
on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct get *g = arg;

	(void)a, (void)b, (void)c, (void)d;
	return g->sink->stop && g->sink->stop(g->sink->arg) && !err_set(&g->why, "stopped");
}

static bool
address(const struct curl_sockaddr *s, struct ip *ip)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (s->family == AF_INET) {
		memcpy(ip->b, mapped, 12);
		memcpy(ip->b + 12, &((const struct sockaddr_in *)(const void *)&s->addr)->sin_addr, 4);
	} else if (s->family == AF_INET6)
		memcpy(ip->b, &((const struct sockaddr_in6 *)(const void *)&s->addr)->sin6_addr, 16);
	return s->family == AF_INET || s->family == AF_INET6;
}

static curl_socket_t
on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *s)
{
	struct get *g = arg;
	struct ip ip;
	const char *special = address(s, &ip) ? ip_special(&ip, NULL) : NULL;
	char text[IP_TEXT];

	(void)purpose;
	if (g->hop == 0)
		g->inside = g->inside || special != NULL;
	else if (special != NULL && !g->inside) {
		ip_text(&ip, text);
		err_set(&g->why, "leads to %s (%s), where the configured URL does not", text, special);
		return CURL_SOCKET_BAD;
	}
	return socket(s->family, s->socktype | SOCK_CLOEXEC, s->protocol);
}

/* What is remembered: which URL it is of, ETag, Last-Modified; tabs between. */
static const char *
state_of(struct get *g)
{
	const char *etag = g->etag && strlen(g->etag) <= CONDITION ? g->etag : "";
	const char *modified = g->modified && strlen(g->modified) <= 64 ? g->modified : "";
	uint8_t sum[SHA256_LEN];
	char hex[SHA256_HEX];

	sha256(g->p->from, strlen(g->p->from), sum);
	digest_hex(sum, 8, hex);
	return arena_printf(g->a, "%s\t%s\t%s", hex, fetch_safe(g->a, etag), fetch_safe(g->a, modified));
}

static const char *
state_key(const struct get *g)
{
	return arena_printf(g->a, "http:%s:etag", g->p->source->name);
}

static void
ask_if_changed(struct get *g)
{
	const char *text = g->sink->get ? g->sink->get(g->sink->arg, g->a, state_key(g)) : NULL;
	struct tcs_slice rest = tcs_str(text), now = tcs_str(state_of(g)), of, mine, etag, modified;

	/* There is no answer yet: of our own state only the URL's part is there. */
	if (!tcs_cut(&now, '\t', &mine) || !tcs_cut(&rest, '\t', &of) || !tcs_eq(of, mine) || !tcs_cut(&rest,
	    '\t', &etag) ||
	    !tcs_cut(&rest, '\t', &modified))
		return;
	if (etag.n > 0)
		g->conditions = curl_slist_append(g->conditions,
		    arena_printf(g->a, "If-None-Match: %.*s", (int)etag.n, etag.p));
	if (modified.n > 0)
		g->conditions = curl_slist_append(g->conditions,
		    arena_printf(g->a, "If-Modified-Since: %.*s", (int)modified.n, modified.p));
}

static void
set_up(struct get *g)
{
	int64_t timeout = g->f->config->limits.http_timeout;
	CURL *c = g->c;

	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, g->error);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "tocsin/" PACKAGE_VERSION);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, g->conditions);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)(timeout < 30 ? timeout : 30));
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)(timeout > 0 ? timeout : 1));
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)(WHOLE * timeout));
	curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)g->f->config->limits.fetch_size);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, g);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, g);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, g);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, g);
}

/* Goes where the answer points; false: it must not. */
static bool
follow(struct get *g)
{
	char *to = NULL;

	curl_easy_getinfo(g->c, CURLINFO_REDIRECT_URL, &to);
	if (!http_may_follow(g->url, to, &g->why))
		return false;
	if (g->hop == HOPS)
		return err_set(&g->why, "redirects more than %d times", HOPS);
	g->url = arena_strdup(g->a, to);
	g->hop++;
	return true;
}

static void
ask(struct get *g)
{
	g->headers = g->page = 0;
	g->error[0] = '\0';
	curl_easy_setopt(g->c, CURLOPT_URL, g->url);
}

/* Of one request: its status code when there is a whole answer; -1: why says what failed. */
static long
answer(struct get *g, CURLcode rc)
{
	long code = 0;

	curl_easy_getinfo(g->c, CURLINFO_RESPONSE_CODE, &code);
	if (g->why.n > 0 && rc != CURLE_OK)
		return -1;
	g->why = (struct err)ERR_INIT;		/* an address that was refused, but another one served */
	if (rc == CURLE_OK || (rc == CURLE_WRITE_ERROR && code != 200))
		return code;
	if (rc == CURLE_FILESIZE_EXCEEDED)
		err_set(&g->why, "larger than %lld bytes, the most that is taken (limits.fetch_size)",
		    (long long)g->f->config->limits.fetch_size);
	else
		err_set(&g->why, "%s", fetch_safe(g->a, g->error[0] ? g->error : curl_easy_strerror(rc)));
	return -1;
}

/* 200: the body is in the spool.  304.  -1: why says what is wrong. */
static long
judged(struct get *g, long code)
{
	if (code == 304 && g->conditions == NULL)
		err_set(&g->why, "answers 304 Not Modified to what was not a conditional request");
	else if (code == 200 && g->encoding && !tcs_is_nocase(tcs_str(g->encoding), "gzip") &&
	    !tcs_is_nocase(tcs_str(g->encoding), "x-gzip") && !tcs_is_nocase(tcs_str(g->encoding),
	    "identity"))
		err_set(&g->why, "comes in an encoding that was not asked for: %s", fetch_safe(g->a,
		    g->encoding));
	else if (code == 200 || code == 304)
		return code;
	else if (code >= 0)
		err_set(&g->why, "HTTP %s", g->status ? g->status : "answer without a status");
	return -1;
}

bool
http_again(struct get *g, int rc)
{
	static const long moved[] = { 301, 302, 303, 307, 308 };
	long code = answer(g, (CURLcode)rc);
	size_t i;

	for (i = 0; i < sizeof moved / sizeof *moved; i++)
		if (code == moved[i]) {
			if (!follow(g)) {
				g->code = -1;
				return false;
			}
			ask(g);
			return true;
		}
	g->code = judged(g, code);
	return false;
}

static bool
arrived(struct get *g, struct err *e)
{
	struct arrival a = { .source = g->p->source, .path = http_shown(g->a, g->p->from),
	    .when = clock_now() };
	int64_t when;

	if (g->file == NULL && (g->file = spool_begin(g->f->spool, 0, e)) == NULL)	/* an empty body */
		return false;
	if (!spool_end(g->file, &a.blob, e)) {
		g->file = NULL;
		return false;
	}
	g->file = NULL;
	a.name = http_name(g->a, g->p->from, g->disposition, g->p->source->name);
	if (g->modified && time_parse_any(g->modified, strlen(g->modified), &when))
		a.when = when;
	if (!g->sink->arrived(g->sink->arg, &a, e))
		return false;
	if (g->sink->put)
		g->sink->put(g->sink->arg, state_key(g), state_of(g));
	return true;
}

struct get *
http_begin(struct fetch *f, struct place *p, const struct fetch_sink *sink, struct err *e)
{
	struct get *g = xcalloc(1, sizeof *g);

	*g = (struct get){ .f = f, .p = p, .own = *sink, .a = p->now, .url = p->from, .why = ERR_INIT };
	g->sink = &g->own;
	arena_reset(g->a);
	if ((g->c = curl_easy_init()) == NULL) {
		err_set(e, "source \"%s\": libcurl cannot be used", p->source->name);
		free(g);
		return NULL;
	}
	ask_if_changed(g);
	set_up(g);
	ask(g);
	return g;
}

void *
http_handle(const struct get *g)
{
	return g->c;
}

bool
http_taken(struct get *g, struct err *e)
{
	const struct fetch_sink *sink = g->sink;
	const char *name = g->p->source->name;
	bool good = true, quiet = true;

	if (g->code == 200)
		good = arrived(g, e);
	else if (g->spool_failed || (g->code < 0 && sink->stop && sink->stop(sink->arg)))
		good = err_set(e, "source \"%s\": %s", name, g->why.text);
	else if (g->code < 0) {
		quiet = false;
		sink->trouble(sink->arg, g->p->source, http_shown(g->a, g->p->from), g->hop == 0 ?
		    g->why.text : arena_printf(g->a, "%s (at %s)", g->why.text, http_shown(g->a, g->url)));
	}
	if (good && sink->looked != NULL)
		sink->looked(sink->arg, g->p->source, quiet);
	return good;
}

void
http_end(struct get *g)
{
	spool_undo(g->file);
	curl_easy_cleanup(g->c);
	curl_slist_free_all(g->conditions);
	free(g);
}

bool
http_look(struct fetch *f, struct place *p, const struct fetch_sink *sink, struct err *e)
{
	struct get *g = http_begin(f, p, sink, e);
	bool good;

	if (g == NULL)
		return false;
	while (http_again(g, (int)curl_easy_perform(g->c)))
		;
	good = http_taken(g, e);
	http_end(g);
	return good;
}
