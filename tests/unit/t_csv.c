/* SPDX-License-Identifier: Apache-2.0 */
/*
 * <tocsin/csv.h> and plugins/csv.  The index is compared with its twin and with
 * a slow reader written here, on random bytes; the dialect with what Python's
 * csv module makes of a table of cases; the plugin with itself under every way
 * of cutting an input, and with what must be said of bad inputs.
 */
#include "tests/tap.h"
#include "tests/unit/feed.h"
#include <tocsin/csv.h>

/* ---- the dialect, the slow way ------------------------------------------- */

struct text {
	char	 p[1 << 16];
	size_t	 n;
};

static void
add(struct text *t, const char *p, size_t n)
{
	if (t->n + n > sizeof(t->p))
		abort();
	memcpy(t->p + t->n, p, n);
	t->n += n;
}

/* Python's _csv.c, as a reader of its documentation would write it: "<cell>,<cell>;" for each record,
 * "?" for one that ends inside quotes. */
static void
slow(const char *p, size_t n, char delim, struct text *out)
{
	size_t i = 0, record;

	out->n = 0;
	while (i < n) {
		bool any = false;

		record = out->n;

		for (;;) {				/* cells of a record */
			if (i == n || p[i] == '\n' || p[i] == '\r') {
				if (any)
					add(out, "<>", 2);
				break;
			}
			any = true;
			add(out, "<", 1);
			if (p[i] == '"') {
				for (i++; i < n; i++) {
					if (p[i] == '"' && i + 1 < n && p[i + 1] == '"')
						i++;
					else if (p[i] == '"')
						break;
					add(out, p + i, 1);
				}
				if (i == n) {		/* never closed */
					out->n = record;
					add(out, "?", 1);
					return;
				}
				i++;
			}
			while (i < n && p[i] != delim && p[i] != '\n' && p[i] != '\r')
				add(out, p + i++, 1);
			add(out, ">", 1);
			if (i == n || p[i] != delim)
				break;
			add(out, ",", 1);
			i++;
		}
		add(out, ";", 1);
		if (i < n && p[i] == '\r' && i + 1 < n && p[i + 1] == '\n')
			i++;
		i++;
	}
}

static struct tcs_csv *reader;

/* The same by the reader; shown in pieces of up to step bytes. */
static void
quick(const char *p, size_t n, char delim, bool avx2, size_t step, struct text *out)
{
	static char mem[1 << 16];
	struct tcs_csv_rec r;
	struct tcs_slice cell;
	enum tcs_csv_got got;
	size_t done = 0, shown = 0;
	uint32_t i;

	out->n = 0;
	tcs_csv_init(reader, delim);
	reader->avx2 = avx2 && reader->avx2;
	do {
		shown = n - shown > step ? shown + step : n;
		tcs_csv_data(reader, p + done, shown - done, shown == n);
		while ((got = tcs_csv_next(reader, &r)) != TCS_CSV_END) {
			for (i = 0; got == TCS_CSV_RECORD && i < r.ncell; i++) {
				if (!tcs_csv_cell(&r, i, &cell))
					cell = tcs_slice(mem, tcs_csv_unquote(cell, mem));
				add(out, i ? ",<" : "<", i ? 2 : 1);
				add(out, cell.p, cell.n);
				add(out, ">", 1);
			}
			add(out, got == TCS_CSV_OPEN ? "?" : ";", 1);
		}
		done += reader->start;
	} while (shown < n);
}

static bool
same(const struct text *a, const struct text *b)
{
	return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

static size_t
random_csv(uint64_t *seed, char *p, size_t max)
{
	static const char often[] = "aaaabbbcd,,,,\n\"", rare[] = "\"\"\"\r\n;\t|,";
	size_t n = feed_rand(seed) % max, i;
	unsigned wild = (unsigned)(feed_rand(seed) % 40);
	bool tidy = feed_rand(seed) % 2;

	for (i = 0; i < n; i++) {
		uint64_t x = feed_rand(seed);

		p[i] = x % 40 < wild ? rare[(x >> 8) % (sizeof(rare) - 1)] :
		    often[(x >> 8) % (sizeof(often) - 1)];
		if (tidy && p[i] == '"' && i + 4 < n) {		/* some quotes where they belong */
			memcpy(p + i, x & (1 << 20) ? ",\"x," : "y\",\n", 4);
			i += 3;
		}
	}
	return n;
}

static void
test_random(void)
{
	static char p[6000];
	static struct text a, b, c, d;
	uint64_t seed = 20261120;
	int k, bad = 0, twins = 0, cuts = 0;

	for (k = 0; k < 20000; k++) {
		size_t n = random_csv(&seed, p, k % 10 ? 300 : sizeof(p));

		slow(p, n, ',', &a);
		quick(p, n, ',', false, n + 1, &b);
		quick(p, n, ',', true, n + 1, &c);
		quick(p, n, ',', true, 1 + (size_t)(feed_rand(&seed) % 200), &d);
		bad += !same(&a, &b);
		twins += !same(&b, &c);
		cuts += !same(&b, &d);
	}
	is_int(bad, 0, "20,000 random texts: records and cells as the slow reader has them");
	is_int(twins, 0, "and the same by the vector index");
	is_int(cuts, 0, "and the same in pieces");
}

static bool
same_index(const struct tcs_csv_index *a, const struct tcs_csv_index *b)
{
	return a->nsep == b->nsep && a->nnl == b->nnl && a->nodd == b->nodd && a->state == b->state &&
	    a->nul == b->nul && a->inner == b->inner && memcmp(a->sep, b->sep, a->nsep * 4) == 0 &&
	    memcmp(a->nl, b->nl, a->nnl * 4) == 0 && memcmp(a->odd, b->odd, a->nodd * 4) == 0;
}

static void
test_index(void)
{
	static struct tcs_csv_index a, b;
	static const char alphabet[] = "\"\",,\n\rab\0", dense[] = ",\"\"";
	static char p[TCS_CSV_STEP];
	uint64_t seed = 7;
	uint32_t i, n, cut;
	int k, bad = 0;

	for (k = 0; k < 3000; k++) {
		bool wild = k % 3 == 0;

		n = (uint32_t)(feed_rand(&seed) % (k % 50 ? 1000 : sizeof(p)));
		for (i = 0; i < n; i++)
			p[i] = wild ? (char)feed_rand(&seed) : k % 3 == 1 ? alphabet[feed_rand(&seed) % 9] :
			    dense[feed_rand(&seed) % 3];
		cut = n ? (uint32_t)(feed_rand(&seed) % n) : 0;
		memset(&a, 0, offsetof(struct tcs_csv_index, sep));
		memset(&b, 0, offsetof(struct tcs_csv_index, sep));
		a.delim = b.delim = ',';
		a.state = b.state = (uint8_t)(k % 4);
		tcs_csv_scan_plain(&a, p, 0, n);
		tcs_csv_scan(&b, p, 0, cut, tcs_csv_can_avx2());
		tcs_csv_scan(&b, p, cut, n, tcs_csv_can_avx2());
		bad += !same_index(&a, &b);
	}
	is_int(bad, 0, "3,000 random blocks: both indexes are equal, from every state");
	if (!tcs_csv_can_avx2())
		printf("# no AVX2 here: the twin was compared with itself\n");
}

static const struct {
	const char	*in, *want;
} python[] = {		/* csv.reader(io.StringIO(in, newline='')) of CPython 3.11 */
	{ "a,b,c\n",
	    "<a>,<b>,<c>;" },
	{ "a,b,c",
	    "<a>,<b>,<c>;" },
	{ "a,b,c\r\nd,e,f\r\n",
	    "<a>,<b>,<c>;<d>,<e>,<f>;" },
	{ "a,b\rc,d\r",
	    "<a>,<b>;<c>,<d>;" },
	{ "\"a\",\"b\"\n",
	    "<a>,<b>;" },
	{ "\"a,b\",c\n",
	    "<a,b>,<c>;" },
	{ "\"a\nb\",c\n",
	    "<a\nb>,<c>;" },
	{ "\"a\r\nb\",c\r\n",
	    "<a\r\nb>,<c>;" },
	{ "\"a\"\"b\",c\n",
	    "<a\"b>,<c>;" },
	{ "\"\"\"a\"\"\",b\n",
	    "<\"a\">,<b>;" },
	{ "\"\",x\n",
	    "<>,<x>;" },
	{ "\"\",\"\",\"\"\n",
	    "<>,<>,<>;" },
	{ "\"\"\"\"\n",
	    "<\">;" },
	{ "\"\"\"\"\"\"\n",
	    "<\"\">;" },
	{ "\"a\"b,c\n",
	    "<ab>,<c>;" },
	{ "\"a\"b\"c\",d\n",
	    "<ab\"c\">,<d>;" },
	{ "\"a\" ,b\n",
	    "<a >,<b>;" },
	{ " \"a\",b\n",
	    "< \"a\">,<b>;" },
	{ "a\"b\"c,d\n",
	    "<a\"b\"c>,<d>;" },
	{ "a\"\"b,c\n",
	    "<a\"\"b>,<c>;" },
	{ "\"Basic realm=\\\"\\\"OpenWebif\\\"\\\"\",x\n",
	    "<Basic realm=\\\\\"OpenWebif\\\"\\\"\">,<x>;" },
	{ "\"x\\\"y,z\",w\n",
	    "<x\\y>,<z\">,<w>;" },
	{ "\"a\\\",b\",c\n",
	    "<a\\>,<b\">,<c>;" },
	{ ",,,\n",
	    "<>,<>,<>,<>;" },
	{ ",\n\n,\n",
	    "<>,<>;;<>,<>;" },
	{ "\n\na\n",
	    ";;<a>;" },
	{ "a,\"b\n\nc\",d\ne\n",
	    "<a>,<b\n\nc>,<d>;<e>;" },
	{ "\"a\"\r\"b\"\r\n\"c\"\n",
	    "<a>;<b>;<c>;" },
	{ "\"a\"\"\n\"\"b\",c\n",
	    "<a\"\n\"b>,<c>;" },
	{ "\"a\",\n",
	    "<a>,<>;" },
	{ "a,\r\n",
	    "<a>,<>;" },
	{ "\"a\"x\"\"y\"\",z\n",
	    "<ax\"\"y\"\">,<z>;" },
	{ "\"a\"\"\"b,c\n",
	    "<a\"b>,<c>;" },
	{ "\"enabled\", \"enabled\"\n",
	    "<enabled>,< \"enabled\">;" },
	{ "\"a\"\n\"b\"",
	    "<a>;<b>;" },
	{ "\"x\"\"y\"z\"\"w\",v\n",
	    "<x\"yz\"\"w\">,<v>;" },
	{ "'a,b',c\n",
	    "<'a>,<b'>,<c>;" },
	{ "a\tb,c\td\n",
	    "<a\tb>,<c\td>;" },
	{ "\"q\"\"\",\",\",\"\"\"\"\"\",\"\"\n",
	    "<q\">,<,>,<\"\">,<>;" },
	{ "\357\273\277a,b\n",
	    "<\357\273\277a>,<b>;" },
	{ "\"\303\251\",\"\303\274\"\n",
	    "<\303\251>,<\303\274>;" },
};

static void
test_python(void)
{
	static struct text got;
	size_t i, step, bad = 0;

	for (i = 0; i < sizeof(python) / sizeof(python[0]); i++) {
		for (step = 1; step < 100; step += 9) {
			quick(python[i].in, strlen(python[i].in), ',', step % 2, step, &got);
			add(&got, "", 1);
			if (strcmp(got.p, python[i].want) != 0) {
				printf("# %s\n#  got %s\n# want %s\n", python[i].in, got.p, python[i].want);
				bad++;
			}
		}
	}
	is_int(bad, 0, "the table of what Python's csv module reads");
}

/* ---- the plugin ---------------------------------------------------------- */

static const struct {
	const char	*what, *opt, *in;
	size_t		 n;			/* 0: strlen */
	const char	*want;
} said[] = {
	{ "plain", NULL, "ip,port\n192.0.2.1,80\n192.0.2.2,443\n", 0,
	    "columns ip|port\nskip 0+8 line 1\nrow 8+13 line 2 | ip=192.0.2.1 | port=80\n"
	    "row 21+14 line 3 | ip=192.0.2.2 | port=443\nok\n" },
	{ "quotes, no last line end", NULL, "\"a\",\"b\"\n\"x \"\"y\"\"\",\"1,\n2\"", 0,
	    "columns a|b\nskip 0+8 line 1\nrow 8+16 line 2 | a=x \"y\" | b=1,\\x0a2\nok\n" },
	{ "Perl-style quotes", NULL, "a,b\n\"Basic realm=\\\"\\\"Open\\\"\\\"\",2\n", 0,
	    "columns a|b\nskip 0+4 line 1\n"
	    "row 4+29 line 2 | a=Basic realm=\\x5c\\x5c\"Open\\x5c\"\\x5c\"\" | b=2\nok\n" },
	{ "CRLF, blank lines", NULL, "a,b\r\n\r\n1,2\r\n  \r\n", 0, "columns a|b\nskip 0+5 line 1\n"
	    "skip 5+2 line 2\nrow 7+5 line 3 | a=1 | b=2\nskip 12+4 line 4\nok\n" },
	{ "CR", NULL, "a,b\r1,2\r3,4\r", 0,
	    "columns a|b\nskip 0+4 line 1\nrow 4+4 line 2 | a=1 | b=2\nrow 8+4 line 3 | a=3 | b=4\nok\n" },
	{ "byte order mark", NULL, "\xef\xbb\xbf" "a,b\n1,2\n", 0,
	    "skip 0+3 line 1\ncolumns a|b\nskip 3+4 line 1\nrow 7+4 line 2 | a=1 | b=2\nok\n" },
	{ "short row", NULL, "a,b,c\n1\n1,2\n", 0,
	    "columns a|b|c\nskip 0+6 line 1\nrow 6+2 line 2 | a=1\nrow 8+4 line 3 | a=1 | b=2\nok\n" },
	{ "long rows; an empty surplus is none", NULL, "a,b\n1,2,3\n1,2,,\"\"\n", 0,
	    "columns a|b\nskip 0+4 line 1\nrow 4+6 line 2 | a=1 | b=2\nrow 10+8 line 3 | a=1 | b=2\n"
	    "log 4 1 row(s) with more cells than there are columns, first in line 2; "
	    "what is left over is only in the raw record\nok\n" },
	{ "NUL", NULL, "a,b\n1,\0" "2\n3,4\n", 13,
	    "columns a|b\nskip 0+4 line 1\nreject 4+5 line 2 NUL byte\nrow 9+4 line 3 | a=3 | b=4\nok\n" },
	{ "quote never closed", NULL, "a,b\n1,2\n3,\"4\n5,6\n", 0, "columns a|b\nskip 0+4 line 1\n"
	    "row 4+4 line 2 | a=1 | b=2\nreject 8+9 line 3 quote never closed\nok\n" },
	{ "quote never closed in the header", NULL, "a,\"b\n1,2\n", 0,
	    "reject 0+9 line 1 quote never closed\ninput given up\n" },
	{ "UTF-16 with mark", NULL, "\xff\xfe" "a\0,\0b\0\n\0", 10,
	    "reject 0+9 line 1 UTF-16, not UTF-8\ninput given up\n" },
	{ "UTF-16 without", NULL, "a\0,\0b\0\n\0" "1\0,\0", 12,
	    "reject 0+7 line 1 UTF-16, not UTF-8\ninput given up\n" },
	{ "NUL in the header", NULL, "abc,def\0,ghi\n", 13,
	    "reject 0+13 line 1 NUL byte in the first line\ninput given up\n" },
	{ "twin columns", NULL, "ip,port,\"ip\"\n1,2,3\n", 0,
	    "reject 0+13 line 1 two columns of one name: ip\ninput given up\n" },
	{ "nameless columns, spaces in names", NULL, "a ,, b\n1,2,3\n", 0,
	    "columns a|column2|b\nskip 0+7 line 1\nrow 7+6 line 2 | a=1 | column2=2 | b=3\nok\n" },
	{ "bytes that are not UTF-8 pass", NULL, "a,b\n\xff\xc0\xaf,2\n", 0,
	    "columns a|b\nskip 0+4 line 1\nrow 4+6 line 2 | a=\\xff\\xc0\\xaf | b=2\nok\n" },
	{ "empty", NULL, "", 0, "ok\n" },
	{ "mark only", NULL, "\xef\xbb\xbf", 0, "skip 0+3 line 1\nok\n" },
	{ "half a mark", NULL, "\xef\xbb", 0, "columns \\xef\\xbb\nskip 0+2 line 1\nok\n" },
	{ "header only", NULL, "a,b\n", 0, "columns a|b\nskip 0+4 line 1\nok\n" },
	{ "semicolons, found out", "delimiter=auto", "\n\"a,b\";c;d\n1;2,3;4\n", 0, "skip 0+1 line 1\n"
	    "columns a,b|c|d\nskip 1+10 line 2\nrow 11+8 line 3 | a,b=1 | c=2,3 | d=4\nok\n" },
	{ "tabs", "delimiter=tab", "a\tb\n1\t2,3\n", 0,
	    "columns a|b\nskip 0+4 line 1\nrow 4+6 line 2 | a=1 | b=2,3\nok\n" },
	{ "bars", "delimiter=pipe", "a|b\n1|\"2|3\"\n", 0,
	    "columns a|b\nskip 0+4 line 1\nrow 4+8 line 2 | a=1 | b=2\\x7c3\nok\n" },
	{ "lines skipped", "skip-lines=2", "a \"report\n\nx,y\n1,2\n", 0, "skip 0+10 line 1\n"
	    "skip 10+1 line 2\ncolumns x|y\nskip 11+4 line 3\nrow 15+4 line 4 | x=1 | y=2\nok\n" },
	{ "comments, with quotes that mean nothing", "comment=#", "# a,\"b\nx,y\n1,2\n#z,\"\r\n"
	    "3,\"4\n#\"\n5", 0, "skip 0+7 line 1\ncolumns x|y\nskip 7+4 line 2\nrow 11+4 line 3 | x=1 | y=2\n"
	    "skip 15+6 line 4\nrow 21+8 line 5 | x=3 | y=4\\x0a#\nrow 29+1 line 7 | x=5\nok\n" },
	{ "spaces cut", "trim=yes", "a,b\n 1 ,\" 2\"\n", 0,
	    "columns a|b\nskip 0+4 line 1\nrow 4+9 line 2 | a=1 | b=2\nok\n" },
	{ "lines count line ends in quotes", NULL, "a\n\"1\r\n2\n\r3\"\n4\n", 0, "columns a\n"
	    "skip 0+2 line 1\nrow 2+10 line 2 | a=1\\x0d\\x0a2\\x0a\\x0d3\nrow 12+2 line 6 | a=4\nok\n" },
};

static const feed_cut cuts[] = { feed_whole, feed_byte, feed_random };

/* Whole, by bytes and at random must give one text. */
static bool
invariant(const char *p, size_t n, const char *opt, char **text)
{
	char *t[3];
	bool fine = true;
	int i;

	for (i = 0; i < 3; i++) {
		struct feed_how how = { .opts = { opt }, .cut = cuts[i], .seed = n * 7919 + 1 };

		t[i] = feed(&tocsin_plugin_v1, p, n, &how);
		fine = fine && strcmp(t[i], t[0]) == 0 && strstr(t[i], "BAD") == NULL;
	}
	if (!fine)
		printf("# whole:\n%s# bytes:\n%s# random:\n%s", t[0], t[1], t[2]);
	free(t[1]);
	free(t[2]);
	*text = t[0];
	return fine;
}

static void
test_said(void)
{
	size_t i, k, n, bad = 0;
	char *text, *cut;

	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		n = said[i].n ? said[i].n : strlen(said[i].in);
		ok(invariant(said[i].in, n, said[i].opt, &text), "%s: however it is cut", said[i].what);
		is_str(text, said[i].want, said[i].what);
		free(text);
		for (k = 0; k < n; k++) {
			bad += !invariant(said[i].in, k, said[i].opt, &cut);
			free(cut);
		}
	}
	is_int(bad, 0, "all of these, ended after every byte, however they are cut");
}

static void
test_header_less(void)
{
	struct feed_how how = { .opts = { "header=no", "columns=source.ip,extra.x" }, .cut = feed_byte };
	char *t = feed(&tocsin_plugin_v1, "192.0.2.1,a\n", 12, &how);

	is_str(t, "columns source.ip|extra.x\nrow 0+12 line 1 | source.ip=192.0.2.1 | extra.x=a\nok\n",
	    "no header");
	free(t);
	how = (struct feed_how){ .opts = { "header=no" }, .cut = feed_whole, .quiet = true };
	t = feed(&tocsin_plugin_v1, "a", 1, &how);
	is_str(t, "plugin broken\n", "no header and no columns");
	free(t);
}

static void
test_want(void)
{
	struct feed_how how = { .want = "|c|", .cut = feed_whole };
	char *t = feed(&tocsin_plugin_v1, "a,b,c\n1,2,3\n1\n", 14, &how);

	is_str(t, "columns a|b|c\nskip 0+6 line 1\nrow 6+6 line 2 | c=3\nrow 12+2 line 3\nok\n",
	    "one wanted column");
	free(t);
}

static size_t
by_300000(uint64_t *seed, size_t left)
{
	(void)seed;
	return left < 300000 ? left : 300000;
}

/* A record of 1 MiB and more: in pieces that do not depend on the cuts, and the next one is whole. */
static void
test_long(void)
{
	size_t big = 2 * TCS_CSV_MAX + 1000, n;
	char *p = malloc(big + 64), *t, *u, want[600];
	struct feed_how how = { .cut = feed_whole };

	memcpy(p, "a,b\n1,\"", 7);
	memset(p + 7, 'x', big);
	memcpy(p + 7 + big, "\"\n3,4\n", 7);
	n = big + 13;
	t = feed(&tocsin_plugin_v1, p, n, &how);
	snprintf(want, sizeof(want), "columns a|b\nskip 0+4 line 1\nreject 4+%u line 2 record too long\n"
	    "skip %u+%u line 2\nskip %u+1005 line 2\nrow %zu+4 line 3 | a=3 | b=4\nok\n",
	    TCS_CSV_MAX, TCS_CSV_MAX + 4, TCS_CSV_MAX, 2 * TCS_CSV_MAX + 4, n - 4);
	is_str(t, want, "a record of 2 MiB");
	how.cut = by_300000;
	u = feed(&tocsin_plugin_v1, p, n, &how);
	is_str(u, t, "the same in pieces");
	free(u);
	p[7 + big] = 'x';
	u = feed(&tocsin_plugin_v1, p, n, &(struct feed_how){ .cut = feed_whole });
	ok(strstr(u, "too long\nskip ") && strstr(u, "quote never closed\ninput given up\n"),
	    "a quote that runs away for 2 MiB ends the input");
	free(t);
	free(u);
	memset(p + 4, ',', 3 * TCS_CSV_CELLS + 5);
	memcpy(p + 4 + 3 * TCS_CSV_CELLS + 5, "\n3,4\n", 5);
	n = 4 + 3 * TCS_CSV_CELLS + 10;
	t = feed(&tocsin_plugin_v1, p, n, &how);
	u = feed(&tocsin_plugin_v1, p, n, &(struct feed_how){ .cut = feed_whole });
	ok(strcmp(t, u) == 0 && strstr(t, "record too long\nskip ") != NULL,
	    "a record of too many cells");
	free(t);
	free(u);
	free(p);
}

/* The longest record there may be is read, with each kind of line end; a byte more is not. */
static void
test_limit(void)
{
	static const char *const ends[] = { "\n", "\r\n", "\r" };
	char *p = malloc(TCS_CSV_MAX + 64), *t;
	size_t i, k, n;

	for (i = 0; i < 3; i++)
		for (k = 0; k < 2; k++) {
			n = TCS_CSV_MAX - strlen(ends[i]) + k;
			memcpy(p, "a\n", 2);
			memset(p + 2, 'x', n);
			snprintf(p + 2 + n, 8, "%s7\n", ends[i]);
			n += 2 + strlen(ends[i]) + 2;
			t = feed(&tocsin_plugin_v1, p, n,
			    &(struct feed_how){ .cut = feed_whole, .want = "" });
			ok((strstr(t, "too long") != NULL) == (k == 1 && i != 1) &&
			    strstr(t, "BAD") == NULL &&
			    strstr(t, "ok\n"), "%s of 1 MiB, line end %zu", k ? "a byte over" : "just", i);
			free(t);
		}
	free(p);
}

static void
test_no_memory(void)
{
	static const char in[] = "a,\"b\"\"c\",\n1,\"2\"\"3\",\"x\"y\n";
	int64_t n;
	int clean = 0;

	for (n = 1; n < 20; n++) {
		char *t = feed(&tocsin_plugin_v1, in, sizeof(in) - 1,
		    &(struct feed_how){ .cut = feed_whole, .fail = n });

		clean += strstr(t, "no memory\n") != NULL || strstr(t, "ok\n") != NULL;
		free(t);
	}
	is_int(clean, 19, "each allocation may fail");
}

static void
test_samples(void)
{
	static const char *const name[][2] =
		{ { "scan_ssh", NULL }, { "researcher_list", "delimiter=auto" } };
	char path[256], *in, *want, *text;
	size_t n, m, i;

	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "plugins/csv/samples/%s.csv", name[i][0]);
		in = feed_file(path, &n);
		snprintf(path, sizeof(path), "plugins/csv/samples/%s.rows", name[i][0]);
		want = feed_file(path, &m);
		if (!ok(in != NULL && want != NULL, "sample %s is there", name[i][0]))
			exit(1);
		ok(invariant(in, n, name[i][1], &text), "sample %s: however it is cut", name[i][0]);
		is_str(text, want, name[i][0]);
		free(text);
		free(in);
		free(want);
	}
}

int
main(void)
{
	if ((reader = calloc(1, sizeof(*reader))) == NULL)
		abort();
	test_index();
	test_random();
	test_python();
	test_said();
	test_header_less();
	test_want();
	test_long();
	test_limit();
	test_no_memory();
	test_samples();
	free(reader);
	return done_testing();
}
