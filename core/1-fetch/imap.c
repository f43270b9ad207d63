/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An IMAP mailbox (see mailbox.h).  Messages are named by UIDVALIDITY and UID,
 * which the server promises never to give twice; fetched with BODY.PEEK, which
 * marks nothing; and marked one by one.  With done = "seen" those without the
 * flag \Seen are shown, so a message that somebody opened by hand is not; with
 * "move:FOLDER" everything that lies in the mailbox is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "1-fetch/fetch_int.h"
#include "1-fetch/imap_wire.h"
#include "clock.h"
#include "secret.h"
#include "timefmt.h"
#include <tocsin/slice.h>

struct box {
	struct imap		 s;
	struct arena		*a, *one;
	const struct mailbox_sink *sink;
	const char		*folder;
	uint64_t		 validity;
	uint32_t		*uid, nuid;
	uint64_t		 size;		/* of the message at work; and when it came */
	int64_t			 when;
	bool			 found;
	bool			 can_move, can_uidplus;
};

static bool
is_local(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0 ||
	    strcasecmp(host, "localhost") == 0;
}

/* The folder of the URL's path; NULL: err says why not. */
static const char *
folder_of(struct arena *a, const char *from, struct err *e)
{
	CURLU *u = curl_url();
	char *path = NULL;
	const char *out = NULL, *p;

	if (u != NULL && curl_url_set(u, CURLUPART_URL, from, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_PATH, &path, CURLU_URLDECODE) == CURLUE_OK)
		out = arena_strdup(a, path[0] == '/' && path[1] != '\0' ? path + 1 : "INBOX");
	curl_free(path);
	curl_url_cleanup(u);
	for (p = out; p != NULL && *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f) {
			err_set(e, "the folder's name is not ASCII: expected it as the server names it "
			    "(modified UTF-7)");
			return NULL;
		}
	if (out == NULL)
		err_set(e, "not a URL: expected imap://USER@HOST/FOLDER");
	return out;
}

static bool
url_check(const struct mailbox *m, struct err *e)
{
	CURLU *u = curl_url();
	CURLUcode rc = u != NULL ? curl_url_set(u, CURLUPART_URL, m->from, 0) : CURLUE_OUT_OF_MEMORY;
	char *user = NULL, *password = NULL, *host = NULL;
	bool clear = m->opt->tls != NULL && strcmp(m->opt->tls, "never") == 0, good = false;

	if (rc != CURLUE_OK)
		err_set(e, "not a URL: %s", curl_url_strerror(rc));
	else if (curl_url_get(u, CURLUPART_PASSWORD, &password, 0) == CURLUE_OK)
		err_set(e, "a URL may not hold a password: secrets are not written in the configuration; "
		    "expected password = \"@FILE\"");
	else if (curl_url_get(u, CURLUPART_USER, &user, 0) != CURLUE_OK)
		err_set(e, "nobody to log in as: expected imap://USER@HOST/FOLDER (an \"@\" in the name is "
		    "written %%40)");
	else if (clear && (curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK || !is_local(host)))
		err_set(e, "tls = \"never\": a password travels in clear only on this host "
		    "(127.0.0.1, [::1], localhost)");
	else
		good = true;
	curl_free(user);
	curl_free(password);
	curl_free(host);
	curl_url_cleanup(u);
	return good;
}

bool
imap_check(const struct mailbox *m, struct err *e)
{
	struct arena *a = arena_new();
	const char *secret;
	struct err why = ERR_INIT;
	bool good = url_check(m, e);

	if (good && m->opt->tls != NULL && strcmp(m->opt->tls, "never") != 0 &&
	    strcmp(m->opt->tls, "required") != 0)
		good = err_set(e, "tls = \"%.40s\": expected \"required\" or \"never\"", m->opt->tls);
	if (good && (m->opt->password == NULL || m->opt->password[0] != '@' || m->opt->password[1] == '\0'))
		good = err_set(e, "password: expected \"@FILE\", a file that holds it: secrets are not "
		    "written in the configuration");
	if (good && !secret_read(a, m->base, m->opt->password + 1, &secret, &why))
		good = err_set(e, "password: %s", why.text);
	good = good && folder_of(a, m->from, e) != NULL;
	arena_free(a);
	return good;
}

/* ---- answers -------------------------------------------------------------------- */

static void
on_select(void *arg, struct imap *s)
{
	static const char mark[] = "[UIDVALIDITY ";
	struct box *b = arg;
	const char *at;
	size_t n;

	buf_char(&s->line, '\0');
	if ((at = strstr(s->line.p, mark)) != NULL) {
		at += sizeof mark - 1;
		n = strspn(at, "0123456789");
		tcs_uint(tcs_slice(at, n), UINT32_MAX, &b->validity);
	}
}

static void
on_capability(void *arg, struct imap *s)
{
	struct box *b = arg;
	struct tcs_slice rest = tcs_slice(s->line.p, s->line.n), word;

	while (tcs_cut(&rest, ' ', &word)) {
		b->can_move = b->can_move || tcs_is_nocase(word, "MOVE");
		b->can_uidplus = b->can_uidplus || tcs_is_nocase(word, "UIDPLUS");
	}
}

static void
on_search(void *arg, struct imap *s)
{
	struct box *b = arg;
	struct tcs_slice rest = tcs_slice(s->line.p + 2, s->line.n - 2), word;
	uint64_t uid;

	if (!tcs_cut(&rest, ' ', &word) || !tcs_is_nocase(word, "SEARCH"))
		return;
	while (tcs_cut(&rest, ' ', &word))
		if (tcs_uint(word, UINT32_MAX, &uid)) {
			b->uid = arena_room(b->a, b->uid, b->nuid, sizeof *b->uid);
			b->uid[b->nuid++] = (uint32_t)uid;
		}
}

/* 17-Jul-1996 02:44:25 -0700 */
static int64_t
internal_date(const char *text)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char iso[40];
	const char *m;
	int64_t ns;
	int month;

	if (strlen(text) < 26 || text[2] != '-' || text[6] != '-')
		return TIME_NONE;
	for (m = months, month = 1; *m != '\0' && strncasecmp(m, text + 3, 3) != 0; m += 3)
		month++;
	snprintf(iso, sizeof iso, "%.4s-%02d-%c%cT%.8s%.3s:%.2s", text + 7, month,
	    text[0] == ' ' ? '0' : text[0], text[1], text + 12, text + 21, text + 24);
	return time_parse(iso, strlen(iso), &ns) ? ns : TIME_NONE;
}

static void
on_fetch(void *arg, struct imap *s)
{
	static const char date[] = "INTERNALDATE \"", size[] = "RFC822.SIZE ";
	struct box *b = arg;
	const char *at;

	buf_char(&s->line, '\0');
	if ((at = strstr(s->line.p, " FETCH ")) == NULL)
		return;
	if ((at = strstr(s->line.p, size)) != NULL) {
		at += sizeof size - 1;
		b->found = tcs_uint(tcs_slice(at, strspn(at, "0123456789")), INT64_MAX, &b->size) || b->found;
	}
	if ((at = strstr(s->line.p, date)) != NULL)
		b->when = internal_date(at + sizeof date - 1);
}

struct body { bool found; struct buf *bytes; };

/* Another FETCH answer (flags that somebody else changed) has no literal. */
static void
on_body(void *arg, struct imap *s)
{
	struct body *body = arg;
	struct buf swap;

	if (!s->has_literal || body->found)
		return;
	swap = *body->bytes;
	*body->bytes = s->literal;
	s->literal = swap;
	body->found = true;
}

/* ---- one look ------------------------------------------------------------------- */

/* Says NO of a folder that is not there: made, and tried again. */
static bool
put_there(struct box *b, uint32_t uid, const char *how, const char *folder, struct err *e)
{
	struct err first = ERR_INIT;
	bool no;

	if (imap_command(&b->s, &no, &first, NULL, NULL, "UID %s %u %s", how, uid, folder))
		return true;
	if (no && strstr(b->s.status, "[TRYCREATE]") != NULL &&
	    imap_command(&b->s, &no, e, NULL, NULL, "CREATE %s", folder))
		return imap_command(&b->s, &no, e, NULL, NULL, "UID %s %u %s", how, uid, folder);
	return err_set(e, "%s", first.text);
}

static bool
mark(struct box *b, uint32_t uid, struct err *e)
{
	const char *to = mailbox_folder(b->s.m), *quoted = to != NULL ? imap_quoted(b->one, to) : NULL;

	if (to == NULL)
		return imap_command(&b->s, NULL, e, NULL, NULL, "UID STORE %u +FLAGS.SILENT (\\Seen)", uid);
	if (b->can_move)
		return put_there(b, uid, "MOVE", quoted, e);
	return put_there(b, uid, "COPY", quoted, e) &&
	    imap_command(&b->s, NULL, e, NULL, NULL, "UID STORE %u +FLAGS.SILENT (\\Deleted)", uid) &&
	    (!b->can_uidplus || imap_command(&b->s, NULL, e, NULL, NULL, "UID EXPUNGE %u", uid));
}

static void
trouble(struct box *b, uint32_t uid, const char *why)
{
	b->sink->trouble(b->sink->arg, arena_printf(b->one, "message %u of %s", uid, b->folder), why);
}

/* False: the look ends. */
static bool
take(struct box *b, uint32_t uid, const struct buf *bytes, struct err *e)
{
	struct mailbox_message m = { arena_printf(b->one, "%s/v%llu-u%u", b->folder,
	    (unsigned long long)b->validity, uid), b->when != TIME_NONE ? b->when : clock_now(),
	    bytes->p, bytes->n };

	if (!b->sink->message(b->sink->arg, &m, e))
		return false;
	return mark(b, uid, e);
}

static bool
one(struct box *b, uint32_t uid, struct err *e)
{
	struct body body = { false, NULL };
	struct buf bytes;
	bool good = true;

	arena_reset(b->one);
	b->found = false;
	b->when = TIME_NONE;
	if (!imap_command(&b->s, NULL, e, on_fetch, b, "UID FETCH %u (INTERNALDATE RFC822.SIZE)", uid))
		return false;
	if (!b->found)
		return true;		/* somebody took it away meanwhile */
	if (b->size > (uint64_t)b->s.m->most) {
		trouble(b, uid, arena_printf(b->one, "larger than %lld bytes, the most that a message may "
		    "have", (long long)b->s.m->most));
		return true;
	}
	buf_init(&bytes);
	body.bytes = &bytes;
	if (!imap_command(&b->s, NULL, e, on_body, &body, "UID FETCH %u BODY.PEEK[]", uid))
		good = false;
	else if (!body.found)
		trouble(b, uid, "the server does not give it");
	else
		good = take(b, uid, &bytes, e);
	buf_free(&bytes);
	return good;
}

static bool
conversation(struct box *b, struct err *e)
{
	bool move = mailbox_folder(b->s.m) != NULL;
	uint32_t i;

	if (!imap_command(&b->s, NULL, e, on_capability, b, "CAPABILITY") ||
	    !imap_command(&b->s, NULL, e, on_select, b, "SELECT %s", imap_quoted(b->a, b->folder)) ||
	    !imap_command(&b->s, NULL, e, on_search, b, "UID SEARCH UNDELETED%s", move ? "" : " UNSEEN"))
		return false;
	for (i = 0; i < b->nuid && !(b->sink->stop != NULL && b->sink->stop(b->sink->arg)); i++)
		if (!one(b, b->uid[i], e))
			return false;
	imap_command(&b->s, NULL, NULL, NULL, NULL, "LOGOUT");
	return true;
}

bool
imap_look(const struct mailbox *m, const struct mailbox_sink *sink, struct err *e)
{
	struct box b = { .a = arena_new(), .one = arena_new(), .sink = sink };
	bool good = (b.folder = folder_of(b.a, m->from, e)) != NULL && imap_begin(&b.s, m, e);

	if (good) {
		good = conversation(&b, e);
		imap_end(&b.s);
	}
	arena_free(b.one);
	arena_free(b.a);
	return good;
}
