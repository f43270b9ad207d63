/* SPDX-License-Identifier: Apache-2.0 */
/* See defang.h. */
#include <string.h>
#include "5-compose/defang.h"
#include "buf.h"
#include "ip.h"
#include <tocsin/slice.h>

static bool
at_word(struct tcs_slice s, size_t i)
{
	char c = i > 0 ? tcs_lower(s.p[i - 1]) : ' ';

	return !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9');
}

static bool
here(struct tcs_slice s, size_t i, const char *word)
{
	size_t n = strlen(word);

	return s.n - i >= n && tcs_is_nocase(tcs_slice(s.p + i, n), word);
}

/* The host, from i to the end or what ends it. */
static size_t
host(struct buf *out, struct tcs_slice s, size_t i)
{
	for (; i < s.n && !tcs_space(s.p[i]) && strchr("/?#\"'<>,;", s.p[i]) == NULL; i++)
		if (s.p[i] == '.')
			buf_str(out, "[.]");
		else if (s.p[i] == '@')
			buf_str(out, "[@]");
		else
			buf_char(out, s.p[i]);
	return i;
}

/* Every scheme://host in it, and www.host. */
static void
links(struct buf *out, struct tcs_slice s)
{
	size_t i = 0, run;

	while (i < s.n) {
		for (run = i; run < s.n && strchr("hHwW:", s.p[run]) == NULL; run++)
			;
		buf_add(out, s.p + i, run - i);
		if ((i = run) == s.n)
			break;
		if (here(s, i, "http://") && at_word(s, i)) {
			buf_str(out, "hxxp://");
			i = host(out, s, i + 7);
		} else if (here(s, i, "https://") && at_word(s, i)) {
			buf_str(out, "hxxps://");
			i = host(out, s, i + 8);
		} else if (here(s, i, "://")) {
			buf_str(out, "[://]");
			i = host(out, s, i + 3);
		} else if (here(s, i, "www.") && at_word(s, i))
			i = host(out, s, i);
		else
			buf_char(out, s.p[i++]);
	}
}

static const char *
keep(struct arena *a, struct buf *b)
{
	const char *s = arena_strndup(a, b->n ? b->p : "", b->n);

	buf_free(b);
	return s;
}

const char *
defang_links(struct arena *a, const char *s)
{
	struct buf b;

	buf_init(&b);
	links(&b, tcs_str(s));
	return keep(a, &b);
}

const char *
defang_object(struct arena *a, const char *s)
{
	struct tcs_slice t = tcs_str(s);
	struct buf b;
	struct ip ip;
	size_t i;

	buf_init(&b);
	if (ip_parse(t.p, t.n, &ip) && !ip_is4(&ip)) {
		i = tcs_find(t, ':');
		buf_add(&b, t.p, i);
		buf_str(&b, "[:]");
		buf_str(&b, t.p + i + 1);
	} else if (strstr(s, "://") != NULL)
		links(&b, t);
	else {
		i = host(&b, t, 0);
		links(&b, tcs_slice(t.p + i, t.n - i));
	}
	return keep(a, &b);
}

