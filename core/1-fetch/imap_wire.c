/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See imap_wire.h.  Answers are read by lines and by literals of announced
 * length, both bounded; nothing in a literal is ever taken for a line, whatever
 * a message holds.
 */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "1-fetch/fetch_int.h"
#include "1-fetch/imap_wire.h"
#include "secret.h"
#include "timefmt.h"
#include <tocsin/slice.h>

#define LINE_MOST	(8u << 20)	/* bytes of one line: SEARCH names every message on one */
#define CHUNK		16384

static bool
fails(struct imap *s, CURLcode rc, const char *error, struct err *e)
{
	(void)s;
	if (rc == CURLE_LOGIN_DENIED)
		return err_set(e, "the server refuses user and password");
	if (rc == CURLE_USE_SSL_FAILED)
		return err_set(e, "the server offers no STARTTLS, and a password does not travel in clear");
	return err_set(e, "%.300s", error != NULL && *error != '\0' ? error : curl_easy_strerror(rc));
}

static void
set_up(struct imap *s, const char *url, const char *user, const char *password, char *error)
{
	bool clear = s->m->opt->tls != NULL && strcmp(s->m->opt->tls, "never") == 0;
	CURL *c = s->curl;

	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "imap,imaps");
	curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(clear ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)(s->m->timeout < 30 ? s->m->timeout : 30));
	curl_easy_setopt(c, CURLOPT_USERNAME, user);
	curl_easy_setopt(c, CURLOPT_PASSWORD, password);
	if (s->m->opt->ca != NULL)
		curl_easy_setopt(c, CURLOPT_CAINFO, s->m->opt->ca);
}

/* The URL's server alone, and its user. */
static bool
parts(struct arena *a, const char *from, const char **url, const char **user, struct err *e)
{
	CURLU *u = curl_url();
	char *whole = NULL, *name = NULL;
	bool good = u != NULL && curl_url_set(u, CURLUPART_URL, from, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_USER, &name, CURLU_URLDECODE) == CURLUE_OK;

	if (good) {
		*user = arena_strdup(a, name);
		curl_url_set(u, CURLUPART_USER, NULL, 0);
		curl_url_set(u, CURLUPART_PATH, "/", 0);
		good = curl_url_get(u, CURLUPART_URL, &whole, 0) == CURLUE_OK;
		*url = good ? arena_strdup(a, whole) : NULL;
	}
	curl_free(whole);
	curl_free(name);
	curl_url_cleanup(u);
	return good || err_set(e, "not a URL: expected imap://USER@HOST/FOLDER or imaps://USER@HOST/FOLDER");
}

bool
imap_begin(struct imap *s, const struct mailbox *m, struct err *e)
{
	struct arena *a = arena_new();
	const char *url, *user, *password = NULL;
	char error[CURL_ERROR_SIZE] = "";
	CURLcode rc = CURLE_OK;
	bool good;

	*s = (struct imap){ .m = m };
	buf_init(&s->in);
	buf_init(&s->line);
	buf_init(&s->literal);
	good = http_ready() && (s->curl = curl_easy_init()) != NULL ? true :
	    err_set(e, "libcurl cannot be used");
	good = good && parts(a, m->from, &url, &user, e) &&
	    secret_read(a, m->base, m->opt->password + 1, &password, e);
	if (good) {
		set_up(s, url, user, password, error);
		rc = curl_easy_perform(s->curl);
		if (rc == CURLE_OK)
			rc = curl_easy_getinfo(s->curl, CURLINFO_ACTIVESOCKET, &s->socket);
		good = rc == CURLE_OK || fails(s, rc, error, e);
		curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, NULL);
	}
	if (password != NULL)
		explicit_bzero((void *)(uintptr_t)password, strlen(password));
	arena_free(a);
	if (!good)
		imap_end(s);
	return good;
}

void
imap_end(struct imap *s)
{
	curl_easy_cleanup(s->curl);
	buf_free(&s->in);
	buf_free(&s->line);
	buf_free(&s->literal);
}

/* ---- bytes ---------------------------------------------------------------------- */

static bool
wait_for(struct imap *s, short what, struct err *e)
{
	struct pollfd p = { .fd = s->socket, .events = what };
	int64_t ms = s->m->timeout * 1000;

	if (poll(&p, 1, ms > INT32_MAX ? INT32_MAX : (int)ms) > 0)
		return true;
	return err_set(e, "the server has said nothing for %lld s", (long long)s->m->timeout);
}

static bool
send_all(struct imap *s, const char *p, size_t n, struct err *e)
{
	size_t sent;
	CURLcode rc;

	while (n > 0) {
		rc = curl_easy_send(s->curl, p, n, &sent);
		if (rc == CURLE_AGAIN) {
			if (!wait_for(s, POLLOUT, e))
				return false;
			continue;
		}
		if (rc != CURLE_OK)
			return fails(s, rc, NULL, e);
		p += sent;
		n -= sent;
	}
	return true;
}

static bool
more(struct imap *s, struct err *e)
{
	size_t got = 0;
	CURLcode rc;

	if (s->at > 0 && (s->at == s->in.n || s->at > CHUNK)) {
		memmove(s->in.p, s->in.p + s->at, s->in.n - s->at);
		s->in.n -= s->at;
		s->at = 0;
	}
	buf_need(&s->in, CHUNK);
	while ((rc = curl_easy_recv(s->curl, s->in.p + s->in.n, CHUNK, &got)) == CURLE_AGAIN)
		if (!wait_for(s, POLLIN, e))
			return false;
	if (rc != CURLE_OK)
		return fails(s, rc, NULL, e);
	s->in.n += got;
	return got > 0 || err_set(e, "the server ended the connection");
}

/* Adds a line to s->line, without its end. */
static bool
read_line(struct imap *s, struct err *e)
{
	size_t looked = s->at, end;
	const char *nl;

	for (;;) {
		nl = s->in.n > looked ? memchr(s->in.p + looked, '\n', s->in.n - looked) : NULL;
		if (nl != NULL)
			break;
		if (s->in.n - s->at > LINE_MOST)
			return err_set(e, "the server sends a line of more than %u bytes", LINE_MOST);
		looked = s->in.n - s->at;	/* from s->at, which more() may move */
		if (!more(s, e))
			return false;
		looked += s->at;
	}
	end = (size_t)(nl - s->in.p);
	buf_add(&s->line, s->in.p + s->at, end - s->at - (end > s->at && s->in.p[end - 1] == '\r'));
	s->at = end + 1;
	return true;
}

static bool
read_literal(struct imap *s, uint64_t n, struct err *e)
{
	size_t take;

	buf_reset(&s->literal);
	s->has_literal = true;
	if (n > (uint64_t)s->m->most)
		return err_set(e, "the server sends %llu bytes, and a message may have %lld",
		    (unsigned long long)n, (long long)s->m->most);
	while (n > 0) {
		if (s->at == s->in.n && !more(s, e))
			return false;
		take = s->in.n - s->at < n ? s->in.n - s->at : (size_t)n;
		buf_add(&s->literal, s->in.p + s->at, take);
		s->at += take;
		n -= take;
	}
	return true;
}

/* "... {123}": how many bytes follow. */
static bool
announces(const struct buf *line, uint64_t *n)
{
	struct tcs_slice s = tcs_slice(line->p, line->n);
	size_t i;

	if (s.n < 3 || s.p[s.n - 1] != '}')
		return false;
	for (i = s.n - 1; i > 0 && s.p[i - 1] != '{'; i--)
		;
	return i > 0 && tcs_uint(tcs_slice(s.p + i, s.n - 1 - i), INT64_MAX, n);
}

/* One whole answer. */
static bool
read_answer(struct imap *s, struct err *e)
{
	uint64_t n;

	buf_reset(&s->line);
	s->has_literal = false;
	do {
		if (!read_line(s, e))
			return false;
		if (!announces(&s->line, &n))
			return true;
		if (!read_literal(s, n, e))
			return false;
	} while (s->line.n <= LINE_MOST);
	return err_set(e, "the server sends an answer without end");
}

/* ---- commands ------------------------------------------------------------------- */

static bool
tagged(struct imap *s, const char *tag, bool *no, bool *good)
{
	struct tcs_slice line = tcs_slice(s->line.p, s->line.n), word = tcs_slice("", 0);

	if (!tcs_starts(line, tag))
		return false;
	line = tcs_slice(line.p + strlen(tag), line.n - strlen(tag));
	tcs_cut(&line, ' ', &word);
	*good = tcs_is_nocase(word, "OK");
	*no = !*good;
	snprintf(s->status, sizeof s->status, "%.*s", (int)(line.n < 180 ? line.n : 180),
	    line.p != NULL ? line.p : "");
	return true;
}

bool
imap_command(struct imap *s, bool *no, struct err *e, void (*each)(void *arg, struct imap *s), void *arg,
    const char *fmt, ...)
{
	struct buf b;
	char tag[16];
	va_list ap;
	bool good, said_no = false;
	int n;
	char text[2048];

	if (no != NULL)
		*no = false;
	snprintf(tag, sizeof tag, "t%u ", ++s->tag);
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof text)
		return err_set(e, "a command of more than %zu bytes", sizeof text);
	buf_init(&b);
	buf_printf(&b, "%s%s\r\n", tag, text);
	good = send_all(s, b.p, b.n, e);
	buf_free(&b);
	if (!good)
		return false;
	for (;;) {
		if (!read_answer(s, e))
			return false;
		if (tagged(s, tag, &said_no, &good))
			break;
		if (each != NULL && s->line.n > 2 && memcmp(s->line.p, "* ", 2) == 0)
			each(arg, s);
	}
	if (no != NULL)
		*no = said_no;
	return good || err_set(e, "the server answers \"%s\" to %.20s", s->status, text);
}

const char *
imap_quoted(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, 2 * strlen(text) + 3), *p = out;

	*p++ = '"';
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			*p++ = '\\';
		*p++ = *text;
	}
	*p++ = '"';
	*p = '\0';
	return out;
}
