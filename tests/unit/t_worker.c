/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sources that crash, hang, grow, lie or forge: each costs its input and says
 * why, and the same source reads the next input as if nothing had been.
 */
#include <signal.h>
#include <unistd.h>
#include "2-decode/source.h"
#include "bad.h"
#include "mem.h"
#include "tap.h"

static struct plugins *plugins;
static struct arena *arena;

struct memory {
	struct reader	 r;
	const char	*p;
	size_t		 left;
	uint64_t	 zeros;		/* and so many bytes more */
};

static int64_t
memory_read(struct reader *r, void *buf, size_t n, struct err *e)
{
	struct memory *m = (struct memory *)r;
	size_t take = n < m->left ? n : m->left;

	(void)e;
	if (take == 0 && m->zeros) {
		take = n < m->zeros ? n : m->zeros;
		m->zeros -= take;
		memset(buf, '\n', take);
		return (int64_t)take;
	}
	memcpy(buf, m->p, take);
	m->p += take;
	m->left -= take;
	return (int64_t)take;
}

static bool
on_columns(void *arg, const struct tcs_slice *name, uint32_t n, uint8_t *want, struct err *e)
{
	(void)arg, (void)name, (void)e;
	memset(want, 1, n);
	return true;
}

static bool
on_rows(void *arg, const struct rows *r, struct err *e)
{
	uint64_t *rows = arg, sum = 0;
	uint32_t i, k;
	size_t at;

	(void)e;
	*rows += r->nrow;
	/* Whatever comes can be read, or the sanitizers say so. */
	for (i = 0; i < r->nrow; i++) {
		for (at = 0; at < r->len[i]; at++)
			sum += (unsigned char)r->raw[i][at];
		for (k = 0; k < r->ncol; k++)
			for (at = 0; at < r->col[k][i].n; at++)
				sum += (unsigned char)r->col[k][i].p[at];
	}
	return sum != 1;
}

static enum source_end
run(struct source_proc *s, const char *name, uint64_t zeros, uint64_t *rows, struct err *e)
{
	static const char text[] = "one\ntwo\nthree\nfour\nfive";
	struct memory m = { { .read = memory_read }, text, sizeof text - 1, zeros };
	const struct source_sink sink = { rows, on_columns, on_rows };

	*rows = 0;
	*e = (struct err)ERR_INIT;
	return source_run(s, name, &m.r, &sink, e);
}

static struct source_proc *
open_with(const char *plugin, const char *how, struct err *e)
{
	bool hangs = strcmp(how, "sleep") == 0 || strcmp(how, "forge_done") == 0 || strcmp(how,
	    "forge_change") == 0;
	const struct source_limits l = { hangs ? 2000 : 60000, 1, UINT64_C(128) << 20 };
	struct given g = { "how", how, NULL, 0 };
	const struct plugin *p = plugin_get(plugins, plugin, TCS_SOURCE, e);
	struct tcs_val *v = p ? options_check(arena, p, &g, 1, e) : NULL;

	return v ? source_start_limited(p, v, &l, e) : NULL;
}

static const struct {
	const char	*how;
	enum source_end	 end;
	const char	*why;
	bool		 limits;	/* needs limits that there are not under the sanitizers */
} evils[] = {
	{ "begin_refuse", SOURCE_BAD_INPUT, "plugin \"bad-lines\" gave the input up and does not say why",
	    false },
	{ "crash", SOURCE_BAD_INPUT, "plugin \"bad-lines\" crashed (SIGSEGV, Segmentation fault)", false },
	{ "abort", SOURCE_BAD_INPUT, "plugin \"bad-lines\" crashed (SIGABRT, Aborted)", false },
	{ "exit", SOURCE_BAD_INPUT, "plugin \"bad-lines\" ended by itself (status 3)", false },
	{ "end_crash", SOURCE_BAD_INPUT, "plugin \"bad-lines\" crashed (SIGSEGV, Segmentation fault)",
	    false },
	{ "loop", SOURCE_BAD_INPUT,
	    "plugin \"bad-lines\" used more than 1 s of CPU time in one call (SIGXCPU)", false },
	{ "sleep", SOURCE_BAD_INPUT, "plugin \"bad-lines\" made no progress for 2.0 s", false },
	{ "kill_parent", SOURCE_BAD_INPUT, "made the system call kill, which a source may not", true },
	{ "close_all", SOURCE_BAD_INPUT, "plugin \"bad-lines\"", false },
	{ "grow", SOURCE_BAD_INPUT, "plugin \"bad-lines\" ran out of memory (its limit is 128 MiB)", true },
	{ "grow_hard", SOURCE_BAD_INPUT, "plugin \"bad-lines\" crashed (SIGSEGV, Segmentation fault)", true },
	{ "write_file", SOURCE_BAD_INPUT, "plugin \"bad-lines\" made the system call openat, "
	    "which a source may not",
	    true },
	{ "odd_rc", SOURCE_BAD_PLUGIN,
	    "plugin \"bad-lines\" broke the contract: it returned -1, which says nothing", false },
	{ "broken", SOURCE_BAD_PLUGIN, "plugin \"bad-lines\" I am broken", false },
	{ "silent", SOURCE_BAD_INPUT, "plugin \"bad-lines\" gave the input up and does not say why", false },
	{ "use_too_much", SOURCE_BAD_PLUGIN, "plugin \"bad-lines\" feed used 24 of 23 bytes", false },
	{ "use_nothing", SOURCE_BAD_PLUGIN, "plugin \"bad-lines\" feed left 23 bytes at the end", false },
	{ "leave_rest", SOURCE_BAD_PLUGIN, "plugin \"bad-lines\" feed left 1 bytes at the end", false },
	{ "drop", SOURCE_BAD_PLUGIN,
	    "plugin \"bad-lines\" broke the contract: 23 bytes are done with, but records, rejects and "
	    "skips end at 0", false },
	{ "outside", SOURCE_BAD_PLUGIN, "plugin \"bad-lines\" gives the span 1+23 of 23 bytes", false },
	{ "gap", SOURCE_BAD_PLUGIN,
	    "plugin \"bad-lines\" broke the contract: span 1+22 leaves a gap: the one before ended at 0",
	    false },
	{ "order", SOURCE_BAD_PLUGIN,
	    "plugin \"bad-lines\" broke the contract: span 2+21 begins before the one before ended at 4",
	    false },
	{ "empty", SOURCE_BAD_PLUGIN, "plugin \"bad-lines\" gives the span 0+0 of 23 bytes", false },
	{ "early", SOURCE_BAD_PLUGIN, "plugin \"bad-lines\" gives rows before it has said its columns",
	    false },
	{ "no_columns", SOURCE_BAD_INPUT, "0 columns, at most 4096 are read", false },
	{ "many_columns", SOURCE_BAD_INPUT, "5000 columns, at most 4096 are read", false },
	{ "late", SOURCE_BAD_PLUGIN, "plugin \"bad-lines\" says something about bytes outside of feed",
	    false },
	{ "no_reason", SOURCE_BAD_PLUGIN, "plugin \"bad-lines\" rejects a record and does not say why",
	    false },
	{ "many_rows", SOURCE_BAD_PLUGIN,
	    "plugin \"bad-lines\" broke the contract: more rows than the input has bytes", false },
	{ "log_flood", SOURCE_OK, "", false },
	{ "write_window", SOURCE_BAD_INPUT, "nothing could be written", false },
	{ "forge_count", SOURCE_BAD_PLUGIN,
	    "broke the contract: it claims more answers than there is room for", false },
	{ "forge_arena", SOURCE_BAD_PLUGIN, "broke the contract: an answer of 2097153 bytes", false },
	{ "forge_cell", SOURCE_BAD_PLUGIN,
	    "broke the contract: a cell of column 1 lies outside of what was shown", false },
	{ "forge_made", SOURCE_BAD_PLUGIN,
	    "broke the contract: a cell of column 1 lies outside of what was shown", false },
	{ "forge_nrow", SOURCE_BAD_PLUGIN, "broke the contract: 100000 rows in one answer", false },
	{ "forge_layout", SOURCE_BAD_PLUGIN,
	    "broke the contract: rows of another layout: 2 columns, expected 1", false },
	{ "forge_kind", SOURCE_BAD_PLUGIN, "broke the contract: an answer of kind 77", false },
	{ "forge_row_kind", SOURCE_BAD_PLUGIN, "broke the contract: a row of kind 9", false },
	{ "forge_shown", SOURCE_BAD_PLUGIN, "broke the contract: a feed of bytes that were never given",
	    false },
	{ "forge_base", SOURCE_BAD_PLUGIN, "broke the contract: a feed begins at byte 7, expected 0", false },
	{ "forge_used", SOURCE_BAD_PLUGIN, "broke the contract: a feed used 24 of 23 bytes", false },
	{ "forge_endless", SOURCE_BAD_PLUGIN, "broke the contract: a feed that shows nothing new", false },
	{ "forge_name", SOURCE_BAD_PLUGIN,
	    "broke the contract: the name of a column lies outside of the answer", false },
	{ "forge_reason", SOURCE_BAD_PLUGIN, "broke the contract: a reject without a proper reason", false },
	{ "forge_again", SOURCE_BAD_PLUGIN,
	    "broke the contract: a further row of the record at 0 that does not follow it", false },
	{ "forge_done", SOURCE_BAD_INPUT, "", false },
	{ "forge_change", SOURCE_BAD_INPUT, "", false },
};

/* The forger of a last answer hangs in feed, so it is the hang that ends it; one that changes what was read
 * has no certain end. */
static void
check_evil(size_t i)
{
	struct err e = ERR_INIT;
	struct source_proc *s = open_with("bad-lines", evils[i].how, &e);
	bool any = strcmp(evils[i].how, "forge_change") == 0, done = strcmp(evils[i].how, "forge_done") == 0;
	enum source_end end;
	uint64_t rows;

	if (!ok(s != NULL, "%s: opens (%s)", evils[i].how, e.text))
		return;
	end = run(s, "evil", 0, &rows, &e);
	if (any || done)
		ok(end == SOURCE_BAD_INPUT || end == SOURCE_BAD_PLUGIN, "%s: %s", evils[i].how, e.text);
	else if (!ok(end == evils[i].end && (evils[i].why[0] ? strstr(e.text, evils[i].why) != NULL :
	    e.text[0] == '\0'),
	    "%s: %s", evils[i].how, evils[i].why))
		printf("# ended %d: %s\n", end, e.text);
	ok(run(s, "good", 0, &rows, &e) == SOURCE_OK && rows == 5, "%s: and the next input is read (%s)",
	    evils[i].how, e.text);
	source_stop(s);
}

static void
check_open(void)
{
	struct err e = ERR_INIT;

	ok(open_with("bad-lines", "open_crash", &e) == NULL, "a crash when it is opened");
	is_str(e.text, "plugin \"bad-lines\" crashed (SIGSEGV, Segmentation fault) when it was opened",
	    "is told");
	e = (struct err)ERR_INIT;
	ok(open_with("bad-lines", "open_exit", &e) == NULL, "an exit when it is opened");
	is_str(e.text, "plugin \"bad-lines\" ended by itself (status 0) when it was opened", "is told");
	e = (struct err)ERR_INIT;
	ok(open_with("bad-lines", "open_refuse", &e) == NULL, "options that the plugin does not like");
	is_str(e.text, "plugin \"bad-lines\": how: I do not like this", "by its own words");
	e = (struct err)ERR_INIT;
	ok(open_with("bad-lines", "crush", &e) == NULL && strstr(e.text, "did you mean \"crash\"?"),
	    "a choice that is none");
}

static void
check_whole(void)
{
	struct err e = ERR_INIT;
	struct source_proc *s = open_with("bad-whole", "good", &e);
	uint64_t rows;

	ok(s && run(s, "good", 40 << 20, &rows, &e) == SOURCE_OK, "an input of 40 MiB as a whole (%s)",
	    e.text);
	is_int(rows, (40 << 20) + 4, "all its lines");
	is_int(run(s, "good", 64 << 20, &rows, &e), SOURCE_BAD_INPUT, "one of more than 64 MiB is given up");
	is_str(e.text, "plugin \"bad-whole\" reads an input as a whole, and this one has more than 64 MiB",
	    "and it says why");
	ok(run(s, "good", 0, &rows, &e) == SOURCE_OK && rows == 5, "the next is read (%s)", e.text);
	source_stop(s);
}

/* Nothing it reads may be longer than what is shown at once. */
static void
check_long(void)
{
	static char big[3 << 20];
	struct memory m = { { .read = memory_read }, big, sizeof big, 0 };
	struct err e = ERR_INIT;
	struct source_proc *s = open_with("bad-lines", "good", &e);
	uint64_t rows = 0;
	const struct source_sink sink = { &rows, on_columns, on_rows };

	memset(big, 'x', sizeof big);
	is_int(source_run(s, "good", &m.r, &sink, &e), SOURCE_BAD_INPUT, "a record of three megabytes");
	is_str(e.text, "a record longer than 2 MiB", "is too long");
	source_stop(s);
}

/* Kills the processes this one has started. */
static int
kill_children(void)
{
	char path[64];
	int pid, n = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	if ((f = fopen(path, "r")) == NULL)
		return -1;
	while (fscanf(f, "%d", &pid) == 1)
		n += kill(pid, SIGKILL) == 0;
	fclose(f);
	return n;
}

/* A worker that is gone between two inputs costs neither. */
static void
check_idle_death(void)
{
	struct err e = ERR_INIT;
	struct source_proc *s = open_with("bad-lines", "good", &e);
	uint64_t rows;

	ok(s && run(s, "good", 0, &rows, &e) == SOURCE_OK, "a worker at rest");
	is_int(kill_children(), 1, "is killed");
	ok(run(s, "good", 0, &rows, &e) == SOURCE_OK && rows == 5, "and nobody notices (%s)", e.text);
	source_stop(s);
}

int
main(void)
{
	struct err e = ERR_INIT;
	size_t i;

	arena = arena_new();
	if (!ok((plugins = bad_plugins(&e)) != NULL, "the bad plugins are there (%s)", e.text))
		return done_testing();
	check_open();
	for (i = 0; i < sizeof evils / sizeof *evils; i++)
		if (!evils[i].limits || !bad_sanitized())
			check_evil(i);
	check_whole();
	check_long();
	check_idle_death();
	plugins_free(plugins);
	arena_free(arena);
	return done_testing();
}
