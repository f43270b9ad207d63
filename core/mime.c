/* SPDX-License-Identifier: Apache-2.0 */
/* See mime.h. */
#include <gmime/gmime.h>
#include <string.h>
#include <strings.h>
#include "buf.h"
#include "mime.h"
#include "utf8.h"
#include <tocsin/slice.h>

#define FIELDS	500			/* header fields that are kept */
#define VALUE	4096			/* bytes of one that are kept */

struct taking {
	struct arena	*a;
	struct mime	*m;
	unsigned	 messages;
};

static const char *
clean(struct arena *a, const char *s, size_t most)
{
	struct buf b;
	const char *out;
	size_t n = s != NULL ? strlen(s) : 0, i;

	buf_init(&b);
	utf8_repair(&b, s != NULL ? s : "", n < most ? n : most);
	for (i = 0; i < b.n; i++)
		if ((unsigned char)b.p[i] < 0x20 || b.p[i] == 0x7f)
			b.p[i] = ' ';
	out = arena_strndup(a, b.p ? b.p : "", b.n);
	buf_free(&b);
	return out;
}

static const char *
lower(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s), *p;

	for (p = out; *p != '\0'; p++)
		*p = tcs_lower(*p);
	return out;
}

static struct mime_field *
fields_of(struct taking *t, GMimeObject *o, uint32_t *n)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(o);
	int i, count = list != NULL ? g_mime_header_list_get_count(list) : 0;
	struct mime_field *out;

	count = count > FIELDS ? FIELDS : count;
	out = arena_alloc(t->a, ((size_t)count + 1) * sizeof *out);
	for (i = 0; i < count; i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);

		out[i].name = clean(t->a, g_mime_header_get_name(h), 200);
		out[i].value = clean(t->a, g_mime_header_get_value(h), VALUE);
	}
	*n = (uint32_t)count;
	return out;
}

/* ---- parts ---------------------------------------------------------------------- */

static void
text_bytes(struct taking *t, GMimePart *p, struct mime_part *out)
{
	char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(p));
	struct buf b;

	buf_init(&b);
	utf8_repair(&b, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
	out->bytes = arena_strndup(t->a, b.p ? b.p : "", b.n);
	out->n = b.n;
	buf_free(&b);
	g_free(text);
}

static void
raw_bytes(struct taking *t, GMimePart *p, struct mime_part *out)
{
	GMimeDataWrapper *w = g_mime_part_get_content(p);
	GMimeStream *s = g_mime_stream_mem_new();
	GByteArray *got;

	if (w != NULL)
		g_mime_data_wrapper_write_to_stream(w, s);
	got = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(s));
	out->bytes = arena_strndup(t->a, got->len ? (const char *)got->data : "", got->len);
	out->n = got->len;
	g_object_unref(s);
}

static struct mime_part *
add(struct taking *t)
{
	struct mime *m = t->m;

	if (m->npart >= MIME_PARTS) {
		m->cut = true;
		return NULL;
	}
	m->part = arena_room(t->a, m->part, m->npart, sizeof *m->part);
	memset(&m->part[m->npart], 0, sizeof *m->part);
	return &m->part[m->npart++];
}

static void
leaf(struct taking *t, GMimePart *p, unsigned message)
{
	GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(p));
	const char *disposition = g_mime_object_get_disposition(GMIME_OBJECT(p)),
	    *name = g_mime_part_get_filename(p);
	char *full = g_mime_content_type_get_mime_type(type);
	struct mime_part *out = add(t);
	size_t used;

	if (out != NULL) {
		out->type = lower(t->a, clean(t->a, full, 200));
		out->name = name != NULL && *name != '\0' ? clean(t->a, name, 1000) : NULL;
		out->attached = out->name != NULL ||
		    (disposition != NULL && strcasecmp(disposition, "attachment") == 0);
		out->message = message;
		/* An attached table keeps its bytes: what its character set is, its feed knows. */
		if (GMIME_IS_TEXT_PART(p) && !out->attached)
			text_bytes(t, p, out);
		else
			raw_bytes(t, p, out);
		if (strcmp(out->type, "text/rfc822-headers") == 0 && t->m->inner == NULL)
			t->m->inner = mime_fields(t->a, out->bytes, out->n, &t->m->ninner, &used);
	}
	g_free(full);
}

static void walk(struct taking *t, GMimeObject *o, unsigned depth, unsigned message);

static void
within(struct taking *t, GMimeMessagePart *p, unsigned depth)
{
	GMimeMessage *inner = g_mime_message_part_get_message(p);

	if (inner == NULL)
		return;
	t->messages++;
	if (t->m->inner == NULL)
		t->m->inner = fields_of(t, GMIME_OBJECT(inner), &t->m->ninner);
	if (g_mime_message_get_mime_part(inner) != NULL)
		walk(t, g_mime_message_get_mime_part(inner), depth + 1, t->messages);
}

static void
walk(struct taking *t, GMimeObject *o, unsigned depth, unsigned message)
{
	int i, n;

	if (depth > MIME_DEPTH) {
		t->m->cut = true;
	} else if (GMIME_IS_MULTIPART(o)) {
		n = g_mime_multipart_get_count(GMIME_MULTIPART(o));
		for (i = 0; i < n && !(t->m->cut && t->m->npart >= MIME_PARTS); i++)
			walk(t, g_mime_multipart_get_part(GMIME_MULTIPART(o), i), depth + 1, message);
	} else if (GMIME_IS_MESSAGE_PART(o)) {
		within(t, GMIME_MESSAGE_PART(o), depth);
	} else if (GMIME_IS_PART(o)) {
		leaf(t, GMIME_PART(o), message);
	} else {
		t->m->cut = true;	/* message/partial and what else there may be */
	}
}

static void
whole(struct taking *t, GMimeMessage *msg)
{
	GMimeObject *top = g_mime_message_get_mime_part(msg);
	GMimeContentType *type = top != NULL ? g_mime_object_get_content_type(top) : NULL;
	const char *report = type != NULL ? g_mime_content_type_get_parameter(type, "report-type") : NULL;
	char *full = type != NULL ? g_mime_content_type_get_mime_type(type) : NULL;

	t->m->field = fields_of(t, GMIME_OBJECT(msg), &t->m->nfield);
	t->m->type = lower(t->a, clean(t->a, full != NULL ? full : "text/plain", 200));
	t->m->report = lower(t->a, clean(t->a, report, 200));
	g_free(full);
	if (top != NULL)
		walk(t, top, 0, 0);
}

struct mime *
mime_read(struct arena *a, const char *bytes, size_t n, struct err *e)
{
	static bool ready;			/* of the one thread that reads mail */
	struct taking t = { .a = a };
	GMimeStream *s;
	GMimeParser *p;
	GMimeMessage *msg;

	if (!ready)
		g_mime_init();
	ready = true;
	if (n == 0) {
		err_set(e, "the message is empty");
		return NULL;
	}
	s = g_mime_stream_mem_new_with_buffer(bytes, n);
	p = g_mime_parser_new_with_stream(s);
	msg = g_mime_parser_construct_message(p, NULL);
	if (msg != NULL) {
		t.m = arena_alloc(a, sizeof *t.m);
		memset(t.m, 0, sizeof *t.m);
		whole(&t, msg);
		g_object_unref(msg);
	} else
		err_set(e, "it cannot be read as a mail");
	g_object_unref(p);
	g_object_unref(s);
	return t.m;
}

/* ---- fields --------------------------------------------------------------------- */

static const char *
find(const struct mime_field *f, uint32_t n, const char *name)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (strcasecmp(f[i].name, name) == 0)
			return f[i].value;
	return "";
}

const char *
mime_field(const struct mime *m, const char *name)
{
	return find(m->field, m->nfield, name);
}

const char *
mime_inner(const struct mime *m, const char *name)
{
	return find(m->inner, m->ninner, name);
}

static struct tcs_slice
next_line(struct tcs_slice s, size_t *used)
{
	size_t end = tcs_find(s, '\n'), n = end;

	*used = end < s.n ? end + 1 : end;
	while (n > 0 && s.p[n - 1] == '\r')
		n--;
	return tcs_slice(s.p, n);
}

struct mime_field *
mime_fields(struct arena *a, const char *p, size_t n, uint32_t *count, size_t *used)
{
	struct mime_field *out = NULL;
	size_t at = 0, step, colon;
	struct tcs_slice line;

	*count = 0;
	while (at < n) {
		line = next_line(tcs_slice(p + at, n - at), &step);
		at += step;
		if (tcs_trim(line).n == 0)
			break;
		if ((line.p[0] == ' ' || line.p[0] == '\t') && *count > 0) {
			struct mime_field *f = &out[*count - 1];
			const char *more = clean(a, arena_strndup(a, line.p, line.n), VALUE);

			if (strlen(f->value) + strlen(more) < VALUE)
				f->value = arena_printf(a, "%s %s", f->value, more + strspn(more, " "));
			continue;
		}
		if ((colon = tcs_find(line, ':')) == line.n || *count >= FIELDS)
			continue;
		out = arena_room(a, out, *count, sizeof *out);
		out[*count].name = clean(a, arena_strndup(a, line.p, colon), 200);
		line = tcs_trim(tcs_slice(line.p + colon + 1, line.n - colon - 1));
		out[(*count)++].value = clean(a, arena_strndup(a, line.p, line.n), VALUE);
	}
	*used = at;
	return out != NULL ? out : arena_alloc(a, sizeof *out);
}

/* ---- text ----------------------------------------------------------------------- */

/* Tags become blanks, breaks and paragraphs line ends; the usual entities are read.  For a first look, not
 * for
 * showing. */
static const char *
plain_of(struct arena *a, const char *p, size_t n)
{
	static const struct { const char *name, *is; } entity[] = { { "&nbsp;", " " }, { "&amp;", "&" },
		{ "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" }, { "&#39;", "'" } };
	struct buf b;
	size_t i, k;
	const char *out;

	buf_init(&b);
	for (i = 0; i < n; i++) {
		struct tcs_slice rest = tcs_slice(p + i, n - i);

		if (p[i] == '<') {
			bool line = tcs_glob("<br*", tcs_slice(rest.p, rest.n < 4 ? rest.n : 4)) ||
			    tcs_glob("</p*", tcs_slice(rest.p, rest.n < 4 ? rest.n : 4)) ||
			    tcs_glob("</div*", tcs_slice(rest.p, rest.n < 6 ? rest.n : 6));

			i += tcs_find(rest, '>');
			if (line)
				buf_char(&b, '\n');
			continue;
		}
		for (k = 0; k < 6 && !tcs_starts(rest, entity[k].name); k++)
			;
		if (k < 6) {
			buf_str(&b, entity[k].is);
			i += strlen(entity[k].name) - 1;
		} else if (p[i] != '\r')
			buf_char(&b, p[i] == '\n' ? ' ' : p[i]);
	}
	out = arena_strndup(a, b.p ? b.p : "", b.n);
	buf_free(&b);
	return out;
}

const char *
mime_text(struct arena *a, const struct mime *m)
{
	const struct mime_part *html = NULL, *p;
	uint32_t i, pass;

	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < m->npart; i++) {
			p = &m->part[i];
			if ((p->message != 0) != (pass == 1) || p->attached)
				continue;
			if (strcmp(p->type, "text/plain") == 0)
				return p->bytes;
			if (html == NULL && strcmp(p->type, "text/html") == 0)
				html = p;
		}
	return html != NULL ? plain_of(a, html->bytes, html->n) : "";
}
