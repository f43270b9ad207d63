/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of plugins: which are refused and why, and that a bad one costs only itself. */
#include <sys/stat.h>
#include <unistd.h>
#include "bad.h"
#include "paths.h"
#include "tap.h"

static char dir[] = "/tmp/t_plugins.XXXXXX";

static const struct plugin *
of_file(const struct plugins *ps, const char *file)
{
	uint32_t i;

	for (i = 0; i < ps->n; i++)
		if (strcmp(strrchr(ps->list[i].path, '/') + 1, file) == 0)
			return &ps->list[i];
	return NULL;
}

static void
check_refused(const struct plugins *ps)
{
	static const struct { const char *file, *why; } t[] = {
		{ "load_magic.so", "tocsin_plugin_v1 is not a declaration of a plugin (wrong magic)" },
		{ "load_major.so",
		    "was built for contract 7.0, this is 1.1: build it again with this <tocsin/plugin.h>" },
		{ "load_short.so", "its declaration is too short" },
		{ "load_table.so", "its declaration is too short (4000 bytes declared" },
		{ "load_kind.so", "is of a kind that is not known (9)" },
		{ "load_name.so",
		    "it must have a name (small letters, digits, -), a version, a license and a summary" },
		{ "load_feed.so", "a source must have begin, feed and end" },
		{ "load_type.so", "option \"number\" has a type that is not known (99)" },
		{ "load_default.so", "its default of option \"number\" of plugin \"load\": \"many\": "
		    "expected a whole number from 1..9" },
		{ "load_pointer.so", "crashed (SIGSEGV, Segmentation fault) while it was being loaded" },
		{ "load_constructor.so", "crashed (SIGSEGV, Segmentation fault) while it was being loaded" },
		{ "load_symbol.so", "has no tocsin_plugin_v1: not a plugin of Tocsin" },
		{ "load_twin.so", "its name \"bad-lines\" is that of " },
	};
	size_t i;

	for (i = 0; i < sizeof t / sizeof *t; i++) {
		const struct plugin *p = of_file(ps, t[i].file);

		if (!ok(p && p->refused && strstr(p->refused, t[i].why) == p->refused, "%s: %s", t[i].file,
		    t[i].why))
			printf("# %s\n", p && p->refused ? p->refused : "not refused");
	}
	ok(of_file(ps, "lines.so") && of_file(ps, "lines.so")->refused == NULL, "the others can be used");
}

static void
put(const char *name, const char *text, size_t n, mode_t mode)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	if ((f = fopen(path, "w")) != NULL) {
		fwrite(text, 1, n, f);
		fclose(f);
	}
	chmod(path, mode);
}

/* Things that end in .so and are not even objects. */
static void
check_files(void)
{
	static const char elf[64] = { 0x7f, 'E', 'L', 'F', 2, 1, 1, [16] = 3, 0, (char)0xb7 };
	struct err e = ERR_INIT;
	struct plugins *ps;
	char path[300], from[4096];
	const char *top = getenv("TOP_BUILDDIR");

	put("text.so", "hello\n", 6, 0644);
	put("other.so", elf, sizeof elf, 0644);
	put("open.so", elf, sizeof elf, 0666);
	put("readme", "x", 1, 0644);
	snprintf(path, sizeof path, "%s/folder.so", dir);
	mkdir(path, 0755);
	snprintf(path, sizeof path, "%s/csv.so", dir);
	snprintf(from, sizeof from, "%s/plugins/csv.so", top ? top : ".");
	ok(symlink(from, path) == 0, "a folder of files");
	ps = plugins_find(dir, &e);
	if (!ok(ps && ps->n == 5, "what ends in .so is looked at"))
		return;
	is_str(of_file(ps, "text.so")->refused, "is not an ELF file", "a text");
	is_str(of_file(ps, "other.so")->refused, "was built for another kind of machine", "another machine");
	is_str(of_file(ps, "open.so")->refused, "may be written by anybody: chmod o-w", "open to all");
	is_str(of_file(ps, "folder.so")->refused, "is not a file", "a folder");
	ok(of_file(ps, "csv.so")->refused == NULL && strlen(of_file(ps, "csv.so")->sha256) == 64, "a plugin");
	plugins_free(ps);
	ok(plugins_find("/nowhere/at/all", &e) == NULL && strstr(e.text,
	    "cannot read the folder /nowhere/at/all"), "no folder");
}

static void
check_get(const struct plugins *bad)
{
	struct err e = ERR_INIT;
	struct plugins *ps = plugins_find(path_plugins(), &e);
	const struct plugin *p = ps ? plugin_get(ps, "smtp", TCS_NOTIFIER, &e) : NULL;

	if (!ok(p && p->delivers && !p->renders && strcmp(p->channel, "email") == 0 && p->nopt == 7,
	    "smtp is described"))
		return;
	p = plugin_get(ps, "csv", 0, &e);
	ok(p && p->kind == TCS_SOURCE && p->flags == (TCS_S_TILES | TCS_S_ALONE) && strcmp(p->names,
	    "*.csv|*.tsv") == 0, "csv too");
	ok(plugin_get(ps, "smpt", TCS_NOTIFIER, &e) == NULL, "a name that is none");
	is_str(e.text, "there is no notifier \"smpt\", did you mean \"smtp\"?", "the nearest is said");
	e = (struct err)ERR_INIT;
	ok(plugin_get(ps, "csv", TCS_NOTIFIER, &e) == NULL, "a plugin of another kind");
	is_str(e.text, "plugin \"csv\" is a source, expected a notifier", "is said");
	e = (struct err)ERR_INIT;
	ok(plugin_get(bad, "load_magic", TCS_SOURCE, &e) == NULL && strstr(e.text, "wrong magic"),
	    "one that is refused: why");
	plugins_free(ps);
}

int
main(void)
{
	struct err e = ERR_INIT;
	struct plugins *ps = bad_plugins(&e);
	char cmd[100];

	if (!ok(ps != NULL, "the bad plugins are there (%s)", e.text) || mkdtemp(dir) == NULL)
		return done_testing();
	check_refused(ps);
	check_files();
	check_get(ps);
	plugins_free(ps);
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	return system(cmd) | done_testing();
}
