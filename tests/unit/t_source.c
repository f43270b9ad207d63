/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The csv plugin through a worker process gives what it gives when it is
 * called directly, row by row, offset by offset: inputs of many windows with
 * records across their borders, quotes, rejects, and the reader giving any
 * number of bytes at a time.
 */
#include "2-decode/source.h"
#include "buf.h"
#include "feed.h"
#include "mem.h"
#include "paths.h"
#include "tap.h"

static struct plugins *plugins;
static const struct plugin *csv;
static struct arena *arena;

struct memory {
	struct reader	 r;
	const char	*p;
	size_t		 left, most;
	uint64_t	 seed;
	int64_t		 fail_at;	/* after so many reads; 0: never */
	int		 reads;
};

static int64_t
memory_read(struct reader *r, void *buf, size_t n, struct err *e)
{
	struct memory *m = (struct memory *)r;
	size_t take = (size_t)(feed_rand(&m->seed) % m->most) + 1;

	if (m->fail_at && ++m->reads >= m->fail_at) {
		err_set(e, "the disk is gone");
		return -1;
	}
	if (take > n)
		take = n;
	if (take > m->left)
		take = m->left;
	memcpy(buf, m->p, take);
	m->p += take;
	m->left -= take;
	return (int64_t)take;
}

/* A sink that writes down what feed.h writes down. */
struct notes {
	FILE		*out;
	const char	*want;
	char		*names[64];
	uint32_t	 nname;
	uint64_t	 stop_at, rows;
	bool		 raw_wrong;
	const char	*data;
};

static bool
on_columns(void *arg, const struct tcs_slice *name, uint32_t n, uint8_t *want, struct err *e)
{
	struct notes *x = arg;
	uint32_t i;

	(void)e;
	for (i = 0; i < x->nname; i++)
		free(x->names[i]);
	x->nname = 0;
	fprintf(x->out, "columns ");
	for (i = 0; i < n; i++) {
		char key[300];

		if (i)
			fputc('|', x->out);
		feed_put(x->out, name[i]);
		snprintf(key, sizeof key, "|%.*s|", (int)name[i].n, name[i].p);
		want[i] = x->want == NULL || strstr(x->want, key) != NULL;
		if (want[i])
			x->names[x->nname++] = strndup(name[i].p, name[i].n);
	}
	fputc('\n', x->out);
	return true;
}

static void
note_row(struct notes *x, const struct rows *r, uint32_t i)
{
	static const char *const what[] = { "row", "again", "reject", "skip" };
	uint32_t k;

	fprintf(x->out, "%s %llu+%u line %u", what[r->kind[i]], (unsigned long long)r->off[i], r->len[i],
	    r->line[i]);
	if (memcmp(r->raw[i], x->data + r->off[i], r->len[i]) != 0)
		x->raw_wrong = true;
	for (k = 0; k < r->ncol && r->kind[i] <= ROW_AGAIN; k++)
		if (r->col[k][i].p) {
			fprintf(x->out, " | %s=", x->names[k]);
			feed_put(x->out, r->col[k][i]);
		}
	if (r->kind[i] == ROW_REJECT)
		fprintf(x->out, " %s%s%s", r->why[i], r->detail[i] ? ": " : "", r->detail[i] ? r->detail[i] :
		    "");
	fputc('\n', x->out);
}

static bool
on_rows(void *arg, const struct rows *r, struct err *e)
{
	struct notes *x = arg;
	uint32_t i;

	for (i = 0; i < r->nrow; i++)
		note_row(x, r, i);
	x->rows += r->nrow;
	return x->stop_at == 0 || x->rows < x->stop_at || err_set(e, "enough");
}

/* All that comes through the worker, as feed.h says it. */
static char *
through(struct source_proc *s, const char *data, size_t n, const char *want, size_t most, bool *raw_right)
{
	struct notes x = { .want = want, .data = data };
	struct memory m = { .r = { .read = memory_read }, .p = data, .left = n, .most = most, .seed = 7 };
	const struct source_sink sink = { &x, on_columns, on_rows };
	struct err e = ERR_INIT;
	enum source_end end;
	char *text = NULL;
	size_t size;
	uint32_t i;

	x.out = open_memstream(&text, &size);
	end = source_run(s, "input", &m.r, &sink, &e);
	fprintf(x.out, "%s\n", end == SOURCE_OK ? "ok" : end == SOURCE_BAD_INPUT ? "input given up" : e.text);
	fclose(x.out);
	for (i = 0; i < x.nname; i++)
		free(x.names[i]);
	*raw_right = !x.raw_wrong;
	return text;
}

static void
same(struct source_proc *s, const char *what, const char *data, size_t n, const char *want, size_t most)
{
	struct feed_how how = { .cut = feed_whole, .want = want, .quiet = true };
	bool raw;
	char *a = feed(&tocsin_plugin_v1, data, n, &how), *b = through(s, data, n, want, most, &raw);
	size_t i = 0;

	if (!ok(strcmp(a, b) == 0, "%s: the same as without a worker (%zu bytes, %zu at a time)", what, n,
	    most)) {
		while (a[i] && a[i] == b[i])
			i++;
		while (i && a[i - 1] != '\n')
			i--;
		printf("# want: %.200s\n# got:  %.200s\n", a + i, b + i);
	}
	ok(raw, "%s: each row's bytes are those of the input", what);
	free(a);
	free(b);
}

/* Rows of all sorts: plain, quoted, with quotes and line ends inside, with a NUL, short, long, a comment. */
static char *
make(size_t least, uint64_t seed, size_t *n)
{
	struct buf b;
	unsigned i = 0;

	buf_init(&b);
	buf_str(&b, "id,\"name\",text,note,empty\r\n");
	while (b.n < least) {
		uint64_t r = feed_rand(&seed);

		buf_printf(&b, "%u,\"name %llu\",", i++, (unsigned long long)r % 1000);
		switch (r >> 20 & 31) {
		case 0:
			buf_str(&b, "\"a \"\"word\"\", and\na line\"");
			break;
		case 1:
			buf_add(&b, "nul\0nul", 7);
			break;
		case 2:
			buf_str(&b, "short\n");
			continue;
		case 3:
			buf_printf(&b, "\"%0*d\"", (int)(r >> 30 & 65535) + 1, 7);
			break;
		case 4:
			buf_printf(&b, "\"\"\"%0*d\"\"\"", (int)(r >> 30 & 131071) + 1, 7);
			break;
		default:
			buf_printf(&b, "text %llu", (unsigned long long)(r >> 40));
		}
		buf_str(&b, r >> 50 & 1 ? ",note,\r\n" : ",\"\",x\n");
	}
	*n = b.n;
	return b.p;
}

static void
check_inputs(struct source_proc *s)
{
	size_t n;
	char *p = make(30 << 20, 42, &n), *big;

	same(s, "thirty megabytes", p, n, NULL, 1 << 20);
	same(s, "two columns of them", p, n, "|name|text|", 300000);
	same(s, "in small pieces", p, 2000000, "|id|", 700);
	same(s, "cut in the middle of a record", p, n - 12345, "|empty|", 1 << 20);
	free(p);
	same(s, "nothing", "", 0, NULL, 10);
	same(s, "only a header", "a,b\n", 4, NULL, 1);
	same(s, "a header that is bad", "a,a\n1,2\n", 8, NULL, 10);
	same(s, "a byte order mark, by bytes", "\xef\xbb\xbf" "a,b\n1,2\n", 11, NULL, 1);
	same(s, "a quote never closed", "a,b\n1,\"2\n3,4\n", 14, NULL, 5);
	big = xmalloc(4 << 20);
	memset(big, 'x', 4 << 20);
	memcpy(big, "a,b\n", 4);
	big[(1 << 20) - 1] = '\n';
	big[(4 << 20) - 1] = '\n';
	same(s, "records of a megabyte and of three", big, 4 << 20, NULL, 1 << 20);
	memset(big + 4, '"', 4 << 20 >> 1);
	big[4 + (1 << 19)] = '\n';
	same(s, "a value of nothing but quotes", big, 4 + (1 << 19) + 1, NULL, 1 << 20);
	free(big);
}

/* As many columns as there may be. */
static void
check_columns(struct source_proc *s)
{
	struct buf b;
	struct err e = ERR_INIT;
	struct notes x = { .want = "|c4095|" };
	struct memory m = { .r = { .read = memory_read }, .most = 4096, .seed = 1 };
	const struct source_sink sink = { &x, on_columns, on_rows };
	char *text = NULL;
	size_t size;
	int i, r;

	buf_init(&b);
	for (i = 0; i < 4096; i++)
		buf_printf(&b, "%sc%d", i ? "," : "", i);
	for (r = 0; r < 100; r++)
		for (i = 0; i < 4096; i++)
			buf_printf(&b, "%s%d", i ? "," : "\n", i + r);
	x.data = m.p = b.p;
	m.left = b.n;
	x.out = open_memstream(&text, &size);
	is_int(source_run(s, "wide", &m.r, &sink, &e), SOURCE_OK, "4,096 columns are read");
	fclose(x.out);
	ok(strstr(text, "| c4095=4194\n") != NULL, "the last of the last row too");
	is_int(x.rows, 101, "all rows came");
	free(x.names[0]);
	free(text);
	buf_str(&b, "\n");
	memmove(b.p + 2, b.p, b.n - 2);
	memcpy(b.p, "x,", 2);
	x = (struct notes){ .out = fopen("/dev/null", "w"), .want = "||", .data = b.p };
	m.p = b.p;
	m.left = b.n;
	ok(source_run(s, "wider", &m.r, &sink, &e) == SOURCE_BAD_INPUT && strstr(e.text, "too many columns"),
	    "one more is refused");
	fclose(x.out);
	buf_free(&b);
}

static void
check_ends(struct source_proc *s)
{
	size_t n;
	char *p = make(12 << 20, 3, &n);
	struct notes x = { .out = fopen("/dev/null", "w"), .data = p, .stop_at = 100 };
	struct memory m = { .r = { .read = memory_read }, .p = p, .left = n, .most = 65536, .seed = 1 };
	const struct source_sink sink = { &x, on_columns, on_rows };
	struct err e = ERR_INIT;

	is_int(source_run(s, "stopped", &m.r, &sink, &e), SOURCE_STOPPED, "a sink that has enough stops it");
	is_str(e.text, "enough", "with its own reason");
	e = (struct err)ERR_INIT;
	x.stop_at = 0;
	m = (struct memory){ .r = { .read = memory_read }, .p = p, .left = n, .most = 65536, .seed = 1,
	    .fail_at = 100 };
	is_int(source_run(s, "unreadable", &m.r, &sink, &e), SOURCE_READ_ERROR,
	    "a reader that fails ends it");
	is_str(e.text, "the disk is gone", "with the reader's reason");
	same(s, "after both", "a,b\n1,2\n", 8, NULL, 100);
	while (x.nname)
		free(x.names[--x.nname]);
	fclose(x.out);
	free(p);
}

int
main(void)
{
	struct err e = ERR_INIT;
	struct source_proc *s;

	arena = arena_new();
	plugins = plugins_find(path_plugins(), &e);
	csv = plugins ? plugin_get(plugins, "csv", TCS_SOURCE, &e) : NULL;
	s = csv ? source_start(csv, options_check(arena, csv, NULL, 0, &e), &e) : NULL;
	if (ok(s != NULL, "a worker starts (%s)", e.text)) {
		check_inputs(s);
		check_columns(s);
		check_ends(s);
	}
	source_stop(s);
	plugins_free(plugins);
	arena_free(arena);
	return done_testing();
}
