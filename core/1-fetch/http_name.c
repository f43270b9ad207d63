/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names from the web: what an input is called (Content-Disposition by RFC
 * 6266, else the last part of the URL's path), and how a URL is shown to
 * people: without what may be secret in it.  A name is only ever a name, never
 * a path; one that tries to be more is not used.
 */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "1-fetch/fetch_int.h"
#include "utf8.h"
#include <tocsin/slice.h>

#define LONGEST 200

const char *
http_shown(struct arena *a, const char *url)
{
	CURLU *u = curl_url();
	const char *text = "(not a URL)";
	char *whole = NULL, *query = NULL;

	if (u != NULL && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK) {
		bool had = curl_url_get(u, CURLUPART_QUERY, &query, 0) == CURLUE_OK;

		curl_url_set(u, CURLUPART_USER, NULL, 0);
		curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
		curl_url_set(u, CURLUPART_OPTIONS, NULL, 0);
		curl_url_set(u, CURLUPART_QUERY, NULL, 0);
		curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
		if (curl_url_get(u, CURLUPART_URL, &whole, 0) == CURLUE_OK)
			text = arena_printf(a, "%s%s", fetch_safe(a, whole), had ? "?..." : "");
	}
	curl_free(query);
	curl_free(whole);
	curl_url_cleanup(u);
	return text;
}

static bool
sane(struct tcs_slice s)
{
	size_t i;

	if (s.n == 0 || s.n > LONGEST || s.p[0] == '.' || !utf8_valid(s.p, s.n))
		return false;
	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f || s.p[i] == '/' || s.p[i] == '\\')
			return false;
	return true;
}

static const char *
unescaped(struct arena *a, struct tcs_slice s)
{
	int n = 0;
	char *text = s.n > 3 * LONGEST ? NULL : curl_easy_unescape(NULL, s.p, (int)s.n, &n);
	const char *out = text && sane(tcs_slice(text, (size_t)n)) ? arena_strndup(a, text, (size_t)n) : NULL;

	curl_free(text);
	return out;
}

/* The value of a parameter: a token, or a quoted string with its escapes; cut off the front of *rest. */
static struct tcs_slice
parameter_value(struct arena *a, struct tcs_slice *rest)
{
	char *out = arena_alloc(a, rest->n + 1);
	bool quoted = rest->n > 0 && rest->p[0] == '"';
	size_t i = quoted, n = 0;

	for (; i < rest->n && rest->p[i] != (quoted ? '"' : ';'); i++) {
		if (quoted && rest->p[i] == '\\' && i + 1 < rest->n)
			i++;
		out[n++] = rest->p[i];
	}
	while (i < rest->n && rest->p[i] != ';')
		i++;
	*rest = tcs_slice(rest->p + i, rest->n - i);
	return quoted ? tcs_slice(out, n) : tcs_trim(tcs_slice(out, n));
}

/* filename* (RFC 5987, UTF-8 only) before filename; NULL when neither is there and sane. */
static const char *
disposition_name(struct arena *a, const char *text)
{
	struct tcs_slice rest = tcs_str(text), key, value;
	const char *plain = NULL, *extended = NULL;
	size_t i = tcs_find(rest, ';');

	while (i < rest.n) {
		rest = tcs_slice(rest.p + i + 1, rest.n - i - 1);
		if ((i = tcs_find(rest, '=')) == rest.n)
			break;
		key = tcs_trim(tcs_slice(rest.p, i));
		rest = tcs_trim(tcs_slice(rest.p + i + 1, rest.n - i - 1));
		value = parameter_value(a, &rest);
		if (tcs_is_nocase(key, "filename") && sane(value))
			plain = arena_strndup(a, value.p, value.n);
		if (tcs_is_nocase(key, "filename*") && value.n > 7 && tcs_is_nocase(tcs_slice(value.p, 7),
		    "UTF-8''"))
			extended = unescaped(a, tcs_slice(value.p + 7, value.n - 7));
		i = tcs_find(rest, ';');
	}
	return extended ? extended : plain;
}

static const char *
path_name(struct arena *a, const char *url)
{
	CURLU *u = curl_url();
	char *path = NULL;
	const char *out = NULL, *slash;

	if (u != NULL && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_PATH, &path, 0) == CURLUE_OK && (slash = strrchr(path, '/')) != NULL)
		out = unescaped(a, tcs_str(slash + 1));
	curl_free(path);
	curl_url_cleanup(u);
	return out;
}

const char *
http_name(struct arena *a, const char *url, const char *disposition, const char *otherwise)
{
	const char *name = disposition ? disposition_name(a, disposition) : NULL;

	if (name == NULL)
		name = path_name(a, url);
	return fetch_safe(a, name ? name : otherwise);
}

bool
http_may_follow(const char *from, const char *to, struct err *e)
{
	CURLU *u = curl_url();
	CURLUcode rc = to && u ? curl_url_set(u, CURLUPART_URL, to, CURLU_DISALLOW_USER) :
	    CURLUE_MALFORMED_INPUT;
	char *scheme = NULL;
	bool web;

	if (rc == CURLUE_OK)
		rc = curl_url_get(u, CURLUPART_SCHEME, &scheme, 0);
	web = scheme && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
	if (rc == CURLUE_USER_NOT_ALLOWED)
		err_set(e, "redirects to a URL with a name or password");
	else if (rc == CURLUE_UNSUPPORTED_SCHEME || (scheme && !web))
		err_set(e, "redirects to what is neither http nor https");
	else if (rc != CURLUE_OK)
		err_set(e, "redirects to nowhere");
	else if (strncasecmp(from, "https:", 6) == 0 && strcmp(scheme, "https") != 0)
		err_set(e, "redirects from https to http, which is not followed");
	web = web && e->n == 0;
	curl_free(scheme);
	curl_url_cleanup(u);
	return web;
}
