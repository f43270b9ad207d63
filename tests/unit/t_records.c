/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source of JSON records (records.h): its samples as their .rows say, the
 * same said of them however they are cut, and all bytes told, in order and
 * without a crash, of samples changed at any byte and without memory.  Linked
 * with one plugin each; which is in the makefile (RECORDS_OF).
 */
#include <dirent.h>
#include "feed.h"
#include "tap.h"

static char *
say(const char *p, size_t n, feed_cut cut, uint64_t seed, int64_t fail)
{
	return feed(&tocsin_plugin_v1, p, n,
	    &(struct feed_how){ .cut = cut, .seed = seed, .fail = fail, .quiet = true });
}

static bool
good(const char *text)
{
	return strstr(text, "BAD") == NULL && strstr(text, "plugin broken") == NULL;
}

/* What is said but for columns and skips, which may be said at other places; of a source whose records are
 * not alone (XML) so may what is behind a mistake. */
static char *
records_only(char *text)
{
	bool alone = tocsin_plugin_v1.ops.source->flags & TCS_S_ALONE;
	char *from, *to = text, *end;

	for (from = text; *from != '\0'; from = end) {
		end = strchr(from, '\n');
		end = end ? end + 1 : from + strlen(from);
		if (strncmp(from, "columns ", 8) == 0 || strncmp(from, "skip ", 5) == 0 ||
		    (!alone && strncmp(from, "row ", 4) != 0))
			continue;
		memmove(to, from, (size_t)(end - from));
		to += end - from;
	}
	*to = '\0';
	return text;
}

static void
test_cuts(const char *name, const char *in, size_t n)
{
	char *whole = records_only(say(in, n, feed_whole, 0, 0)), *cut;
	bool same = true;
	uint64_t seed;

	cut = records_only(say(in, n, feed_byte, 0, 0));
	is_str(cut, whole, "byte by byte");
	free(cut);
	for (seed = 1; seed < 20; seed++) {
		cut = records_only(say(in, n, feed_random, seed * 7919, 0));
		same = same && strcmp(cut, whole) == 0;
		free(cut);
	}
	ok(same, "%s cut anywhere", name);
	free(whole);
}

static void
test_changed(const char *name, const char *in, size_t n)
{
	char *copy = malloc(n + 1), *text;
	bool fine = true;
	uint64_t seed = 88172645463325252u;
	size_t i;

	if (copy == NULL)
		exit(1);
	for (i = 0; i < n; i += n > 3000 ? 7 : 1) {
		memcpy(copy, in, n);
		copy[i] = "{}[]\",:\\\n\0x1"[feed_rand(&seed) % 12];
		text = say(copy, n, feed_random, seed, 0);
		fine = fine && good(text);
		free(text);
		text = say(in, i, feed_whole, 0, 0);
		fine = fine && good(text);
		free(text);
	}
	ok(fine, "%s changed or cut off at any byte", name);
	for (i = 1, fine = true; i < 40; i++) {
		text = say(in, n, feed_whole, 0, (int64_t)i);
		fine = fine && good(text);
		free(text);
	}
	ok(fine, "%s without memory", name);
	free(copy);
}

static void
test_sample(const char *folder, const char *file)
{
	char path[600], *in, *want, *text;
	const char *dot = strrchr(file, '.');
	size_t n = 0, m;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	in = feed_file(path, &n);
	snprintf(path, sizeof(path), "%s/%.*s.rows", folder, (int)(dot - file), file);
	want = feed_file(path, &m);
	if (!ok(in != NULL && want != NULL, "sample %s and what is told of it", file))
		exit(1);
	text = say(in, n, feed_whole, 0, 0);
	is_str(text, want, file);
	free(text);
	if (!(tocsin_plugin_v1.ops.source->flags & TCS_S_WHOLE))
		test_cuts(file, in, n);
	test_changed(file, in, n);
	free(in);
	free(want);
}

int
main(int argc, char **argv)
{
	char folder[300], path[600], *text;
	const char *top = getenv("TOP_SRCDIR");
	struct dirent *f;
	DIR *d;

	snprintf(folder, sizeof(folder), "plugins/%s/samples", tocsin_plugin_v1.name);
	if (argc == 2) {		/* writes what is told of a file: how .rows are made, then read */
		char *in;
		size_t n;

		if ((in = feed_file(argv[1], &n)) == NULL)
			return 1;
		text = say(in, n, feed_whole, 0, 0);
		fputs(text, stdout);
		free(text);
		free(in);
		return 0;
	}
	snprintf(path, sizeof(path), "%s/%s", top ? top : ".", folder);
	if ((d = opendir(path)) == NULL)
		return 1;
	while ((f = readdir(d)) != NULL) {
		const char *dot = strrchr(f->d_name, '.');

		if (f->d_name[0] != '.' && dot != NULL && strcmp(dot, ".rows") != 0)
			test_sample(folder, f->d_name);
	}
	closedir(d);
	text = say("", 0, feed_whole, 0, 0);
	is_str(text, tocsin_plugin_v1.ops.source->flags & TCS_S_ALONE ? "ok\n" : "input given up\n",
	    "an empty input");
	free(text);
	return done_testing();
}
