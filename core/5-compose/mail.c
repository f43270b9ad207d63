/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See mail.h.  Header fields are in mail_head.c; here is the structure:
 *
 *	multipart/mixed
 *		multipart/alternative		(only the text when there is no HTML)
 *			text/plain
 *			text/html
 *		attachments, base64
 *
 * No Precedence and no List-*: this is a letter to one organisation, which a
 * person may answer, and not a list that one leaves.
 */
#include <string.h>
#include "5-compose/mail_int.h"
#include "digest.h"
#include "timefmt.h"

bool
mail_address(const char *s)
{
	const char *at = strrchr(s, '@');
	size_t n = strlen(s), i;

	if (at == NULL || at == s || at[1] == '\0' || at - s > 64 || n > 254)
		return false;
	for (i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] >= 0x7f || strchr("<>()[]\\,;:\"", s[i]) != NULL ||
		    (s[i] == '@' && s + i != at))
			return false;
	return strstr(s, "..") == NULL && s[0] != '.' && at[-1] != '.' && at[1] != '.' && at[1] != '-';
}

static bool
message_id(const char *s)
{
	size_t n = strlen(s), i;

	if (n < 5 || n > 250 || s[0] != '<' || s[n - 1] != '>' || strchr(s, '@') == NULL)
		return false;
	for (i = 1; i < n - 1; i++)
		if (s[i] <= ' ' || s[i] >= 0x7f || s[i] == '<' || s[i] == '>')
			return false;
	return true;
}

/* How many bytes at p stand for themselves, wherever in a line they are. */
static size_t
plain_run(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && ((p[i] > ' ' && p[i] < 0x7f && p[i] != '=' && p[i] != '.' && p[i] != 'F') ||
	    (p[i] == ' ' && i + 1 < n && p[i + 1] > ' ')); i++)
		;
	return i;
}

/* Bytes as lines of at most 76 columns; a lone CR or CRLF counts as a line end. */
void
mail_quoted_printable(struct buf *out, const char *p, size_t n)
{
	size_t i, run, col = 0;
	char hex[4];

	buf_need(out, n + n / 16);
	for (i = 0; i < n; i++) {
		if (col < 75 && (run = plain_run(p + i, n - i < 75 - col ? n - i : 75 - col)) > 0) {
			buf_add(out, p + i, run);
			col += run;
			if ((i += run) == n)
				break;
		}
		unsigned char c = (unsigned char)p[i];
		bool end = i + 1 == n || p[i + 1] == '\n' || p[i + 1] == '\r';
		bool plain = (c > ' ' && c < 0x7f && c != '=') || ((c == ' ' || c == '\t') && !end);

		if (c == '\r' && i + 1 < n && p[i + 1] == '\n')
			continue;
		if (c == '\n' || c == '\r') {
			buf_str(out, "\r\n");
			col = 0;
			continue;
		}
		/* a dot alone is SMTP's, "From " a mailbox's */
		if (col == 0 && (c == '.' || (c == 'F' && n - i >= 5 && memcmp(p + i, "From ", 5) == 0)))
			plain = false;
		if (col + (plain ? 1 : 3) > 75) {
			buf_str(out, "=\r\n");
			col = 0;
			if (c == '.')
				plain = false;
		}
		hex[0] = '=';
		hex[1] = "0123456789ABCDEF"[c >> 4];
		hex[2] = "0123456789ABCDEF"[c & 15];
		buf_add(out, plain ? p + i : hex, plain ? 1 : 3);
		col += plain ? 1 : 3;
	}
	if (col > 0)
		buf_str(out, "\r\n");
}

void
mail_base64(struct buf *out, const char *p, size_t n)
{
	size_t i, k;

	buf_need(out, n / 57 * 78 + 80);
	for (i = 0; i < n; i += k) {
		k = n - i < 57 ? n - i : 57;
		buf_base64(out, p + i, k);
		buf_str(out, "\r\n");
	}
}

struct mail_boundary
mail_boundary(const char *id, const char *level)
{
	uint8_t sum[SHA256_LEN];
	struct mail_boundary b;

	hmac_sha256(level, strlen(level), id, strlen(id), sum);
	memcpy(b.text, "=_", 2);
	digest_base32(sum, 20, b.text + 2);
	return b;
}

static void
multipart(struct buf *out, const char *kind, const struct mail_boundary *b)
{
	buf_printf(out, "Content-Type: multipart/%s;\r\n\tboundary=\"%s\"\r\n\r\n", kind, b->text);
}

/* Types are ours or a plugin's, so they are looked at. */
static bool
media_type(const char *s)
{
	const char *slash = strchr(s, '/');

	return slash != NULL && slash != s && slash[1] != '\0' && strlen(s) <= 100 &&
	    s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+.-_;= ")] == '\0';
}

static void
body_part(struct buf *out, const struct tcs_part *p)
{
	bool text = strncmp(p->type, "text/", 5) == 0 || strstr(p->type, "charset") != NULL;

	buf_printf(out, "Content-Type: %s%s", p->type,
	    text && strstr(p->type, "charset") == NULL ? "; charset=utf-8" : "");
	if (strncmp(p->type, "text/csv", 8) == 0)
		buf_str(out, "; header=present");
	if (p->name != NULL) {
		head_parameter(out, "name", p->name);
		buf_str(out, "\r\nContent-Disposition: attachment");
		head_parameter(out, "filename", p->name);
		buf_str(out, "\r\nContent-Transfer-Encoding: base64\r\n\r\n");
		mail_base64(out, p->p, p->n);
	} else {
		buf_str(out, "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
		mail_quoted_printable(out, p->p, p->n);
	}
}

static const struct tcs_part *
inline_part(const struct mail *m, const char *type)
{
	uint32_t i;

	for (i = 0; i < m->npart; i++)
		if (m->part[i].name == NULL && strcmp(m->part[i].type, type) == 0)
			return &m->part[i];
	return NULL;
}

static void
text_and_html(struct buf *out, const struct mail *m)
{
	const struct tcs_part *text = inline_part(m, "text/plain"), *html = inline_part(m, "text/html");
	struct mail_boundary b = mail_boundary(m->message_id, "alternative");

	if (html == NULL) {
		body_part(out, text);
		return;
	}
	multipart(out, "alternative", &b);
	buf_printf(out, "--%s\r\n", b.text);
	body_part(out, text);
	buf_printf(out, "\r\n--%s\r\n", b.text);
	body_part(out, html);
	buf_printf(out, "\r\n--%s--\r\n", b.text);
}

/* Its own fields of content, and the content. */
static void
body(struct buf *out, const struct mail *m)
{
	struct mail_boundary b = mail_boundary(m->message_id, "mixed");
	uint32_t i, attached = 0;

	for (i = 0; i < m->npart; i++)
		attached += m->part[i].name != NULL;
	if (attached == 0) {
		text_and_html(out, m);
		return;
	}
	multipart(out, "mixed", &b);
	buf_printf(out, "--%s\r\n", b.text);
	text_and_html(out, m);
	for (i = 0; i < m->npart; i++)
		if (m->part[i].name != NULL) {
			buf_printf(out, "\r\n--%s\r\n", b.text);
			body_part(out, &m->part[i]);
		}
	buf_printf(out, "\r\n--%s--\r\n", b.text);
}

static bool
check(const struct mail *m, struct err *e)
{
	uint32_t i;

	if (!mail_address(m->from))
		return err_set(e, "identity.from \"%s\": expected a mail address in ASCII", m->from);
	if (m->reply_to && *m->reply_to && !mail_address(m->reply_to))
		return err_set(e, "identity.reply_to \"%s\": expected a mail address in ASCII", m->reply_to);
	if (strchr(m->to, '@') != NULL && strstr(m->to, "://") == NULL && !mail_address(m->to))
		return err_set(e, "address \"%s\": expected local@domain in ASCII", m->to);
	if (!message_id(m->message_id))
		return err_set(e, "Message-ID \"%s\": expected <...@...>", m->message_id);
	if (m->answers && *m->answers && !message_id(m->answers))
		return err_set(e, "Message-ID \"%s\" of the first warning: expected <...@...>", m->answers);
	for (i = 0; i < m->npart; i++)
		if (!media_type(m->part[i].type))
			return err_set(e, "media type \"%s\": expected type/subtype", m->part[i].type);
	return inline_part(m, "text/plain") != NULL || err_set(e, "a mail without text");
}

/* Never encoded, and on a line of its own where it is long. */
static void
head_id(struct buf *out, const char *name, const char *id)
{
	buf_printf(out, "%s:%s%s\r\n", name, strlen(name) + strlen(id) > 74 ? "\r\n " : " ", id);
}

/* What stands before the content inside of an encrypted mail: what its header does not say outside.  Clients
 * show this subject ("protected headers"), which the parameter of the content's type announces. */
static void
inside(struct buf *out, const struct mail *m)
{
	size_t i;

	mail_field(out, "Subject", m->subject);
	for (i = 0; m->more != NULL && m->more[i].name != NULL; i++)
		if (m->more[i].value != NULL && *m->more[i].value != '\0' && m->more[i].secret)
			mail_field(out, m->more[i].name, m->more[i].value);
}

static bool
sealed(struct buf *out, const struct mail *m, bool hides, struct err *e)
{
	static const char type[] = "Content-Type: ", mark[] = " protected-headers=\"v1\";\r\n\t";
	struct buf entity, content;
	size_t at;
	bool good;

	if (m->seal == NULL) {
		body(out, m);
		return true;
	}
	buf_init(&entity);
	buf_init(&content);
	body(&content, m);
	if (hides)
		inside(&entity, m);
	if (m->language && *m->language)
		mail_field(&entity, "Content-Language", m->language);
	/* "Content-Type: multipart/mixed;" is how it begins, where there is anything to hide */
	at = strncmp(content.p, type, sizeof type - 1) == 0 && hides ? strcspn(content.p, ";\r") + 1 : 0;
	if (at > 1 && content.p[at - 1] == ';') {
		buf_add(&entity, content.p, at);
		buf_str(&entity, mark);
		at += strspn(content.p + at, " \r\n\t");
	} else
		at = 0;
	buf_add(&entity, content.p + at, content.n - at);
	good = m->seal->close(m->seal->arg, m->message_id, &entity, out, e);
	buf_free(&content);
	buf_free(&entity);
	return good;
}

bool
mail_write(struct buf *out, const struct mail *m, struct err *e)
{
	bool hides = m->seal != NULL && m->seal->subject != NULL;
	char date[TIME_TEXT];
	size_t i;

	if (!check(m, e))
		return false;
	time_rfc5322(m->date * NS, date);
	head_address(out, "From", m->from_name, m->from);
	head_address(out, "To", NULL, mail_address(m->to) ? m->to : "undisclosed-recipients:;");
	if (m->reply_to && *m->reply_to)
		head_address(out, "Reply-To", m->from_name, m->reply_to);
	mail_field(out, "Subject", hides ? m->seal->subject : m->subject);
	buf_printf(out, "Date: %s\r\n", date);
	head_id(out, "Message-ID", m->message_id);
	if (m->answers && *m->answers) {
		head_id(out, "In-Reply-To", m->answers);
		head_id(out, "References", m->answers);
	}
	buf_str(out, "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n");
	for (i = 0; m->more != NULL && m->more[i].name != NULL; i++)
		if (m->more[i].value != NULL && *m->more[i].value != '\0' && !(hides && m->more[i].secret))
			mail_field(out, m->more[i].name, m->more[i].value);
	if (m->language && *m->language && m->seal == NULL)
		mail_field(out, "Content-Language", m->language);
	buf_str(out, "MIME-Version: 1.0\r\n");
	return sealed(out, m, hides, e);
}
