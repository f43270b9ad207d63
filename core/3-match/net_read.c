/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of a network table, told by how it begins: { or [ is RDAP, a first
 * line with "country" and a separator the national CERTs, "2|registry|" or
 * "registry|cc|" statistics, and "name:" an RPSL split file.  gz is unpacked
 * on the way.  Line files are never in memory whole: the largest of them are
 * gigabytes.
 */
#include <string.h>
#include "1-fetch/unpack.h"
#include "3-match/net.h"

#define CHUNK 65536
#define LINE_MOST (1u << 20)
#define WHOLE_MOST (1u << 30)		/* of a file that is read whole */

enum form { F_UNKNOWN, F_RDAP, F_CERTS, F_SPLIT, F_RPSL };

struct reading {
	struct net_build *b;
	const char	*file;
	struct reader	*in;
	struct buf	 text;
	struct net_rpsl	*rpsl;
	unsigned	 line;
	bool		 end;
};

static bool
fill(struct reading *r, struct err *e)
{
	int64_t n;

	buf_need(&r->text, CHUNK);
	n = r->in->read(r->in, r->text.p + r->text.n, CHUNK, e);
	if (n < 0)
		return false;
	r->text.n += (size_t)n;
	r->end = n == 0;
	return true;
}

/* The first line that says something. */
static struct tcs_slice
opening(const struct reading *r)
{
	struct tcs_slice rest = tcs_slice(r->text.p, r->text.n), line;

	if (tcs_starts(rest, "\xef\xbb\xbf"))
		rest = tcs_slice(rest.p + 3, rest.n - 3);
	while (tcs_cut(&rest, '\n', &line)) {
		line = tcs_trim(line);
		if (line.n > 0 && line.p[0] != '#' && line.p[0] != '%')
			return line;
	}
	return tcs_slice("", 0);
}

static enum form
form_of(struct tcs_slice s)
{
	size_t colon = tcs_find(s, ':'), bar = tcs_find(s, '|'), i;

	if (s.n > 0 && (s.p[0] == '{' || s.p[0] == '['))
		return F_RDAP;
	for (i = 0; i + 7 <= s.n; i++)
		if (tcs_is_nocase(tcs_slice(s.p + i, 7), "country") && colon == s.n)
			return F_CERTS;
	return bar < s.n && bar < colon ? F_SPLIT : colon < s.n ? F_RPSL : F_UNKNOWN;
}

static void
one_line(struct reading *r, struct tcs_slice line)
{
	r->line++;
	if (r->rpsl != NULL)
		net_rpsl_line(r->rpsl, line, r->line);
	else
		net_split_line(r->b, r->file, line, r->line);
}

static bool
lines(struct reading *r, struct err *e)
{
	struct tcs_slice rest;
	size_t nl;

	for (;;) {
		rest = tcs_slice(r->text.p, r->text.n);
		while ((nl = tcs_find(rest, '\n')) < rest.n) {
			one_line(r, tcs_slice(rest.p, nl));
			rest = tcs_slice(rest.p + nl + 1, rest.n - nl - 1);
		}
		memmove(r->text.p, rest.p, rest.n);
		r->text.n = rest.n;
		if (r->end)
			break;
		if (rest.n > LINE_MOST)
			return err_at(e, r->file, r->line + 1, "longer than a line can be (1 MiB)");
		if (!fill(r, e))
			return false;
	}
	if (r->text.n > 0)
		one_line(r, tcs_slice(r->text.p, r->text.n));
	return true;
}

static bool
whole(struct reading *r, enum form form, struct err *e)
{
	while (!r->end) {
		if (r->text.n > WHOLE_MOST)
			return err_at(e, r->file, 0, "larger than 1 GiB; give it in parts");
		if (!fill(r, e))
			return false;
	}
	return form == F_RDAP ? net_rdap(r->b, r->file, r->text.p, r->text.n, e) :
	    net_certs(r->b, r->file, r->text.p, r->text.n, e);
}

static bool
read_it(struct reading *r, struct err *e)
{
	enum form form;
	bool good;

	while (!r->end && r->text.n < CHUNK)
		if (!fill(r, e))
			return false;
	form = form_of(opening(r));
	if (form == F_UNKNOWN)
		return err_at(e, r->file, 1, "not a network table; expected RDAP (JSON), RPSL objects "
		    "(inetnum: ...), delegated statistics (ripencc|NL|ipv4|...) or a CSV with the columns "
		    "country,name,address");
	if (form == F_RDAP || form == F_CERTS)
		return whole(r, form, e);
	if (form == F_RPSL)
		r->rpsl = net_rpsl_new(r->b, r->file);
	good = lines(r, e);
	if (r->rpsl != NULL)
		net_rpsl_end(r->rpsl);
	return good;
}

bool
net_read(struct net_build *b, const char *path, struct err *e)
{
	static const struct unpack_limits lim = { INT64_C(64) << 30, 1000 };
	struct reading r = { .b = b, .file = path };
	bool good;

	if ((r.in = unpack_open(path, NULL, NULL, &lim, e)) == NULL)
		return false;
	buf_init(&r.text);
	good = read_it(&r, e);
	r.in->close(r.in);
	buf_free(&r.text);
	return good;
}
