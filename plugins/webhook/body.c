/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See body.h.  The JSON part goes in as it is, for it is JSON already; all else
 * is text.  Nothing is looked up twice: one pass counts, a second one writes.
 */
#include <stdlib.h>
#include <string.h>
#include <tocsin/slice.h>
#include "body.h"

struct out {
	char	*p;			/* NULL: counts */
	size_t	 n;
};

static void
put(struct out *o, const char *s, size_t n)
{
	if (o->p != NULL)
		memcpy(o->p + o->n, s, n);
	o->n += n;
}

static void
put_str(struct out *o, const char *s)
{
	put(o, s, strlen(s));
}

static void
put_quoted(struct out *o, struct tcs_slice s)
{
	static const char hex[] = "0123456789abcdef";
	size_t i;

	put(o, "\"", 1);
	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char u[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

		if (c == '"' || c == '\\') {
			put(o, "\\", 1);
			put(o, s.p + i, 1);
		} else if (c == '\n')
			put(o, "\\n", 2);
		else if (c < 0x20 || c == 0x7f)
			put(o, u, 6);
		else
			put(o, s.p + i, 1);
	}
	put(o, "\"", 1);
}

static void
member(struct out *o, const char *name, struct tcs_slice value)
{
	put_str(o, o->n > 1 ? ",\n" : "");
	put_quoted(o, tcs_str(name));
	put_str(o, ":");
	if (value.p == NULL)
		put_str(o, "null");
	else
		put_quoted(o, value);
}

static const struct tcs_part *
part_of(const struct tcs_warning *w, const char *type)
{
	uint32_t i;

	for (i = 0; i < w->npart; i++)
		if (strcmp(w->part[i].type, type) == 0)
			return &w->part[i];
	return NULL;
}

static void
write_body(struct out *o, const struct tcs_warning *w, const struct tcs_part *json,
    const struct tcs_part *text)
{
	static const char *const labels[] = { "clear", "green", "amber", "amber+strict", "red" };
	struct tcs_slice part = tcs_trim(tcs_slice(json->p, json->n));

	put_str(o, "{");
	member(o, "id", tcs_str(w->id));
	member(o, "key", tcs_str(w->key));
	member(o, "message_id", tcs_str(w->message_id));
	member(o, "answers", tcs_str(w->answers));
	member(o, "recipient", tcs_str(w->recipient));
	member(o, "tlp", tcs_str(w->tlp < 5 ? labels[w->tlp] : "red"));
	member(o, "subject", tcs_str(w->subject));
	member(o, "language", tcs_str(w->language));
	member(o, "text", text ? tcs_slice(text->p, text->n) : tcs_slice(NULL, 0));
	put_str(o, ",\n\"warning\":");
	put(o, part.p, part.n);
	put_str(o, "}\n");
}

char *
body_make(const struct tcs_warning *w, size_t *n, const char **why)
{
	const struct tcs_part *json = part_of(w, "application/json"), *text = part_of(w, "text/plain");
	struct out o = { NULL, 0 };

	*why = NULL;
	if (json == NULL || tcs_trim(tcs_slice(json->p, json->n)).n == 0) {
		*why = "the warning has no JSON part";
		return NULL;
	}
	write_body(&o, w, json, text);
	if ((o.p = malloc(o.n)) == NULL)
		return NULL;
	o.n = 0;
	write_body(&o, w, json, text);
	*n = o.n;
	return o.p;
}
