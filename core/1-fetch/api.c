/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Shadowserver reports API as a source (from = "shadowserver-api:").  One
 * look asks for the list of each report day since the last look that had no
 * trouble, and two days more, as reports come late; the list becomes an
 * arrival of its own (core/listing.h knows what it says), then each report
 * that was not taken before.  What was taken is remembered by its id after the
 * arrival is durable, so a kill at any moment shows it again.  Requests are
 * signed with HMAC-SHA256 over the exact bytes of their body.  A report's id
 * is all that is needed to download it, so it is never printed.
 */
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "1-fetch/fetch_int.h"
#include "buf.h"
#include "clock.h"
#include "digest.h"
#include "map.h"
#include "secret.h"
#include "timefmt.h"
#include <tocsin/slice.h>

#define API		"https://transform.shadowserver.org/api2/"
#define DOWNLOADS	"https://dl.shadowserver.org/"
#define PREFIX		"shadowserver-api:"
#define AGAIN		2		/* days that are asked for once more */
#define BACK		30		/* days at most, after a long silence */
#define LIST_MOST	(4u << 20)	/* bytes of a list */
#define ID_MOST		200
#define SLOW		1024		/* bytes a second that count as standing still */
#define WHOLE		12		/* times http_timeout for all of it */

struct api {
	struct fetch		*f;
	const struct place	*p;
	const struct fetch_sink	*sink;
	struct arena		*a;
	CURL			*c;
	const char		*key, *secret, *list_url, *downloads;
	struct map		*taken;		/* ids */
	struct buf		 state;		/* "DAY ID" lines of the days that are asked for */
	/* of the request at hand */
	struct buf		 body;		/* its answer, when it is not for the spool */
	struct spool_file	*file;
	bool			 to_spool, spool_failed, stopped;
	struct err		 why;
	bool			 trouble, over;	/* something went wrong; so wrong that the look ends */
};

/* ---- configuration ---------------------------------------------------------------- */

static const char *
slashed(struct arena *a, const char *url)
{
	return tcs_ends(tcs_str(url), "/") ? url : arena_printf(a, "%s/", url);
}

static const char *
base_of(struct arena *a, const struct cfg_source *s)
{
	const char *url = s->from + strlen(PREFIX);

	return slashed(a, *url != '\0' ? url : API);
}

static bool
url_good(const char *what, const char *url, struct err *e)
{
	CURLU *u = curl_url();
	CURLUcode rc = u != NULL ? curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER) :
	    CURLUE_OUT_OF_MEMORY;

	curl_url_cleanup(u);
	if (rc != CURLUE_OK)
		return err_set(e, "%s: not a URL: %s", what, curl_url_strerror(rc));
	return tcs_starts(tcs_str(url), "https://") ||
	    err_set(e, "%s: expected https://..., as keys do not travel in clear", what);
}

static bool
secret_of(const struct config *c, struct arena *a, const char *what, const char *name, const char **out,
    struct err *e)
{
	struct err why = ERR_INIT;

	if (name == NULL || name[0] != '@' || name[1] == '\0')
		return err_set(e, "%s: expected \"@FILE\", a file that holds it: secrets are not written in "
		    "the configuration", what);
	return secret_read(a, c->file, name + 1, out, &why) || err_set(e, "%s: %s", what, why.text);
}

bool
api_is(const char *from)
{
	return tcs_starts(tcs_str(from), PREFIX);
}

bool
api_check(const struct config *c, const struct cfg_source *s, struct err *e)
{
	struct arena *a = arena_new();
	struct err why = ERR_INIT;
	const char *text;
	bool good = url_good("from", base_of(a, s), &why) &&
	    (s->api.downloads == NULL || url_good("downloads", s->api.downloads, &why)) &&
	    secret_of(c, a, "key", s->api.key, &text, &why) &&
	    secret_of(c, a, "secret", s->api.secret, &text, &why);

	arena_free(a);
	return good || err_set(e, "source \"%s\": %s", s->name, why.text);
}

/* ---- one request ------------------------------------------------------------------- */

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct api *x = arg;
	long code = 0;

	(void)size;
	curl_easy_getinfo(x->c, CURLINFO_RESPONSE_CODE, &code);
	if (!x->to_spool || code != 200) {
		if (x->body.n + n > LIST_MOST && !err_set(&x->why, "sends more than %u bytes", LIST_MOST))
			return 0;
		buf_add(&x->body, p, n);
		return n;
	}
	if (x->file == NULL)
		x->file = spool_begin(x->f->spool, x->f->config->limits.fetch_size, &x->why);
	if (x->file != NULL && spool_write(x->file, p, n, &x->why))
		return n;
	x->spool_failed = spool_at_fault(x->f->spool);
	return 0;
}

static int
on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct api *x = arg;

	(void)a, (void)b, (void)c, (void)d;
	x->stopped = x->sink->stop != NULL && x->sink->stop(x->sink->arg);
	return x->stopped && !err_set(&x->why, "stopped");
}

static void
set_up(struct api *x, const char *url)
{
	int64_t timeout = x->f->config->limits.http_timeout;
	CURL *c = x->c;

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "tocsin/" PACKAGE_VERSION);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)(timeout < 30 ? timeout : 30));
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)(timeout > 0 ? timeout : 1));
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)(WHOLE * timeout));
	curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)x->f->config->limits.fetch_size);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, x);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	if (x->p->source->mail.ca != NULL)
		curl_easy_setopt(c, CURLOPT_CAINFO, x->p->source->mail.ca);
}

/* What a status means to whoever reads the trouble; over: there is no point in going on. */
static bool
status(struct api *x, long code)
{
	if (code == 200)
		return true;
	x->over = code == 401 || code == 403 || code == 429;
	if (code == 401 || code == 403)
		err_set(&x->why, "HTTP %ld: key or secret are not accepted", code);
	else if (code == 429)
		err_set(&x->why, "HTTP 429: too many requests; the next look tries again");
	else
		err_set(&x->why, "HTTP %ld", code);
	return false;
}

/* True: 200, and whole. */
static bool
perform(struct api *x, const char *url, const struct buf *post)
{
	uint8_t sum[SHA256_LEN];
	char hex[SHA256_HEX], error[CURL_ERROR_SIZE] = "";
	struct curl_slist *headers = NULL;
	CURLcode rc;
	long code = 0;

	x->why = (struct err)ERR_INIT;
	x->to_spool = post == NULL;
	buf_reset(&x->body);
	set_up(x, url);
	curl_easy_setopt(x->c, CURLOPT_ERRORBUFFER, error);
	if (post != NULL) {
		hmac_sha256(x->secret, strlen(x->secret), post->p, post->n, sum);
		digest_hex(sum, SHA256_LEN, hex);
		headers = curl_slist_append(headers, arena_printf(x->a, "HMAC2: %s", hex));
		headers = curl_slist_append(headers, "Content-Type: application/json");
		curl_easy_setopt(x->c, CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(x->c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->n);
		curl_easy_setopt(x->c, CURLOPT_POSTFIELDS, post->p);
	}
	rc = curl_easy_perform(x->c);
	curl_easy_getinfo(x->c, CURLINFO_RESPONSE_CODE, &code);
	curl_slist_free_all(headers);
	if (x->why.n > 0)
		return false;
	if (rc == CURLE_OK)
		return status(x, code);
	return err_set(&x->why, "%s", fetch_safe(x->a, error[0] != '\0' ? error : curl_easy_strerror(rc)));
}

static void
tell(struct api *x, const char *what)
{
	x->trouble = true;
	if (!x->stopped)
		x->sink->trouble(x->sink->arg, x->p->source, fetch_safe(x->a, what), x->why.text);
}

/* ---- what was taken ------------------------------------------------------------------ */

static const char *
key_of(const struct api *x, const char *what)
{
	return arena_printf(x->a, "api:%s:%s", x->p->source->name, what);
}

/* The first day to be asked for; reads what was taken on it and after. */
static int64_t
remember(struct api *x, int64_t today)
{
	const char *through = x->sink->get != NULL ? x->sink->get(x->sink->arg, x->a, key_of(x, "through")) :
	    NULL;
	struct tcs_slice rest, line, day;
	int64_t from = today, ns;

	if (through != NULL && time_parse(through, strlen(through), &ns) && ns / NS / DAY < from)
		from = ns / NS / DAY;
	from = (from < today - BACK ? today - BACK : from) - AGAIN;
	rest = tcs_str(x->sink->get != NULL ? x->sink->get(x->sink->arg, x->a, key_of(x, "taken")) : NULL);
	while (tcs_cut(&rest, '\n', &line)) {
		struct tcs_slice id = line;

		if (!tcs_cut(&id, ' ', &day) || !time_parse(day.p, day.n, &ns) || ns / NS / DAY < from)
			continue;
		map_set(x->taken, id.p, id.n, 1);
		buf_add(&x->state, line.p, line.n);
		buf_char(&x->state, '\n');
	}
	return from;
}

static void
taken(struct api *x, const char *day, const char *id)
{
	map_set(x->taken, id, strlen(id), 1);
	buf_printf(&x->state, "%s %s\n", day, id);
	if (x->sink->put != NULL)
		x->sink->put(x->sink->arg, key_of(x, "taken"), x->state.p);
}

static bool
known(const struct api *x, const char *id)
{
	uint64_t one;

	return map_get(x->taken, id, strlen(id), &one);
}

/* ---- lists and reports ----------------------------------------------------------------- */

/* False: the look ends, e says why. */
static bool
arrive(struct api *x, const char *name, struct err *e)
{
	struct arrival a = { .source = x->p->source, .name = fetch_safe(x->a, name), .when = clock_now(),
		.path = fetch_safe(x->a, x->p->source->from) };
	struct spool_file *file = x->file;

	x->file = NULL;
	return spool_end(file, &a.blob, e) && x->sink->arrived(x->sink->arg, &a, e);
}

static bool
is_id(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-~.");

	return n > 0 && n <= ID_MOST && s[n] == '\0' && s[0] != '.';
}

static const char *
member(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

static bool
one_report(struct api *x, const char *day, const json_t *o, struct err *e)
{
	const char *id = member(o, "id"), *file = member(o, "file"), *slash = strrchr(file, '/');

	file = slash != NULL ? slash + 1 : file;
	if (*file == '\0')
		file = arena_printf(x->a, "%s-%s.csv", day, member(o, "type"));
	if (!is_id(id)) {
		x->why = (struct err)ERR_INIT;
		err_set(&x->why, "the list names it without a proper id");
		tell(x, file);
		return true;
	}
	if (known(x, id))
		return true;
	if (!perform(x, arena_printf(x->a, "%s%s", x->downloads, id), NULL) ||
	    (x->file == NULL && !err_set(&x->why, "it is empty"))) {
		spool_undo(x->file);
		x->file = NULL;
		if (x->spool_failed)
			return err_set(e, "source \"%s\": %s", x->p->source->name, x->why.text);
		tell(x, file);
		return true;
	}
	if (!arrive(x, file, e))
		return false;
	taken(x, day, id);
	return true;
}

/* The answer as an arrival, if it is another than the last of that day. */
static bool
keep_list(struct api *x, const char *day, struct err *e)
{
	uint8_t sum[SHA256_LEN];
	char hex[SHA256_HEX];
	const char *id;

	sha256(x->body.p, x->body.n, sum);
	digest_hex(sum, SHA256_LEN, hex);
	id = arena_printf(x->a, "list:%s", hex);
	if (known(x, arena_printf(x->a, "%s:%s", day, id)))
		return true;
	if ((x->file = spool_begin(x->f->spool, LIST_MOST, e)) == NULL)
		return false;
	if (!spool_write(x->file, x->body.p, x->body.n, e)) {
		spool_undo(x->file);
		x->file = NULL;
		return false;
	}
	if (!arrive(x, arena_printf(x->a, "%s-reports.json", day), e))
		return false;
	taken(x, day, arena_printf(x->a, "%s:%s", day, id));
	return true;
}

/* The list of a day, parsed; NULL: it was told why there is none. */
static json_t *
ask(struct api *x, const char *day)
{
	json_t *list = NULL;
	json_error_t bad;
	struct buf post;

	buf_init(&post);
	buf_str(&post, "{\"apikey\":");
	buf_json_str(&post, x->key);
	buf_printf(&post, ",\"date\":\"%s\"}", day);
	if (perform(x, x->list_url, &post)) {
		list = json_loadb(x->body.p != NULL ? x->body.p : "", x->body.n, JSON_REJECT_DUPLICATES,
		    &bad);
		if (list == NULL)
			err_set(&x->why, "answers what is not JSON: %s", fetch_safe(x->a, bad.text));
		else if (*member(list, "error") != '\0')
			err_set(&x->why, "answers: %.200s", fetch_safe(x->a, member(list, "error")));
		else if (!json_is_array(list))
			err_set(&x->why, "answers no list of reports");
	}
	buf_free(&post);
	if (x->why.n == 0)
		return list;
	json_decref(list);
	tell(x, arena_printf(x->a, "the list of %s", day));
	return NULL;
}

static bool
one_day(struct api *x, int64_t number, struct err *e)
{
	char day[TIME_TEXT];
	json_t *list;
	size_t i;
	bool good;

	time_day(time_of_day_number(number), day);
	if ((list = ask(x, day)) == NULL)
		return true;
	good = keep_list(x, day, e);
	for (i = 0; good && !x->over && !x->stopped && i < json_array_size(list); i++)
		good = one_report(x, day, json_array_get(list, i), e);
	json_decref(list);
	return good;
}

static bool
all_days(struct api *x, struct err *e)
{
	int64_t today = clock_now() / NS / DAY, day = remember(x, today);
	char text[TIME_TEXT];
	bool good = true;

	for (; good && !x->over && !x->stopped && day <= today; day++)
		good = one_day(x, day, e);
	if (x->stopped)
		return err_set(e, "source \"%s\": stopped", x->p->source->name);
	if (good && !x->trouble && x->sink->put != NULL) {
		time_day(time_of_day_number(today), text);
		x->sink->put(x->sink->arg, key_of(x, "through"), text);
	}
	return good;
}

bool
api_look(struct fetch *f, struct place *p, const struct fetch_sink *sink, struct err *e)
{
	const struct cfg_source *s = p->source;
	struct api x = { .f = f, .p = p, .sink = sink, .a = p->now, .why = ERR_INIT };
	struct err why = ERR_INIT;
	bool good;

	arena_reset(p->now);
	if (!secret_of(f->config, x.a, "key", s->api.key, &x.key, &why) ||
	    !secret_of(f->config, x.a, "secret", s->api.secret, &x.secret, &why))
		return err_set(e, "source \"%s\": %s", s->name, why.text);
	if ((x.c = curl_easy_init()) == NULL)
		return err_set(e, "source \"%s\": libcurl cannot be used", s->name);
	x.list_url = arena_printf(x.a, "%sreports/list", base_of(x.a, s));
	x.downloads = slashed(x.a, s->api.downloads != NULL ? s->api.downloads : DOWNLOADS);
	x.taken = map_new();
	buf_init(&x.body);
	buf_init(&x.state);
	good = all_days(&x, e);
	spool_undo(x.file);
	curl_easy_cleanup(x.c);
	map_free(x.taken);
	buf_free(&x.body);
	buf_free(&x.state);
	return good;
}
